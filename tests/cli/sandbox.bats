# What a program that a stranger took over could still do.
# shellcheck disable=SC2030,SC2031,SC2154
load ../support/common

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	unset "${!GOOGLE_@}" "${!OPENAI_@}" "${!VERTEX_@}" GCE_METADATA_HOST
	HOME=$BATS_TEST_TMPDIR
	mkfifo input
	export JOBMILL_STATE_DIR=$PWD/state
	# Not a folder that a sandbox leaves open.
	mkdir tmp elsewhere
	export TMPDIR=$PWD/tmp
}

# sealed PROGRAM...: start it, wait until it reads, and show what the kernel
# holds it to: its mode of seccomp, and whether it can gain rights.
sealed() {
	local pid

	"$@" <input >/dev/null 2>&1 3>&- &
	pid=$!
	exec {hold}>input
	wait_for is_sealed "$pid" || :
	awk '/^(NoNewPrivs|Seccomp):/ { printf "%s", $2 }' "/proc/$pid/status"
	exec {hold}>&-
	kill "$pid" 2>/dev/null || :
	wait "$pid" || :
}

is_sealed() {
	grep -q '^Seccomp:.*2' "/proc/$1/status"
}

intrude() {
	LD_PRELOAD=$JOBMILL_TEST_BIN/intruder.so \
		INTRUDER_FILE=$PWD/elsewhere/file "$@" \
		<<<'{"feed_id":1,"source_id":"a"}' 2>&1 >/dev/null |
		grep '^intruder: ' || :
}

not_sanitized() {
	! sanitized || skip "the run-time of a sanitizer needs these rights"
}

gemini() {
	standin_start gemini
	export GEMINI_API_KEY=test-key GEMINI_BASE_URL=$STANDIN_URL/v1beta
}

xano() {
	export XANO_TOKEN=s3cret-token XANO_WORKSPACE=1 XANO_TABLE=1
	standin_start xano --schema "$JOBMILL_SHARE/xano/columns.json"
	export XANO_BASE_URL=$STANDIN_URL/api:meta
}

@test "while a program reads, the kernel holds it to less than it started with" {
	for program in xml2jsonl job-dedup job-route feed-fetch \
		"ai-enrich industry"; do
		echo "trying: $program" >&2
		# shellcheck disable=SC2086
		[ "$(sealed $program)" = 12 ]
	done
	gemini
	[ "$(sealed ai-enrich function)" = 12 ]
	xano
	[ "$(sealed xano-sync)" = 12 ]
}

@test "an intruder in a filter gets no socket, no process, no program" {
	not_sanitized
	for program in xml2jsonl job-dedup job-route "ai-enrich industry"; do
		echo "trying: $program" >&2
		# shellcheck disable=SC2086
		run intrude $program
		[[ ${lines[0]} == 'intruder: socket: EPERM' ]]
		[[ ${lines[1]} == 'intruder: look: EPERM' ]]
		[[ ${lines[3]} == 'intruder: program: EPERM' ]]
	done
}

@test "an intruder in a client makes no file, no process, no program" {
	not_sanitized
	gemini
	xano
	for program in feed-fetch "ai-enrich industry" xano-sync; do
		echo "trying: $program" >&2
		# shellcheck disable=SC2086
		run intrude $program
		[[ ${lines[1]} == 'intruder: look: EPERM' ]]
		[[ ${lines[2]} == 'intruder: file: EACCES' ]]
		[[ ${lines[3]} == 'intruder: program: EPERM' ]]
		[ ! -e elsewhere/file ]
	done
}

@test "without the sandbox an intruder has all rights, so the tests above show something" {
	not_sanitized
	for program in xml2jsonl job-route feed-fetch; do
		run intrude "$program" --no-sandbox
		[[ ${lines[0]} == 'intruder: socket: done' ]]
		[[ ${lines[2]} == 'intruder: file: done' ]]
		[ "${#lines[@]}" -eq 3 ]
	done
	JOBMILL_NO_SANDBOX=1 run intrude job-dedup
	[[ ${lines[0]} == 'intruder: socket: done' ]]
}

@test "a sandbox leaves room for what options name" {
	printf '<jobs><job><title>a</title></job></jobs>' >feed.xml
	run -0 feed-fetch --state elsewhere/state.json \
		--snapshot elsewhere/feed.snapshot feed.xml
	[ -s elsewhere/state.json ]
	cmp feed.xml elsewhere/feed.snapshot
	gemini
	run -0 ai-enrich industry --record elsewhere/cassette \
		<<<'{"feed_id":1,"source_id":"a","title":"Baker","description":"Bakes bread."}'
	[ -n "$(ls elsewhere/cassette)" ]
}

# refused CALL=ERRNO[:WHEN] PROGRAM...: run it where the kernel has no such call.
refused() {
	# A sanitizer looks for leaks by ptrace, too.
	ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 \
		run --separate-stderr strace -f -qq -o trace \
		-e "trace=${1%%=*}" -e "inject=${1%%=*}:error=${1#*=}" "${@:2}"
	grep -q INJECTED trace
}

# What a filter and a client do without a call, and what they then say.
lacking() {
	for program in xml2jsonl job-dedup job-route "ai-enrich industry" \
		"feed-fetch -"; do
		[[ $program == feed-fetch* || $1 != landlock* ]] || continue
		echo "trying: $program without $1" >&2
		input=jobs
		[[ $program != @(xml2jsonl|feed-fetch -) ]] || input=feed.xml
		# shellcheck disable=SC2086
		$program <$input >expected
		# shellcheck disable=SC2086
		refused "$1" $program <$input
		[ "$status" -eq 0 ]
		[ "$output" = "$(<expected)" ]
		[ "${#stderr_lines[@]}" -eq 1 ]
		[[ $stderr == "WARNING ${program%% *}: no "*" here: an intruder could "* ]]
		[[ $stderr == *": $2 "* ]]
	done
}

samples() {
	cp "$SAMPLES/personio.xml" feed.xml
	head -n 3 "$SAMPLES/jobs.ndjson" >jobs
}

@test "where the kernel has no such guard, one warning says so, and the same comes out" {
	samples
	for error in ENOSYS EPERM; do
		lacking "seccomp=$error" "no seccomp"
	done
	lacking prctl=EINVAL "no seccomp"
	for call in landlock_create_ruleset=EOPNOTSUPP \
		landlock_create_ruleset=ENOSYS:when=2 \
		landlock_add_rule=EPERM landlock_restrict_self=EPERM; do
		lacking "$call" "no Landlock"
	done
}

@test "a filter says in one line what is missing and why, a client, too" {
	samples
	refused seccomp=ENOSYS job-route <jobs
	[ "$stderr" = 'WARNING job-route: no seccomp here: an intruder could open sockets and start programs error="Function not implemented" see=--no-sandbox' ]
	refused prctl=EPERM feed-fetch feed.xml
	[ "$stderr" = 'WARNING feed-fetch: no seccomp and no Landlock here: an intruder could start programs and change any file error="Operation not permitted" see=--no-sandbox' ]
}

@test "who needs the sandbox gets no run without it" {
	samples
	run -0 --separate-stderr job-route --need-sandbox jobs
	[ -z "$stderr" ]
	refused seccomp=EPERM job-route --need-sandbox jobs
	[ "$status" -eq 71 ]
	[ -z "$output" ]
	[ "$stderr" = 'ERROR job-route: no seccomp here: an intruder could open sockets and start programs error="Operation not permitted" see=--need-sandbox' ]
	JOBMILL_NEED_SANDBOX=1 refused landlock_create_ruleset=ENOSYS \
		feed-fetch feed.xml
	[ "$status" -eq 71 ]
	[ -z "$output" ]
}

@test "a guard that is there and fails is no fallback" {
	samples
	refused seccomp=ENOMEM job-route jobs
	[ "$status" -eq 71 ]
	refused landlock_create_ruleset=EMFILE feed-fetch feed.xml
	[ "$status" -eq 71 ]
	[ -z "$output" ]
}
