/*
 * taxonomy.h - the industries, and the job functions under each
 *
 * Loaded from share/taxonomy/taxonomy.json or a file of the user's own, see
 * taxonomy(5).  A function has one code and one name wherever it appears.
 * Everything is constant once loaded: threads may share it.
 */
#ifndef TAXONOMY_H
#define TAXONOMY_H

#include <stddef.h>

#include "hash.h"

#define TAXONOMY_CODE 16         /* bytes of the longest code */
#define TAXONOMY_NAME 128        /* bytes of the longest name */
#define TAXONOMY_INDUSTRIES 1000 /* most industries */
#define TAXONOMY_FUNCTIONS 200   /* most functions of one industry */
#define TAXONOMY_PATH 8          /* most steps of a path */

struct taxonomy_function {
	const char *code;
	const char *name;
	size_t id; /* from 0 to taxonomy->kinds - 1, one for each code */
};

struct taxonomy_industry {
	const char *code;
	const char *name;
	const char *path[TAXONOMY_PATH]; /* from the broadest step to itself */
	size_t path_count;
	const struct taxonomy_function *const *functions;
	size_t function_count; /* at least 1 */
	size_t id;             /* its index in the taxonomy */
};

struct taxonomy {
	const char *version;
	char digest[HASH_HEX]; /* SHA-256 of the file's bytes */
	const struct taxonomy_industry *industries;
	size_t count; /* of industries, at least 2 */
	const struct taxonomy_function *functions;
	size_t kinds;      /* of different functions */
	struct room *room; /* what all of it stands in, private */
};

/*
 * Load and check a taxonomy.  Never NULL: exits 66 when the file can't be
 * read, 78 with one line that names file, place and reason when anything in
 * it is wrong: unknown or missing keys, a code twice, a function code with two
 * names, limits.  Strings and arrays belong to the taxonomy.
 */
const struct taxonomy *taxonomy_load(const char *path);
void taxonomy_free(const struct taxonomy *t);

/* By code of LEN bytes, matched byte for byte; NULL when there is none. */
const struct taxonomy_industry *taxonomy_industry(const struct taxonomy *t,
    const char *code, size_t len);

/* Among the functions of one industry only. */
const struct taxonomy_function *taxonomy_function(
    const struct taxonomy_industry *industry, const char *code, size_t len);

#endif
