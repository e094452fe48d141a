# pg-store and a PostgreSQL that is reached by TCP, with TLS and passwords.
# shellcheck disable=SC2030,SC2031,SC2154,SC2209
load ../support/common

# A server of this file's own on a port that was free; a stranger
# may take it meanwhile, then another one is tried.
setup_file() {
	local data owner

	cd "$BATS_FILE_TMPDIR" || exit
	# What outlives this function must not hold bats' descriptors.
	exec 3>&- 4>&-
	"$ROOT/tests/support/test-postgres" "$BATS_ROOT_PID" >folder
	db=$(<folder)
	data=$(cat "$db/data.at" 2>/dev/null || echo "$db/data")
	owner=$(stat -c %U:%G "$data")
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-days 2 -subj /CN=db.example -addext subjectAltName=DNS:db.example \
		-keyout key -out cert 2>/dev/null
	cp cert "$data/server.crt"
	cp key "$data/server.key"
	chmod 600 "$data/server.key"
	chown "$owner" "$data/server.crt" "$data/server.key"
	psql -qX "$("$ROOT/scripts/db" url "$db")" -v ON_ERROR_STOP=1 \
		-c "create role runner login superuser password 'let-me-in'" \
		-c "alter system set listen_addresses = '127.0.0.1'" \
		-c "alter system set ssl = on"
	cat >hba <<-'END'
		local all jobmill trust
		hostssl all runner 127.0.0.1/32 scram-sha-256
		host all all 127.0.0.1/32 reject
	END
	cat hba >"$data/pg_hba.conf"
	for TLS_PORT in $(free_port) $(free_port) $(free_port); do
		echo "port = $TLS_PORT" >>"$data/postgresql.auto.conf"
		! PGPORT=$TLS_PORT "$ROOT/scripts/db" restart "$db" || break
	done
	export TLS_PORT TLS_CERT=$PWD/cert
}

free_port() {
	BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR
	standin_start feed --root "$PWD" >&2
	kill "$STANDIN_PID"
	echo "${STANDIN_URL##*:}"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	where="host=db.example hostaddr=127.0.0.1 port=$TLS_PORT dbname=jobmill user=runner"
	printf 'db.example:%s:jobmill:runner:let-me-in\n' "$TLS_PORT" >pass
	chmod 600 pass
}

# A certificate that is not to be trusted is told at once.
refused() {
	local status=$1 word=$2

	shift 2
	DATABASE_URL="$*" JOBMILL_DB_WAIT=60 run "-$status" --separate-stderr \
		timeout 20 pg-store feed list
	[ -z "$output" ]
	[[ $stderr == *"ERROR pg-store: cannot connect to the store"*"$word"* ]]
	[[ $stderr != *let-me-in* ]]
}

@test "by verify-full, with the password in a file, all is as ever" {
	export PGPASSFILE=$PWD/pass
	export DATABASE_URL="$where sslmode=verify-full sslrootcert=$TLS_CERT"
	pg-store migrate
	pg-store feed add one https://one.example/feed.xml >/dev/null
	[ "$(pg-store feed list | jq -r .name)" = one ]
	run=$(pg-store begin 1)
	echo '{"feed_id":1,"source_id":"A","status":"open","title":"T","route":"approved"}' |
		pg-store stage "$run"
	pg-store commit "$run" >/dev/null
	pg-store check
	pg-store list open_jobs | grep -q '"source_id":"A"'
	[ "$(sql "select ssl from pg_stat_ssl where pid = pg_backend_pid()")" = t ]
}

@test "a URL with the password in it, and a file with the URL" {
	echo "postgresql://runner:let-me-in@db.example:$TLS_PORT/jobmill?hostaddr=127.0.0.1&sslmode=verify-full&sslrootcert=$TLS_CERT" >url
	chmod 600 url
	DATABASE_URL=$(cat url) pg-store migrate
	DATABASE_URL_FILE=url run -0 pg-store feed list
}

@test "a service file and libpq's variables alone are enough" {
	printf '[jobs]\nsslmode=verify-full\nsslrootcert=%s\n%s\n' "$TLS_CERT" \
		"${where// /$'\n'}" >services
	export PGSERVICEFILE=$PWD/services PGPASSFILE=$PWD/pass
	PGSERVICE=jobs pg-store migrate
	DATABASE_URL=service=jobs pg-store check
	unset PGSERVICEFILE
	PGHOST=db.example PGHOSTADDR=127.0.0.1 PGPORT=$TLS_PORT PGUSER=runner \
		PGDATABASE=jobmill PGSSLMODE=verify-full PGSSLROOTCERT=$TLS_CERT \
		pg-store check
}

@test "a certificate of a stranger or for another host is refused at once, with 76" {
	export PGPASSFILE=$PWD/pass
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-days 2 -subj /CN=db.example -keyout other.key -out other 2>/dev/null
	refused 76 "certificate verify failed" \
		"$where sslmode=verify-full sslrootcert=$PWD/other"
	refused 76 "does not match host name" \
		"${where/db.example/localhost} sslmode=verify-full sslrootcert=$TLS_CERT"
	refused 78 "root certificate file" \
		"$where sslmode=verify-full sslrootcert=$PWD/nowhere"
}

@test "without TLS, or with a wrong password, the store lets nobody in: 77" {
	refused 77 "pg_hba.conf rejects" "$where sslmode=disable"
	refused 77 "password authentication failed" \
		"$where password=wrong sslmode=verify-full sslrootcert=$TLS_CERT"
	refused 77 "no password supplied" \
		"$where sslmode=verify-full sslrootcert=$TLS_CERT"
}
