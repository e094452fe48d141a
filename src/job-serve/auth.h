/*
 * auth.h - who asks, and what they may do
 */
#ifndef AUTH_H
#define AUTH_H

#include "request.h"
#include "session.h"

/* Wrong tokens that an address may give in a minute. */
#define AUTH_TRIES 10
#define AUTH_ADDRESSES 64

struct auth {
	bool wanted; /* there is a token */
	bool has_reader;
	unsigned char write[32], read[32]; /* SHA-256 of the tokens */
	unsigned char key[SESSION_KEY];
	struct {
		char address[CONN_ADDRESS];
		uint64_t since_ms;
		unsigned int failures;
	} wrong[AUTH_ADDRESSES];
};

/*
 * Read the tokens: JOBMILL_API_TOKEN and JOBMILL_READ_TOKEN, or their _FILEs.
 * Nothing of them is kept but digests.  Exits 78 for one that can be guessed.
 */
void auth_load(struct auth *a);

/*
 * Sets role and who of the request.  False when that is not enough for its
 * route: it was answered (401, 403, 429).
 */
bool auth_check(struct request *r);

/* GET /session, POST /login, POST /logout */
void auth_session(struct request *r);
void auth_login(struct request *r);
void auth_logout(struct request *r);

/* The address of who asks; behind a proxy what that says. */
const char *auth_address(const struct request *r, char room[CONN_ADDRESS]);

#endif
