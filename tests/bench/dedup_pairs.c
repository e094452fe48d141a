/*
 * dedup_pairs - what the bounds of job-dedup are worth
 *
 *     dedup_pairs FILE
 *
 * Decides all pairs of jobs of one title and company in FILE, records one a
 * line: once as job-dedup does (lengths, bags of words, a walk, and only then
 * the band), once by a bit-parallel LCS over the whole of both texts (Hyyro
 * 2004), whose table of matches is made once for all pairs of a text.  Prints
 * pairs a second of both as one JSON line; exits 70 when they disagree.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../src/job-dedup/advert.h"
#include "../../src/job-dedup/bag.h"
#include "../../src/job-dedup/lcs.h"
#include "../../src/job-dedup/similar.h"
#include "../../src/job-dedup/take.h"
#include "lines.h"
#include "log.h"
#include "mem.h"
#include "rec.h"
#include "status.h"

#define THRESHOLD 900000
#define LINE_MAX_BYTES ((size_t)16 << 20)
#define LEAST_SECONDS 1.0

struct text {
	uint32_t *ids;
	size_t n;
	struct bag bag;
	char *key;
};

struct world {
	struct text *texts;
	size_t count;
	struct words *words;
};

static int
by_key(const void *a, const void *b)
{
	const struct text *x = a, *y = b;

	return strcmp(x->key, y->key);
}

static char *
key_of_record(const struct rec *rec)
{
	struct buf key = { 0 };
	struct json_value title = rec_get(rec, "title");
	struct json_value company = rec_get(rec, "company_name");

	buf_add(&key, title.text, title.len);
	buf_byte(&key, '\n');
	buf_add(&key, company.text, company.len);
	buf_string(&key);
	return key.data;
}

static void
load(struct world *w, int fd)
{
	struct lines *lines = lines_open(fd, LINE_MAX_BYTES);
	struct places *places = places_load();
	struct advert *advert = advert_new(places);
	struct rec *rec = rec_new();
	struct ids ids = { NULL, 0, 0 };
	struct buf room = { 0 };
	struct job job;
	const char *line;
	size_t len, at;

	w->words = words_new(1);
	while (lines_next(lines, &line, &len) == LINES_LINE) {
		struct text *t;

		if (rec_parse(rec, line, len, &at) != NULL ||
		    !take_job(rec, NULL, &room, &job))
			die(EX_DATAERR, "not a record that can be folded");
		w->texts =
		    mem_resize(w->texts, w->count + 1, sizeof(*w->texts));
		t = &w->texts[w->count++];
		advert_words(advert, &job, line, w->words, &ids);
		t->n = ids.len;
		t->ids = (uint32_t *)(void *)mem_copy(ids.at,
		    ids.len * sizeof(*ids.at));
		bag_fill(&t->bag, t->ids, t->n, words_buckets(w->words));
		t->key = key_of_record(rec);
	}
	qsort(w->texts, w->count, sizeof(*w->texts), by_key);
	lines_close(lines);
	advert_free(advert);
	places_free(places);
	rec_free(rec);
	ids_free(&ids);
	buf_free(&room);
}

/* Whole rows of matches of one text, made anew for each. */
struct plain {
	uint64_t *rows; /* one of `blocks` words for each distinct word */
	uint32_t *row;  /* by id; 0 is the row of words that are not there */
	uint64_t *vector;
	size_t blocks;
	uint32_t count;
	const struct text *taken;
};

static void
plain_take(struct plain *p, const struct text *t)
{
	size_t i;

	for (i = 0; p->taken != NULL && i < p->taken->n; i++)
		p->row[p->taken->ids[i]] = 0;
	p->taken = t;
	p->blocks = (t->n + 63) / 64;
	p->count = 0;
	p->rows =
	    mem_resize(p->rows, (t->n + 1) * (p->blocks + 1), sizeof(*p->rows));
	p->vector = mem_resize(p->vector, p->blocks + 1, sizeof(*p->vector));
	memset(p->rows, 0, (t->n + 1) * p->blocks * sizeof(*p->rows));
	for (i = 0; i < t->n; i++) {
		if (p->row[t->ids[i]] == 0)
			p->row[t->ids[i]] = ++p->count;
		p->rows[p->row[t->ids[i]] * p->blocks + i / 64] |= UINT64_C(1)
		                                                   << i % 64;
	}
}

static size_t
plain_length(struct plain *p, const struct text *t)
{
	size_t common = 0, j, b;

	for (b = 0; b < p->blocks; b++)
		p->vector[b] = ~UINT64_C(0);
	for (j = 0; j < t->n; j++) {
		const uint64_t *row = p->rows + p->row[t->ids[j]] * p->blocks;
		uint64_t carry = 0;

		for (b = 0; b < p->blocks; b++) {
			uint64_t v = p->vector[b], u = v & row[b];
			uint64_t sum = v + u, all = sum + carry;

			carry = (uint64_t)(sum < v) | (uint64_t)(all < sum);
			p->vector[b] = all | (v & ~row[b]);
		}
		common += (size_t)carry;
	}
	/* Bits behind the last word are ones, and let every carry pass. */
	return common;
}

static bool
decide_fast(struct lcs *l, const struct text *a, const struct text *b)
{
	size_t need = similar_need(THRESHOLD, a->n, b->n);

	if (need > (a->n < b->n ? a->n : b->n))
		return false;
	if (bag_distance(&a->bag, &b->bag) > a->n + b->n - 2 * need)
		return false;
	return lcs_reaches(l, b->ids, b->n, need);
}

/* All pairs once; how many there are, and how many are similar. */
static uint64_t
pass(struct world *w, struct lcs *l, struct plain *p, bool fast, uint64_t *same)
{
	uint64_t pairs = 0;
	size_t i, j;

	*same = 0;
	for (i = 0; i < w->count; i++) {
		const struct text *a = &w->texts[i];

		if (i + 1 == w->count || by_key(a, a + 1) != 0)
			continue;
		if (fast)
			lcs_take(l, a->ids, a->n, words_count(w->words));
		else
			plain_take(p, a);
		for (j = i + 1; j < w->count && by_key(a, &w->texts[j]) == 0;
		     j++, pairs++) {
			const struct text *b = &w->texts[j];

			*same += fast ? decide_fast(l, a, b)
			              : plain_length(p, b) >=
			                    similar_need(THRESHOLD, a->n, b->n);
		}
	}
	return pairs;
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Pairs a second, over as many passes as it takes to be sure. */
static double
measure(struct world *w, struct lcs *l, struct plain *p, bool fast,
    uint64_t *pairs, uint64_t *same)
{
	double start = now(), seconds;
	uint64_t done = 0;

	do {
		*pairs = pass(w, l, p, fast, same);
		done += *pairs;
		seconds = now() - start;
	} while (seconds < LEAST_SECONDS && done > 0);
	return (double)done / seconds;
}

int
main(int argc, char *argv[])
{
	struct world w = { .texts = NULL };
	struct plain p = { .rows = NULL };
	struct lcs *l = lcs_new();
	uint64_t pairs, same_fast, same_plain;
	double fast, plain;
	size_t i;

	log_init("dedup_pairs");
	if (argc != 2 || freopen(argv[1], "r", stdin) == NULL)
		die(EX_USAGE, "wanted: a file of records");
	load(&w, fileno(stdin));
	p.row = mem_zero(words_count(w.words), sizeof(*p.row));
	fast = measure(&w, l, &p, true, &pairs, &same_fast);
	plain = measure(&w, l, &p, false, &pairs, &same_plain);
	printf("{\"pairs\":%" PRIu64 ",\"similar\":%" PRIu64
	       ",\"bounded_per_second\":%.0f,\"plain_per_second\":%.0f,"
	       "\"ratio\":%.1f}\n",
	    pairs, same_fast, fast, plain, fast / plain);
	for (i = 0; i < w.count; i++) {
		free(w.texts[i].ids);
		free(w.texts[i].key);
	}
	free(w.texts);
	words_free(w.words);
	free(p.rows);
	free(p.row);
	free(p.vector);
	lcs_free(l);
	return same_fast == same_plain ? EX_OK : EX_SOFTWARE;
}
