/* source.c - the bytes of a feed, as UTF-8 */
#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"
#include "mem.h"
#include "sig.h"
#include "source.h"
#include "status.h"
#include "utf8.h"

#define NAME_MAX_BYTES 40
#define DECLARATION 1024 /* bytes in which it has to end */
/*
 * Bytes from the first one that is not ASCII by which the declaration is
 * judged: always so many, however they come in.
 */
#define JUDGED ((size_t)64 << 10)

enum state {
	UNDECIDED, /* nothing was read yet */
	ASCII,     /* all of it was ASCII: the declaration is not tried yet */
	UTF8,      /* nothing is to be done */
	CONVERT
};

struct source {
	const char *path;
	int fd;
	enum state state;
	bool end, lies;
	char name[NAME_MAX_BYTES + 1]; /* the encoding */
	iconv_t cd;
	struct buf raw; /* read and not converted yet */
	uint64_t bytes, bad;
	void (*wait)(void *);
	void *user;
};

struct source *
source_open(const char *path)
{
	struct source *s = mem_zero(1, sizeof(*s));
	struct stat st;

	s->path = path == NULL ? "-" : path;
	if (strcmp(s->path, "-") != 0) {
		s->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
		if (s->fd < 0)
			die(EX_NOINPUT, "cannot open", LOG_TEXT("file", path),
			    LOG_TEXT("error", strerror(errno)));
	} else if (isatty(STDIN_FILENO))
		die(EX_USAGE,
		    "standard input is a terminal: give a file, or pipe a "
		    "feed in",
		    LOG_TEXT("see", "--help"));
	if (fstat(s->fd, &st) == 0 && S_ISDIR(st.st_mode))
		die(EX_NOINPUT, "cannot read", LOG_TEXT("file", s->path),
		    LOG_TEXT("error", strerror(EISDIR)));
	memcpy(s->name, "UTF-8", 6);
	return s;
}

void
source_on_wait(struct source *s, void (*wait)(void *), void *user)
{
	s->wait = wait;
	s->user = user;
}

uint64_t
source_bytes(const struct source *s)
{
	return s->bytes;
}

const char *
source_encoding(const struct source *s)
{
	return s->name;
}

uint64_t
source_bad(const struct source *s)
{
	return s->bad;
}

bool
source_lies(const struct source *s)
{
	return s->lies;
}

void
source_close(struct source *s)
{
	if (s == NULL)
		return;
	if (s->state == CONVERT)
		iconv_close(s->cd);
	if (s->fd > STDIN_FILENO)
		close(s->fd);
	buf_free(&s->raw);
	free(s);
}

/* Read once, at most a chunk, behind what is in TO. */
static enum source_got
fill(struct source *s, struct buf *to)
{
	struct pollfd ready = { .fd = s->fd, .events = POLLIN };
	char *room = buf_room(to, SOURCE_CHUNK);
	ssize_t got;

	do {
		if (sig_stop())
			return SOURCE_STOPPED;
		if (s->wait != NULL && poll(&ready, 1, 0) == 0)
			s->wait(s->user);
		got = read(s->fd, room, SOURCE_CHUNK);
		if (got < 0 && errno == EAGAIN)
			poll(&ready, 1, -1);
	} while (got < 0 && (errno == EINTR || errno == EAGAIN));
	if (got < 0) {
		log_error("cannot read", LOG_TEXT("file", s->path),
		    LOG_TEXT("error", strerror(errno)));
		return SOURCE_FAILED;
	}
	s->bytes += (uint64_t)got;
	to->len += (size_t)got;
	return got == 0 ? SOURCE_END : SOURCE_MORE;
}

/* Fill a chunk as far as the input has it: small pieces cost calls. */
static enum source_got
fill_chunk(struct source *s, struct buf *to)
{
	size_t start = to->len;
	enum source_got got;
	struct pollfd ready = { .fd = s->fd, .events = POLLIN };

	do
		got = fill(s, to);
	while (got == SOURCE_MORE && to->len - start < SOURCE_CHUNK / 2 &&
	       poll(&ready, 1, 0) > 0);
	s->end = got == SOURCE_END;
	return got;
}

/* The encoding that the XML declaration in LEN bytes names, "" for none. */
static void
declared(const char *text, size_t len, char name[NAME_MAX_BYTES + 1])
{
	size_t i = 0, n = 0;

	*name = '\0';
	if (len > DECLARATION)
		len = DECLARATION;
	while (i + 5 < len && memcmp(text + i, "<?xml", 5) != 0)
		i++;
	while (i + 8 < len && text[i] != '>' &&
	       memcmp(text + i, "encoding", 8) != 0)
		i++;
	if (i + 8 >= len || text[i] == '>')
		return;
	for (i += 8; i < len && strchr(" \t\r\n=\\\"'", text[i]) != NULL; i++)
		;
	while (i < len && n < NAME_MAX_BYTES &&
	       (strchr("-_.:", text[i]) != NULL ||
	           (text[i] >= '0' && text[i] <= '9') ||
	           (text[i] >= 'A' && text[i] <= 'Z') ||
	           (text[i] >= 'a' && text[i] <= 'z')))
		name[n++] = text[i++];
	name[n] = '\0';
}

/* Behind OTHER at the start of NAME, but for case, '-' and '_'; or NULL. */
static const char *
behind(const char *name, const char *other)
{
	for (; *other != '\0'; name++, other++) {
		name += strspn(name, "-_");
		if ((*name >= 'a' && *name <= 'z' ? *name - 32 : *name) !=
		    *other)
			return NULL;
	}
	return name + strspn(name, "-_");
}

static bool
is_called(const char *name, const char *other)
{
	const char *rest = behind(name, other);

	return rest != NULL && *rest == '\0';
}

/* UTF-16 or UTF-32 by its mark or by where its zeros are; NULL for neither. */
static const char *
wide(const char *p, size_t len)
{
	static const struct {
		char bytes[5];
		size_t len;
		const char *name;
	} marks[] = { { "\xff\xfe\0\0", 4, "UTF-32LE" },
		{ "\0\0\xfe\xff", 4, "UTF-32BE" },
		{ "\xff\xfe", 2, "UTF-16LE" }, { "\xfe\xff", 2, "UTF-16BE" },
		{ "<\0\0\0", 4, "UTF-32LE" }, { "\0\0\0<", 4, "UTF-32BE" },
		{ "<\0", 2, "UTF-16LE" }, { "\0<", 2, "UTF-16BE" } };

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (len >= marks[i].len &&
		    memcmp(p, marks[i].bytes, marks[i].len) == 0)
			return marks[i].name;
	return NULL;
}

static enum source_got
convert_from(struct source *s, const char *name)
{
	/* what the web calls so is its superset */
	if (is_called(name, "ISO88591") || is_called(name, "LATIN1") ||
	    is_called(name, "USASCII") || is_called(name, "ASCII"))
		name = "CP1252";
	else if (is_called(name, "SHIFTJIS") || is_called(name, "SJIS"))
		name = "CP932";
	memmove(s->name, name, strlen(name) + 1);
	s->cd = iconv_open("UTF-8", s->name);
	if (s->cd == (iconv_t)-1) {
		log_error("the feed is in an encoding that iconv does not know",
		    LOG_TEXT("encoding", s->name));
		return SOURCE_UNKNOWN;
	}
	s->state = CONVERT;
	return SOURCE_MORE;
}

/* Encodings in which ASCII bytes may mean something else. */
static bool
is_stateful(const char *name)
{
	return behind(name, "ISO2022") != NULL ||
	       behind(name, "CSISO2022") != NULL ||
	       behind(name, "UTF7") != NULL || is_called(name, "HZ");
}

/*
 * Whether a feed that begins with ASCII may be in that encoding: one of wide
 * characters it is not, nor an EBCDIC.  What iconv does not know may be so.
 */
static bool
has_ascii(const char *name)
{
	char text[] = "<?xml", out[32];
	char *from = text, *to = out;
	size_t left = sizeof(text) - 1, room = sizeof(out), bad;
	iconv_t cd = iconv_open("UTF-8", name);

	if (cd == (iconv_t)-1)
		return true;
	bad = iconv(cd, &from, &left, &to, &room);
	iconv_close(cd);
	return bad == 0 && left == 0 && to - out == sizeof(text) - 1 &&
	       memcmp(out, "<?xml", sizeof(text) - 1) == 0;
}

/* Look at the first bytes. */
static enum source_got
decide(struct source *s)
{
	char name[NAME_MAX_BYTES + 1];
	const char *found = wide(s->raw.data, s->raw.len);

	if (found != NULL)
		return convert_from(s, found);
	declared(s->raw.data, s->raw.len, name);
	s->state = UTF8;
	if (*name == '\0' || is_called(name, "UTF8"))
		return SOURCE_MORE;
	if (!has_ascii(name)) {
		s->lies = true;
		return SOURCE_MORE;
	}
	memcpy(s->name, name, sizeof(name));
	if (is_stateful(name))
		return convert_from(s, name);
	s->state = ASCII;
	return SOURCE_MORE;
}

/* How much of what was read is ASCII, from its start. */
static size_t
ascii_of(const struct source *s)
{
	size_t len = 0;

	while (len < s->raw.len && (unsigned char)s->raw.data[len] < 0x80)
		len++;
	return len;
}

/* Whether what was read does not say yet what it is. */
static bool
wants_more(const struct source *s)
{
	if (s->state == UNDECIDED)
		return s->raw.len < DECLARATION;
	/* ASCII before it is handed on at once */
	return s->state == ASCII && s->raw.len > 0 && s->raw.len < JUDGED &&
	       (unsigned char)*s->raw.data >= 0x80;
}

/* A byte order mark of UTF-8 that stands before something else. */
static void
drop_mark(struct source *s)
{
	if (s->bytes != s->raw.len || s->raw.len < 3 ||
	    memcmp(s->raw.data, "\xef\xbb\xbf", 3) != 0)
		return;
	s->raw.len -= 3;
	memmove(s->raw.data, s->raw.data + 3, s->raw.len);
}

/*
 * The first bytes that are not ASCII say whether the declaration is right.  In
 * *READY how many bytes need no answer to that.
 */
static enum source_got
try_declaration(struct source *s, size_t *ready)
{
	size_t ascii = ascii_of(s), len = s->raw.len - ascii, valid;
	char name[NAME_MAX_BYTES + 1];

	*ready = ascii;
	if (len == 0 || (len < JUDGED && !s->end))
		return SOURCE_MORE;
	if (len > JUDGED)
		len = JUDGED;
	valid = utf8_valid(s->raw.data + ascii, len);
	/* the last character may be cut */
	if (valid == len || (len == JUDGED && len - valid < 4)) {
		s->lies = true;
		s->state = UTF8;
		memcpy(s->name, "UTF-8", 6);
		*ready = s->raw.len;
		return SOURCE_MORE;
	}
	drop_mark(s);
	memcpy(name, s->name, sizeof(name));
	return convert_from(s, name);
}

/* Convert all of RAW that is whole. */
static void
convert(struct source *s, struct buf *to)
{
	char *in = s->raw.data, *out;
	size_t left = s->raw.len, room;

	while (left > 0) {
		out = buf_room(to, left * 4 + 16);
		room = left * 4 + 16;
		if (iconv(s->cd, &in, &left, &out, &room) == (size_t)-1 &&
		    errno == EINVAL && !s->end) {
			to->len = (size_t)(out - to->data);
			break;
		}
		to->len = (size_t)(out - to->data);
		if (left == 0)
			break;
		if (errno != E2BIG) {
			/* a byte that means nothing there */
			s->bad++;
			buf_text(to, "\xef\xbf\xbd");
			in++;
			left--;
		}
	}
	memmove(s->raw.data, in, left);
	s->raw.len = left;
}

/* What the converter still holds back at the end; whether there was any. */
static bool
flush(struct source *s, struct buf *to)
{
	size_t room = 16;
	char *out = buf_room(to, room), *start = out;

	iconv(s->cd, NULL, NULL, &out, &room);
	to->len += (size_t)(out - start);
	return out > start;
}

enum source_got
source_more(struct source *s, struct buf *to)
{
	enum source_got got;
	size_t ready;

	if (s->state == UTF8 && s->raw.len == 0)
		return fill_chunk(s, to);
	do
		got = fill_chunk(s, &s->raw);
	while (got == SOURCE_MORE && wants_more(s));
	if (got != SOURCE_MORE && got != SOURCE_END)
		return got;
	if (s->raw.len == 0)
		return s->state == CONVERT && s->end && flush(s, to)
		           ? SOURCE_MORE
		           : got;
	if (s->state == UNDECIDED && decide(s) != SOURCE_MORE)
		return SOURCE_UNKNOWN;
	ready = s->raw.len;
	if (s->state == CONVERT)
		ready = 0;
	else if (s->state == ASCII && try_declaration(s, &ready) != SOURCE_MORE)
		return SOURCE_UNKNOWN;
	/* ASCII up to there stays that, where there are such as make a yen of
	 * a backslash, too: it may have been handed on already */
	buf_add(to, s->raw.data, ready);
	s->raw.len -= ready;
	memmove(s->raw.data, s->raw.data + ready, s->raw.len);
	if (s->state == CONVERT)
		convert(s, to);
	/* what was read with the end is handed on before it */
	return SOURCE_MORE;
}
