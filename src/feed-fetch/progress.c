/* progress.c - a line on the terminal that shows how far a fetch is */
#include "progress.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"

#define REDRAW_MS 200
#define BAR 20

struct progress
progress_new(bool wanted)
{
	struct progress p = { .started_ms = clock_ms() };

	p.drawn_ms = p.started_ms; /* what is quick needs no line */
	p.on = wanted && isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO) &&
	       log_on(LOG_WARNING);
	return p;
}

/* It is for looking at: that it can't be written is no fault. */
static void
put(const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(STDERR_FILENO, text, len);

		if (n < 0 && errno != EINTR)
			return;
		if (n > 0) {
			text += n;
			len -= (size_t)n;
		}
	}
}

static void
put_bytes(char *out, size_t size, double bytes)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
	size_t i = 0;

	while (bytes >= 999.95 && i < sizeof units / sizeof *units - 1) {
		bytes /= 1000;
		i++;
	}
	snprintf(out, size, i == 0 ? "%.0f %s" : "%.1f %s", bytes, units[i]);
}

void
progress_line(char *out, unsigned long size, uint64_t done, uint64_t total,
    uint64_t ms)
{
	double rate = ms > 0 ? (double)done * 1000 / (double)ms : 0;
	char now[32], all[32], speed[32], bar[BAR + 1];
	uint64_t left = 0;
	int filled;

	put_bytes(now, sizeof now, (double)done);
	put_bytes(speed, sizeof speed, rate);
	if (total == 0 || done > total) {
		snprintf(out, size, "%s: %s  %s/s", log_program(), now, speed);
		return;
	}
	put_bytes(all, sizeof all, (double)total);
	filled = (int)((double)BAR * (double)done / (double)total);
	memset(bar, ' ', BAR);
	memset(bar, '#', (size_t)filled);
	bar[BAR] = '\0';
	if (rate >= 1)
		left = (uint64_t)((double)(total - done) / rate + 0.5);
	if (left > 359999) /* 99:59:59 */
		left = 359999;
	snprintf(out, size,
	    "%s: %s of %s [%s] %2.0f%%  %s/s  %" PRIu64 ":%02" PRIu64
	    ":%02" PRIu64 " left",
	    log_program(), now, all, bar, (double)done * 100 / (double)total,
	    speed, left / 3600, left / 60 % 60, left % 60);
}

void
progress_show(struct progress *p, uint64_t done, uint64_t total)
{
	char line[160], drawn[176];
	uint64_t now;
	int len;

	if (!p->on)
		return;
	now = clock_ms();
	if (now - p->drawn_ms < REDRAW_MS)
		return;
	p->drawn_ms = now;
	progress_line(line, sizeof line, done, total, now - p->started_ms);
	/* 79 columns: a line that wraps could not be taken away. */
	len = snprintf(drawn, sizeof drawn, "\r%.79s\033[K", line);
	put(drawn, (size_t)len);
	p->visible = true;
}

void
progress_hide(struct progress *p)
{
	static const char blank[] = "\r\033[K";

	if (p->visible)
		put(blank, sizeof blank - 1);
	p->visible = false;
}
