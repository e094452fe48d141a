/*
 * failing: allocation number FAILING_AT of a process gets no memory, and with
 * FAILING_ON set all later ones get none.  A byte on the descriptor FAILING_FD
 * says that it came to that.  Loaded by LD_PRELOAD.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

void *__libc_malloc(size_t len);
void *__libc_calloc(size_t count, size_t len);
void *__libc_realloc(void *old, size_t len);

static long
setting(const char *name)
{
	const char *text = getenv(name);

	return text != NULL ? strtol(text, NULL, 10) : 0;
}

static bool
fails(void)
{
	static atomic_long calls;
	static _Atomic int known;
	static long at, on;
	long call = atomic_fetch_add(&calls, 1) + 1;

	if (!known) {
		at = setting("FAILING_AT");
		on = setting("FAILING_ON");
		known = 1;
	}
	if (at == 0 || call < at || (call > at && !on))
		return false;
	if (call == at)
		(void)syscall(SYS_write, (int)setting("FAILING_FD"), "x", 1);
	errno = ENOMEM;
	return true;
}

void *
malloc(size_t len)
{
	return fails() ? NULL : __libc_malloc(len);
}

void *
calloc(size_t count, size_t len)
{
	return fails() ? NULL : __libc_calloc(count, len);
}

void *
realloc(void *old, size_t len)
{
	return fails() ? NULL : __libc_realloc(old, len);
}
