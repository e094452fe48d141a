/*
 * dead.h - dead letters: what was refused, kept with its reason
 *
 *     {"stage":…,"line":…,"offset":…,"error":…,"raw":…}
 *
 * one JSON line each, appended to --dead FILE.  Bytes that are not UTF-8, or
 * have a NUL among them, stand in "raw_base64" instead of "raw".  More than
 * DEAD_RAW bytes are cut, and "raw_bytes" says how many there were.
 */
#ifndef DEAD_H
#define DEAD_H

#include <stddef.h>
#include <stdint.h>

#define DEAD_RAW ((size_t)16 << 20)

struct dead;

/* PATH to append to, or NULL: then letters are only counted.  Exits 73. */
struct dead *dead_open(const char *path, const char *stage);

/*
 * Warn ("record refused", with line, offset and error) and append a letter,
 * at once on disk.  RAW_LEN bytes of RAW are at hand; RAW_BYTES is the length
 * of the whole.  Exits 74.
 */
void dead_letter(struct dead *d, uint64_t line, uint64_t offset,
    const char *error, const char *raw, size_t raw_len, uint64_t raw_bytes);

uint64_t dead_count(const struct dead *d);
void dead_close(struct dead *d);

#endif
