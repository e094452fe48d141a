#!/usr/bin/env bats
# The provider that is built in, and the script that judges providers.
load ../support/common

GOLD=$ROOT/tests/data/enrich-gold.ndjson
DEV=$ROOT/tests/data/enrich-dev.ndjson

@test "the labelled sets cover every industry, with codes of the taxonomy" {
	local tax=$ROOT/share/taxonomy/taxonomy.json

	[ "$(wc -l <"$GOLD")" -ge 300 ]
	[ "$(wc -l <"$DEV")" -ge 200 ]
	run -0 jq -rs '[group_by(.gold.industry)[] | length] |
		"\(length) \(min >= 10)"' "$GOLD"
	[ "$output" = "20 true" ]
	run -0 jq -n --slurpfile t "$tax" '
		($t[0].industries | map({(.code): .functions | map(.code)})
			| add) as $codes
		| [inputs | select([.gold.function] - $codes[.gold.industry]
			!= [])] | length' "$GOLD" "$DEV"
	[ "$output" = 0 ]
}

@test "no ad is in both labelled sets" {
	run -0 jq -n '[inputs | .title + .description] | length - (unique | length)' \
		"$GOLD" "$DEV"
	[ "$output" = 0 ]
}

@test "local holds its floor on the gold set" {
	run -0 "$ROOT/scripts/eval-enrich" --floor "$GOLD" -- -p local
	[ "$(grep -c '^held ' <<<"$output")" -eq 5 ]
}

@test "local is less sure where it knows fewer words" {
	run -0 "$ROOT/scripts/eval-enrich" "$DEV" -- -p local
	whole=$(awk '/from 0.86/ { print $3; exit }' <<<"$output")
	run -0 "$ROOT/scripts/eval-enrich" --thin 0.6 "$DEV" -- -p local
	thin=$(awk '/from 0.86/ { print $3; exit }' <<<"$output")
	[ "$thin" -lt $((whole * 2 / 3)) ]
}

@test "eval-enrich sees that labels and answers differ" {
	jq -c '.gold = {industry: "mining", function: "drilling"}' "$GOLD" |
		head -40 >"$BATS_TEST_TMPDIR/wrong"
	run -1 "$ROOT/scripts/eval-enrich" --floor "$BATS_TEST_TMPDIR/wrong" \
		-- -p local
	[[ $output == *'BROKEN  industry right >= 0.80'* ]]
	[[ $output == *'BROKEN  function right >= 0.75'* ]]
}

@test "the curves of the lexicon are those that eval-enrich fits" {
	run -0 "$ROOT/scripts/eval-enrich" --fit "$DEV"
	sed 's/^[a-z]*: //' <<<"$output" | jq -c . >"$BATS_TEST_TMPDIR/fitted"
	jq -c '.industries.curve, .functions.curve' \
		"$ROOT/share/taxonomy/lexicon.json" >"$BATS_TEST_TMPDIR/shipped"
	diff "$BATS_TEST_TMPDIR/shipped" "$BATS_TEST_TMPDIR/fitted"
}

@test "eval-enrich draws its reliability diagram" {
	head -50 "$GOLD" >"$BATS_TEST_TMPDIR/some"
	run -0 "$ROOT/scripts/eval-enrich" --svg "$BATS_TEST_TMPDIR/r.svg" \
		"$BATS_TEST_TMPDIR/some" -- -p local
	run -0 xml2jsonl --raw --record circle --feed-id 1 \
		"$BATS_TEST_TMPDIR/r.svg"
}

@test "eval-enrich without a file is 66, with an unknown option 64" {
	run -66 "$ROOT/scripts/eval-enrich" /no/such/file
	run -64 "$ROOT/scripts/eval-enrich" --no-such-option "$GOLD"
	run -64 "$ROOT/scripts/eval-enrich" --thin 2 "$GOLD"
	run -0 "$ROOT/scripts/eval-enrich" --help
}

@test "local answers in full, within its limits, and the same twice" {
	ai-enrich industry -p local "$GOLD" |
		ai-enrich function -p local >"$BATS_TEST_TMPDIR/one"
	ai-enrich industry -p local "$GOLD" |
		ai-enrich function -p local >"$BATS_TEST_TMPDIR/two"
	cmp "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/two"
	run -0 jq -rs 'map(select(
		(.ai_title | length > 0 and length < 130) and
		(.ai_description | length < 2600) and
		(.ai_skills | length <= 6) and (.ai_tasks | length <= 4) and
		(.ai_tags | length <= 4) and
		(.ai_search_terms | length >= 2 and length <= 6) and
		(.ai_confidence >= 0 and .ai_confidence <= 1) and
		.ai_job_function.code)) | length' "$BATS_TEST_TMPDIR/one"
	[ "$output" = "$(wc -l <"$GOLD")" ]
}
