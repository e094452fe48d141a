/*
 * auth.h - who asks, and what they may do
 */
#ifndef AUTH_H
#define AUTH_H

#include "request.h"

/* Sets role and who of the request; false: it was answered (401, 403). */
bool auth_check(struct request *r);

#endif
