/*
 * rules.h - rules of a file, that come before the thresholds: job-rules(5)
 *
 * All tests of a rule must hold for it to apply; the first rule that applies
 * decides.  A file with anything in it that is not understood is refused as a
 * whole, before the first record.
 */
#ifndef RULES_H
#define RULES_H

#include <stdbool.h>

#include "rec.h"

struct rules;

/* What a rule decides; strings live as long as the rules. */
struct rule_verdict {
	const char *name;
	const char *route;
	const char *reason;
};

/* Load the rules of a file; exits 66 or 78 with one line that says where. */
struct rules *rules_load(const char *path);

/*
 * The first rule for this pass that applies to the record: true and *OUT.  When
 * a pattern gives up at its match limit, *GAVE_UP is that rule's name, and the
 * record should be refused; otherwise it is NULL.
 */
bool rules_apply(struct rules *rules, const struct rec *job, bool final,
    struct rule_verdict *out, const char **gave_up);

void rules_free(struct rules *rules);

#endif
