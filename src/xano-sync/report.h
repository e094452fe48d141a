/*
 * report.h - what became of each row, on standard output
 *
 *     {"op":"add","key":"k","id":7,"status":"done"}
 *     {"op":"add","key":"k","id":null,"status":"failed","http":400,
 *      "code":"ERROR_CODE_INPUT_ERROR","param":"title","message":"..."}
 *     {"op":"add","key":"k","id":8,"status":"kept"}
 *
 * One line each, as it happens; pg-store ack takes them in.
 */
#ifndef REPORT_H
#define REPORT_H

#include "api.h"
#include "out.h"

enum op { OP_ADD, OP_CHANGE, OP_DELETE };

struct report {
	struct out *out;
	struct buf line;
	uint64_t added, changed, deleted, failed, drifted, kept;
	uint64_t vanished; /* rows to be changed that were gone */
};

extern const char *const op_names[];

/* KEY and ID are JSON; MORE are further members or "". */
void report_done(struct report *r, enum op op, const char *key, const char *id,
    const char *more);

/* WHY is the reply that refused the row, or one made up for it. */
void report_failed(struct report *r, enum op op, const char *key,
    const char *id, const struct reply *why);

/*
 * The row that a refused one was to replace was put back as it was, or, which
 * is only logged, WHY refuses that too.
 */
void report_kept(struct report *r, const char *key, const char *id);
void report_lost(const char *key, const struct reply *why);

/* After all: "missing", "differs", "extra", "double". */
void report_drift(struct report *r, const char *what, const char *key,
    const char *id, const char *columns);

#endif
