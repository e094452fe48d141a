/* listing.c - read a table whole, or know that one has not */
#include "listing.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "idset.h"
#include "log.h"
#include "mem.h"
#include "status.h"

#define READINGS 5      /* before a table that moves is given up */
#define MIN_PER_PAGE 20 /* pages are not made smaller than this */
#define SHRINKS 2       /* by four each time */

struct listing {
	struct api *api;
	const struct profile *p;
	uint64_t per_page;
	unsigned int shrinks;
	size_t choice; /* the way to list that is in use */
	bool no_keyset, no_find;
	struct idset *seen;
	struct json_members row; /* that is looked at */
	/* What the last reading amounted to: for lists without totals. */
	bool have_last;
	uint64_t last_count, last_sum;
};

enum reading {
	READING_WHOLE,
	READING_MOVED,  /* changed under our eyes: again */
	READING_AGAIN,  /* in smaller pages: again */
	READING_CANT,   /* this way of listing does not work here */
	READING_FAILED, /* said why */
};

/* One reading of a list, while it goes on. */
struct run {
	struct listing *l;
	const struct endpoint *e;
	const struct vars *extra;
	const struct listing_visitor *v;
	int status; /* of READING_FAILED */
	bool first; /* no page has been read yet */
	int64_t first_total, last_total;
	uint64_t count, sum; /* rows with an id of their own, and those ids */
	bool doubled;        /* an id came twice */
};

struct page {
	struct json_value items;
	bool more, knows_more; /* whether it said that there is a next page */
	int64_t total;         /* -1: not told */
};

struct listing *
listing_new(struct api *a, const struct profile *p, uint64_t per_page)
{
	struct listing *l = mem_zero(1, sizeof *l);

	l->api = a;
	l->p = p;
	l->per_page = per_page;
	l->seen = idset_new();
	return l;
}

void
listing_free(struct listing *l)
{
	if (l == NULL)
		return;
	idset_free(l->seen);
	json_members_free(&l->row);
	free(l);
}

uint64_t
listing_wait_ms(const struct listing *l)
{
	return api_options(l->api)->wait_ms;
}

void
listing_no_keyset(struct listing *l)
{
	l->no_keyset = true;
}

static bool
is_name(const struct json_member *m, const char *name)
{
	return m->name_len == strlen(name) &&
	       memcmp(m->name, name, m->name_len) == 0;
}

/* The rows of an answer: an array, or an object that holds one. */
static bool
parse_page(const struct endpoint *e, const struct reply *r, struct page *out)
{
	long long n;
	size_t i;

	*out = (struct page){ .items = r->body, .total = -1 };
	if (r->body.type == JSON_ARRAY)
		return true;
	out->items.type = JSON_NONE;
	for (i = 0; i < r->member_count; i++) {
		const struct json_member *m = &r->members[i];

		if (is_name(m, e->items)) {
			out->items = m->value;
		} else if (is_name(m, "nextPage")) {
			out->knows_more = true;
			out->more = m->value.type == JSON_NUMBER;
		} else if (is_name(m, "itemsTotal") &&
		           m->value.type == JSON_NUMBER &&
		           json_int64(m->value, &n) && n >= 0) {
			out->total = n;
		}
	}
	return out->items.type == JSON_ARRAY;
}

static enum reading
odd(struct run *run, const char *why)
{
	log_error("the list of rows is not what it should be",
	    LOG_TEXT("path", run->e->path), LOG_TEXT("why", why));
	run->status = EX_PROTOCOL;
	return READING_FAILED;
}

/* What to make of a page that could not be had. */
static enum reading
give_up(struct run *run, const struct reply *r)
{
	struct listing *l = run->l;
	bool refused =
	    r->verdict == VERDICT_REFUSED || r->verdict == VERDICT_ABSENT;
	bool heavy =
	    r->verdict == VERDICT_TOO_LARGE || r->verdict == VERDICT_LOST ||
	    r->verdict == VERDICT_AILING || r->verdict == VERDICT_FATAL;

	if (refused && run->first &&
	    (run->extra != NULL || l->choice + 1 < l->p->list_count)) {
		log_info("this way to list rows is refused, trying another",
		    LOG_TEXT("path", run->e->path),
		    LOG_SINT("status", r->status));
		return READING_CANT;
	}
	if (heavy && run->e->paging != PAGING_NONE && l->shrinks < SHRINKS &&
	    l->per_page / 4 >= MIN_PER_PAGE) {
		l->shrinks++;
		l->per_page /= 4;
		log_info("asking for smaller pages",
		    LOG_UINT("per_page", l->per_page));
		return READING_AGAIN;
	}
	reply_complain(r, "can't read the table, so nothing is done to it");
	run->status = verdict_status(r->verdict);
	return READING_FAILED;
}

/* Get one page; READING_WHOLE means that it is there. */
static enum reading
get_page(struct run *run, uint64_t number, const char *after, struct reply *r,
    struct page *page)
{
	char page_text[24], per_page[24];
	struct var items[3] = { { "page", page_text, 0 },
		{ "per_page", per_page, 0 },
		{ "after", after, strlen(after) } };
	struct vars vars = { items, 3, NULL };
	struct var both[5];
	enum reading got;

	*page = (struct page){ .total = -1 };
	items[0].len =
	    (size_t)snprintf(page_text, sizeof page_text, "%" PRIu64, number);
	items[1].len = (size_t)snprintf(per_page, sizeof per_page, "%" PRIu64,
	    run->l->per_page);
	if (run->extra != NULL) {
		memcpy(both, items, sizeof items);
		memcpy(both + 3, run->extra->items,
		    run->extra->count * sizeof *both);
		vars = (struct vars){ both, 3 + run->extra->count, NULL };
	}
	api_call(run->l->api, run->e, &vars, r);
	if (r->verdict != VERDICT_OK) {
		got = give_up(run, r);
		reply_free(r);
		return got;
	}
	if (!parse_page(run->e, r, page)) {
		reply_free(r);
		return odd(run, "neither an array nor a page of rows");
	}
	if (run->first)
		run->first_total = page->total;
	run->last_total = page->total;
	run->first = false;
	return READING_WHOLE;
}

static struct json_value
id_of(const struct json_members *row, const char *column)
{
	size_t i;

	for (i = 0; i < row->count; i++)
		if (is_name(&row->items[i], column))
			return row->items[i].value;
	return (struct json_value){ JSON_NONE, false, NULL, 0 };
}

/* Give on the rows of a page that have not been seen. */
static enum reading
take_rows(struct run *run, const struct page *page, size_t *fresh)
{
	const char *id_column = run->l->p->id;
	struct json_members *row = &run->l->row;
	struct json_walk w;

	*fresh = 0;
	for (w = json_walk(page->items); json_next_members(&w, row);) {
		if (row->object.type != JSON_OBJECT)
			return odd(run, "a row that is no object");
		if (id_column != NULL) {
			struct json_value id = id_of(row, id_column);

			if (id.type != JSON_NUMBER && id.type != JSON_STRING)
				return odd(run, "a row without an id");
			if (!idset_add(run->l->seen, id.text, id.len)) {
				run->doubled = true;
				continue;
			}
			run->sum += idset_hash(id.text, id.len);
		}
		run->count++;
		++*fresh;
		run->v->row(run->v->user, row);
	}
	return READING_WHOLE;
}

/* The same, of rows whose ids have to come after the last one, and ascend. */
static enum reading
take_ascending(struct run *run, const struct page *page, size_t *fresh,
    long long *last)
{
	struct json_members *row = &run->l->row;
	struct json_walk w;

	*fresh = 0;
	for (w = json_walk(page->items); json_next_members(&w, row);) {
		long long id;

		if (row->object.type != JSON_OBJECT)
			return odd(run, "a row that is no object");
		if (!json_int64(id_of(row, run->l->p->id), &id) ||
		    id <= *last) {
			log_info("rows can't be read by ascending id");
			return READING_CANT;
		}
		*last = id;
		++*fresh;
		run->v->row(run->v->user, row);
	}
	return READING_WHOLE;
}

/* Whether the numbers say that all was seen, and seen once. */
static enum reading
add_up(struct run *run, bool paged)
{
	struct listing *l = run->l;
	bool agrees;

	if (run->doubled)
		return READING_MOVED;
	if (run->first_total >= 0 || run->last_total >= 0)
		return run->first_total == run->last_total &&
		               (uint64_t)run->first_total == run->count
		           ? READING_WHOLE
		           : READING_MOVED;
	if (!paged)
		return READING_WHOLE;
	agrees = l->have_last && l->last_count == run->count &&
	         l->last_sum == run->sum;
	l->have_last = true;
	l->last_count = run->count;
	l->last_sum = run->sum;
	return agrees ? READING_WHOLE : READING_MOVED;
}

static enum reading
read_pages(struct run *run)
{
	enum reading got;
	uint64_t number = 1;
	size_t fresh;

	for (;; number++) {
		struct reply r;
		struct page page;

		got = get_page(run, number, "0", &r, &page);
		if (got != READING_WHOLE)
			return got;
		got = take_rows(run, &page, &fresh);
		reply_free(&r);
		if (got != READING_WHOLE)
			return got;
		if (run->e->paging == PAGING_NONE && page.more) {
			log_error("the list has more pages, but the profile "
			          "says that it has none",
			    LOG_TEXT("path", run->e->path));
			run->status = EX_CONFIG;
			return READING_FAILED;
		}
		if (run->e->paging == PAGING_NONE || fresh == 0 ||
		    (page.knows_more && !page.more))
			return add_up(run, number > 1);
	}
}

/*
 * A page of a keyset tells how many rows there still are.  If that is not what
 * the page before left, rows came or went.
 */
static enum reading
read_keyset(struct run *run)
{
	long long last = 0;
	int64_t left = -1;
	enum reading got;
	size_t fresh;

	for (;;) {
		char after[24];
		struct reply r;
		struct page page;

		snprintf(after, sizeof after, "%lld", last);
		got = get_page(run, 1, after, &r, &page);
		if (got == READING_AGAIN)
			continue;
		if (got != READING_WHOLE)
			return got;
		got = take_ascending(run, &page, &fresh, &last);
		reply_free(&r);
		if (got != READING_WHOLE)
			return got;
		if (left >= 0 && page.total >= 0 && page.total != left)
			return READING_MOVED;
		left = page.total >= 0 ? page.total - (int64_t)fresh : -1;
		if (fresh == 0 || (page.knows_more && !page.more))
			return left > 0 ? READING_MOVED : READING_WHOLE;
	}
}

static enum reading
read_once(struct run *run)
{
	run->first = true;
	run->first_total = run->last_total = -1;
	run->count = run->sum = 0;
	run->doubled = false;
	idset_clear(run->l->seen);
	run->v->start(run->v->user);
	return run->e->paging == PAGING_KEYSET ? read_keyset(run)
	                                       : read_pages(run);
}

/* The way to list that is to be used, or the next one. */
static const struct endpoint *
choose(struct listing *l)
{
	while (l->no_keyset && l->choice + 1 < l->p->list_count &&
	       l->p->lists[l->choice].paging == PAGING_KEYSET)
		l->choice++;
	return &l->p->lists[l->choice];
}

/* Another way to list, after one that does not work; false: there is none. */
static bool
choose_again(struct run *run)
{
	struct listing *l = run->l;

	if (run->extra != NULL) {
		l->no_find = true;
		run->extra = NULL;
		return true;
	}
	if (l->choice + 1 == l->p->list_count) {
		odd(run, "no way to list rows works");
		return false;
	}
	l->choice++;
	return true;
}

/* Whether to read again what has moved; waits a while. */
static bool
settle(const struct listing *l, unsigned int moved)
{
	if (moved == READINGS) {
		log_error("the table does not hold still, so nothing is done "
		          "to it",
		    LOG_UINT("readings", moved));
		return false;
	}
	log_info("the table changed while it was read, again",
	    LOG_UINT("reading", moved));
	if (moved > 1)
		clock_sleep_ms(moved * api_options(l->api)->wait_ms);
	return true;
}

/* Read until it is whole; FIND, with its variables EXTRA, or the lists. */
static int
read_until_whole(struct listing *l, const struct endpoint *find,
    const struct vars *extra, const struct listing_visitor *v)
{
	struct run run = { .l = l, .extra = extra, .v = v };
	unsigned int moved = 0;

	l->have_last = false;
	for (;;) {
		run.e = run.extra != NULL && find != NULL ? find : choose(l);
		switch (read_once(&run)) {
		case READING_WHOLE:
			return EX_OK;
		case READING_FAILED:
			return run.status;
		case READING_CANT:
			if (!choose_again(&run))
				return run.status;
			break;
		case READING_AGAIN:
			break;
		case READING_MOVED:
			if (!settle(l, ++moved))
				return EX_GUARD;
			break;
		}
	}
}

int
listing_read(struct listing *l, const struct listing_visitor *v)
{
	return read_until_whole(l, NULL, NULL, v);
}

int
listing_find(struct listing *l, const struct buf *list, bool by_id,
    const struct listing_visitor *v)
{
	const struct endpoint *e = by_id ? &l->p->find_ids : &l->p->find;
	struct var var = { by_id ? "ids" : "keys", list->data, list->len };
	struct vars vars = { &var, 1, NULL };

	if (!e->defined || l->no_find)
		return listing_read(l, v);
	return read_until_whole(l, e, &vars, v);
}
