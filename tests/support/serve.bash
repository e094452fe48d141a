# shellcheck shell=bash
# What tests of the server share: load it after common and store.

# serve_start [OPTION...]: start job-serve on a port that the kernel chooses;
# sets SERVE_URL (without the last slash), SERVE_PORT, SERVE_PID and SERVE_ERR.
# It ends with the test at the latest.
serve_start() {
	local out=$BATS_TEST_TMPDIR/serve.$RANDOM

	SERVE_ERR=$out.err
	export JOBMILL_ENV_FILE=/dev/null
	job-serve -l 127.0.0.1:0 --state "$BATS_TEST_TMPDIR/state" "$@" \
		>"$out" 2>"$SERVE_ERR" 3>&- </dev/null &
	SERVE_PID=$!
	wait_for serve_ready "$out" || {
		cat "$SERVE_ERR" >&2
		return 1
	}
	SERVE_URL=$(<"$out")
	SERVE_URL=${SERVE_URL%/}
	SERVE_PORT=${SERVE_URL##*:}
	(
		exec 3>&- >/dev/null 2>&1
		tail --pid=$$ -f /dev/null
		kill "$SERVE_PID"
	) &
	disown
}

serve_ready() {
	[[ -s $1 ]] || ! kill -0 "$SERVE_PID" 2>/dev/null
}

# serve_stop: end it; its status is the one to exit with.
serve_stop() {
	local ended=0

	kill "$SERVE_PID" 2>/dev/null || :
	wait "$SERVE_PID" || ended=$?
	return "$ended"
}

# fetch PATH [OPTION of curl...]: sets status, output (the body) and head.
fetch() {
	local path=$1

	shift
	rm -f "$BATS_TEST_TMPDIR/body"
	status=$(curl -sS --noproxy '*' --path-as-is -o "$BATS_TEST_TMPDIR/body" \
		-D "$BATS_TEST_TMPDIR/head" -w '%{http_code}' "$@" \
		"$SERVE_URL$path")
	output=$(cat "$BATS_TEST_TMPDIR/body" 2>/dev/null || :)
	head=$(tr -d '\r' <"$BATS_TEST_TMPDIR/head")
}

# expect STATUS PATH [OPTION of curl...]: the same, and the status it has.
expect() {
	local wanted=$1

	shift
	fetch "$@"
	[[ $status == "$wanted" ]] || {
		echo "$*: $status instead of $wanted: $output" >&2
		return 1
	}
}

# send_json STATUS METHOD PATH JSON [OPTION of curl...]
send_json() {
	local wanted=$1 method=$2 path=$3 json=$4

	shift 4
	expect "$wanted" "$path" -X "$method" -H 'Content-Type: application/json' \
		-d "$json" "$@"
}

# field FILTER: of the JSON body.
field() {
	jq -r "$1" <<<"$output"
}

# problem NAME: the body is a problem of that type.
problem() {
	[[ $(field .type) == "urn:jobmill:problem:$1" ]] || {
		echo "another problem: $output" >&2
		return 1
	}
	[[ $(field .status) == "$status" ]]
	[[ $head == *"Content-Type: application/problem+json"* ]]
}

# raw FORMAT [VALUE...]: send what printf makes of it, and print what comes back
# until the server closes.
raw() {
	local fd

	exec {fd}<>"/dev/tcp/127.0.0.1/$SERVE_PORT"
	# In one piece: bash writes a line at a time.
	# shellcheck disable=SC2059 # it is a format
	(printf "$@" | cat >&"$fd") 2>/dev/null || :
	timeout 20 cat <&"$fd" 2>/dev/null || :
	exec {fd}>&-
}

# raw_statuses FORMAT [VALUE...]: the statuses of all answers.
raw_statuses() {
	raw "$@" | tr -d '\r\0' | sed -nE 's/^HTTP\/1\.[01] ([0-9]+).*/\1/p' |
		paste -sd' '
}
