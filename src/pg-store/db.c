/* db.c - statements, their errors, and transactions that try again */
#include "db.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backoff.h"
#include "buf.h"
#include "clock.h"
#include "connect.h"
#include "log.h"
#include "sig.h"
#include "status.h"

#define SQLSTATE 6

struct db {
	PGconn *conn;               /* NULL: it rests */
	struct connect_error error; /* of the statement that failed first */
	bool failed, cancelled;
	struct backoff backoff; /* between tries of a transaction */
};

/* Keep the first error; later ones only follow from it. */
static void
keep_error(struct db *db, const char *sqlstate, const char *message)
{
	if (db->failed)
		return;
	db->failed = true;
	snprintf(db->error.sqlstate, sizeof db->error.sqlstate, "%s",
	    sqlstate != NULL ? sqlstate : "");
	connect_say(&db->error, message);
}

static void
keep_result_error(struct db *db, const PGresult *r)
{
	const char *primary = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);

	keep_error(db, PQresultErrorField(r, PG_DIAG_SQLSTATE),
	    primary != NULL ? primary : PQresultErrorMessage(r));
}

static void
cancel(struct db *db)
{
	PGcancel *cancel;
	char why[256];

	if (db->cancelled)
		return;
	db->cancelled = true;
	cancel = PQgetCancel(db->conn);
	if (cancel != NULL && PQcancel(cancel, why, sizeof why) == 0)
		log_debug("cannot cancel", LOG_TEXT("error", why));
	PQfreeCancel(cancel);
}

/* Wait until the socket is ready; false when the connection is lost. */
static bool
wait_socket(struct db *db, short events)
{
	struct pollfd wait = { .fd = PQsocket(db->conn), .events = events };

	if (wait.fd < 0)
		return false;
	/* Not for ever: a signal may come just before poll(). */
	if (poll(&wait, 1, 500) < 0 && errno != EINTR)
		return false;
	if (sig_stop())
		cancel(db);
	return true;
}

/* The next result of what was sent; NULL when there are no more. */
static PGresult *
next_result(struct db *db)
{
	int left;

	while ((left = PQflush(db->conn)) != 0 || PQisBusy(db->conn))
		if (left < 0 ||
		    !wait_socket(db, left > 0 ? POLLIN | POLLOUT : POLLIN) ||
		    PQconsumeInput(db->conn) == 0)
			break;
	return PQgetResult(db->conn);
}

static bool
is_error(ExecStatusType status)
{
	return status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK &&
	       status != PGRES_SINGLE_TUPLE && status != PGRES_COPY_IN;
}

/* All results of what was sent: the last one, or NULL and a sticking error. */
static PGresult *
finish(struct db *db)
{
	PGresult *r, *last = NULL;

	while ((r = next_result(db)) != NULL) {
		if (is_error(PQresultStatus(r)))
			keep_result_error(db, r);
		PQclear(last);
		last = r;
		if (PQresultStatus(r) == PGRES_COPY_IN ||
		    PQstatus(db->conn) == CONNECTION_BAD)
			break;
	}
	if (last == NULL)
		keep_error(db, NULL, PQerrorMessage(db->conn));
	if (!db->failed)
		return last;
	PQclear(last);
	return NULL;
}

void
db_rest(struct db *db)
{
	PQfinish(db->conn);
	db->conn = NULL;
}

static void
wake(struct db *db)
{
	if (db->conn == NULL)
		db->conn = connect_store();
}

static bool
send_query(struct db *db, const char *sql, const char *const *values,
    size_t count)
{
	if (db->failed)
		return false;
	wake(db);
	db->cancelled = false;
	if (PQsendQueryParams(db->conn, sql, (int)count, NULL, values, NULL,
	        NULL, 0) != 0)
		return true;
	keep_error(db, NULL, PQerrorMessage(db->conn));
	return false;
}

PGresult *
db_query(struct db *db, const char *sql, const char *const *values,
    size_t count)
{
	return send_query(db, sql, values, count) ? finish(db) : NULL;
}

void
db_reconnect(struct db *db)
{
	log_warning("the connection to the store was lost, connecting again",
	    LOG_TEXT("error", db->error.message));
	PQfinish(db->conn);
	db->conn = connect_store();
	db_forgive(db);
}

/* After an error: end the transaction, have a connection that works. */
static void
recover(struct db *db)
{
	if (!db_lost(db)) {
		PGresult *r;

		db_forgive(db);
		if (PQtransactionStatus(db->conn) == PQTRANS_IDLE)
			return;
		r = db_query(db, "rollback", DB_NONE);
		PQclear(r);
	}
	if (db_lost(db))
		db_reconnect(db);
}

/* Until it works: what was SENT is waited for, and after that sent anew. */
static PGresult *
repeat(struct db *db, bool sent, const char *what, const char *sql,
    const char *const *values, size_t count)
{
	PGresult *r;
	int try;

	for (try = 1;; try++) {
		if (!sent)
			r = db_query(db, sql, values, count);
		else
			r = db->failed ? NULL : finish(db);
		if (r != NULL)
			return r;
		if (!db_transient(db) || try == DB_TRIES || sig_stop())
			db_check(db, what);
		recover(db);
		sent = false;
		clock_sleep_ms(
		    backoff_wait(&db->backoff, (unsigned int)try, 0));
	}
}

PGresult *
db_repeat(struct db *db, const char *what, const char *sql,
    const char *const *values, size_t count)
{
	return repeat(db, false, what, sql, values, count);
}

void
db_send(struct db *db, const char *sql, const char *const *values, size_t count)
{
	/* What the socket does not take now, db_receive() sends. */
	if (send_query(db, sql, values, count) && PQflush(db->conn) < 0)
		keep_error(db, NULL, PQerrorMessage(db->conn));
}

void
db_take_in(struct db *db)
{
	/* An error shows in db_receive(). */
	if (!db->failed)
		(void)PQconsumeInput(db->conn);
}

PGresult *
db_receive(struct db *db, const char *what, const char *sql,
    const char *const *values, size_t count)
{
	return repeat(db, true, what, sql, values, count);
}

bool
db_run(struct db *db, uint64_t *rows, const char *sql,
    const char *const *values, size_t count)
{
	PGresult *r = db_query(db, sql, values, count);

	if (r == NULL)
		return false;
	if (rows != NULL)
		*rows = strtoull(PQcmdTuples(r), NULL, 10);
	PQclear(r);
	return true;
}

bool
db_script(struct db *db, const char *sql)
{
	if (db->failed)
		return false;
	wake(db);
	db->cancelled = false;
	if (PQsendQuery(db->conn, sql) == 0) {
		keep_error(db, NULL, PQerrorMessage(db->conn));
		return false;
	}
	PQclear(finish(db));
	return !db->failed;
}

bool
db_start(struct db *db, const char *sql, const char *const *values,
    size_t count)
{
	if (!send_query(db, sql, values, count))
		return false;
	if (PQsetSingleRowMode(db->conn) == 0)
		keep_error(db, NULL, "cannot read row by row");
	return !db->failed;
}

PGresult *
db_next(struct db *db)
{
	PGresult *r;

	if (db->failed)
		return NULL;
	while ((r = next_result(db)) != NULL) {
		if (PQresultStatus(r) == PGRES_SINGLE_TUPLE)
			return r;
		if (is_error(PQresultStatus(r)))
			keep_result_error(db, r);
		PQclear(r);
	}
	if (PQstatus(db->conn) == CONNECTION_BAD)
		keep_error(db, NULL, PQerrorMessage(db->conn));
	return NULL;
}

/* Hand LEN bytes over piece by piece, so that a signal is seen between. */
static bool
put_bytes(struct db *db, const char *bytes, size_t len)
{
	static const size_t piece = (size_t)1 << 20;
	int left = 0;

	while (len > 0 && left >= 0 && !sig_stop()) {
		size_t n = len < piece ? len : piece;

		if (PQputCopyData(db->conn, bytes, (int)n) != 1)
			return false;
		bytes += n;
		len -= n;
		while ((left = PQflush(db->conn)) > 0 && !sig_stop())
			if (!wait_socket(db, POLLIN | POLLOUT) ||
			    PQconsumeInput(db->conn) == 0)
				return false;
	}
	return left >= 0 && !sig_stop();
}

bool
db_copy(struct db *db, const char *sql, const char *bytes, size_t len)
{
	PGresult *r;
	bool all;

	if (!send_query(db, sql, NULL, 0) || (r = finish(db)) == NULL)
		return false;
	PQclear(r);
	all = put_bytes(db, bytes, len);
	if (PQputCopyEnd(db->conn, all ? NULL : "stopped") != 1)
		keep_error(db, NULL, PQerrorMessage(db->conn));
	PQclear(finish(db));
	return !db->failed;
}

bool
db_failed(const struct db *db)
{
	return db->failed;
}

const char *
db_sqlstate(const struct db *db)
{
	return db->error.sqlstate;
}

const char *
db_error(const struct db *db)
{
	return db->error.message;
}

void
db_forgive(struct db *db)
{
	db->failed = false;
}

bool
db_lost(const struct db *db)
{
	return db->conn == NULL ||
	       (db->failed && PQstatus(db->conn) == CONNECTION_BAD);
}

static bool
in_class(const struct db *db, const char *class)
{
	return strncmp(db->error.sqlstate, class, strlen(class)) == 0;
}

bool
db_transient(const struct db *db)
{
	/* Serialization, deadlock, a lock or a row that moved away. */
	return db->failed &&
	       (db_lost(db) || in_class(db, "40") || in_class(db, "55P03") ||
	           in_class(db, "57P0") || in_class(db, "08"));
}

static int
status_of(const struct db *db)
{
	if (sig_stop() || db_transient(db) || in_class(db, "53") ||
	    in_class(db, "57") || in_class(db, "25006"))
		return EX_TEMPFAIL;
	/* The server said nothing: memory or descriptors ran out here. */
	if (db->error.sqlstate[0] == '\0')
		return EX_OSERR;
	return connect_status(&db->error, EX_SOFTWARE);
}

void
db_check(struct db *db, const char *what)
{
	int status;

	if (!db->failed)
		return;
	status = status_of(db);
	if (*connect_hint(&db->error) != '\0')
		log_error(what, LOG_TEXT("error", db->error.message),
		    LOG_TEXT("see", connect_hint(&db->error)));
	else
		log_error(what, LOG_TEXT("error", db->error.message),
		    LOG_TEXT("sqlstate", db->error.sqlstate));
	sig_die();
	exit(status);
}

static struct db *
open_any(void)
{
	struct db *db = mem_zero(1, sizeof *db);

	db->conn = connect_store();
	db->backoff = (struct backoff){ .base_ms = 50, .cap_ms = 2000 };
	return db;
}

struct db *
db_open_any(void)
{
	return open_any();
}

struct db *
db_open(void)
{
	struct db *db = open_any();
	PGresult *r = db_query(db,
	    "select coalesce(max(version), 0) from jobmill.migrations",
	    DB_NONE);
	int64_t version;

	db_check(db, "the store has no schema");
	version = db_int(r, 0, 0);
	PQclear(r);
	if (version < DB_SCHEMA)
		die(EX_CONFIG, "the store's schema is old",
		    LOG_SINT("version", version), LOG_SINT("wanted", DB_SCHEMA),
		    LOG_TEXT("see", "pg-store migrate"));
	if (version > DB_SCHEMA)
		die(EX_CONFIG, "the store's schema is newer than this program",
		    LOG_SINT("version", version),
		    LOG_SINT("wanted", DB_SCHEMA));
	return db;
}

PGconn *
db_connection(struct db *db)
{
	wake(db);
	return db->conn;
}

bool
db_try_reconnect(struct db *db)
{
	PGconn *conn = connect_once(&db->error);

	if (conn == NULL)
		return false;
	PQfinish(db->conn);
	db->conn = conn;
	db_forgive(db);
	return true;
}

void
db_close(struct db *db)
{
	if (db == NULL)
		return;
	PQfinish(db->conn);
	free(db);
}

int
db_server_version(const struct db *db)
{
	return PQserverVersion(db->conn);
}

bool
db_transaction(struct db *db, const char *begin, const char *what,
    bool (*work)(struct db *db, void *argument),
    bool (*done)(struct db *db, void *argument), void *argument)
{
	unsigned int try;
	bool commit = false, committing;

	for (try = 1;; try++) {
		committing = false;
		if (db_run(db, NULL, begin, DB_NONE))
			commit = work(db, argument);
		if (!db->failed) {
			committing = true;
			db_run(db, NULL, commit ? "commit" : "rollback",
			    DB_NONE);
		}
		if (!db->failed)
			return commit;
		if (!db_transient(db) || try == DB_TRIES || sig_stop())
			db_check(db, what);
		log_warning("the store asks to try again",
		    LOG_TEXT("error", db->error.message),
		    LOG_TEXT("sqlstate", db->error.sqlstate),
		    LOG_UINT("try", try));
		recover(db);
		if (committing && commit && done != NULL && done(db, argument))
			return true;
		clock_sleep_ms(backoff_wait(&db->backoff, try, 0));
	}
}

const char *
db_text(const PGresult *r, int row, int column)
{
	return r != NULL ? PQgetvalue(r, row, column) : "";
}

int64_t
db_int(const PGresult *r, int row, int column)
{
	return strtoll(db_text(r, row, column), NULL, 10);
}

/* The words of an array, quoted: {"a","b"}. */
void
db_array_add(struct buf *b, const char *item, size_t len)
{
	size_t i;

	buf_text(b, b->len == 0 ? "{\"" : ",\"");
	for (i = 0; i < len; i++) {
		if (item[i] == '"' || item[i] == '\\')
			buf_byte(b, '\\');
		buf_byte(b, item[i]);
	}
	buf_byte(b, '"');
}

const char *
db_array(struct buf *b)
{
	buf_text(b, b->len == 0 ? "{}" : "}");
	return buf_string(b);
}

const char *
db_number(int64_t number, char out[DB_NUMBER])
{
	snprintf(out, DB_NUMBER, "%" PRId64, number);
	return out;
}
