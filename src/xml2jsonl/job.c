/* job.c - a record of the feed becomes a job, by its map */
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "fields.h"
#include "mem.h"
#include "text.h"

#define ID_MAX 2048

const char *const job_count_names[JOB_COUNTS] = { "duplicate_ids", "no_title",
	"urls_dropped", "dates_unread", "salaries_unread", "types_unread",
	"statuses_unread", "remotes_unread", "places_as_text", "closed" };

static const struct text none = { "", 0 };

void
maker_init(struct maker *m, struct map *map, uint64_t feed_id)
{
	*m = (struct maker){ .map = map,
		.feed_id = feed_id,
		.content = content_new() };
}

void
maker_free(struct maker *m)
{
	for (size_t i = 0; i < m->header_count; i++)
		free((char *)(uintptr_t)m->headers[i].utf8);
	free(m->headers);
	content_free(m->content);
	seen_free(&m->seen);
	places_free(&m->job.places);
	arena_free(&m->arena);
	buf_free(&m->room);
	buf_free(&m->line);
	buf_free(&m->used);
}

void
maker_header(struct maker *m, const struct path *path, struct text value)
{
	struct text *to;

	if (path->number >= m->header_count) {
		size_t count = path->number + 1;

		m->headers = mem_resize(m->headers, count, sizeof(*m->headers));
		memset(m->headers + m->header_count, 0,
		    (count - m->header_count) * sizeof(*m->headers));
		m->header_count = count;
	}
	to = &m->headers[path->number];
	if (value.len == 0)
		return;
	free((char *)(uintptr_t)to->utf8);
	*to = (struct text){ mem_copy(value.utf8, value.len), value.len };
}

const char *
maker_fact(struct maker *m, enum header fact, struct buf *room)
{
	const struct picks *picks = &m->map->header[fact];

	for (size_t i = 0; i < picks->count; i++) {
		const struct pattern *p = picks->items[i].pattern;

		for (size_t k = 0; p != NULL && k < p->hit_count; k++) {
			size_t number = p->hits[k]->number;

			if (number >= m->header_count ||
			    m->headers[number].len == 0)
				continue;
			buf_clear(room);
			buf_add(room, m->headers[number].utf8,
			    m->headers[number].len);
			return buf_string(room);
		}
	}
	return NULL;
}

/* A field that is a line of text. */
static void
set_line(struct maker *m, struct tree *record, enum field field)
{
	struct find f = find_field(m, record, field);
	struct text value;

	m->job.fields[field] = constant_of(m, field);
	while (find_next(&f, &value)) {
		value = clean_line(m, value);
		if (value.len == 0)
			continue;
		find_take(&f);
		m->job.fields[field] = value;
		return;
	}
}

/* Escaped markup becomes markup; a CDATA section written as text goes. */
static struct text
clean_markup(struct maker *m, struct text value)
{
	value = strip_cdata(value);
	buf_clear(&m->room);
	if (!text_unescape(&m->room, value.utf8, value.len))
		return value;
	value = text_trim(m->room.data, m->room.len);
	return (struct text){ arena_copy(&m->arena, value.utf8, value.len),
		value.len };
}

static void
set_description(struct maker *m, struct tree *record)
{
	struct find f = find_field(m, record, FIELD_DESCRIPTION);
	struct text value;

	m->job.fields[FIELD_DESCRIPTION] = none;
	if (!find_next(&f, &value))
		return;
	find_take(&f);
	m->job.fields[FIELD_DESCRIPTION] = clean_markup(m, value);
}

static const char *
set_id(struct maker *m, struct tree *record)
{
	struct find f = find_field(m, record, FIELD_ID);
	struct text value = none;

	/* a placeholder is an id: it is the feed's word, and doubles count */
	f.placeholders = true;
	if (!find_next(&f, &value))
		return "a record without an id";
	value = clean_line(m, value);
	if (value.len == 0)
		return "a record without an id";
	if (value.len > ID_MAX)
		return "a record whose id is longer than 2048 bytes";
	find_take(&f);
	m->job.fields[FIELD_ID] = value;
	m->counts[COUNT_DUPLICATE_IDS] +=
	    seen_before(&m->seen, value.utf8, value.len);
	return NULL;
}

static bool
starts_with(struct text t, const char *word)
{
	size_t len = strlen(word);

	if (t.len < len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (t.utf8[i] != word[i] && (t.utf8[i] | 0x20) != word[i])
			return false;
	return true;
}

/* Double escaping leaves "&amp;" in URLs; at most two rounds of it go. */
static struct text
strip_escapes(struct maker *m, struct text url)
{
	for (int round = 0; round < 2; round++) {
		char *to;
		size_t len = 0;

		if (url.len < 5 || memchr(url.utf8, '&', url.len) == NULL)
			break;
		to = arena_room(&m->arena, url.len);
		for (size_t i = 0; i < url.len; i++) {
			to[len++] = url.utf8[i];
			if (url.len - i >= 5 &&
			    memcmp(url.utf8 + i, "&amp;", 5) == 0)
				i += 4;
		}
		if (len == url.len)
			break;
		url = (struct text){ to, len };
	}
	return url;
}

/* Blanks become "%20", line ends and tabs go; returns the bytes. */
static size_t
encode_blanks(char *to, struct text url)
{
	char *start = to;

	for (size_t i = 0; i < url.len; i++)
		if (url.utf8[i] == ' ') {
			memcpy(to, "%20", 3);
			to += 3;
		} else if (url.utf8[i] != '\n' && url.utf8[i] != '\t')
			*to++ = url.utf8[i];
	return (size_t)(to - start);
}

/* An absolute http or https URL with a host; blanks are encoded. */
static struct text
clean_url(struct maker *m, struct text value)
{
	size_t blanks = 0, scheme;
	char *to;

	value = strip_escapes(m, value);
	scheme = starts_with(value, "https://") ? 8 : 7;
	if (scheme == 7 && !starts_with(value, "http://"))
		return none;
	if (value.len <= scheme || strchr("/?#: ", value.utf8[scheme]) != NULL)
		return none;
	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.utf8[i];

		if (c > '>' && c != 0x7f)
			continue;
		if (c == '<' || c == '>' || c == '"' || c == 0x7f ||
		    (c < ' ' && c != '\n' && c != '\t'))
			return none;
		blanks += c <= ' ';
	}
	if (blanks == 0)
		return value;
	to = arena_room(&m->arena, value.len + 2 * blanks);
	return (struct text){ to, encode_blanks(to, value) };
}

static void
set_url(struct maker *m, struct tree *record, enum field field)
{
	struct find f = find_field(m, record, field);
	struct text value;
	bool dropped = false;

	m->job.fields[field] = none;
	while (find_next(&f, &value)) {
		value = clean_url(m, value);
		if (value.len > 0) {
			find_take(&f);
			m->job.fields[field] = value;
			return;
		}
		dropped = true;
	}
	m->counts[COUNT_URLS_DROPPED] += dropped;
}

static void
set_date(struct maker *m, struct tree *record, enum field field,
    int64_t *seconds)
{
	struct find f = find_field(m, record, field);
	struct text value;
	bool unread = false;

	*seconds = 0;
	while (find_next(&f, &value)) {
		value = clean_line(m, value);
		if (date_parse(value.utf8, value.len, m->map->dates, seconds)) {
			find_take(&f);
			return;
		}
		*seconds = 0;
		unread = true;
	}
	m->counts[COUNT_DATES_UNREAD] += unread;
}

static void
set_status(struct maker *m, struct tree *record)
{
	struct find f = find_field(m, record, FIELD_STATUS);
	struct text value = none;
	const char *meaning = m->map->constants[FIELD_STATUS];
	bool unread = false;

	while (find_next(&f, &value)) {
		const char *found = words_find(m->map->words, WORD_STATUS,
		    value.utf8, value.len);

		if (found == NULL) {
			unread = true;
			continue;
		}
		find_take(&f);
		meaning = found;
		unread = false;
		break;
	}
	m->job.closed = meaning != NULL && strcmp(meaning, "closed") == 0;
	m->counts[COUNT_STATUSES_UNREAD] += unread;
	m->counts[COUNT_CLOSED] += m->job.closed;
}

static void
set_remote(struct maker *m, struct tree *record)
{
	struct find f = find_field(m, record, FIELD_REMOTE);
	struct text value;
	bool unread = false;

	m->job.remote = -1;
	while (m->job.remote < 0 && find_next(&f, &value)) {
		const char *found;

		value = clean_line(m, value);
		found = words_find(m->map->words, WORD_REMOTE, value.utf8,
		    value.len);
		unread = found == NULL;
		if (found == NULL)
			continue;
		m->job.remote = strcmp(found, "yes") == 0;
		/* "hybrid" says more than no */
		if (strcmp(found, "part") != 0)
			find_take(&f);
	}
	m->counts[COUNT_REMOTES_UNREAD] += unread;
}

const char *
maker_record(struct maker *m, struct tree *record)
{
	const char *error;

	arena_clear(&m->arena);
	error = set_id(m, record);
	if (error != NULL)
		return error;
	set_line(m, record, FIELD_TITLE);
	set_line(m, record, FIELD_COMPANY);
	set_description(m, record);
	set_url(m, record, FIELD_URL);
	set_url(m, record, FIELD_LOGO);
	set_status(m, record);
	set_type(m, record);
	set_remote(m, record);
	set_places(m, record);
	set_salary(m, record);
	set_date(m, record, FIELD_POSTED, &m->job.posted);
	set_date(m, record, FIELD_EXPIRES, &m->job.expires);
	set_line(m, record, FIELD_CATEGORY);
	set_cpc(m, record);
	m->counts[COUNT_NO_TITLE] += m->job.fields[FIELD_TITLE].len == 0;
	return emit_job(m, record);
}
