/*
 * service.h - what a kind of provider is made of, for provider.c
 */
#ifndef SERVICE_H
#define SERVICE_H

#include "json.h"
#include "provider.h"

/* Write a request's body. */
void gemini_encode(const char *model, const char *thinking,
    const struct prompt_part *part, const struct buf *jobs, uint64_t max_tokens,
    struct buf *body);
void openai_encode(const char *model, const char *thinking,
    const struct prompt_part *part, const struct buf *jobs, uint64_t max_tokens,
    struct buf *body);

/* Read the tree of an answer with status 200. */
void gemini_read(const cJSON *tree, struct verdict *v);
void openai_read(const cJSON *tree, struct verdict *v);

/* Read an answer with another status, or none at all. */
void failure_read(const struct http_answer *a, struct verdict *v);

/* Read an error in a tree; CODE is the HTTP status. */
void error_read(const cJSON *tree, long code, struct verdict *v);

#endif
