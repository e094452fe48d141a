/* profile.c - what an answer depends on beside the ad */
#include "profile.h"

#include <ctype.h>
#include <string.h>

#include "hash.h"

#define DIGITS 16

const char *
profile_write(struct buf *out, const struct profile *p)
{
	const char *parts[] = { p->service, p->model, p->thinking, p->prompt,
		p->taxonomy };
	struct buf all = { 0 };
	char hex[HASH_HEX];

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		buf_text(&all, parts[i] != NULL ? parts[i] : "");
		buf_byte(&all, '\0');
	}
	hash_once(all.data, all.len, hex);
	buf_free(&all);
	buf_clear(out);
	buf_text(out, result_stage_name(p->stage));
	buf_byte(out, '-');
	for (const char *c = p->model; *c != '\0'; c++)
		buf_byte(out,
		    isalnum((unsigned char)*c) || *c == '.' ? *c : '-');
	buf_byte(out, '-');
	buf_add(out, hex, DIGITS);
	return buf_string(out);
}
