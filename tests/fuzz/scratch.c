/* scratch.c - a file of a fuzz target, see scratch.h */
#include "scratch.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[512], folder[512];

/* In the place of libc's: what is kept here is read at once, and no longer. */
int
fsync(int fd)
{
	(void)fd;
	return 0;
}

/* A path of this process, and which one. */
static void
name(char to[512], const char *which)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(to, 512, "%s/jobmill-fuzz.%ld%s", tmp == NULL ? "/tmp" : tmp,
	    (long)getpid(), which);
}

const char *
scratch_file(const void *bytes, size_t len)
{
	int fd;

	name(path, ".json");
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

static void
remove_folder(void)
{
	rmdir(folder);
}

const char *
scratch_folder(void)
{
	if (*folder != '\0')
		return folder;
	name(folder, "");
	if (mkdir(folder, 0700) != 0) {
		perror(folder);
		exit(EXIT_FAILURE);
	}
	atexit(remove_folder);
	return folder;
}
