/* memory_out.c - output that stays in memory, see memory_out.h */
#include "memory_out.h"

#include <stdlib.h>

#include "mem.h"

struct out *
out_stdout(bool line_buffered)
{
	(void)line_buffered;
	return mem_zero(1, sizeof(struct out));
}

struct out *
out_append(const char *path)
{
	(void)path;
	return out_stdout(false);
}

void
out_add(struct out *o, const void *bytes, size_t len)
{
	buf_add(&o->text, bytes, len);
}

void
out_line(struct out *o)
{
	buf_byte(&o->text, '\n');
}

void
out_flush(struct out *o)
{
	(void)o;
}

unsigned long long
out_bytes(const struct out *o)
{
	return o->text.len;
}

void
out_close(struct out *o)
{
	if (o == NULL)
		return;
	buf_free(&o->text);
	free(o);
}
