/* places.c - the names of a job's own places, out of its text */
#include "places.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "fold.h"
#include "json.h"
#include "log.h"
#include "mem.h"
#include "status.h"

#define NAME_WORDS 8    /* longer ones are no names */
#define SHORT_BYTES 3   /* of a name that counts behind another only */
#define MOST_NAMES 1024 /* of one job */

/* One name and one of the sets it is in. */
struct sense {
	uint32_t name, set;
};

/* Names of one place are a set; names are numbered as words are. */
struct places {
	struct words *names;
	struct sense *senses; /* by name, then set */
	size_t sense_count, sense_cap;
	struct ids *sets;
	size_t set_count;
	struct words *none; /* names that are no places */
	struct buf path;
};

/* A name as words of the text. */
struct name {
	uint32_t word[NAME_WORDS];
	uint32_t count;
	bool short_one;
	uint32_t next; /* that starts with the same word; 0 ends */
};

struct places_room {
	const struct places *places;
	struct name *names; /* of the job; [0] is not used */
	size_t count, cap;
	uint32_t *head; /* by word: the first name that starts with it */
	size_t head_cap;
	struct buf plain, folded;
	struct ids split;
};

static uint32_t
folded_name(struct words *names, const char *name)
{
	struct buf folded = { 0 };
	uint32_t id;

	fold_text(&folded, name, strlen(name));
	id = words_add(names, folded.data, folded.len);
	buf_free(&folded);
	return id;
}

static _Noreturn void
wrong(const struct places *p, const char *what)
{
	die(EX_CONFIG, what, LOG_BYTES("file", p->path.data, p->path.len));
}

static void
load_set(struct places *p, const cJSON *set)
{
	const cJSON *name;
	struct ids *ids;

	p->sets = mem_resize(p->sets, p->set_count + 1, sizeof(*p->sets));
	ids = &p->sets[p->set_count];
	*ids = (struct ids){ NULL, 0, 0 };
	cJSON_ArrayForEach(name, set)
	{
		if (!cJSON_IsString(name))
			wrong(p, "a place is not called by a string");
		ids_add(ids, folded_name(p->names, name->valuestring));
		if (p->sense_count == p->sense_cap) {
			p->sense_cap =
			    p->sense_cap > 0 ? 2 * p->sense_cap : 256;
			p->senses = mem_resize(p->senses, p->sense_cap,
			    sizeof(*p->senses));
		}
		p->senses[p->sense_count++] =
		    (struct sense){ ids->at[ids->len - 1],
			    (uint32_t)p->set_count };
	}
	p->set_count++;
}

static int
by_name(const void *a, const void *b)
{
	const struct sense *x = a, *y = b;

	if (x->name != y->name)
		return x->name < y->name ? -1 : 1;
	return (x->set > y->set) - (x->set < y->set);
}

static void
load_sets(struct places *p, const cJSON *file, const char *list)
{
	const cJSON *sets = json_member(file, list), *set;

	if (!cJSON_IsArray(sets))
		wrong(p, "states, countries and none have to be lists");
	cJSON_ArrayForEach(set, sets)
	{
		if (!cJSON_IsArray(set))
			wrong(p, "the names of a place have to be a list");
		load_set(p, set);
	}
}

struct places *
places_load(void)
{
	struct places *p = mem_zero(1, sizeof(*p));
	const cJSON *none, *name;
	cJSON *file;

	file = json_load(file_share(&p->path, "dedup/places.json"));
	p->names = words_new(0);
	p->none = words_new(0);
	load_sets(p, file, "states");
	load_sets(p, file, "countries");
	none = json_member(file, "none");
	if (!cJSON_IsArray(none))
		wrong(p, "states, countries and none have to be lists");
	cJSON_ArrayForEach(name, none)
	{
		if (!cJSON_IsString(name))
			wrong(p, "a word that is no place is not a string");
		folded_name(p->none, name->valuestring);
	}
	cJSON_Delete(file);
	if (p->sense_count > 0)
		qsort(p->senses, p->sense_count, sizeof(*p->senses), by_name);
	return p;
}

void
places_free(struct places *p)
{
	size_t i;

	if (p == NULL)
		return;
	for (i = 0; i < p->set_count; i++)
		ids_free(&p->sets[i]);
	free(p->sets);
	free(p->senses);
	words_free(p->names);
	words_free(p->none);
	buf_free(&p->path);
	free(p);
}

struct places_room *
places_room_new(const struct places *p)
{
	struct places_room *r = mem_zero(1, sizeof(*r));

	r->places = p;
	r->count = 1;
	return r;
}

void
places_room_free(struct places_room *r)
{
	if (r == NULL)
		return;
	free(r->names);
	free(r->head);
	buf_free(&r->plain);
	buf_free(&r->folded);
	ids_free(&r->split);
	free(r);
}

static bool
is_known(const struct places_room *r)
{
	uint32_t n = r->head[r->split.at[0]];

	for (; n != 0; n = r->names[n].next)
		if (r->names[n].count == r->split.len &&
		    memcmp(r->names[n].word, r->split.at,
		        r->split.len * sizeof(*r->split.at)) == 0)
			return true;
	return false;
}

/* Names with a word that the text does not have can't stand in it. */
static void
add_name(struct places_room *r, const struct words *w, const char *folded,
    size_t len)
{
	struct name *name;
	size_t i;

	r->split.len = 0;
	words_split_known(w, folded, len, &r->split);
	if (r->split.len == 0 || r->split.len > NAME_WORDS ||
	    r->count > MOST_NAMES)
		return;
	for (i = 0; i < r->split.len; i++)
		if (r->split.at[i] == WORDS_NONE)
			return;
	if (is_known(r))
		return;
	if (r->count >= r->cap) {
		r->cap = r->cap > 0 ? 2 * r->cap : 32;
		r->names = mem_resize(r->names, r->cap, sizeof(*r->names));
	}
	name = &r->names[r->count];
	memcpy(name->word, r->split.at, r->split.len * sizeof(*name->word));
	name->count = (uint32_t)r->split.len;
	name->short_one = r->split.len == 1 && len <= SHORT_BYTES;
	name->next = r->head[name->word[0]];
	r->head[name->word[0]] = (uint32_t)r->count++;
}

/* The first sense of a name, or the end of all. */
static size_t
first_sense(const struct places *p, uint32_t name)
{
	size_t low = 0, high = p->sense_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (p->senses[middle].name < name)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* A name and all that its place is called besides. */
static void
add_names(struct places_room *r, const struct words *w, const char *folded,
    size_t len)
{
	const struct places *p = r->places;
	uint32_t name;
	size_t s, i, other_len;
	const char *other;

	if (len == 0 || words_find(p->none, folded, len) != WORDS_NONE)
		return;
	add_name(r, w, folded, len);
	name = words_find(p->names, folded, len);
	if (name == WORDS_NONE)
		return;
	for (s = first_sense(p, name);
	     s < p->sense_count && p->senses[s].name == name; s++) {
		const struct ids *set = &p->sets[p->senses[s].set];

		for (i = 0; i < set->len; i++)
			if (set->at[i] != name) {
				other = words_text(p->names, set->at[i],
				    &other_len);
				add_name(r, w, other, other_len);
			}
	}
}

static bool
divides(char c)
{
	return strchr(",;/|()[]\n", c) != NULL;
}

/* The parts of "Austin, TX (US)" without the blanks around them. */
static void
add_parts(struct places_room *r, const struct words *w, const char *text,
    size_t len)
{
	size_t from = 0, to, next;

	while (from < len) {
		for (next = from; next < len && !divides(text[next]); next++)
			continue;
		for (to = next; to > from && text[to - 1] == ' '; to--)
			continue;
		while (from < to && text[from] == ' ')
			from++;
		add_names(r, w, text + from, to - from);
		from = next + 1;
	}
}

static void
add_value(struct places_room *r, const struct words *w, struct json_value v)
{
	const char *text;
	size_t len;

	if (v.type != JSON_STRING)
		return;
	text = json_text(v, &r->plain, &len);
	buf_clear(&r->folded);
	fold_text(&r->folded, text, len);
	if (r->folded.len > 0)
		add_parts(r, w, r->folded.data, r->folded.len);
}

static bool
names_a_place(const struct json_member *m)
{
	static const char *const names[] = { "city", "state", "country",
		"postal_code", "text" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (m->name_len == strlen(names[i]) &&
		    memcmp(m->name, names[i], m->name_len) == 0)
			return true;
	return false;
}

static void
collect(struct places_room *r, const struct words *w,
    struct json_value locations)
{
	struct json_walk list = json_walk(locations), object;
	struct json_member item, member;

	if (locations.type != JSON_ARRAY)
		return;
	while (r->count <= MOST_NAMES && json_next(&list, &item)) {
		add_value(r, w, item.value);
		if (item.value.type != JSON_OBJECT)
			continue;
		object = json_walk(item.value);
		while (json_next(&object, &member))
			if (names_a_place(&member))
				add_value(r, w, member.value);
	}
}

/* How many words at AT are a name; the longest counts. */
static size_t
name_at(const struct places_room *r, const uint32_t *at, size_t left,
    bool behind)
{
	size_t longest = 0;
	uint32_t n;

	for (n = r->head[*at]; n != 0; n = r->names[n].next) {
		const struct name *name = &r->names[n];

		if (name->count > longest && name->count <= left &&
		    (behind || !name->short_one) &&
		    memcmp(name->word, at, name->count * sizeof(*at)) == 0)
			longest = name->count;
	}
	return longest;
}

void
places_mask(struct places_room *r, const struct words *w,
    struct json_value locations, struct ids *text)
{
	size_t from = 0, to = 0, n, words = words_count(w);
	bool behind = false;

	if (words > r->head_cap) {
		r->head = mem_resize(r->head, 2 * words, sizeof(*r->head));
		memset(r->head + r->head_cap, 0,
		    (2 * words - r->head_cap) * sizeof(*r->head));
		r->head_cap = 2 * words;
	}
	collect(r, w, locations);
	if (r->count == 1)
		return;
	while (from < text->len) {
		uint32_t word = text->at[from];

		/* Most words begin no name. */
		n = r->head[word] == 0
		        ? 0
		        : name_at(r, text->at + from, text->len - from, behind);
		if (n == 0) {
			text->at[to++] = word;
			from++;
			behind = false;
			continue;
		}
		if (!behind)
			text->at[to++] = WORDS_PLACE;
		behind = true;
		from += n;
	}
	text->len = to;
	while (r->count > 1)
		r->head[r->names[--r->count].word[0]] = 0;
}
