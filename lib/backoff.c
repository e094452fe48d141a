/* backoff.c - how long to wait before trying again */
#include "backoff.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

#define BASE_MS 1000
#define CAP_MS 60000
#define HONOUR_MS 600000

static uint64_t
seed(void)
{
	uint64_t value = 0;
	int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		if (read(fd, &value, sizeof value) != (ssize_t)sizeof value)
			value = 0;
		close(fd);
	}
	/* Without the device, processes still differ. */
	return value != 0 ? value
	                  : clock_ms() << 20 ^ (uint64_t)getpid() ^ UINT64_C(1);
}

/* SplitMix64: Steele, Lea, Flood, OOPSLA 2014. */
static uint64_t
next_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return z ^ z >> 31;
}

uint64_t
backoff_wait(struct backoff *b, unsigned int attempt, uint64_t asked_ms)
{
	uint64_t span = b->base_ms > 0 ? b->base_ms : BASE_MS;
	uint64_t cap = b->cap_ms > 0 ? b->cap_ms : CAP_MS;
	uint64_t honour = b->honour_ms > 0 ? b->honour_ms : HONOUR_MS;
	uint64_t wait;

	if (b->random == 0)
		b->random = seed();
	for (; attempt > 1 && span < cap; attempt--)
		span *= 2;
	if (span > cap)
		span = cap;
	wait = next_random(&b->random) % (span + 1);
	if (asked_ms > honour)
		asked_ms = honour;
	return wait > asked_ms ? wait : asked_ms;
}

/* Digits from **AT on, at least one; false at more than LIMIT. */
static bool
take_number(const char **at, unsigned long limit, unsigned long *out)
{
	char *end;

	if (**at < '0' || **at > '9')
		return false;
	errno = 0;
	*out = strtoul(*at, &end, 10);
	*at = end;
	return errno == 0 && *out <= limit;
}

static bool
take_char(const char **at, char c)
{
	if (**at != c)
		return false;
	++*at;
	return true;
}

static bool
take_month(const char **at, unsigned long *month)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	unsigned long i;

	for (i = 0; i < 12; i++)
		if (strncasecmp(*at, names + 3 * i, 3) == 0) {
			*at += 3;
			*month = i + 1;
			return true;
		}
	return false;
}

static bool
take_time(const char **at, unsigned long hms[3])
{
	return take_number(at, 23, &hms[0]) && take_char(at, ':') &&
	       take_number(at, 59, &hms[1]) && take_char(at, ':') &&
	       take_number(at, 60, &hms[2]);
}

/*
 * The three forms of RFC 9110, section 5.6.7, as they follow the day's name:
 * "06 Nov 1994 08:49:37 GMT", "06-Nov-94 08:49:37 GMT", "Nov  6 08:49:37 1994".
 */
static bool
take_date(const char *at, unsigned long ymd[3], unsigned long hms[3])
{
	if (take_month(&at, &ymd[1])) {
		at += strspn(at, " ");
		return take_number(&at, 31, &ymd[2]) && take_char(&at, ' ') &&
		       take_time(&at, hms) && take_char(&at, ' ') &&
		       take_number(&at, 9999, &ymd[0]) && *at == '\0';
	}
	if (!take_number(&at, 31, &ymd[2]) ||
	    !(take_char(&at, ' ') || take_char(&at, '-')) ||
	    !take_month(&at, &ymd[1]) ||
	    !(take_char(&at, ' ') || take_char(&at, '-')) ||
	    !take_number(&at, 9999, &ymd[0]))
		return false;
	if (ymd[0] < 100) /* "a year ... in the future is in the past" */
		ymd[0] += ymd[0] < 70 ? 2000 : 1900;
	return take_char(&at, ' ') && take_time(&at, hms) &&
	       strcasecmp(at, " GMT") == 0;
}

/* Seconds since 1970 of an HTTP date. */
static bool
http_date(const char *value, int64_t *seconds)
{
	unsigned long ymd[3], hms[3];
	const char *at = strchr(value, ' ');
	char text[64];
	int len;

	if (at == NULL || !take_date(at + 1, ymd, hms))
		return false;
	len =
	    snprintf(text, sizeof text, "%04lu-%02lu-%02luT%02lu:%02lu:%02luZ",
	        ymd[0], ymd[1], ymd[2], hms[0], hms[1], hms[2]);
	return clock_parse(text, (unsigned long)len, seconds) != 0;
}

uint64_t
backoff_retry_after(const char *value)
{
	const char *at = value + strspn(value, " \t");
	unsigned long seconds;
	int64_t when, now = (int64_t)time(NULL);

	if (*at >= '0' && *at <= '9') {
		/* More than a century is no answer. */
		if (!take_number(&at, 3153600000UL, &seconds) ||
		    at[strspn(at, " \t")] != '\0')
			return 0;
		return (uint64_t)seconds * 1000;
	}
	if (!http_date(at, &when) || when <= now)
		return 0;
	return (uint64_t)(when - now) * 1000;
}
