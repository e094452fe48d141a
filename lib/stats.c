/* stats.c - counters of a stage, for the run folder */
#include "stats.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "clock.h"
#include "file.h"
#include "log.h"
#include "status.h"

#define PROGRESS_MS 500

/* A figure of the stage's own: a number, or JSON text. */
struct figure {
	char *name;
	uint64_t value;
	char *json; /* NULL: it is the number */
};

struct stats_run {
	char *stage;
	char *folder; /* NULL: nothing is written */
	uint64_t started, shown;
	struct figure *figures;
	size_t count;
};

/* A name that is safe as a file name: letters, digits, '-', '_', '.'. */
static bool
is_file_name(const char *name)
{
	return *name != '\0' && *name != '.' &&
	       strspn(name,
	           "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	           "0123456789-_.") == strlen(name);
}

struct stats *
stats_open(void)
{
	struct stats *s = mem_zero(1, sizeof *s);
	const char *stage = getenv("JOBMILL_STAGE");
	const char *folder = getenv("JOBMILL_RUN_DIR");

	s->run = mem_zero(1, sizeof *s->run);
	if (stage == NULL || *stage == '\0')
		stage = log_program();
	if (!is_file_name(stage))
		die(EX_CONFIG, "JOBMILL_STAGE is not a plain name",
		    LOG_TEXT("value", stage));
	s->run->stage = mem_string(stage);
	s->run->started = s->run->shown = clock_ms();
	if (folder == NULL || *folder == '\0')
		return s;
	if (access(folder, W_OK | X_OK) < 0)
		die(EX_CANTCREAT, "cannot write to the run folder",
		    LOG_TEXT("folder", folder),
		    LOG_TEXT("error", strerror(errno)));
	s->run->folder = mem_string(folder);
	return s;
}

static struct figure *
figure(struct stats *s, const char *name)
{
	struct stats_run *r = s->run;
	size_t i;

	for (i = 0; i < r->count; i++)
		if (strcmp(r->figures[i].name, name) == 0)
			return &r->figures[i];
	r->figures = mem_resize(r->figures, r->count + 1, sizeof *r->figures);
	r->figures[r->count] =
	    (struct figure){ .name = mem_string(name), .json = NULL };
	return &r->figures[r->count++];
}

void
stats_set(struct stats *s, const char *name, uint64_t value)
{
	figure(s, name)->value = value;
}

void
stats_add(struct stats *s, const char *name, uint64_t value)
{
	figure(s, name)->value += value;
}

void
stats_set_json(struct stats *s, const char *name, const char *json)
{
	struct figure *f = figure(s, name);

	free(f->json);
	f->json = mem_string(json);
}

void
stats_set_text(struct stats *s, const char *name, const char *value)
{
	struct buf json = { 0 };

	buf_json_string(&json, value, strlen(value));
	stats_set_json(s, name, buf_string(&json));
	buf_free(&json);
}

static void
add_uint(struct buf *b, const char *name, uint64_t value)
{
	buf_json_key(b, name);
	buf_json_uint(b, value);
}

/* The counters as one JSON line; STATUS below 0 while the stage runs. */
static void
render(const struct stats *s, struct buf *b, int status)
{
	const struct stats_run *r = s->run;
	uint64_t ms = clock_ms() - r->started;
	size_t i;

	buf_byte(b, '{');
	buf_json_member(b, "stage", r->stage, strlen(r->stage));
	if (status >= 0)
		add_uint(b, "status", (uint64_t)status);
	add_uint(b, "in", s->in);
	add_uint(b, "out", s->out);
	add_uint(b, "merged", s->merged);
	add_uint(b, "dead", s->dead);
	add_uint(b, "changed", s->changed);
	add_uint(b, "bytes_in", s->bytes_in);
	add_uint(b, "bytes_out", s->bytes_out);
	if (s->total_hint > 0)
		add_uint(b, "total_hint", s->total_hint);
	buf_json_key(b, "seconds");
	buf_printf(b, "%" PRIu64 ".%03" PRIu64, ms / 1000, ms % 1000);
	for (i = 0; i < r->count; i++) {
		buf_json_key(b, r->figures[i].name);
		if (r->figures[i].json != NULL)
			buf_text(b, r->figures[i].json);
		else
			buf_json_uint(b, r->figures[i].value);
	}
	buf_text(b, "}\n");
}

static char *
path_of(const struct stats_run *r, const char *ending)
{
	struct buf path = { 0 };

	buf_printf(&path, "%s/%s.%s", r->folder, r->stage, ending);
	buf_string(&path);
	return path.data;
}

/*
 * Progress is for looking at: written beside and renamed, not synced, and no
 * reason to end when it fails.
 */
static void
show(const struct stats *s)
{
	char *path = path_of(s->run, "progress");
	char *beside = path_of(s->run, "progress.new");
	struct buf line = { 0 };
	FILE *f = fopen(beside, "we");

	render(s, &line, -1);
	if (f != NULL) {
		size_t n = fwrite(line.data, 1, line.len, f);

		if (fclose(f) != 0 || n != line.len || rename(beside, path) < 0)
			unlink(beside);
	}
	buf_free(&line);
	free(beside);
	free(path);
}

void
stats_tick(struct stats *s)
{
	uint64_t now;

	if (s->run->folder == NULL)
		return;
	now = clock_ms();
	if (now - s->run->shown < PROGRESS_MS)
		return;
	s->run->shown = now;
	show(s);
}

static int
write_final(const struct stats *s, int status)
{
	char *path = path_of(s->run, "stats");
	char *progress = path_of(s->run, "progress");
	struct buf line = { 0 };
	const char *error;

	render(s, &line, status);
	error = file_replace(path, line.data, line.len);
	if (error != NULL) {
		log_error("cannot write the counters", LOG_TEXT("file", path),
		    LOG_TEXT("error", error));
		status = EX_IOERR;
	}
	unlink(progress);
	buf_free(&line);
	free(progress);
	free(path);
	return status;
}

int
stats_close(struct stats *s, int status)
{
	struct stats_run *r = s->run;
	size_t i;

	/* What a stage held when reading or writing failed is not out. */
	if (status != EX_IOERR && s->in != s->out + s->merged + s->dead) {
		log_error("records were lost: in is not out + merged + dead",
		    LOG_UINT("in", s->in), LOG_UINT("out", s->out),
		    LOG_UINT("merged", s->merged), LOG_UINT("dead", s->dead));
		status = EX_SOFTWARE;
	}
	if (r->folder != NULL)
		status = write_final(s, status);
	for (i = 0; i < r->count; i++) {
		free(r->figures[i].name);
		free(r->figures[i].json);
	}
	free(r->figures);
	free(r->stage);
	free(r->folder);
	free(r);
	free(s);
	return status;
}
