# jobmill-tutorial(7), as a reader does it: all commands in one shell.
load ../support/common
load ../support/manual

teardown() {
	"$ROOT/scripts/db" remove "$BATS_TEST_TMPDIR/checkout/var/tutorial/db" \
		>/dev/null 2>&1 || :
	[[ ! -s $BATS_TEST_TMPDIR/standin ]] ||
		kill "$(<"$BATS_TEST_TMPDIR/standin")" 2>/dev/null || :
}

@test "the tutorial, from nothing to a mirrored feed" {
	mkdir "$BATS_TEST_TMPDIR/checkout"
	cd "$BATS_TEST_TMPDIR/checkout"
	for part in bin pipelines scripts share; do
		ln -s "$ROOT/$part" .
	done
	mkdir -p build/plain
	ln -s "$JOBMILL_TEST_BIN" build/plain/tests
	{
		echo 'set -e; trap "echo FAILED at: \$BASH_COMMAND" ERR'
		examples "$ROOT/man/man7/jobmill-tutorial.7" |
			sed "s|standin=\$!\$|& \&\& echo \$! >'$BATS_TEST_TMPDIR/standin'|"
	} >script
	unset JOBMILL_SHARE
	run timeout 300 bash script 3>&-
	echo "$output"
	[ "$status" -eq 0 ]
	# What the page says of each.
	[[ $output != *FAILED* ]]
	[[ $output == *"some were refused: 1"* ]]
	[[ $output == *"ended with 65"* ]]
	[[ $output == *"ended with 80"* ]]
	[[ $output == *"ended with 2"* ]]
	[ -s var/tutorial/final.ndjson ]
	[[ $(wc -l <var/tutorial/cut.ndjson) -ge 1 ]]
	[ "$(xml2jsonl --feed-id 1 --map var/tutorial/map.json \
		var/tutorial/foreign.xml 2>/dev/null | wc -l)" -ge 100 ]
	# 0 of the first store's jobs were written by the second full run.
	[[ $output == *'"created":0'* ]]
}

@test "what jobmill-operations(7) tells to do" {
	load ../support/store
	store_fresh
	records a b c | store_run
	mkdir "$BATS_TEST_TMPDIR/work"
	cd "$BATS_TEST_TMPDIR/work"
	cp "$SAMPLES/jobs.ndjson" .
	page=$ROOT/man/man7/jobmill-operations.7
	# The script that the page shows.
	awk '/^n=\$/ { on = 1 } /^\.Ed/ { on = 0 } on' "$page" >part.sh
	[ "$(wc -l <part.sh)" -eq 4 ]
	{
		echo 'set -e; trap "echo FAILED at: \$BASH_COMMAND" ERR'
		examples "$page" | sed 's/\\(rs/\\/g'
	} >script
	run timeout 120 bash script 3>&-
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output != *FAILED* ]]
	# The other example of a job says the same as the one by hand.
	[ -s by-parts ] && [ -s store.dump ]
}
