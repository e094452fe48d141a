/* spool.c - bytes kept in a temporary file that has no name */
#include "spool.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "log.h"
#include "status.h"

#define CHUNK ((size_t)256 << 10)

struct spool {
	int fd;
	uint64_t written; /* bytes in the file; those in LATE come behind */
	struct buf late;
};

struct spool *
spool_open(void)
{
	struct spool *s = mem_zero(1, sizeof *s);
	const char *folder = getenv("TMPDIR");
	struct buf path = { 0 };

	if (folder == NULL || *folder == '\0')
		folder = "/tmp";
	buf_text(&path, folder);
	buf_text(&path, "/xano-sync-XXXXXX");
	buf_string(&path);
	s->fd = mkstemp(path.data);
	if (s->fd < 0 || unlink(path.data) != 0)
		die(EX_CANTCREAT, "cannot make a temporary file",
		    LOG_TEXT("folder", folder),
		    LOG_TEXT("error", strerror(errno)));
	buf_free(&path);
	return s;
}

static void
flush(struct spool *s)
{
	size_t done = 0;

	while (done < s->late.len) {
		ssize_t n = pwrite(s->fd, s->late.data + done,
		    s->late.len - done, (off_t)(s->written + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			die(EX_IOERR, "cannot write to a temporary file",
			    LOG_TEXT("error", strerror(errno)));
		done += (size_t)n;
	}
	s->written += done;
	buf_clear(&s->late);
}

struct span
spool_put(struct spool *s, const void *bytes, size_t len)
{
	struct span where = { s->written + s->late.len, (uint32_t)len };

	if (len > UINT32_MAX)
		die(EX_SOFTWARE, "a row is too large to be kept",
		    LOG_UINT("bytes", len));
	buf_add(&s->late, bytes, len);
	if (s->late.len >= CHUNK)
		flush(s);
	return where;
}

void
spool_get(struct spool *s, struct span where, struct buf *out)
{
	char *to = buf_room(out, where.len);
	size_t done = 0;

	if (where.at + where.len > s->written)
		flush(s);
	while (done < where.len) {
		ssize_t n = pread(s->fd, to + done, where.len - done,
		    (off_t)(where.at + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			die(EX_IOERR, "cannot read a temporary file",
			    LOG_TEXT("error",
			        n < 0 ? strerror(errno) : "it is cut short"));
		done += (size_t)n;
	}
	out->len += done;
}

void
spool_clear(struct spool *s)
{
	s->written = 0;
	buf_clear(&s->late);
}

void
spool_close(struct spool *s)
{
	if (s == NULL)
		return;
	close(s->fd);
	buf_free(&s->late);
	free(s);
}
