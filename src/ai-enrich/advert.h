/*
 * advert.h - what a model is told of a job: its words, made harmless
 *
 * Title, company and description are text of strangers.  advert_read() takes
 * them out of a record as plain text; advert_guard() prepares them for a model
 * that lies elsewhere: characters nobody sees are removed, what could pass for
 * a mark of the prompt or for a speaker is changed, mail addresses and phone
 * numbers are masked, all is cut to a length, and what looks like an attempt to
 * speak to the model is flagged, so that the ad is asked about alone.
 */
#ifndef ADVERT_H
#define ADVERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "answer.h"
#include "rec.h"

/* Why an ad is asked about alone; names in advert_flags(). */
#define ADVERT_INSTRUCTIONS 1u /* words that speak to a model */
#define ADVERT_ROLES 2u        /* a line that begins as another speaker's */
#define ADVERT_MARKS 4u        /* marks of prompts and chat formats */
#define ADVERT_INVISIBLE 8u    /* characters that nobody sees */
#define ADVERT_ENCODED 16u     /* a long run of base64 or hexadecimal */
#define ADVERT_LOOKALIKES 32u  /* letters of two alphabets in one word */

struct advert {
	struct buf title, company, text;
	unsigned int flags;
	unsigned int masked; /* mail addresses and phone numbers */
};

/* Fill A, whose room is used again, with the words of JOB. */
void advert_read(struct advert *a, const struct rec *job);

/* The same as views, good until A changes. */
struct ad advert_view(const struct advert *a);

struct advert_rules; /* the phrases that are looked for, and the limits */

/*
 * Load the phrases from PATH: one a line, lower case, '*' standing for up to
 * four words, lines that start with '#' passed over.  Never NULL: exits 66 or
 * 78.  At most MAX_TEXT bytes of a description are kept.
 */
struct advert_rules *advert_rules_load(const char *path, size_t max_text,
    bool keep_pii);
void advert_rules_free(struct advert_rules *r);

/* Make A fit for a prompt, and set its flags. */
void advert_guard(struct advert_rules *r, struct advert *a);

/* Add the names of FLAGS as a JSON array. */
void advert_flags(struct buf *json, unsigned int flags);

/*
 * About how many tokens LEN bytes of UTF-8 are: a quarter of the characters
 * for Latin script, a half for others, and 15 % more.
 */
uint64_t advert_tokens(const char *utf8, size_t len);

void advert_free(struct advert *a);

#endif
