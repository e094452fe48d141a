/* sniff.c - what a feed looks like, from its first bytes */
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "mem.h"
#include "sniff.h"
#include "utf8.h"

#define DEPTH 16   /* deeper elements are not looked at */
#define NAME 200   /* bytes of the longest name */
#define PATHS 2000 /* more are not noted */
#define RECORD_DEPTH 5
#define DESCRIBED 8

struct sniff {
	struct paths *paths;
	uint64_t *counts; /* by the number of the path */
	size_t cap;
	struct path *open[DEPTH];
	size_t depth;
};

static void
count(struct sniff *s, const struct path *path)
{
	if (path->number >= s->cap) {
		size_t cap = s->cap == 0 ? 256 : s->cap * 2;

		s->counts = mem_resize(s->counts, cap, sizeof(*s->counts));
		memset(s->counts + s->cap, 0,
		    (cap - s->cap) * sizeof(*s->counts));
		s->cap = cap;
	}
	s->counts[path->number]++;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* Copy a name that ends with a blank, '=', '/' or '>'; its length, or 0. */
static size_t
copy_name(const char *p, const char *end, char name[NAME + 1])
{
	size_t len = 0;

	while (p + len < end && len < NAME && !is_blank(p[len]) &&
	       strchr("=/>\"'<&", p[len]) == NULL) {
		name[len] = p[len];
		len++;
	}
	name[len] = '\0';
	return len;
}

/* What a name may have, as XML 1.0 has it: nothing that a terminal obeys. */
static bool
is_name_char(uint32_t c)
{
	static const struct {
		uint32_t from, to;
	} ranges[] = { { '-', '.' }, { '0', ':' }, { 'A', 'Z' }, { '_', '_' },
		{ 'a', 'z' }, { 0xB7, 0xB7 }, { 0xC0, 0xD6 }, { 0xD8, 0xF6 },
		{ 0xF8, 0x37D }, { 0x37F, 0x1FFF }, { 0x200C, 0x200D },
		{ 0x203F, 0x2040 }, { 0x2070, 0x218F }, { 0x2C00, 0x2FEF },
		{ 0x3001, 0xD7FF }, { 0xF900, 0xFDCF }, { 0xFDF0, 0xFFFD },
		{ 0x10000, 0xEFFFF } };

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (c >= ranges[i].from && c <= ranges[i].to)
			return true;
	return false;
}

/* Whether the parser could take it for a name; it is not cut, either. */
static bool
is_name(const char *name, size_t len)
{
	uint32_t c = 0;
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		n = utf8_decode(name + i, len - i, &c);
		if (n == 0 || !is_name_char(c))
			return false;
	}
	return len < NAME;
}

/* An attribute: a path of its own, or the binding of a prefix. */
static void
attribute(struct sniff *s, const char *name, const char *value, size_t len)
{
	struct path *element = s->open[s->depth - 1];
	char at[NAME + 2], uri[NAME + 1];

	if (strncmp(name, "xmlns", 5) == 0 &&
	    (name[5] == '\0' || name[5] == ':')) {
		if (len > NAME)
			return;
		memcpy(uri, value, len);
		uri[len] = '\0';
		paths_bind(s->paths, name[5] == ':' ? name + 6 : "", uri);
		return;
	}
	at[0] = '@';
	memcpy(at + 1, name, strlen(name) + 1);
	if (paths_count(s->paths) < PATHS)
		count(s, path_child(s->paths, element, at));
}

/* The attributes from P on; returns the tag's '>' or END. */
static const char *
attributes(struct sniff *s, const char *p, const char *end, bool known)
{
	char name[NAME + 1];

	while (p < end && *p != '>') {
		size_t len = copy_name(p, end, name);
		const char *value;
		char quote;

		p += len;
		if (len == 0 || p + 1 >= end || *p != '=' ||
		    (p[1] != '"' && p[1] != '\'')) {
			p += len == 0 && p < end;
			continue;
		}
		quote = p[1];
		value = p + 2;
		p = memchr(value, quote, (size_t)(end - value));
		if (p == NULL)
			return end;
		if (known && is_name(name, strlen(name)))
			attribute(s, name, value, (size_t)(p - value));
		p++;
	}
	return p;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
same_name(const char *a, const char *b)
{
	while (*a != '\0' && lower(*a) == lower(*b)) {
		a++;
		b++;
	}
	return *a == *b;
}

/* An end tag closes the nearest element of its name; others are ignored. */
static const char *
end_tag(struct sniff *s, const char *p, const char *end)
{
	char name[NAME + 1];
	size_t level = s->depth, len = copy_name(p, end, name);

	while (level > 0 &&
	       (level > DEPTH || !same_name(s->open[level - 1]->name, name)))
		level--;
	if (level > 0)
		s->depth = level - 1;
	return p + len;
}

static const char *
start_tag(struct sniff *s, const char *p, const char *end)
{
	char name[NAME + 1];
	size_t len = copy_name(p, end, name);
	bool known = s->depth < DEPTH && paths_count(s->paths) < PATHS;
	struct path *parent = s->depth == 0 ? paths_top(s->paths) : NULL;

	/* a record right in a record has lost its end tag, as for the parser */
	if (s->depth > 1 && s->depth < RECORD_DEPTH &&
	    strcmp(s->open[s->depth - 1]->name, name) == 0)
		s->depth--;
	if (s->depth > 0 && s->depth <= DEPTH)
		parent = s->open[s->depth - 1];
	known &= parent != NULL && is_name(name, len);
	if (known) {
		s->open[s->depth] = path_child(s->paths, parent, name);
		s->depth++;
		count(s, s->open[s->depth - 1]);
	}
	p = attributes(s, p + len, end, known);
	if (p < end && p[-1] == '/' && known)
		s->depth--;
	return p;
}

static const char *
behind(const char *p, const char *end, const char *mark)
{
	size_t len = strlen(mark);

	while ((p = memchr(p, *mark, (size_t)(end - p))) != NULL) {
		if ((size_t)(end - p) >= len && memcmp(p, mark, len) == 0)
			return p + len;
		p++;
	}
	return end;
}

static bool
starts(const char *p, const char *end, const char *mark)
{
	size_t len = strlen(mark);

	return (size_t)(end - p) >= len && memcmp(p, mark, len) == 0;
}

static void
no_rules(void *user, struct path *path)
{
	(void)user;
	(void)path;
}

struct sniff *
sniff_new(const char *text, size_t len)
{
	struct sniff *s = mem_zero(1, sizeof(*s));
	const char *p = text, *end = text + len;

	s->paths = paths_new(no_rules, NULL);
	while ((p = memchr(p, '<', (size_t)(end - p))) != NULL) {
		if (starts(p, end, "<![CDATA["))
			p = behind(p, end, "]]>");
		else if (starts(p, end, "<!--"))
			p = behind(p, end, "-->");
		else if (starts(p, end, "<?"))
			p = behind(p, end, "?>");
		else if (end - p > 1 && p[1] == '/')
			p = end_tag(s, p + 2, end);
		else if (end - p > 1 && (lower(p[1]) >= 'a' || p[1] == '_') &&
		         lower(p[1]) <= 'z')
			p = start_tag(s, p + 1, end);
		else
			p++;
	}
	return s;
}

void
sniff_free(struct sniff *s)
{
	if (s == NULL)
		return;
	paths_free(s->paths);
	free(s->counts);
	free(s);
}

const struct paths *
sniff_paths(const struct sniff *s)
{
	return s->paths;
}

uint64_t
sniff_count(const struct sniff *s, const struct path *path)
{
	return path->number < s->cap ? s->counts[path->number] : 0;
}

const struct path *
sniff_record(const struct sniff *s, const struct map *m)
{
	const struct path *best = NULL;

	for (size_t i = 0; i < paths_count(s->paths); i++) {
		const struct path *path = paths_get(s->paths, i);

		if (*path->name != '@' && map_is_record(m, path) &&
		    (best == NULL ||
		        sniff_count(s, path) > sniff_count(s, best)))
			best = path;
	}
	return best;
}

static bool
is_there(const struct sniff *s, const struct map *m, const struct pattern *p,
    const struct path *record)
{
	for (size_t i = 0; i < paths_count(s->paths); i++)
		if (map_matches(m, p, paths_get(s->paths, i), record))
			return true;
	return false;
}

static bool
any_is_there(const struct sniff *s, const struct map *m,
    const struct picks *picks, const struct path *record)
{
	for (size_t i = 0; i < picks->count; i++)
		if (picks->items[i].pattern != NULL &&
		    is_there(s, m, picks->items[i].pattern, record))
			return true;
	return false;
}

unsigned int
sniff_fit(const struct sniff *s, const struct map *m,
    const struct path **record)
{
	unsigned int fit = 1;

	*record = sniff_record(s, m);
	if (*record == NULL)
		return 0;
	for (size_t i = 0; i < m->need_count; i++) {
		if (!any_is_there(s, m, &m->needs[i], *record))
			return 0;
		fit += m->fallback ? 0 : 1000;
	}
	for (int field = 0; field < FIELD_COUNT; field++)
		fit += any_is_there(s, m, &m->fields[field], *record) ? 10 : 0;
	return fit;
}

static size_t
children_of(const struct sniff *s, const struct path *path)
{
	size_t children = 0;

	for (size_t i = 0; i < paths_count(s->paths); i++)
		children += paths_get(s->paths, i)->parent == path;
	return children;
}

const struct path *
sniff_guess(const struct sniff *s)
{
	const struct path *best = NULL;
	uint64_t best_score = 0;

	for (size_t i = 0; i < paths_count(s->paths); i++) {
		const struct path *path = paths_get(s->paths, i);
		uint64_t score;

		if (*path->name == '@' || path->depth > RECORD_DEPTH)
			continue;
		/* many children make a record, and the higher one wins */
		score = children_of(s, path);
		if (score < 2 || (path->depth == 1 && score < 6 &&
		                     paths_count(s->paths) > score + 1))
			continue;
		score *= sniff_count(s, path) > 1 ? 4 : 1;
		score = score * 8 / path->depth;
		if (best == NULL || score > best_score) {
			best = path;
			best_score = score;
		}
	}
	return best;
}

/*
 * What looks most like a record has to be above the map's records: a header of
 * many elements.
 */
bool
sniff_is_empty(const struct sniff *s, const struct map *m)
{
	const struct path *guess;

	if (paths_count(s->paths) == 0 || paths_count(s->paths) > 40)
		return false;
	for (size_t i = 0; i < paths_count(s->paths); i++) {
		const struct path *path = paths_get(s->paths, i);

		/* what is repeated would be records of another shape */
		if (*path->name != '@' && sniff_count(s, path) > 3)
			return false;
	}
	guess = sniff_guess(s);
	if (guess == NULL)
		guess = paths_get(s->paths, 0);
	for (size_t i = 0; i < m->record_count; i++)
		if (pattern_is_below(m, m->records[i], guess))
			return true;
	return false;
}

bool
sniff_is_html(const struct sniff *s)
{
	return paths_count(s->paths) > 0 &&
	       same_name(paths_get(s->paths, 0)->name, "html");
}

void
sniff_describe(const struct sniff *s, struct buf *out)
{
	size_t shown = 0;

	for (size_t i = 0; i < paths_count(s->paths) && shown < DESCRIBED;
	     i++) {
		const struct path *path = paths_get(s->paths, i);

		if (*path->name == '@' || path->depth > 3)
			continue;
		if (shown++ > 0)
			buf_byte(out, ' ');
		path_name(path, out);
		buf_printf(out, "(%llu)",
		    (unsigned long long)sniff_count(s, path));
	}
}
