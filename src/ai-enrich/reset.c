/* reset.c - when a day's quota is there again */
#include "reset.h"

#include <stddef.h>
#include <time.h>

#include "clock.h"
#include "log.h"

#define HOUR 3600
#define DAY ((int64_t)24 * HOUR)

/* Days since 1970 of a date (Howard Hinnant, "chrono-compatible ..."). */
static int64_t
days_of(int64_t year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year, era = y / 400;
	int64_t of_era = y - era * 400;
	int64_t of_year =
	    (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	       of_year - 719468;
}

/* The N-th Sunday of a month, in days since 1970; day 0 was a Thursday. */
static int64_t
sunday(int64_t year, int month, int n)
{
	int64_t first = days_of(year, month, 1);

	return first + (10 - first % 7) % 7 + 7 * (n - 1);
}

/*
 * Hours that Pacific time is behind UTC: 7 from the second Sunday of March,
 * 10:00 UTC, to the first Sunday of November, 09:00 UTC (Energy Policy Act of
 * 2005); 8 else.
 */
static int64_t
behind(int64_t now)
{
	int64_t year = 1970 + now / 31556952;
	int64_t start = sunday(year, 3, 2) * DAY + 10 * HOUR;
	int64_t end = sunday(year, 11, 1) * DAY + 9 * HOUR;

	return now >= start && now < end ? 7 : 8;
}

int64_t
reset_after(int64_t now)
{
	int64_t local = now - behind(now) * HOUR;
	int64_t midnight = (local / DAY + 1) * DAY;

	/* The clocks change at two in the morning, after midnight. */
	return midnight + behind(midnight + 8 * HOUR - 1) * HOUR;
}

void
reset_say(void)
{
	char stamp[CLOCK_STAMP];

	clock_format(reset_after((int64_t)time(NULL)), stamp);
	log_warning("the quota is there again later", LOG_TEXT("at", stamp));
}
