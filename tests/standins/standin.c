/* standin.c - what all stand-ins share; see standin.h */
#include "standin.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "faults.h"
#include "file.h"
#include "json.h"
#include "log.h"
#include "mem.h"
#include "sig.h"
#include "status.h"

#define MAX_BODY ((size_t)256 << 20)
#define IDLE_MS                                                                \
	200 /* a signal that comes between two polls waits no longer           \
	     */

struct standin {
	const struct standin_service *service;
	struct MHD_Daemon *daemon;
	struct faults faults;
	struct rate rate;
	struct buf log;
	bool log_bodies;
	uint64_t requests;
	uint64_t started_ms;
	struct exchange *asleep; /* a list */
};

/* One request and its answer, while the connection deals with them. */
struct exchange {
	struct standin *server;
	struct MHD_Connection *connection;
	char *method, *path;
	struct buf body;
	struct standin_request request;
	const struct fault *fault;
	struct standin_reply reply;
	bool handled, delayed;
	bool limited;    /* refused by the rate */
	uint64_t due_ms; /* while asleep */
	struct exchange *next;
	size_t sent; /* of a body that is cut */
};

const char *
standin_query(const struct standin_request *request, const char *name)
{
	return MHD_lookup_connection_value(request->connection,
	    MHD_GET_ARGUMENT_KIND, name);
}

const char *
standin_header(const struct standin_request *request, const char *name)
{
	return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND,
	    name);
}

static const char *
add_faults(struct standin *s, const cJSON *value)
{
	const char *wrong = NULL;
	const cJSON *fault;

	if (!cJSON_IsArray(value))
		return faults_add(&s->faults, value);
	cJSON_ArrayForEach(fault, value)
	{
		if (wrong == NULL)
			wrong = faults_add(&s->faults, fault);
	}
	return wrong;
}

static const char *
kill_one(const cJSON *value)
{
	if (!cJSON_IsNumber(value) || value->valueint < 2)
		return "kill wants the id of a process";
	return kill((pid_t)value->valueint, SIGKILL) == 0 || errno == ESRCH
	           ? NULL
	           : "that process can't be killed";
}

/* Carry out orders; NULL, or what is wrong with the first bad one. */
static const char *
obey(struct standin *s, const cJSON *orders)
{
	const char *wrong = NULL;
	const cJSON *order;

	if (!cJSON_IsObject(orders))
		return "orders are one object";
	cJSON_ArrayForEach(order, orders)
	{
		const char *name = order->string;

		if (strcmp(name, "fault") == 0)
			wrong = add_faults(s, order);
		else if (strcmp(name, "clear_faults") == 0)
			faults_clear(&s->faults);
		else if (strcmp(name, "rate") == 0)
			wrong = rate_set(&s->rate, order);
		else if (strcmp(name, "log_bodies") == 0)
			s->log_bodies = cJSON_IsTrue(order);
		else if (strcmp(name, "kill") == 0)
			wrong = kill_one(order);
		else
			wrong =
			    s->service->order(s->service->user, name, order);
		if (wrong != NULL)
			return wrong;
	}
	return NULL;
}

/* Orders inside a fault: a wrong one is a mistake in the test. */
static void
obey_or_say(struct standin *s, const cJSON *orders)
{
	const char *wrong = orders != NULL ? obey(s, orders) : NULL;

	if (wrong != NULL)
		log_error("an order of a fault is wrong",
		    LOG_TEXT("why", wrong));
}

static void
control(struct exchange *e)
{
	struct standin *s = e->server;
	const char *wrong;
	size_t at;
	cJSON *orders =
	    json_parse(e->request.body, e->request.body_len, &wrong, &at);

	if (orders != NULL)
		wrong = obey(s, orders);
	cJSON_Delete(orders);
	if (wrong != NULL) {
		e->reply.status = 400;
		e->reply.content_type = "text/plain";
		buf_text(&e->reply.body, wrong);
		buf_byte(&e->reply.body, '\n');
	}
}

static void
start_again(struct standin *s)
{
	faults_clear(&s->faults);
	rate_clear(&s->rate);
	buf_clear(&s->log);
	s->log_bodies = false;
	s->requests = 0;
	s->service->reset(s->service->user);
}

static void
handle_control(struct exchange *e)
{
	struct standin *s = e->server;
	bool post = strcmp(e->method, "POST") == 0;

	if (post && strcmp(e->path, "/_control") == 0) {
		control(e);
	} else if (post && strcmp(e->path, "/_reset") == 0) {
		start_again(s);
	} else if (!post && strcmp(e->path, "/_log") == 0) {
		e->reply.content_type = "application/x-ndjson";
		buf_add(&e->reply.body, s->log.data, s->log.len);
	} else if (!post && strcmp(e->path, "/_state") == 0) {
		s->service->state(s->service->user, &e->reply.body);
		buf_byte(&e->reply.body, '\n');
	} else {
		s->service->handle(s->service->user, &e->request, &e->reply);
	}
}

/* The answer that a fault puts in the place of the service's own. */
static void
fail(struct exchange *e, int status)
{
	const struct standin_service *service = e->server->service;
	const struct fault *fault = e->fault;

	buf_clear(&e->reply.body);
	e->reply.retry_after[0] = '\0';
	e->reply.status = status;
	if (fault != NULL && fault->html) {
		e->reply.content_type = "text/html";
		buf_printf(&e->reply.body,
		    "<html><head><title>%d</title></head><body>"
		    "<center><h1>%d</h1></center></body></html>\n",
		    status, status);
	} else if (fault == NULL || fault->body == NULL) {
		service->fail(service->user, status, &e->reply);
	}
	if (fault != NULL && fault->body != NULL)
		buf_text(&e->reply.body, fault->body);
	if (fault != NULL && fault->retry_after != NULL)
		snprintf(e->reply.retry_after, sizeof e->reply.retry_after,
		    "%s", fault->retry_after);
}

static bool
replaces_answer(const struct fault *fault)
{
	return fault->status != 0 || fault->body != NULL || fault->html ||
	       fault->reset;
}

/* Handle the request as the service and the fault that hit it will have it. */
static void
handle(struct exchange *e)
{
	const struct standin_service *service = e->server->service;
	const struct fault *fault = e->fault;

	e->handled = true;
	if (fault != NULL)
		obey_or_say(e->server, fault->before);
	if (e->limited) {
		fail(e, 429);
		memcpy(e->reply.retry_after, e->server->rate.retry_after,
		    sizeof e->reply.retry_after);
		return;
	}
	if (fault == NULL || !replaces_answer(fault) || fault->apply)
		service->handle(service->user, &e->request, &e->reply);
	if (fault != NULL && replaces_answer(fault))
		fail(e, fault->status != 0 ? fault->status : 200);
	if (fault != NULL)
		obey_or_say(e->server, fault->after);
}

static enum MHD_Result
query_member(void *cls, enum MHD_ValueKind kind, const char *name,
    const char *value)
{
	struct buf *b = cls;

	(void)kind;
	if (b->len > 0)
		buf_byte(b, '&');
	buf_text(b, name);
	buf_byte(b, '=');
	buf_text(b, value != NULL ? value : "");
	return MHD_YES;
}

/* A line for the log, once it is known what the answer will be. */
static void
note_request(struct exchange *e)
{
	struct standin *s = e->server;
	struct buf query = { 0 };

	MHD_get_connection_values(e->connection, MHD_GET_ARGUMENT_KIND,
	    query_member, &query);
	buf_printf(&s->log, "{\"n\":%llu,\"ms\":%llu",
	    (unsigned long long)e->request.number,
	    (unsigned long long)(clock_ms() - s->started_ms));
	buf_json_member(&s->log, "method", e->method, strlen(e->method));
	buf_json_member(&s->log, "path", e->path, strlen(e->path));
	if (query.len > 0)
		buf_json_member(&s->log, "query", query.data, query.len);
	buf_printf(&s->log, ",\"status\":%d,\"bytes_in\":%zu,\"bytes_out\":%zu",
	    e->fault != NULL && e->fault->reset ? 0 : e->reply.status,
	    e->body.len, e->reply.body.len);
	if (e->fault != NULL)
		buf_text(&s->log, ",\"fault\":true");
	if (e->reply.note.len > 0) {
		buf_byte(&s->log, ',');
		buf_add(&s->log, e->reply.note.data, e->reply.note.len);
	}
	if (s->log_bodies)
		buf_json_member(&s->log, "body", e->body.data, e->body.len);
	buf_text(&s->log, "}\n");
	buf_free(&query);
}

/* Give a cut body out, and break off. */
static ssize_t
cut_body(void *cls, uint64_t pos, char *to, size_t max)
{
	struct exchange *e = cls;
	size_t end = (size_t)e->fault->cut, n;

	if (pos >= end || pos >= e->reply.body.len) {
		if (e->fault->stall_ms > 0 && e->due_ms == 0) {
			e->due_ms = clock_ms() + e->fault->stall_ms;
			e->next = e->server->asleep;
			e->server->asleep = e;
			MHD_suspend_connection(e->connection);
			return 0;
		}
		return MHD_CONTENT_READER_END_WITH_ERROR;
	}
	n = end - (size_t)pos < max ? end - (size_t)pos : max;
	memcpy(to, e->reply.body.data + pos, n);
	return (ssize_t)n;
}

/* Close the connection so that the peer sees a reset, and no answer. */
static enum MHD_Result
reset_connection(struct exchange *e)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
	    e->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct linger linger = { .l_onoff = 1 };

	if (info != NULL)
		setsockopt(info->connect_fd, SOL_SOCKET, SO_LINGER, &linger,
		    sizeof linger);
	return MHD_NO;
}

static enum MHD_Result
answer(struct exchange *e)
{
	const struct fault *fault = e->fault;
	struct standin_reply *reply = &e->reply;
	struct MHD_Response *response;
	enum MHD_Result result;

	if (fault != NULL && fault->reset)
		return reset_connection(e);
	if (fault != NULL && fault->cut >= 0 &&
	    (uint64_t)fault->cut < reply->body.len) {
		e->due_ms = 0;
		response = MHD_create_response_from_callback(reply->body.len,
		    4096, cut_body, e, NULL);
	} else {
		response = MHD_create_response_from_buffer(reply->body.len,
		    reply->body.data, MHD_RESPMEM_PERSISTENT);
	}
	if (response == NULL)
		die(EX_OSERR, "no memory for an answer");
	MHD_add_response_header(response, "Content-Type", reply->content_type);
	if (reply->retry_after[0] != '\0')
		MHD_add_response_header(response, "Retry-After",
		    reply->retry_after);
	result = MHD_queue_response(e->connection, (unsigned int)reply->status,
	    response);
	MHD_destroy_response(response);
	return result;
}

/* Put the exchange to sleep if its fault says so; false if it need not. */
static bool
delay(struct exchange *e)
{
	if (e->delayed || e->fault == NULL || e->fault->delay_ms == 0)
		return false;
	e->delayed = true;
	e->due_ms = clock_ms() + e->fault->delay_ms;
	e->next = e->server->asleep;
	e->server->asleep = e;
	MHD_suspend_connection(e->connection);
	return true;
}

/* The whole request is there, for the first time or after a delay. */
static enum MHD_Result
complete(struct exchange *e)
{
	struct standin *s = e->server;

	if (!e->handled && !e->delayed) {
		e->request = (struct standin_request){ .method = e->method,
			.path = e->path,
			.body = buf_string(&e->body),
			.body_len = e->body.len,
			.connection = e->connection };
		e->reply.status = 200;
		e->reply.content_type = "application/json";
		if (strncmp(e->path, "/_", 2) == 0) {
			handle_control(e);
			return answer(e);
		}
		e->request.number = ++s->requests;
		e->fault = faults_match(&s->faults, &e->request);
		e->limited = !rate_pass(&s->rate, clock_ms());
	}
	if (!e->handled &&
	    (e->fault == NULL || !e->fault->late || e->delayed)) {
		handle(e);
		note_request(e);
	}
	if (delay(e))
		return MHD_YES;
	return answer(e);
}

static enum MHD_Result
accept_request(void *cls, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *bytes, size_t *len,
    void **own)
{
	struct exchange *e = *own;

	(void)version;
	if (e == NULL) {
		e = mem_zero(1, sizeof *e);
		e->server = cls;
		e->connection = connection;
		e->method = mem_string(method);
		e->path = mem_string(url);
		*own = e;
		return MHD_YES;
	}
	if (*len > 0) {
		if (e->body.len + *len > MAX_BODY)
			return MHD_NO;
		buf_add(&e->body, bytes, *len);
		*len = 0;
		return MHD_YES;
	}
	return complete(e);
}

static void
forget(void *cls, struct MHD_Connection *connection, void **own,
    enum MHD_RequestTerminationCode how)
{
	struct standin *s = cls;
	struct exchange *e = *own, **at;

	(void)connection;
	(void)how;
	if (e == NULL)
		return;
	for (at = &s->asleep; *at != NULL; at = &(*at)->next)
		if (*at == e) {
			*at = e->next;
			break;
		}
	free(e->method);
	free(e->path);
	buf_free(&e->body);
	buf_free(&e->reply.body);
	buf_free(&e->reply.note);
	free(e);
	*own = NULL;
}

/* Wake what has slept long enough; milliseconds until the next, or IDLE_MS. */
static int
wake(struct standin *s)
{
	struct exchange **at = &s->asleep;
	uint64_t now = clock_ms(), wait = IDLE_MS;

	while (*at != NULL) {
		struct exchange *e = *at;

		if (e->due_ms <= now) {
			*at = e->next;
			MHD_resume_connection(e->connection);
			wait = 0;
			continue;
		}
		if (e->due_ms - now < wait)
			wait = e->due_ms - now;
		at = &e->next;
	}
	return (int)wait;
}

static bool
stdin_ended(void)
{
	char bytes[64];

	return read(STDIN_FILENO, bytes, sizeof bytes) == 0;
}

static void
serve(struct standin *s, bool with_stdin)
{
	const union MHD_DaemonInfo *info =
	    MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	struct pollfd fds[2] = { { .fd = info->epoll_fd, .events = POLLIN },
		{ .fd = with_stdin ? STDIN_FILENO : -1, .events = POLLIN } };

	while (!sig_stop()) {
		MHD_UNSIGNED_LONG_LONG due;
		int wait = wake(s);

		if (MHD_get_timeout(s->daemon, &due) == MHD_YES &&
		    due < (unsigned int)wait)
			wait = (int)due;
		if (poll(fds, 2, wait) > 0 && fds[1].revents != 0 &&
		    stdin_ended())
			break;
		MHD_run(s->daemon);
	}
}

static void
tell_port(struct standin *s, const struct standin_options *options)
{
	const union MHD_DaemonInfo *info =
	    MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT);
	const char *wrong;
	char line[16];
	int n = snprintf(line, sizeof line, "%d\n", (int)info->port);

	if (write(STDOUT_FILENO, line, (size_t)n) != n)
		die(EX_IOERR, "cannot write the port to standard output");
	if (options->port_file == NULL)
		return;
	wrong = file_replace(options->port_file, line, (size_t)n);
	if (wrong != NULL)
		die(EX_CANTCREAT, "cannot write the port",
		    LOG_TEXT("file", options->port_file),
		    LOG_TEXT("error", wrong));
}

int
standin_run(const struct standin_options *options,
    const struct standin_service *service)
{
	struct standin s = { .service = service, .started_ms = clock_ms() };
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)options->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	s.daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0,
	    NULL, NULL, accept_request, &s, MHD_OPTION_SOCK_ADDR, &at,
	    MHD_OPTION_NOTIFY_COMPLETED, forget, &s,
	    MHD_OPTION_CONNECTION_LIMIT, 1024U, MHD_OPTION_END);
	if (s.daemon == NULL)
		die(EX_UNAVAILABLE, "cannot listen on 127.0.0.1",
		    LOG_UINT("port", options->port),
		    LOG_TEXT("error", strerror(errno)));
	tell_port(&s, options);
	serve(&s, options->with_stdin);
	if (service->end != NULL)
		service->end(service->user);
	while (s.asleep != NULL) {
		struct exchange *e = s.asleep;

		s.asleep = e->next;
		MHD_resume_connection(e->connection);
	}
	MHD_stop_daemon(s.daemon);
	faults_clear(&s.faults);
	rate_clear(&s.rate);
	buf_free(&s.log);
	return EX_OK;
}
