/*
 * xano-histories: random histories of a mirror, and what must hold in each
 *
 *     xano-histories HISTORIES SEED
 *
 * Each history starts with an empty table of the stand-in and a few rows.  Then
 * the wanted rows change at random, other people write, Xano fails in every way
 * the stand-in knows, xano-sync is killed; after each run it must hold that
 *
 *     no row was deleted whose key is wanted, unless it was there twice
 *     no row was added whose key was there, but by a request that came late
 *     no more rows were deleted than --max-delete allows
 *     after exit status 0 the table equals the wanted rows
 *     a row without a key is where it was
 *
 * and at the end, when the faults are over, that one run makes the table equal
 * and the next one writes nothing.  Both programs come from PATH.  The seed of
 * a history that fails is printed, and repeats it with HISTORIES 1.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buf.h"
#include "file.h"
#include "http.h"
#include "log.h"
#include "mem.h"
#include "scan.h"
#include "status.h"

#define KEYS 40       /* different keys there are */
#define MAX_ROWS 2000 /* ids of a history */
#define PERCENT 50    /* --max-delete */

/* A wanted row; what is not wanted has VERSION 0. */
struct want {
	unsigned int version;
};

/* A row of the table, as the history of the stand-in tells it. */
struct live {
	bool there;
	int key; /* -1: none, -2: not one of ours */
};

struct world {
	uint64_t random;
	struct http *http;
	char url[64];
	pid_t standin;
	int standin_in; /* closed, it ends */
	struct want wanted[KEYS];
	struct live rows[MAX_ROWS];
	size_t seen; /* bytes of the history that were looked at */
	size_t foreign;
	bool others;   /* somebody else writes in this run */
	bool late;     /* a request may be handled after its time-out */
	uint64_t seed; /* of this history */
	unsigned int faults, kills, runs;
	unsigned int statuses[256];
};

static uint64_t
next(struct world *w)
{
	uint64_t x = w->random += UINT64_C(0x9E3779B97F4A7C15);

	x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
	return x ^ (x >> 31);
}

/* A number below N. */
static unsigned int
below(struct world *w, unsigned int n)
{
	return (unsigned int)(next(w) % n);
}

static bool
chance(struct world *w, unsigned int percent)
{
	return below(w, 100) < percent;
}

_Noreturn static void __attribute__((format(printf, 2, 3)))
broken(const struct world *w, const char *fmt, ...)
{
	va_list args;

	printf("seed %" PRIu64 ": ", w->seed);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
	kill(w->standin, SIGTERM);
	exit(EXIT_FAILURE);
}

/* A control request; its answer in OUT, which is cleared first. */
static void
ask(struct world *w, const char *path, const char *body, struct buf *out)
{
	struct buf url = { 0 };
	struct http_request request = { .method = body ? "POST" : "GET",
		.body = body,
		.body_len = body != NULL ? strlen(body) : 0,
		.direct = true };
	struct http_answer *a;

	buf_printf(&url, "%s%s", w->url, path);
	request.url = buf_string(&url);
	a = http_call(w->http, &request);
	if (a == NULL || a->failure != HTTP_OK || a->status != 200)
		broken(w, "the stand-in does not take %s: %s", path,
		    a != NULL && a->body.len > 0 ? buf_string(&a->body) : "");
	buf_clear(out);
	buf_add(out, a->body.data, a->body.len);
	buf_string(out);
	http_answer_free(a);
	buf_free(&url);
}

static void
control(struct world *w, struct buf *orders)
{
	struct buf answer = { 0 };

	ask(w, "/_control", buf_string(orders), &answer);
	buf_free(&answer);
	buf_free(orders);
}

/* The row's values, in one of the forms that all mean the same. */
static void
add_record(struct world *w, struct buf *b, int key)
{
	unsigned int v = w->wanted[key].version;
	unsigned int pay = v * 7 + (unsigned int)key;

	buf_printf(b, "{\"job_id\":\"k%d\",\"title\":\"t%u\",", key, v);
	if (chance(w, 50))
		buf_printf(b, "\"pay\":%u.50000,", pay);
	else
		buf_printf(b, "\"pay\":%u5e-1,", pay);
	if (v % 3 != 0)
		buf_printf(b, "\"note\":\"n\\u00e9%u\",", v);
	else if (chance(w, 50))
		buf_text(b, "\"note\":null,");
	buf_printf(b,
	    chance(w, 50) ? "\"data\":{\"a\":%u,\"b\":[1.0]},"
	                  : "\"data\":{ \"b\":[1], \"a\":%u },",
	    v);
	buf_printf(b, "\"at\":\"2026-11-01T%s\"}\n",
	    chance(w, 50) ? "10:00:00Z" : "12:00:00.0001+02:00");
}

static unsigned int
write_wanted(struct world *w, bool complete)
{
	struct buf b = { 0 };
	unsigned int count = 0;
	const char *wrong;
	int key;

	for (key = 0; key < KEYS; key++)
		if (w->wanted[key].version > 0) {
			add_record(w, &b, key);
			count++;
		}
	if (complete)
		buf_printf(&b, "{\"_done\":{\"records\":%u}}\n", count);
	wrong = file_replace("in", b.data, b.len);
	if (wrong != NULL)
		broken(w, "cannot write: %s", wrong);
	buf_free(&b);
	return count;
}

static void
change_wanted(struct world *w)
{
	unsigned int adds = below(w, 12), drops = below(w, 8),
	             changes = below(w, 8);

	while (adds-- > 0)
		w->wanted[below(w, KEYS)].version = 1 + below(w, 50);
	while (drops-- > 0)
		w->wanted[below(w, KEYS)].version = 0;
	while (changes-- > 0) {
		struct want *want = &w->wanted[below(w, KEYS)];

		if (want->version > 0)
			want->version++;
	}
}

/* What somebody else does: never to our keys' harm, but in our way. */
static void
add_writer(struct world *w, struct buf *b)
{
	unsigned int id = 1 + below(w, 60);

	w->others = true;
	switch (below(w, 4)) {
	case 0:
		buf_text(b, "{\"insert\":[{\"title\":\"theirs\"}]}");
		break;
	case 1:
		buf_printf(b,
		    "{\"insert\":[{\"job_id\":\"k%u\",\"title\":\"x\"}]}",
		    below(w, KEYS));
		break;
	case 2:
		buf_printf(b,
		    "{\"update\":{\"id\":%u,\"set\":{\"title\":\"x\"}}}", id);
		break;
	default:
		buf_printf(b, "{\"delete\":[%u]}", id);
	}
}

static void
add_fault(struct world *w, struct buf *b, pid_t pid)
{
	static const char *const paths[] = { "/content", "/content/bulk",
		"/search", "bulk/patch", "bulk/delete", "/" };
	static const char *const kinds[] = { "\"status\":429",
		"\"status\":429,\"retry_after\":\"1\"", "\"status\":500",
		"\"status\":500,\"apply\":true", "\"status\":503",
		"\"status\":502,\"html\":true",
		"\"status\":504,\"html\":true,\"apply\":true", "\"reset\":true",
		"\"reset\":true,\"apply\":true", "\"cut\":7", "\"cut\":150",
		"\"delay_ms\":5", "\"status\":200,\"html\":true",
		"\"status\":200,\"body\":\"{\\\"code\\\":\\\"ERROR_FATAL\\\"}"
		"\","
		"\"apply\":true",
		"\"status\":400", "\"status\":413", "\"delay_ms\":250",
		"\"delay_ms\":250,\"late\":true" };
	unsigned int kind = below(w, sizeof kinds / sizeof *kinds);

	buf_printf(b, "{\"path\":\"%s\",\"skip\":%u,\"times\":%u,",
	    paths[below(w, sizeof paths / sizeof *paths)], below(w, 6),
	    1 + below(w, 3));
	if (pid > 0) {
		buf_printf(b, "\"%s\":{\"kill\":%ld}}",
		    chance(w, 50) ? "before" : "after", (long)pid);
		w->kills++;
	} else if (chance(w, 20)) {
		buf_text(b, chance(w, 50) ? "\"before\":" : "\"after\":");
		add_writer(w, b);
		buf_byte(b, '}');
	} else if (chance(w, 3)) {
		buf_text(b, "\"before\":{\"token\":\"expired\"}}");
	} else {
		/* A slow one costs real time: not too many of them. */
		if (kind >= 16 && chance(w, 80))
			kind = 2;
		w->late = w->late || kind == 17;
		buf_printf(b, "%s}", kinds[kind]);
	}
	w->faults++;
}

static void
send_faults(struct world *w, pid_t pid)
{
	struct buf b = { 0 };
	unsigned int count = below(w, 6), i;
	bool kills = chance(w, 25);

	w->others = w->late = false;
	buf_text(&b, "{\"fault\":[");
	for (i = 0; i < count; i++) {
		if (i > 0)
			buf_byte(&b, ',');
		add_fault(w, &b, 0);
	}
	if (kills) {
		if (count > 0)
			buf_byte(&b, ',');
		add_fault(w, &b, pid);
	}
	buf_text(&b, "]}");
	control(w, &b);
}

static void
set_switches(struct world *w)
{
	static const int absent[] = { 0, 1, 404 };
	struct buf b = { 0 };

	buf_printf(&b,
	    "{\"switch\":{\"string_ids\":%u,\"absent_delete\":%d,"
	    "\"atomic\":%u,\"per_page_max\":%u,\"empty_delete\":%u,"
	    "\"shuffle_ids\":%u,\"scramble_json\":%u,\"no_search\":%u,"
	    "\"no_totals\":%u,\"bulk_max\":%u,\"ignore_search\":0}}",
	    below(w, 2), absent[below(w, 3)], below(w, 2), 3 + below(w, 40),
	    below(w, 2), below(w, 2), below(w, 2), chance(w, 30), chance(w, 20),
	    chance(w, 20) ? 3U : 0U);
	control(w, &b);
}

/* Where the key of an event is in our table of keys. */
static int
key_of(struct json_value key)
{
	char text[16];
	char *end;
	long n;

	if (key.type != JSON_STRING || key.len == 0)
		return -1;
	if (*key.text != 'k' || key.len >= sizeof text)
		return -2;
	memcpy(text, key.text + 1, key.len - 1);
	text[key.len - 1] = '\0';
	n = strtol(text, &end, 10);
	return *end == '\0' && n >= 0 && n < KEYS ? (int)n : -2;
}

static unsigned int
rows_with(const struct world *w, int key)
{
	unsigned int count = 0;
	size_t i;

	for (i = 0; i < MAX_ROWS; i++)
		count += w->rows[i].there && w->rows[i].key == key;
	return count;
}

/* Play an event; true when it is a deletion by the mirror of a last row. */
static bool
play(struct world *w, struct json_value event)
{
	struct json_value op = json_get(event, "op");
	long long id = 0, n = 0;
	int key = key_of(json_get(event, "key"));
	bool last = false;

	json_int64(json_get(event, "id"), &id);
	json_int64(json_get(event, "n"), &n);
	if (id < 1 || id >= MAX_ROWS)
		broken(w, "id %lld is out of bounds", id);
	if (op.len == 6 && memcmp(op.text, "delete", 6) == 0) {
		last = rows_with(w, key) == 1;
		if (n > 0 && key == -1)
			broken(w, "row %lld of no key was deleted", id);
		if (n > 0 && key >= 0 && last && w->wanted[key].version > 0)
			broken(w, "row %lld was deleted, but k%d is wanted", id,
			    key);
		w->rows[id].there = false;
		if (n == 0 && key == -1)
			w->foreign--;
		return n > 0 && last;
	}
	if (op.len == 6 && memcmp(op.text, "insert", 6) == 0) {
		w->foreign += key == -1;
		if (n > 0 && !w->others && !w->late && rows_with(w, key) > 0)
			broken(w, "k%d was added a second time", key);
	}
	w->rows[id] = (struct live){ true, key };
	return false;
}

/* Play what has happened; returns how many keys the mirror took away. */
static unsigned int
play_history(struct world *w)
{
	struct buf history = { 0 };
	unsigned int deleted = 0;
	const char *at, *end;

	ask(w, "/_history", NULL, &history);
	at = history.data + w->seen;
	while (w->seen < history.len && (end = strchr(at, '\n')) != NULL) {
		struct json_value event = { JSON_OBJECT, false, at,
			(size_t)(end - at) };

		deleted += play(w, event);
		at = end + 1;
		w->seen = (size_t)(at - history.data);
	}
	buf_free(&history);
	return deleted;
}

static bool
has_text(struct json_value row, const char *name, const char *text)
{
	struct json_value v = json_get(row, name);

	return v.type == JSON_STRING && v.len == strlen(text) &&
	       memcmp(v.text, text, v.len) == 0;
}

/* Whether a row has the values that are wanted. */
static bool
is_right(const struct world *w, struct json_value row, int key)
{
	unsigned int v = w->wanted[key].version;
	struct json_value pay = json_get(row, "pay");
	struct json_value data = json_get(row, "data");
	char text[32];
	long long n;

	snprintf(text, sizeof text, "t%u", v);
	if (!has_text(row, "title", text))
		return false;
	snprintf(text, sizeof text, "%u.5", v * 7 + (unsigned int)key);
	if (pay.type != JSON_NUMBER || pay.len != strlen(text) ||
	    memcmp(pay.text, text, pay.len) != 0)
		return false;
	snprintf(text, sizeof text, "n\xC3\xA9%u", v);
	if (v % 3 != 0 ? !has_text(row, "note", text)
	               : json_get(row, "note").type != JSON_NULL)
		return false;
	if (!json_int64(json_get(data, "a"), &n) || n != (long long)v)
		return false;
	return json_int64(json_get(row, "at"), &n) && n == 1793527200000;
}

static void
check_equal(struct world *w, const char *when)
{
	bool found[KEYS] = { false };
	struct buf rows = { 0 };
	const char *at, *end;
	size_t foreign = 0;
	int key;

	ask(w, "/_rows", NULL, &rows);
	for (at = rows.data; at != NULL && (end = strchr(at, '\n')) != NULL;
	     at = end + 1) {
		struct json_value row = { JSON_OBJECT, false, at,
			(size_t)(end - at) };

		key = key_of(json_get(row, "job_id"));
		foreign += key == -1;
		if (key < 0)
			continue;
		if (found[key])
			broken(w, "%s: k%d is there twice", when, key);
		if (w->wanted[key].version == 0)
			broken(w, "%s: k%d is there, not wanted", when, key);
		if (!is_right(w, row, key))
			broken(w, "%s: not as wanted: %.*s", when, (int)row.len,
			    row.text);
		found[key] = true;
	}
	for (key = 0; key < KEYS; key++)
		if (w->wanted[key].version > 0 && !found[key])
			broken(w, "%s: k%d is missing", when, key);
	if (foreign != w->foreign)
		broken(w, "%s: %zu rows of others, not %zu", when, foreign,
		    w->foreign);
	buf_free(&rows);
}

/* Start xano-sync, stopped until a byte comes through *GO. */
static pid_t
start_sync(struct world *w, const char *const argv[], int *go)
{
	int gate[2];
	pid_t pid;
	char byte;

	if (pipe(gate) != 0 || (pid = fork()) < 0)
		broken(w, "no process: %s", strerror(errno));
	if (pid == 0) {
		int out = open("out", O_WRONLY | O_CREAT | O_TRUNC, 0600);
		int err = open("err", O_WRONLY | O_CREAT | O_TRUNC, 0600);

		close(gate[1]);
		dup2(out, STDOUT_FILENO);
		dup2(err, STDERR_FILENO);
		if (read(gate[0], &byte, 1) != 1)
			_exit(EX_OSERR);
		close(gate[0]);
		execvp(argv[0], (char *const *)argv);
		_exit(EX_OSERR);
	}
	close(gate[0]);
	*go = gate[1];
	return pid;
}

static int
finish_sync(struct world *w, pid_t pid, int go)
{
	int status;

	if (write(go, "", 1) != 1)
		broken(w, "the gate is shut");
	close(go);
	if (waitpid(pid, &status, 0) != pid)
		broken(w, "lost a process");
	w->runs++;
	if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
		broken(w, "xano-sync died of signal %d", WTERMSIG(status));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + SIGKILL;
}

static unsigned int
rows_of_ours(const struct world *w)
{
	unsigned int count = 0;
	size_t i;

	for (i = 0; i < MAX_ROWS; i++)
		count += w->rows[i].there && w->rows[i].key != -1;
	return count;
}

/* A run under faults, and what must hold after it. */
static void
run_faulty(struct world *w)
{
	char bulk[24], pages[24], parallel[24], percent[8];
	const char *order = chance(w, 50) ? "add-first" : "delete-first";
	const char *argv[] = { "xano-sync", "-p", "./profile.json", "--bulk",
		bulk, "--per-page", pages, "-j", parallel, "--order", order,
		"--max-delete", percent, "--retry-wait", "1ms", "--max-wait",
		"3ms", "--timeout", "150ms", "--retries", "3", "in", NULL };
	bool complete = !chance(w, 10);
	unsigned int before, deleted, most;
	int go, status;
	pid_t pid;

	snprintf(bulk, sizeof bulk, "%u", 1 + below(w, 10));
	snprintf(pages, sizeof pages, "%u", 2 + below(w, 30));
	snprintf(parallel, sizeof parallel, "%u", 1 + below(w, 4));
	snprintf(percent, sizeof percent, "%d%%", PERCENT);
	write_wanted(w, complete);
	play_history(w);
	before = rows_of_ours(w);
	pid = start_sync(w, argv, &go);
	send_faults(w, pid);
	status = finish_sync(w, pid, go);
	w->statuses[status & 0xFF]++;
	deleted = play_history(w);
	/* What others add while it reads may count for it. */
	most = (before + (w->others ? 20 : 0)) * PERCENT / 100;
	if (deleted > most || (deleted > 0 && !complete))
		broken(w, "%u rows deleted of %u%s", deleted, before,
		    complete ? "" : " without an end mark");
	if (status == EX_SOFTWARE || status == EX_OSERR || status == 99)
		broken(w, "xano-sync ended with %d, see err", status);
	if (status == EX_OK && !w->others)
		check_equal(w, "after exit 0");
}

/* Without faults one run does all, and the next one nothing. */
static void
run_clean(struct world *w)
{
	const char *argv[] = { "xano-sync", "-p", "./profile.json",
		"--max-delete", "100%", "--allow-empty", "--refill", "in",
		NULL };
	struct buf b = { 0 }, out = { 0 };
	int go, status, round;
	pid_t pid;

	buf_text(&b, "{\"clear_faults\":true,\"token\":null}");
	control(w, &b);
	write_wanted(w, true);
	for (round = 0; round < 2; round++) {
		play_history(w);
		pid = start_sync(w, argv, &go);
		status = finish_sync(w, pid, go);
		if (status != EX_OK)
			broken(w, "xano-sync ended with %d at last, see err",
			    status);
		play_history(w);
		check_equal(w, round == 0 ? "at the end" : "a second time");
	}
	if (file_read("out", 1 << 20, &out) != NULL || out.len > 0)
		broken(w, "the second run wrote: %s", buf_string(&out));
	buf_free(&out);
}

static void
run_history(struct world *w, uint64_t seed)
{
	struct buf answer = { 0 };
	unsigned int steps, i;
	char state[32];

	/* What a sync remembers of the table goes with the table. */
	snprintf(state, sizeof state, "state.%" PRIu64, seed);
	setenv("JOBMILL_STATE_DIR", state, 1);
	w->random = w->seed = seed;
	memset(w->wanted, 0, sizeof w->wanted);
	memset(w->rows, 0, sizeof w->rows);
	w->seen = w->foreign = 0;
	ask(w, "/_reset", "", &answer);
	buf_free(&answer);
	set_switches(w);
	for (i = 0; i < 4; i++)
		change_wanted(w);
	steps = 1 + below(w, 3);
	for (i = 0; i < steps; i++) {
		struct buf b = { 0 };

		run_faulty(w);
		change_wanted(w);
		buf_text(&b, "{\"clear_faults\":true,\"token\":null}");
		control(w, &b);
	}
	run_clean(w);
}

/* A small table and its profile: the shipped one with fewer columns. */
static void
write_files(struct world *w)
{
	static const char fields[] =
	    "\"fields\":[{\"column\":\"job_id\"},{\"column\":\"title\"},"
	    "{\"column\":\"pay\",\"type\":\"decimal\"},{\"column\":\"note\"},"
	    "{\"column\":\"data\",\"type\":\"json\"},"
	    "{\"column\":\"at\",\"type\":\"timestamp\"}]}";
	struct buf shipped = { 0 }, path = { 0 }, schema = { 0 };
	const char *wrong = file_read(file_share(&path, "xano/metadata.json"),
	    1 << 20, &shipped);
	static const char *const columns[][2] = { { "id", "int" },
		{ "job_id", "text" }, { "title", "text" }, { "pay", "decimal" },
		{ "note", "text" }, { "data", "json" }, { "at", "timestamp" } };
	char *cut;
	size_t i;

	if (wrong != NULL)
		broken(w, "no profile: %s", wrong);
	buf_string(&shipped);
	cut = strstr(shipped.data, "\"fields\"");
	if (cut == NULL)
		broken(w, "the profile has no fields");
	shipped.len = (size_t)(cut - shipped.data);
	buf_text(&shipped, fields);
	for (i = 0; i < sizeof columns / sizeof *columns; i++)
		buf_printf(&schema,
		    "%s{\"name\":\"%s\",\"type\":\"%s\",\"nullable\":%s}",
		    i > 0 ? "," : "[", columns[i][0], columns[i][1],
		    i > 0 ? "true" : "false");
	buf_text(&schema, "]");
	if (file_replace("profile.json", shipped.data, shipped.len) != NULL ||
	    file_replace("schema.json", schema.data, schema.len) != NULL)
		broken(w, "cannot write here");
	buf_free(&shipped);
	buf_free(&schema);
	buf_free(&path);
}

static void
start_standin(struct world *w)
{
	int in[2], out[2];
	char port[16];
	ssize_t n;

	if (pipe(in) != 0 || pipe(out) != 0 || (w->standin = fork()) < 0)
		broken(w, "no process: %s", strerror(errno));
	if (w->standin == 0) {
		close(in[1]);
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		execlp("xano", "xano", "--port", "0", "--with-stdin",
		    "--schema", "schema.json", (char *)NULL);
		_exit(EX_OSERR);
	}
	close(in[0]);
	close(out[1]);
	fcntl(in[1], F_SETFD, FD_CLOEXEC);
	w->standin_in = in[1];
	n = read(out[0], port, sizeof port - 1);
	close(out[0]);
	if (n < 2)
		broken(w, "the stand-in does not start");
	port[n - 1] = '\0';
	snprintf(w->url, sizeof w->url, "http://127.0.0.1:%s", port);
}

static void
set_environment(const struct world *w)
{
	char base[80];

	snprintf(base, sizeof base, "%s/api:meta", w->url);
	setenv("XANO_BASE_URL", base, 1);
	setenv("XANO_TOKEN", "good", 1);
	setenv("XANO_WORKSPACE", "1", 1);
	setenv("XANO_TABLE", "1", 1);
}

int
main(int argc, char *argv[])
{
	struct world *w = mem_zero(1, sizeof *w);
	struct http_options options = { .connect_ms = 5000 };
	uint64_t count, seed, i;

	log_init("xano-histories");
	if (argc != 3)
		die(EX_USAGE, "wanted: HISTORIES SEED");
	count = strtoull(argv[1], NULL, 10);
	seed = strtoull(argv[2], NULL, 10);
	write_files(w);
	start_standin(w);
	set_environment(w);
	w->http = http_open(&options);
	for (i = 0; i < count; i++)
		run_history(w, seed + i);
	printf("%" PRIu64 " histories from seed %" PRIu64
	       ": %u runs, %u faults, %u kills; statuses",
	    count, seed, w->runs, w->faults, w->kills);
	for (i = 0; i < 256; i++)
		if (w->statuses[i] > 0)
			printf(" %d:%u", (int)i, w->statuses[i]);
	printf("\n");
	http_close(w->http);
	close(w->standin_in);
	waitpid(w->standin, NULL, 0);
	free(w);
	return EXIT_SUCCESS;
}
