# shellcheck shell=bash
# Completion of all programs and pipelines of jobmill, for bash: options and
# commands are asked of the programs themselves, by --help.

# The commands of a program that has some, and of those that have some in turn.
_jobmill_commands() {
	"$1" --help 2>/dev/null |
		sed -nE 's/^  ([a-z]+( [a-z]+)?)  +[A-Za-z].*/\1/p'
}

_jobmill() {
	local program=${COMP_WORDS[0]} word=$2 before=() given command=''

	case $program in
	pg-store)
		for given in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
			[[ $given == -* ]] || before+=("$given")
		done
		command="${before[*]:0:2}"
		if ((${#before[@]} < 2)) && [[ $word != -* ]]; then
			mapfile -t COMPREPLY < <(compgen -W "$(
				_jobmill_commands pg-store |
					sed -n "s/^${before[0]:+${before[0]} }//p" |
					if ((${#before[@]} == 0)); then
						cut -d ' ' -f 1
					else
						grep -vE ' '
					fi | sort -u)" -- "$word")
			((${#COMPREPLY[@]} == 0)) || return 0
		fi
		;;
	ai-enrich | enrich-parallel)
		if ((COMP_CWORD == 1)) && [[ $word != -* ]]; then
			mapfile -t COMPREPLY < <(compgen -W 'industry function' \
				-- "$word")
			return
		fi
		;;
	esac
	if [[ $word == -* ]]; then
		# A command of one word has its own options; so has one of two.
		mapfile -t COMPREPLY < <(compgen -W "$({
			# shellcheck disable=SC2086
			"$program" $command --help 2>/dev/null ||
				"$program" ${command%% *} --help 2>/dev/null
		} | grep -oE -- '--[a-z][a-z-]*=?' | sort -u)" -- "$word")
		[[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		compopt -o filenames 2>/dev/null
	fi
}

complete -F _jobmill ai-enrich csv2jsonl enrich-parallel feed-fetch \
	inspect-feed job-dedup job-route job-serve json2jsonl notify-run pg-store \
	plan-sync process-all process-due process-feed sync-xano xano-sync xml2jsonl
