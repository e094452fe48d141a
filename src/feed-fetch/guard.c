/* guard.c - which addresses a feed may come from */
#include "guard.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct range4 {
	uint32_t net;
	unsigned int bits;
	const char *name;
};

static const struct range4 ranges4[] = {
	{ 0x00000000, 8, "this network" },
	{ 0x0A000000, 8, "private" },
	{ 0x64400000, 10, "carrier-grade NAT" },
	{ 0x7F000000, 8, "loopback" },
	{ 0xA9FE0000, 16, "link-local" },
	{ 0xAC100000, 12, "private" },
	{ 0xC0000000, 24, "reserved by IETF" },
	{ 0xC0000200, 24, "documentation" },
	{ 0xC0586300, 24, "6to4 relay" },
	{ 0xC0A80000, 16, "private" },
	{ 0xC6120000, 15, "benchmarking" },
	{ 0xC6336400, 24, "documentation" },
	{ 0xCB007100, 24, "documentation" },
	{ 0xE0000000, 4, "multicast" },
	{ 0xF0000000, 4, "reserved" },
};

struct range6 {
	unsigned char net[16];
	unsigned int bits;
	const char *name;
};

/* Of 2000::/3, the only part of IPv6 that is handed out for public use. */
static const struct range6 ranges6[] = {
	{ { 0x20, 0x01, 0x00 }, 23, "reserved by IETF" }, /* Teredo is in it */
	{ { 0x20, 0x01, 0x0D, 0xB8 }, 32, "documentation" },
	{ { 0x3F, 0xFF, 0x00 }, 20, "documentation" },
};

static const char *
refuses4(uint32_t host)
{
	size_t i;

	for (i = 0; i < sizeof ranges4 / sizeof *ranges4; i++)
		if ((host ^ ranges4[i].net) >> (32 - ranges4[i].bits) == 0)
			return ranges4[i].name;
	return NULL;
}

static uint32_t
four_bytes(const unsigned char *b)
{
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
	       (uint32_t)b[2] << 8 | b[3];
}

static bool
starts_with(const unsigned char *address, const unsigned char *net,
    unsigned int bits)
{
	unsigned int whole = bits / 8, rest = bits % 8;

	return memcmp(address, net, whole) == 0 &&
	       (rest == 0 || (address[whole] ^ net[whole]) >> (8 - rest) == 0);
}

/* What lies outside 2000::/3 and holds no IPv4 address. */
static const char *
name_special6(const unsigned char *a)
{
	static const unsigned char zero[16] = { 0 };

	if (memcmp(a, zero, 15) == 0 && a[15] <= 1)
		return a[15] == 1 ? "loopback" : "unspecified";
	if (a[0] == 0xFF)
		return "multicast";
	if ((a[0] & 0xFE) == 0xFC)
		return "private";
	if (a[0] == 0xFE && (a[1] & 0xC0) == 0x80)
		return "link-local";
	if (a[0] == 0xFE && (a[1] & 0xC0) == 0xC0)
		return "site-local";
	return "reserved";
}

static const char *
refuses6(const unsigned char *a)
{
	static const unsigned char mapped[16] = { [10] = 0xFF, 0xFF };
	static const unsigned char nat64[16] = { 0x00, 0x64, 0xFF, 0x9B };
	size_t i;

	if (starts_with(a, mapped, 96) || starts_with(a, nat64, 96))
		return refuses4(four_bytes(a + 12));
	if ((a[0] & 0xE0) != 0x20)
		return name_special6(a);
	if (a[0] == 0x20 && a[1] == 0x02) /* 6to4 */
		return refuses4(four_bytes(a + 2));
	for (i = 0; i < sizeof ranges6 / sizeof *ranges6; i++)
		if (starts_with(a, ranges6[i].net, ranges6[i].bits))
			return ranges6[i].name;
	return NULL;
}

const char *
guard_refuses(const struct sockaddr *address)
{
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;

	switch (address->sa_family) {
	case AF_INET:
		memcpy(&in4, address, sizeof in4);
		return refuses4(ntohl(in4.sin_addr.s_addr));
	case AF_INET6:
		memcpy(&in6, address, sizeof in6);
		return refuses6(in6.sin6_addr.s6_addr);
	default:
		return "not an internet address";
	}
}

const char *
guard_refuses_host(const char *host)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *list, *a;
	const char *name = NULL;

	if (getaddrinfo(host, NULL, &hints, &list) != 0)
		return NULL;
	for (a = list; a != NULL && name == NULL; a = a->ai_next)
		name = guard_refuses(a->ai_addr);
	freeaddrinfo(list);
	return name;
}
