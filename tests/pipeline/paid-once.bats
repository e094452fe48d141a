#!/usr/bin/env bats
# What is paid for is paid for once: a model that costs money, the real store,
# and runs that are killed.
# shellcheck disable=SC2030,SC2031
load ../support/common
load ../support/model

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	pg_fresh
	gemini_start
	export JOBMILL_RUNS=$PWD/runs JOBMILL_ENV_FILE=/dev/null
	export JOBMILL_LOG=error JOBMILL_STALE_AFTER=50ms
	export JOBMILL_BATCH=2
	pg-store migrate
	cp "$SAMPLES/indeed.xml" feed.xml
	pg-store feed add --map indeed sample "file://$PWD/feed.xml"
}

# On its way so far, or at its end.
far_enough() {
	(($(paid) > $1)) || ! kill -0 "$script" 2>/dev/null
}

# The whole of process-feed, stages and all, dies at once.
start_run() {
	setsid process-feed 1 3>&- &
	script=$!
}

kill_run() {
	local group

	for group in $(ps -o pgid= -s "$script" | sort -u); do
		kill -KILL -- "-$group" 2>/dev/null || :
	done
	wait "$script" || :
}

run_to_its_end() {
	process-feed --quiet 1
	(($? <= 1))
}

@test "killed at random moments, started again: what was in flight is all that is lost" {
	run -1 process-feed 1
	local whole flying=4 seed=20261127 i
	whole=$(paid)
	((whole > 40))
	sql 'select distinct record_hash from jobmill.jobs order by 1' >once

	pg_fresh
	pg-store migrate
	pg-store feed add --map indeed sample "file://$PWD/feed.xml"
	curl -fsS --noproxy '*' -X POST "$STANDIN_URL/_reset"
	standin_control '{"fault": {"path": ":generate", "delay_ms": 15,
		"times": 0}}'
	rm -rf runs
	export JOBMILL_IN_FLIGHT=$flying
	RANDOM=$seed
	for ((i = 0; i < 5; i++)); do
		start_run
		wait_for far_enough "$(($(paid) + RANDOM % 8))"
		kill_run
	done
	wait_for run_to_its_end
	# Two stages, each with its requests on their way.
	echo "paid $(paid), undisturbed $whole" >&2
	(($(paid) <= whole + 5 * 2 * flying))
	[ "$(sql "select count(*) from jobmill.execution_reports
		where status = 'succeeded'")" -eq 1 ]
	cmp once <(sql 'select distinct record_hash from jobmill.jobs
		order by 1')
	run ! compgen -G 'runs/feed-1/answers-*'
	curl -fsS --noproxy '*' -X POST "$STANDIN_URL/_reset"
	run -1 process-feed --full 1
	[ "$(paid)" -eq 0 ]
}

@test "both stages that ask have one budget" {
	JOBMILL_BATCH=10 JOBMILL_BUDGET=0.05 run process-feed --report json 1
	jq -e '[.stages[] | .cost_usd? // "0" | tonumber] | add as $spent
		| $spent > 0 and $spent <= 0.05' <<<"${lines[-1]}"
}

@test "asked by several workers, the store is the same, and so is what is paid for" {
	run -1 process-feed 1
	sql 'select distinct record_hash from jobmill.jobs order by 1' >once
	pg_fresh
	pg-store migrate
	pg-store feed add --map indeed sample "file://$PWD/feed.xml"
	rm -rf runs
	curl -fsS --noproxy '*' -X POST "$STANDIN_URL/_reset"
	export JOBMILL_WORKERS=2 JOBMILL_SHARD_RECORDS=20
	run -1 process-feed --report json 1
	jq -e '.stages["enrich-industry"] | .shards > 1 and .dead == 0' \
		<<<"${lines[-1]}"
	cmp once <(sql 'select distinct record_hash from jobmill.jobs
		order by 1')
	run ! compgen -G 'runs/feed-1/answers-*'
	paid=$(paid)
	# What was answered is recalled, not asked for again.
	run -1 process-feed --full 1
	[ "$(paid)" -eq "$paid" ]
}
