#!/usr/bin/env bats
# Who is told how a run went.
# shellcheck disable=SC2154
load ../support/common
load ../support/store

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	store_fresh
	records A B | store_run
	pg-store begin 1 >/dev/null
	pg-store abort --reason "no answer" 2
	run -80 store_run </dev/null
	export JOBMILL_NOTIFY='cat >>told'
}

told() {
	jq -r .run_id told 2>/dev/null | paste -sd' ' || :
}

@test "by default failures and guards are told, and successes are not" {
	for run in 1 2 3; do notify-run "$run"; done
	[ "$(told)" = "2 3" ]
}

@test "a rule says what is told" {
	for run in 1 2 3; do notify-run --when always "$run"; done
	[ "$(told)" = "1 2 3" ]
	rm told
	for run in 1 2 3; do JOBMILL_NOTIFY_WHEN=on-guard notify-run "$run"; done
	[ "$(told)" = 3 ]
	run -64 notify-run --when never 1
}

@test "without anybody to tell nothing is done" {
	JOBMILL_NOTIFY='' run -0 notify-run 2
	[ -z "$output" ]
}

@test "a command that fails is said, and so is a run that there is not" {
	JOBMILL_NOTIFY=false run -75 notify-run 2
	run -66 notify-run 99
	run -64 notify-run x
}

@test "a webhook that is away is said, and its address is not" {
	JOBMILL_NOTIFY=http://127.0.0.1:1/geheim run -75 notify-run -vv 2
	[[ $output == *"the webhook did not take the report"* ]]
	[[ $output != *geheim* ]]
}

@test "a webhook that takes the report is enough, one that refuses is said" {
	standin_start gemini
	export no_proxy='*'
	JOBMILL_NOTIFY=$STANDIN_URL/_reset run -0 --separate-stderr notify-run 2
	[ -z "$output$stderr" ]
	JOBMILL_NOTIFY=$STANDIN_URL/hook run -75 notify-run 2
	[[ $(standin_log) == *'"method":"POST","path":"/hook"'* ]]
}
