/*
 * maps.h - how a feed is read: look into it, try a map, save it
 */
#ifndef MAPS_H
#define MAPS_H

#include "request.h"

/* POST /feeds/{feed_id}/inspect, /preview; GET and PUT /feeds/{feed_id}/map */
void maps_inspect(struct request *r);
void maps_preview(struct request *r);
void maps_show(struct request *r);
void maps_save(struct request *r);

#endif
