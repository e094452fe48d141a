/* folded.c - one word as it is compared */
#include "folded.h"

#include <utf8proc.h>

#include "utf8.h"

/* U+00C0 to U+017F without their accents; "" for what is no letter. */
static const char latin[192][3] = { "a", "a", "a", "a", "a", "a", "ae", "c",
	"e", "e", "e", "e", "i", "i", "i", "i", "d", "n", "o", "o", "o", "o",
	"o", "", "o", "u", "u", "u", "u", "y", "th", "ss", "a", "a", "a", "a",
	"a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i", "i", "d", "n",
	"o", "o", "o", "o", "o", "", "o", "u", "u", "u", "u", "y", "th", "y",
	"a", "a", "a", "a", "a", "a", "c", "c", "c", "c", "c", "c", "c", "c",
	"d", "d", "d", "d", "e", "e", "e", "e", "e", "e", "e", "e", "e", "e",
	"g", "g", "g", "g", "g", "g", "g", "g", "h", "h", "h", "h", "i", "i",
	"i", "i", "i", "i", "i", "i", "i", "i", "ij", "ij", "j", "j", "k", "k",
	"k", "l", "l", "l", "l", "l", "l", "l", "l", "l", "l", "n", "n", "n",
	"n", "n", "n", "n", "n", "n", "o", "o", "o", "o", "o", "o", "oe", "oe",
	"r", "r", "r", "r", "r", "r", "s", "s", "s", "s", "s", "s", "s", "s",
	"t", "t", "t", "t", "t", "t", "u", "u", "u", "u", "u", "u", "u", "u",
	"u", "u", "u", "u", "w", "w", "y", "y", "y", "z", "z", "z", "z", "z",
	"z", "s" };

static void
put(struct folded *w, const char *bytes, size_t len)
{
	if (w->len + len <= WORD_BYTES)
		memcpy(w->bytes + w->len, bytes, len);
	w->len += len;
}

enum sign
folded_add(struct folded *w, uint32_t code)
{
	char bytes[4];
	utf8proc_category_t category;

	if (code >= 0xc0 && code < 0x180) {
		const char *plain = latin[code - 0xc0];

		put(w, plain, strlen(plain));
		return *plain != '\0' ? SIGN_LETTER : SIGN_BETWEEN;
	}
	if ((code >= 0x300 && code < 0x370) || code == 0xad ||
	    (code >= 0x200b && code < 0x2010) || code == 0xfeff)
		return SIGN_NOTHING; /* combining marks, invisible */
	category = utf8proc_category((utf8proc_int32_t)code);
	if (category >= UTF8PROC_CATEGORY_LU &&
	    category <= UTF8PROC_CATEGORY_NO) {
		code = (uint32_t)utf8proc_tolower((utf8proc_int32_t)code);
		put(w, bytes, utf8_encode(code, bytes));
		return SIGN_LETTER;
	}
	if (code == 0xa0 || code == 0x2019 || code == 0x2011)
		return SIGN_BETWEEN;
	return SIGN_CLAUSE;
}

void
folded_drop_plural(struct folded *w)
{
	char *end = w->bytes + w->len;

	if (strchr("sui", end[-2]) != NULL) /* "class", "bus", "this" */
		return;
	if (w->len > 4 && memcmp(end - 3, "ies", 3) == 0) {
		memcpy(end - 3, "y\0", 3);
		w->len -= 2;
	} else if (w->len > 4 && end[-2] == 'e' &&
	           (end[-3] == 'x' || memcmp(end - 4, "ch", 2) == 0 ||
	               memcmp(end - 4, "sh", 2) == 0 ||
	               memcmp(end - 4, "ss", 2) == 0)) {
		end[-1] = end[-2] = '\0';
		w->len -= 2;
	} else {
		end[-1] = '\0';
		w->len--;
	}
}
