/*
 * chain.h - what the stages of a run counted, and whether it adds up
 *
 * Each stage leaves NAME.stats in the run folder, one JSON object, see
 * stats.h.
 */
#ifndef CHAIN_H
#define CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

struct cJSON;
struct chain;

/*
 * Read what is in FOLDER; NULL is a folder with nothing in it.  A file that is
 * not valid is passed over with a warning: the stage did not end well.  Exits
 * 66 if there is no such folder.
 */
struct chain *chain_read(const char *folder);
void chain_free(struct chain *c);

/* All counters as JSON text: an object of the stages' objects. */
const char *chain_json(const struct chain *c);

/* What a stage left; NULL if it left nothing. */
const struct cJSON *chain_stage(const struct chain *c, const char *name);

/* A counter of a stage; 0 where there is none. */
int64_t chain_count(const struct chain *c, const char *stage,
    const char *counter);

/* The sum of a counter over all stages. */
int64_t chain_sum(const struct chain *c, const char *counter);

/*
 * Check the stages that NAMES lists in their order, divided by commas: each
 * has left its counters, ended with 0 or 1 (with any status if MAY_FAIL), and
 * taken in what the one before let out.  NULL, or what is wrong, in ROOM.
 */
const char *chain_check(const struct chain *c, const char *names, bool may_fail,
    struct buf *room);

/* The stages of process-feed that hand records on. */
#define CHAIN_DEFAULT                                                          \
	"xml2jsonl,route-status,dedup-title,recall-industry,enrich-industry,"  \
	"remember-industry,route-confidence,dedup-ai-title,recall-function,"   \
	"enrich-function,remember-function,route-final,stage"

#endif
