/* scratch.c - a file of a fuzz target, not synced: it is read at once */
#include "scratch.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char path[512];

const char *
scratch_file(const void *bytes, size_t len)
{
	const char *folder = getenv("TMPDIR");
	int fd;

	snprintf(path, sizeof path, "%s/jobmill-fuzz.%ld.json",
	    folder == NULL ? "/tmp" : folder, (long)getpid());
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len || close(fd) != 0) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	return path;
}

void
scratch_remove(void)
{
	remove(path);
}
