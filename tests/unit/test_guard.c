/* test_guard.c - which addresses a feed may come from */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include <cmocka.h>

#include "../../src/feed-fetch/guard.h"

static const char *
judge(const char *text)
{
	struct sockaddr_in6 a6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in a4 = { .sin_family = AF_INET };

	if (inet_pton(AF_INET, text, &a4.sin_addr) == 1)
		return guard_refuses((const struct sockaddr *)&a4);
	if (inet_pton(AF_INET6, text, &a6.sin6_addr) != 1)
		fail_msg("'%s' is no address", text);
	return guard_refuses((const struct sockaddr *)&a6);
}

static void
public_addresses_pass(void **state)
{
	static const char *const list[] = { "1.1.1.1", "8.8.8.8",
		"93.184.216.34", "9.255.255.255", "11.0.0.0", "100.63.255.255",
		"100.128.0.0", "126.255.255.255", "128.0.0.0",
		"169.253.255.255", "169.255.0.0", "172.15.255.255",
		"172.32.0.0", "192.0.1.0", "192.167.255.255", "192.169.0.0",
		"198.17.255.255", "198.20.0.0", "223.255.255.255",
		"2606:4700::1111", "2a00:1450:4001::200e", "2001:4860::8888",
		"2001:200::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
		"2002:808:808::1" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof list / sizeof *list; i++)
		if (judge(list[i]) != NULL)
			fail_msg("%s is %s", list[i], judge(list[i]));
}

static void
all_others_are_refused_by_name(void **state)
{
	static const char *const list[][2] = { { "0.0.0.0", "this network" },
		{ "0.255.255.255", "this network" }, { "10.0.0.1", "private" },
		{ "10.255.255.255", "private" },
		{ "100.64.0.0", "carrier-grade NAT" },
		{ "100.127.255.255", "carrier-grade NAT" },
		{ "127.0.0.1", "loopback" }, { "127.255.255.255", "loopback" },
		{ "169.254.169.254", "link-local" },
		{ "172.16.0.0", "private" }, { "172.31.255.255", "private" },
		{ "192.0.0.170", "reserved by IETF" },
		{ "192.0.2.1", "documentation" },
		{ "192.88.99.1", "6to4 relay" }, { "192.168.0.1", "private" },
		{ "198.18.0.0", "benchmarking" },
		{ "198.19.255.255", "benchmarking" },
		{ "198.51.100.1", "documentation" },
		{ "203.0.113.1", "documentation" },
		{ "224.0.0.1", "multicast" },
		{ "239.255.255.255", "multicast" }, { "240.0.0.1", "reserved" },
		{ "255.255.255.255", "reserved" }, { "::", "unspecified" },
		{ "::1", "loopback" }, { "::2", "reserved" },
		{ "::127.0.0.1", "reserved" },
		{ "::ffff:127.0.0.1", "loopback" },
		{ "::ffff:10.1.2.3", "private" },
		{ "64:ff9b::169.254.169.254", "link-local" },
		{ "64:ff9b:1::1", "reserved" }, { "100::1", "reserved" },
		{ "2001::1", "reserved by IETF" },
		{ "2001:db8::1", "documentation" },
		{ "2002:7f00:1::", "loopback" }, { "3fff::1", "documentation" },
		{ "3fff:fff::1", "documentation" }, { "5f00::1", "reserved" },
		{ "fc00::1", "private" }, { "fdff::1", "private" },
		{ "fe80::1", "link-local" }, { "febf::1", "link-local" },
		{ "fec0::1", "site-local" }, { "ff02::1", "multicast" } };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof list / sizeof *list; i++) {
		if (judge(list[i][0]) == NULL)
			fail_msg("%s passes", list[i][0]);
		assert_string_equal(judge(list[i][0]), list[i][1]);
	}
}

static void
other_families_are_refused(void **state)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	(void)state;
	assert_non_null(guard_refuses((const struct sockaddr *)&a));
}

static void
a_host_is_judged_in_any_form_of_a_number(void **state)
{
	(void)state;
	assert_string_equal(guard_refuses_host("127.1"), "loopback");
	assert_string_equal(guard_refuses_host("0x7f000001"), "loopback");
	assert_string_equal(guard_refuses_host("2130706433"), "loopback");
	assert_string_equal(guard_refuses_host("017700000001"), "loopback");
	assert_string_equal(guard_refuses_host("::1"), "loopback");
	assert_null(guard_refuses_host("1.1.1.1"));
	assert_string_equal(guard_refuses_host("localhost"), "loopback");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(public_addresses_pass),
		cmocka_unit_test(all_others_are_refused_by_name),
		cmocka_unit_test(other_families_are_refused),
		cmocka_unit_test(a_host_is_judged_in_any_form_of_a_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
