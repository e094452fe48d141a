# The server: what it lets in, whom it lets do what, and what it tells.
load ../support/common
load ../support/store
load ../support/serve

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	export JOBMILL_DB_WAIT=0
	# Most of what is here needs no store.
	export DATABASE_URL=postgresql:///none?host=$PWD/nowhere
	H='Host: localhost\r\n' C='Connection: close\r\n'
}

teardown() {
	[[ -z ${SERVE_PID:-} ]] || serve_stop || :
}

@test "it says where it answers, and ends with 0 when it is told to" {
	serve_start
	[[ $SERVE_URL =~ ^http://127\.0\.0\.1:[0-9]+$ ]]
	expect 200 /healthz
	[ "$output" = '{"status":"ok"}' ]
	serve_stop
	run ! curl -sS "$SERVE_URL/healthz"
	SERVE_PID=
}

@test "an address that is taken, or that is none, is named" {
	serve_start
	run -69 --separate-stderr job-serve -l "127.0.0.1:$SERVE_PORT"
	[[ $stderr == *"cannot listen address=127.0.0.1 port=$SERVE_PORT"* ]]
	for where in 1.2.3:x 127.0.0.1: ::1:80 "" 127.0.0.1:99999999; do
		run -64 job-serve -l "$where"
	done
}

@test "an address that others can reach is refused without a token" {
	run -78 --separate-stderr job-serve -l 0.0.0.0:0
	[[ $stderr == *"needs a token"* ]]
	run -78 --separate-stderr job-serve -l '[::]:0'
	printf '0123456789abcdef' >token
	JOBMILL_API_TOKEN_FILE=token serve_start -l 0.0.0.0:0
	expect 200 /healthz
	expect 401 /feeds
}

@test "a token that can be guessed, or of readers alone, is refused" {
	JOBMILL_API_TOKEN=short run -78 job-serve -l 127.0.0.1:0
	[[ $output == *"too short"* ]]
	JOBMILL_READ_TOKEN=0123456789abcdef run -78 job-serve -l 127.0.0.1:0
	JOBMILL_API_TOKEN_FILE=nowhere run -78 job-serve -l 127.0.0.1:0
}

@test "every route of openapi.json is there, and no other" {
	job-serve --routes | awk '{print $1, $2, $3}' | sort >there
	jq -r '.paths | to_entries[] | .key as $path | .value | to_entries[]
		| select(.key != "parameters") | "\(.key | ascii_upcase) \($path) \(
			.value.security | if . == null or length == 0 then "none"
			else .[0][] | .[0] end)"' "$ROOT/share/www/openapi.json" |
		grep -vE '^GET (/|/docs|/openapi.json) ' | sort >told
	diff there told
}

@test "two lengths, or a length and a coding, are refused and closed" {
	serve_start
	smuggled='GET /healthz HTTP/1.1\r\n'"$H"'\r\n'
	for lengths in 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n' \
		'Transfer-Encoding: chunked\r\nContent-Length: 4\r\n' \
		'Content-Length: 4\r\nContent-Length: 5\r\n' \
		'Content-Length: 4\r\nContent-Length: 4\r\n' \
		'content-length: 4\r\nCONTENT-LENGTH: 4\r\n' \
		'Content-Length : 4\r\n' 'Content-Length: 4, 4\r\n' \
		'Content-Length: +4\r\n' 'Content-Length: 0x4\r\n' \
		'Content-Length: -1\r\n' 'Content-Length:\r\n' \
		'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n'; do
		for method in GET POST DELETE; do
			echo "trying: $method $lengths" >&2
			# The library says some of it twice, and closes.
			[[ $(raw_statuses "$method /healthz HTTP/1.1\r\n$H$lengths\r\n0\r\n\r\n$smuggled") =~ ^400( 400)?$ ]]
		done
	done
	expect 200 /healthz
}

@test "transfer codings are not taken, known or not" {
	serve_start
	for coding in gzip 'chunked, identity' identity 'gzip, chunked' xchunked \
		'"chunked"'; do
		echo "trying: $coding" >&2
		[ "$(raw_statuses "POST /login HTTP/1.1\r\n${H}Transfer-Encoding: $coding\r\n\r\n0\r\n\r\n")" = 501 ]
	done
	[ "$(raw_statuses "POST /login HTTP/1.1\r\n${H}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")" = 411 ]
	[ "$(raw_statuses "POST /login HTTP/1.1\r\n${H}Transfer-Encoding: CHUNKED\r\n\r\n0\r\n\r\n")" = 411 ]
}

@test "a head that is no head is refused" {
	serve_start
	for field in 'Bad Name: x' 'Bad(Name: x' 'X: a\001b' 'X: a\177b' \
		'X: a\rb' 'Authorization: a\r\nAuthorization: b' \
		'Cookie: a\r\nCookie: b' 'Origin: a\r\nOrigin: b' \
		'no colon at all'; do
		echo "trying: $field" >&2
		[[ $(raw_statuses "GET /healthz HTTP/1.1\r\n$H$C$field\r\n\r\n") =~ ^(400)?$ ]]
	done
	for line in 'GET /healthz HTTP/2.0' 'GET /healthz HTTP/1.2' \
		'GET /healthz HTTP/0.9' 'GET /healthz'; do
		echo "trying: $line" >&2
		[[ $(raw_statuses "$line\r\n$H$C\r\n") =~ ^(400|505|)$ ]]
	done
	[ "$(raw_statuses "GET /healthz HTTP/1.1\r\n$H${C}Expect: miracles\r\n\r\n")" = 417 ]
	expect 200 /healthz
}

@test "a request names a host that the server goes by" {
	serve_start --host jobs.example.com --host Other.Example
	for host in localhost LOCALHOST "localhost:$SERVE_PORT" 127.0.0.1 '[::1]' \
		'[::1]:80' 10.1.2.3:99 jobs.example.com JOBS.example.com:443 \
		other.example; do
		expect 200 /healthz -H "Host: $host"
	done
	for host in evil.example jobs.example.com.evil.example \
		xjobs.example.com localhost.evil.example 127.0.0.1.evil.example; do
		expect 403 /healthz -H "Host: $host"
		problem foreign-host
	done
	for host in 'a b' 'a/b' 'user@localhost' 'localhost:x' '[::1' '' \
		'localhost:80:80'; do
		expect 400 /healthz -H "Host: $host"
	done
	[ "$(raw_statuses 'GET /healthz HTTP/1.1\r\n\r\n')" = 400 ]
	[ "$(raw_statuses 'GET /healthz HTTP/1.0\r\n\r\n')" = 400 ]
	[ "$(raw_statuses "GET /healthz HTTP/1.1\r\n$H$H\r\n")" = 400 ]
}

@test "a path is what it is: nothing decoded, nothing walked" {
	serve_start
	for path in /%00 /healthz%00.html /..%2f..%2fetc/passwd '/a%20b' '/%zz' \
		'/é' "/a'b" '/a;b' '/a\b' '/a|b'; do
		expect 400 "$path"
		problem bad-request
	done
	for path in /../../etc/passwd /./healthz //healthz /healthz/ \
		/healthz/../healthz /.git/config /openapi.json/ /www/index.html \
		/runs/1/nothing /$(printf 'a%.0s' {1..4000}); do
		expect 404 "$path"
		problem not-found
	done
	for path in /feeds/x /feeds/0 /feeds/-1 /feeds/01 /feeds/1.0 \
		/feeds/99999999999999999999 /feeds/9007199254740992 /runs/x \
		/jobs/x /jobs/01a21ced-9083-7000-a696-774a044c0ea '/runs/$(id)' \
		"/jobs/01a21ced-9083-7000-a696-774a044c0eaZ"; do
		expect 400 "$path"
	done
	[ "$(raw_statuses "GET /a b HTTP/1.1\r\n$H$C\r\n")" = 400 ]
	[ "$(raw_statuses "GET http://localhost/healthz HTTP/1.1\r\n$H$C\r\n")" = 400 ]
	expect 200 /healthz
}

@test "values are checked by name, kind and number" {
	serve_start
	for query in limit=0 limit=501 limit=x limit= limit=1.5 limit=-1 \
		'limit=1&limit=2' x=1 Limit=1 '=1' after= after=x state=dead \
		sort=up 'route=%00' 'q=%ff' 'q=%c0%80' 'q=%1b' 'q=' 'q=%4' \
		'q=%zz' min_confidence=2 min_confidence=1e-1 min_confidence=.5 \
		min_confidence=-0.5 feed_id=0 count=1 count=TRUE 'a[]=1' \
		"q=$(printf 'a%.0s' {1..201})" after=nonsense~x; do
		expect 400 "/jobs?$query"
		[[ $output == *urn:jobmill:problem:bad-* ]]
	done
	expect 400 '/jobs?nonsense=1'
	[ "$(field '.errors[0].pointer')" = nonsense ]
}

@test "what is too long is refused, and a long body is not read" {
	serve_start
	big=$(head -c 40000 /dev/zero | tr '\0' a)
	expect 431 /healthz -H "X: $big"
	problem header-too-large
	for ((i = 0; i < 2000; i++)); do printf 'X-%d: 1\r\n' "$i"; done >fields
	[ "$(raw_statuses "GET /healthz HTTP/1.1\r\n$H$(<fields)\r\n\r\n")" = 431 ]
	expect 414 "/$big"
	expect 414 "/jobs?q=$big"
	huge=$(head -c 300000 /dev/zero | tr '\0' a)
	[[ $(raw_statuses "GET /healthz HTTP/1.1\r\n${H}X: $huge\r\n\r\n") =~ ^(431( 431)?)?$ ]]
	head -c 100000 /dev/zero >long
	expect 413 /login -X POST -H 'Content-Type: application/json' \
		--data-binary @long
	problem too-large
	[ "$(raw_statuses "POST /login HTTP/1.1\r\n${H}Content-Length: 1073741824\r\n\r\nabc")" = 413 ]
	[[ $(raw_statuses "POST /login HTTP/1.1\r\n${H}Content-Length: 99999999999999999999999\r\n\r\nabc") =~ ^413( 413)?$ ]]
	expect 200 /healthz
}

@test "a method that is not there names those that are; HEAD and OPTIONS work" {
	serve_start
	expect 405 /feeds -X DELETE
	problem method-not-allowed
	[[ $head == *"Allow: GET, HEAD, POST, OPTIONS"* ]]
	expect 405 /healthz -X POST
	[[ $head == *"Allow: GET, HEAD, OPTIONS"* ]]
	expect 405 / -X PUT
	expect 405 /healthz -X TRACE
	expect 405 /healthz -X QUUX
	expect 204 /runs/1/cancel -X OPTIONS
	[[ $head == *"Allow: POST, OPTIONS"* ]]
	expect 404 /nothing -X OPTIONS
	expect 200 /openapi.json -I
	[[ $head == *"Content-Length: $(stat -c %s "$ROOT/share/www/openapi.json")"* ]]
	expect 404 /nothing -I
	run -0 raw "HEAD /openapi.json HTTP/1.1\r\n$H$C\r\n"
	[[ $output == "HTTP/1.1 200 OK"* && $output != *openapi* ]]
}

@test "requests in a row on one connection are answered in order" {
	serve_start
	[ "$(raw_statuses "GET /healthz HTTP/1.1\r\n$H\r\nGET /nothing HTTP/1.1\r\n$H\r\nPOST /healthz HTTP/1.1\r\n${H}Content-Length: 3\r\n\r\nabcGET /healthz HTTP/1.1\r\n$H$C\r\n")" = '200 404 405 200' ]
}

@test "a page has its headers, a tag, and is packed for who takes that" {
	serve_start
	expect 200 /
	for words in "Content-Type: text/html; charset=utf-8" \
		"Content-Security-Policy: default-src 'none'; script-src 'self';" \
		"require-trusted-types-for 'script'" "frame-ancestors 'none'" \
		"X-Content-Type-Options: nosniff" "Referrer-Policy: no-referrer" \
		"Cache-Control: no-cache"; do
		[[ $head == *"$words"* ]]
	done
	[[ $head != *Server:* && $head != *[Mm]icrohttpd* ]]
	[[ $head != *unsafe-inline* ]]
	cmp body "$ROOT/share/www/index.html"
	tag=$(sed -n 's/^ETag: //p' <<<"$head")
	expect 304 / -H "If-None-Match: $tag"
	[ -z "$output" ]
	expect 304 / -H "If-None-Match: \"other\", W/$tag"
	expect 200 / -H 'If-None-Match: "other"'
	fetch /openapi.json -H 'Accept-Encoding: br, gzip'
	[[ $head == *"Content-Encoding: gzip"* ]]
	gzip -dc body | cmp - "$ROOT/share/www/openapi.json"
	fetch /openapi.json -H 'Accept-Encoding: gzip;q=0'
	[[ $head != *"Content-Encoding"* ]]
	fetch /openapi.json
	[[ $head == *"Content-Type: application/json"* ]]
}

@test "every file of share/www is served, under its own path" {
	serve_start
	(cd "$ROOT/share/www" && find . -type f ! -name '.*' -printf '/%P\n') |
		while read -r path; do
			expect 200 "$path"
			cmp body "$ROOT/share/www$path"
		done
}

@test "a store that is away is 503 with Retry-After; pages and metrics answer" {
	serve_start
	wait_for grep -q 'cannot connect' "$SERVE_ERR"
	expect 503 /readyz
	problem unavailable
	[[ $head == *"Retry-After: "* ]]
	expect 503 /feeds
	expect 200 /
	expect 200 /healthz
	expect 200 /metrics
	grep -q '^jobmill_store_up{lane="quick"} 0' body
}

@test "without a token everybody on this machine writes, but no foreign page" {
	serve_start
	expect 200 /session
	[ "$(field '[.role, .login] | tostring')" = '["write",false]' ]
	for what in 'Origin: http://evil.example' 'Origin: null' \
		'Sec-Fetch-Site: cross-site' 'Sec-Fetch-Site: same-site' \
		"Origin: http://localhost"; do
		expect 403 /runs/1/cancel -X POST -H "$what"
		problem foreign-page
	done
	expect 403 /feeds -H 'Sec-Fetch-Site: cross-site'
	expect 200 / -H 'Sec-Fetch-Site: cross-site'
	for what in "Origin: $SERVE_URL" 'Sec-Fetch-Site: same-origin' \
		'Sec-Fetch-Site: none' 'X: y'; do
		fetch /runs/1/cancel -X POST -H "$what"
		[ "$status" != 403 ]
	done
}

@test "with a token each role does what it is for, by bearer and by session" {
	printf 'write-token-0123456789\n' >write
	printf 'read-token-0123456789' >read
	JOBMILL_API_TOKEN_FILE=write JOBMILL_READ_TOKEN_FILE=read serve_start
	W='Authorization: Bearer write-token-0123456789'
	R='Authorization: bearer read-token-0123456789'
	# Every route, without a token, with the wrong one, and with a weaker one.
	while read -r method path role; do
		[[ $role != none ]] || continue
		path=${path//\{job_id\}/01a21ced-9083-7000-a696-774a044c0ea2}
		path=${path//\{*\}/1}
		path=${path//\{code\}/x}
		echo "trying: $method $path $role" >&2
		expect 401 "$path" -X "$method"
		[[ $head == *"WWW-Authenticate: Bearer"* ]]
		fetch "$path" -X "$method" -H "$R"
		if [[ $role == write ]]; then
			[ "$status" = 403 ]
		else
			[ "$status" != 401 ] && [ "$status" != 403 ]
		fi
		fetch "$path" -X "$method" -H "$W"
		[ "$status" != 401 ] && [ "$status" != 403 ]
	done < <(job-serve --routes | grep -v events)
	expect 200 /session
	[ "$(field '[.role, .login] | tostring')" = '[null,true]' ]
	expect 200 /session -H "$R"
	[ "$(field .role)" = read ]
	expect 200 /healthz
	expect 200 /
	# The token is said nowhere.
	run ! grep -r 'write-token' "$SERVE_ERR" state
	for fd in /proc/"$SERVE_PID"/environ /proc/"$(pgrep -P "$SERVE_PID" -x job-serve)"/environ; do
		run ! grep -q 'write-token' "$fd"
	done
}

@test "a login is a cookie that says who and until when, and no page can read" {
	printf 'write-token-0123456789' >write
	export JOBMILL_API_TOKEN_FILE=$PWD/write
	serve_start
	send_json 401 POST /login '{"token":"wrong"}'
	problem wrong-token
	[[ $head != *Set-Cookie* ]]
	send_json 200 POST /login '{"token":"write-token-0123456789"}'
	[ "$(field .role)" = write ]
	cookie=$(sed -n 's/^Set-Cookie: \([^;]*\).*/\1/p' <<<"$head")
	[[ $head == *"; HttpOnly; SameSite=Strict; Max-Age=43200"* ]]
	[[ $head != *Secure* ]]
	[[ $cookie == jobmill_session=1.w.* ]]
	expect 200 /session -H "Cookie: other=1; $cookie"
	[ "$(field .role)" = write ]
	# It survives a restart, and ends with the token.
	serve_stop
	serve_start
	fetch /feeds -H "Cookie: $cookie"
	[ "$status" != 401 ]
	# What is not exactly it is nothing.
	for bad in "${cookie/1.w./1.r.}" "${cookie}0" "${cookie%?}" \
		"${cookie/.w./.w.9}" "jobmill_session=" jobmill_session=1.w.1.1. \
		"x$cookie" "${cookie/=/=1}"; do
		expect 401 /feeds -H "Cookie: $bad"
	done
	# A foreign page can't use it.
	expect 403 /feeds -X POST -H "Cookie: $cookie" -H 'Origin: https://evil.example' \
		-H 'Content-Type: application/json' -d '{}'
	expect 415 /feeds -X POST -H "Cookie: $cookie" -d 'name=x'
	expect 204 /logout -X POST -H "Cookie: $cookie"
	[[ $head == *"Set-Cookie: jobmill_session=; "*"Max-Age=0"* ]]
	serve_stop
	printf 'another-token-0123456789' >write
	serve_start
	expect 401 /feeds -H "Cookie: $cookie"
}

@test "behind a proxy by https, a cookie is for https only" {
	JOBMILL_API_TOKEN=write-token-0123456789 serve_start --proxy
	send_json 200 POST /login '{"token":"write-token-0123456789"}' \
		-H 'X-Forwarded-Proto: https' -H 'X-Forwarded-For: 6.6.6.6, 1.2.3.4'
	[[ $head == *"; Secure"* ]]
	wait_for grep -q 'change who=.* address=1.2.3.4 method=POST path=/login status=200' "$SERVE_ERR"
}

@test "a session ends in time" {
	JOBMILL_API_TOKEN=write-token-0123456789 serve_start --session 60
	send_json 200 POST /login '{"token":"write-token-0123456789"}'
	cookie=$(sed -n 's/^Set-Cookie: \([^;]*\).*/\1/p' <<<"$head")
	end=$(cut -d. -f3 <<<"$cookie")
	((end <= $(date +%s) + 60 && end > $(date +%s)))
}

@test "who tries many tokens is not listened to for a while" {
	JOBMILL_API_TOKEN=write-token-0123456789 serve_start --proxy
	guess() {
		fetch /feeds -H "Authorization: Bearer $1" -H "X-Forwarded-For: $2"
	}
	for i in {1..10}; do
		guess "wrong-$i" 1.2.3.4
		[ "$status" = 401 ]
	done
	guess write-token-0123456789 1.2.3.4
	[ "$status" = 429 ]
	[[ $head == *"Retry-After: 60"* ]]
	send_json 429 POST /login '{"token":"write-token-0123456789"}' \
		-H 'X-Forwarded-For: 1.2.3.4'
	guess write-token-0123456789 5.6.7.8
	[ "$status" = 503 ]
	[ "$(grep -c 'a wrong token address=1.2.3.4' "$SERVE_ERR")" = 10 ]
	run ! grep -q 'wrong-1' "$SERVE_ERR"
}

@test "a client that drips its head or its body is cut off" {
	serve_start --header-time 1 --body-time 1
	# It would go on for ten seconds; the server does not wait so long.
	drip() {
		local fd i

		exec {fd}<>"/dev/tcp/127.0.0.1/$SERVE_PORT"
		# shellcheck disable=SC2059 # it is a format
		printf "$1" >&"$fd"
		for ((i = 0; i < 50; i++)); do
			printf a >&"$fd" 2>/dev/null || break
			if read -r -t 0.2 -u "$fd" line || (($? <= 128)); then
				break
			fi
		done
		echo "$i ${line:-}"
	}
	run -0 drip "GET /healthz HTTP/1.1\r\n${H}X: "
	[[ $output =~ ^[1-4]?[0-9]\  ]]
	run -0 drip "POST /login HTTP/1.1\r\n${H}Content-Length: 1000\r\n\r\n"
	# Unless what was sent after it took the answer away.
	[[ $output =~ ^[1-4]?[0-9]\ (HTTP/1.1\ 408.*)?$ ]]
	wait_for late 2
}

late() {
	fetch /metrics
	(($(sed -n 's/^jobmill_http_connections_late_total //p' body) >= $1))
}

@test "two hundred slow clients leave the server answering" {
	serve_start
	# shellcheck disable=SC2030
	(
		for ((i = 0; i < 200; i++)); do
			exec {fd}<>"/dev/tcp/127.0.0.1/$SERVE_PORT"
			printf 'GET / HTTP/1.1\r\nHost: localhost\r\nX: ' >&"$fd"
		done
		for ((i = 0; i < 20; i++)); do
			expect 200 /healthz
		done
	)
}

@test "when all connections are in use, the one that waits longest makes room" {
	serve_start --max-connections 10
	(
		for ((i = 0; i < 40; i++)); do
			exec {fd}<>"/dev/tcp/127.0.0.1/$SERVE_PORT"
			printf 'GET / HTTP/1.1\r\nHost: localhost\r\nX: ' >&"$fd"
		done
		for ((i = 0; i < 20; i++)); do
			expect 200 /healthz
		done
		fetch /metrics
		(($(sed -n 's/^jobmill_http_connections_evicted_total //p' body) > 0))
	)
}

@test "one address has so many connections and no more" {
	serve_start --max-per-address 3
	(
		for ((i = 0; i < 3; i++)); do
			exec {fd}<>"/dev/tcp/127.0.0.1/$SERVE_PORT"
			printf 'GET / HTTP/1.1\r\nHost: localhost\r\nX: ' >&"$fd"
		done
		run ! curl -sS "$SERVE_URL/healthz"
	)
	wait_for curl -sS -o /dev/null "$SERVE_URL/healthz"
}

@test "a client that leaves in the middle does no harm" {
	serve_start
	for i in {1..50}; do
		exec {fd}<>"/dev/tcp/127.0.0.1/$SERVE_PORT"
		# shellcheck disable=SC2059 # it is a format
		printf "GET /openapi.json HTTP/1.1\r\n$H\r\nGET /feeds HTTP/1.1\r\n$H\r\n" >&"$fd"
		exec {fd}>&-
	done
	expect 200 /healthz
	wait_for few_connections
}

few_connections() {
	fetch /metrics
	(($(sed -n 's/^jobmill_http_connections //p' body) <= 1))
}

@test "systemd hands a socket over and is told when the server is ready" {
	command -v python3 >/dev/null || skip "no python3 to play systemd"
	cat >systemd.py <<-'END'
	import os, socket, sys
	notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
	notify.bind("notify")
	listening = socket.socket()
	listening.bind(("127.0.0.1", 0))
	listening.listen(16)
	if os.fork() == 0:
	    os.dup2(listening.fileno(), 3)
	    os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()),
	        NOTIFY_SOCKET=os.path.abspath("notify"))
	    os.execvp("job-serve", ["job-serve", "--state", "state"])
	said = notify.recv(1000).decode()
	with socket.create_connection(listening.getsockname()) as c:
	    c.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
	    answer = c.makefile("rb").read().decode()
	os.kill(int(open("pid").read()) if os.path.exists("pid") else os.getpgid(0) and int(os.popen("pgrep -o -P %d job-serve" % os.getpid()).read()), 15)
	said += "|" + notify.recv(1000).decode()
	print(said.replace("\n", " "), answer.split("\r\n")[0], os.wait()[1])
	END
	JOBMILL_ENV_FILE=/dev/null run -0 --separate-stderr python3 systemd.py
	[ "${lines[-1]}" = 'READY=1 STATUS=Answering|STOPPING=1 STATUS=Stopping HTTP/1.1 200 OK 0' ]
}

@test "the process that faces the network has no environment and few rights" {
	export DATABASE_URL=postgresql://user:secret-password@127.0.0.1:1/db
	serve_start
	worker=$(pgrep -P "$SERVE_PID" -x job-serve)
	run ! grep -q secret-password "/proc/$worker/environ"
	[ "$(sed -n 's/^NoNewPrivs:\t//p' "/proc/$worker/status")" = 1 ]
	[ "$(sed -n 's/^Seccomp:\t//p' "/proc/$worker/status")" = 2 ]
	# No file of ours is open for writing, and no descriptor is inherited.
	run ! grep -q 'flags:.*[12]$' <(for fd in /proc/"$worker"/fd/*; do
		[[ $(readlink "$fd") == "$PWD"/state/* ]] &&
			cat "/proc/$worker/fdinfo/${fd##*/}"
	done)
	expect 200 /healthz
}
