# make install, uninstall and dist.
load ../support/common

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	unset JOBMILL_SHARE
}

@test "an installed tree works from anywhere, under any prefix" {
	make -s -C "$ROOT" install DESTDIR="$PWD/root" PREFIX=/opt/mill
	tree=$PWD/root/opt/mill
	# As /usr and /usr/local have one, it is no sign of a checkout.
	mkdir "$tree/src"
	PATH=$tree/bin:/usr/bin:/bin
	unset JOBMILL_BIN
	cd /
	for program in "$tree"/bin/*; do
		echo "$program" >&2
		"$program" --version
	done
	[ "$(type -P xml2jsonl)" = "$tree/bin/xml2jsonl" ]
	xml2jsonl --quiet --feed-id 1 "$SAMPLES/personio.xml" |
		job-route | job-dedup | ai-enrich industry |
		ai-enrich function | job-route --final >"$BATS_TEST_TMPDIR/out"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/out")" -eq 36 ]
	mv "$tree" "$BATS_TEST_TMPDIR/moved"
	PATH=$BATS_TEST_TMPDIR/moved/bin:/usr/bin:/bin
	xml2jsonl --quiet --feed-id 1 "$SAMPLES/rss.xml" | wc -l
	process-feed --help
}

@test "every manual and every file of share/ is installed" {
	make -s -C "$ROOT" install DESTDIR="$PWD/root" PREFIX=/usr
	(cd "$ROOT" && find share -type f ! -path 'share/completions/*' \
		! -path 'share/systemd/*') | while read -r file; do
		cmp "$ROOT/$file" "root/usr/share/jobmill/${file#share/}"
	done
	(cd "$ROOT" && find man -name '*.[1-9]') | while read -r file; do
		cmp "$ROOT/$file" "root/usr/share/$file"
	done
}

@test "completion is where bash-completion looks for it, by each name" {
	make -s -C "$ROOT" install DESTDIR="$PWD/root" PREFIX=/usr
	for program in root/usr/bin/*; do
		cmp "root/usr/share/bash-completion/completions/${program##*/}" \
			"$ROOT/share/completions/jobmill.bash"
	done
}

@test "without npm all but parts of the pages is built and installed, and it is said" {
	mkdir checkout bin
	(cd "$ROOT" && cp -R --parents Makefile VERSION package.json \
		package-lock.json scripts/web-parts share man pipelines "$OLDPWD/checkout")
	rm -rf checkout/share/www/vendor
	# What PATH holds but for npm; no program is built here.
	for folder in /usr/bin /bin; do
		ln -sf "$folder"/* bin/ 2>/dev/null || :
	done
	rm -f bin/npm
	PATH=$PWD/bin run -0 make -s -C checkout install DESTDIR="$PWD/root"
	[[ $output == *"job-serve has no charts and no /docs"* ]]
	[ -e root/usr/local/share/jobmill/www/index.html ]
	PATH=$PWD/bin run -69 checkout/scripts/web-parts
	[[ $output == 'ERROR web-parts: no npm here'* ]]
}

@test "the lock file names no address, and what is copied has its licence" {
	run ! grep -E '"resolved"|https?://' "$ROOT/package-lock.json"
	[ -e "$ROOT/share/www/vendor/.lock" ] || skip "npm brought no parts"
	for part in "$ROOT"/share/www/vendor/*; do
		[ -s "$part/LICENSE" ]
	done
}

@test "uninstall takes away what install brought" {
	make -s -C "$ROOT" install DESTDIR="$PWD/root" PREFIX=/usr
	make -s -C "$ROOT" uninstall DESTDIR="$PWD/root" PREFIX=/usr
	[ -z "$(find root ! -type d)" ]
}
