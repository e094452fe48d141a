/* choose.c - which map a feed wants */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "choose.h"
#include "file.h"
#include "log.h"
#include "mem.h"
#include "status.h"

#define MAPS_MAX 1000
#define SUFFIX ".json"

struct names {
	char *items[MAPS_MAX];
	size_t count;
};

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names of all maps, in an order that no file system decides. */
static void
list_maps(struct names *names)
{
	struct buf path = { 0 };
	DIR *folder = opendir(file_share(&path, "feeds"));
	struct dirent *entry;

	names->count = 0;
	if (folder == NULL)
		die(EX_NOINPUT, "cannot read the folder of feed maps",
		    LOG_TEXT("folder", buf_string(&path)),
		    LOG_TEXT("error", strerror(errno)));
	while (names->count < MAPS_MAX && (entry = readdir(folder)) != NULL) {
		size_t len = strlen(entry->d_name);

		if (*entry->d_name == '.' || len <= strlen(SUFFIX) ||
		    strcmp(entry->d_name + len - strlen(SUFFIX), SUFFIX) != 0)
			continue;
		names->items[names->count++] =
		    mem_copy(entry->d_name, len - strlen(SUFFIX));
	}
	closedir(folder);
	buf_free(&path);
	qsort(names->items, names->count, sizeof(*names->items), by_name);
}

static void
tell(const struct map *m, const struct path *record, unsigned int fit)
{
	struct buf path = { 0 };

	path_name(record, &path);
	log_info("map chosen", LOG_TEXT("map", m->name),
	    LOG_TEXT("records", buf_string(&path)),
	    LOG_UINT("elements_needed", m->need_count),
	    LOG_UINT("fields_found", fit % 1000 / 10));
	buf_free(&path);
}

void
choose_tell_none(const struct sniff *s)
{
	struct buf seen = { 0 };

	if (sniff_is_html(s)) {
		log_error("this is a page of HTML, no feed");
		return;
	}
	sniff_describe(s, &seen);
	log_error("no feed map fits: see --suggest, and --map FILE",
	    LOG_BYTES("paths", seen.data, seen.len));
	buf_free(&seen);
}

struct map *
choose_map(const struct sniff *s, const struct words *words)
{
	struct names names;
	struct map *best = NULL, *empty = NULL;
	const struct path *best_record = NULL;
	unsigned int best_fit = 0;
	bool records = false; /* of a map that does not fit otherwise */

	list_maps(&names);
	for (size_t i = 0; i < names.count; i++) {
		struct map *m = map_load(names.items[i], words);
		const struct path *record;
		unsigned int fit = sniff_fit(s, m, &record);

		records |= record != NULL;
		if (fit > best_fit) {
			map_free(best);
			best = m;
			best_fit = fit;
			best_record = record;
		} else if (fit == 0 && (empty == NULL || m->fallback) &&
		           sniff_is_empty(s, m)) {
			map_free(empty);
			empty = m;
		} else
			map_free(m);
		free(names.items[i]);
	}
	if (best != NULL) {
		map_free(empty);
		tell(best, best_record, best_fit);
	} else if (empty != NULL && !records) {
		log_info("a feed without records",
		    LOG_TEXT("map", empty->name));
		best = empty;
	} else
		map_free(empty);
	return best;
}
