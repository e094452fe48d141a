/*
 * body.h - bodies of JSON: which members, of which kind
 */
#ifndef BODY_H
#define BODY_H

#include "request.h"
#include "scan.h"

enum body_kind {
	BODY_COUNT,   /* an integer from min to max */
	BODY_DECIMAL, /* a number from min to max */
	BODY_TEXT,    /* min to max characters */
	BODY_FLAG,
	BODY_CHOICE,  /* one of choices */
	BODY_CHOICES, /* several of them, min to max, none twice */
	BODY_OBJECT,  /* min to max members, whatever they are */
	BODY_UUIDS    /* min to max job_ids, none twice */
};

struct body_rule {
	const char *name; /* NULL ends a list */
	enum body_kind kind;
	bool required, nullable;
	int64_t min, max;
	const char *const *choices;
};

#define BODY_RULES 16

/*
 * Read the body of a request by RULES; VALUES, in their order, get type
 * JSON_NONE where there is none.  They are views of the body.  No body is an
 * empty object.  False: it was answered (400, 422).
 */
bool body_read(struct request *r, const struct body_rule *rules,
    struct json_value values[BODY_RULES]);

/* The same for an object that is a value of the body, at PREFIX ("/filter"). */
bool body_read_value(struct request *r, const char *prefix,
    struct json_value object, const struct body_rule *rules,
    struct json_value values[BODY_RULES]);

/* A string as a C string, or NULL without one; the caller frees it. */
char *body_text(struct json_value v);

/* The items of BODY_CHOICES or BODY_UUIDS, divided by commas. */
char *body_list(struct json_value v);

/* The value as it stands, with its quotes if it is a string. */
void body_add(struct buf *b, struct json_value v);

bool body_given(struct json_value v); /* and not null */
bool body_flag(struct json_value v, bool otherwise);

#endif
