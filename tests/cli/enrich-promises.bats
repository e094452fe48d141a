#!/usr/bin/env bats
# What ai-enrich promises as a whole: nothing mixed up, nothing paid for twice,
# no secret let out.  JOBMILL_LONG_TESTS=1 does it with 10,000 jobs.
# shellcheck disable=SC2030,SC2031,SC2154
load ../support/common
load ../support/model

setup() {
	model_setup
	jobs=${JOBMILL_LONG_TESTS:+10000}
	jobs=${jobs:-400}
	export JOBMILL_RETRY_WAIT=1ms
}

@test "faults on a third of all calls: right or an error, within the limits, once" {
	gemini_start
	local limit=$((jobs / 20)) stage ended
	jobs_file "$jobs" >in
	standin_control "{\"random\": {\"seed\": 7, \"share\": 0.33},
		\"quota\": {\"rpd\": $limit}}"
	# A day that is too short, and one more that is long enough.
	run -75 ai-enrich industry --rpd "$limit" --journal j-industry in
	[ "$(calls)" -eq "$limit" ]
	standin_control '{"quota": null}'
	ai-enrich industry --journal j-industry in >mid || [ $? -eq 1 ]
	ai-enrich function --journal j-function mid >out || [ $? -eq 1 ]
	# All kinds of fault were met, and each job is there once, in its place.
	[ "$(standin_log | jq -r '.spoilt // empty' | sort -u | wc -l)" -ge 20 ]
	same_order in out
	jq -se 'all(if .ai_error then .ai_error.kind
			| IN("blocked", "invalid", "unavailable")
		else .ai_title == .title and .ai_tags[0] == .company_name
			and .ai_job_function.code != null end)' out
	jq -se --argjson n "$jobs" 'map(select(.ai_error)) | length < $n / 20' out
	# What was answered about is not asked about again: not where the answers
	# are, nor where they are only kept.
	reset
	jq -c 'select(.ai_error | not) | .source_id' out >answered
	jq -nc --slurpfile ids answered '($ids | INDEX(.)) as $known
		| inputs | select($known[.source_id])' in >again
	[ -s again ]
	ai-enrich industry out | ai-enrich function >same
	cmp out same
	ai-enrich industry --journal j-industry again |
		ai-enrich function --journal j-function >same
	cmp <(jq -c 'select(.ai_error | not)' out) same
	[ "$(paid)" -eq 0 ]
}

# Both stages, their answers kept.
two_stages() {
	ai-enrich industry --journal j-industry in |
		ai-enrich function --journal j-function >out
}

more_than() {
	(($(paid) > $1)) || ! kill -0 "$running" 2>/dev/null
}

@test "killed ten times: paid for is what one run pays, and what was under way" {
	gemini_start
	local flying=${JOBMILL_LONG_TESTS:+16} whole i faults
	flying=${flying:-4}
	export JOBMILL_IN_FLIGHT=$flying
	jobs_file $((2 * jobs)) >in
	two_stages
	mv out undisturbed
	whole=$(paid)
	rm j-*
	reset
	# Failures that cost nothing, on a third of the calls, and some time.
	# Five tries would be too few for one batch now and then.
	export JOBMILL_TRIES=20
	faults=$(jq -nc --argjson n "$whole" '{fault: ([range(0; $n / 2)
		| {path: ":generate", status: 503, skip: (. * 3)}]
		+ [{path: ":generate", delay_ms: 40, times: 0}])}')
	curl -fsS --noproxy '*' -d @- "$STANDIN_URL/_control" <<<"$faults"
	RANDOM=20261127
	for ((i = 0; i < 10; i++)); do
		setsid bash -c "$(declare -f two_stages); two_stages" 3>&- &
		running=$!
		wait_for more_than "$(($(paid) + RANDOM % (whole / 16)))"
		kill -KILL -- "-$running"
		wait "$running" || :
	done
	two_stages
	echo "paid $(paid), undisturbed $whole" >&2
	(($(paid) <= whole + 10 * 2 * flying))
	cmp <(jq -c 'del(.ai)' undisturbed) <(jq -c 'del(.ai)' out)
}

# What is a secret in these tests, as grep wants it.
secrets() {
	printf '%s\n' test-key ya29.test-token "$(sed -n 2p key.pem)" eyJ
}

service_account() {
	openssl genrsa -out key.pem 2048 2>/dev/null
	jq -n --rawfile key key.pem --arg uri "$STANDIN_URL/token" \
		'{type: "service_account", project_id: "acme", private_key_id: "k1",
		private_key: $key, client_email: "robot@acme.example",
		token_uri: $uri}' >account.json
	export GOOGLE_APPLICATION_CREDENTIALS=$PWD/account.json
	export VERTEX_BASE_URL=$STANDIN_URL/v1
}

@test "no secret in arguments, messages, cassettes, journals, ledgers, tier folders" {
	gemini_start
	service_account
	jobs_file 40 >in
	secrets >secrets
	mkdir tier kept
	standin_control '{"fault": [{"path": ":generate", "status": 500},
		{"path": "/publishers/google/models/gemini-3.5-flash-lite:generate",
			"status": 401}]}'
	export JOBMILL_LOG=debug JOBMILL_RUN_DIR=$PWD/kept
	export OPENAI_MODEL=gemini OPENAI_API_KEY=test-key
	export OPENAI_BASE_URL=$STANDIN_URL/v1beta/openai
	for provider in gemini vertex openai; do
		ai-enrich industry -p $provider --record "kept/tape-$provider" \
			--ledger kept/ledger in >kept/out 2>>kept/said
		ai-enrich industry -p $provider --journal "kept/j-$provider" \
			-j 1 --rpm 1000 in >kept/out 2>>kept/said
	done
	# Killed with a job of the batch tier under way, so that its file stays.
	standin_control '{"batch": {"polls": 1000000}}'
	ai-enrich industry -p gemini --tier batch --tier-dir kept/tier \
		--tier-poll 10ms in >kept/out 2>>kept/said &
	running=$!
	wait_for grep -rqs batches/b1 kept/tier
	tr '\0' '\n' <"/proc/$running/cmdline" >kept/arguments
	kill -KILL "$running"
	wait "$running" || :
	[ -s kept/said ]
	[ "$(find kept -type f -size +0 | wc -l)" -ge 10 ]
	run ! grep -rFf secrets kept
}

@test "no core file, whoever asks for one, and no limit that could bring one back" {
	gemini_start
	mkfifo in
	ulimit -c unlimited 2>/dev/null || skip "no core file may be asked for"
	[[ $(</proc/sys/kernel/core_pattern) != *[/\|]* ]] ||
		skip "core files go elsewhere here"
	sleep 60 3>&- &
	kill -ABRT $!
	wait $! || :
	compgen -G 'core*' || skip "no core file is made here at all"
	rm -f core*
	ai-enrich industry --line-buffered in >out 3>&- &
	running=$!
	exec 8>in
	jobs_file 3 >&8
	wait_for grep -q J3 out
	grep -q '^Max core file size *0 *0 ' "/proc/$running/limits"
	kill -ABRT "$running"
	wait "$running" || :
	exec 8>&-
	run ! compgen -G 'core*'
}

@test "a token is renewed four minutes before it ends, and not before" {
	! sanitized || skip "no other library comes before a sanitizer's"
	gemini_start
	service_account
	export LATER_FILE=$PWD/later
	echo 0 >later
	mkfifo in
	LD_PRELOAD=$JOBMILL_TEST_BIN/later.so ai-enrich industry -p vertex \
		--line-buffered in >out 3>&- &
	running=$!
	exec 8>in
	jobs_file 1 >&8
	wait_for answered 1
	[ "$(tokens)" -eq 1 ]
	# It lasts for 3599 seconds; a few may pass while this test runs.
	echo $((3599 - 240 - 30)) >later
	jobs_file 1 >&8
	wait_for answered 2
	[ "$(tokens)" -eq 1 ]
	echo $((3599 - 240)) >later
	jobs_file 1 >&8
	wait_for answered 3
	[ "$(tokens)" -eq 2 ]
	exec 8>&-
	wait "$running"
}

answered() {
	(($(grep -c ai_title out) >= $1))
}

tokens() {
	standin_log | jq -s 'map(select(.path == "/token")) | length'
}
