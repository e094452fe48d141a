/* kind.c - which kind of work a job is */
#include <string.h>

#include "fields.h"

/* What kind of work says most, where several are named. */
static int
rank_of(const char *type)
{
	static const char *const ranks[] = { "OTHER", "PART_TIME", "FULL_TIME",
		"PER_DIEM", "CONTRACTOR", "TEMPORARY", "VOLUNTEER", "INTERN" };
	int rank = 8;

	while (rank > 0 &&
	       strncmp(type, ranks[rank - 1], strlen(ranks[rank - 1])) != 0)
		rank--;
	return rank;
}

/* One word or a list of words: the strongest; *ALL: nothing else was said. */
static const char *
type_of(const struct maker *m, struct text value, bool *all, bool *known)
{
	const char *best =
	    words_find(m->map->words, WORD_TYPE, value.utf8, value.len);
	size_t start = 0, words = 0;

	*known = best != NULL;
	*all = best != NULL && strchr(best, ',') == NULL && *best != '-';
	if (best != NULL || value.len > 200)
		return best;
	for (size_t i = 0; i <= value.len; i++) {
		const char *found;
		struct text word;

		if (i < value.len && strchr(",;/|()&+", value.utf8[i]) == NULL)
			continue;
		word = text_trim(value.utf8 + start, i - start);
		start = i + 1;
		if (word.len == 0)
			continue;
		words++;
		found =
		    words_find(m->map->words, WORD_TYPE, word.utf8, word.len);
		*known |= found != NULL;
		if (found != NULL &&
		    (best == NULL || rank_of(found) > rank_of(best)))
			best = found;
	}
	*all = words == 1 && best != NULL && *best != '-';
	return best;
}

void
set_type(struct maker *m, struct tree *record)
{
	struct find f = find_field(m, record, FIELD_TYPE), best_at = f;
	struct text value, constant = constant_of(m, FIELD_TYPE);
	const char *best = NULL;
	bool unread = false, best_all = false;

	while (find_next(&f, &value)) {
		bool all, known;
		const char *found =
		    type_of(m, clean_line(m, value), &all, &known);

		unread |= !known;
		if (found == NULL || *found == '-' ||
		    (best != NULL && rank_of(found) <= rank_of(best)))
			continue;
		best = found;
		best_all = all;
		best_at = f;
	}
	if (best != NULL && best_all)
		find_take(&best_at);
	m->job.fields[FIELD_TYPE] =
	    best == NULL ? constant : (struct text){ best, strcspn(best, ",") };
	m->counts[COUNT_TYPES_UNREAD] += best == NULL && unread;
}
