/* connect.c - reach the store, and say why not */
#include "connect.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backoff.h"
#include "clock.h"
#include "file.h"
#include "log.h"
#include "mem.h"
#include "sig.h"
#include "status.h"

/* A server that neither answers nor refuses is away after this long. */
#define CONNECT_MS 15000
#define WAIT_MS 10000
#define MOST_WAIT_S 86400

/*
 * What DATABASE_URL does not set.  A peer that vanished is noticed within two
 * minutes, so that its locks are free again.
 */
static const struct {
	const char *keyword, *value;
} defaults[] = {
	{ "keepalives_idle", "30" },
	{ "keepalives_interval", "10" },
	{ "keepalives_count", "3" },
	{ "tcp_user_timeout", "60000" },
	{ "fallback_application_name", "pg-store" },
};

#define DEFAULTS (sizeof defaults / sizeof *defaults)

void
connect_say(struct connect_error *error, const char *message)
{
	size_t len;

	while (isspace((unsigned char)*message))
		message++;
	len = strcspn(message, "\n");
	snprintf(error->message, sizeof error->message, "%.*s",
	    (int)(len < sizeof error->message ? len
	                                      : sizeof error->message - 1),
	    message);
}

/*
 * libpq has no codes for what is wrong with TLS.  None of it gets better by
 * waiting, and a certificate of somebody else may mean one who listens in.
 */
static int
tls_status(const char *message)
{
	static const struct {
		const char *words;
		int status;
	} known[] = {
		{ "certificate verify failed", EX_PROTOCOL },
		{ "does not match host name", EX_PROTOCOL },
		{ "root certificate file", EX_CONFIG },
		{ "could not load root certificate", EX_CONFIG },
		{ "does not support SSL", EX_CONFIG },
	};
	size_t i;

	for (i = 0; i < sizeof known / sizeof *known; i++)
		if (strstr(message, known[i].words) != NULL)
			return known[i].status;
	return EX_OK;
}

int
connect_status(const struct connect_error *error, int otherwise)
{
	const char *state = error->sqlstate;
	int tls = *state == '\0' ? tls_status(error->message) : EX_OK;

	if (tls != EX_OK)
		return tls;
	if (strncmp(state, "28", 2) == 0 || strcmp(state, "42501") == 0)
		return EX_NOPERM;
	if (strcmp(state, "3D000") == 0 || *connect_hint(error) != '\0')
		return EX_CONFIG;
	return otherwise;
}

const char *
connect_hint(const struct connect_error *error)
{
	/* No such schema, table, column, function. */
	static const char *const schema[] = { "3F000", "42P01", "42703",
		"42883" };
	size_t i;

	for (i = 0; i < sizeof schema / sizeof *schema; i++)
		if (strcmp(error->sqlstate, schema[i]) == 0)
			return "pg-store migrate";
	return "";
}

/*
 * libpq gives a failed connection no SQLSTATE, but its words, told to be
 * verbose, have it: "…FATAL:  28P01: password authentication failed…".
 */
static void
keep_error(struct connect_error *error, const PGconn *conn)
{
	const char *message = PQerrorMessage(conn), *at = message;

	connect_say(error, message);
	error->sqlstate[0] = '\0';
	while ((at = strstr(at, ":  ")) != NULL) {
		at += 3;
		if (strspn(at, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 5 &&
		    at[5] == ':') {
			memcpy(error->sqlstate, at, 5);
			error->sqlstate[5] = '\0';
			return;
		}
	}
	/* It is libpq itself that misses the password. */
	if (PQconnectionNeedsPassword(conn))
		snprintf(error->sqlstate, sizeof error->sqlstate, "28P01");
}

/* Take part in the connecting until it is done; whether it succeeded. */
static bool
poll_connection(PGconn *conn, struct connect_error *error)
{
	uint64_t end = clock_ms() + CONNECT_MS;
	PostgresPollingStatusType state = PGRES_POLLING_WRITING;

	while (state != PGRES_POLLING_OK && state != PGRES_POLLING_FAILED) {
		struct pollfd wait = { .fd = PQsocket(conn),
			.events =
			    state == PGRES_POLLING_READING ? POLLIN : POLLOUT };
		int ready;

		if (clock_ms() > end || sig_stop()) {
			connect_say(error, "no answer in time");
			return false;
		}
		ready = poll(&wait, 1, 200);
		if (ready < 0 && errno != EINTR) {
			connect_say(error, strerror(errno));
			return false;
		}
		if (ready > 0)
			state = PQconnectPoll(conn);
	}
	if (state == PGRES_POLLING_FAILED)
		keep_error(error, conn);
	return state == PGRES_POLLING_OK;
}

/* What the server mentions by the way is for those who look closely. */
static void
show_notice(void *unused, const char *message)
{
	(void)unused;
	log_debug("the server says",
	    LOG_BYTES("notice", message, strcspn(message, "\n")));
}

/* One attempt; NULL when it failed. */
static PGconn *
try_connect(const char *url, struct connect_error *error)
{
	const char *keywords[DEFAULTS + 3], *values[DEFAULTS + 3];
	PGconn *conn;
	size_t i;

	for (i = 0; i < DEFAULTS; i++) {
		keywords[i] = defaults[i].keyword;
		values[i] = defaults[i].value;
	}
	/* What comes later wins: the URL may set what stands above it. */
	if (url != NULL) {
		keywords[i] = "dbname";
		values[i++] = url;
	}
	keywords[i] = "client_encoding";
	values[i++] = "UTF8";
	keywords[i] = values[i] = NULL;

	conn = PQconnectStartParams(keywords, values, 1);
	if (conn == NULL)
		die(EX_OSERR, "no memory for a connection");
	PQsetErrorVerbosity(conn, PQERRORS_VERBOSE);
	*error = (struct connect_error){ .message = "" };
	if (PQstatus(conn) == CONNECTION_BAD)
		keep_error(error, conn);
	else if (poll_connection(conn, error)) {
		PQsetErrorVerbosity(conn, PQERRORS_DEFAULT);
		PQsetNoticeProcessor(conn, show_notice, NULL);
		PQsetnonblocking(conn, 1);
		return conn;
	}
	PQfinish(conn);
	return NULL;
}

/* The URL, checked: what libpq says of a bad one may show the password. */
static char *
store_url(void)
{
	static const char *const enough[] = { "PGHOST", "PGHOSTADDR",
		"PGSERVICE", "PGDATABASE" };
	char *url = file_secret("DATABASE_URL");
	PQconninfoOption *parsed;
	size_t i;

	if (url != NULL) {
		char *error = NULL;

		parsed = PQconninfoParse(url, &error);
		PQfreemem(error);
		if (parsed == NULL)
			die(EX_CONFIG, "DATABASE_URL is not a connection URI",
			    LOG_TEXT("wanted",
			        "postgresql://user:password@host/database"));
		PQconninfoFree(parsed);
		return url;
	}
	for (i = 0; i < sizeof enough / sizeof *enough; i++)
		if (getenv(enough[i]) != NULL)
			return NULL;
	die(EX_CONFIG, "no store is named: set DATABASE_URL",
	    LOG_TEXT("see", "scripts/db url"));
}

/* JOBMILL_DB_WAIT, in milliseconds. */
static uint64_t
patience(void)
{
	const char *text = getenv("JOBMILL_DB_WAIT");
	unsigned long seconds;
	char *end;

	if (text == NULL || *text == '\0')
		return WAIT_MS;
	errno = 0;
	seconds = strtoul(text, &end, 10);
	if (!isdigit((unsigned char)*text) || *end != '\0' || errno != 0 ||
	    seconds > MOST_WAIT_S)
		die(EX_CONFIG, "JOBMILL_DB_WAIT is not a number of seconds",
		    LOG_TEXT("value", text));
	return seconds * 1000;
}

PGconn *
connect_once(struct connect_error *error)
{
	char *url = store_url();
	PGconn *conn = try_connect(url, error);

	free(url);
	return conn;
}

PGconn *
connect_store(void)
{
	struct backoff backoff = { .base_ms = 250, .cap_ms = 2000 };
	uint64_t end = clock_ms() + patience(), wait;
	struct connect_error error;
	char *url = store_url();
	unsigned int try;
	PGconn *conn;
	int status;

	for (try = 1;; try++) {
		conn = try_connect(url, &error);
		if (conn != NULL || sig_stop())
			break;
		status = connect_status(&error, EX_TEMPFAIL);
		wait = backoff_wait(&backoff, try, 0);
		if (status != EX_TEMPFAIL || clock_ms() + wait > end)
			die(status, "cannot connect to the store",
			    LOG_TEXT("error", error.message));
		log_info("cannot connect to the store, trying again",
		    LOG_TEXT("error", error.message), LOG_UINT("try", try));
		clock_sleep_ms(wait);
	}
	free(url);
	sig_die();
	return conn;
}
