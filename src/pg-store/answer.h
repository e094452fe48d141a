/*
 * answer.h - what a model answered about a record, as the store keeps it
 *
 * An answer is found again by its stage, its profile (which model, prompt and
 * taxonomy) and a key: the text, and for a job function also the industry it
 * was asked in.
 */
#ifndef ANSWER_H
#define ANSWER_H

#include <stdbool.h>

#include "buf.h"
#include "rec.h"
#include "stage.h"

enum answer_stage { ANSWER_INDUSTRY, ANSWER_FUNCTION, ANSWER_STAGES };

/* "industry", "function"; ended by NULL. */
extern const char *const answer_stages[];

/* The stage of that name; ANSWER_STAGES if there is none. */
enum answer_stage answer_stage_of(const char *name);

/* Whether a later stage would ask about the record. */
bool answer_wanted(const struct rec *job, enum answer_stage stage);

/* The key, in ROOM; NULL if the record has none. */
const char *answer_key(const struct rec *job, enum answer_stage stage,
    struct buf *room);

/*
 * A fresh answer that the record carries: the object "ai" has of the stage,
 * JSON_NONE if it has none or an answer that was recalled.
 */
struct json_value answer_bill(const struct rec *job, enum answer_stage stage);

/* Its fields as a JSON object, in JSON; false if it lacks the one that counts.
 */
bool answer_take(const struct rec *job, enum answer_stage stage,
    struct buf *json);

/*
 * Put an answer into a record: the fields of ANSWER, an object, and into "ai"
 * the members of BILL, another, marked as recalled.  False if one is not what
 * it should be; then nothing is changed.  ROOM is used to look at them.
 */
bool answer_put(struct rec *job, enum answer_stage stage, const char *answer,
    const char *bill, struct rec *room);

/* Whether no further record has come for a while: hand on what is held. */
bool answer_idle(struct stage *stage);

#endif
