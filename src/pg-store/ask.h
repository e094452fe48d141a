/*
 * ask.h - questions that have a name
 *
 * Each is a file of share/sql/ask, NAME.sql: one statement that reads, whose
 * rows have one column of JSON.  What it wants to be told stands in comments
 * above it, a line each, in the order of $1, $2 and so on:
 *
 *     -- $1 job_id uuid
 *     -- $2 feed_id bigint, optional
 *
 * Types: text, bigint, integer, numeric, boolean, uuid, timestamptz, and
 * arrays of them as text[].  Nothing but these can be asked.
 */
#ifndef ASK_H
#define ASK_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "out.h"
#include "scan.h"

#define ASK_PARAMS 16
#define ASK_NAME 64

struct ask_param {
	char name[ASK_NAME];
	const struct ask_type *type;
	bool optional;
};

struct ask_query {
	char name[ASK_NAME];
	struct buf sql; /* ends with a NUL */
	struct ask_param params[ASK_PARAMS];
	Oid types[ASK_PARAMS];
	int count;
	char statement[ASK_NAME]; /* its name on the server, by its text */
	bool prepared;
	bool refused; /* when it was last prepared */
};

struct ask_book {
	struct ask_query *items;
	size_t count;
};

/* Read all of FOLDER.  Exits 66 or 78 with the file and the line. */
void ask_load(struct ask_book *book, const char *folder);
void ask_free(struct ask_book *book);

/* NULL when there is none of that name. */
struct ask_query *ask_find(const struct ask_book *book, const char *name,
    size_t len);

/* A question as it was put; freed by whoever has it. */
struct ask_question {
	struct ask_query *query;
	struct buf id; /* as it stood in the line; "null" without one */
	struct buf text;
	const char *values[ASK_PARAMS]; /* into text */
	struct ask_question *next;
};

/*
 * Understand a line such as {"id":7,"ask":"job","job_id":"…"}.  NULL, or what
 * is wrong with it, in WHY; the id is there in any case if the line has one.
 */
const char *ask_read(const struct ask_book *book, struct scan *scan,
    const char *line, size_t len, struct ask_question *out, struct buf *why);

void ask_question_free(struct ask_question *q);

/* Where answers go; LINE is room, and the caller's to free. */
struct answers {
	struct out *out;
	struct buf line;
};

/* {"id":7,"rows":[…]}, of the first column of R. */
void ask_answer_rows(struct answers *a, const struct ask_question *q,
    const PGresult *r);

/* {"id":7,"error":{"status":…,"message":…}}, with an exit status. */
void ask_answer_error(struct answers *a, const struct ask_question *q,
    int status, const char *message);

/* The same, from what the server said. */
void ask_answer_failure(struct answers *a, const struct ask_question *q,
    const PGresult *r);

/* The types that parameters may have. */
struct ask_type {
	const char *name;
	Oid oid;
	enum {
		ASK_STRING,
		ASK_INTEGER,
		ASK_NUMBER,
		ASK_BOOLEAN,
		ASK_LIST
	} form;
};

const struct ask_type *ask_type(const char *name, size_t len);

#endif
