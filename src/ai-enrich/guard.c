/* guard.c - an ad made harmless: what is removed, changed, masked, flagged */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "advert.h"
#include "file.h"
#include "fold.h"
#include "log.h"
#include "mask.h"
#include "phrases.h"
#include "status.h"
#include "utf8.h"

#define MAX_FILE ((size_t)1 << 20)
#define MAX_TITLE 300
#define MAX_COMPANY 200
#define MANY_HIDDEN 20
#define RUN_ENCODED 80 /* letters and digits in a row that are no word */

struct advert_rules {
	struct phrases *phrases;
	size_t max_text;
	bool keep_pii;
	struct buf room, folded; /* used again for each ad */
};

struct advert_rules *
advert_rules_load(const char *path, size_t max_text, bool keep_pii)
{
	struct advert_rules *r = mem_zero(1, sizeof(*r));
	struct buf text = { 0 };
	const char *error = file_read(path, MAX_FILE, &text);

	if (error != NULL)
		die(EX_NOINPUT, "cannot read the phrases to look for",
		    LOG_TEXT("file", path), LOG_TEXT("error", error));
	r->phrases = phrases_new(buf_string(&text));
	buf_free(&text);
	r->max_text = max_text;
	r->keep_pii = keep_pii;
	return r;
}

void
advert_rules_free(struct advert_rules *r)
{
	if (r == NULL)
		return;
	phrases_free(r->phrases);
	buf_free(&r->room);
	buf_free(&r->folded);
	free(r);
}

/* Tags carry whole sentences, overrides turn them round: always meant. */
static bool
is_covert(uint32_t c)
{
	return (c >= 0xE0000 && c <= 0xE0FFF) || c == 0x202D || c == 0x202E;
}

/* Bullets of symbol fonts and colours of emoji: dirt of every feed. */
static bool
is_dirt(uint32_t c)
{
	return (c >= 0xE000 && c <= 0xF8FF) || (c >= 0xFE00 && c <= 0xFE0F) ||
	       c == 0x00AD;
}

static bool
is_invisible(uint32_t c)
{
	static const struct {
		uint32_t from, to;
	} ranges[] = {
		{ 0x00AD, 0x00AD },
		{ 0x034F, 0x034F },
		{ 0x061C, 0x061C },
		{ 0x115F, 0x1160 },
		{ 0x17B4, 0x17B5 },
		{ 0x180B, 0x180F },
		{ 0x200B, 0x200F },
		{ 0x202A, 0x202E },
		{ 0x2060, 0x206F },
		{ 0x3164, 0x3164 },
		{ 0xE000, 0xF8FF },
		{ 0xFE00, 0xFE0F },
		{ 0xFEFF, 0xFEFF },
		{ 0xFFA0, 0xFFA0 },
		{ 0xFFF0, 0xFFFC },
		{ 0x1BCA0, 0x1BCA3 },
		{ 0x1D173, 0x1D17A },
		{ 0xE0000, 0x10FFFF },
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (c >= ranges[i].from && c <= ranges[i].to)
			return true;
	return false;
}

static bool
is_cyrillic_or_greek(uint32_t c)
{
	return (c >= 0x370 && c <= 0x52F);
}

/* What strip() has seen so far. */
struct seen {
	size_t hidden;
	bool covert, latin, foreign, mixed;
};

/* One character beyond ASCII: whether it stays. */
static bool
look_at(struct seen *seen, uint32_t c)
{
	if (is_invisible(c)) {
		seen->covert |= is_covert(c);
		seen->hidden += !is_dirt(c);
		return false;
	}
	seen->foreign |= is_cyrillic_or_greek(c);
	seen->mixed |= seen->latin && seen->foreign;
	return true;
}

static char
look_at_ascii(struct seen *seen, char c)
{
	if (isalpha((unsigned char)c)) {
		seen->latin = true;
		seen->mixed |= seen->foreign;
		return c;
	}
	seen->latin = seen->foreign = false;
	return (c < 0x20 && c != '\n') || c == 0x7F ? ' ' : c;
}

/*
 * Copy IN to OUT without what nobody sees and without control characters.
 * A few zero-width characters come with any feed; many are meant.
 */
static void
strip(const struct buf *in, struct buf *out, unsigned int *flags)
{
	char *to = buf_room(out, in->len);
	struct seen seen = { 0 };
	uint32_t c;
	size_t n;

	for (size_t i = 0; i < in->len; i += n) {
		if ((unsigned char)in->data[i] < 0x80) {
			*to++ = look_at_ascii(&seen, in->data[i]);
			n = 1;
			continue;
		}
		n = utf8_decode(in->data + i, in->len - i, &c);
		if (n == 0) {
			n = 1;
			continue;
		}
		if (c == 0x2028 || c == 0x2029) {
			*to++ = look_at_ascii(&seen, '\n');
			continue;
		}
		if (c >= 0xA0 && look_at(&seen, c)) {
			memcpy(to, in->data + i, n);
			to += n;
		}
	}
	out->len = (size_t)(to - out->data);
	if (seen.covert || seen.hidden >= MANY_HIDDEN)
		*flags |= ADVERT_INVISIBLE;
	if (seen.mixed)
		*flags |= ADVERT_LOOKALIKES;
}

/* Cut to at most MAX bytes, at a character, and better at a word. */
static void
cut(struct buf *text, size_t max)
{
	size_t end = max;

	if (text->len <= max)
		return;
	while (end > 0 && ((unsigned char)text->data[end] & 0xC0) == 0x80)
		end--;
	for (size_t i = end; i > 0 && i + 40 > end; i--)
		if (text->data[i] == ' ' || text->data[i] == '\n') {
			end = i;
			break;
		}
	text->len = end;
}

/* A word that names a speaker, then a colon, at the start of a line. */
static size_t
role_at(const char *line, size_t len)
{
	static const char *const roles[] = { "system", "assistant", "user",
		"human", "model", "developer", "ai", "tool", "instruction",
		"instructions", "prompt" };

	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		size_t n = strlen(roles[i]), j = 0;

		while (j < n && j < len &&
		       tolower((unsigned char)line[j]) == roles[i][j])
			j++;
		if (j < n)
			continue;
		while (j < len && (line[j] == ' ' || line[j] == '*'))
			j++;
		if (j < len && line[j] == ':')
			return j;
	}
	return 0;
}

static void
find_marks(const struct buf *text, unsigned int *flags)
{
	static const char *const marks[] = { "<|", "|>", "[INST", "[/INST",
		"<<SYS", "</s>", "<start_of_turn", "<end_of_turn", "```",
		"### Instruction", "### System", "<system", "</system" };

	for (size_t i = 0; i < text->len; i++) {
		char c = text->data[i];

		if (c != '<' && c != '|' && c != '[' && c != '`' && c != '#')
			continue;
		for (size_t j = 0; j < sizeof(marks) / sizeof(marks[0]); j++) {
			size_t len = strlen(marks[j]);

			if (text->len - i >= len &&
			    memcmp(text->data + i, marks[j], len) == 0)
				*flags |= ADVERT_MARKS;
		}
	}
}

/* Add a sign, unless it would be the third of a row. */
static void
put(struct buf *out, char c)
{
	if (ispunct((unsigned char)c) && c != '.' && out->len >= 2 &&
	    out->data[out->len - 1] == c && out->data[out->len - 2] == c)
		return;
	buf_byte(out, c);
}

/*
 * Change what the prompt's own marks and those of chat formats are made of:
 * no bracket of the ad stays one, no row of signs stays long, and no line
 * begins with a speaker's name and a colon.
 */
static void
defuse(const struct buf *in, struct buf *out, unsigned int *flags)
{
	size_t role = 0;

	for (size_t i = 0; i < in->len; i++) {
		char c = in->data[i];

		if (i == 0 || in->data[i - 1] == '\n')
			role = role_at(in->data + i, in->len - i);
		if (role > 0 && role-- == 1) {
			put(out, c);
			buf_text(out, " -");
			*flags |= ADVERT_ROLES;
			i++;
			continue;
		}
		if (c == '<' || c == '[' || c == '{')
			c = '(';
		else if (c == '>' || c == ']' || c == '}')
			c = ')';
		else if (c == '`')
			c = '\'';
		put(out, c);
	}
}

/* A long run of letters and digits of both cases: text for a machine. */
static void
find_encoded(const struct buf *text, unsigned int *flags)
{
	size_t run = 0, digits = 0;

	for (size_t i = 0; i < text->len; i++) {
		unsigned char c = (unsigned char)text->data[i];

		if (isalnum(c) || c == '+' || c == '/' || c == '=') {
			run++;
			digits += isdigit(c) != 0;
		} else {
			run = digits = 0;
		}
		if (run >= RUN_ENCODED && digits >= 3)
			*flags |= ADVERT_ENCODED;
	}
}

static void
clean(struct advert_rules *r, struct buf *part, size_t max, struct advert *a)
{
	buf_clear(&r->room);
	strip(part, &r->room, &a->flags);
	cut(&r->room, max);
	find_marks(&r->room, &a->flags);
	find_encoded(&r->room, &a->flags);
	buf_clear(part);
	defuse(&r->room, part, &a->flags);
	if (r->keep_pii)
		return;
	buf_clear(&r->room);
	mask_private(part, &r->room, &a->masked);
	buf_clear(part);
	buf_add(part, r->room.data, r->room.len);
}

void
advert_guard(struct advert_rules *r, struct advert *a)
{
	clean(r, &a->title, MAX_TITLE, a);
	clean(r, &a->company, MAX_COMPANY, a);
	clean(r, &a->text, r->max_text, a);

	/* In one piece, for a sentence may be spread over the fields. */
	buf_clear(&r->room);
	buf_add(&r->room, a->title.data, a->title.len);
	buf_byte(&r->room, ' ');
	buf_add(&r->room, a->company.data, a->company.len);
	buf_byte(&r->room, ' ');
	buf_add(&r->room, a->text.data, a->text.len);
	buf_clear(&r->folded);
	fold_text(&r->folded, r->room.data, r->room.len);
	if (phrases_find(r->phrases, &r->folded))
		a->flags |= ADVERT_INSTRUCTIONS;
}
