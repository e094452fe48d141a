/*
 * auth.h - who we are to a service: keys and tokens
 *
 * Keys come from the environment or a file.  Google Cloud's tokens come, in
 * the order of Google's own libraries, from the file that
 * GOOGLE_APPLICATION_CREDENTIALS names (a service account or a user's login),
 * from gcloud's file, or from the metadata server; they are kept until a few
 * minutes before they end.  Nothing of this is ever written anywhere.
 */
#ifndef AUTH_H
#define AUTH_H

#include <stdbool.h>

#include "buf.h"
#include "provider.h"

struct auth;

/* A header "NAME: VALUE" of a secret; no header at all when VALUE is NULL. */
struct auth *auth_fixed(const char *name, const char *value);

/* Google Cloud; exits 66 or 78 when a credentials file does not do. */
struct auth *auth_google(void);

void auth_close(struct auth *a);

/*
 * Add what it has to say to HEADERS of room for COUNT; returns how many.  May
 * fetch a token: then -1 when that failed, with the verdict in V.
 */
int auth_headers(struct auth *a, const char **headers, int count,
    struct verdict *v);

/*
 * A request sent at SENT_MS was refused.  True when it may be sent again: with
 * a token that the next auth_headers() fetches, or that was fetched meanwhile;
 * false when there is none to fetch, or the fresh one was refused, too.
 */
bool auth_renew(struct auth *a, uint64_t sent_ms);

/* An answer showed that the token is good. */
void auth_good(struct auth *a);

/*
 * The project that the credentials belong to: from their file or the metadata
 * server; NULL when they do not say.
 */
const char *auth_project(struct auth *a);

/* Replace secrets in TEXT by "[secret]". */
void auth_scrub(const struct auth *a, struct buf *text);

#endif
