/* test_url.c - URLs of feeds, and which proxy they go through */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/feed-fetch/proxy.h"
#include "../../src/feed-fetch/url.h"
#include "status.h"

static struct url *
parsed(const char *text)
{
	struct fault why = { .status = EX_OK };
	struct url *u = url_parse(text, &why);

	if (u == NULL)
		fail_msg("%s: %s: %s", text, why.what, why.detail);
	return u;
}

static void
a_url_has_a_scheme_and_a_path_has_none(void **state)
{
	(void)state;
	assert_true(url_is("http://a/"));
	assert_true(url_is("HTTPS://a/"));
	assert_true(url_is("gopher://a/"));
	assert_false(url_is("feed.xml"));
	assert_false(url_is("./http://a/"));
	assert_false(url_is("://a"));
	assert_false(url_is("-"));
	assert_false(url_is("a:b//c"));
}

static void
no_secret_is_shown(void **state)
{
	static const char *const shown[][2] = {
		{ "http://u:p@a.example/x", "http://a.example/x" },
		{ "https://a:8443/x?key=s3cret&b=&c",
		    "https://a:8443/x?key=***&b=&***" },
		{ "http://a/x?s3cret", "http://a/x?***" },
		{ "http://a/x?a=b=c;d=e#s3cret", "http://a/x?a=***;d=***" },
		{ "http://a/x?", "http://a/x?" },
		{ "file:///tmp/x", "file:///tmp/x" },
	};
	struct url *u;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof shown / sizeof *shown; i++) {
		u = parsed(shown[i][0]);
		assert_string_equal(url_shown(u), shown[i][1]);
		url_free(u);
	}
}

static void
name_and_password_are_kept_apart(void **state)
{
	struct url *u = parsed("http://me%40x:p%3Aq@a/x?y=1");

	(void)state;
	assert_string_equal(url_user(u), "me@x:p:q");
	assert_string_equal(url_text(u), "http://a/x?y=1");
	url_free(u);
	u = parsed("http://a/");
	assert_null(url_user(u));
	url_free(u);
}

static void
a_file_is_a_path_with_escapes_decoded(void **state)
{
	struct url *u = parsed("file:///tmp/a%20b.xml");

	(void)state;
	assert_string_equal(url_path(u), "/tmp/a b.xml");
	url_free(u);
	u = parsed("http://a/tmp");
	assert_null(url_path(u));
	url_free(u);
}

static void
other_protocols_and_nonsense_are_refused(void **state)
{
	static const char *const texts[] = { "ftp://a/x", "gopher://a/",
		"dict://a/", "http://", "http://a:99999/", "http://a b/",
		"file://other.example/x", "file:///a%00b" };
	struct fault why;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof texts / sizeof *texts; i++) {
		why = (struct fault){ .status = EX_OK };
		if (url_parse(texts[i], &why) != NULL)
			fail_msg("%s is taken", texts[i]);
		assert_int_equal(why.status, EX_USAGE);
	}
}

static void
redirects_are_relative_to_where_they_come_from(void **state)
{
	static const char *const hops[][2] = { { "/z", "http://a/z" },
		{ "z", "http://a/x/z" }, { "?q", "http://a/x/y?q" },
		{ "//b/z", "http://b/z" }, { "https://c:1/", "https://c:1/" },
		{ "z z", "http://a/x/z%20z" } };
	struct url *from = parsed("http://u:p@a/x/y"), *to;
	struct fault why = { .status = EX_OK };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof hops / sizeof *hops; i++) {
		to = url_follow(from, hops[i][0], &why);
		assert_non_null(to);
		assert_string_equal(url_text(to), hops[i][1]);
		assert_null(url_user(to));
		url_free(to);
	}
	url_free(from);
}

static void
redirects_to_other_protocols_are_refused(void **state)
{
	static const char *const hops[] = { "file:///etc/passwd", "ftp://a/",
		"javascript:alert(1)", "gopher://a/", "http://" };
	struct url *from = parsed("http://a/");
	struct fault why;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof hops / sizeof *hops; i++) {
		why = (struct fault){ .status = EX_OK };
		if (url_follow(from, hops[i], &why) != NULL)
			fail_msg("%s is followed", hops[i]);
		assert_int_equal(why.status, EX_PROTOCOL);
	}
	url_free(from);
}

static bool
same_site(const char *a, const char *b)
{
	struct url *one = parsed(a), *other = parsed(b);
	bool same = url_same_site(one, other);

	url_free(one);
	url_free(other);
	return same;
}

static void
secrets_go_to_the_same_site_only(void **state)
{
	(void)state;
	assert_true(same_site("http://a/x", "http://A:80/y"));
	assert_true(same_site("http://a/", "https://a/"));
	assert_false(same_site("https://a/", "http://a/"));
	assert_false(same_site("http://a/", "http://b/"));
	assert_false(same_site("http://a/", "http://x.a/"));
	assert_false(same_site("http://a:81/", "http://a/"));
	assert_false(same_site("http://a:81/", "https://a:81/"));
}

static const char *
proxy(const char *text)
{
	struct url *u = parsed(text);
	const char *found = proxy_for(u);

	url_free(u);
	return found;
}

static int
without_proxies(void **state)
{
	static const char *const names[] = { "http_proxy", "HTTP_PROXY",
		"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
		"no_proxy", "NO_PROXY" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof names / sizeof *names; i++)
		unsetenv(names[i]);
	return 0;
}

static void
a_proxy_is_that_of_the_scheme_or_of_all(void **state)
{
	(void)state;
	assert_string_equal(proxy("http://a/"), "");
	setenv("HTTP_PROXY", "http://evil", 1);
	assert_string_equal(proxy("http://a/"), "");
	setenv("ALL_PROXY", "http://all", 1);
	assert_string_equal(proxy("http://a/"), "http://all");
	assert_string_equal(proxy("https://a/"), "http://all");
	setenv("http_proxy", "http://web", 1);
	setenv("HTTPS_PROXY", "http://tls", 1);
	assert_string_equal(proxy("http://a/"), "http://web");
	assert_string_equal(proxy("https://a/"), "http://tls");
	setenv("https_proxy", "http://lower", 1);
	assert_string_equal(proxy("https://a/"), "http://lower");
}

static void
hosts_that_no_proxy_names_are_reached_directly(void **state)
{
	(void)state;
	setenv("http_proxy", "http://web", 1);
	setenv("no_proxy", "b.example, .c.example,10.0.0.1", 1);
	assert_string_equal(proxy("http://a.example/"), "http://web");
	assert_string_equal(proxy("http://b.example/"), "");
	assert_string_equal(proxy("http://x.B.example/"), "");
	assert_string_equal(proxy("http://xb.example/"), "http://web");
	assert_string_equal(proxy("http://c.example/"), "");
	assert_string_equal(proxy("http://y.c.example/"), "");
	assert_string_equal(proxy("http://10.0.0.1/"), "");
	setenv("no_proxy", "*", 1);
	assert_string_equal(proxy("http://a.example/"), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_url_has_a_scheme_and_a_path_has_none),
		cmocka_unit_test(no_secret_is_shown),
		cmocka_unit_test(name_and_password_are_kept_apart),
		cmocka_unit_test(a_file_is_a_path_with_escapes_decoded),
		cmocka_unit_test(other_protocols_and_nonsense_are_refused),
		cmocka_unit_test(
		    redirects_are_relative_to_where_they_come_from),
		cmocka_unit_test(redirects_to_other_protocols_are_refused),
		cmocka_unit_test(secrets_go_to_the_same_site_only),
		cmocka_unit_test_setup(a_proxy_is_that_of_the_scheme_or_of_all,
		    without_proxies),
		cmocka_unit_test_setup(
		    hosts_that_no_proxy_names_are_reached_directly,
		    without_proxies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
