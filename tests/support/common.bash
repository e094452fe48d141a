# shellcheck shell=bash
# What every bats file loads: the programs under test, a clean environment,
# stand-ins and a private PostgreSQL.
#
#     load ../support/common
#
# JOBMILL_BIN and JOBMILL_TEST_BIN name the programs and the test programs;
# set them to test another build:
#
#     B=build/address-undefined-clang
#     JOBMILL_BIN=$B/bin JOBMILL_TEST_BIN=$B/tests bats tests/cli

bats_require_minimum_version 1.5.0

ROOT=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd)
JOBMILL_BIN=$(cd "${JOBMILL_BIN:-$ROOT/bin}" && pwd)
JOBMILL_TEST_BIN=${JOBMILL_TEST_BIN:-$ROOT/build/plain/tests}
[[ $JOBMILL_TEST_BIN == /* ]] || JOBMILL_TEST_BIN=$PWD/$JOBMILL_TEST_BIN
SAMPLES=$ROOT/share/samples

# What a person has set must not change what a test sees.
for name in $(compgen -v); do
	case $name in
	JOBMILL_BIN | JOBMILL_TEST_BIN | JOBMILL_TEST_PG | JOBMILL_REAL_FEEDS) ;;
	JOBMILL_LONG_TESTS) ;;
	JOBMILL_* | XDG_* | DATABASE_URL | GEMINI_* | XANO_* | PG[A-Z]*) unset "$name" ;;
	http_proxy | https_proxy | HTTP_PROXY | HTTPS_PROXY) unset "$name" ;;
	ALL_PROXY | all_proxy | NO_PROXY | no_proxy) unset "$name" ;;
	TMPDIR) [[ -d $TMPDIR ]] || unset TMPDIR ;;
	esac
done
unset name

PATH=$JOBMILL_BIN:$ROOT/pipelines:$JOBMILL_TEST_BIN:$PATH
JOBMILL_SHARE=$ROOT/share
LC_ALL=C
TZ=UTC
# A finding of a sanitizer must not look like an exit status of ours.
ASAN_OPTIONS=exitcode=99:detect_leaks=1
LSAN_OPTIONS=exitcode=99
UBSAN_OPTIONS=exitcode=99:print_stacktrace=1
export ROOT JOBMILL_BIN JOBMILL_TEST_BIN SAMPLES PATH JOBMILL_SHARE LC_ALL TZ
# What a stand-in was told yesterday must not be known of one on its port today.
XDG_STATE_HOME=${BATS_TEST_TMPDIR:-/nonexistent}/state
export XDG_STATE_HOME
export ASAN_OPTIONS LSAN_OPTIONS UBSAN_OPTIONS

# sanitized: whether the programs carry a sanitizer or run under valgrind (see
# scripts/memcheck), which need address space and memory that a limit set by a
# test would deny, and take their time.
sanitized() {
	[[ $JOBMILL_BIN != "$ROOT/bin" ]]
}

# skip_file REASON: the tests of this file can't run.  For setup_file, where the
# skip of Bats 1.8 is a failure; fails itself, and setup has to call skip_told.
skip_file() {
	echo "$1" >"$BATS_FILE_TMPDIR/skip"
	return 1
}

skip_told() {
	[[ ! -e $BATS_FILE_TMPDIR/skip ]] || skip "$(<"$BATS_FILE_TMPDIR/skip")"
}

# wait_for COMMAND...: until it succeeds, for 20 seconds at most, or for two
# minutes where programs are slow.
wait_for() {
	local end=$((SECONDS + 20))

	! sanitized || end=$((SECONDS + 120))
	until "$@"; do
		if ((SECONDS > end)); then
			echo "waited in vain for: $*" >&2
			return 1
		fi
		sleep 0.02
	done
}

# standin_start NAME [OPTION...]: start a stand-in service on a port of
# 127.0.0.1 that the kernel chooses.  Sets STANDIN_URL, STANDIN_PID and
# STANDIN_ERR (what it said).  It ends with the test at the latest: its
# standard input closes then.
standin_start() {
	local name=$1 out

	shift
	out=$BATS_TEST_TMPDIR/$name.$RANDOM.port
	STANDIN_ERR=$out.err
	"$JOBMILL_TEST_BIN/$name" --port 0 --with-stdin "$@" \
		< <(exec tail --pid=$$ -f /dev/null 2>/dev/null 3>&-) \
		>"$out" 2>"$STANDIN_ERR" 3>&- &
	STANDIN_PID=$!
	wait_for standin_ready "$out" "$STANDIN_PID" || {
		cat "$STANDIN_ERR" >&2
		return 1
	}
	STANDIN_URL=http://127.0.0.1:$(<"$out")
}

standin_ready() {
	[[ -s $1 ]] || ! kill -0 "$2"
}

# standin_control JSON: switch faults on (POST /_control of STANDIN_URL).
standin_control() {
	curl -fsS --noproxy '*' -d "$1" "$STANDIN_URL/_control"
}

# standin_log: the requests it saw, one JSON object a line.
standin_log() {
	curl -fsS --noproxy '*' "$STANDIN_URL/_log"
}

standin_state() {
	curl -fsS --noproxy '*' "$STANDIN_URL/_state"
}

# pg_fresh: an empty database of this test's own; sets DATABASE_URL.  The
# server is that of JOBMILL_TEST_PG (a folder of scripts/db) if it is set, else
# one that the first test of this bats run starts and that ends with the run.
pg_fresh() {
	local name url

	pg_server
	name=t_${BATS_TEST_NUMBER:-0}_${BASHPID}_$RANDOM
	url=$("$ROOT/scripts/db" url "$PG_DIR")
	psql -qAtX -d "$url" -v ON_ERROR_STOP=1 -c "create database $name"
	DATABASE_URL=${url/jobmill?/$name?}
	export DATABASE_URL
}

# sql QUERY: run it in the database of DATABASE_URL; columns divided by |.
sql() {
	psql -qAtX -d "$DATABASE_URL" -v ON_ERROR_STOP=1 -c "$1"
}

pg_server() {
	local at=$BATS_RUN_TMPDIR/pg.folder

	PG_DIR=${JOBMILL_TEST_PG:-}
	[[ -z $PG_DIR ]] || return 0
	(
		flock 9
		[[ -s $at ]] || "$ROOT/tests/support/test-postgres" \
			"$BATS_ROOT_PID" >"$at" 3>&- 9>&-
	) 9>"$BATS_RUN_TMPDIR/pg.lock"
	PG_DIR=$(<"$at")
	[[ -n $PG_DIR ]]
}

# need_terminal: skip where no terminal can be made to show something on.
need_terminal() {
	script -qec true /dev/null >/dev/null 2>&1 ||
		skip "no pseudo-terminal is to be had here"
}
