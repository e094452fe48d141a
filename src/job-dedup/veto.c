/* veto.c - which marks a text has, and whether those of two differ */
#include "veto.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "veto_rules.h"

#define UNKNOWN UINT32_MAX /* a word that was not looked up yet */

struct mark {
	int reason;
	bool both;
};

struct veto_room {
	const struct veto *veto;
	uint32_t *listed; /* by word of a text: its number in the lists, or 0 */
	size_t known, cap;
	struct words *names; /* of marks: "reason value captured" */
	struct mark *marks;  /* by number of the name */
	size_t mark_cap;
	struct buf name;
	struct ids anchors;  /* places in the text at hand where rules are */
	struct ids excepted; /* starts and ends of what makes no mark */
};

/* A text being looked at. */
struct view {
	const struct words *words;
	const uint32_t *ids;
	size_t n;
};

struct veto_room *
veto_room_new(const struct veto *v)
{
	struct veto_room *r = mem_zero(1, sizeof(*r));

	r->veto = v;
	r->names = words_new(0);
	return r;
}

void
veto_room_free(struct veto_room *r)
{
	if (r == NULL)
		return;
	free(r->listed);
	words_free(r->names);
	free(r->marks);
	buf_free(&r->name);
	ids_free(&r->anchors);
	ids_free(&r->excepted);
	free(r);
}

void
veto_room_clear(struct veto_room *r)
{
	words_cut(r->names, 1);
	r->known = 0;
}

void
veto_room_cut(struct veto_room *r, uint32_t words)
{
	if (r->known > words)
		r->known = words;
}

/* Look up the words that came since the last time. */
static void
learn(struct veto_room *r, const struct words *w)
{
	size_t count = words_count(w), len;
	const char *text;

	if (count > r->cap) {
		r->cap = 2 * count;
		r->listed = mem_resize(r->listed, r->cap, sizeof(*r->listed));
	}
	if (r->known == 0)
		r->listed[r->known++] = 0; /* WORDS_PLACE */
	for (; r->known < count; r->known++) {
		text = words_text(w, (uint32_t)r->known, &len);
		r->listed[r->known] = veto_listed(r->veto, text, len);
	}
}

static bool
all_digits(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (text[i] < '0' || text[i] > '9')
			return false;
	return len > 0;
}

/* Add what was captured to the name of the mark. */
static void
capture(struct veto_room *r, const char *text, size_t len)
{
	buf_byte(&r->name, ' ');
	buf_add(&r->name, text, len);
}

static bool
is_word(const struct element *e, uint32_t listed)
{
	size_t i;

	for (i = 0; listed != 0 && i < e->words.len; i++)
		if (e->words.at[i] == listed)
			return true;
	return false;
}

/* Whether one word is what an element, no name, asks for; captures it. */
static bool
fits(struct veto_room *r, const struct view *t, const struct element *e,
    size_t at)
{
	uint32_t listed = r->listed[t->ids[at]];
	size_t len;
	const char *text;

	if (e->kind == ELEMENT_WORD)
		return is_word(e, listed);
	if (t->ids[at] == WORDS_PLACE)
		return false;
	text = words_text(t->words, t->ids[at], &len);
	if (e->kind == ELEMENT_CODE) {
		if (len > 2)
			return false;
		capture(r, text, len);
		return true;
	}
	if (listed != 0 && r->veto->meanings[listed].number) {
		buf_byte(&r->name, ' ');
		buf_json_uint(&r->name, r->veto->meanings[listed].value);
		return true;
	}
	while (len > 1 && *text == '0') {
		text++;
		len--;
	}
	if (!all_digits(text, len))
		return false;
	capture(r, text, len);
	return true;
}

static bool matches(struct veto_room *r, const struct view *t,
    const struct rule *rule, size_t element, size_t at, size_t *end);

/* A name of one to NAME_MOST words, the shortest after which the rest fits. */
static bool
name_matches(struct veto_room *r, const struct view *t, const struct rule *rule,
    size_t element, size_t at, size_t *end)
{
	size_t start = r->name.len, count, len;
	const char *text;

	for (count = 0; count < NAME_MOST && at < t->n; count++, at++) {
		uint32_t listed = r->listed[t->ids[at]];

		if (t->ids[at] == WORDS_PLACE ||
		    r->veto->meanings[listed].generic)
			break;
		text = words_text(t->words, t->ids[at], &len);
		capture(r, text, len);
		if (matches(r, t, rule, element + 1, at + 1, end))
			return true;
	}
	r->name.len = start;
	return false;
}

/* Whether the rule fits from ELEMENT on at word AT; its end in *END. */
static bool
matches(struct veto_room *r, const struct view *t, const struct rule *rule,
    size_t element, size_t at, size_t *end)
{
	size_t start = r->name.len;
	const struct element *e;

	if (element == rule->count) {
		*end = at;
		return true;
	}
	e = &rule->elements[element];
	if (e->kind == ELEMENT_NAME)
		return name_matches(r, t, rule, element, at, end);
	if (at < t->n && fits(r, t, e, at) &&
	    matches(r, t, rule, element + 1, at + 1, end))
		return true;
	r->name.len = start;
	return e->optional && matches(r, t, rule, element + 1, at, end);
}

/* Number the mark whose name is in r->name. */
static uint32_t
number(struct veto_room *r, const struct rule *rule)
{
	uint32_t count = words_count(r->names);
	uint32_t mark = words_add(r->names, r->name.data, r->name.len);

	if (mark >= r->mark_cap) {
		r->mark_cap = 2 * (size_t)mark + 64;
		r->marks = mem_resize(r->marks, r->mark_cap, sizeof(*r->marks));
	}
	if (mark == count)
		r->marks[mark] = (struct mark){ rule->reason, rule->both };
	else if (!rule->both)
		r->marks[mark].both = false;
	return mark;
}

/* Look for a rule around the word AT, which is one of its anchor. */
static bool
look(struct veto_room *r, const struct view *t, const struct rule *rule,
    size_t at, size_t *start, size_t *end)
{
	size_t before;

	for (before = rule->before_min;
	     before <= rule->before_max && before <= at; before++) {
		buf_clear(&r->name);
		buf_byte(&r->name, (char)(rule->reason + 1));
		buf_add(&r->name, rule->value.data, rule->value.len);
		*start = at - before;
		if (matches(r, t, rule, 0, *start, end) && *end > at)
			return true;
	}
	return false;
}

static const struct ids *
rules_at(const struct veto_room *r, const struct view *t, size_t at)
{
	return &r->veto->meanings[r->listed[t->ids[at]]].anchors;
}

/* Where the anchors of rules are. */
static void
find_anchors(struct veto_room *r, const struct view *t)
{
	size_t at;

	r->anchors.len = 0;
	for (at = 0; at < t->n; at++)
		if (r->listed[t->ids[at]] != 0 && rules_at(r, t, at)->len > 0)
			ids_add(&r->anchors, (uint32_t)at);
}

/* Words of an exception make no mark. */
static void
find_exceptions(struct veto_room *r, const struct view *t)
{
	size_t a, i, start, end;

	r->excepted.len = 0;
	for (a = 0; a < r->anchors.len; a++) {
		size_t at = r->anchors.at[a];
		const struct ids *rules = rules_at(r, t, at);

		for (i = 0; i < rules->len; i++) {
			const struct rule *rule = &r->veto->rules[rules->at[i]];

			if (rule->reason != VETO_NONE ||
			    !look(r, t, rule, at, &start, &end))
				continue;
			ids_add(&r->excepted, (uint32_t)start);
			ids_add(&r->excepted, (uint32_t)end);
		}
	}
}

static bool
is_excepted(const struct veto_room *r, size_t at)
{
	size_t i;

	for (i = 0; i < r->excepted.len; i += 2)
		if (at >= r->excepted.at[i] && at < r->excepted.at[i + 1])
			return true;
	return false;
}

static int
by_number(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

void
veto_marks(struct veto_room *r, const struct words *w, const uint32_t *ids,
    size_t n, struct ids *marks)
{
	const struct veto *v = r->veto;
	struct view t = { w, ids, n };
	size_t a, i, start, end;

	marks->len = 0;
	if (v == NULL)
		return;
	learn(r, w);
	find_anchors(r, &t);
	find_exceptions(r, &t);
	for (a = 0; a < r->anchors.len; a++) {
		size_t at = r->anchors.at[a];
		const struct ids *rules = rules_at(r, &t, at);

		if (is_excepted(r, at))
			continue;
		for (i = 0; i < rules->len; i++) {
			const struct rule *rule = &v->rules[rules->at[i]];

			if (rule->reason != VETO_NONE &&
			    look(r, &t, rule, at, &start, &end))
				ids_add(marks, number(r, rule));
		}
	}
	if (marks->len > 1)
		qsort(marks->at, marks->len, sizeof(*marks->at), by_number);
}

/* Which reasons one side has more of, as bits. */
struct sides {
	uint32_t a, b, both_a, both_b;
};

static void
note(const struct veto_room *r, uint32_t mark, uint32_t *one, uint32_t *both)
{
	uint32_t bit = UINT32_C(1) << r->marks[mark].reason;

	*(r->marks[mark].both ? both : one) |= bit;
}

int
veto_differ(const struct veto_room *r, const uint32_t *a, size_t a_len,
    const uint32_t *b, size_t b_len)
{
	struct sides s = { 0, 0, 0, 0 };
	uint32_t reasons;
	int reason = 0;

	while (a_len > 0 || b_len > 0)
		if (b_len == 0 || (a_len > 0 && *a < *b)) {
			note(r, *a++, &s.a, &s.both_a);
			a_len--;
		} else if (a_len == 0 || *b < *a) {
			note(r, *b++, &s.b, &s.both_b);
			b_len--;
		} else {
			a++, b++, a_len--, b_len--;
		}
	reasons = s.a | s.b | (s.both_a & s.both_b);
	if (reasons == 0)
		return VETO_NONE;
	while ((reasons & 1) == 0) {
		reasons >>= 1;
		reason++;
	}
	return reason;
}

const char *
veto_mark(const struct veto_room *r, uint32_t mark, size_t *len)
{
	const char *name = words_text(r->names, mark, len);

	--*len;
	return name + 1;
}

int
veto_mark_reason(const struct veto_room *r, uint32_t mark)
{
	return r->marks[mark].reason;
}
