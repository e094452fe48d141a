# What is killed at random moments.  JOBMILL_LONG_TESTS=1: two hundred of them.
load ../support/common

setup() {
	times=6
	[[ -z ${JOBMILL_LONG_TESTS:-} ]] || times=200
}

@test "kill -9 of pg-store or its server: the store is as it was, or as it will be" {
	run -0 "$ROOT/tests/faults/store-crash" "$times"
	[[ ${lines[-1]} == "$times disturbed runs: "*", none between" ]]
}

@test "kill -9 of any stage, the script or PostgreSQL: before or after, never between" {
	run -0 "$ROOT/tests/faults/feed-crash" "$times"
	[[ $output == *"$times disturbed runs: "*", none between"* ]]
}
