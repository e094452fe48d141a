/*
 * dedup_make - records for job-dedup to work on
 *
 *     dedup_make KIND COUNT SEED
 *
 * The same arguments give the same bytes.  Descriptions have some 470 words in
 * 3 KB.  KIND is
 *
 *     mixed     a quarter are copies of earlier ones in another city; the
 *               others share their title and company with a few; 380 words, so
 *               that 50,000 records have 157 MB
 *     one-key   all under one title and company, each another text
 *     copies    all under one title and company, near-copies of 20 texts
 *     groups    groups of 40 under one key as they are met: three roles of one
 *               company that share its boilerplate, each in many cities
 *     small     as mixed, but with descriptions of a few words
 *     one-job   near-copies of one text of 80 words, a few changed in each
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "log.h"
#include "mem.h"
#include "out.h"
#include "status.h"

#define VOCABULARY 6000
#define WORDS_MAX 600 /* of a description */
#define TEXT_WORDS 470
#define MIXED_WORDS 380
#define SMALL_WORDS 9
#define ONE_JOB_WORDS 80
#define SENTENCE 13 /* words */
#define RECENT 256  /* texts that may be copied */
#define CITIES 40

struct text {
	unsigned short words[WORDS_MAX];
	size_t n;
	unsigned int title, company;
};

struct maker {
	uint64_t random;
	char vocabulary[VOCABULARY][16];
	struct text recent[RECENT];
	struct out *out;
	struct buf line;
};

/* xorshift64*; below N. */
static unsigned int
below(struct maker *m, unsigned int n)
{
	m->random ^= m->random >> 12;
	m->random ^= m->random << 25;
	m->random ^= m->random >> 27;
	return (unsigned int)((m->random * UINT64_C(2685821657736338717)) >>
	                      33) %
	       n;
}

/* Words of two to four syllables; the first ones, which are frequent, short. */
static void
make_vocabulary(struct maker *m)
{
	static const char *const syllables[] = { "an", "ter", "ing", "lo", "re",
		"ca", "mi", "ser", "vi", "ta", "con", "pro", "ment", "de", "al",
		"ne", "ru", "sta", "or", "com", "pe", "li", "tion", "ma",
		"di" };
	const unsigned int count = sizeof(syllables) / sizeof(*syllables);
	unsigned int i, j, parts;

	for (i = 0; i < VOCABULARY; i++) {
		char *word = m->vocabulary[i];

		parts = i < 100 ? 1 + i % 2 : 2 + below(m, 2);
		word[0] = '\0';
		for (j = 0; j < parts; j++)
			strcat(word, syllables[below(m, count)]);
	}
}

/* As in a language: the frequency falls with the rank. */
static unsigned short
any_word(struct maker *m)
{
	uint64_t x = below(m, 10000), y = below(m, 10000), z = below(m, 10000);

	return (unsigned short)(x * y / 10000 * z / 10000 * VOCABULARY / 10000);
}

static void
fill(struct maker *m, struct text *t, size_t from, size_t to)
{
	for (t->n = from; t->n < to; t->n++)
		t->words[t->n] = any_word(m);
}

static void
replace_words(struct maker *m, struct text *t, unsigned int count)
{
	while (count-- > 0)
		t->words[below(m, (unsigned int)t->n)] = any_word(m);
}

static void
add_description(struct maker *m, const struct text *t, unsigned int city)
{
	struct buf *b = &m->line;
	size_t i;

	buf_text(b, "<p><b>About the role</b></p><p>Join us in City");
	buf_printf(b, "%u", city);
	buf_text(b, "!</p><ul>");
	for (i = 0; i < t->n; i++) {
		if (i % SENTENCE == 0)
			buf_text(b,
			    i % (SENTENCE * 3) == 0 ? "</li><li>" : ". ");
		else
			buf_byte(b, ' ');
		buf_text(b, m->vocabulary[t->words[i]]);
		if (i % 31 == 0)
			buf_text(b, " &amp;");
	}
	buf_text(b, ".</li></ul>");
}

static void
emit(struct maker *m, const struct text *t, unsigned long number)
{
	unsigned int city = below(m, CITIES);
	struct buf *b = &m->line;

	buf_clear(b);
	buf_printf(b,
	    "{\"feed_id\":7,\"source_id\":\"%lu\",\"status\":\"open\","
	    "\"title\":\"%s %s Specialist\",\"company_name\":\"%s %u\","
	    "\"description\":\"",
	    100000 + number * 7919 % 9999991,
	    m->vocabulary[t->title % VOCABULARY],
	    m->vocabulary[t->title * 7 % VOCABULARY],
	    m->vocabulary[t->company % VOCABULARY], t->company);
	add_description(m, t, city);
	if (t->n == SMALL_WORDS) {
		buf_text(b, "\"}");
		out_add(m->out, b->data, b->len);
		out_line(m->out);
		return;
	}
	buf_printf(b,
	    "\",\"url\":\"https://jobs.example.com/apply/%lu?src=feed\","
	    "\"employment_type\":\"FULL_TIME\",\"locations\":[{\"city\":"
	    "\"City%u\",\"state\":\"TX\",\"country\":\"US\",\"text\":"
	    "\"City%u, TX, US\"}],\"is_multi_location\":false,"
	    "\"is_remote\":false,\"posted_at\":\"2026-11-01T00:00:00Z\","
	    "\"cpc\":0.%02u,\"extra\":{\"requisitionid\":\"R%lu\"}}",
	    number, city, city, below(m, 100), number);
	out_add(m->out, b->data, b->len);
	out_line(m->out);
}

static void
make_mix(struct maker *m, unsigned long count, size_t words)
{
	unsigned long i;

	for (i = 0; i < count; i++) {
		struct text *t = &m->recent[i % RECENT];

		if (i >= RECENT && below(m, 4) == 0) {
			*t = m->recent[below(m, RECENT)];
			replace_words(m, t, below(m, 8));
		} else {
			fill(m, t, 0, words);
			t->title = below(m, 400);
			t->company = below(m, (unsigned int)(count / 40 + 1));
		}
		emit(m, t, i);
	}
}

static void
make_mixed(struct maker *m, unsigned long count)
{
	make_mix(m, count, MIXED_WORDS);
}

static void
make_small(struct maker *m, unsigned long count)
{
	make_mix(m, count, SMALL_WORDS);
}

static void
make_one_key(struct maker *m, unsigned long count)
{
	unsigned long i;

	for (i = 0; i < count; i++) {
		fill(m, &m->recent[0], 0, TEXT_WORDS);
		emit(m, &m->recent[0], i);
	}
}

static void
make_copies(struct maker *m, unsigned long count)
{
	struct text t;
	unsigned long i;

	for (i = 0; i < 20; i++)
		fill(m, &m->recent[i], 0, TEXT_WORDS);
	for (i = 0; i < count; i++) {
		t = m->recent[below(m, 20)];
		replace_words(m, &t, below(m, 16));
		emit(m, &t, i);
	}
}

static void
make_one_job(struct maker *m, unsigned long count)
{
	struct text t;
	unsigned long i;

	fill(m, &m->recent[0], 0, ONE_JOB_WORDS);
	for (i = 0; i < count; i++) {
		t = m->recent[0];
		replace_words(m, &t, below(m, 4));
		emit(m, &t, i);
	}
}

/*
 * Two thirds of a text are the company's; a role has the rest, and an ad of it
 * differs in a few words.
 */
static void
make_groups(struct maker *m, unsigned long count)
{
	struct text t;
	unsigned long i, role;

	for (i = 0; i < count; i++) {
		if (i % 40 == 0) {
			fill(m, &m->recent[0], 0, TEXT_WORDS);
			m->recent[0].title = below(m, 5000);
			m->recent[0].company = below(m, 1000000);
			for (role = 1; role < 3; role++) {
				m->recent[role] = m->recent[0];
				fill(m, &m->recent[role], TEXT_WORDS * 2 / 3,
				    TEXT_WORDS);
			}
		}
		t = m->recent[below(m, 3)];
		replace_words(m, &t, below(m, 12));
		emit(m, &t, i);
	}
}

int
main(int argc, char *argv[])
{
	static const struct {
		const char *name;
		void (*make)(struct maker *m, unsigned long count);
	} kinds[] = {
		{ "mixed", make_mixed },
		{ "one-key", make_one_key },
		{ "copies", make_copies },
		{ "groups", make_groups },
		{ "small", make_small },
		{ "one-job", make_one_job },
	};
	struct maker *m = mem_zero(1, sizeof(*m));
	size_t i;

	log_init("dedup_make");
	if (argc != 4)
		die(EX_USAGE, "wanted: KIND COUNT SEED");
	m->random = strtoull(argv[3], NULL, 10) * 2 + 1;
	m->out = out_stdout(false);
	make_vocabulary(m);
	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(argv[1], kinds[i].name) == 0) {
			kinds[i].make(m, strtoul(argv[2], NULL, 10));
			out_close(m->out);
			buf_free(&m->line);
			free(m);
			return EX_OK;
		}
	die(EX_USAGE,
	    "wanted: mixed, one-key, copies, groups, small "
	    "or one-job",
	    LOG_TEXT("value", argv[1]));
}
