/*
 * source.h - the bytes of a feed, as UTF-8
 *
 * The encoding is taken from the byte order mark, the pattern of zero bytes
 * and the XML declaration, in this order, and then not believed: bytes that
 * are UTF-8 and not plain ASCII are UTF-8 whatever the declaration says (64 KiB
 * from the first of them on decide, in whatever pieces they come), and
 * ISO-8859-1 is read as windows-1252, its superset in use.  Any encoding that
 * iconv knows is read.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

#define SOURCE_CHUNK ((size_t)256 << 10)

struct source;

enum source_got {
	SOURCE_MORE,
	SOURCE_END,
	SOURCE_FAILED,  /* a read error; it was reported */
	SOURCE_UNKNOWN, /* an encoding that iconv does not know; reported */
	SOURCE_STOPPED  /* a signal came */
};

/* PATH, or NULL or "-" for standard input.  Exits 64, 66. */
struct source *source_open(const char *path);

/* Call WAIT before a read that would wait, so that output can be flushed. */
void source_on_wait(struct source *s, void (*wait)(void *), void *user);

/* Read a chunk and add it to TO as UTF-8, or whatever is not UTF-8 as it is. */
enum source_got source_more(struct source *s, struct buf *to);

/* Bytes read, the encoding they are in, and how many meant nothing in it. */
uint64_t source_bytes(const struct source *s);
const char *source_encoding(const struct source *s);
uint64_t source_bad(const struct source *s);

/* Whether the declaration names another encoding than the bytes are in. */
bool source_lies(const struct source *s);

void source_close(struct source *s);

#endif
