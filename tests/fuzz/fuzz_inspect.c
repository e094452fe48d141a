/*
 * fuzz_inspect.c - bytes as a feed that is looked at: what is shown of it is
 * whole, the same in any pieces, and the map to start from fits
 */
#include <string.h>

#include "../../src/xml2jsonl/choose.h"
#include "../../src/xml2jsonl/feed.h"
#include "../../src/xml2jsonl/inspect.h"
#include "../../src/xml2jsonl/job.h"
#include "../unit/pieces.h"
#include "fuzz.h"
#include "memory_out.h"
#include "rec.h"
#include "scratch.h"
#include "status.h"
#include "utf8.h"

/* A feed that is looked at, or that a map makes jobs of. */
struct run {
	struct buf record; /* the path of the records */
	struct inspect *inspect;
	struct map *map;
	struct maker maker;
	size_t records, dead;
};

static const char *
on_record(void *user, struct tree *record)
{
	struct run *r = user;
	const char *error;

	if (r->inspect != NULL) {
		inspect_record(r->inspect, record);
		r->records++;
		return NULL;
	}
	error = maker_record(&r->maker, record);
	r->records += error == NULL;
	return error;
}

static void
on_refuse(void *user, uint64_t line, uint64_t offset, const char *error,
    const char *raw, size_t len)
{
	struct run *r = user;

	(void)offset;
	hold(line > 0 && error != NULL && (len == 0 || raw != NULL));
	r->dead++;
}

static void
on_header(void *user, const struct path *path, struct text value)
{
	struct run *r = user;

	if (r->inspect != NULL)
		inspect_header(r->inspect, path, value);
	else
		maker_header(&r->maker, path, value);
}

static void
on_path(void *user, struct path *path)
{
	struct run *r = user;

	if (r->map != NULL)
		map_meet(r->map, path);
	else
		path_mark(path, buf_string(&r->record), true);
}

/* Loaded once: it is not what is tried. */
static const struct map *
generic(void)
{
	static struct map *map;

	if (map == NULL)
		map = map_load("generic", shared_words());
	return map;
}

/*
 * All of the feed; what is shown is added to OUT, if there is one, before the
 * feed's paths are gone.  False when it breaks off.
 */
static bool
go_through(struct run *r, const uint8_t *data, size_t size, size_t piece,
    const struct map *fits, struct out *out)
{
	struct source source = { (const char *)data, size, 0, piece };
	const struct feed_options options = { .max_record = 1 << 16,
		.user = r,
		.record = on_record,
		.refuse = on_refuse,
		.header = on_header,
		.made = on_path };
	struct feed *f = feed_open(&source, &options);
	const char *sample;
	size_t len;
	int status = feed_begin(f, &sample, &len);

	if (status == EX_OK && sample != NULL) {
		feed_record_at(f, buf_string(&r->record));
		status = feed_run(f);
		if (out != NULL)
			inspect_write(r->inspect,
			    &(struct inspect_facts){ .record =
			                                 buf_string(&r->record),
			        .encoding = "UTF-8",
			        .map = fits,
			        .generic = generic() },
			    out);
	}
	feed_close(f);
	return status == EX_OK;
}

/* What is shown of the feed; the number of its records. */
static size_t
look(enum inspect_form form, const struct path *record, const uint8_t *data,
    size_t size, size_t piece, const struct map *fits, struct out *out)
{
	struct run r = { .inspect = inspect_new(form) };

	path_name(record, &r.record);
	go_through(&r, data, size, piece, fits, out);
	inspect_free(r.inspect);
	buf_free(&r.record);
	return r.records;
}

/* Nothing that a terminal might obey. */
static void
hold_table(const struct buf *text)
{
	hold(utf8_valid(text->data, text->len) == text->len);
	for (size_t i = 0; i < text->len; i++)
		hold(((unsigned char)text->data[i] >= ' ' &&
		         text->data[i] != 0x7f) ||
		     text->data[i] == '\n');
}

static void
hold_lines(const struct buf *text)
{
	struct rec *line = rec_new();
	size_t at, start = 0, i;

	for (i = 0; i < text->len; i++)
		if (text->data[i] == '\n') {
			hold(rec_parse(line, text->data + start, i - start,
			         &at) == NULL);
			start = i + 1;
		}
	hold(start == i);
	rec_free(line);
}

/* The map that was suggested finds each element that it names. */
static void
hold_map(const struct buf *text, const struct sniff *s, const uint8_t *data,
    size_t size, size_t records)
{
	struct run r = { .record = { 0 } };
	const struct path *record;

	r.map = map_load(scratch_file(text->data, text->len), shared_words());
	scratch_remove();
	record = sniff_record(s, r.map);
	hold(record != NULL);
	path_name(record, &r.record);
	maker_init(&r.maker, r.map, 1);
	go_through(&r, data, size, size + 1, NULL, NULL);
	hold(r.records + r.dead >= records);
	for (int f = 0; f < FIELD_COUNT; f++)
		for (size_t i = 0; i < r.map->fields[f].count; i++)
			hold(r.map->fields[f].items[i].pattern->hit_count > 0);
	maker_free(&r.maker);
	map_free(r.map);
	buf_free(&r.record);
}

static void
try_feed(const struct sniff *s, const struct path *record,
    const struct map *fits, const uint8_t *data, size_t size)
{
	struct out out = { .text = { 0 } }, again = { .text = { 0 } };
	size_t records, other;

	records = look(INSPECT_JSON, record, data, size, size + 1, fits, &out);
	other =
	    look(INSPECT_JSON, record, data, size, 1 + size / 7, fits, &again);
	hold(records == other);
	hold_same(&out.text, &again.text);
	hold_lines(&out.text);
	buf_clear(&out.text);
	look(INSPECT_TABLE, record, data, size, size + 1, fits, &out);
	hold_table(&out.text);
	buf_clear(&out.text);
	look(INSPECT_MAP, record, data, size, size + 1, fits, &out);
	if (out.text.len > 0)
		hold_map(&out.text, s, data, size, records);
	buf_free(&out.text);
	buf_free(&again.text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct path *record = NULL;
	struct map *fits = NULL;
	struct sniff *s;

	if (size > 1 << 16)
		return 0;
	s = sniff_new((const char *)data, size);
	/* to load all maps takes its time */
	if (size % 64 == 0)
		fits = choose_map(s, shared_words());
	if (fits != NULL)
		record = sniff_record(s, fits);
	if (record == NULL)
		record = sniff_guess(s);
	if (record != NULL)
		try_feed(s, record, fits, data, size);
	map_free(fits);
	sniff_free(s);
	return 0;
}
