/* path.c - the element paths of a feed */
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "mem.h"
#include "path.h"

#define SLOTS 4096 /* chains of the table; a power of two */
#define BINDINGS 64

struct binding {
	char *prefix;
	char *uri;
};

struct paths {
	path_made *made;
	void *user;
	struct path top;
	struct path **all;
	size_t count, cap;
	struct path *slots[SLOTS];
	struct binding bindings[BINDINGS];
	size_t bound;
};

struct paths *
paths_new(path_made *made, void *user)
{
	struct paths *p = mem_zero(1, sizeof(*p));

	p->made = made;
	p->user = user;
	p->top.name = mem_string("");
	p->top.first = PATH_NONE;
	return p;
}

void
paths_free(struct paths *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->count; i++) {
		free(p->all[i]->name);
		free(p->all[i]);
	}
	for (size_t i = 0; i < p->bound; i++) {
		free(p->bindings[i].prefix);
		free(p->bindings[i].uri);
	}
	free(p->all);
	free(p->top.name);
	free(p);
}

struct path *
paths_top(struct paths *p)
{
	return &p->top;
}

size_t
paths_count(const struct paths *p)
{
	return p->count;
}

struct path *
paths_get(const struct paths *p, size_t number)
{
	return p->all[number];
}

void
paths_bind(struct paths *p, const char *prefix, const char *uri)
{
	struct binding *b = p->bindings, *end = b + p->bound;

	while (b < end && strcmp(b->prefix, prefix) != 0)
		b++;
	if (b == end) {
		if (p->bound == BINDINGS)
			return;
		p->bound++;
		b->prefix = mem_string(prefix);
	} else
		free(b->uri);
	b->uri = mem_string(uri);
}

/* The namespace that NAME is in by its prefix; attributes need one. */
static const char *
uri_of(const struct paths *p, const char *name)
{
	bool attribute = *name == '@';
	const char *colon;
	size_t len;

	name += attribute;
	colon = strchr(name, ':');
	if (colon == NULL && attribute)
		return NULL;
	len = colon == NULL ? 0 : (size_t)(colon - name);
	for (size_t i = 0; i < p->bound; i++)
		if (strncmp(p->bindings[i].prefix, name, len) == 0 &&
		    p->bindings[i].prefix[len] == '\0')
			return p->bindings[i].uri;
	return NULL;
}

static size_t
slot_of(const struct path *parent, const char *name)
{
	/* FNV-1a; the chains are short because paths are few */
	uint32_t hash = 2166136261u ^ (parent->number + 1) * 2654435761u;

	while (*name != '\0')
		hash = (hash ^ (unsigned char)*name++) * 16777619u;
	return (hash ^ hash >> 15) & (SLOTS - 1);
}

static struct path *
make(struct paths *p, struct path *parent, const char *name, size_t slot)
{
	struct path *path = mem_zero(1, sizeof(*path));

	path->parent = parent;
	path->name = mem_string(name);
	path->uri = uri_of(p, name);
	path->name_len = strlen(name);
	path->depth = parent->depth + 1;
	path->number = (uint32_t)p->count;
	path->first = path->last = PATH_NONE;
	path->chain = p->slots[slot];
	p->slots[slot] = path;
	if (p->count == p->cap) {
		p->cap = p->cap == 0 ? 64 : p->cap * 2;
		p->all = mem_resize(p->all, p->cap, sizeof(*p->all));
	}
	p->all[p->count++] = path;
	p->made(p->user, path);
	return path;
}

static struct path *
find(struct paths *p, struct path *parent, const char *name)
{
	size_t slot = slot_of(parent, name);
	struct path *path = p->slots[slot];

	while (path != NULL &&
	       (path->parent != parent || strcmp(path->name, name) != 0))
		path = path->chain;
	if (path == NULL && p->count < PATHS_MAX)
		path = make(p, parent, name, slot);
	return path;
}

struct path *
path_child(struct paths *p, struct path *parent, const char *name)
{
	struct path *path = parent->expected;

	/* records are alike: the child that came here last time comes again */
	if (path == NULL || strcmp(path->name, name) != 0)
		path = find(p, parent, name);
	if (path == NULL)
		return NULL;
	if (parent->latest != NULL)
		parent->latest->after = path;
	parent->latest = path;
	parent->expected = path->after;
	return path;
}

void
path_name(const struct path *path, struct buf *out)
{
	if (path->parent != NULL && path->parent->parent != NULL) {
		path_name(path->parent, out);
		buf_byte(out, '/');
	}
	buf_add(out, path->name, path->name_len);
}

bool
path_same_name(const char *a, const char *b)
{
	for (;;) {
		while (*a == '-' || *a == '_')
			a++;
		while (*b == '-' || *b == '_')
			b++;
		if (path_fold(*a) != path_fold(*b))
			return false;
		if (*a == '\0')
			return true;
		a++;
		b++;
	}
}

void
path_mark(struct path *path, const char *record, bool keeps)
{
	struct buf name = { 0 };

	path->inside = path->parent->inside;
	if (path->inside)
		return;
	path_name(path, &name);
	path->record = path->inside = path_same_name(buf_string(&name), record);
	path->keeps = keeps && !path->inside;
	buf_free(&name);
}
