/* search.c - the Xano stand-in's search grammar, its short form */
#include "search.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_TERMS 16

enum relation { OP_EQ, OP_NE, OP_GT, OP_GE, OP_LT, OP_LE, OP_IN, OP_NOT_IN };

struct term {
	size_t column;
	enum relation op;
	struct json_value operand;
	long long number; /* of an operand that is an integer */
	bool alternative; /* starts a new group */
};

struct terms {
	struct term items[MAX_TERMS];
	size_t count;
};

static bool
refuse(struct refusal *r, const char *message)
{
	r->status = 400;
	r->code = "ERROR_CODE_INPUT_ERROR";
	snprintf(r->message, sizeof r->message, "ParseError: %s", message);
	r->param[0] = '\0';
	return false;
}

static bool
relation_of(const char *text, size_t len, enum relation *op)
{
	static const char *const names[] = { [OP_EQ] = "=",
		[OP_NE] = "!=",
		[OP_GT] = ">",
		[OP_GE] = ">=",
		[OP_LT] = "<",
		[OP_LE] = "<=",
		[OP_IN] = "in",
		[OP_NOT_IN] = "not in" };
	size_t i;

	for (i = 0; i < sizeof names / sizeof *names; i++)
		if (strlen(names[i]) == len &&
		    memcmp(names[i], text, len) == 0) {
			*op = (enum relation)i;
			return true;
		}
	return false;
}

/* "column", "column|op" or "column|op|or", and its operand. */
static bool
parse_term(const struct table *t, struct json_member m, struct terms *terms,
    struct refusal *r)
{
	struct term *term = &terms->items[terms->count];
	const char *bar = memchr(m.name, '|', m.name_len);
	const char *end = m.name + m.name_len, *stop;

	if (terms->count == MAX_TERMS)
		return refuse(r, "too many terms");
	*term = (struct term){ .operand = m.value };
	stop = bar != NULL ? bar : end;
	term->column = table_column(t, m.name, (size_t)(stop - m.name));
	if (term->column == SIZE_MAX)
		return refuse(r, "unknown column");
	if (bar != NULL) {
		const char *op = bar + 1;

		stop = memchr(op, '|', (size_t)(end - op));
		if (stop != NULL) {
			term->alternative =
			    end - stop == 3 && memcmp(stop, "|or", 3) == 0;
			if (!term->alternative)
				return refuse(r, "unknown suffix");
		}
		if (!relation_of(op, (size_t)((stop ? stop : end) - op),
		        &term->op))
			return refuse(r, "unknown operator");
	}
	if ((term->op == OP_IN || term->op == OP_NOT_IN) !=
	    (m.value.type == JSON_ARRAY))
		return refuse(r, "a list goes with in, and in with a list");
	if (m.value.type == JSON_NUMBER)
		json_int64(m.value, &term->number);
	terms->count++;
	return true;
}

static bool
parse_terms(const struct table *t, struct json_value search,
    struct terms *terms, struct refusal *r)
{
	struct json_walk w, inner;
	struct json_member item, m;

	if (search.type == JSON_NONE || search.type == JSON_NULL)
		return true;
	if (search.type != JSON_ARRAY && search.type != JSON_OBJECT)
		return refuse(r, "search is an object or an array");
	for (w = json_walk(search); json_next(&w, &item);) {
		if (search.type == JSON_OBJECT) {
			if (!parse_term(t, item, terms, r))
				return false;
			continue;
		}
		if (item.value.type != JSON_OBJECT)
			return refuse(r, "a condition is an object");
		for (inner = json_walk(item.value); json_next(&inner, &m);)
			if (!parse_term(t, m, terms, r))
				return false;
	}
	return true;
}

/* Compare a stored value, JSON text, with an operand: -1, 0, 1. */
static int
compare(const char *stored, struct json_value operand)
{
	struct json_value v = { JSON_NUMBER, true, stored, strlen(stored) };
	struct buf room_a = { 0 }, room_b = { 0 };
	const char *a, *b;
	size_t a_len, b_len;
	int order;

	if (*stored != '"') {
		if (operand.type == JSON_NUMBER &&
		    (*stored == '-' || (*stored >= '0' && *stored <= '9')))
			return json_compare(stored, v.len, operand.text,
			    operand.len);
		if (operand.type == JSON_STRING)
			return 1;
		order = strncmp(stored, operand.text, operand.len);
		return order != 0 || strlen(stored) != operand.len ? 1 : 0;
	}
	if (operand.type != JSON_STRING)
		return 1;
	v = (struct json_value){ JSON_STRING, true, stored + 1,
		strlen(stored) - 2 };
	a = json_text(v, &room_a, &a_len);
	b = json_text(operand, &room_b, &b_len);
	order = memcmp(a, b, a_len < b_len ? a_len : b_len);
	if (order == 0)
		order = a_len < b_len ? -1 : a_len > b_len;
	buf_free(&room_a);
	buf_free(&room_b);
	return order;
}

static bool
is_in(const char *stored, struct json_value list)
{
	struct json_walk w;
	struct json_member m;

	for (w = json_walk(list); json_next(&w, &m);)
		if (compare(stored, m.value) == 0)
			return true;
	return false;
}

static bool
holds(const struct term *term, const struct row *row)
{
	const char *stored = row->values[term->column];
	int order;

	if (term->op == OP_IN || term->op == OP_NOT_IN)
		return is_in(stored, term->operand) == (term->op == OP_IN);
	if (term->column == 0 && row->id != 0 && term->number != 0)
		order = row->id < term->number ? -1 : row->id > term->number;
	else
		order = compare(stored, term->operand);
	switch (term->op) {
	case OP_EQ:
		return order == 0;
	case OP_NE:
		return order != 0;
	case OP_GT:
		return order > 0;
	case OP_GE:
		return order >= 0;
	case OP_LT:
		return order < 0;
	default:
		return order <= 0;
	}
}

static bool
matches(const struct terms *terms, const struct row *row)
{
	bool group = true;
	size_t i;

	for (i = 0; i < terms->count; i++) {
		if (terms->items[i].alternative) {
			if (group)
				return true;
			group = true;
		}
		group = group && holds(&terms->items[i], row);
	}
	return group;
}

/* The column to sort by, and whether backwards; SIZE_MAX: as they stand. */
static bool
parse_sort(const struct table *t, struct json_value sort, size_t *column,
    bool *down, struct refusal *r)
{
	struct json_walk w;
	struct json_member m;

	*column = SIZE_MAX;
	*down = false;
	if (sort.type == JSON_NONE || sort.type == JSON_NULL)
		return true;
	w = json_walk(sort);
	if (sort.type == JSON_ARRAY && json_next(&w, &m)) {
		sort = m.value;
		w = json_walk(sort);
	}
	if (sort.type != JSON_OBJECT || !json_next(&w, &m))
		return refuse(r, "sort is an object or an array");
	*column = table_column(t, m.name, m.name_len);
	if (*column == SIZE_MAX)
		return refuse(r, "unknown column to sort by");
	*down = m.value.len == 4 && memcmp(m.value.text, "desc", 4) == 0;
	return true;
}

struct sorting {
	const char *text;
	size_t row;
};

static int
by_text(const void *a, const void *b)
{
	const struct sorting *x = a, *y = b;
	struct json_value v = { *y->text == '"' ? JSON_STRING : JSON_NUMBER,
		true, y->text, strlen(y->text) };
	int order;

	if (v.type == JSON_STRING) {
		v.text++;
		v.len -= 2;
	}
	order = compare(x->text, v);
	return order != 0 ? order : (x->row > y->row) - (x->row < y->row);
}

static void
sort_rows(const struct table *t, size_t *rows, size_t count, size_t column,
    bool down)
{
	struct sorting *list;
	size_t i;

	if (column == SIZE_MAX || (column == 0 && !t->uuids && !down))
		return;
	list = mem_zero(count + 1, sizeof *list);
	for (i = 0; i < count; i++)
		list[i] = (struct sorting){ t->rows[rows[i]].values[column],
			rows[i] };
	qsort(list, count, sizeof *list, by_text);
	for (i = 0; i < count; i++)
		rows[i] = list[down ? count - 1 - i : i].row;
	free(list);
}

bool
search_rows(const struct table *t, struct json_value body, size_t **rows,
    size_t *count, struct refusal *r)
{
	struct terms terms = { .count = 0 };
	size_t column, n = 0, i;
	bool down;

	if (!parse_terms(t, json_get(body, "search"), &terms, r) ||
	    !parse_sort(t, json_get(body, "sort"), &column, &down, r))
		return false;
	if (t->quirks.ignore_search)
		terms.count = 0;
	*rows = mem_zero(t->count + 1, sizeof **rows);
	for (i = 0; i < t->count; i++)
		if (matches(&terms, &t->rows[i]))
			(*rows)[n++] = i;
	sort_rows(t, *rows, n, column, down);
	*count = n;
	return true;
}
