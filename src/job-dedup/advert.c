/* advert.c - the text of a job as it is compared */
#include "advert.h"

#include <stdlib.h>

#include "fold.h"
#include "mem.h"
#include "take.h"
#include "text.h"

struct advert {
	struct places_room *places;
	struct buf plain, text, folded;
};

struct advert *
advert_new(const struct places *places)
{
	struct advert *a = mem_zero(1, sizeof(*a));

	a->places = places_room_new(places);
	return a;
}

void
advert_free(struct advert *a)
{
	if (a == NULL)
		return;
	places_room_free(a->places);
	buf_free(&a->plain);
	buf_free(&a->text);
	buf_free(&a->folded);
	free(a);
}

void
advert_words(struct advert *a, const struct job *job, const char *line,
    struct words *w, struct ids *out)
{
	const char *plain;
	size_t len;

	out->len = 0;
	plain = json_text(take_description(job, line), &a->plain, &len);
	buf_clear(&a->text);
	text_from_html(&a->text, plain, len);
	buf_clear(&a->folded);
	if (a->text.len > 0)
		fold_text(&a->folded, a->text.data, a->text.len);
	if (a->folded.len > 0)
		words_split(w, a->folded.data, a->folded.len, out);
	if (out->len > 0)
		places_mask(a->places, w, take_locations(job, line), out);
}
