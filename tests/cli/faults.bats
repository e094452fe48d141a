# Faults that no other test holds: see tests/faults/matrix.
load ../support/common

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	jobs=$SAMPLES/jobs.ndjson
}

# filters: their command lines, whose input is $jobs or $feed.
feed=$SAMPLES/indeed.xml
each_filter() {
	"$@" xml2jsonl --feed-id 1 "$feed"
	"$@" job-route "$jobs"
	"$@" job-dedup "$jobs"
	"$@" ai-enrich industry --provider local "$jobs"
}

# small SIZE: a file system of that size in the folder full, until the test
# ends.
small() {
	mkdir full
	unshare -rm true 2>/dev/null || ((EUID == 0)) ||
		skip "no file system can be mounted here"
	mount -t tmpfs -o "size=$1" small full 2>/dev/null ||
		skip "no file system can be mounted here"
}

teardown() {
	umount "$BATS_TEST_TMPDIR/full" 2>/dev/null || :
}

@test "a folder as input is a read error, and no end of file" {
	for words in "xml2jsonl --feed-id 1" job-route job-dedup \
		"ai-enrich industry --provider local"; do
		# shellcheck disable=SC2086
		run $words </
		[ "$status" -ge 66 ]
		[[ $output == *"Is a directory"* ]]
	done
}

hung_up() {
	local reader pid

	mkfifo "fifo.$1"
	"$@" - <"fifo.$1" >"out.$1" 2>"err.$1" 3>&- &
	pid=$!
	exec {reader}>"fifo.$1"
	head -c 20000 "$jobs" >&"$reader"
	sleep 0.2
	kill -s HUP "$pid"
	# Its death must not hang on its input.
	status=0
	timeout 10 tail --pid="$pid" -f /dev/null
	wait "$pid" || status=$?
	exec {reader}>&-
	[ "$status" -eq 129 ]
}

@test "HUP ends a filter as TERM does, by the signal" {
	hung_up job-route
	hung_up job-dedup
}

@test "without file descriptors it ends with a message, and not with 0" {
	for words in "job-route $jobs" "job-dedup $jobs" \
		"xml2jsonl --feed-id 1 $feed"; do
		# No descriptor but the first three is to be had.
		# shellcheck disable=SC2086
		run bash -c 'exec 9>&-; ulimit -n 3; exec "$@"' - $words </dev/null
		[ "$status" -ge 64 ]
		[[ $output == *"Too many open files"* || $output == *"cannot open shared object"* ||
			$output == *"error while loading"* ]]
	done
}

@test "within too little address space it ends with one message, not with a crash" {
	! sanitized || skip "a sanitizer needs address space of its own"
	head -c 3000000 /dev/zero | tr '\0' x |
		sed 's/.*/{"feed_id":1,"source_id":"a","description":"&"}/' >large
	for words in "job-route" "job-dedup --threads 1"; do
		# shellcheck disable=SC2086
		run bash -c 'ulimit -v 10000; exec "$@"' - $words large
		echo "$output"
		[ "$status" -eq 71 ]
		[ "$(grep -c '^ERROR.*out of memory' <<<"$output")" -eq 1 ]
		[[ $output != *source_id* ]]
	done
}

closed_outputs() {
	run bash -c 'exec "$@" >&-' - "$@"
	[ "$status" -eq 74 ]
	run bash -c 'exec "$@" 2>&- >out' - "$@"
	((status <= 1))
	cmp -s out <("$@" 2>/dev/null)
}

@test "started without standard input, output or error it writes into no other file" {
	each_filter closed_outputs
	run bash -c 'exec job-route <&-'
	[ "$status" -eq 74 ]
	# What it opens itself must not become its standard output.
	run bash -c 'exec job-route --explain why "$1" >&-' - "$jobs"
	[ "$status" -eq 74 ]
	[ ! -s why ]
}

any_year() {
	local year

	"$@" >plain 2>/dev/null || :
	for year in '1971-01-01' '2040-06-01' '-1h'; do
		[[ $1 != job-route ]] || export JOBMILL_NOW=2026-01-05T08:00:00Z
		faketime -f "$([[ $year == -* ]] && echo "$year" || echo "@$year 00:00:00")" \
			"$@" >shifted 2>err || :
		cmp plain shifted
	done
}

@test "whatever the clock says, the same comes out" {
	! sanitized || skip "faketime and a sanitizer both want to be first"
	export JOBMILL_NOW=2026-01-05T08:00:00Z
	each_filter any_year
}

@test "a wall clock that jumps does not touch waiting, retries or rates" {
	! sanitized || skip "faketime and a sanitizer both want to be first"
	mkdir www
	cp "$feed" www/feed.xml
	standin_start feed --root "$PWD/www"
	# A day passes in each second; a timeout by the wall clock would end it.
	FAKETIME_DONT_FAKE_MONOTONIC=1 run -0 --separate-stderr \
		faketime -f '+0 x86400' feed-fetch \
		--allow-private --stall 5s --retry-wait 10ms \
		"$STANDIN_URL/feed.xml?status=503&times=2"
	cmp <(echo "$output") "$feed"
}

@test "a program that is stopped for a while goes on where it was" {
	mkdir www
	cp "$feed" www/feed.xml
	standin_start feed --root "$PWD/www"
	feed-fetch --allow-private --limit-rate 30K "$STANDIN_URL/feed.xml" \
		>out 2>err 3>&- &
	pid=$!
	sleep 0.3
	kill -s STOP "$pid"
	sleep 2
	kill -s CONT "$pid"
	wait "$pid"
	cmp out "$feed"
}

@test "a terminal as standard input gets a hint, and 64" {
	need_terminal
	for words in job-route job-dedup "xml2jsonl --feed-id 1"; do
		run script -qec "$words" /dev/null
		[ "$status" -eq 64 ]
		[[ $output == *"standard input is a terminal"* ]]
	done
}

@test "what is no object in one line is refused, line by line" {
	printf '[1]\n7\n{\n"feed_id":1,\n"source_id":"a"}\n%s\n' \
		'{"feed_id":1,"source_id":"b"}' >in
	run -1 --separate-stderr job-route in
	[ "${#lines[@]}" -eq 1 ]
	[[ ${lines[0]} == *'"source_id":"b"'* ]]
	[[ $stderr == *"line=1 "*"line=2 "*"line=3 "* ]]
}

@test "headers of two megabytes, or a hundred thousand of them, end a fetch with 76" {
	for kind in 'X: ${"x".repeat(2e6)}\r\n' '${"X-a: b\r\n".repeat(1e5)}'; do
		rm -f port
		node -e 'require("net").createServer(s => { s.on("error", () => {})
			s.end(`HTTP/1.1 200 OK\r\n'"$kind"'\r\n<jobs></jobs>`)
		}).listen(0, "127.0.0.1", function () {
			require("fs").writeFileSync("port", `${this.address().port}`) })' \
			<&- >/dev/null 3>&- &
		node=$!
		wait_for test -s port
		run timeout 60 feed-fetch --allow-private --retries 0 \
			"http://127.0.0.1:$(<port)/feed.xml"
		kill "$node"
		[ "$status" -eq 76 ]
	done
}

@test "200000 attributes, or children of one job, are bounded" {
	{
		echo '<?xml version="1.0"?><jobs><job'
		seq 200000 | sed 's/.*/ a&="x"/'
		echo '><id>1</id><title>T</title></job>'
		echo '<job><id>2</id>'
		seq 200000 | sed 's|.*|<c&>x</c&>|'
		echo '</job><job><id>3</id><title>T</title></job></jobs>'
	} >in.xml
	run timeout 60 xml2jsonl --feed-id 1 --map jobmill --raw in.xml
	((status <= 1 || status == 65))
	[[ $output != *AddressSanitizer* ]]
}

@test "a full disk for spilled records ends job-dedup with 74, and nothing is claimed" {
	small 300k
	dedup_make mixed 5000 1 >large
	TMPDIR=$PWD/full run --separate-stderr job-dedup --memory 1M large
	[ "$status" -eq 74 ]
	[[ $stderr == *"No space left"* ]]
}

@test "a full disk under the answers, the state or the snapshot is told" {
	small 64k
	head -c 60K /dev/zero >full/filler
	mkdir www
	cp "$feed" www/feed.xml
	standin_start feed --root "$PWD/www"
	run --separate-stderr feed-fetch --allow-private --snapshot full/snapshot \
		"$STANDIN_URL/feed.xml"
	[ "$status" -eq 74 ] || [ "$status" -eq 73 ]
	[[ $stderr == *"No space left"* ]]
	[ ! -e full/snapshot ]
}

@test "an explanation that can't be written stops job-route, naming it" {
	run --separate-stderr job-route --explain /dev/full "$jobs"
	[ "$status" -eq 74 ]
	[[ $stderr == *"/dev/full"* ]]
}

@test "a name out of a record is never a path" {
	printf '%s\n' '{"feed_id":1,"source_id":"../../../../tmp/evil","title":"../x","route":null,"url":"file:///etc/passwd"}' >in
	run job-route --final in
	[[ $output == *'"source_id":"../../../../tmp/evil"'* ]]
	run -0 find . -newer in -name '*evil*'
	[ -z "$output" ]
}

@test "two dozen runs in one temporary folder do not meet" {
	mkdir tmp
	export TMPDIR=$PWD/tmp
	dedup_make mixed 300 1 >large
	job-dedup large >want
	for n in $(seq 24); do
		job-dedup --memory 1M large >"out.$n" 3>&- &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do wait "$pid"; done
	for n in $(seq 24); do cmp "out.$n" want; done
	run -0 ls -A tmp
	[ -z "$output" ]
}

@test "a feed of more than four gigabytes is counted right" {
	[[ -n ${JOBMILL_LONG_TESTS:-} ]] || skip "long: JOBMILL_LONG_TESTS=1"
	job="<job><id>%d</id><title>T</title><description>$(head -c 60000 /dev/zero | tr '\0' x)</description></job>"
	{
		echo '<jobs>'
		seq 72000 | awk -v job="$job" '{ printf(job "\n", $1) }'
		echo '</jobs>'
	} | JOBMILL_RUN_DIR=$PWD xml2jsonl --feed-id 1 --map generic | tail -n 1 >last
	[[ $(jq -r .source_id last) == 72000 ]]
	(($(jq .bytes_in xml2jsonl.stats) > 4294967296))
}

@test "a store whose disk is full, or that only reads, says so, and is as it was" {
	load ../support/store
	store_fresh
	records a b | store_run
	rows >before
	run=$(pg-store begin 1)
	name=${DATABASE_URL#*///} && name=${name%%\?*}
	sql "alter database $name set default_transaction_read_only = on"
	run ! --separate-stderr pg-store stage "$run" < <(records a c)
	[[ $stderr == *"read-only"* ]]
	((status == 74 || status == 75))
	PGOPTIONS='-c default_transaction_read_only=off' \
		sql "alter database $name reset default_transaction_read_only"
	rows | cmp - before

	small 64M
	((EUID != 0)) || chown postgres: full 2>/dev/null || chown nobody: full
	chmod a+x "$BATS_TEST_TMPDIR" "$BATS_RUN_TMPDIR" || :
	sql "create tablespace $name location '$PWD/full'" ||
		skip "the server can't reach a folder of ours"
	sql "alter schema jobmill_stage owner to current_user" || :
	export PGOPTIONS="-c default_tablespace=$name"
	# What compresses takes no room.
	run ! --separate-stderr pg-store stage "$run" < <(
		head -c 100000000 /dev/urandom | base64 -w 900000 | awk '{
			printf("{\"feed_id\":1,\"source_id\":\"big%d\",\"route\"" \
				":\"approved\",\"title\":\"T\",\"description\":\"%s\"}\n", NR, $0) }')
	unset PGOPTIONS
	[[ $stderr == *"No space left"* ]]
	((status == 74 || status == 75))
	run -0 pg-store abort "$run"
	rows | cmp - before
	run -0 pg-store check
}

@test "every script that runs psql stops at the first error" {
	# scripts/bench measures, and looks at what it measured.
	run -0 grep -rnE 'psql -' "$ROOT/pipelines" "$ROOT/scripts" "$ROOT/share/sh" \
		"$ROOT/tests/support" -I --exclude=bench
	while read -r line; do
		# One command alone has nothing to go on with.
		[[ $line == *ON_ERROR_STOP* || $line == *" -c "* ||
			$line =~ :[0-9]+:[[:space:]]*# ]] || {
			echo "no ON_ERROR_STOP: $line"
			return 1
		}
	done <<<"$output"
}

@test "every stage reads its input to the end, so that no writer dies of it" {
	seq 200000 | sed 's/.*/{"feed_id":1,"source_id":"&","title":"T"}/' >large
	for words in job-route job-dedup; do
		run bash -c 'set -o pipefail; cat large | "$0" >/dev/null; echo "${PIPESTATUS[0]}"' "$words"
		[ "${lines[-1]}" = 0 ]
	done
	# Also past what it can use: a feed's end, and what stands behind it.
	run bash -c '{ cat "$1"; yes "" | head -c 3000000; } | xml2jsonl --feed-id 1 >/dev/null 2>&1
		echo "${PIPESTATUS[0]}"' - "$feed"
	[ "$output" = 0 ]
}

@test "parts of a stream, in any order, come to what the whole does" {
	sed 's/^\(.*\)$/\1/' "$jobs" | job-route --final | sort >whole
	ai-enrich industry --provider local <"$jobs" | sort >whole.ai
	for seed in 1 2 3; do
		rm -f part.*
		shuf --random-source=<(yes "$seed") "$jobs" |
			split -n "r/$((seed * 3))" - part.
		for part in part.*; do job-route --final "$part"; done | sort | cmp - whole
		for part in part.*; do
			ai-enrich industry --provider local "$part"
		done | sort | cmp - whole.ai
	done
}

@test "a part whose job fails once is done again, and nothing of it comes twice" {
	cat >once <<-'END'
		#!/usr/bin/env bash
		head -c 4000 >head
		if mkdir failed 2>/dev/null; then
			job-route --final head
			exit 75
		fi
		cat head - | job-route --final
	END
	chmod +x once
	parallel --will-cite -j1 --pipe -N 20 --retries 2 ./once <"$jobs" 2>/dev/null | sort >parts
	job-route --final "$jobs" | sort | cmp - parts
}

@test "a part that fails for good fails the whole, whatever came of it" {
	run bash -c 'parallel --will-cite -j2 --pipe -N 20 --retries 2 "job-route; exit 75" <"$1" >/dev/null 2>&1' - "$jobs"
	[ "$status" -ne 0 ]
}

@test "no script of the suite joins options of parallel that lose records" {
	run -1 grep -rnE 'parallel.*--retries.*(--line-buffer|--lb|--pipe-?part|--shard|--bin|--round-?robin)' \
		"$ROOT/pipelines" "$ROOT/scripts" "$ROOT/share/sh"
	run -1 grep -rnE 'parallel.*(--line-buffer|--lb|--pipe-?part|--shard|--bin|--round-?robin).*--retries' \
		"$ROOT/pipelines" "$ROOT/scripts" "$ROOT/share/sh"
}

@test "a full disk under the collector of parts is told, and nothing passes for whole" {
	small 16k
	run bash -c 'parallel --will-cite -j2 --tmpdir "$2" --pipe -N 20 job-route <"$1" >out 2>err' - \
		"$jobs" "$PWD/full"
	[ "$status" -ne 0 ]
	mkdir tmp
	run bash -c 'parallel --will-cite -j2 --tmpdir tmp --pipe -N 20 job-route <"$1" >out' - "$jobs"
	[ "$status" -eq 0 ]
}
