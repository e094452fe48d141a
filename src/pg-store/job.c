/* job.c - a stored job as a record: what was staged, as it stands now */
#include "job.h"

#include <stdlib.h>
#include <string.h>

#include "log.h"

struct job {
	struct rec *record, *edits;
	struct buf name, value;
};

struct job *
job_new(void)
{
	struct job *j = mem_zero(1, sizeof *j);

	j->record = rec_new();
	j->edits = rec_new();
	return j;
}

void
job_free(struct job *j)
{
	if (j == NULL)
		return;
	rec_free(j->record);
	rec_free(j->edits);
	buf_free(&j->name);
	buf_free(&j->value);
	free(j);
}

/* Put a person's edits over a record; null takes a field away. */
static void
apply_edits(struct job *j, const char *edits)
{
	struct json_member m;
	size_t at, i = 0;

	if (rec_parse(j->edits, edits, strlen(edits), &at) != NULL)
		return;
	while (rec_field(j->edits, &i, &m)) {
		bool quoted = m.value.type == JSON_STRING;

		buf_clear(&j->name);
		buf_add(&j->name, m.name, m.name_len);
		buf_clear(&j->value);
		if (quoted)
			buf_byte(&j->value, '"');
		buf_add(&j->value, m.value.text, m.value.len);
		if (quoted)
			buf_byte(&j->value, '"');
		if (m.value.type == JSON_NULL)
			rec_unset(j->record, buf_string(&j->name));
		else
			rec_set(j->record, buf_string(&j->name), j->value.data,
			    j->value.len);
	}
}

/* A string field that the store knows better than the record. */
static void
correct(struct job *j, const char *field, const char *value)
{
	size_t len;
	const char *was = rec_text(j->record, field, &j->value, &len);

	if (was != NULL && len == strlen(value) && memcmp(was, value, len) == 0)
		return;
	if (*value != '\0')
		rec_set_string(j->record, field, value, strlen(value));
}

bool
job_print(struct job *j, struct out *out, const PGresult *r, int row)
{
	const char *id = db_text(r, row, 0), *error;
	size_t at;

	error = rec_parse(j->record, db_text(r, row, 4),
	    (size_t)PQgetlength(r, row, 4), &at);
	if (error != NULL) {
		log_error("what is stored is no record", LOG_TEXT("job_id", id),
		    LOG_TEXT("error", error));
		return false;
	}
	rec_set_string(j->record, "job_id", id, strlen(id));
	correct(j, "route", db_text(r, row, 1));
	correct(j, "route_reason", db_text(r, row, 2));
	if (PQgetisnull(r, row, 3) == 0)
		apply_edits(j, db_text(r, row, 3));
	buf_clear(&j->value);
	rec_write(j->record, &j->value);
	out_add(out, j->value.data, j->value.len);
	out_line(out);
	return true;
}

bool
job_is_id(const char *text)
{
	size_t i;

	for (i = 0; i < 36; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (text[i] != '-')
				return false;
		} else if (text[i] == '\0' ||
		           strchr("0123456789abcdefABCDEF", text[i]) == NULL) {
			return false;
		}
	}
	return text[36] == '\0';
}
