/* feed.c - a feed goes through the XML parser, record by record */
#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "feed_state.h"
#include "log.h"
#include "mem.h"
#include "status.h"

struct feed *
feed_open(struct source *source, const struct feed_options *options)
{
	struct feed *f = mem_zero(1, sizeof(*f));

	f->options = options;
	f->source = source;
	f->paths = paths_new(options->made, options->user);
	f->here = paths_top(f->paths);
	tree_init(&f->tree, f->paths, options->max_record);
	return f;
}

void
feed_close(struct feed *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->entity_count; i++) {
		free(f->entities[i].name);
		free(f->entities[i].value);
	}
	if (f->parser != NULL)
		XML_ParserFree(f->parser);
	if (f->mending != NULL)
		XML_ParserFree(f->mending);
	tree_free(&f->tree);
	paths_free(f->paths);
	buf_free(&f->window);
	buf_free(&f->header);
	buf_free(&f->mended);
	free(f->subset);
	free(f->record_name);
	free(f);
}

struct tree *
feed_tree(struct feed *f)
{
	return &f->tree;
}

struct paths *
feed_paths(struct feed *f)
{
	return f->paths;
}

const struct feed_counts *
feed_counts(const struct feed *f)
{
	return &f->counts;
}

#ifdef __SSE2__
/* Line ends in STEPS times sixteen bytes; at most 255 steps, a byte a sum. */
static uint64_t
count_steps(const char *p, size_t steps)
{
	const __m128i line = _mm_set1_epi8('\n'), zero = _mm_setzero_si128();
	__m128i sums = zero;

	for (; steps > 0; steps--, p += 16) {
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);

		/* a byte that is equal is -1 */
		sums = _mm_sub_epi8(sums, _mm_cmpeq_epi8(x, line));
	}
	sums = _mm_sad_epu8(sums, zero);
	return (uint64_t)_mm_cvtsi128_si32(sums) +
	       (uint64_t)_mm_cvtsi128_si32(_mm_srli_si128(sums, 8));
}

/* Line ends in LEN bytes. */
static uint64_t
count_lines(const char *p, size_t len)
{
	uint64_t count = 0;

	while (len >= 16) {
		size_t steps = len / 16 < 255 ? len / 16 : 255;

		count += count_steps(p, steps);
		p += steps * 16;
		len -= steps * 16;
	}
	while (len > 0)
		count += p[--len] == '\n';
	return count;
}
#else
/* Line ends in LEN bytes, eight bytes at a time. */
static uint64_t
count_lines(const char *p, size_t len)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	const uint64_t low = ones * 0x7f;
	uint64_t count = 0, word;
	size_t i = 0;

	for (; len - i >= sizeof(word); i += sizeof(word)) {
		memcpy(&word, p + i, sizeof(word));
		word ^= ones * '\n';
		/* the top bit of each byte that is zero now */
		word = ~(((word & low) + low) | word | low);
		count += (word >> 7) * ones >> 56;
	}
	for (; i < len; i++)
		count += p[i] == '\n';
	return count;
}
#endif

uint64_t
feed_line(struct feed *f, uint64_t offset)
{
	const char *window = f->window.data;
	uint64_t end = f->start + f->window.len;

	if (offset > end)
		offset = end;
	/* It moves mostly forward, so that each byte is looked at once. */
	if (offset < f->counted)
		f->lines -= count_lines(window + (offset - f->start),
		    (size_t)(f->counted - offset));
	else if (offset > f->counted)
		f->lines += count_lines(window + (f->counted - f->start),
		    (size_t)(offset - f->counted));
	f->counted = offset;
	return f->lines + 1;
}

void
feed_drop(struct feed *f, uint64_t offset)
{
	size_t drop = (size_t)(offset - f->start);

	if (drop == 0)
		return;
	if (f->counted < offset)
		feed_line(f, offset);
	memmove(f->window.data, f->window.data + drop, f->window.len - drop);
	f->window.len -= drop;
	f->start = offset;
	f->fed = f->fed > drop ? f->fed - drop : 0;
}

bool
feed_more(struct feed *f)
{
	switch (source_more(f->source, &f->window)) {
	case SOURCE_MORE:
		return true;
	case SOURCE_FAILED:
		f->failed = EX_IOERR;
		break;
	case SOURCE_UNKNOWN:
		f->failed = EX_DATAERR;
		break;
	case SOURCE_STOPPED:
		f->failed = EX_TEMPFAIL;
		break;
	case SOURCE_END:
		break;
	}
	f->ended = true;
	return false;
}

void
feed_refuse(struct feed *f, uint64_t from, uint64_t to, const char *error)
{
	f->options->refuse(f->options->user, feed_line(f, from), from, error,
	    f->window.data + (from - f->start), (size_t)(to - from));
}

/* What is odd before the root element; EX_OK to go on. */
static int
check_prolog(struct feed *f, const struct prolog *p)
{
	const char *text = f->window.data;

	if (p->junk > 0 || p->misdeclared) {
		const char *what =
		    p->junk > 0
		        ? "bytes before the XML that do not belong there"
		        : "an XML declaration that is not well-formed";

		if (f->options->strict) {
			log_error(what, LOG_UINT("bytes", p->junk));
			return EX_DATAERR;
		}
		log_warning(what, LOG_UINT("bytes", p->junk));
		f->counts.mended.marks++;
	}
	if (p->subset_len == 0)
		return EX_OK;
	f->subset = mem_copy(text + p->subset, p->subset_len);
	if (memchr(f->subset, '%', p->subset_len) == NULL &&
	    memchr(f->subset, '\0', p->subset_len) == NULL)
		return EX_OK;
	log_error("not taken: a DOCTYPE with parameter entities");
	return EX_DATAERR;
}

int
feed_begin(struct feed *f, const char **sample, size_t *len)
{
	struct prolog p;
	enum prolog_found found;
	const char *error;
	int status;

	*sample = NULL;
	*len = 0;
	do
		feed_more(f);
	while ((found = prolog_read(&p, f->window.data, f->window.len,
	            f->ended)) == PROLOG_MORE &&
	       f->failed == EX_OK);
	if (f->failed != EX_OK)
		return f->failed;
	if (found == PROLOG_NONE)
		return EX_OK;
	if (found == PROLOG_NO_XML) {
		log_error("this is no XML feed", LOG_TEXT("it is", p.error));
		return EX_DATAERR;
	}
	status = check_prolog(f, &p);
	if (status != EX_OK)
		return status;
	feed_drop(f, p.body);
	error = parse_from(f, f->start);
	if (error != NULL) {
		log_error("not taken", LOG_TEXT("reason", error));
		return EX_DATAERR;
	}
	while (!f->ended && f->window.len < SOURCE_CHUNK)
		feed_more(f);
	*sample = f->window.data;
	*len = f->window.len;
	return f->failed;
}

void
feed_record_at(struct feed *f, const char *path)
{
	struct path *at = paths_top(f->paths);
	char *names = mem_string(path), *name = names, *slash;

	while ((slash = strchr(name, '/')) != NULL) {
		*slash = '\0';
		at = path_child(f->paths, at, name);
		name = slash + 1;
	}
	f->record_path = path_child(f->paths, at, name);
	f->record_name = mem_string(name);
	free(names);
}

/*
 * How much of what is there to hand on: up to the last '>', for expat keeps
 * half a tag and then copies all that follows.
 */
static size_t
whole_tags(const struct feed *f)
{
	size_t len = f->window.len;

	if (f->ended)
		return len;
	while (len > f->fed && f->window.data[len - 1] != '>')
		len--;
	return len == f->fed ? f->window.len : len;
}

/* Whether a tag or comment has come that is longer than any may be. */
static bool
is_endless(const struct feed *f)
{
	return !f->ended &&
	       f->start + f->fed > parse_offset(f) + 2 * TREE_TOKEN;
}

/* The first byte that may be needed again. */
static uint64_t
keep_from(const struct feed *f)
{
	uint64_t token = parse_offset(f), fed = f->start + f->fed;

	if (f->in_record)
		return f->record_at;
	return token < fed ? token : fed;
}

static int
step(struct feed *f)
{
	size_t len = whole_tags(f), from = f->fed;

	f->fed = len;
	f->clean = parse_bytes(f, f->window.data + from, len - from, f->ended);
	if (!f->clean)
		return f->no_more ? EX_OK : recover(f);
	f->finished = f->ended;
	if (is_endless(f)) {
		f->stop = "a tag or comment of more than 1 MiB";
		return recover(f);
	}
	if (f->in_record &&
	    f->start + f->window.len - f->record_at > f->options->max_record)
		return recover_oversized(f, f->here);
	return EX_OK;
}

int
feed_run(struct feed *f)
{
	int status = step(f);

	while (status == EX_OK && !f->no_more && !f->finished) {
		/* a parser that was started anew has to go on first */
		if (f->clean && !f->ended) {
			feed_drop(f, keep_from(f));
			feed_more(f);
		}
		status = f->failed != EX_OK ? f->failed : step(f);
	}
	return status;
}
