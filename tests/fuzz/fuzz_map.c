/*
 * fuzz_map.c - bytes as a feed map: loaded, or refused with one line
 *
 * A map that is wrong ends the program; here log_exit() comes back instead, and
 * what was allocated until then is lost.
 */
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../src/xml2jsonl/map.h"
#include "../../src/xml2jsonl/sniff.h"
#include "file.h"
#include "log.h"
#include "status.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__asan_default_options(void);

/* The sanitizer asks for it by this name. */
const char *
__asan_default_options(void)
{
	return "detect_leaks=0";
}

static jmp_buf refused;
static int refused_with;

void
log_init(const char *program)
{
	(void)program;
}

const char *
log_program(void)
{
	return "fuzz_map";
}

bool
log_on(enum log_level level)
{
	(void)level;
	return false;
}

void
log_write(enum log_level level, const char *message, ...)
{
	(void)level;
	(void)message;
}

void
log_exit(int status, const char *message, ...)
{
	(void)message;
	refused_with = status;
	longjmp(refused, 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char feed[] =
	    "<source><job id='1'><title>x</title><a:b xmlns:a='u'><c/></a:b>"
	    "</job><job><url>y</url></job></source>";
	static struct words *words;
	const char *folder = getenv("TMPDIR");
	char path[512];
	struct map *map;
	struct sniff *s;
	const struct path *record;

	if (words == NULL)
		words = words_new(NULL);
	snprintf(path, sizeof(path), "%s/fuzz_map.%ld.json",
	    folder == NULL ? "/tmp" : folder, (long)getpid());
	if (file_replace(path, data, size) != NULL)
		return 0;
	if (setjmp(refused) == 0) {
		map = map_load(path, words);
		s = sniff_new(feed, sizeof(feed) - 1);
		sniff_fit(s, map, &record);
		sniff_is_empty(s, map);
		sniff_free(s);
		map_free(map);
	} else if (refused_with != EX_CONFIG && refused_with != EX_NOINPUT)
		abort();
	remove(path);
	return 0;
}
