# process-feed and sync-xano against the stand-ins of Xano and Gemini.
load ../support/common

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	pg_fresh
	export JOBMILL_RUNS=$BATS_TEST_TMPDIR/runs JOBMILL_ENV_FILE=/dev/null
	export JOBMILL_LOG=error JOBMILL_PROVIDER=local JOBMILL_APPROVE_FROM=0.6
	pg-store migrate
	cp "$SAMPLES/indeed.xml" feed.xml
	pg-store feed add --map indeed sample "file://$PWD/feed.xml"
}

start_xano() {
	standin_start xano --token let-me-in --store "$PWD/xano.ndjson" \
		--schema "$ROOT/share/xano/columns.json"
	export XANO_BASE_URL=$STANDIN_URL/api:meta XANO_TOKEN=let-me-in
	export XANO_WORKSPACE=1 XANO_TABLE=1
}

mirror_equals() {
	"$ROOT/tests/support/mirror-equals" "$STANDIN_URL"
}

# Requests of the mirror that wrote.
writes() {
	standin_log | jq -s '[.[] | select(.path | test("bulk"))] | length'
}

@test "after a run the mirror equals the approved jobs, row by row" {
	start_xano
	run -1 process-feed --report json 1
	approved=$(jq .store.approved <<<"$output")
	[ "$approved" -gt 5 ]
	jq -e '.mirror.added == .store.approved' <<<"$output"
	run -0 mirror_equals
	[ "$output" -eq "$approved" ]
}

@test "a mirror that is equal is read and left alone" {
	start_xano
	run -1 process-feed 1
	before=$(writes)
	run -0 sync-xano
	run -1 process-feed --full --report json 1
	jq -e '.mirror | .added + .updated + .deleted == 0' <<<"$output"
	[ "$(writes)" -eq "$before" ]
	run -0 sync-xano --dry-run
}

@test "what changes, goes and comes in the feed does so in the mirror, in place" {
	start_xano
	run -1 process-feed 1
	standin_rows() {
		feed-fetch -q --allow-private --expect any "$STANDIN_URL/_rows"
	}
	standin_rows | jq -c '[.source_id, .id]' | sort >before
	awk '
		/<job>/ { text = ""; inside = 1 }
		inside { text = text $0 "\n" }
		!inside { print }
		/<\/job>/ {
			inside = 0
			if (text ~ /Paralegal/)
				next
			if (text ~ /Personal Banker/)
				gsub(/src=feed/, "src=new", text)
			printf "%s", text
		}' "$SAMPLES/indeed.xml" >feed.xml
	run -1 process-feed --report json 1
	jq -e '.mirror | .deleted == 1 and .updated == 1 and .added == 0' \
		<<<"$output"
	mirror_equals
	# A changed job keeps its public id.
	standin_rows | jq -c '[.source_id, .id]' | sort >after
	[ "$(comm -13 before after | wc -l)" -eq 0 ]
}

@test "what the mirror did with each job is noted, for trace" {
	start_xano
	run -1 process-feed --report json 1
	approved=$(jq .store.approved <<<"$output")
	[ "$(sql "select count(*) from jobmill.mirror_calls m
		join jobmill.open_jobs j using (job_id)
		where m.op = 'add' and m.status = 'done'")" -eq "$approved" ]
	id=$(sql "select job_id from jobmill.open_jobs limit 1")
	run -0 pg-store trace "$id"
	[[ $output == *"mirror xano: add done row "* ]]
	# A look notes nothing.
	calls=$(sql "select count(*) from jobmill.mirror_calls")
	run -0 sync-xano --dry-run
	run -0 sync-xano -- --plan plan
	[ "$(sql "select count(*) from jobmill.mirror_calls")" -eq "$calls" ]
}

@test "a row that Xano refuses is shown with the reason, and tried again" {
	start_xano
	export XANO_RETRY_WAIT=1ms
	process-feed --no-sync 1 || :
	id=$(sql "select job_id from jobmill.open_jobs order by 1 limit 1")
	standin_control "$(jq -n --arg id "$id" '{fault: {path: "content/bulk",
		times: 0, contains: $id, status: 400, body: ({
			code: "ERROR_CODE_INPUT_ERROR", message: "Not so.",
			payload: {param: "url"}} | tojson)}}')"
	unset JOBMILL_LOG
	# Nothing new is in the feed, and the mirror is behind all the same.
	run -1 --separate-stderr process-feed --full --report table 1
	[[ $output == *"  mirror "*"added"*", 1 refused"* ]]
	[[ $stderr == *"WARNING xano-sync: a row is refused"*"$id"*url*"Not so."* ]]
	run -0 pg-store trace "$id"
	[[ $output == *"mirror xano: add failed ERROR_CODE_INPUT_ERROR url Not so."* ]]
	[ "$(pg-store trace --json "$id" | jq -r '.mirror[].reason')" = \
		"ERROR_CODE_INPUT_ERROR url Not so." ]
	[ "$(echo '{"id":1,"ask":"job","job_id":"'"$id"'"}' | pg-store ask |
		jq -r '.rows[].mirror[].reason')" = \
		"ERROR_CODE_INPUT_ERROR url Not so." ]
	run -1 --separate-stderr sync-xano
	[ "$(jq -r '.key + " " + .status' <<<"$output")" = "$id failed" ]
	standin_control '{"clear_faults":true}'
	run -0 --separate-stderr sync-xano
	[ "$(jq -r '.key + " " + .status' <<<"$output")" = "$id done" ]
	mirror_equals
	[ "$(pg-store trace "$id" | grep -c 'mirror xano: add')" -eq 3 ]
}

@test "a store that takes no notes is told, and the mirror is right all the same" {
	start_xano
	export XANO_RETRY_WAIT=1ms
	process-feed --no-sync 1 || :
	mkdir bin
	ln -s "$JOBMILL_BIN"/* bin
	rm bin/pg-store
	cat >bin/pg-store <<-END
		#!/usr/bin/env bash
		if [[ \$1 == ack ]]; then cat; exit 75; fi
		exec "$JOBMILL_BIN/pg-store" "\$@"
	END
	chmod +x bin/pg-store
	unset JOBMILL_LOG
	JOBMILL_BIN=$PWD/bin run -75 --separate-stderr sync-xano
	[[ $stderr == *"not noted in the store"* ]]
	mirror_equals
}

@test "syncs of one table take turns, or the second leaves with 75" {
	start_xano
	export XANO_RETRY_WAIT=1ms
	process-feed --no-sync 1 || :
	standin_control '{"fault":{"path":"schema","delay_ms":1500}}'
	sync-xano >first 3>&- &
	first=$!
	wait_for eval '[[ -n $(standin_log) ]]'
	run -75 --separate-stderr sync-xano
	[[ $stderr == *"another sync of this table"* ]]
	# It does not wait to look.
	run -2 sync-xano --dry-run
	# It lists its jobs only when it is its turn.
	sync-xano --wait 60 >second 3>&- &
	second=$!
	sql "update jobmill.jobs set route = 'rejected' where job_id =
		(select job_id from jobmill.open_jobs order by 1 limit 1)"
	wait "$first"
	wait "$second"
	mirror_equals
	run -64 sync-xano --wait soon
}

@test "feeds that end at once are both in the mirror" {
	start_xano
	pg-store feed add rss "file://$SAMPLES/rss.xml"
	process-feed 1 3>&- &
	first=$!
	process-feed 2 3>&- &
	wait "$!" || :
	wait "$first" || :
	run -0 mirror_equals
	[ "$output" -eq "$(sql 'select count(*) from jobmill.open_jobs')" ]
}

@test "without a table configured nothing is mirrored, and nobody complains" {
	run -1 process-feed --report json 1
	[ "$(jq .mirror <<<"$output")" = null ]
}

@test "--no-sync leaves the mirror alone" {
	start_xano
	run -1 process-feed --no-sync 1
	[ "$(standin_log | wc -l)" -eq 0 ]
}

@test "a wrong token is told, and the run stands in the store all the same" {
	start_xano
	XANO_TOKEN=wrong run -77 --separate-stderr process-feed --report json 1
	[ "$(jq -r .status <<<"$output")" = succeeded ]
	[[ $stderr == *"ERROR xano-sync: "* ]]
	[[ $stderr != *wrong* ]]
	[ "$(sql "select count(*) > 5 from jobmill.open_jobs")" = t ]
	# The feed has not changed, and there is something to do all the same.
	run -0 process-feed --report json 1
	[ "$(jq -r .status <<<"$output")" = not_modified ]
	[ "$(jq .mirror.added <<<"$output")" -gt 5 ]
	mirror_equals
	run -0 process-feed --report json 1
	[ "$(jq -c '[.status, .mirror]' <<<"$output")" = '["not_modified",null]' ]
}

@test "a row that the mirror could not take now is not forgotten when the feed stays the same" {
	start_xano
	export XANO_RETRY_WAIT=1ms
	process-feed --no-sync 1 || :
	id=$(sql "select source_id from jobmill.open_jobs order by 1 limit 1")
	standin_control "{\"fault\":{\"contains\":\"\\\"$id\\\"\",\"times\":99,\"status\":500}}"
	run -1 process-feed --full --report json 1
	[ "$(jq .mirror.failed <<<"$output")" -eq 1 ]
	run ! mirror_equals
	standin_control '{"clear_faults":true}'
	run -0 process-feed --report json 1
	[ "$(jq -r .status <<<"$output")" = not_modified ]
	mirror_equals
}

@test "killed while it mirrors, the next run does that, though nothing is new" {
	start_xano
	standin_control '{"fault":{"path":"schema","delay_ms":60000}}'
	setsid process-feed 1 3>&- &
	pid=$!
	wait_for eval '[[ $(standin_log | grep -c schema) -gt 0 ]]'
	kill -KILL -- "-$pid"
	standin_control '{"clear_faults":true}'
	run -1 process-feed 1
	mirror_equals
}

@test "a store that breaks off half-way deletes nothing from the mirror" {
	start_xano
	run -1 process-feed 1
	rows=$(mirror_equals)
	mkdir bin
	for program in "$JOBMILL_BIN"/*; do
		ln -s "$program" bin
	done
	rm bin/pg-store
	cat >bin/pg-store <<-END
		#!/usr/bin/env bash
		"$JOBMILL_BIN/pg-store" "\$@" | head -n 3
		exit 75
	END
	chmod +x bin/pg-store
	JOBMILL_BIN=$PWD/bin run -75 sync-xano
	[ "$(mirror_equals)" -eq "$rows" ]
}

@test "two feeds share the table; one of them alone can be mirrored" {
	start_xano
	run -1 process-feed 1
	pg-store feed add rss "file://$SAMPLES/rss.xml"
	run -0 process-feed 2
	mirror_equals
	sql "update jobmill.jobs set route = 'rejected' where route = 'approved'"
	run -80 sync-xano
	run -0 sync-xano --feed 2 -- --allow-empty --max-delete 100%
	rows=$(feed-fetch -q --allow-private --expect any "$STANDIN_URL/_rows" |
		jq -s '[.[] | .feed_id] | unique | tostring' -r)
	[ "$rows" = "[1]" ]
}

@test "a typo in the model's key ends the run before a job is asked about" {
	standin_start gemini
	unset JOBMILL_PROVIDER
	export GEMINI_BASE_URL=$STANDIN_URL/v1beta GEMINI_API_KEY=wrong-key
	run -77 --separate-stderr process-feed --report json 1
	[ "$(jq -r .status <<<"$output")" = failed ]
	[[ $stderr == *"the key is not valid"* ]]
	[ "$(sql "select count(*) from jobmill.jobs")" -eq 0 ]
	[[ $stderr != *wrong-key* ]]
}

@test "with a key, Gemini is asked, and a second run asks nothing" {
	standin_start gemini
	unset JOBMILL_PROVIDER
	export GEMINI_BASE_URL=$STANDIN_URL/v1beta GEMINI_API_KEY=test-key
	run -1 process-feed --report json 1
	[ "$(jq -r .status <<<"$output")" = succeeded ]
	jq -e '.stages["enrich-industry"] | .answered > 50 and .requests > 0' \
		<<<"$output"
	asked=$(standin_log | wc -l)
	run -1 process-feed --full --report json 1
	jq -e '[.stages[] | .answered // 0] | add == 0' <<<"$output"
	[ "$(standin_log | grep -c generateContent)" -eq \
		"$(standin_log | head -n "$asked" | grep -c generateContent)" ]
}
