/*
 * jwt.h - a signed statement of a service account (RFC 7519, RS256)
 */
#ifndef JWT_H
#define JWT_H

#include <stdint.h>

#include "buf.h"

struct jwt_claims {
	const char *key_id; /* or NULL */
	const char *issuer; /* the account's address */
	const char *audience;
	const char *scope;
	int64_t issued; /* seconds since 1970 */
	int64_t expires;
};

/*
 * Add the statement, signed by the private key in PEM, to OUT.  NULL, or why
 * not, a constant.
 */
const char *jwt_sign(struct buf *out, const struct jwt_claims *claims,
    const char *pem);

#endif
