/*
 * headers.h - what a request carries beyond its URL
 *
 * Fields from --header-file and credentials go to the site of the feed's URL
 * only, never to where it redirects to, and are shown nowhere.
 */
#ifndef HEADERS_H
#define HEADERS_H

#include <curl/curl.h>
#include <stdbool.h>

#include "url.h"

struct headers;

/*
 * Read the fields of FILE ("Name: value" a line, '#' starts a comment) unless
 * it is NULL, and the credentials: JOBMILL_FEED_AUTH_BEARER (a token), else
 * JOBMILL_FEED_AUTH_BASIC ("name:password"), both also as ..._FILE, else those
 * that stand in the URL.  Never NULL: exits 66 when the file can't be read, 78
 * when what it holds, or a credential, is not of that form.
 */
struct headers *headers_open(const char *file, const struct url *u);

/*
 * Add the fields to a list for libcurl, and if the request goes to the feed's
 * own site (TRUSTED) those of the user.
 */
struct curl_slist *headers_add(const struct headers *h, struct curl_slist *list,
    bool trusted);

/* Append a line to a list, or exit 71. */
struct curl_slist *headers_line(struct curl_slist *list, const char *line);

void headers_free(struct headers *h);

#endif
