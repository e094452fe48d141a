# Every allocation and every system call of the server fails in turn, once and
# from then on, its children's too.  Whatever fails, it tells why it can't start
# and ends with a status of the suite's table; or it answers, as always or with
# a 5xx, or hangs up; and what failed once leaves nothing behind: from then on it
# answers as always, and ends with 0 when it is told to.
# shellcheck disable=SC2016,SC2154 # for wait_for
load ../support/common
load ../support/store
load ../support/serve

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	! sanitized || skip "failing allocations are not for a sanitizer's run-time"
	most=5
	[[ -z ${JOBMILL_LONG_TESTS:-} ]] || most=100000
	export JOBMILL_DB_WAIT=0 JOBMILL_RUNS=$PWD/runs
	store_fresh
	records a b | store_run
}

teardown() {
	[[ -z ${server:-} ]] || kill -9 "$server" 2>/dev/null || :
}

# begin KIND NUMBER HOW: the server, whose call of that number fails; HOW is
# "once" or "on".  Sets server, and url if it answers.
begin() {
	local kind=$1 at=$2 how=$3

	rm -rf out err mark state
	: >mark
	unset url
	if [[ $kind == alloc ]]; then
		[[ $how == once ]] || local -x FAILING_ON=1
		LD_PRELOAD=$JOBMILL_TEST_BIN/failing.so FAILING_AT=$at FAILING_FD=9 \
			job-serve -l 127.0.0.1:0 --state state \
			>out 2>err 9>mark 3>&- </dev/null &
	else
		[[ $how == once ]] || at+=+
		strace -D -f -qq --seccomp-bpf -o trace -e "trace=${kind%%=*}" \
			-e "inject=${kind%%=*}:error=${kind##*=}:when=$at" \
			"$(command -v job-serve)" -l 127.0.0.1:0 --state state \
			>out 2>err 3>&- </dev/null &
	fi
	server=$!
	wait_for eval '[[ -s out ]] || ! kill -0 "$server" 2>/dev/null'
	[[ ! -s out ]] || url=$(<out)
}

# Whether the call came, somewhere.
reached() {
	[[ -s mark ]] || grep -q INJECTED trace 2>/dev/null
}

paths=(/healthz /openapi.json /nowhere /feeds /jobs /runs/1 /metrics)
always=(200 200 404 200 200 200 200)

# wrong WORDS: what should not be is told, and counted.
wrong() {
	echo "wrong: $kind $at $how: $*" >&2
	tail -n 5 err >&2
	wrongs=$((wrongs + 1))
}

# asked WHEN: all paths; where the fault is, answers may be missing.
asked() {
	local i got words=() patience=60

	# It answers nobody whom it can't let in.
	[[ $kind$how != accept4*on ]] || patience=1
	for i in "${!paths[@]}"; do
		words+=(-o body "${url%/}${paths[i]}")
	done
	mapfile -t got < <(timeout "$patience" curl -sS --noproxy '*' -w '%{http_code}\n' \
		"${words[@]}" 2>/dev/null || :)
	for i in "${!paths[@]}"; do
		[[ ${got[i]:-000} != "${always[i]}" ]] || continue
		[[ ${got[i]:-000} =~ ^(000|5[0-9][0-9])$ &&
			($1 == during || $kind == sendmsg* ||
				($kind != alloc && i -ge 3)) ]] ||
			wrong "${paths[i]} $1 it: ${got[i]:-000}"
	done
}

# ended: its status, within its time.
ended() {
	local status=0

	wait_for eval '! kill -0 "$server" 2>/dev/null' || {
		wrong "it does not end"
		kill -9 "$server"
	}
	wait "$server" 2>/dev/null || status=$?
	server=
	echo "$status" >status
}

# try KIND NUMBER HOW
try() {
	local kind=$1 at=$2 how=$3 said

	begin "$kind" "$at" "$how"
	if [[ -n ${url:-} ]]; then
		asked during
		[[ $how == on ]] || ! kill -0 "$server" 2>/dev/null || asked after
		kill "$server" 2>/dev/null || :
	fi
	ended
	said=$(grep -cE '^(ERROR|WARNING) ' err || :)
	case $(<status) in
	0) [[ -n ${url:-} ]] || wrong "it ended with 0, and never answered" ;;
	127) grep -q 'loading shared libraries' err || wrong "it ended with 127" ;;
	66 | 69 | 71 | 73 | 74 | 75 | 76 | 78)
		# What can't write can't say so.
		((said > 0 && said < 30)) || [[ $kind == write* ]] || wrong "it ended with $(<status): $said lines"
		;;
	*) wrong "it ended with $(<status)" ;;
	esac
}

# tortured KIND: the first calls, then some of the rest, as far as there are.
tortured() {
	local kind=$1 at=1 step=1 wrongs=0 tries=0

	while :; do
		try "$kind" "$at" once
		reached || break
		try "$kind" "$at" on
		# Before main() it is not ours.
		if [[ $(<status) == 127 ]]; then
			at=$((at + 1))
			continue
		fi
		tries=$((tries + 1))
		((wrongs < 10)) || break
		((tries < most)) || step=$((step * 2))
		at=$((at + step))
	done
	echo "# $kind: $tries calls failed, the last of them number $at"
	((wrongs == 0 && tries > 0))
}

@test "job-serve: no memory" {
	tortured alloc
}

@test "job-serve: no descriptors, no reading, no writing" {
	tortured openat=EMFILE
	tortured read=EIO
	tortured write=ENOSPC
}

@test "job-serve: no connections, no processes" {
	tortured accept4=EMFILE
	tortured recvfrom=ECONNRESET
	tortured sendmsg=EPIPE
	tortured pipe2=EMFILE
	tortured clone=EAGAIN
}
