/* spill.c - streams of frames on disk, all in one file without a name */

/* For O_TMPFILE, where there is one. */
#define _GNU_SOURCE
#include "spill.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "log.h"
#include "mem.h"
#include "status.h"

struct spill {
	int fd;
	const char *folder;
	size_t block;
	uint32_t blocks; /* in the file */
	uint32_t *unused;
	size_t unused_count, unused_cap;
	uint64_t bytes;
};

struct spill_stream {
	uint32_t *blocks;
	size_t count, cap;
	uint64_t size;
	char *tail;      /* the block being filled; NULL: sealed */
	size_t tail_len; /* bytes in it */
};

/* In front of each frame. */
struct frame {
	uint64_t checksum;
	uint64_t len;
};

struct spill_reader {
	struct spill *spill;
	const struct spill_stream *stream;
	uint64_t at;
	char *block;
	size_t have; /* the block at hand and one; 0: none */
};

/* A file that never had a name; -1 where that can't be had. */
static int
open_nameless(const char *folder)
{
#ifdef O_TMPFILE
	return open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
#else
	(void)folder;
	return -1;
#endif
}

static int
open_unlinked(const char *folder)
{
	struct buf path = { 0 };
	int fd;

	buf_printf(&path, "%s/job-dedup.XXXXXX", folder);
	buf_string(&path);
	fd = mkstemp(path.data);
	if (fd >= 0) {
		unlink(path.data);
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	}
	buf_free(&path);
	return fd;
}

struct spill *
spill_open(size_t block)
{
	struct spill *s = mem_zero(1, sizeof(*s));
	const char *folder = getenv("TMPDIR");

	s->folder = folder != NULL && *folder != '\0' ? folder : "/tmp";
	s->block = block;
	/* A limit on file sizes is an error of write(), like any other. */
	signal(SIGXFSZ, SIG_IGN);
	s->fd = open_nameless(s->folder);
	if (s->fd < 0)
		s->fd = open_unlinked(s->folder);
	if (s->fd < 0)
		die(EX_CANTCREAT,
		    "cannot make a file for what memory can't hold",
		    LOG_TEXT("TMPDIR", s->folder),
		    LOG_TEXT("error", strerror(errno)));
	return s;
}

void
spill_close(struct spill *s)
{
	if (s == NULL)
		return;
	close(s->fd);
	free(s->unused);
	free(s);
}

uint64_t
spill_bytes(const struct spill *s)
{
	return s->bytes;
}

struct spill_stream *
spill_stream(struct spill *s)
{
	struct spill_stream *t = mem_zero(1, sizeof(*t));

	t->tail = mem_alloc(s->block);
	return t;
}

void
spill_drop(struct spill *s, struct spill_stream *t)
{
	size_t need;

	if (t == NULL)
		return;
	need = s->unused_count + t->count;
	if (need > s->unused_cap) {
		s->unused_cap = 2 * need;
		s->unused =
		    mem_resize(s->unused, s->unused_cap, sizeof(*s->unused));
	}
	if (t->count > 0)
		memcpy(s->unused + s->unused_count, t->blocks,
		    t->count * sizeof(*t->blocks));
	s->unused_count = need;
	free(t->blocks);
	free(t->tail);
	free(t);
}

static _Noreturn void
give_up(const struct spill *s, const char *what, const char *error)
{
	die(EX_IOERR, what, LOG_TEXT("TMPDIR", s->folder),
	    LOG_TEXT("error", error));
}

static void
write_at(const struct spill *s, const char *bytes, size_t len, uint64_t at)
{
	ssize_t n;

	while (len > 0) {
		n = pwrite(s->fd, bytes, len, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			give_up(s, "cannot write what memory can't hold",
			    n < 0 ? strerror(errno) : "nothing was written");
		bytes += n;
		len -= (size_t)n;
		at += (uint64_t)n;
	}
}

static void
read_at(const struct spill *s, char *bytes, size_t len, uint64_t at)
{
	ssize_t n;

	while (len > 0) {
		n = pread(s->fd, bytes, len, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			give_up(s, "cannot read back what memory can't hold",
			    n < 0 ? strerror(errno) : "the file is cut short");
		bytes += n;
		len -= (size_t)n;
		at += (uint64_t)n;
	}
}

/* Write the block being filled, as far as it is. */
static void
flush_tail(struct spill *s, struct spill_stream *t)
{
	uint32_t block =
	    s->unused_count > 0 ? s->unused[--s->unused_count] : s->blocks++;

	if (t->count == t->cap) {
		t->cap = t->cap > 0 ? 2 * t->cap : 16;
		t->blocks = mem_resize(t->blocks, t->cap, sizeof(*t->blocks));
	}
	t->blocks[t->count++] = block;
	write_at(s, t->tail, t->tail_len, (uint64_t)block * s->block);
	s->bytes += t->tail_len;
	t->tail_len = 0;
}

static void
put(struct spill *s, struct spill_stream *t, const void *bytes, size_t len)
{
	const char *from = bytes;
	size_t n;

	for (; len > 0; from += n, len -= n) {
		n = s->block - t->tail_len;
		if (n > len)
			n = len;
		memcpy(t->tail + t->tail_len, from, n);
		t->tail_len += n;
		t->size += n;
		if (t->tail_len == s->block)
			flush_tail(s, t);
	}
}

uint64_t
spill_add(struct spill *s, struct spill_stream *t,
    const struct spill_piece *pieces, size_t count)
{
	uint64_t where = t->size;
	struct frame f = { 0, 0 };
	XXH3_state_t state;
	size_t i;

	XXH3_64bits_reset(&state);
	for (i = 0; i < count; i++) {
		XXH3_64bits_update(&state, pieces[i].bytes, pieces[i].len);
		f.len += pieces[i].len;
	}
	f.checksum = XXH3_64bits_digest(&state);
	put(s, t, &f, sizeof(f));
	for (i = 0; i < count; i++)
		put(s, t, pieces[i].bytes, pieces[i].len);
	return where;
}

void
spill_seal(struct spill *s, struct spill_stream *t)
{
	if (t->tail_len > 0)
		flush_tail(s, t);
	free(t->tail);
	t->tail = NULL;
}

uint64_t
spill_size(const struct spill_stream *t)
{
	return t->size;
}

/* Where byte AT of a stream is in the file; *LEFT in the same block. */
static uint64_t
place_of(const struct spill *s, const struct spill_stream *t, uint64_t at,
    size_t *left)
{
	size_t in_block = (size_t)(at % s->block);

	*left = s->block - in_block;
	return (uint64_t)t->blocks[at / s->block] * s->block + in_block;
}

/* What a frame says of itself has to fit into its stream. */
static size_t
body_length(const struct spill *s, const struct spill_stream *t, uint64_t where,
    const struct frame *f)
{
	uint64_t left = t->size - where - sizeof(*f);

	if (f->len > left)
		give_up(s, "cannot read back what memory can't hold",
		    "a length is wrong");
	return (size_t)f->len;
}

static void
check_body(const struct spill *s, const struct frame *f, const char *body)
{
	if (XXH3_64bits(body, f->len) != f->checksum)
		give_up(s, "cannot read back what memory can't hold",
		    "a checksum is wrong");
}

struct spill_reader *
spill_reader(struct spill *s, const struct spill_stream *t)
{
	struct spill_reader *r = mem_zero(1, sizeof(*r));

	r->spill = s;
	r->stream = t;
	r->block = mem_alloc(s->block);
	return r;
}

void
spill_reader_free(struct spill_reader *r)
{
	if (r == NULL)
		return;
	free(r->block);
	free(r);
}

/* The next LEN bytes of the stream, a block read at a time. */
static void
read_on(struct spill_reader *r, char *to, size_t len)
{
	const struct spill *s = r->spill;
	const struct spill_stream *t = r->stream;
	size_t n, block, left;

	for (; len > 0; to += n, len -= n, r->at += n) {
		block = (size_t)(r->at / s->block);
		if (r->have != block + 1) {
			uint64_t start = (uint64_t)block * s->block;
			uint64_t most = t->size - start;

			read_at(s, r->block,
			    most < s->block ? (size_t)most : s->block,
			    (uint64_t)t->blocks[block] * s->block);
			r->have = block + 1;
		}
		left = s->block - (size_t)(r->at % s->block);
		n = len < left ? len : left;
		memcpy(to, r->block + r->at % s->block, n);
	}
}

bool
spill_next(struct spill_reader *r, struct buf *body, uint64_t *where)
{
	const struct spill_stream *t = r->stream;
	struct frame f;
	size_t len;

	if (r->at == t->size)
		return false;
	*where = r->at;
	read_on(r, (char *)&f, sizeof(f));
	len = body_length(r->spill, t, *where, &f);
	buf_clear(body);
	read_on(r, buf_room(body, len), len);
	body->len = len;
	check_body(r->spill, &f, body->data);
	return true;
}

/* Bytes of a stream from AT on, wherever its blocks are. */
static void
read_from(const struct spill *s, const struct spill_stream *t, uint64_t at,
    char *to, size_t len)
{
	size_t n, left;

	for (; len > 0; to += n, len -= n, at += n) {
		uint64_t place = place_of(s, t, at, &left);

		n = len < left ? len : left;
		read_at(s, to, n, place);
	}
}

void
spill_get(const struct spill *s, const struct spill_stream *t, uint64_t where,
    struct buf *body)
{
	struct frame f;
	size_t len;

	read_from(s, t, where, (char *)&f, sizeof(f));
	len = body_length(s, t, where, &f);
	buf_clear(body);
	read_from(s, t, where + sizeof(f), buf_room(body, len), len);
	body->len = len;
	check_body(s, &f, body->data);
}
