# The server over a store: what can be read, decided and changed through it.
load ../support/common
load ../support/store
load ../support/serve

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	store_fresh
	export JOBMILL_DB_WAIT=0
}

teardown() {
	[[ -z ${SERVE_PID:-} ]] || serve_stop || :
	bouncer_stop
}

# Jobs A to H: some approved, some that wait, one rejected.
fill() {
	{
		records A B C
		records D E F | jq -c '.route = "manual_review" |
			.route_reason = "unsure" | .ai_confidence = 0.7'
		records G H | jq -c '.route = "archived" | .ai_confidence = 0.2 |
			.title = "Nurse \(.source_id)" | .company_name = "Spital"'
	} | store_run
}

ready() {
	serve_start "$@"
	wait_for is_ready
}

is_ready() {
	fetch /readyz && [[ $status == 200 ]]
}

@test "jobs are found by route, feed, industry, words and confidence" {
	fill
	ready
	count() {
		expect 200 "/jobs?count=true&limit=500&$1"
		field '.total, (.jobs | length)' | uniq
	}
	[ "$(count route=approved)" = 3 ]
	[ "$(count route=manual_review)" = 3 ]
	[ "$(count '')" = 8 ]
	[ "$(count feed_id=1)" = 8 ]
	[ "$(count feed_id=2)" = 0 ]
	[ "$(count industry=10)" = 8 ]
	[ "$(count industry=11)" = 0 ]
	[ "$(count reason=unsure)" = 3 ]
	[ "$(count q=nurse)" = 2 ]
	[ "$(count q=nur+SPIT)" = 2 ]
	[ "$(count 'q=nurse+g')" = 1 ]
	[ "$(count 'q=t+b')" = 1 ]
	[ "$(count 'q=%27%3B+drop+table')" = 0 ]
	[ "$(count 'q=%21%26%7C%3A*()')" = 0 ]
	[ "$(count "q=$(id_of A)")" = 1 ]
	[ "$(count min_confidence=0.7)" = 6 ]
	[ "$(count max_confidence=0.7)" = 2 ]
	[ "$(count 'min_confidence=0.5&max_confidence=0.9')" = 3 ]
	[ "$(count state=closed)" = 0 ]
	[ "$(count state=any)" = 8 ]
	expect 200 '/jobs?sort=confidence&limit=1'
	[ "$(field '.jobs[0] | [.ai_confidence, .place, .places, .edited] | tostring')" = \
		'[0.9,null,0,false]' ]
}

@test "pages in every order hold each job once" {
	fill
	ready
	for sort in updated created confidence; do
		after='' seen=''
		for ((i = 0; i < 5; i++)); do
			expect 200 "/jobs?limit=3&sort=$sort${after:+&after=$after}"
			seen+=$(field '.jobs[].source_id')$'\n'
			after=$(field '.next // ""')
			[[ -n $after ]] || break
		done
		echo "$sort: ${seen//$'\n'/ }" >&2
		[ "$i" = 2 ]
		[ "$(sort -u <<<"$seen" | grep -c .)" = 8 ]
		[ "$(grep -c . <<<"$seen")" = 8 ]
	done
	expect 400 "/jobs?sort=confidence&after=2026-11-27T12:00:00Z~$(id_of A)"
	expect 400 "/jobs?sort=updated&after=0.7~$(id_of A)"
	expect 400 "/jobs?sort=created&after=0.7~$(id_of A)"
}

@test "a job is told with its record, byte for byte, its text and its story" {
	records A | jq -c '.description = "<p>One</p><ul><li>two &amp; three</li></ul><script>x()</script>"
		| .salary_min = 5' | sed 's/"salary_min":5/"salary_min":1.10,"big":12345678901234567890/' |
		store_run
	ready
	expect 200 "/jobs/$(id_of A)"
	[ "$(field .text)" = $'One\n- two & three' ]
	[[ $output == *'"salary_min":1.10,"big":12345678901234567890'* ]]
	[ "$(field '[.route, .source_id, .feed_name, .sources[0], .review] | tostring')" = \
		'["approved","A","acme","A",null]' ]
	[[ $head == *"Cache-Control: no-store"* ]]
	expect 404 /jobs/00000000-0000-0000-0000-000000000000
}

@test "verdicts are kept, can be undone, and say why not" {
	fill
	ready
	id=$(id_of D)
	send_json 200 POST "/jobs/$id/approve" '{"by":"ann","content_hash":"h-D"}'
	[ "$(field '[.verdict, .from, .to] | tostring')" = \
		'["approved","manual_review","approved"]' ]
	expect 200 "/jobs/$id/withdraw" -X POST
	[ "$(field .to)" = manual_review ]
	send_json 200 PATCH "/jobs/$id" '{"edits":{"title":"A \"b\"","n":1.10,
		"company_name":null},"by":"bob","reason":"typo"}'
	[ "$(pg-store review show "$id" | jq -r .title)" = 'A "b"' ]
	[[ $(pg-store review show "$id") == *'"n":1.10'* ]]
	expect 200 "/jobs/$id"
	[ "$(field '[.reviews[] | [.verdict, .reviewer]] | tostring')" = \
		'[["approved","ann"],["withdrawn","local"],["edited","bob"]]' ]
	send_json 409 POST "/jobs/$id/reject" '{"content_hash":"other"}'
	problem job-changed
	send_json 404 POST /jobs/00000000-0000-0000-0000-000000000000/reject '{}'
	send_json 422 PATCH "/jobs/$id" '{"edits":{"route":"approved"}}'
	send_json 422 PATCH "/jobs/$id" '{"edits":{}}'
	send_json 422 PATCH "/jobs/$id" '{}'
	[ "$(field '.errors[0].pointer')" = /edits ]
	send_json 422 POST "/jobs/$id/approve" '{"by":7}'
	send_json 422 POST "/jobs/$id/approve" '{"x":1}'
	send_json 400 POST "/jobs/$id/approve" '{"by":"a","by":"b"}'
	send_json 400 POST "/jobs/$id/approve" '[]'
	expect 415 "/jobs/$id/approve" -X POST -d '{}'
	# What a name says is an argument, and no option and no command.
	# shellcheck disable=SC2016
	send_json 200 POST "/jobs/$id/approve" '{"by":"--help $(touch gotcha)`id`;x","reason":"-"}'
	[ "$(pg-store review log | jq -rs '.[-1].reviewer')" = '--help $(touch gotcha)`id`;x' ]
	[ ! -e gotcha ]
	[ "$(grep -c 'INFO job-serve: change who=local address=127.0.0.1 method=P' "$SERVE_ERR")" -ge 10 ]
	pg-store check
}

@test "many are decided about at once, by name or by filter and number" {
	fill
	ready
	send_json 409 POST /jobs/bulk '{"action":"approve",
		"filter":{"route":"manual_review"},"expect":2}'
	problem other-number
	[[ $(field .detail) == *"finds 3 jobs"* ]]
	send_json 200 POST /jobs/bulk '{"action":"approve","by":"ann",
		"filter":{"route":"manual_review","q":"t d"},"expect":1}'
	[ "$(field '[(.done | length), (.failed | length)] | tostring')" = '[1,0]' ]
	send_json 200 POST /jobs/bulk "$(jq -cn --arg a "$(id_of E)" '{action: "reject",
		job_ids: [$a, "00000000-0000-0000-0000-000000000000"]}')"
	[ "$(field '[.done[0].to, .failed[0].detail] | tostring')" = \
		'["rejected","no such job"]' ]
	send_json 200 POST /jobs/bulk '{"action":"edit","edits":{"n":1.10},
		"filter":{"route":"archived"},"expect":2}'
	[ "$(field '.done | length')" = 2 ]
	send_json 200 POST /jobs/bulk '{"action":"withdraw","filter":{"route":"archived",
		"state":"any"},"expect":2}'
	send_json 200 POST /jobs/bulk '{"action":"reject","filter":{"q":"nobody"},"expect":0}'
	[ "$(field '.done | length')" = 0 ]
	for body in '{"action":"approve"}' '{"action":"approve","filter":{}}' \
		'{"action":"approve","job_ids":[]}' \
		'{"action":"approve","job_ids":["x"]}' \
		'{"action":"sell","filter":{},"expect":1}' \
		'{"action":"edit","filter":{},"expect":1}' \
		'{"action":"approve","edits":{"n":1},"filter":{},"expect":1}' \
		'{"action":"approve","filter":{"route":"x"},"expect":1}' \
		'{"action":"approve","filter":{"nope":1},"expect":1}' \
		'{"action":"approve","filter":{"min_confidence":2},"expect":1}' \
		'{"action":"approve","filter":{},"expect":5001}'; do
		send_json 422 POST /jobs/bulk "$body"
	done
	[ "$(pg-store list open_jobs | wc -l)" = 5 ]
	pg-store check
}

@test "a feed is added, changed, set back and removed" {
	ready
	send_json 201 POST /feeds '{"name":"beta","url":"https://b.example/x.xml",
		"map":"indeed","enabled":false,"misses":3,"max_close":12.5,
		"confirm_after":3600,"accept":["shrink","drift"],"load":"delta",
		"bypass_filters":true,"options":{"a":[1.10,{"b":"c"}]}}'
	[[ $head == *"Location: /feeds/2"* ]]
	[ "$(field '[.feed_id, .map, .enabled, .misses, .max_close, .confirm_after,
		.accept, .load, .bypass_filters, .freshness_seconds] | tostring')" = \
		'[2,"indeed",false,3,12.5,3600,["shrink","drift"],"delta",true,null]' ]
	[[ $output == *'{"a": [1.10, {"b": "c"}]}'* ]]
	send_json 200 PATCH /feeds/2 '{"misses":null,"max_close":null,
		"confirm_after":null,"accept":[],"name":"gamma"}'
	[ "$(field '[.name, .misses, .max_close, .confirm_after, .accept, .load]
		| tostring')" = '["gamma",null,null,null,[],"delta"]' ]
	send_json 409 POST /feeds '{"name":"gamma","url":"https://b.example/"}'
	send_json 409 PATCH /feeds/2 '{"name":"acme"}'
	for body in '{"name":"x"}' '{"name":"1","url":"https://b.example/"}' \
		'{"name":"x","url":"ftp://b.example/"}' \
		'{"name":"x","url":"file:///etc/passwd"}' \
		'{"name":"x","url":"--help"}' '{"name":"","url":"https://b.example/"}' \
		'{"name":"x","url":"https://b.example/","map":"/etc/passwd"}' \
		'{"name":"x","url":"https://b.example/","map":"own"}' \
		'{"name":"x","url":"https://b.example/","misses":0}' \
		'{"name":"x","url":"https://b.example/","max_close":"3"}' \
		'{"name":"x","url":"https://b.example/","accept":["x"]}' \
		'{"name":"x","url":"https://b.example/","accept":["dead","dead"]}' \
		'{"name":"x","url":"https://b.example/","options":{"feed_map":"{}"}}' \
		'{"name":"x","url":"https://b.example/","nope":1}'; do
		send_json 422 POST /feeds "$body"
	done
	send_json 422 PATCH /feeds/2 '{}'
	send_json 404 PATCH /feeds/9 '{"name":"x"}'
	expect 204 /feeds/2 -X DELETE
	expect 404 /feeds/2 -X DELETE
	expect 404 /feeds/2
	records A | store_run
	expect 409 /feeds/1 -X DELETE
	run=$(pg-store begin 1)
	expect 409 '/feeds/1?with_jobs=true' -X DELETE
	problem running
	pg-store abort "$run"
	expect 204 '/feeds/1?with_jobs=true' -X DELETE
	[ "$(sql 'select count(*) from jobmill.jobs')" = 0 ]
}

@test "what a name says is text: in JSON, in metrics, and for PostgreSQL" {
	name=$'<script>alert(1)</script> "\\ \'; drop table jobmill.feeds; -- $(id) é'
	ready
	send_json 201 POST /feeds "$(jq -cn --arg name "$name" '{$name, url: "https://b.example/"}')"
	[ "$(field .name)" = "$name" ]
	expect 200 /feeds/2
	[ "$(field .name)" = "$name" ]
	expect 200 /metrics
	# shellcheck disable=SC1003,SC2016
	grep -qF '{feed="2",name="<script>alert(1)</script> \"\\ '"'"'; drop table jobmill.feeds; -- $(id) é"} 0' body
	[[ $head == *"Content-Type: text/plain; version=0.0.4"* ]]
}

@test "metrics are as Prometheus wants them" {
	command -v promtool >/dev/null || skip "no promtool here"
	fill
	ready
	expect 200 /metrics
	run -0 promtool check metrics <body
	[ -z "$output" ]
}

@test "passwords of feeds are told to nobody" {
	pg-store feed add secret https://user:pass-word@f.example/x.xml
	ready
	for path in /feeds /feeds/2 /metrics; do
		expect 200 "$path"
		[[ $output != *pass-word* ]]
	done
	expect 200 /feeds/2
	[ "$(field .url)" = 'https://***@f.example/x.xml' ]
}

@test "runs, their dead letters and their log are told, page by page" {
	for id in A B C; do
		records "$id" | store_run --max-close 100
	done
	{
		records A
		printf '%s\n' '{"feed_id":2}' 'nonsense' '{"feed_id":1,"source_id":"X"}'
	} | store_run --max-close 100 --dead dead || :
	ready
	expect 200 '/runs?limit=2'
	[ "$(field '[[.runs[].run_id], .next] | tostring')" = '[[4,3],"3"]' ]
	expect 200 '/runs?limit=2&after=3'
	[ "$(field '[[.runs[].run_id], .next] | tostring')" = '[[2,1],null]' ]
	expect 200 '/runs?status=failed&feed_id=1'
	[ "$(field '.runs | length')" = 0 ]
	expect 200 /runs/2
	[ "$(field '[.run_id, .status, .feed_name] | tostring')" = '[2,"succeeded","acme"]' ]
	expect 404 /runs/99
	expect 200 /execution-status/1
	[ "$(field .run_id)" = 4 ]
	expect 404 /execution-status/9
	problem not-found
	pg-store feed add other https://o.example/
	expect 404 /execution-status/2
	problem never-ran
	expect 200 /runs/1/dead-letters
	[ "$(field '.dead_letters | length')" = 0 ]
	expect 404 /runs/99/dead-letters
	expect 404 /runs/1/log
}

@test "a run whose heart stopped is told as failed" {
	pg-store begin 1
	sql "update jobmill.execution_reports set heartbeat_at = now() - interval '3 minutes',
		host = 'elsewhere'" >/dev/null
	ready
	expect 200 /runs/1
	[ "$(field '[.status, .error_summary] | tostring')" = '["failed","went silent"]' ]
	expect 200 '/runs?status=running'
	[ "$(field '.runs | length')" = 0 ]
	expect 200 '/runs?status=failed'
	[ "$(field '.runs | length')" = 1 ]
	expect 200 /feeds/1
	[ "$(field .running_run_id)" = null ]
	expect 200 /statistics/overview
	[ "$(field .runs.running)" = 0 ]
}

@test "statistics add up" {
	fill
	ready
	expect 200 /statistics/overview
	[ "$(field '[.jobs.approved, .jobs.manual_review, .jobs.archived, .feeds.total,
		.runs.max, .mirror] | tostring')" = '[3,3,2,1,2,false]' ]
	send_json 200 POST "/jobs/$(id_of D)/approve" '{}'
	expect 200 '/statistics/days?days=3'
	[ "$(field '[(.days | length), .days[2].runs, .days[2].approved,
		.days[2].reviews_approved, .days[0].runs] | tostring')" = '[3,1,3,1,0]' ]
	expect 200 '/statistics/confidence?bins=10'
	[ "$(field '[(.bins | length), ([.bins[] | .approved + .manual_review + .archived]
		| add), .bins[2].archived, .bins[7].manual_review, .bins[9].approved,
		.thresholds.approve_from] | tostring')" = '[10,8,2,2,3,0.86]' ]
	expect 200 '/statistics/confidence?feed_id=2'
	[ "$(field '[.bins[] | .approved] | add')" = 0 ]
}

@test "who asks the store is started again when it dies" {
	ready
	for i in 1 2 3; do
		pkill -9 -P "$SERVE_PID" -x pg-store
		wait_for is_ready
	done
	expect 200 /feeds
	expect 200 /metrics
	(($(sed -n 's/^jobmill_store_restarts_total{lane="quick"} //p' body) >= 1))
}

@test "a store that is cut off and comes back is a 503 in between" {
	ready
	sql "select pg_terminate_backend(pid) from pg_stat_activity
		where application_name = 'pg-store'" >/dev/null
	wait_for is_ready
	expect 200 /feeds
}

@test "through a pooler in transaction mode it works as well" {
	command -v pgbouncer >/dev/null || skip "no pgbouncer here"
	fill
	bouncer_start
	ready
	expect 200 /feeds
	expect 200 '/jobs?q=nurse'
	[ "$(field '.jobs | length')" = 2 ]
	send_json 200 POST "/jobs/$(id_of D)/approve" '{}'
}

@test "an old schema is a 503 that says what to do" {
	sql 'update jobmill.migrations set version = -version' >/dev/null
	serve_start
	wait_for grep -q 'schema is old' "$SERVE_ERR"
	expect 503 /readyz
	[[ $(field .detail) == *"schema is old"* ]]
}

@test "maps: look, try, keep in the store, and go back" {
	ready --files
	cp "$SAMPLES/personio.xml" feed.xml
	send_json 201 POST /feeds "{\"name\":\"p\",\"url\":\"file://$PWD/feed.xml\"}"
	send_json 409 POST /feeds/2/preview '{"map":{}}'
	problem not-inspected
	expect 200 /feeds/2/inspect -X POST
	[ "$(field '[.records, .record_path, .map, .whole, (.preview.records | length),
		.preview.counts.out] | tostring')" = \
		'[36,"workzag-jobs/position","personio",true,5,36]' ]
	map=$(<"$SAMPLES/nordwerk.json")
	send_json 200 POST /feeds/2/preview "{\"map\":$map}"
	[[ $(field '.records[0].url') == https://nordwerk.jobs.example.com/job/* ]]
	[ "$(field '[.map, .fill.url] | tostring')" = '["edited",1]' ]
	send_json 422 POST /feeds/2/preview '{"map":{"record":7}}'
	[[ $(field .detail) == *"wants a string"* && $(field .detail) != */tmp/* ]]
	send_json 422 PUT /feeds/2/map '{"map":{"fields":{"nope":"x"}}}'
	send_json 200 PUT /feeds/2/map "{\"map\":$map}"
	[ "$(field .map)" = own ]
	expect 200 /feeds/2/map
	[ "$(field '[.own, .map.extends] | tostring')" = '[true,"personio"]' ]
	send_json 200 PATCH /feeds/2 '{"map":"personio"}'
	expect 200 /feeds/2/map
	[ "$(field '[.own, .map.about] | tostring')" = '[false,"Personio"]' ]
	rm feed.xml
	expect 502 /feeds/2/inspect -X POST
	problem bad-feed
	expect 404 /feeds/9/inspect -X POST
	expect 200 /feed-maps
	[ "$(field '.maps | length')" = "$(ls "$ROOT"/share/feeds/*.json | wc -l)" ]
	expect 200 /taxonomy
	[ "$(field '.industries | length')" = "$(jq '.industries | length' "$ROOT/share/taxonomy/taxonomy.json")" ]
	expect 200 /taxonomy/health
	[ "$(field '.terms | length > 10')" = true ]
	expect 404 /taxonomy/none
}

@test "the mirror: planned, looked at, guarded, carried out once" {
	standin_start xano --token let-me-in --store "$PWD/xano.ndjson" \
		--schema "$ROOT/share/xano/columns.json"
	export XANO_BASE_URL=$STANDIN_URL/api:meta XANO_TOKEN=let-me-in
	export XANO_WORKSPACE=1 XANO_TABLE=1
	records A B C D | store_run
	ready
	plan() {
		send_json 202 POST /sync "$1"
		id=$(field .sync_id)
		[[ $head == *"Location: /sync/$id"* ]]
		wait_for state "$2"
	}
	state() {
		expect 200 "/sync/$id"
		[[ $(field .state) == "$1" ]]
	}
	plan '{}' planned
	[ "$(field '[.counts.add, .rows_wanted, .guards] | tostring')" = '[4,4,[]]' ]
	expect 200 "/sync/$id?limit=3"
	[ "$(field '[(.operations | length), .next, .operations[0].op] | tostring')" = \
		'[3,"3","add"]' ]
	[[ $(field '.operations[0].title') == "T "* ]]
	expect 200 "/sync/$id?limit=3&after=3"
	[ "$(field '[(.operations | length), .next] | tostring')" = '[1,null]' ]
	plan "{\"apply\":\"$id\"}" applied
	[ "$(field '[.applied.added, .applied.failed, .operations[0].status] | tostring')" = \
		'[4,0,"done"]' ]
	send_json 409 POST /sync "{\"apply\":\"$id\"}"
	problem not-planned
	records A B | store_run --max-close 100
	plan '{}' planned
	[ "$(field '[.counts.delete, .guards[0].guard] | tostring')" = '[2,"max_delete"]' ]
	send_json 409 POST /sync "{\"apply\":\"$id\"}"
	problem guard
	plan "{\"apply\":\"$id\",\"allow\":[\"max_delete\"]}" applied
	"$ROOT/tests/support/mirror-equals" "$STANDIN_URL"
	expect 200 /sync
	[ "$(field '.syncs | length')" = 2 ]
	send_json 404 POST /sync '{"apply":"nothing"}'
	for body in '{"apply":"../x"}' '{"dry_run":false}' '{"allow":["foreign"]}' \
		"{\"apply\":\"$id\",\"dry_run\":true}"; do
		send_json 422 POST /sync "$body"
	done
	expect 404 /sync/nothing
}

@test "without a mirror there are no plans" {
	ready
	expect 409 /sync
	problem no-mirror
	send_json 409 POST /sync '{}'
}
