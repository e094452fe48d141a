/* mask.c - mail addresses and phone numbers out of a text */
#include "mask.h"

#include <ctype.h>
#include <stdbool.h>

static bool
in_name(char c)
{
	return isalnum((unsigned char)c) || c == '.' || c == '_' || c == '%' ||
	       c == '+' || c == '-';
}

static bool
in_host(char c)
{
	return isalnum((unsigned char)c) || c == '.' || c == '-';
}

/* Bytes of a mail address whose '@' is at AT, its start in *START; 0: none. */
static size_t
mail_at(const struct buf *in, size_t at, size_t *start)
{
	size_t from = at, to = at + 1, dots = 0;

	while (from > 0 && in_name(in->data[from - 1]))
		from--;
	for (; to < in->len && in_host(in->data[to]); to++)
		dots += in->data[to] == '.' && to + 1 < in->len &&
		        isalpha((unsigned char)in->data[to + 1]);
	if (from == at || dots == 0)
		return 0;
	*start = from;
	return to - from;
}

static bool
in_gap(char c)
{
	return c == ' ' || c == '-' || c == '(' || c == ')' || c == '.' ||
	       c == '+' || c == '/';
}

#define PHONE 15  /* digits of the longest number */
#define PHONES 45 /* of some, one behind the other */

/*
 * Bytes of phone numbers at FROM: nine digits or more, at most PHONE in one
 * piece, and between two pieces at most two signs; 0: none.  It does not show
 * where one number ends and the next begins.
 */
static size_t
phone_at(const struct buf *in, size_t from)
{
	size_t digits = 0, piece = 0, gap = 0, end = from;

	for (size_t i = from; i < in->len && gap <= 2; i++) {
		char c = in->data[i];

		if (isdigit((unsigned char)c)) {
			gap = 0;
			if (++piece > PHONE || ++digits > PHONES)
				break;
		} else if (!in_gap(c)) {
			break;
		} else {
			gap++;
			piece = 0;
		}
		if (digits >= 9 && piece > 0 &&
		    (i + 1 == in->len ||
		        !isdigit((unsigned char)in->data[i + 1])))
			end = i + 1;
	}
	return end - from;
}

/* Bytes to mask at AT, their start in *START; 0: none. */
static size_t
private_at(const struct buf *in, size_t at, size_t *start, const char **word)
{
	char c = in->data[at];

	if (c == '@') {
		*word = "[email]";
		return mail_at(in, at, start);
	}
	if ((!isdigit((unsigned char)c) && c != '+' && c != '(') ||
	    (at > 0 && isalnum((unsigned char)in->data[at - 1])))
		return 0;
	*word = "[phone]";
	*start = at;
	return phone_at(in, at);
}

void
mask_private(const struct buf *in, struct buf *out, unsigned int *masked)
{
	size_t done = 0, start, len;
	const char *word;

	for (size_t i = 0; i < in->len; i++) {
		len = private_at(in, i, &start, &word);
		if (len == 0 || (start < done && i <= done))
			continue;
		/* of a name that a number was taken out of, the rest */
		if (start < done) {
			len -= done - start;
			start = done;
		}
		buf_add(out, in->data + done, start - done);
		buf_text(out, word);
		++*masked;
		done = start + len;
		i = done - 1;
	}
	if (done < in->len)
		buf_add(out, in->data + done, in->len - done);
}
