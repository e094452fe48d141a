/* explain.c - why two jobs were folded into one, or were not */
#include "explain.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "similar.h"

#define MOST_WORDS 12 /* of each text are shown */
#define MOST_MARKS 8  /* likewise */

void
explain_free(struct explain *e)
{
	buf_free(&e->text);
	free(e->lines);
	*e = (struct explain){ .lines = NULL };
}

void
explain_clear(struct explain *e)
{
	buf_clear(&e->text);
	e->count = 0;
	e->same = 0;
}

static void
add_id(struct buf *b, const char *name, const struct job *job)
{
	buf_json_member(b, name, job->id, job->id_len);
}

/* The words that stand in A more often than in B, in their order. */
static void
add_words(struct buf *b, const char *name, const struct words *w,
    const uint32_t *a, size_t n, const uint32_t *other, size_t m)
{
	uint32_t *times = mem_zero(words_count(w), sizeof(*times));
	size_t i, len, shown = 0;
	const char *text;

	for (i = 0; i < m; i++)
		times[other[i]]++;
	buf_json_key(b, name);
	buf_byte(b, '[');
	for (i = 0; i < n && shown < MOST_WORDS; i++) {
		if (times[a[i]] > 0) {
			times[a[i]]--;
			continue;
		}
		text = words_text(w, a[i], &len);
		if (shown++ > 0)
			buf_byte(b, ',');
		if (a[i] == WORDS_PLACE)
			buf_text(b, "\"<place>\"");
		else
			buf_json_string(b, text, len);
	}
	buf_byte(b, ']');
	free(times);
}

struct name {
	const char *text;
	size_t len;
};

static int
by_text(const void *a, const void *b)
{
	const struct name *x = a, *y = b;
	int c = memcmp(x->text, y->text, x->len < y->len ? x->len : y->len);

	return c != 0 ? c : (x->len > y->len) - (x->len < y->len);
}

/*
 * The marks of one reason that A has more of than B.  Their numbers differ from
 * thread to thread, so they are put in the order of their names.
 */
static void
add_marks(struct buf *b, const char *name, const struct explain_pair *p,
    const uint32_t *a, size_t n, const uint32_t *other, size_t m)
{
	struct name *names = mem_alloc(n * sizeof(*names));
	size_t i, j = 0, count = 0;

	for (i = 0; i < n; i++) {
		while (j < m && other[j] < a[i])
			j++;
		if (j < m && other[j] == a[i]) {
			j++;
			continue;
		}
		if (veto_mark_reason(p->veto, a[i]) != p->veto_reason)
			continue;
		names[count].text = veto_mark(p->veto, a[i], &names[count].len);
		count++;
	}
	if (count > 1)
		qsort(names, count, sizeof(*names), by_text);
	buf_json_key(b, name);
	buf_byte(b, '[');
	for (i = 0; i < count && i < MOST_MARKS; i++) {
		if (i > 0)
			buf_byte(b, ',');
		buf_json_string(b, names[i].text, names[i].len);
	}
	buf_byte(b, ']');
	free(names);
}

static void
render(struct buf *b, const struct explain_pair *p)
{
	buf_byte(b, '{');
	add_id(b, "survivor", p->survivor);
	add_id(b, "job", p->job);
	buf_json_key(b, "verdict");
	buf_text(b, p->same ? "\"same\"" : "\"apart\"");
	buf_json_member(b, "rule", p->rule, strlen(p->rule));
	if (p->reason != NULL)
		buf_json_member(b, "reason", p->reason, strlen(p->reason));
	if (p->veto != NULL) {
		add_marks(b, "survivor_says", p, p->survivor_marks,
		    p->survivor_mark_count, p->job_marks, p->job_mark_count);
		add_marks(b, "job_says", p, p->job_marks, p->job_mark_count,
		    p->survivor_marks, p->survivor_mark_count);
	}
	if (p->millionths >= 0) {
		buf_json_key(b, "similarity");
		buf_printf(b, "%u.%06u",
		    (unsigned int)(p->millionths / SIMILAR_ONE),
		    (unsigned int)(p->millionths % SIMILAR_ONE));
	}
	if (p->words != NULL) {
		add_words(b, "only_survivor", p->words, p->survivor_ids,
		    p->survivor_n, p->job_ids, p->job_n);
		add_words(b, "only_job", p->words, p->job_ids, p->job_n,
		    p->survivor_ids, p->survivor_n);
	}
	buf_text(b, "}\n");
}

void
explain_add(struct explain *e, const struct explain_pair *pair)
{
	size_t at = e->text.len;

	if (e->count == 0 || e->last != pair->job->seq)
		e->same = 0;
	e->last = pair->job->seq;
	if (e->same++ >= EXPLAIN_MOST && !pair->same)
		return;
	render(&e->text, pair);
	if (e->count == e->cap) {
		e->cap = e->cap > 0 ? 2 * e->cap : 64;
		e->lines = mem_resize(e->lines, e->cap, sizeof(*e->lines));
	}
	e->lines[e->count++] =
	    (struct explain_line){ e->last, at, e->text.len - at };
}

static int
by_job(const void *a, const void *b)
{
	const struct explain_line *x = a, *y = b;

	if (x->seq != y->seq)
		return x->seq < y->seq ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

void
explain_sort(struct explain *e)
{
	if (e->count > 1)
		qsort(e->lines, e->count, sizeof(*e->lines), by_job);
}

void
explain_of(const struct explain *e, uint64_t seq, struct buf *out)
{
	size_t low = 0, high = e->count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (e->lines[middle].seq < seq)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < e->count && e->lines[low].seq == seq; low++)
		buf_add(out, e->text.data + e->lines[low].at,
		    e->lines[low].len);
}
