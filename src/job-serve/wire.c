/* wire.c - what the two processes of the server tell each other */
/* For SOCK_CLOEXEC and MSG_CMSG_CLOEXEC. */
#define _GNU_SOURCE
#include "wire.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "log.h"
#include "status.h"

#define HEAD offsetof(struct wire, text)

/* Room for descriptors, aligned as the kernel wants it. */
union control {
	char bytes[CMSG_SPACE(WIRE_FDS * sizeof(int))];
	struct cmsghdr align; /* the first of them */
};

void
wire_pair(int fds[2])
{
	int room = 1 << 20;
	size_t i;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
		die(EX_OSERR, "cannot make a socket pair",
		    LOG_TEXT("error", strerror(errno)));
	/* The kernel gives what it may; more than a message it always is. */
	for (i = 0; i < 2; i++)
		setsockopt(fds[i], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
}

bool
wire_send(int socket, const struct wire *w, const int *fds, size_t count)
{
	struct iovec part = { (void *)w, HEAD + w->len };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1 };
	union control control = { .bytes = { 0 } };
	ssize_t n;

	if (count > 0) {
		struct cmsghdr *c = &control.align;

		m.msg_control = control.bytes;
		m.msg_controllen = CMSG_SPACE(count * sizeof *fds);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(count * sizeof *fds);
		memcpy(CMSG_DATA(c), fds, count * sizeof *fds);
	}
	do {
		n = sendmsg(socket, &m, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	return n == (ssize_t)(HEAD + w->len);
}

static void
take_descriptors(struct msghdr *m, int fds[WIRE_FDS])
{
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
		size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof *fds;

		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
		    count <= WIRE_FDS)
			memcpy(fds, CMSG_DATA(c), count * sizeof *fds);
	}
}

int
wire_receive(int socket, struct wire *w, int fds[WIRE_FDS])
{
	struct iovec part = { w, sizeof *w };
	union control control = { .bytes = { 0 } };
	struct msghdr m = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof control.bytes };
	ssize_t n;
	size_t i;

	for (i = 0; i < WIRE_FDS; i++)
		fds[i] = -1;
	n = recvmsg(socket, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0)
		return -1;
	take_descriptors(&m, fds);
	/* Never from our own other half; and never to be believed. */
	if ((size_t)n < HEAD || w->len != (size_t)n - HEAD)
		return -1;
	return 1;
}
