# shellcheck shell=bash disable=SC2034,SC2154
# The examples of manual pages, run as a reader would: load it after common.

# Pages whose examples need a store, which their own tests have.
with_store='process-all\.1|process-due\.1|jobmill-(tutorial|operations)\.7'

# examples PAGE: its commands, one a line.
examples() {
	sed -n 's/^\.Dl \$ //p' "$1" |
		sed 's/\\e/\\/g; s/\\(aq/'"'"'/g; s/\\-/-/g; s/\\&//g; s/\\(dq/"/g; s/\\(ha/^/g'
}

# run_examples PAGE...: run them here, one after the other; each has to succeed
# and to complain of nothing.  Sets ran, how many there were.
run_examples() {
	local page command

	ran=0
	for page; do
		while IFS= read -r command; do
			echo "trying: ${page##*/}: $command" >&2
			run -0 --separate-stderr bash -c "$command" 3>&-
			[[ $stderr != *ERROR* ]]
			ran=$((ran + 1))
		done < <(examples "$page")
	done
}
