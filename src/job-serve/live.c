/* live.c - where a run is now: the counters of its stages */
/* For memmem(). */
#define _GNU_SOURCE
#include "live.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "answer.h"
#include "file.h"
#include "reads.h"
#include "runs.h"
#include "scan.h"

#define MOST_STAGES 64
#define MOST_BYTES ((size_t)64 << 10) /* of a stage's counters */
#define LOG_BYTES ((off_t)64 << 10)

/* How a report of a run without counters in the store ends: see run.sql. */
static const char no_stages[] = "\"stages\":null}";

bool
live_is_running(const char *row, size_t len)
{
	static const char running[] = "\"status\":\"running\"";

	return memmem(row, len, running, strlen(running)) != NULL;
}

/* A number of the report, by its name; 0 without one. */
static int64_t
number_in(const char *row, size_t len, const char *name)
{
	const char *at = memmem(row, len, name, strlen(name));

	return at != NULL ? strtoll(at + strlen(name), NULL, 10) : 0;
}

void
live_folder(const struct server *s, const char *row, size_t len,
    struct buf *path)
{
	buf_printf(path, "%s/feed-%" PRId64 "/%" PRId64, s->settings->runs,
	    number_in(row, len, "\"feed_id\":"),
	    number_in(row, len, "\"run_id\":"));
	buf_string(path);
}

/* Bytes of a stage's name if FILE has its counters, else 0. */
static size_t
stage_of(const char *file)
{
	size_t len = strspn(file, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return strcmp(file + len, ".progress") == 0 ||
	               strcmp(file + len, ".stats") == 0
	           ? len
	           : 0;
}

/* One stage more, if what it left is an object. */
static void
add_stage(struct buf *json, const char *path, const char *name, size_t len)
{
	struct scan *scan = scan_new();
	struct buf text = { 0 };
	size_t at;

	if (file_read(path, MOST_BYTES, &text) == NULL && text.len > 0 &&
	    scan_value(scan, text.data, text.len, &at) == NULL &&
	    text.data[0] == '{') {
		while (text.data[text.len - 1] != '}')
			text.len--;
		if (json->data[json->len - 1] != '{')
			buf_byte(json, ',');
		buf_json_string(json, name, len);
		buf_byte(json, ':');
		buf_add(json, text.data, text.len);
	}
	buf_free(&text);
	scan_free(scan);
}

/* The counters of all stages, {} if there are none. */
static void
add_stages(struct buf *json, const char *folder)
{
	DIR *dir = opendir(folder);
	struct buf path = { 0 };
	struct dirent *entry;
	int n = 0;

	buf_byte(json, '{');
	while (dir != NULL && n < MOST_STAGES && (entry = readdir(dir))) {
		size_t len = stage_of(entry->d_name);

		if (len == 0)
			continue;
		n++;
		buf_clear(&path);
		buf_printf(&path, "%s/%s", folder, entry->d_name);
		add_stage(json, buf_string(&path), entry->d_name, len);
	}
	buf_byte(json, '}');
	buf_free(&path);
	if (dir != NULL)
		closedir(dir);
}

void
live_report(const struct server *s, const char *row, size_t len,
    struct buf *body)
{
	size_t tail = strlen(no_stages);
	struct buf folder = { 0 };

	if (len <= tail || memcmp(row + len - tail, no_stages, tail) != 0 ||
	    !live_is_running(row, len)) {
		buf_add(body, row, len);
		return;
	}
	live_folder(s, row, len, &folder);
	buf_add(body, row, len - strlen("null}"));
	add_stages(body, folder.data);
	buf_byte(body, '}');
	buf_free(&folder);
}

void
live_answer(void *of, const struct store_answer *a)
{
	struct request *r = of;
	struct buf body = { 0 };

	if (!reads_good(r, a))
		return;
	if (a->len == 0) {
		answer_not_found(r, "there is no such run");
		return;
	}
	live_report(r->server, a->rows, a->len, &body);
	answer_json(r, r->status > 0 ? r->status : 200, &body, NULL);
}

void
live_run(struct request *r)
{
	struct buf q = { 0 };

	store_question(&q, "run");
	store_number(&q, "run_id", r->number);
	runs_add_queued(r->server->runs, &q);
	store_ask(r->server->store, STORE_QUICK, &q, live_answer, r);
}

/* No run: of a feed that never ran, or of none. */
static void
feed_known(void *of, const struct store_answer *a)
{
	struct request *r = of;

	if (!reads_good(r, a))
		return;
	if (a->len == 0)
		answer_not_found(r, "there is no such feed");
	else
		answer_problem(r,
		    &(struct answer_problem){ .status = 404,
		        .name = "never-ran",
		        .title = "The feed never ran",
		        .detail = "POST /trigger-feed/{feed_id} starts a "
		                  "run" });
}

static void
last_known(void *of, const struct store_answer *a)
{
	struct request *r = of;
	struct buf q = { 0 };

	if (a->len > 0 || a->error != NULL) {
		live_answer(of, a);
		return;
	}
	store_question(&q, "feeds");
	store_number(&q, "feed_id", r->number);
	store_ask(r->server->store, STORE_QUICK, &q, feed_known, r);
}

void
live_last_run(struct request *r)
{
	struct buf q = { 0 };

	store_question(&q, "run");
	store_number(&q, "feed_id", r->number);
	runs_add_queued(r->server->runs, &q);
	store_ask(r->server->store, STORE_QUICK, &q, last_known, r);
}

/* The last bytes of a file, from the start of a line; false without one. */
static bool
read_tail(const char *path, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	off_t from = 0;
	ssize_t n = 0;
	char *line;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		if (st.st_size > LOG_BYTES)
			from = st.st_size - LOG_BYTES;
		n = pread(fd, buf_room(out, (size_t)LOG_BYTES),
		    (size_t)LOG_BYTES, from);
	}
	close(fd);
	if (n > 0)
		out->len = (size_t)n;
	if (from > 0 && n > 0 &&
	    (line = memchr(out->data, '\n', out->len)) != NULL) {
		out->len -= (size_t)(line + 1 - out->data);
		memmove(out->data, line + 1, out->len);
	}
	return n >= 0;
}

static void
log_known(void *of, const struct store_answer *a)
{
	struct request *r = of;
	struct buf path = { 0 }, text = { 0 };
	bool found = false;
	size_t i;

	if (!reads_good(r, a))
		return;
	if (a->len > 0) {
		live_folder(r->server, a->rows, a->len, &path);
		buf_text(&path, "/log");
		found = read_tail(buf_string(&path), &text);
		buf_free(&path);
	}
	/* What a terminal would obey is no text. */
	for (i = 0; i < text.len; i++)
		if ((unsigned char)text.data[i] < ' ' && text.data[i] != '\n' &&
		    text.data[i] != '\t')
			text.data[i] = '?';
	if (found)
		answer_bytes(r, 200, &text, "text/plain; charset=utf-8");
	else
		answer_not_found(r,
		    a->len == 0 ? "there is no such run"
		                : "its run folder is not here any more");
	if (!found)
		buf_free(&text);
}

void
live_log(struct request *r)
{
	struct buf q = { 0 };

	store_question(&q, "run");
	store_number(&q, "run_id", r->number);
	store_ask(r->server->store, STORE_QUICK, &q, log_known, r);
}
