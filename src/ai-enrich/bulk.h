/*
 * bulk.h - a job of the batch tier: what it asks, and how it is kept on disk
 */
#ifndef BULK_H
#define BULK_H

#include <stdbool.h>
#include <stdint.h>

#include "batch.h"
#include "hash.h"

#define BULK_NAME 128 /* bytes of the longest name that is taken */
#define BULK_SHOWN 48

/* What names and tokens of the service may hold to stand in an address. */
#define BULK_PLAIN                                                             \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_="

enum bulk_state {
	BULK_OPEN, /* being filled */
	BULK_OUT,  /* submitted */
	BULK_DONE, /* answered, or given up: its batches are being given out */
};

/* A job of ours in a request. */
struct bulk_slot {
	char id[HASH_HEX]; /* of item_id() */
	char key[KEYS_KEY];
	bool claimed;
};

struct bulk_request {
	struct batch *batch; /* NULL: nobody claimed it, or it is given out */
	char fence[KEYS_FENCE];
	char industry[TAXONOMY_CODE + 1]; /* "" in stage industry */
	struct bulk_slot *slots;
	size_t count;
};

struct bulk {
	enum bulk_state state;
	char shown[BULK_SHOWN]; /* its display name, and its file's */
	char name[BULK_NAME];   /* that the service gave; "": none known */
	int64_t submitted;      /* seconds since 1970 */
	bool resumed;           /* of an earlier run */
	struct bulk_request *requests;
	size_t count;
	struct buf body; /* of the requests, while it is open */
	uint64_t next_poll_ms;
	struct bulk *next;
};

/* Add B, drawn and ready, as a request. */
void bulk_add(struct bulk *b, struct batch *batch, struct hash *hash);

/* The slot for an id that nobody has claimed yet, in *REQUEST; or NULL. */
struct bulk_slot *bulk_find(struct bulk *b, const char *id,
    struct bulk_request **request);

/*
 * Take a name that the service gave, which becomes part of an address; false
 * when it is none: "batches/" and plain letters.
 */
bool bulk_take_name(struct bulk *b, const char *name);

/* Write what it is to DIR; exits 74 when that fails. */
void bulk_keep(const struct bulk *b, const char *dir, const char *profile);

/*
 * One that was kept, whose file is called SHOWN.json; NULL when it is of
 * another profile than PROFILE.  Exits 78 when it can't be read: it was paid
 * for.
 */
struct bulk *bulk_load(const char *path, const char *shown,
    const char *profile);

/* All that were kept in DIR, as bulk_load(). */
struct bulk *bulk_load_all(const char *dir, const char *profile);

/* Take its file away. */
void bulk_forget(const struct bulk *b, const char *dir);

void bulk_free(struct bulk *b);

#endif
