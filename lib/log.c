/* log.c - words for people, on standard error, one line each */
#include "log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "utf8.h"

#define LINE_MAX_BYTES 4096
#define VALUE_MAX 300

static const char *const level_names[] = { "ERROR", "WARNING", "INFO",
	"DEBUG" };

/* The logger is the one place outside main.c with a state of its own. */
static const char *program_name = "jobmill";
static int threshold = LOG_WARNING;
static bool as_json;

struct line {
	char text[LINE_MAX_BYTES];
	size_t len;
};

void
log_init(const char *program)
{
	const char *level = getenv("JOBMILL_LOG");
	const char *format = getenv("JOBMILL_LOG_FORMAT");
	size_t i;

	program_name = program;
	threshold = LOG_WARNING;
	as_json = format != NULL && strcmp(format, "json") == 0;
	if (level == NULL || *level == '\0')
		return;
	for (i = 0; i < sizeof level_names / sizeof *level_names; i++)
		if (strcasecmp(level, level_names[i]) == 0) {
			threshold = (int)i;
			return;
		}
	log_warning("JOBMILL_LOG is not error, warning, info or debug",
	    LOG_TEXT("value", level));
}

const char *
log_program(void)
{
	return program_name;
}

void
log_louder(void)
{
	if (threshold < LOG_DEBUG)
		threshold++;
}

void
log_quieter(void)
{
	if (threshold > LOG_ERROR)
		threshold--;
}

bool
log_on(enum log_level level)
{
	return (int)level <= threshold;
}

/* Bytes that do not fit are left out: a line has an end. */
static void
put(struct line *l, const char *bytes, size_t len)
{
	size_t room = sizeof l->text - 1 - l->len;

	if (len > room)
		len = room;
	memcpy(l->text + l->len, bytes, len);
	l->len += len;
}

static void
put_string(struct line *l, const char *string)
{
	put(l, string, strlen(string));
}

/* One character of outside text, safe on a terminal and inside quotes. */
static size_t
put_safe(struct line *l, const char *bytes, size_t len)
{
	char escape[8];
	uint32_t code;
	size_t n = utf8_decode(bytes, len, &code);

	if (n == 0) {
		/* JSON has no escape for a byte that is no character. */
		snprintf(escape, sizeof escape, as_json ? "?" : "\\x%02x",
		    (unsigned int)(unsigned char)bytes[0]);
		put_string(l, escape);
		return 1;
	}
	if (code == '"' || code == '\\') {
		put(l, "\\", 1);
		put(l, bytes, 1);
	} else if (code < 0x20 || (code >= 0x7F && code < 0xA0) ||
	           (code >= 0x200B && code <= 0x200F) ||
	           (code >= 0x2028 && code <= 0x202E) ||
	           (code >= 0x2066 && code <= 0x2069)) {
		snprintf(escape, sizeof escape, "\\u%04x", (unsigned int)code);
		put_string(l, escape);
	} else {
		put(l, bytes, n);
	}
	return n;
}

static void
put_quoted(struct line *l, const char *bytes, size_t len)
{
	size_t at = 0, end = len < VALUE_MAX ? len : VALUE_MAX;

	put(l, "\"", 1);
	while (at < end)
		at += put_safe(l, bytes + at, len - at);
	put_string(l, at < len ? "...\"" : "\"");
}

/* Whether a value needs no quotes for people. */
static bool
is_bare(const char *bytes, size_t len)
{
	size_t i;

	if (len == 0 || len > VALUE_MAX)
		return false;
	for (i = 0; i < len; i++)
		if (bytes[i] <= ' ' || bytes[i] > '~' || bytes[i] == '"' ||
		    bytes[i] == '=' || bytes[i] == '\\')
			return false;
	return true;
}

static void
put_value(struct line *l, const struct log_field *f)
{
	char number[40];
	const char *text = f->text != NULL ? f->text : "";
	size_t len = f->text == NULL      ? 0
	             : f->len == SIZE_MAX ? strlen(f->text)
	                                  : f->len;

	switch (f->kind) {
	case LOG_KIND_UINT:
		snprintf(number, sizeof number, "%" PRIu64, f->uint);
		break;
	case LOG_KIND_SINT:
		snprintf(number, sizeof number, "%" PRId64, f->sint);
		break;
	case LOG_KIND_REAL:
		snprintf(number, sizeof number, "%.6g", f->real);
		break;
	default:
		if (!as_json && is_bare(text, len))
			put(l, text, len);
		else
			put_quoted(l, text, len);
		return;
	}
	put_string(l, number);
}

static void
write_line(enum log_level level, const char *message, va_list ap)
{
	struct line l = { .len = 0 };
	const struct log_field *f;

	if (as_json) {
		put_string(&l, "{\"level\":");
		put_quoted(&l, level_names[level], strlen(level_names[level]));
		put_string(&l, ",\"program\":");
		put_quoted(&l, program_name, strlen(program_name));
		put_string(&l, ",\"message\":");
		put_quoted(&l, message, strlen(message));
	} else {
		put_string(&l, level_names[level]);
		put_string(&l, " ");
		put_string(&l, program_name);
		put_string(&l, ": ");
		put_string(&l, message);
	}
	while ((f = va_arg(ap, const struct log_field *)) != NULL) {
		/* A field that might not fit whole is left out whole. */
		if (sizeof l.text - l.len < 2 * VALUE_MAX * 3 + 100)
			continue;
		put_string(&l, as_json ? ",\"" : " ");
		put_string(&l, f->key);
		put_string(&l, as_json ? "\":" : "=");
		put_value(&l, f);
	}
	if (as_json)
		put_string(&l, "}");
	l.text[l.len++] = '\n';
	while (write(STDERR_FILENO, l.text, l.len) < 0 && errno == EINTR)
		continue;
}

void
log_write(enum log_level level, const char *message, ...)
{
	int saved = errno;
	va_list ap;

	if (!log_on(level))
		return;
	va_start(ap, message);
	write_line(level, message, ap);
	va_end(ap);
	errno = saved;
}

_Noreturn void
log_exit(int status, const char *message, ...)
{
	va_list ap;

	va_start(ap, message);
	write_line(LOG_ERROR, message, ap);
	va_end(ap);
	exit(status);
}
