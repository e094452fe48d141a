/* feed: a web server that breaks HTTP on demand; see feed.h */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "feed.h"
#include "file.h"
#include "log.h"
#include "opt.h"
#include "status.h"

#define MAX_FILE ((size_t)1 << 30)
#define MAX_IDS 256

/* How often something was asked for. */
struct count {
	char *id;
	unsigned long seen;
};

static struct {
	const char *root, *port_file;
	uint64_t port;
	bool with_stdin;
	pthread_mutex_t mutex; /* of what follows */
	struct buf log;
	unsigned long requests;
	struct count counts[MAX_IDS];
	size_t count;
} server = { .root = ".", .mutex = PTHREAD_MUTEX_INITIALIZER };

static const struct opt table[] = {
	{ .name = "port",
	    .kind = OPT_COUNT,
	    .to = &server.port,
	    .arg = "N",
	    .help = "listen on this port (0: any free one)",
	    .max = 65535 },
	{ .name = "port-file",
	    .kind = OPT_TEXT,
	    .to = &server.port_file,
	    .arg = "FILE",
	    .help = "write the port to FILE as well" },
	{ .name = "with-stdin",
	    .kind = OPT_FLAG,
	    .to = &server.with_stdin,
	    .help = "end when standard input does" },
	{ .name = "root",
	    .kind = OPT_TEXT,
	    .to = &server.root,
	    .arg = "DIR",
	    .help = "serve the files in DIR (.)" },
	{ .name = NULL },
};

static const struct opt_tool tool = {
	.name = "feed",
	.synopsis = "[--port=N] [--root=DIR]",
	.summary = "Serve feeds on 127.0.0.1, with the faults a URL asks for.",
	.opts = table,
};

static void
add_to_log(struct request *r)
{
	struct buf *b = &server.log;
	size_t i;

	r->number = ++server.requests;
	buf_text(b, "{");
	buf_json_key(b, "n");
	buf_json_uint(b, r->number);
	buf_json_member(b, "method", r->method, strlen(r->method));
	buf_json_member(b, "target", r->target, strlen(r->target));
	buf_json_key(b, "headers");
	buf_byte(b, '{');
	for (i = 0; i < r->field_count; i++)
		buf_json_member(b, r->fields[i].name, r->fields[i].value,
		    strlen(r->fields[i].value));
	buf_text(b, "}}\n");
}

/* Whether the faults of a request are for it: the first TIMES of its id. */
static bool
is_faulty(const struct request *r)
{
	unsigned long times = request_number(r, "times", 0);
	const char *id = request_key(r, "id");
	size_t i;

	if (times == 0)
		return true;
	if (id == NULL)
		id = r->path;
	for (i = 0; i < server.count; i++)
		if (strcmp(server.counts[i].id, id) == 0)
			return ++server.counts[i].seen <= times;
	if (server.count < MAX_IDS) {
		server.counts[server.count].id = mem_string(id);
		server.counts[server.count++].seen = 1;
	}
	return true;
}

static void
answer_file_of(int fd, const struct request *r, bool faults)
{
	struct buf path = { 0 }, file = { 0 };
	bool found;

	buf_printf(&path, "%s%s", server.root, r->path);
	found = strstr(r->path, "..") == NULL &&
	        file_read(buf_string(&path), MAX_FILE, &file) == NULL;
	buf_string(&file); /* an empty one has bytes, too */
	answer(fd, r, found ? &file : NULL, faults);
	buf_free(&path);
	buf_free(&file);
}

static void
serve(int fd, struct request *r)
{
	struct buf copy = { 0 };
	bool faults = false, control = strncmp(r->path, "/_", 2) == 0;

	pthread_mutex_lock(&server.mutex);
	if (!control) {
		add_to_log(r);
		faults = is_faulty(r);
	} else if (strcmp(r->path, "/_log") == 0) {
		buf_add(&copy, server.log.data, server.log.len);
	} else {
		buf_clear(&server.log);
		while (server.count > 0)
			free(server.counts[--server.count].id);
	}
	pthread_mutex_unlock(&server.mutex);
	if (control)
		answer_plain(fd, 200, "application/x-ndjson", &copy);
	else
		answer_file_of(fd, r, faults);
	buf_free(&copy);
}

static void *
connection(void *own)
{
	int fd = *(int *)own;
	struct request r;

	free(own);
	if (request_read(fd, &r))
		serve(fd, &r);
	request_free(&r);
	close(fd);
	return NULL;
}

static int
listen_on(uint64_t port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
	char text[16];
	FILE *f;

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) < 0 ||
	    bind(fd, (struct sockaddr *)&a, sizeof a) < 0 ||
	    listen(fd, 64) < 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &len) < 0)
		die(EX_UNAVAILABLE, "cannot listen",
		    LOG_TEXT("error", strerror(errno)));
	snprintf(text, sizeof text, "%u\n", (unsigned int)ntohs(a.sin_port));
	if (server.port_file != NULL) {
		f = fopen(server.port_file, "we");
		if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0)
			die(EX_CANTCREAT, "cannot write the port",
			    LOG_TEXT("file", server.port_file));
	}
	if (fputs(text, stdout) < 0 || fflush(stdout) != 0)
		die(EX_IOERR, "cannot write the port");
	return fd;
}

/* Serve a connection in a thread of its own. */
static void
start(int fd, const pthread_attr_t *detached)
{
	int *own = mem_alloc(sizeof *own);
	pthread_t thread;

	*own = fd;
	if (pthread_create(&thread, detached, connection, own) != 0) {
		close(fd);
		free(own);
	}
}

int
main(int argc, char *argv[])
{
	struct pollfd wait[2] = { { .events = POLLIN },
		{ .fd = STDIN_FILENO, .events = POLLIN } };
	pthread_attr_t detached;
	char byte;
	int fd;

	log_init("feed");
	opt_parse(&tool, argc, argv);
	wait[0].fd = listen_on(server.port);
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	for (;;) {
		if (poll(wait, server.with_stdin ? 2 : 1, -1) < 0 &&
		    errno != EINTR)
			die(EX_OSERR, "cannot wait");
		if (server.with_stdin && wait[1].revents != 0 &&
		    read(STDIN_FILENO, &byte, 1) == 0)
			_exit(EX_OK); /* threads may be at work */
		if ((wait[0].revents & POLLIN) == 0)
			continue;
		fd = accept(wait[0].fd, NULL, NULL);
		if (fd >= 0)
			start(fd, &detached);
	}
}
