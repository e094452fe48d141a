/* team.c - all groups of a hold judged, by as many threads as asked for */
#include "team.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "mem.h"
#include "sig.h"
#include "status.h"

struct worker {
	struct team *team;
	struct link *link;
	pthread_t thread;
	uint32_t *order; /* of the group at hand */
	size_t order_cap;
};

struct team {
	struct worker *workers;
	unsigned int count;
	struct hold *hold;
	atomic_uint next; /* group */
	atomic_bool stopped;
};

struct team *
team_new(const struct link_rules *rules, unsigned int threads)
{
	struct team *t = mem_zero(1, sizeof(*t));
	unsigned int i;

	t->count = threads;
	t->workers = mem_zero(threads, sizeof(*t->workers));
	for (i = 0; i < threads; i++) {
		t->workers[i].team = t;
		t->workers[i].link = link_new(rules);
	}
	return t;
}

void
team_free(struct team *t)
{
	unsigned int i;

	if (t == NULL)
		return;
	for (i = 0; i < t->count; i++) {
		link_free(t->workers[i].link);
		free(t->workers[i].order);
	}
	free(t->workers);
	free(t);
}

static bool
judge_group(struct worker *w, const struct group *g)
{
	struct hold *h = w->team->hold;

	if (g->count > w->order_cap) {
		w->order_cap = 2 * (size_t)g->count;
		w->order =
		    mem_resize(w->order, w->order_cap, sizeof(*w->order));
	}
	hold_order(h, g, w->order);
	return link_group(w->link, h, w->order, g->count);
}

/* Take group after group until there is none. */
static void *
work(void *argument)
{
	struct worker *w = argument;
	struct team *t = w->team;
	unsigned int g;

	while ((g = atomic_fetch_add(&t->next, 1)) < t->hold->group_count) {
		if (sig_stop() || (t->hold->groups[g].count > 1 &&
		                      !judge_group(w, &t->hold->groups[g]))) {
			atomic_store(&t->stopped, true);
			break;
		}
	}
	return NULL;
}

/* Signals are the first thread's. */
static void
start(struct worker *w)
{
	sigset_t all, before;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	error = pthread_create(&w->thread, NULL, work, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error != 0)
		die(EX_OSERR, "cannot start a thread: try --threads 1",
		    LOG_TEXT("error", strerror(error)));
}

/* Move what a thread has to explain behind what is there. */
static void
gather(struct explain *all, struct explain *one)
{
	size_t start = all->text.len, i;

	buf_add(&all->text, one->text.data, one->text.len);
	if (all->count + one->count > all->cap) {
		all->cap = all->count + one->count;
		all->lines =
		    mem_resize(all->lines, all->cap, sizeof(*all->lines));
	}
	for (i = 0; i < one->count; i++) {
		all->lines[all->count] = one->lines[i];
		all->lines[all->count++].at += start;
	}
	explain_clear(one);
}

bool
team_judge(struct team *t, struct hold *h, struct explain *explain)
{
	unsigned int i;

	t->hold = h;
	atomic_store(&t->next, 0);
	atomic_store(&t->stopped, false);
	for (i = 1; i < t->count; i++)
		start(&t->workers[i]);
	work(&t->workers[0]);
	for (i = 1; i < t->count; i++)
		pthread_join(t->workers[i].thread, NULL);
	explain_clear(explain);
	for (i = 0; i < t->count; i++)
		gather(explain, link_explain(t->workers[i].link));
	explain_sort(explain);
	return !atomic_load(&t->stopped);
}

struct link_counts
team_counts(const struct team *t)
{
	struct link_counts sum = { .groups = 0 };
	unsigned int i;
	size_t r;

	for (i = 0; i < t->count; i++) {
		const struct link_counts *c = link_counts(t->workers[i].link);

		sum.groups += c->groups;
		sum.pairs += c->pairs;
		sum.texts += c->texts;
		sum.bags += c->bags;
		sum.lcs += c->lcs;
		sum.merged += c->merged;
		for (r = 0; r < VETO_REASONS; r++)
			sum.veto[r] += c->veto[r];
	}
	return sum;
}
