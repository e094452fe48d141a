/* price.c - what tokens cost */
#include "price.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "log.h"
#include "status.h"

#define MOST_USD 18000000 /* more picodollars are no 64 bits */
#define PICO UINT64_C(1000000000000)

static _Noreturn void
wrong(const char *path, const char *model, const char *what)
{
	die(EX_CONFIG, "the price table is wrong", LOG_TEXT("file", path),
	    LOG_TEXT("model", model), LOG_TEXT("error", what));
}

uint64_t
price_parse(const char *text)
{
	uint64_t whole = 0, part = 0, unit = PICO;

	for (; isdigit((unsigned char)*text); text++)
		if (whole < UINT64_C(10000000))
			whole = whole * 10 + (uint64_t)(*text - '0');
	if (whole > MOST_USD)
		whole = MOST_USD;
	if (*text == '.')
		for (text++; isdigit((unsigned char)*text) && unit > 1;
		     text++) {
			unit /= 10;
			part += (uint64_t)(*text - '0') * unit;
		}
	return whole * PICO + part;
}

/* USD for a million tokens, as picodollars a token. */
static uint64_t
per_token(const char *path, const char *model, const cJSON *entry,
    const char *name)
{
	const char *text = json_string(entry, name);

	if (text == NULL || *text == '\0' ||
	    strspn(text, "0123456789.") != strlen(text))
		wrong(path, model,
		    "in, cached and out are strings such as \"0.30\"");
	return price_parse(text) / 1000000;
}

/* How well a name of the table fits: its length, or 0. */
static size_t
fit(const char *name, const char *model)
{
	size_t len = strlen(name);

	if (strncmp(name, model, len) != 0)
		return 0;
	return model[len] == '\0' || strchr("-@:", model[len]) != NULL ? len
	                                                               : 0;
}

static const cJSON *
find(const char *path, const cJSON *models, const char *model,
    const char *today)
{
	const cJSON *entry, *best = NULL;
	size_t best_fit = 0;

	cJSON_ArrayForEach(entry, models)
	{
		const char *name = json_string(entry, "model");
		const char *until = json_string(entry, "until");

		if (name == NULL)
			wrong(path, "", "an entry has no model");
		if (until != NULL && strcmp(today, until) > 0)
			continue;
		if (fit(name, model) > best_fit) {
			best = entry;
			best_fit = fit(name, model);
		}
	}
	return best;
}

struct price
price_of(const char *path, const char *model, const char *today)
{
	cJSON *table = json_load(path);
	const cJSON *models = json_member(table, "models"), *entry;
	const char *as_of = json_string(table, "as_of");
	const char *last = strrchr(model, '/');
	struct price p = { 0 };

	if (!cJSON_IsArray(models) || as_of == NULL || strlen(as_of) != 10)
		wrong(path, "", "it needs as_of, a date, and models, a list");
	memcpy(p.as_of, as_of, sizeof(p.as_of));
	p.batch_percent =
	    (unsigned int)json_integer(table, "batch_percent", 100);
	entry = find(path, models, last != NULL ? last + 1 : model, today);
	if (entry != NULL) {
		p.known = true;
		p.in = per_token(path, model, entry, "in");
		p.cached = per_token(path, model, entry, "cached");
		p.out = per_token(path, model, entry, "out");
	}
	cJSON_Delete(table);
	return p;
}

uint64_t
price_cost(const struct price *p, const struct usage *u)
{
	uint64_t cached = u->cached < u->in ? u->cached : u->in;

	return (u->in - cached) * p->in + cached * p->cached + u->out * p->out;
}

void
price_text(struct buf *out, uint64_t picodollars)
{
	char text[48];
	int len = snprintf(text, sizeof(text), "%" PRIu64 ".%012" PRIu64,
	    picodollars / PICO, picodollars % PICO);

	for (int spare = 6; spare > 0 && text[len - 1] == '0'; spare--)
		len--;
	buf_add(out, text, (size_t)len);
}
