/*
 * session.h - a login without memory: a cookie that says who and until when
 *
 *     1.w.1795000000.0123456789abcdef.<64 hexadecimal digits>
 *
 * version, role, end in seconds since 1970, a random number, and the
 * HMAC-SHA-256 (RFC 2104) of what stands before it.  The key is made from the
 * token, so a new token ends all sessions, and a restart none.
 */
#ifndef SESSION_H
#define SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SESSION_KEY 32
#define SESSION_COOKIE "jobmill_session"
#define SESSION_MAX 160 /* bytes of the value, with a NUL */

/* The key that belongs to a token. */
void session_key(const char *token, unsigned char key[SESSION_KEY]);

/* A session for ROLE ('r' or 'w') that ends at END. */
void session_make(const unsigned char key[SESSION_KEY], char role, int64_t end,
    char out[SESSION_MAX]);

/*
 * The role in a Cookie header that has a good session at NOW; 0 when none has.
 */
char session_find(const unsigned char key[SESSION_KEY], const char *cookies,
    int64_t now);

#endif
