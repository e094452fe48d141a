#!/usr/bin/env bats
# What job-route promises on the command line.
# shellcheck disable=SC2030,SC2031,SC2154
load ../support/common

NOW=2026-11-23T00:00:00Z

# route OPTION... <records: "route reason" a record, "-" for none.
route() {
	job-route --now "$NOW" --no-rules "$@" |
		jq -r '"\(.route // "-") \(.route_reason // "-")"'
}

@test "without --final only what is certain gets a route" {
	run -0 route <<'E'
{"status":"closed","ai_confidence":0.99}
{"status":"open","expires_at":"2026-11-22T23:59:59Z"}
{"status":"open","expires_at":"2026-11-23T00:00:00Z"}
{"status":"open","expires_at":"2026-11-23T00:00:01Z"}
{"status":"open","expires_at":"2026-11-23T01:00:00+02:00"}
{"status":"open","expires_at":"soon"}
{"ai_confidence":0.4999}
{"ai_confidence":0.50}
{"ai_confidence":0.99}
{"ai_error":{"kind":"blocked"}}
{}
E
	[ "$output" = "rejected closed
rejected expired
rejected expired
- -
rejected expired
- -
archived low_confidence
- -
- -
- -
- -" ]
}

@test "with --final every record gets a route" {
	run -0 route --final <<'E'
{"status":"closed","ai_confidence":0.99}
{"ai_confidence":0.3}
{"ai_confidence":0.5}
{"ai_confidence":0.86}
{"ai_confidence":1}
{"ai_confidence":0.99,"ai_error":{"kind":"blocked"}}
{"ai_error":{"kind":"blocked"}}
{}
{"ai_confidence":"0.99"}
{"ai_confidence":null}
{"ai_confidence":1.01}
{"ai_confidence":-1}
E
	[ "$output" = "rejected closed
archived low_confidence
manual_review unsure
approved confident
approved confident
rejected ai_failed
rejected ai_failed
manual_review not_enriched
manual_review not_enriched
manual_review not_enriched
manual_review bad_confidence
manual_review bad_confidence" ]
}

@test "thresholds are compared as decimal text, not as floating point" {
	run -0 route --final <<'E'
{"ai_confidence":0.86}
{"ai_confidence":0.860}
{"ai_confidence":86e-2}
{"ai_confidence":0.8599999999999999999999999999}
{"ai_confidence":0.8600000000000000000000000001}
{"ai_confidence":0.4999999999999999999999999999}
E
	[ "$output" = "approved confident
approved confident
approved confident
manual_review unsure
approved confident
archived low_confidence" ]
}

@test "thresholds are options and environment" {
	run -0 route --final -a 0.95 -b 0.9 <<<'{"ai_confidence":0.92}'
	[ "$output" = "manual_review unsure" ]
	JOBMILL_APPROVE_FROM=0.9 run -0 route --final <<<'{"ai_confidence":0.92}'
	[ "$output" = "approved confident" ]
	run -64 --separate-stderr job-route -a 0.4 </dev/null
	[[ $stderr == *"--archive-below is above --approve-from"* ]]
	run -64 job-route -a 1.01 </dev/null
	run -64 --separate-stderr job-route --now tomorrow </dev/null
	[[ $stderr == *"--now is not an RFC 3339 time value=tomorrow"* ]]
}

@test "a trusted feed passes the gate, but not when it is closed" {
	run -0 route --final --bypass <<'E'
{"ai_confidence":0.1}
{"ai_error":{}}
{"status":"closed"}
E
	[ "$output" = "approved bypass
approved bypass
rejected closed" ]
	run -0 route --bypass <<<'{"ai_confidence":0.1}'
	[ "$output" = "- -" ]
}

@test "what is not decided, or was before, passes byte for byte" {
	job='{ "id":9007199254740993,"ai_confidence":0.70 , "n":1.10}'
	run -0 job-route --no-rules <<<"$job"
	[ "$output" = "$job" ]
	job='{"status":"closed", "route":"approved","route_reason":"x" }'
	run -0 job-route --final <<<"$job"
	[ "$output" = "$job" ]
}

@test "routing twice gives the same bytes, and nothing is left without a route" {
	job-route --now "$NOW" "$SAMPLES/jobs.ndjson" >"$BATS_TEST_TMPDIR/early"
	job-route --now "$NOW" -f "$BATS_TEST_TMPDIR/early" >"$BATS_TEST_TMPDIR/one"
	job-route --now "$NOW" -f "$BATS_TEST_TMPDIR/one" >"$BATS_TEST_TMPDIR/two"
	cmp "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/two"
	[ -z "$(jq -c 'select(.route == null)' "$BATS_TEST_TMPDIR/two")" ]
	[ "$(wc -l <"$BATS_TEST_TMPDIR/two")" = "$(wc -l <"$SAMPLES/jobs.ndjson")" ]
}

@test "counters tell where records went and why" {
	JOBMILL_RUN_DIR=$BATS_TEST_TMPDIR run -0 job-route --no-rules -f <<'E'
{"status":"closed"}
{"ai_confidence":0.9}
{"ai_confidence":0.91}
{"route":"approved"}
E
	run -0 jq -c 'to_entries | map(select(.key | test("\\.")) | [.key, .value])' \
		"$BATS_TEST_TMPDIR/job-route.stats"
	[ "$output" = '[["route.rejected",1],["reason.closed",1],["route.approved",2],["reason.confident",2]]' ]
}

@test "--explain says what decided" {
	run -0 job-route -f --now "$NOW" --explain "$BATS_TEST_TMPDIR/why" <<'E'
{"feed_id":3,"source_id":"a\"b","title":"t","url":"u","ai_confidence":0.91,"ai_description":"d","status":"open"}
{"feed_id":3,"source_id":"c","url":"u","ai_confidence":0.91}
E
	[ "$(<"$BATS_TEST_TMPDIR/why")" = '{"id":"3/a\\\"b","route":"approved","reason":"confident","status":"open","ai_confidence":0.91}
{"id":"3/c","route":"rejected","reason":"no_title","rule":"no-title","ai_confidence":0.91}' ]
}

# rules TESTS [MORE]: a file with one rule of these tests, archived by "it".
rules() {
	printf '{"rules":[{"name":"r","if":[%s],"route":"archived","reason":"it"%s}]}' \
		"$1" "${2:-}" >"$BATS_TEST_TMPDIR/rules.json"
}

# applies RECORD / spares RECORD: whether the rule takes it.
applies() {
	[ "$(job-route -r "$BATS_TEST_TMPDIR/rules.json" <<<"$1" | jq -r .route_reason)" = it ]
}

spares() {
	[ "$(job-route -r "$BATS_TEST_TMPDIR/rules.json" <<<"$1" | jq -r .route_reason)" = null ]
}

@test "rules: equals compares strings, numbers and truth values" {
	rules '{"field":"a","op":"equals","value":"x\"é"}'
	applies '{"a":"x\"\u00e9"}'
	spares '{"a":"x"}'
	spares '{"b":"x"}'
	rules '{"field":"a","op":"equals","value":1.10}'
	applies '{"a":1.1}'
	applies '{"a":11e-1}'
	spares '{"a":"1.1"}'
	rules '{"field":"a","op":"equals","value":true}'
	applies '{"a":true}'
	spares '{"a":false}'
	spares '{"a":"true"}'
}

@test "rules: in, contains, less, greater, exists, not" {
	rules '{"field":"a","op":"in","value":["x","y"]}'
	applies '{"a":"y"}'
	spares '{"a":"z"}'
	rules '{"field":"a","op":"contains","value":"b c"}'
	applies '{"a":"ab cd"}'
	spares '{"a":"b  c"}'
	rules '{"field":"a","op":"less","value":0.1}'
	applies '{"a":0.09999999999999999999}'
	spares '{"a":0.10}'
	spares '{"a":"0"}'
	rules '{"field":"a","op":"greater","value":0.1}'
	applies '{"a":0.10000000000000000001}'
	spares '{"a":0.1}'
	rules '{"field":"a","op":"exists","value":true}'
	applies '{"a":0}'
	spares '{"a":""}'
	spares '{"a":[]}'
	spares '{"a":null}'
	rules '{"field":"a","op":"exists","value":false}'
	applies '{}'
	spares '{"a":1}'
	rules '{"field":"a","op":"equals","value":"x","not":true}'
	spares '{"a":"x"}'
	applies '{"a":"y"}'
	applies '{}'
}

@test "rules: paths go into objects, and any item of a list will do" {
	rules '{"field":"locations.country","op":"equals","value":"DE"}'
	applies '{"locations":[{"country":"US"},{"country":"DE"}]}'
	spares '{"locations":[{"country":"US"}]}'
	spares '{"locations":"DE"}'
	rules '{"field":"a.b.c","op":"exists","value":true}'
	applies '{"a":{"b":[{"c":1}]}}'
	spares '{"a":{"b":[{"d":1}]}}'
}

@test "rules: patterns are Perl's, on characters" {
	rules '{"field":"a","op":"matches","value":"(?i)^über.{1}$"}'
	applies '{"a":"ÜBERÉ"}'
	spares '{"a":"uberE"}'
}

@test "rules: all tests must hold, and passes are kept apart" {
	rules '{"field":"a","op":"exists","value":true},{"field":"b","op":"exists","value":true}'
	applies '{"a":1,"b":1}'
	spares '{"a":1}'
	rules '{"field":"a","op":"exists","value":true}' ',"pass":"final"'
	spares '{"a":1}'
	[ "$(job-route -f -r "$BATS_TEST_TMPDIR/rules.json" <<<'{"a":1}' | jq -r .route_reason)" = it ]
	rules '{"field":"a","op":"exists","value":true}' ',"pass":"early"'
	applies '{"a":1}'
	[ "$(job-route -f -r "$BATS_TEST_TMPDIR/rules.json" <<<'{"a":1}' | jq -r .route_reason)" = not_enriched ]
}

@test "rules: the first that applies decides" {
	printf '{"rules":[%s,%s]}' \
		'{"name":"one","if":[{"field":"a","op":"exists","value":true}],"route":"archived","reason":"one"}' \
		'{"name":"two","if":[{"field":"b","op":"exists","value":true}],"route":"archived","reason":"two"}' \
		>"$BATS_TEST_TMPDIR/rules.json"
	run -0 job-route -r "$BATS_TEST_TMPDIR/rules.json" <<<$'{"b":1,"a":1}\n{"b":1}'
	run -0 jq -r .route_reason <<<"$output"
	[ "$output" = $'one\ntwo' ]
}

@test "a pattern that never ends gives up: the record is refused, the rest passes" {
	rules '{"field":"a","op":"matches","value":"^(a+)+$"}'
	run -1 --separate-stderr job-route -r "$BATS_TEST_TMPDIR/rules.json" \
		-d "$BATS_TEST_TMPDIR/dead" <<<$'{"a":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"}\n{"b":1}'
	[ "$output" = '{"b":1}' ]
	[[ $stderr == *"the pattern of rule 'r' gave up on this text"* ]]
	[ "$(wc -l <"$BATS_TEST_TMPDIR/dead")" = 1 ]
}

# refused MESSAGE: the rules file is, before anything is read or written.
refused() {
	run -78 --separate-stderr job-route -r "$BATS_TEST_TMPDIR/rules.json" <<<'{}'
	[ -z "$output" ]
	[[ $stderr == *"$1"* ]] || {
		echo "said: $stderr" >&2
		return 1
	}
}

@test "a wrong rules file is refused as a whole, saying where" {
	rules '{"field":"a","op":"like","value":"x"}'
	refused 'unknown operator in a rule'
	refused 'rule=1 value=like'
	rules '{"field":"a","op":"matches","value":"("}'
	refused 'bad pattern in a rule'
	rules '{"field":"a","op":"equals"}'
	refused 'lacks its value'
	rules '{"field":"a","op":"less","value":"1"}'
	refused 'want a number'
	rules '{"field":"a","op":"in","value":[1]}'
	refused 'wants a list of strings'
	rules '{"field":"a..b","op":"exists","value":true}'
	refused 'not a field path'
	rules '{"field":"a","op":"exists","value":"yes"}'
	refused 'wants true or false'
	rules '{"field":"a","op":"exists","value":true,"fild":1}'
	refused 'unknown name in a rules file'
	rules ''
	refused 'no list of tests'
	rules '{"field":"a","op":"exists","value":true}' ',"pass":"late"'
	refused 'not early or final'
	echo '{"rules":[{"name":"r","if":[{"field":"a","op":"exists","value":true}],"route":"../../etc/x","reason":"y"}]}' \
		>"$BATS_TEST_TMPDIR/rules.json"
	refused 'unknown route in a rule'
	echo '{"rules":[' >"$BATS_TEST_TMPDIR/rules.json"
	refused 'not valid JSON'
	echo '[]' >"$BATS_TEST_TMPDIR/rules.json"
	refused 'no list of rules'
	rm "$BATS_TEST_TMPDIR/rules.json"
	run -66 job-route -r "$BATS_TEST_TMPDIR/rules.json" <<<'{}'
}

@test "the rules of the suite keep what nobody can apply for out" {
	run -0 job-route <<<$'{"title":"t","url":"u"}\n{"title":"t"}\n{"url":"u"}'
	run -0 jq -r '.route_reason' <<<"$output"
	[ "$output" = $'null\nno_url\nno_title' ]
}
