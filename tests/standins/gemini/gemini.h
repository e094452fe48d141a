/*
 * gemini.h - the parts of the Gemini stand-in
 *
 * It plays the Developer API, Vertex, a token server, the metadata server and
 * an OpenAI-compatible server.  Its model reads the ads between the fences and
 * answers with what can be told from the ad alone, so that a test sees at once
 * when an answer has gone to another job:
 *
 *     title        the ad's title
 *     description  "Work as TITLE at COMPANY. ..."
 *     skills       "s" and the digits of a hash over the text
 *     tags         the company, or "no company"
 *     industry     the one of the choices that a hash over the title picks
 *     function     the same
 *     confidence   the same
 *
 * Orders of its own (see standin.h for the others):
 *
 *     "key": "K"            the one key that is accepted ("test-key")
 *     "token": "T"          the bearer token that is given out and accepted
 *     "token_seconds": 3599 its expires_in
 *     "model": "M"          the one model there is (any that starts "gemini")
 *     "quota": {"rpm": 10, "tpm": 1000, "rpd": 100, "window_ms": 60000}
 *     "spoil": {...}        or an array of them: an answer of 200 that is wrong
 *         "mode": a word of spoil.c, "times": 1, "skip": 0, "contains": "text"
 *     "random": {"seed": 1, "share": 0.3}   so many of the answers go wrong,
 *                           each in one of all ways; null: none
 *     "batch": {"polls": 2, "state": "FAILED", "finish": true}   a job ends so,
 *                           after so many polls; those there are, now
 *     "obey": true          an ad with the word "zebra" has its way with all
 *                           answers of its request
 */
#ifndef GEMINI_H
#define GEMINI_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "pace.h"
#include "../standin.h"

#define MOST_ADS 200

/* An ad as it stands in a prompt. */
struct shown_ad {
	char key[32];
	struct buf title, company, text;
};

struct prompt_seen {
	struct shown_ad ads[MOST_ADS];
	size_t count;
	const cJSON *codes; /* the choices of the schema */
	const cJSON *shares;
	bool functions; /* stage function */
	bool relevance;
};

/* An answer that is to go wrong. */
struct spoil {
	char *mode, *contains;
	uint64_t skip, times;
	struct spoil *next;
};

struct gemini {
	char *key, *token, *model;
	int64_t token_seconds;
	struct pace rpm, tpm;
	uint64_t rpd, day; /* allowed, used */
	bool quota;
	struct spoil *spoils;
	uint64_t random; /* state; 0: off */
	double share;
	bool obey;
	struct job *jobs; /* of the batch tier */
	unsigned int submitted;
	uint64_t batch_polls;
	char *batch_state;
	uint64_t generated, tokens_in, tokens_out;
};

/* Google's error body: WORDS is the message, DETAILS JSON or NULL. */
void gemini_error(struct standin_reply *reply, int code, const char *words,
    const char *details);

/* What generateContent's body asks; NULL, or what is wrong with it. */
const char *gemini_check(const cJSON *body, const char *model);

/* Read the ads out of the user's text. */
void prompt_read(struct prompt_seen *seen, const char *text);
void prompt_free_seen(struct prompt_seen *seen);

/* Add the model's text for the ads, as a JSON array. */
void model_answer(const struct gemini *g, const struct prompt_seen *seen,
    bool object, struct buf *out);

/* A word of the list of spoil modes. */
bool spoil_known(const char *mode);

/* The mode for this answer, if it is to go wrong. */
const char *spoil_pick(struct gemini *g, const char *body);

/*
 * Change TEXT, the model's, and say how it finished in *FINISH; true when the
 * reply was written in another way altogether.
 */
bool spoil_text(struct gemini *g, const char *mode, struct buf *text,
    const char **finish, struct standin_reply *reply);

/* The next random number. */
uint64_t gemini_random(struct gemini *g);

/* Requests and tokens: true when they are within the quota, else a 429. */
bool quota_pass(struct gemini *g, uint64_t tokens, struct standin_reply *reply);

/* Answer a request for content whose body is BODY. */
void gemini_generate(struct gemini *g, const struct standin_request *request,
    const cJSON *body, const char *model, struct standin_reply *reply);

/* Jobs of the batch tier: submission, and all below /v1beta/batches. */
void batch_submit(struct gemini *g, const char *model, const cJSON *body,
    struct standin_reply *reply);
void batch_serve(struct gemini *g, const char *path,
    struct standin_reply *reply);
void batch_finish(struct gemini *g); /* all there are, at the next poll */
void batch_reset(struct gemini *g);

#endif
