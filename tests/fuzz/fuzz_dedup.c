/*
 * fuzz_dedup.c - lines as descriptions of ads with one title: those that
 * job-dedup folds are those that plain star linkage folds, in whatever order
 * they come; the first byte says by which rules
 */
#include "../unit/star.h"
#include "fuzz.h"

#define MOST 24 /* jobs */

/* A record with this description, in the city that the line begins with. */
static void
write_job(struct buf *out, const char *line, size_t len, size_t id)
{
	const char *tab = memchr(line, '\t', len);
	const char *text = tab != NULL ? tab + 1 : line;

	buf_printf(out, "{\"source_id\":\"%zu\",\"locations\":[{\"city\":", id);
	buf_json_string(out, line, tab != NULL ? (size_t)(tab - line) : 0);
	buf_text(out, "}],\"description\":");
	buf_json_string(out, text, (size_t)(line + len - text));
	buf_byte(out, '}');
}

/* The jobs of the input, as records; each is to be freed. */
static size_t
read_jobs(const char *at, const char *end, struct buf *jobs)
{
	struct buf line = { 0 };
	size_t count = 0;

	while (at < end && count < MOST) {
		buf_clear(&line);
		take_line(&line, &at, end);
		if (memchr(buf_string(&line), '\0', line.len) != NULL)
			continue; /* no record has it */
		jobs[count] = (struct buf){ 0 };
		write_job(&jobs[count], buf_string(&line), line.len, count + 1);
		count++;
	}
	buf_free(&line);
	return count;
}

static struct link_rules
read_rules(const struct star *s, uint8_t byte)
{
	struct link_rules rules = star_rules(s);

	if (byte & 1)
		rules.shorts = true;
	if (byte & 2)
		rules.threshold = 650000;
	if (byte & 4)
		rules.veto = NULL;
	if (byte & 8)
		rules.memory = 1;
	if (byte & 16)
		rules.memory = 60000;
	if (byte & 32)
		rules.record_max = 1000;
	if (byte & 64)
		rules.explain = true;
	return rules;
}

/* Those of a star, first to last or the other way round. */
static void
add_jobs(struct star *s, const struct buf *jobs, size_t count, bool back)
{
	struct rec *rec = rec_new();
	size_t at;

	star_clear(s);
	for (size_t i = 0; i < count; i++) {
		const struct buf *job = &jobs[back ? count - 1 - i : i];

		hold(rec_parse(rec, job->data, job->len, &at) == NULL);
		hold(star_add(s, rec, NULL));
	}
	rec_free(rec);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct star forth, back;
	struct buf jobs[MOST];
	struct link_rules rules;
	size_t count;

	if (size < 2 || size > 1 << 13)
		return 0;
	if (forth.places == NULL) {
		setenv("JOBMILL_SHARE", "share", 0);
		star_open(&forth);
		star_open(&back);
	}
	rules = read_rules(&forth, *data);
	count =
	    read_jobs((const char *)data + 1, (const char *)data + size, jobs);
	add_jobs(&forth, jobs, count, false);
	star_expect(&forth, &rules);
	hold(star_holds(&forth, &rules));
	add_jobs(&back, jobs, count, true);
	star_expect(&back, &rules);
	hold(star_holds(&back, &rules));
	for (size_t i = 0; i < count; i++)
		hold(count - 1 - forth.expected[i] ==
		     back.expected[count - 1 - i]);
	for (size_t i = 0; i < count; i++)
		buf_free(&jobs[i]);
	return 0;
}
