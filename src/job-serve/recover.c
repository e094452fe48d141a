/* recover.c - runs that nobody ended */
#include "recover.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "json.h"
#include "log.h"
#include "mem.h"
#include "runs.h"
#include "status.h"
#include "store.h"

#define EVERY_MS 2000

/* One that has just begun may be somebody's who works by hand. */
#define LEAST_SILENT_S 5

struct recover {
	struct server *server;
	uint64_t next_ms;
	bool asked, done;
};

struct recover *
recover_new(struct server *s)
{
	struct recover *r = mem_zero(1, sizeof *r);

	r->server = s;
	return r;
}

static void
look_at(struct recover *r, const cJSON *run)
{
	int64_t id = json_integer(run, "run_id", 0),
	        pid = json_integer(run, "pid", 0);

	if (id <= 0 || pid <= 1 || kill((pid_t)pid, 0) == 0 || errno != ESRCH)
		return;
	if (json_integer(run, "silent", 0) < LEAST_SILENT_S) {
		r->done = false;
		return;
	}
	log_warning("a run was interrupted: its process is gone",
	    LOG_SINT("run", id), LOG_SINT("pid", pid));
	runs_end_dead(r->server->runs, id);
}

static void
known(void *of, const struct store_answer *a)
{
	struct recover *r = of;
	struct buf list = { 0 };
	const char *error;
	const cJSON *run;
	size_t at;
	cJSON *tree;

	r->asked = false;
	if (a->status != EX_OK)
		return;
	r->done = true;
	buf_byte(&list, '[');
	buf_add(&list, a->rows, a->len);
	buf_byte(&list, ']');
	tree = json_parse(list.data, list.len, &error, &at);
	cJSON_ArrayForEach(run, tree)
	{
		look_at(r, run);
	}
	cJSON_Delete(tree);
	buf_free(&list);
}

void
recover_tick(struct recover *r, uint64_t now_ms)
{
	struct buf q = { 0 };
	char host[256] = "";

	if (r->done || r->asked || now_ms < r->next_ms)
		return;
	r->next_ms = now_ms + EVERY_MS;
	if (gethostname(host, sizeof host - 1) < 0)
		return;
	r->asked = true;
	store_question(&q, "running");
	buf_json_member(&q, "host", host, strlen(host));
	store_ask(r->server->store, STORE_PATIENT, &q, known, r);
}
