/* ask.c - the stand-ins: start them, and tell them what to do */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "status.h"
#include "world.h"

void
standin_start(struct world *w, struct standin *s, const char *schema)
{
	int in[2], out[2];
	char port[16];
	ssize_t n;

	if (pipe(in) != 0 || pipe(out) != 0 || (s->pid = fork()) < 0)
		broken(w, "no process: %s", strerror(errno));
	if (s->pid == 0) {
		close(in[1]);
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		execlp("xano", "xano", "--port", "0", "--with-stdin",
		    "--schema", schema, "--key", "job_hash", (char *)NULL);
		_exit(EX_OSERR);
	}
	close(in[0]);
	close(out[1]);
	fcntl(in[1], F_SETFD, FD_CLOEXEC);
	s->in = in[1];
	n = read(out[0], port, sizeof port - 1);
	close(out[0]);
	if (n < 2)
		broken(w, "the stand-in does not start");
	port[n - 1] = '\0';
	snprintf(s->url, sizeof s->url, "http://127.0.0.1:%s", port);
}

void
standin_end(struct standin *s)
{
	close(s->in);
	waitpid(s->pid, NULL, 0);
}

void
ask(struct world *w, const char *path, const char *body, struct buf *out)
{
	struct buf url = { 0 };
	struct http_request request = { .method = body ? "POST" : "GET",
		.body = body,
		.body_len = body != NULL ? strlen(body) : 0,
		.direct = true };
	struct http_answer *a;

	buf_printf(&url, "%s%s", w->standin->url, path);
	request.url = buf_string(&url);
	a = http_call(w->http, &request);
	if (a == NULL || a->failure != HTTP_OK || a->status != 200)
		broken(w, "the stand-in does not take %s: %s", path,
		    a != NULL && a->body.len > 0 ? buf_string(&a->body) : "");
	buf_clear(out);
	buf_add(out, a->body.data, a->body.len);
	buf_string(out);
	http_answer_free(a);
	buf_free(&url);
}

void
control(struct world *w, struct buf *orders)
{
	struct buf answer = { 0 };

	ask(w, "/_control", buf_string(orders), &answer);
	buf_free(&answer);
	buf_free(orders);
}
