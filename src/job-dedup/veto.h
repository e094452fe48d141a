/*
 * veto.h - words that make another role
 *
 * Two texts may be alike to nine words in ten and still be two jobs: senior and
 * junior, day and night shift, six months and twelve.  share/dedup/veto.json
 * lists such words and phrases by reason; what a text says of them are its
 * marks.  Two texts whose marks differ, each counted as often as it stands
 * there, are kept apart.  Marks depend on the one text only, so they are taken
 * at most once and no choice of alignment matters.  A word that no rule names
 * (a reference code, an id in a link, a place, a single letter) makes no mark.
 */
#ifndef VETO_H
#define VETO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "words.h"

#define VETO_REASONS 32 /* at most */
#define VETO_NONE (-1)

struct veto;
struct veto_room; /* what one thread needs */

/* The file at PATH, NULL for the one in share/; exits 78 or 66. */
struct veto *veto_load(const char *path);
void veto_free(struct veto *v);

size_t veto_reasons(const struct veto *v);
const char *veto_reason(const struct veto *v, size_t reason);

/* V may be NULL: then no text has a mark. */
struct veto_room *veto_room_new(const struct veto *v);
void veto_room_free(struct veto_room *r);

/* Forget all marks and words; what is known of words that have been cut. */
void veto_room_clear(struct veto_room *r);
void veto_room_cut(struct veto_room *r, uint32_t words);

/*
 * The marks of a text, words of W, put into MARKS: numbers of R in rising
 * order, as often as they stand there.
 */
void veto_marks(struct veto_room *r, const struct words *w, const uint32_t *ids,
    size_t n, struct ids *marks);

/* Why two texts with these marks are two roles, or VETO_NONE. */
int veto_differ(const struct veto_room *r, const uint32_t *a, size_t a_len,
    const uint32_t *b, size_t b_len);

/* A mark in words: "night", "months 6"; good until the next veto_marks(). */
const char *veto_mark(const struct veto_room *r, uint32_t mark, size_t *len);
int veto_mark_reason(const struct veto_room *r, uint32_t mark);

#endif
