#!/usr/bin/env bats
# What json2jsonl and csv2jsonl promise: the same record by the same door.
# shellcheck disable=SC2030,SC2031,SC2154
load ../support/common

# field JQ: of the one record in $output.
field() {
	jq -rc "$1" <<<"$output"
}

@test "a Greenhouse board: escaped HTML, its place, what it has besides" {
	run -0 --separate-stderr json2jsonl -f 7 <<'E'
{"jobs":[{"id":41,"title":"Fitter & Plumber","absolute_url":"https://x.example/41",
"location":{"name":"Leeds, UK"},"content":"&lt;p&gt;Pipes &amp;amp; more&lt;/p&gt;",
"first_published":"2026-10-01T10:00:00-05:00","company_name":"Acme",
"departments":[{"id":1,"name":"Works"}],"requisition_id":"R-1"}],"meta":{"total":1}}
E
	[ -z "$stderr" ]
	[ "$(field '[.feed_id, .source_id, .title, .company_name, .url]')" = '[7,"41","Fitter & Plumber","Acme","https://x.example/41"]' ]
	[ "$(field .description)" = '<p>Pipes &amp; more</p>' ]
	[ "$(field '.locations[0].city')" = Leeds ]
	[ "$(field .posted_at)" = 2026-10-01T15:00:00Z ]
	[ "$(field .extra.requisition_id)" = R-1 ]
}

@test "a Lever list: all its places, its lists, its pay" {
	run -0 json2jsonl <<'E'
[{"id":"abc-1","text":"Nurse","hostedUrl":"https://jobs.example/abc","categories":
{"location":"Austin, TX","commitment":"Full-time","team":"Care","allLocations":["Austin, TX","Denver, CO"]},
"description":"<p>Care.</p>","lists":[{"text":"You & we","content":"<li>a</li>"}],"additional":"<p>Bye</p>",
"createdAt":1761998400000,"workplaceType":"remote",
"salaryRange":{"min":50000,"max":60000,"currency":"USD","interval":"per-year-salary"}}]
E
	[ "$(field '[.locations[].city]')" = '["Austin","Denver"]' ]
	[ "$(field '[.is_multi_location, .is_remote, .employment_type]')" = '[true,true,"FULL_TIME"]' ]
	[ "$(field '[.salary_min, .salary_max, .salary_currency, .salary_period]')" = '[50000,60000,"USD","YEAR"]' ]
	[ "$(field .posted_at)" = 2025-11-01T12:00:00Z ]
	[[ $(field .description) == *'<h3>You &amp; we</h3><ul><li>a</li></ul>'* ]]
}

@test "a Recruitee list" {
	run -0 json2jsonl <<'E'
{"offers":[{"id":9,"title":"Koch","company_name":"Inn","careers_url":"https://inn.example/o/koch",
"description":"<p>a</p>","requirements":"<p>b</p>","city":"Wien","country_code":"AT","postal_code":"1010",
"department":"Küche","employment_type_code":"parttime","published_at":"2026-11-01 08:00:00 UTC","hybrid":true}]}
E
	[ "$(field '[.source_id, .title, .category, .employment_type]')" = '["9","Koch","Küche","PART_TIME"]' ]
	[ "$(field '.locations[0] | [.city, .country, .postal_code]')" = '["Wien","AT","1010"]' ]
	[ "$(field .description)" = $'<p>a</p>\n<p>b</p>' ]
}

@test "JSON-LD, alone, in a graph, and in pages of HTML; what is no ad is left out" {
	ad='{"@context":"https://schema.org","@type":"JobPosting","title":"Cook","description":"<p>Cook</p>",
"identifier":{"@type":"PropertyValue","name":"Inn","value":"C-7"},
"hiringOrganization":{"@type":"Organization","name":"Inn","logo":"https://inn.example/l.png"},
"jobLocation":[{"@type":"Place","address":{"addressLocality":"Paris","addressCountry":"FR","postalCode":"75001"}}],
"employmentType":["PART_TIME"],"datePosted":"2026-11-02","validThrough":"2026-12-01T00:00",
"baseSalary":{"@type":"MonetaryAmount","currency":"EUR","value":{"minValue":14.5,"maxValue":16,"unitText":"HOUR"}},
"jobLocationType":"TELECOMMUTE","url":"https://inn.example/7"}'
	run -0 json2jsonl <<<"$ad"
	[ "$(field '[.source_id, .company_name, .is_remote, .salary_max, .salary_period]')" = '["C-7","Inn",true,16,"HOUR"]' ]
	[ "$(field '[.expires_at, .company_logo_url]')" = '["2026-12-01T00:00:00Z","https://inn.example/l.png"]' ]
	run -0 json2jsonl <<<"{\"@graph\":[{\"@type\":\"WebPage\",\"name\":\"x\"},$ad]}"
	[ "$(field .source_id)" = C-7 ]
	run -0 json2jsonl --shape page <<<"<html><SCRIPT type='application/ld+json' id=x>
$ad</SCRIPT><p>x</p><script type=\"application/ld+json\">{\"@type\":\"Organization\"}</script>
<script>var a = {};</script>"
	[ "$(field .source_id)" = C-7 ]
}

@test "plain objects by the names exports use, one a line or in a list" {
	run -0 json2jsonl <<'E'
{"Job-ID":"0017","job_title":"Driver","Employer":"Roads","apply url":"https://r.example/17","ZIP":"89501","City":"Reno","state":"NV","weird <key>":{"a":[1,null,"x"]}}
E
	[ "$(field '[.source_id, .title, .company_name, .url]')" = '["0017","Driver","Roads","https://r.example/17"]' ]
	[ "$(field '.locations[0] | [.city, .state, .postal_code]')" = '["Reno","NV","89501"]' ]
	[ "$(field '.extra.weird__key_.a')" = '["1","x"]' ]
}

@test "records come back as they were, but for what only a feed has" {
	json2jsonl --feed-id 1 "$SAMPLES/jobs.ndjson" >"$BATS_TEST_TMPDIR/again"
	keep='[.source_id, .title, .company_name, .url, .description, .employment_type, .posted_at,
		[.locations[]? | [.city, .state, .country, .postal_code]]]'
	diff <(jq -c "$keep" "$SAMPLES/jobs.ndjson") <(jq -c "$keep" "$BATS_TEST_TMPDIR/again")
}

@test "a table: quotes, line breaks, other separators, text that stays text" {
	run -0 --separate-stderr csv2jsonl -f 3 "$SAMPLES/jobs.csv"
	[ -z "$stderr" ]
	run -0 jq -c '[.feed_id, .source_id, .title, .salary_min, .extra.Shift]' <<<"$output"
	[ "${lines[0]}" = '[3,"0017","Truck Driver, Night",24,"night"]' ]
	[ "${lines[1]}" = '[3,"0018","Accounts Payable Clerk",null,"day"]' ]
	run -0 csv2jsonl --separator tab <<<$'Ref\tTitle\tLink\n7\tCook\thttps://x.example/7'
	[ "$(field '[.source_id, .title, .url]')" = '["7","Cook","https://x.example/7"]' ]
}

@test "what is hostile in a value stays a value" {
	run -0 --separate-stderr json2jsonl <<'E'
{"id":"1]]>&\"x","title":"a < b & c > d]]>","company":"a\u0001b\u0000c\ud83d\ude00","url":"javascript:alert(1)","x></job><job>":"</job><job>"}
E
	[ "$(wc -l <<<"$output")" = 1 ]
	[ "$(field .source_id)" = '1]]>&"x' ]
	[ "$(field .title)" = 'a < b & c > d]]>' ]
	[ "$(field .extra.x___job__job_)" = '</job><job>' ]
	[ "$(field .company_name)" = 'a b c😀' ]
	[ "$(field .url)" = null ]
}

@test "input that breaks off gives the ads before it, then 65" {
	run -65 --separate-stderr json2jsonl <<<'{"id":1,"title":"a"}
{"id":2,"title":'
	[ "$(jq -r .source_id <<<"$output")" = 1 ]
	run -65 json2jsonl <<<'<html>no JSON'
}

@test "an ad without an id is refused, and kept as a dead letter" {
	run -1 --separate-stderr json2jsonl -d "$BATS_TEST_TMPDIR/dead" <<<'[{"title":"a"},{"id":1,"title":"b"}]'
	[ "$(field .title)" = b ]
	[ "$(wc -l <"$BATS_TEST_TMPDIR/dead")" = 1 ]
}

@test "no ads is no error, a wrong shape or file is one" {
	run -0 json2jsonl <<<'{"jobs":[]}'
	[ -z "$output" ]
	run -64 --separate-stderr json2jsonl --shape round </dev/null
	[[ $stderr == *"no such shape shape=round"* ]]
	run -66 json2jsonl /nonexistent/jobs.json
	run -66 csv2jsonl /nonexistent/jobs.csv
	run -64 csv2jsonl --separator ab </dev/null
}
