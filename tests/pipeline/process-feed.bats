# process-feed, with the real programs, the real PostgreSQL and the built-in
# classifier: what a run leaves behind, however it ends.
load ../support/common
load ../support/store

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	pg_fresh
	export JOBMILL_RUNS=$BATS_TEST_TMPDIR/runs JOBMILL_ENV_FILE=/dev/null
	export JOBMILL_PROVIDER=local JOBMILL_LOG=error
	pg-store migrate
	cp "$SAMPLES/indeed.xml" feed.xml
	pg-store feed add --map indeed sample "file://$PWD/feed.xml"
}

teardown() {
	local pid

	bouncer_stop
	for pid in $(cat "$BATS_TEST_TMPDIR"/*.pid 2>/dev/null); do
		kill -9 "$pid" 2>/dev/null || :
	done
}

# What the store says about jobs, without what differs from run to run.
digest() {
	sql "select md5(string_agg(t::text, E'\n' order by t::text)) from (
		select feed_id, source_id, route, route_reason, record_hash,
			closed_at is null, missed, stale from jobmill.jobs
		union all
		select feed_id, source_id, '', '', null, true, 0, false
			from jobmill.job_sources) t"
}

# The same with the place of every row: any write shows.
places() {
	sql "select md5(string_agg(t::text, E'\n' order by t::text)) from (
		select tableoid, ctid, xmin, job_id from jobmill.jobs
		union all
		select tableoid, ctid, xmin, job_id from jobmill.job_sources) t"
}

last_run() {
	sql "select status from jobmill.execution_reports
		order by run_id desc limit 1"
}

# The next version of the feed: some jobs gone, some changed, one new.
change_feed() {
	awk '
		/<job>/ { n++; text = ""; inside = 1 }
		inside { text = text $0 "\n" }
		!inside { print }
		/<\/job>/ {
			inside = 0
			if (n % 9 == 4)
				next
			if (n % 9 == 5)
				sub(/<p>/, "<p>Now with a sign-on bonus. ", text)
			printf "%s", text
			if (n == 10) {
				gsub(/CT-[0-9]+/, "CT-1", text)
				gsub(/<title><!\[CDATA\[[^]]*/, "<title><![CDATA[Bell Founder", text)
				printf "%s", text
			}
		}' "$SAMPLES/indeed.xml" >feed.xml
}

# stand_in NAME: put a script, on standard input, in the place of a program.
stand_in() {
	local program

	mkdir -p bin
	REAL_BIN=$JOBMILL_BIN
	for program in "$REAL_BIN"/*; do
		ln -sf "$program" "bin/${program##*/}"
	done
	rm -f "bin/$1"
	cat >"bin/$1"
	chmod +x "bin/$1"
	export REAL_BIN JOBMILL_BIN=$PWD/bin
}

# stop_in STAGE: its program waits for ever there, having read its input.
stop_in() {
	export VICTIM=$1 PIDS=$BATS_TEST_TMPDIR
	stand_in "$2" <<-'END'
		#!/usr/bin/env bash
		me=${0##*/}
		[[ ${JOBMILL_STAGE-} == "$VICTIM" ]] || exec "$REAL_BIN/$me" "$@"
		echo $$ >"$PIDS/stopped.pid"
		exec sleep 600
	END
}

@test "what is in the feed is in the store: each job once, where its route says" {
	run -1 --separate-stderr process-feed --report json 1
	[ "$(last_run)" = succeeded ]
	report=$output
	# 116 records and one that is none.
	jq -e '.stages.xml2jsonl | .in == 117 and .out == 116 and .dead == 1' <<<"$report"
	jq -e '.store | .total_in_feed == .staged + .merged + .dead
		and .staged == .approved + .manual_review + .rejected + .archived' \
		<<<"$report"
	[ "$(sql "select count(*) from jobmill.job_sources")" -eq 116 ]
	for pair in approved:open_jobs manual_review:manual_review_jobs \
		rejected:rejected_jobs archived:archived_jobs; do
		[ "$(sql "select count(*) from jobmill.${pair#*:}")" -eq \
			"$(jq ".store.${pair%:*}" <<<"$report")" ]
	done
	# The malformed record is kept with its reason.
	[ "$(sql "select stage from jobmill.dead_letters where raw like '%BR-0666%'")" = xml2jsonl ]
}

@test "a job in several places is one job that names them all" {
	run -1 process-feed 1
	sql "select record from jobmill.jobs where title like 'CDL A Truck%'" >jobs
	[ "$(wc -l <jobs)" -eq 1 ]
	jq -e '[.locations[].city] | sort == ["Chicago", "Columbus", "Dayton",
		"Indianapolis", "Louisville", "Nashville", "St. Louis"]' jobs
}

@test "closed, expired and vague jobs do not reach the site" {
	run -1 process-feed 1
	[ "$(sql "select route_reason from jobmill.rejected_jobs
		where title like 'Security Officer%'")" = closed ]
	[ "$(sql "select route_reason from jobmill.rejected_jobs
		where title like 'Adjunct%'")" = expired ]
	[ "$(sql "select count(*) from jobmill.jobs where route <> 'approved'
		and title in ('Team Member', 'Specialist')")" -eq 3 ]
}

@test "a second run of the same feed ends at once and touches nothing" {
	run -1 process-feed 1
	before=$(places)
	run -0 process-feed --report json 1
	[ "$(jq -r .status <<<"$output")" = not_modified ]
	[ "$(last_run)" = not_modified ]
	[ "$(places)" = "$before" ]
}

@test "a second run in full asks the model nothing and writes no row" {
	run -1 process-feed 1
	before=$(places)
	run -1 process-feed --full --report json 1
	jq -e '[.stages[] | .answered // 0] | add == 0' <<<"$output"
	jq -e '.stages["recall-industry"].recalled > 50' <<<"$output"
	jq -e '.store | .created + .changed + .moved + .closed == 0
		and .unchanged == .staged' <<<"$output"
	[ "$(places)" = "$before" ]
}

@test "another threshold is another run, though the feed did not change" {
	run -1 process-feed 1
	JOBMILL_APPROVE_FROM=0.6 run -1 process-feed --report json 1
	[ "$(jq -r .status <<<"$output")" = succeeded ]
	jq -e '.store.moved > 0' <<<"$output"
}

@test "a changed feed: what is gone is closed, what is new is added" {
	run -1 process-feed 1
	change_feed
	run -1 process-feed --report json 1
	jq -e '.store | .closed > 0 and .created > 0 and .changed > 0
		and .unchanged > .changed' <<<"$output"
	[ "$(sql "select count(*) from jobmill.jobs
		where title = 'Bell Founder' and closed_at is null")" -eq 1 ]
}

@test "kill -9 of any one stage leaves the store as it was; the next run completes" {
	run -1 process-feed 1
	before=$(places)
	change_feed
	# The victim dies with part of its input read, a writer's way: at once.
	for program in feed-fetch xml2jsonl job-route job-dedup ai-enrich pg-store; do
		stand_in "$program" <<-'END'
			#!/usr/bin/env bash
			me=${0##*/}
			[[ ${JOBMILL_STAGE-} == "$VICTIM" && $1 != feed ]] ||
				exec "$REAL_BIN/$me" "$@"
			pipe=$(mktemp -u)
			mkfifo "$pipe"
			if [[ $me == feed-fetch ]]; then
				"$REAL_BIN/$me" "$@" >"$pipe" &
				head -c 100000 <"$pipe"
			else
				"$REAL_BIN/$me" "$@" <"$pipe" &
				exec 4>"$pipe"
				head -c 100000 >&4
			fi
			kill -9 $!
			rm "$pipe"
			kill -9 $$
		END
		cp "bin/$program" "victim-$program"
		JOBMILL_BIN=$REAL_BIN
	done
	for victim in feed-fetch:feed-fetch xml2jsonl:xml2jsonl \
		route-status:job-route dedup-title:job-dedup \
		recall-industry:pg-store enrich-industry:ai-enrich \
		remember-industry:pg-store route-confidence:job-route \
		dedup-ai-title:job-dedup recall-function:pg-store \
		enrich-function:ai-enrich remember-function:pg-store \
		route-final:job-route stage:pg-store; do
		echo "killing $victim" >&2
		JOBMILL_BIN=$REAL_BIN
		stand_in "${victim#*:}" <"victim-${victim#*:}"
		VICTIM=${victim%:*} run -71 process-feed --report json 1
		[ "$(jq -r .status <<<"${lines[-1]}")" = failed ]
		[ "$(last_run)" = failed ]
		[ "$(places)" = "$before" ]
	done
	JOBMILL_BIN=$REAL_BIN
	run -1 process-feed 1
	[ "$(last_run)" = succeeded ]
	after=$(digest)

	# A history without kills ends the same.
	pg_fresh
	pg-store migrate
	pg-store feed add --map indeed sample "file://$PWD/feed.xml"
	JOBMILL_RUNS=$PWD/runs2
	cp feed.xml next.xml
	cp "$SAMPLES/indeed.xml" feed.xml
	run -1 process-feed 1
	cp next.xml feed.xml
	run -1 process-feed 1
	[ "$(digest)" = "$after" ]
}

@test "a record that a stage loses without a word fails the run" {
	run -1 process-feed 1
	before=$(places)
	change_feed
	stand_in job-dedup <<-'END'
		#!/usr/bin/env bash
		"$REAL_BIN/job-dedup" "$@" | sed 5d
		exit "${PIPESTATUS[0]}"
	END
	run -70 process-feed --report json 1
	[[ $(jq -r .because <<<"${lines[-1]}") == "records were lost: dedup-title let "* ]]
	[ "$(places)" = "$before" ]
}

@test "a feed that breaks off adds and changes, but closes nothing" {
	run -1 process-feed 1
	open=$(sql "select count(*) from jobmill.jobs where closed_at is null")
	change_feed
	head -c 60000 feed.xml >cut.xml
	mv cut.xml feed.xml
	run -65 process-feed --report json 1
	[ "$(jq -r .status <<<"$output")" = partial ]
	jq -e '.store.closed == 0' <<<"$output"
	[ "$(sql "select count(*) from jobmill.jobs where closed_at is null")" -ge "$open" ]
	# The whole feed closes what is gone.
	change_feed
	run -1 process-feed --report json 1
	jq -e '.status == "succeeded" and .store.closed > 0' <<<"$output"
}

@test "an empty feed, and one of half its size, close nothing" {
	run -1 process-feed 1
	before=$(places)
	echo '<?xml version="1.0"?><source><publisher>x</publisher></source>' >feed.xml
	run -80 process-feed --report json 1
	jq -e '.status == "partial" and .store.closed == 0' <<<"${lines[-1]}"
	[ "$(places)" = "$before" ]
	awk '/<job>/ { n++ } n <= 60 || /<\/source>/' "$SAMPLES/indeed.xml" >feed.xml
	run -80 process-feed --report json 1
	jq -e '.status == "partial" and .store.closed == 0' <<<"${lines[-1]}"
}

@test "a page of HTML instead of a feed fails the run, and the store stays" {
	run -1 process-feed 1
	before=$(places)
	echo '<!DOCTYPE html><html><body>Down for maintenance</body></html>' >feed.xml
	run process-feed 1
	[ "$status" -ge 65 ]
	[ "$(last_run)" = failed ]
	[ "$(places)" = "$before" ]
}

@test "a second run of a feed that is under way leaves with 75" {
	stop_in enrich-industry ai-enrich
	process-feed 1 3>&- &
	first=$!
	wait_for test -s stopped.pid
	JOBMILL_BIN=$REAL_BIN run -75 process-feed 1
	[ "$(sql "select count(*) from jobmill.execution_reports")" -eq 1 ]
	kill -TERM "$first"
	status=0
	wait "$first" || status=$?
	[ "$status" -eq 143 ]
}

@test "TERM and INT end all stages and the run, by the signal" {
	run -1 process-feed 1
	before=$(places)
	change_feed
	for victim in xml2jsonl:xml2jsonl enrich-industry:ai-enrich stage:pg-store; do
		for signal in TERM:143 INT:130; do
			echo "$signal in $victim" >&2
			rm -f stopped.pid
			JOBMILL_BIN=${REAL_BIN:-$JOBMILL_BIN}
			stop_in "${victim%:*}" "${victim#*:}"
			# A shell starts others in the background deaf to INT.
			env --default-signal=INT process-feed 1 3>&- &
			script=$!
			wait_for test -s stopped.pid
			kill -s "${signal%:*}" "$script"
			status=0
			wait "$script" || status=$?
			[ "$status" -eq "${signal#*:}" ]
			run ! kill -0 "$(<stopped.pid)"
			[ "$(last_run)" = cancelled ]
			[ "$(places)" = "$before" ]
		done
	done
}

@test "a run whose script was killed is taken over by the next" {
	export JOBMILL_STALE_AFTER=300ms
	stop_in stage pg-store
	process-feed 1 3>&- &
	script=$!
	wait_for test -s stopped.pid
	kill -9 "$script"
	kill -9 "$(<stopped.pid)"
	JOBMILL_BIN=$REAL_BIN
	taken_over() {
		process-feed --quiet 1
		(($? != 75))
	}
	wait_for taken_over
	[ "$(sql "select string_agg(status, ' ' order by run_id)
		from jobmill.execution_reports")" = "failed succeeded" ]
}

@test "--run goes on with a run that was begun, and ends it whatever happens" {
	run=$(pg-store begin 1)
	run -1 process-feed --run "$run" 1
	[ "$(sql 'select run_id, status from jobmill.execution_reports')" = \
		"$run|succeeded" ]
	run -69 process-feed --run "$run" 1
	[ "$(last_run)" = succeeded ]
	run=$(pg-store begin 1)
	pg-store feed add other file:///nowhere
	run -64 process-feed --run "$run" 2
	[[ $output == *"another feed"* ]]
	[ "$(last_run)" = running ]
	JOBMILL_PROVIDER=nonsense run -78 process-feed --run "$run" 1
	[ "$(last_run)" = failed ]
	run -66 process-feed --run 99 1
	run -64 process-feed --run x 1
}

@test "a feed's own map lies in the store" {
	jq '.fields.title = {"template": "Own {title}"}' \
		"$ROOT/share/feeds/indeed.json" | pg-store feed set --own-map - 1
	run -1 process-feed 1
	[ "$(sql "select count(*) > 50 from jobmill.jobs where title like 'Own %'")" = t ]
	echo '{"record": 7}' | pg-store feed set --own-map - 1
	run -78 process-feed 1
	[ "$(last_run)" = failed ]
	sql "update jobmill.feeds set options = '{}'" >/dev/null
	run -78 process-feed 1
	[[ $output == *"no map of its own"* ]]
	[ "$(last_run)" = failed ]
}

@test "through PgBouncer in transaction mode a run leaves the same" {
	command -v pgbouncer >/dev/null || skip "no pgbouncer here"
	run -1 process-feed 1
	same=$(digest)
	pg_fresh
	pg-store migrate
	pg-store feed add --map indeed sample "file://$PWD/feed.xml" >/dev/null
	bouncer_start
	export JOBMILL_RUNS=$PWD/other
	run -1 process-feed 1
	[ "$(digest)" = "$same" ]
	before=$(places)
	change_feed
	run -1 process-feed --full 1
	[ "$(last_run)" = succeeded ]
	[ "$(places)" != "$before" ]
	pg-store check
}

@test "an unknown feed is 66, a store that is away 75, and neither leaves a run" {
	run -66 process-feed 99
	DATABASE_URL="postgresql:///x?host=$PWD" JOBMILL_DB_WAIT=1 \
		run -75 process-feed 1
	[ "$(sql "select count(*) from jobmill.execution_reports")" -eq 0 ]
}

@test "--keep keeps the stream after every stage, and it goes on from there" {
	run -1 process-feed --keep 1
	cd runs/feed-1/1
	[ "$(wc -l <xml2jsonl.ndjson)" -eq 116 ]
	cmp <(job-route xml2jsonl.ndjson) route-status.ndjson
	cmp <(job-dedup route-status.ndjson) dedup-title.ndjson
	cmp <(job-route --final remember-function.ndjson) route-final.ndjson
}

@test "run folders of long ago go, the newest stay" {
	sql "alter table jobmill.execution_reports alter run_id restart with 100"
	mkdir -p runs/feed-1/{2..30}
	run -1 process-feed 1
	[ "$(find runs/feed-1 -mindepth 1 -maxdepth 1 -type d | wc -l)" -eq 20 ]
	[ -d runs/feed-1/100 ]
	[ -d runs/feed-1/30 ]
	[ ! -d runs/feed-1/2 ]
}

@test "a table for people adds up" {
	run -1 process-feed --report table 1
	[[ ${lines[0]} == 'feed 1 "sample", run 1: succeeded' ]]
	grep -E '^  in the feed +117$' <<<"$output"
	# What is left after the last row of the funnel is nothing.
	awk '/^  (refused|rejected|folded|archived|approved|manual)/ { n += $(NF > 2 ? 0 : 0) }
		/^  (refused|rejected|folded|archived|approved|manual)/ {
			for (i = 1; i <= NF; i++)
				if ($i ~ /^[0-9,]+$/) { left = $(i + 1); break }
		}
		END { exit left != "0" }' <<<"$output"
}

@test "the same feed under another name asks the model nothing" {
	run -1 process-feed 1
	pg-store feed add --map indeed again "file://$PWD/feed.xml"
	run -1 process-feed --report json 2
	jq -e '[.stages[] | .answered // 0] | add == 0' <<<"$output"
	jq -e '.store.created > 50' <<<"$output"
}

@test "--gate: a feed that shrank stops before the model is asked, and a guard says so" {
	run -1 process-feed --gate --report json 1
	jq -e '.status == "succeeded" and .stages.gate.in > 60
		and .stages.gate.in == .stages.gate.out' <<<"$output"
	before=$(places)
	awk '/<job>/ { n++ } n <= 60 || /<\/source>/' "$SAMPLES/indeed.xml" >feed.xml
	run -80 process-feed --gate --report json 1
	jq -e '.status == "failed" and (.because | test("guard"))
		and (.stages["enrich-industry"].in == 0)' <<<"${lines[-1]}"
	[ "$(places)" = "$before" ]
	# A setting of the feed does the same; the next run, let through, commits.
	pg-store feed set --options '{"gate":true}' 1
	run -80 process-feed 1
	pg-store feed set --accept shrink 1
	run -1 process-feed --report json 1
	jq -e '.status == "succeeded" and .store.closed > 0' <<<"$output"
}

@test "JOBMILL_NOTIFY hears of a run by its rule, and never fails it" {
	export JOBMILL_NOTIFY="jq -c '[.run_id, .status]' >>$PWD/told"
	run -1 process-feed 1
	[ ! -e told ]
	JOBMILL_NOTIFY_WHEN=always run -1 process-feed --full 1
	[ "$(cat told)" = '[2,"succeeded"]' ]
	echo '<!DOCTYPE html><html><body>Down</body></html>' >feed.xml
	run process-feed 1
	[ "$(tail -n 1 told)" = '[3,"failed"]' ]
	echo '<?xml version="1.0"?><source><publisher>x</publisher></source>' >feed.xml
	JOBMILL_NOTIFY_WHEN=on-guard run -80 process-feed 1
	[ "$(tail -n 1 told)" = '[4,"partial"]' ]
	JOBMILL_NOTIFY=false run -80 process-feed --full 1
}

@test "trace tells where in the feed a job stood, and one that only moved is no change" {
	run -1 process-feed 1
	id=$(sql "select source_id from jobmill.open_jobs order by 1 limit 1")
	line=$(pg-store trace --json "1:$id" | jq .record.position.line)
	run -0 pg-store trace "1:$id"
	[[ $output == *"line $line, byte "*" of the feed in run 1"* ]]
	# The element starts there.
	sed -n "${line}p" feed.xml | grep -q '<job'
	sed -n "$line,\$p" feed.xml | awk '{ print } /<\/job>/ { exit }' |
		grep -qF "$id"
	before=$(places)
	sed '2i\<!-- a line more -->' "$SAMPLES/indeed.xml" >feed.xml
	run -1 process-feed --report json 1
	jq -e '.status == "succeeded" and .store.unchanged > 60' <<<"$output"
	[ "$(places)" = "$before" ]
}

@test "JOBMILL_SNAPSHOTS keeps the feed as it came, of the last runs" {
	local day

	for day in 1 2 3; do
		JOBMILL_SNAPSHOTS=2 run -1 process-feed --full 1
	done
	[ ! -e runs/feed-1/1/feed.raw ]
	cmp feed.xml runs/feed-1/2/feed.raw
	cmp feed.xml runs/feed-1/3/feed.raw
	run -1 process-feed --full 1
	[ -z "$(find runs -name feed.raw)" ]
	JOBMILL_SNAPSHOTS=some run -78 process-feed 1
}
