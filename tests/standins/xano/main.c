/*
 * xano: a Xano of one table on loopback, for tests and the demo
 *
 * Control routes beyond those of standin.h:
 *
 *     GET /_rows      all rows, one JSON object a line, by id
 *     GET /_history   every insert, update and delete:
 *                     {"n":request,"op":"insert","id":1,"key":"..."}
 *
 * Orders beyond those of standin.h:
 *
 *     "switch": {...}      points that Xano leaves open, see orders.c
 *     "token": "t"         the token that is let in from now on; null: any
 *     "scopes": "crud"     what it may do
 *     "insert": [{...}]    another writer's rows
 *     "delete": [ids]
 *     "update": {"id": 1, "set": {...}}
 *     "stale": true        reads show the table as it is now until false
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "log.h"
#include "mem.h"
#include "opt.h"
#include "sig.h"
#include "status.h"
#include "xano.h"

void
xano_refuse(const struct xano *x, struct standin_reply *reply, int status,
    const char *code, const char *message, const char *param)
{
	struct buf *b = &reply->body;
	bool top = x->table.quirks.param_top != 0;

	buf_clear(b);
	reply->status = status;
	buf_byte(b, '{');
	buf_json_member(b, "code", code, strlen(code));
	buf_json_member(b, "message", message, strlen(message));
	if (param != NULL && *param != '\0' && top)
		buf_json_member(b, "param", param, strlen(param));
	buf_json_key(b, "payload");
	if (param != NULL && *param != '\0' && !top) {
		buf_byte(b, '{');
		buf_json_member(b, "param", param, strlen(param));
		buf_byte(b, '}');
	} else {
		buf_text(b, "null");
	}
	buf_byte(b, '}');
}

void
xano_refuse_as(const struct xano *x, struct standin_reply *reply,
    const struct refusal *r)
{
	xano_refuse(x, reply, r->status, r->code, r->message, r->param);
}

bool
xano_allowed(const struct xano *x, const struct standin_request *request,
    char action, struct standin_reply *reply)
{
	const char *header = standin_header(request, "Authorization");
	bool bearer = header != NULL && strncmp(header, "Bearer ", 7) == 0 &&
	              header[7] != '\0';

	if (!bearer ||
	    (x->token != NULL && strcmp(header + 7, x->token) != 0)) {
		xano_refuse(x, reply, 401, "ERROR_CODE_UNAUTHORIZED",
		    "This token is expired or not valid.", NULL);
		return false;
	}
	if (action != 0 && strchr(x->scopes, action) == NULL) {
		xano_refuse(x, reply, 403, "ERROR_CODE_ACCESS_DENIED",
		    "Access Denied.", NULL);
		return false;
	}
	return true;
}

const struct table *
xano_shown(const struct xano *x)
{
	return x->stale ? &x->frozen : &x->table;
}

static void
member_or_null(struct buf *b, const char *name, bool is, int64_t n)
{
	buf_json_key(b, name);
	if (is)
		buf_json_int(b, n);
	else
		buf_text(b, "null");
}

void
xano_page(const struct xano *x, const size_t *rows, size_t count, int64_t page,
    int64_t per_page, struct standin_reply *reply)
{
	const struct table *t = xano_shown(x);
	const struct quirks *q = &x->table.quirks;
	struct buf *b = &reply->body;
	int64_t total = (int64_t)count, pages, offset, i, n = 0;

	if (page < 1)
		page = 1;
	if (per_page < 1)
		per_page = 1;
	if (q->per_page_max > 0 && per_page > q->per_page_max)
		per_page = q->per_page_max;
	offset = (page - 1) * per_page;
	pages = (total + per_page - 1) / per_page;
	buf_text(b, "{\"items\":[");
	for (i = offset; i < total && n < per_page; i++, n++) {
		if (n > 0)
			buf_byte(b, ',');
		table_show(t, &t->rows[rows[i]], b);
	}
	buf_printf(b, "],\"itemsReceived\":%" PRId64 ",\"curPage\":%" PRId64, n,
	    page);
	member_or_null(b, "nextPage", page < pages, page + 1);
	member_or_null(b, "prevPage", page > 1, page - 1);
	buf_printf(b, ",\"offset\":%" PRId64, offset);
	if (q->per_page_field)
		buf_printf(b, ",\"perPage\":%" PRId64, per_page);
	if (!q->no_totals)
		buf_printf(b,
		    ",\"itemsTotal\":%" PRId64 ",\"pageTotal\":%" PRId64, total,
		    pages);
	buf_byte(b, '}');
	buf_printf(&reply->note, "\"rows\":%" PRId64, n);
}

static void
save(struct xano *x)
{
	if (x->store != NULL)
		table_save(&x->table, x->store);
}

/* The path behind "/api:GROUP", and whether the group is "meta". */
static const char *
behind_api(const char *path, bool *meta)
{
	const char *at = strstr(path, "/api:"), *rest;

	if (at == NULL)
		return NULL;
	rest = at + 5 + strcspn(at + 5, "/");
	*meta = rest - at == 9 && strncmp(at, "/api:meta", 9) == 0;
	return rest;
}

static void
handle(void *user, const struct standin_request *request,
    struct standin_reply *reply)
{
	struct xano *x = user;
	struct json_value body = { .type = JSON_NONE };
	struct scan *scan = scan_new();
	uint64_t before = x->table.changes;
	bool meta = false;
	const char *rest = behind_api(request->path, &meta);
	size_t at, len = request->body_len;

	x->table.request = request->number;
	while (len > 0 && strchr(" \t\r\n", request->body[len - 1]) != NULL)
		len--;
	if (len > 0 && scan_value(scan, request->body, len, &at) == NULL)
		body = (struct json_value){ *request->body == '{' ? JSON_OBJECT
			                                          : JSON_ARRAY,
			false, request->body, len };
	if (strcmp(request->path, "/_rows") == 0) {
		reply->content_type = "application/x-ndjson";
		table_dump(&x->table, &reply->body);
	} else if (strcmp(request->path, "/_history") == 0) {
		reply->content_type = "application/x-ndjson";
		buf_add(&reply->body, x->table.events.data,
		    x->table.events.len);
	} else if (rest == NULL) {
		xano_refuse(x, reply, 404, "ERROR_CODE_NOT_FOUND",
		    "Unable to locate request.", NULL);
	} else if (meta) {
		meta_handle(x, rest, request, body, reply);
	} else {
		crud_handle(x, rest, request, body, reply);
	}
	scan_free(scan);
	if (x->table.changes != before)
		save(x);
}

static void
fail(void *user, int status, struct standin_reply *reply)
{
	static const struct {
		int status;
		const char *code, *message;
	} usual_errors[] = {
		{ 400, "ERROR_CODE_INPUT_ERROR", "Input error." },
		{ 401, "ERROR_CODE_UNAUTHORIZED", "Unauthorized." },
		{ 403, "ERROR_CODE_ACCESS_DENIED", "Access Denied." },
		{ 404, "ERROR_CODE_NOT_FOUND", "Not Found." },
		{ 429, "ERROR_CODE_TOO_MANY_REQUESTS",
		    "Whoa there! 10 requests per 20 seconds." },
	};
	size_t i;

	for (i = 0; i < sizeof usual_errors / sizeof *usual_errors; i++)
		if (usual_errors[i].status == status) {
			xano_refuse(user, reply, status, usual_errors[i].code,
			    usual_errors[i].message, NULL);
			return;
		}
	xano_refuse(user, reply, status, "ERROR_FATAL", "Fatal error.", NULL);
}

static void
state(void *user, struct buf *out)
{
	const struct xano *x = user;

	buf_printf(out, "{\"rows\":%zu,\"next_id\":%" PRId64 "}",
	    x->table.count, x->table.next_id);
}

static void
reset(void *user)
{
	struct xano *x = user;

	table_clear(&x->table, true);
	buf_clear(&x->table.events);
	xano_usual(x);
	xano_freeze(x, false);
	snprintf(x->scopes, sizeof x->scopes, "crud");
}

static void
end(void *user)
{
	save(user);
}

int
main(int argc, char *argv[])
{
	struct standin_options options = { 0 };
	struct xano x = { .table_name = "job", .scopes = "crud" };
	const char *schema = NULL, *key = "job_id", *token = NULL;
	uint64_t workspace = 1, table = 1;
	const struct opt opts[] = {
		STANDIN_OPTS(&options),
		{ .name = "schema",
		    .kind = OPT_TEXT,
		    .to = &schema,
		    .arg = "FILE",
		    .help = "columns of the table (required)" },
		{ .name = "store",
		    .kind = OPT_TEXT,
		    .to = &x.store,
		    .arg = "FILE",
		    .help = "keep the rows here from one start to the next" },
		{ .name = "token",
		    .kind = OPT_TEXT,
		    .to = &token,
		    .arg = "WORD",
		    .help = "the token that is let in (any)",
		    .env = "XANO_STANDIN_TOKEN" },
		{ .name = "workspace",
		    .kind = OPT_COUNT,
		    .to = &workspace,
		    .arg = "N",
		    .help = "id of the workspace (1)" },
		{ .name = "table",
		    .kind = OPT_COUNT,
		    .to = &table,
		    .arg = "N",
		    .help = "id of the table (1)" },
		{ .name = "name",
		    .kind = OPT_TEXT,
		    .to = &x.table_name,
		    .arg = "WORD",
		    .help = "name of the table (job)" },
		{ .name = "key",
		    .kind = OPT_TEXT,
		    .to = &key,
		    .arg = "COLUMN",
		    .help = "column that /_history names rows by (job_id)" },
		{ .name = NULL },
	};
	const struct opt_tool tool = { .name = "xano",
		.synopsis = "--schema=FILE [--port=N]",
		.summary = "a stand-in for Xano on loopback",
		.opts = opts };
	const struct standin_service service = { .name = "xano",
		.user = &x,
		.handle = handle,
		.fail = fail,
		.order = xano_order,
		.state = state,
		.reset = reset,
		.end = end };
	int status;

	sig_init();
	log_init("xano");
	opt_parse(&tool, argc, argv);
	if (schema == NULL)
		opt_wrong(&tool, "the columns are wanted", "--schema");
	x.workspace_id = (int64_t)workspace;
	x.table_id = (int64_t)table;
	x.token = token != NULL ? mem_string(token) : NULL;
	xano_usual(&x);
	table_load_columns(&x.table, schema, key);
	if (x.store != NULL)
		table_load(&x.table, x.store);
	status = standin_run(&options, &service);
	xano_freeze(&x, false);
	table_free(&x.table);
	free(x.token);
	return status;
}
