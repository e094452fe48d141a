/*
 * unmerge.h - the ids and places of all that is in a record, for looking
 */
#ifndef UNMERGE_H
#define UNMERGE_H

#include "stage.h"

/*
 * For each record a line of its feed_id, source_id, url, cpc and own locations,
 * and one more for each entry of merged, with merged_into.
 */
void unmerge_run(struct stage *s);

#endif
