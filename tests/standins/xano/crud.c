/*
 * crud.c - the Xano stand-in's API group: generated endpoints, and a set as an
 * owner may have made it for a job site
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xano.h"

static void
not_found(struct xano *x, struct standin_reply *reply, const char *message)
{
	xano_refuse(x, reply, 404, "ERROR_CODE_NOT_FOUND", message, NULL);
}

/* Rows whose COLUMN has the value TEXT; all when TEXT is NULL. */
static void
list(struct xano *x, const struct standin_request *request, const char *column,
    const char *text, struct standin_reply *reply)
{
	const struct table *t = xano_shown(x);
	size_t at =
	    column != NULL ? table_column(t, column, strlen(column)) : SIZE_MAX;
	size_t *rows = mem_zero(t->count + 1, sizeof *rows), n = 0, i;
	const char *page = standin_query(request, "page");
	const char *per_page = standin_query(request, "per_page");

	for (i = 0; i < t->count; i++) {
		const char *value =
		    at != SIZE_MAX ? t->rows[i].values[at] : NULL;

		if (text == NULL || (value != NULL && strcmp(value, text) == 0))
			rows[n++] = i;
	}
	if (x->table.quirks.crud_envelope) {
		xano_page(x, rows, n, page ? strtoll(page, NULL, 10) : 1,
		    per_page ? strtoll(per_page, NULL, 10) : 25, reply);
	} else {
		buf_byte(&reply->body, '[');
		for (i = 0; i < n; i++) {
			if (i > 0)
				buf_byte(&reply->body, ',');
			table_show(t, &t->rows[rows[i]], &reply->body);
		}
		buf_byte(&reply->body, ']');
	}
	free(rows);
}

static void
answer_row(struct xano *x, size_t row, const struct refusal *r,
    struct standin_reply *reply)
{
	if (row == SIZE_MAX)
		xano_refuse_as(x, reply, r);
	else
		table_show(&x->table, &x->table.rows[row], &reply->body);
}

/* One row: GET, PUT, PATCH, DELETE /TABLE/ID. */
static void
one_row(struct xano *x, const char *id, const char *method,
    struct json_value body, struct standin_reply *reply)
{
	struct json_value v = { JSON_STRING, false, id, strlen(id) };
	size_t row = table_find(&x->table, v);
	bool put = strcmp(method, "PUT") == 0;
	struct refusal r;

	if (strcmp(method, "DELETE") == 0) {
		/* The generated endpoint does not ask whether it was there. */
		if (row != SIZE_MAX)
			table_delete(&x->table, row);
		else if (x->table.quirks.absent_delete == 404) {
			not_found(x, reply, "Not Found.");
			return;
		}
		if (!x->table.quirks.empty_delete)
			buf_text(&reply->body, "null");
	} else if (row == SIZE_MAX) {
		not_found(x, reply, "Not Found.");
	} else if (strcmp(method, "GET") == 0) {
		answer_row(x, row, NULL, reply);
	} else if (put || strcmp(method, "PATCH") == 0) {
		if (!table_update(&x->table, row, body, put, !put, &r))
			row = SIZE_MAX;
		answer_row(x, row, &r, reply);
	} else {
		not_found(x, reply, "Unable to locate request.");
	}
}

static void
add_row(struct xano *x, struct json_value body, struct standin_reply *reply)
{
	struct refusal r;
	size_t row = table_insert(&x->table, body, false, &r);

	answer_row(x, row, &r, reply);
}

/* The owner's bulk endpoints: an array under a key, hashes to remove. */
static void
owner_add(struct xano *x, struct json_value body, struct standin_reply *reply)
{
	struct json_value rows = json_get(body, "job_postings");
	struct json_walk w;
	struct json_member m;
	struct refusal r;
	size_t n = 0;

	if (rows.type != JSON_ARRAY) {
		xano_refuse(x, reply, 400, "ERROR_CODE_INPUT_ERROR",
		    "Missing param: job_postings", "job_postings");
		return;
	}
	for (w = json_walk(rows); json_next(&w, &m); n++)
		if (table_insert(&x->table, m.value, false, &r) == SIZE_MAX) {
			xano_refuse_as(x, reply, &r);
			return;
		}
	buf_printf(&reply->note, "\"rows\":%zu", n);
	buf_printf(&reply->body, "{\"added\":%zu}", n);
}

static void
remove_key(struct xano *x, const char *column, struct json_value key)
{
	struct table *t = &x->table;
	size_t at = table_column(t, column, strlen(column)), i;

	for (i = t->count; at != SIZE_MAX && i > 0; i--) {
		const char *value = t->rows[i - 1].values[at];

		if (strlen(value) == key.len + 2 &&
		    memcmp(value + 1, key.text, key.len) == 0)
			table_delete(t, i - 1);
	}
}

static void
owner_remove(struct xano *x, struct json_value body,
    struct standin_reply *reply)
{
	struct json_value hashes = json_get(body, "job_hashes");
	struct json_walk w;
	struct json_member m;
	size_t n = 0;

	if (hashes.type != JSON_ARRAY) {
		xano_refuse(x, reply, 400, "ERROR_CODE_INPUT_ERROR",
		    "Missing param: job_hashes", "job_hashes");
		return;
	}
	for (w = json_walk(hashes); json_next(&w, &m); n++)
		remove_key(x, "job_hash", m.value);
	buf_printf(&reply->note, "\"rows\":%zu", n);
	buf_text(&reply->body, "null");
}

/* Whether it was one of the owner's endpoints: then it is answered. */
static bool
owner_handle(struct xano *x, const char *rest,
    const struct standin_request *request, struct json_value body,
    struct standin_reply *reply)
{
	const char *method = request->method;
	const char *feed = standin_query(request, "feed_id");

	if (strcmp(rest, "/job_posting/supabase/feeds") == 0 &&
	    strcmp(method, "GET") == 0)
		list(x, request, "feed_id", feed, reply);
	else if (strcmp(rest, "/job_posting/supabase_bulk") == 0 &&
	         strcmp(method, "POST") == 0)
		owner_add(x, body, reply);
	else if (strcmp(rest, "/job_posting/supabase/bulk_remove") == 0 &&
	         strcmp(method, "DELETE") == 0)
		owner_remove(x, body, reply);
	else
		return false;
	return true;
}

void
crud_handle(struct xano *x, const char *rest,
    const struct standin_request *request, struct json_value body,
    struct standin_reply *reply)
{
	size_t name = strlen(x->table_name);
	const char *id = NULL;

	if (!xano_allowed(x, request, 0, reply) ||
	    owner_handle(x, rest, request, body, reply))
		return;
	if (*rest == '/' && strncmp(rest + 1, x->table_name, name) == 0) {
		rest += 1 + name;
		if (*rest == '/' && rest[1] != '\0' &&
		    strchr(rest + 1, '/') == NULL)
			id = rest + 1;
	}
	if (id != NULL)
		one_row(x, id, request->method, body, reply);
	else if (*rest == '\0' && strcmp(request->method, "GET") == 0)
		list(x, request, NULL, NULL, reply);
	else if (*rest == '\0' && strcmp(request->method, "POST") == 0)
		add_row(x, body, reply);
	else
		not_found(x, reply, "Unable to locate request.");
}
