/* report.c - what became of each row, on standard output */
#include "report.h"

#include <string.h>

#include "log.h"

const char *const op_names[] = {
	[OP_ADD] = "add", [OP_CHANGE] = "change", [OP_DELETE] = "delete"
};

static void
start(struct report *r, const char *op, const char *key, const char *id,
    const char *status)
{
	buf_clear(&r->line);
	buf_printf(&r->line,
	    "{\"op\":\"%s\",\"key\":%s,\"id\":%s,\"status\":\"%s\"", op, key,
	    id, status);
}

static void
end(struct report *r)
{
	buf_byte(&r->line, '}');
	out_add(r->out, r->line.data, r->line.len);
	out_line(r->out);
}

void
report_done(struct report *r, enum op op, const char *key, const char *id,
    const char *more)
{
	start(r, op_names[op], key, id, "done");
	buf_text(&r->line, more);
	end(r);
	r->added += op == OP_ADD;
	r->changed += op == OP_CHANGE;
	r->deleted += op == OP_DELETE;
}

void
report_failed(struct report *r, enum op op, const char *key, const char *id,
    const struct reply *why)
{
	start(r, op_names[op], key, id, "failed");
	buf_printf(&r->line, ",\"http\":%ld", why->status);
	buf_json_member(&r->line, "code", why->code, strlen(why->code));
	if (why->param[0] != '\0')
		buf_json_member(&r->line, "param", why->param,
		    strlen(why->param));
	buf_json_member(&r->line, "message", why->message,
	    strlen(why->message));
	end(r);
	r->failed++;
	log_warning("a row is refused", LOG_TEXT("op", op_names[op]),
	    LOG_TEXT("key", key), LOG_SINT("status", why->status),
	    LOG_TEXT("code", why->code), LOG_TEXT("param", why->param),
	    LOG_TEXT("why", why->message));
}

void
report_kept(struct report *r, const char *key, const char *id)
{
	start(r, op_names[OP_ADD], key, id, "kept");
	end(r);
	r->kept++;
}

void
report_lost(const char *key, const struct reply *why)
{
	log_error("a row that was to be replaced could not be put back",
	    LOG_TEXT("key", key), LOG_SINT("status", why->status),
	    LOG_TEXT("code", why->code), LOG_TEXT("why", why->message));
}

void
report_drift(struct report *r, const char *what, const char *key,
    const char *id, const char *columns)
{
	start(r, "verify", key, id, what);
	if (*columns != '\0') {
		buf_json_key(&r->line, "columns");
		buf_text(&r->line, columns);
	}
	end(r);
	r->drifted++;
	log_warning("a row is not as it should be after the sync",
	    LOG_TEXT("what", what), LOG_TEXT("key", key),
	    LOG_TEXT("columns", columns));
}
