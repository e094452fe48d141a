/*
 * cjson_floor - what looking into records costs with trees
 *
 *     cjson_floor < jobs.ndjson
 *
 * Reads 256 KiB at a time, parses each line with cJSON and throws the tree
 * away; prints nothing.  Exits 65 when a line is no JSON.
 */
#include <cjson/cJSON.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "log.h"
#include "status.h"

#define CHUNK (256 * 1024)

static void
parse(const char *line, size_t len)
{
	cJSON *tree = cJSON_ParseWithLength(line, len);

	if (tree == NULL)
		die(EX_DATAERR, "no JSON");
	cJSON_Delete(tree);
}

/* Parse the whole lines of B; what is left of the last one moves to its start.
 */
static void
take_lines(struct buf *b)
{
	char *at = b->data, *end = b->data + b->len, *line_end;

	while ((line_end = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		parse(at, (size_t)(line_end - at));
		at = line_end + 1;
	}
	b->len = (size_t)(end - at);
	memmove(b->data, at, b->len);
}

int
main(void)
{
	struct buf b = { 0 };
	ssize_t got;

	log_init("cjson_floor");
	for (;;) {
		char *room = buf_room(&b, CHUNK);

		do
			got = read(STDIN_FILENO, room, CHUNK);
		while (got < 0 && errno == EINTR);
		if (got < 0)
			die(EX_IOERR, "standard input can't be read");
		if (got == 0)
			break;
		b.len += (size_t)got;
		take_lines(&b);
	}
	if (b.len > 0)
		parse(b.data, b.len);
	buf_free(&b);
	return EX_OK;
}
