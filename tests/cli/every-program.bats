# What every program owes, whatever it does.
load ../support/common
load ../support/manual

setup_file() {
	programs=()
	for path in "$ROOT"/src/*/ "$ROOT"/pipelines/*; do
		programs+=("$(basename "$path")")
	done
	export programs_text="${programs[*]}"
}

setup() {
	read -ra programs <<<"$programs_text"
	cd "$BATS_TEST_TMPDIR" || exit
	# Those that take records and give records, and need nothing else.
	filters=("job-dedup" "job-route" "job-route --final"
		"ai-enrich industry" "ai-enrich function")
}

# Programs with subcommands tell in --help, two blanks in front.
commands_of() {
	case $1 in
	pg-store) "$1" --help | sed -nE 's/^  ([a-z]+)( [a-z]+)?  .*/\1\2/p' ;;
	esac
}

# Name what is tried, so that a failure says for which.
try() {
	echo "trying: $*" >&2
}

manual() {
	mandoc -Tascii "$ROOT"/man/man[18]/"$1".[18] | col -b
}

@test "--help goes to standard output, in 80 columns, and says how to use it" {
	for program in "${programs[@]}"; do
		try "$program"
		run -0 --separate-stderr "$program" --help
		[ -z "$stderr" ]
		[[ $output == "Usage: $program"* ]]
		[ "$(wc -L <<<"$output")" -le 80 ]
		[ "${#lines[@]}" -le 60 ]
		run -0 --separate-stderr "$program" -h
		[[ $output == "Usage: $program"* ]]
	done
}

@test "--version names the program, the suite and the version" {
	for program in "${programs[@]}"; do
		try "$program"
		run -0 --separate-stderr "$program" --version
		[ "$output" = "$program (jobmill) $(<"$ROOT/VERSION")" ]
		[ -z "$stderr" ]
	done
}

@test "an unknown option is refused with 64, one line, and a hint" {
	for program in "${programs[@]}"; do
		try "$program"
		run -64 --separate-stderr "$program" --no-such-option
		[ -z "$output" ]
		[ "${#stderr_lines[@]}" -eq 1 ]
		[[ $stderr == "ERROR $program: "*"--help"* ]]
		[[ $stderr == *"--no-such-option"* ]]
	done
}

@test "--help on a full disk fails with 74" {
	for program in "${programs[@]}"; do
		[[ -d $ROOT/src/$program ]] || continue
		try "$program"
		run -74 bash -c '"$1" --help >/dev/full' - "$program"
	done
}

@test "every option is in the manual" {
	local missing=()

	for program in "${programs[@]}"; do
		manual "$program" >page
		{
			"$program" --help
			for command in $(commands_of "$program"); do
				"$program" "$command" --help
			done
		} >help
		for option in $(grep -oE '^ +(-., )?--[a-z0-9-]+' help |
			grep -oE -- '--[a-z0-9-]+' | sort -u); do
			grep -qwF -e "$option" page ||
				missing+=("$program $option")
		done
	done
	echo "missing: ${missing[*]}"
	[ "${#missing[@]}" -eq 0 ]
}

@test "every manual says how the program ends" {
	for program in "${programs[@]}"; do
		try "$program"
		manual "$program" >page
		grep -q '^EXIT STATUS' page
		grep -q '^SEE ALSO' page
		grep -qw 64 page
	done
}

@test "every example of the manuals runs" {
	local pages

	cp -r "$ROOT/share" share
	cd share/samples
	mapfile -t pages < <(printf '%s\n' "$ROOT"/man/man?/* |
		grep -vE "/($with_store)\$")
	run_examples "${pages[@]}"
	[ "$ran" -ge 10 ]
}

@test "a filter reads a file, - and standard input alike" {
	for filter in "${filters[@]}"; do
		try "$filter"
		$filter "$SAMPLES/jobs.ndjson" >file
		$filter - <"$SAMPLES/jobs.ndjson" >dash
		$filter <"$SAMPLES/jobs.ndjson" >input
		[ -s file ]
		cmp file dash
		cmp file input
	done
}

@test "the same input gives the same bytes, whatever the locale and the zone" {
	for filter in "${filters[@]}"; do
		try "$filter"
		$filter "$SAMPLES/jobs.ndjson" >one
		LC_ALL=tr_TR.UTF-8 LANG=de_DE.UTF-8 TZ=Asia/Kathmandu \
			$filter "$SAMPLES/jobs.ndjson" >two
		cmp one two
	done
}

@test "nothing in, nothing out" {
	for filter in "${filters[@]}"; do
		try "$filter"
		run -0 --separate-stderr $filter </dev/null
		[ -z "$output$stderr" ]
	done
}

@test "a file that is not there ends with 66 and its name" {
	for filter in "${filters[@]}"; do
		try "$filter"
		run -66 --separate-stderr $filter no-such-file
		[ -z "$output" ]
		[[ $stderr == "ERROR "*"no-such-file"* ]]
	done
}

@test "a reader that leaves ends a filter in silence" {
	for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
		sed "s/\"CT-/\"$i-/" "$SAMPLES/jobs.ndjson"
	done >many.ndjson
	for filter in "${filters[@]}"; do
		try "$filter"
		run --separate-stderr bash -c \
			'"$@" many.ndjson | head -n 1 >first; exit "${PIPESTATUS[0]}"' \
			- $filter
		[ -z "$stderr" ]
		[[ $status == 141 || $status == 0 ]]
		[ "$(wc -l <first)" -eq 1 ]
	done
}

@test "an output that can't be written ends with 74 and says so" {
	for filter in "${filters[@]}"; do
		try "$filter"
		run -74 --separate-stderr bash -c '"$@" >/dev/full' - \
			$filter "$SAMPLES/jobs.ndjson"
		[[ $stderr == "ERROR "*"stdout"* ]]
		run -74 bash -c '"$@" >&-' - $filter "$SAMPLES/jobs.ndjson"
	done
}

@test "a line that is no record becomes a dead letter, the rest passes" {
	for filter in "${filters[@]}"; do
		try "$filter"
		rm -f dead
		JOBMILL_RUN_DIR=$PWD JOBMILL_STAGE=it run -1 --separate-stderr \
			$filter --dead dead "$SAMPLES/dirty.ndjson"
		jq -e '.in == 8 and .dead == 4 and .out + .merged == 4' it.stats
		[ "${#lines[@]}" -eq "$(jq .out it.stats)" ]
		[ "$(jq -s 'length' dead)" -eq 4 ]
		[ "$(jq -s '[.[].line] == [2, 4, 6, 8]' dead)" = true ]
		jq -es 'all(.[]; .error != "" and .offset > 0)' dead
		[ "$(grep -c '^WARNING ' <<<"$stderr")" -eq 4 ]
	done
}

@test "a routed record passes byte for byte" {
	printf '%s\n' '{ "route":"rejected","source_id":"1", "n":1.10,"big":9007199254740993, "x":1e400,"t":"\u00e9\/é" }' \
		'{"title":"A","company_name":"B","description":"C","route":"approved"}' \
		>routed.ndjson
	for filter in "${filters[@]}" "job-dedup --by ai_title"; do
		try "$filter"
		run -0 --separate-stderr $filter routed.ndjson
		cmp routed.ndjson - <<<"$output"
	done
}

@test "a line end of Windows, a mark at the start and blank lines do no harm" {
	{
		printf '\xef\xbb\xbf'
		sed -n 's/$/\r/; 1,3p' "$SAMPLES/jobs.ndjson"
		echo
	} >odd.ndjson
	sed -n 1,3p "$SAMPLES/jobs.ndjson" >plain.ndjson
	for filter in "${filters[@]}"; do
		try "$filter"
		$filter odd.ndjson >odd
		$filter plain.ndjson >plain
		cmp odd plain
	done
}

@test "a record that is cut off at the end is refused, and the status is 65" {
	{
		sed -n 1,2p "$SAMPLES/jobs.ndjson"
		printf '{"source_id":"3","title":"cut o'
	} >cut.ndjson
	for filter in "${filters[@]}"; do
		try "$filter"
		run -65 --separate-stderr $filter cut.ndjson
		[[ $stderr == *truncated* ]]
	done
}

@test "a record longer than allowed is refused, the rest passes" {
	{
		sed -n 1p "$SAMPLES/jobs.ndjson"
		printf '{"source_id":"long","title":"%0100000d"}\n' 0
		sed -n 2p "$SAMPLES/jobs.ndjson"
	} >long.ndjson
	for filter in "${filters[@]}"; do
		try "$filter"
		rm -f dead
		run -1 --separate-stderr $filter --max-record 64K --dead dead \
			long.ndjson
		[ "$(jq -s length dead)" -eq 1 ]
	done
}

@test "with a run folder a stage leaves its counters there, and they add up" {
	mkdir run
	for filter in "${filters[@]}"; do
		try "$filter"
		JOBMILL_RUN_DIR=run JOBMILL_STAGE=it $filter \
			"$SAMPLES/jobs.ndjson" >/dev/null
		jq -e '.stage == "it" and .status == 0 and .in > 0
			and .in == .out + .merged + .dead' run/it.stats
		[ ! -e run/it.progress ]
	done
}

@test "TERM ends a waiting filter with what it had, by the signal" {
	for filter in "job-route" "ai-enrich industry"; do
		try "$filter"
		rm -f pipe out
		mkfifo pipe
		JOBMILL_LINE_BUFFERED=1 $filter <pipe >out 3>&- &
		pid=$!
		exec 7>pipe
		sed -n 1p "$SAMPLES/jobs.ndjson" >&7
		wait_for test -s out
		kill -TERM "$pid"
		status=0
		wait "$pid" || status=$?
		[ "$status" -eq 143 ]
		exec 7>&-
		[ "$(wc -l <out)" -eq 1 ]
	done
}

@test "setup knows every library that the Makefile asks for" {
	for library in $(sed -nE 's/^PKGS(\.[a-z0-9-]+)? :?= //p' "$ROOT/Makefile"); do
		try "$library"
		grep -qE "library +$library\$" "$ROOT/scripts/setup"
	done
}
