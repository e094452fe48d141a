/* decode_deflate.c - gzip (RFC 1952), zlib (RFC 1950) and bare deflate */
#include <stdlib.h>

#include "decode_kind.h"
#include "inflater.h"
#include "mem.h"
#include "status.h"

struct deflate {
	struct decode base;
	enum coding coding;
	bool ended;   /* between two members of gzip, or behind the stream */
	bool padded;  /* zeros came behind it: only more of them may */
	bool settled; /* the form is known */
	bool has_first;
	unsigned char first; /* byte of a stream whose form is not */
	struct inflater inflater;
};

/*
 * Behind the end.  gzip files are put together by joining them, and tapes pad
 * them with zeros; anything else is no part of a feed.
 */
static bool
behind_end(struct deflate *d, const char **bytes, size_t *len,
    struct fault *why)
{
	while (*len > 0 && **bytes == '\0') {
		d->padded = true;
		++*bytes;
		--*len;
	}
	if (*len == 0)
		return true;
	if (d->coding != CODING_GZIP || d->padded || **bytes != '\x1F')
		return fault_set(why, EX_DATAERR,
		    "there are bytes behind the end of the compressed feed",
		    "%s", "");
	inflater_start(&d->inflater, INFLATER_GZIP);
	d->ended = false;
	return true;
}

static bool
inflate_some(struct deflate *d, const char *bytes, size_t len,
    struct fault *why)
{
	while (len > 0) {
		if (d->ended) {
			if (!behind_end(d, &bytes, &len, why))
				return false;
			continue;
		}
		switch (inflater_run(&d->inflater, &d->base.sink, &bytes, &len,
		    why)) {
		case INFLATER_ENDED:
			d->ended = true;
			break;
		case INFLATER_MORE:
			break;
		case INFLATER_FAILED:
			return false;
		}
	}
	return true;
}

/*
 * What HTTP calls deflate is in zlib's wrapping (RFC 9110, 8.4.1.2), but some
 * servers leave that out.  The first two bytes tell.
 */
static bool
settle_form(struct deflate *d, const char **bytes, size_t *len,
    struct fault *why)
{
	unsigned int both;

	if (!d->has_first) {
		d->has_first = true;
		d->first = (unsigned char)**bytes;
		++*bytes;
		--*len;
		if (*len == 0)
			return true;
	}
	both = (unsigned int)d->first << 8 | (unsigned char)**bytes;
	d->settled = true;
	inflater_start(&d->inflater, (d->first & 15) == 8 && both % 31 == 0
	                                 ? INFLATER_ZLIB
	                                 : INFLATER_BARE);
	return inflate_some(d, (const char *)&d->first, 1, why);
}

static bool
deflate_push(struct decode *base, const char *bytes, size_t len,
    struct fault *why)
{
	struct deflate *d = (struct deflate *)base;

	if (!d->settled && !settle_form(d, &bytes, &len, why))
		return false;
	return inflate_some(d, bytes, len, why);
}

static bool
deflate_end(struct decode *base, struct fault *why)
{
	struct deflate *d = (struct deflate *)base;

	if (d->ended)
		return true;
	if (d->settled && inflater_lacks_trailer(&d->inflater))
		return fault_set(why, EX_DATAERR,
		    "the checksum of the compressed feed is missing", "%s", "");
	return decode_cut(why);
}

static void
deflate_close(struct decode *base)
{
	inflater_end(&((struct deflate *)base)->inflater);
	free(base);
}

struct decode *
decode_deflate_open(enum coding coding)
{
	static const struct decode_kind kind = { deflate_push, deflate_end,
		deflate_close };
	struct deflate *d = mem_zero(1, sizeof *d);

	d->base.kind = &kind;
	d->coding = coding;
	d->settled = coding == CODING_GZIP;
	if (d->settled)
		inflater_start(&d->inflater, INFLATER_GZIP);
	return &d->base;
}
