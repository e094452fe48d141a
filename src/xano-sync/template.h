/*
 * template.h - paths and bodies of requests, with {placeholders}
 *
 * In a body a string that is one placeholder and nothing else becomes its
 * value, whatever that is; in other text, names among them, and in paths the
 * characters of the value are put in its place, in paths percent-encoded.
 */
#ifndef TEMPLATE_H
#define TEMPLATE_H

#include <cjson/cJSON.h>
#include <stddef.h>

#include "buf.h"

struct var {
	const char *name;
	const char *json; /* its value */
	size_t len;
};

/* Variables of a call, and those that every call has. */
struct vars {
	const struct var *items;
	size_t count;
	const struct vars *more; /* or NULL */
};

/*
 * Add the text to OUT.  NULL, or the name of a placeholder that has no value,
 * in OUT's own room.
 */
const char *template_path(const char *path, const struct vars *vars,
    struct buf *out);
const char *template_body(const cJSON *body, const struct vars *vars,
    struct buf *out);

#endif
