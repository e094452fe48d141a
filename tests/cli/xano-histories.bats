# The mirror under random histories: see tests/faults/xano-histories/.
# HISTORIES and SEED choose others than the usual ones.
load ../support/common

@test "whatever happens, no wanted row is lost and the mirror ends up equal" {
	cd "$BATS_TEST_TMPDIR"
	# A sanitizer makes each run ten times as long.
	sanitized && usual=100 || usual=500
	run -0 xano-histories "${HISTORIES:-$usual}" "${SEED:-20261123}"
	echo "# $output" >&3
}
