/* guard.c - reasons not to touch the table, looked at before the first write */
#include "guard.h"

#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "status.h"

bool
guard_parse(struct guard *g, const char *text)
{
	char *end;
	size_t digits = strspn(text, "0123456789");

	if (digits == 0 || digits > 12)
		return false;
	g->max_delete = strtoull(text, &end, 10);
	g->percent = strcmp(end, "%") == 0;
	return *end == '\0' || (g->percent && g->max_delete <= 100);
}

static int
refuse_policies(const struct plan *plan)
{
	if (plan->foreign > 0 && plan->options->foreign == POLICY_REFUSE) {
		log_error("rows in the table have no key, nothing is done",
		    LOG_UINT("rows", plan->foreign),
		    LOG_TEXT("see", "--foreign"));
		return EX_GUARD;
	}
	if (plan->doubles > 0 && plan->options->doubles == POLICY_REFUSE) {
		log_error("keys come twice in the table, nothing is done",
		    LOG_UINT("rows", plan->doubles),
		    LOG_TEXT("see", "--doubles"));
		return EX_GUARD;
	}
	return EX_OK;
}

int
guard_check(const struct guard *g, const struct plan *plan, bool known,
    uint64_t last)
{
	size_t deletions = plan_deletions(plan);
	uint64_t most = g->max_delete;

	uint64_t rows = plan->ours;
	/* A plan that is applied names what it changes, not what stays. */
	bool empties = plan->wanted->count == 0 && deletions > 0 &&
	               (plan->options->only == NULL || deletions >= rows);

	/* Rows that are nobody's to delete do not widen the share. */
	if (plan->options->foreign == POLICY_DELETE)
		rows += plan->foreign;
	if (g->percent)
		most = rows * g->max_delete / 100;
	if (empties && !g->allow_empty) {
		log_error("no row is wanted at all: that would empty the "
		          "table, nothing is done",
		    LOG_UINT("deletions", deletions),
		    LOG_TEXT("override", "--allow-empty"));
		return EX_GUARD;
	}
	if (deletions > most) {
		log_error("too many rows would be deleted, nothing is done",
		    LOG_UINT("deletions", deletions), LOG_UINT("most", most),
		    LOG_UINT("rows", rows),
		    LOG_TEXT("override", "--max-delete"));
		return EX_GUARD;
	}
	if (known && last > 0 && plan->ours == 0 && plan->missing > 0 &&
	    !g->refill) {
		log_error("the table is empty, but the last sync left rows in "
		          "it: is it the right table? nothing is done",
		    LOG_UINT("rows", last), LOG_TEXT("override", "--refill"));
		return EX_GUARD;
	}
	return refuse_policies(plan);
}
