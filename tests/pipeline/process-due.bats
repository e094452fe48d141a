# process-due and process-all: feeds side by side, by the real programs.
load ../support/common

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

@test "a store that is away is 75, a wrong number 64" {
	DATABASE_URL='postgresql:///x?host=/nowhere' JOBMILL_DB_WAIT=0 \
		run -75 process-due
	run -64 process-due -j 0
	JOBMILL_JOBS=x run -64 process-all
	run -64 process-all 3
}
