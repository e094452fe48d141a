/*
 * prompt.h - what a model is asked, out of share/prompts
 *
 * A prompt has a constant part, byte-identical for all requests of a stage (or
 * of an industry in stage function) so that the service's prefix cache hits,
 * and a part for the jobs of one request.  Text of jobs never meets a
 * template: it is put between fences.
 */
#ifndef PROMPT_H
#define PROMPT_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "batch.h"
#include "result.h"
#include "taxonomy.h"

/* How a service wants its schema. */
enum prompt_dialect {
	PROMPT_OPENAPI, /* Gemini's responseSchema */
	PROMPT_JSON_SCHEMA
};

struct prompt;

struct prompt_options {
	enum result_stage stage;
	enum prompt_dialect dialect;
	const struct taxonomy *taxonomy;
	const char *file;   /* NULL: the one of share/prompts */
	const char *rubric; /* of relevance, a file; NULL: none */
};

/* Never NULL: exits 66 or 78 with one line. */
struct prompt *prompt_load(const struct prompt_options *options);
void prompt_free(struct prompt *p);

/* The first line of the file, and SHA-256 over it and the rubric. */
const char *prompt_version(const struct prompt *p);
const char *prompt_digest(const struct prompt *p);
bool prompt_rates_relevance(const struct prompt *p);

/* The constant part. */
struct prompt_part {
	struct buf text;   /* plain, for the check that no answer repeats it */
	struct buf system; /* the same as a JSON string */
	struct buf schema; /* JSON */
	uint64_t tokens;   /* about, schema included */
};

/* INDUSTRY is NULL in stage industry. */
const struct prompt_part *prompt_part(struct prompt *p,
    const struct taxonomy_industry *industry);

/*
 * Write the part for the jobs of a batch, in its fence, as plain text.  What
 * is offered stands there if it is not the same for all.
 */
void prompt_jobs(struct buf *out, const struct batch *b);

/* The schema of a batch with choices of its own. */
void prompt_schema(const struct prompt *p, const struct choices *choices,
    struct buf *out);

/* Tokens an answer about one job may need at the most, about. */
uint64_t prompt_answer_tokens(const struct prompt *p);

#endif
