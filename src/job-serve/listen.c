/* listen.c - the socket that clients connect to */
/* For SOCK_CLOEXEC. */
#define _GNU_SOURCE
#include "listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log.h"
#include "mem.h"
#include "status.h"

#define BACKLOG 512

#define DIGITS "0123456789"

/* Cut "address:port" in two; false if it is none. */
static bool
cut(char *where, char **address, char **port)
{
	char *colon = strrchr(where, ':');

	*address = NULL;
	*port = where;
	if (colon != NULL) {
		*colon = '\0';
		*port = colon + 1;
		*address = where;
		if (*where == '[' && colon > where && colon[-1] == ']') {
			colon[-1] = '\0';
			++*address;
		} else if (strchr(where, ':') != NULL) {
			return false;
		}
	}
	return **port != '\0' && strspn(*port, DIGITS) == strlen(*port) &&
	       strlen(*port) <= 5;
}

static int
open_socket(const struct addrinfo *a)
{
	int fd = socket(a->ai_family,
	        SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0),
	    on = 1, error;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (a->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
	if (bind(fd, a->ai_addr, a->ai_addrlen) == 0 &&
	    listen(fd, BACKLOG) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

int
listen_on(const char *where)
{
	const struct addrinfo hints = { .ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV };
	char *copy = mem_string(where), *address, *port;
	struct addrinfo *found = NULL;
	int fd, error;

	if (!cut(copy, &address, &port))
		die(EX_USAGE, "no address to listen on",
		    LOG_TEXT("value", where),
		    LOG_TEXT("wanted", "ADDRESS:PORT, [ADDRESS]:PORT or PORT"));
	error = getaddrinfo(address != NULL ? address : "127.0.0.1", port,
	    &hints, &found);
	if (error != 0)
		die(EX_USAGE, "no address to listen on",
		    LOG_TEXT("value", where),
		    LOG_TEXT("error", gai_strerror(error)));
	fd = open_socket(found);
	if (fd < 0)
		die(EX_UNAVAILABLE, "cannot listen",
		    LOG_TEXT("address",
		        address != NULL ? address : "127.0.0.1"),
		    LOG_TEXT("port", port), LOG_TEXT("error", strerror(errno)));
	freeaddrinfo(found);
	free(copy);
	return fd;
}

/* The address that a socket is bound to; its port, in host order. */
static unsigned int
name_of(int socket, struct sockaddr_storage *name)
{
	socklen_t len = sizeof *name;

	memset(name, 0, sizeof *name);
	if (getsockname(socket, (struct sockaddr *)name, &len) < 0)
		die(EX_OSERR, "cannot tell the address",
		    LOG_TEXT("error", strerror(errno)));
	return ntohs(name->ss_family == AF_INET6
	                 ? ((struct sockaddr_in6 *)name)->sin6_port
	                 : ((struct sockaddr_in *)name)->sin_port);
}

bool
listen_is_local(int socket)
{
	struct sockaddr_storage name;

	name_of(socket, &name);
	switch (name.ss_family) {
	case AF_INET:
		return (ntohl(((struct sockaddr_in *)&name)->sin_addr.s_addr) >>
		           24) == 127;
	case AF_INET6:
		return IN6_IS_ADDR_LOOPBACK(
		    &((struct sockaddr_in6 *)&name)->sin6_addr);
	default:
		return name.ss_family == AF_UNIX;
	}
}

void
listen_url(int socket, struct buf *url)
{
	struct sockaddr_storage name;
	unsigned int port = name_of(socket, &name);
	char text[INET6_ADDRSTRLEN] = "";

	if (name.ss_family == AF_INET6) {
		inet_ntop(AF_INET6, &((struct sockaddr_in6 *)&name)->sin6_addr,
		    text, sizeof text);
		buf_printf(url, "http://[%s]:%u/", text, port);
	} else {
		inet_ntop(AF_INET, &((struct sockaddr_in *)&name)->sin_addr,
		    text, sizeof text);
		buf_printf(url, "http://%s:%u/", text, port);
	}
}
