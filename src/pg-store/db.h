/*
 * db.h - the connection to the store
 *
 * DATABASE_URL (a libpq URI or keyword string, or DATABASE_URL_FILE), else
 * libpq's own PG* variables.  Nothing depends on a session: a pooler may give
 * each transaction another server process.  Values go to the server as
 * parameters or by COPY, never as part of a statement.
 *
 * Errors stick: after one, calls do nothing and return NULL until
 * db_forgive().  Who does not look calls db_check(), which exits:
 * 75 when trying again may help, 77 not allowed, 78 no such database or schema,
 * 74 disk, 70 what should not happen.
 */
#ifndef DB_H
#define DB_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

/* The version of share/sql that the programs were written for. */
#define DB_SCHEMA 5

/* Room for a number as text. */
#define DB_NUMBER 24

struct db;

/*
 * Connect, trying again for JOBMILL_DB_WAIT (10 s) while the server is down or
 * starting.  Exits 75, 77, 78.  db_open() also exits 78 when the schema is not
 * that of DB_SCHEMA; db_open_any() leaves that to the caller.
 */
struct db *db_open(void);
struct db *db_open_any(void);
void db_close(struct db *db);

/*
 * Close the connection until it is needed again, outside of a transaction: who
 * waits for others' work must not take a place at the server meanwhile.
 */
void db_rest(struct db *db);

/* The connection itself, for who sends many statements at a time. */
PGconn *db_connection(struct db *db);

/*
 * One statement with COUNT text parameters, NULL for null; see DB_VALUES.  The
 * caller releases the result with PQclear(), which takes NULL.  A signal that
 * asks to stop cancels the statement.
 */
PGresult *db_query(struct db *db, const char *sql, const char *const *values,
    size_t count);

#define DB_NONE NULL, 0
#define DB_VALUES(...)                                                         \
	(const char *const[]){ __VA_ARGS__ },                                  \
	    sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *)

/*
 * The same for what may be done twice: when the connection is lost it is
 * made again, and so is the statement.  Exits as db_check(db, WHAT) does.
 */
PGresult *db_repeat(struct db *db, const char *what, const char *sql,
    const char *const *values, size_t count);

/*
 * The same in two steps, for who has work to do while the server does its own:
 * between the two, which have the same statement and values, the connection is
 * for nothing else.  db_take_in() in between, now and then, lets the server go
 * on when it has more to say than fits on the way.
 */
void db_send(struct db *db, const char *sql, const char *const *values,
    size_t count);
void db_take_in(struct db *db);
PGresult *db_receive(struct db *db, const char *what, const char *sql,
    const char *const *values, size_t count);

/* db_query() with results thrown away; true and *ROWS affected, else false. */
bool db_run(struct db *db, uint64_t *rows, const char *sql,
    const char *const *values, size_t count);

/* Several statements without parameters, in one transaction of their own. */
bool db_script(struct db *db, const char *sql);

/* Rows by and by, for answers that must not be held as a whole. */
bool db_start(struct db *db, const char *sql, const char *const *values,
    size_t count);
PGresult *db_next(struct db *db); /* one row; NULL at the end */

/* COPY … FROM STDIN of LEN bytes; true when the server has taken them all. */
bool db_copy(struct db *db, const char *sql, const char *bytes, size_t len);

/* Whether an error sticks; its SQLSTATE ("" when it has none), its text. */
bool db_failed(const struct db *db);
const char *db_sqlstate(const struct db *db);
const char *db_error(const struct db *db);
void db_forgive(struct db *db);

/* Whether the error is gone when the transaction is done again. */
bool db_transient(const struct db *db);

/* Whether the connection itself was lost, or rests. */
bool db_lost(const struct db *db);

/* Exit if an error sticks, with WHAT was tried. */
void db_check(struct db *db, const char *what);

/* Connect again after db_lost(), as db_open() does; or try it once. */
void db_reconnect(struct db *db);
bool db_try_reconnect(struct db *db);

/* The server's version as libpq numbers it: 150020. */
int db_server_version(const struct db *db);

/*
 * Do WORK in one transaction that starts with BEGIN, as often as it takes, up
 * to DB_TRIES times: again from its start on a deadlock, a serialization
 * failure or a lost connection.  WORK returns whether to commit.  When the
 * connection is lost while COMMIT is under way, DONE tells on a new one
 * whether it happened; NULL: WORK may be done twice.  Returns what WORK
 * returned; exits as db_check() does.
 */
#define DB_TRIES 5
bool db_transaction(struct db *db, const char *begin, const char *what,
    bool (*work)(struct db *db, void *argument),
    bool (*done)(struct db *db, void *argument), void *argument);

/* Values of a result; "" and 0 where it is null. */
const char *db_text(const PGresult *r, int row, int column);
int64_t db_int(const PGresult *r, int row, int column);

/*
 * An item more of an array parameter: B is "" at first.  db_array() closes it
 * and returns the whole.
 */
void db_array_add(struct buf *b, const char *item, size_t len);
const char *db_array(struct buf *b);

/* A number as a parameter; returns OUT. */
const char *db_number(int64_t number, char out[DB_NUMBER]);

#endif
