/* faults.c - what goes wrong in a run */
#include "world.h"

/* What somebody else does: never to our keys' harm, but in our way. */
static void
add_writer(struct world *w, struct buf *b)
{
	unsigned int id = 1 + below(w, 60);

	w->others = true;
	switch (below(w, 4)) {
	case 0:
		buf_text(b,
		    "{\"insert\":[{\"title\":\"theirs\",\"feed_id\":1}]}");
		break;
	case 1:
		buf_printf(b,
		    "{\"insert\":[{\"job_hash\":\"k%u\",\"title\":\"x\","
		    "\"feed_id\":1}]}",
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

/* Which requests it is for: of each profile some, and of some all. */
static void
add_place(struct world *w, struct buf *b)
{
	static const char *const metadata[] = { "/content", "/content/bulk",
		"/search", "bulk/patch", "bulk/delete", "/", "/schema" };
	static const char *const custom[] = { "/feeds", "supabase_bulk",
		"bulk_remove", "/" };
	static const char *const methods[] = { "GET", "POST", "PUT", "DELETE" };

	if (w->door == DOOR_METADATA)
		buf_printf(b, "{\"path\":\"%s\"", metadata[below(w, 7)]);
	else if (w->door == DOOR_CUSTOM)
		buf_printf(b, "{\"path\":\"%s\"", custom[below(w, 4)]);
	else
		buf_printf(b, "{\"method\":\"%s\"", methods[below(w, 4)]);
	buf_printf(b, ",\"skip\":%u,\"times\":%u,",
	    below(w,
	        w->door == DOOR_CRUD || w->door == DOOR_CRUD_PAGED ? 12 : 6),
	    1 + below(w, 3));
}

/* An answer that is none, or not the one that was hoped for. */
static void
add_answer(struct world *w, struct buf *b)
{
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
		"\"status\":400", "\"status\":413", "\"status\":404",
		"\"delay_ms\":250", "\"delay_ms\":250,\"late\":true" };
	unsigned int kind = below(w, sizeof kinds / sizeof *kinds);

	/* A slow one costs real time: not too many of them. */
	if (kind >= 17 && chance(w, 80))
		kind = 2;
	w->late = w->late || kind == 18;
	buf_printf(b, "%s}", kinds[kind]);
}

static void
add_fault(struct world *w, struct buf *b, pid_t pid)
{
	add_place(w, b);
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
	} else if (chance(w, 3)) {
		/* From here on reads show what was: as if writes came late. */
		w->late = true;
		buf_text(b, "\"before\":{\"stale\":true}}");
	} else {
		add_answer(w, b);
	}
	w->faults++;
}

void
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
	buf_text(&b, "]");
	/* Throttled for real, now and then: some requests in a short time. */
	if (chance(w, 15))
		buf_printf(&b, ",\"rate\":{\"requests\":%u,\"window_ms\":%u}",
		    2 + below(w, 4), 5 + below(w, 20));
	buf_text(&b, "}");
	control(w, &b);
}

void
send_switches(struct world *w)
{
	static const int absent[] = { 0, 1, 404 };
	struct buf b = { 0 };

	buf_printf(&b,
	    "{\"switch\":{\"string_ids\":%u,\"absent_delete\":%d,"
	    "\"atomic\":%u,\"per_page_max\":%u,\"empty_delete\":%u,"
	    "\"shuffle_ids\":%u,\"scramble_json\":%u,\"no_search\":%u,"
	    "\"no_totals\":%u,\"bulk_max\":%u,",
	    below(w, 2), absent[below(w, 3)], below(w, 2), 3 + below(w, 40),
	    below(w, 2), below(w, 2), below(w, 2), chance(w, 30), chance(w, 20),
	    chance(w, 20) ? 3U : 0U);
	buf_printf(&b,
	    "\"bulk_bytes\":%u,\"ignore_search\":%u,\"per_page_field\":%u,"
	    "\"param_top\":%u,\"refuse_unknown\":%u,\"duplicate_status\":%d,"
	    "\"crud_envelope\":%d}}",
	    chance(w, 10) ? 600U : 0U, chance(w, 5), below(w, 2), below(w, 2),
	    below(w, 2), chance(w, 50) ? 400 : 500, w->door == DOOR_CRUD_PAGED);
	control(w, &b);
}

void
clear_faults(struct world *w)
{
	struct buf b = { 0 };

	buf_text(&b, "{\"clear_faults\":true,\"token\":null,\"rate\":null,"
	             "\"stale\":false}");
	control(w, &b);
}
