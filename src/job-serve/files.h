/*
 * files.h - the pages: share/www, read once
 *
 * A request names a place in a table that was made at the start; no path of a
 * request ever reaches the file system.
 */
#ifndef FILES_H
#define FILES_H

#include "request.h"

/* Read all of a folder.  Exits 66, 78. */
struct files *files_load(const char *folder);

/*
 * Answer with a file if there is one by that path; else false.  *ALLOWED gets
 * the methods that the path has.
 */
bool files_answer(struct request *r, unsigned int *allowed);

#endif
