/* orders.c - what the Xano stand-in is told by its control route */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "mem.h"
#include "xano.h"

#define SWITCH(name)                                                           \
	{                                                                      \
#name, offsetof(struct quirks, name)                           \
	}

static const struct {
	const char *name;
	size_t offset;
} switches[] = {
	SWITCH(per_page_field),   /* perPage in the envelope (1) */
	SWITCH(table_list_bare),  /* the table list is a bare array (0) */
	SWITCH(string_ids),       /* ids in success[] and error[] quoted (1) */
	SWITCH(absent_delete),    /* ids not there: 0 error[], 1 skipped, 404 */
	SWITCH(atomic),           /* a bulk insert takes all or none (0) */
	SWITCH(refuse_unknown),   /* 400 for an unknown column (0) */
	SWITCH(per_page_max),     /* per_page is cut to this (1000) */
	SWITCH(duplicate_status), /* for a unique column: 400 or 500 */
	SWITCH(param_top),        /* param beside payload (0) */
	SWITCH(empty_delete),     /* deletes answer with no body (0) */
	SWITCH(shuffle_ids),      /* ids of a bulk insert last one first (0) */
	SWITCH(scramble_json), /* members of json columns change places (0) */
	SWITCH(decimal_json),  /* decimals keep all digits (0) */
	SWITCH(no_search),     /* there is no search route (0) */
	SWITCH(no_totals),     /* no itemsTotal, no pageTotal (0) */
	SWITCH(bulk_max),      /* 413 for more rows in a call (0: none) */
	SWITCH(bulk_bytes),    /* 413 for a longer body (0: none) */
	SWITCH(crud_envelope), /* the generated list is paged (0) */
	SWITCH(ignore_search)  /* search conditions are not looked at (0) */
};

static const struct quirks usual = { .per_page_field = 1,
	.string_ids = 1,
	.per_page_max = 1000,
	.duplicate_status = 400 };

void
xano_usual(struct xano *x)
{
	x->table.quirks = usual;
}

static const char *
set_switch(struct xano *x, const cJSON *value)
{
	size_t i;

	for (i = 0; i < sizeof switches / sizeof *switches; i++)
		if (strcmp(switches[i].name, value->string) == 0) {
			char *at = (char *)&x->table.quirks;
			int64_t n = cJSON_IsTrue(value) ? 1
			            : cJSON_IsNumber(value)
			                ? (int64_t)value->valuedouble
			                : 0;

			memcpy(at + switches[i].offset, &n, sizeof n);
			return NULL;
		}
	return "there is no such switch";
}

/* A tree as a scanned value, in TEXT, which cJSON_free() takes. */
static struct json_value
as_value(const cJSON *tree, char **text)
{
	*text = cJSON_PrintUnformatted(tree);
	return (struct json_value){ **text == '{'   ? JSON_OBJECT
		                    : **text == '"' ? JSON_STRING
		                                    : JSON_NUMBER,
		false, **text == '"' ? *text + 1 : *text,
		strlen(*text) - (**text == '"' ? 2 : 0) };
}

static const char *
write_as_other(struct xano *x, const char *what, const cJSON *one)
{
	struct table *t = &x->table;
	struct refusal r;
	const char *wrong = NULL;
	char *text;
	struct json_value v = as_value(one, &text);
	size_t row;

	t->request = 0;
	if (strcmp(what, "insert") == 0) {
		if (table_insert(t, v, false, &r) == SIZE_MAX)
			wrong = "that row is refused";
	} else if (strcmp(what, "delete") == 0) {
		row = table_find(t, v);
		if (row != SIZE_MAX)
			table_delete(t, row);
	} else {
		row = table_find(t, json_get(v, "id"));
		if (row != SIZE_MAX &&
		    !table_update(t, row, json_get(v, "set"), false, false, &r))
			wrong = "that update is refused";
	}
	cJSON_free(text);
	return wrong;
}

void
xano_freeze(struct xano *x, bool stale)
{
	struct table *t = &x->table, *f = &x->frozen;
	struct row *row;
	size_t i, j;

	for (i = 0; i < f->count; i++) {
		for (j = 0; j < f->column_count; j++)
			free(f->rows[i].values[j]);
		free(f->rows[i].values);
	}
	free(f->rows);
	*f = (struct table){ .columns = t->columns,
		.column_count = t->column_count,
		.uuids = t->uuids,
		.quirks = t->quirks };
	x->stale = stale;
	if (!stale)
		return;
	f->rows = mem_zero(t->count + 1, sizeof *f->rows);
	for (i = 0; i < t->count; i++) {
		row = &f->rows[f->count++];
		row->id = t->rows[i].id;
		row->values = mem_zero(t->column_count, sizeof(char *));
		for (j = 0; j < t->column_count; j++)
			row->values[j] = mem_string(t->rows[i].values[j]);
	}
}

static const char *
set_token(struct xano *x, const cJSON *value)
{
	free(x->token);
	x->token =
	    cJSON_IsString(value) ? mem_string(value->valuestring) : NULL;
	return NULL;
}

const char *
xano_order(void *user, const char *name, const cJSON *value)
{
	struct xano *x = user;
	const char *wrong = NULL;
	const cJSON *one;

	if (strcmp(name, "token") == 0)
		return set_token(x, value);
	if (strcmp(name, "scopes") == 0 && cJSON_IsString(value)) {
		snprintf(x->scopes, sizeof x->scopes, "%s", value->valuestring);
		return NULL;
	}
	if (strcmp(name, "stale") == 0) {
		xano_freeze(x, cJSON_IsTrue(value));
		return NULL;
	}
	if (strcmp(name, "update") == 0)
		return write_as_other(x, name, value);
	if (strcmp(name, "switch") != 0 && strcmp(name, "insert") != 0 &&
	    strcmp(name, "delete") != 0)
		return "there is no such order";
	cJSON_ArrayForEach(one, value)
	{
		if (wrong == NULL)
			wrong = strcmp(name, "switch") == 0
			            ? set_switch(x, one)
			            : write_as_other(x, name, one);
	}
	return wrong;
}
