# shellcheck shell=bash
# What tests of the store share: load it after common.

# Where Debian keeps pgbouncer, which is on nobody's path but root's.
PATH=$PATH:/usr/sbin

# store_fresh: an empty store with one feed, number 1; sets DATABASE_URL.
# It is a copy of one that is made once, for that is quicker.
store_fresh() {
	local made name url

	pg_server
	url=$("$ROOT/scripts/db" url "$PG_DIR")
	made=store_$(cat "$ROOT"/share/sql/*.sql | cksum | cut -d' ' -f1)
	(
		flock 9
		[[ -n $(psql -qAtX -d "$url" -c "select 1 from pg_database
			where datname = '$made'") ]] || store_make "$url" "$made"
	) 9>"$BATS_RUN_TMPDIR/$made.lock"
	name=t_${BATS_TEST_NUMBER:-0}_${BASHPID}_$RANDOM
	psql -qAtX -d "$url" -v ON_ERROR_STOP=1 \
		-c "create database $name template $made"
	DATABASE_URL=${url/jobmill?/$name?}
	export DATABASE_URL
}

# store_make URL NAME: a migrated database; it has its name when it is whole.
store_make() {
	psql -qAtX -d "$1" -v ON_ERROR_STOP=1 -c "create database new_$2"
	DATABASE_URL=${1/jobmill?/new_$2?} pg-store migrate
	DATABASE_URL=${1/jobmill?/new_$2?} \
		pg-store feed add acme https://feeds.example/acme.xml >/dev/null
	psql -qAtX -d "$1" -v ON_ERROR_STOP=1 \
		-c "alter database new_$2 rename to $2"
}

# records ID...: routed records of feed 1.
records() {
	local id

	for id; do
		printf '{"feed_id":1,"source_id":"%s","status":"open","title":"T %s","company_name":"Acme","description":"D %s","url":"https://e.example/%s","content_hash":"h-%s","ai_industry":{"code":"10","name":"Health","path":[]},"ai_confidence":0.9,"route":"approved","route_reason":"confident"}\n' \
			"$id" "$id" "$id" "$id" "$id"
	done
}

# merged ID...: put these ads into the record on standard input.
merged() {
	jq -c '.merged = [$ARGS.positional[] | {source_id: .}]' --args "$@"
}

# closed: the records on standard input are over, says the feed.
closed() {
	jq -c '.status = "closed" | .route = "rejected" | .route_reason = "closed"'
}

# store_run [OPTION...] <records: a whole run of feed 1; options are commit's,
# but --dead FILE is stage's.  Its report goes nowhere.
store_run() {
	local run how=() staged=0 dead=()

	while (($# > 0)); do
		if [[ $1 == --dead ]]; then
			dead=(--dead "$2")
			shift
		else
			how+=("$1")
		fi
		shift
	done
	run=$(pg-store begin 1) || return
	pg-store stage "${dead[@]}" "$run" 2>/dev/null || staged=$?
	((staged <= 1)) || return "$staged"
	pg-store commit "${how[@]}" "$run" >/dev/null
}

# The source_ids of open jobs, one a line.
open_ids() {
	sql "select source_id from jobmill.open_jobs where closed_at is null
		order by 1"
}

# Every job: source_id, route and reason.
places() {
	sql "select source_id || ' ' || route || ' ' || route_reason
		from jobmill.jobs order by 1"
}

# Every row of the jobs, with the transaction that wrote it.
rows() {
	sql "select xmin || ' ' || ctid || ' ' || source_id from jobmill.jobs
		order by source_id"
}

# Every live job: source_id and job_id.
ids() {
	sql "select source_id || ' ' || job_id from jobmill.jobs
		where closed_at is null order by 1"
}

id_of() {
	sql "select job_id from jobmill.jobs where source_id = '$1'"
}

# report RUN FILTER: a part of a run's report, as JSON.
report() {
	pg-store report --json "$1" | jq -c "$2"
}

# What waits for a confirmation has done so for longer.
waiting() {
	sql "update jobmill.feeds set guard = jsonb_set(guard, '{since}',
		to_jsonb((guard ->> 'since')::timestamptz - interval '$1'))" \
		>/dev/null
}

# Conditions to wait for.
gone() {
	! kill -0 "$1" 2>/dev/null
}

staging() {
	[[ $(sql "select to_regclass('jobmill_stage.run_$1') is not null") == t ]]
}

staged() {
	sql "select count(*) from jobmill_stage.run_$1"
}

some_staged() {
	staging "$1" && [[ $(staged "$1") -gt 0 ]]
}

answers() {
	[[ $(sql 'select count(*) from jobmill.enrichments') == "$1" ]]
}

locked() {
	[[ $(sql "select count(*) from pg_locks where relation = '$1'::regclass
		and mode = 'RowShareLock' and granted") -gt 0 ]]
}

waits() {
	[[ $(sql "select count(*) from pg_stat_activity
		where application_name = 'pg-store'
		and wait_event_type = 'Lock'") == 1 ]]
}

# bouncer_start: a PgBouncer in transaction mode before the server of
# DATABASE_URL, which it sets; it ends with the test.
bouncer_start() {
	local socket name user=() folder=$BATS_TEST_TMPDIR/bouncer

	socket=${DATABASE_URL##*host=}
	name=${DATABASE_URL#*///}
	name=${name%%\?*}
	# Sockets have short paths.
	BOUNCER=$(mktemp -d /tmp/bouncer.XXXXXX)
	folder=$BOUNCER
	cat >"$folder/ini" <<-END
	[databases]
	$name = host=$socket user=jobmill
	[pgbouncer]
	listen_port = 6432
	listen_addr =
	unix_socket_dir = $folder
	auth_type = any
	pool_mode = transaction
	default_pool_size = 3
	logfile = $folder/log
	END
	if ((EUID == 0)); then
		user=(setpriv --reuid postgres --regid postgres --clear-groups)
		chown -R postgres: "$folder"
	fi
	"${user[@]}" pgbouncer -q "$folder/ini" </dev/null >/dev/null 2>&1 3>&- &
	BOUNCER_PID=$!
	DATABASE_URL="postgresql://jobmill@/$name?host=$folder&port=6432"
	export DATABASE_URL
	wait_for sql 'select 1'
}

bouncer_stop() {
	[[ -n ${BOUNCER_PID:-} ]] || return 0
	kill "$BOUNCER_PID" 2>/dev/null || :
	rm -rf "$BOUNCER"
}
