/*
 * wanted.h - the rows the table is to have
 *
 * Of each row its key and digest are kept in memory, its text in a temporary
 * file.
 */
#ifndef WANTED_H
#define WANTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "row.h"
#include "spool.h"
#include "stage.h"

enum want_state {
	WANT_MISSING, /* not in the table: to be added */
	WANT_SAME,
	WANT_DIFFERS, /* to be changed */
};

struct want {
	struct span row; /* in the spool */
	size_t key;      /* offset of its bytes in keys */
	uint32_t key_len;
	enum want_state state;
	bool seen;     /* in the reading that goes on, or by a look-up */
	bool held;     /* its record was bad: its row is left as it is */
	bool failed;   /* Xano refused it */
	bool written;  /* added or changed in this run */
	bool replaces; /* it is to come in the place of a row that differs */
	unsigned char digest[DIGEST_BYTES];
};

/* Where a key leads: bits of its hash spare most looks at the key itself. */
struct slot {
	uint32_t item; /* index + 1; 0: free */
	uint32_t tag;
};

struct wanted {
	struct want *items;
	size_t count, cap;
	struct buf keys;
	struct spool *spool;
	struct slot *slots;
	size_t slot_count;
	uint64_t lines; /* records that came, bad ones among them */
	uint64_t out_of_scope;
	uint64_t named_bad; /* refused, but their key is known */
	uint64_t nameless;  /* refused, and nobody knows which rows they were */
	uint64_t announced; /* by the end mark */
	bool ended;         /* the end mark came, and nothing behind it */
};

void wanted_open(struct wanted *w);
void wanted_close(struct wanted *w);

/* Index of a row by its key; SIZE_MAX when it is not wanted. */
size_t wanted_find(const struct wanted *w, const char *key, size_t len);

/* Take a row; SIZE_MAX when its key was there before. */
size_t wanted_add(struct wanted *w, const struct row *row,
    struct json_value text);

const char *wanted_key(const struct wanted *w, size_t i);

/*
 * Read records from S up to the end mark {"_done":{"records":N}} and the end of
 * input.  Bad ones are refused; of those whose key can be told the row is
 * left alone.
 */
void wanted_read(struct wanted *w, struct stage *s, const struct profile *p,
    struct row_reader *rows);

/* Whether it is certain that what is not here is not wanted. */
bool wanted_complete(const struct wanted *w, const char **why);

#endif
