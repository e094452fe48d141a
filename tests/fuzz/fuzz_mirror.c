/*
 * fuzz_mirror.c - what xano-sync is given: profiles, records that become rows,
 * plans, backups, what an earlier run noted; the first byte says which
 */
#include <stdio.h>
#include <string.h>

#include "../../src/xano-sync/planfile.h"
#include "../../src/xano-sync/profile.h"
#include "../../src/xano-sync/row.h"
#include "../../src/xano-sync/state.h"
#include "../../src/xano-sync/template.h"
#include "fuzz.h"
#include "hash.h"
#include "refuse.h"
#include "scan.h"
#include "scratch.h"
#include "status.h"

#define PROFILE "share/xano/crud.json"

static const char record[] =
    "{\"feed_id\":21,\"source_id\":\"a\",\"job_id\":\"j-1\",\"title\":\"\\u00e9"
    "\\\"\",\"description\":\"<p>x\\\\n</p>\",\"locations\":[{\"text\":\"A\"},"
    "{\"city\":\"B\"},7],\"is_remote\":true,\"salary_min\":1.50,\"cpc\":1e3,"
    "\"posted_at\":\"2026-11-01T05:00:00Z\",\"ai_industry\":{\"code\":\"it\"},"
    "\"ai_confidence\":0.93,\"ai_skills\":[\"C\",\"SQL\"],\"merged\":null}";

/* What a template makes of a row: JSON for a body, or what it lacks. */
static void
try_endpoint(const struct endpoint *e, const struct buf *row, struct scan *scan)
{
	const struct var items[] = { { "row", row->data, row->len },
		{ "rows", "[1,2]", 5 }, { "id", "7", 1 },
		{ "table", "\"a/b?\\u00e9\"", 12 }, { "page", "1", 1 } };
	const struct vars vars = { items, sizeof items / sizeof *items, NULL };
	struct buf out = { 0 };
	size_t at;

	if (!e->defined)
		return;
	if (template_path(e->path, &vars, &out) == NULL)
		hold(out.len > 0 && out.data[0] == '/');
	buf_clear(&out);
	if (e->body != NULL && template_body(e->body, &vars, &out) == NULL)
		hold(scan_value(scan, out.data, out.len, &at) == NULL);
	buf_free(&out);
}

/* A record becomes a row that is JSON, and is the same when it is read. */
static void
try_row(const struct profile *p, const struct rec *job)
{
	struct row_renderer *renderer = row_renderer_new(p);
	struct row_reader *rows = row_reader_new(p, NULL, 0);
	struct scan *scan = scan_new();
	struct buf out = { 0 }, why = { 0 };
	struct row one = { .in_scope = false }, two = { .in_scope = false };
	size_t at;

	if (row_render(renderer, job, &out, &why) == NULL) {
		const struct json_value object = { JSON_OBJECT, false, out.data,
			out.len };

		hold(scan_value(scan, out.data, out.len, &at) == NULL);
		row_look(rows, row_values(renderer, &out), &one);
		row_read_object(rows, object, &two);
		hold_same(&one.key, &two.key);
		hold(memcmp(one.digest, two.digest, DIGEST_BYTES) == 0);
		try_endpoint(&p->add, &out, scan);
		try_endpoint(&p->change, &out, scan);
		try_endpoint(&p->remove, &out, scan);
		for (size_t i = 0; i < p->list_count; i++)
			try_endpoint(&p->lists[i], &out, scan);
	}
	buf_free(&one.key);
	buf_free(&two.key);
	buf_free(&out);
	buf_free(&why);
	scan_free(scan);
	row_reader_free(rows);
	row_renderer_free(renderer);
}

static void
try_profile(const char *path)
{
	struct profile *p = profile_load(path);
	struct scan *scan = scan_new();
	struct rec *job = rec_new();
	struct buf out = { 0 };
	size_t at;

	profile_columns(p, &out);
	hold(scan_value(scan, out.data, out.len, &at) == NULL);
	hold(rec_parse(job, record, sizeof record - 1, &at) == NULL);
	try_row(p, job);
	buf_free(&out);
	rec_free(job);
	scan_free(scan);
	profile_free(p);
}

static void
try_record(const struct profile *p, const char *text, size_t len)
{
	struct rec *job = rec_new();
	size_t at;

	if (rec_parse(job, text, len, &at) == NULL)
		try_row(p, job);
	rec_free(job);
}

/* A file of an earlier run: all of it is taken, or it is said to be bad. */
static void
try_run(const struct profile *p, const char *path, bool is_plan)
{
	const struct stage_options options = { .input = path,
		.max_record = 1 << 16 };
	struct stage *stage = stage_open(&options);
	struct row_reader *rows = row_reader_new(p, NULL, 0);
	struct idset *deletions = idset_new();
	struct plan_header header = { .target = "" };
	struct wanted w;
	int status;

	wanted_open(&w);
	status = is_plan ? planfile_read(&w, stage, p, rows, &header, deletions)
	                 : backup_read(&w, stage, p, rows);
	hold(status == EX_OK || status == EX_DATAERR ||
	     (is_plan && status == EX_CONFIG));
	if (status == EX_OK) {
		hold(w.announced == w.lines && w.count <= w.lines);
		hold(!is_plan || strlen(header.table) == DIGEST_HEX - 1);
	}
	for (size_t i = 0; i < w.count; i++)
		hold(wanted_find(&w, wanted_key(&w, i), w.items[i].key_len) ==
		     i);
	wanted_close(&w);
	idset_free(deletions);
	row_reader_free(rows);
	stage_close(stage, status);
}

/* What is noted of a table is known again, whatever was there. */
static void
try_state(const char *path)
{
	static const char target[] = "t";
	struct buf at = { 0 };
	char name[HASH_HEX];
	struct state *s;
	uint64_t rows;

	hash_once(target, sizeof target - 1, name);
	buf_printf(&at, "%s/xano-sync-%.16s.state", scratch_folder(), name);
	hold(rename(path, buf_string(&at)) == 0);
	hold(setenv("JOBMILL_STATE_DIR", scratch_folder(), 1) == 0);
	s = state_look(target);
	if (!state_rows(s, NULL, &rows))
		hold(rows == 0);
	state_rows(s, "feed_id=21", &rows);
	state_keep(s, "feed_id=21", 7);
	state_close(s);
	s = state_look(target);
	hold(state_rows(s, "feed_id=21", &rows) && rows == 7);
	state_keep(s, NULL, 9);
	hold(!state_rows(s, "feed_id=21", &rows));
	hold(state_rows(s, NULL, &rows) && rows == 9);
	state_close(s);
	remove(buf_string(&at));
	buf_free(&at);
}

/* A file, and the profile of the table that it is for. */
struct file {
	const struct profile *profile;
	uint8_t kind;
};

static void
try_file(const char *path, void *user)
{
	const struct file *f = user;

	if (f->kind == 'p')
		try_profile(path);
	else if (f->kind == 's')
		try_state(path);
	else
		try_run(f->profile, path, f->kind == 'l');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct profile *profile;
	struct file file;

	if (size == 0 || size > 1 << 16)
		return 0;
	if (profile == NULL)
		profile = profile_load(PROFILE);
	file = (struct file){ profile, *data };
	if (file.kind == 'r')
		try_record(profile, (const char *)data + 1, size - 1);
	else
		refuse_or(data + 1, size - 1, try_file, &file);
	return 0;
}
