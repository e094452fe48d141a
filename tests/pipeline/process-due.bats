# process-due and process-all: feeds side by side, by the real programs.
load ../support/common
load ../support/manual

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	pg_fresh
	export JOBMILL_RUNS=$BATS_TEST_TMPDIR/runs JOBMILL_ENV_FILE=/dev/null
	export JOBMILL_PROVIDER=local JOBMILL_LOG=error
	pg-store migrate
	local name

	for name in personio rss indeed; do
		pg-store feed add "$name" "file://$SAMPLES/$name.xml" >/dev/null
	done
}

runs() {
	sql "select feed_id, status from jobmill.execution_reports order by 1"
}

@test "only what is due runs, and is not due again" {
	run -0 process-due
	[ -z "$(runs)" ]
	pg-store feed set --schedule 1h 1
	pg-store feed set --schedule 2h 2
	pg-store feed disable 2
	run -0 process-due
	[ "$(runs)" = '1|succeeded' ]
	run -0 process-due
	[ "$(runs)" = '1|succeeded' ]
}

@test "all runs together keep to what the model's account allows" {
	standin_start gemini
	export JOBMILL_PROVIDER=gemini GEMINI_API_KEY=test-key
	export GEMINI_BASE_URL=$STANDIN_URL/v1beta JOBMILL_BATCH=2
	JOBMILL_RPD=5 run process-all -j 3
	[ "$(standin_state | jq .generated)" -eq 5 ]
	# That the account was another one makes no feed a new one.
	for i in 2 3; do
		run process-all -j 3
		[ "$status" -le 1 ]
	done
	[ "$(standin_state | jq .generated)" -gt 5 ]
	[ "$(runs | grep -c 'not_modified$')" -eq 3 ]
}

@test "a feed that fails is told with its status, and the others run" {
	pg-store feed set --url "file://$PWD/gone.xml" 2
	run -1 --separate-stderr process-all -j 3
	[[ $stderr == *'ERROR process-all: a feed failed feed=2 status=66'* ]]
	[ "$(sql "select feed_id, status from jobmill.execution_reports
		where feed_id <> 2 order by 1")" = $'1|succeeded\n3|succeeded' ]
}

@test "two at once: each feed runs once, and that another has it is no failure" {
	pg-store feed set --schedule 1h 1
	process-due &
	run -0 process-due
	wait $!
	[ "$(sql "select count(*) from jobmill.execution_reports
		where status = 'succeeded'")" = 1 ]
}

# sample N: the feed that the Nth of twenty is like.
sample() {
	local names=(personio rss indeed)

	echo "${names[$1 % 3]}"
}

outcome() {
	sql "select source_id, route, route_reason from jobmill.jobs
		where feed_id = $1 order by 1"
}

all_run() {
	[[ $(runs | grep -c running) == 20 ]]
}

@test "twenty feeds at once are as if each ran alone; a second run leaves with 75" {
	process-all 2>/dev/null || [ $? -eq 1 ]
	for feed in 1 2 3; do
		outcome "$feed" >"$(sample $((feed - 1)))"
		pg-store feed disable "$feed"
	done
	for feed in {101..120}; do
		mkfifo "$feed.xml"
		pg-store feed add --id "$feed" "feed $feed" "file://$PWD/$feed.xml" \
			>/dev/null
	done
	process-all -j 20 3>&- &
	all=$!
	wait_for all_run
	# All are under way; who waits for a feed has no connection.
	run -75 process-feed --quiet 107
	[ "$(sql 'select count(*) from pg_stat_activity
		where datname = current_database()')" -lt 20 ]
	for feed in {101..120}; do
		cat "$SAMPLES/$(sample "$feed").xml" >"$feed.xml" 3>&- &
	done
	wait "$all" || [ $? -eq 1 ]
	[ "$(runs | grep -c '^1[0-9][0-9]|succeeded')" = 20 ]
	for feed in {101..120}; do
		outcome "$feed" | cmp - "$(sample "$feed")"
	done
	pg-store check
}

@test "no more at a time than there is room for beside others' runs" {
	run_elsewhere=$(pg-store begin 2)
	for feed in 1 2 3; do pg-store feed set --schedule 1h "$feed"; done
	run -0 process-due -j 1
	[ "$(runs)" = '2|running' ]
	run -1 process-due -j 2
	[ "$(runs)" = $'1|succeeded\n2|running\n3|succeeded' ]
	pg-store abort "$run_elsewhere"
}

@test "a feed that becomes due while another runs is not kept waiting" {
	feed=$PWD/slow.xml
	mkfifo "$feed"
	pg-store feed set --url "file://$feed" --schedule 1h 1
	process-due -j 2 3>&- &
	wait_for running 1
	pg-store feed set --schedule 1h 2
	# asked again at the end of a run, or after half a minute
	pkill -P $! -x sleep
	wait_for succeeded 2
	cat "$SAMPLES/personio.xml" >"$feed"
	wait $!
	[ "$(runs)" = $'1|succeeded\n2|succeeded' ]
}

running() {
	[[ $(runs) == *"$1|running"* ]]
}

succeeded() {
	[[ $(runs) == *"$1|succeeded"* ]]
}

@test "a feed that could not even begin is told once, and is no endless loop" {
	pg-store feed set --schedule 1h 1
	JOBMILL_SNAPSHOTS=x run -1 --separate-stderr process-due
	[ "$(grep -c 'a feed failed feed=1 status=78' <<<"$stderr")" = 1 ]
	[ -z "$(runs)" ]
}

@test "on a signal its runs are stopped, and their feeds are due again" {
	mkfifo "$PWD/slow.xml"
	pg-store feed set --url "file://$PWD/slow.xml" --schedule 1h 1
	pg-store feed set --schedule 1h 2
	mkdir scratch
	TMPDIR=$PWD/scratch process-due -j 1 3>&- &
	wait_for running 1
	kill -TERM $!
	ended=0
	wait $! || ended=$?
	[ "$ended" -eq 143 ]
	[ "$(runs)" = '1|cancelled' ]
	[ -z "$(ls scratch)" ]
	[ "$(pg-store feed due | tail -n 1)" = 2 ]
}

@test "the examples of its manual and of process-all's run" {
	pg-store feed disable indeed # some of its records are bad
	run_examples "$ROOT"/man/man1/process-{due,all}.1
	[ "$ran" -ge 4 ]
	[ "$(runs | grep -c succeeded)" -ge 2 ]
}

@test "a store that is away is 75, a wrong number 64" {
	DATABASE_URL='postgresql:///x?host=/nowhere' JOBMILL_DB_WAIT=0 \
		run -75 process-due
	run -64 process-due -j 0
	JOBMILL_JOBS=x run -64 process-all
	run -64 process-all 3
}
