/* pattern.c - the paths of a feed map against those of a feed */
#include <stdlib.h>
#include <string.h>

#include "map.h"
#include "mem.h"

static const char *
space_of(const struct map *m, const char *prefix)
{
	for (size_t i = 0; i < m->space_count; i++)
		if (strcmp(m->spaces[i].prefix, prefix) == 0)
			return m->spaces[i].uri;
	return NULL;
}

static bool
same_prefix(const char *prefix, const char *name, const char *colon)
{
	for (; name < colon && *prefix != '\0'; name++, prefix++)
		if (path_fold(*name) != path_fold(*prefix))
			return false;
	return name == colon && *prefix == '\0';
}

/*
 * Whether an element has the prefix of the root element: a feed that puts one
 * before all its names means no more by it than one without.
 */
static bool
has_root_prefix(const struct path *path, const char *colon)
{
	const struct path *root = path;
	size_t len = (size_t)(colon - path->name) + 1;

	while (root->parent != NULL && root->parent->parent != NULL)
		root = root->parent;
	return root->name_len > len && memcmp(root->name, path->name, len) == 0;
}

/* Step I of a pattern against the last name of a path. */
static bool
step_matches(const struct map *m, const struct pattern *p, size_t i,
    const struct path *path)
{
	const char *name = path->name, *prefix = p->steps[i].prefix;
	bool attribute = *name == '@';
	const char *colon = strchr(name, ':');
	const char *local = colon == NULL ? name + attribute : colon + 1;
	const char *wanted = p->steps[i].name, *uri;

	if (attribute != (*wanted == '@'))
		return false;
	wanted += attribute;
	if (strcmp(wanted, "*") != 0 && !path_same_name(wanted, local))
		return false;
	if (prefix == NULL)
		return colon == NULL || strcmp(wanted, "*") == 0 ||
		       (!attribute && has_root_prefix(path, colon));
	uri = space_of(m, prefix);
	if (uri != NULL && path->uri != NULL)
		return strcmp(uri, path->uri) == 0;
	return colon != NULL && same_prefix(prefix, name + attribute, colon);
}

bool
map_matches(const struct map *m, const struct pattern *p,
    const struct path *path, const struct path *record)
{
	size_t i = p->count;

	while (i > 0 && path != NULL && path->parent != NULL) {
		if (!p->absolute && path == record)
			return false;
		if (!step_matches(m, p, i - 1, path))
			return false;
		path = path->parent;
		i--;
	}
	if (i > 0 || path == NULL)
		return false;
	return p->absolute ? path->parent == NULL : path == record;
}

bool
pattern_is_below(const struct map *m, const struct pattern *p,
    const struct path *path)
{
	if (path->depth >= p->count)
		return false;
	for (; path->depth > 0; path = path->parent)
		if (!step_matches(m, p, path->depth - 1, path))
			return false;
	return true;
}

bool
map_is_record(const struct map *m, const struct path *path)
{
	for (size_t i = 0; i < m->record_count; i++)
		if (map_matches(m, m->records[i], path, NULL))
			return true;
	return false;
}

const struct path *
path_record(const struct path *path)
{
	while (path != NULL && !path->record)
		path = path->parent;
	return path;
}

/* Whether a pattern looks below PATH. */
static bool
looks_below(const struct map *m, const struct pattern *p,
    const struct path *path, const struct path *record)
{
	size_t above = 0;
	const struct path *at = path;

	while (at != record && at != NULL) {
		above++;
		at = at->parent;
	}
	if (at == NULL || above == 0 || above >= p->count ||
	    *p->steps[above].name == '@')
		return false;
	for (at = path; above > 0; above--, at = at->parent)
		if (!step_matches(m, p, above - 1, at))
			return false;
	return true;
}

static void
note(struct pattern *p, struct path *path)
{
	p->hits = mem_resize(p->hits, p->hit_count + 1, sizeof(*p->hits));
	p->hits[p->hit_count++] = path;
}

/* Whether elements below PATH are its text: a description without a template.
 */
static bool
is_markup(const struct map *m, const struct path *path)
{
	const struct picks *picks = &m->fields[FIELD_DESCRIPTION];

	for (size_t i = 0; i < picks->count; i++) {
		const struct pick *pick = &picks->items[i];
		const struct pattern *p = pick->pattern;

		for (size_t k = 0; p != NULL && k < p->hit_count; k++)
			if (p->hits[k] == path)
				return true;
		for (size_t k = 0; k < pick->piece_count; k++) {
			p = pick->pieces[k].pattern;
			for (size_t j = 0; p != NULL && j < p->hit_count; j++)
				if (p->hits[j] == path)
					return true;
		}
	}
	return false;
}

void
map_meet(struct map *m, struct path *path)
{
	const struct path *record;

	path->inside = path->parent->inside;
	if (!path->inside && *path->name != '@')
		path->record = path->inside = map_is_record(m, path);
	record = path_record(path);
	for (size_t i = 0; i < m->pattern_count; i++) {
		struct pattern *p = m->patterns[i];

		if (p->absolute ? record != NULL : record == NULL)
			continue;
		if (map_matches(m, p, path, record)) {
			note(p, path);
			path->keeps |= record == NULL;
		} else if (record != NULL && looks_below(m, p, path, record))
			path->container = true;
	}
	if (record != NULL && !path->record && *path->name != '@')
		path->markup = is_markup(m, path);
}
