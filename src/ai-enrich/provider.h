/*
 * provider.h - services that answer prompts, behind one interface
 *
 * A provider writes the request for a prompt and reads the answer; it keeps no
 * state of single requests.  Whatever a service does is brought down to one
 * verdict, so that all that follows (asking again, in parts, later, or never)
 * is decided in one place for all of them.
 */
#ifndef PROVIDER_H
#define PROVIDER_H

#include <stdbool.h>
#include <stdint.h>

#include "http.h"
#include "json.h"
#include "price.h"
#include "prompt.h"

enum provider_kind {
	PROVIDER_GEMINI, /* Gemini's Developer API, with a key */
	PROVIDER_VERTEX, /* the same models by Google Cloud, with a token */
	PROVIDER_OPENAI, /* any server that speaks chat completions */
	PROVIDER_LOCAL   /* built in: not one of these, see builtin.h */
};

/* By kind, ended by NULL. */
extern const char *const provider_names[];

struct provider_options {
	enum provider_kind kind;
	const char *model;    /* NULL: the default of the kind */
	const char *base_url; /* NULL: the service's own */
	const char *project;  /* Vertex */
	const char *location; /* Vertex; NULL: global */
	const char *thinking; /* NULL: what suits the model's family */
	bool offline;         /* nothing will be sent: no key is needed */
};

enum verdict_kind {
	VERDICT_TEXT,    /* an answer, in text */
	VERDICT_CUT,     /* an answer that hit the limit of tokens */
	VERDICT_BLOCKED, /* the service will not answer about this input */
	VERDICT_ODD,     /* 200, and yet no answer */
	VERDICT_BUSY,    /* 429: too much at once; the run waits */
	VERDICT_FAULT,   /* it failed, or was not reached: the same again */
	VERDICT_HEAVY,   /* it failed, maybe for the size of the request */
	VERDICT_REFUSED, /* this request will never do */
	VERDICT_TOKEN,   /* 401: a fresh token may help */
	VERDICT_STOP     /* no request will do any more */
};

struct verdict {
	enum verdict_kind kind;
	uint64_t wait_ms;  /* asked for by the service; 0: nothing */
	bool daily;        /* BUSY: maybe for the rest of the day */
	int status;        /* STOP: to exit with */
	const char *error; /* kind of an ai_error, a constant */
	const char *why;   /* in our words, a constant */
	struct buf detail; /* in the service's words, for the log; no keys */
	struct buf text;
	struct usage usage;
	char model[64]; /* as the service reported it, or "" */
};

void verdict_clear(struct verdict *v);
void verdict_free(struct verdict *v);

struct provider;

/* Never NULL: exits 78 with one line when something it needs is not set. */
struct provider *provider_open(const struct provider_options *options);
void provider_close(struct provider *p);

const char *provider_model(const struct provider *p);
enum prompt_dialect provider_dialect(enum provider_kind kind);

/* The model that would be asked, without opening anything. */
const char *provider_default_model(const struct provider_options *options);

/* Write the body of a request; at most MAX_TOKENS may be answered. */
void provider_encode(const struct provider *p, const struct prompt_part *part,
    const struct buf *jobs, uint64_t max_tokens, struct buf *body);

const char *provider_url(const struct provider *p);

/* The base address, and where jobs of the batch tier are submitted. */
const char *provider_base(const struct provider *p);
const char *provider_batch_url(const struct provider *p);

/*
 * The headers of a request, ended by NULL, good until the next call; fetches a
 * token when it has to, which may take seconds.  NULL when that failed, with
 * the verdict in V.
 */
const char *const *provider_headers(struct provider *p, struct verdict *v);

/* Read what came.  V is cleared first. */
void provider_decode(const struct provider *p, const struct http_answer *a,
    struct verdict *v);

/*
 * The same for an answer that came another way: its tree, or a tree with an
 * error and the HTTP status that it stands for.
 */
void provider_read(const struct provider *p, const cJSON *tree,
    struct verdict *v);
void provider_read_error(const struct provider *p, const cJSON *tree,
    long status, struct verdict *v);

/*
 * A request sent at SENT_MS was refused: whether it is worth a try with a fresh
 * token.
 */
bool provider_renew(struct provider *p, uint64_t sent_ms);

/*
 * Ask the service whether key, model and project are right, before any job is
 * sent.  V: VERDICT_TEXT when they are, STOP when they are not, others when it
 * can't be said now.
 */
void provider_probe(struct provider *p, struct http *h, struct verdict *v);

/* Take secrets out of text that will be kept or shown. */
void provider_scrub(const struct provider *p, struct buf *text);

#endif
