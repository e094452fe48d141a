/*
 * out.h - output that can't fail silently
 *
 * Bytes are gathered and written with write(2), all of them, through EINTR and
 * short writes.  A write that fails ends the program: EX_IOERR (74), naming
 * the file and the reason; a reader that left ends it by SIGPIPE, in silence.
 */
#ifndef OUT_H
#define OUT_H

#include <stdbool.h>
#include <stddef.h>

struct out;

/*
 * Standard output.  Flushed line by line when it is a terminal or LINE_BUFFERED
 * is true, else when 128 KiB are gathered, before a read that would wait
 * (rec readers see to that), and at the end.  Exits 74 if it is not writable.
 */
struct out *out_stdout(bool line_buffered);

/* Append to a file, made if need be (mode 0600).  Exits 73 if it can't. */
struct out *out_append(const char *path);

void out_add(struct out *o, const void *bytes, size_t len);

/* End a line: adds '\n', and flushes if the output goes line by line. */
void out_line(struct out *o);

void out_flush(struct out *o);

/* Bytes added so far. */
unsigned long long out_bytes(const struct out *o);

/* Flush, close and release; exits 74 if not all bytes are out.  Takes NULL. */
void out_close(struct out *o);

#endif
