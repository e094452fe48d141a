/* pins.c - verdicts of people: which jobs are one, and which are not */
#include "pins.h"

#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "log.h"
#include "mem.h"
#include "scan.h"
#include "status.h"
#include "words.h"

#define FILE_MAX ((size_t)256 << 20)

struct pair {
	uint32_t a, b;
	uint64_t line; /* of the file */
};

struct pins {
	struct words *ids; /* numbered from 1 */
	uint32_t *set;     /* by id: its set, by any of its ids while loading */
	size_t set_cap;
	uint32_t *size; /* by set: ids in it */
	uint32_t sets;
	struct pair *apart; /* while loading of ids, then of sets, both ways */
	size_t apart_count, apart_cap;
	uint32_t *partner; /* .b of the sorted pairs */
	uint32_t *first;   /* by set: its first pair; one more at the end */
};

/* Where the file is, for messages. */
struct place {
	const char *path;
	uint64_t line;
};

static _Noreturn void
wrong(const struct place *at, const char *what)
{
	die(EX_CONFIG, what, LOG_TEXT("file", at->path),
	    LOG_UINT("line", at->line));
}

/* The id that stands for the set of one; paths are halved on the way. */
static uint32_t
root(struct pins *p, uint32_t id)
{
	while (p->set[id] != id) {
		p->set[id] = p->set[p->set[id]];
		id = p->set[id];
	}
	return id;
}

static uint32_t
id_of(struct pins *p, const struct place *at, struct json_value v)
{
	struct buf room = { 0 };
	const char *text = v.text;
	size_t len = v.len;
	uint32_t count = words_count(p->ids), id;

	if (v.type == JSON_STRING)
		text = json_text(v, &room, &len);
	else if (v.type != JSON_NUMBER)
		wrong(at, "an id is neither a string nor a number");
	id = words_add(p->ids, text, len);
	buf_free(&room);
	if (id >= p->set_cap) {
		p->set_cap = 2 * (size_t)id + 64;
		p->set = mem_resize(p->set, p->set_cap, sizeof(*p->set));
	}
	if (id == count)
		p->set[id] = id;
	return id;
}

static void
keep_apart(struct pins *p, uint64_t line, uint32_t a, uint32_t b)
{
	if (p->apart_count + 2 > p->apart_cap) {
		p->apart_cap = p->apart_cap > 0 ? 2 * p->apart_cap : 64;
		p->apart =
		    mem_resize(p->apart, p->apart_cap, sizeof(*p->apart));
	}
	p->apart[p->apart_count++] = (struct pair){ a, b, line };
	p->apart[p->apart_count++] = (struct pair){ b, a, line };
}

static void
take_list(struct pins *p, const struct place *at, struct json_value list,
    bool same)
{
	struct json_walk w = json_walk(list);
	struct json_member item;
	struct ids ids = { NULL, 0, 0 };
	size_t i, j;

	if (list.type != JSON_ARRAY)
		wrong(at, "a pin needs a list of ids");
	while (json_next(&w, &item))
		ids_add(&ids, id_of(p, at, item.value));
	if (ids.len < 2)
		wrong(at, "a pin needs two ids or more");
	for (i = 1; i < ids.len; i++)
		for (j = same ? i - 1 : 0; j < i; j++)
			if (same)
				p->set[root(p, ids.at[i])] = root(p, ids.at[j]);
			else
				keep_apart(p, at->line, ids.at[j], ids.at[i]);
	ids_free(&ids);
}

static void
take_line(struct pins *p, struct scan *scan, const struct place *at,
    const char *line, size_t len)
{
	const struct json_member *members;
	size_t count, where;

	if (scan_object(scan, line, len, &members, &count, &where) != NULL)
		wrong(at, "a pin is not a JSON object on a line of its own");
	if (count == 1 && members[0].name_len == 4 &&
	    memcmp(members[0].name, "same", 4) == 0)
		take_list(p, at, members[0].value, true);
	else if (count == 1 && members[0].name_len == 5 &&
	         memcmp(members[0].name, "apart", 5) == 0)
		take_list(p, at, members[0].value, false);
	else
		wrong(at, "a pin is {\"same\":[...]} or {\"apart\":[...]}");
}

static void
take_file(struct pins *p, struct place *at, const struct buf *file)
{
	struct scan *scan = scan_new();
	const char *line = file->data, *end = line + file->len, *next;

	for (; line < end; line = next + 1) {
		at->line++;
		next = memchr(line, '\n', (size_t)(end - line));
		if (next == NULL)
			next = end;
		if (line + strspn(line, " \t\r") < next)
			take_line(p, scan, at, line, (size_t)(next - line));
	}
	scan_free(scan);
}

static int
by_sets(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	return (x->b > y->b) - (x->b < y->b);
}

/* Number the sets in the order in which their ids were first seen. */
static void
number_sets(struct pins *p)
{
	uint32_t ids = words_count(p->ids), id, *number;

	number = mem_zero(ids, sizeof(*number));
	p->size = mem_zero(ids, sizeof(*p->size));
	p->sets = 0;
	for (id = 1; id < ids; id++) {
		uint32_t r = root(p, id);

		if (number[r] == 0)
			number[r] = ++p->sets;
		p->size[number[r] - 1]++;
	}
	/* Roots last: the others still have to find theirs. */
	for (id = 1; id < ids; id++)
		p->set[id] = root(p, id);
	for (id = 1; id < ids; id++)
		p->set[id] = number[p->set[id]] - 1;
	free(number);
}

static void
sort_apart(struct pins *p, struct place *at)
{
	size_t i;
	uint32_t set;

	p->first = mem_zero((size_t)p->sets + 1, sizeof(*p->first));
	p->partner = mem_zero(p->apart_count, sizeof(*p->partner));
	for (i = 0; i < p->apart_count; i++) {
		struct pair *pair = &p->apart[i];

		pair->a = p->set[pair->a];
		pair->b = p->set[pair->b];
		at->line = pair->line;
		if (pair->a == pair->b)
			wrong(at, "jobs are pinned the same and apart");
	}
	if (p->apart_count > 0)
		qsort(p->apart, p->apart_count, sizeof(*p->apart), by_sets);
	for (i = 0, set = 0; set < p->sets; set++) {
		p->first[set] = (uint32_t)i;
		for (; i < p->apart_count && p->apart[i].a == set; i++)
			p->partner[i] = p->apart[i].b;
	}
	p->first[set] = (uint32_t)i;
}

struct pins *
pins_load(const char *path)
{
	struct pins *p = mem_zero(1, sizeof(*p));
	struct place at = { path, 0 };
	struct buf file = { 0 };
	const char *error = file_read(path, FILE_MAX, &file);

	if (error != NULL)
		die(EX_NOINPUT, "cannot read", LOG_TEXT("file", path),
		    LOG_TEXT("error", error));
	p->ids = words_new(0);
	buf_string(&file);
	take_file(p, &at, &file);
	buf_free(&file);
	number_sets(p);
	sort_apart(p, &at);
	return p;
}

void
pins_free(struct pins *p)
{
	if (p == NULL)
		return;
	words_free(p->ids);
	free(p->set);
	free(p->size);
	free(p->apart);
	free(p->partner);
	free(p->first);
	free(p);
}

uint32_t
pins_set(const struct pins *p, const char *id, size_t len)
{
	uint32_t number = words_find(p->ids, id, len);

	return number != WORDS_NONE ? p->set[number] : PINS_NONE;
}

uint32_t
pins_sets(const struct pins *p)
{
	return p->sets;
}

bool
pins_joins(const struct pins *p, uint32_t set)
{
	return p->size[set] > 1;
}

const uint32_t *
pins_apart(const struct pins *p, uint32_t set, size_t *count)
{
	*count = p->first[set + 1] - p->first[set];
	return p->partner + p->first[set];
}
