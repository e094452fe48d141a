#!/usr/bin/env bats
# What xml2jsonl promises.  JOBMILL_REAL_FEEDS names the folder of real feeds
# (../shared/feeds/real), which are not part of the project; their golden
# summary is.
# shellcheck disable=SC1112,SC2016,SC2030,SC2031,SC2154
load ../support/common
REAL_FEEDS=${JOBMILL_REAL_FEEDS:-$ROOT/../shared/feeds/real}

DATA=$ROOT/tests/cli/data

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	A='<job><referencenumber>1</referencenumber><title>A</title></job>'
	B='<job><referencenumber>2</referencenumber><title>B</title></job>'
}

# ids: the source_id of each record in $output, on one line.
ids() {
	jq -r .source_id <<<"$output" | paste -sd ' '
}

# get JQ: of the one record in $output.
get() {
	jq -rc "$1" <<<"$output"
}

# feed TITLE: an Indeed feed of one record whose title element holds TITLE.
feed() {
	printf '<source><job><referencenumber>1</referencenumber><title>%b</title></job></source>' "$1"
}

# job FIELDS: the same with these elements.
job() {
	printf '<source><job><referencenumber>1</referencenumber><title>A</title>%b</job></source>' "$1"
}

# golden FILE: $output is what FILE has; REGOLD=1 makes it so.
golden() {
	if [[ -n ${REGOLD:-} ]]; then
		printf '%s\n' "$output" >"$1"
	fi
	diff -u "$1" - <<<"$output"
}

@test "of each map there is a feed that auto chooses it for, with its records" {
	for map in "$ROOT"/share/feeds/*.json; do
		name=${map##*/} name=${name%.json}
		mkdir -p "run/$name"
		echo "map $name" >&2
		output=$(JOBMILL_RUN_DIR=run/$name xml2jsonl -qf 3 \
			"$DATA/feeds/$name.xml")
		golden "$DATA/feeds/$name.ndjson"
	done
	run -0 jq -r 'select(.in != .out or .out == 0 or
		(input_filename | split("/")[1]) != .map) | input_filename' \
		run/*/xml2jsonl.stats
	[ -z "$output" ]
}

# unmatched: of the raw records on fd 3 and the records on fd 4, the names of
# elements whose text is not in the record: those that a rule has rewritten.
unmatched() {
	jq -rn --slurpfile made /dev/fd/4 '
	[[inputs] as $raw | range($raw | length) as $i |
	 ([$made[$i] | .. | strings] | map(gsub("\\s+"; " ")) | join("\u0001")) as $all |
	 $raw[$i] | paths(strings) as $p | getpath($p) |
	 gsub("\\s+"; " ") | select(. != "") | . as $s |
	 select($all | contains($s) | not) |
	 [$p[] | strings | select(startswith("#") | not)] | last] |
	unique | join(" ")' <&3
}

@test "what no field took is in extra: only what a rule rewrote is not there" {
	jq -r '[(input_filename | split("/")[-1][:-5]), (.record // "rss/channel/item" |
		if type == "array" then .[0] else . end)] | @tsv' \
		"$ROOT"/share/feeds/*.json >records
	while read -r name record; do
		feed=$DATA/feeds/$name.xml
		# records of a second kind are behind those of the first
		xml2jsonl -q --raw --record "$record" "$feed" >raw.ndjson
		[ -s raw.ndjson ] || xml2jsonl -q --raw "$feed" >raw.ndjson
		xml2jsonl -q -M "$name" "$feed" | head -n "$(wc -l <raw.ndjson)" \
			>made.ndjson
		printf '%s: %s\n' "$name" \
			"$(unmatched 3<raw.ndjson 4<made.ndjson)"
	done <records >rewritten
	output=$(<rewritten)
	golden "$DATA/rewritten.txt"
}

@test "real feeds give what they gave, and lose nothing" {
	[[ -d $REAL_FEEDS ]] || skip "there are no real feeds in $REAL_FEEDS"
	for feed in "$REAL_FEEDS"/*.xml; do
		name=$(basename "$feed" .xml)
		mkdir -p run
		JOBMILL_RUN_DIR=run JOBMILL_LOG=info xml2jsonl -d dead "$feed" \
			>made.ndjson 2>said && status=0 || status=$?
		record=$(sed -n 's/.* records=\([^ ]*\) elem.*/\1/p' said)
		: >raw.ndjson
		[[ -z $record ]] || xml2jsonl -q --raw --record "$record" "$feed" \
			>raw.ndjson || :
		jq -rn --arg name "$name" --argjson status "$status" \
			--slurpfile stats run/xml2jsonl.stats \
			--arg rewritten "$(unmatched 3<raw.ndjson 4<made.ndjson)" \
			'[inputs | del(.feed_id, .status) | keys[]] | group_by(.) |
			 map("\(.[0])=\(length)") | join(" ") as $filled |
			 $stats[0] | "\($name): exit=\($status) map=\(.map) " +
			 "load=\(.load) in=\(.in) out=\(.out) dead=\(.dead) " +
			 "doubles=\(.duplicate_ids) mended=\(.mended_records) " +
			 "\($filled) / rewritten: \($rewritten)"' made.ndjson
	done >summary
	output=$(<summary)
	golden "$DATA/real-feeds.txt"
}

@test "the same jobs in seven dialects are the same jobs" {
	[[ -d $REAL_FEEDS ]] || skip "there are no real feeds in $REAL_FEEDS"
	for dialect in indeed talent careerjet jooble jobrapido jora rss; do
		xml2jsonl -q "$REAL_FEEDS/$dialect-srdobolo.xml" |
			jq -c '[.source_id, .title, .description,
				(.url | sub("&utm_source=.*"; ""))]' | sha256sum
	done | uniq >sums
	[ "$(wc -l <sums)" = 1 ]
}

@test "the samples of the suite: their records, and the one that is broken" {
	run -1 --separate-stderr xml2jsonl -d dead "$SAMPLES/indeed.xml"
	[[ $stderr == *'record refused line=834 offset=52473 error="mismatched tag"'* ]]
	[ "$(wc -l <<<"$output")" = 116 ]
	[ "$(jq -r '.raw[:5], .line' dead | paste -sd ' ')" = '<job> 834' ]
	run -0 xml2jsonl -q "$SAMPLES/personio.xml"
	run -0 xml2jsonl -q "$SAMPLES/rss.xml"
}

@test "two runs, any locale and time zone: the same bytes" {
	xml2jsonl -q "$SAMPLES/personio.xml" >one
	LC_ALL=de_DE.UTF-8 TZ=America/New_York xml2jsonl -q "$SAMPLES/personio.xml" >two
	cmp one two
}

@test "--feed-id, a file map, an unknown map, a wrong map" {
	feed A >feed.xml
	run -0 xml2jsonl --feed-id 9007199254740993 feed.xml
	[[ $output == '{"feed_id":9007199254740993,'* ]]
	echo '{"record":"source/job","fields":{"source_id":"title"}}' >mine.json
	run -0 xml2jsonl -qM ./mine.json feed.xml
	[ "$(ids)" = A ]
	run -66 xml2jsonl -M nosuch feed.xml
	for map in '{"record":"a/b","fields":{"salry":"x"}}' '{"fields":{}}' \
		'{"record":"a/b","filds":{}}' '{"record":"a//b"}' '[]' \
		'{"record":"a/b","fields":{"url":{"pth":"x"}}}' \
		'{"record":"a/b","fields":{"url":"x[1]"}}' \
		'{"record":"a/b","dates":"us"}' '{"record":"a/b","load":"all"}' \
		'{"record":"a/b","words":{"type":{}}}' '{"record":7}' \
		'{"record":"a/b","fields":{"url":{"template":"{x"}}}' \
		'{"record":"a/b","extends":"./bad.json"}' \
		'{"record":"a/b","needs":"x","places":{}}'; do
		echo "$map" >bad.json
		echo "$map" >&2
		run -78 --separate-stderr xml2jsonl -M ./bad.json feed.xml
		[[ $stderr == *bad.json* ]]
	done
}

@test "auto says what it chose, and what it saw when nothing fits" {
	feed A >feed.xml
	run -0 --separate-stderr xml2jsonl -v feed.xml
	[[ $stderr == *'map chosen map=indeed records=source/job'* ]]
	run -65 --separate-stderr xml2jsonl <<<'<shop><thing><a/></thing></shop>'
	[[ $stderr == *'no feed map fits'*'shop/thing(1)'* ]]
	[ -z "$output" ]
	# records in which nothing is known are no empty feed
	run -65 xml2jsonl -q <<<'<jobs><thing><a>1</a><b>2</b></thing><thing><a>1</a><b>2</b></thing></jobs>'
	run -65 --separate-stderr xml2jsonl <<<'<jobs><job><a/></job></jobs>'
	[[ $stderr == *'no feed map fits'*'jobs/job/a(1)'* ]]
}

@test "all in attributes, all with a prefix, in another language: auto reads it" {
	run -0 --separate-stderr xml2jsonl <<<'<jobs><job id="1" title="Cook" url="https://a.example/1" city="Wien" country="AT"/></jobs>'
	[ "$(get '[.source_id, .title, .url, .locations[0].city, .extra]')" = '["1","Cook","https://a.example/1","Wien",null]' ]
	[ -z "$stderr" ]
	run -0 xml2jsonl <<<'<n:source xmlns:n="urn:n"><n:job><n:referencenumber>1</n:referencenumber><n:title>A</n:title></n:job></n:source>'
	[ "$(get '[.source_id, .title]')" = '["1","A"]' ]
	run -0 xml2jsonl <<<'<stellen><stelle nr="7"><titel>Koch</titel><firma>Gasthof</firma><ort>Wien</ort><beschreibung>Kochen</beschreibung></stelle></stellen>'
	[ "$(get '[.source_id, .title, .company_name, .description, .locations[0].city]')" = '["7","Koch","Gasthof","Kochen","Wien"]' ]
}

@test "what a program said before the feed is passed over" {
	said='<br />\n<b>Warning</b>:  mysql_connect(): Too many in <b>/feed.php</b> on line <b>12</b><br />\n'
	run -0 --separate-stderr xml2jsonl <<<"$(printf %b "$said")<?xml version='1.0'?>$(feed A)"
	[ "$(ids)" = 1 ]
	[[ $stderr == *'bytes before the XML'* ]]
	run -65 xml2jsonl <<<"$(printf %b "$said")"
}

@test "an empty feed of a known shape is no error; a page of HTML is one" {
	for text in '<jobs></jobs>' '<workzag-jobs/>' '' \
		'<source><publisher>x</publisher></source>' \
		'<rss><channel><title>x</title></channel></rss>'; do
		run -0 xml2jsonl -q <<<"$text"
		[ -z "$output" ]
	done
	page='<html><head><title>x</title></head><body><p>no</p></body></html>'
	for map in auto indeed; do
		run -65 --separate-stderr xml2jsonl -M "$map" <<<"$page"
		[[ $stderr == *'a page of HTML'* ]]
	done
	run -65 --separate-stderr xml2jsonl -M indeed <<<'<shop><thing><a/></thing></shop>'
	[[ $stderr == *"none of the map's records"* ]]
	run -65 --separate-stderr xml2jsonl <<<'{"jobs":[]}'
	[[ $stderr == *'JSON, not XML'* ]]
	feed A | gzip >feed.gz
	run -65 --separate-stderr xml2jsonl feed.gz
	[[ $stderr == *gzip* ]]
}

@test "a feed that ends early gives its whole records, then 65" {
	run -65 --separate-stderr xml2jsonl <<<"<source>$A<job><referencenumber>2"
	[ "$(ids)" = 1 ]
	[[ $stderr == *'the feed ends inside of this record'* ]]
	[[ $stderr == *'the feed ends too early'* ]]
	run -65 --separate-stderr xml2jsonl <<<"<source>$A"
	[ "$(ids)" = 1 ]
	run -65 --separate-stderr xml2jsonl <<<"<source>$A</source>junk"
	[ "$(ids)" = 1 ]
	run -65 --separate-stderr xml2jsonl <<<"<source>$A</source><source>$B</source>"
	[ "$(ids)" = 1 ]
}

@test "the usual sins are mended and counted" {
	feed 'R&D \v\x01&#11;<3 &nbsp;&eacute;\x92 a &bogus; b &' >feed.xml
	mkdir run
	JOBMILL_RUN_DIR=run run -0 --separate-stderr xml2jsonl feed.xml
	[ "$(get .title)" = 'R&D <3 é’ a &bogus; b &' ]
	[[ $stderr == *'not well-formed are mended records=1'* ]]
	[ "$(jq -c '[.mended_records, .mended_ampersands, .mended_entities,
		.mended_controls, .mended_bytes, .mended_marks]' \
		run/xml2jsonl.stats)" = '[1,3,2,3,1,1]' ]
	run -65 --separate-stderr xml2jsonl --strict feed.xml
	[ -z "$output" ]
	[[ $stderr == *'not well-formed'*'line=1 offset='* ]]
}

@test "traps: sections, end tags, cases, comments" {
	run -0 xml2jsonl -q <<<"<source><job><referencenumber>1</referencenumber><title><![CDATA[x</job>R]]> & y</title></job>$B</source>"
	[ "$(ids)" = '1 2' ]
	# a section that swallows the next record
	run -1 xml2jsonl -qM indeed <<<"<source><job><title><![CDATA[x</title></job><job><referencenumber>2</referencenumber><title><![CDATA[y]]></title></job></source>"
	[ "$(ids)" = 2 ]
	# a section that ends too early
	run -0 xml2jsonl -q <<<"<source><job><referencenumber>1</referencenumber><title><![CDATA[a ]]> b & c]]></title></job>$B</source>"
	[ "$(jq -r .title <<<"$output" | head -1)" = 'a ]]> b & c' ]
	# no end tag: the next record is not in danger
	run -1 xml2jsonl -q <<<"<source><job><referencenumber>1</referencenumber>$B</source>"
	[ "$(ids)" = 2 ]
	run -0 xml2jsonl -q <<<"<source><job><referencenumber>1</ReferenceNumber></job>$B</source>"
	[ "$(ids)" = '1 2' ]
	run -1 xml2jsonl -q <<<"<source><job a=b><referencenumber>1</referencenumber></job>$B</source>"
	[ "$(ids)" = 2 ]
	run -1 xml2jsonl -q <<<"<source><job><a></b></job>$A<job><c></job>$B</source>"
	[ "$(ids)" = '1 2' ]
	# what stands between records
	run -0 xml2jsonl -q <<<"<source><publisher>R&D</publisher>$A</source>"
	run -1 --separate-stderr xml2jsonl <<<"<source><x a=b>q</x>$A</source>"
	[ "$(ids)" = 1 ]
	[[ $stderr == *"can't be read"* ]]
}

@test "a dead letter has the place and the bytes of its record" {
	printf '<source>\n%s\n<job><a></b>\xff</job>\n%s</source>' "$A" "$B" >feed.xml
	run -1 --separate-stderr xml2jsonl -d dead feed.xml
	[ "$(ids)" = '1 2' ]
	[ "$stderr" = "WARNING xml2jsonl: record refused line=3 offset=$((9 + ${#A} + 1)) error=\"mismatched tag\"" ]
	[ "$(jq -r '.raw_base64' dead | base64 -d | xxd -p)" = "$(printf '<job><a></b>\xff</job>' | xxd -p)" ]
	[ "$(jq -c '[.stage, .line]' dead)" = '["xml2jsonl",3]' ]
}

@test "a record without an id is refused, the same id twice is counted" {
	run -1 --separate-stderr xml2jsonl <<<"<source><job><title>x</title></job>$A$A</source>"
	[ "$(ids)" = '1 1' ]
	[[ $stderr == *'a record without an id'* ]]
	[[ $stderr == *'ids that came more than once records=1'* ]]
	long=$(head -c 3000 /dev/zero | tr '\0' x)
	run -1 xml2jsonl -q <<<"<source><job><referencenumber>$long</referencenumber><title/></job></source>"
}

@test "encodings: declared, marked, misdeclared, unknown" {
	text='<source><job><referencenumber>1</referencenumber><title>Größe é</title></job></source>'
	for code in ISO-8859-1 ISO-8859-15 windows-1252 UTF-16 UTF-16BE UTF-16LE UTF-8 IBM850; do
		printf '<?xml version="1.0" encoding="%s"?>%s' "$code" "$text" |
			iconv -f UTF-8 -t "$code" >feed.xml
		run -0 xml2jsonl -q feed.xml
		[ "$(get .title)" = 'Größe é' ]
	done
	printf '<?xml version="1.0" encoding="windows-1251"?>%s' \
		"${text/Größe é/Токарь}" | iconv -f UTF-8 -t windows-1251 >feed.xml
	run -0 xml2jsonl feed.xml
	[ "$(get .title)" = 'Токарь' ]
	# it says one thing and is another
	for said in windows-1251 UTF-16 utf8 unicode UCS-4 IBM037; do
		run -0 xml2jsonl -q <<<"<?xml version='1.0' encoding='$said'?>$text"
		[ "$(get .title)" = 'Größe é' ]
	done
	printf '<?xml version="1.0" encoding="UTF-8"?>%s' "$text" |
		iconv -f UTF-8 -t windows-1252 >feed.xml
	run -0 xml2jsonl -q feed.xml
	[ "$(get .title)" = 'Größe é' ]
	printf '\xef\xbb\xbf\xef\xbb\xbf\n %s' "$text" >feed.xml
	run -0 xml2jsonl -q feed.xml
	printf '<?xml version="1.0" encoding="klingon"?>%s\xff' "$text" >feed.xml
	run -65 --separate-stderr xml2jsonl feed.xml
	[[ $stderr == *klingon* ]]
}

@test "a DOCTYPE loads nothing and expands little" {
	run -0 xml2jsonl -q <<<"<!DOCTYPE source SYSTEM \"file:///etc/passwd\"><source><job n='a&eacute;b'><referencenumber>1</referencenumber><title>x&nbsp;y</title></job></source>"
	[ "$(get '[.title, .extra["@n"]]')" = '["x y","aéb"]' ]
	run -0 xml2jsonl -q <<<"<!DOCTYPE s [<!ENTITY co \"Acme\"><!ELEMENT s ANY>]>$(job '<company>&co; & Co</company>')"
	[ "$(get .company_name)" = 'Acme & Co' ]
	for bad in '<!ENTITY a "x"><!ENTITY b "&a;&a;">' '<!ENTITY % p "x">' \
		'<!ENTITY a SYSTEM "file:///etc/passwd">' '%remote;' \
		"<!ENTITY a \"$(head -c 2000 /dev/zero | tr '\0' x)\">"; do
		run -65 xml2jsonl <<<"<!DOCTYPE s [$bad]>$(feed A)"
	done
}

@test "limits: depth, attributes, elements, length; the rest goes on" {
	repeat() {
		printf -v blanks '%*s' "$2" ''
		printf '%s' "${blanks// /$1}"
	}
	open=$(repeat '<a>' 62) close=$(repeat '</a>' 62)
	run -0 xml2jsonl -q <<<"<source><job><referencenumber>1</referencenumber><title/>${open}x${close}</job>$B</source>"
	[ "$(ids)" = '1 2' ]
	run -1 xml2jsonl -q <<<"<source><job><referencenumber>1</referencenumber><title/>$open<a/>$close</job>$B</source>"
	[ "$(ids)" = 2 ]
	attributes() { for ((i = 0; i < $1; i++)); do printf ' a%d="1"' $i; done; }
	run -0 xml2jsonl -q <<<"<source><job$(attributes 256)><referencenumber>1</referencenumber></job>$B</source>"
	run -1 --separate-stderr xml2jsonl <<<"<source><job$(attributes 257)><referencenumber>1</referencenumber></job>$B</source>"
	[ "$(ids)" = 2 ]
	[[ $stderr == *'more than 256 attributes'* ]]
	run -1 --separate-stderr xml2jsonl <<<"<source><job>$(repeat '<a/>' 10000)</job>$B</source>"
	[[ $stderr == *'more than 10000 elements'* ]]
	[ "$(ids)" = 2 ]
	run -1 --separate-stderr xml2jsonl -m 300K <<<"<source>$A<job>$(repeat "<a>$(head -c 9000 /dev/zero | tr '\0' x)</a>" 60)</job>$B</source>"
	[ "$(ids)" = '1 2' ]
	[[ $stderr == *'longer than --max-record'* ]]
	run -65 xml2jsonl -q --max-dead 1 <<<"<source><job/><job/><job/>$A</source>"
}

@test "--raw: a record as it stands" {
	run -0 xml2jsonl --raw --record r/x <<<'<r><x a="1"><b/><c>t</c><c n="2">u</c>v<d>w</d>z</x></r>'
	[ "$output" = '{"#text":"v z","@a":"1","b":"","c":["t",{"#text":"u","@n":"2"}],"d":"w"}' ]
	run -0 xml2jsonl --raw "$SAMPLES/personio.xml"
	[ "$(wc -l <<<"$output")" = 36 ]
}

@test "--inspect: every path, and a map to start from that works" {
	run -0 xml2jsonl --inspect "$DATA/feeds/indeed.xml"
	golden "$DATA/inspect.txt"
	xml2jsonl --suggest "$DATA/feeds/indeed.xml" >mine.json
	run -0 xml2jsonl -q -M ./mine.json "$DATA/feeds/indeed.xml"
	[ "$(ids)" = 'N-1 undisclosed' ]
	[ "$(head -1 <<<"$output" | jq -r .title)" = 'Night Nurse (RN)' ]
	run -0 xml2jsonl -ij "$DATA/feeds/indeed.xml"
	[ "$(jq -r 'select(.field == "place.city") | .path, .count, .values[0]' \
		<<<"$output" | paste -sd ' ')" = 'source/job/city 2 Remote' ]
	[ "$(jq -r 'select(.records) | .map, .encoding' <<<"$output" | paste -sd ' ')" = \
		'indeed UTF-8' ]
	run -64 xml2jsonl --raw --inspect "$DATA/feeds/indeed.xml"
}

@test "--suggest tells by values what no name tells" {
	cat >feed.xml <<'E'
<export made="2026-01-02"><offer><a>Chief Cook</a><b>8841</b><c>https://x.example/8841</c>
<d>We look for somebody who cooks well and can lead a team of four in a kitchen.</d><e>2026-01-03</e></offer>
<offer><a>Waiter</a><b>8842</b><c>https://x.example/8842</c>
<d>We look for somebody who waits well and can lead a team of four in a garden.</d><e>2026-01-04</e></offer></export>
E
	xml2jsonl --suggest feed.xml >mine.json
	[ "$(jq -c .fields mine.json)" = \
		'{"source_id":"b","title":"a","description":"d","url":"c","posted_at":"e"}' ]
	run -0 xml2jsonl -M ./mine.json feed.xml
	[ "$(ids)" = '8841 8842' ]
	run -0 xml2jsonl --inspect feed.xml
	[[ $output == *'none fits'*'/export/@made'*'a   '*'title'* ]]
}

@test "--suggest: a thousand names, none for two fields" {
	for i in 1 2 3; do
		echo "<job><name>Chief cook $i</name><ref>AB-$i</ref>"
		for ((n = 0; n < 1000; n++)); do
			echo "<t$n>text $n of $i</t$n>"
		done
		echo "</job>"
	done | sed '1i<jobs>' | sed '$a</jobs>' >wide.xml
	run -0 xml2jsonl --suggest --record jobs/job wide.xml
	[ "$(jq -c .fields <<<"$output")" = '{"source_id":"ref","title":"name"}' ]
}

@test "--record names its elements in either case, as a map does" {
	printf '<S><JOB><id>1</id></JOB><Job><id>2</id></Job></S>' >feed.xml
	run -0 xml2jsonl --raw --record s/job feed.xml
	[ "$output" = $'{"id":"1"}\n{"id":"2"}' ]
	run -0 xml2jsonl --inspect --record s/job feed.xml
	[[ $output == "records   2 of s/job"* ]]
}

@test "--suggest: no map for records that are deeper than its path can be" {
	local path=b1 open='<b1>' close='</b1>' i
	for i in {2..12}; do
		path+=/b$i open+="<b$i>" close="</b$i>$close"
	done
	printf '%s<job><id>1</id><title>x</title></job>%s' "$open" "$close" >deep.xml
	run -65 --separate-stderr xml2jsonl --suggest --record "$path/job" deep.xml
	[ -z "$output" ]
	[[ $stderr == *"deeper than a map can say record=$path/job steps=13 most=12" ]]
	run -0 xml2jsonl --inspect --record "$path/job" deep.xml
	[[ $output == "records   1 of $path/job"* ]]
}

@test "--suggest names no element that is deeper than a map's path can be" {
	inside=$(printf '<e%d>' {1..13})
	ends=$(printf '</e%d>' {13..1})
	for i in 1 2 3; do
		echo "<job><id>$i</id><title>Cook $i</title>${inside}https://x.example/$i$ends</job>"
	done | sed '1i<source>' | sed '$a</source>' >deep.xml
	xml2jsonl --suggest deep.xml >mine.json
	[ "$(jq -c .fields mine.json)" = '{"source_id":"id","title":"title"}' ]
	run -0 xml2jsonl -q -M ./mine.json deep.xml
	[ "$(ids)" = '1 2 3' ]
}

@test "--inspect takes no name for a record's that is none" {
	# what a terminal would obey
	printf '<s>%s</s>' "$(printf '<a\033[31m><id>1</id><k>y</k></a\033[31m>%.0s' 1 2 3)" |
		xml2jsonl -q --inspect >odd.txt 2>&1 || :
	run ! grep -q $'\033' odd.txt
	for i in 1 2 3; do
		printf '<a\354b><id>%d</id><title>x</title><k>y</k></a\354b>' "$i"
	done | sed '1s/^/<s>/; $s/$/<job><id>1<\/id><title>t<\/title><\/job><\/s>/' >odd.xml
	xml2jsonl -q --inspect --json odd.xml >odd.json || :
	run -0 iconv -f UTF-8 -t UTF-8 -o /dev/null odd.json
}

@test "--inspect: an empty feed has no records, what is no feed has no table" {
	run -0 xml2jsonl -i <<<'<source><publisher>x</publisher></source>'
	[[ $output == 'records   0 of source/'* ]]
	run -65 --separate-stderr xml2jsonl -i <<<'<shop/>'
	[ -z "$output" ]
}

@test "the kind of work" {
	type_of() {
		run -0 xml2jsonl -q <<<"$(job "<jobtype>$1</jobtype>")"
		get '[.employment_type, .extra.jobtype]'
	}
	[ "$(type_of FULL_TIME)" = '["FULL_TIME",null]' ]
	[ "$(type_of 'Vollzeit')" = '["FULL_TIME",null]' ]
	[ "$(type_of 'полный рабочий день')" = '["FULL_TIME",null]' ]
	[ "$(type_of 'fulltime, parttime')" = '["FULL_TIME","fulltime, parttime"]' ]
	[ "$(type_of 'Full Time; Internship')" = '["INTERN","Full Time; Internship"]' ]
	[ "$(type_of 'PRN')" = '["PER_DIEM",null]' ]
	[ "$(type_of 'Contract to Hire')" = '["CONTRACTOR",null]' ]
	[ "$(type_of 'Full time (40h)')" = '["FULL_TIME","Full time (40h)"]' ]
	[ "$(type_of permanent)" = '[null,"permanent"]' ]
	[ "$(type_of 'on the moon')" = '[null,"on the moon"]' ]
}

@test "places: read where they have one reading" {
	places() {
		run -0 xml2jsonl -q <<<"$(job "<location>$1</location>")"
		get '[.locations[]? | [.city, .state, .country, .postal_code]] + [.is_multi_location, .is_remote, .remote_scope]'
	}
	[ "$(places 'Austin, TX')" = '[["Austin","TX",null,null],false,null,null]' ]
	[ "$(places 'Austin, TX 78701')" = '[["Austin","TX",null,"78701"],false,null,null]' ]
	[ "$(places 'Austin, TX, USA')" = '[["Austin","TX","US",null],false,null,null]' ]
	[ "$(places '1 Main St, Austin, TX 78701, USA')" = '[["Austin","TX","US","78701"],false,null,null]' ]
	[ "$(places '10115 Berlin, Germany')" = '[["Berlin",null,"DE","10115"],false,null,null]' ]
	[ "$(places 'US, NY, New York')" = '[["New York","NY","US",null],false,null,null]' ]
	[ "$(places 'NZ, , Auckland')" = '[["Auckland",null,"NZ",null],false,null,null]' ]
	[ "$(places 'Amsterdam, NL')" = '[[null,null,null,null],false,null,null]' ]
	[ "$(places 'Umeå')" = '[[null,null,null,null],false,null,null]' ]
	[ "$(places 'Paris, France; Lyon, France')" = '[["Paris",null,"FR",null],["Lyon",null,"FR",null],true,null,null]' ]
	[ "$(places '2 Locations')" = '[[null,null,null,null],true,null,null]' ]
	[ "$(places 'Remote, US')" = '[null,true,"US"]' ]
	[ "$(places 'San Francisco, CA, US / Remote')" = '[["San Francisco","CA","US",null],false,true,null]' ]
	[ "$(places 'Remote - EMEA')" = '[null,true,"EMEA"]' ]
	[ "$(places 'US-Remote')" = '[null,true,"US"]' ]
	[ "$(places 'Austin, TX or Remote')" = '[["Austin","TX",null,null],false,true,null]' ]
	[ "$(places 'Vancouver, BC V6B 1A1')" = '[["Vancouver","BC",null,"V6B 1A1"],false,null,null]' ]
	[ "$(places 'Sydney, NSW 2000')" = '[["Sydney","NSW",null,"2000"],false,null,null]' ]
	[ "$(places 'New York, NY, 10001, US')" = '[["New York","NY","US","10001"],false,null,null]' ]
	for unknown in 'New York' Georgia Berlin '80331 München'; do
		[ "$(places "$unknown")" = '[[null,null,null,null],false,null,null]' ]
	done
	[ "$(places 'N/A')" = '[null,null,null]' ]
}

@test "pay: ranges, signs, thousands, periods; nonsense is refused" {
	pay() {
		run -0 xml2jsonl -q <<<"$(job "<country>$2</country><salary>$1</salary>")"
		get '[.salary_min, .salary_max, .salary_currency, .salary_period]'
	}
	[ "$(pay '$50K per year')" = '[50000,50000,"USD","YEAR"]' ]
	[ "$(pay '$70,000-$85,000/year')" = '[70000,85000,"USD","YEAR"]' ]
	[ "$(pay '$50-60k' CA)" = '[50000,60000,"CAD",null]' ]
	[ "$(pay 'Up to $21.50/hour')" = '[null,21.5,"USD","HOUR"]' ]
	[ "$(pay 'Starting at $112,000/year')" = '[112000,null,"USD","YEAR"]' ]
	[ "$(pay 'De 1700€ à 500€ par mois')" = '[500,1700,"EUR","MONTH"]' ]
	[ "$(pay 'R$ 5.000 - R$ 8.000')" = '[5000,8000,"BRL",null]' ]
	[ "$(pay '90 000')" = '[90000,90000,null,null]' ]
	[ "$(pay '1.234,56 € monatlich')" = '[1234.56,1234.56,"EUR","MONTH"]' ]
	[ "$(pay '30 000 kr' SE)" = '[30000,30000,"SEK",null]' ]
	[ "$(pay '80000 - 90000 руб./мес.')" = '[80000,90000,"RUB","MONTH"]' ]
	[ "$(pay '$55,000–$98,900/year')" = '[55000,98900,"USD","YEAR"]' ]
	[ "$(pay '$20.00/hr - $25.50/hr')" = '[20,25.5,"USD","HOUR"]' ]
	[ "$(pay '20 EUR per hour to 25 EUR per hour')" = '[20,25,"EUR","HOUR"]' ]
	[ "$(pay 'From $18 an hour')" = '[18,null,"USD","HOUR"]' ]
	[ "$(pay '40 000 € par an')" = '[40000,40000,"EUR","YEAR"]' ]
	[ "$(pay '₹3,00,000 - ₹5,00,000')" = '[300000,500000,"INR",null]' ]
	[ "$(pay '₹4-6 LPA')" = '[400000,600000,"INR","YEAR"]' ]
	[ "$(pay 'от 60 тыс. руб.')" = '[60000,null,"RUB",null]' ]
	[ "$(pay 'CHF 80’000 - 100’000')" = '[80000,100000,"CHF",null]' ]
	[ "$(pay '$1.25M')" = '[1250000,1250000,"USD",null]' ]
	[ "$(pay '$100K–$120K')" = '[100000,120000,"USD",null]' ]
	[ "$(pay '¥300,000〜¥400,000')" = '[300000,400000,"JPY",null]' ]
	[ "$(pay '45000.000')" = '[45000,45000,null,null]' ]
	[ "$(pay '25 per hour')" = '[25,25,null,"HOUR"]' ]
	for none in '3 days' '40 hours per week' '24/7' 'Competitive Salary' '401(k)' '40%' '0' 'договорная' '5' \
		'call 555 1234 or 555 4321 or 555 9999' '2 weeks, 3 months, 1 year'; do
		run -0 xml2jsonl -q <<<"$(job "<salary>$none</salary>")"
		[ "$(get '[.salary_min, .salary_max, .extra.salary]')" = "[null,null,\"$none\"]" ]
	done
}

@test "dates: all forms, none of them wrong" {
	when() {
		echo "date: $1" >&2
		run -0 xml2jsonl -q "${@:2}" <<<"$(job "<date>$1</date>")"
		get '.posted_at // .extra.date'
	}
	while IFS='|' read -r text wanted; do
		[ "$(when "$text")" = "$wanted" ]
	done <<'E'
Tue, 29 Jun 2021 22:49:39 GMT|2021-06-29T22:49:39Z
Tue, 14 Jul 2026 00:00:00 EST|2026-07-14T05:00:00Z
Tue, 15 Nov 2016 11:04:29 Z|2016-11-15T11:04:29Z
Mon, 08 Nov 2021|2021-11-08T00:00:00Z
Fri, 27 Feb 2026 19:59:48 +0100|2026-02-27T18:59:48Z
2026-01-26T11:41:57.647Z|2026-01-26T11:41:57Z
2025-05-23T16:24:26.875937|2025-05-23T16:24:26Z
2042-08-23T01:40:35+0100|2042-08-23T00:40:35Z
2020-11-06 18:47:08 +0000|2020-11-06T18:47:08Z
2017-01-30|2017-01-30T00:00:00Z
19/10/2018|2018-10-19T00:00:00Z
10/19/2018|2018-10-19T00:00:00Z
20-5-2023|2023-05-20T00:00:00Z
05.07.2023|2023-07-05T00:00:00Z
25.11.2011 17:19:13|2011-11-25T17:19:13Z
2026/10/3|2026-10-03T00:00:00Z
25 Oct 2017 23:55 BST|2017-10-25T22:55:00Z
Thursday 5th June 2024 03:12:01 PM|2024-06-05T15:12:01Z
June 5, 2024|2024-06-05T00:00:00Z
12:30 AM, 5 June 2024|2024-06-05T00:30:00Z
1767225600|2026-01-01T00:00:00Z
1767225600000|2026-01-01T00:00:00Z
1705314600.25|2024-01-15T10:30:00Z
Sun, 06 Nov 94 08:49:37 GMT|1994-11-06T08:49:37Z
20240115T103000Z|2024-01-15T10:30:00Z
15. März 2024|2024-03-15T00:00:00Z
lundi 15 janvier 2024|2024-01-15T00:00:00Z
15 de enero de 2024|2024-01-15T00:00:00Z
15 января 2024 г.|2024-01-15T00:00:00Z
15/01/24|15/01/24
2024-02-29|2024-02-29T00:00:00Z
2023-02-29|2023-02-29
05/06/2026|05/06/2026
2026-13-01|2026-13-01
10:00 XYZ 5 June 2024|10:00 XYZ 5 June 2024
2024-06-05 25:00|2024-06-05 25:00
1970-01-01|1970-01-01
3 days ago|3 days ago
ASAP|ASAP
E
	for order in day_first:2026-06-05 month_first:2026-05-06; do
		echo "{\"extends\":\"indeed\",\"dates\":\"${order%:*}\"}" >mine.json
		[ "$(when 05/06/2026 -M ./mine.json)" = "${order#*:}T00:00:00Z" ]
		[ "$(when 05/06/26 -M ./mine.json)" = "${order#*:}T00:00:00Z" ]
	done
}

@test "links: absolute, by http or https, else left and warned about" {
	link() {
		run -0 --separate-stderr xml2jsonl <<<"$(job "<url>$1</url>")"
		get '[.url, .extra.url]'
	}
	[ "$(link 'https://x.example/a?b=1&amp;amp;c=2')" = '["https://x.example/a?b=1&c=2",null]' ]
	[ "$(link 'HTTP://x.example/a b')" = '["HTTP://x.example/a%20b",null]' ]
	for bad in www.example.com/x javascript:alert /jobs/1 https:// \
		'ftp://x.example/' 'https://x.example/&lt;b&gt;'; do
		[ "$(link "$bad" | jq -r '.[0]')" = null ]
	done
	run -0 --separate-stderr xml2jsonl <<<"$(job "<url>www.example.com/x</url>")"
	[[ $stderr == *'urls that are not absolute'* ]]
}

@test "text: escapes, invisible characters, markup as elements" {
	run -0 xml2jsonl -q <<<"$(job '<company>A&amp;amp;B\xc2\xa0\xe2\x80\x8bC</company><description>&amp;lt;p&amp;gt;x&amp;lt;/p&amp;gt;</description>')"
	[ "$(get '[.company_name, .description]')" = '["A&B C","<p>x</p>"]' ]
	run -0 xml2jsonl -q <<<"$(job '<description>a &lt; b <p class="c">x<br/>y &amp; z</p></description>')"
	[ "$(get .description)" = 'a &lt; b <p class="c">x<br>y &amp; z</p>' ]
	run -0 xml2jsonl -q <<<"$(job '<description>&lt;![CDATA[x]]&gt;</description><category>null</category>')"
	[ "$(get '[.description, .category, .extra.category]')" = '["x",null,"null"]' ]
}

@test "facts of the feed go to the stats, and a wrong count is said" {
	mkdir run
	JOBMILL_RUN_DIR=run run -0 --separate-stderr xml2jsonl "$DATA/feeds/linkedin.xml"
	[[ $stderr == *'declared=2 seen=1'* ]]
	[ "$(jq -c '[.declared_count, .load, .encoding]' run/xml2jsonl.stats)" = '[2,"snapshot","UTF-8"]' ]
	JOBMILL_RUN_DIR=run run -0 xml2jsonl -q "$DATA/feeds/arbeitsagentur.xml"
	[ "$(jq -r .load run/xml2jsonl.stats)" = delta ]
}

@test "memory does not grow with the feed" {
	sanitized && skip "a sanitizer has memory of its own"
	many() {
		echo '<source>'
		yes "<job><referencenumber>1</referencenumber><title>A</title><description>$(head -c 3000 /dev/zero | tr '\0' x)</description></job>" | head -n "$1"
		echo '</source>'
	}
	many 20000 | (ulimit -v 60000 && xml2jsonl -q >/dev/null)
}

@test "the schemas hold for all records and maps of the tests" {
	python3 -c 'import jsonschema' 2>/dev/null ||
		skip "there is no jsonschema for Python here"
	cat >check.py <<'E'
import glob, json, os
import jsonschema
root = os.environ["ROOT"]
load = lambda path: json.load(open(path, encoding="utf-8"))
maps = jsonschema.Draft7Validator(load(root + "/share/feed-map.schema.json"))
jobs = jsonschema.Draft7Validator(load(root + "/share/job.schema.json"))
for path in glob.glob(root + "/share/feeds/*.json"):
    maps.validate(load(path))
for path in glob.glob(root + "/tests/cli/data/feeds/*.ndjson") + [
        root + "/share/samples/jobs.ndjson"]:
    for line in open(path, encoding="utf-8"):
        jobs.validate(json.loads(line))
E
	python3 check.py
}
