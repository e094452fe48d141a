# Feeds that live, through the real programs, for a month of days:
# tests/faults/random-days.  JOBMILL_LONG_TESTS=1: a thousand days on three
# seeds; DAYS and SEED choose others.
load ../support/common

@test "a month of random feeds, faults and kills: the store, the mirror, what was paid and the reports are right each day" {
	days=30 seeds=(20261127) feeds=1
	[[ -z ${JOBMILL_LONG_TESTS:-} ]] || days=1000 seeds+=(1 2) feeds=2
	for seed in ${SEED:-"${seeds[@]}"}; do
		# One seed asks the stand-in of Gemini, the next one nobody.
		options=(--feeds "$feeds")
		((seed % 2 == 0)) || options+=(--gemini)
		run -0 "$ROOT/tests/faults/random-days" "${DAYS:-$days}" "$seed" "${options[@]}"
		echo "# $output" >&3
	done
}
