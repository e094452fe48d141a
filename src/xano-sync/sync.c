/* sync.c - one sync from its start to its end */
#include "sync.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "mem.h"
#include "planfile.h"
#include "preflight.h"
#include "sig.h"
#include "state.h"
#include "status.h"
#include "verify.h"

#define ROUNDS 2 /* acting, and mending what the verification finds */

struct sync {
	const struct sync_options *options;
	struct plan_options plan_options;
	struct profile *profile;
	struct scope *scopes;
	struct var *scope_vars;
	struct buf *scope_texts; /* two for each: name and value */
	size_t scope_count;
	struct row_reader *rows;
	struct stage *stage;
	struct api *api;
	struct listing *listing;
	struct wanted wanted;
	struct plan plan;
	struct report report;
	struct idset *deletions; /* that an applied plan names */
	struct plan_header header;
	struct buf target;
	struct buf scope; /* in words, for the state; empty: the whole table */
	struct state *state;
	bool verified; /* the plan's counts are of a reading after acting */
	uint64_t unchanged; /* rows that were right from the start */
	uint64_t withheld;
	bool incomplete; /* it is not certain what is not wanted */
};

static void
open_scopes(struct sync *s)
{
	const struct opt_list *list = &s->options->scopes;
	size_t i;

	s->scope_count = list->count;
	s->scopes = mem_zero(list->count + 1, sizeof *s->scopes);
	s->scope_vars = mem_zero(list->count + 1, sizeof *s->scope_vars);
	s->scope_texts = mem_zero(2 * list->count + 1, sizeof *s->scope_texts);
	for (i = 0; i < list->count; i++) {
		struct buf *name = &s->scope_texts[2 * i];
		struct buf *value = &s->scope_texts[2 * i + 1];
		const struct field *f;

		s->scopes[i] = row_scope(s->profile, list->items[i]);
		buf_printf(&s->scope, "%s%s", i > 0 ? "&" : "", list->items[i]);
		f = &s->profile->fields[s->scopes[i].field];
		buf_printf(name, "scope.%s", f->column);
		if (f->type == FIELD_INT || f->type == FIELD_DECIMAL)
			buf_add(value, s->scopes[i].canon.data,
			    s->scopes[i].canon.len);
		else
			buf_json_string(value, s->scopes[i].canon.data,
			    s->scopes[i].canon.len);
		s->scope_vars[i] =
		    (struct var){ buf_string(name), value->data, value->len };
	}
}

/* Which table it is, in words: for its lock, and for a plan's header. */
static void
name_target(struct sync *s)
{
	const struct api_options *o = &s->options->api;

	buf_printf(&s->target, "%s\n%s\n%s\n%s\n%s", o->base,
	    o->workspace != NULL ? o->workspace : "",
	    o->table != NULL ? o->table : "",
	    o->data_source != NULL ? o->data_source : "",
	    o->branch != NULL ? o->branch : "");
	buf_string(&s->target);
}

static const char *
scope_name(struct sync *s)
{
	return s->scope_count > 0 ? buf_string(&s->scope) : NULL;
}

static void
limit_rows(const struct sync_options *o, struct endpoint *e)
{
	if (o->bulk > 0 && e->rows > o->bulk)
		e->rows = o->bulk;
}

static bool
writes(const struct sync_options *o)
{
	return !o->dry_run && o->plan_file == NULL;
}

/* From here on, strangers have a say. */
static void
give_up_rights(const struct sync_options *o, const struct state *state)
{
	struct sandbox box = o->sandbox;

	box.network = true;
	box.guarded = true;
	sandbox_file(&box, o->plan_file);
	sandbox_file(&box, o->backup_file);
	if (writes(o))
		sandbox_folder(&box, state_folder(state));
	sandbox_enter(&box);
}

static void
open_all(struct sync *s)
{
	const struct sync_options *o = s->options;

	s->profile = profile_load(o->profile);
	limit_rows(o, &s->profile->add);
	limit_rows(o, &s->profile->change);
	limit_rows(o, &s->profile->remove);
	open_scopes(s);
	name_target(s);
	s->api = api_open(&o->api, s->profile, s->scope_vars, s->scope_count);
	s->stage = stage_open(&o->stage);
	s->report.out = stage_out(s->stage);
	s->state =
	    writes(o) ? state_open(s->target.data) : state_look(s->target.data);
	s->rows = row_reader_new(s->profile, s->scopes, s->scope_count);
	s->listing = listing_new(s->api, s->profile, o->per_page);
	wanted_open(&s->wanted);
	s->plan_options = o->plan;
	s->plan_options.keep_all = o->restore_file != NULL;
	s->plan_options.fingerprint = !writes(o) || o->apply_file != NULL;
	if (o->apply_file != NULL)
		s->plan_options.only = s->deletions = idset_new();
	plan_open(&s->plan, &s->plan_options, s->profile, &s->wanted, s->rows);
	give_up_rights(o, s->state);
}

/* The rows the table is to have, from where the options say. */
static int
read_wanted(struct sync *s)
{
	const struct sync_options *o = s->options;
	struct plan_header want = { .target = "" };
	const char *why;
	int status;

	if (o->restore_file != NULL)
		return backup_read(&s->wanted, s->stage, s->profile, s->rows);
	if (o->apply_file == NULL) {
		wanted_read(&s->wanted, s->stage, s->profile, s->rows);
		if (!wanted_complete(&s->wanted, &why)) {
			s->incomplete = true;
			log_error("what is wanted is not known for certain: "
			          "rows are added and changed, none is deleted",
			    LOG_TEXT("why", why),
			    LOG_UINT("records", s->wanted.lines),
			    LOG_UINT("announced", s->wanted.announced));
		}
		return EX_OK;
	}
	status = planfile_read(&s->wanted, s->stage, s->profile, s->rows,
	    &s->header, s->deletions);
	hash_once(s->target.data, s->target.len, want.target);
	if (status == EX_OK &&
	    (strcmp(want.target, s->header.target) != 0 ||
	        strcmp(s->profile->digest, s->header.profile) != 0)) {
		log_error("the plan is for another table or another profile");
		status = EX_CONFIG;
	}
	return status;
}

/* A plan that is applied has to meet the table it was made for. */
static int
check_unmoved(const struct sync *s)
{
	char table[DIGEST_HEX];

	if (s->options->apply_file == NULL)
		return EX_OK;
	digest_hex(s->plan.print, table);
	if (strcmp(table, s->header.table) == 0)
		return EX_OK;
	log_error("the table has moved since the plan was made, nothing is "
	          "done: make a new plan");
	return EX_GUARD;
}

/* Deletions that can't be answered for. */
static void
withhold(struct sync *s)
{
	if (!s->incomplete && s->wanted.nameless == 0)
		return;
	s->withheld = plan_withhold(&s->plan);
	if (s->withheld > 0)
		log_error("deletions are withheld",
		    LOG_UINT("rows", s->withheld),
		    LOG_TEXT("why", s->incomplete
		                        ? "the input is not complete"
		                        : "bad records may be these rows"));
}

static int
check_guards(struct sync *s)
{
	uint64_t last = 0;
	bool known = state_rows(s->state, scope_name(s), &last);

	if (s->options->restore_file != NULL)
		return EX_OK;
	return guard_check(&s->options->guard, &s->plan, known, last);
}

/* Write the plan beside its file, and put it there when it is whole. */
static void
write_plan_file(struct sync *s, const char *path)
{
	struct buf beside = { 0 };
	struct out *out;

	buf_printf(&beside, "%s.%ld", path, (long)getpid());
	out = out_append(buf_string(&beside));
	planfile_write(&s->plan, &s->header, s->options->act.order, false, out);
	out_close(out);
	if (rename(beside.data, path) != 0)
		die(EX_CANTCREAT, "cannot write the plan",
		    LOG_TEXT("file", path), LOG_TEXT("error", strerror(errno)));
	buf_free(&beside);
}

static int
show_plan(struct sync *s)
{
	const struct sync_options *o = s->options;

	hash_once(s->target.data, s->target.len, s->header.target);
	memcpy(s->header.profile, s->profile->digest, HASH_HEX);
	digest_hex(s->plan.print, s->header.table);
	if (check_guards(s) != EX_OK)
		log_warning("so a sync would refuse");
	if (o->plan_file != NULL)
		write_plan_file(s, o->plan_file);
	if (o->dry_run)
		planfile_write(&s->plan, &s->header, o->act.order,
		    isatty(STDOUT_FILENO) != 0, s->report.out);
	return plan_is_empty(&s->plan) ? EX_OK : EX_PENDING;
}

static int
carry_out(struct sync *s)
{
	const struct sync_options *o = s->options;
	struct act_options act_options = o->act;
	struct backup backup = { .path = o->backup_file };
	int status, round;

	/* Rows that are removed by key would take the new ones with
	 * them. */
	if (s->profile->id == NULL)
		act_options.order = ORDER_DELETE_FIRST;
	for (round = 1; !plan_is_empty(&s->plan); round++) {
		if (o->backup_file != NULL)
			backup_write(&backup, &s->plan);
		status =
		    act(&act_options, &s->plan, s->api, s->listing, &s->report);
		out_flush(s->report.out);
		if (status != EX_OK || o->no_verify)
			return status;
		status = verify(&s->plan, s->listing,
		    s->incomplete || s->wanted.nameless > 0, round == ROUNDS,
		    &s->report);
		s->verified = status == EX_OK;
		if (status != EX_OK || round == ROUNDS)
			return status;
	}
	return EX_OK;
}

/* How many rows of ours the table has at the end. */
static uint64_t
rows_left(const struct sync *s)
{
	uint64_t rows = s->plan.ours;

	if (s->verified)
		return rows;
	rows += s->report.added + s->report.kept;
	return rows > s->report.deleted ? rows - s->report.deleted : 0;
}

/* What all of it comes to. */
static int
conclude(const struct sync *s)
{
	const struct report *r = &s->report;
	bool lost = s->options->no_verify && r->vanished > 0;

	if (s->incomplete || s->withheld > 0)
		return EX_GUARD;
	return r->failed > 0 || r->drifted > 0 || lost ? EX_SOME_BAD : EX_OK;
}

static int
run(struct sync *s)
{
	const struct sync_options *o = s->options;
	int status = EX_OK;

	if (o->no_preflight)
		preflight_skip(s->profile);
	else
		status = preflight(s->api, s->profile, s->listing);
	if (status == EX_OK)
		status = read_wanted(s);
	if (status == EX_OK && sig_stop())
		status = EX_TEMPFAIL;
	if (status == EX_OK)
		status = plan_make(&s->plan, s->listing);
	if (status == EX_OK)
		status = check_unmoved(s);
	if (status != EX_OK)
		return status;
	s->unchanged = s->plan.same;
	withhold(s);
	if (!writes(o))
		return show_plan(s);
	status = check_guards(s);
	if (status != EX_OK)
		return status;
	status = carry_out(s);
	if (status != EX_OK)
		return status;
	state_keep(s->state, scope_name(s), rows_left(s));
	return conclude(s);
}

static void
count(const struct sync *s)
{
	struct stats *t = stage_stats(s->stage);
	const struct report *r = &s->report;
	struct api_count c = api_count(s->api);

	t->changed = r->added + r->changed;
	stats_set(t, "unchanged", s->unchanged);
	stats_set(t, "added", r->added);
	stats_set(t, "updated", r->changed);
	stats_set(t, "deleted", r->deleted);
	stats_set(t, "failed", r->failed);
	stats_set(t, "drifted", r->drifted);
	stats_set(t, "kept", r->kept);
	stats_set(t, "withheld", s->withheld);
	stats_set(t, "requests", c.requests);
	stats_set(t, "retries", c.retries);
	stats_set(t, "throttled", c.throttled);
	log_info("synced", LOG_UINT("added", r->added),
	    LOG_UINT("updated", r->changed), LOG_UINT("deleted", r->deleted),
	    LOG_UINT("unchanged", s->unchanged), LOG_UINT("failed", r->failed),
	    LOG_UINT("requests", c.requests),
	    LOG_UINT("throttled", c.throttled));
}

static void
close_all(struct sync *s)
{
	size_t i;

	plan_close(&s->plan);
	wanted_close(&s->wanted);
	listing_free(s->listing);
	row_reader_free(s->rows);
	api_close(s->api);
	state_close(s->state);
	idset_free(s->deletions);
	for (i = 0; i < s->scope_count; i++) {
		buf_free(&s->scopes[i].canon);
		buf_free(&s->scope_texts[2 * i]);
		buf_free(&s->scope_texts[2 * i + 1]);
	}
	free(s->scopes);
	free(s->scope_vars);
	free(s->scope_texts);
	buf_free(&s->target);
	buf_free(&s->scope);
	buf_free(&s->report.line);
	profile_free(s->profile);
}

int
sync_run(const struct sync_options *options)
{
	struct sync s = { .options = options };
	struct stage *stage;
	int status;

	open_all(&s);
	status = run(&s);
	count(&s);
	stage = s.stage;
	close_all(&s);
	return stage_close(stage, status);
}
