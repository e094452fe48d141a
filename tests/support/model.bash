# shellcheck shell=bash
# The stand-in of Gemini, ads to ask it about, and what it says of the calls:
# load it after common.

# model_setup: a place of the test's own, and no service that the machine knows.
model_setup() {
	unset "${!GOOGLE_@}" "${!OPENAI_@}" "${!VERTEX_@}" "${!CLOUDSDK_@}" \
		GCE_METADATA_HOST
	HOME=$BATS_TEST_TMPDIR
	cd "$BATS_TEST_TMPDIR" || exit
}

# gemini_start OPTION...: the stand-in, and what makes ai-enrich ask it.
gemini_start() {
	standin_start gemini "$@"
	export GEMINI_API_KEY=test-key GEMINI_BASE_URL=$STANDIN_URL/v1beta
	export JOBMILL_RETRY_WAIT=1ms
}

reset() {
	curl -fsS --noproxy '*' -X POST "$STANDIN_URL/_reset"
}

# jobs_file N: so many ads, each with a title of its own.
jobs_file() {
	seq "$1" | awk '{
		printf("{\"feed_id\":1,\"source_id\":\"J%d\",\"title\":\"Baker %d\",", $1, $1)
		printf("\"company_name\":\"Crust %d\",\"id\":9007199254740993,", $1 % 7)
		printf("\"description\":\"<p>Bake loaf %d</p>\",\"pay\":1.10}\n", $1)
	}'
}

# calls: requests for answers that the stand-in saw.
calls() {
	standin_log | jq -s '[.[] | select(.path | test("Content$"))] | length'
}

# paid: answers that it gave, each of which costs money.
paid() {
	standin_state | jq .generated
}

# none_mixed_up FILE: every answer is about its own ad.
none_mixed_up() {
	jq -se 'map(select(.ai_title)) | length > 0 and all(.ai_title == .title
		and .ai_tags[0] == .company_name)' "$1"
}

# same_order A B: both name the same jobs in the same order.
same_order() {
	cmp <(jq -r .source_id "$1") <(jq -r .source_id "$2")
}
