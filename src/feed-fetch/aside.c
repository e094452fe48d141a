/* aside.c - bytes that are put aside on disk while a feed comes in */
#include "aside.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "log.h"
#include "mem.h"
#include "status.h"

#define COPY_BYTES ((size_t)128 << 10)

struct aside {
	int fd;
	char *part; /* its name for now; of a nameless one the folder */
	char *path; /* its name to be, or NULL */
};

static _Noreturn void
give_up(int status, const char *what, const char *file)
{
	die(status, what, LOG_TEXT("file", file),
	    LOG_TEXT("error", strerror(errno)));
}

struct aside *
aside_temporary(void)
{
	const char *folder = getenv("TMPDIR");
	struct aside *a = mem_zero(1, sizeof *a);
	struct buf name = { 0 };

	if (folder == NULL || *folder == '\0')
		folder = "/var/tmp";
	buf_printf(&name, "%s/feed-fetch.XXXXXX", folder);
	buf_string(&name);
	a->fd = mkstemp(name.data);
	if (a->fd < 0)
		give_up(EX_CANTCREAT,
		    "cannot make a temporary file; TMPDIR "
		    "names a folder for it",
		    folder);
	unlink(name.data);
	buf_free(&name);
	a->part = mem_string(folder);
	return a;
}

/* Whether FD is open on what PATH names now. */
static bool
is_at(int fd, const char *path)
{
	struct stat open_one, named;

	return fstat(fd, &open_one) == 0 && stat(path, &named) == 0 &&
	       open_one.st_dev == named.st_dev &&
	       open_one.st_ino == named.st_ino;
}

struct aside *
aside_beside(const char *path)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	struct aside *a = mem_zero(1, sizeof *a);
	struct buf part = { 0 };

	buf_printf(&part, "%s.part", path);
	buf_string(&part);
	a->part = part.data;
	a->path = mem_string(path);
	a->fd = open(a->part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
	if (a->fd < 0)
		give_up(EX_CANTCREAT, "cannot make a file", a->part);
	/* The other one may have renamed it just before it let go. */
	if (fcntl(a->fd, F_SETLK, &whole) < 0 || !is_at(a->fd, a->part))
		die(EX_TEMPFAIL, "another fetch is writing this file",
		    LOG_TEXT("file", path));
	aside_clear(a);
	return a;
}

void
aside_add(struct aside *a, const void *bytes, size_t len)
{
	const char *at = bytes;
	ssize_t n;

	while (len > 0) {
		n = write(a->fd, at, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			give_up(EX_IOERR, "cannot write", a->part);
		at += n;
		len -= (size_t)n;
	}
}

void
aside_clear(struct aside *a)
{
	if (ftruncate(a->fd, 0) < 0 || lseek(a->fd, 0, SEEK_SET) < 0)
		give_up(EX_IOERR, "cannot write", a->part);
}

void
aside_copy(struct aside *a, struct out *out)
{
	char *room = mem_alloc(COPY_BYTES);
	ssize_t n;

	if (lseek(a->fd, 0, SEEK_SET) < 0)
		give_up(EX_IOERR, "cannot read", a->part);
	while ((n = read(a->fd, room, COPY_BYTES)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			give_up(EX_IOERR, "cannot read", a->part);
		out_add(out, room, (size_t)n);
	}
	free(room);
}

/* Make a rename in the folder of PATH last; not every file system can. */
static void
sync_folder(const char *path)
{
	char *copy = mem_string(path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		if (fsync(fd) < 0 && errno != EINVAL)
			give_up(EX_IOERR, "cannot sync the folder of", path);
		close(fd);
	}
	free(copy);
}

static void
release(struct aside *a)
{
	free(a->part);
	free(a->path);
	free(a);
}

void
aside_keep(struct aside *a)
{
	if (a == NULL)
		return;
	if (fsync(a->fd) < 0 && errno != EINVAL)
		give_up(EX_IOERR, "cannot write", a->part);
	if (rename(a->part, a->path) < 0)
		give_up(EX_IOERR, "cannot give a file its name", a->path);
	sync_folder(a->path);
	/* The lock goes with it, after the rename. */
	if (close(a->fd) < 0)
		give_up(EX_IOERR, "cannot write", a->path);
	release(a);
}

void
aside_drop(struct aside *a)
{
	if (a == NULL)
		return;
	if (a->path != NULL)
		unlink(a->part);
	close(a->fd);
	release(a);
}
