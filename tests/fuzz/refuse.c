/* refuse.c - log.h for fuzz targets of what ends the program, see refuse.h */
#include "refuse.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stdlib.h>

#include "log.h"
#include "lost.h"
#include "scratch.h"
#include "status.h"

static jmp_buf refused;
static int refused_with;
static bool is_taken;

void
log_init(const char *program)
{
	(void)program;
}

const char *
log_program(void)
{
	return "fuzz";
}

bool
log_on(enum log_level level)
{
	(void)level;
	return false;
}

void
log_write(enum log_level level, const char *message, ...)
{
	(void)level;
	(void)message;
}

void
log_exit(int status, const char *message, ...)
{
	(void)message;
	refused_with = status;
	longjmp(refused, 1);
}

void
refuse_or(const uint8_t *data, size_t size,
    void (*try)(const char *path, void *user), void *user)
{
	const char *path = scratch_file(data, size);

	is_taken = false;
	lost_begin();
	if (setjmp(refused) == 0) {
		try(path, user);
		lost_none();
	} else {
		if (is_taken ||
		    (refused_with != EX_CONFIG && refused_with != EX_NOINPUT))
			abort();
		lost_free();
	}
	scratch_remove();
}

void
refuse_none(void)
{
	is_taken = true;
}
