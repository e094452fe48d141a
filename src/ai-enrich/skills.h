/*
 * skills.h - what an ad asks for, and under which words it is looked for
 */
#ifndef SKILLS_H
#define SKILLS_H

#include "answer.h"
#include "lexicon.h"
#include "outline.h"

#define SKILLS_MIN 4
#define SKILLS_MAX 6
#define SKILLS_TAGS 4
#define SKILLS_TERMS 6

struct skills; /* counters that are used again */

struct skills *skills_new(const struct lexicon *l);
void skills_free(struct skills *s);

/* An ad that was looked at. */
struct skills_ad {
	const struct tokens *title;
	const struct tokens *text;
	const struct outline *outline; /* of the text */
};

/*
 * List the skills that the ad names, those named most often first, then those
 * named first; general ones ("Teamwork") only where there are few others.
 */
void skills_list(struct skills *s, const struct skills_ad *ad,
    struct answer_list *out);

/* List what else marks the job: its hours, place, terms. */
void skills_tags(struct skills *s, const struct skills_ad *ad,
    struct answer_list *out);

#endif
