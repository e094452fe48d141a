/* store.c - questions to the store, past all programs of ours */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "world.h"

#define TRIES 400 /* of 50 ms: a server that crashed comes back */

static void
hush(void *nothing, const char *words)
{
	(void)nothing;
	(void)words;
}

static void
connect_again(struct world *w)
{
	const struct timespec pause = { 0, 50000000 };
	int i;

	for (i = 0; i < TRIES; i++) {
		if (w->db == NULL) {
			w->db = PQconnectdb(getenv("DATABASE_URL"));
			PQsetNoticeProcessor(w->db, hush, NULL);
		} else {
			PQreset(w->db);
		}
		if (PQstatus(w->db) == CONNECTION_OK)
			return;
		nanosleep(&pause, NULL);
	}
	broken(w, "no database: %s", PQerrorMessage(w->db));
}

/* Whether the server is away, and not against what was asked. */
static bool
is_gone(const struct world *w, const PGresult *r)
{
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);

	return PQstatus(w->db) != CONNECTION_OK || state == NULL ||
	       strncmp(state, "57P", 3) == 0;
}

PGresult *
ask_store(struct world *w, const char *sql, const char *a)
{
	PGresult *r = NULL;
	int i;

	for (i = 0; i < 20; i++) {
		if (i > 0 || PQstatus(w->db) != CONNECTION_OK)
			connect_again(w);
		r = PQexecParams(w->db, sql, a != NULL, NULL, &a, NULL, NULL,
		    0);
		if (PQresultStatus(r) == PGRES_TUPLES_OK ||
		    PQresultStatus(r) == PGRES_COMMAND_OK)
			return r;
		if (!is_gone(w, r))
			break;
		PQclear(r);
	}
	broken(w, "the store does not answer: %s", PQerrorMessage(w->db));
}

long long
ask_number(struct world *w, const char *sql, const char *a)
{
	PGresult *r = ask_store(w, sql, a);
	long long n =
	    PQntuples(r) > 0 ? strtoll(PQgetvalue(r, 0, 0), NULL, 10) : 0;

	PQclear(r);
	return n;
}
