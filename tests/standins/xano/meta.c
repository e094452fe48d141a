/* meta.c - the Metadata API of the Xano stand-in */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "search.h"
#include "xano.h"

#define PER_PAGE 50
#define BAD "ERROR_CODE_INPUT_ERROR"

struct call {
	struct xano *x;
	const struct standin_request *request;
	struct json_value body;
	struct standin_reply *reply;
	const char *id; /* of the row in the path, or NULL */
};

static void
missing(struct call *c, const char *param)
{
	char message[100];

	snprintf(message, sizeof message, "Missing param: %s", param);
	xano_refuse(c->x, c->reply, 400, BAD, message, param);
}

static int64_t
query_number(const struct call *c, const char *name, int64_t otherwise)
{
	const char *text = standin_query(c->request, name);

	return text != NULL ? strtoll(text, NULL, 10) : otherwise;
}

static int64_t
body_number(const struct call *c, const char *name, int64_t otherwise)
{
	long long n;

	return json_int64(json_get(c->body, name), &n) ? n : otherwise;
}

static void
me(struct call *c)
{
	buf_text(&c->reply->body,
	    "{\"id\":1,\"name\":\"Stand-in\",\"email\":\"a@example.org\","
	    "\"extras\":{}}");
}

static void
workspaces(struct call *c)
{
	buf_printf(&c->reply->body,
	    "[{\"id\":%" PRId64 ",\"name\":\"prod\",\"description\":\"\"}]",
	    c->x->workspace_id);
}

static void
tables(struct call *c)
{
	struct buf *b = &c->reply->body;
	bool bare = c->x->table.quirks.table_list_bare != 0;

	buf_text(b, bare ? "[" : "{\"items\":[");
	buf_printf(b,
	    "{\"id\":%" PRId64 ",\"name\":\"%s\",\"description\":\"\","
	    "\"guid\":\"g\",\"auth\":false,"
	    "\"created_at\":\"2026-01-02 10:00:00+0000\"}",
	    c->x->table_id, c->x->table_name);
	buf_text(b, bare ? "]" : "],\"nextPage\":null}");
}

static void
schema(struct call *c)
{
	const struct table *t = &c->x->table;
	size_t i;

	buf_byte(&c->reply->body, '[');
	for (i = 0; i < t->column_count; i++) {
		if (i > 0)
			buf_byte(&c->reply->body, ',');
		buf_text(&c->reply->body, t->columns[i].json);
	}
	buf_byte(&c->reply->body, ']');
}

static void
list(struct call *c)
{
	const struct table *t = xano_shown(c->x);
	size_t *rows = mem_zero(t->count + 1, sizeof *rows), i;

	for (i = 0; i < t->count; i++)
		rows[i] = i;
	xano_page(c->x, rows, t->count, query_number(c, "page", 1),
	    query_number(c, "per_page", PER_PAGE), c->reply);
	free(rows);
}

static void
search(struct call *c)
{
	struct refusal r;
	size_t *rows, count;

	if (c->x->table.quirks.no_search) {
		xano_refuse(c->x, c->reply, 404, "ERROR_CODE_NOT_FOUND",
		    "Unable to locate request.", NULL);
		return;
	}
	if (!search_rows(xano_shown(c->x), c->body, &rows, &count, &r)) {
		xano_refuse_as(c->x, c->reply, &r);
		return;
	}
	xano_page(c->x, rows, count, body_number(c, "page", 1),
	    body_number(c, "per_page", PER_PAGE), c->reply);
	free(rows);
}

/* The row of the path; SIZE_MAX after an answer that there is none. */
static size_t
row_of_path(struct call *c)
{
	struct json_value id = { JSON_STRING, false, c->id, strlen(c->id) };
	size_t row = table_find(&c->x->table, id);

	if (row == SIZE_MAX)
		xano_refuse(c->x, c->reply, 404, "ERROR_CODE_NOT_FOUND",
		    "Not Found.", NULL);
	return row;
}

static void
show(struct call *c)
{
	size_t row = row_of_path(c);

	if (row != SIZE_MAX)
		table_show(&c->x->table, &c->x->table.rows[row],
		    &c->reply->body);
}

static void
add(struct call *c)
{
	struct table *t = &c->x->table;
	struct refusal r;
	size_t row = table_insert(t, c->body, false, &r);

	if (row == SIZE_MAX)
		xano_refuse_as(c->x, c->reply, &r);
	else
		table_show(t, &t->rows[row], &c->reply->body);
}

static void
change(struct call *c)
{
	struct table *t = &c->x->table;
	struct refusal r;
	size_t row = row_of_path(c);

	if (row == SIZE_MAX)
		return;
	if (!table_update(t, row, c->body, false, false, &r))
		xano_refuse_as(c->x, c->reply, &r);
	else
		table_show(t, &t->rows[row], &c->reply->body);
}

static void delete (struct call *c)
{
	size_t row = row_of_path(c);

	if (row == SIZE_MAX)
		return;
	table_delete(&c->x->table, row);
	if (!c->x->table.quirks.empty_delete)
		buf_text(&c->reply->body, "null");
}

/* Too many rows or bytes for one call: answered with 413. */
static bool
too_large(struct call *c, size_t rows)
{
	const struct quirks *q = &c->x->table.quirks;

	buf_printf(&c->reply->note, "\"rows\":%zu", rows);
	if ((q->bulk_max == 0 || (int64_t)rows <= q->bulk_max) &&
	    (q->bulk_bytes == 0 ||
	        (int64_t)c->request->body_len <= q->bulk_bytes))
		return false;
	xano_refuse(c->x, c->reply, 413, "ERROR_CODE_BAD_REQUEST",
	    "Payload too large.", NULL);
	return true;
}

static size_t
length(struct json_value array)
{
	struct json_walk w;
	struct json_member m;
	size_t n = 0;

	for (w = json_walk(array); json_next(&w, &m);)
		n++;
	return n;
}

/*
 * Take rows that were just inserted away again, and what history tells of them
 * from MARK on: nobody ever saw them.
 */
static void
undo_inserts(struct table *t, int64_t *ids, size_t count, size_t mark)
{
	char text[24];
	size_t i;

	for (i = 0; i < count; i++) {
		struct json_value id = { JSON_NUMBER, false, text, 0 };

		id.len =
		    (size_t)snprintf(text, sizeof text, "%" PRId64, ids[i]);
		table_delete(t, table_find(t, id));
	}
	t->events.len = mark;
}

static void
show_ids(struct call *c, char **ids, size_t count)
{
	size_t i;
	bool shuffle = c->x->table.quirks.shuffle_ids != 0;

	buf_byte(&c->reply->body, '[');
	for (i = 0; i < count; i++) {
		if (i > 0)
			buf_byte(&c->reply->body, ',');
		buf_text(&c->reply->body, ids[shuffle ? count - 1 - i : i]);
	}
	buf_byte(&c->reply->body, ']');
}

static void
bulk_add(struct call *c)
{
	struct table *t = &c->x->table;
	struct json_value items = json_get(c->body, "items");
	bool keep = json_get(c->body, "allow_id_field").type == JSON_TRUE;
	struct refusal r = { 0 };
	struct json_walk w;
	struct json_member m;
	size_t n = 0, count, mark = t->events.len;
	int64_t *ids;
	char **shown;

	if (items.type != JSON_ARRAY) {
		missing(c, "items");
		return;
	}
	count = length(items);
	if (too_large(c, count))
		return;
	ids = mem_zero(count + 1, sizeof *ids);
	shown = mem_zero(count + 1, sizeof *shown);
	for (w = json_walk(items); json_next(&w, &m); n++) {
		size_t row = table_insert(t, m.value, keep, &r);

		if (row == SIZE_MAX)
			break;
		ids[n] = t->rows[row].id;
		shown[n] = mem_string(t->rows[row].values[0]);
	}
	if (n < count) {
		if (t->quirks.atomic && !t->uuids)
			undo_inserts(t, ids, n, mark);
		xano_refuse_as(c->x, c->reply, &r);
	} else {
		show_ids(c, shown, n);
	}
	while (n > 0)
		free(shown[--n]);
	free(shown);
	free(ids);
}

/* Add an id to a list of them. */
static void
list_id(const struct call *c, struct buf *out, struct json_value id)
{
	bool quote =
	    id.type == JSON_STRING || c->x->table.quirks.string_ids != 0;

	if (out->len > 0)
		buf_byte(out, ',');
	if (quote)
		buf_byte(out, '"');
	buf_add(out, id.text, id.len);
	if (quote)
		buf_byte(out, '"');
}

static void
bulk_patch(struct call *c)
{
	struct table *t = &c->x->table;
	struct json_value items = json_get(c->body, "items");
	struct buf done = { 0 };
	struct refusal r;
	struct json_walk w;
	struct json_member m;
	size_t n = 0;

	if (items.type != JSON_ARRAY) {
		missing(c, "items");
		return;
	}
	if (too_large(c, length(items)))
		return;
	for (w = json_walk(items); json_next(&w, &m);) {
		struct json_value id = json_get(m.value, "row_id");
		struct json_value set = json_get(m.value, "updates");
		size_t row;

		if (id.type == JSON_NONE || set.type != JSON_OBJECT) {
			missing(c, id.type == JSON_NONE ? "row_id" : "updates");
			goto out;
		}
		row = table_find(t, id);
		if (row == SIZE_MAX)
			continue;
		if (!table_update(t, row, set, false, false, &r)) {
			xano_refuse_as(c->x, c->reply, &r);
			goto out;
		}
		list_id(c, &done, id);
		n++;
	}
	buf_printf(&c->reply->body, "{\"success\":[%s],\"success_total\":%zu}",
	    buf_string(&done), n);
out:
	buf_free(&done);
}

static void
bulk_delete(struct call *c)
{
	struct table *t = &c->x->table;
	struct json_value ids = json_get(c->body, "row_ids");
	struct buf done = { 0 }, failed = { 0 };
	struct json_walk w;
	struct json_member m;
	size_t n = 0;

	if (ids.type != JSON_ARRAY) {
		missing(c, "row_ids");
		return;
	}
	if (too_large(c, length(ids)))
		return;
	for (w = json_walk(ids); json_next(&w, &m);) {
		size_t row = table_find(t, m.value);

		if (row != SIZE_MAX) {
			table_delete(t, row);
			list_id(c, &done, m.value);
			n++;
		} else if (t->quirks.absent_delete == 404) {
			xano_refuse(c->x, c->reply, 404, "ERROR_CODE_NOT_FOUND",
			    "Not Found.", NULL);
			goto out;
		} else if (t->quirks.absent_delete == 0) {
			list_id(c, &failed, m.value);
		}
	}
	if (!t->quirks.empty_delete)
		buf_printf(&c->reply->body,
		    "{\"success\":[%s],\"success_total\":%zu,\"error\":[%s]}",
		    buf_string(&done), n, buf_string(&failed));
out:
	buf_free(&done);
	buf_free(&failed);
}

static void
search_patch(struct call *c)
{
	xano_refuse(c->x, c->reply, 400, "ERROR_CODE_BAD_REQUEST",
	    "The stand-in does not patch by search.", NULL);
}

/* Every row that matches; of an empty search: every row there is. */
static void
search_delete(struct call *c)
{
	struct table *t = &c->x->table;
	struct refusal r;
	size_t *rows, count, i;

	if (!search_rows(t, c->body, &rows, &count, &r)) {
		xano_refuse_as(c->x, c->reply, &r);
		return;
	}
	for (i = count; i > 0; i--)
		table_delete(t, rows[i - 1]);
	buf_printf(&c->reply->body, "{\"success\":[],\"success_total\":%zu}",
	    count);
	free(rows);
}

static void
truncate_table(struct call *c)
{
	struct json_value reset = json_get(c->body, "reset");

	if (reset.type != JSON_TRUE && reset.type != JSON_FALSE) {
		missing(c, "reset");
		return;
	}
	table_clear(&c->x->table, reset.type == JSON_TRUE);
	buf_text(&c->reply->body, "null");
}

struct route {
	const char *method;
	const char *path; /* below the table's own; ":id" is any */
	char action;
	bool wants_body;
	void (*serve)(struct call *c);
};

static const struct route routes[] = {
	{ "GET", "/schema", 'r', false, schema },
	{ "GET", "/content", 'r', false, list },
	{ "POST", "/content", 'c', true, add },
	{ "POST", "/content/search", 'r', true, search },
	{ "POST", "/content/bulk", 'c', true, bulk_add },
	{ "POST", "/content/bulk/patch", 'u', true, bulk_patch },
	{ "POST", "/content/bulk/delete", 'd', true, bulk_delete },
	{ "POST", "/content/search/patch", 'u', true, search_patch },
	{ "POST", "/content/search/delete", 'd', true, search_delete },
	{ "DELETE", "/truncate", 'd', true, truncate_table },
	{ "GET", "/content/:id", 'r', false, show },
	{ "PUT", "/content/:id", 'u', true, change },
	{ "DELETE", "/content/:id", 'd', false, delete },
};

/* Whether PATH is the route's; then *ID is what stands for ":id". */
static bool
is_route(const struct route *route, const char *method, const char *path,
    const char **id)
{
	size_t fixed = strcspn(route->path, ":");

	*id = NULL;
	if (strcmp(route->method, method) != 0 ||
	    strncmp(route->path, path, fixed) != 0)
		return false;
	if (route->path[fixed] == '\0')
		return path[fixed] == '\0';
	*id = path + fixed;
	return **id != '\0' && strchr(*id, '/') == NULL;
}

static void
serve_table(struct call *c, const char *path)
{
	size_t i;

	for (i = 0; i < sizeof routes / sizeof *routes; i++) {
		const struct route *route = &routes[i];

		if (!is_route(route, c->request->method, path, &c->id))
			continue;
		if (!xano_allowed(c->x, c->request, route->action, c->reply))
			return;
		if (route->wants_body && c->body.type != JSON_OBJECT)
			xano_refuse(c->x, c->reply, 400, BAD,
			    "Unable to decode.", NULL);
		else
			route->serve(c);
		return;
	}
	xano_refuse(c->x, c->reply, 404, "ERROR_CODE_NOT_FOUND",
	    "Unable to locate request.", NULL);
}

/* "/workspace/7/table/42" taken off PATH; NULL when it is not ours. */
static const char *
below_table(const struct xano *x, const char *path)
{
	char ours[80];
	int n =
	    snprintf(ours, sizeof ours, "/workspace/%" PRId64 "/table/%" PRId64,
	        x->workspace_id, x->table_id);

	return strncmp(path, ours, (size_t)n) == 0 && path[n] == '/' ? path + n
	                                                             : NULL;
}

void
meta_handle(struct xano *x, const char *rest,
    const struct standin_request *request, struct json_value body,
    struct standin_reply *reply)
{
	struct call c = { x, request, body, reply, NULL };
	bool get = strcmp(request->method, "GET") == 0;
	const char *below = below_table(x, rest);
	char ours[40];

	snprintf(ours, sizeof ours, "/workspace/%" PRId64 "/table",
	    x->workspace_id);
	if (below != NULL) {
		serve_table(&c, below);
	} else if (get && strcmp(rest, "/auth/me") == 0) {
		if (xano_allowed(x, request, 0, reply))
			me(&c);
	} else if (get && strcmp(rest, "/workspace") == 0) {
		if (xano_allowed(x, request, 0, reply))
			workspaces(&c);
	} else if (get && strcmp(rest, ours) == 0) {
		if (xano_allowed(x, request, 'r', reply))
			tables(&c);
	} else if (xano_allowed(x, request, 0, reply)) {
		/* A workspace that is not the token's is refused, not absent.
		 */
		bool other = strncmp(rest, "/workspace/", 11) == 0 &&
		             strtoll(rest + 11, NULL, 10) != x->workspace_id;

		xano_refuse(x, reply, other ? 403 : 404,
		    other ? "ERROR_CODE_ACCESS_DENIED" : "ERROR_CODE_NOT_FOUND",
		    other ? "Access Denied." : "Unable to locate request.",
		    NULL);
	}
}
