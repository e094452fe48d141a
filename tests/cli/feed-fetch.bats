# feed-fetch: any feed, however it comes, whole or with a status that says why
# not.  The server is tests/standins/feed, whose URLs say what goes wrong.
load ../support/common

PACKED=$ROOT/tests/fuzz/corpus/decode

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir www
	cp "$PACKED/feed.xml" www
	standin_start feed --root "$BATS_TEST_TMPDIR/www"
	# What the tests ask for is on loopback, and nobody likes to wait.
	export JOBMILL_ALLOW_PRIVATE=1 JOBMILL_FEED_RETRY_WAIT=2ms
}

# A feed of about BYTES in www/NAME.
big_feed() {
	awk -v bytes="$2" 'BEGIN {
		print "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<source>"
		for (n = 42; n < bytes - 10; n += 60)
			printf "<job><id>%08d</id><title>Nurse %08d</title></job>     \n", n, n
		print "</source>"
	}' >"www/$1"
}

# The fetch succeeds, in silence, and gives the file.
gives() {
	local file=$1

	shift
	feed-fetch "$@" >out 2>err
	cmp out "$file"
	[ ! -s err ]
}

# The fetch ends with STATUS and one error that says MESSAGE.
fails() {
	local status=$1 message=$2 got=0

	shift 2
	feed-fetch --quiet "$@" >out 2>err || got=$?
	cat err >&2
	[ "$got" -eq "$status" ]
	[ "$(wc -l <err)" -eq 1 ]
	grep -q "^ERROR feed-fetch: .*$message" err
}

requests() {
	standin_log | jq -r "$1"
}

@test "a file, a file: URL, - and standard input give the same bytes" {
	gives www/feed.xml www/feed.xml
	gives www/feed.xml "file://$PWD/www/feed.xml"
	gives www/feed.xml - <www/feed.xml
	gives www/feed.xml <www/feed.xml
}

@test "a feed comes by HTTP, with a length, in chunks, or until the end" {
	gives www/feed.xml "$STANDIN_URL/feed.xml"
	gives www/feed.xml "$STANDIN_URL/feed.xml?length=chunked"
	gives www/feed.xml "$STANDIN_URL/feed.xml?length=no"
	JOBMILL_FEED_URL=$STANDIN_URL/feed.xml gives www/feed.xml
}

@test "codings of the way are undone" {
	cp "$PACKED"/{members.gz,zlib,bare,feed.br,frames.zst} www
	gives www/feed.xml "$STANDIN_URL/members.gz?coding=gzip"
	gives www/feed.xml "$STANDIN_URL/members.gz?coding=gzip&drip=1" \
		--min-rate 1
	gives www/feed.xml "$STANDIN_URL/zlib?coding=deflate"
	gives www/feed.xml "$STANDIN_URL/bare?coding=deflate"
	gives www/feed.xml "$STANDIN_URL/feed.br?coding=br"
	gives www/feed.xml "$STANDIN_URL/frames.zst?coding=zstd"
	[ "$(requests '.headers["Accept-Encoding"]' | sort -u)" = \
		"gzip, deflate, br, zstd" ]
}

@test "packed feeds are known by their first bytes" {
	for file in members.gz frames.zst plain.zip streamed.zip mac.zip; do
		gives www/feed.xml "$PACKED/$file"
		gives www/feed.xml - <"$PACKED/$file"
	done
	cp "$PACKED/plain.zip" www
	gives www/feed.xml "$STANDIN_URL/plain.zip?type=text/xml"
	# And packed once more for the way.
	gzip <"$PACKED/plain.zip" >www/plain.zip.gz
	gives www/feed.xml "$STANDIN_URL/plain.zip.gz?coding=gzip"
}

@test "what no magic tells can be said" {
	gives www/feed.xml --encoding br "$PACKED/feed.br"
	gives www/feed.xml --encoding deflate "$PACKED/bare"
	gives "$PACKED/one.gz" --encoding identity --expect any "$PACKED/one.gz"
}

@test "a coding that was not asked for, or two, are refused with 76" {
	fails 76 "coding" "$STANDIN_URL/feed.xml?coding=compress"
	fails 76 "coding" "$STANDIN_URL/feed.xml?coding=gzip,%20gzip"
}

@test "a gzip that is cut is never a whole feed" {
	big_feed big.xml 200000
	gzip -c www/big.xml >whole.gz
	head -c 5000 whole.gz >www/cut.gz
	fails 65 "cut off" www/cut.gz
	fails 75 "cut off" "$STANDIN_URL/cut.gz"
	fails 75 "cut off" "$STANDIN_URL/cut.gz?coding=gzip"
	# There is no rest to ask for.
	fails 75 "cut off" "$STANDIN_URL/cut.gz?etag=a" --spool
	[ "$(requests .headers.Range | sort -u)" = null ]
	head -c -8 whole.gz >www/bare.gz
	fails 65 "checksum of the compressed feed is missing" \
		"$STANDIN_URL/bare.gz?coding=gzip"
	{
		head -c -8 whole.gz
		printf 12345678
	} >www/wrong.gz
	fails 65 "checksum of the compressed feed is wrong" \
		"$STANDIN_URL/wrong.gz?coding=gzip"
	cp "$PACKED/garbage.gz" www
	fails 65 "behind the end" "$STANDIN_URL/garbage.gz"
	fails 65 "compressed feed is broken" "$STANDIN_URL/feed.xml?coding=gzip"
}

@test "zip archives without a feed are refused with 65" {
	fails 65 "no XML file" "$PACKED/none.zip"
	fails 65 "no XML file" "$PACKED/nothing.zip"
	fails 65 "encrypted" "$PACKED/encrypted.zip"
}

@test "a bomb goes off within bounds" {
	head -c 100M /dev/zero | gzip -9 >zeros.gz
	for _ in {1..20}; do cat zeros.gz; done >www/bomb.gz # 2 GB
	fails 65 "inflates more than --max-ratio" "$STANDIN_URL/bomb.gz" \
		--expect any
	[ "$(wc -c <out)" -le $((9 * 1024 * 1024)) ]
	fails 65 "inflates more than --max-ratio" --expect any \
		"$STANDIN_URL/bomb.gz?coding=gzip"
	fails 65 "larger than --max-inflated" "$STANDIN_URL/bomb.gz" \
		--expect any --max-ratio 0 --max-inflated 20M
	[ "$(wc -c <out)" -le $((20 * 1024 * 1024)) ]
	# A bomb in a bomb: the shell of it is as bounded.
	gzip -9 <www/bomb.gz >www/twice.gz
	fails 65 "inflates more than" --expect any \
		"$STANDIN_URL/twice.gz?coding=gzip"
	# And what comes behind the file of an archive.
	{
		cat "$PACKED/plain.zip"
		head -c 20M /dev/zero
	} | gzip >www/tail.gz
	fails 65 "inflates more than" "$STANDIN_URL/tail.gz?coding=gzip"
	sanitized || (
		ulimit -v 200000
		fails 65 "inflates more than" "$STANDIN_URL/bomb.gz" --expect any
	)
}

@test "limits hold to the byte" {
	size=$(wc -c <www/feed.xml)
	gives www/feed.xml --max-bytes "$size" "$STANDIN_URL/feed.xml"
	fails 65 "larger than --max-bytes" --max-bytes $((size - 1)) \
		"$STANDIN_URL/feed.xml"
	[ ! -s out ]
	fails 65 "larger than --max-bytes" --max-bytes $((size - 1)) \
		"$STANDIN_URL/feed.xml?length=chunked"
	gives www/feed.xml --max-inflated "$size" "$PACKED/one.gz"
	fails 65 "larger than --max-inflated" --max-inflated $((size - 1)) \
		"$PACKED/one.gz"
	fails 65 "larger than --max-bytes" --max-bytes 1M \
		"$STANDIN_URL/feed.xml?endless=1&length=no"
}

@test "a connection that breaks twenty times gives the identical bytes" {
	big_feed big.xml 200000
	size=$(wc -c <www/big.xml)
	cut=$((size / 20 - 1))
	feed-fetch -q "$STANDIN_URL/big.xml?etag=a&cut=$cut" >out
	cmp out www/big.xml
	[ "$(requests .n | wc -l)" -eq 21 ]
	[ "$(requests .headers.Range | tail -n 1)" = "bytes=$((cut * 20))-" ]
	[ "$(requests '.headers["If-Range"]' | sed 1d | sort -u)" = '"a"' ]
	feed-fetch -q "$STANDIN_URL/big.xml?etag=b&cut=50000&reset=1" >out
	cmp out www/big.xml
	feed-fetch -q "$STANDIN_URL/big.xml?etag=b&cut=50000&length=chunked" >out
	cmp out www/big.xml
}

@test "it also goes on inside a packed feed" {
	big_feed big.xml 400000
	gzip -1 www/big.xml -c >www/big.gz
	for range in "" bare; do
		feed-fetch -q \
			"$STANDIN_URL/big.gz?etag=a&coding=gzip&cut=3000&range=$range" >out
		cmp out www/big.xml
	done
	feed-fetch -q "$STANDIN_URL/big.gz?etag=a&cut=3000" --snapshot raw >out
	cmp out www/big.xml
	cmp raw www/big.gz
}

@test "a time of change lets it go on when it is a minute older than the answer" {
	old="modified=Mon,%2002%20Nov%202026%2010:00:00%20GMT"
	gives www/feed.xml -q "$STANDIN_URL/feed.xml?$old&cut=900"
	[ "$(requests '.headers["If-Range"]' | sed 1d | sort -u)" = \
		"Mon, 02 Nov 2026 10:00:00 GMT" ]
	now=$(date -u '+%a, %d %b %Y %H:%M:%S GMT' | sed 's/ /%20/g')
	fails 75 "without a strong" "$STANDIN_URL/feed.xml?modified=$now&cut=900"
	fails 75 "without a strong" "$STANDIN_URL/feed.xml?etag=a&weak=1&cut=900"
}

@test "a mixture of two versions is never written" {
	fails 75 "changed while" "$STANDIN_URL/feed.xml?etag=a&flip=1&cut=900"
	cmp out <(head -c 900 www/feed.xml)
	fails 75 "does not go on" "$STANDIN_URL/feed.xml?etag=a&range=no&cut=900"
	cmp out <(head -c 900 www/feed.xml)
	# One that does not look at If-Range.
	fails 75 "changed while.*ETag" \
		"$STANDIN_URL/feed.xml?etag=a&flip=1&range=any&cut=900"
	cmp out <(head -c 900 www/feed.xml)
	fails 76 "another part" "$STANDIN_URL/feed.xml?etag=a&range=wrong&cut=900"
	cmp out <(head -c 900 www/feed.xml)
}

@test "a part that is shorter than asked for is gone on from" {
	head -c 30 www/feed.xml >start
	printf '<a>%020d</a>' 0 >www/tiny.xml
	gives www/tiny.xml -q \
		"$STANDIN_URL/tiny.xml?etag=a&range=short&cut=20"
	[ "$(requests '.headers.Range' | tail -n 1)" = "bytes=26-" ]
}

@test "what was not handed on yet is fetched anew" {
	feed-fetch -q --spool "$STANDIN_URL/feed.xml?cut=900&times=3" >out
	cmp out www/feed.xml
	[ "$(requests '.headers.Range' | sort -u)" = null ]
	fails 75 "connection broke off" --spool --retries 2 \
		"$STANDIN_URL/feed.xml?cut=900"
	[ ! -s out ]
}

@test "a length that is a lie is an error" {
	fails 75 "connection broke off" --retries 1 \
		"$STANDIN_URL/feed.xml?length=9999"
	fails 75 "changed while" "$STANDIN_URL/feed.xml?length=9999&etag=a"
	fails 75 "changed while.*its length" \
		"$STANDIN_URL/feed.xml?length=9999&etag=a&cut=900"
	[ "$(wc -c <out)" -eq 900 ]
	fails 75 "no tag ends it" "$STANDIN_URL/feed.xml?length=900"
}

@test "a feed that just stops is cut, with no length too" {
	fails 75 "without a strong" "$STANDIN_URL/feed.xml?length=no&cut=900"
	grep -q "no tag ends the feed" err
	gives www/feed.xml -q "$STANDIN_URL/feed.xml?length=no&cut=900&etag=a"
	head -c 900 www/feed.xml >cut.xml
	fails 65 "no tag ends it" cut.xml
}

@test "answers that may be better the next time are asked for again" {
	for status in 408 425 429 500 502 503 504; do
		gives www/feed.xml -q \
			"$STANDIN_URL/feed.xml?status=$status&times=2&id=$status"
	done
	[ "$(requests .n | wc -l)" -eq 21 ]
	fails 75 "can't answer now.*503" --retries 2 \
		"$STANDIN_URL/feed.xml?status=503"
	[ "$(requests .n | wc -l)" -eq 24 ]
}

@test "Retry-After is honoured" {
	run -0 --separate-stderr feed-fetch \
		"$STANDIN_URL/feed.xml?status=429&retry_after=1&times=1"
	[[ $stderr == "WARNING feed-fetch: trying again "*" wait_ms=1000" ]]
}

@test "refusals are final, and each has its status" {
	for status in 400 404 410 451 501 505; do
		fails 69 "refuses.*status $status" \
			"$STANDIN_URL/feed.xml?status=$status"
	done
	for status in 401 403 407; do
		fails 77 "does not allow.*status $status" \
			"$STANDIN_URL/feed.xml?status=$status"
	done
	fails 76 "of no use.*304" "$STANDIN_URL/feed.xml?status=304"
	[ "$(requests .n | wc -l)" -eq 10 ]
}

@test "an empty feed trips the guard" {
	: >www/empty.xml
	printf ' \r\n' >www/blank.xml
	fails 80 "empty" "$STANDIN_URL/empty.xml"
	fails 80 "empty" "$STANDIN_URL/empty.xml?length=no"
	fails 80 "empty" "$STANDIN_URL/blank.xml"
	fails 80 "empty" "$STANDIN_URL/feed.xml?status=204"
	fails 80 "empty" www/empty.xml
	run -0 --separate-stderr feed-fetch </dev/null
	[ -z "$output$stderr" ]
}

@test "a page or an error in JSON is no feed, whatever its type says" {
	printf '<!DOCTYPE html>\n<html><title>Log in</title></html>\n' >www/page
	printf '{"error":"quota exceeded"}\n' >www/error
	printf 'Too many requests, come back later\n' >www/text
	fails 65 "HTML page.*content_type=text/xml" \
		"$STANDIN_URL/page?type=text/xml"
	[ ! -s out ]
	fails 65 "it is JSON" "$STANDIN_URL/error?type=text/xml"
	fails 65 "plain text" "$STANDIN_URL/text"
	gzip www/page
	fails 65 "HTML page" "$STANDIN_URL/page.gz?coding=gzip"
	gives www/error --expect json "$STANDIN_URL/error"
	fails 65 "it is XML" --expect json "$STANDIN_URL/feed.xml"
	gives www/text --expect any www/text
}

@test "addresses that are not public are refused with 76" {
	unset JOBMILL_ALLOW_PRIVATE
	port=${STANDIN_URL##*:}
	for host in 127.0.0.1 localhost 2130706433 0x7f.1 '[::ffff:127.0.0.1]'; do
		fails 76 "not public.*is loopback" "http://$host:$port/feed.xml"
	done
	fails 76 "not public" "http://0.0.0.0:$port/feed.xml"
	fails 76 "not public.*link-local" "http://169.254.169.254/latest/"
	fails 76 "not public.*private" "http://10.1.2.3/"
	fails 76 "not public" "http://[fd00::1]/"
	fails 76 "not public" "http://[64:ff9b::7f00:1]/"
	[ -z "$(requests .n)" ]
}

@test "a redirect to an address that is not public is refused too" {
	unset JOBMILL_ALLOW_PRIVATE
	# The proxy is the operator's choice; where it is asked to go is not.
	export http_proxy=$STANDIN_URL
	fails 76 "127.0.0.1 is loopback" \
		"http://1.2.3.4/feed.xml?to=http://127.0.0.1/feed.xml"
	fails 76 "::ffff:10.0.0.1 is private" \
		"http://1.2.3.4/feed.xml?to=http://%5B::ffff:10.0.0.1%5D/"
	[ "$(requests .n | wc -l)" -eq 2 ]
}

@test "through a proxy the address asked for is checked" {
	unset JOBMILL_ALLOW_PRIVATE
	export http_proxy=$STANDIN_URL
	gives www/feed.xml http://1.2.3.4/feed.xml
	[ "$(requests .target)" = http://1.2.3.4/feed.xml ]
	fails 76 "127.0.0.1 is loopback" http://127.0.0.1/feed.xml
	fails 76 "is loopback" http://localhost/feed.xml
	export no_proxy=127.0.0.1
	fails 76 "127.0.0.1 is loopback" "$STANDIN_URL/feed.xml"
	gives www/feed.xml --allow-private "$STANDIN_URL/feed.xml"
}

@test "redirects are followed, and bounded" {
	gives www/feed.xml "$STANDIN_URL/a?to=feed.xml&status=301"
	gives www/feed.xml "$STANDIN_URL/a?to=/feed.xml&status=307"
	standin_reset
	fails 76 "more often than --max-redirects.*5" \
		"$STANDIN_URL/loop?to=."
	[ "$(requests .n | wc -l)" -eq 6 ]
}

@test "a redirect chain longer than allowed is refused" {
	hop="feed.xml"
	for i in 1 2 3; do
		hop="h$i?to=$(jq -rn --arg t "$hop" '$t|@uri')"
	done
	gives www/feed.xml --max-redirects 3 "$STANDIN_URL/$hop"
	fails 76 "more often" --max-redirects 2 "$STANDIN_URL/$hop"
}

@test "other protocols are refused: 64 asked for, 76 redirected to" {
	for scheme in ftp gopher dict sftp ldap; do
		fails 64 "protocol is not spoken" "$scheme://127.0.0.1/"
		fails 76 "protocol that is not spoken.*$scheme" \
			"$STANDIN_URL/a?to=$scheme://127.0.0.1/"
	done
	fails 76 "protocol that is not spoken.*file" \
		"$STANDIN_URL/a?to=file:///etc/passwd"
	fails 64 "not a URL" "http://"
}

@test "a peer that does not answer as HTTP has it is refused with 76" {
	fails 76 "as HTTP has it" "$STANDIN_URL/feed.xml?garbage=1"
	fails 76 "head of the answer is too long" "$STANDIN_URL/feed.xml?junk=2000"
	fails 76 "head of the answer is too long" \
		"$STANDIN_URL/feed.xml?long=400000"
}

@test "a closed port, a silent host and an unknown name are 75 after retries" {
	fails 75 "cannot connect" --retries 2 http://127.0.0.1:1/feed.xml
	fails 75 "no such host" --retries 1 http://no-such-host.invalid/
	run -75 --separate-stderr feed-fetch --retries 2 http://127.0.0.1:1/
	[ "$(grep -c 'trying again' <<<"$stderr")" -eq 2 ]
}

@test "a server that drips or hangs is left after --stall" {
	fails 75 "too slow" --stall 300ms --min-rate 1K --retries 1 \
		"$STANDIN_URL/feed.xml?drip=20&etag=a"
	[ "$(requests .n | wc -l)" -eq 2 ]
	fails 75 "too slow" --stall 300ms --retries 0 \
		"$STANDIN_URL/feed.xml?stall=500"
	fails 75 "longer than --max-time" --max-time 200ms --min-rate 0 \
		"$STANDIN_URL/feed.xml?stall=500"
}

@test "a reader that takes its time is no stall" {
	big_feed big.xml 1000000
	mkfifo slow
	feed-fetch --stall 300ms --min-rate 1M --retries 0 \
		"$STANDIN_URL/big.xml" >slow 3>&- &
	pid=$!
	{
		head -c 1000
		sleep 1
		cat
	} <slow >out
	wait "$pid"
	cmp out www/big.xml
}

@test "bytes of a slow server reach the reader as they come" {
	export JOBMILL_FEED_MIN_RATE=0
	feed-fetch "$STANDIN_URL/feed.xml?stall=500" >out 3>&- &
	pid=$!
	wait_for test -s out
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	[ "$status" -eq 143 ]
	cmp out <(head -c 500 www/feed.xml)
}

@test "credentials are sent, to no other host, and shown nowhere" {
	url=$STANDIN_URL/feed.xml
	bearer="auth=Bearer%20t0ken"
	basic="auth=Basic%20$(printf 'me:s3cret' | base64)"
	JOBMILL_FEED_AUTH_BEARER=t0ken gives www/feed.xml "$url?$bearer"
	JOBMILL_FEED_AUTH_BASIC=me:s3cret gives www/feed.xml "$url?$basic"
	echo t0ken >token
	JOBMILL_FEED_AUTH_BEARER_FILE=token gives www/feed.xml "$url?$bearer"
	gives www/feed.xml "${url/\/\//\/\/me:s3cret@}?$basic"
	printf '# mine\nX-Key: s3cret\r\n\nAccept: text/xml\n' >fields
	standin_reset
	feed-fetch -vv --retries 0 -H fields --user-agent me/1 \
		"${url/\/\//\/\/me:s3cret@}?key=s3cret" >out 2>err
	[ "$(requests '.headers | .["X-Key"], .Accept, .["User-Agent"]')" = \
		$'s3cret\ntext/xml\nme/1' ]
	run ! grep -q s3cret err
	# Another host: only what anybody may see.
	standin_reset
	JOBMILL_FEED_AUTH_BEARER=t0ken feed-fetch -q -H fields \
		"$STANDIN_URL/a?to=${url/127.0.0.1/localhost}" >out
	[ "$(requests '.headers.Authorization')" = $'Bearer t0ken\nnull' ]
	[ "$(requests '.headers["X-Key"]')" = $'s3cret\nnull' ]
	# The same one again: all of it.
	standin_reset
	JOBMILL_FEED_AUTH_BEARER=t0ken feed-fetch -q "$STANDIN_URL/a?to=/feed.xml" >out
	[ "$(requests '.headers.Authorization')" = $'Bearer t0ken\nBearer t0ken' ]
}

@test "a header file that is wrong is refused with 78" {
	for line in "no colon" "Range: bytes=1-" "Host: x" "X-Empty: " ": x" \
		"Bad Name: x" $'X: a\x01b'; do
		printf '%s\n' "$line" >fields
		fails 78 "header field" -H fields "$STANDIN_URL/feed.xml"
	done
	fails 66 "header file" -H nowhere "$STANDIN_URL/feed.xml"
	export JOBMILL_FEED_AUTH_BASIC=nobody
	fails 78 "name:password" "$STANDIN_URL/feed.xml"
}

@test "errors name the URL without its secrets" {
	fails 69 'url="http://127.0.0.1:[0-9]*/nothing?key=\*\*\*&\*\*\*" ' \
		"${STANDIN_URL/\/\//\/\/me:s3cret@}/nothing?key=s3cret&s3cret"
	run ! grep -q s3cret err
}

@test "with a state file an unchanged feed is not fetched again" {
	url="$STANDIN_URL/feed.xml?etag=v1"
	gives www/feed.xml --state state "$url"
	[ "$(jq -r .etag state)" = '"v1"' ]
	[ "$(jq -r .sha256 state)" = "$(sha256sum <www/feed.xml | cut -d' ' -f1)" ]
	run ! grep -q "$STANDIN_URL" state
	cp state before
	mkdir run
	JOBMILL_RUN_DIR=run gives /dev/null --state state "$url"
	cmp state before
	[ "$(requests '.headers["If-None-Match"]' | tail -n 1)" = '"v1"' ]
	jq -e '.status == 0 and .not_modified == 1 and .http_status == 304
		and .in == 0 and .out == 0 and .bytes == 0' run/feed-fetch.stats
	# Another URL is another feed.
	gives www/feed.xml --state state "$STANDIN_URL/feed.xml?etag=v1&x"
	[ "$(requests '.headers["If-None-Match"]' | tail -n 1)" = null ]
}

@test "the same bytes again are not modified, with no word of the server's" {
	big_feed big.xml 300000
	gzip -k www/big.xml
	for url in "$STANDIN_URL/big.xml" "$STANDIN_URL/big.xml.gz" \
		"$STANDIN_URL/big.xml.gz?coding=gzip" www/big.xml; do
		rm -f state
		gives www/big.xml --state state "$url"
		mkdir -p run
		JOBMILL_RUN_DIR=run gives /dev/null --state state "$url"
		jq -e '.not_modified == 1 and .bytes == 300000 or .bytes > 299000' \
			run/feed-fetch.stats
	done
	# A byte in the last place, and one in the first 64 KiB.
	sed -i 's/Nurse 00299\(...\)/Nurse 10299\1/' www/big.xml
	gives www/big.xml --state state www/big.xml
	gives /dev/null --state state www/big.xml
	sed -i 's/Nurse 00000042/Nurse 10000042/' www/big.xml
	gives www/big.xml --state state www/big.xml
	# Shorter, longer.
	sed -i '$d' www/big.xml
	echo '</source><!-- -->' >>www/big.xml
	gives www/big.xml --state state "$STANDIN_URL/big.xml"
}

@test "a feed that has grown goes out as soon as that is seen" {
	export JOBMILL_FEED_MIN_RATE=0
	big_feed big.xml 150000
	head -c 100000 www/big.xml >www/old.xml
	echo '>' >>www/old.xml
	gives www/old.xml --state old.state www/old.xml
	# Past the old length; and at once, when the server says the new one.
	for how in "length=chunked&stall=120000" "stall=80000"; do
		url=$STANDIN_URL/big.xml?$how
		jq -c --arg url "$(printf %s "$url" | sha256sum | cut -c1-64)" \
			'.url_sha256 = $url' old.state >state
		rm -f out
		feed-fetch --state state "$url" >out 3>&- &
		pid=$!
		wait_for test -s out
		kill -TERM "$pid"
		wait "$pid" || :
	done
}

@test "the state is that of the last fetch that succeeded" {
	url="$STANDIN_URL/feed.xml"
	gives www/feed.xml --state state "$url?etag=v1&id=1"
	cp state before
	for fault in "status=500" "cut=900" "length=9999"; do
		fails 75 "" --retries 0 --state state "$url?etag=v2&$fault"
		cmp state before
	done
	run -74 bash -c 'feed-fetch --state state "$1" >/dev/full' - "$url?etag=v3"
	cmp state before
	# Nor before the snapshot has its name.
	mkdir raw
	fails 74 "its name" --state state --snapshot raw "$url?etag=v3"
	cmp state before
	[ "$(ls -d state*)" = $'state\nstate.lock' ]
}

@test "a damaged state file is no state, with a warning" {
	gives www/feed.xml --state state "$STANDIN_URL/feed.xml?etag=v1"
	for damage in "" "{" "[]" '{"etag":"x"}' \
		"$(jq -c '.sha256 = "x"' state)"; do
		printf %s "$damage" >state
		run -0 --separate-stderr feed-fetch --state state \
			"$STANDIN_URL/feed.xml?etag=v1"
		[[ $stderr == "WARNING feed-fetch: the state file is of no use"* ]]
		cmp www/feed.xml - <<<"$output"
		jq -e '.etag == "\"v1\""' state
	done
}

@test "--new-state leaves the state to the caller" {
	url="$STANDIN_URL/feed.xml?etag"
	gives www/feed.xml --state state --new-state next "$url=v1"
	[ ! -e state ]
	mv next state
	gives /dev/null --state state --new-state next "$url=v1"
	[ ! -e next ]
	fails 64 "needs --state" --new-state next "$url=v1"
}

@test "of two fetches with one state file the second leaves at once with 75" {
	export JOBMILL_FEED_MIN_RATE=0
	feed-fetch --state state "$STANDIN_URL/feed.xml?stall=500" >one 3>&- &
	pid=$!
	wait_for test -s one
	fails 75 "under way" --state state "$STANDIN_URL/feed.xml"
	kill -KILL "$pid"
	wait "$pid" || :
	gives www/feed.xml --state state "$STANDIN_URL/feed.xml"
}

@test "a feed that has shrunk to a tenth is handed on, and flagged" {
	big_feed big.xml 30000
	cp www/big.xml www/x.xml
	gives www/big.xml --state state "$STANDIN_URL/x.xml"
	cp www/feed.xml www/x.xml
	mkdir run
	JOBMILL_RUN_DIR=run run -0 --separate-stderr feed-fetch --state state \
		"$STANDIN_URL/x.xml"
	[[ $stderr == "WARNING feed-fetch: the feed has shrunk"* ]]
	jq -e '.suspicious == 1' run/feed-fetch.stats
}

@test "a snapshot has the bytes as they came, and is whole or as it was" {
	cp "$PACKED/one.gz" www
	gives www/feed.xml --snapshot raw "$STANDIN_URL/one.gz?coding=gzip"
	cmp raw www/one.gz
	gives www/feed.xml raw
	fails 75 "" --retries 0 --snapshot raw "$STANDIN_URL/feed.xml?cut=900"
	cmp raw www/one.gz
	[ ! -e raw.part ]
	# One that was killed leaves its part, and the next one takes it over.
	export JOBMILL_FEED_MIN_RATE=0
	feed-fetch --snapshot raw "$STANDIN_URL/feed.xml?stall=500" >one 3>&- &
	pid=$!
	wait_for test -s raw.part
	fails 75 "another fetch" --snapshot raw "$STANDIN_URL/feed.xml"
	kill -KILL "$pid"
	wait "$pid" || :
	cmp raw www/one.gz
	gives www/feed.xml --snapshot raw "$STANDIN_URL/feed.xml"
	cmp raw www/feed.xml
	[ ! -e raw.part ]
}

@test "places that can't be written are told before the fetch" {
	fails 73 "cannot make" --snapshot no/where "$STANDIN_URL/feed.xml"
	fails 73 "lock" --state no/where "$STANDIN_URL/feed.xml"
	TMPDIR=/nowhere fails 73 "TMPDIR" --spool "$STANDIN_URL/feed.xml"
	[ -z "$(requests .n)" ]
}

@test "an output that is full is 74, a reader that leaves is silent" {
	big_feed big.xml 1000000
	for feed in www/big.xml "$STANDIN_URL/big.xml"; do
		run -74 --separate-stderr bash -c 'feed-fetch "$1" >/dev/full' - \
			"$feed"
		[[ $stderr == "ERROR feed-fetch: cannot write "* ]]
		run --separate-stderr bash -c \
			'feed-fetch "$1" | head -n 1; exit "${PIPESTATUS[0]}"' - "$feed"
		[ "$status" -eq 141 ]
		[ -z "$stderr" ]
	done
}

@test "sources that can't be read say so" {
	fails 66 "No such file" nowhere.xml
	fails 66 "Is a directory" .
	fails 66 "No such file" file:///nowhere.xml
	fails 64 "protocol" x://y
	fails 66 "Is a directory" - <www
}

@test "certificates are checked, and there is no way around it" {
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
		-addext subjectAltName=DNS:localhost -keyout key -out cert \
		2>/dev/null
	(
		cd www
		exec openssl s_server -accept 127.0.0.1:0 -cert ../cert -key ../key \
			-WWW 3>&- </dev/null >../tls 2>&1
	) &
	server=$!
	wait_for grep -q '^ACCEPT' tls
	port=$(sed -n 's/^ACCEPT.*:\([0-9]*\)$/\1/p' tls)
	url=https://localhost:$port/feed.xml
	gives www/feed.xml --ca-file cert "$url"
	fails 76 "certificate is not to be trusted" "$url"
	fails 76 "certificate is not to be trusted" --ca-file cert \
		"${url/localhost/127.0.0.1}"
	fails 78 "certificates to trust" --ca-file nowhere "$url"
	kill "$server"
}

@test "options that make no sense are refused with 64" {
	fails 64 "limit-rate is below" --limit-rate 10 "$STANDIN_URL/feed.xml"
	fails 64 "wrong value" --expect html "$STANDIN_URL/feed.xml"
	fails 64 "not expected" "$STANDIN_URL/feed.xml" www/feed.xml
}

@test "the rate can be limited" {
	big_feed big.xml 60000
	before=$(date +%s%3N)
	gives www/big.xml --limit-rate 60K --min-rate 30K --stall 100ms \
		"$STANDIN_URL/big.xml"
	[ $(($(date +%s%3N) - before)) -ge 700 ]
}

@test "the counters say what happened" {
	mkdir run
	export JOBMILL_RUN_DIR=run
	big_feed big.xml 50000
	gzip -k www/big.xml
	feed-fetch -q --state state \
		"$STANDIN_URL/a?to=big.xml.gz?etag=x%26cut=1000" >out
	size=$(wc -c <www/big.xml)
	packed=$(wc -c <www/big.xml.gz)
	jq -e --argjson size "$size" --argjson packed "$packed" '
		.stage == "feed-fetch" and .status == 0
		and .in == 0 and .out == 0 and .bytes_in == $packed
		and .bytes_out == $size and .bytes == $size
		and .http_status == 206 and .not_modified == 0
		and .requests == .redirects * 2 and .resumed == .retries
		and .resumed == ($packed / 1000 | floor)
		and .proof == "length" and .etag == "\"x\"" and .suspicious == 0' \
		run/feed-fetch.stats
	run -69 feed-fetch -q "$STANDIN_URL/nothing"
	jq -e '.status == 69 and .http_status == 404' run/feed-fetch.stats
}

standin_reset() {
	curl -fsS --noproxy '*' -X POST "$STANDIN_URL/_reset"
}

@test "a terminal shows how far it is, and is left clean" {
	need_terminal
	export JOBMILL_FEED_MIN_RATE=0 JOBMILL_FEED_MAX_TIME=300ms
	script -qec "feed-fetch $STANDIN_URL/feed.xml?stall=1500 >out" seen \
		</dev/null >/dev/null || :
	grep -q $'\rfeed-fetch: 1.5 kB of 2.1 kB \[##############      \] 72% ' seen
	grep -q $'\r\e\\[KERROR feed-fetch: ' seen
	script -qec "feed-fetch --no-progress $STANDIN_URL/feed.xml?stall=1500 >out" \
		seen </dev/null >/dev/null || :
	run ! grep -q 'kB of' seen
}

@test "TERM ends a fetch by the signal, with what came, and nothing left behind" {
	mkfifo pipe
	for feed in "$STANDIN_URL/feed.xml?stall=500" \
		"$STANDIN_URL/feed.xml?status=503&retry_after=60" pipe; do
		rm -f raw* out
		feed-fetch -q --snapshot raw "$feed" >out 3>&- &
		pid=$!
		[ "$feed" != pipe ] || exec 7>pipe
		wait_for test -e raw.part
		kill -TERM "$pid"
		status=0
		wait "$pid" || status=$?
		[ "$status" -eq 143 ]
		[ ! -e raw ]
		[ ! -e raw.part ]
	done
}
