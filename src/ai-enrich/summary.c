/* summary.c - the sentences that say what a job is, and its tasks */
#include "summary.h"

#include <string.h>

#define WORDS_MIN 5
#define WORDS_MAX 70
#define ITEM_WORDS 3
#define SENTENCE_BYTES 400 /* of one; more is cut */
#define TASK_BYTES 140

/* The sentences of a pass are taken before those of the next. */
enum pass { PASS_JOB, PASS_COMPANY, PASS_ITEMS, PASS_REST, PASSES };

static enum pass
pass_of(const struct sentence *s)
{
	if (s->heading || s->idle || s->part == PART_BENEFITS)
		return PASSES;
	if (s->item)
		return s->count >= ITEM_WORDS && s->part != PART_REQUIREMENTS
		           ? PASS_ITEMS
		           : PASS_REST;
	if (s->count < WORDS_MIN || s->count > WORDS_MAX || !s->whole)
		return s->count >= ITEM_WORDS ? PASS_REST : PASSES;
	return s->part == PART_ABOUT ? PASS_COMPANY : PASS_JOB;
}

/* Where to cut LEN bytes of words down to MAX: before a word. */
static size_t
cut(const char *text, size_t len, size_t max)
{
	if (len <= max)
		return len;
	for (len = max; len > 0 && text[len] != ' ';)
		len--;
	/* No space at all: at least whole characters. */
	if (len == 0)
		for (len = max; len > 0 && (text[len] & 0xc0) == 0x80;)
			len--;
	return len;
}

static void
add_sentence(struct buf *out, const char *text, const struct sentence *s)
{
	size_t len = cut(text + s->at, s->len, SENTENCE_BYTES), i;
	char last;

	if (out->len > 0)
		buf_byte(out, ' ');
	for (i = 0; i < len; i++) /* bytes of one line: no line ends */
		buf_byte(out, text[s->at + i] == '\n' ? ' ' : text[s->at + i]);
	last = out->data[out->len - 1];
	if (len < s->len)
		buf_text(out, "\u2026");
	else if (last == ':' || last == ';' || last == ',')
		out->data[out->len - 1] = '.';
	else if (!s->whole)
		buf_byte(out, '.');
}

void
summary_write(const char *text, struct outline *o, struct buf *out)
{
	size_t taken = 0, bytes = 0, most, i;
	enum pass pass;

	for (pass = PASS_JOB; pass < PASSES; pass++) {
		most = pass == PASS_JOB ? SUMMARY_MAX : SUMMARY_MIN;
		for (i = 0; i < o->count && taken < most; i++) {
			if (bytes >= SUMMARY_BYTES)
				break;
			if (pass_of(&o->items[i]) != pass)
				continue;
			o->items[i].chosen = true;
			bytes += o->items[i].len;
			taken++;
		}
	}
	for (i = 0; i < o->count; i++)
		if (o->items[i].chosen)
			add_sentence(out, text, &o->items[i]);
}

/* How well a sentence serves as a task: 0 best. */
static int
task_rank(const struct sentence *s)
{
	if (s->heading || s->idle || s->count < ITEM_WORDS ||
	    s->part == PART_BENEFITS || s->part == PART_ABOUT)
		return -1;
	if (s->item && s->part == PART_DUTIES)
		return 0;
	if (s->item && s->task)
		return 1;
	if (s->task)
		return 2;
	if (s->part == PART_DUTIES && !s->item)
		return 3;
	return s->item && s->part == PART_PLAIN ? 4 : -1;
}

void
summary_tasks(const char *text, const struct outline *o,
    struct answer_list *out)
{
	const struct sentence *s;
	size_t i, len;
	int rank;

	for (rank = 0; rank <= 4; rank++)
		for (i = 0; i < o->count && out->count < SUMMARY_TASKS; i++) {
			s = &o->items[i];
			if (task_rank(s) != rank)
				continue;
			len = cut(text + s->at, s->len, TASK_BYTES);
			while (len > 0 &&
			       strchr(".;:,! ", text[s->at + len - 1]) != NULL)
				len--;
			answer_add(out, text + s->at, len);
		}
}
