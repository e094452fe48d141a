/* deliver.c - the feed's own bytes, on their way to standard output */
#include "deliver.h"

#include <stdlib.h>
#include <string.h>

#include "aside.h"
#include "buf.h"
#include "mem.h"
#include "sniff.h"
#include "status.h"

#define HELD_BYTES ((size_t)STATE_HEAD)

enum stage {
	SNIFFING, /* what it is is not known: all of it is in HELD */
	HOLDING,  /* it may be the same again: in HELD, then ASIDE */
	FLOWING   /* it goes straight out */
};

struct deliver {
	const struct deliver_options *options;
	enum stage stage;
	struct buf held;     /* the first HELD_BYTES */
	struct aside *aside; /* what is behind them; NULL: never needed */
	struct hash *all;    /* NULL: no digest is wanted */
	struct hash *head;
	bool head_done;
	uint64_t expected;
	struct delivered result;
};

static bool
may_hold(const struct deliver_options *o)
{
	return o->whole || (o->last != NULL && o->last->known);
}

struct deliver *
deliver_open(const struct deliver_options *options)
{
	struct deliver *d = mem_zero(1, sizeof *d);

	d->options = options;
	if (may_hold(options))
		d->aside = aside_temporary();
	if (options->digest) {
		d->all = hash_new();
		d->head = hash_new();
	}
	deliver_restart(d);
	return d;
}

void
deliver_restart(struct deliver *d)
{
	d->stage = SNIFFING;
	buf_clear(&d->held);
	if (d->aside != NULL)
		aside_clear(d->aside);
	if (d->all != NULL) {
		hash_start(d->all);
		hash_start(d->head);
	}
	d->head_done = false;
	d->expected = UINT64_MAX;
	d->result = (struct delivered){ .ends_well = true };
}

void
deliver_expect(struct deliver *d, uint64_t length)
{
	d->expected = length;
}

static void
finish_head(struct deliver *d)
{
	unsigned char digest[HASH_BYTES];

	if (d->head_done || d->head == NULL)
		return;
	hash_end(d->head, digest);
	hash_hex(digest, d->result.head);
	d->head_done = true;
}

static void
add_digest(struct deliver *d, const char *bytes, size_t len)
{
	uint64_t room =
	    d->result.length < STATE_HEAD ? STATE_HEAD - d->result.length : 0;

	if (d->all == NULL)
		return;
	hash_add(d->all, bytes, len);
	if (d->head_done)
		return;
	hash_add(d->head, bytes, len < room ? len : (size_t)room);
	if (len >= room)
		finish_head(d);
}

/* Blanks, and the NULs of UTF-16, say nothing of how a document ends. */
static void
note_ending(struct deliver *d, const char *bytes, size_t len)
{
	while (len > 0 && memchr(" \t\r\n", bytes[len - 1], 5) != NULL)
		len--;
	if (len > 0 && d->options->wanted == DELIVER_XML)
		d->result.ends_well = bytes[len - 1] == '>';
}

static bool
refuse(enum sniff what, struct fault *why)
{
	return fault_set(why, EX_DATAERR,
	    "this is no feed; --expect says what is wanted", "it is %s",
	    sniff_name(what));
}

/* Look at the first bytes; ALL: these are all. */
static bool
look(struct deliver *d, bool all, struct fault *why)
{
	enum deliver_wanted wanted = d->options->wanted;
	enum sniff what = sniff(buf_string(&d->held), d->held.len, all);

	if (what == SNIFF_MORE)
		return true;
	if (what == SNIFF_EMPTY && !d->options->may_be_empty)
		return fault_set(why, EX_GUARD, "the feed is empty", "%s", "");
	if (what != SNIFF_EMPTY && wanted != DELIVER_ANY &&
	    what != (wanted == DELIVER_XML ? SNIFF_XML : SNIFF_JSON))
		return refuse(what, why);
	d->stage = HOLDING;
	return true;
}

/* Whether there is a reason to go on holding back, now that bytes came. */
static bool
goes_on_holding(struct deliver *d)
{
	const struct state *last = d->options->last;

	if (d->options->whole)
		return true;
	if (last == NULL || !last->known)
		return false;
	if (d->result.length > last->length ||
	    (d->expected != UINT64_MAX && d->expected != last->length))
		return false;
	return !d->head_done || strcmp(d->result.head, last->head) == 0;
}

static void
release(struct deliver *d)
{
	d->stage = FLOWING;
	out_add(d->options->out, d->held.data, d->held.len);
	buf_free(&d->held);
	if (d->aside != NULL) {
		aside_copy(d->aside, d->options->out);
		aside_clear(d->aside);
	}
}

bool
deliver_add(struct deliver *d, const char *bytes, size_t len, struct fault *why)
{
	size_t n;

	add_digest(d, bytes, len);
	d->result.length += len;
	note_ending(d, bytes, len);
	if (d->stage != FLOWING && d->held.len < HELD_BYTES) {
		n = HELD_BYTES - d->held.len;
		if (n > len)
			n = len;
		buf_add(&d->held, bytes, n);
		bytes += n;
		len -= n;
	}
	if (d->stage == SNIFFING && !look(d, false, why))
		return false;
	if (d->stage == HOLDING && !goes_on_holding(d))
		release(d);
	if (d->stage == FLOWING)
		out_add(d->options->out, bytes, len);
	else if (len > 0) /* held bytes are past what sniffing needs */
		aside_add(d->aside, bytes, len);
	return true;
}

bool
deliver_end(struct deliver *d, struct fault *why)
{
	const struct state *last = d->options->last;
	unsigned char digest[HASH_BYTES];

	if (d->stage == SNIFFING && !look(d, true, why))
		return false;
	if (!d->result.ends_well)
		return fault_again(why, EX_TEMPFAIL, "the feed is cut off",
		    "%s", "no tag ends it");
	if (d->all != NULL) {
		finish_head(d);
		hash_end(d->all, digest);
		hash_hex(digest, d->result.digest);
	}
	if (d->stage == FLOWING)
		return true;
	d->result.unchanged = last != NULL && last->known &&
	                      d->result.length == last->length &&
	                      strcmp(d->result.digest, last->digest) == 0;
	if (!d->result.unchanged)
		release(d);
	return true;
}

bool
deliver_began(const struct deliver *d)
{
	return d->stage == FLOWING;
}

const struct delivered *
deliver_result(const struct deliver *d)
{
	return &d->result;
}

void
deliver_close(struct deliver *d)
{
	if (d == NULL)
		return;
	aside_drop(d->aside);
	hash_free(d->all);
	hash_free(d->head);
	buf_free(&d->held);
	free(d);
}
