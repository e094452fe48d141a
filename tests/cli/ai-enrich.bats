#!/usr/bin/env bats
# What ai-enrich promises, against a stand-in whose answers can be told from
# the ad: title and tags are the ad's own title and company.
# shellcheck disable=SC2030,SC2031,SC2154
load ../support/common
load ../support/model

setup() {
	model_setup
}

@test "without a key the built-in provider answers" {
	run -0 --separate-stderr ai-enrich industry --profile
	[[ $output =~ ^industry-local-[0-9a-f]{16}$ ]]
	[ -z "$stderr" ]
}

@test "a key chooses gemini, an address openai, --provider overrides both" {
	export GEMINI_API_KEY=k
	run -0 ai-enrich function --profile
	[[ $output =~ ^function-gemini-3.5-flash-lite-[0-9a-f]{16}$ ]]
	run -0 ai-enrich function --profile --provider local
	[[ $output == function-local-* ]]
	unset GEMINI_API_KEY
	export OPENAI_BASE_URL=http://127.0.0.1:9/v1 OPENAI_MODEL=llama
	run -0 ai-enrich function --profile
	[[ $output == function-llama-* ]]
}

@test "the profile changes with model, prompt and taxonomy, not with the run" {
	export GEMINI_API_KEY=k
	local first
	first=$(ai-enrich industry --profile)
	[ "$(ai-enrich industry --profile)" = "$first" ]
	[ "$(ai-enrich industry --profile --model gemini-3.8-flash)" != "$first" ]
	sed 's/You read job/You look at job/' \
		"$ROOT/share/prompts/industry.txt" >prompt
	[ "$(ai-enrich industry --profile --prompt prompt)" != "$first" ]
	sed 's/"version": "[^"]*/&x/' "$ROOT/share/taxonomy/taxonomy.json" >t
	[ "$(ai-enrich industry --profile --taxonomy t)" != "$first" ]
	echo 'Likes bread' >rubric
	[ "$(ai-enrich industry --profile --rubric rubric)" != "$first" ]
}

@test "a stage that is none, and two cassettes at once, are wrong usage" {
	run -64 ai-enrich colour /dev/null
	run -64 ai-enrich
	run -64 ai-enrich industry --record a --replay b /dev/null
}

@test "industry sets its fields and leaves every other byte alone" {
	gemini_start
	jobs_file 3 >in
	run -0 --separate-stderr ai-enrich industry in
	[ -z "$stderr" ]
	printf '%s\n' "${lines[@]}" >out
	none_mixed_up out
	same_order in out
	cut -c1-"$(($(head -1 in | wc -c) - 2))" out | head -1 |
		cmp - <(head -1 in | sed 's/}$//')
	jq -se 'all(.ai_industry | has("code") and has("name") and has("path"))' out
	jq -se 'all(.ai_confidence > 0 and .ai_confidence < 1)' out
	jq -se 'all(.ai.industry | .cached == false and .attempts == 1 and
		.tokens_in > 0 and .tokens_out > 0 and
		.model == "gemini-3.5-flash-lite" and
		(.cost_usd | test("^0\\.[0-9]{6,12}$")))' out
	[ "$(jq -r '.ai.industry.profile' out | sort -u)" = \
		"$(ai-enrich industry --profile)" ]
}

@test "function asks about one industry at a time, within its functions" {
	gemini_start
	jobs_file 60 | ai-enrich industry >in
	reset
	standin_control '{"log_bodies": true}'
	ai-enrich function in >out
	same_order in out
	jq -n --slurpfile t "$ROOT/share/taxonomy/taxonomy.json" \
		'[inputs | . as $j | $t[0].industries[]
			| select(.code == $j.ai_industry.code).functions
			| map(.code) | index($j.ai_job_function.code)]
		| length == 60 and all(. != null)' -e out
	jq -se 'all(.ai_function_confidence > 0)' out
	jq -se 'all(.ai | has("industry") and has("function"))' out
	standin_log | jq -r '.body // empty' |
		jq -s '[.[] | .systemInstruction.parts[0].text // empty] |
			map(capture("employers: (?<i>.*)").i) |
			length == (unique | length) or (unique | length) > 5' -e
}

@test "what is answered, routed, failed or without industry passes untouched" {
	gemini_start
	cat >in <<'E'
{"title":"a","route":"rejected", "x":1e400}
{"title":"b","ai_error":{"kind":"blocked"}}
{"title":"c","ai_industry":{"code":"retail"},"ai_job_function":{"code":"sales"}}
{"title" : "d" , "ai_confidence":0.5 }
E
	run -0 --separate-stderr ai-enrich function in
	[ "$output" = "$(<in)" ]
	[ "$(calls)" -eq 0 ]
}

@test "a second run over its own output asks nothing, not even a probe" {
	gemini_start
	jobs_file 30 | ai-enrich industry | ai-enrich function >once
	reset
	ai-enrich industry once | ai-enrich function >twice
	cmp once twice
	[ -z "$(standin_log)" ]
}

@test "an industry that the taxonomy does not have is an error of the job" {
	gemini_start
	run -1 --separate-stderr ai-enrich function \
		<<<'{"title":"a","ai_industry":{"code":"nowhere"}}'
	[ "$(jq -c .ai_error <<<"$output")" = '{"stage":"function","kind":"invalid","message":"its industry is not in the taxonomy","retryable":true}' ]
}

@test "every way an answer can be wrong is asked again until it is right" {
	local modes=(missing doubled foreign altered enum no_field more_field
		fenced prose cut_text control link markup reordered cut_off
		thought_out empty_text other empty_body html garbage busy
		busy_bare failed overloaded gateway timeout array_error)

	gemini_start
	# One batch of four for each, which goes wrong once in that way.
	jobs_file $((4 * ${#modes[@]})) >in
	printf '%s\n' "${modes[@]}" | jq -Rn '{spoil: [inputs] | to_entries |
		map({mode: .value, contains: "Baker \(.key * 4 + 1)\\n"})}' >orders
	standin_control @orders
	run -0 --separate-stderr ai-enrich industry --batch 4 in
	printf '%s\n' "${lines[@]}" >out
	none_mixed_up out
	same_order in out
	jq -se 'all(.ai_title)' out
	[ "$(standin_log | jq -r '.spoilt // empty' | sort)" = \
		"$(printf '%s\n' "${modes[@]}" | sort)" ]
}

@test "an answer that stays wrong is an error of that job alone" {
	gemini_start
	jobs_file 10 >in
	standin_control '{"spoil": {"mode": "enum", "times": 0,
		"contains": "Baker 1\\n"}}'
	run -1 --separate-stderr ai-enrich industry in
	printf '%s\n' "${lines[@]}" >out
	[ "$(jq -r 'select(.ai_error) | .source_id + " " + .ai_error.kind' out)" = \
		"J1 invalid" ]
	none_mixed_up out
	same_order in out
	[[ $stderr == *'job not enriched job=1/J1 kind=invalid reason="a percentage is not one of those offered"'* ]]
}

@test "a job that poisons its batch is found, and only it is refused" {
	gemini_start
	jobs_file 20 | sed 's/loaf 7</& poison/' >in
	standin_control '{"fault": {"contains": "poison", "status": 400,
		"times": 0}}'
	run -1 --separate-stderr ai-enrich industry in
	printf '%s\n' "${lines[@]}" >out
	[ "$(jq -c 'select(.ai_error) | [.source_id, .ai_error.kind,
		.ai_error.retryable]' out)" = '["J7","refused",false]' ]
	none_mixed_up out
	same_order in out
}

@test "a job the service will not read is blocked, its company is not" {
	gemini_start
	jobs_file 10 | sed 's/loaf 7</& poison/' >in
	for mode in blocked safety; do
		reset
		standin_control '{"spoil": {"mode": "'$mode'", "times": 0,
			"contains": "poison"}}'
		run -1 --separate-stderr ai-enrich industry in
		printf '%s\n' "${lines[@]}" >out
		[ "$(jq -c 'select(.ai_error) | [.source_id, .ai_error.kind]' \
			out)" = '["J7","blocked"]' ]
		none_mixed_up out
	done
}

@test "with faults on a third of all calls no answer goes astray" {
	gemini_start
	jobs_file 1000 >in
	standin_control '{"random": {"seed": 11, "share": 0.33}}'
	ai-enrich industry in >mid || [ $? -eq 1 ]
	ai-enrich function mid >out || [ $? -eq 1 ]
	same_order in out
	none_mixed_up out
	jq -se 'map(select(.ai_error)) | length < 50 and
		all(.ai_error.kind | IN("blocked", "invalid", "unavailable"))' out
	jq -se 'map(select(.ai_error == null)) | all(.ai_job_function.code)' out
}

@test "broken connections and late answers are tried again" {
	gemini_start
	jobs_file 40 >in
	standin_control '{"fault": [
		{"path": ":generate", "cut": 30}, {"path": ":generate", "reset": true},
		{"path": ":generate", "delay_ms": 30000}]}'
	run -0 ai-enrich industry --timeout 500ms --batch 5 in
	printf '%s\n' "${lines[@]}" >out
	none_mixed_up out
	same_order in out
}

@test "a wrong key, a wrong model: one line, no job sent" {
	gemini_start
	jobs_file 30 >in
	GEMINI_API_KEY=wrong-key run -77 --separate-stderr ai-enrich industry in
	[[ $stderr == "ERROR ai-enrich: the key is not valid"* ]]
	[ "$(wc -l <<<"$stderr")" -eq 1 ]
	[ "$(wc -l <<<"$output")" -eq 30 ]
	standin_control '{"model": "gemini-9"}'
	run -78 --separate-stderr ai-enrich industry in
	[[ $stderr == "ERROR ai-enrich: the service does not know the model"* ]]
	[ "$(calls)" -eq 0 ]
}

@test "403 in the middle ends the asking with 77, a lost model with 69" {
	gemini_start
	jobs_file 30 >in
	standin_control '{"fault": {"path": ":generate", "status": 403}}'
	run -77 --separate-stderr ai-enrich industry -j 1 in
	[ "$(calls)" -eq 1 ]
	[ "$(wc -l <<<"$output")" -eq 30 ]
	reset
	standin_control '{"fault": {"path": ":generate", "status": 404}}'
	run -69 ai-enrich industry in
}

@test "a key that is missing is named before anything is read" {
	run -78 --separate-stderr ai-enrich industry --provider gemini /dev/null
	[[ $stderr == *GEMINI_API_KEY_FILE* ]]
}

@test "requests stay within what --rpm allows, to the call" {
	gemini_start
	jobs_file 12 >in
	standin_control '{"quota": {"rpm": 12}}'
	run -0 ai-enrich industry --rpm 12 --batch 1 in
	[ "$(standin_log | jq -s 'map(select(.status == 429)) | length')" -eq 0 ]
	reset
	standin_control '{"quota": {"rpm": 12}}'
	run -75 ai-enrich industry --rpm 12 --rpd 5 --batch 1 in
	[ "$(calls)" -eq 5 ]
}

@test "a minute's quota is waited out, as the service says" {
	gemini_start
	jobs_file 40 >in
	standin_control '{"quota": {"rpm": 2, "window_ms": 100}}'
	run -0 ai-enrich industry in
	printf '%s\n' "${lines[@]}" >out
	none_mixed_up out
	[ "$(grep -c '"ai_title"' out)" -eq 40 ]
}

@test "a day's quota ends the asking with 75, and when it is back is said" {
	gemini_start
	jobs_file 40 >in
	standin_control '{"quota": {"rpd": 2}}'
	run -75 --separate-stderr ai-enrich industry -j 1 in
	[[ $stderr == *"the quota of the day is spent"* ]]
	[[ $stderr =~ at=20[0-9-]+T0[78]:00:00Z ]]
	printf '%s\n' "${lines[@]}" >out
	same_order in out
	none_mixed_up out
	[ "$(jq -s 'map(select(.ai_error.kind == "quota" and
		.ai_error.retryable)) | length' out)" -eq 20 ]
	[ "$(calls)" -eq 3 ]
}

@test "a model that the plan does not have is a matter of configuration" {
	gemini_start
	standin_control '{"fault": {"path": ":generate", "status": 429, "body":
		"{\"error\":{\"message\":\"Quota exceeded, limit: 0, model: x\"}}"}}'
	jobs_file 3 >in
	run -78 ai-enrich industry in
}

@test "a service that is down ends the asking with 75, all jobs pass on" {
	gemini_start
	jobs_file 200 >in
	GEMINI_BASE_URL=http://127.0.0.1:9/v1beta \
		run -75 --separate-stderr ai-enrich industry in
	printf '%s\n' "${lines[@]}" >out
	same_order in out
	jq -se 'all(.ai_error.kind == "unavailable" and .ai_error.retryable)' out
	standin_control '{"fault": {"path": ":generate", "status": 429,
		"times": 0}}'
	run -75 ai-enrich industry --patience 50ms in
}

@test "the budget is kept, and what is left is to be tried again" {
	gemini_start
	jobs_file 300 >in
	run -1 --separate-stderr ai-enrich industry --budget 0.08 in
	printf '%s\n' "${lines[@]}" >out
	same_order in out
	jq -se '([.[].ai.industry.cost_usd // "0" | tonumber] | add) as $spent |
		$spent > 0 and $spent <= 0.08' out
	jq -se 'map(select(.ai_error)) | length > 0 and
		all(.ai_error.kind == "budget" and .ai_error.retryable)' out
	run -78 ai-enrich industry --budget 1 --model gemini-unpriced in
}

@test "--estimate tells calls, tokens and cost, and asks nothing" {
	gemini_start
	jobs_file 25 >in
	run -0 --separate-stderr ai-enrich industry --estimate in
	jq -e '.jobs == 25 and .calls == 3 and .tokens_in > 1000 and
		(.cost_usd | tonumber) > (.cost_usd_batch_tier | tonumber) and
		.prices_as_of == "2026-10-07"' <<<"$output"
	[ -z "$(standin_log)" ]
}

@test "a cassette plays the same run again, byte for byte, without network" {
	gemini_start
	jobs_file 100 >in
	standin_control '{"random": {"seed": 5, "share": 0.4}}'
	ai-enrich industry --record tape in >first || [ $? -eq 1 ]
	kill "$STANDIN_PID"
	unset GEMINI_API_KEY
	ai-enrich industry -p gemini --replay tape in >second || [ $? -eq 1 ]
	cmp first second
	run ! grep -rq test-key tape
	run -66 ai-enrich industry -p gemini --replay nowhere in
}

@test "a cassette's file that is damaged is no answer" {
	gemini_start
	jobs_file 10 >in
	run -0 ai-enrich industry --batch 10 --record tape in
	local file=(tape/*.1.json) odd
	cp "${file[0]}" whole
	for odd in '.failure = 9' '.status = -1' '.retry_after_ms = -1' \
		'del(.answer)' '[.]'; do
		jq -c "$odd" whole >"${file[0]}"
		run -75 --separate-stderr ai-enrich industry --batch 10 \
			--tries 1 --replay tape in
		[[ $stderr == *"what the cassette has is no exchange"* ]]
		printf '%s\n' "${lines[@]}" >out
		same_order in out
		jq -se 'all(.ai_error.kind == "unavailable")' out
	done
}

@test "no key in messages, at any level, even when the service says it back" {
	gemini_start
	jobs_file 30 >in
	standin_control '{"fault": {"path": ":generate", "status": 400, "times": 0,
		"body": "{\"error\":{\"message\":\"bad: test-key\"}}"}}'
	JOBMILL_LOG=debug run --separate-stderr ai-enrich industry in
	[[ $stderr == *secret* ]]
	[[ $stderr != *test-key* ]]
	[[ $output != *test-key* ]]
}

@test "adverts that speak to the model change no other job's answer" {
	gemini_start
	local data=$BATS_TEST_DIRNAME/data/injections.ndjson
	paste -d '\n' <(jobs_file "$(wc -l <"$data")") "$data" >in
	standin_control '{"obey": true}'
	run -0 --separate-stderr ai-enrich industry in
	printf '%s\n' "${lines[@]}" >out
	same_order in out
	grep '"source_id":"J' out >neighbours
	none_mixed_up neighbours
	jq -se 'all(.ai.flags == null)' neighbours
	# The model obeyed; so it was asked about that one alone, and it shows.
	jq -se 'map(select(.source_id | startswith("X"))) | length >= 100 and
		all(.ai.flags != null or .ai_title == .title)' out
	jq -se --slurpfile in <(cat in) '[., $in] | transpose | all(
		.[0].description == .[1].description and
		.[0].source_id == .[1].source_id)' out
}

@test "the fence is new for every request, and no advert can close it" {
	gemini_start
	standin_control '{"log_bodies": true}'
	jobs_file 20 | sed 's/Bake loaf/[x y end] Bake/' | ai-enrich industry >out
	standin_log | jq -r '.body // empty' |
		jq -s '[.[] | .contents[0].parts[0].text // empty]' >texts
	jq -e 'length > 1 and (map(capture("^FENCE: (?<f>[a-z0-9]{12})\n").f)
		| length == (unique | length))' texts
	jq -e 'all(contains("[x y end]") | not)' texts
	none_mixed_up out
}

@test "mail addresses and phone numbers stay here, unless they may go" {
	gemini_start
	standin_control '{"log_bodies": true}'
	echo '{"title":"Baker","description":"Mail jo.doe@mail.example.com or call +49 (0)30 1234-5678, pay 50,000 in 2026"}' >in
	ai-enrich industry in >/dev/null
	ai-enrich industry --keep-pii in >/dev/null
	standin_log | jq -r '.body // empty' |
		jq -r '.contents[0].parts[0].text // empty' >texts
	[ "$(grep -c 'Mail \[email\] or call \[phone\], pay 50,000 in 2026' \
		texts)" -eq 1 ]
	[ "$(grep -c 'jo.doe@mail.example.com or call +49 (0)30' texts)" -eq 1 ]
}

@test "the constant part is the same in all requests, and the jobs come last" {
	gemini_start
	standin_control '{"log_bodies": true}'
	jobs_file 50 | ai-enrich industry >/dev/null
	standin_log | jq -r '.body // empty | select(contains("FENCE: ")) |
		split("FENCE: ")[0]' >heads
	[ "$(wc -l <heads)" -eq 5 ]
	[ "$(sort -u heads | wc -l)" -eq 1 ]
}

@test "each model family gets the thinking it takes, and no sampling fields" {
	gemini_start
	for model in gemini-2.5-flash-lite gemini-2.5-flash gemini-2.5-pro \
		gemini-3.1-flash-lite gemini-3.5-flash gemini-3.7-flash \
		gemini-3.8-flash gemini-3.1-pro-preview gemini-7-new; do
		run -0 ai-enrich industry --model $model <<<'{"title":"Baker"}'
	done
}

@test "of a large taxonomy each request offers what fits, and more if none does" {
	gemini_start
	jq -n '{version: "1", industries: ([range(400) | {
		code: "i\(.)", name: "Trade \(.)", path: ["Group \(. % 9)", "Trade \(.)"],
		functions: [{code: "work", name: "Work"}]}]
		| .[333].name = "Bakery" | .[333].path[1] = "Bakery")}' >taxonomy
	jobs_file 200 | sed 's/"Baker /"Bakery hand /' >in
	standin_control '{"log_bodies": true}'
	ai-enrich industry --taxonomy taxonomy in >out
	none_mixed_up out
	[ "$(grep -c '"ai_industry"' out)" -eq 200 ]
	standin_log | jq -r '.body // empty | fromjson | .generationConfig
		.responseSchema.items.properties.industry.enum // empty |
		"\(length) \(index("i333") != null) \(index("none") != null)"' |
		sort | uniq -c >offers
	# The hash picks "none" now and then: those are asked with more to choose.
	grep -q ' 61 true true' offers
	grep -q ' 251 true true' offers
	[ "$(wc -l <offers)" -eq 2 ]
}

@test "a rubric adds how relevant a job is" {
	gemini_start
	echo 'People who bake fit, others do not.' >rubric
	run -0 ai-enrich industry --rubric rubric <<<'{"title":"Baker"}'
	jq -e '.ai_relevance >= 0 and .ai_relevance <= 1' <<<"$output"
}

@test "--unordered passes on the same jobs" {
	gemini_start
	jobs_file 200 >in
	standin_control '{"fault": {"path": ":generate", "delay_ms": 100,
		"times": 3}}'
	ai-enrich industry --unordered in >out
	none_mixed_up out
	cmp <(jq -r .source_id in | sort) <(jq -r .source_id out | sort)
}

@test "answers leave while the input is still open" {
	gemini_start
	mkfifo pipe
	ai-enrich industry --line-buffered pipe >out &
	exec 8>pipe
	jobs_file 3 >&8
	wait_for grep -q '"source_id":"J3"' out
	jobs_file 1 >&8
	exec 8>&-
	wait $!
	[ "$(wc -l <out)" -eq 4 ]
	none_mixed_up out
}

@test "a signal: what is paid for is taken, all that is held is handed on" {
	gemini_start
	jobs_file 200 >in
	standin_control '{"fault": {"path": ":generate", "delay_ms": 700,
		"times": 0}}'
	ai-enrich industry -j 2 in >out &
	local pid=$!
	wait_for asked_about_two
	kill -TERM $pid
	local status=0
	wait $pid || status=$?
	[ $status -eq 143 ]
	same_order out <(head -"$(wc -l <out)" in)
	[ "$(grep -c '"ai_title"' out)" -ge 20 ]
	[ "$(wc -l <out)" -gt 40 ]
	none_mixed_up out
}

asked_about_two() {
	(($(standin_state | jq .generated) >= 2))
}

@test "counters tell requests, tokens and money, and nothing is lost" {
	gemini_start
	mkdir run
	jobs_file 25 >in
	JOBMILL_RUN_DIR=run JOBMILL_STAGE=enrich-industry \
		ai-enrich industry in >out
	jq -e '.in == 25 and .out == 25 and .dead == 0 and .changed == 25 and
		.requests == 3 and .retries == 0 and .answered == 25 and
		.failed == 0 and .tokens_in > 0 and .tokens_out > 0' \
		run/enrich-industry.stats
	jq -se --slurpfile s run/enrich-industry.stats '
		(map(.ai.industry.tokens_in) | add) == $s[0].tokens_in and
		(map(.ai.industry.tokens_out) | add) == $s[0].tokens_out and
		((map(.ai.industry.cost_usd | tonumber) | add) -
			($s[0].cost_usd | tonumber) | fabs) < 1e-9' out
}

@test "a line that is no record is kept as a dead letter, the rest goes on" {
	gemini_start
	run -1 --separate-stderr ai-enrich industry --dead dead \
		<<<$'{"title":"Baker"}\nnonsense\n{"title":"Cook"}'
	[ "$(jq -r .ai_title <<<"$output")" = $'Baker\nCook' ]
	[ "$(jq -r .raw dead)" = nonsense ]
}

# killed_over FILE OPTION...: kill ai-enrich while the first batch of FILE
# keeps all others from leaving.
killed_over() {
	local in=$1

	shift
	standin_control '{"fault": {"path": ":generate", "delay_ms": 60000,
		"contains": "Baker 1\\n"}}'
	ai-enrich industry "$@" "$in" >killed &
	local pid=$!
	wait_for all_but_one_asked "$(wc -l <"$in")"
	kill -KILL $pid
	wait $pid || true
	[ ! -s killed ]
}

all_but_one_asked() {
	(($(standin_state | jq .generated) >= $1 / 10 - 1))
}

@test "--journal: what was answered when it was killed is not paid for again" {
	gemini_start
	jobs_file 300 >in
	killed_over in --journal kept
	wait_for kept_all 290
	reset
	mkdir run
	JOBMILL_RUN_DIR=run ai-enrich industry --journal kept in >out
	same_order in out
	none_mixed_up out
	[ "$(grep -c '"ai_title"' out)" -eq 300 ]
	[ "$(calls)" -eq 1 ]
	jq -e '.kept == 290 and .answered == 10 and .changed == 300 and
		.requests == 1' run/ai-enrich.stats
	# As if it had been asked in one go: what a later stage keeps is whole.
	jq -se 'all(.ai.industry | .cached == false and .tokens_in > 0 and
		.attempts == 1)' out
	ai-enrich industry --journal kept in >again
	cmp out again
	[ "$(calls)" -eq 1 ]
	run ! grep -rq test-key kept
	[ "$(stat -c %a kept)" = 600 ]
}

kept_all() {
	(($(wc -l <kept) >= $1))
}

@test "--journal: other words, another model: another answer" {
	gemini_start
	jobs_file 20 >in
	ai-enrich industry --journal kept in >/dev/null
	reset
	sed 's/loaf 7</loaf 7 and 8</' in | ai-enrich industry --journal kept |
		jq -se 'length == 20 and all(.ai_title)'
	[ "$(calls)" -eq 1 ]
	ai-enrich industry --journal kept --model gemini-2.5-flash in >/dev/null
	[ "$(calls)" -eq 3 ]
	ai-enrich industry in | ai-enrich function --journal kept >out
	reset
	ai-enrich industry in | ai-enrich function --journal kept >again
	jq -se 'all(.ai_job_function)' again
	[ "$(calls)" -eq 2 ]
}

@test "--journal: a folder, a full disk, a second run" {
	gemini_start
	jobs_file 20 >in
	run -73 ai-enrich industry --journal . in
	run -73 ai-enrich industry --journal /dev/zero in
	(
		trap '' XFSZ
		ulimit -f 4
		ai-enrich industry --journal short in
	) 2>err | cat >out
	[ "$(grep -c 'answers are not kept any more' err)" -eq 1 ]
	[ "$(grep -c ai_title out)" -eq 20 ]
	reset
	run -0 ai-enrich industry --journal short in
	[ "$(grep -c ai_title <<<"$output")" -eq 20 ]
	[ "$(calls)" -gt 0 ]
	exec 7>kept
	flock 7
	run -75 --separate-stderr ai-enrich industry --journal kept in
	[[ $stderr == *"another run has the journal"* ]]
}

@test "--ledger: the limits of all who name it are one, to the call" {
	gemini_start
	local pids=() pid ended=0
	jobs_file 60 >in
	split -n r/6 in part.
	for part in part.*; do
		ai-enrich industry --rpm 40 --rpd 32 --batch 1 --ledger l \
			"$part" >"$part.out" &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid" || ended=$?
	done
	[ $ended -eq 75 ]
	[ "$(calls)" -eq 32 ]
	[ "$(cat part.*.out | grep -c '"ai_title"')" -eq 32 ]
	[ "$(cat part.*.out | grep -c '"kind":"quota"')" -eq 28 ]
	run -75 ai-enrich industry --rpd 32 --ledger l in
	[ "$(calls)" -eq 32 ]
}

@test "--ledger: a budget is spent once by all" {
	gemini_start
	local pids=() pid
	jobs_file 300 >in
	split -n r/4 in part.
	for part in part.*; do
		ai-enrich industry --budget 0.06 --ledger l "$part" \
			>"$part.out" &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid" || [ $? -eq 1 ]
	done
	cat part.*.out | jq -se '([.[].ai.industry.cost_usd // "0" | tonumber]
		| add) as $spent | $spent > 0 and $spent <= 0.06 and
		(map(select(.ai_error.kind == "budget")) | length) > 0'
}

@test "--ledger: a file that is none is a matter of configuration" {
	gemini_start
	echo hello >l
	run -78 --separate-stderr ai-enrich industry --ledger l /dev/null
	[[ $stderr == *"the ledger is damaged, or no ledger ledger=l" ]]
	[ "$(<l)" = hello ]
	run -73 ai-enrich industry --ledger no/where /dev/null
}

@test "openai: any compatible server, with and without a key" {
	standin_start gemini
	export OPENAI_BASE_URL=$STANDIN_URL/v1 OPENAI_MODEL=llama-3
	export OPENAI_API_KEY=test-key JOBMILL_RETRY_WAIT=1ms
	jobs_file 30 >in
	standin_control '{"random": {"seed": 3, "share": 0.3}}'
	ai-enrich industry in >mid || [ $? -eq 1 ]
	ai-enrich function mid >out || [ $? -eq 1 ]
	none_mixed_up out
	same_order in out
	[ "$(jq -r '.ai.industry.model // empty' out | sort -u)" = llama-3 ]
	OPENAI_API_KEY=other-key run -77 ai-enrich industry in
}

# service_account: a file of credentials with a key of its own.
service_account() {
	openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 \
		-out key.pem 2>/dev/null ||
		openssl genrsa -out key.pem 2048 2>/dev/null
	jq -n --rawfile key key.pem --arg uri "$STANDIN_URL/token" \
		'{type: "service_account", project_id: "acme", private_key_id: "k1",
		private_key: $key, client_email: "robot@acme.example",
		token_uri: $uri}' >account.json
	export GOOGLE_APPLICATION_CREDENTIALS=$PWD/account.json
}

vertex_start() {
	standin_start gemini
	export GOOGLE_GENAI_USE_VERTEXAI=true VERTEX_BASE_URL=$STANDIN_URL/v1
	export JOBMILL_RETRY_WAIT=1ms
	standin_control '{"log_bodies": true}'
}

unbase64() {
	tr -- -_ +/ | sed 's/$/===/' | base64 -d 2>/dev/null || true
}

@test "vertex: a service account's statement is signed, as OpenSSL sees it" {
	vertex_start
	service_account
	run -0 ai-enrich industry <<<'{"title":"Baker"}'
	standin_log | jq -r 'select(.path == "/token").body' >form
	[ "$(wc -l <form)" -eq 1 ]
	grep -q '^grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&' form
	sed 's/.*assertion=//' form >jwt
	cut -d. -f1,2 jwt | tr -d '\n' >signed
	cut -d. -f3 jwt | unbase64 >signature
	openssl pkey -in key.pem -pubout -out public.pem
	openssl dgst -sha256 -verify public.pem -signature signature signed
	cut -d. -f2 jwt | unbase64 >claims
	jq -e --arg uri "$STANDIN_URL/token" '.iss == "robot@acme.example" and
		.aud == $uri and .exp - .iat <= 3600 and
		.scope == "https://www.googleapis.com/auth/cloud-platform"' claims
	standin_log | jq -se 'any(.path == "/v1/projects/acme/locations/global/publishers/google/models/gemini-3.5-flash-lite:generateContent")'
}

@test "vertex: a token is used until it ends, and renewed after a 401" {
	vertex_start
	service_account
	jobs_file 40 >in
	run -0 ai-enrich industry -j 1 in
	[ "$(standin_log | jq -s 'map(select(.path == "/token")) | length')" -eq 1 ]
	reset
	standin_control '{"fault": {"path": ":generate", "status": 401}}'
	run -0 ai-enrich industry -j 1 in
	[ "$(standin_log | jq -s 'map(select(.path == "/token")) | length')" -eq 2 ]
	reset
	# All that were on their way with the old token come back with 401.
	standin_control '{"fault": {"path": ":generate", "status": 401, "times": 4}}'
	run -0 ai-enrich industry -j 4 in
	[ "$(standin_log | jq -s 'map(select(.path == "/token")) | length')" -eq 2 ]
	reset
	standin_control '{"fault": {"path": ":generate", "status": 401, "times": 0}}'
	run -77 ai-enrich industry -j 1 in
	reset
	standin_control '{"token_seconds": 0}'
	run -0 ai-enrich industry -j 1 in
	[ "$(standin_log | jq -s 'map(select(.path == "/token")) | length')" -gt 3 ]
}

@test "vertex: a user's login and the metadata server give tokens too" {
	vertex_start
	jq -n '{type: "authorized_user", client_id: "c", client_secret: "s&x",
		refresh_token: "r/1", quota_project_id: "bill"}' |
		jq --arg uri "$STANDIN_URL/token" '. + {token_uri: $uri}' >login.json
	export GOOGLE_APPLICATION_CREDENTIALS=$PWD/login.json
	run -78 ai-enrich industry <<<'{"title":"Baker"}'
	run -0 ai-enrich industry --project acme --location eu <<<'{"title":"Baker"}'
	standin_log | jq -se 'any(.body ==
		"grant_type=refresh_token&client_id=c&client_secret=s%26x&refresh_token=r%2F1")'
	unset GOOGLE_APPLICATION_CREDENTIALS
	export GCE_METADATA_HOST=${STANDIN_URL#http://}
	run -0 ai-enrich industry <<<'{"title":"Baker"}'
	standin_log | jq -se 'any(.path | contains("/projects/metadata-project/"))'
}

@test "vertex: credentials that are refused end it with 77" {
	vertex_start
	service_account
	standin_control '{"fault": {"path": "/token", "status": 400, "times": 0,
		"body": "{\"error\":\"invalid_grant\",\"error_description\":\"Invalid JWT Signature.\"}"}}'
	run -77 --separate-stderr ai-enrich industry <<<'{"title":"Baker"}'
	[[ $stderr == *"Invalid JWT Signature."* ]]
	run ! grep -q BEGIN <<<"$stderr"
}

tier_start() {
	gemini_start
	export JOBMILL_TIER=batch JOBMILL_TIER_DIR=$PWD/tier
	export JOBMILL_TIER_POLL=10ms
}

submitted() {
	standin_state | jq .submitted
}

@test "batch tier: one job of the service, half the price, the same answers" {
	tier_start
	jobs_file 200 >in
	standin_control '{"batch": {"polls": 3}}'
	run -0 --separate-stderr ai-enrich industry in
	printf '%s\n' "${lines[@]}" >out
	same_order in out
	none_mixed_up out
	[ "$(grep -c '"ai_title"' out)" -eq 200 ]
	[ "$(submitted)" -eq 1 ]
	[ "$(calls)" -eq 1 ]
	[ -z "$(ls tier)" ]
	JOBMILL_TIER=standard ai-enrich industry in >plain
	jq -se --slurpfile p plain '(map(.ai.industry.cost_usd | tonumber) | add) as $half
		| ($p | map(.ai.industry.cost_usd | tonumber) | add) as $full
		| ($half * 2 - $full) | fabs < 0.01 * $full' out
}

@test "batch tier: what went wrong in it is asked again, one by one" {
	tier_start
	jobs_file 300 >in
	standin_control '{"random": {"seed": 21, "share": 0.4}}'
	ai-enrich industry in >out || [ $? -eq 1 ]
	same_order in out
	none_mixed_up out
	[ "$(submitted)" -eq 1 ]
	jq -se 'map(select(.ai_error)) | length < 30' out
}

@test "batch tier: a run that was killed is taken up, and paid for once" {
	tier_start
	jobs_file 200 >in
	standin_control '{"batch": {"polls": 1000000}}'
	ai-enrich industry in >out &
	local pid=$!
	wait_for submitted_one
	wait_for grep -q batches/b1 tier/*
	kill -KILL $pid
	wait $pid || true
	# Others are there now, some are gone, and the order is another one.
	{
		jobs_file 150 | tac
		jobs_file 5 | sed 's/Baker/Cook/'
	} >later
	standin_control '{"batch": {"polls": 0, "finish": true}}'
	run -0 ai-enrich industry later
	printf '%s\n' "${lines[@]}" >out
	same_order later out
	none_mixed_up out
	[ "$(grep -c '"ai_title"' out)" -eq 155 ]
	[ "$(submitted)" -eq 2 ]
	[ "$(standin_state | jq .generated)" -eq 21 ]
	[ -z "$(ls tier)" ]
}

@test "batch tier: a submission whose answer was lost is looked up, not repeated" {
	tier_start
	jobs_file 30 >in
	standin_control '{"fault": {"path": ":batch", "status": 503,
		"apply": true}}'
	run -0 --separate-stderr ai-enrich industry in
	printf '%s\n' "${lines[@]}" >out
	none_mixed_up out
	[ "$(submitted)" -eq 1 ]
	[ "$(standin_state | jq .generated)" -eq 3 ]
	# And one that never arrived is asked one by one.
	reset
	standin_control '{"fault": {"path": ":batch", "status": 503}}'
	run -0 --separate-stderr ai-enrich industry in
	printf '%s\n' "${lines[@]}" >out
	none_mixed_up out
	[ "$(submitted)" -eq 0 ]
	[ "$(standin_state | jq .generated)" -eq 3 ]
}

@test "batch tier: a job that fails or takes too long is asked one by one" {
	tier_start
	jobs_file 30 >in
	for state in FAILED EXPIRED CANCELLED; do
		reset
		standin_control '{"batch": {"polls": 1, "state": "'$state'"}}'
		run -0 --separate-stderr ai-enrich industry in
		printf '%s\n' "${lines[@]}" >out
		none_mixed_up out
		same_order in out
		[ "$(standin_log | jq -s 'map(select(.path |
			test(":generate"))) | length')" -eq 3 ]
	done
	reset
	standin_control '{"batch": {"polls": 1000000}}'
	run -0 --separate-stderr ai-enrich industry --tier-deadline 1s in
	printf '%s\n' "${lines[@]}" >out
	none_mixed_up out
	standin_log | jq -se 'any(.path == "/v1beta/batches/b1:cancel")'
	[ -z "$(ls tier)" ]
}

@test "batch tier: what was submitted and can't be read is left to a person" {
	tier_start
	jobs_file 3 >in
	mkdir tier
	local kept='{"profile":"p","name":"batches/b1","submitted":1763200000,
		"requests":[{"fence":"abcdefghijkl","industry":"it",
		"jobs":[{"id":"'$(printf '%064d' 7)'","key":"a1b2c3"}]}]}' odd
	for odd in '.name = "batches/../models"' '.submitted = -1' \
		'.requests[0].jobs[0].id = "7"' '.requests[0].jobs = []' \
		'.requests = []' 'del(.profile)'; do
		jq -c "$odd" <<<"$kept" >tier/jobmill-1.json
		run -78 --separate-stderr ai-enrich industry in
		[[ $stderr == *'it was paid for'*/tier/jobmill-1.json* ]]
		[ -s tier/jobmill-1.json ]
	done
	# One of another profile is not its own.
	printf '%s\n' "$kept" >tier/jobmill-1.json
	run -0 ai-enrich industry in
	[ -s tier/jobmill-1.json ]
}

@test "batch tier: gemini only, with a folder, without a cassette" {
	tier_start
	run -64 ai-enrich industry --record x /dev/null
	run -78 ai-enrich industry --provider local /dev/null
	unset JOBMILL_TIER_DIR
	run -64 ai-enrich industry /dev/null
}

submitted_one() {
	(($(submitted) >= 1))
}
