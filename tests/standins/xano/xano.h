/*
 * xano.h - the Xano stand-in: its state and its two doors
 */
#ifndef XANO_H
#define XANO_H

#include "../standin.h"
#include "table.h"

struct xano {
	struct table table;
	struct table frozen; /* what reads are shown while stale */
	bool stale;
	int64_t workspace_id, table_id;
	const char *table_name;
	char *token;    /* that is let in; NULL: any */
	char scopes[8]; /* of "crud": what the token may do */
	const char *store;
};

/* An error in Xano's envelope. */
void xano_refuse(const struct xano *x, struct standin_reply *reply, int status,
    const char *code, const char *message, const char *param);

/* The same out of a table's refusal. */
void xano_refuse_as(const struct xano *x, struct standin_reply *reply,
    const struct refusal *r);

/* Whether the token may do ACTION ('c', 'r', 'u', 'd'); else answers. */
bool xano_allowed(const struct xano *x, const struct standin_request *request,
    char action, struct standin_reply *reply);

/* The table that reads are shown. */
const struct table *xano_shown(const struct xano *x);

/* Page PAGE of the rows named, in Xano's envelope. */
void xano_page(const struct xano *x, const size_t *rows, size_t count,
    int64_t page, int64_t per_page, struct standin_reply *reply);

/* All switches as they are at the start. */
void xano_usual(struct xano *x);

/* Show reads the table as it is now, or, not STALE, as it is then. */
void xano_freeze(struct xano *x, bool stale);

/* An order, as struct standin_service has it; USER is a struct xano. */
const char *xano_order(void *user, const char *name, const cJSON *value);

/*
 * The Metadata API: REST is the path behind "/api:meta".  BODY is the parsed
 * request, JSON_NONE when it has none.
 */
void meta_handle(struct xano *x, const char *rest,
    const struct standin_request *request, struct json_value body,
    struct standin_reply *reply);

/*
 * Generated endpoints /api:GROUP/TABLE, and others as an owner may have made
 * them: REST is the path behind "/api:GROUP".
 */
void crud_handle(struct xano *x, const char *rest,
    const struct standin_request *request, struct json_value body,
    struct standin_reply *reply);

#endif
