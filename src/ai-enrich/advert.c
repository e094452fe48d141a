/* advert.c - the words of a job as plain text */
#include "advert.h"

#include <string.h>

#include "text.h"
#include "utf8.h"

static void
take(struct buf *out, const struct rec *job, const char *field)
{
	struct buf room = { 0 };
	const char *text;
	size_t len;

	buf_clear(out);
	text = rec_text(job, field, &room, &len);
	if (text != NULL)
		buf_add(out, text, len);
	buf_free(&room);
}

void
advert_read(struct advert *a, const struct rec *job)
{
	struct buf room = { 0 };
	const char *html;
	size_t len;

	a->flags = 0;
	a->masked = 0;
	take(&a->title, job, "title");
	take(&a->company, job, "company_name");
	buf_clear(&a->text);
	html = rec_text(job, "description", &room, &len);
	if (html != NULL)
		text_from_html(&a->text, html, len);
	buf_free(&room);
}

struct ad
advert_view(const struct advert *a)
{
	return (struct ad){
		.title = { a->title.data, a->title.len },
		.company = { a->company.data, a->company.len },
		.text = { a->text.data, a->text.len },
	};
}

void
advert_flags(struct buf *json, unsigned int flags)
{
	static const struct {
		unsigned int flag;
		const char *name;
	} names[] = {
		{ ADVERT_INSTRUCTIONS, "instructions" },
		{ ADVERT_ROLES, "roles" },
		{ ADVERT_MARKS, "marks" },
		{ ADVERT_INVISIBLE, "invisible" },
		{ ADVERT_ENCODED, "encoded" },
		{ ADVERT_LOOKALIKES, "lookalikes" },
	};
	char before = '[';

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if ((flags & names[i].flag) == 0)
			continue;
		buf_byte(json, before);
		buf_json_string(json, names[i].name, strlen(names[i].name));
		before = ',';
	}
	if (before == '[')
		buf_byte(json, '[');
	buf_byte(json, ']');
}

uint64_t
advert_tokens(const char *utf8, size_t len)
{
	uint64_t latin = 0, other = 0;
	uint32_t code;
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		if ((unsigned char)utf8[i] < 0x80) {
			n = 1;
			latin++;
			continue;
		}
		n = utf8_decode(utf8 + i, len - i, &code);
		if (n == 0)
			n = 1;
		else if (code < 0x250)
			latin++;
		else
			other++;
	}
	return ((latin + 3) / 4 + (other + 1) / 2) * 115 / 100;
}

void
advert_free(struct advert *a)
{
	buf_free(&a->title);
	buf_free(&a->company);
	buf_free(&a->text);
}
