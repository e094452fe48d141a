/* fuzz_ask.c - a question to the store: understood, or refused with a reason */
#include <string.h>

#include "../../src/pg-store/ask.h"
#include "fuzz.h"

static void
declare(struct ask_query *q, const char *name, const char *type, bool optional)
{
	struct ask_param *p = &q->params[q->count++];

	memcpy(p->name, name, strlen(name) + 1);
	p->type = ask_type(type, strlen(type));
	p->optional = optional;
	hold(p->type != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ask_query query = { .name = "q" };
	static struct scan *scan;
	const struct ask_book book = { &query, 1 };
	struct ask_question out;
	struct buf why = { 0 };

	if (scan == NULL) {
		scan = scan_new();
		declare(&query, "t", "text", true);
		declare(&query, "n", "bigint", false);
		declare(&query, "d", "numeric", true);
		declare(&query, "f", "boolean", true);
		declare(&query, "l", "text[]", true);
	}
	if (ask_read(&book, scan, (const char *)data, size, &out, &why) ==
	    NULL) {
		hold(out.query == &query);
		hold(out.values[1] != NULL);
		for (int i = 0; i < query.count; i++)
			hold(out.values[i] == NULL ||
			     strlen(out.values[i]) <= out.text.len);
	}
	hold(out.id.len > 0);
	buf_free(&out.id);
	buf_free(&out.text);
	buf_free(&why);
	return 0;
}
