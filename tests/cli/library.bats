#!/usr/bin/env bats
# What lib/ promises once for all stages, shown on the smallest of them.
# shellcheck disable=SC2030,SC2031,SC2094,SC2154
load ../support/common

# The leak check of a sanitizer does not work under strace.
strace() {
	ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 command strace "$@"
}
export -f strace

# Bytes for a test: printf's escapes.
feed() {
	printf '%b' "$1"
}

@test "records pass byte for byte" {
	line='{ "id":9007199254740993 , "n":1.10, "e":1e400, "s":"\u00e9é\/" }'
	run -0 --separate-stderr echo-stage <<<"$line"
	[ "$output" = "$line" ]
	[ -z "$stderr" ]
}

@test "a changed record keeps the text of every other field" {
	run -0 echo-stage <<<'{"id":9007199254740993, "do":"mark" ,"n":1.10}'
	[ "$output" = '{"id":9007199254740993, "do":"mark" ,"n":1.10,"marked":"yes"}' ]
}

@test "a routed record is not looked at" {
	run -0 echo-stage <<<'{"do":"refuse","route":"approved"}'
	[ "$output" = '{"do":"refuse","route":"approved"}' ]
}

@test "a bad line is a dead letter with its place, and the rest passes" {
	run -1 --separate-stderr echo-stage --dead "$BATS_TEST_TMPDIR/dead" \
		<<<$'{"a":1}\n{"a":}\n{"b":2}'
	[ "$output" = $'{"a":1}\n{"b":2}' ]
	[ "$stderr" = 'WARNING echo-stage: record refused line=2 offset=8 error="not a JSON value, at byte 6 of the line"' ]
	[ "$(<"$BATS_TEST_TMPDIR/dead")" = '{"stage":"echo-stage","line":2,"offset":8,"error":"not a JSON value, at byte 6 of the line","raw":"{\"a\":}"}' ]
}

@test "dead letters are appended, and hold bytes that are not UTF-8 as base64" {
	dead=$BATS_TEST_TMPDIR/dead
	for i in 1 2; do
		feed '{"a":"\xff"}\n' | run -1 echo-stage -d "$dead"
	done
	[ "$(wc -l <"$dead")" = 2 ]
	[ "$(tail -n1 "$dead" | jq -r .raw_base64 | base64 -d | od -An -tx1 | tr -d ' \n')" = 7b2261223a22ff227d ]
}

@test "duplicate keys, NUL, lone surrogates and bad UTF-8 are refused" {
	feed '{"a":1,"a":2}\n{"a":"\\u0000"}\n{"a":"\\ud800"}\n{"a":"\xc0\xaf"}\n{"a":"\x00"}\n[1]\n{"a":1}{}\n' >"$BATS_TEST_TMPDIR/in"
	run -1 --separate-stderr echo-stage "$BATS_TEST_TMPDIR/in"
	[ -z "$output" ]
	[ "${#stderr_lines[@]}" = 7 ]
	[[ ${stderr_lines[0]} == *"name twice in one object"* ]]
	[[ ${stderr_lines[1]} == *'\\u0000 in a string'* ]]
	[[ ${stderr_lines[2]} == *"lone surrogate"* ]]
	[[ ${stderr_lines[3]} == *"invalid UTF-8"* ]]
	[[ ${stderr_lines[4]} == *"control character"* ]]
	[[ ${stderr_lines[5]} == *"not one JSON object a line"* ]]
	[[ ${stderr_lines[6]} == *"text after the value"* ]]
}

@test "byte order mark, carriage returns and blank lines are dropped" {
	feed '\xef\xbb\xbf{"a":1}\r\n\r\n \t\n{"b":2}\r\n' >"$BATS_TEST_TMPDIR/in"
	run -0 --separate-stderr echo-stage "$BATS_TEST_TMPDIR/in"
	[ "$output" = $'{"a":1}\n{"b":2}' ]
	[ -z "$stderr" ]
}

@test "a whole last line without line end is taken, with a warning" {
	feed '{"a":1}' >"$BATS_TEST_TMPDIR/in"
	run -0 --separate-stderr echo-stage "$BATS_TEST_TMPDIR/in"
	[ "$output" = '{"a":1}' ]
	[[ $stderr == *"the last line has no line end"*"line=1"* ]]
}

@test "a last line that is cut off is refused, and the status says so" {
	feed '{"a":1}\n{"b":' >"$BATS_TEST_TMPDIR/in"
	run -65 --separate-stderr echo-stage "$BATS_TEST_TMPDIR/in"
	[ "$output" = '{"a":1}' ]
	[[ $stderr == *"truncated: the input ends here"* ]]
}

@test "a record longer than --max-record is refused, its neighbours pass" {
	long=$(head -c 3000 /dev/zero | tr '\0' x)
	printf '{"a":1}\n{"a":"%s"}\n{"b":2}\n' "$long" >"$BATS_TEST_TMPDIR/in"
	run -1 --separate-stderr echo-stage -m 1K -d "$BATS_TEST_TMPDIR/dead" "$BATS_TEST_TMPDIR/in"
	[ "$output" = $'{"a":1}\n{"b":2}' ]
	[[ $stderr == *"record of 3008 bytes, more than --max-record"* ]]
	run -0 jq -r .error "$BATS_TEST_TMPDIR/dead"
	[[ $output == "record of 3008 bytes"* ]]
}

@test "a line without end is refused in constant memory" {
	sanitized && skip "a sanitizer takes the address space that is limited here"
	# shellcheck disable=SC2016
	run -1 --separate-stderr bash -c 'ulimit -v 80000
		{ head -c 300000000 /dev/zero | tr "\0" x; printf "\n{}\n"; } |
			echo-stage -d "$1"' _ "$BATS_TEST_TMPDIR/dead"
	[ "$output" = '{}' ]
	[ "$(stat -c %s "$BATS_TEST_TMPDIR/dead")" -lt 100000 ]
	run -0 jq .raw_bytes "$BATS_TEST_TMPDIR/dead"
	[ "$output" = 300000000 ]
}

@test "past --max-dead the stage gives up with 65" {
	run -1 --separate-stderr echo-stage --max-dead 2 <<<$'x\nx\n{}'
	[ "$output" = '{}' ]
	run -65 --separate-stderr echo-stage --max-dead 2 <<<$'x\nx\nx\n{}'
	[ -z "$output" ]
	[[ $stderr == *"too many refused records"* ]]
}

@test "counters add up, and land in the run folder" {
	export JOBMILL_RUN_DIR=$BATS_TEST_TMPDIR JOBMILL_STAGE=one
	run -1 --separate-stderr echo-stage <<<$'{"do":"mark"}\n{"do":"merge"}\n{"do":"refuse"}\nx\n{"route":"x"}'
	run -0 jq -cS 'del(.seconds)' "$BATS_TEST_TMPDIR/one.stats"
	[ "$output" = '{"bytes_in":61,"bytes_out":43,"changed":1,"dead":2,"in":5,"merged":1,"out":2,"own":7,"stage":"one","status":1,"word":"a\"b"}' ]
	[ ! -e "$BATS_TEST_TMPDIR/one.progress" ]
	[ ! -e "$BATS_TEST_TMPDIR/one.progress.new" ]
}

@test "a stage that loses a record says so and exits 70" {
	run -70 --separate-stderr echo-stage <<<'{"do":"lose"}'
	[[ $stderr == *"records were lost: in is not out + merged + dead in=1 out=0 merged=0 dead=0" ]]
}

@test "a stage name that is no file name is refused" {
	JOBMILL_RUN_DIR=$BATS_TEST_TMPDIR JOBMILL_STAGE=../x run -78 echo-stage </dev/null
	JOBMILL_RUN_DIR=/nonexistent run -73 echo-stage </dev/null
}

@test "progress is there while the stage runs" {
	export JOBMILL_RUN_DIR=$BATS_TEST_TMPDIR
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	echo-stage "$BATS_TEST_TMPDIR/fifo" >/dev/null 3>&- &
	exec 7>"$BATS_TEST_TMPDIR/fifo"
	going() {
		echo '{"a":1}' >&7
		[ -s "$BATS_TEST_TMPDIR/echo-stage.progress" ]
	}
	wait_for going
	jq -e '.in > 0 and .in == .out' "$BATS_TEST_TMPDIR/echo-stage.progress"
	exec 7>&-
	wait $!
	[ -s "$BATS_TEST_TMPDIR/echo-stage.stats" ]
}

@test "input, output and folders that are not there have their own statuses" {
	run -66 --separate-stderr echo-stage /nonexistent/file
	[ "$stderr" = 'ERROR echo-stage: cannot open file=/nonexistent/file error="No such file or directory"' ]
	run -66 echo-stage /
	run -73 echo-stage -d /nonexistent/dead </dev/null
	run -74 bash -c 'echo-stage </ '
	run -74 bash -c 'echo "{}" | echo-stage >/dev/full'
	run -74 bash -c 'echo "{}" | echo-stage >&-'
	run -74 bash -c 'echo-stage <&-'
	run -74 bash -c 'echo x | echo-stage -d /dev/full'
}

@test "a reader that leaves ends it in silence" {
	# shellcheck disable=SC2016
	run -0 --separate-stderr bash -c 'yes "{}" | echo-stage | head -n1
		[ "${PIPESTATUS[1]}" = 141 ]'
	[ "$output" = '{}' ]
	[ -z "$stderr" ]
}

@test "it dies of SIGPIPE even when started with SIGPIPE ignored" {
	# shellcheck disable=SC2016
	run -0 --separate-stderr bash -c 'trap "" PIPE
		yes "{}" 2>/dev/null | echo-stage | head -n1
		[ "${PIPESTATUS[1]}" = 141 ]'
	[ -z "$stderr" ]
}

@test "SIGTERM: what was read goes out, then it dies of the signal" {
	export JOBMILL_RUN_DIR=$BATS_TEST_TMPDIR
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	echo-stage "$BATS_TEST_TMPDIR/fifo" >"$BATS_TEST_TMPDIR/out" 3>&- &
	pid=$!
	exec 7>"$BATS_TEST_TMPDIR/fifo"
	echo '{"a":1}' >&7
	wait_for test -s "$BATS_TEST_TMPDIR/out"
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	[ "$status" = 143 ]
	exec 7>&-
	[ "$(<"$BATS_TEST_TMPDIR/out")" = '{"a":1}' ]
	run -0 jq -c '[.in,.out,.status]' "$BATS_TEST_TMPDIR/echo-stage.stats"
	[ "$output" = '[1,1,75]' ]
}

@test "output is flushed when the input pauses, and by line when asked to" {
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	echo-stage "$BATS_TEST_TMPDIR/fifo" >"$BATS_TEST_TMPDIR/out" 3>&- &
	exec 7>"$BATS_TEST_TMPDIR/fifo"
	echo '{"a":1}' >&7
	wait_for test -s "$BATS_TEST_TMPDIR/out"
	exec 7>&-
	wait $!
	# shellcheck disable=SC2016
	run -0 bash -c 'printf "{}\n{}\n" |
		strace -e trace=write -e write=none -o "$1" echo-stage --line-buffered >/dev/null
		grep -c "^write(1, .*= 3$" "$1"' _ "$BATS_TEST_TMPDIR/trace"
	[ "$output" = 2 ]
}

@test "short reads, short writes and interrupted calls change nothing" {
	for i in $(seq 2000); do echo "{\"n\":$i}"; done >"$BATS_TEST_TMPDIR/in"
	strace -o /dev/null -P "$BATS_TEST_TMPDIR/in" -P "$BATS_TEST_TMPDIR/out" \
		-e inject=read,write:error=EINTR:when=1+2 \
		echo-stage "$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out"
	cmp "$BATS_TEST_TMPDIR/in" "$BATS_TEST_TMPDIR/out"
}

@test "a read or write that fails is told, whichever it is" {
	for i in $(seq 2000); do echo "{\"n\":$i}"; done >"$BATS_TEST_TMPDIR/in"
	run -74 --separate-stderr strace -o /dev/null -P "$BATS_TEST_TMPDIR/in" \
		-e inject=read:error=EIO:when=2 echo-stage "$BATS_TEST_TMPDIR/in"
	[[ $stderr == *'cannot read'*'Input/output error'* ]]
	# shellcheck disable=SC2016
	run -74 --separate-stderr bash -c 'strace -o /dev/null -P "$2" -e inject=write:error=ENOSPC \
		echo-stage "$1" >"$2"' _ "$BATS_TEST_TMPDIR/in" "$BATS_TEST_TMPDIR/out"
	[[ $stderr == *'cannot write file=stdout error="No space left on device"'* ]]
}

@test "outside text in a message is quoted, bounded and harmless" {
	run -66 --separate-stderr echo-stage $'/no\e[31m"\xff\xe2\x80\xae\nx'
	[ "$stderr" = 'ERROR echo-stage: cannot open file="/no\u001b[31m\"\xff\u202e\u000ax" error="No such file or directory"' ]
	long=$(head -c 5000 /dev/zero | tr '\0' x)
	run -66 --separate-stderr echo-stage "/$long"
	[ "${#stderr}" -lt 450 ]
	[[ $stderr == *'xxx..." error="File name too long"' ]]
}

@test "messages are JSON when asked for" {
	JOBMILL_LOG_FORMAT=json run -66 --separate-stderr echo-stage $'/a"b\xff\n'
	[ "$(jq -r .level <<<"$stderr")" = ERROR ]
	[ "$(jq -r .program <<<"$stderr")" = echo-stage ]
	[ "$(jq -r .message <<<"$stderr")" = "cannot open" ]
	[ "$(jq -r .file <<<"$stderr")" = '/a"b?' ] || [ "$(jq -r .file <<<"$stderr")" = $'/a"b?\n' ]
}

@test "how much is said is set by -v, -q and JOBMILL_LOG" {
	run -0 --separate-stderr echo-stage -v <<<'{}'
	[ "$stderr" = 'INFO echo-stage: done in=1 out=1 merged=0 dead=0 changed=0' ]
	JOBMILL_LOG=info run -0 --separate-stderr echo-stage <<<'{}'
	[ -n "$stderr" ]
	run -1 --separate-stderr echo-stage -q <<<'x'
	[ -z "$stderr" ]
	JOBMILL_LOG=loud run -0 --separate-stderr echo-stage <<<'{}'
	[[ $stderr == *"JOBMILL_LOG is not error, warning, info or debug value=loud"* ]]
}

options() {
	run -0 --separate-stderr echo-stage -vv "$@" </dev/null
	stderr=${stderr_lines[0]#*options }
}

@test "options take their values, the environment fills in, the option wins" {
	options
	[ "$stderr" = 'count=3 time_ms=1000 decimal=0.86 colour=red flag=0 unflag=1 list=0 first=""' ]
	options -c 7 --time=1.5m --decimal 0.5 --col green --flag --no-unflag --list a --list b
	[ "$stderr" = 'count=7 time_ms=90000 decimal=0.5 colour=green flag=1 unflag=0 list=2 first=a' ]
	ECHO_COUNT=9 ECHO_COLOUR=green ECHO_FLAG=yes options
	[[ $stderr == 'count=9 '*' colour=green flag=1 '* ]]
	ECHO_COUNT=9 options -c7
	[[ $stderr == 'count=7 '* ]]
	ECHO_COUNT='' ECHO_FLAG=0 options
	[[ $stderr == 'count=3 '*' flag=0 '* ]]
	options --time 300ms
	[[ $stderr == *'time_ms=300 '* ]]
}

# wrong STATUS MESSAGE ARGUMENT...: one line that says so.
wrong() {
	local status=$1 message=$2

	shift 2
	run "-$status" --separate-stderr echo-stage "$@" </dev/null
	[ -z "$output" ]
	[ "$stderr" = "ERROR echo-stage: $message" ] || {
		echo "said: $stderr" >&2
		return 1
	}
}

@test "what is wrong on the command line is one line and 64" {
	wrong 64 'unknown or ambiguous option option=--nope see="echo-stage --help"' --nope
	wrong 64 'unknown or ambiguous option option=-x see="echo-stage --help"' -vx
	wrong 64 'option needs a value option=--count see="echo-stage --help"' --count
	wrong 64 'option needs a value option=-c see="echo-stage --help"' -vc
	wrong 64 'wrong value of an option option=--count value=1x wanted="a whole number" see=--help' -c 1x
	wrong 64 'wrong value of an option option=--count value=100 wanted="from 2 to 99" see=--help' -c 100
	wrong 64 'wrong value of an option option=--count value=1 wanted="from 2 to 99" see=--help' -c 1
	wrong 64 'wrong value of an option option=--count value=-5 wanted="a whole number" see=--help' -c -5
	wrong 64 'wrong value of an option option=--count value=99999999999999999999 wanted="a whole number" see=--help' -c 99999999999999999999
	wrong 64 'wrong value of an option option=--decimal value=1.0000001 wanted="a decimal number from 0 to 1" see=--help' --decimal 1.0000001
	wrong 64 'wrong value of an option option=--decimal value=1e0 wanted="a decimal number from 0 to 1" see=--help' --decimal 1e0
	wrong 64 'wrong value of an option option=--colour value=blue wanted="one of red, green" see=--help' --colour blue
	wrong 64 'wrong value of an option option=--time value=1w wanted="a time, such as 30, 1.5, 300ms, 2m, 6h or 1d" see=--help' --time 1w
	wrong 64 'wrong value of an option option=--max-record value=5Q wanted="a number of bytes, such as 65536, 16M or 2G" see=--help' -m 5Q
	wrong 64 'operand not expected operand=b see="echo-stage --help"' a b
}

@test "what is wrong in the environment is one line and 78" {
	ECHO_COUNT=many wrong 78 'wrong value in the environment variable=ECHO_COUNT value=many wanted="a whole number"'
}

@test "the help fits a terminal, and a full disk is noticed even there" {
	run -0 --separate-stderr echo-stage --help
	[ -z "$stderr" ]
	[[ ${lines[0]} == 'Usage: echo-stage [-d FILE] [file]' ]]
	for line in "${lines[@]}"; do [ "${#line}" -le 80 ]; done
	run -0 echo-stage --version
	[ "$output" = "echo-stage (jobmill) $(<"$ROOT/VERSION")" ]
	run -74 bash -c 'echo-stage --help >/dev/full'
}
