/* preflight.c - does the table fit the profile, before anything is read */
#include "preflight.h"

#include <string.h>

#include "canon.h"
#include "log.h"
#include "status.h"

#define DECIMAL_PLACES 5 /* of Xano's standard decimal columns */

/* A column as the schema call shows it. */
struct column {
	struct json_value name, type, fallback, values;
	bool list, nullable, required;
};

static bool
is(struct json_value v, const char *text)
{
	return v.type == JSON_STRING && v.len == strlen(text) &&
	       memcmp(v.text, text, v.len) == 0;
}

static struct column
column_of(struct json_value object)
{
	return (struct column){ .name = json_get(object, "name"),
		.type = json_get(object, "type"),
		.fallback = json_get(object, "default"),
		.values = json_get(object, "values"),
		.list = is(json_get(object, "style"), "list"),
		.nullable = json_get(object, "nullable").type == JSON_TRUE,
		.required = json_get(object, "required").type == JSON_TRUE };
}

static bool
find_column(struct json_value schema, const char *name, struct column *out)
{
	struct json_walk w;
	struct json_member m;

	for (w = json_walk(schema); json_next(&w, &m);) {
		if (m.value.type != JSON_OBJECT)
			continue;
		*out = column_of(m.value);
		if (is(out->name, name))
			return true;
	}
	return false;
}

/* Whether values of the field keep their meaning in a column of that type. */
static bool
type_fits(const struct field *f, struct json_value type)
{
	switch (f->type) {
	case FIELD_TEXT:
		return is(type, "text") || is(type, "email") ||
		       is(type, "uuid") || is(type, "enum");
	case FIELD_INT:
		return is(type, "int") || is(type, "decimal");
	case FIELD_DECIMAL:
		return is(type, "decimal") ||
		       (is(type, "int") && f->places == 0);
	case FIELD_ENUM:
		return is(type, "enum") || is(type, "text");
	case FIELD_JSON:
		return is(type, "json") || is(type, "object");
	default:
		return is(type, profile_type(f));
	}
}

static bool
problem(const struct field *f, const char *what)
{
	log_error("the table does not fit the profile",
	    LOG_TEXT("column", f->column), LOG_TEXT("problem", what));
	return false;
}

/* Decide on null or zero, and whether the column bears with it. */
static bool
settle_nulls(struct field *f, const struct column *c, bool key)
{
	bool no_zero = f->type == FIELD_DATE || f->type == FIELD_ENUM;

	if (f->nulls == NULLS_AUTO)
		f->nulls = c->nullable ? NULLS_KEEP : NULLS_ZERO;
	if (key || f->constant != NULL)
		return true;
	if (f->nulls == NULLS_KEEP && !c->nullable)
		return problem(f,
		    "it is not nullable, so an absent value would come back as "
		    "another: make it nullable, or say \"nulls\":\"zero\"");
	if (f->nulls == NULLS_ZERO && no_zero && !f->list)
		return problem(f,
		    "there is no zero of this type for an absent value: make "
		    "it nullable, and say \"nulls\":\"keep\" or \"auto\"");
	return true;
}

/* Whether a word is among an enum's values, as far as the schema tells them. */
static bool
is_value(const struct column *c, const char *word)
{
	struct json_walk w;
	struct json_member m;
	struct buf room = { 0 };
	bool found = c->values.type != JSON_ARRAY;

	for (w = json_walk(c->values); !found && json_next(&w, &m);) {
		size_t len;
		const char *text = json_text(m.value, &room, &len);

		found = m.value.type == JSON_STRING && strlen(word) == len &&
		        memcmp(text, word, len) == 0;
	}
	buf_free(&room);
	return found;
}

static bool
check_word(const struct field *f, const struct column *c, const char *word)
{
	if (word == NULL || is_value(c, word))
		return true;
	log_error("the table does not fit the profile",
	    LOG_TEXT("column", f->column),
	    LOG_TEXT("problem", "the enum has no such value"),
	    LOG_TEXT("word", word));
	return false;
}

static bool
check_words(const struct field *f, const struct column *c)
{
	bool good = check_word(f, c, f->otherwise);
	size_t i;

	for (i = 0; i < f->word_count; i++)
		if (!check_word(f, c, f->words[i].to))
			good = false;
	return good;
}

/* What a column would keep in another form than it is given. */
static void
warn_of_loss(const struct field *f, const struct column *c)
{
	const char *loss = NULL;

	if (is(c->type, "email"))
		loss = "an email column refuses what is no address, and may "
		       "change its case";
	else if (is(c->type, "decimal") && f->type == FIELD_INT)
		loss = "a decimal column takes 9 digits before the point";
	else if (is(c->type, "decimal") &&
	         (f->places > DECIMAL_PLACES || f->places == CANON_EXACT))
		loss = "a decimal column keeps 5 decimals";
	if (loss != NULL)
		log_warning("the table may not keep every value",
		    LOG_TEXT("column", f->column), LOG_TEXT("problem", loss));
}

static bool
check_field(struct json_value schema, struct field *f, bool key)
{
	struct column c;

	if (!find_column(schema, f->column, &c))
		return problem(f, "there is no such column");
	if (!type_fits(f, c.type)) {
		log_error("the table does not fit the profile",
		    LOG_TEXT("column", f->column),
		    LOG_TEXT("problem", "it has another type"),
		    LOG_TEXT("wanted", profile_type(f)),
		    LOG_BYTES("is", c.type.text, c.type.len));
		return false;
	}
	if (c.list != f->list)
		return problem(f, c.list ? "it is a list" : "it is no list");
	warn_of_loss(f, &c);
	if (is(c.type, "enum") && !check_words(f, &c))
		return false;
	return settle_nulls(f, &c, key);
}

static bool
is_ignored(const struct profile *p, struct json_value name)
{
	size_t i;

	for (i = 0; i < p->ignore_count; i++)
		if (is(name, p->ignore[i]))
			return true;
	return p->id != NULL && is(name, p->id);
}

/* Columns that nobody fills: bad when Xano insists on them. */
static bool
check_others(struct json_value schema, const struct profile *p)
{
	struct json_walk w;
	struct json_member m;
	bool good = true;

	for (w = json_walk(schema); json_next(&w, &m);) {
		struct column c;

		if (m.value.type != JSON_OBJECT)
			continue;
		c = column_of(m.value);
		if (c.name.type != JSON_STRING ||
		    profile_field(p, c.name.text, c.name.len) != SIZE_MAX ||
		    is_ignored(p, c.name))
			continue;
		if (c.required && c.fallback.len == 0) {
			log_error("the table does not fit the profile",
			    LOG_BYTES("column", c.name.text, c.name.len),
			    LOG_TEXT("problem", "it is required, has no "
			                        "default, and no field "
			                        "fills it"));
			good = false;
		} else {
			log_info("no field fills a column",
			    LOG_BYTES("column", c.name.text, c.name.len));
		}
	}
	return good;
}

static int
check(struct json_value schema, struct profile *p, struct listing *l)
{
	struct column id;
	bool good = true;
	size_t i;

	for (i = 0; i < p->field_count; i++)
		if (!check_field(schema, &p->fields[i], i == p->key))
			good = false;
	if (!check_others(schema, p))
		good = false;
	if (p->id != NULL && !find_column(schema, p->id, &id)) {
		log_error("the table does not fit the profile",
		    LOG_TEXT("column", p->id),
		    LOG_TEXT("problem", "there is no such column"));
		good = false;
	} else if (p->id != NULL && !is(id.type, "int")) {
		listing_no_keyset(l);
	}
	return good ? EX_OK : EX_CONFIG;
}

/*
 * The schema was refused: a token that is good as such tells a wrong table
 * from a wrong token.
 */
static int
explain(struct api *a, const struct profile *p, const struct reply *refused)
{
	struct vars none = { NULL, 0, NULL };
	struct reply r = { .verdict = VERDICT_ABSENT };
	bool known;

	if (refused->status == 401 || !p->probe.defined) {
		reply_complain(refused,
		    refused->status == 401
		        ? "Xano does not know the token, or it has expired"
		        : "can't read the table's schema");
		return verdict_status(refused->verdict);
	}
	api_call(a, &p->probe, &none, &r);
	known = r.verdict == VERDICT_OK;
	reply_free(&r);
	if (refused->verdict == VERDICT_DENIED)
		reply_complain(refused,
		    known ? "the token is good but may not see this table: is "
		            "XANO_WORKSPACE right, and has it the scopes "
		            "Workspace Database (read) and Workspace Content?"
		          : "Xano refuses the token");
	else
		reply_complain(refused,
		    known ? "there is no such table: are XANO_WORKSPACE and "
		            "XANO_TABLE right?"
		          : "nothing there: is XANO_BASE_URL right?");
	return verdict_status(refused->verdict);
}

int
preflight(struct api *a, struct profile *p, struct listing *l)
{
	struct vars none = { NULL, 0, NULL };
	struct reply r;
	int status;

	if (!p->schema.defined) {
		preflight_skip(p);
		return EX_OK;
	}
	api_call(a, &p->schema, &none, &r);
	if (r.verdict == VERDICT_OK && r.body.type == JSON_ARRAY) {
		status = check(r.body, p, l);
	} else if (r.verdict == VERDICT_OK) {
		log_error("the table's schema is not an array of columns");
		status = EX_PROTOCOL;
	} else if (r.verdict == VERDICT_DENIED || r.verdict == VERDICT_ABSENT) {
		status = explain(a, p, &r);
	} else {
		reply_complain(&r, "can't read the table's schema");
		status = verdict_status(r.verdict);
	}
	reply_free(&r);
	return status;
}

void
preflight_skip(struct profile *p)
{
	size_t i;

	for (i = 0; i < p->field_count; i++)
		if (p->fields[i].nulls == NULLS_AUTO)
			p->fields[i].nulls = NULLS_ZERO;
}
