/*
 * row.h - a record as a row of the table that its run stages into
 */
#ifndef ROW_H
#define ROW_H

#include <stdint.h>

#include "buf.h"
#include "hash.h"
#include "rec.h"

/* Longer ones are refused: they would not fit into an index. */
#define ROW_MOST_ID 1000

/* The longest record the server takes as one value, with room to spare. */
#define ROW_MOST_RECORD ((size_t)512 << 20)

struct row; /* room that is used again */

struct row *row_new(void);
void row_free(struct row *r);

/*
 * Add the row of a record to B, in binary COPY format; see ROW_COLUMNS.  NULL,
 * or why it can't be stored (a constant); then nothing was added.
 */
const char *row_add(struct row *r, struct buf *b, const struct rec *job,
    int64_t feed, int64_t seq);

/*
 * SHA-256 of what a record says: all fields but "ai" (who answered, at what
 * cost), in whatever order they stand.
 */
void row_hash(struct row *r, const struct rec *job,
    unsigned char out[HASH_BYTES]);

/* The columns, as a table has them and as COPY names them. */
#define ROW_COLUMNS                                                            \
	"seq, source_id, members, job_id, route, route_reason, closed,"        \
	" failed, content_hash, record_hash, posted_at, expires_at,"           \
	" ai_confidence, industry_code, function_code, title, company_name,"   \
	" ai_title, record"

#define ROW_TYPES                                                              \
	"seq bigint, source_id text collate \"C\", members text[],"            \
	" job_id uuid, route text, route_reason text, closed boolean,"         \
	" failed boolean, content_hash text collate \"C\","                    \
	" record_hash bytea, posted_at timestamptz,"                           \
	" expires_at timestamptz, ai_confidence numeric,"                      \
	" industry_code text collate \"C\", function_code text collate \"C\"," \
	" title text, company_name text, ai_title text, record json"

#endif
