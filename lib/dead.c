/* dead.c - dead letters: what was refused, kept with its reason */
#include "dead.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "log.h"
#include "out.h"
#include "utf8.h"

struct dead {
	struct out *out; /* NULL: letters are only counted */
	char *stage;
	uint64_t count;
	struct buf letter;
};

struct dead *
dead_open(const char *path, const char *stage)
{
	struct dead *d = mem_zero(1, sizeof *d);

	if (path != NULL && *path != '\0')
		d->out = out_append(path);
	d->stage = mem_string(stage);
	return d;
}

static void
add_uint(struct buf *b, const char *name, uint64_t value)
{
	buf_json_key(b, name);
	buf_json_uint(b, value);
}

static void
add_raw(struct buf *b, const char *raw, size_t len)
{
	/* No reader of ours takes a NUL, escaped or not. */
	if (utf8_valid(raw, len) == len && memchr(raw, '\0', len) == NULL) {
		buf_json_member(b, "raw", raw, len);
		return;
	}
	buf_json_key(b, "raw_base64");
	buf_byte(b, '"');
	buf_base64(b, raw, len);
	buf_byte(b, '"');
}

void
dead_letter(struct dead *d, uint64_t line, uint64_t offset, const char *error,
    const char *raw, size_t raw_len, uint64_t raw_bytes)
{
	struct buf *b = &d->letter;

	d->count++;
	log_warning("record refused", LOG_UINT("line", line),
	    LOG_UINT("offset", offset), LOG_TEXT("error", error));
	if (d->out == NULL)
		return;
	if (raw_len > DEAD_RAW)
		raw_len = DEAD_RAW;
	buf_clear(b);
	buf_byte(b, '{');
	buf_json_member(b, "stage", d->stage, strlen(d->stage));
	add_uint(b, "line", line);
	add_uint(b, "offset", offset);
	buf_json_member(b, "error", error, strlen(error));
	add_raw(b, raw, raw_len);
	if (raw_len < raw_bytes)
		add_uint(b, "raw_bytes", raw_bytes);
	buf_byte(b, '}');
	out_add(d->out, b->data, b->len);
	out_line(d->out);
}

uint64_t
dead_count(const struct dead *d)
{
	return d->count;
}

void
dead_close(struct dead *d)
{
	if (d == NULL)
		return;
	out_close(d->out);
	buf_free(&d->letter);
	free(d->stage);
	free(d);
}
