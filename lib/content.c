/* content.c - which text a job has: content_hash */
#include <stdlib.h>

#include "buf.h"
#include "content.h"
#include "fold.h"
#include "mem.h"
#include "text.h"

struct content {
	struct hash *hash;
	struct buf text;   /* of the description */
	struct buf folded; /* all that is hashed */
};

struct content *
content_new(void)
{
	struct content *c = mem_zero(1, sizeof(*c));

	c->hash = hash_new();
	return c;
}

void
content_free(struct content *c)
{
	if (c == NULL)
		return;
	hash_free(c->hash);
	buf_free(&c->text);
	buf_free(&c->folded);
	free(c);
}

static void
add_part(struct content *c, struct content_part part)
{
	if (part.utf8 != NULL)
		fold_text(&c->folded, part.utf8, part.len);
	buf_byte(&c->folded, '\0');
}

void
content_hash(struct content *c, struct content_part title,
    struct content_part company, struct content_part employment_type,
    struct content_part description, char out[HASH_HEX])
{
	unsigned char digest[HASH_BYTES];
	struct content_part text = { NULL, 0 };

	buf_clear(&c->text);
	buf_clear(&c->folded);
	if (description.utf8 != NULL) {
		text_from_html(&c->text, description.utf8, description.len);
		text.utf8 = c->text.data;
		text.len = c->text.len;
	}
	add_part(c, title);
	add_part(c, company);
	add_part(c, employment_type);
	add_part(c, text);
	hash_start(c->hash);
	hash_add(c->hash, c->folded.data, c->folded.len);
	hash_end(c->hash, digest);
	hash_hex(digest, out);
}
