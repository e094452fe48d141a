/* test_serve.c - what the server makes of requests before anybody works */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/job-serve/environment.h"
#include "../../src/job-serve/gate.h"
#include "../../src/job-serve/programs.h"
#include "../../src/job-serve/route.h"
#include "../../src/job-serve/session.h"
#include "../../src/job-serve/target.h"

static int
read_target(struct target *t, const char *raw)
{
	const char *why;
	int status = target_read(t, raw, strlen(raw), &why);

	assert_int_equal(status == 0, why == NULL);
	return status;
}

static void
a_target_is_a_path_and_values_decoded_once(void **state)
{
	struct target t;

	(void)state;
	assert_int_equal(
	    read_target(&t, "/jobs?q=a+b%2Bc%25&name=%C3%A9&empty=&flag"), 0);
	assert_int_equal(t.path_len, 5);
	assert_string_equal(t.path, "/jobs");
	assert_string_equal(target_value(&t, "q")->value, "a b+c%");
	assert_string_equal(target_value(&t, "name")->value, "\xc3\xa9");
	assert_int_equal(target_value(&t, "empty")->len, 0);
	assert_int_equal(target_value(&t, "flag")->len, 0);
	assert_null(target_value(&t, "none"));
	target_free(&t);
	/* What was an escape of an escape stays one. */
	assert_int_equal(read_target(&t, "/?q=%252e"), 0);
	assert_string_equal(target_value(&t, "q")->value, "%2e");
	target_free(&t);
	assert_int_equal(read_target(&t, "/../a/./b//c?"), 0);
	assert_string_equal(t.path, "/../a/./b//c");
	target_free(&t);
}

static void
what_is_no_target_is_refused(void **state)
{
	static const char *const bad[] = { "", "*", "jobs", "http://host/",
		"/%00", "/a%20b", "/a b", "/\xc3\xa9", "/?a=%", "/?a=%1",
		"/?a=%zz", "/?a=%00", "/?a=%0a", "/?a=%7f", "/?a=\x7f",
		"/?a=\xff", "/?a=%ff", "/?a=%ed%a0%80", "/?a=%c0%80", "/?A=1",
		"/?a.b=1", "/?=1", "/?a=1&a=2", "/?&", "/?a=1&&b=2", "/#a",
		"/?a=b c" };
	struct buf many = { 0 };
	struct target t;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof *bad; i++) {
		print_message("%s\n", bad[i]);
		assert_int_equal(read_target(&t, bad[i]), 400);
		target_free(&t);
	}
	buf_text(&many, "/?a=1");
	for (i = 0; i < TARGET_VALUES; i++)
		buf_printf(&many, "&%c%c=1", (char)('a' + i / 26),
		    (char)('a' + i % 26));
	assert_int_equal(read_target(&t, buf_string(&many)), 400);
	target_free(&t);
	buf_clear(&many);
	buf_byte(&many, '/');
	while (many.len < TARGET_MAX)
		buf_byte(&many, 'a');
	assert_int_equal(read_target(&t, buf_string(&many)), 0);
	target_free(&t);
	buf_byte(&many, 'a');
	assert_int_equal(read_target(&t, buf_string(&many)), 414);
	target_free(&t);
	buf_free(&many);
}

static void
add(struct gate_head *head, const char *name, const char *value)
{
	gate_add(head, name, strlen(name), value, strlen(value));
}

/* The status that a head of pairs of names and values gets; 0: it passes. */
static int
gate(struct gate_head *head, const char *const *fields)
{
	static const char *const names[] = { "jobs.example" };
	const struct gate_hosts hosts = { names, 1 };
	const struct gate_refusal *refusal;

	*head = (struct gate_head){ .method = "GET", .version = "HTTP/1.1" };
	for (; *fields != NULL; fields += 2)
		add(head, fields[0], fields[1]);
	refusal = gate_check(head, &hosts);
	return refusal != NULL ? refusal->status : 0;
}

#define GATE(head, ...) gate(head, (const char *const[]){ __VA_ARGS__, NULL })

static void
a_head_says_each_thing_once_and_in_one_way(void **state)
{
	struct gate_head h;

	(void)state;
	assert_int_equal(GATE(&h, "Host", "localhost", "Content-Length", "7"),
	    0);
	assert_int_equal(h.length, 7);
	assert_int_equal(GATE(&h, "Host", "a b"), 400);
	assert_int_equal(GATE(&h, "host", "LOCALHOST:80", "Cookie", "a"), 0);
	assert_string_equal(h.cookie, "a");
	assert_int_equal(GATE(&h, "Accept", "*/*"), 400);
	assert_int_equal(GATE(&h, "Host", "x.example"), 403);
	assert_int_equal(GATE(&h, "Host", "JOBS.example:1"), 0);
	assert_int_equal(GATE(&h, "Host", "localhost", "Content-Length", "1",
	                     "content-length", "1"),
	    400);
	assert_int_equal(GATE(&h, "Host", "localhost", "Content-Length", "1",
	                     "Transfer-Encoding", "chunked"),
	    400);
	assert_int_equal(
	    GATE(&h, "Host", "localhost", "Transfer-Encoding", "chunked"), 411);
	assert_int_equal(
	    GATE(&h, "Host", "localhost", "Transfer-Encoding", "gzip"), 501);
	assert_int_equal(GATE(&h, "Host", "localhost", "Content-Length",
	                     "99999999999999999999999999"),
	    413);
	assert_int_equal(GATE(&h, "Host", "localhost", "Content-Length ", "1"),
	    400);
	assert_int_equal(GATE(&h, "Host", "localhost", "X", "a\nb"), 400);
	assert_int_equal(GATE(&h, "Host", "localhost", "X", "a\tb \xc3\xa9"),
	    0);
	assert_int_equal(GATE(&h, "Host", "localhost", "Expect", "x"), 417);
	assert_int_equal(
	    GATE(&h, "Host", "localhost", "Expect", "100-Continue"), 0);
}

static void
a_head_has_so_many_fields_and_bytes(void **state)
{
	const struct gate_hosts none = { NULL, 0 };
	struct gate_head h = { .version = "HTTP/1.1" };
	char *big = malloc(GATE_BYTES);
	size_t i;

	(void)state;
	add(&h, "Host", "localhost");
	for (i = 1; i < GATE_HEADERS; i++)
		add(&h, "X", "");
	assert_null(gate_check(&h, &none));
	add(&h, "X", "");
	assert_int_equal(gate_check(&h, &none)->status, 431);
	h = (struct gate_head){ .version = "HTTP/1.0" };
	add(&h, "Host", "localhost");
	memset(big, 'a', GATE_BYTES - 1);
	/* With its name and what is counted for each: to the byte. */
	big[GATE_BYTES - 17 - 5] = '\0';
	add(&h, "X", big);
	assert_null(gate_check(&h, &none));
	add(&h, "XX", "a");
	assert_int_equal(gate_check(&h, &none)->status, 431);
	free(big);
}

static void
a_foreign_page_is_told_by_what_browsers_say(void **state)
{
	struct gate_head h;

	(void)state;
	GATE(&h, "Host", "localhost:8080");
	assert_false(gate_is_foreign(&h));
	GATE(&h, "Host", "localhost:8080", "Origin", "http://localhost:8080");
	assert_false(gate_is_foreign(&h));
	GATE(&h, "Host", "localhost:8080", "Origin", "http://localhost:8081");
	assert_true(gate_is_foreign(&h));
	GATE(&h, "Host", "localhost", "Origin", "null");
	assert_true(gate_is_foreign(&h));
	GATE(&h, "Host", "jobs.example", "Origin", "https://jobs.example.evil");
	assert_true(gate_is_foreign(&h));
	GATE(&h, "Host", "localhost", "Sec-Fetch-Site", "same-site");
	assert_true(gate_is_foreign(&h));
	GATE(&h, "Host", "localhost", "Sec-Fetch-Site", "none");
	assert_false(gate_is_foreign(&h));
	GATE(&h, "Host", "localhost", "Content-Type",
	    "Application/JSON; charset=utf-8");
	assert_true(gate_is_json(&h));
	GATE(&h, "Host", "localhost", "Content-Type", "application/jsonp");
	assert_false(gate_is_json(&h));
}

static void
a_session_is_good_as_it_was_made_until_its_end(void **state)
{
	unsigned char key[SESSION_KEY], other[SESSION_KEY];
	char value[SESSION_MAX], cookies[2 * SESSION_MAX + 64];
	size_t i;

	(void)state;
	session_key("a token of some length", key);
	session_key("another token of that length", other);
	session_make(key, 'w', 1000, value);
	snprintf(cookies, sizeof cookies,
	    "a=1; " SESSION_COOKIE "=junk; " SESSION_COOKIE "=%s; b=2", value);
	assert_int_equal(session_find(key, cookies, 999), 'w');
	assert_int_equal(session_find(key, cookies, 1000), 0);
	assert_int_equal(session_find(other, cookies, 1), 0);
	assert_int_equal(session_find(key, "", 1), 0);
	assert_int_equal(session_find(key, ";;; ;", 1), 0);
	/* Any byte that is another one makes it void. */
	for (i = 0; value[i] != '\0'; i++) {
		char was = value[i];

		value[i] = was == '1' ? '2' : '1';
		snprintf(cookies, sizeof cookies, SESSION_COOKIE "=%s", value);
		assert_int_equal(session_find(key, cookies, 1), 0);
		value[i] = '\0';
		snprintf(cookies, sizeof cookies, SESSION_COOKIE "=%s", value);
		assert_int_equal(session_find(key, cookies, 1), 0);
		value[i] = was;
	}
}

/* The command line that ARGS, of LEN bytes, make; or "!". */
static const char *
line_of(enum program p, const char *args, size_t len, bool files,
    struct buf *out)
{
	struct program_argv line;
	const char *wrong = program_line(p, args, len, files, &line);
	size_t i;

	buf_clear(out);
	for (i = 0; wrong == NULL && line.argv[i] != NULL; i++)
		buf_printf(out, "%s%s", i > 0 ? "|" : "", line.argv[i]);
	buf_free(&line.text);
	return wrong != NULL ? "!" : buf_string(out);
}

#define LINE(p, args) line_of(p, args, sizeof(args) - 1, false, &room)

static void
programs_get_arguments_of_the_list_and_no_others(void **state)
{
	struct buf room = { 0 };

	(void)state;
	assert_string_equal(LINE(PROGRAM_ASK, ""), "pg-store|ask");
	assert_string_equal(LINE(PROGRAM_RUN, "\0007\0run\00042\0full\0\0"),
	    "process-feed|--run=42|--full|--|7");
	assert_string_equal(LINE(PROGRAM_APPROVE, "by\0--help $(id)\0\0-\0"),
	    "pg-store|review|approve|--by=--help $(id)|--|-");
	assert_string_equal(LINE(PROGRAM_HEARTBEAT, "\0001\0\0002\0\0003\0"),
	    "pg-store|heartbeat|--|1|2|3");
	assert_string_equal(
	    LINE(PROGRAM_FEED_ADD, "\0a b\0\0https://x.example/\0"),
	    "pg-store|feed|add|--|a b|https://x.example/");
	/* Options of others, operands of other forms, too few or too many. */
	assert_string_equal(LINE(PROGRAM_RUN, "runs\0/tmp\0\0007\0"), "!");
	assert_string_equal(LINE(PROGRAM_RUN, "\0--help\0"), "!");
	assert_string_equal(LINE(PROGRAM_RUN, "\0007;id\0"), "!");
	assert_string_equal(LINE(PROGRAM_RUN, ""), "!");
	assert_string_equal(LINE(PROGRAM_RUN, "\0007\0\0008\0"), "!");
	assert_string_equal(LINE(PROGRAM_RUN, "full\0yes\0\0007\0"), "!");
	assert_string_equal(LINE(PROGRAM_ASK, "\0x\0"), "!");
	assert_string_equal(LINE(PROGRAM_FEED_ADD, "\0a\0\0file:///x\0"), "!");
	assert_string_equal(LINE(PROGRAM_FEED_ADD, "\0a\0\0-x\0"), "!");
	assert_string_equal(LINE(PROGRAM_FEED_ADD, "\0\xff\0\0http://x\0"),
	    "!");
	assert_string_equal(
	    line_of(PROGRAM_FEED_ADD, "\0a\0\0file:///x\0", 14, true, &room),
	    "pg-store|feed|add|--|a|file:///x");
	/* Cut off anywhere. */
	assert_string_equal(LINE(PROGRAM_RUN, "\0007"), "!");
	assert_string_equal(LINE(PROGRAM_RUN, "run"), "!");
	assert_string_equal(LINE(PROGRAM_RUN, "run\0"), "!");
	buf_free(&room);
}

static bool
has(char **environment, const char *name)
{
	for (; *environment != NULL; environment++)
		if (strncmp(*environment, name, strlen(name)) == 0)
			return true;
	return false;
}

static void
programs_see_settings_and_no_secret_of_the_server(void **state)
{
	char **e;
	size_t i;

	(void)state;
	setenv("JOBMILL_API_TOKEN", "secret", 1);
	setenv("JOBMILL_API_TOKEN_FILE", "secret", 1);
	setenv("JOBMILL_READ_TOKEN", "secret", 1);
	setenv("JOBMILL_RUN_DIR", "x", 1);
	setenv("JOBMILL_PROVIDER", "local", 1);
	setenv("DATABASE_URL", "x", 1);
	setenv("LD_PRELOAD_X", "x", 1);
	setenv("BASH_ENV", "x", 1);
	setenv("NOTIFY_SOCKET", "x", 1);
	e = environment_for("/bin",
	    (const char *const[]){ "A=1", "JOBMILL_PROVIDER=none", NULL });
	assert_true(strncmp(e[0], "PATH=/bin:", 10) == 0);
	assert_true(has(e, "A=1"));
	assert_true(has(e, "DATABASE_URL=x"));
	assert_true(has(e, "JOBMILL_PROVIDER=none"));
	assert_false(has(e, "JOBMILL_PROVIDER=local"));
	assert_false(has(e, "JOBMILL_API_TOKEN"));
	assert_false(has(e, "JOBMILL_READ_TOKEN"));
	assert_false(has(e, "JOBMILL_RUN_DIR"));
	assert_false(has(e, "LD_"));
	assert_false(has(e, "BASH_ENV"));
	assert_false(has(e, "NOTIFY_SOCKET"));
	for (i = 0; e[i] != NULL; i++)
		free(e[i]);
	free(e);
}

static const char *
route(const char *path, enum method method, int64_t *number)
{
	struct request r = { .method = method };
	unsigned int allowed;
	const char *wrong, *pattern;
	const struct route *found;

	r.target.path = path;
	r.target.path_len = strlen(path);
	found = route_find(&r, &allowed, &wrong);
	pattern = found == NULL   ? allowed == 0 ? "none" : "method"
	          : wrong != NULL ? "id"
	                          : found->pattern;
	*number = r.number;
	return pattern;
}

static void
a_path_leads_to_one_route(void **state)
{
	int64_t n;

	(void)state;
	assert_string_equal(route("/feeds", METHOD_GET, &n), "/feeds");
	assert_string_equal(route("/feeds/7", METHOD_PATCH, &n),
	    "/feeds/{feed_id}");
	assert_int_equal(n, 7);
	assert_string_equal(route("/feeds/7/map", METHOD_PUT, &n),
	    "/feeds/{feed_id}/map");
	assert_string_equal(
	    route("/runs/9007199254740991/events", METHOD_GET, &n),
	    "/runs/{run_id}/events");
	assert_true(n == INT64_C(9007199254740991));
	assert_string_equal(route("/runs/9007199254740992", METHOD_GET, &n),
	    "id");
	assert_string_equal(route("/jobs/bulk", METHOD_POST, &n), "/jobs/bulk");
	assert_string_equal(route("/jobs/bulk", METHOD_GET, &n), "method");
	assert_string_equal(route("/jobs/x", METHOD_GET, &n), "id");
	assert_string_equal(route("/feeds/7", METHOD_POST, &n), "method");
	assert_string_equal(route("/feeds/", METHOD_GET, &n), "none");
	assert_string_equal(route("/feeds//map", METHOD_GET, &n), "none");
	assert_string_equal(route("/feedsx", METHOD_GET, &n), "none");
	assert_string_equal(route("", METHOD_GET, &n), "none");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_target_is_a_path_and_values_decoded_once),
		cmocka_unit_test(what_is_no_target_is_refused),
		cmocka_unit_test(a_head_says_each_thing_once_and_in_one_way),
		cmocka_unit_test(a_head_has_so_many_fields_and_bytes),
		cmocka_unit_test(a_foreign_page_is_told_by_what_browsers_say),
		cmocka_unit_test(
		    a_session_is_good_as_it_was_made_until_its_end),
		cmocka_unit_test(
		    programs_get_arguments_of_the_list_and_no_others),
		cmocka_unit_test(
		    programs_see_settings_and_no_secret_of_the_server),
		cmocka_unit_test(a_path_leads_to_one_route),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
