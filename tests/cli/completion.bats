# Completion in bash, as a person would press the tabulator.
load ../support/common

setup() {
	# shellcheck source=share/completions/jobmill.bash
	source "$ROOT/share/completions/jobmill.bash"
	compopt() { :; }
	cd "$BATS_TEST_TMPDIR" || exit
}

# completed WORD...: what the last word may become.
completed() {
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	COMPREPLY=()
	_jobmill "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
	echo "${COMPREPLY[*]}"
}

@test "every option of every program is completed" {
	for path in "$ROOT"/src/*/ "$ROOT"/pipelines/*; do
		program=$(basename "$path")
		echo "trying: $program" >&2
		complete -p "$program"
		[ "$(completed "$program" --)" = "$("$program" --help |
			grep -oE -- '--[a-z][a-z-]*=?' | sort -u | paste -sd ' ')" ]
		[[ $(completed "$program" --versi) == --version ]]
	done
}

@test "commands, and the options of each" {
	[ "$(completed pg-store mig)" = migrate ]
	[ "$(completed pg-store migrate --ro)" = --roles ]
	[[ " $(completed pg-store feed '') " == *" add "*" show "* ]]
	[ "$(completed pg-store feed s)" = 'set show' ]
	[[ $(completed pg-store feed set --own) == --own-map* ]]
	[ "$(completed ai-enrich i)" = industry ]
}

@test "files, where no option is begun" {
	touch jobs.ndjson
	[ "$(completed job-route jo)" = jobs.ndjson ]
	[ "$(completed pg-store stage 7 jo)" = jobs.ndjson ]
}
