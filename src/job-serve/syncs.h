/*
 * syncs.h - plans of the mirror: plan-sync makes them, people look at them
 *
 * A plan is a folder that plan-sync keeps; one is made or carried out at a
 * time.
 */
#ifndef SYNCS_H
#define SYNCS_H

#include "request.h"

struct syncs;

struct syncs *syncs_new(struct server *s);

/* GET and POST /sync, GET /sync/{sync_id} */
void syncs_list(struct request *r);
void syncs_start(struct request *r);
void syncs_show(struct request *r);

#endif
