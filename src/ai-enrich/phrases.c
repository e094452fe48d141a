/* phrases.c - find phrases in text, word by word */
#include "phrases.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define GAP 4

struct phrases {
	struct buf text; /* the phrases, each ended by a NUL */
	/* Where they start in text, by their first byte. */
	size_t *starts[256];
	size_t counts[256];
};

/*
 * Letters and digits, and all beyond ASCII, are words, and so is KEEP; the
 * rest becomes space.
 */
static void
spaces_for_signs(char *text, size_t len, char keep)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < 0x80 && !isalnum(c) && text[i] != keep)
			text[i] = ' ';
	}
}

static void
add(struct phrases *p, const char *line, size_t len)
{
	unsigned char first = (unsigned char)line[0];
	size_t n = p->counts[first]++;

	p->starts[first] =
	    mem_resize(p->starts[first], n + 1, sizeof(*p->starts[first]));
	p->starts[first][n] = p->text.len;
	buf_add(&p->text, line, len);
	spaces_for_signs(p->text.data + p->text.len - len, len, '*');
	buf_byte(&p->text, '\0');
}

struct phrases *
phrases_new(const char *list)
{
	struct phrases *p = mem_zero(1, sizeof(*p));

	while (*list != '\0') {
		size_t len = strcspn(list, "\r\n");

		if (len > 0 && *list != '#')
			add(p, list, len);
		list += len;
		list += strspn(list, "\r\n");
	}
	return p;
}

static size_t
word_len(const char *at, const char *end)
{
	const char *space = memchr(at, ' ', (size_t)(end - at));

	return (size_t)((space != NULL ? space : end) - at);
}

static const char *
next_word(const char *at, const char *end)
{
	at += word_len(at, end);
	while (at < end && *at == ' ')
		at++;
	return at;
}

/* Whether the words from PHRASE on stand at AT. */
static bool
stands(const char *phrase, const char *at, const char *end)
{
	while (*phrase != '\0') {
		size_t len = strcspn(phrase, " ");
		const char *rest = phrase + len + strspn(phrase + len, " ");

		if (len == 1 && *phrase == '*') {
			for (int i = 0; i <= GAP && at < end; i++) {
				if (stands(rest, at, end))
					return true;
				at = next_word(at, end);
			}
			return false;
		}
		if (word_len(at, end) != len || memcmp(at, phrase, len) != 0)
			return false;
		at = next_word(at, end);
		phrase = rest;
	}
	return true;
}

bool
phrases_find(const struct phrases *p, struct buf *text)
{
	const char *at = text->data, *end = at + text->len;

	if (text->len == 0)
		return false;
	spaces_for_signs(text->data, text->len, ' ');
	while (at < end && *at == ' ')
		at++;
	for (; at < end; at = next_word(at, end)) {
		unsigned char first = (unsigned char)*at;

		for (size_t i = 0; i < p->counts[first]; i++)
			if (stands(p->text.data + p->starts[first][i], at, end))
				return true;
	}
	return false;
}

void
phrases_free(struct phrases *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < 256; i++)
		free(p->starts[i]);
	buf_free(&p->text);
	free(p);
}
