/* ask_load.c - the questions that may be asked, from share/sql/ask */
#include "ask.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "hash.h"
#include "log.h"
#include "status.h"

#define MOST_BYTES ((size_t)1 << 20)

#define LETTERS "abcdefghijklmnopqrstuvwxyz_"

/* Where a file is read, for messages. */
struct place {
	const char *path;
	unsigned int line;
};

_Noreturn static void
refuse(const struct place *at, const char *why)
{
	die(EX_CONFIG, "a question is not what it should be",
	    LOG_TEXT("file", at->path), LOG_UINT("line", at->line),
	    LOG_TEXT("why", why));
}

/* The next word of a line, up to a blank or a comma. */
static size_t
word(const char **at, const char *end, const char **out)
{
	const char *p = *at;
	size_t len = 0;

	while (p < end && *p == ' ')
		p++;
	while (p + len < end && p[len] != ' ' && p[len] != ',')
		len++;
	*out = p;
	*at = p + len;
	return len;
}

/* "-- $1 job_id uuid" or "-- $1 job_id uuid, optional", behind the '$'. */
static void
read_param(struct ask_query *q, const struct place *at, const char *p,
    const char *end)
{
	struct ask_param *param = &q->params[q->count];
	const char *text;
	size_t len = word(&p, end, &text);
	char number[12];

	if (q->count == ASK_PARAMS)
		refuse(at, "it has too many parameters");
	snprintf(number, sizeof number, "%d", q->count + 1);
	if (len != strlen(number) || memcmp(text, number, len) != 0)
		refuse(at, "parameters are declared in the order of their "
		           "numbers");
	len = word(&p, end, &text);
	if (len == 0 || len >= ASK_NAME || strspn(text, LETTERS) < len)
		refuse(at, "a parameter's name has other than small letters "
		           "and _");
	memcpy(param->name, text, len);
	param->name[len] = '\0';
	len = word(&p, end, &text);
	param->type = ask_type(text, len);
	if (param->type == NULL)
		refuse(at, "there is no such type");
	param->optional = (size_t)(end - p) == strlen(", optional") &&
	                  memcmp(p, ", optional", strlen(", optional")) == 0;
	if (p < end && !param->optional)
		refuse(at, "behind the type only ', optional' may stand");
	q->types[q->count++] = param->type->oid;
}

/* The comments above the statement. */
static void
read_header(struct ask_query *q, struct place *at)
{
	const char *p = q->sql.data, *end = p + q->sql.len;

	while (end - p >= 2 && memcmp(p, "--", 2) == 0) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));

		if (stop == NULL)
			stop = end;
		at->line++;
		if (stop - p > 4 && memcmp(p, "-- $", 4) == 0)
			read_param(q, at, p + 4, stop);
		p = stop < end ? stop + 1 : end;
	}
	if (p == end)
		refuse(at, "it has no statement");
}

static void
load(struct ask_query *q, const char *folder, const char *file, size_t stem)
{
	struct buf path = { 0 };
	struct place at = { 0 };
	char hash[HASH_HEX];
	const char *error;

	*q = (struct ask_query){ .prepared = false };
	memcpy(q->name, file, stem);
	buf_printf(&path, "%s/%s", folder, file);
	at.path = buf_string(&path);
	error = file_read(at.path, MOST_BYTES, &q->sql);
	if (error != NULL)
		die(EX_NOINPUT, "cannot read a question",
		    LOG_TEXT("file", at.path), LOG_TEXT("error", error));
	buf_string(&q->sql);
	read_header(q, &at);
	/* Who shares a session with us finds another text by another name. */
	hash_once(q->sql.data, q->sql.len, hash);
	snprintf(q->statement, sizeof q->statement, "ask_%.32s", hash);
	buf_free(&path);
}

/* Bytes of the question's name if FILE is one: letters and ".sql". */
static size_t
stem_of(const char *file)
{
	size_t len = strspn(file, LETTERS);

	return len > 0 && len < ASK_NAME && strcmp(file + len, ".sql") == 0
	           ? len
	           : 0;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct ask_query *)a)->name,
	    ((const struct ask_query *)b)->name);
}

void
ask_load(struct ask_book *book, const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	*book = (struct ask_book){ .items = NULL };
	if (dir == NULL)
		die(EX_NOINPUT, "cannot read the questions",
		    LOG_TEXT("folder", folder),
		    LOG_TEXT("error", strerror(errno)));
	while ((entry = readdir(dir)) != NULL) {
		size_t stem = stem_of(entry->d_name);

		if (stem == 0)
			continue;
		book->items = mem_resize(book->items, book->count + 1,
		    sizeof *book->items);
		load(&book->items[book->count++], folder, entry->d_name, stem);
	}
	closedir(dir);
	if (book->count > 0)
		qsort(book->items, book->count, sizeof *book->items, by_name);
}

struct ask_query *
ask_find(const struct ask_book *book, const char *name, size_t len)
{
	size_t low = 0, high = book->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		struct ask_query *q = &book->items[mid];
		int order = strncmp(name, q->name, len);

		if (order == 0 && q->name[len] == '\0')
			return q;
		if (order > 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

void
ask_free(struct ask_book *book)
{
	size_t i;

	for (i = 0; i < book->count; i++)
		buf_free(&book->items[i].sql);
	free(book->items);
	*book = (struct ask_book){ .items = NULL };
}
