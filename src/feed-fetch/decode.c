/* decode.c - compressed bytes in, plain bytes out, as a stream */
#include "decode.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "decode_kind.h"
#include "mem.h"
#include "status.h"

#define MAGIC_BYTES 4

/* Nothing to decode. */
static bool
plain_push(struct decode *d, const char *bytes, size_t len, struct fault *why)
{
	(void)why;
	return d->sink.take(d->sink.self, bytes, len);
}

static bool
plain_end(struct decode *d, struct fault *why)
{
	(void)d;
	(void)why;
	return true;
}

static void
plain_close(struct decode *d)
{
	free(d);
}

static const struct decode_kind plain_kind = { plain_push, plain_end,
	plain_close };

static struct decode *
plain_open(void)
{
	struct decode *d = mem_zero(1, sizeof *d);

	d->kind = &plain_kind;
	return d;
}

/* The first bytes say what it is. */
struct magic {
	struct decode base;
	struct decode *inner; /* NULL until they are there */
	char head[MAGIC_BYTES];
	size_t len;
};

static enum coding
recognise(const char *head, size_t len)
{
	static const struct {
		const char *bytes;
		size_t len;
		enum coding coding;
	} magics[] = {
		{ "\x1F\x8B", 2, CODING_GZIP },
		{ "PK\3\4", 4, CODING_ZIP },
		{ "PK\5\6", 4, CODING_ZIP }, /* an empty one */
		{ "\x28\xB5\x2F\xFD", 4, CODING_ZSTD },
	};
	size_t i;

	for (i = 0; i < sizeof magics / sizeof *magics; i++)
		if (len >= magics[i].len &&
		    memcmp(head, magics[i].bytes, magics[i].len) == 0)
			return magics[i].coding;
	return CODING_IDENTITY;
}

static bool
magic_settle(struct magic *m, struct fault *why)
{
	m->inner = decode_open(recognise(m->head, m->len), m->base.sink);
	return m->len == 0 || decode_push(m->inner, m->head, m->len, why);
}

static bool
magic_push(struct decode *d, const char *bytes, size_t len, struct fault *why)
{
	struct magic *m = (struct magic *)d;
	size_t n = MAGIC_BYTES - m->len;

	if (m->inner == NULL) {
		if (n > len)
			n = len;
		memcpy(m->head + m->len, bytes, n);
		m->len += n;
		bytes += n;
		len -= n;
		if (m->len < MAGIC_BYTES)
			return true;
		if (!magic_settle(m, why))
			return false;
	}
	return len == 0 || decode_push(m->inner, bytes, len, why);
}

static bool
magic_end(struct decode *d, struct fault *why)
{
	struct magic *m = (struct magic *)d;

	if (m->inner == NULL && !magic_settle(m, why))
		return false;
	return decode_end(m->inner, why);
}

static void
magic_close(struct decode *d)
{
	decode_close(((struct magic *)d)->inner);
	free(d);
}

static const struct decode_kind magic_kind = { magic_push, magic_end,
	magic_close };

static struct decode *
magic_open(void)
{
	struct magic *m = mem_zero(1, sizeof *m);

	m->base.kind = &magic_kind;
	return &m->base;
}

struct decode *
decode_open(enum coding coding, struct decode_sink sink)
{
	struct decode *d;

	switch (coding) {
	case CODING_GZIP:
	case CODING_DEFLATE:
		d = decode_deflate_open(coding);
		break;
	case CODING_BR:
		d = decode_br_open();
		break;
	case CODING_ZSTD:
		d = decode_zstd_open();
		break;
	case CODING_ZIP:
		d = decode_zip_open();
		break;
	case CODING_MAGIC:
		d = magic_open();
		break;
	default:
		d = plain_open();
	}
	d->sink = sink;
	return d;
}

bool
decode_push(struct decode *d, const char *bytes, size_t len, struct fault *why)
{
	if (len == 0)
		return true;
	d->began = true;
	return d->kind->push(d, bytes, len, why);
}

bool
decode_end(struct decode *d, struct fault *why)
{
	return !d->began || d->kind->end(d, why);
}

bool
decode_is_plain(const struct decode *d)
{
	if (d->kind == &magic_kind)
		d = ((const struct magic *)d)->inner;
	return d != NULL && d->kind == &plain_kind;
}

void
decode_close(struct decode *d)
{
	if (d != NULL)
		d->kind->close(d);
}

bool
decode_cut(struct fault *why)
{
	return fault_again(why, EX_TEMPFAIL, "the compressed feed is cut off",
	    "%s", "its end mark did not come");
}

bool
decode_named(const char *list, enum coding *coding)
{
	static const struct {
		const char *name;
		enum coding coding;
	} names[] = {
		{ "identity", CODING_IDENTITY },
		{ "gzip", CODING_GZIP },
		{ "x-gzip", CODING_GZIP },
		{ "deflate", CODING_DEFLATE },
		{ "br", CODING_BR },
		{ "zstd", CODING_ZSTD },
	};
	enum coding found = CODING_IDENTITY;
	size_t i, len;

	for (;; list += len) {
		list += strspn(list, ", \t");
		len = strcspn(list, ", \t");
		if (len == 0)
			break;
		for (i = 0; i < sizeof names / sizeof *names; i++)
			if (strlen(names[i].name) == len &&
			    strncasecmp(names[i].name, list, len) == 0)
				break;
		if (i == sizeof names / sizeof *names)
			return false;
		if (names[i].coding == CODING_IDENTITY)
			continue;
		if (found != CODING_IDENTITY)
			return false;
		found = names[i].coding;
	}
	*coding = found;
	return true;
}
