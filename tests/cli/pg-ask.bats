# Questions to the store that have a name: pg-store ask.
load ../support/common
load ../support/store

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	store_fresh
	mkdir ask
	export JOBMILL_QUESTIONS=$PWD/ask
}

teardown() {
	bouncer_stop
}

# question NAME <sql
question() {
	cat >"ask/$1.sql"
}

ask() {
	pg-store ask "$@"
}

@test "a question is answered by its id, with the rows as the server makes them" {
	question sum <<-'END'
	-- What two numbers are together.
	-- $1 a bigint
	-- $2 b bigint, optional
	select json_build_object('sum', $1 + coalesce($2, 0), 'text', '1.10'::json)
	END
	run -0 --separate-stderr ask <<-'END'
	{"id":7,"ask":"sum","a":9007199254740993}
	{"ask":"sum","b":4,"a":3,"id":-8}
	{"id":9,"ask":"sum","a":1,"b":null}
	END
	[ -z "$stderr" ]
	sort <<<"$output" >got
	[ "$(jq -c '[.id, .rows[0].sum]' got | sort | tr '\n' ' ')" = \
		'[-8,7] [7,9007199254740992] [9,1] ' ]
	grep -F '"sum" : 9007199254740993, "text" : 1.10' got
}

@test "values of every type arrive as they are" {
	question echo <<-'END'
	-- $1 t text
	-- $2 n numeric
	-- $3 f boolean
	-- $4 u uuid
	-- $5 at timestamptz
	-- $6 list text[]
	-- $7 numbers bigint[]
	select json_build_array($1, $2, $3, $4, $5 at time zone 'UTC', $6, $7)
	END
	run -0 --separate-stderr ask <<-'END'
	{"id":1,"ask":"echo","t":"a\"b\\c'; drop\n\u00e9","n":1.10,"f":true,"u":"01A21CED-9083-7000-A696-774A044C0EA2","at":"2026-11-27T12:00:00Z","list":["a,b","{\"}","","null"],"numbers":[1,-2]}
	END
	[ "$(jq -c '.rows[0]' <<<"$output")" = '["a\"b\\c'"'"'; drop\né",1.1,true,"01a21ced-9083-7000-a696-774a044c0ea2","2026-11-27T12:00:00",["a,b","{\"}","","null"],[1,-2]]' ]
}

@test "what is no question is answered too, and the rest goes on" {
	question one <<<'select to_json(1)'
	run -0 --separate-stderr ask <<-'END'
	{"id":1,"ask":"one"}
	{"id":2,"ask":"two"}
	{"id":3,"ask":"one","one":1}
	{"id":4}
	nonsense
	{"id":5,"ask":"one","id":6}

	{"id":7,"ask":"../one"}
	{"id":"x","ask":"one"}
	END
	[ "$(jq -c 'select(.error) | [.id, .error.status]' <<<"$output" |
		sort | tr '\n' ' ')" = '[2,64] [3,64] [4,64] [7,64] [null,64] [null,64] ' ]
	[ "$(jq -c 'select(.rows) | [.id, .rows]' <<<"$output" |
		sort | tr '\n' ' ')" = '[1,[1]] [null,[1]] ' ]
}

@test "a value of the wrong type is refused, here or by the server" {
	question typed <<-'END'
	-- $1 n bigint, optional
	-- $2 u uuid, optional
	-- $3 list text[], optional
	select to_json(1)
	END
	run -0 --separate-stderr ask <<-'END'
	{"id":1,"ask":"typed","n":"1"}
	{"id":2,"ask":"typed","n":1.5}
	{"id":3,"ask":"typed","n":99999999999999999999}
	{"id":4,"ask":"typed","u":"no uuid"}
	{"id":5,"ask":"typed","list":"a"}
	{"id":6,"ask":"typed","list":[{}]}
	{"id":7,"ask":"typed","n":1}
	END
	[ "$(jq -c 'select(.error.status == 64).id' <<<"$output" | sort |
		tr '\n' ' ')" = '1 2 3 4 5 6 ' ]
	[ "$(jq -c 'select(.rows).id' <<<"$output")" = 7 ]
}

@test "one that fails takes none of the others along" {
	question good <<<'select to_json(1)'
	question bad <<<'select to_json(1 / (random() * 0)::int)'
	question broken <<<'select nonsense from nowhere'
	for i in {1..40}; do
		echo "{\"id\":$i,\"ask\":\"good\"}"
		((i % 7)) || echo "{\"id\":$i.7,\"ask\":\"bad\"}"
		((i % 20)) || echo "{\"id\":$i.9,\"ask\":\"broken\"}"
	done >asked
	run -0 --separate-stderr ask <asked
	[ "$(jq -c 'select(.rows == [1]).id' <<<"$output" | sort -n |
		tr '\n' ' ')" = "$(seq -s ' ' 40) " ]
	[ "$(jq -c 'select(.error.status == 64).id' <<<"$output" |
		sort -n | tr '\n' ' ')" = '7.7 14.7 21.7 28.7 35.7 ' ]
	[ "$(jq -c 'select(.error.status == 70).id' <<<"$output" |
		sort -n | tr '\n' ' ')" = '20.9 40.9 ' ]
}

@test "nothing can be written" {
	question writes <<-'END'
	with gone as (delete from jobmill.feeds returning feed_id)
	select to_json(feed_id) from gone
	END
	run -0 ask <<<'{"id":1,"ask":"writes"}'
	[[ $output == *'read-only transaction'* ]]
	[ "$(sql 'select count(*) from jobmill.feeds')" = 1 ]
}

@test "one that takes too long is given up, with 75" {
	question slow <<<'select to_json(1) from pg_sleep(60)'
	question fast <<<'select to_json(2)'
	run -0 --separate-stderr ask --timeout 100ms <<-'END'
	{"id":1,"ask":"slow"}
	{"id":2,"ask":"fast"}
	END
	[ "$(jq -c 'select(.error).error.status' <<<"$output")" = 75 ]
	[ "$(jq -c 'select(.rows).rows' <<<"$output")" = '[2]' ]
}

@test "through a pooler the same holds" {
	command -v pgbouncer >/dev/null || skip "no pgbouncer here"
	question good <<-'END'
	-- $1 n bigint
	select to_json($1)
	END
	question slow <<<'select to_json(1) from pg_sleep(60)'
	question writes <<-'END'
	with gone as (delete from jobmill.feeds returning feed_id)
	select to_json(feed_id) from gone
	END
	bouncer_start
	for i in {1..300}; do
		echo "{\"id\":$i,\"ask\":\"good\",\"n\":$i}"
	done >asked
	ask <asked >first &
	ask <asked >second
	wait $!
	for answers in first second; do
		[ "$(jq -c 'select(.rows == [.id]).id' "$answers" | wc -l)" = 300 ]
	done
	run -0 ask --timeout 100ms <<-'END'
	{"id":1,"ask":"slow"}
	{"id":2,"ask":"writes"}
	{"id":3,"ask":"good","n":3}
	END
	[[ $output == *'"id":1,"error":{"status":75'* ]]
	[[ $output == *'read-only transaction'* ]]
	[[ $output == *'{"id":3,"rows":[3]}'* ]]
}

@test "a store that goes away ends it with 75, and names the reason" {
	question slow <<<'select to_json(1) from pg_sleep(60)'
	{
		echo '{"id":1,"ask":"slow"}'
		wait_for sql_waits
		sql "select pg_terminate_backend(pid) from pg_stat_activity
			where wait_event = 'PgSleep'" >/dev/null
		wait_for test -s ended
	} | {
		ask 2>said
		echo $? >ended
	} || :
	[ "$(<ended)" = 75 ]
	[[ $(<said) == *"the connection to the store was lost"* ]]
}

sql_waits() {
	[[ $(sql "select count(*) from pg_stat_activity
		where wait_event = 'PgSleep'") == 1 ]]
}

@test "a file that is no question is refused with its line" {
	question odd <<-'END'
	-- A question.
	-- $2 a bigint
	select to_json(1)
	END
	run -78 --separate-stderr ask </dev/null
	[[ $stderr == *"ask/odd.sql line=2"* ]]
	for line in '-- $1 a money' '-- $1 A text' '-- $1 a text optional' \
		'-- only comments'; do
		question odd <<<"$line"
		run -78 ask </dev/null
	done
	rm ask/odd.sql
	run -66 ask --questions nowhere </dev/null
}

@test "every question of the suite is understood by the store" {
	unset JOBMILL_QUESTIONS
	[ "$(ls "$ROOT"/share/sql/ask | wc -l)" = "$(ask --list | wc -l)" ]
	for file in "$ROOT"/share/sql/ask/*.sql; do
		name=${file##*/}
		{
			grep -v '^--' "$file" | sed "1s/^/prepare q (TYPES) as /; \$s/\$/;/"
		} >prepared
		types=$(sed -nE 's/^-- \$[0-9]+ [a-z_]+ ([a-z]+(\[\])?).*/\1/p' "$file" |
			paste -sd,)
		sed -i "1s/(TYPES)/${types:+(${types//\[/\\[})}/" prepared
		echo "trying: $name" >&2
		psql -qAtX -v ON_ERROR_STOP=1 -d "$DATABASE_URL" -f prepared
	done
}
