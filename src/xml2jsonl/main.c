/* main.c - xml2jsonl: a feed in XML becomes records, one job a line */
#include <string.h>

#include "choose.h"
#include "feed.h"
#include "inspect.h"
#include "job.h"
#include "log.h"
#include "opt.h"
#include "report.h"
#include "sandbox.h"
#include "sig.h"
#include "stage.h"
#include "status.h"

struct settings {
	struct stage_options stage;
	uint64_t feed_id;
	const char *map;
	const char *record; /* path, for what has no map */
	bool raw, inspect, json, suggest, strict;
	struct sandbox sandbox;
};

/* What the parts of a run have in common. */
struct run {
	const struct settings *settings;
	struct stage *stage;
	struct source *source;
	struct feed *feed;
	struct words *words;
	struct map *map;     /* NULL without one */
	struct map *fits;    /* to be shown when a feed is inspected, or NULL */
	struct map *generic; /* then, too */
	struct buf record;   /* the records' path as the feed writes it */
	struct maker maker;
	struct inspect *inspect;
	struct buf line;
};

static void
on_path(void *user, struct path *path)
{
	struct run *r = user;

	if (r->map != NULL)
		map_meet(r->map, path);
	else
		path_mark(path, buf_string(&r->record), r->inspect != NULL);
}

static const char *
on_record(void *user, struct tree *record)
{
	struct run *r = user;
	const struct buf *line = &r->line;
	const char *error = NULL;

	if (r->inspect != NULL)
		inspect_record(r->inspect, record);
	else if (r->map == NULL) {
		buf_clear(&r->line);
		error = emit_rest(&r->line, record, true);
	} else {
		error = maker_record(&r->maker, record);
		line = &r->maker.line;
	}
	if (error != NULL)
		return error;
	stage_made(r->stage);
	stage_stats(r->stage)->bytes_in = source_bytes(r->source);
	if (r->inspect == NULL)
		stage_emit(r->stage, line->data, line->len, false);
	else
		stage_stats(r->stage)->out++;
	return NULL;
}

static void
on_refuse(void *user, uint64_t line, uint64_t offset, const char *error,
    const char *raw, size_t len)
{
	struct run *r = user;

	stage_refuse_raw(r->stage, line, offset, error, raw, len);
}

static void
on_header(void *user, const struct path *path, struct text value)
{
	struct run *r = user;

	if (r->inspect != NULL)
		inspect_header(r->inspect, path, value);
	else if (r->map != NULL)
		maker_header(&r->maker, path, value);
}

static bool
is_enough(void *user)
{
	struct run *r = user;
	uint64_t most = r->settings->stage.max_dead;

	return sig_stop() || (most > 0 && stage_stats(r->stage)->dead > most);
}

static void
flush(void *user)
{
	struct run *r = user;

	out_flush(stage_out(r->stage));
}

/* The map that is asked for, or fits; or NULL. */
static struct map *
the_map(struct run *r, const struct sniff *s)
{
	const char *name = r->settings->map;

	return strcmp(name, "auto") == 0 ? choose_map(s, r->words)
	                                 : map_load(name, r->words);
}

/* Whether a map can say where the records are; it is told if not. */
static bool
fits_a_map(const struct buf *record)
{
	size_t steps = 1;

	for (size_t i = 0; i < record->len; i++)
		steps += record->data[i] == '/';
	if (steps > MAP_STEPS)
		log_error("the records are deeper than a map can say",
		    LOG_BYTES("record", record->data, record->len),
		    LOG_UINT("steps", steps), LOG_UINT("most", MAP_STEPS));
	return steps <= MAP_STEPS;
}

/* Find out what the records are; EX_DATAERR when that can't be told. */
static int
find_records(struct run *r, const struct sniff *s)
{
	const struct settings *o = r->settings;
	const struct path *record = NULL;
	struct buf seen = { 0 };

	if (!o->raw && r->inspect == NULL) {
		r->map = the_map(r, s);
		if (r->map == NULL) {
			choose_tell_none(s);
			return EX_DATAERR;
		}
		record = sniff_record(s, r->map);
		maker_init(&r->maker, r->map, o->feed_id);
	} else if (o->record == NULL) {
		if (r->inspect != NULL)
			r->fits = the_map(r, s);
		if (r->fits != NULL)
			record = sniff_record(s, r->fits);
		if (record == NULL)
			record = sniff_guess(s);
	}
	if (record != NULL)
		path_name(record, &r->record);
	else if (o->record != NULL)
		buf_text(&r->record, o->record);
	else if (r->fits != NULL)
		/* a feed of a known shape, and empty */
		buf_text(&r->record, r->fits->records[0]->text);
	else if (r->map == NULL) {
		sniff_describe(s, &seen);
		log_error("nothing in the feed looks like a record: "
		          "give its path with --record",
		    LOG_BYTES("paths", seen.data, seen.len));
		buf_free(&seen);
		return EX_DATAERR;
	}
	if (o->suggest && !fits_a_map(&r->record)) {
		buf_clear(&r->record);
		return EX_DATAERR;
	}
	if (r->record.len > 0)
		feed_record_at(r->feed, buf_string(&r->record));
	return EX_OK;
}

/* The map's records are nowhere in a feed that has something else. */
static int
tell_no_records(const struct run *r, const struct sniff *s)
{
	struct buf seen = { 0 };

	if (sniff_is_html(s)) {
		log_error("this is a page of HTML, no feed");
		return EX_DATAERR;
	}
	sniff_describe(s, &seen);
	log_error("the feed has none of the map's records",
	    LOG_TEXT("map", r->map->name),
	    LOG_TEXT("records", r->map->records[0]->text),
	    LOG_BYTES("paths", seen.data, seen.len));
	buf_free(&seen);
	return EX_DATAERR;
}

static int
convert(struct run *r)
{
	const char *sample;
	struct sniff *s;
	size_t len;
	int status = feed_begin(r->feed, &sample, &len);

	if (status != EX_OK)
		return status;
	if (sample == NULL) {
		log_warning("the feed is empty");
		return EX_OK;
	}
	s = sniff_new(sample, len);
	status = find_records(r, s);
	if (status == EX_OK)
		status = feed_run(r->feed);
	if (status == EX_OK && r->map != NULL &&
	    stage_stats(r->stage)->in == 0 && !sniff_is_empty(s, r->map))
		status = tell_no_records(r, s);
	else if (status == EX_OK && feed_counts(r->feed)->skipped > 0)
		status = EX_SOME_BAD;
	sniff_free(s);
	if (r->inspect != NULL && r->record.len > 0 && status != EX_IOERR)
		inspect_write(r->inspect,
		    &(struct inspect_facts){ .record = buf_string(&r->record),
		        .encoding = source_encoding(r->source),
		        .map = r->fits,
		        .generic = r->generic },
		    stage_out(r->stage));
	return status;
}

static int
run(const struct settings *o)
{
	struct run r = { .settings = o };
	const struct feed_options options = { .strict = o->strict,
		.max_record = (size_t)o->stage.max_record,
		.user = &r,
		.record = on_record,
		.refuse = on_refuse,
		.header = on_header,
		.enough = is_enough,
		.made = on_path };
	int status;

	r.source = source_open(o->stage.input);
	r.stage = stage_open_source(&o->stage);
	sandbox_enter(&o->sandbox);
	source_on_wait(r.source, flush, &r);
	if (!o->raw)
		r.words = words_load();
	if (o->inspect || o->suggest) {
		r.generic = map_load("generic", r.words);
		r.inspect = inspect_new(o->suggest ? INSPECT_MAP
		                        : o->json  ? INSPECT_JSON
		                                   : INSPECT_TABLE);
	}
	r.feed = feed_open(r.source, &options);
	status = convert(&r);
	report(stage_stats(r.stage), r.source, r.feed,
	    r.map == NULL ? NULL : &r.maker);
	feed_close(r.feed);
	source_close(r.source);
	inspect_free(r.inspect);
	if (r.map != NULL)
		maker_free(&r.maker);
	map_free(r.map);
	map_free(r.fits);
	map_free(r.generic);
	words_free(r.words);
	buf_free(&r.record);
	buf_free(&r.line);
	return stage_close(r.stage, status);
}

static struct settings settings = { .stage = STAGE_DEFAULTS, .map = "auto" };

static const struct opt table[] = {
	{ .letter = 'f',
	    .name = "feed-id",
	    .kind = OPT_COUNT,
	    .to = &settings.feed_id,
	    .arg = "N",
	    .help = "the feed_id of the records (0)",
	    .env = "JOBMILL_FEED_ID",
	    .max = INT64_MAX },
	{ .letter = 'M',
	    .name = "map",
	    .kind = OPT_TEXT,
	    .to = &settings.map,
	    .arg = "NAME",
	    .help = "feed map: a name, a file, or auto (auto)",
	    .env = "JOBMILL_MAP" },
	{ .letter = 'r',
	    .name = "raw",
	    .kind = OPT_FLAG,
	    .to = &settings.raw,
	    .help = "each record as nested JSON, without a map",
	    .env = "JOBMILL_RAW" },
	{ .name = "record",
	    .kind = OPT_TEXT,
	    .to = &settings.record,
	    .arg = "PATH",
	    .help = "where the records are, for what has no map",
	    .env = "JOBMILL_RECORD" },
	{ .letter = 'i',
	    .name = "inspect",
	    .kind = OPT_FLAG,
	    .to = &settings.inspect,
	    .help = "a table of what the feed has, no records" },
	{ .letter = 'j',
	    .name = "json",
	    .kind = OPT_FLAG,
	    .to = &settings.json,
	    .help = "with -i: as JSON lines" },
	{ .letter = 's',
	    .name = "suggest",
	    .kind = OPT_FLAG,
	    .to = &settings.suggest,
	    .help = "a feed map to start from, no records" },
	{ .name = "strict",
	    .kind = OPT_FLAG,
	    .to = &settings.strict,
	    .help = "stop where the XML is not well-formed",
	    .env = "JOBMILL_STRICT" },
	{ .name = "recover",
	    .kind = OPT_UNFLAG,
	    .to = &settings.strict,
	    .help = "mend what can be mended (the default)" },
	SANDBOX_OPTS(&settings.sandbox),
	STAGE_OPTS(&settings.stage),
	OPT_END,
};

static const struct opt_tool tool = { .name = "xml2jsonl",
	.synopsis = "[-i | -r | -s] [-f n] [-M map] [file]",
	.summary = "turn an XML job feed into records, one job a line",
	.opts = table,
	.operands_max = 1 };

int
main(int argc, char *argv[])
{
	int first;

	sig_init();
	log_init("xml2jsonl");
	first = opt_parse(&tool, argc, argv);
	if (first < argc)
		settings.stage.input = argv[first];
	if (settings.inspect + settings.suggest + settings.raw > 1)
		opt_wrong(&tool, "only one of --inspect, --raw, --suggest",
		    NULL);
	return run(&settings);
}
