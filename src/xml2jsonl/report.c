/* report.c - what is to be said of a feed at its end */
#include <string.h>

#include "log.h"
#include "report.h"

static void
set_mended(struct stats *stats, const struct feed_counts *c)
{
	stats_set(stats, "mended_records", c->records_mended);
	stats_set(stats, "mended_ampersands", c->mended.ampersands);
	stats_set(stats, "mended_entities", c->mended.entities);
	stats_set(stats, "mended_controls", c->mended.controls);
	stats_set(stats, "mended_bytes", c->mended.bytes);
	stats_set(stats, "mended_marks", c->mended.marks);
	stats_set(stats, "mended_tags", c->mended.tags);
	stats_set(stats, "skipped_bytes", c->skipped);
}

/* The number of records that the feed's header states, if it is one. */
static void
set_declared(struct maker *m, struct stats *stats)
{
	struct buf room = { 0 };
	const char *fact = maker_fact(m, HEADER_COUNT, &room);
	uint64_t count = 0;

	if (fact != NULL && strspn(fact, "0123456789") == strlen(fact) &&
	    strlen(fact) < 19) {
		for (; *fact != '\0'; fact++)
			count = count * 10 + (uint64_t)(*fact - '0');
		stats_set(stats, "declared_count", count);
		if (count != stats->in)
			log_warning("the feed says that it has another "
			            "number of records",
			    LOG_UINT("declared", count),
			    LOG_UINT("seen", stats->in));
	}
	buf_free(&room);
}

static void
set_load(struct maker *m, struct stats *stats)
{
	struct buf room = { 0 };
	const char *fact = maker_fact(m, HEADER_LOAD, &room), *load = NULL;

	if (fact != NULL)
		load = words_find(m->map->words, WORD_LOAD, fact, strlen(fact));
	stats_set_text(stats, "load", load != NULL ? load : m->map->load);
	buf_free(&room);
}

static void
set_counts(const struct maker *m, struct stats *stats)
{
	for (int i = 0; i < JOB_COUNTS; i++)
		stats_set(stats, job_count_names[i], m->counts[i]);
	if (m->counts[COUNT_NO_TITLE] > 0)
		log_warning("records without a title",
		    LOG_UINT("records", m->counts[COUNT_NO_TITLE]));
	if (m->counts[COUNT_DUPLICATE_IDS] > 0)
		log_warning("ids that came more than once",
		    LOG_UINT("records", m->counts[COUNT_DUPLICATE_IDS]));
	if (m->counts[COUNT_URLS_DROPPED] > 0)
		log_warning("urls that are not absolute http or https are "
		            "left in extra",
		    LOG_UINT("records", m->counts[COUNT_URLS_DROPPED]));
}

void
report(struct stats *stats, const struct source *source,
    const struct feed *feed, struct maker *m)
{
	const struct feed_counts *c = feed_counts(feed);

	stats->bytes_in = source_bytes(source);
	stats_set_text(stats, "encoding", source_encoding(source));
	stats_set(stats, "encoding_misdeclared", source_lies(source));
	stats_set(stats, "encoding_errors", source_bad(source));
	set_mended(stats, c);
	if (c->records_mended > 0)
		log_warning("records that were not well-formed are mended",
		    LOG_UINT("records", c->records_mended),
		    LOG_UINT("ampersands", c->mended.ampersands),
		    LOG_UINT("entities", c->mended.entities),
		    LOG_UINT("controls", c->mended.controls),
		    LOG_UINT("bytes", c->mended.bytes));
	if (source_lies(source))
		log_info("the XML declaration names another encoding",
		    LOG_TEXT("encoding", source_encoding(source)));
	if (m == NULL)
		return;
	stats_set_text(stats, "map", m->map->name);
	set_load(m, stats);
	set_declared(m, stats);
	set_counts(m, stats);
}
