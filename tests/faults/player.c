/* player.c - what programs that play histories share */
#include "player.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log.h"
#include "status.h"

#define MOST_WORDS 20

/* SplitMix64: Steele, Lea, Flood, OOPSLA 2014. */
unsigned int
dice_below(uint64_t *dice, unsigned int n)
{
	uint64_t x = *dice += UINT64_C(0x9E3779B97F4A7C15);

	x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
	return (unsigned int)((x ^ (x >> 31)) % n);
}

bool
dice_chance(uint64_t *dice, unsigned int percent)
{
	return dice_below(dice, 100) < percent;
}

_Noreturn static void
become(const char *name, const char *const *words, int in, int out)
{
	const char *all[MOST_WORDS + 5] = { name, "--port", "0",
		"--with-stdin" };
	size_t i;

	for (i = 0; words[i] != NULL && i < MOST_WORDS; i++)
		all[4 + i] = words[i];
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	execvp(name, (char *const *)all);
	_exit(EX_OSERR);
}

void
standin_start(struct standin *s, const char *name, const char *const *words)
{
	int in[2], out[2];
	char port[16];
	ssize_t n;

	if (pipe(in) != 0 || pipe(out) != 0 || (s->pid = fork()) < 0)
		die(EX_OSERR, "no process for a stand-in",
		    LOG_TEXT("error", strerror(errno)));
	if (s->pid == 0) {
		close(in[1]);
		become(name, words, in[0], out[1]);
	}
	close(in[0]);
	close(out[1]);
	fcntl(in[1], F_SETFD, FD_CLOEXEC);
	s->in = in[1];
	n = read(out[0], port, sizeof port - 1);
	close(out[0]);
	if (n < 2)
		die(EX_UNAVAILABLE, "a stand-in does not start",
		    LOG_TEXT("name", name));
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
standin_ask(struct standin *s, struct http *http, const char *path,
    const char *body, struct buf *out)
{
	struct buf url = { 0 };
	struct http_request request = { .method = body ? "POST" : "GET",
		.body = body,
		.body_len = body != NULL ? strlen(body) : 0,
		.direct = true };
	struct http_answer *a;

	buf_printf(&url, "%s%s", s->url, path);
	request.url = buf_string(&url);
	a = http_call(http, &request);
	if (a == NULL || a->failure != HTTP_OK || a->status != 200)
		die(EX_SOFTWARE, "a stand-in does not take an order",
		    LOG_TEXT("path", path),
		    LOG_TEXT("order", body != NULL ? body : ""),
		    LOG_TEXT("answer", a != NULL && a->body.len > 0
		                           ? buf_string(&a->body)
		                           : ""));
	buf_clear(out);
	buf_add(out, a->body.data, a->body.len);
	buf_string(out);
	http_answer_free(a);
	buf_free(&url);
}

void
standin_control(struct standin *s, struct http *http, struct buf *orders)
{
	struct buf answer = { 0 };

	standin_ask(s, http, "/_control", buf_string(orders), &answer);
	buf_free(&answer);
	buf_free(orders);
}
