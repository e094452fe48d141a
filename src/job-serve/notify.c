/* notify.c - tell the service manager how we are: sd_notify(3) by hand */
/* For SOCK_CLOEXEC. */
#define _GNU_SOURCE
#include "notify.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "log.h"
#include "status.h"

#define FIRST_FD 3

void
notify_service(const char *state)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	const char *path = getenv("NOTIFY_SOCKET");
	size_t len = path != NULL ? strlen(path) : 0;
	int fd;

	if (len == 0 || len >= sizeof to.sun_path)
		return;
	memcpy(to.sun_path, path, len);
	/* A name in the abstract space starts with NUL. */
	if (*path == '@')
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 ||
	    sendto(fd, state, strlen(state), MSG_NOSIGNAL,
	        (struct sockaddr *)&to,
	        (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) < 0)
		log_warning("cannot tell the service manager",
		    LOG_TEXT("error", strerror(errno)));
	if (fd >= 0)
		close(fd);
}

int
notify_listen_fd(void)
{
	const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
	char own[24];

	snprintf(own, sizeof own, "%ld", (long)getpid());
	if (pid == NULL || count == NULL || strcmp(pid, own) != 0)
		return -1;
	if (strcmp(count, "1") != 0)
		die(EX_CONFIG, "systemd gave more than one socket",
		    LOG_TEXT("sockets", count));
	fcntl(FIRST_FD, F_SETFD, FD_CLOEXEC);
	return FIRST_FD;
}
