#!/usr/bin/env bats
# What job-dedup promises on the command line.
# shellcheck disable=SC2030,SC2031,SC2154
load ../support/common

# A text of 70 words and more, with places for what may differ.
text() {
	local extra=$1 city=$2

	echo "<p>We keep the lights on in homes, schools and small shops, and we" \
		"are looking for somebody who likes to do this with us in $city.</p>" \
		"<ul><li>Survey houses and plan the shortest way for cables</li>" \
		"<li>Install, test and explain what was installed</li>" \
		"<li>Find faults with patience and a meter</li>" \
		"<li>Write reports that an inspector can read</li></ul>" \
		"<p>You bring a licence, some years on site, a head for heights and" \
		"good manners at the door. We offer a van, tools that are replaced" \
		"when they wear out, and holidays that stay holidays. $extra</p>"
}

# ad ID CITY [EXTRA [JSON-MEMBERS]]: a job of one title and company.
ad() {
	local id=$1 city=$2 extra=${3:-Apply now.} more=${4:-}

	printf '{"feed_id":1,"source_id":"%s","status":"open","title":"Electrician",' "$id"
	printf '"company_name":"Copperline","description":"%s",' "$(text "$extra" "$city")"
	printf '"url":"https://e.example/%s","employment_type":"FULL_TIME",' "$id"
	printf '"locations":[{"city":"%s","state":"TX","country":"US"}],' "$city"
	printf '"is_multi_location":false,"cpc":0.%s0%s}\n' "${#id}" "$more"
}

# The ids of each record, the survivor first: "1+2+3 7".
groups() {
	jq -r '[.source_id, (.merged // [])[].source_id] | join("+")' | paste -sd ' '
}

# 4 MB under different keys.
many() {
	seq 1 4000 | sed "s/.*/{\"source_id\":\"&\",\"title\":\"t&\",\"company_name\":\"c\",\"description\":\"$(printf 'x%.0s' {1..900})\"}/"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
}

@test "one role in three cities is one record with all places and links" {
	{ ad 1 Austin; ad 2 Denver; ad 3 'New York'; } >in
	run -0 --separate-stderr job-dedup in
	[ -z "$stderr" ]
	[ "${#lines[@]}" -eq 1 ]
	[ "$(jq -c '.locations | map(.city)' <<<"$output")" = '["Austin","Denver","New York"]' ]
	[ "$(jq -c .is_multi_location <<<"$output")" = true ]
	[ "$(jq -c '.merged | map([.source_id, .url, .locations[0].city])' <<<"$output")" = '[["2","https://e.example/2","Denver"],["3","https://e.example/3","New York"]]' ]
	[[ $output == *'{"source_id":"2","url":"https://e.example/2","cpc":0.10,"locations":[{"city":"Denver","state":"TX","country":"US"}],"rule":"words"}'* ]]
}

@test "what is not merged into keeps every byte of the survivor" {
	one=$(ad 1 Austin 'Apply now.' ', "id" : 9007199254740993,"n":1.10, "big":1e400,"u":"\u00e9\/"')
	two=$(ad 2 Austin)
	run -0 job-dedup <<<"$one"$'\n'"$two"
	# Same places, so that only "merged" is new.
	[ "$output" = "${one%\}},\"merged\":[{\"source_id\":\"2\",\"url\":\"https://e.example/2\",\"cpc\":0.10,\"locations\":[{\"city\":\"Austin\",\"state\":\"TX\",\"country\":\"US\"}],\"rule\":\"description\"}]}" ]
}

@test "the smallest id survives, numbers as numbers, and stands where it came" {
	{ ad 10 Austin; ad X-9 Denver; ad 9 Dallas; ad 009 Boston; } |
		job-dedup | groups >out
	[ "$(<out)" = "9+009+10+X-9" ]
	{ ad 20 Austin 'A night shift.'; ad 10 Austin; ad 5 Austin 'A night shift.'
		ad 3 Denver; } | job-dedup | groups >out
	[ "$(<out)" = "5+20 3+10" ]
}

@test "records that can't be folded pass at once, byte for byte" {
	routed=$(ad 1 Austin '' ', "route":"rejected"')
	closed=$(ad 2 Austin | sed 's/"open"/"closed"/')
	untitled=$(ad 3 Austin | sed 's/"Electrician"/" "/')
	unnamed=$(ad 4 Austin | sed 's/"company_name":"Copperline",//')
	nobody=$(ad 5 Austin | sed 's/"source_id":"5"/"source_id":""/')
	odd=$(ad 6 Austin '' ',"merged":"?"')
	{ ad 7 Austin; printf '%s\n' "$routed" "$closed" "$untitled" "$unnamed" "$nobody" "$odd"; ad 8 Denver; } >in
	job-dedup in >out
	printf '%s\n' "$routed" "$closed" "$untitled" "$unnamed" "$nobody" "$odd" >expected
	head -n 6 out | cmp - expected
	[ "$(tail -n +7 out | groups)" = "7+8" ]
}

@test "order, memory and threads change nothing" {
	local seed option

	job-dedup "$ROOT/tests/data/dedup-labelled.ndjson" >plain
	sort plain >sorted
	for seed in 1 2 3; do
		shuf --random-source=<(yes $seed) "$ROOT/tests/data/dedup-labelled.ndjson" |
			job-dedup | sort | cmp - sorted
	done
	for option in "--threads 1" "--threads 4" "--memory 1M" "--memory 1M --threads 3"; do
		# shellcheck disable=SC2086
		job-dedup $option "$ROOT/tests/data/dedup-labelled.ndjson" | cmp - plain
	done
}

# Who is one with whom, whatever order: "1+2+3" a line, sorted.
memberships() {
	jq -r '[.source_id, (.merged // [])[].source_id] | sort | join("+")' | sort
}

@test "a feed in parts, joined in another order or folded part by part, is one" {
	job-dedup "$ROOT/tests/data/dedup-labelled.ndjson" | sort >sorted
	split -n l/5 "$ROOT/tests/data/dedup-labelled.ndjson" part.
	cat part.ae part.ab part.ad part.aa part.ac | job-dedup | sort | cmp - sorted
	# Nobody is lost or doubled.
	for part in part.*; do job-dedup "$part"; done | job-dedup --unmerge |
		jq -r .source_id | sort >ids
	jq -r .source_id "$ROOT/tests/data/dedup-labelled.ndjson" | sort | cmp - ids
	# Being the same words is no matter of who is compared first.
	dedup_make mixed 2000 3 >mixed
	split -n l/5 mixed mixed.
	job-dedup --threshold 1 mixed | memberships >whole
	for part in mixed.*; do job-dedup --threshold 1 "$part"; done |
		job-dedup --threshold 1 | memberships | cmp - whole
	[ "$(grep -c + whole)" -gt 40 ]
}

@test "it rests on no hash and no machine: where all hashes collide, the same comes out" {
	dedup_make one-key 300 3 >one
	dedup_make groups 400 3 >groups
	for in in "$ROOT/tests/data/dedup-labelled.ndjson" one groups; do
		job-dedup "$in" >plain
		job-dedup-collide "$in" | cmp - plain
		job-dedup-collide --memory 1M "$in" | cmp - plain
	done
}

@test "two at once in one folder do not disturb each other" {
	dedup_make mixed 1200 3 >in
	dedup_make mixed 1200 4 >other
	mkdir tmp
	export TMPDIR=$PWD/tmp
	job-dedup --memory 1M other >out2 &
	job-dedup --memory 1M in >out
	wait $!
	job-dedup in | cmp - out
	job-dedup other | cmp - out2
	[ -z "$(ls -A tmp)" ]
}

# spends MEMORY-OPTION INPUT-COMMAND...: a run's peak in MiB; counters in run/.
spends() {
	local memory=$1

	shift
	mkdir -p run
	rm -f cost
	"$@" | JOBMILL_RUN_DIR=run measure cost job-dedup --short --memory "$memory" |
		tee >(wc -l >lines) | grep -F '"merged":' |
		grep -o '"source_id"' | wc -l >named
	wait_for test -s lines
	jq '.peak_kib / 1024 | ceil' cost
}

@test "a million records come out, or are named in one that does" {
	local count=1000000 memory=48

	sanitized && count=30000 memory=4
	peak=$(spends ${memory}M dedup_make small "$count" 7)
	run -0 jq -r '[.in, .out + .merged, .dead, .spilled > 0] | @tsv' run/job-dedup.stats
	[ "$output" = "$count"$'\t'"$count"$'\t0\ttrue' ]
	[ "$(jq .out run/job-dedup.stats)" -eq "$(<lines)" ]
	# Survivors with members are changed, and name their members.
	[ "$(jq '.merged + .changed' run/job-dedup.stats)" -eq "$(<named)" ]
	[ "$(jq .merged run/job-dedup.stats)" -gt $((count / 50)) ]
	sanitized || [ "$peak" -le "$memory" ]
}

@test "a million long records are worked in the memory that it has by default" {
	[[ -n ${JOBMILL_LONG_TESTS:-} ]] || skip "takes a minute: JOBMILL_LONG_TESTS"
	peak=$(spends 512M dedup_make mixed 1000000 7)
	run -0 jq -r '[.in, .out + .merged, .dead, .spilled > 0] | @tsv' run/job-dedup.stats
	[ "$output" = $'1000000\t1000000\t0\ttrue' ]
	[ "$(jq .out run/job-dedup.stats)" -eq "$(<lines)" ]
	[ "$(jq '.merged + .changed' run/job-dedup.stats)" -eq "$(<named)" ]
	sanitized || [ "$peak" -le 512 ]
}

@test "a description is made text once, and not at all where no other can be its" {
	{ ad 1 Austin; ad 2 Denver; ad 3 Austin 'Call us.'; ad 4 Boston; } >in
	ad 5 Austin | sed 's/"Electrician"/"Sparky"/' >>in
	mkdir run
	JOBMILL_RUN_DIR=run job-dedup in >/dev/null
	[ "$(jq .texts run/job-dedup.stats)" -eq 4 ]
	# The same bytes need none.
	{ ad 1 Austin; ad 2 Austin; ad 3 Austin; } | JOBMILL_RUN_DIR=run job-dedup >/dev/null
	[ "$(jq .texts run/job-dedup.stats)" -eq 0 ]
}

@test "near-copies of one job take work by their number, not by its square" {
	local count=20000

	sanitized && count=5000
	[[ -z ${JOBMILL_LONG_TESTS:-} ]] || count=1000000
	peak=$(spends 512M dedup_make one-job "$count" 7)
	jq . run/job-dedup.stats
	# One record after the other is full, and the next one survives.
	jq -e --argjson n "$count" '.in == $n and .out + .merged == $n and
		.dead == 0 and .out < $n / 10000 + 2 and
		.pairs_bags < 2 * $n * .out and .pairs_words < 2 * $n' run/job-dedup.stats
	sanitized || [ "$peak" -le 512 ]
}

@test "roles of one title are told apart: precision 0.99, recall 0.95" {
	run -0 "$ROOT/scripts/eval-dedup" --json "$ROOT/tests/data/dedup-labelled.ndjson"
	echo "$output"
	jq -e '.jobs >= 600 and .roles >= 150 and .lost == 0' <<<"$output"
	jq -e '.precision >= 0.99 and .recall >= 0.95' <<<"$output"
	with=$(jq .precision <<<"$output")
	run -0 "$ROOT/scripts/eval-dedup" --json --no-veto "$ROOT/tests/data/dedup-labelled.ndjson"
	jq -e --argjson with "$with" '.precision < $with - 0.5' <<<"$output"
}

# Written before the lists of words covered its trades and languages, to see
# what they miss: some of its roles differ in words that no list has.
@test "roles of other trades and languages are told apart: precision 0.95, recall 0.94" {
	run -0 "$ROOT/scripts/eval-dedup" --json "$ROOT/tests/data/dedup-heldout.ndjson"
	echo "$output"
	jq -e '.jobs >= 400 and .roles >= 140 and .lost == 0' <<<"$output"
	jq -e '.precision >= 0.95 and .recall >= 0.94' <<<"$output"
}

@test "a word that makes another role keeps two ads apart, with its reason" {
	{ ad 1 Austin 'A day shift.'; ad 2 Austin 'A night shift.'
		ad 3 Austin 'Job code 7-A.'; ad 4 Denver 'Job code 9-B.'; } >in
	[ "$(job-dedup in | groups)" = "1 2 3+4" ]
	[ "$(job-dedup --no-veto in | groups)" = "1+2+3+4" ]
	mkdir run
	JOBMILL_RUN_DIR=run job-dedup in >/dev/null
	[ "$(jq '."veto.shift"' run/job-dedup.stats)" -ge 2 ]
	echo '{"rules":[{"reason":"code","words":{"nine":["9"]}}]}' >veto.json
	[ "$(job-dedup --veto veto.json in | groups)" = "1+2+3 4" ]
}

@test "lengths, licences and teams count in their context only" {
	local pair

	while IFS='|' read -r one two expected; do
		{ ad 1 Austin "$one"; ad 2 Austin "$two"; } >in
		echo "$one / $two: wanted $expected"
		[ "$(job-dedup in | groups)" = "$expected" ]
	done <<'E'
A contract of 6 months.|A contract of 12 months.|1 2
A contract of six months.|A contract of 6 months.|1+2
Posted 6 days ago.|Posted 12 days ago.|1+2
You join the Payments team.|You join the Risk team.|1 2
You join the Payments team.|You join the team.|1+2
You join a great team.|You join a friendly team.|1+2
You need a CDL class A.|You need a CDL class B.|1 2
Reference class A.|Reference class B.|1+2
You write C++.|You write C#.|1 2
A senior colleague helps you.|A junior colleague helps you.|1 2
Senior Electrician.|Sr. Electrician.|1+2
Ask for A.|Ask for B.|1+2
See https://x.example/a81.|See https://x.example/b77.|1+2
夜勤があります。|日勤があります。|1 2
근무는 야간입니다.|근무는 주간입니다.|1 2
Szukamy starszego programisty.|Szukamy młodszego programisty.|1 2
Die Stelle ist sechsmonatig.|Die Stelle ist zwölfmonatig.|1 2
Die Nachtschichten sind ruhig.|Ein Nachtschichtzuschlag kommt hinzu.|1+2
You have a year of experience.|You have one year of experience.|1+2
You have 2 years of experience.|You have 5 years of experience.|1 2
You lead the team.|You join the team.|1 2
E
}

@test "short texts need to be equal, unless --short" {
	short() {
		printf '{"source_id":"%s","title":"Cook","company_name":"Heron","description":"%s","locations":[{"city":"%s"}]}\n' "$@"
	}
	{ short 1 'Cook with us in Austin every day of the week' Austin
		short 2 '<b>Cook</b> with us in Denver every day of the week' Denver
		short 3 'Cook with us in Denver every day of the year' Denver
		short 4 '' Boston; short 5 '' Dallas; } >in
	[ "$(job-dedup in | groups)" = "1+2 3 4+5" ]
	[ "$(job-dedup --short --threshold 0.85 in | groups)" = "1+2+3 4+5" ]
}

@test "texts that are too long to be ads need to be equal" {
	long() {
		printf '{"source_id":"%s","title":"t","company_name":"c","description":"%s"}\n' \
			1 "$(seq -s ' ' "$1")" 2 "x $(seq -s ' ' 2 "$1")" 3 "$(seq -s '  ' "$1")"
	}
	[ "$(long 20000 | job-dedup | groups)" = "1+2+3" ]
	[ "$(long 20001 | job-dedup | groups)" = "1+3 2" ]
}

@test "the threshold is reached exactly or not" {
	words() { seq -f "w%g" -s ' ' "$1" "$2"; }
	two() {
		printf '{"source_id":"%s","title":"t","company_name":"c","description":"%s"}\n' 1 "$(words 1 100)" 2 "$1"
	}
	# 90 of 100 words are common: 0.9.
	two "$(words 11 110)" >in
	[ "$(job-dedup in | groups)" = "1+2" ]
	[ "$(job-dedup --threshold 0.900001 in | groups)" = "1 2" ]
	two "$(words 12 111)" >in
	[ "$(job-dedup in | groups)" = "1 2" ]
	[ "$(job-dedup --threshold 0.89 in | groups)" = "1+2" ]
}

@test "the key is folded: case, width and blanks do not count, companies do" {
	{ ad 1 Austin; ad 2 Denver | sed 's/"Electrician"/" ELECTRICIAN\\t"/'
		ad 3 Denver | sed 's/"Copperline"/"Copperline, Inc."/'
		ad 4 Denver | sed 's/"Copperline"/"COPPERLINE GmbH \& Co. KG"/'
		ad 5 Denver | sed 's/"FULL_TIME"/"PART_TIME"/'
		ad 6 Denver | sed 's/"Electrician"/"Electricians"/'; } >in
	[ "$(job-dedup in | groups)" = "1+2 3 4 5 6" ]
	[ "$(job-dedup --fold-company in | groups)" = "1+2+3+4 5 6" ]
	[ "$(job-dedup --key company_name,title in | groups)" = "1+2+5 3 4 6" ]
}

@test "the second pass goes by ai_title and loses nothing that was merged" {
	{ ad 1 Austin '' ',"ai_title":"Electrician","salary_min":50000,"expires_at":"2026-12-01T00:00:00Z"'
		ad 2 Denver '' ',"ai_title":"Electrician","salary_min":45000,"expires_at":"2026-12-05T00:00:00Z"'
		ad 3 Boston '' ',"ai_title":"Electrician"' | sed 's/"Electrician"/"Electrician (m\/f)"/; s/"feed_id":1/"feed_id":2/'
		ad 4 Dallas '' ',"ai_title":"Electrician"' | sed 's/"Electrician"/"Electrician (m\/f)"/; s/"feed_id":1/"feed_id":2/'
		ad 5 Dallas; } >in
	[ "$(job-dedup in | groups)" = "1+2+5 3+4" ]
	job-dedup in | job-dedup --by ai_title >out
	[ "$(groups <out)" = "1+2+5+3+4" ]
	run -0 jq -c '.merged[] | [.source_id, .feed_id, (.locations | map(.city))]' out
	[ "$output" = '["2",null,["Denver"]]
["5",null,["Dallas"]]
["3",2,["Boston"]]
["4",2,["Dallas"]]' ]
	[ "$(jq -c '.locations | map(.city)' out)" = '["Austin","Denver","Dallas","Boston"]' ]
	# Records without the field of the key pass.
	[ "$(job-dedup --by ai_title in | groups)" = "5 1+2+3+4" ]
}

@test "salary and expiry are widened, and what was said is noted" {
	{ ad 1 Austin '' ',"salary_min":50000,"salary_max":60000.50,"salary_currency":"USD","salary_period":"YEAR","expires_at":"2026-12-01T00:00:00Z"'
		ad 2 Denver '' ',"salary_min":45000,"salary_max":60000.5,"salary_currency":"USD","salary_period":"YEAR","expires_at":"2026-12-05T00:00:00Z"'
		ad 3 Boston '' ',"salary_min":20,"salary_max":30,"salary_currency":"USD","salary_period":"HOUR"'; } |
		job-dedup >out
	run -0 jq -c '[.salary_min, .salary_max, .expires_at]' out
	[ "$output" = '[45000,60000.5,"2026-12-05T00:00:00Z"]' ]
	grep -q '"salary_max":60000.50,' out
	[ "$(jq -c .merged_own out)" = '{"locations":1,"salary_min":50000,"expires_at":"2026-12-01T00:00:00Z"}' ]
	run -0 jq -c '.merged[] | del(.url, .cpc, .locations, .rule)' out
	[ "$output" = '{"source_id":"2","salary_min":45000,"expires_at":"2026-12-05T00:00:00Z"}
{"source_id":"3","salary_min":20,"salary_max":30,"salary_period":"HOUR"}' ]
}

@test "--unmerge gives back who was merged, and where" {
	{ ad 1 Austin; ad 2 Denver; ad 3 Austin | sed 's/"feed_id":1/"feed_id":2/'
		ad 4 Dallas 'A night shift.' ',"route":"approved"'; } >in
	job-dedup in | job-dedup --unmerge >out
	run -0 jq -c '[.feed_id, .source_id, .merged_into, .url, .locations[0].city, (.locations | length)]' out
	[ "$output" = '[1,"4",null,"https://e.example/4","Dallas",1]
[1,"1",null,"https://e.example/1","Austin",1]
[1,"2","1","https://e.example/2","Denver",1]
[2,"3","1","https://e.example/3","Austin",1]' ]
}

@test "a merged entry says why it is one, as --explain does, and where it stood" {
	{ ad 1 Austin '' ',"position":{"line":1,"offset":9}'
		ad 2 Austin '' ',"position":{"line":2,"offset":99}'
		ad 3 Denver
		ad 4 Dallas 'Call us at 9 for an appointment.'
		ad 5 Reno 'Nights, days, weekends and a sign-on bonus.'
		ad 6 Boise 'Apply now.' | sed 's/meter/voltmeter/'; } >in
	echo '{"same":["1","5"]}' >pins
	job-dedup --pins pins --explain why in >out
	run -0 jq -c '.merged[] | [.source_id, .rule, .similarity, .position.line]' out
	[ "${lines[0]}" = '["2","description",null,2]' ]
	[ "${lines[1]}" = '["3","words",null,null]' ]
	[[ ${lines[2]} == '["4","similar",0.9'* ]]
	[ "${lines[3]}" = '["5","pin",null,null]' ]
	[ "$(jq -r 'select(.verdict == "same")
		| "\(.job) \(.rule) \(.similarity)"' why)" = \
		"$(jq -r '.merged[] | "\(.source_id) \(.rule) \(.similarity)"' out)" ]
	# Without --explain it says the very same.
	job-dedup --pins pins in | cmp - out
	# What was merged before keeps its reason.
	run -0 jq -c '[.source_id, .position.line, .rule]' <(job-dedup --unmerge out)
	[ "${lines[0]}" = '["1",1,null]' ]
	[ "${lines[1]}" = '["2",2,"description"]' ]
}

@test "pins win over texts, titles and vetoes" {
	{ ad 1 Austin; ad 2 Denver; ad 3 Boston 'A night shift.'
		ad 4 Dallas | sed 's/"Electrician"/"Sparky"/'
		ad 5 Dallas | sed 's/"Electrician"/"Sparky"/'; } >in
	[ "$(job-dedup in | groups)" = "1+2 3 4+5" ]
	echo '{"apart":["1",2]}' >pins
	[ "$(job-dedup --pins pins in | groups)" = "1 2 3 4+5" ]
	echo '{"same":["3",1]}' >pins
	[ "$(job-dedup --pins pins in | groups)" = "1+2+3 4+5" ]
	# Across titles: 4 comes under the key of 1, 5 stays.
	echo '{"same":["4","1"]}' >pins
	[ "$(job-dedup --pins pins in | groups)" = "1+2+4 3 5" ]
	[ "$(job-dedup --pins pins --memory 1M in | groups)" = "1+2+4 3 5" ]
	printf '%s\n' '{"same":["4","1"]}' '{"same":["4","5"]}' '{"apart":[5,"2"]}' >pins
	[ "$(job-dedup --pins pins in | groups)" = "1+4+5 2 3" ]
}

@test "pins hold for records that went to disk, too" {
	many >in
	echo '{"same":["2999","100","1500"]}' >pins
	mkdir run
	JOBMILL_RUN_DIR=run job-dedup --memory 1M --pins pins in >out
	jq -e '.spilled > 0 and .merged == 2' run/job-dedup.stats
	[ "$(jq -c 'select(.merged) | [.source_id, .merged[].source_id]' out)" = '["100","1500","2999"]' ]
	job-dedup --pins pins in | cmp - out
}

@test "pins that make no sense are refused before anything is read" {
	printf '%s\n' '{"same":["1","2"]}' '{"same":["2","3"]}' '{"apart":["3","1"]}' >pins
	run -78 --separate-stderr job-dedup --pins pins <<<'{}'
	[ -z "$output" ]
	[ "$stderr" = "ERROR job-dedup: jobs are pinned the same and apart file=pins line=3" ]
	for bad in '{"same":["1"]}' '{"same":"1"}' '{"other":["1","2"]}' '[]' '{"same":[true,false]}'; do
		echo "$bad" >pins
		run -78 --separate-stderr job-dedup --pins pins <<<'{}'
		[ -z "$output" ]
		[[ $stderr == *"file=pins line=1" ]]
	done
	run -66 job-dedup --pins nowhere <<<'{}'
}

@test "a veto file that makes no sense is refused with its name" {
	for bad in '{' '{}' '{"rules":[{}]}' '{"rules":[{"reason":"x"}]}' \
		'{"rules":[{"reason":"x","phrases":["<number>"]}]}' \
		'{"rules":[{"reason":"Big Word","phrases":["a"]}]}' \
		'{"rules":[{"reason":"x","phrases":["a b c d e f g h i j k l m"]}]}' \
		'{"rules":[{"reason":"x","words":{"v":["'"$(printf 'a%.0s' {1..65})"'*"]}}]}' \
		'{"rules":[{"reason":"x","words":{"v":[1]}}]}'; do
		echo "$bad" >veto.json
		echo "trying $bad"
		run -78 --separate-stderr job-dedup --veto veto.json <<<'{}'
		[ -z "$output" ]
		[[ $stderr == "ERROR job-dedup: "*"veto.json"* ]]
	done
	run -66 job-dedup --veto nowhere <<<'{}'
}

@test "--explain says which rule decided, and what differed" {
	{ ad 1 Austin; ad 2 Denver; ad 3 Austin 'Call Jim.'; ad 4 Austin 'A night shift.'; ad 5 Austin; } >in
	job-dedup --explain why in >/dev/null
	run -0 jq -c '[.survivor, .job, .verdict, .rule, .reason]' why
	[ "$output" = '["1","2","same","words",null]
["1","3","same","similar",null]
["1","4","apart","veto","shift"]
["1","5","same","description",null]' ]
	[ "$(jq -c 'select(.job == "3") | [.only_survivor, .only_job]' why)" = '[["apply","now"],["call","jim"]]' ]
	[ "$(jq -r 'select(.job == "3") | .similarity' why)" = 0.978494 ]
	[ "$(jq -c 'select(.job == "4") | [.survivor_says, .job_says]' why)" = '[[],["night"]]' ]
	job-dedup --explain why2 --memory 1M --threads 3 in >/dev/null
	cmp why why2
}

@test "usage that contradicts itself is refused" {
	run -64 job-dedup --by ai_title --key title <<<'{}'
	run -64 job-dedup --key title,,company_name <<<'{}'
	run -64 job-dedup --key '' <<<'{}'
	run -64 job-dedup --threshold 0.49 <<<'{}'
	run -64 job-dedup --threshold 1.01 <<<'{}'
	run -64 job-dedup --memory 1000 <<<'{}'
}

@test "a merged record is no longer than a record may be" {
	for i in {1..60}; do ad "$i" Austin; done >in
	job-dedup -m 4000 in >out
	[ "$(wc -L <out)" -le 4000 ]
	[ "$(wc -l <out)" -gt 2 ]
	[ "$(wc -l <out)" -lt 20 ]
	[ "$(grep -o '"source_id"' out | wc -l)" -eq 60 ]
	job-dedup -m 4000 out >/dev/null
}

@test "a full disk ends it with 74, and none of the records held is out" {
	many >in
	mkdir tmp
	run -74 --separate-stderr bash -c 'ulimit -f 1000; TMPDIR=tmp job-dedup --memory 1M in | cat; exit "${PIPESTATUS[0]}"'
	[ -z "$output" ]
	[[ $stderr == "ERROR job-dedup: cannot write what memory can't hold TMPDIR=tmp "* ]]
	[ -z "$(ls -A tmp)" ]
}

@test "a temporary folder that is not there is told before any work, with 73" {
	TMPDIR=$PWD/nowhere run -73 --separate-stderr job-dedup <<<'{}'
	[ -z "$output" ]
	[[ $stderr == *"TMPDIR=$PWD/nowhere"* ]]
}

@test "nothing is left in the temporary folder, also when it is killed" {
	mkdir tmp
	many >in
	TMPDIR=$PWD/tmp job-dedup --memory 1M in >/dev/null
	[ -z "$(ls -A tmp)" ]
	mkfifo pipe
	TMPDIR=$PWD/tmp job-dedup --memory 1M -v pipe >out 2>err 3>&- &
	pid=$!
	exec 4>pipe
	cat in >&4
	wait_for grep -q 'records go to disk' err
	kill -9 "$pid"
	exec 4>&-
	status=0
	wait "$pid" || status=$?
	[ "$status" -eq 137 ]
	[ -z "$(ls -A tmp)" ]
	[ ! -s out ]
}

@test "told to stop, it hands on what it holds as it came" {
	{ ad 1 Austin; ad 2 Denver; ad 3 Austin '' ',"route":"approved"'; } >in
	mkfifo pipe
	mkdir run
	JOBMILL_RUN_DIR=run job-dedup pipe >out 2>err 3>&- &
	pid=$!
	exec 4>pipe
	cat in >&4
	# The last one passes at once: then it has read the others.
	wait_for test -s out
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	[ "$status" -eq 143 ]
	exec 4>&-
	{ tail -n 1 in; head -n 2 in; } | cmp - out
	grep -q 'stopped: records were handed on as they came' err
	jq -e '.in == 3 and .out == 3 and .merged == 0' run/job-dedup.stats
}
