/*
 * uuid.h - UUIDs of version 7 (RFC 9562): the time first, so that new ones
 * sort behind old ones
 */
#ifndef UUID_H
#define UUID_H

#define UUID_BYTES 16

/* A fresh one.  Exits 71 when the system has no random bytes. */
void uuid_make(unsigned char out[UUID_BYTES]);

#endif
