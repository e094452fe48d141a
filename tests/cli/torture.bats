# Every allocation and every system call of every program fails in turn, once
# and from then on.  What torture demands is at the head of its source.
# shellcheck disable=SC2030,SC2031,SC2154
load ../support/common
load ../support/store

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	! sanitized || skip "failing allocations are not for a sanitizer's run-time"
	unset "${!GOOGLE_@}" "${!OPENAI_@}" "${!VERTEX_@}" GCE_METADATA_HOST
	HOME=$BATS_TEST_TMPDIR
	most=40
	[[ -z ${JOBMILL_LONG_TESTS:-} ]] || most=100000
	head -n 20 "$SAMPLES/jobs.ndjson" >jobs.ndjson
	export JOBMILL_STATE_DIR=$PWD/state JOBMILL_DEAD=$PWD/dead
	# What is away stays away: no use in waiting.
	export JOBMILL_RETRY_WAIT=1ms JOBMILL_RETRIES=1 JOBMILL_DB_WAIT=0
	export JOBMILL_FEED_RETRIES=1 JOBMILL_FEED_RETRY_WAIT=1ms
	export XANO_RETRY_WAIT=1ms XANO_MAX_WAIT=2ms XANO_RETRIES=1
}

# tortured [-f] INPUT PROGRAM...: by memory, files and descriptors.
tortured() {
	local how=()

	if [[ $1 == -f ]]; then
		how=(-f)
		shift
	fi
	run torture "${how[@]}" -m "$most" -i "$1" -k alloc -k read \
		-k write=ENOSPC -k openat=EMFILE -k close -k newfstatat \
		"${network[@]}" "$JOBMILL_TEST_BIN/failing.so" "${@:2}"
	grep "^wrong" <<<"$output" >&2 || :
	[ "$status" -eq 0 ]
	[[ $output == *"alloc: "* ]]
}

@test "feed-fetch: a file" {
	tortured -f /dev/null feed-fetch --state state.json "$SAMPLES/rss.xml"
}

@test "xml2jsonl" {
	tortured "$SAMPLES/personio.xml" xml2jsonl --feed-id 3
}

@test "job-dedup, in memory and spilling" {
	tortured jobs.ndjson job-dedup
	dedup_make mixed 300 1 >large.ndjson
	network=(-k pwrite64=ENOSPC -k pread64)
	tortured large.ndjson job-dedup --memory 1M --threads 1
	[[ $output == *"pwrite64=ENOSPC: "*"failed as they should"* ]]
}

@test "ai-enrich: the built-in provider" {
	tortured jobs.ndjson ai-enrich industry
	tortured jobs.ndjson ai-enrich function
}

@test "job-route" {
	tortured jobs.ndjson job-route --final --explain why.ndjson
}

network=(-k connect=ECONNREFUSED -k sendto=EPIPE -k recvfrom=ECONNRESET
	-k poll=EINVAL -k socket=EMFILE)

@test "feed-fetch: from a server" {
	mkdir www
	cp "$SAMPLES/rss.xml" www/
	standin_start feed --root "$PWD/www"
	tortured -f /dev/null feed-fetch --allow-private "$STANDIN_URL/rss.xml"
}

@test "ai-enrich: a service" {
	standin_start gemini
	export GEMINI_API_KEY=test-key GEMINI_BASE_URL=$STANDIN_URL/v1beta
	tortured -f jobs.ndjson ai-enrich industry
}

@test "xano-sync" {
	export XANO_TOKEN=s3cret-token XANO_WORKSPACE=1 XANO_TABLE=1
	standin_start xano --schema "$JOBMILL_SHARE/xano/columns.json"
	export XANO_BASE_URL=$STANDIN_URL/api:meta
	{
		jq -c '.job_id = .source_id' jobs.ndjson
		echo '{"_done":{"records":20}}'
	} >wanted.ndjson
	tortured -f wanted.ndjson xano-sync
	run -0 xano-sync wanted.ndjson
}

@test "pg-store: what reads and what writes" {
	# libpq reads what the server still has to say when it can't send.
	network=(-k connect=ECONNREFUSED -k recvfrom=ECONNRESET -k poll=EINVAL
		-k socket=EMFILE)
	store_fresh
	records a b c | store_run
	tortured /dev/null pg-store list open_jobs
	tortured /dev/null pg-store report 1
	tortured jobs.ndjson pg-store recall industry --profile p
	records a b >routed.ndjson
	run=$(pg-store begin 1)
	tortured -f routed.ndjson pg-store stage "$run"
	pg-store abort "$run"
	run -0 pg-store check
	[ -z "$output" ]
}
