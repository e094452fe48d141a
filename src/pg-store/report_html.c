/* report_html.c - a run's report as one HTML file with its charts inside */
#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Nothing is fetched and nothing runs: the browser is told so as well. */
static const char head[] =
    "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
    "'none'; style-src 'unsafe-inline'\">\n<title>";

static const char style[] =
    "</title>\n<style>\n"
    ":root{color-scheme:light dark;--bar:#3b7dd8;--line:#8884}\n"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;"
    "padding:0 1rem}\n"
    "h1{font-size:1.3rem}h2{font-size:1rem;margin-top:2rem}\n"
    "table{border-collapse:collapse;width:100%}\n"
    "td,th{padding:.2rem .5rem;border-bottom:1px solid var(--line);"
    "text-align:left;font-weight:normal}\n"
    "td.n{text-align:right;font-variant-numeric:tabular-nums;"
    "white-space:nowrap}\n"
    "td.b{width:45%}\n"
    "meter{width:100%;height:1rem}\n"
    ".failed,.tripped{color:#c33}.succeeded{color:#2a7d3f}\n"
    "</style>\n";

static void
put(struct out *out, const char *html)
{
	out_add(out, html, strlen(html));
}

/* Text of strangers. */
static void
put_text(struct out *out, const char *text)
{
	for (; *text != '\0'; text++)
		switch (*text) {
		case '<':
			put(out, "&lt;");
			break;
		case '>':
			put(out, "&gt;");
			break;
		case '&':
			put(out, "&amp;");
			break;
		case '"':
			put(out, "&quot;");
			break;
		default:
			out_add(out, text, 1);
		}
}

static void
put_column(struct out *out, const struct report *r, int column)
{
	put_text(out, db_text(r->run, 0, column));
}

/* A row with a bar: VALUE of MOST. */
static void
put_bar(struct out *out, const char *what, const char *note, const char *value,
    const char *most)
{
	char grouped[32];

	put(out, "<tr><th>");
	put_text(out, what);
	put(out, "<td>");
	put_text(out, note);
	put(out, "<td class=\"n\">");
	put_text(out, report_grouped(value, grouped));
	put(out, "<td class=\"b\"><meter min=\"0\" max=\"");
	put_text(out, *most != '\0' && strcmp(most, "0") != 0 ? most : "1");
	put(out, "\" value=\"");
	put_text(out, *value != '\0' ? value : "0");
	put(out, "\"></meter>\n");
}

static void
put_head(struct out *out, const struct report *r)
{
	put(out, head);
	put(out, "Run ");
	put_column(out, r, RUN_ID);
	put(out, style);
	put(out, "<h1>Run ");
	put_column(out, r, RUN_ID);
	put(out, " of feed ");
	put_column(out, r, FEED_ID);
	put(out, ", ");
	put_column(out, r, FEED_NAME);
	put(out, ": <span class=\"");
	put_column(out, r, STATUS);
	put(out, "\">");
	put_column(out, r, STATUS);
	put(out, "</span></h1>\n<p>");
	put_column(out, r, STARTED);
	put(out, ", ");
	put_column(out, r, SECONDS);
	put(out, " s</p>\n");
	if (*db_text(r->run, 0, ERROR) != '\0') {
		put(out, "<p class=\"tripped\">");
		put_column(out, r, ERROR);
		put(out, "</p>\n");
	}
}

static void
put_funnel(struct out *out, const struct report *r)
{
	const char *most = db_text(r->run, 0, IN_FEED);
	int i;

	if (*most == '\0')
		most = db_text(r->run, 0, STAGED);
	put(out, "<h2>What became of the records</h2>\n<table>\n");
	put_bar(out, "in the feed", "", most, most);
	put_bar(out, "refused", "dead letters", db_text(r->run, 0, DEAD), most);
	put_bar(out, "folded", "one role in several places",
	    db_text(r->run, 0, MERGED), most);
	if (strcmp(db_text(r->run, 0, REPEATED), "0") != 0)
		put_bar(out, "repeated", "one source_id again, the first stays",
		    db_text(r->run, 0, REPEATED), most);
	for (i = 0; i < PQntuples(r->outcomes); i++)
		put_bar(out, db_text(r->outcomes, i, 0),
		    db_text(r->outcomes, i, 1), db_text(r->outcomes, i, 2),
		    most);
	put(out, "</table>\n");
}

static void
put_changes(struct out *out, const struct report *r)
{
	const struct report_change *c;
	const char *most = db_text(r->run, 0, STAGED);

	put(out, "<h2>What changed in the store</h2>\n<table>\n");
	for (c = report_changes; c->words != NULL; c++)
		put_bar(out, c->words, "", db_text(r->run, 0, c->column), most);
	put(out, "</table>\n");
}

static void
put_stages(struct out *out, const struct report *r)
{
	const char *most =
	    PQntuples(r->stages) > 0 ? db_text(r->stages, 0, 3) : "1";
	int i;

	put(out, "<h2>Stages, longest first</h2>\n<table>\n");
	for (i = 0; i < PQntuples(r->stages); i++) {
		put(out, "<tr><th>");
		put_text(out, db_text(r->stages, i, 0));
		put(out, "<td class=\"n\">");
		put_text(out, db_text(r->stages, i, 1));
		put(out, " in<td class=\"n\">");
		put_text(out, db_text(r->stages, i, 2));
		put(out, " out<td class=\"n\">");
		put_text(out, db_text(r->stages, i, 3));
		put(out, " s<td class=\"b\"><meter min=\"0\" max=\"");
		put_text(out, most);
		put(out, "\" value=\"");
		put_text(out, db_text(r->stages, i, 3));
		put(out, "\"></meter>\n");
	}
	put(out, "</table>\n");
}

static void
put_cost(struct out *out, const struct report *r)
{
	static const struct report_change figures[] = {
		{ REQUESTS, "requests" },
		{ TOKENS_IN, "tokens in" },
		{ TOKENS_OUT, "tokens out" },
		{ COST, "US dollars" },
		{ RUN_ID, NULL },
	};
	const struct report_change *f;

	put(out, "<h2>The model</h2>\n<table>\n");
	for (f = figures; f->words != NULL; f++) {
		put(out, "<tr><th>");
		put(out, f->words);
		put(out, "<td class=\"n\">");
		put_column(out, r, f->column);
		put(out, "\n");
	}
	put(out, "</table>\n");
}

static void
put_guards(struct out *out, const struct report *r)
{
	int i;

	if (PQntuples(r->guards) == 0)
		return;
	put(out, "<h2>Guards</h2>\n<table>\n");
	for (i = 0; i < PQntuples(r->guards); i++) {
		put(out, "<tr><th>");
		put_text(out, db_text(r->guards, i, 0));
		put(out, strcmp(db_text(r->guards, i, 2), "true") == 0
		             ? "<td>accepted"
		             : "<td class=\"tripped\">tripped");
		put(out, "<td>");
		put_text(out, db_text(r->guards, i, 1));
		put(out, "\n");
	}
	put(out, "</table>\n");
}

void
report_html(struct out *out, const struct report *r)
{
	put_head(out, r);
	put_guards(out, r);
	put_funnel(out, r);
	put_changes(out, r);
	put_cost(out, r);
	put_stages(out, r);
	put(out, "</html>");
	out_line(out);
}
