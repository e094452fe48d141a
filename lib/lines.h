/*
 * lines.h - read lines of bounded length, through everything read(2) may do
 *
 * Short reads, EINTR, descriptors that would block; a read error is never
 * taken for the end.  Memory is at most twice the longest line allowed.
 */
#ifndef LINES_H
#define LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lines;

enum lines_got {
	LINES_LINE,     /* a line, '\n' seen and left out */
	LINES_LAST,     /* the rest of the input, without '\n' */
	LINES_TOO_LONG, /* its first bytes; the rest of it was passed over */
	LINES_END,
	LINES_STOPPED, /* a signal asked to stop */
	LINES_ERROR    /* errno says which */
};

/*
 * Read from FD, which stays the caller's, lines of at most MAX bytes.
 */
struct lines *lines_open(int fd, size_t max);

/* Before a read that would wait, call WAITING(ARGUMENT): flush what you hold.
 */
void lines_on_wait(struct lines *l, void (*waiting)(void *argument),
    void *argument);

/*
 * The next line; *TEXT is good until the next call.  Lines are counted, and
 * bytes: see below.
 */
enum lines_got lines_next(struct lines *l, const char **text, size_t *len);

/*
 * Read what is there without waiting; whether lines_next() would not wait then
 * for a line, the end or an error.  For a caller that has more than one thing
 * to wait for.
 */
bool lines_ready(struct lines *l);

/*
 * Of the line last given: its number from 1, where it starts, how long it is
 * as a whole, without its '\n'.
 */
uint64_t lines_number(const struct lines *l);
uint64_t lines_offset(const struct lines *l);
uint64_t lines_length(const struct lines *l);

/* Bytes of lines given so far, their ends counted. */
uint64_t lines_bytes(const struct lines *l);

void lines_close(struct lines *l);

#endif
