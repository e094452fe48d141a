/*
 * url.h - URLs of feeds, taken apart by libcurl's own parser, so that what is
 * checked is what is used
 *
 * A name and password in a URL are kept apart from it.  What a log may show of
 * it has neither them nor the values of its query, which may be keys.
 */
#ifndef URL_H
#define URL_H

#include <stdbool.h>

#include "fault.h"

struct url;

/* Whether text is a URL ("scheme://") and not the path of a file. */
bool url_is(const char *text);

/*
 * Take a URL apart.  NULL with a fault when it is malformed (64) or its scheme
 * is none of http, https, file (64).  The caller frees it.
 */
struct url *url_parse(const char *text, struct fault *why);

/*
 * Where a redirect from FROM leads.  NULL with a fault (76) when that is
 * malformed or neither http nor https.
 */
struct url *url_follow(const struct url *from, const char *location,
    struct fault *why);

void url_free(struct url *u);

/* All good as long as the URL is. */
const char *url_text(const struct url *u);  /* to ask for */
const char *url_shown(const struct url *u); /* to show */
const char *url_scheme(const struct url *u);
const char *url_host(const struct url *u); /* without [] */
const char *url_path(const struct url *u); /* of a file:, decoded; else NULL */
const char *url_user(const struct url *u); /* "name:password", or NULL */

/*
 * Whether what is meant for the site of A may be sent to B: scheme, host and
 * port are the same, or B is A's host by https and both ports are the usual.
 */
bool url_same_site(const struct url *a, const struct url *b);

#endif
