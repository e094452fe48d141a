#!/usr/bin/env bats
# enrich-parallel: many at once give what one gives, and each shard once.
load ../support/common
load ../support/model

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	export JOBMILL_ENV_FILE=/dev/null JOBMILL_STATE_DIR=$PWD/state
	export JOBMILL_LOG=warning JOBMILL_RETRY_WAIT=1ms TMPDIR=$PWD/tmp
	mkdir tmp
	for i in 1 2 3 4; do
		jq -c --arg i "$i" '.source_id += "-" + $i
			| .title += " " + $i' "$SAMPLES/jobs.ndjson"
	done >jobs.ndjson
}

teardown() {
	local file

	for file in box*/pid; do
		[[ ! -s $file ]] || kill_box "${file%/pid}"
	done
}

# Machines that are this one: servers of ssh on loopback, each with settings of
# its own.
start_boxes() {
	local box port

	[[ -x /usr/sbin/sshd ]] || skip "no sshd: scripts/setup installs it"
	((EUID != 0)) || mkdir -p /run/sshd
	ssh-keygen -q -t ed25519 -N '' -f key
	for box; do
		mkdir -p "$box/home"
		port=$(free_port)
		cat >"$box/sshd" <<-END
			Port $port
			ListenAddress 127.0.0.1
			HostKey $PWD/key
			PidFile $PWD/$box/pid
			AuthorizedKeysFile $PWD/key.pub
			StrictModes no
			UsePAM no
			PasswordAuthentication no
			SetEnv SHLVL=1 HOME=$PWD/$box/home JOBMILL_BIN=$JOBMILL_BIN
			LogLevel ERROR
		END
		cat >>ssh <<-END
			Host $box
			HostName 127.0.0.1
			Port $port
			IdentityFile $PWD/key
			IdentitiesOnly yes
			UserKnownHostsFile $PWD/known
			StrictHostKeyChecking no
			LogLevel ERROR
		END
		(exec setsid /usr/sbin/sshd -f "$box/sshd" 3>&-)
		wait_for test -s "$box/pid"
	done
	export PARALLEL_SSH="ssh -F $PWD/ssh"
}

free_port() {
	node -e 'const s = require("net").createServer().listen(0, "127.0.0.1",
		() => { console.log(s.address().port); s.close(); })'
}

# All that the server of a machine started dies with it.
kill_box() {
	kill_tree "$(<"$1/pid")"
	rm -f "$1/pid"
}

# Whether an ai-enrich runs below a process.
asks() {
	local child

	for child in $(ps -o pid= --ppid "$1"); do
		[[ $(ps -o comm= "$child") != ai-enrich ]] || return 0
		! asks "$child" || return 0
	done
	return 1
}

kill_tree() {
	local child

	for child in $(ps -o pid= --ppid "$1"); do
		kill_tree "$child"
	done
	kill -KILL "$1" 2>/dev/null || :
}

gemini() {
	gemini_start "$@"
	# So that what a job costs depends on nobody else.
	export JOBMILL_PROVIDER=gemini JOBMILL_BATCH=1
}

# What all machines have: a place where the model is, and a key for it.
tell_boxes() {
	local box

	for box; do
		printf '%s\n' GEMINI_API_KEY=test-key \
			"GEMINI_BASE_URL=$STANDIN_URL/v1beta" >"$box/home/.env"
	done
}

@test "many give the bytes of one, in both stages" {
	export JOBMILL_PROVIDER=local
	ai-enrich industry jobs.ndjson >one
	run -0 --separate-stderr enrich-parallel -j 3 -n 45 industry jobs.ndjson
	[ -z "$stderr" ]
	cmp one - <<<"$output"
	ai-enrich function one >one-2
	enrich-parallel -j 2 -n 120 function <one >many-2
	cmp one-2 many-2
	run ! compgen -G 'state/enrich-parallel/*'
	run ! compgen -G 'tmp/*'
}

@test "no jobs are no jobs" {
	export JOBMILL_PROVIDER=local JOBMILL_RUN_DIR=$PWD
	run -0 --separate-stderr enrich-parallel industry /dev/null
	[ -z "$output$stderr" ]
	[ "$(jq -c '[.in, .out, .dead]' ai-enrich.stats)" = '[0,0,0]' ]
}

@test "counters and dead letters are those of one" {
	export JOBMILL_PROVIDER=local
	{
		head -n 30 jobs.ndjson
		printf '{bad\n\n \n'
		tail -n +31 jobs.ndjson
		printf '["\xff"]\n'
	} >some-bad
	JOBMILL_RUN_DIR=. JOBMILL_DEAD=one.dead run -1 ai-enrich industry some-bad
	mv ai-enrich.stats one.stats
	JOBMILL_RUN_DIR=. run -1 enrich-parallel -n 50 -d many.dead industry some-bad
	[ -s one.dead ]
	diff <(jq -cS 'del(.raw)' one.dead) <(jq -cS 'del(.raw)' many.dead)
	diff <(jq -S 'del(.seconds)' one.stats) \
		<(jq -S 'del(.seconds, .shards)' ai-enrich.stats)
	JOBMILL_MAX_DEAD=2 run -65 enrich-parallel -n 110 industry some-bad
	run -66 enrich-parallel industry gone
	run -64 enrich-parallel both jobs.ndjson
	run -64 enrich-parallel -j 0 industry jobs.ndjson
}

@test "a model that costs: each shard once, killed and run again" {
	gemini
	ai-enrich industry jobs.ndjson >one
	whole=$(paid)
	curl -fsS --noproxy '*' -X POST "$STANDIN_URL/_reset"
	standin_control '{"fault": {"path": ":generate", "delay_ms": 20, "times": 0}}'
	export JOBMILL_IN_FLIGHT=3
	for i in 1 2 3; do
		setsid enrich-parallel -j 2 -n 30 industry jobs.ndjson >many 3>&- &
		script=$!
		wait_for more_than $(($(paid) + 25))
		kill_session "$script"
		wait "$script" || :
		[ ! -s many ]
		# One that was just being started goes on to its end.
		wait_for flock -n state/enrich-parallel/*/lock true
	done
	enrich-parallel -j 2 -n 30 industry jobs.ndjson >many
	cmp one many
	echo "paid $(paid), undisturbed $whole" >&2
	(($(paid) <= whole + 3 * 2 * 3))
}

# Everything that it started, wherever that has put itself.
kill_session() {
	local group

	for group in $(ps -o pgid= -s "$1" | sort -u); do
		kill -KILL -- "-$group" 2>/dev/null || :
	done
}

more_than() {
	(($(paid) > $1)) || ! kill -0 "$script" 2>/dev/null
}

@test "what is kept is done once, and only if it proves to be whole" {
	gemini
	enrich-parallel -n 30 --work kept industry jobs.ndjson >first
	mapfile -t done_ < <(compgen -G 'kept/*.out')
	[ "${#done_[@]}" -ge 4 ]
	paid=$(paid)
	enrich-parallel -n 30 --work kept industry jobs.ndjson >second
	cmp first second
	[ "$(paid)" -eq "$paid" ]
	# Cut short; with a byte turned; gone; with a story that does not hold.
	truncate -s -1 "${done_[0]}"
	sed -i '1s/ai_title/ai_titel/' "${done_[1]}"
	rm "${done_[2]}"
	sed -i 's/"in":[0-9]*/"in":29/' "${done_[3]/.out/.end}"
	enrich-parallel -n 30 --work kept industry jobs.ndjson >second
	cmp first second
	[ "$(paid)" -eq $((paid + 4 * 30)) ]
	# One run at a time.
	flock kept/lock bash -c '! enrich-parallel --work kept industry \
		jobs.ndjson && (($? == 0))' 2>said
	grep -q 'another run is at work' said
}

@test "a key that is wrong is told as by one, and nothing leaves" {
	gemini
	export GEMINI_API_KEY=wrong
	run -77 --separate-stderr enrich-parallel -n 100 industry jobs.ndjson
	[ -z "$output" ]
	[[ $stderr == *"the key is not valid"* ]]
	[[ $stderr == *"not all shards came back"* ]]
}

@test "limits are those of all together" {
	gemini
	JOBMILL_BATCH=10 JOBMILL_RPD=7 run -75 enrich-parallel -j 3 -n 30 \
		industry jobs.ndjson
	[ "$(paid)" -le 7 ]
}

@test "other machines: the bytes of one, their own keys, nothing left there" {
	start_boxes box1 box2
	gemini
	tell_boxes box1 box2
	export JOBMILL_RPM=100000
	ai-enrich industry jobs.ndjson >one
	# What others leave at home, killed at the same time, is theirs.
	: >begun
	echo 'JOBMILL_BATCH=7' >>box1/home/.env
	export GEMINI_API_KEY=test-key
	printf '%s\n' '# two' 2/box1 box2 ':' >machines
	run -0 --separate-stderr enrich-parallel -v -j 1 -n 25 --hosts machines \
		--work kept industry jobs.ndjson
	cmp one - <<<"$output"
	# All had their part, and no word that was said holds the key.
	for box in box1 box2 :; do
		cut -f 2 kept/joblog | grep -qxF "$box"
	done
	run ! grep -rqF test-key kept
	[ -z "$(find "$HOME" -maxdepth 1 -name '.jobmill-industry-*' -newer begun)" ]
}

@test "a machine that is away, unlike or too small for its part is left out" {
	start_boxes box1 box2
	gemini
	tell_boxes box1 box2
	echo 'JOBMILL_TAXONOMY=/other' >>box2/home/.env
	printf '%s\n' box1 box2 nowhere.invalid >machines
	run -0 --separate-stderr enrich-parallel -j 1 -n 60 --hosts machines \
		industry jobs.ndjson
	[[ $stderr == *"left out machine=box2"* ]]
	[[ $stderr == *"left out machine=nowhere.invalid"* ]]
	printf '%s\n' box1 100/: >machines
	JOBMILL_BATCH=50 JOBMILL_RPD=100 run -0 --separate-stderr \
		enrich-parallel -j 1 -n 100 --hosts machines industry jobs.ndjson
	[[ $stderr == *"left out machine=box1"*JOBMILL_RPD* ]]
	echo box2 >machines
	run -75 --separate-stderr enrich-parallel --hosts machines industry \
		jobs.ndjson
	[[ $stderr == *"no machine is left"* ]]
	echo '-oProxyCommand=x' >machines
	run -78 enrich-parallel --hosts machines industry jobs.ndjson
}

@test "a machine that dies half-way loses its shards to the others" {
	start_boxes box1 box2
	gemini
	tell_boxes box1 box2
	ai-enrich industry jobs.ndjson >one
	curl -fsS --noproxy '*' -X POST "$STANDIN_URL/_reset"
	standin_control '{"fault": {"path": ":generate", "delay_ms": 30, "times": 0}}'
	export JOBMILL_IN_FLIGHT=2
	printf '%s\n' box1 box2 >machines
	enrich-parallel -j 1 -n 20 --hosts machines --work kept industry \
		jobs.ndjson >many 2>said 3>&- &
	script=$!
	wait_for more_than 15
	# Not between two shards: then nothing would be lost with it.
	wait_for asks "$(<box1/pid)"
	kill_box box1
	wait "$script"
	cmp one many
}
