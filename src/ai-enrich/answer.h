/*
 * answer.h - what a provider is asked about, and what it answers
 *
 * Every provider fills the same two structs.  One of zeros is empty; filling
 * it again uses its room again; its owner frees it with answer_free().
 */
#ifndef ANSWER_H
#define ANSWER_H

#include <stddef.h>

#include "buf.h"
#include "taxonomy.h"

/* Unescaped, valid UTF-8; len 0 when the job has none.  A view: not owned. */
struct ad_part {
	const char *utf8;
	size_t len;
};

/* A job as its words; the text is plain already, by text_from_html(). */
struct ad {
	struct ad_part title;
	struct ad_part company;
	struct ad_part text;
	struct ad_part places; /* names of its cities and states, a line each;
	                          a clean title has none of them */
};

#define ANSWER_ITEMS 8
#define ANSWER_SURE 10000 /* confidence 1, in ten-thousandths */

/* A few short strings: the first COUNT of ITEMS. */
struct answer_list {
	struct buf items[ANSWER_ITEMS];
	size_t count;
};

struct industry_answer {
	struct buf title;                /* cleaned */
	struct buf description;          /* a few sentences */
	struct answer_list skills;       /* 4 to 6 where the ad names them */
	struct answer_list tasks;        /* 3 to 4 */
	struct answer_list tags;         /* 3 to 4 */
	struct answer_list search_terms; /* 4 to 6 */
	const struct taxonomy_industry *industry; /* the taxonomy's own */
	unsigned int confidence; /* that the industry is right: 0 to 10000 */
};

struct function_answer {
	const struct taxonomy_function *function; /* one of the industry's */
	unsigned int confidence;                  /* 0 to 10000 */
};

/* Empty it, but keep its room. */
void answer_clear(struct industry_answer *a);

/*
 * Add a string to a list: not when it is empty, in the list already (ASCII
 * case does not count), or the list is full.
 */
void answer_add(struct answer_list *list, const char *utf8, size_t len);

/* Nothing but plain characters (plain.h) in its texts. */
void answer_plain(struct industry_answer *a);

void answer_free(struct industry_answer *a);

#endif
