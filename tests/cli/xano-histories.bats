# The mirror under random histories: see tests/support/xano-histories.c.
# HISTORIES and SEED choose others than the usual ones.
load ../support/common

@test "whatever happens, no wanted row is lost and the mirror ends up equal" {
	cd "$BATS_TEST_TMPDIR"
	run -0 xano-histories "${HISTORIES:-500}" "${SEED:-20261123}"
	echo "# $output" >&3
}
