# The set-up for the public: nginx in front, as share/nginx/job-serve.conf has it.
load ../support/common
load ../support/serve

setup() {
	command -v nginx >/dev/null || skip "no nginx here"
	cd "$BATS_TEST_TMPDIR" || exit
	export JOBMILL_DB_WAIT=0 DATABASE_URL="postgresql:///none?host=$PWD/nowhere"
	export JOBMILL_API_TOKEN=0123456789abcdef
	serve_start --proxy --host=jobs.example.com
	nginx_start
}

teardown() {
	[[ -z ${NGINX_DIR:-} ]] || {
		kill "$(<"$NGINX_DIR/pid")" || :
		rm -r "$NGINX_DIR"
	}
	[[ -z ${SERVE_PID:-} ]] || serve_stop || :
}

# The site as it is, with the names of this test in the places of others.
nginx_start() {
	NGINX_DIR=$(mktemp -d "${TMPDIR:-/tmp}/jobmill-nginx.XXXXXX")
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-subj /CN=jobs.example.com -addext subjectAltName=DNS:jobs.example.com \
		-keyout key -out cert 2>/dev/null
	sed -e "s|listen 443|listen unix:$NGINX_DIR/socket|" -e '/\[::\]:443/d' \
		-e "s|/etc/ssl/certs/.*pem|$PWD/cert|" \
		-e "s|/etc/ssl/private/.*key|$PWD/key|" \
		-e "s|127.0.0.1:8080|127.0.0.1:$SERVE_PORT|" \
		"$ROOT/share/nginx/job-serve.conf" >site
	cat >nginx.conf <<-END
		pid $NGINX_DIR/pid;
		error_log $PWD/nginx.log;
		events {}
		http {
			access_log off;
			client_body_temp_path $PWD/t1;
			proxy_temp_path $PWD/t2;
			fastcgi_temp_path $PWD/t3;
			uwsgi_temp_path $PWD/t4;
			scgi_temp_path $PWD/t5;
			include $PWD/site;
		}
	END
	[[ $EUID != 0 ]] || echo "user root;" >>nginx.conf
	nginx -e "$PWD/nginx.log" -c "$PWD/nginx.conf" 3>&-
	SERVE_URL=https://jobs.example.com
	VIA=(--unix-socket "$NGINX_DIR/socket" --cacert cert)
}

# through STATUS PATH [OPTION...]
through() {
	expect "$@" "${VIA[@]}"
}

@test "behind nginx pages, tokens and logins work" {
	through 200 /healthz
	through 401 /feeds
	through 503 /feeds -H "Authorization: Bearer $JOBMILL_API_TOKEN"
	# A page of ours may log in, by TLS: the cookie is for TLS alone.
	through 200 /login -X POST -H 'Content-Type: application/json' \
		-H 'Origin: https://jobs.example.com' -d "{\"token\":\"$JOBMILL_API_TOKEN\"}"
	[[ $head == *"Set-Cookie: "*"; Secure"* ]]
	through 403 /login -X POST -H 'Content-Type: application/json' \
		-H 'Origin: https://elsewhere.example.com' -d '{"token":"x"}'
}

@test "behind nginx a request for another host reaches nobody" {
	expect 403 /healthz "${VIA[@]}" -H 'Host: other.example.com'
}

@test "behind nginx who guesses tokens is known by the address nginx has seen" {
	local i

	for i in {1..12}; do
		fetch /feeds "${VIA[@]}" -H "Authorization: Bearer guess-$i" \
			-H "X-Forwarded-For: 192.0.2.$i"
	done
	[ "$status" = 429 ]
}

@test "behind nginx what is too large, or ambiguous, ends there" {
	head -c 70000 /dev/zero | tr '\0' x >large
	through 413 /login -X POST -H 'Content-Type: application/json' --data-binary @large
	printf 'POST /login HTTP/1.1\r\nHost: jobs.example.com\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n' |
		timeout 10 openssl s_client -quiet -unix "$NGINX_DIR/socket" 2>/dev/null |
		head -n 1 | grep -q ' 400 '
	through 200 /healthz
}
