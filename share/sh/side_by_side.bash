# shellcheck shell=bash disable=SC2154
# Feeds side by side, for process-due and process-all; sourced after
# pipeline.bash.

# Feeds that wait for a place, runs by their processes, and the signal that
# came, if one did.
waiting=()
declare -A feed_of=()
side_signal=

# A second one reaches runs that are ending, and they end at once.
# shellcheck disable=SC2317 # by a trap
side_caught() {
	side_signal=$1
	waiting=()
	((${#feed_of[@]} == 0)) || kill -s TERM "${!feed_of[@]}" 2>/dev/null || :
}

# What a run says is kept, and said as a whole when it ends.
start_run() {
	"$here/process-feed" "$1" </dev/null >"$words/$1" 2>&1 &
	feed_of[$!]=$1
}

# end_run PID STATUS: another run of a feed is nothing to worry about.
end_run() {
	local feed=${feed_of[$1]}

	unset "feed_of[$1]"
	cat "$words/$feed" >&2
	case $2 in
	0 | "$EX_TEMPFAIL") return ;;
	"$EX_SOME_BAD") ;;
	*) say ERROR "a feed failed" feed "$feed" status "$2" ;;
	esac
	side_failed=1
}

# side_by_side JOBS [MORE]: process the feeds in `waiting`, so many at a time.
# MORE puts further ones there; it is asked at the start, whenever a run has
# ended, and each half minute.  A line for each feed that did not end well goes
# to standard error.  Returns 0 if all went well, 1 if some had bad records or
# failed; the status of MORE if it failed before anything was started.
side_by_side() {
	local jobs=$1 more=${2:-:} words pid ended side_failed=0 pause=

	"$more" || return
	words=$(mktemp -d "${TMPDIR:-/tmp}/$program.XXXXXX")
	# shellcheck disable=SC2064 # as it is now
	trap "rm -rf '$words'" EXIT
	# Limits are those of an account, which all of them use.
	export JOBMILL_LEDGER=${JOBMILL_LEDGER:-$words/ledger}
	trap 'side_caught INT' INT
	trap 'side_caught TERM' TERM
	trap 'side_caught HUP' HUP
	while :; do
		while ((${#waiting[@]} > 0 && ${#feed_of[@]} < jobs)); do
			start_run "${waiting[0]}"
			waiting=("${waiting[@]:1}")
		done
		((${#feed_of[@]} > 0)) || break
		if [[ $more != : && -z $pause ]]; then
			sleep 30 &
			pause=$!
		fi
		ended=0
		wait -n -p pid ${pause:+"$pause"} "${!feed_of[@]}" || ended=$?
		# A signal ends the wait, and names no process.
		[[ -n ${pid:-} ]] || continue
		if [[ $pid == "$pause" ]]; then
			pause=
		else
			end_run "$pid" "$ended"
		fi
		[[ -n $side_signal ]] || "$more" || side_failed=1
	done
	[[ -z $pause ]] || kill "$pause" 2>/dev/null || :
	rm -rf "$words"
	trap - EXIT INT TERM HUP
	[[ -z $side_signal ]] || kill -s "$side_signal" $$
	return "$side_failed"
}

# How many at a time: the option, the environment, else one a core.
jobs_at_a_time() {
	local jobs=${given[jobs]:-${JOBMILL_JOBS:-$(nproc)}}

	[[ $jobs =~ ^[1-9][0-9]{0,3}$ ]] ||
		wrong "a number of runs at a time is wanted" jobs "$jobs"
	echo "$jobs"
}
