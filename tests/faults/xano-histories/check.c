/* check.c - what has happened, and whether it should have */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

/* Where the key of an event is in our table of keys. */
int
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

/*
 * The mirror deleted the last row of a key that is wanted.  Where rows can't be
 * changed in place that is how one is changed, and only so.
 */
static void
check_gap(struct world *w, long long id, int key)
{
	if (w->door != DOOR_CUSTOM || (w->right[key] && !w->others && !w->late))
		broken(w, "row %lld was deleted, but k%d is wanted", id, key);
	w->gaps++;
}

/* Row ID is deleted, by the mirror if MIRROR; whether a key is taken away. */
static bool
play_delete(struct world *w, long long id, int key, bool mirror)
{
	bool last = rows_with(w, key) == 1;
	bool wanted = key >= 0 && w->wanted[key].version > 0;

	if (mirror && key == -1)
		broken(w, "row %lld of no key was deleted", id);
	if (mirror && last && wanted)
		check_gap(w, id, key);
	w->rows[id].there = false;
	if (!mirror && key == -1)
		w->foreign--;
	return mirror && last && !wanted;
}

/* Play an event; whether the mirror has taken a key away. */
static bool
play(struct world *w, struct json_value event)
{
	struct json_value op = json_get(event, "op");
	long long id = 0, n = 0;
	int key = key_of(json_get(event, "key"));

	json_int64(json_get(event, "id"), &id);
	json_int64(json_get(event, "n"), &n);
	if (id < 1 || id >= MAX_ROWS)
		broken(w, "id %lld is out of bounds", id);
	if (op.len == 6 && memcmp(op.text, "delete", 6) == 0)
		return play_delete(w, id, key, n > 0);
	if (op.len == 6 && memcmp(op.text, "insert", 6) == 0) {
		w->foreign += key == -1;
		if (n > 0 && !w->others && !w->late && rows_with(w, key) > 0)
			broken(w, "k%d was added a second time", key);
	}
	w->rows[id] = (struct live){ true, key };
	return false;
}

unsigned int
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

unsigned int
rows_of_ours(const struct world *w)
{
	unsigned int count = 0;
	size_t i;

	for (i = 0; i < MAX_ROWS; i++)
		count += w->rows[i].there && w->rows[i].key != -1;
	return count;
}

/* Walk the rows of the table; false at the end. */
static bool
next_row(const char **at, struct json_value *row)
{
	const char *end = *at != NULL ? strchr(*at, '\n') : NULL;

	if (end == NULL)
		return false;
	*row =
	    (struct json_value){ JSON_OBJECT, false, *at, (size_t)(end - *at) };
	*at = end + 1;
	return true;
}

void
note_right(struct world *w)
{
	struct buf rows = { 0 };
	struct json_value row;
	const char *at;
	int key;

	memset(w->right, 0, sizeof w->right);
	for (key = 0; key < KEYS; key++)
		w->had[key] = rows_with(w, key) > 0;
	ask(w, "/_rows", NULL, &rows);
	for (at = rows.data; next_row(&at, &row);) {
		key = key_of(json_get(row, "job_hash"));
		if (key >= 0)
			w->right[key] =
			    rows_with(w, key) == 1 && is_right(w, row, key);
	}
	buf_free(&rows);
}

/* A run that came to its end has left no wanted key without a row. */
void
check_kept(struct world *w)
{
	int key;

	for (key = 0; key < KEYS; key++)
		if (w->had[key] && w->wanted[key].version > 0 &&
		    rows_with(w, key) == 0)
			broken(w, "k%d had a row, and has none", key);
}

void
check_equal(struct world *w, const char *when)
{
	bool found[KEYS] = { false };
	struct buf rows = { 0 };
	struct json_value row;
	const char *at;
	size_t foreign = 0;
	int key;

	ask(w, "/_rows", NULL, &rows);
	for (at = rows.data; next_row(&at, &row);) {
		key = key_of(json_get(row, "job_hash"));
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
