/* store.c - the Xano stand-in's rows as JSON, shown and kept in a file */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "log.h"
#include "status.h"
#include "table.h"

#define STORE_MAX ((size_t)1 << 30)

void
table_show(const struct table *t, const struct row *row, struct buf *out)
{
	size_t i;

	buf_byte(out, '{');
	for (i = 0; i < t->column_count; i++) {
		buf_json_key(out, t->columns[i].name);
		buf_text(out, row->values[i]);
	}
	buf_byte(out, '}');
}

void
table_show_id(const struct row *row, bool as_string, struct buf *out)
{
	bool quote = as_string && row->values[0][0] != '"';

	if (quote)
		buf_byte(out, '"');
	buf_text(out, row->values[0]);
	if (quote)
		buf_byte(out, '"');
}

void
table_dump(const struct table *t, struct buf *out)
{
	size_t i;

	for (i = 0; i < t->count; i++) {
		table_show(t, &t->rows[i], out);
		buf_byte(out, '\n');
	}
}

void
table_save(const struct table *t, const char *path)
{
	struct buf out = { 0 };
	const char *wrong;

	buf_printf(&out, "{\"next_id\":%" PRId64 "}\n", t->next_id);
	table_dump(t, &out);
	wrong = file_replace(path, out.data, out.len);
	if (wrong != NULL)
		die(EX_IOERR, "cannot save the table", LOG_TEXT("file", path),
		    LOG_TEXT("error", wrong));
	buf_free(&out);
}

/* A line of the store: the first says where ids go on. */
static void
load_line(struct table *t, struct json_value line, bool first, const char *path)
{
	struct refusal r;
	struct json_value id = json_get(line, first ? "next_id" : "id");
	long long next = 0;

	if (first && json_int64(id, &next))
		t->next_id = next;
	else if (table_insert(t, line, true, &r) == SIZE_MAX)
		die(EX_CONFIG, "a stored row does not fit the table",
		    LOG_TEXT("file", path), LOG_TEXT("error", r.message),
		    LOG_TEXT("column", r.param));
}

void
table_load(struct table *t, const char *path)
{
	struct buf text = { 0 };
	struct scan *scan = scan_new();
	const char *wrong = file_read(path, STORE_MAX, &text), *at, *end;
	int64_t next_id;
	bool first = true;

	if (wrong != NULL && access(path, F_OK) != 0) {
		scan_free(scan);
		return; /* a store yet to be made */
	}
	if (wrong != NULL)
		die(EX_NOINPUT, "cannot read the table", LOG_TEXT("file", path),
		    LOG_TEXT("error", wrong));
	for (at = text.data; at < text.data + text.len; at = end + 1) {
		struct json_value line = { JSON_OBJECT, false, at, 0 };
		size_t where;

		end = memchr(at, '\n', (size_t)(text.data + text.len - at));
		if (end == NULL)
			end = text.data + text.len;
		line.len = (size_t)(end - at);
		wrong = scan_value(scan, at, line.len, &where);
		if (wrong != NULL)
			die(EX_DATAERR, "the stored table is not NDJSON",
			    LOG_TEXT("file", path), LOG_TEXT("error", wrong));
		load_line(t, line, first, path);
		first = false;
	}
	next_id = t->count > 0 ? t->rows[t->count - 1].id + 1 : 1;
	if (t->next_id < next_id)
		t->next_id = next_id;
	buf_clear(&t->events);
	buf_free(&text);
	scan_free(scan);
}
