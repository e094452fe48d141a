/*
 * log.h - words for people, on standard error, one line each
 *
 *     LEVEL program: message key=value key="two words"
 *
 * or one JSON object a line with JOBMILL_LOG_FORMAT=json.  The message is a
 * constant; what varies stands in fields, so that outside text is always
 * quoted, bounded and free of control characters.  A line is one write(2).
 * Safe from any thread after log_init().  Never a secret; no job text above
 * LOG_DEBUG.
 */
#ifndef LOG_H
#define LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

enum log_kind { LOG_KIND_TEXT, LOG_KIND_UINT, LOG_KIND_SINT, LOG_KIND_REAL };

/* One key=value of a line; made by the macros below. */
struct log_field {
	const char *key;
	enum log_kind kind;
	const char *text; /* at most 300 bytes of it are shown; NULL is "" */
	size_t len;       /* bytes of text; SIZE_MAX: it ends with a NUL */
	uint64_t uint;
	int64_t sint;
	double real;
};

#define LOG_FIELD(...) (&(const struct log_field){ __VA_ARGS__ })
#define LOG_TEXT(k, s)                                                         \
	LOG_FIELD(.key = (k), .kind = LOG_KIND_TEXT, .text = (s),              \
	    .len = SIZE_MAX)
#define LOG_BYTES(k, s, n)                                                     \
	LOG_FIELD(.key = (k), .kind = LOG_KIND_TEXT, .text = (s), .len = (n))
#define LOG_UINT(k, n) LOG_FIELD(.key = (k), .kind = LOG_KIND_UINT, .uint = (n))
#define LOG_SINT(k, n) LOG_FIELD(.key = (k), .kind = LOG_KIND_SINT, .sint = (n))
#define LOG_REAL(k, n) LOG_FIELD(.key = (k), .kind = LOG_KIND_REAL, .real = (n))

/*
 * Name the program (PROGRAM must last) and read JOBMILL_LOG (error, warning,
 * info, debug; warning by default) and JOBMILL_LOG_FORMAT (text, json).
 */
void log_init(const char *program);

/* The name given to log_init(). */
const char *log_program(void);

/* -v and -q: one level more, or less; ERROR is always shown. */
void log_louder(void);
void log_quieter(void);

/* Whether a line of this level would be written. */
bool log_on(enum log_level level);

/*
 * Write a line: a message without line end and any number of fields, ended by
 * NULL, which the macros add.  errno is kept.
 *
 *     log_warning("no link to apply", LOG_UINT("line", line));
 */
void log_write(enum log_level level, const char *message, ...)
    __attribute__((sentinel));

#define LOG_LINE(level, ...)                                                   \
	log_write(level, __VA_ARGS__, (const struct log_field *)NULL)
#define log_error(...) LOG_LINE(LOG_ERROR, __VA_ARGS__)
#define log_warning(...) LOG_LINE(LOG_WARNING, __VA_ARGS__)
#define log_info(...) LOG_LINE(LOG_INFO, __VA_ARGS__)
#define log_debug(...) LOG_LINE(LOG_DEBUG, __VA_ARGS__)

/* An error that ends the program: write the line, then exit(STATUS). */
_Noreturn void log_exit(int status, const char *message, ...)
    __attribute__((sentinel));

#define die(status, ...)                                                       \
	log_exit(status, __VA_ARGS__, (const struct log_field *)NULL)

#endif
