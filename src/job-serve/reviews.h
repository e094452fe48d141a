/*
 * reviews.h - routes for what people decide about jobs: pg-store review
 */
#ifndef REVIEWS_H
#define REVIEWS_H

#include "request.h"

void reviews_approve(struct request *r);
void reviews_reject(struct request *r);
void reviews_withdraw(struct request *r);
void reviews_edit(struct request *r);
void reviews_bulk(struct request *r);

#endif
