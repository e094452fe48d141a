/* journal.c - answers that were paid for, on disk as soon as they are in */
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lines.h"
#include "log.h"
#include "status.h"

#define MOST_LINE ((size_t)1 << 20)
#define SUM 16 /* digits */
#define HEAD (sizeof("{\"sum\":\"") - 1 + SUM + sizeof("\",") - 1)

/* Where the last answer about a job stands. */
struct entry {
	unsigned char id[HASH_BYTES];
	off_t at;
	size_t len; /* 0: no entry */
};

struct journal {
	int fd;
	const char *path, *profile;
	enum result_stage stage;
	struct hash *hash;
	struct rec *line;
	struct entry *table; /* open addressing */
	size_t count, cap;
	bool broken; /* nothing more can be kept */
	struct buf room;
};

static struct entry *
slot_of(struct entry *table, size_t cap, const unsigned char *id)
{
	size_t at;

	/* A digest is as good a hash as any. */
	memcpy(&at, id, sizeof(at));
	for (at %= cap; table[at].len > 0; at = (at + 1) % cap)
		if (memcmp(table[at].id, id, HASH_BYTES) == 0)
			break;
	return &table[at];
}

static void
note(struct journal *j, const struct entry *entry)
{
	struct entry *slot;

	if (2 * j->count >= j->cap) {
		size_t cap = j->cap ? 2 * j->cap : 1024;
		struct entry *table = mem_zero(cap, sizeof(*table));

		for (size_t i = 0; i < j->cap; i++)
			if (j->table[i].len > 0)
				*slot_of(table, cap, j->table[i].id) =
				    j->table[i];
		free(j->table);
		j->table = table;
		j->cap = cap;
	}
	slot = slot_of(j->table, j->cap, entry->id);
	j->count += slot->len == 0;
	*slot = *entry;
}

/* Lower-case hexadecimal digits of a digest; false if they are none. */
static bool
unhex(struct json_value text, unsigned char id[HASH_BYTES])
{
	static const char digits[] = "0123456789abcdef";

	if (text.type != JSON_STRING || text.len != HASH_HEX - 1)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		const char *d = memchr(digits, text.text[i], 16);

		if (d == NULL)
			return false;
		id[i / 2] = (unsigned char)(id[i / 2] << 4 | (d - digits));
	}
	return true;
}

static void
sum_of(const char *line, size_t len, char sum[HASH_HEX])
{
	hash_once(line + HEAD, len - HEAD, sum);
	sum[SUM] = '\0';
}

static bool
is_text(struct json_value v, const char *text)
{
	return v.type == JSON_STRING && v.len == strlen(text) &&
	       memcmp(v.text, text, v.len) == 0;
}

/* Whether the line is whole and ours; then it is in j->line. */
static bool
read_line(struct journal *j, const char *line, size_t len)
{
	char sum[HASH_HEX];
	size_t at;

	if (len <= HEAD || rec_parse(j->line, line, len, &at) != NULL)
		return false;
	sum_of(line, len, sum);
	return is_text(rec_get(j->line, "sum"), sum) &&
	       is_text(rec_get(j->line, "profile"), j->profile) &&
	       rec_get(j->line, "fields").type == JSON_OBJECT &&
	       rec_get(j->line, "bill").type == JSON_OBJECT;
}

static void
load(struct journal *j)
{
	struct lines *lines = lines_open(j->fd, MOST_LINE);
	enum lines_got got;
	const char *text;
	size_t len, other = 0;

	while ((got = lines_next(lines, &text, &len)) == LINES_LINE ||
	       got == LINES_TOO_LONG) {
		struct entry entry = { .at = (off_t)lines_offset(lines),
			.len = len };

		if (got == LINES_LINE && read_line(j, text, len) &&
		    unhex(rec_get(j->line, "id"), entry.id))
			note(j, &entry);
		else
			other++;
	}
	/* The end of a line that was cut off, so that the next is one. */
	if (got == LINES_LAST && write(j->fd, "\n", 1) != 1)
		j->broken = true;
	if (got == LINES_ERROR)
		die(EX_IOERR, "cannot read the journal",
		    LOG_TEXT("file", j->path),
		    LOG_TEXT("error", strerror(errno)));
	lines_close(lines);
	if (j->count + other > 0)
		log_info("answers of an earlier run",
		    LOG_UINT("found", j->count), LOG_UINT("other", other));
}

struct journal *
journal_open(const char *path, enum result_stage stage, const char *profile)
{
	struct journal *j = mem_zero(1, sizeof(*j));
	struct stat st;

	j->path = path;
	j->stage = stage;
	j->profile = profile;
	j->hash = hash_new();
	j->line = rec_new();
	j->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY,
	    0600);
	if (j->fd < 0)
		die(EX_CANTCREAT, "cannot open the journal",
		    LOG_TEXT("file", path), LOG_TEXT("error", strerror(errno)));
	if (fstat(j->fd, &st) < 0 || !S_ISREG(st.st_mode))
		die(EX_CANTCREAT, "the journal is no file",
		    LOG_TEXT("file", path));
	if (flock(j->fd, LOCK_EX | LOCK_NB) < 0)
		die(EX_TEMPFAIL, "another run has the journal",
		    LOG_TEXT("file", path));
	load(j);
	return j;
}

uint64_t
journal_count(const struct journal *j)
{
	return j->count;
}

/* The line of an entry, in j->room and j->line; false if it has changed. */
static bool
fetch(struct journal *j, const struct entry *entry)
{
	size_t got = 0;

	buf_clear(&j->room);
	buf_room(&j->room, entry->len);
	while (got < entry->len) {
		ssize_t n = pread(j->fd, j->room.data + got, entry->len - got,
		    entry->at + (off_t)got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		got += (size_t)n;
	}
	return read_line(j, j->room.data, entry->len);
}

bool
journal_take(struct journal *j, const struct item *item, struct rec *job)
{
	unsigned char id[HASH_BYTES];
	const struct entry *entry;

	if (j->count == 0)
		return false;
	item_id(j->hash, item, id);
	entry = slot_of(j->table, j->cap, id);
	if (entry->len == 0 || !fetch(j, entry))
		return false;
	result_restore(job, j->stage, j->line, item->ad.flags);
	return true;
}

/* All of it in one write, so that it is there as a whole or ends the file. */
static void
append(struct journal *j)
{
	ssize_t n;

	do {
		n = write(j->fd, j->room.data, j->room.len);
	} while (n < 0 && errno == EINTR);
	if (n == (ssize_t)j->room.len)
		return;
	j->broken = true;
	log_warning("answers are not kept any more",
	    LOG_TEXT("journal", j->path),
	    LOG_TEXT("error", n < 0 ? strerror(errno) : "the disk is full"));
}

void
journal_keep(struct journal *j, const struct item *item, const struct rec *job)
{
	unsigned char id[HASH_BYTES];
	char hex[HASH_HEX];
	struct buf *line = &j->room;

	if (j->broken)
		return;
	item_id(j->hash, item, id);
	hash_hex(id, hex);
	buf_clear(line);
	buf_printf(line, "{\"sum\":\"%0*d\",", SUM, 0);
	buf_printf(line, "\"id\":\"%s\"", hex);
	buf_json_member(line, "profile", j->profile, strlen(j->profile));
	result_save(job, j->stage, line);
	buf_byte(line, '}');
	sum_of(line->data, line->len, hex);
	memcpy(line->data + sizeof("{\"sum\":\"") - 1, hex, SUM);
	buf_byte(line, '\n');
	if (line->len <= MOST_LINE)
		append(j);
}

void
journal_close(struct journal *j)
{
	if (j == NULL)
		return;
	close(j->fd);
	hash_free(j->hash);
	rec_free(j->line);
	free(j->table);
	buf_free(&j->room);
	free(j);
}
