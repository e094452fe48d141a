/* place.c - where a job is */
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "place.h"
#include "place_parts.h"

#define PARTS 8 /* between the commas of one place */

static const struct text none = { "", 0 };

void
places_clear(struct places *p)
{
	p->count = 0;
	p->remote = p->many = false;
	p->scope = none;
}

void
places_free(struct places *p)
{
	free(p->items);
}

static bool
same(struct text a, struct text b)
{
	return a.len == b.len &&
	       (a.len == 0 || memcmp(a.utf8, b.utf8, a.len) == 0);
}

void
places_add(struct places *p, const struct place *place)
{
	for (size_t i = 0; i < p->count && i < 64; i++)
		if (same(p->items[i].city, place->city) &&
		    same(p->items[i].state, place->state) &&
		    same(p->items[i].country, place->country) &&
		    same(p->items[i].postal_code, place->postal_code) &&
		    same(p->items[i].text, place->text))
			return;
	if (p->count == PLACES_MAX)
		return;
	if (p->count == p->cap) {
		p->cap = p->cap == 0 ? 8 : p->cap * 2;
		p->items = mem_resize(p->items, p->cap, sizeof(*p->items));
	}
	p->items[p->count++] = *place;
}

const char *
place_country(const struct words *words, struct text name)
{
	return words_find(words, WORD_COUNTRY, name.utf8, name.len);
}

bool
place_is_remote(const struct words *words, struct text city)
{
	const char *found;

	/* "yes" and "no" are words of other fields */
	if (city.len < 4)
		return false;
	found = words_find(words, WORD_REMOTE, city.utf8, city.len);
	return found != NULL && strcmp(found, "yes") == 0;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
starts_with(struct text t, const char *word)
{
	size_t len = strlen(word);

	if (t.len < len)
		return false;
	for (size_t i = 0; i < len; i++)
		if ((t.utf8[i] | 0x20) != word[i])
			return false;
	return true;
}

/* "3 Locations", "Multiple locations", "Various". */
static bool
says_many(struct text t)
{
	size_t digits = 0;

	while (digits < t.len && is_digit(t.utf8[digits]))
		digits++;
	if (digits > 0 && digits + 10 == t.len &&
	    starts_with(
	        (struct text){ t.utf8 + digits + 1, t.len - digits - 1 },
	        "locations"))
		return true;
	return starts_with(t, "multiple") || starts_with(t, "various") ||
	       starts_with(t, "several");
}

/*
 * Take the word that says "remote" out of the parts; what is left when it was
 * bound to it by a dash, brackets or "in" is put in its place.
 */
static bool
take_remote(const struct words *words, struct text *part)
{
	static const char *const marks[] = { " - ", " (", ": ", " in ", " / ",
		" \342\200\223 ", " or ", " and ", "-" };
	struct text left, right;

	if (place_is_remote(words, *part)) {
		*part = none;
		return true;
	}
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		size_t len = strlen(marks[i]), at = 0;

		while (at + len < part->len &&
		       memcmp(part->utf8 + at, marks[i], len) != 0)
			at++;
		if (at + len >= part->len)
			continue;
		left = text_trim(part->utf8, at);
		right = text_trim(part->utf8 + at + len, part->len - at - len);
		if (right.len > 0 && right.utf8[right.len - 1] == ')')
			right.len--;
		/* "US-Remote", but not "Remote-Controlled" */
		if (place_is_remote(words, left) &&
		    (len > 1 || place_free_country(words, right) != NULL)) {
			*part = right;
			return true;
		}
		if (place_is_remote(words, right) &&
		    (len > 1 || place_free_country(words, left) != NULL)) {
			*part = left;
			return true;
		}
	}
	return false;
}

static size_t
split_parts(struct text t, struct text parts[PARTS])
{
	size_t count = 0, start = 0;

	for (size_t i = 0; i <= t.len && count < PARTS; i++)
		if (i == t.len || t.utf8[i] == ',') {
			parts[count++] = text_trim(t.utf8 + start, i - start);
			start = i + 1;
		}
	return count;
}

/* One place; a text that says "remote" may give none. */
static void
read_one(struct places *p, const struct words *words, struct text t)
{
	struct place place = { .city = none };
	struct text parts[PARTS];
	size_t count, left = 0;
	bool remote = false;

	if (t.len == 0)
		return;
	if (says_many(t)) {
		p->many = true;
		place.text = t;
		places_add(p, &place);
		return;
	}
	count = split_parts(t, parts);
	for (size_t i = 0; i < count; i++) {
		bool said = take_remote(words, &parts[i]);

		remote |= said;
		if (count > 2 && place.postal_code.len == 0 &&
		    place_is_postal(parts[i]))
			place.postal_code = parts[i];
		else if (!said || parts[i].len > 0)
			parts[left++] = parts[i];
	}
	p->remote |= remote;
	if (left == 0)
		return;
	place_parts(words, parts, left, &place);
	if (remote && left == 1) {
		p->scope = parts[0];
		return;
	}
	place.text = t;
	places_add(p, &place);
}

/* The end of the place at AT, and behind the mark that ends it. */
static size_t
place_end(struct text t, size_t at, size_t *next)
{
	for (; at < t.len; at++) {
		char c = t.utf8[at];

		if (c == ';' || c == '|' || c == '\n') {
			*next = at + 1;
			return at;
		}
		if (c == ' ' && at + 2 < t.len && t.utf8[at + 1] == '/' &&
		    t.utf8[at + 2] == ' ') {
			*next = at + 3;
			return at;
		}
	}
	*next = t.len + 1;
	return t.len;
}

void
places_read(struct places *p, const struct words *words, struct text text)
{
	size_t at = 0, next, end;

	if (words_find(words, WORD_PLACEHOLDER, text.utf8, text.len) != NULL)
		return;
	while (at <= text.len) {
		end = place_end(text, at, &next);
		read_one(p, words, text_trim(text.utf8 + at, end - at));
		at = next;
	}
}
