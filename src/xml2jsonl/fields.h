/* fields.h - the fields of a job, each set by its own rules */
#ifndef FIELDS_H
#define FIELDS_H

#include "job.h"

static inline struct text
constant_of(const struct maker *m, enum field field)
{
	const char *value = m->map->constants[field];

	if (value == NULL)
		return (struct text){ "", 0 };
	return (struct text){ value, strlen(value) };
}

static inline struct find
find_field(struct maker *m, struct tree *record, enum field field)
{
	return find_start(m, record, &m->map->fields[field], NODE_NONE);
}

/* kind.c: employment_type */
void set_type(struct maker *m, struct tree *record);

/* pay.c: salary and cost per click; places have to be known */
void set_salary(struct maker *m, struct tree *record);
void set_cpc(struct maker *m, struct tree *record);

/* where.c: locations, and whether a place says "remote" */
void set_places(struct maker *m, struct tree *record);

#endif
