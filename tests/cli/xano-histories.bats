# The mirror under random histories: see tests/faults/xano-histories/main.c.
# HISTORIES and SEED choose others than the usual ones.
load ../support/common

@test "whatever happens, no wanted row is lost and the mirror ends up equal" {
	cd "$BATS_TEST_TMPDIR"
	usual=150
	# A sanitizer makes each run ten times as long.
	! sanitized || usual=40
	[[ -z ${JOBMILL_LONG_TESTS:-} ]] || usual=1000
	run -0 xano-histories "${HISTORIES:-$usual}" "${SEED:-20261123}"
	echo "# $output" >&3
}
