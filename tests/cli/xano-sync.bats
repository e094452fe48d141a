# xano-sync against the stand-in of Xano.
load ../support/common

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	export XANO_TOKEN=s3cret-token XANO_WORKSPACE=1 XANO_TABLE=1
	export XANO_RETRY_WAIT=1ms XANO_MAX_WAIT=20ms
	export JOBMILL_STATE_DIR=$BATS_TEST_TMPDIR/state
	columns=$JOBMILL_SHARE/xano/columns.json
}

# Whatever happens, these two are never called.
teardown() {
	[[ -n ${STANDIN_URL:-} ]] || return 0
	standin_log >calls || return 0
	run ! grep -E '/search/delete|/truncate|/search/patch' calls
}

xano() {
	standin_start xano --schema "${schema:-$columns}" "$@"
	export XANO_BASE_URL=$STANDIN_URL/api:meta
}

# wanted FROM TO [TITLE [SALARY]]: records, without the end mark.
records() {
	awk -v from="$1" -v to="$2" -v title="${3:-Welder}" -v pay="${4:-50000}" '
	BEGIN { for (i = from; i <= to; i++) printf "{\"job_id\":\"k%04d\"," \
		"\"feed_id\":%d,\"source_id\":\"s%d\",\"title\":\"t\"," \
		"\"ai_title\":\"%s %d\",\"description\":\"d\",\"url\":\"u\"," \
		"\"employment_type\":\"FULL_TIME\",\"salary_min\":%s," \
		"\"locations\":[{\"text\":\"Austin, TX\",\"city\":\"Austin\"}]," \
		"\"posted_at\":\"2026-11-01T00:00:00Z\"}\n", \
		i, i % 2, i, title, i, pay }'
}

mark() {
	echo "{\"_done\":{\"records\":$1}}"
}

wanted() {
	records "$@"
	mark $(($2 - $1 + 1))
}

rows() {
	curl -fsS --noproxy '*' "$STANDIN_URL/_rows"
}

# The table holds these rows and no others: keys and titles, sorted.
holds() {
	rows | jq -r '"\(.job_id) \(.title)"' | sort >is
	jq -r 'select(.job_id) | "\(.job_id) \(.ai_title)"' | sort >should
	diff should is
}

# Calls since the last look, "METHOD path-behind-the-table rows status".
calls() {
	standin_log | jq -r '"\(.method) \(.path | sub(".*/table/1/"; ""))" +
		" \(.rows // "-") \(.status)"'
}

writes() {
	calls | grep -c -v -e '^GET' -e '/search ' || :
}

# A table that has rows 1 to N.
filled() {
	wanted 1 "$1" | xano-sync >/dev/null
}

@test "an empty table is filled, and a second run only reads" {
	xano
	wanted 1 600 >in
	run -0 --separate-stderr xano-sync in
	[ "${#lines[@]}" -eq 600 ]
	[ "${lines[0]}" = '{"op":"add","key":"k0001","id":1,"status":"done"}' ]
	[ -z "$stderr" ]
	holds <in
	before=$(calls | wc -l)
	run -0 --separate-stderr xano-sync in
	[ -z "$output$stderr" ]
	# The schema and two pages of 500 rows.
	[ "$(calls | tail -n +$((before + 1)))" = 'GET schema - 200
POST content/search 500 200
POST content/search 100 200' ]
}

@test "rows are deleted, added and changed in place, in bulk, in this order" {
	xano
	filled 1000
	rows | jq -c 'select(.job_id == "k0500") | .id' >id
	before=$(calls | wc -l)
	{ records 11 499; records 500 500 Fitter; records 501 1010; mark 1000; } >in
	run -0 --separate-stderr xano-sync in
	[ "$(jq -r .op <<<"$output" | uniq -c | xargs)" = '10 delete 10 add 1 change' ]
	[ "$(jq -c 'select(.op == "change") | [.key, .id, .columns]' <<<"$output")" \
		= "[\"k0500\",$(<id),[\"title\"]]" ]
	holds <in
	[ "$(calls | tail -n +$((before + 1)) | grep -v search)" = 'GET schema - 200
POST content/bulk/delete 10 200
POST content/bulk 10 200
POST content/bulk/patch 1 200' ]
}

@test "as many calls as the rows need, and no more" {
	xano
	wanted 1 10000 | xano-sync --per-page 1000 >/dev/null
	before=$(calls | wc -l)
	{ records 1 600 Fitter; records 1101 10300; mark 9800; } >in
	xano-sync --per-page 1000 in >/dev/null
	calls | tail -n +$((before + 1)) | awk '{ print $2 }' | sort | uniq -c |
		awk '{ print $1, $2 }' >counts
	[ "$(<counts)" = '2 content/bulk
2 content/bulk/delete
3 content/bulk/patch
20 content/search
1 schema' ]
	holds <in
	# Of 9800 that are right, the reads alone.
	before=$(calls | wc -l)
	run -0 xano-sync --per-page 1000 in
	[ "$(calls | tail -n +$((before + 1)) | awk '{ print $2 }' | uniq -c |
		xargs)" = '1 schema 10 content/search' ]
}

@test "only the columns that differ are sent" {
	xano
	filled 3
	standin_control '{"log_bodies":true}'
	{ records 1 2; records 3 3 Welder 50000.5; mark 3; } | xano-sync >/dev/null
	[ "$(standin_log | jq -r 'select(.path | endswith("patch")) | .body')" \
		= '{"items":[{"row_id":3,"updates":{"salary_min":50000.5}}]}' ]
}

@test "a row that reads the same in another form is left alone" {
	xano
	standin_control '{"switch":{"scramble_json":true}}'
	wanted 1 3 Welder 50000 | xano-sync >/dev/null
	wanted 1 3 Welder 50000.0000001 >in
	sed -i 's/2026-11-01T00:00:00Z/2026-11-01T01:00:00.0004+01:00/' in
	run -0 xano-sync in
	[ -z "$output" ]
}

@test "without its end mark the input deletes nothing, and the status is 80" {
	xano
	filled 10
	{ records 2 8; records 9 9 Fitter; records 11 11; } >in
	run -80 --separate-stderr xano-sync in
	[ "$(jq -r .op <<<"$output" | xargs)" = 'add change' ]
	[[ $stderr == *"none is deleted"* ]]
	[ "$(rows | wc -l)" -eq 11 ]
}

@test "an end mark with another number deletes nothing either" {
	xano
	filled 10
	run -80 --separate-stderr xano-sync < <(records 2 9; mark 9)
	[ -z "$output" ]
	[[ $stderr == *"another number"*"announced=9"* ]]
	[ "$(rows | wc -l)" -eq 10 ]
}

@test "a line that is no record withholds the deletions: it may be any row" {
	xano
	filled 10
	{ records 3 9; echo 'garbage'; records 11 11; mark 9; } >in
	run -80 --separate-stderr xano-sync --dead dead in
	[ "$(jq -r '.op + .key' <<<"$output")" = addk0011 ]
	[ "$(jq -r .raw dead)" = garbage ]
	[ "$(rows | wc -l)" -eq 11 ]
}

@test "a bad value keeps its own row as it is, and the rest goes on" {
	xano
	filled 10
	{ records 2 4; records 5 5 Fitter '"much"'; records 6 10; mark 9; } >in
	run -1 --separate-stderr xano-sync --dead dead in
	[ "$(jq -r '.op + .key' <<<"$output")" = deletek0001 ]
	[[ $(jq -r .error dead) == *"salary_min"*"not a number"* ]]
	[ "$(rows | jq -r 'select(.job_id == "k0005") | .title')" = 'Welder 5' ]
}

@test "a key that comes twice is refused the second time" {
	xano
	run -1 --separate-stderr xano-sync < <(records 1 2; records 2 2 Fitter; mark 3)
	[[ $stderr == *"the key came before"* ]]
	records 1 2 | holds
}

@test "more deletions than allowed stop it before the first write" {
	xano
	filled 10
	before=$(writes)
	run -80 --separate-stderr xano-sync < <(wanted 5 12)
	[ -z "$output" ]
	[[ $stderr == *"deletions=4 most=3"*"--max-delete"* ]]
	[ "$(writes)" -eq "$before" ]
	run -80 xano-sync --max-delete 3 < <(wanted 5 12)
	run -0 xano-sync --max-delete 4 < <(wanted 5 12)
	records 5 12 | holds
}

@test "rows of others do not widen the share that may be deleted" {
	xano
	filled 10
	standin_control '{"insert":[{},{},{},{},{},{},{},{},{},{}]}'
	run -80 --separate-stderr xano-sync < <(wanted 5 12)
	[[ $stderr == *"deletions=4 most=3"* ]]
}

@test "an empty input does not empty the table" {
	xano
	filled 3
	run -80 --separate-stderr xano-sync --max-delete 100% < <(mark 0)
	[[ $stderr == *"--allow-empty"* ]]
	run -80 xano-sync </dev/null
	[ "$(rows | wc -l)" -eq 3 ]
	run -0 xano-sync --max-delete 100% --allow-empty < <(mark 0)
	[ "$(rows | wc -l)" -eq 0 ]
}

@test "a table that has lost all its rows is not filled without a word" {
	xano
	filled 5
	standin_control '{"delete":[1,2,3,4,5]}'
	run -80 --separate-stderr xano-sync < <(wanted 1 5)
	[[ $stderr == *"rows=5"*"--refill"* ]]
	[ "$(rows | wc -l)" -eq 0 ]
	run -0 xano-sync --refill < <(wanted 1 5)
	records 1 5 | holds
}

@test "so is a scope, of which the endpoint gives nothing when its store fails" {
	xano-sync -p custom --columns | jq '[{"name":"id","type":"int"}] + .' >schema
	schema=schema xano --key job_hash
	export XANO_BASE_URL=$STANDIN_URL/api:x
	run -0 xano-sync -p custom -s feed_id=1 < <(wanted 1 10)
	run -0 xano-sync -p custom -s feed_id=0 < <(wanted 1 10)
	standin_control '{"fault":{"path":"/feeds","times":0,"status":200,
		"body":"[]"}}'
	before=$(writes)
	run -80 --separate-stderr xano-sync -p custom -s feed_id=1 < <(wanted 1 10)
	[[ $stderr == *"rows=5"*"--refill"* ]]
	run -2 --separate-stderr xano-sync -n -p custom -s feed_id=1 \
		< <(wanted 1 10)
	[[ $stderr == *"--refill"*"so a sync would refuse"* ]]
	[ "$(writes)" -eq "$before" ]
	standin_control '{"clear_faults":true}'
	run -0 xano-sync -p custom -s feed_id=1 < <(wanted 1 10)
	[ -z "$output" ]
}

@test "a plan that was applied leaves a table that may not be empty next time" {
	xano
	filled 10
	run -2 xano-sync --plan plan < <(wanted 2 10)
	run -0 xano-sync --apply plan
	standin_control '{"delete":[2,3,4,5,6,7,8,9,10]}'
	run -80 --separate-stderr xano-sync < <(wanted 2 10)
	[[ $stderr == *"rows=9"*"--refill"* ]]
}

@test "a plan that would empty the table is refused when it is applied, too" {
	xano
	filled 3
	run -2 xano-sync --plan plan < <(mark 0)
	run -80 --separate-stderr xano-sync --max-delete 100% --apply plan
	[[ $stderr == *"--allow-empty"* ]]
	run -0 xano-sync --max-delete 100% --allow-empty --apply plan
	[ "$(rows | wc -l)" -eq 0 ]
}

@test "what was noted of a table and is damaged is told, and no more" {
	xano
	filled 3
	echo '{"rows":' >"$(echo state/*.state)"
	run -0 --separate-stderr xano-sync < <(wanted 1 3)
	[[ $stderr == "WARNING xano-sync: what the last sync noted can't be read"* ]]
	run -0 --separate-stderr xano-sync < <(wanted 1 4)
	[ -z "$stderr" ]
}

@test "a token that is refused, a missing scope, a wrong table each say so" {
	xano --token other
	run -77 --separate-stderr xano-sync < <(wanted 1 2)
	[[ $stderr == *"does not know the token"*"status=401"* ]]
	standin_control '{"token":null,"scopes":""}'
	run -77 --separate-stderr xano-sync < <(wanted 1 2)
	[[ $stderr == *"the token is good but"*"scopes"* ]]
	XANO_WORKSPACE=9 run -77 --separate-stderr xano-sync < <(wanted 1 2)
	[[ $stderr == *"XANO_WORKSPACE"* ]]
	standin_control '{"scopes":"crud"}'
	XANO_TABLE=9 run -69 --separate-stderr xano-sync < <(wanted 1 2)
	[[ $stderr == *"no such table"*"XANO_TABLE"* ]]
	XANO_BASE_URL=$STANDIN_URL/api:mata \
		run -69 --separate-stderr xano-sync < <(wanted 1 2)
	[[ $stderr == *"XANO_BASE_URL"* ]]
}

@test "a token that may not write stops it with 77 at the first refusal" {
	xano
	standin_control '{"scopes":"r"}'
	run -77 --separate-stderr xano-sync < <(wanted 1 600)
	[[ $stderr == *"does not allow"*"status=403"* ]]
	[ "$(writes)" -le 2 ]
}

@test "the token is shown nowhere" {
	xano
	run -0 xano-sync -vvv < <(wanted 1 2)
	[[ $output != *s3cret* ]]
	standin_control '{"token":"other"}'
	run -77 xano-sync -vvv < <(wanted 1 2)
	[[ $output != *s3cret* ]]
	printf ' s3cret-token\n' >token
	standin_control '{"token":"s3cret-token"}'
	XANO_TOKEN='' XANO_TOKEN_FILE=token run -0 xano-sync < <(wanted 1 2)
}

@test "what is not set is named" {
	unset XANO_TOKEN
	XANO_BASE_URL='' run -78 --separate-stderr xano-sync </dev/null
	[[ $stderr == *XANO_BASE_URL* ]]
	export XANO_BASE_URL=http://127.0.0.1:1/api:meta
	run -78 --separate-stderr xano-sync </dev/null
	[[ $stderr == *XANO_TOKEN_FILE* ]]
	export XANO_TOKEN=t
	XANO_TABLE='' run -78 --separate-stderr xano-sync </dev/null
	[[ $stderr == *XANO_TABLE* ]]
	run -78 --separate-stderr xano-sync -p custom </dev/null
	[[ $stderr == *"--scope"*feed_id* ]]
}

@test "a list that can't be read is never taken for an empty table" {
	xano
	filled 5
	before=$(writes)
	for fault in '"status":503' '"status":200,"html":true' \
		'"status":200,"body":"{\"code\":\"ERROR_FATAL\",\"message\":\"\"}"' \
		'"status":200,"body":"{}"' '"status":200,"body":""' \
		'"status":200,"body":"null"' '"status":200,"body":"[1,2]"' \
		'"status":200,"body":"[{\"id\":null}]"' '"cut":30' '"reset":true' \
		'"status":302' '"status":404' '"status":400'; do
		standin_control "{\"clear_faults\":true,
			\"fault\":{\"path\":\"/content\",\"times\":0,$fault}}"
		echo "trying: $fault"
		run --separate-stderr xano-sync --retries 2 < <(wanted 1 6)
		case $fault in
		*503* | *reset* | *cut*) [ "$status" -eq 75 ] ;;
		*404* | *400*) [ "$status" -eq 69 ] ;;
		*) [ "$status" -eq 76 ] ;;
		esac
		[ -z "$output" ]
		[ -n "$stderr" ]
	done
	standin_control '{"clear_faults":true}'
	[ "$(writes)" -eq "$before" ]
	records 1 5 | holds
}

@test "no connection is 75" {
	XANO_BASE_URL=http://127.0.0.1:1/api:meta \
		run -75 --separate-stderr xano-sync --retries 1 < <(wanted 1 2)
	[ "$(wc -l <<<"$stderr")" -eq 1 ]
}

@test "every misfit of the table is listed before anything is read" {
	jq -c '[.[] | select(.name != "url") |
		if .name == "feed_id" then .type = "text" else . end |
		if .name == "skills" then .style = "list" else . end |
		if .name == "cpc" then .nullable = false else . end] +
		[{"name":"owner","type":"text","required":true,"default":""}]' \
		"$columns" >schema
	jq '.nulls = "keep"' "$JOBMILL_SHARE/xano/metadata.json" >p.json
	schema=schema xano
	run -78 --separate-stderr xano-sync -p ./p.json < <(wanted 1 2)
	[ -z "$output" ]
	for column in url feed_id skills cpc owner; do
		grep -w "column=$column" <<<"$stderr"
	done
	[ "$(calls)" = 'GET schema - 200' ]
}

@test "what a column would not keep is told before anything is read" {
	jq -c 'map(if .name == "employment_type"
		then .type = "enum" | .values = ["Full-time", "Part-time"]
		elif .name == "feed_id" then .type = "decimal"
		elif .name == "source_id" then .type = "email" else . end)' \
		"$columns" >schema
	schema=schema xano
	run -78 --separate-stderr xano-sync < <(wanted 1 2)
	grep 'ERROR.*column=employment_type.*word=Contract' <<<"$stderr"
	grep 'ERROR.*column=employment_type.*word="Per diem"' <<<"$stderr"
	run ! grep 'word=Full-time' <<<"$stderr"
	grep 'WARNING.*keep.*column=feed_id' <<<"$stderr"
	grep 'WARNING.*keep.*column=source_id' <<<"$stderr"
	[ "$(calls)" = 'GET schema - 200' ]
	# An enum that has all the words will do.
	jq -c 'map(if .name == "employment_type" then .type = "enum"
		| .values = ["Full-time", "Part-time", "Contract", "Temporary",
			"Internship", "Volunteer", "Per diem", "Other"]
		else . end)' "$columns" >schema
	schema=schema xano
	run -0 --separate-stderr xano-sync < <(wanted 1 2)
	[ -z "$stderr" ]
}

@test "columns.json is what the profile needs" {
	[ "$(xano-sync --columns)" = "$(<"$columns")" ]
}

@test "a column's name is one that stands in JSON as it is" {
	local odd
	for odd in 'a"b' 'a\b' $'a\nb' $'a\x01'; do
		jq --arg odd "$odd" '.fields[1].column = $odd' \
			"$ROOT/share/xano/crud.json" >odd.json
		run -78 --separate-stderr xano-sync --profile ./odd.json --columns
		[[ $stderr == *"a column's name has a quote, a backslash or a control"* ]]
		[[ $stderr != *$'a\nb'* ]]
		jq --arg odd "$odd" '.id = $odd' "$ROOT/share/xano/crud.json" >odd.json
		run -78 --separate-stderr xano-sync --profile ./odd.json --columns
	done
}

@test "a dry run tells what it would do and does nothing" {
	xano
	filled 10
	{ records 2 9; records 10 10 Fitter; records 11 11; mark 10; } >in
	before=$(writes)
	run -2 --separate-stderr xano-sync --dry-run in
	[ "$(jq -r 'select(.op) | .op + " " + .key' <<<"$output" | xargs)" = \
		'delete k0001 add k0011 change k0010' ]
	[ -z "$stderr" ]
	[ "$(writes)" -eq "$before" ]
	run -0 xano-sync --dry-run < <(wanted 1 10)
	[ "$(jq -c 'select(.op)' <<<"$output")" = '' ]
	run -2 --separate-stderr xano-sync --dry-run < <(wanted 9 10)
	[[ $stderr == *"so a sync would refuse"* ]]
}

@test "on a terminal a dry run is a table for people" {
	need_terminal
	xano
	filled 10
	{ records 2 9; records 10 10 Fitter; records 11 11; mark 10; } >in
	run -0 script -qec "xano-sync -n in || test \$? = 2" /dev/null
	[[ $output == *'- delete "k0001"  id 1  not wanted'* ]]
	[[ $output == *'~ change "k0010"  id 10  ["title"]'* ]]
	[[ $output == *'1 to delete, 1 to add, 1 to change, 8 as they should be'* ]]
}

@test "a plan is applied as it stands, or not at all" {
	xano
	filled 10
	{ records 2 9; records 10 10 Fitter; records 11 12; mark 11; } >in
	run -2 xano-sync --plan plan in
	[ -z "$output" ]
	cp plan plan.2
	# The plan knows nothing of this row, so it is the wrong one now.
	standin_control '{"update":{"id":5,"set":{"title":"moved"}}}'
	before=$(writes)
	run -80 --separate-stderr xano-sync --apply plan
	[[ $stderr == *"has moved"* ]]
	[ "$(writes)" -eq "$before" ]
	standin_control '{"update":{"id":5,"set":{"title":"Welder 5"}}}'
	head -n -1 plan >part
	run -65 --separate-stderr xano-sync --apply part
	sed '1s/"profile":"[0-9a-f]/"profile":"x/' plan >other
	run -78 --separate-stderr xano-sync --apply other
	XANO_DATA_SOURCE="test" run -78 --separate-stderr xano-sync --apply plan
	run -0 --separate-stderr xano-sync --apply plan
	[ "$(jq -r .op <<<"$output" | xargs)" = 'delete add add change' ]
	holds <in
	run -80 xano-sync --apply plan
}

@test "a backup holds what goes and what changes, and gives it back" {
	xano
	filled 10
	rows | jq -cS 'del(.id)' | sort >old
	{ records 2 9; records 10 10 Fitter; records 11 11; mark 10; } >in
	run -0 xano-sync --backup backup in
	[ "$(jq -r 'select(.op) | "\(.op) \(.row.job_id)"' backup | xargs)" = \
		'delete k0001 change k0010' ]
	run -73 --separate-stderr xano-sync --backup backup < <(wanted 2 9)
	run -0 xano-sync --restore backup
	[ "$(jq -r .op <<<"$output" | xargs)" = 'add change' ]
	rows | jq -cS 'select(.job_id != "k0011") | del(.id)' | sort >new
	diff old new
}

@test "a backup has what somebody changed meanwhile, too" {
	xano
	filled 10
	standin_control '{"fault":{"path":"bulk/patch","after":{
		"update":{"id":5,"set":{"title":"theirs"}}}}}'
	run -0 xano-sync --backup backup < <(records 1 9; records 10 10 Fitter
		mark 10)
	[ "$(jq -c '[.op // ._done.records, .row.title]' backup | xargs)" = \
		'[change,Welder 10] [1,null] [change,theirs] [2,null]' ]
	run -0 xano-sync --restore backup
	[ "$(rows | jq -r 'select(.job_id | IN("k0005", "k0010")) | .title' |
		xargs)" = 'theirs Welder 10' ]
	head -n -1 backup >part
	run -65 --separate-stderr xano-sync --restore part
	[[ $stderr == *"cut short"* ]]
}

@test "rows that are added and not shown at once are waited for, not doubled" {
	xano
	filled 3
	standin_control '{"fault":[
		{"path":"content/bulk","before":{"stale":true}},
		{"path":"search","skip":2,"before":{"stale":false}}]}'
	run -0 --separate-stderr xano-sync -v < <(wanted 1 6)
	[[ $stderr == *"not shown, reading again"* ]]
	records 1 6 | holds
	# For ever: that is told, and not mended by adding them twice.
	standin_control '{"clear_faults":true,
		"fault":{"path":"content/bulk","before":{"stale":true}}}'
	run -1 --separate-stderr xano-sync < <(wanted 1 8)
	[ "$(tail -n 2 <<<"$output" | jq -c '[.op, .key, .status]' | xargs)" = \
		'[verify,k0007,missing] [verify,k0008,missing]' ]
	standin_control '{"stale":false}'
	records 1 8 | holds
}

@test "an insert whose answer is lost is looked up and not repeated" {
	xano
	for fault in '"apply":true,"reset":true' '"apply":true,"status":503' \
		'"apply":true,"status":504,"html":true' '"cut":3' \
		'"apply":true,"status":500' '"apply":true,"status":200,"body":"{"' \
		'"reset":true' '"status":502'; do
		standin_control '{"delete":['"$(seq -s, 1 3000)"']}'
		standin_control "{\"clear_faults\":true,
			\"fault\":{\"path\":\"content/bulk\",$fault}}"
		echo "trying: $fault"
		run -0 --separate-stderr xano-sync --refill < <(wanted 1 300)
		[ "${#lines[@]}" -eq 300 ]
		records 1 300 | holds
	done
}

@test "an insert that times out and is applied is not repeated" {
	xano
	standin_control '{"fault":{"path":"content/bulk","delay_ms":400}}'
	run -0 --separate-stderr xano-sync --timeout 200ms -j 1 < <(wanted 1 20)
	records 1 20 | holds
}

@test "deletes and changes whose answer is lost are repeated" {
	xano
	for fault in '"apply":true,"reset":true' '"status":503' '"cut":5' \
		'"apply":true,"status":500'; do
		wanted 1 20 | xano-sync --refill >/dev/null
		standin_control "{\"clear_faults\":true,\"fault\":[
			{\"path\":\"bulk/delete\",$fault},
			{\"path\":\"bulk/patch\",$fault}]}"
		echo "trying: $fault"
		run -0 --separate-stderr xano-sync < <(wanted 4 20 Fitter)
		records 4 20 Fitter | holds
		wanted 1 20 | xano-sync >/dev/null
	done
}

@test "a row that is refused is named, and the others go in" {
	xano
	{ records 1 400; records 401 401 Welder 12345678901; records 402 600
		mark 600; } >in
	for atomic in 0 1; do
		standin_control "{\"switch\":{\"atomic\":$atomic}}"
		standin_control '{"delete":['"$(seq -s, 1 3000)"']}'
		run -1 --separate-stderr xano-sync --refill in
		[ "$(jq -c 'select(.status != "done")' <<<"$output")" = \
			'{"op":"add","key":"k0401","id":null,"status":"failed","http":500,"code":"ERROR_FATAL","message":"SQL Error: 0"}' ]
		[[ $stderr == *"a row is refused"*k0401* ]]
		[ "$(rows | wc -l)" -eq 599 ]
		grep -v k0401 in | holds
	done
	# It is tried again next time.
	run -1 --separate-stderr xano-sync in
	[ "$(jq -r .key <<<"$output")" = k0401 ]
}

@test "a value that Xano refuses is named by its parameter" {
	jq -c 'map(if .name == "url" then .type = "enum" | .values = ["u"]
		else . end)' "$columns" >schema
	schema=schema xano
	for switches in '{}' '{"param_top":true}'; do
		standin_control "{\"switch\":$switches}"
		{ records 1 9; records 10 10 | sed 's/"url":"u"/"url":"v"/'
			mark 10; } >in
		run -1 --separate-stderr xano-sync in
		[ "$(jq -r 'select(.status == "failed") | .http, .param' \
			<<<"$output" | xargs)" = '400 url' ]
	done
	[ "$(rows | wc -l)" -eq 9 ]
}

@test "when every row is refused it gives up early" {
	xano
	standin_control '{"fault":{"path":"content/bulk","times":0,"status":400}}'
	run -69 --separate-stderr xano-sync < <(wanted 1 5000)
	[[ $stderr == *"giving up"* ]]
	[ "$(writes)" -lt 200 ]
	run -69 --separate-stderr xano-sync --max-failed 3 < <(wanted 1 50)
	[ "$(jq -r .status <<<"$output" | sort | uniq -c | xargs)" = '3 failed' ]
}

@test "when Xano itself fails over everything, that is not the rows' fault" {
	xano
	filled 100
	standin_control '{"fault":{"path":"bulk/patch","times":0,"status":500}}'
	run -75 --separate-stderr xano-sync < <(wanted 1 100 Fitter)
	[ "$(grep -c failed <<<"$output")" -le 10 ]
	standin_control '{"clear_faults":true}'
	run -0 xano-sync < <(wanted 1 100 Fitter)
	records 1 100 Fitter | holds
}

@test "calls that are too large are made smaller" {
	xano
	standin_control '{"switch":{"bulk_max":60}}'
	run -0 xano-sync < <(wanted 1 300)
	records 1 300 | holds
	run -0 xano-sync --max-delete 100% < <(wanted 201 400 Fitter)
	records 201 400 Fitter | holds
}

@test "429 is waited out, however often, and told apart from failure" {
	xano
	standin_control '{"fault":[
		{"path":"schema","times":3,"status":429},
		{"path":"search","times":4,"status":429,"retry_after":"1"},
		{"path":"bulk","times":9,"status":429}]}'
	run -0 --separate-stderr xano-sync --retries 1 < <(wanted 1 300)
	records 1 300 | holds
}

@test "429 for ever ends with 75" {
	xano
	standin_control '{"fault":{"path":"bulk","times":0,"status":429}}'
	run -75 --separate-stderr xano-sync --retries 2 < <(wanted 1 3)
	standin_control '{"fault":{"path":"search","times":0,"status":429}}'
	run -75 --separate-stderr xano-sync --retries 2 < <(wanted 1 3)
}

@test "at the rate that Xano allows, no 429 is ever seen" {
	xano
	for fixed in false true; do
		standin_control "{\"rate\":null,\"delete\":[$(seq -s, 1 999)]}"
		standin_control "{\"rate\":{\"requests\":10,\"window_ms\":300,
			\"fixed\":$fixed}}"
		run -0 --separate-stderr xano-sync --refill --rate 10/300ms \
			--bulk 10 -j 4 < <(wanted 1 250)
		standin_control '{"rate":null}'
		records 1 250 | holds
	done
	[ "$(calls | grep -c ' 429$')" -eq 0 ]
}

@test "a row that is gone already counts as deleted, as Xano may tell it" {
	xano
	for absent in 0 1 404; do
		standin_control "{\"clear_faults\":true,
			\"switch\":{\"absent_delete\":$absent}}"
		wanted 1 20 | xano-sync --refill --max-delete 100% >/dev/null
		first=$(rows | head -1 | jq .id)
		standin_control "{\"fault\":{\"path\":\"bulk/delete\",
			\"before\":{\"delete\":[$((first + 1))]}}}"
		echo "trying: $absent"
		run -0 --separate-stderr xano-sync < <(wanted 4 20)
		[ "${#lines[@]}" -eq 3 ]
		records 4 20 | holds
		standin_control "{\"delete\":[$(seq -s, 1 999)]}"
	done
}

@test "ids may come as numbers or strings, and in any order" {
	xano
	standin_control '{"switch":{"string_ids":false,"shuffle_ids":true,
		"empty_delete":true,"per_page_field":false,"no_totals":true}}'
	run -0 xano-sync < <(wanted 1 300)
	run -0 xano-sync < <(wanted 20 300 Fitter)
	records 20 300 Fitter | holds
	run -0 xano-sync < <(wanted 20 300 Fitter)
	[ -z "$output" ]
}

@test "a row that vanishes before it is changed is added anew" {
	xano
	filled 10
	standin_control '{"fault":{"path":"bulk/patch","before":{"delete":[4]}}}'
	run -0 --separate-stderr xano-sync < <(wanted 1 10 Fitter)
	records 1 10 Fitter | holds
}

@test "a row that somebody else adds meanwhile does not stay double" {
	xano
	filled 5
	standin_control '{"fault":{"path":"content/bulk",
		"before":{"insert":[{"job_id":"k0006","title":"theirs"}]}}}'
	run -0 --separate-stderr xano-sync < <(wanted 1 6)
	records 1 6 | holds
	[ "$(jq -c '[.op, .id]' <<<"$output" | xargs)" = \
		'[add,7] [delete,7] [change,6]' ]
}

@test "what others do to the table meanwhile is told and not undone blindly" {
	xano
	filled 5
	standin_control '{"fault":{"path":"content/bulk",
		"after":{"insert":[{"job_id":"x","title":"theirs"}]}}}'
	run -1 --separate-stderr xano-sync < <(wanted 1 6)
	[ "$(tail -1 <<<"$output" | jq -c '[.op, .key, .status]')" = \
		'["verify","x","extra"]' ]
	[ "$(rows | wc -l)" -eq 7 ]
}

@test "a column that keeps another value than it was given is named" {
	jq -c 'map(if .name == "title" then .filters = ["lower"] else . end)' \
		"$columns" >schema
	schema=schema xano
	run -1 --separate-stderr xano-sync < <(wanted 1 2)
	[ "$(tail -1 <<<"$output" | jq -c '[.op, .key, .status, .columns]')" = \
		'["verify","k0002","differs",["title"]]' ]
	run -0 xano-sync --no-verify < <(records 1 2 welder; mark 2)
}

@test "a row that can't be changed, and is never as it should be, stays one row" {
	xano-sync -p custom --columns | jq '[{"name":"id","type":"int"}] +
		map(if .name == "title" then .filters = ["lower"] else . end)' >schema
	schema=schema xano --key job_hash
	export XANO_BASE_URL=$STANDIN_URL/api:x
	for _ in 1 2; do
		run -1 --separate-stderr xano-sync -p custom -s feed_id=1 \
			< <(records 1 1; mark 1)
		[ "$(tail -1 <<<"$output" | jq -c '[.op, .key, .status]')" = \
			'["verify","k0001","differs"]' ]
		[ "$(rows | wc -l)" -eq 1 ]
	done
}

@test "rows that shift while pages are read are read again" {
	xano
	standin_control '{"switch":{"no_search":true}}'
	filled 100
	standin_control '{"fault":{"path":"/content","skip":3,
		"before":{"delete":[1]}}}'
	run -0 --separate-stderr xano-sync --per-page 10 < <(wanted 2 100)
	[ -z "$output" ]
	standin_control '{"clear_faults":true,"fault":{"path":"/content","skip":3,
		"before":{"insert":[{"title":"theirs"}]}}}'
	run -0 --separate-stderr xano-sync --per-page 10 < <(wanted 2 100)
	[ -z "$output" ]
	records 2 100 >in
	rows | jq -c 'select(.job_id != "")' | wc -l | grep -x 99
}

@test "a table that does not hold still is left alone" {
	xano
	filled 30
	for switches in '{}' '{"no_search":true}'; do
		standin_control "{\"clear_faults\":true,\"switch\":$switches,
			\"fault\":{\"path\":\"/content\",\"times\":0,
			\"after\":{\"insert\":[{\"title\":\"theirs\"}]}}}"
		before=$(writes)
		run -80 --separate-stderr xano-sync --per-page 10 < <(wanted 5 30)
		[[ $stderr == *"does not hold still"* ]]
		[ "$(writes)" -eq "$before" ]
	done
}

@test "a list that ends too early is not taken for the whole" {
	xano
	filled 30
	page=$(rows | head -5 | jq -cs '{items: ., nextPage: null, itemsTotal: 30}')
	standin_control "$(jq -n --arg body "$page" '{fault: {path: "/search",
		times: 0, status: 200, body: $body}}')"
	before=$(writes)
	run -80 --separate-stderr xano-sync < <(wanted 1 30)
	[ "$(writes)" -eq "$before" ]
	standin_control '{"clear_faults":true}'
	records 1 30 | holds
}

@test "where conditions are not obeyed, pages are read instead" {
	xano
	filled 30
	standin_control '{"switch":{"ignore_search":true}}'
	run -0 --separate-stderr xano-sync --per-page 10 < <(wanted 3 30)
	records 3 30 | holds
}

@test "pages may be shorter than asked for" {
	xano
	standin_control '{"switch":{"per_page_max":7}}'
	filled 30
	for switches in '{}' '{"no_search":true}' '{"no_totals":true}'; do
		standin_control "{\"switch\":$switches}"
		run -0 --separate-stderr xano-sync < <(wanted 1 30)
		[ -z "$output" ]
	done
}

@test "a table with uuids is kept as well" {
	jq -c 'map(if .name == "id" then .type = "uuid" else . end)' \
		"$columns" >schema
	schema=schema xano
	run -0 --separate-stderr xano-sync --per-page 10 < <(wanted 1 30)
	run -0 --separate-stderr xano-sync --per-page 10 < <(wanted 4 32 Fitter)
	[ "$(jq -r .op <<<"$output" | sort | uniq -c | xargs)" = \
		'2 add 27 change 3 delete' ]
	records 4 32 Fitter | holds
}

@test "two syncs of one table: the second leaves with 75" {
	xano
	mkfifo in
	xano-sync in 3>&- &
	pid=$!
	exec 7>in
	wait_for eval '[[ -n $(calls) ]]'
	run -75 --separate-stderr xano-sync < <(wanted 1 2)
	[[ $stderr == *"another sync"*"pid=$pid"* ]]
	XANO_DATA_SOURCE="test" run -0 xano-sync < <(wanted 1 2)
	wanted 1 2 >&7
	exec 7>&-
	wait "$pid"
}

@test "add-first adds before it deletes, and no row is ever missing" {
	xano
	filled 10
	before=$(calls | wc -l)
	run -0 xano-sync --order add-first < <(wanted 3 12 Fitter)
	[ "$(calls | tail -n +$((before + 1)) | grep bulk |
		awk '{ print $2 }' | xargs)" = \
		'content/bulk content/bulk/patch content/bulk/delete' ]
	# A row that was there before and after was there all the time.
	curl -fsS --noproxy '*' "$STANDIN_URL/_history" |
		jq -r 'select(.op == "delete") | .key' | sort | xargs >gone
	[ "$(<gone)" = 'k0001 k0002' ]
}

@test "rows without a key are kept, deleted or a reason to stop" {
	xano
	filled 10
	standin_control '{"insert":[{"title":"theirs"},{"job_id":"k0003"}]}'
	before=$(writes)
	run -80 --separate-stderr xano-sync --foreign refuse < <(wanted 1 10)
	run -80 --separate-stderr xano-sync --doubles refuse < <(wanted 1 10)
	run -0 xano-sync --doubles keep < <(wanted 1 10)
	[ "$(writes)" -eq "$before" ]
	run -0 xano-sync < <(wanted 1 10)
	[ "$(jq -c '[.op, .key, .id]' <<<"$output")" = '["delete","k0003",12]' ]
	run -0 xano-sync --foreign delete < <(wanted 1 10)
	[ "$(jq -c '[.op, .key, .id]' <<<"$output")" = '["delete",null,11]' ]
	records 1 10 | holds
}

@test "a scope narrows both sides" {
	xano
	filled 10
	run -0 xano-sync --scope feed_id=1 < <(wanted 3 11)
	[ "$(jq -c '[.op, .key]' <<<"$output" | xargs)" = \
		'[delete,k0001] [add,k0011]' ]
	run -0 xano-sync --scope feed_id=0 < <(wanted 3 11)
	[ "$(jq -c '[.op, .key]' <<<"$output" | xargs)" = '[delete,k0002]' ]
	run -64 xano-sync --scope color=red </dev/null
	run -64 xano-sync --scope feed_id=one </dev/null
}

@test "the generated endpoints do as well, one row a call" {
	xano
	export XANO_BASE_URL=$STANDIN_URL/api:Ab3_x-9Q XANO_TABLE=job
	run -0 --separate-stderr xano-sync -p crud < <(wanted 1 12)
	records 1 12 | holds
	# What is emptied is empty, and columns that are not ours survive.
	wanted 3 13 Fitter | sed 's/"url":"u",//' >in
	run -0 --separate-stderr xano-sync -p crud in
	holds <in
	[ "$(rows | jq -r .url | sort -u)" = '' ]
	for fault in '"apply":true,"reset":true' '"status":503'; do
		standin_control "{\"clear_faults\":true,\"fault\":[
			{\"method\":\"POST\",$fault},{\"method\":\"PUT\",$fault},
			{\"method\":\"DELETE\",$fault}],
			\"switch\":{\"absent_delete\":404}}"
		wanted 3 13 | sed 's/k0003/k0099/; s/k0004/k0098/' >in
		run -0 --separate-stderr xano-sync -p crud in
		holds <in
		run -0 xano-sync -p crud --max-delete 100% < <(wanted 3 13 Fitter)
	done
	standin_control '{"clear_faults":true,"switch":{"crud_envelope":true}}'
	run -0 xano-sync -p crud < <(wanted 3 13 Fitter)
	[ -z "$output" ]
}

@test "endpoints made by hand are reached by a profile alone" {
	xano-sync -p custom --columns |
		jq '[{"name":"id","type":"int"}] + .' >schema
	schema=schema xano --key job_hash
	export XANO_BASE_URL=$STANDIN_URL/api:Ab3_x-9Q
	run -0 --separate-stderr xano-sync -p custom -s feed_id=1 < <(wanted 1 600)
	[ "${#lines[@]}" -eq 300 ]
	run -0 --separate-stderr xano-sync -p custom -s feed_id=0 < <(wanted 1 600)
	[ "$(rows | wc -l)" -eq 600 ]
	run -0 --separate-stderr xano-sync -p custom -s feed_id=1 \
		< <(records 3 4; records 5 5 Fitter; records 6 601; mark 599)
	[ "$(jq -r '.op + .key' <<<"$output" | sort | xargs)" = \
		'addk0005 addk0601 deletek0001 deletek0005' ]
	run -0 --separate-stderr xano-sync -p custom -s feed_id=1 \
		< <(records 3 4; records 5 5 Fitter; records 6 601; mark 599)
	[ -z "$output" ]
	for fault in '"apply":true,"reset":true' '"status":503'; do
		standin_control "{\"clear_faults\":true,\"fault\":[
			{\"path\":\"_bulk\",$fault},{\"path\":\"_remove\",$fault}]}"
		run -0 --separate-stderr xano-sync -p custom -s feed_id=1 \
			< <(wanted 101 600)
		run -0 --separate-stderr xano-sync -p custom -s feed_id=1 \
			< <(wanted 1 600)
		rows | jq -r .job_hash | sort | uniq -d >double
		[ ! -s double ]
		[ "$(rows | wc -l)" -eq 600 ]
	done
}

@test "what replaces a row and is refused leaves the row as it was" {
	xano-sync -p custom --columns |
		jq '[{"name":"id","type":"int"}] + .' >schema
	schema=schema xano --key job_hash
	export XANO_BASE_URL=$STANDIN_URL/api:Ab3_x-9Q
	sync() {
		xano-sync -p custom -s feed_id=1 "$@"
	}
	hashes() {
		rows | jq -r '"\(.job_hash) \(.title)"' | sort
	}
	records 1 39 >in
	mark 39 >>in
	sync in >/dev/null
	# One row has too many digits, two others are as good as ever.
	{ records 1 4; records 5 5 Fitter 12345678901; records 6 9 Fitter
		records 10 39; mark 39; } >changed
	run -1 --separate-stderr sync changed
	[ "$(jq -r 'select(.key == "k0005") | .op + " " + .status' \
		<<<"$output" | xargs)" = 'delete done add failed add kept' ]
	hashes >is
	[ "$(wc -l <is)" -eq 20 ]
	grep -x 'k0005 Welder 5' is
	grep -x 'k0007 Fitter 7' is
	run -1 sync changed
	hashes | diff is -
	# An endpoint that refuses everything loses nothing.
	standin_control '{"fault":{"path":"supabase_bulk","times":0,
		"contains":"Pipefitter","status":400}}'
	for how in '' '--max-failed 2' '--bulk 3'; do
		# shellcheck disable=SC2086
		run --separate-stderr sync $how < <(records 1 39 Pipefitter; mark 39)
		[[ $status == 1 || $status == 69 ]]
		hashes | diff is -
	done
	standin_control '{"clear_faults":true}'
	run -0 sync < <(records 1 39 Pipefitter; mark 39)
	[ "$(hashes | grep -c Pipefitter)" -eq 20 ]
}

@test "rows that are replaced are gone a few at a time" {
	xano-sync -p custom --columns |
		jq '[{"name":"id","type":"int"}] + .' >schema
	schema=schema xano --key job_hash
	export XANO_BASE_URL=$STANDIN_URL/api:Ab3_x-9Q
	xano-sync -p custom -s feed_id=1 < <(wanted 1 100) >/dev/null
	seen=$(curl -fsS --noproxy '*' "$STANDIN_URL/_history" | wc -l)
	xano-sync -p custom -s feed_id=1 --bulk 5 -j 2 \
		< <(wanted 1 100 Fitter) >/dev/null
	gone=$(curl -fsS --noproxy '*' "$STANDIN_URL/_history" |
		tail -n +$((seen + 1)) | jq -n 'reduce inputs as $e ([0, 0];
			(.[0] + if $e.op == "delete" then 1 else -1 end) as $n
			| [$n, ([.[1], $n] | max)]) | .[1]')
	[ "$gone" -le 10 ]
	[ "$(rows | jq -r .title | grep -c Fitter)" -eq 50 ]
}

@test "TERM ends it in good order, and the next run completes" {
	xano
	standin_control '{"fault":{"path":"content/bulk","skip":1,"times":0,
		"status":503}}'
	wanted 1 900 >in
	xano-sync --retries 1000 --max-wait 50ms -j 1 in >out 2>err 3>&- &
	pid=$!
	wait_for eval '[[ $(calls | grep -c 503) -gt 1 ]]'
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	[ "$status" -eq 143 ]
	standin_control '{"clear_faults":true}'
	[ "$(wc -l <out)" -eq 250 ]
	run -0 xano-sync in
	holds <in
}

@test "killed at any call, the next run completes, with nothing double" {
	xano
	wanted 1 30 >old
	{ records 4 20; records 21 33 Fitter; mark 30; } >new
	for call in 2 3 4 5 6 7; do
		for when in before after; do
			standin_control '{"clear_faults":true}'
			xano-sync old >/dev/null
			xano-sync --bulk 5 -j 1 new >/dev/null 3>&- &
			pid=$!
			# Its first call, for the schema, waits until the trap is set.
			kill -STOP "$pid"
			standin_control "{\"fault\":{\"path\":\"/\",\"skip\":$call,
				\"$when\":{\"kill\":$pid}}}"
			kill -CONT "$pid"
			wait "$pid" || :
			standin_control '{"clear_faults":true}'
			run -0 xano-sync new
			holds <new
		done
	done
}

@test "a run folder gets the counters, which add up" {
	xano
	filled 5
	JOBMILL_RUN_DIR=$PWD xano-sync --dead dead \
		< <(records 2 6; echo x; mark 6) || :
	[ "$(jq -c '[.in, .out, .merged, .dead, .added, .deleted, .withheld,
		.unchanged, .status]' xano-sync.stats)" = '[6,5,0,1,1,0,1,4,80]' ]
}

@test "wrong options are refused" {
	export XANO_BASE_URL=http://127.0.0.1:1
	run -64 xano-sync --rate 10
	run -64 xano-sync --rate 10/x
	run -64 xano-sync --rate 0/20s
	run -64 xano-sync --max-delete 101%
	run -64 xano-sync --max-delete many
	run -64 xano-sync --apply a --restore b
	run -64 xano-sync --apply a b
	run -64 xano-sync --order none
	run -66 xano-sync -p nosuch </dev/null
	run -78 --separate-stderr xano-sync -p ./p.json \
		< <(echo '{"keys":1}' >p.json)
	[[ $stderr == *"no such member"*keys* ]]
}

@test "a full disk is noticed" {
	xano
	run -74 bash -c 'xano-sync >/dev/full' < <(wanted 1 5)
	TMPDIR=/nonexistent run -73 xano-sync < <(wanted 1 5)
	chmod 500 .
	[[ $EUID -eq 0 ]] || JOBMILL_STATE_DIR=$PWD/x/y run -73 xano-sync </dev/null
	chmod 700 .
	touch file
	JOBMILL_STATE_DIR=$PWD/file/y run -73 xano-sync </dev/null
}
