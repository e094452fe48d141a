/* fault.c - why a fetch goes wrong */
#include "fault.h"

#include <stdarg.h>
#include <stdio.h>

#include "status.h"

__attribute__((format(printf, 5, 0))) static bool
fill(struct fault *f, int status, bool again, const char *what, const char *fmt,
    va_list args)
{
	if (f->status != EX_OK)
		return false;
	f->status = status;
	f->again = again;
	f->what = what;
	/* Detail is for reading: what does not fit is cut. */
	if (vsnprintf(f->detail, sizeof f->detail, fmt, args) < 0)
		f->detail[0] = '\0';
	return false;
}

bool
fault_set(struct fault *f, int status, const char *what, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fill(f, status, false, what, fmt, args);
	va_end(args);
	return false;
}

bool
fault_again(struct fault *f, int status, const char *what, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fill(f, status, true, what, fmt, args);
	va_end(args);
	return false;
}
