# dedup.bash - what job-dedup costs by what it is given; part of scripts/bench
#
# Each kind of records (dedup_make) is worked by one thread, beside parsing the
# same lines with cJSON: so the ratio is that for a record, too.
# shellcheck shell=bash disable=SC2154 # variables of scripts/bench

# Add to the row written last how many of the pairs were compared how far.
dedup_note() {
	jq -c --slurpfile s "$work/run/job-dedup.stats" '
		$s[0] as $s | . + {pairs: $s.pairs, pairs_bags: $s.pairs_bags,
			pairs_words: $s.pairs_words, spilled: $s.spilled,
			note: "\($s.merged) merged; of \($s.pairs) pairs \(
				$s.pairs_words / $s.pairs * 1e6 | round / 1e4
			)% compared beyond the bags\(if $s.spilled > 0 then
				"; \($s.spilled / 1e6 | round) MB on disk"
			else "" end)"}' < <(tail -n 1 "$work/rows") >"$work/row"
	sed -i '$d' "$work/rows"
	cat "$work/row" >>"$work/rows"
}

# dedup_kind NAME KIND COUNT
dedup_kind() {
	local stage=job-dedup-$1 jobs=$3 in=$work/dedup.ndjson

	is_wanted "$stage" || return 0
	"$tests/dedup_make" "$2" "$3" "$seed" >"$in"
	JOBMILL_RUN_DIR=$work/run versus "$stage" "$in" "${cjson[@]}" -- \
		job-dedup --threads 1
	dedup_note
}

# Pairs decided a second, of groups that share their company's boilerplate, by
# the bounds and by a bit-parallel LCS of both whole texts.
dedup_pairs() {
	is_wanted job-dedup-pairs || return 0
	echo "bench: job-dedup-pairs" >&2
	"$tests/dedup_make" groups 4000 "$seed" >"$work/dedup.ndjson"
	"$tests/dedup_pairs" "$work/dedup.ndjson" >"$work/pairs"
}

# More records than its memory holds, through a pipe; 3 GB of disk in TMPDIR.
dedup_million() {
	local jobs=1000000 i

	[[ " ${wanted[*]} " == *" job-dedup-million "* ]] || return 0
	echo "bench: job-dedup-million" >&2
	printf '#!/bin/sh\nexec job-dedup --memory 512M >/dev/null\n' \
		>"$work/million"
	chmod +x "$work/million"
	rm -f "$work"/{stage,floor}.cost
	for ((i = 0; i < (repeats + 2) / 3; i++)); do
		cost floor <("$tests/dedup_make" mixed "$jobs" "$seed") \
			"$tests/cjson_floor"
		JOBMILL_RUN_DIR=$work/run cost stage \
			<("$tests/dedup_make" mixed "$jobs" "$seed") \
			"$work/million"
	done
	row job-dedup-million "$(jq .bytes_in "$work/run/job-dedup.stats")" \
		cpu cJSON
	dedup_note
}

dedup() {
	mkdir -p "$work/run"
	dedup_kind mixed mixed 50000
	dedup_kind one-key one-key 20000
	dedup_kind copies copies 20000
	dedup_kind groups groups 20000
	dedup_pairs
	dedup_million
}
