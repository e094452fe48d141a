/* phrases.c - find phrases in text, word by word */
#include "phrases.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define GAP 4      /* words that a '*' stands for, at most */
#define SLOTS 1024 /* a power of two */

struct phrase {
	char *words;   /* with one space between two of them */
	uint32_t hash; /* of the first */
	struct phrase *next;
};

struct phrases {
	struct phrase *slots[SLOTS];
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

/* Bytes of the word at AT, and its hash (FNV-1a: Fowler, Noll, Vo). */
static size_t
word_at(const char *at, const char *end, uint32_t *hash)
{
	const char *from = at;
	uint32_t h = 2166136261u;

	for (; at < end && *at != ' '; at++)
		h = (h ^ (unsigned char)*at) * 16777619u;
	*hash = h;
	return (size_t)(at - from);
}

static void
add(struct phrases *p, const char *line, size_t len)
{
	struct phrase *phrase = mem_zero(1, sizeof(*phrase));

	phrase->words = mem_copy(line, len);
	spaces_for_signs(phrase->words, len, '*');
	word_at(phrase->words, phrase->words + len, &phrase->hash);
	phrase->next = p->slots[phrase->hash % SLOTS];
	p->slots[phrase->hash % SLOTS] = phrase;
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

static const char *
next_word(const char *at, const char *end)
{
	const char *space = memchr(at, ' ', (size_t)(end - at));

	at = space != NULL ? space : end;
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
		if ((size_t)(end - at) < len || memcmp(at, phrase, len) != 0 ||
		    (at + len < end && at[len] != ' '))
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
	uint32_t hash;

	if (text->len == 0)
		return false;
	spaces_for_signs(text->data, text->len, ' ');
	for (;;) {
		while (at < end && *at == ' ')
			at++;
		if (at == end)
			return false;
		size_t len = word_at(at, end, &hash);
		const struct phrase *phrase = p->slots[hash % SLOTS];

		for (; phrase != NULL; phrase = phrase->next)
			if (phrase->hash == hash &&
			    stands(phrase->words, at, end))
				return true;
		at += len;
	}
}

void
phrases_free(struct phrases *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		while (p->slots[i] != NULL) {
			struct phrase *phrase = p->slots[i];

			p->slots[i] = phrase->next;
			free(phrase->words);
			free(phrase);
		}
	free(p);
}
