/* request.c - a request, from its first line to its answer */
#include "request.h"

#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "auth.h"
#include "clock.h"
#include "files.h"
#include "linger.h"
#include "log.h"
#include "mem.h"
#include "metrics.h"
#include "route.h"
#include "status.h"

/*
 * Room of a connection for the head of a request and of its answer.  What is
 * too long for the gate has to reach it, so it is more than that lets through.
 */
#define CONNECTION_BYTES ((size_t)48 << 10)

/* The library's own time-out, for what conn.c does not see: slow readers. */
#define SILENCE_S 120U

static struct conn *
conn_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
	    connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info != NULL ? info->socket_context : NULL;
}

static enum MHD_Result
may_come(void *of, const struct sockaddr *from, socklen_t len)
{
	struct server *s = of;

	(void)len;
	return s->stopping_ms == 0 && conn_may_come(&s->conns, from) ? MHD_YES
	                                                             : MHD_NO;
}

static void
connection_changed(void *of, struct MHD_Connection *connection, void **context,
    enum MHD_ConnectionNotificationCode code)
{
	struct server *s = of;
	const union MHD_ConnectionInfo *fd, *from;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		if (*context != NULL)
			conn_close(&s->conns, *context);
		*context = NULL;
		return;
	}
	fd = MHD_get_connection_info(connection,
	    MHD_CONNECTION_INFO_CONNECTION_FD);
	if (fd == NULL)
		return;
	/* Both are told in one place of the connection: copy first. */
	int number = fd->connect_fd;

	from = MHD_get_connection_info(connection,
	    MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	*context = conn_open(&s->conns, number,
	    from != NULL ? from->client_addr : NULL);
}

/* The first line is there.  RAW is it, before anything was decoded. */
static void *
begin(void *of, const char *raw, struct MHD_Connection *connection)
{
	struct request *r = mem_zero(1, sizeof *r);

	r->server = of;
	r->connection = connection;
	r->conn = conn_of(connection);
	r->raw_len = raw != NULL ? strlen(raw) : 0;
	r->raw = mem_copy(raw != NULL ? raw : "", r->raw_len);
	r->started_ms = clock_ms();
	return r;
}

/* Who did what, one line a change. */
static void
audit(const struct request *r)
{
	char address[CONN_ADDRESS];

	log_info("change", LOG_TEXT("who", r->who),
	    LOG_TEXT("address", auth_address(r, address)),
	    LOG_TEXT("method", route_method_name(r->method)),
	    LOG_TEXT("path", r->target.path), LOG_UINT("status", r->status));
}

static void
completed(void *of, struct MHD_Connection *connection, void **context,
    enum MHD_RequestTerminationCode why)
{
	struct server *s = of;
	struct request *r = *context;

	(void)connection;
	(void)why;
	*context = NULL;
	if (r == NULL)
		return;
	metrics_count(s->metrics, r);
	if (r->route != NULL && r->method != METHOD_GET)
		audit(r);
	if (r->release != NULL)
		r->release(r->work);
	if (r->response != NULL && !r->shared)
		MHD_destroy_response(r->response);
	if (r->conn != NULL)
		conn_enter(&s->conns, r->conn, CONN_WAITS);
	target_free(&r->target);
	buf_free(&r->body);
	free(r->raw);
	free(r);
}

static enum MHD_Result
add_field(void *of, enum MHD_ValueKind kind, const char *name, size_t name_len,
    const char *value, size_t value_len)
{
	(void)kind;
	gate_add(of, name, name_len, value, value_len);
	return MHD_YES;
}

static enum method
method_of(struct request *r, const char *name)
{
	int m;

	r->is_head = strcmp(name, "HEAD") == 0;
	if (r->is_head)
		return METHOD_GET;
	for (m = METHOD_GET; m < METHOD_OTHER; m++)
		if (strcmp(name, route_method_name((enum method)m)) == 0)
			return (enum method)m;
	return METHOD_OTHER;
}

static enum MHD_Result
send_answer(struct request *r)
{
	enum MHD_Result result;

	if (r->conn != NULL)
		conn_enter(&r->server->conns, r->conn,
		    r->streams ? CONN_STREAMS : CONN_ANSWERS);
	result = MHD_queue_response(r->connection, r->status, r->response);
	if (!r->shared)
		MHD_destroy_response(r->response);
	r->response = NULL;
	return result;
}

/*
 * The head is there: whether the request may go on.  Who is refused now is not
 * listened to any longer, for nobody knows where the next request starts.
 */
static bool
pass_gate(struct request *r, const char *method, const char *version)
{
	const struct gate_refusal *refusal;
	struct answer_problem p = { .name = "bad-request" };
	int status;

	r->head.method = method;
	r->head.version = version;
	MHD_get_connection_values_n(r->connection, MHD_HEADER_KIND, add_field,
	    &r->head);
	r->method = method_of(r, method);
	status = target_read(&r->target, r->raw, r->raw_len, &p.detail);
	refusal = gate_check(&r->head, &r->server->hosts);
	if (refusal != NULL) {
		p.status = (unsigned int)refusal->status;
		p.name = refusal->name;
		p.detail = refusal->detail;
	} else if (status != 0) {
		p.status = (unsigned int)status;
		if (status == 414)
			p.name = "too-long";
	}
	if (p.status == 0)
		return true;
	answer_problem(r, &p);
	MHD_add_response_header(r->response, "Connection", "close");
	if (r->conn != NULL)
		linger_after(r->server->linger, r->conn->fd);
	return false;
}

static void
take_body(struct request *r, const char *bytes, size_t len)
{
	if (r->body.len + len > GATE_BODY)
		r->drained = true;
	else
		buf_add(&r->body, bytes, len);
}

static void
answer_method(struct request *r, unsigned int allowed)
{
	char methods[ROUTE_METHODS];

	route_methods(allowed, methods);
	if (r->method == METHOD_OPTIONS) {
		answer_nothing(r);
		MHD_add_response_header(r->response, "Allow", methods);
		return;
	}
	answer_problem(r, &(struct answer_problem){ .status = 405,
	                      .name = "method-not-allowed",
	                      .detail = "see Allow for what can be done here",
	                      .allow = methods });
}

/* The body is what the route wants, as far as that can be told here. */
static bool
check_body(struct request *r)
{
	if (r->drained) {
		answer_problem(r,
		    &(struct answer_problem){ .status = 413,
		        .name = "too-large",
		        .detail = "a body has at most 65536 bytes" });
		return false;
	}
	if ((r->route->needs_json ||
	        (r->route->takes_json && r->body.len > 0)) &&
	    !gate_is_json(&r->head)) {
		answer_problem(r,
		    &(struct answer_problem){ .status = 415,
		        .name = "not-json",
		        .detail = "a body of application/json is wanted" });
		return false;
	}
	return true;
}

/* All of the request is there. */
static void
dispatch(struct request *r)
{
	unsigned int allowed;
	const char *wrong;

	r->route = route_find(r, &allowed, &wrong);
	if (r->route == NULL && files_answer(r, &allowed))
		return;
	if (r->route == NULL && allowed == 0) {
		answer_not_found(r, "there is nothing by that name");
		return;
	}
	if (r->route == NULL) {
		answer_method(r, allowed);
		return;
	}
	if (!auth_check(r) || !check_body(r))
		return;
	if (wrong != NULL) {
		answer_problem(r,
		    &(struct answer_problem){ .status = 400,
		        .name = "bad-parameter",
		        .detail = "what stands in the path is no such id" });
		return;
	}
	if (route_check_values(r))
		r->route->handle(r);
}

static enum MHD_Result
handle(void *of, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *upload,
    size_t *upload_len, void **context)
{
	struct server *s = of;
	struct request *r = *context;

	(void)connection;
	(void)url;
	if (r == NULL)
		return MHD_NO;
	if (!r->checked) {
		r->checked = true;
		if (r->conn != NULL)
			conn_enter(&s->conns, r->conn, CONN_BODY);
		return pass_gate(r, method, version) ? MHD_YES : send_answer(r);
	}
	if (*upload_len > 0) {
		take_body(r, upload, *upload_len);
		*upload_len = 0;
		return MHD_YES;
	}
	r->suspended = false;
	if (r->response == NULL)
		dispatch(r);
	if (r->response != NULL)
		return send_answer(r);
	if (r->conn != NULL)
		conn_enter(&s->conns, r->conn, CONN_WORKS);
	r->suspended = true;
	MHD_suspend_connection(connection);
	return MHD_YES;
}

void
request_resume(struct request *r)
{
	r->server->resumed = true;
	MHD_resume_connection(r->connection);
}

/* The library would decode targets; nobody looks at what it has decoded. */
static size_t
leave_alone(void *of, struct MHD_Connection *connection, char *text)
{
	(void)of;
	(void)connection;
	return strlen(text);
}

static void library_says(void *of, const char *format, va_list ap)
    __attribute__((format(printf, 2, 0)));

static void
library_says(void *of, const char *format, va_list ap)
{
	char line[512];

	(void)of;
	vsnprintf(line, sizeof line, format, ap);
	log_debug("the HTTP library says",
	    LOG_BYTES("words", line, strcspn(line, "\n")));
}

void
request_listen(struct server *s, int listening)
{
	const struct settings *o = s->settings;

	s->daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME |
	                                 MHD_USE_ERROR_LOG,
	    0, may_come, s, handle, s, MHD_OPTION_EXTERNAL_LOGGER, library_says,
	    NULL, MHD_OPTION_LISTEN_SOCKET, listening,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned int)o->max_connections + 16,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_BYTES,
	    MHD_OPTION_CONNECTION_TIMEOUT, SILENCE_S,
	    MHD_OPTION_NOTIFY_CONNECTION, connection_changed, s,
	    MHD_OPTION_URI_LOG_CALLBACK, begin, s, MHD_OPTION_UNESCAPE_CALLBACK,
	    leave_alone, NULL, MHD_OPTION_NOTIFY_COMPLETED, completed, s,
	    MHD_OPTION_END);
	if (s->daemon == NULL)
		die(EX_OSERR, "cannot start the HTTP library");
}
