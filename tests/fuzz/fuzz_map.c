/* fuzz_map.c - bytes as a feed map: loaded, or refused with one line */
#include <stddef.h>

#include "../../src/xml2jsonl/map.h"
#include "../../src/xml2jsonl/sniff.h"
#include "fuzz.h"
#include "refuse.h"

static void
try_map(const char *path, void *words)
{
	static const char feed[] =
	    "<source><job id='1'><title>x</title><a:b xmlns:a='u'><c/></a:b>"
	    "</job><job><url>y</url></job></source>";
	struct map *map = map_load(path, words);
	struct sniff *s = sniff_new(feed, sizeof(feed) - 1);
	const struct path *record;

	sniff_fit(s, map, &record);
	sniff_is_empty(s, map);
	sniff_free(s);
	map_free(map);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct words *words;

	if (words == NULL)
		words = words_new(NULL);
	refuse_or(data, size, try_map, words);
	return 0;
}
