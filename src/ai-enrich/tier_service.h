/*
 * tier_service.h - what is said to the service about jobs of the batch tier,
 * for tier.c
 */
#ifndef TIER_SERVICE_H
#define TIER_SERVICE_H

#include "bulk.h"
#include "json.h"
#include "tier.h"

struct tier {
	struct tier_options options;
	struct http *http;
	struct hash *hash;
	struct bulk *first; /* all, the newest first */
	struct bulk *open;  /* of these, the one being filled */
	bool collect;       /* resumed ones, too */
	cJSON *answers;     /* of the bulk that is being given out */
	struct bulk *giving;
	size_t given;          /* of its requests */
	struct verdict failed; /* on all of it, when it has no answers */
	struct buf room;
};

/* Submit B, which is kept already. */
void tier_send(struct tier *t, struct bulk *b);

/* Look how B is doing; takes its answers when it is done. */
void tier_poll(struct tier *t, struct bulk *b);

/* It took too long. */
void tier_cancel(struct tier *t, struct bulk *b);

#endif
