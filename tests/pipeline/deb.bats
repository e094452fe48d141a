# The Debian package.  JOBMILL_LONG_TESTS=1: without it none is built.
load ../support/common

setup_file() {
	[[ -n ${JOBMILL_LONG_TESTS:-} ]] ||
		skip_file "takes a minute: JOBMILL_LONG_TESTS" || return 0
	for program in dpkg-buildpackage dh lintian; do
		command -v "$program" >/dev/null ||
			skip_file "no $program here" || return 0
	done
	unset MAKEFLAGS MAKELEVEL
	make -s -C "$ROOT" deb
}

setup() {
	skip_told
	DEB=$ROOT/build/deb/jobmill_$(<"$ROOT/VERSION")_$(dpkg --print-architecture).deb
	cd "$BATS_TEST_TMPDIR" || exit
}

@test "lintian finds no error, nor anything to be warned of" {
	run -0 lintian --fail-on error,warning "$ROOT"/build/deb/*.changes
	echo "$output"
	run -1 grep -E '^[EW]:' <<<"$output"
}

@test "all that is installed is in the package, and its programs start" {
	make -s -C "$ROOT" install DESTDIR="$PWD/made" PREFIX=/usr \
		UNITS_DIR=/lib/systemd/system
	dpkg-deb -x "$DEB" root
	(cd made && find . ! -type d ! -path '*/systemd/env' | sed 's|\(/man/.*\)|\1.gz|') |
		sort >wanted
	(cd root && find . ! -type d ! -path './usr/share/doc/*' \
		! -path './usr/share/lintian/*' ! -path ./etc/jobmill/env) |
		sort | diff wanted -
	cmp root/etc/jobmill/env "$ROOT/share/systemd/env"
	[ "$(stat -c %a root/etc/jobmill/env)" = 600 ]
	unset JOBMILL_SHARE JOBMILL_BIN
	for program in root/usr/bin/*; do
		"$program" --version | grep -q "$(<"$ROOT/VERSION")\$"
	done
}

@test "what runs as a service is not started before it is set up" {
	dpkg-deb -e "$DEB" control
	grep -q 'systemd-sysusers' control/postinst
	# Enabled only if it was before.
	[ "$(grep -c 'if deb-systemd-helper debian-installed' control/postinst)" = 3 ]
	[ "$(grep -c 'deb-systemd-helper enable' control/postinst)" = 3 ]
	run -1 grep jobmill-due.service control/postinst
	grep -qx /etc/jobmill/env control/conffiles
}
