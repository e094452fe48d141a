/* pass.c - one pass over a stream: hold, judge, hand on */
#include "pass.h"

#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "mem.h"
#include "merge.h"
#include "order.h"
#include "parts.h"
#include "sig.h"
#include "take.h"
#include "team.h"

/*
 * Of the memory, so many eighths are for records; two are for the texts of the
 * groups at hand, over all threads, and the rest for all else.
 */
#define HOLD_EIGHTHS 5
#define TEXT_EIGHTHS 2

/* Of a set pinned the same: the first job in order, whose key is that of all.
 */
struct pinned {
	struct job first; /* without its line */
	struct buf id, key;
	bool known;
};

struct pass {
	const struct pass_options *options;
	struct stage *stage;
	struct hold hold;
	struct parts *parts;
	size_t hold_max;
	struct pinned *pinned; /* by set */
	struct ids aside;      /* jobs of the hold whose key is not known yet */
	struct merge *merge;
	struct explain explain;
	uint64_t seq;
	uint64_t unkeyed;
	struct buf id;
};

/* A number that strangers do not know. */
static uint64_t
make_seed(void)
{
	uint64_t seed = 0;
	struct timespec now;
	int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		if (read(fd, &seed, sizeof(seed)) != (ssize_t)sizeof(seed))
			seed = 0;
		close(fd);
	}
	if (seed == 0) {
		clock_gettime(CLOCK_REALTIME, &now);
		seed = (uint64_t)now.tv_nsec << 32 ^ (uint64_t)now.tv_sec ^
		       (uint64_t)getpid() << 16;
	}
	return seed;
}

static struct link_rules
rules_of(const struct pass_options *o, uint64_t seed)
{
	struct link_rules rules = o->rules;

	rules.pins = o->pins;
	rules.seed = seed;
	rules.memory = (size_t)(o->memory / 8 * TEXT_EIGHTHS / o->threads);
	return rules;
}

/* Whether a job is pinned the same as others: its key is then that of a set. */
static bool
is_joined(const struct pass *p, const struct job *job)
{
	return job->pin != PINS_NONE && pins_joins(p->options->pins, job->pin);
}

/* The set's key is that of the first of its jobs that came. */
static void
note_pinned(struct pass *p, const struct job *job, const char *key, size_t len)
{
	struct pinned *set = &p->pinned[job->pin];

	if (set->known && order_jobs(job, &set->first) >= 0)
		return;
	set->known = true;
	buf_clear(&set->id);
	buf_add(&set->id, job->id, job->id_len);
	buf_clear(&set->key);
	buf_add(&set->key, key, len);
	set->first = *job;
	set->first.id = set->id.data;
	set->first.hash = order_hash(job);
	set->first.line = NULL;
}

static struct parts_key
key_of_set(void *argument, uint32_t set)
{
	struct pass *p = argument;

	return (struct parts_key){ p->pinned[set].key.data,
		p->pinned[set].key.len };
}

/* Memory is full: all that is held goes to disk. */
static void
spill_all(struct pass *p)
{
	struct hold *h = &p->hold;
	uint32_t i;

	log_info("memory is full: records go to disk",
	    LOG_UINT("records", h->count), LOG_UINT("memory", hold_memory(h)));
	for (i = 0; i < h->count; i++) {
		const struct job *job = &h->jobs[i];
		const struct group *g;

		if (job->group == HOLD_NONE) {
			parts_add_aside(p->parts, job);
			continue;
		}
		g = &h->groups[job->group];
		parts_add(p->parts, job, g->key, g->key_len, g->hash);
	}
	hold_clear(h);
	p->aside.len = 0;
}

static void
keep(struct pass *p, struct job *job, const char *key, size_t len)
{
	uint64_t hash = hold_hash(&p->hold, key, len);
	bool joined = is_joined(p, job);
	uint32_t number;

	job->seq = p->seq++;
	if (joined)
		note_pinned(p, job, key, len);
	if (parts_used(p->parts)) {
		if (joined)
			parts_add_aside(p->parts, job);
		else
			parts_add(p->parts, job, key, len, hash);
		return;
	}
	number = hold_add(&p->hold, job);
	if (joined)
		ids_add(&p->aside, number);
	else
		hold_join(&p->hold, number, key, len, hash);
	if (hold_memory(&p->hold) > p->hold_max)
		spill_all(p);
}

static void
read_all(struct pass *p)
{
	struct rec *rec;
	struct job job;
	const char *key;
	size_t len;

	while ((rec = stage_next(p->stage)) != NULL) {
		key = key_of(p->options->key, rec, &len);
		if (key != NULL &&
		    take_job(rec, p->options->pins, &p->id, &job)) {
			keep(p, &job, key, len);
			continue;
		}
		p->unkeyed++;
		stage_pass(p->stage, rec);
	}
}

/* Hand on what is in memory; only what was judged is merged. */
static void
hand_on(struct pass *p, bool judged)
{
	struct hold *h = &p->hold;
	struct buf line = { 0 };
	uint32_t i;

	for (i = 0; i < h->count; i++) {
		const struct job *job = &h->jobs[i];

		if (judged && job->into != i) {
			stage_merged(p->stage);
		} else if (judged && job->next != HOLD_NONE) {
			buf_clear(&line);
			merge_job(p->merge, h, job, &line);
			stage_emit(p->stage, line.data, line.len, true);
		} else {
			stage_emit(p->stage, job->line, job->len, false);
		}
	}
	buf_free(&line);
}

static bool
judge_memory(struct pass *p, struct team *team)
{
	size_t i, len;

	for (i = 0; i < p->aside.len; i++) {
		uint32_t job = p->aside.at[i];
		const struct pinned *set = &p->pinned[p->hold.jobs[job].pin];
		const char *key = set->key.data;

		len = set->key.len;
		hold_join(&p->hold, job, key, len,
		    hold_hash(&p->hold, key, len));
	}
	if (!team_judge(team, &p->hold, &p->explain))
		return false;
	for (i = 0; p->options->explain != NULL && i < p->explain.count; i++)
		out_add(p->options->explain,
		    p->explain.text.data + p->explain.lines[i].at,
		    p->explain.lines[i].len);
	return true;
}

static void
count(const struct pass *p, const struct link_counts *c)
{
	struct stats *s = stage_stats(p->stage);
	const struct veto *veto = p->options->rules.veto;
	size_t i, reasons = veto != NULL ? veto_reasons(veto) : 0;
	struct buf name = { 0 };

	stats_set(s, "unkeyed", p->unkeyed);
	stats_set(s, "groups", c->groups);
	stats_set(s, "pairs", c->pairs);
	stats_set(s, "texts", c->texts);
	stats_set(s, "pairs_bags", c->bags);
	stats_set(s, "pairs_words", c->lcs);
	for (i = 0; i < reasons; i++) {
		buf_clear(&name);
		buf_printf(&name, "veto.%s", veto_reason(veto, i));
		stats_set(s, buf_string(&name), c->veto[i]);
	}
	stats_set(s, "spilled", parts_bytes(p->parts));
	buf_free(&name);
	log_info("compared", LOG_UINT("groups", c->groups),
	    LOG_UINT("pairs", c->pairs), LOG_UINT("bags", c->bags),
	    LOG_UINT("words", c->lcs), LOG_UINT("merged", c->merged));
}

static void
judge_all(struct pass *p, uint64_t seed)
{
	struct link_rules rules = rules_of(p->options, seed);
	struct team *team = team_new(&rules, p->options->threads);
	struct link_counts counts;
	bool judged;

	if (parts_used(p->parts)) {
		judged = parts_judge(p->parts, team, p->merge, key_of_set, p);
		parts_hand_on(p->parts, p->stage, p->options->explain);
	} else {
		judged = judge_memory(p, team);
		hand_on(p, judged);
	}
	if (!judged)
		log_warning("stopped: records were handed on as they came",
		    LOG_UINT("records", p->seq));
	counts = team_counts(team);
	count(p, &counts);
	team_free(team);
}

static void
close_pinned(struct pass *p)
{
	uint32_t i;

	for (i = 0; p->pinned != NULL && i < pins_sets(p->options->pins); i++) {
		buf_free(&p->pinned[i].id);
		buf_free(&p->pinned[i].key);
	}
	free(p->pinned);
}

void
pass_run(const struct pass_options *options, struct stage *s)
{
	struct pass p = { .options = options, .stage = s };
	uint64_t seed = make_seed();

	p.hold_max = (size_t)(options->memory / 8 * HOLD_EIGHTHS);
	p.parts = parts_open(p.hold_max, seed);
	p.merge = merge_new();
	hold_open(&p.hold, seed);
	if (options->pins != NULL)
		p.pinned =
		    mem_zero(pins_sets(options->pins), sizeof(*p.pinned));
	read_all(&p);
	if (stage_broken(s))
		log_error("none of the records held was written",
		    LOG_UINT("records", p.seq));
	else
		judge_all(&p, seed);
	close_pinned(&p);
	ids_free(&p.aside);
	explain_free(&p.explain);
	hold_close(&p.hold);
	parts_close(p.parts);
	merge_free(p.merge);
	buf_free(&p.id);
}
