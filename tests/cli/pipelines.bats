# The parts of the pipelines: the command line, .env, words, the judgement.
load ../support/common

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
}

# Run a line of shell with what the pipelines share.
part() {
	bash -euc 'program=part here=$ROOT/pipelines share=$ROOT/share
		source "$share/sh/pipeline.bash"
		options=("a all" "n number=" "- long-only=")
		usage() { echo "usage"; }
		set_loudness
		eval "$1"' - "$1"
}

@test "options come long, short, joined, with and without =" {
	run -0 part 'parse_options -a -n5 --long-only=x y -- -z
		echo "${given[all]} ${given[number]} ${given[long-only]}" "${operands[@]}"'
	[ "$output" = "1 5 x y -z" ]
	run -0 part 'parse_options -an 5 --long-only "a b" --all
		echo "${given[all]} ${given[number]} ${given[long-only]}"'
	[ "$output" = "2 5 a b" ]
}

@test "a wrong option is one line and 64" {
	for line in --nonsense -z --number -n --all=1; do
		run -64 part "parse_options $line"
		[ "${#lines[@]}" -eq 1 ]
		[[ $output == "ERROR part: "*"option=${line%%=*}"* ]]
	done
}

@test ".env is data: nothing in it is run or expanded" {
	cat >env <<-'END'
		# a comment

		DATABASE_URL="postgresql://u:p#1@h/d?x=$(touch owned)"
		export XANO_TOKEN='`touch owned`'
		JOBMILL_LOG=debug ; touch owned
		PATH=/nowhere
		LD_PRELOAD=evil.so
		GEMINI_API_KEY=
		XANO_TABLE=7
	END
	export XANO_TABLE=9
	JOBMILL_ENV_FILE=env run -0 part 'load_env
		printf "%s\n" "$DATABASE_URL" "$XANO_TOKEN" "$JOBMILL_LOG" \
			"${LD_PRELOAD-none}" "${GEMINI_API_KEY-none}" "$XANO_TABLE"
		command -v ls'
	[ "${lines[0]}" = 'postgresql://u:p#1@h/d?x=$(touch owned)' ]
	[ "${lines[1]}" = '`touch owned`' ]
	[ "${lines[2]}" = 'debug ; touch owned' ]
	[ "${lines[3]}" = none ]
	[ "${lines[4]}" = none ]
	[ "${lines[5]}" = 9 ]
	[ ! -e owned ]
}

@test "a line of .env that is no setting is named by its number" {
	printf '%s\n' A=1 'XANO TABLE 7' >env
	JOBMILL_ENV_FILE=env run -78 part load_env
	[[ $output == *"file=env line=2" ]]
}

@test ".env is looked for here, and a named one has to be there" {
	echo XANO_TABLE=5 >.env
	run -0 part 'load_env; echo "$XANO_TABLE"'
	[ "$output" = 5 ]
	JOBMILL_ENV_FILE=gone run -66 part load_env
}

@test "words go to standard error as log.h writes them" {
	run -0 --separate-stderr part \
		'say ERROR "it broke" a b c "two words" d $'"'\e[31m\"'"' e ""'
	[ -z "$output" ]
	[ "$stderr" = 'ERROR part: it broke a=b c="two words" d="\u001b[31m\"" e=""' ]
	JOBMILL_LOG_FORMAT=json run -0 --separate-stderr part \
		'say WARNING "it broke" file "a b"'
	[ "$(jq -c . <<<"$stderr")" = '{"level":"WARNING","program":"part","message":"it broke","file":"a b"}' ]
	JOBMILL_LOG=error run -0 --separate-stderr part 'say WARNING "it broke"'
	[ -z "$stderr" ]
}

# judge ENDED COUNTERS: what judge.jq says of a chain of four.
judge() {
	jq -cn --argjson ended "$1" --argjson counters "$2" '{$ended, $counters,
		names: ["feed-fetch", "xml2jsonl", "job-dedup", "stage"]}' | jq -rf "$ROOT/share/sh/judge.jq" |
		jq -r '"\(.verdict) \(.exit) \(.because)"'
}

# counters SEEN DEAD MERGED: those of a chain where nothing is lost.
counters() {
	jq -cn --argjson n "$1" --argjson dead "$2" --argjson merged "$3" '
		{"xml2jsonl": {in: $n, out: ($n - $dead), $dead},
		"job-dedup": {in: ($n - $dead), out: ($n - $dead - $merged), dead: 0},
		"stage": {in: ($n - $dead - $merged), dead: 0}}'
}

@test "a run where all ended well and nothing was lost succeeded" {
	[ "$(judge '[0,0,0,0]' "$(counters 100 0 7)")" = "succeeded 0 " ]
	[ "$(judge '[0,1,0,1]' "$(counters 100 5 7)")" = "succeeded 1 " ]
}

@test "a record that got lost between two stages fails the run" {
	[ "$(judge '[0,0,0,0]' "$(counters 100 0 7 | jq '.stage.in -= 1')")" = \
		"failed 70 records were lost: job-dedup let 93 records out, stage took 92 in" ]
}

@test "a stage that was killed is to blame, not those that wrote to it" {
	[ "$(judge '[141,141,137,0]' '{}')" = "failed 71 job-dedup ended with 137" ]
	[ "$(judge '[141,139,0,0]' '{}')" = "failed 70 xml2jsonl ended with 139" ]
	[ "$(judge '[141,0,0,0]' "$(counters 9 0 0)")" = "failed 70 a reader left early" ]
}

@test "a feed that broke off makes the run partial, if anything came" {
	[ "$(judge '[75,65,0,0]' "$(counters 100 0 7)")" = \
		"partial 75 feed-fetch ended with 75" ]
	[ "$(judge '[0,65,0,1]' "$(counters 100 0 7)")" = \
		"partial 65 xml2jsonl ended with 65" ]
	[ "$(judge '[75,65,0,0]' "$(counters 0 0 0)")" = \
		"failed 75 feed-fetch ended with 75" ]
}

@test "a store that failed fails the run, whatever else there was" {
	[ "$(judge '[0,0,0,75]' "$(counters 100 0 7)")" = "failed 75 stage ended with 75" ]
	[ "$(judge '[75,65,0,74]' "$(counters 100 0 7)")" = \
		"failed 75 feed-fetch ended with 75" ]
	[ "$(judge '[75,65,137,0]' "$(counters 100 0 7)")" = \
		"failed 75 feed-fetch ended with 75" ]
}

@test "a pipe without a verdict of all its stages failed" {
	[ "$(judge '[]' '{}')" = "failed 71 the pipe was killed" ]
}

@test "a feed that did not change is no run" {
	[ "$(judge '[0,65,0,0]' '{"feed-fetch": {"not_modified": 1}}')" = \
		"not_modified 0 " ]
}

@test "process-feed wants one feed, by its number" {
	run -64 process-feed
	run -64 process-feed 1 2
	run -64 process-feed "1; touch owned"
	run -64 process-feed 0
	run -64 process-feed --report=pdf 1
	run -64 process-feed --runs
	[ ! -e owned ]
}
