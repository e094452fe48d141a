/* quiet_log.c - log.h for tests that make a hundred thousand errors */
#include <stdlib.h>

#include "log.h"

void
log_init(const char *program)
{
	(void)program;
}

const char *
log_program(void)
{
	return "test";
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
	exit(status);
}
