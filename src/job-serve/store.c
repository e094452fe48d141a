/* store.c - ask the store, by `pg-store ask` */
#include "store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "json.h"
#include "log.h"
#include "mem.h"
#include "status.h"

/* Questions under way in a lane: a power of two. */
#define SLOTS 1024

#define ANSWER_MS 10000       /* pg-store gives up before */
#define START_MS 2000         /* one that is starting is waited for so long */
#define FIRST_PAUSE_MS 200    /* before it is started again, doubled */
#define LONGEST_PAUSE_MS 5000 /* each time up to this */
#define MOST_ANSWER ((size_t)64 << 20)

struct pending {
	uint64_t id; /* 0: the slot is free */
	uint64_t deadline_ms;
	void (*answered)(void *of, const struct store_answer *a);
	void *of;
};

struct lane {
	struct store *store;
	struct child *child; /* NULL: none runs */
	struct pending slots[SLOTS];
	uint64_t last_id;
	uint64_t started_ms, start_at_ms, pause_ms;
	bool asked; /* something is to be flushed */
	struct store_counts counts;
	char why[512]; /* the last one ended */
};

struct store {
	struct children *children;
	struct lane lanes[STORE_LANES];
};

static void
settle(struct lane *l, struct pending *p, const struct store_answer *a)
{
	struct pending was = *p;

	p->id = 0;
	l->counts.pending--;
	if (a->status != EX_OK)
		l->counts.failed++;
	was.answered(was.of, a);
}

static void
fail_all(struct lane *l)
{
	struct store_answer away = { .status = EX_TEMPFAIL, .error = l->why };
	size_t i;

	for (i = 0; i < SLOTS; i++)
		if (l->slots[i].id != 0)
			settle(l, &l->slots[i], &away);
}

/* {"status":75,"message":"…"} */
static void
read_error(const char *text, size_t len, struct store_answer *a, cJSON **tree)
{
	const char *error;
	size_t at;

	*tree = json_parse(text, len, &error, &at);
	a->status = (int)json_integer(*tree, "status", EX_SOFTWARE);
	a->error = json_string(*tree, "message");
	if (a->error == NULL)
		a->error = "the store gave no reason";
}

static void
take_answer(void *of, const char *line, size_t len)
{
	static const char start[] = "{\"id\":", rows[] = ",\"rows\":[",
	                  error[] = ",\"error\":";
	struct lane *l = of;
	struct store_answer a = { .status = EX_OK };
	struct pending *p;
	cJSON *tree = NULL;
	uint64_t id;
	char *end;

	if (len < sizeof start || memcmp(line, start, strlen(start)) != 0)
		return;
	id = strtoull(line + strlen(start), &end, 10);
	len -= (size_t)(end - line);
	p = &l->slots[id % SLOTS];
	if (id == 0 || p->id != id)
		return; /* given up */
	l->counts.up = true;
	l->pause_ms = 0;
	if (len > strlen(rows) + 2 - 1 &&
	    memcmp(end, rows, strlen(rows)) == 0) {
		a.rows = end + strlen(rows);
		a.len = len - strlen(rows) - strlen("]}");
	} else if (len > strlen(error) + 1 &&
	           memcmp(end, error, strlen(error)) == 0) {
		read_error(end + strlen(error), len - strlen(error) - 1, &a,
		    &tree);
	} else {
		a.status = EX_PROTOCOL;
		a.error = "pg-store ask gave no answer";
	}
	settle(l, p, &a);
	cJSON_Delete(tree);
}

static void
lane_ended(void *of, const struct child_end *end)
{
	struct lane *l = of;

	l->child = NULL;
	l->counts.up = false;
	l->counts.restarts++;
	l->pause_ms = l->pause_ms == 0 ? FIRST_PAUSE_MS : 2 * l->pause_ms;
	if (l->pause_ms > LONGEST_PAUSE_MS)
		l->pause_ms = LONGEST_PAUSE_MS;
	l->start_at_ms = clock_ms() + l->pause_ms;
	snprintf(l->why, sizeof l->why, "%s",
	    *end->error != '\0' ? end->error : "the store is away");
	fail_all(l);
}

static void
ready(void *of, const struct store_answer *a)
{
	(void)of;
	(void)a;
}

static void
lane_start(struct lane *l, uint64_t now_ms)
{
	const struct child_order order = { .program = PROGRAM_ASK,
		.of = l,
		.line = take_answer,
		.ended = lane_ended,
		.max_out = MOST_ANSWER,
		.talks = true };
	struct buf q = { 0 };

	l->started_ms = now_ms;
	l->child = child_start(l->store->children, &order, NULL);
	/* Its answer shows that it is up. */
	store_question(&q, "ready");
	store_ask(l->store, (enum store_lane)(l - l->store->lanes), &q, ready,
	    NULL);
}

struct store *
store_new(struct children *children)
{
	struct store *s = mem_zero(1, sizeof *s);
	int i;

	s->children = children;
	for (i = 0; i < STORE_LANES; i++) {
		s->lanes[i].store = s;
		snprintf(s->lanes[i].why, sizeof s->lanes[i].why,
		    "the store did not answer yet");
		lane_start(&s->lanes[i], clock_ms());
	}
	return s;
}

void
store_tick(struct store *s, uint64_t now_ms)
{
	const struct store_answer late = { .status = EX_TEMPFAIL,
		.error = "the store did not answer in time" };
	size_t i, k;

	for (i = 0; i < STORE_LANES; i++) {
		struct lane *l = &s->lanes[i];

		if (l->child == NULL && now_ms >= l->start_at_ms)
			lane_start(l, now_ms);
		for (k = 0; l->counts.pending > 0 && k < SLOTS; k++)
			if (l->slots[k].id != 0 &&
			    now_ms >= l->slots[k].deadline_ms)
				settle(l, &l->slots[k], &late);
	}
}

void
store_flush(struct store *s)
{
	size_t i;

	for (i = 0; i < STORE_LANES; i++) {
		if (s->lanes[i].asked && s->lanes[i].child != NULL)
			child_flush(s->lanes[i].child);
		s->lanes[i].asked = false;
	}
}

void
store_question(struct buf *q, const char *ask)
{
	buf_json_member(q, "ask", ask, strlen(ask));
}

void
store_number(struct buf *q, const char *name, int64_t value)
{
	buf_json_key(q, name);
	buf_json_int(q, value);
}

/* Whether there is no point in asking. */
static bool
is_away(const struct lane *l)
{
	return l->child == NULL ||
	       (!l->counts.up && clock_ms() - l->started_ms > START_MS);
}

void
store_ask(struct store *s, enum store_lane lane, struct buf *q,
    void (*answered)(void *of, const struct store_answer *a), void *of)
{
	struct store_answer no = { .status = EX_TEMPFAIL };
	struct lane *l = &s->lanes[lane];
	struct pending *p = &l->slots[(l->last_id + 1) % SLOTS];
	char start[40];

	l->counts.asked++;
	if (is_away(l))
		no.error = l->why;
	else if (p->id != 0)
		no.error = "too many questions wait for the store";
	if (no.error != NULL) {
		buf_free(q);
		l->counts.failed++;
		answered(of, &no);
		return;
	}
	l->counts.pending++;
	*p = (struct pending){ ++l->last_id, clock_ms() + ANSWER_MS, answered,
		of };
	snprintf(start, sizeof start, "{\"id\":%" PRIu64 ",", p->id);
	child_write(l->child, start, strlen(start));
	child_write(l->child, q->data, q->len);
	child_write(l->child, "}\n", 2);
	l->asked = true;
	buf_free(q);
}

struct store_counts
store_counts(const struct store *s, enum store_lane lane)
{
	return s->lanes[lane].counts;
}
