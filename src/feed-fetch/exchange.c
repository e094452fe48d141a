/* exchange.c - one HTTP request and its answer, by libcurl */
#include "exchange.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "guard.h"
#include "log.h"
#include "mem.h"
#include "proxy.h"
#include "status.h"

/* Enough at once that out.h writes it without a copy. */
#define READ_BYTES 262144L

struct exchange {
	CURL *easy;
	const struct exchange_options *options;
	char reason[CURL_ERROR_SIZE];

	/* Of the request under way. */
	const struct exchange_user *user;
	struct answer *answer;
	struct fault *why;
	char refusal[128]; /* the address last refused, and why */
	bool ended;        /* by the user, without a fault */
	bool by_proxy;   /* addresses are the proxy's: the operator's choice */
	bool tried;      /* an address that may be */
	bool head_shown; /* to the user */
};

static void
must(CURLcode code)
{
	if (code == CURLE_OUT_OF_MEMORY)
		die(EX_OSERR, "no memory for a request");
	if (code != CURLE_OK)
		die(EX_SOFTWARE, "libcurl refuses an option",
		    LOG_TEXT("reason", curl_easy_strerror(code)));
}

/* Note that the user wants no more. */
static size_t
ended(struct exchange *x)
{
	x->ended = x->why->status == EX_OK;
	return 0;
}

static size_t
take_head(char *line, size_t size, size_t count, void *self)
{
	struct exchange *x = self;
	struct answer *a = x->answer;
	size_t len = size * count;

	if (!answer_line(a, line, len, x->why))
		return 0;
	if (!a->complete) {
		x->head_shown = false;
	} else if (!x->head_shown) {
		x->head_shown = true;
		if (!x->user->head(x->user->self, a))
			return ended(x);
	}
	return len;
}

static size_t
take_body(char *bytes, size_t size, size_t count, void *self)
{
	struct exchange *x = self;
	size_t len = size * count;

	if (!x->user->body(x->user->self, bytes, len))
		return ended(x);
	return len;
}

static int
take_tick(void *self, curl_off_t total, curl_off_t now, curl_off_t up_total,
    curl_off_t up)
{
	struct exchange *x = self;

	(void)total;
	(void)now;
	(void)up_total;
	(void)up;
	if (x->user->tick(x->user->self))
		return 0;
	ended(x);
	return 1;
}

static void
refuse(struct exchange *x, const struct sockaddr *address, size_t len,
    const char *range)
{
	char shown[INET6_ADDRSTRLEN + 16] = "?"; /* room for a zone */

	getnameinfo(address, (socklen_t)len, shown, sizeof shown, NULL, 0,
	    NI_NUMERICHOST);
	log_debug("an address that is not public is not connected to",
	    LOG_TEXT("address", shown), LOG_TEXT("range", range));
	snprintf(x->refusal, sizeof x->refusal, "%s is %s", shown, range);
}

static curl_socket_t
open_socket(void *self, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct exchange *x = self;
	const char *range = NULL;

	(void)purpose;
	if (!x->by_proxy && !x->options->allow_private)
		range = guard_refuses(&to->addr);
	if (range != NULL) {
		refuse(x, &to->addr, to->addrlen, range);
		return CURL_SOCKET_BAD;
	}
	x->tried = true;
	return socket(to->family, to->socktype, to->protocol);
}

#define SET(x, option, value)                                                  \
	must(curl_easy_setopt((x)->easy, (option), (value)))

/* What libcurl is to read at once; it takes no less than 1 KiB. */
static long
read_bytes(uint64_t piece)
{
	if (piece == 0 || piece > READ_BYTES)
		return READ_BYTES;
	return piece < 1024 ? 1024 : (long)piece;
}

static void
set_up(struct exchange *x)
{
	const struct exchange_options *o = x->options;

	SET(x, CURLOPT_PROTOCOLS_STR, "http,https");
	SET(x, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	SET(x, CURLOPT_FOLLOWLOCATION, 0L);
	SET(x, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	SET(x, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
	SET(x, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	SET(x, CURLOPT_NOPROXY, "");
	SET(x, CURLOPT_NOSIGNAL, 1L);
	SET(x, CURLOPT_NOPROGRESS, 0L);
	SET(x, CURLOPT_TCP_KEEPALIVE, 1L);
	SET(x, CURLOPT_BUFFERSIZE, read_bytes(o->piece));
	SET(x, CURLOPT_CONNECTTIMEOUT_MS, (long)o->connect_ms);
	SET(x, CURLOPT_USERAGENT, o->user_agent);
	SET(x, CURLOPT_ERRORBUFFER, x->reason);
	if (o->ca_file != NULL)
		SET(x, CURLOPT_CAINFO, o->ca_file);
	SET(x, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	SET(x, CURLOPT_OPENSOCKETDATA, x);
	SET(x, CURLOPT_HEADERFUNCTION, take_head);
	SET(x, CURLOPT_HEADERDATA, x);
	SET(x, CURLOPT_WRITEFUNCTION, take_body);
	SET(x, CURLOPT_WRITEDATA, x);
	SET(x, CURLOPT_XFERINFOFUNCTION, take_tick);
	SET(x, CURLOPT_XFERINFODATA, x);
}

struct exchange *
exchange_open(const struct exchange_options *options)
{
	struct exchange *x = mem_zero(1, sizeof *x);

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		die(EX_OSERR, "libcurl does not start");
	x->options = options;
	x->easy = curl_easy_init();
	if (x->easy == NULL)
		die(EX_OSERR, "no memory for libcurl");
	set_up(x);
	return x;
}

/* What became of a request that did not end well, apart from TLS. */
static bool
judge(struct exchange *x, CURLcode code, const char *reason)
{
	switch (code) {
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_COULDNT_RESOLVE_HOST:
		return fault_again(x->why, EX_TEMPFAIL, "no such host", "%s",
		    reason);
	case CURLE_COULDNT_CONNECT:
		if (x->refusal[0] != '\0' && !x->tried)
			return fault_set(x->why, EX_PROTOCOL,
			    "the address is not public, and --allow-private is "
			    "not given",
			    "%s", x->refusal);
		return fault_again(x->why, EX_TEMPFAIL, "cannot connect", "%s",
		    reason);
	case CURLE_OPERATION_TIMEDOUT:
	case CURLE_PROXY:
	case CURLE_GOT_NOTHING:
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_PARTIAL_FILE:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM:
	case CURLE_SSL_SHUTDOWN_FAILED:
		return fault_again(x->why, EX_TEMPFAIL,
		    "the connection broke off", "%s", reason);
	case CURLE_OUT_OF_MEMORY:
		/* Of a line of the head that outgrows libcurl's limit, too. */
		if (x->answer->lines > 0 && !x->answer->complete)
			return fault_set(x->why, EX_PROTOCOL,
			    "the head of the answer is too long", "%s", reason);
		return fault_set(x->why, EX_OSERR, "out of memory", "%s",
		    reason);
	default:
		return fault_set(x->why, EX_PROTOCOL,
		    "the server does not answer as HTTP has it", "%s", reason);
	}
}

/* Refusing a certificate is final; a handshake may just have been cut. */
static bool
judge_tls(struct exchange *x, CURLcode code, const char *reason)
{
	switch (code) {
	case CURLE_SSL_CACERT_BADFILE:
		return fault_set(x->why, EX_CONFIG,
		    "cannot read the certificates to trust", "%s", reason);
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_INVALIDCERTSTATUS:
		return fault_set(x->why, EX_PROTOCOL,
		    "the server's certificate is not to be trusted", "%s",
		    reason);
	case CURLE_SSL_CONNECT_ERROR:
		return fault_again(x->why, EX_PROTOCOL,
		    "no TLS connection with the server", "%s", reason);
	default:
		return judge(x, code, reason);
	}
}

/* Through a proxy nobody else looks at where the request goes. */
static bool
check_host(struct exchange *x, const struct url *u)
{
	const char *range = NULL;

	if (x->by_proxy && !x->options->allow_private)
		range = guard_refuses_host(url_host(u));
	return range == NULL ||
	       fault_set(x->why, EX_PROTOCOL,
	           "the address is not public, and --allow-private is not "
	           "given",
	           "%s is %s", url_host(u), range);
}

bool
exchange_run(struct exchange *x, const struct url *u, struct curl_slist *fields,
    const struct exchange_user *user, struct answer *a, struct fault *why)
{
	const char *proxy = proxy_for(u);
	CURLcode code;

	*a = (struct answer){ .status = 0 };
	x->user = user;
	x->answer = a;
	x->why = why;
	x->by_proxy = *proxy != '\0';
	x->ended = x->tried = x->head_shown = false;
	x->reason[0] = x->refusal[0] = '\0';
	if (!check_host(x, u))
		return false;
	SET(x, CURLOPT_PROXY, proxy);
	SET(x, CURLOPT_URL, url_text(u));
	SET(x, CURLOPT_HTTPHEADER, fields);
	code = curl_easy_perform(x->easy);
	SET(x, CURLOPT_HTTPHEADER, NULL);
	if (code == CURLE_OK || x->ended)
		return true;
	if (why->status != EX_OK)
		return false;
	x->reason[strcspn(x->reason, "\r\n")] = '\0';
	return judge_tls(x, code,
	    x->reason[0] != '\0' ? x->reason : curl_easy_strerror(code));
}

void
exchange_close(struct exchange *x)
{
	if (x == NULL)
		return;
	curl_easy_cleanup(x->easy);
	curl_global_cleanup();
	free(x);
}
