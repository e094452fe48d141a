/*
 * schema.h - the form an answer has: the same table writes the schema that is
 * sent and checks what comes back
 */
#ifndef SCHEMA_H
#define SCHEMA_H

#include "prompt.h"

enum schema_kind {
	SCHEMA_KEY,   /* the job's key */
	SCHEMA_TEXT,  /* one string */
	SCHEMA_LIST,  /* strings */
	SCHEMA_CODE,  /* of the taxonomy */
	SCHEMA_SHARE, /* one of schema_shares */
};

struct schema_field {
	const char *name;
	enum schema_kind kind;
	size_t min, max; /* bytes of a string; of each of a list */
	size_t items;    /* of a list, at least */
};

/* The fields of a stage, in order; ended by one without a name. */
const struct schema_field *schema_fields(enum result_stage stage,
    bool with_relevance);

/* Percentages a model may give, as strings; ended by NULL. */
extern const char *const schema_shares[];

/*
 * Add the schema as JSON.  INDUSTRY is NULL in stage industry; CHOICES is what
 * is offered there, NULL for all.
 */
void schema_write(struct buf *out, const struct prompt_options *options,
    const struct taxonomy_industry *industry, const struct choices *choices);

#endif
