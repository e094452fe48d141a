/* recover.c - what to do where the XML parser stops */
#include <string.h>

#include "cut.h"
#include "feed_state.h"
#include "log.h"
#include "status.h"

static const char *
entity_value(void *user, const char *name, size_t len)
{
	const struct feed *f = user;

	for (size_t i = 0; i < f->entity_count; i++)
		if (strlen(f->entities[i].name) == len &&
		    memcmp(f->entities[i].name, name, len) == 0)
			return f->entities[i].value;
	return NULL;
}

static void
say(struct feed *f, const char *message, const char *reason, uint64_t at)
{
	log_error(message, LOG_TEXT("reason", reason),
	    LOG_UINT("line", feed_line(f, at)), LOG_UINT("offset", at));
}

/* Go on behind a record. */
static int
go_on(struct feed *f, struct path *parent, uint64_t offset)
{
	const char *error;

	f->here = parent;
	error = parse_from(f, offset);
	f->fed = (size_t)(offset - f->start);
	if (error == NULL)
		return EX_OK;
	say(f, "the feed can't be taken up again", error, offset);
	return EX_DATAERR;
}

/* Look for the end of the record from C on; reads as far as it is allowed. */
static enum cut_found
record_end(struct feed *f, struct cut *c, size_t most)
{
	enum cut_found found;

	for (;;) {
		found = cut_find(c, f->window.data, f->window.len, f->ended);
		if (found != CUT_MORE || f->ended || f->window.len > most)
			return found;
		feed_more(f);
		if (f->failed != EX_OK)
			return CUT_MORE;
	}
}

int
recover_oversized(struct feed *f, struct path *record)
{
	struct cut c = { .name = record->name,
		.parent = record->parent->name,
		.at = (size_t)(f->record_at - f->start) + 1 };
	enum cut_found found;
	size_t drop;

	feed_refuse(f, f->record_at, f->start + f->window.len,
	    "a record longer than --max-record");
	while ((found = cut_find(&c, f->window.data, f->window.len,
	            f->ended)) == CUT_MORE &&
	       !f->ended && f->failed == EX_OK) {
		drop = c.at;
		if (c.trap != 0 && drop - c.trap < PROLOG_MAX)
			drop = c.trap;
		feed_drop(f, f->start + drop);
		c.at -= drop;
		c.trap = c.trap < drop ? 0 : c.trap - drop;
		feed_more(f);
	}
	if (f->failed != EX_OK)
		return f->failed;
	if (found == CUT_MORE) {
		say(f, "the feed ends too early", "it ends inside of a record",
		    f->start + f->window.len);
		return EX_DATAERR;
	}
	return go_on(f, record->parent, f->start + c.at);
}

static void
count_mended(struct feed *f, const struct mended *done)
{
	f->counts.mended.ampersands += done->ampersands;
	f->counts.mended.entities += done->entities;
	f->counts.mended.controls += done->controls;
	f->counts.mended.bytes += done->bytes;
	f->counts.mended.marks += done->marks;
	f->counts.mended.tags += done->tags;
}

/* Bytes of one record: mended and parsed alone, or refused. */
static void
take_record(struct feed *f, struct path *record, uint64_t to)
{
	struct mended done = { 0 };
	uint64_t from = f->record_at;
	const char *error;

	buf_clear(&f->mended);
	mend(&f->mended, f->window.data + (from - f->start),
	    (size_t)(to - from), &done, entity_value, f);
	error = parse_alone(f, f->mended.data, f->mended.len, record);
	if (error != NULL) {
		feed_refuse(f, from, to, error);
		return;
	}
	parse_deliver(f, from, to);
	f->counts.records_mended++;
	count_mended(f, &done);
}

static int
recover_record(struct feed *f, struct path *record)
{
	const char *error = parse_error(f);
	struct cut c = { .name = record->name, .parent = record->parent->name };
	enum cut_found found;

	feed_drop(f, f->record_at);
	c.at = 1;
	found = record_end(f, &c, f->options->max_record);
	if (f->failed != EX_OK)
		return f->failed;
	if (found == CUT_MORE && !f->ended)
		return recover_oversized(f, record);
	if (found == CUT_MORE) {
		uint64_t end = f->start + f->window.len;

		feed_refuse(f, f->record_at, end,
		    "the feed ends inside of this record");
		say(f, "the feed ends too early", "it ends inside of a record",
		    end);
		return EX_DATAERR;
	}
	if (found == CUT_END)
		take_record(f, record, f->start + c.at);
	else
		feed_refuse(f, f->record_at, f->start + c.at,
		    f->stop != NULL ? error : "a record without an end tag");
	if (f->no_more)
		return EX_OK;
	return go_on(f, record->parent, f->start + c.at);
}

/*
 * Bytes between records, LEN from the error on: mended, in the elements that
 * are open.  False when that does not make them well-formed.
 */
static bool
mend_between(struct feed *f, uint64_t from, size_t len, bool final)
{
	struct mended done = { 0 };

	buf_clear(&f->mended);
	mend(&f->mended, f->window.data + (from - f->start), len, &done,
	    entity_value, f);
	if (parse_from(f, from) != NULL ||
	    !parse_bytes(f, f->mended.data == NULL ? "" : f->mended.data,
	        f->mended.len, final) ||
	    f->in_record)
		return false;
	count_mended(f, &done);
	/* the parser saw other bytes than stand in the feed */
	f->base += (int64_t)len - (int64_t)f->mended.len;
	f->fed = (size_t)(from - f->start) + len;
	f->finished = final;
	return true;
}

/* The start of the tag in which the parser stopped, or where it stopped. */
static uint64_t
tag_start(const struct feed *f)
{
	uint64_t at = parse_offset(f);
	size_t i = (size_t)(at - f->start);

	if (i >= f->window.len)
		return at;
	while (i > 0 && f->window.data[i] != '<' && f->window.data[i] != '>')
		i--;
	return f->window.data[i] == '<' ? f->start + i : at;
}

static int
recover_between(struct feed *f)
{
	const char *error = parse_error(f);
	uint64_t from = tag_start(f);
	struct cut c = { .name = f->record_name,
		.parent = "",
		.between = true };
	enum cut_found found;

	if (f->record_name == NULL || f->root_ended) {
		say(f,
		    f->root_ended ? "something follows the root element"
		                  : "not well-formed",
		    error, from);
		return EX_DATAERR;
	}
	feed_drop(f, from);
	do /* end tags here have no start */
		found = record_end(f, &c, f->options->max_record);
	while (found == CUT_END);
	if (f->failed != EX_OK)
		return f->failed;
	if (found == CUT_START && c.at == 0) {
		/* it is the start tag of a record that is wrong */
		f->record_at = from;
		return recover_record(f, f->record_path);
	}
	if (c.at > 0 && mend_between(f, from, c.at, found == CUT_MORE))
		return EX_OK;
	if (found == CUT_MORE) {
		say(f, "the feed ends too early", error, from);
		return EX_DATAERR;
	}
	f->counts.skipped += c.at;
	log_warning("bytes between records that can't be read",
	    LOG_TEXT("reason", error), LOG_UINT("line", feed_line(f, from)),
	    LOG_UINT("offset", from), LOG_UINT("bytes", c.at));
	return go_on(f, f->record_path->parent, from + c.at);
}

int
recover(struct feed *f)
{
	if (f->options->strict) {
		say(f, "not well-formed", parse_error(f), parse_offset(f));
		return EX_DATAERR;
	}
	return f->in_record ? recover_record(f, f->here) : recover_between(f);
}
