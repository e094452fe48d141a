# shellcheck shell=bash disable=SC2154
# Feeds side by side, for process-due and process-all; sourced after
# pipeline.bash.

# side_by_side JOBS: process the feeds whose numbers are on standard input, so
# many at a time.  A line for each that did not end well goes to standard error.
# Returns 0 if all went well, 1 if some had bad records or failed; a feed that
# another run has is nothing to worry about.
side_by_side() {
	local log ended number failed=0

	log=$(mktemp)
	# What a run says is said as a whole, when it ends.
	parallel --no-notice --jobs "$1" --group --joblog "$log" \
		"$(printf %q "$here/process-feed")" {} </dev/stdin || :
	while IFS=$'\t' read -r number ended; do
		case $ended in
		0 | "$EX_TEMPFAIL") ;;
		"$EX_SOME_BAD") failed=1 ;;
		*)
			failed=1
			say ERROR "a feed failed" feed "$number" status "$ended"
			;;
		esac
	done < <(awk -F '\t' 'NR > 1 {
		n = split($9, words, " ")
		print words[n] "\t" ($8 > 0 ? 128 + $8 : $7)
	}' "$log")
	rm -f "$log"
	return "$failed"
}

# How many at a time: the option, the environment, else one a core.
jobs_at_a_time() {
	local jobs=${given[jobs]:-${JOBMILL_JOBS:-$(nproc)}}

	[[ $jobs =~ ^[1-9][0-9]{0,3}$ ]] ||
		wrong "a number of runs at a time is wanted" jobs "$jobs"
	echo "$jobs"
}
