/*
 * content.h - which text a job has: content_hash
 *
 * SHA-256 over the folded title, company name and employment type and the
 * folded text of the description, each followed by a byte 0.  Place, date and
 * url are not in it.
 */
#ifndef CONTENT_H
#define CONTENT_H

#include <stddef.h>

#include "hash.h"

struct content; /* room that is used again */

struct content_part {
	const char *utf8; /* unescaped; NULL when the job has none */
	size_t len;
};

struct content *content_new(void);
void content_free(struct content *c);
void content_hash(struct content *c, struct content_part title,
    struct content_part company, struct content_part employment_type,
    struct content_part description, char out[HASH_HEX]);

#endif
