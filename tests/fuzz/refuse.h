/*
 * refuse.h - files of people, for what loads them or ends the program
 *
 * In place of lib/log.c: log_exit() comes back to refuse_or(), and what was
 * allocated until then is freed, if lost.h knows of it.
 */
#ifndef REFUSE_H
#define REFUSE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Write the bytes to a file and call TRY with its path and USER.  Whoever ends
 * the program there has to blame the file: 66 or 78; else this aborts.
 */
void refuse_or(const uint8_t *data, size_t size,
    void (*try)(const char *path, void *user), void *user);

/* Of what was taken once: from here to the end of TRY no file is refused. */
void refuse_none(void);

#endif
