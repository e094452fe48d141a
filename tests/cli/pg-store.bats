#!/usr/bin/env bats
# What pg-store promises on the command line, with a real PostgreSQL.
# shellcheck disable=SC2030,SC2031,SC2154,SC2016
load ../support/common
load ../support/store

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	export JOBMILL_DB_WAIT=0
}

teardown() {
	bouncer_stop
}

@test "migrate makes the schema once, and --dry-run says what is missing" {
	pg_fresh
	run -2 pg-store migrate --dry-run
	[ "${lines[0]}" = 001_store.sql ]
	run -0 --separate-stderr pg-store migrate
	[ -z "$output$stderr" ]
	run -0 pg-store migrate --dry-run
	[ -z "$output" ]
	run -0 pg-store migrate
	[ "$(sql 'select count(*) from jobmill.migrations')" = \
		"$(find "$ROOT/share/sql" -name '[0-9]*.sql' | wc -l)" ]
}

@test "every table and every column says what it is" {
	store_fresh
	run -0 sql "select c.relname, a.attname from pg_class c
		join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
		where c.relnamespace = 'jobmill'::regnamespace
		and c.relkind in ('r', 'p') and not c.relispartition
		and (obj_description(c.oid) is null
			or col_description(c.oid, a.attnum) is null)"
	[ -z "$output" ]
	# A table that is a route, and functions, too.
	run -0 sql "select relname from pg_class where relkind = 'r'
		and relnamespace = 'jobmill'::regnamespace
		and obj_description(oid) is null
		union all select proname from pg_proc
		where pronamespace = 'jobmill'::regnamespace
		and obj_description(oid) is null"
	[ -z "$output" ]
}

@test "what may be long is packed by lz4" {
	store_fresh
	sql "create table t (x text compression lz4)" ||
		skip "the server has no lz4"
	run -0 sql "select attrelid::regclass, attname from pg_attribute a
		join pg_class r on r.oid = attrelid and relkind in ('r', 'p')
		where relnamespace = 'jobmill'::regnamespace and attnum > 0
		and not attisdropped and attstorage in ('x', 'm')
		and attcompression <> 'l'"
	[ -z "$output" ]
}

@test "no table shows a row to a stranger" {
	store_fresh
	run -0 sql "select relname from pg_class where relkind in ('r', 'p')
		and relnamespace = 'jobmill'::regnamespace
		and not relrowsecurity"
	[ -z "$output" ]
}

@test "a migration that was changed after it was applied is refused" {
	store_fresh
	mkdir -p share/sql
	cp "$ROOT"/share/sql/*.sql share/sql
	echo '-- more' >>share/sql/001_store.sql
	JOBMILL_SHARE=$PWD/share run -78 pg-store migrate
	[[ $output == *"changed after it was applied"*001_store.sql* ]]
}

@test "a migration that fails leaves nothing" {
	pg_fresh
	mkdir -p share/sql
	cp "$ROOT/share/sql/001_store.sql" share/sql
	echo 'create table t (x int); select 1 / 0;' >share/sql/002_bad.sql
	JOBMILL_SHARE=$PWD/share run -70 pg-store migrate
	[[ $output == *002_bad.sql* ]]
	[ "$(sql "select to_regnamespace('jobmill') is null")" = t ]
}

@test "a store without a schema is named so, with what to do" {
	pg_fresh
	run -78 pg-store feed list
	[[ $output == *"see=\"pg-store migrate\""* ]]
}

@test "no store, a missing database, a stranger and a closed door differ" {
	pg_fresh
	url=$DATABASE_URL
	unset DATABASE_URL
	run -78 pg-store feed list
	[[ $output == *DATABASE_URL* ]]
	DATABASE_URL=${url/t_/no_such_} run -78 pg-store feed list
	[[ $output == *"does not exist"* ]]
	DATABASE_URL=${url/user=jobmill/user=nobody_at_all} \
		run -77 pg-store feed list
	DATABASE_URL=postgresql://u@127.0.0.1:1/x run -75 pg-store feed list
}

@test "a password is never shown, not even of a URL that is none" {
	for url in postgresql://u:geheim@127.0.0.1:1/x "host=/x password=geheim=" \
		"postgresql://u:geheim@[::1" "x geheim"; do
		DATABASE_URL=$url run pg-store -v feed list
		DATABASE_URL=$url run pg-store feed list -vv
		[ "$status" -ge 75 ]
		[[ $output != *geheim* ]]
	done
}

@test "a feed is added, shown, changed, listed and removed" {
	pg_fresh
	pg-store migrate
	run -0 pg-store feed add --map indeed acme https://u:p@e.example/f.xml
	[ "$output" = 1 ]
	run -73 pg-store feed add acme https://other.example
	[ "$(pg-store feed show acme | jq -r .url)" = https://u:p@e.example/f.xml ]
	[ "$(pg-store feed list | jq -r .url)" = 'https://***@e.example/f.xml' ]
	run -0 pg-store feed add --replace acme https://new.example
	[ "$output" = 1 ]
	[ "$(pg-store feed show 1 | jq -r '.url + .map')" = \
		https://new.exampleindeed ]
	[ "$(pg-store feed add --id 7 other u)" = 7 ]
	[ "$(pg-store feed add third u)" = 8 ]
	run -73 pg-store feed add --id 7 fourth u
	pg-store feed set 1 --misses 3 --max-close 12.5 --confirm-after 2h \
		--accept shrink,empty --bypass yes --load delta
	pg-store feed disable acme
	[ "$(pg-store feed show 1 | jq -c '[.misses, .max_close,
		.confirm_after, .accept, .bypass_filters, .load, .enabled]')" = \
		'[3,12.5,7200,["shrink","empty"],true,"delta",false]' ]
	pg-store feed enable 1
	[ "$(pg-store feed show 1 | jq .enabled)" = true ]
	pg-store feed remove 8
	run -66 pg-store feed show 8
	run -64 pg-store feed add 99 u
	run -64 pg-store feed set 1 --accept nonsense
}

@test "a feed with jobs is removed only on demand, and wholly" {
	store_fresh
	records A B | store_run
	run -73 pg-store feed remove 1
	pg-store feed remove --with-jobs 1
	for table in jobs job_sources feeds execution_reports; do
		[ "$(sql "select count(*) from jobmill.$table")" = 0 ]
	done
}

@test "a feed has one run at a time" {
	store_fresh
	run -0 pg-store begin 1
	[ "$output" = 1 ]
	run -75 pg-store begin 1
	[[ $output == *"under way run=1 "* ]]
	pg-store abort 1
	[ "$(pg-store begin 1)" = 2 ]
	run -66 pg-store begin 5
	run -64 pg-store begin acme
}

@test "of many that begin at once, one does" {
	store_fresh
	for i in 1 2 3 4 5 6; do
		pg-store begin 1 >began.$i 2>/dev/null 3>&- &
	done
	wait
	[ "$(cat began.*)" = "$(sql "select run_id from
		jobmill.execution_reports where status = 'running'")" ]
}

@test "a run that has gone silent is taken over, and can't commit any more" {
	store_fresh
	first=$(pg-store begin 1)
	records A | pg-store stage "$first"
	sql "update jobmill.execution_reports
		set heartbeat_at = now() - interval '10 minutes'" >/dev/null
	run -0 pg-store begin 1
	[[ $output == *"gone silent run=1"* ]]
	second=${lines[-1]}
	[ "$(sql "select status from jobmill.execution_reports
		where run_id = $first")" = failed ]
	run -69 pg-store commit "$first"
	records B | pg-store stage "$second"
	pg-store commit "$second" >/dev/null
	run -80 pg-store commit "$first"
	[[ $output == *"later run"* ]]
	[ "$(open_ids)" = B ]
	pg-store check
}

@test "a heartbeat keeps a run alive, as long as the run and its parent live" {
	store_fresh
	pg-store begin 1
	sql "update jobmill.execution_reports
		set heartbeat_at = now() - interval '10 minutes'" >/dev/null
	pg-store heartbeat 1
	run -75 pg-store begin 1
	bash -c 'pg-store heartbeat --follow --every 100ms --parent $$ 1 &
		echo $! >pid' 3>&-
	wait_for gone "$(<pid)"
	pg-store abort 1
	run -69 pg-store heartbeat 1
	[[ $output == *"not running"* ]]
}

@test "records come out of the store byte for byte" {
	store_fresh
	cat >in <<-'E'
	{ "feed_id":1 , "source_id":"\u0041","n":1.10,"big":123456789012345678901234567890,"e":1e400, "s":"\u00e9\/é\ud83d\ude00𝄞\t\\N\\.","t":"a,b\"c","route":"approved","route_reason":"confident"}
	{"source_id":"B","feed_id":1,"merged":[],"html":"<p>'; drop table jobs; --%s%n</p>","null":null,"route":"approved","route_reason":"confident"}
	E
	store_run <in
	pg-store list open_jobs >listed
	[ "$(tail -n 1 listed)" = '{"_done":{"records":2}}' ]
	head -n 2 listed | sed -E 's/,"job_id":"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"\}$/}/' |
		cmp - in
	[ "$(sql "select source_id from jobmill.job_sources order by 1")" = \
		$'A\nB' ]
}

@test "a character of every plane comes back; 100 MB of text is a dead letter, or is kept" {
	store_fresh
	jq -nc '{feed_id: 1, source_id: "planes", route: "approved",
		route_reason: "test",
		description: ([range(17) | . * 65536 + 64512, . * 65536 + 65533
			| select(. < 55296 or . > 57343)] | implode)}' >in
	jq -nc '{feed_id: 1, source_id: "format", route: "approved",
		route_reason: "test", title: "%s%n$1{}\\\u0027; --",
		description: "COPY t FROM stdin;\n\\.\n"}' >>in
	run=$(pg-store begin 1)
	{
		cat in
		printf '{"feed_id":1,"source_id":"big","route":"approved","route_reason":"test","description":"'
		head -c 104857600 /dev/zero | tr '\0' x
		echo '"}'
	} >all
	run -1 --separate-stderr pg-store stage --dead dead "$run" all
	[[ $stderr == *"record refused line=3 "* ]]
	run -0 pg-store stage --max-record 200M "$run" all
	pg-store commit "$run" >/dev/null
	pg-store list open_jobs >listed
	[ "$(tail -n 1 listed)" = '{"_done":{"records":3}}' ]
	for id in planes format; do
		diff <(jq -c --arg id $id 'select(.source_id == $id)' in) \
			<(grep -v '"source_id":"big"' listed | jq -c --arg id $id \
				'select(.source_id == $id) | del(.job_id)')
	done
	[ "$(sql "select length(record ->> 'description') from jobmill.open_jobs
		where source_id = 'big'")" = 104857600 ]
}

@test "what can't be stored is a dead letter, the rest is stored" {
	store_fresh
	pg-store begin 1
	long=$(printf '%01001d' 0)
	{
		records A
		records B | jq -c '.feed_id = 2'
		records C | jq -c 'del(.source_id)'
		records D | jq -c '.source_id = ""'
		records E | jq -c --arg id "$long" '.source_id = $id'
		records F | jq -c 'del(.route)'
		records G | jq -c '.route = "../etc"'
		records H | jq -c '.merged = [{"url": "u"}]'
		echo '{"feed_id":1,"source_id":"\u0000","route":"approved"}'
		records Z
	} >in
	run -1 --separate-stderr pg-store stage --dead dead 1 in
	[ "${#stderr_lines[@]}" -eq 8 ]
	[ "$(jq -r .error dead | sed -n 1,7p)" = "feed_id is not that of the run
source_id is missing or no string
source_id is missing or no string
source_id is longer than 1000 bytes
no route: job-route --final comes first
route is none of the four
a merged job has no usable source_id" ]
	pg-store commit 1 >/dev/null
	[ "$(open_ids)" = $'A\nZ' ]
}

@test "odd numbers, dates and codes are stored as text, not as columns" {
	store_fresh
	records A | jq -c '.expires_at = "soon" | .posted_at = 5
		| .ai_industry.code = 7 | .ai_job_function = "x"' |
		sed 's/"ai_confidence":0.9/"ai_confidence":1e-99999999/' |
		store_run
	[ "$(sql "select ai_confidence is null and expires_at is null
		and posted_at is null and industry_code is null
		from jobmill.jobs")" = t ]
	[[ $(pg-store list open_jobs) == *'"ai_confidence":1e-99999999'* ]]
}

@test "confidence is a column with four decimals" {
	store_fresh
	for n in 0 0.0 1 1.0 0.86 0.8599999 0.5001 0.00019; do
		records "$n" | sed "s/\"ai_confidence\":0.9/\"ai_confidence\":$n/"
	done | store_run
	[ "$(sql "select string_agg(source_id || '=' || ai_confidence, ' '
		order by source_id) from jobmill.jobs")" = \
		"0=0 0.0=0 0.00019=0.0001 0.5001=0.5001 0.8599999=0.8599 0.86=0.86 1=1 1.0=1" ]
}

@test "of records with one key the first stays, and the others are counted" {
	store_fresh
	pg-store begin 1
	export JOBMILL_RUN_DIR=$PWD
	{
		records A B
		records A | jq -c '.title = "second"'
		records A | jq -c '.title = "third"'
	} | pg-store stage 1 2>/dev/null
	jq -e '.in == 4 and .out == 2 and .merged == 2 and .staged == 2
		and .duplicates == 2' stage.stats
	pg-store commit --stages stage 1 >/dev/null
	[ "$(pg-store list open_jobs | jq -r '.title // empty')" = $'T A\nT B' ]
	run -0 pg-store report 1
	[[ $output =~ folded\ +0$'\n'\ +repeated\ +2\ +one\ source_id\ again ]]
	[[ $(pg-store report --html 1) == *'one source_id again'* ]]
}

@test "an unchanged feed writes no job row" {
	store_fresh
	records A B C | jq -c '.ai = {industry: {cached: false}}' | store_run
	before=$(rows)
	records A B C | jq -c '{ai: {industry: {cached: true}}} + .' >in
	store_run <in
	[ "$(rows)" = "$before" ]
	[ "$(report 2 '[.created, .changed, .unchanged, .closed]')" = \
		'[0,0,3,0]' ]
}

@test "only what differs is written, moved or closed, and each is told" {
	store_fresh
	{
		records A B C D E
		records R | jq -c '.route = "rejected" | .route_reason = "no_url"'
	} | store_run
	before=$(rows | grep -E ' (A|R)$')
	{
		records A
		records B | jq -c '.url = "https://new"'
		records C | jq -c '.route = "manual_review" | .route_reason = "unsure"'
		records D | jq -c '.status = "closed" | .route = "rejected"
			| .route_reason = "closed"'
		records R | jq -c '.route = "rejected" | .route_reason = "no_url"'
		records N
	} | store_run --max-close 100
	[ "$(rows | grep -E ' (A|R)$')" = "$before" ]
	[ "$(report 2 '[.created, .changed, .moved, .unchanged, .closed]')" = \
		'[1,1,1,2,2]' ]
	[ "$(places)" = "A approved confident
B approved confident
C manual_review unsure
D rejected closed
E rejected gone
N approved confident
R rejected no_url" ]
	[ "$(sql "select kind, reason, fields from jobmill.job_events
		order by kind, reason, fields")" = "changed|confident|{url}
closed|closed|{route,route_reason,status}
closed|gone|
moved|unsure|{route,route_reason}" ]
	pg-store check
}

@test "a job that comes back has its old job_id" {
	store_fresh
	records A B C D | store_run
	before=$(ids)
	records A B C | store_run
	[ "$(open_ids)" = $'A\nB\nC' ]
	records A B C D | store_run
	[ "$(ids)" = "$before" ]
	[ "$(report 3 .reopened)" = 1 ]
	[ "$(sql "select count(*) from jobmill.jobs")" = 4 ]
	pg-store check
}

@test "a job whose own ad is over goes on with its other ads" {
	store_fresh
	over() {
		records "$1" | closed
	}
	records A | merged B C | store_run
	job=$(id_of A)
	{ over A; records B | merged C; } | store_run --max-close 100
	[ "$(ids)" = "B $job" ]
	[ "$(report 2 '[.created, .changed, .closed]')" = '[1,1,0]' ]
	# Nor does it matter in which order they come, or that it comes back.
	{ records C; over A; over B; } | store_run --max-close 100
	[ "$(ids)" = "C $job" ]
	records A | merged B C | store_run --max-close 100
	[ "$(ids)" = "A $job" ]
	# All of them over: then it is closed.
	{ over A; over B; over C; } | store_run --max-close 100
	[ -z "$(ids)" ]
	before=$(rows)
	{ over A; over B; over C; } | store_run --max-close 100
	[ "$(rows)" = "$before" ]
	pg-store check
}

@test "with --misses a job is closed when it was missed so often in a row" {
	store_fresh
	pg-store feed set 1 --misses 2
	records A B C D | store_run
	records A B C | store_run
	[ "$(open_ids)" = $'A\nB\nC\nD' ]
	[ "$(report 2 .missed)" = 1 ]
	records A B C D | store_run
	records A B C | store_run
	[ "$(open_ids)" = $'A\nB\nC\nD' ]
	records A B C | store_run
	[ "$(open_ids)" = $'A\nB\nC' ]
}

@test "a job keeps its job_id while one of its members lives" {
	store_fresh
	records A | merged B C | store_run
	id=$(ids | cut -d' ' -f2)
	# Another one speaks for it.
	records B | merged C | store_run --max-close 100
	[ "$(ids)" = "B $id" ]
	records C | store_run --max-close 100
	[ "$(ids)" = "C $id" ]
	[ "$(sql 'select count(*) from jobmill.jobs')" = 1 ]
	# All of it leaves, and one comes back.
	{ records X | store_run --max-close 100; }
	records A X | store_run --max-close 100
	[[ $(ids) == *"A $id"* ]]
	pg-store check
}

@test "what comes back has the job_id that was on the site, not one that never lived" {
	store_fresh
	records A | merged B | store_run
	job=$(id_of A)
	{ records A | closed; records B X; } | store_run --max-close 100
	over=$(id_of A)
	[ "$(ids | head -n 1)" = "B $job" ]
	[ "$over" != "$job" ]
	records X | store_run --max-close 100
	{ records A | merged B; records X; } | store_run
	[ "$(ids | head -n 1)" = "A $job" ]
	[ "$(sql "select closed_at is not null from jobmill.jobs
		where job_id = '$over'")" = t ]
	# An own one that never lived is better than none.
	{ records A C | closed; records B X; } | store_run --max-close 100
	over=$(id_of C)
	records X C | store_run --max-close 100
	[ "$(ids | head -n 1)" = "C $over" ]
	pg-store check
}

@test "of jobs that were on the site the one that was latest comes back" {
	store_fresh
	records A B X | store_run
	b=$(id_of B)
	records B X | store_run --max-close 100
	records X | store_run --max-close 100
	{ records A | merged B; records X; } | store_run
	[ "$(ids | head -n 1)" = "A $b" ]
	pg-store check
	# One that a person took off the site left it then.
	store_fresh
	records A B X | store_run
	b=$(id_of B)
	pg-store review reject "$(id_of A)" >/dev/null
	records A X | store_run --max-close 100
	records X | store_run --max-close 100
	{ records A | merged B | jq -c '.content_hash = "new"'; records X; } |
		store_run
	[ "$(ids | head -n 1)" = "A $b" ]
	pg-store check
}

@test "jobs that become one go on as the one that is on the site" {
	store_fresh
	unsure='.route = "manual_review" | .route_reason = "unsure"'
	{ records A C | jq -c "$unsure"; records B D; } | store_run
	a=$(id_of A) b=$(id_of B) c=$(id_of C)
	pg-store review reject "$c" >/dev/null
	{ records A | merged B; records C | merged D; } |
		store_run --max-close 100
	# A verdict on the text of the one that speaks for it goes before that.
	[ "$(ids)" = "A $b
C $c" ]
	[ "$(places | grep -c 'rejected merged')" = 2 ]
	[ "$(report 2 '[.created, .changed, .closed]')" = '[0,2,2]' ]
	[ "$(sql "select route_reason from jobmill.jobs
		where job_id = '$a'")" = merged ]
	pg-store check
	# Whoever speaks for them.
	store_fresh
	{ records B | jq -c "$unsure"; records C; } | store_run
	c=$(id_of C)
	records A | merged B C | store_run --max-close 100
	[ "$(ids)" = "A $c" ]
	pg-store check
}

@test "jobs that become one leave one job_id, and their ads belong to it" {
	store_fresh
	records A B C | store_run
	a=$(ids | sed -n 's/^A //p')
	records A | merged B C | store_run
	[ "$(open_ids)" = A ]
	[ "$(ids | sed -n 's/^A //p')" = "$a" ]
	[ "$(sql "select distinct job_id from jobmill.job_sources")" = "$a" ]
	[ "$(places | grep -c 'rejected merged')" = 2 ]
	pg-store check
	# And part again: the others are jobs of their own.
	records A B C | store_run
	[ "$(open_ids)" = $'A\nB\nC' ]
	[ "$(ids | sed -n 's/^A //p')" = "$a" ]
	[ "$(sql "select count(distinct job_id) from jobmill.job_sources")" = 3 ]
	pg-store check
}

@test "when many records claim many jobs, each gets one" {
	store_fresh
	{
		records A | merged B C
		records D | merged E F
	} | store_run
	{
		records C | merged F
		records B | merged E
		records G | merged A
	} | store_run --max-close 100
	[ "$(sql "select count(*), count(distinct job_id) from jobmill.jobs
		where closed_at is null")" = '3|3' ]
	[ "$(sql "select count(*) from jobmill.jobs")" = 3 ]
	pg-store check
}

@test "an ad that is a record of its own does not belong to one that names it" {
	store_fresh
	{
		records A | merged B
		records B
	} | store_run
	[ "$(sql "select count(distinct job_id) from jobmill.job_sources")" = 2 ]
	pg-store check
}

@test "a partial run closes nothing" {
	store_fresh
	records A B C | store_run
	records A N | store_run --partial --reason "the feed broke off"
	[ "$(open_ids)" = $'A\nB\nC\nN' ]
	[ "$(report 2 '[.status, .error_summary]')" = \
		'["partial","the feed broke off"]' ]
	# Not even a job whose ad it says is over, nor one of several ads.
	{ records A | merged M1 M2; records B C N; } | store_run
	{ records A N | closed; records B; } | store_run --partial
	[ "$(open_ids)" = $'A\nB\nC\nN' ]
	[ "$(report 4 '[.status, .closed, .missed]')" = '["partial",0,3]' ]
	pg-store check
}

@test "an empty feed closes nothing until a person accepts it" {
	store_fresh
	records A B | store_run
	run -80 store_run </dev/null
	[[ $output == *"empty: no record, and 2 live jobs"* ]]
	[ "$(open_ids)" = $'A\nB' ]
	[ "$(report 2 '[.status, .guards[0].guard]')" = '["partial","empty"]' ]
	pg-store commit --accept empty 2 >/dev/null
	[ -z "$(open_ids)" ]
	[ "$(report 2 '[.status, .closed]')" = '["succeeded",2]' ]
	pg-store check
}

@test "an empty feed without jobs is no alarm" {
	store_fresh
	store_run </dev/null
	[ "$(report 1 .status)" = '"succeeded"' ]
}

@test "more than the allowed share gone closes nothing, the rest is stored" {
	store_fresh
	records {A..J} | store_run
	records {A..G} N | store_run
	[ "$(report 2 .closed)" = 3 ]
	run -80 store_run < <(records {A..E} X)
	[[ $output == *"shrink: 3 of 8 live jobs are gone"* ]]
	[ "$(open_ids | tr -d '\n')" = ABCDEFGNX ]
	# And jobs that the feed itself calls closed count as well.
	run -80 store_run < <(records {A..G} | jq -c '.status = "closed"
		| .route = "rejected" | .route_reason = "closed"')
	[ "$(open_ids | tr -d '\n')" = ABCDEFGNX ]
	records {A..E} X | store_run --max-close 50
	[ "$(open_ids | tr -d '\n')" = ABCDEX ]
	pg-store check
}

@test "a second run that shows the same, late enough, is believed" {
	store_fresh
	records {A..J} | store_run
	run -80 store_run < <(records {A..E})
	run -80 store_run < <(records {A..E})
	[ "$(open_ids | wc -l)" -eq 10 ]
	waiting "7 hours"
	# Not the same: the wait begins anew.
	run -80 store_run < <(records A)
	run -80 store_run < <(records {A..E})
	waiting "7 hours"
	records {A..E} | store_run
	[ "$(open_ids | tr -d '\n')" = ABCDE ]
	[ "$(sql 'select guard is null from jobmill.feeds')" = t ]
	pg-store check
}

@test "a feed that recovers forgets what waited" {
	store_fresh
	records {A..J} | store_run
	run -80 store_run </dev/null
	records {A..J} | store_run
	waiting "7 hours"
	run -80 store_run </dev/null
	[ "$(open_ids | wc -l)" -eq 10 ]
}

@test "a guard is switched off for a feed, and back on" {
	store_fresh
	pg-store feed set 1 --accept empty
	records A B | store_run
	store_run </dev/null
	[ -z "$(open_ids)" ]
	[ "$(report 2 '.guards[0] | [.guard, .accepted]')" = '["empty",true]' ]
	pg-store feed set 1 --accept none
	records A B | store_run
	run -80 store_run </dev/null
}

@test "too many refused records close nothing" {
	store_fresh
	mkdir run
	export JOBMILL_RUN_DIR=$PWD/run
	records {A..J} | store_run --stages stage
	run -80 store_run --stages stage < <(records {A..I}; echo nonsense)
	[[ $output == *"dead: 1 of 10 records were refused, 5% may"* ]]
	[ "$(open_ids | wc -l)" -eq 10 ]
	records {A..I} | store_run --stages stage
	[ "$(open_ids | wc -l)" -eq 9 ]
}

@test "a field that used to be filled and now is not closes nothing" {
	store_fresh
	mkdir run
	export JOBMILL_RUN_DIR=$PWD/run
	records {A..Z} | store_run --stages stage
	run -80 store_run --stages stage < <(records {A..Y} | jq -c '.url = ""')
	[[ $output == *"drift: url 100%->0%"* ]]
	[ "$(open_ids | wc -l)" -eq 26 ]
	pg-store commit --stages stage --accept drift 2 >/dev/null
	[ "$(open_ids | wc -l)" -eq 25 ]
	# That is how the feed is now.
	records {A..Y} | jq -c '.url = ""' | store_run --stages stage
}

@test "the gate stops a feed that shrank before anything is paid for" {
	store_fresh
	records {A..J} | store_run
	pg-store begin 1
	records {A..J} >in
	pg-store gate 2 in | cmp - in
	run -80 --separate-stderr pg-store gate 2 < <(records {A..D})
	[ -z "$output" ]
	[[ $stderr == *"shrink: 6 of 10 live jobs are gone"* ]]
	pg-store gate --accept shrink 2 < <(records A) | cmp - <(records A)
	run -80 pg-store gate 2 </dev/null
	waiting "7 hours"
	[ -z "$(pg-store gate 2 </dev/null)" ]
	pg-store stage 2 </dev/null
	pg-store commit 2 >/dev/null
	[ -z "$(open_ids)" ]
}

@test "a delta closes only what it names" {
	store_fresh
	records A B C | store_run
	{
		records N
		records B | closed
	} | store_run --delta
	[ "$(open_ids)" = $'A\nC\nN' ]
	pg-store feed set 1 --load delta
	store_run </dev/null
	[ "$(open_ids)" = $'A\nC\nN' ]
}

@test "a delta closes a job when all its ads are named over, one by one" {
	store_fresh
	records A | jq -c '.locations = [{city: "X"}, {city: "Y"}, {city: "Z"}]
		| .is_multi_location = true | .cpc = 1.5
		| .merged_own = {locations: 1, salary_min: 5} | .merged = [
		{source_id: "B", url: "https://b.example", locations: [{city: "Y"}]},
		{source_id: "C", url: "https://c.example", cpc: 2.0,
			locations: [{city: "Z"}]}]' >three
	store_run <three
	job=$(id_of A)
	shown() {
		sql "select record from jobmill.jobs where job_id = '$job'" |
			jq -c '[.source_id, .url, .cpc, .is_multi_location,
			[.locations[].city], [.merged // [] | .[].source_id],
			.merged_own]'
	}
	# Its own ad: the next one speaks for it, with its own link and place.
	records A | closed | store_run --delta
	[ "$(ids)" = "B $job" ]
	[ "$(shown)" = '["B","https://b.example",null,true,["Y","Z"],["C"],{"locations":1,"salary_min":5}]' ]
	[ "$(report 2 '[.created, .changed, .closed, .missed]')" = '[0,1,0,0]' ]
	[[ $(pg-store trace "$job") == *"earlier    A, over since 2"* ]]
	# It is no news the second time, and comes back as it was.
	records A | closed | store_run --delta
	[ "$(ids)" = "B $job" ]
	store_run --delta <three
	[ "$(ids)" = "A $job" ]
	[ "$(sql "select count(*) from jobmill.job_sources
		where closed_at is null")" = 3 ]
	# Another's, and then both that are left.
	records C | closed | store_run --delta
	[ "$(shown)" = '["A","https://e.example/A",1.5,true,["X","Y"],["B"],{"locations":1,"salary_min":5}]' ]
	records B | closed | store_run --delta
	[ "$(shown)" = '["A","https://e.example/A",1.5,false,["X"],[],null]' ]
	pg-store check
	records A | closed | store_run --delta
	[ -z "$(ids)" ]
	pg-store check
	# All of them at once.
	store_run --delta <three
	[ "$(ids)" = "A $job" ]
	records A B C | closed | store_run --delta
	[ -z "$(ids)" ]
	pg-store check
}

# ad ID CITY [FILTER]: an ad of a nurse somewhere, as a delta brings it.
ad() {
	records "$1" | jq -c --arg city "$2" '.title = "Nurse"
		| .description = ([range(70)] | join(" ")) | .content_hash = "h"
		| .locations = [{city: $city}]'" ${3:+| $3}"
}

# three: such ads in three places, folded into one.
three() {
	ad A X '.cpc = 1.5 | .locations += [{city: "Y"}, {city: "Z"}]
		| .is_multi_location = true | .merged_own = {locations: 1}
		| .merged = [{source_id: "B", url: "https://e.example/B",
			cpc: 2.5, locations: [{city: "Y"}]},
		{source_id: "C", url: "https://e.example/C",
			locations: [{city: "Z"}], rule: "description"}]'
}

# shown: the live jobs as the site has them.
shown() {
	sql "select record from jobmill.jobs where closed_at is null
		order by source_id" | jq -c '[.source_id, .title, .url, .cpc,
		.is_multi_location, [.locations[].city],
		[.merged // [] | .[] | .source_id, .url, .cpc,
			[.locations[].city]], .merged_own.locations]'
}

@test "a delta that names one ad of a job leaves the others with it" {
	store_fresh
	three | store_run
	job=$(id_of A)
	# The one that speaks for it: its link, its price and its place.
	ad A W '.url = "https://new.example" | .cpc = 1.1' >a
	store_run --delta <a
	[ "$(shown)" = '["A","Nurse","https://new.example",1.1,true,["W","Y","Z"],["B","https://e.example/B",2.5,["Y"],"C","https://e.example/C",null,["Z"]],1]' ]
	[ "$(ids)" = "A $job" ]
	[ "$(report 2 '[.created, .changed, .unchanged, .closed]')" = '[0,1,0,0]' ]
	[ "$(sql "select fields from jobmill.job_events where run_id = 2")" = \
		'{cpc,locations,url}' ]
	[[ $(pg-store trace "$job") == *'member     B, https://e.example/B'* ]]
	[[ $(pg-store trace "$job") != *earlier* ]]
	# Once more: it is no news.
	before=$(rows)
	store_run --delta <a
	[ "$(rows)" = "$before" ]
	[ "$(report 3 '[.changed, .unchanged]')" = '[0,1]' ]
	# Another one: the job's own text stays, whatever the model says of that.
	ad C V '.url = "https://c.example" | .content_hash = "x"
		| .description += " and more" | .ai_confidence = 0.1
		| .route = "archived" | .route_reason = "unsure"' >c
	store_run --delta <c
	[ "$(shown)" = '["A","Nurse","https://new.example",1.1,true,["W","Y","V"],["B","https://e.example/B",2.5,["Y"],"C","https://c.example",null,["V"]],1]' ]
	[ "$(places)" = 'A approved confident' ]
	[ "$(report 4 '[.changed, .outcomes.approved.other_ads]')" = '[1,1]' ]
	before=$(rows)
	store_run --delta <c
	[ "$(rows)" = "$before" ]
	pg-store check
	# A new one with it, and one that is over.
	{
		ad A W '.merged = [{source_id: "D", url: "d",
			locations: [{city: "U"}]}] | .locations += [{city: "U"}]
			| .merged_own = {locations: 1}'
		ad B Y | closed
	} | store_run --delta
	[ "$(shown)" = '["A","Nurse","https://e.example/A",null,true,["W","V","U"],["C","https://c.example",null,["V"],"D","d",null,["U"]],1]' ]
	pg-store check
	# What is complete goes before all that.
	ad A X | store_run
	[ "$(shown)" = '["A","Nurse","https://e.example/A",null,null,["X"],[],null]' ]
	pg-store check
}

# as_dedup: the records on standard input, those of one role folded.
as_dedup() {
	jq -c 'del(.route, .route_reason)' | job-dedup |
		jq -c '. + {route: "approved", route_reason: "confident"}'
}

@test "by deltas, in whatever order, a job is what job-dedup makes of its ads" {
	local -A ads
	local cities=(X Y Z) ids=(9 10 A B C) id step
	what='[.source_id, .url, .cpc, (.is_multi_location // false), .locations,
		[.merged // [] | .[] | [.source_id, .url, .cpc, .locations]],
		(.merged_own.locations // (.locations | length))]'
	store_fresh
	RANDOM=5
	for id in "${ids[@]}"; do
		ads[$id]=$(ad "$id" "${cities[RANDOM % 3]}" ".cpc = $RANDOM")
	done
	printf '%s\n' "${ads[@]}" | as_dedup | store_run
	job=$(ids)
	job=${job#* }
	for step in {1..10}; do
		id=${ids[RANDOM % 5]}
		if ((RANDOM % 3 == 0 && ${#ads[@]} > 1)); then
			unset "ads[$id]"
			ad "$id" X | closed | store_run --delta
		else
			: >some
			for id in "$id" "${ids[RANDOM % 5]}"; do
				grep -q "\"source_id\":\"$id\"" some && continue
				ads[$id]=$(ad "$id" "${cities[RANDOM % 3]}" \
					".cpc = $RANDOM | .url = \"u$step\"")
				echo "${ads[$id]}" >>some
			done
			as_dedup <some | store_run --delta
		fi
		[ "$(sql "select record from jobmill.open_jobs" | jq -c "$what")" = \
			"$(printf '%s\n' "${ads[@]}" | as_dedup | jq -c "$what")" ]
		[ "$(sql "select job_id from jobmill.open_jobs")" = "$job" ]
	done
	pg-store check
}

@test "an ad that a delta makes another role leaves its job to the others" {
	store_fresh
	three | store_run
	job=$(id_of A)
	ad A X '.title = "Welder" | .content_hash = "w"' | store_run --delta
	[ "$(shown)" = '["A","Welder","https://e.example/A",null,null,["X"],[],null]
["B","Nurse","https://e.example/B",2.5,true,["Y","Z"],["C","https://e.example/C",null,["Z"]],1]' ]
	[ "$(id_of B)" = "$job" ]
	[ "$(report 2 '[.created, .changed, .closed]')" = '[1,1,0]' ]
	pg-store check
	# One that does not speak for it; more than one word of ten is too much.
	ad C Z '.description |= sub("1 2 3 4 5 6 7 8 "; "a b c d e f g h ")
		| .content_hash = "c"' | store_run --delta
	[ "$(shown | cut -c 1-12)" = '["A","Welder
["B","Nurse"
["C","Nurse"' ]
	[ "$(id_of B)" = "$job" ]
	pg-store check
	# Both in one file, and the rest of it is over.
	store_fresh
	three | store_run
	job=$(id_of A)
	{
		ad B Y '.title = "Welder" | .content_hash = "w"'
		ad C Z | closed
	} | store_run --delta
	[ "$(shown | jq -c '[.[0, 1], .[5]]')" = '["A","Nurse",["X"]]
["B","Welder",["Y"]]' ]
	[ "$(id_of A)" = "$job" ]
	pg-store check
}

@test "a job whose ad went to another one goes on with those that did not" {
	store_fresh
	for how in --delta --partial; do
		{ records A; records B | merged D; } | store_run --max-close 100
		job=$(sql "select job_id from jobmill.job_sources
			where source_id = 'D'")
		records A | merged B | store_run $how
		[ "$(sql "select source_id from jobmill.jobs
			where job_id = '$job' and closed_at is null")" = D ]
		pg-store check
	done
}

@test "an edited text of the ad that speaks for a job is the job's, in a delta too" {
	store_fresh
	three | jq -c '.ai_title = "Nurse (RN)"' | store_run
	job=$(id_of A)
	ad A X '.description |= sub("1 2 3 "; "a b c ") | .content_hash = "n"
		| .title = "RN" | .ai_title = "Nurse (RN)"' | store_run --delta
	[ "$(shown | jq -c '[.[0, 1], .[5]]')" = '["A","RN",["X","Y","Z"]]' ]
	[ "$(id_of A)" = "$job" ]
	# A person's verdict on the old text stays with the ads that have it.
	pg-store review reject "$job" >/dev/null
	ad A X '.title = "Welder" | .content_hash = "w"' | store_run --delta
	[ "$(places)" = 'A approved confident
B rejected reviewed' ]
	pg-store check
}

@test "of ads whose references are numbers the smallest one speaks for them" {
	store_fresh
	ad 9 X '.merged = [{source_id: "10", url: "u"}]' | store_run
	ad 10 Y | store_run --delta
	[ "$(shown | jq -c '[.[0], .[5:]]')" = \
		'["9",[["X","Y"],["10","https://e.example/10",null,["Y"]],1]]' ]
	# Nothing was known of its place before; now it is one of two.
	ad 9 X | closed | store_run --delta
	[ "$(shown | jq -c '[.[0], .[5:]]')" = '["10",[["Y"],[],null]]' ]
	pg-store check
}

@test "ads that a complete feed lacks do not keep a job alive in a delta" {
	store_fresh
	records A | merged B | store_run
	records A | store_run
	records A | closed | store_run --delta
	[ -z "$(ids)" ]
	pg-store check
}

# load_told WORD: a run whose feed has one new record and is of that kind.
load_told() {
	store_fresh
	rm -rf run
	mkdir run
	export JOBMILL_RUN_DIR=$PWD/run
	records A B C | store_run --stages stage
	echo '{"stage":"xml2jsonl","status":0,"in":1,"out":1,"merged":0,"dead":0,"load":"'"$1"'"}' \
		>run/xml2jsonl.stats
	records N | store_run --stages stage --accept shrink
	unset JOBMILL_RUN_DIR
}

@test "a feed that is a delta or a window, by xml2jsonl's counters, closes nothing" {
	load_told delta
	[ "$(open_ids)" = $'A\nB\nC\nN' ]
	load_told window
	[ "$(open_ids)" = $'A\nB\nC\nN' ]
	load_told snapshot
	[ "$(open_ids)" = N ]
}

@test "a live job that could not be enriched keeps its place and its answers" {
	store_fresh
	failed='.content_hash = "new" | del(.ai_confidence, .ai_industry)
		| .ai_error = {stage: "industry", kind: "unavailable"}
		| .route = "rejected" | .route_reason = "ai_failed"'
	records A B | store_run
	{
		records A | jq -c "$failed"
		records B
		records N | jq -c "$failed"
	} >in
	store_run <in
	[ "$(places)" = "A approved confident
B approved confident
N rejected ai_failed" ]
	[ "$(report 2 .stale)" = 1 ]
	[ "$(pg-store list open_jobs | jq -r 'select(.source_id == "A")
		| .content_hash')" = h-A ]
	# Again: nothing is new.
	before=$(rows)
	store_run <in
	[ "$(rows)" = "$before" ]
	records A B N | jq -c '.content_hash = "new"' | store_run
	[ "$(sql "select count(*) from jobmill.open_jobs
		where not stale and content_hash = 'new'")" = 3 ]
	pg-store check
}

@test "a verdict stands until the text changes, and closing goes before it" {
	store_fresh
	unsure='.route = "manual_review" | .route_reason = "unsure"'
	records A B C | jq -c "$unsure" | store_run
	[ "$(pg-store review list | jq -r .source_id)" = $'A\nB\nC' ]
	run -0 pg-store review approve --by ann --reason fine "$(id_of A)"
	[ "$(jq -c '[.verdict, .from, .to]' <<<"$output")" = \
		'["approved","manual_review","approved"]' ]
	pg-store list manual_review_jobs | jq -c 'select(.source_id == "B")
		| {job_id, by: "bob", reason: "spam"}' | pg-store review reject -
	# The feed brings the same, and a new url: the verdicts stand.
	records A B C | jq -c "$unsure" | store_run
	records A B C | jq -c "$unsure | .url = \"u\"" | store_run
	[ "$(places)" = "A approved reviewed
B rejected reviewed
C manual_review unsure" ]
	[ "$(pg-store list open_jobs | jq -r '.route // empty')" = approved ]
	records A B C | jq -c "$unsure | .content_hash = \"new\"" | store_run
	[ "$(places | grep -c manual_review)" = 3 ]
	pg-store review approve "$(id_of A)" >/dev/null
	records A B C | jq -c 'if .source_id == "A" then .status = "closed"
		| .route = "rejected" | .route_reason = "closed" else '"$unsure"'
		end | .content_hash = "new"' | store_run --max-close 100
	[ "$(places | head -n 1)" = "A rejected closed" ]
	[ "$(pg-store review log | jq -r '.reviewer' | head -n 2)" = $'ann\nbob' ]
	pg-store check
}

@test "a verdict can be taken back, and a closed job gets none" {
	store_fresh
	records A B | jq -c '.route = "manual_review"' | store_run
	pg-store review approve "$(id_of A)" >/dev/null
	pg-store review withdraw "$(id_of A)" >/dev/null
	[ "$(places | head -n 1)" = "A manual_review confident" ]
	id=$(id_of B)
	records A | jq -c '.route = "manual_review"' | store_run --max-close 100
	run -1 --separate-stderr pg-store review approve "$id" \
		00000000-0000-0000-0000-000000000000 "x'; drop table jobs"
	[ "${#stderr_lines[@]}" -eq 3 ]
	[ "$(jq -r .error <<<"$output" | tr '\n' ' ')" = \
		'closed not_found not_found ' ]
}

@test "a verdict about another text is no verdict, and undo brings edits back" {
	store_fresh
	records A B | jq -c '.route = "manual_review"' | store_run
	id=$(id_of A)
	verdict() {
		jq -cn --arg job_id "$id" "{\$job_id} + $2" |
			pg-store review "$1" - 2>/dev/null
	}
	run -1 verdict approve '{content_hash: "h-B"}'
	[ "$(jq -r .error <<<"$output")" = changed ]
	run -0 verdict approve '{content_hash: "h-A"}'
	[ "$(jq -r .to <<<"$output")" = approved ]
	verdict edit '{edits: {title: "One", n: 1.10}}'
	verdict edit '{edits: {title: "Two"}}'
	run -0 verdict withdraw '{edits: {title: "One", n: 1.10}}'
	[ "$(pg-store review show "$id" | jq -c '[.route, .title, .n]')" = \
		'["manual_review","One",1.1]' ]
	run -0 verdict withdraw '{keep_edits: true}'
	[ "$(pg-store review show "$id" | jq -r .title)" = One ]
	run -0 pg-store review withdraw --keep-edits "$id"
	[ "$(pg-store review show "$id" | jq -r .title)" = One ]
	run -1 verdict withdraw '{edits: {route: "approved"}}'
	verdict withdraw '{}'
	[ "$(pg-store review show "$id" | jq -r .title)" = 'T A' ]
	pg-store check
}

@test "a setting goes back to its default, and a feed has a map of its own" {
	store_fresh
	pg-store feed set --misses 3 --max-close 12.5 --confirm-after 1h 1
	pg-store feed set --unset misses,confirm-after 1
	[ "$(pg-store feed show 1 | jq -c '[.misses, .max_close,
		.confirm_after]')" = '[null,12.5,null]' ]
	run -64 pg-store feed set --unset name 1
	run -64 pg-store feed set --unset misses,,x 1
	pg-store feed set --options '{"other":1}' 1
	printf '{ "record": "a/b",\n "n": 1.10 }' >map.json
	pg-store feed set --own-map map.json 1
	[ "$(pg-store feed show 1 | jq -r '.map, .options.feed_map')" = \
		"own
$(<map.json)" ]
	pg-store feed set --own-map - 1 <<<'{"record":"c"}'
	[ "$(pg-store feed show 1 | jq -c .options.feed_map)" = \
		'"{\"record\":\"c\"}\n"' ]
	run -65 pg-store feed set --own-map - 1 <<<'[]'
	run -66 pg-store feed set --own-map nowhere 1
	run -64 pg-store feed set --own-map map.json --map indeed 1
	pg-store feed set --map indeed 1
	[ "$(pg-store feed show 1 | jq -c '[.map, .options]')" = \
		'["indeed",{"other":1}]' ]
}

@test "thresholds are proposed from the last verdict of each job" {
	for i in {1..199}; do
		verdict=approved
		((i > 100)) || verdict=rejected
		printf '{"review_id":%d,"job_id":"%d","verdict":"%s","ai_confidence":%s}\n' \
			"$i" "$i" "$verdict" "0.$(printf %04d $((i * 50)))"
	done >log
	echo '{"review_id":201,"job_id":"100","verdict":"edited","ai_confidence":0.1}' >>log
	run -0 "$ROOT/scripts/thresholds" 1 <log
	[ "$(jq -c '[.verdicts, .approve_from.at, .archive_below.at]' \
		<<<"$output")" = '[199,0.505,0.505]' ]
	run -0 "$ROOT/scripts/thresholds" 0.9 <log
	jq -e '.archive_below.at <= .approve_from.at' <<<"$output"
	run -64 "$ROOT/scripts/thresholds" 2 <log
}

@test "edits stand over the record until the text changes" {
	store_fresh
	records A | store_run
	id=$(id_of A)
	pg-store review edit --set '{"ai_title":"Nurse","n":1.10}' "$id" >/dev/null
	echo '{"job_id":"'"$id"'","edits":{"url":null}}' |
		pg-store review edit - >/dev/null
	records A | store_run
	run -0 pg-store review show "$id"
	[ "$(jq -c '[.ai_title, .url, .title]' <<<"$output")" = \
		'["Nurse",null,"T A"]' ]
	[[ $output == *'"n":1.10'* ]]
	for edits in '{"source_id":"x"}' '[]' '{' '{"route":"approved"}'; do
		run -64 pg-store review edit --set "$edits" "$id"
	done
	records A | jq -c '.content_hash = "new"' | store_run
	[ "$(pg-store review show "$id" | jq 'has("ai_title")')" = false ]
}

@test "a record that went missing between two stages fails the run" {
	store_fresh
	records A B | store_run
	mkdir run
	export JOBMILL_RUN_DIR=$PWD/run
	echo '{"stage":"job-route","status":0,"in":3,"out":3,"merged":0,"dead":0}' \
		>run/job-route.stats
	run -65 store_run --stages job-route,stage < <(records A N)
	[[ $output == *"job-route let 3 records out, stage took 2 in"* ]]
	[ "$(open_ids)" = $'A\nB' ]
	[ "$(report 2 '[.status, .error_summary]')" = \
		'["failed","job-route let 3 records out, stage took 2 in"]' ]
	pg-store check
}

@test "a stage that left no counters, or a bad status, fails the run" {
	store_fresh
	mkdir run
	export JOBMILL_RUN_DIR=$PWD/run
	run -65 store_run --stages job-route,stage < <(records A)
	[[ $output == *"job-route left no counters"* ]]
	echo '{"stage":"job-route","status":74,"in":1,"out":1}' \
		>run/job-route.stats
	run -65 store_run --stages job-route,stage < <(records A)
	[[ $output == *"job-route ended with 74"* ]]
	[ -z "$(open_ids)" ]
	[ "$(pg-store feed show 1 | jq -c '[.last_run_status,
		.consecutive_failure_count]')" = '["failed",2]' ]
}

@test "a run whose records were not staged to their end is refused" {
	store_fresh
	pg-store begin 1
	run -65 pg-store commit 1
	[[ $output == *"not staged to their end"* ]]
	pg-store begin 1
	mkfifo pipe
	pg-store stage 2 <pipe 3>&- &
	pid=$!
	exec 7>pipe
	records A >&7
	wait_for staging 2
	kill -9 "$pid"
	wait "$pid" || :
	exec 7>&-
	run -65 pg-store commit 2
	[ "$(sql 'select count(*) from jobmill.jobs')" = 0 ]
	pg-store check
}

@test "what the server has lost of the staged records fails the run" {
	store_fresh
	pg-store begin 1
	records A B | pg-store stage 1
	sql "delete from jobmill_stage.run_1 where source_id = 'A'" >/dev/null
	run -65 pg-store commit 1
	[[ $output == *"2 records were staged, 1 are there"* ]]
}

@test "abort leaves nothing but the report" {
	store_fresh
	records A | store_run
	before=$(rows)
	pg-store begin 1
	records B C | pg-store stage 2
	pg-store abort --status cancelled --reason "told so" 2
	[ "$(rows)" = "$before" ]
	[ "$(sql "select count(*) from pg_tables
		where schemaname = 'jobmill_stage'")" = 0 ]
	[ "$(report 2 '[.status, .error_summary]')" = '["cancelled","told so"]' ]
	run -69 pg-store commit 2
	pg-store abort 2
	[ "$(report 2 .status)" = '"cancelled"' ]
	run -66 pg-store abort 99
}

@test "a run is committed once" {
	store_fresh
	records A | store_run
	run -69 pg-store commit 1
	[[ $output == *"not running"*status=succeeded* ]]
}

@test "a run that is not modified is no failure" {
	store_fresh
	pg-store begin 1
	pg-store abort --status failed 1
	pg-store begin 1
	pg-store abort --status not_modified 2
	[ "$(pg-store feed show 1 | jq -c '[.last_run_status,
		.consecutive_failure_count]')" = '["not_modified",0]' ]
}

@test "a commit whose connection is cut is done again, once" {
	store_fresh
	records A B | store_run
	pg-store begin 1
	records A C | pg-store stage 2
	mkfifo hold
	psql -qAtX -d "$DATABASE_URL" <hold 3>&- &
	exec 7>hold
	echo 'begin; select from jobmill.feeds for update;' >&7
	wait_for locked jobmill.feeds
	pg-store commit --max-close 100 2 >out 2>err 3>&- &
	pid=$!
	wait_for waits
	sql "select pg_terminate_backend(pid) from pg_stat_activity
		where application_name = 'pg-store'" >/dev/null
	wait_for grep -q 'connecting again' err
	echo 'commit;' >&7
	exec 7>&-
	wait "$pid"
	[ "$(open_ids)" = $'A\nC' ]
	[ "$(jq -r .status out)" = succeeded ]
	pg-store check
}

# stage_held: run 1 stages what is written to descriptor 7; sets pid.
stage_held() {
	store_fresh
	pg-store begin 1
	mkfifo pipe
	pg-store stage 1 <pipe 2>err 3>&- &
	pid=$!
	exec 7>pipe
}

@test "a stage whose connection is cut goes on with what the server has" {
	stage_held
	records A >&7
	# So much that some of it is on its way before the end.
	for i in {1..40}; do
		records "A$i" | jq -c '.extra = {text: ("x" * 240000)}'
	done >&7
	wait_for some_staged 1
	sql "select pg_terminate_backend(pid) from pg_stat_activity
		where application_name = 'pg-store'" >/dev/null
	records B >&7
	exec 7>&-
	wait "$pid"
	grep -q 'connecting again' err
	pg-store commit 1 >/dev/null
	[ "$(open_ids | grep -c .)" = 42 ]
}

@test "a stage that waits for records has no connection, and needs none" {
	stage_held
	records A >&7
	wait_for staging 1
	wait_for eval '[[ $(sql "select count(*) from pg_stat_activity
		where application_name = '"'pg-store'"'") == 0 ]]'
	records B >&7
	exec 7>&-
	wait "$pid"
	[ ! -s err ]
	pg-store commit 1 >/dev/null
	[ "$(open_ids)" = $'A\nB' ]
}

@test "twenty feeds at once do not get in each other's way" {
	store_fresh
	for i in {2..20}; do pg-store feed add "feed-$i" u >/dev/null; done
	for i in {1..20}; do
		(
			run=$(pg-store begin "$i")
			records {A..T} | jq -c ".feed_id = $i" |
				pg-store stage "$run"
			pg-store commit "$run" >/dev/null
		) 2>"err.$i" 3>&- &
	done
	wait
	[ -z "$(cat err.*)" ]
	[ "$(sql "select count(*), count(distinct feed_id), count(distinct job_id)
		from jobmill.open_jobs")" = '400|20|400' ]
	pg-store check
}

@test "list prints a table of a feed, or of all, and counts" {
	store_fresh
	pg-store feed add two u
	records A B | store_run
	pg-store begin 2
	records A | jq -c '.feed_id = 2' | pg-store stage 2
	pg-store commit 2 >/dev/null
	[ "$(pg-store list open_jobs | tail -n 1)" = '{"_done":{"records":3}}' ]
	[ "$(pg-store list --feed 2 open_jobs | jq -c '[.feed_id, ._done.records]')" = \
		$'[2,null]\n[null,1]' ]
	records A | store_run --max-close 100
	[ "$(pg-store list rejected_jobs | wc -l)" = 1 ]
	[ "$(pg-store list --closed rejected_jobs | jq -r '.route_reason // empty')" = \
		gone ]
	run -64 pg-store list jobs
	run -74 bash -c 'pg-store list open_jobs >/dev/full'
}

@test "what is remembered is recalled, in order, byte for byte" {
	store_fresh
	for i in $(seq 1200); do
		echo '{"n":1.10,"source_id":"'"$i"'", "content_hash":"h'"$((i / 2))"'"}'
	done >asked
	jq -c 'if .content_hash | test("7$") then . else . + {ai_title: "é\"\\",
		ai_industry: {code: "10", name: "{x,\"y\"}"}, ai_confidence: 0.91,
		ai: {industry: {model: "m", profile: "p1", tokens_in: 5,
			cost_usd: "0.000100", cached: false}}} end' asked |
		sed 's/"n":1.1,/"n":1.10,/; s/,"content/, "content/' >answered
	pg-store remember industry --profile p1 answered | cmp - answered
	pg-store recall industry --profile p1 asked >recalled
	sed 's/"cached":false/"cached":true/' answered | cmp - recalled
	pg-store recall industry --profile p2 asked | cmp - asked
	[ "$(sql 'select count(*) from jobmill.enrichments')" = \
		"$(jq -r 'select(.ai) | .content_hash' answered | sort -u | wc -l)" ]
}

@test "a job function is remembered for the industry it was asked in" {
	store_fresh
	echo '{"content_hash":"h","ai_industry":{"code":"10"},"ai":{"industry":{"cached":true}}}' >asked
	echo '{"content_hash":"h","ai_industry":{"code":"10"},"ai":{"industry":{"cached":true},"function":{"profile":"p","cached":false}},"ai_job_function":{"code":"f"},"ai_function_confidence":0.7}' |
		pg-store remember function -p p >/dev/null
	[ "$(pg-store recall function -p p asked | jq -c '[.ai_job_function.code,
		.ai.function.cached, .ai.industry.cached]')" = '["f",true,true]' ]
	sed 's/"10"/"20"/' asked >other
	pg-store recall function -p p other | cmp - other
}

@test "recall leaves alone what has a route, an error or an answer" {
	store_fresh
	echo '{"content_hash":"h","ai_industry":{"code":"1"},"ai":{"industry":{"profile":"p"}}}' |
		pg-store remember industry -p p >/dev/null
	cat >in <<-'E'
	{"content_hash":"h","route":"rejected"}
	{"content_hash":"h","ai_error":{"kind":"blocked"}}
	{"content_hash":"h","ai_industry":{"code":"2"}}
	{"content_hash":5}
	{}
	E
	pg-store recall industry -p p in | cmp - in
	# What was recalled, or answered by another, is not remembered.
	echo '{"content_hash":"x","ai_industry":{},"ai":{"industry":{"profile":"q"}}}' |
		pg-store remember industry -p p >/dev/null
	echo '{"content_hash":"y","ai_industry":{},"ai":{"industry":{"profile":"p","cached":true}}}' |
		pg-store remember industry -p p >/dev/null
	[ "$(sql 'select key from jobmill.enrichments')" = h ]
}

@test "an answer is kept while its stream still flows" {
	store_fresh
	mkfifo pipe
	pg-store remember industry -p p <pipe >out 3>&- &
	exec 7>pipe
	echo '{"content_hash":"h","ai_industry":{},"ai":{"industry":{"profile":"p"}}}' >&7
	wait_for answers 1
	wait_for test -s out
	exec 7>&-
	wait
}

@test "a record does not wait for others that may never come" {
	store_fresh
	mkfifo pipe
	pg-store recall industry -p p <pipe >out 3>&- &
	exec 7>pipe
	echo '{"content_hash":"h"}' >&7
	wait_for test -s out
	exec 7>&-
	wait
}

@test "a report is told as text, JSON and HTML, and strangers' text is harmless" {
	store_fresh
	pg-store feed set 1 --name $'<b>\e[31m"x"'
	records A B | store_run
	run -80 store_run </dev/null
	run -0 pg-store report
	[[ ${lines[0]} == 'run 2 of feed 1, <b>?[31m"x": partial, '* ]]
	[[ $output == *"guard empty (tripped): no record, and 2 live jobs"* ]]
	[[ $(pg-store report 1) == *"staged"*2*"jobs: 2 new"* ]]
	[ "$(pg-store report --json 1 | jq -c '[.run_id, .created,
		.outcomes.approved.confident]')" = '[1,2,2]' ]
	pg-store report --html --feed 1 >report.html
	grep -q '&lt;b&gt;' report.html
	run ! grep -q '<b>' report.html
	run ! grep -qE 'https?://|<script' report.html
	run -66 pg-store report 99
}

@test "a feed's statistics tell of all its runs, failed ones too" {
	store_fresh
	records A | store_run
	pg-store begin 1
	pg-store abort --reason "no answer" 2
	[ "$(pg-store feed show 1 | jq -c '[.last_run_id, .last_run_status,
		.last_committed_run, .consecutive_failure_count, .last_error,
		(.avg_processing_time > 0), .last_succeeded_at != null]')" = \
		'[2,"failed",1,1,"no answer",true,true]' ]
	records A | store_run
	[ "$(pg-store feed show 1 | jq .consecutive_failure_count)" = 0 ]
}

@test "the dead letters and the costs of the stages are in the report" {
	store_fresh
	mkdir run
	export JOBMILL_RUN_DIR=$PWD/run
	echo '{"stage":"ai","status":0,"in":1,"out":1,"merged":0,"dead":0,"tokens_in":1000,"tokens_out":20,"requests":2,"cost_usd":"0.000150"}' >run/ai.stats
	{
		records A
		printf 'no\0record\xff\n'
		echo 'plain words'
	} >in
	run -80 store_run --stages stage --dead run/stage.dead <in
	[ "$(report 1 '[.dead, .tokens_in, .requests, .cost_usd]')" = \
		'[2,1000,2,0.00015]' ]
	[ "$(sql "select stage, line, is_base64, raw from jobmill.dead_letters
		order by 2")" = "stage|2|t|bm8AcmVjb3Jk/w==
stage|3|f|plain words" ]
}

@test "trace tells why ads are one job, and where each stood; that is no change" {
	store_fresh
	long=$(seq -f 'w%g' 1 80 | paste -sd ' ')
	# ads LINE: four ads of one role, behind so many lines of the feed.
	ads() {
		local line=$1 id text

		for id in A B C D; do
			line=$((line + 1)) text=$long
			[[ $id != C ]] || text=${long^^}
			[[ $id != D ]] || text="$long uno"
			printf '{"feed_id":1,"source_id":"%s","status":"open","title":"T","company_name":"Acme","description":"%s","locations":[{"text":"%s","city":"%s"}],"url":"https://e.example/%s","position":{"line":%s,"offset":%s}}\n' \
				"$id" "$text" \
				"$id" "$id" "$id" "$line" "${line}00"
		done | job-dedup | jq -c '.route = "approved"
			| .route_reason = "confident" | .content_hash = "h"'
	}
	ads 0 | store_run
	run -0 pg-store trace 1:C
	[[ $output == *"position   line 1, byte 100 of the feed in run 1"* ]]
	[[ $output == *"member     B, same description, B, https://e.example/B, line 2, byte 200"* ]]
	[[ $output == *"member     C, same words but for places, C, https://e.example/C, line 3, byte 300"* ]]
	[[ $output == *"member     D, similar by 0.993"*", line 4, byte 400"* ]]
	before=$(rows)
	ads 7 | store_run
	[ "$(rows)" = "$before" ]
	[ "$(report 2 .unchanged)" = 1 ]
	# Another change does not name what is none.
	ads 9 | jq -c '.url = "https://new.example"' | store_run
	[ "$(sql "select fields from jobmill.job_events")" = '{url}' ]
	run -0 pg-store trace 1:A
	[[ $output == *"position   line 10, byte 1000 of the feed in run 3"* ]]
	[[ $output == *"line 11, byte 1100"* ]]
	pg-store check
}

@test "trace tells the story of a job" {
	store_fresh
	records A | jq -c '.route = "manual_review" | .ai = {industry: {model: "m",
		tokens_in: 7, tokens_out: 3, cost_usd: "0.01"}}' | merged B |
		store_run
	id=$(id_of A)
	pg-store review approve --by ann --reason $'fine\e[0m' "$id" >/dev/null
	echo '{"op":"add","key":"'"$id"'","id":7,"status":"done"}' |
		pg-store ack >acked
	[ "$(jq -r .op acked)" = add ]
	run -0 pg-store trace 1:B
	[[ $output == *"job        $id"* ]]
	[[ $output == *"member     B"* ]]
	[[ $output == *"answer     industry by m, 7 + 3 tokens, 0.01 USD"* ]]
	[[ $output == *"stored by run 1"* ]]
	[[ $output == *"reviewed from manual_review to approved (ann: fine?[0m)"* ]]
	[[ $output == *"mirror xano: add done row 7"* ]]
	[ "$(pg-store trace --json "$id" | jq -c '[.sources, .mirror[0].op,
		.reviews[0].reviewer]')" = '[["A","B"],"add","ann"]' ]
	run -66 pg-store trace 1:nobody
	run -66 pg-store trace nonsense
	run -66 pg-store trace 00000000-0000-0000-0000-000000000000
}

@test "forget takes answers that are not used, and says what there is" {
	store_fresh
	for h in a b c; do
		echo '{"content_hash":"'$h'","ai_industry":{},"ai":{"industry":{"profile":"p","cost_usd":"0.5"}}}'
	done | pg-store remember industry -p p >/dev/null
	sql "update jobmill.enrichments set used_on = used_on - 100
		where key <> 'a'" >/dev/null
	# Recalled ones are used.
	echo '{"content_hash":"b"}' | pg-store recall industry -p p >/dev/null
	[ "$(pg-store forget --dry-run --older-than 30d | jq -c '[.profile,
		.answers, .old, .cost_usd]')" = '["p",3,1,1.5]' ]
	[ "$(pg-store forget --older-than 30d)" = '{"forgotten":1}' ]
	[ "$(sql "select string_agg(key, ' ' order by key)
		from jobmill.enrichments")" = 'a b' ]
}

@test "prune takes what is old, and no live job" {
	store_fresh
	{
		records A
		records C
		records R | jq -c '.route = "rejected"'
	} | store_run
	{
		records A
		records R | jq -c '.route = "rejected"'
	} | store_run --max-close 100
	[ "$(pg-store prune)" = '{"text":0,"jobs":0,"events":0,"calls":0,"letters":0,"reports":0}' ]
	for column in closed_at updated_at; do
		sql "update jobmill.jobs set $column = $column -
			interval '400 days'" >/dev/null
	done
	sql "update jobmill.job_events set at = at - interval '1 year'" >/dev/null
	[ "$(pg-store prune --dry-run | jq -c '[.text, .jobs, .events]')" = \
		'[2,1,1]' ]
	pg-store prune >/dev/null
	[ "$(places)" = "A approved confident
R rejected confident" ]
	[ "$(pg-store review show "$(id_of R)" | jq -c '[.description, .title]')" = \
		'[null,"T R"]' ]
	[ "$(pg-store review show "$(id_of A)" | jq -r .description)" = 'D A' ]
	pg-store check
}

@test "check finds what breaks a promise" {
	store_fresh
	records A B | store_run
	pg-store check
	sql "update jobmill.jobs set closed_at = now() where source_id = 'A'" \
		>/dev/null
	sql "delete from jobmill.job_sources where source_id = 'B'" >/dev/null
	run -70 pg-store check
	[ "$(jq -r .broken <<<"$output")" = \
		"a live job speaks for an ad that belongs to it
a live job has an ad that may live
a closed job is among the rejected" ]
}

@test "the roles see and do what they are for, and no more" {
	store_fresh
	records A B | jq -c '.route = "manual_review"' | store_run
	pg-store migrate --roles
	pg-store migrate --roles
	name=r_$RANDOM$RANDOM
	for role in writer reader reviewer; do
		sql "create role ${name}_$role login in role jobmill_$role" \
			>/dev/null
	done
	owner=$DATABASE_URL
	as() { DATABASE_URL=${owner/user=jobmill/user=${name}_$1} "${@:2}"; }
	[ "$(as reader pg-store list manual_review_jobs | wc -l)" = 3 ]
	run -77 as reader pg-store review approve "$(id_of A)"
	run -77 as reader pg-store begin 1
	as reviewer pg-store review approve "$(id_of A)" >/dev/null
	run -77 as reviewer pg-store begin 1
	as writer pg-store begin 1 >/dev/null
	records A N | as writer pg-store stage 2
	as writer pg-store commit --max-close 100 2 >/dev/null
	as writer pg-store prune >/dev/null
	[ "$(open_ids)" = $'A\nN' ]
	for role in writer reader reviewer; do
		sql "drop owned by ${name}_$role; drop role ${name}_$role" \
			>/dev/null
	done
}

@test "a stage reads a file, - and standard input alike" {
	store_fresh
	pg-store begin 1
	records A B >in
	pg-store stage 1 in
	[ "$(staged 1)" = 2 ]
	# Once more: what was staged before goes.
	pg-store stage 1 - <in
	[ "$(staged 1)" = 2 ]
	run -66 pg-store stage 1 no-such-file
	run -64 pg-store stage x in
	run -66 pg-store stage 99 in
}

@test "a record of many megabytes is stored or refused, never half" {
	store_fresh
	pg-store begin 1
	long() {
		records "$1" | sed -E "s/(.*\"description\":\").*/\1/" | tr -d '\n'
		head -c "$2" /dev/zero | tr '\0' x
		echo 'é","route":"approved"}'
	}
	{
		records A
		long B 12000000
		long C 17000000
	} >in
	run -1 pg-store stage 1 in
	pg-store commit --max-dead-share 100 1 >/dev/null
	[ "$(open_ids)" = $'A\nB' ]
	[ "$(pg-store list open_jobs | sed -n 2p | wc -c)" -gt 12000000 ]
}

@test "through PgBouncer in transaction mode everything works" {
	command -v pgbouncer >/dev/null || skip "no pgbouncer here"
	store_fresh
	direct=$DATABASE_URL
	bouncer_start
	records A B | store_run
	records A | merged B | store_run
	records A | pg-store recall industry -p p >/dev/null
	echo '{"content_hash":"h","ai_industry":{},"ai":{"industry":{}}}' |
		pg-store remember industry -p p >/dev/null
	pg-store review reject "$(id_of A)" >/dev/null
	[ "$(pg-store list rejected_jobs | wc -l)" = 2 ]
	pg-store check
	pg-store migrate
	DATABASE_URL=$direct
	[ "$(places)" = "A rejected reviewed
B rejected merged" ]
}

@test "a feed with a schedule is due, then not; failures make it wait" {
	store_fresh
	[ -z "$(pg-store feed due)" ]
	pg-store feed set --schedule 6h 1
	[ "$(pg-store feed due)" = 1 ]
	[ "$(pg-store feed show 1 | jq -r .schedule)" = 6h ]
	records A | store_run
	[ -z "$(pg-store feed due)" ]
	sql "update jobmill.feeds set next_due_at = now() - interval '1 second'"
	[ "$(pg-store feed due)" = 1 ]
	run=$(pg-store begin 1)
	[ -z "$(pg-store feed due)" ]
	pg-store abort --status failed --reason test "$run"
	pg-store feed set --schedule '* * * * *' 1
	[ "$(sql "select next_due_at > now() + interval '4 minutes'
		from jobmill.feeds")" = t ]
	sql "update jobmill.feeds set next_due_at = now() - interval '1 second'"
	pg-store feed disable 1
	[ -z "$(pg-store feed due)" ]
	pg-store feed enable 1
	pg-store feed set --unset schedule 1
	[ -z "$(pg-store feed due)" ]
	[ "$(pg-store feed show 1 | jq -c '[.schedule, .next_due_at]')" = \
		'[null,null]' ]
	run -64 pg-store feed set --schedule '61 * * * *' 1
	[[ $output == *"five fields"* ]]
	run -64 pg-store feed set --schedule '0 0 30 2 *' 1
	[[ $output == *"never comes"* ]]
}
