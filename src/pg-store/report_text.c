/* report_text.c - a run's report for people on a terminal */
#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

const char *
report_grouped(const char *digits, char out[32])
{
	size_t i, to = 0, len = strlen(digits);

	for (i = 0; i < len && to < 30; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			out[to++] = ',';
		out[to++] = digits[i];
	}
	out[to] = '\0';
	return out;
}

const char *
report_number(const struct report *r, int column, char out[32])
{
	return report_grouped(db_text(r->run, 0, column), out);
}

static void
line(struct out *out, struct buf *b)
{
	out_add(out, b->data, b->len);
	out_line(out);
	buf_clear(b);
}

/* Text of strangers, without what a terminal would obey. */
static void
add_safe(struct buf *b, const char *text)
{
	size_t len = strlen(text), at = 0, n;
	uint32_t code;

	while (at < len) {
		n = utf8_decode(text + at, len - at, &code);
		if (n == 0 || code < 0x20 || (code >= 0x7F && code < 0xA0))
			buf_byte(b, '?');
		else
			buf_add(b, text + at, n);
		at += n == 0 ? 1 : n;
	}
}

static void
show_head(struct out *out, const struct report *r, struct buf *b)
{
	const char *seconds = db_text(r->run, 0, SECONDS);
	const char *error = db_text(r->run, 0, ERROR);

	buf_printf(b, "run %s of feed %s, ", db_text(r->run, 0, RUN_ID),
	    db_text(r->run, 0, FEED_ID));
	add_safe(b, db_text(r->run, 0, FEED_NAME));
	buf_printf(b, ": %s, %s", db_text(r->run, 0, STATUS),
	    db_text(r->run, 0, STARTED));
	if (*seconds != '\0')
		buf_printf(b, ", %s s", seconds);
	line(out, b);
	if (*error != '\0') {
		buf_text(b, "  ");
		add_safe(b, error);
		line(out, b);
	}
}

static void
show_row(struct out *out, struct buf *b, const char *what, const char *number,
    const char *note)
{
	char grouped[32];

	if (*number == '\0')
		return;
	buf_printf(b, "  %-18s%12s", what, report_grouped(number, grouped));
	if (*note != '\0') {
		buf_text(b, "  ");
		add_safe(b, note);
	}
	line(out, b);
}

/* What came, what of it was lost on the way, and where the rest is. */
static void
show_funnel(struct out *out, const struct report *r, struct buf *b)
{
	const char *route, *before = "";
	struct buf name = { 0 };
	int i;

	line(out, b);
	show_row(out, b, "in the feed", db_text(r->run, 0, IN_FEED), "");
	show_row(out, b, "refused", db_text(r->run, 0, DEAD),
	    strcmp(db_text(r->run, 0, DEAD), "0") == 0
	        ? ""
	        : "kept as dead letters");
	show_row(out, b, "folded", db_text(r->run, 0, MERGED),
	    strcmp(db_text(r->run, 0, MERGED), "0") == 0
	        ? ""
	        : "one role in several places");
	if (strcmp(db_text(r->run, 0, REPEATED), "0") != 0)
		show_row(out, b, "repeated", db_text(r->run, 0, REPEATED),
		    "one source_id again, the first stays");
	show_row(out, b, "staged", db_text(r->run, 0, STAGED), "");
	for (i = 0; i < PQntuples(r->outcomes); i++) {
		route = db_text(r->outcomes, i, 0);
		buf_clear(&name);
		buf_printf(&name, "  %s",
		    strcmp(route, before) == 0 ? "" : route);
		show_row(out, b, buf_string(&name), db_text(r->outcomes, i, 2),
		    db_text(r->outcomes, i, 1));
		before = route;
	}
	buf_free(&name);
}

/* What the run changed in the store, on one line. */
static void
show_changes(struct out *out, const struct report *r, struct buf *b)
{
	const struct report_change *c;
	const char *number, *divider = "  jobs: ";
	char grouped[32];

	for (c = report_changes; c->words != NULL; c++) {
		number = db_text(r->run, 0, c->column);
		if (*number == '\0' || strcmp(number, "0") == 0)
			continue;
		buf_printf(b, "%s%s %s", divider,
		    report_grouped(number, grouped), c->words);
		divider = ", ";
	}
	if (b->len == 0)
		return;
	out_line(out);
	line(out, b);
}

static void
show_cost(struct out *out, const struct report *r, struct buf *b)
{
	char requests[32], in[32], back[32];

	if (strtoll(db_text(r->run, 0, REQUESTS), NULL, 10) == 0)
		return;
	buf_printf(b, "  model: %s requests, %s tokens in, %s out, %s USD",
	    report_number(r, REQUESTS, requests),
	    report_number(r, TOKENS_IN, in), report_number(r, TOKENS_OUT, back),
	    *db_text(r->run, 0, COST) != '\0' ? db_text(r->run, 0, COST) : "0");
	line(out, b);
}

static void
show_slowest(struct out *out, const struct report *r, struct buf *b)
{
	int i;

	if (PQntuples(r->stages) == 0)
		return;
	buf_text(b, "  longest:");
	for (i = 0; i < 3 && i < PQntuples(r->stages); i++)
		buf_printf(b, "%s %s %s s", i > 0 ? "," : "",
		    db_text(r->stages, i, 0), db_text(r->stages, i, 3));
	line(out, b);
}

static void
show_guards(struct out *out, const struct report *r, struct buf *b)
{
	int i;

	for (i = 0; i < PQntuples(r->guards); i++) {
		buf_printf(b, "  guard %s (%s): ", db_text(r->guards, i, 0),
		    strcmp(db_text(r->guards, i, 2), "true") == 0 ? "accepted"
		                                                  : "tripped");
		add_safe(b, db_text(r->guards, i, 1));
		line(out, b);
	}
}

void
report_text(struct out *out, const struct report *r)
{
	struct buf b = { 0 };

	show_head(out, r, &b);
	show_funnel(out, r, &b);
	show_changes(out, r, &b);
	show_cost(out, r, &b);
	show_slowest(out, r, &b);
	show_guards(out, r, &b);
	buf_free(&b);
}
