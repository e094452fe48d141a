# Runs through the server: triggered, followed, queued, stopped, and what is
# left of them when somebody is killed.
load ../support/common
load ../support/serve

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	pg_fresh
	export JOBMILL_ENV_FILE=/dev/null JOBMILL_PROVIDER=local JOBMILL_DB_WAIT=0
	pg-store migrate
	for name in one two three; do
		cp "$SAMPLES/indeed.xml" "$name.xml"
		pg-store feed add --map indeed "$name" "file://$PWD/$name.xml" >/dev/null
	done
}

teardown() {
	local pid

	[[ -z ${SERVE_PID:-} ]] || kill -9 "$SERVE_PID" 2>/dev/null || :
	for pid in $(cat "$BATS_TEST_TMPDIR"/*.pid 2>/dev/null); do
		kill -9 "$pid" 2>/dev/null || :
	done
}

ready() {
	serve_start "$@"
	wait_for is_ready
}

is_ready() {
	fetch /readyz && [[ $status == 200 ]]
}

# hold STAGE PROGRAM: a stage of every run waits for ever from now on.
hold() {
	local program

	mkdir -p bin
	REAL_BIN=$JOBMILL_BIN
	for program in "$REAL_BIN"/*; do
		ln -sf "$program" "bin/${program##*/}"
	done
	rm -f "bin/$2"
	cat >"bin/$2" <<-'END'
		#!/usr/bin/env bash
		me=${0##*/}
		[[ ${JOBMILL_STAGE-} == "$JOBMILL_TEST_VICTIM" && ! -e $JOBMILL_TEST_DIR/go ]] ||
			exec "$REAL_BIN/$me" "$@"
		echo $$ >"$JOBMILL_TEST_DIR/stopped.$$.pid"
		exec sleep 600
	END
	sed -i "s|\$REAL_BIN|$REAL_BIN|" "bin/$2"
	chmod +x "bin/$2"
	export JOBMILL_BIN=$PWD/bin JOBMILL_TEST_VICTIM=$1 JOBMILL_TEST_DIR=$PWD
}

held() {
	(($(find . -maxdepth 1 -name 'stopped.*.pid' | wc -l) >= ${1:-1}))
}

# The process of the run that is under way.
the_run() {
	pgrep -P "$SERVE_PID" -f process-feed
}

# No process of this test is left but the store's and bats' own.
nothing_left() {
	! pgrep -f "$BATS_TEST_TMPDIR" >left || {
		for pid in $(<left); do
			[[ $pid == "$$" || $pid == "$BASHPID" ]] && continue
			tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null
		done | grep -E 'process-feed|pg-store|sleep 600|job-serve|ai-enrich' >&2 &&
			return 1
	}
	! held_alive
}

held_alive() {
	local file

	for file in stopped.*.pid; do
		[[ -e $file ]] && kill -0 "$(<"$file")" 2>/dev/null && return 0
	done
	return 1
}

# One that has ended in the store may have a process for a moment still.
triggered() {
	fetch "/trigger-feed/$1" -X POST && [[ $status == 202 ]]
}

is_run() {
	[[ $(sql "select status from jobmill.execution_reports where run_id = $1") == "$2" ]]
}

@test "a feed is triggered, followed to its end, and told" {
	ready
	send_json 202 POST /trigger-feed/1 '{"full":true,"sync":false}'
	[[ $head == *"Location: /runs/1"* ]]
	[ "$(field '[.run_id, .feed_id, .queued, .location] | tostring')" = \
		'[1,1,false,"/runs/1"]' ]
	timeout 60 curl -sSN "$SERVE_URL/runs/1/events" >events
	[ "$(grep -c '^event: end' events)" = 1 ]
	[ "$(grep -c '^event: progress' events)" -ge 1 ]
	[ "$(sed -n 's/^data: //p' events | tail -n 1 | jq -c '[.run_id, .status,
		.stages.xml2jsonl.in]')" = '[1,"succeeded",117]' ]
	# What was told first had the run under way.
	[ "$(sed -n 's/^data: //p' events | head -n 1 | jq -r .status)" = running ]
	expect 200 /execution-status/1
	[ "$(field '[.status, .total_in_feed, .stages.stage.status] | tostring')" = \
		'["succeeded",117,0]' ]
	expect 200 /runs/1/log
	[[ $output == *"record refused"* ]]
	expect 200 /runs/1/dead-letters
	[ "$(field '.dead_letters[0].stage')" = xml2jsonl ]
	# One that has ended is told at once.
	run -0 timeout 20 curl -sSN "$SERVE_URL/runs/1/events"
	[[ $output == *"event: end"* ]]
	expect 404 /runs/9/events
	expect 404 /trigger-feed/9 -X POST
}

@test "a run that is under way shows its counters, to all who follow it" {
	hold enrich-industry ai-enrich
	ready
	expect 202 /trigger-feed/1 -X POST
	wait_for held
	counted() {
		fetch /execution-status/1
		[[ $(field '.stages.xml2jsonl.in') == 117 ]]
	}
	wait_for counted
	[ "$(field '[.status, .queued] | tostring')" = '["running",false]' ]
	expect 200 /feeds/1
	[ "$(field .running_run_id)" = 1 ]
	followers=()
	for i in 1 2 3; do
		timeout 60 curl -sSN "$SERVE_URL/runs/1/events" >"events.$i" 3>&- &
		followers+=($!)
	done
	following() {
		fetch /metrics
		grep -q '^jobmill_http_streams 3$' body
	}
	wait_for following
	expect 202 /runs/1/cancel -X POST
	wait "${followers[@]}"
	for i in 1 2 3; do
		[ "$(sed -n 's/^data: //p' "events.$i" | tail -n 1 | jq -r .status)" = cancelled ]
	done
	wait_for is_run 1 cancelled
	wait_for nothing_left_but_server
	# And the feed can be run again.
	touch go
	wait_for triggered 1
	wait_for is_run 2 succeeded
}

nothing_left_but_server() {
	! held_alive && ! the_run >/dev/null
}

@test "a thousand triggers at once, among slow clients, start one run a feed" {
	local slow=() fd

	hold enrich-industry ai-enrich
	ready
	for ((i = 0; i < 200; i++)); do
		exec {fd}<>"/dev/tcp/127.0.0.1/$SERVE_PORT"
		printf 'POST /trigger-feed/1 HTTP/1.1\r\nHost: localhost\r\nX: ' >&"$fd"
		slow+=("$fd")
	done
	for ((i = 0; i < 1000; i++)); do
		echo "url=$SERVE_URL/trigger-feed/$((i % 3 + 1))"
		echo "output=/dev/null"
	done >urls
	curl -sS --parallel --parallel-max 64 -X POST -w '%{http_code}\n' -K urls |
		sort | uniq -c >statuses
	cat statuses >&2
	for fd in "${slow[@]}"; do exec {fd}>&-; done
	[ "$(awk '$2 == 202 {print $1}' statuses)" = 3 ]
	[ "$(awk '$2 == 409 {print $1}' statuses)" = 997 ]
	[ "$(sql 'select count(*) from jobmill.execution_reports')" = 3 ]
	expect 200 /healthz
	expect 200 '/runs?status=running'
	[ "$(field '[.runs[].queued] | sort | tostring')" = '[false,false,true]' ]
	expect 409 /trigger-feed/2 -X POST
	problem already-running
	[ "$(field .run_id)" -gt 0 ]
	[[ $head == *"Location: /runs/"* ]]
	expect 200 /statistics/overview
	[ "$(field '[.runs.running, .runs.queued, .runs.max] | tostring')" = '[2,1,2]' ]
}

@test "a run that begins elsewhere stands in the way, and is named" {
	run=$(pg-store begin 1)
	sql "update jobmill.execution_reports set host = 'elsewhere'" >/dev/null
	ready
	expect 409 /trigger-feed/1 -X POST
	problem already-running
	[ "$(field .run_id)" = "$run" ]
	# It can be ended from here all the same.
	expect 202 "/runs/$run/cancel" -X POST
	[ "$(field .status)" = cancelled ]
	expect 409 "/runs/$run/cancel" -X POST
	problem run-ended
	expect 404 /runs/99/cancel -X POST
	expect 202 /trigger-feed/1 -X POST
}

@test "so many run, so many wait, and the next is told to come back" {
	hold enrich-industry ai-enrich
	ready --max-runs 1 --max-queue 1
	expect 202 /trigger-feed/1 -X POST
	wait_for held
	expect 202 /trigger-feed/2 -X POST
	[ "$(field .queued)" = true ]
	expect 429 /trigger-feed/3 -X POST
	problem queue-full
	[[ $head == *"Retry-After: "* ]]
	expect 200 /runs/2
	[ "$(field '[.status, .queued] | tostring')" = '["running",true]' ]
	# One that waits is cancelled without ever having run.
	expect 202 /runs/2/cancel -X POST
	[ "$(field .status)" = cancelled ]
	expect 202 /trigger-feed/3 -X POST
	touch go
	expect 202 /runs/1/cancel -X POST
	wait_for is_run 1 cancelled
	wait_for is_run 3 succeeded
}

@test "a run whose process is killed, or fails, is told as failed with the reason" {
	hold enrich-industry ai-enrich
	ready
	expect 202 /trigger-feed/1 -X POST
	wait_for held
	kill -9 "$(the_run)"
	wait_for is_run 1 failed
	expect 200 /runs/1
	[[ $(field .error_summary) == *"ended with 137"*"killed by signal 9"* ]]
	# What it had started is gone as well.
	wait_for nothing_left_but_server
	rm -f stopped.*.pid
	wait_for triggered 1
	wait_for held
	kill -9 "$(cat stopped.*.pid)"
	wait_for is_run 2 failed
	touch go
	rm one.xml
	wait_for triggered 1
	wait_for is_run 3 failed
	expect 200 /feeds/1
	[ "$(field .consecutive_failure_count)" = 3 ]
	expect 202 /trigger-feed/2 -X POST
	wait_for is_run 4 succeeded
	# No zombies.
	run ! grep -l '^State:.Z' /proc/[0-9]*/status --include="*/$SERVE_PID/*"
}

@test "kill -9 of either process of the server ends the other, and the runs" {
	hold enrich-industry ai-enrich
	for victim in monitor worker; do
		echo "trying: $victim" >&2
		rm -f stopped.*.pid
		ready
		# In full: a feed that has not changed since is a run that has not.
		send_json 202 POST /trigger-feed/1 '{"full":true}'
		run=$(field .run_id)
		wait_for held
		worker=$(pgrep -P "$SERVE_PID" -x job-serve)
		if [[ $victim == monitor ]]; then
			kill -9 "$SERVE_PID"
		else
			kill -9 "$worker"
		fi
		wait_for nothing_left
		wait "$SERVE_PID" || :
		wait_for is_run "$run" cancelled
		ready
		expect 200 "/runs/$run"
		[ "$(field .status)" = cancelled ]
		touch go
		send_json 202 POST /trigger-feed/1 '{"full":true}'
		wait_for is_run "$(field .run_id)" succeeded
		rm go
		serve_stop
	done
}

@test "when all are killed at once, the next server ends their run" {
	hold enrich-industry ai-enrich
	ready
	expect 202 /trigger-feed/1 -X POST
	wait_for held
	# Nobody has the time to say anything.
	run=$(the_run)
	beat=$(pgrep -P "$run" -f 'heartbeat --follow')
	kill -STOP "$run"
	kill -9 "$SERVE_PID" "$(pgrep -P "$SERVE_PID" -x job-serve)"
	kill -9 "$run" "$beat"
	wait "$SERVE_PID" || :
	is_run 1 running
	ready
	wait_for is_run 1 failed
	expect 200 /runs/1
	[[ $(field .error_summary) == *interrupted* ]]
	touch go
	expect 202 /trigger-feed/1 -X POST
	wait_for is_run 2 succeeded
}

@test "told to stop, it takes its runs along and ends with 0" {
	hold enrich-industry ai-enrich
	ready --max-runs 1
	expect 202 /trigger-feed/1 -X POST
	expect 202 /trigger-feed/2 -X POST
	wait_for held
	timeout 60 curl -sSN "$SERVE_URL/runs/1/events" >events 3>&- &
	follower=$!
	sleep 0.3
	serve_stop
	wait "$follower"
	is_run 1 cancelled
	is_run 2 cancelled
	wait_for nothing_left
	[ "$(grep -c 'INFO job-serve: stopping' serve.*.err)" -ge 1 ]
	SERVE_PID=
}

@test "without room for run folders a trigger is 503, and the rest answers" {
	echo "no folder" >file
	ready --runs "$PWD/file/runs"
	expect 503 /trigger-feed/1 -X POST
	problem unavailable
	[ "$(sql 'select count(*) from jobmill.execution_reports')" = 0 ]
	for path in / /healthz /readyz /metrics /feeds /runs; do
		expect 200 "$path"
	done
}

@test "a run that a guard held up is accepted by a person" {
	ready
	expect 202 /trigger-feed/1 -X POST
	wait_for is_run 1 succeeded
	sed -n '1,/<\/job>/p' "$SAMPLES/indeed.xml" >one.xml
	echo '</source>' >>one.xml
	wait_for triggered 1
	ended() {
		! is_run 2 running
	}
	wait_for ended
	expect 200 /runs/2
	[ "$(field '.guards[0].guard')" = shrink ]
	[ "$(field .closed)" = 0 ] || [ "$(field .closed)" = null ]
	send_json 422 POST /runs/2/accept '{"guards":[]}'
	send_json 422 POST /runs/2/accept '{"guards":["nope"]}'
	expect 415 /runs/2/accept -X POST
	fetch /runs/2/accept -X POST -H 'Content-Type: application/json' \
		-d '{"guards":["shrink"],"by":"ann"}'
	echo "$status $output" >&2
	[ "$status" = 200 ]
	[ "$(field '.closed > 40')" = true ]
}

@test "metrics are told while fifty runs are under way" {
	sql "insert into jobmill.feeds (name, url) select 'f' || n, 'https://f.example/'
		from generate_series(1, 600) n;
		insert into jobmill.execution_reports (feed_id, feed_name)
		select feed_id, name from jobmill.feeds limit 50" >/dev/null
	ready
	expect 200 /metrics
	[ "$(grep -c '^jobmill_feed_consecutive_failures' body)" = 500 ]
	[ "$(grep -vc '^#' body)" -lt 2000 ]
	expect 200 /statistics/overview
	[ "$(field .runs.running)" = 50 ]
}

@test "feeds that are due are run, one at a time if so many may be" {
	hold enrich-industry ai-enrich
	for feed in one two three; do
		pg-store feed set --schedule=1h "$feed"
	done
	pg-store feed add --map indeed never "file://$PWD/one.xml" >/dev/null
	pg-store feed disable two
	ready --schedule --max-runs=1
	wait_for held
	# The place is taken, and what a person wants waits behind it.
	expect 409 /trigger-feed/1 -X POST
	expect 202 /trigger-feed/2 -X POST
	[ "$(field .queued)" = true ]
	: >go
	kill "$(cat stopped.*.pid)"
	ran() {
		[[ $(sql "select count(*) from jobmill.execution_reports
			where status = 'succeeded' and feed_id > 1") == 2 ]]
	}
	wait_for ran
	# The first was due and was killed: it rests, but is not given up.
	[ "$(sql "select string_agg(feed_id || '=' || status, ' ' order by feed_id)
		from jobmill.execution_reports")" = '1=failed 2=succeeded 3=succeeded' ]
	[ "$(sql "select string_agg(feed_id::text, ' ' order by feed_id)
		from jobmill.feeds where enabled and next_due_at > now()")" = '1 3' ]
	[ "$(grep -c 'a feed is due' "$SERVE_ERR")" = 2 ]
}

@test "a feed whose run can't begin does not keep the others from theirs" {
	pg-store feed set --schedule=1h one
	pg-store feed set --schedule=1h two
	sql "create function pg_temp_refuse() returns trigger language plpgsql as
		'begin raise exception ''not this one''; end';
		create trigger refuse before insert on jobmill.execution_reports
		for each row when (new.feed_id = 1) execute function pg_temp_refuse()"
	ready --schedule
	ran() {
		is_run "$(sql 'select max(run_id) from jobmill.execution_reports')" succeeded
	}
	wait_for ran
	wait_for grep -q "run can't begin" "$SERVE_ERR"
	grep -q 'again_s=30' "$SERVE_ERR"
	[ "$(sql 'select count(*) from jobmill.execution_reports where feed_id = 1')" = 0 ]
}

@test "without --schedule nothing starts by itself" {
	pg-store feed set --schedule=1m one
	ready
	expect 202 /trigger-feed/2 -X POST
	ended() {
		is_run 1 succeeded
	}
	wait_for ended
	[ "$(sql 'select count(*) from jobmill.execution_reports')" = 1 ]
	run -1 grep 'a feed is due' "$SERVE_ERR"
}
