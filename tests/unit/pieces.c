/* pieces.c - bytes in memory as a feed's, see pieces.h */
#include "pieces.h"

#include <stdlib.h>

enum source_got
source_more(struct source *s, struct buf *to)
{
	size_t len = s->len - s->at < s->piece ? s->len - s->at : s->piece;

	if (len == 0)
		return SOURCE_END;
	buf_add(to, s->bytes + s->at, len);
	s->at += len;
	return SOURCE_MORE;
}

const struct words *
shared_words(void)
{
	static struct words *words;

	if (words == NULL) {
		setenv("JOBMILL_SHARE", "share", 0);
		words = words_load();
	}
	return words;
}
