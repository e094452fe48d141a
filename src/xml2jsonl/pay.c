/* pay.c - what a job pays, and what a click on it costs */
#include <string.h>

#include "fields.h"

static void
set_amount(struct maker *m, struct tree *record, enum field field,
    char out[AMOUNT], const char *country)
{
	struct find f = find_field(m, record, field);
	struct text value;

	out[0] = '\0';
	while (find_next(&f, &value)) {
		value = clean_line(m, value);
		if (!salary_amount(value.utf8, value.len, out)) {
			out[0] = '\0';
			continue;
		}
		/* "£24,454" in a field of numbers */
		salary_unit(m->map->words, value.utf8, value.len, country,
		    &m->job.salary);
		find_take(&f);
		return;
	}
}

/* A currency or a period that has an element of its own. */
static void
set_unit(struct maker *m, struct tree *record, enum field field,
    const char *country)
{
	struct find f = find_field(m, record, field);
	struct salary unit;
	struct text value;

	while (find_next(&f, &value)) {
		unit = (struct salary){ .period = NULL };
		value = clean_line(m, value);
		salary_unit(m->map->words, value.utf8, value.len, country,
		    &unit);
		if (field == FIELD_CURRENCY && unit.currency[0] != '\0') {
			memcpy(m->job.salary.currency, unit.currency,
			    sizeof(unit.currency));
			if (unit.period != NULL)
				m->job.salary.period = unit.period;
			else
				find_take(&f);
			return;
		}
		if (field == FIELD_PERIOD && unit.period != NULL) {
			m->job.salary.period = unit.period;
			find_take(&f);
			return;
		}
	}
}

/* The country of the first place, for whose dollar it is. */
static const char *
country_of(const struct maker *m)
{
	const struct places *p = &m->job.places;

	if (p->count > 0 && p->items[0].country.len == 2)
		return place_country(m->map->words, p->items[0].country);
	return m->map->constant_country;
}

static void
salary_constants(struct maker *m, const char *country)
{
	struct text currency = constant_of(m, FIELD_CURRENCY);
	struct text period = constant_of(m, FIELD_PERIOD);
	struct salary *s = &m->job.salary;

	if (s->currency[0] == '\0' && currency.len > 0)
		salary_unit(m->map->words, currency.utf8, currency.len, country,
		    s);
	if (s->period == NULL && period.len > 0)
		salary_unit(m->map->words, period.utf8, period.len, country, s);
}

void
set_salary(struct maker *m, struct tree *record)
{
	struct salary *s = &m->job.salary, read;
	const char *country = country_of(m);
	struct find f = find_field(m, record, FIELD_SALARY);
	struct text value;
	bool unread = false;

	*s = (struct salary){ .period = NULL };
	set_amount(m, record, FIELD_SALARY_MIN, s->min, country);
	set_amount(m, record, FIELD_SALARY_MAX, s->max, country);
	while (
	    s->min[0] == '\0' && s->max[0] == '\0' && find_next(&f, &value)) {
		value = clean_line(m, value);
		if (salary_parse(m->map->words, value.utf8, value.len, country,
		        &read))
			*s = read;
		else
			unread = true;
		/* prose says more than figures: it stays in "extra" */
	}
	m->counts[COUNT_SALARIES_UNREAD] +=
	    unread && s->min[0] == '\0' && s->max[0] == '\0';
	if (s->min[0] == '\0' && s->max[0] == '\0')
		return;
	set_unit(m, record, FIELD_CURRENCY, country);
	set_unit(m, record, FIELD_PERIOD, country);
	salary_constants(m, country);
	salary_order(s);
}

/* A decimal number as JSON has it, behind a currency sign or none. */
static struct text
plain_number(struct text t)
{
	size_t i = 0, digits = 0;

	while (t.len > 0 && (*t.utf8 < '0' || *t.utf8 > '9') && i++ < 4) {
		t.utf8++;
		t.len--;
	}
	while (digits < t.len && t.utf8[digits] >= '0' && t.utf8[digits] <= '9')
		digits++;
	if (digits == 0 || digits > 12 || (digits > 1 && *t.utf8 == '0'))
		return (struct text){ "", 0 };
	i = digits;
	if (i + 1 < t.len && t.utf8[i] == '.')
		for (i++; i < t.len && t.utf8[i] >= '0' && t.utf8[i] <= '9';
		     i++)
			;
	return i == t.len && t.utf8[i - 1] != '.' ? t : (struct text){ "", 0 };
}

void
set_cpc(struct maker *m, struct tree *record)
{
	struct find f = find_field(m, record, FIELD_CPC);
	struct text value;

	m->job.fields[FIELD_CPC] = (struct text){ "", 0 };
	while (find_next(&f, &value)) {
		value = plain_number(value);
		if (value.len == 0)
			continue;
		find_take(&f);
		m->job.fields[FIELD_CPC] = value;
		return;
	}
}
