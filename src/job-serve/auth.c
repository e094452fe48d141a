/* auth.c - who asks, and what they may do */
#include "auth.h"

#include <stdio.h>

#include "answer.h"
#include "route.h"

bool
auth_check(struct request *r)
{
	r->role = ROLE_WRITE;
	snprintf(r->who, sizeof r->who, "local");
	if (r->method != METHOD_GET && gate_is_foreign(&r->head)) {
		answer_problem(r,
		    &(struct answer_problem){ .status = 403,
		        .name = "foreign-page",
		        .detail = "the request comes from a page of another "
		                  "site" });
		return false;
	}
	return true;
}
