/* metrics.c - what the server counts, and what Prometheus is told */
#include "metrics.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "answer.h"
#include "clock.h"
#include "events.h"
#include "file.h"
#include "mem.h"
#include "runs.h"
#include "scan.h"
#include "status.h"
#include "store.h"

/* Upper bounds in milliseconds, and one without. */
static const unsigned int buckets[] = { 1, 2, 5, 10, 25, 50, 100, 250, 500,
	1000, 2500, 5000, 10000 };

#define BUCKETS (sizeof buckets / sizeof *buckets)

struct metrics {
	uint64_t classes[6]; /* of statuses: 2 is 200 to 299 */
	uint64_t within[BUCKETS + 1];
	uint64_t sum_ms, count;
	int64_t started; /* seconds since 1970 */
};

/* Families in the order they are told; those of the store come by name. */
static const struct {
	const char *name, *type, *help;
} families[] = {
	{ "jobmill_feed_consecutive_failures", "gauge",
	    "Runs of the feed that failed since one did not" },
	{ "jobmill_feed_last_success_timestamp_seconds", "gauge",
	    "When a run of the feed last succeeded, or found it unmodified" },
	{ "jobmill_feed_run_duration_seconds", "gauge",
	    "Mean duration of the feed's last committed runs" },
	{ "jobmill_feeds", "gauge", "Feeds" },
	{ "jobmill_feeds_disabled", "gauge", "Feeds that are switched off" },
	{ "jobmill_feeds_guarded", "gauge",
	    "Feeds that wait for a person to lift a guard" },
	{ "jobmill_guard_trips_total", "counter",
	    "Guards that stopped the closing of jobs" },
	{ "jobmill_job_changes_total", "counter", "What runs did to jobs" },
	{ "jobmill_jobs", "gauge", "Live jobs by route" },
	{ "jobmill_model_cost_usd_total", "counter",
	    "What the model cost, in US dollars" },
	{ "jobmill_model_requests_total", "counter", "Requests to the model" },
	{ "jobmill_model_tokens_total", "counter",
	    "Tokens that the model read and wrote" },
	{ "jobmill_records_total", "counter",
	    "Records of feeds by what became of them" },
	{ "jobmill_reviews_total", "counter",
	    "What people decided about jobs" },
	{ "jobmill_run_duration_seconds", "summary", "Duration of runs" },
	{ "jobmill_runs_total", "counter", "Runs by how they ended" },
	{ NULL, NULL, NULL },
};

struct metrics *
metrics_new(void)
{
	struct metrics *m = mem_zero(1, sizeof *m);

	m->started = (int64_t)time(NULL);
	return m;
}

void
metrics_count(struct metrics *m, const struct request *r)
{
	uint64_t took = clock_ms() - r->started_ms;
	size_t i = 0;

	if (r->status < 100 || r->status > 599)
		return;
	m->classes[r->status / 100]++;
	if (r->streams)
		return;
	m->count++;
	m->sum_ms += took;
	while (i < BUCKETS && took > buckets[i])
		i++;
	m->within[i]++;
}

static void
begin(struct buf *b, const char *name, const char *type, const char *help)
{
	buf_printf(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void
gauge(struct buf *b, const char *name, const char *type, const char *help,
    uint64_t value)
{
	begin(b, name, type, help);
	buf_printf(b, "%s %" PRIu64 "\n", name, value);
}

static void
add_requests(struct buf *b, const struct metrics *m)
{
	static const char latency[] = "jobmill_http_request_duration_seconds";
	uint64_t n = 0;
	size_t i;

	begin(b, "jobmill_http_requests_total", "counter",
	    "Requests by the class of their answers");
	for (i = 2; i < 6; i++)
		buf_printf(b,
		    "jobmill_http_requests_total{code=\"%zuxx\"} %" PRIu64 "\n",
		    i, m->classes[i]);
	begin(b, latency, "histogram",
	    "From the first line of a request to the end of its answer");
	for (i = 0; i < BUCKETS; i++) {
		n += m->within[i];
		buf_printf(b, "%s_bucket{le=\"%g\"} %" PRIu64 "\n", latency,
		    buckets[i] / 1000.0, n);
	}
	buf_printf(b, "%s_bucket{le=\"+Inf\"} %" PRIu64 "\n", latency,
	    m->count);
	buf_printf(b, "%s_sum %.3f\n%s_count %" PRIu64 "\n", latency,
	    (double)m->sum_ms / 1000, latency, m->count);
}

static void
add_store(struct buf *b, const struct store *store)
{
	static const char *const lanes[] = { "quick", "patient" };
	static const char *const names[][3] = {
		{ "jobmill_store_up", "gauge", "Whether the store answers" },
		{ "jobmill_store_questions_total", "counter",
		    "Questions to the store" },
		{ "jobmill_store_questions_failed_total", "counter",
		    "Questions that it did not answer" },
		{ "jobmill_store_questions_pending", "gauge",
		    "Questions that are under way" },
		{ "jobmill_store_restarts_total", "counter",
		    "How often who asks the store had to be started again" },
	};
	size_t i;
	int lane;

	for (i = 0; i < 5; i++) {
		begin(b, names[i][0], names[i][1], names[i][2]);
		for (lane = 0; lane < STORE_LANES; lane++) {
			struct store_counts c =
			    store_counts(store, (enum store_lane)lane);
			const uint64_t values[] = { c.up, c.asked, c.failed,
				c.pending, c.restarts };

			buf_printf(b, "%s{lane=\"%s\"} %" PRIu64 "\n",
			    names[i][0], lanes[lane], values[i]);
		}
	}
}

/* Bytes of memory in use, by the kernel's account; 0 if that is not to be had.
 */
static uint64_t
resident(void)
{
	struct buf text = { 0 };
	unsigned long long pages = 0;
	char *end;

	if (file_read("/proc/self/statm", 4096, &text) == NULL) {
		(void)strtoull(buf_string(&text), &end, 10);
		pages = strtoull(end, NULL, 10);
	}
	buf_free(&text);
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void
add_server(struct buf *b, const struct server *s)
{
	begin(b, "jobmill_build_info", "gauge", "Which version this is");
	buf_text(b, "jobmill_build_info{version=\"" VERSION "\"} 1\n");
	gauge(b, "jobmill_runs_running", "gauge",
	    "Runs of this server that are under way", runs_running(s->runs));
	gauge(b, "jobmill_runs_queued", "gauge",
	    "Runs of this server that wait for their turn",
	    runs_waiting(s->runs));
	gauge(b, "jobmill_http_connections", "gauge", "Connections",
	    s->conns.count);
	gauge(b, "jobmill_http_connections_refused_total", "counter",
	    "Connections that were one too many", s->conns.refused);
	gauge(b, "jobmill_http_connections_evicted_total", "counter",
	    "Connections that made room for others", s->conns.evicted);
	gauge(b, "jobmill_http_connections_late_total", "counter",
	    "Connections whose request did not come in time", s->conns.late);
	gauge(b, "jobmill_http_streams", "gauge", "Clients that follow runs",
	    events_count(s->events));
	gauge(b, "process_start_time_seconds", "gauge",
	    "When the server started", (uint64_t)s->metrics->started);
	gauge(b, "process_resident_memory_bytes", "gauge",
	    "Memory of the process that faces the network", resident());
	add_requests(b, s->metrics);
	add_store(b, s->store);
}

/* The family of a sample, whose name may have an ending; NULL: none. */
static const char *
family_of(const char *name, size_t len, size_t *which)
{
	size_t i, n;

	for (i = 0; families[i].name != NULL; i++) {
		n = strlen(families[i].name);
		if (len < n || memcmp(name, families[i].name, n) != 0)
			continue;
		if (len == n || (strcmp(families[i].type, "summary") == 0 &&
		                    name[n] == '_')) {
			*which = i;
			return families[i].name;
		}
	}
	return NULL;
}

/* {feed="1",name="a \"b\""} */
static void
add_labels(struct buf *b, struct json_value labels)
{
	struct json_walk walk = json_walk(labels);
	struct buf room = { 0 };
	struct json_member m;
	bool any = false;
	size_t i, len;

	while (json_next(&walk, &m)) {
		const char *text = json_text(m.value, &room, &len);

		buf_byte(b, any ? ',' : '{');
		buf_add(b, m.name, m.name_len);
		buf_text(b, "=\"");
		for (i = 0; i < len; i++) {
			if (text[i] == '\n')
				buf_text(b, "\\n");
			else if (text[i] == '"' || text[i] == '\\')
				buf_printf(b, "\\%c", text[i]);
			else
				buf_byte(b, text[i]);
		}
		buf_byte(b, '"');
		any = true;
	}
	if (any)
		buf_byte(b, '}');
	buf_free(&room);
}

static void
add_samples(struct buf *b, const struct store_answer *a)
{
	struct json_value list = { .type = JSON_ARRAY };
	size_t which = 0, last = SIZE_MAX;
	struct json_member row;
	struct json_walk walk;
	struct buf text = { 0 };

	buf_byte(&text, '[');
	buf_add(&text, a->rows, a->len);
	buf_byte(&text, ']');
	list.text = text.data;
	list.len = text.len;
	walk = json_walk(list);
	while (json_next(&walk, &row)) {
		struct json_value name = json_get(row.value, "name");

		if (family_of(name.text, name.len, &which) == NULL)
			continue;
		if (which != last)
			begin(b, families[which].name, families[which].type,
			    families[which].help);
		last = which;
		buf_add(b, name.text, name.len);
		add_labels(b, json_get(row.value, "labels"));
		buf_byte(b, ' ');
		name = json_get(row.value, "value");
		buf_add(b, name.text, name.len);
		buf_byte(b, '\n');
	}
	buf_free(&text);
}

static void
known(void *of, const struct store_answer *a)
{
	struct request *r = of;
	struct buf body = { 0 };

	/* A store that is away is one of the things to be told. */
	add_server(&body, r->server);
	if (a->status == EX_OK)
		add_samples(&body, a);
	answer_bytes(r, 200, &body, "text/plain; version=0.0.4; charset=utf-8");
}

void
metrics_show(struct request *r)
{
	struct buf q = { 0 };

	store_question(&q, "metrics");
	store_ask(r->server->store, STORE_PATIENT, &q, known, r);
}
