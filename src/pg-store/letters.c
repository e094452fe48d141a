/* letters.c - dead letters of a run, from its folder into the store */
#include "runs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lines.h"
#include "log.h"
#include "rec.h"

/* Enough to see what is wrong; all of them are in the run folder. */
#define MOST_LETTERS 200
#define MOST_BYTES ((size_t)64 << 10)
#define LONGEST_LINE ((size_t)128 << 20)

static const char letter_sql[] =
    "insert into jobmill.dead_letters (run_id, feed_id, stage, line,"
    " byte_offset, error, raw, is_base64)"
    " values ($1, $2, $3, $4::bigint, $5::bigint, $6, $7, $8)";

/* A string of the letter as the store can hold it: no NUL, not too long. */
static const char *
field(const struct rec *letter, const char *name, struct buf *room)
{
	struct buf text = { 0 };
	const char *bytes;
	size_t i, len;

	bytes = rec_text(letter, name, &text, &len);
	buf_clear(room);
	if (bytes == NULL) {
		buf_free(&text);
		return NULL;
	}
	if (len > MOST_BYTES)
		/* Not in the middle of a character. */
		for (len = MOST_BYTES;
		     len > 0 && ((unsigned char)bytes[len] & 0xC0) == 0x80;)
			len--;
	for (i = 0; i < len; i++)
		if (bytes[i] != '\0')
			buf_byte(room, bytes[i]);
		else
			buf_text(room, "\xEF\xBF\xBD");
	buf_free(&text);
	return buf_string(room);
}

/* A whole number of the letter; NULL if it has none. */
static const char *
number(const struct rec *letter, const char *name, char out[DB_NUMBER])
{
	long long value;

	if (!json_int64(rec_get(letter, name), &value))
		return NULL;
	return db_number(value, out);
}

static void
keep(struct db *db, const char *run, const char *feed, const struct rec *letter)
{
	struct buf stage = { 0 }, error = { 0 }, raw = { 0 };
	char line[DB_NUMBER], offset[DB_NUMBER];
	bool base64 = rec_has_text(letter, "raw_base64");
	const char *what = field(letter, "error", &error);

	field(letter, base64 ? "raw_base64" : "raw", &raw);
	field(letter, "stage", &stage);
	db_run(db, NULL, letter_sql,
	    DB_VALUES(run, feed, buf_string(&stage),
	        number(letter, "line", line), number(letter, "offset", offset),
	        what != NULL ? what : "", buf_string(&raw),
	        base64 ? "t" : "f"));
	buf_free(&stage);
	buf_free(&error);
	buf_free(&raw);
}

/* The letters of one file, up to LEFT of them; how many there were. */
static size_t
keep_file(struct db *db, const char *run, const char *feed, const char *path,
    size_t left)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct rec *letter;
	struct lines *lines;
	const char *text;
	size_t len, at, kept = 0;

	if (fd < 0) {
		log_warning("cannot read dead letters", LOG_TEXT("file", path),
		    LOG_TEXT("error", strerror(errno)));
		return 0;
	}
	letter = rec_new();
	lines = lines_open(fd, LONGEST_LINE);
	while (kept < left && !db_failed(db)) {
		enum lines_got got = lines_next(lines, &text, &len);

		if (got == LINES_TOO_LONG)
			continue;
		if (got != LINES_LINE)
			break;
		if (rec_parse(letter, text, len, &at) == NULL) {
			keep(db, run, feed, letter);
			kept++;
		}
	}
	lines_close(lines);
	rec_free(letter);
	close(fd);
	return kept;
}

void
run_keep_letters(struct db *db, int64_t run, int64_t feed, const char *folder)
{
	char run_id[DB_NUMBER], feed_id[DB_NUMBER];
	struct dirent **files;
	struct buf path = { 0 };
	size_t left = MOST_LETTERS;
	int i, n = scandir(folder, &files, NULL, alphasort);

	db_number(run, run_id);
	db_number(feed, feed_id);
	for (i = 0; i < n; i++) {
		const char *ending = strrchr(files[i]->d_name, '.');

		if (ending != NULL && strcmp(ending, ".dead") == 0) {
			buf_clear(&path);
			buf_printf(&path, "%s/%s", folder, files[i]->d_name);
			left -= keep_file(db, run_id, feed_id,
			    buf_string(&path), left);
		}
		free(files[i]);
	}
	if (n >= 0)
		free(files);
	buf_free(&path);
}
