# The units of systemd, as they are installed: its own programs look at them.
load ../support/common

setup_file() {
	command -v systemd-analyze >/dev/null ||
		skip_file "no systemd-analyze here" || return 0
	make -s -C "$ROOT" install PREFIX="$BATS_FILE_TMPDIR/usr" DESTDIR= >/dev/null
}

setup() {
	skip_told
	cd "$BATS_FILE_TMPDIR/usr/lib/systemd/system" || exit
	unset JOBMILL_SHARE JOBMILL_BIN
}

@test "systemd finds nothing wrong with the units" {
	for unit in *.service *.socket *.timer; do
		echo "$unit"
		# Of the machine itself it may have something to say.
		run systemd-analyze verify --man=no "./${unit/@/@3}"
		echo "$output"
		run -1 grep -E 'jobmill|job-serve' <<<"$output"
	done
	[ "$(find . -type f | wc -l)" = 5 ]
}

@test "verify sees a unit whose program is missing" {
	sed 's|^ExecStart=.*|&-missing|' job-serve.service >"$BATS_TEST_TMPDIR/job-serve.service"
	run ! systemd-analyze verify --man=no "$BATS_TEST_TMPDIR/job-serve.service"
}

@test "the services give up what they do not need, all of them alike" {
	for unit in *.service; do
		systemd-analyze security --offline=yes --threshold=20 "./$unit" |
			tail -n 1
		sed -n '/^# Of the system it sees/,/^TasksMax/p' "$unit" |
			cmp - <(sed -n '/^# Of the system it sees/,/^TasksMax/p' job-serve.service)
		grep -qx 'SystemCallErrorNumber=EPERM' "$unit"
	done
}

@test "the programs of the units are those that are installed, and their options exist" {
	while IFS='=' read -r _ command; do
		read -ra words <<<"$command"
		[[ ${words[0]} == "$BATS_FILE_TMPDIR/usr/bin/"* ]]
		"${words[0]}" --version
	done < <(grep -h '^ExecStart' *.service)
	# Each setting of the sample stands in a manual.
	while IFS='=' read -r name _; do
		grep -rq "${name#\#}" "$ROOT/man" || {
			echo "no manual has $name" >&2
			return 1
		}
	done < <(grep -E '^#?[A-Z_]+=' "$ROOT/share/systemd/env")
}
