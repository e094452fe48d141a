/* strays.c - processes of runs that have ended */
/* For getsid(). */
#define _GNU_SOURCE
#include "strays.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "clock.h"
#include "file.h"

/* After SIGTERM they have this long. */
#define PATIENCE_MS 5000

#define MOST_BYTES ((size_t)1 << 20)

/* Send a signal to all children of ours in a session; how many there are. */
static size_t
signal_session(const char *children, pid_t session, int number)
{
	const char *p = children;
	size_t found = 0;
	char *end;
	long pid;

	while ((pid = strtol(p, &end, 10)) > 0 && end != p) {
		p = end;
		if (getsid((pid_t)pid) != session)
			continue;
		found++;
		if (number == 0)
			continue;
		/* Its group too: a shell may have children of its own. */
		if (getpgid((pid_t)pid) > 1)
			kill(-getpgid((pid_t)pid), number);
		kill((pid_t)pid, number);
	}
	return found;
}

/* The children of this process, as the kernel lists them. */
static bool
read_children(struct buf *out)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/self/task/%ld/children",
	    (long)getpid());
	if (file_read(path, MOST_BYTES, out) != NULL)
		return false;
	buf_string(out);
	return true;
}

void
strays_of(struct strays *s, pid_t session)
{
	if (s->count == STRAYS)
		return;
	s->items[s->count].session = session;
	s->items[s->count++].kill_at_ms = 0;
}

void
strays_tick(struct strays *s)
{
	struct buf children = { 0 };
	uint64_t now = clock_ms();
	size_t i = 0;

	if (s->count == 0)
		return;
	if (!read_children(&children))
		s->count = 0;
	while (i < s->count) {
		int number = s->items[i].kill_at_ms == 0     ? SIGTERM
		             : now >= s->items[i].kill_at_ms ? SIGKILL
		                                             : 0;

		if (signal_session(children.data, s->items[i].session,
		        number) == 0) {
			s->items[i] = s->items[--s->count];
			continue;
		}
		if (number == SIGTERM)
			s->items[i].kill_at_ms = now + PATIENCE_MS;
		i++;
	}
	buf_free(&children);
}

bool
strays_any(const struct strays *s)
{
	return s->count > 0;
}
