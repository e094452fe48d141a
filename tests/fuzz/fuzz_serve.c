/*
 * fuzz_serve.c - a request: its target, its head and its body
 *
 * The first line is the target, then come fields up to an empty line, and what
 * is left is the body; its bytes are also taken for what a worker that was
 * taken over would ask the monitor to start.
 */
#include <string.h>

#include <microhttpd.h>

#include "../../src/job-serve/body.h"
#include "../../src/job-serve/gate.h"
#include "../../src/job-serve/programs.h"
#include "../../src/job-serve/route.h"
#include "../../src/job-serve/session.h"
#include "fuzz.h"
#include "scan.h"
#include "utf8.h"

/* A copy that ends with a NUL, as the library gives them. */
static char *
copy_of(const char *bytes, size_t len)
{
	char *copy = malloc(len + 1);

	hold(copy != NULL);
	if (len > 0)
		memcpy(copy, bytes, len);
	copy[len] = '\0';
	return copy;
}

static void
try_target(struct request *r, const char *line, size_t len)
{
	unsigned int allowed;
	const char *why, *wrong;
	struct scan *scan;
	struct buf q = { 0 };
	size_t i, at;

	if (target_read(&r->target, line, len, &why) != 0) {
		hold(why != NULL);
		return;
	}
	hold(strlen(r->target.path) == r->target.path_len);
	for (i = 0; i < r->target.count; i++) {
		const struct target_value *v = &r->target.values[i];

		hold(strlen(v->value) == v->len);
		hold(utf8_valid(v->value, v->len) == v->len);
	}
	r->route = route_find(r, &allowed, &wrong);
	if (r->route == NULL || wrong != NULL || !route_check_values(r))
		return;
	buf_byte(&q, '{');
	route_add_values(r, &q);
	buf_byte(&q, '}');
	scan = scan_new();
	hold(scan_value(scan, q.data, q.len, &at) == NULL);
	scan_free(scan);
	buf_free(&q);
}

/* What is behind the fields. */
static const char *
try_head(struct request *r, const char *at, const char *end, char **copies,
    size_t *count)
{
	static const char *const names[] = { "jobs.example" };
	static const unsigned char key[SESSION_KEY] = "k";
	const struct gate_hosts hosts = { names, 1 };
	const struct gate_refusal *refusal;

	r->head = (struct gate_head){ .method = "POST", .version = "HTTP/1.1" };
	while (at < end && *at != '\n' && *count < 2 * GATE_HEADERS) {
		const char *stop = memchr(at, '\n', (size_t)(end - at)), *colon;
		char *name, *value;

		stop = stop != NULL ? stop : end;
		colon = memchr(at, ':', (size_t)(stop - at));
		colon = colon != NULL ? colon : stop;
		name = copy_of(at, (size_t)(colon - at));
		value = colon < stop
		            ? copy_of(colon + 1, (size_t)(stop - colon - 1))
		            : copy_of("", 0);
		copies[(*count)++] = name;
		copies[(*count)++] = value;
		gate_add(&r->head, name, strlen(name), value, strlen(value));
		at = stop < end ? stop + 1 : end;
	}
	refusal = gate_check(&r->head, &hosts);
	if (refusal != NULL) {
		hold(refusal->status >= 400 && refusal->status < 600);
	} else {
		hold(r->head.host != NULL);
		hold(r->head.length <= GATE_DRAIN);
		gate_is_foreign(&r->head);
		gate_is_json(&r->head);
		if (r->head.cookie != NULL)
			hold(session_find(key, r->head.cookie, 1) == 0);
	}
	return at < end ? at + 1 : end;
}

static void
try_body(struct request *r, const char *bytes, size_t len)
{
	static const char *const words[] = { "one", "two", NULL };
	static const struct body_rule rules[] = {
		{ .name = "count", .kind = BODY_COUNT, .min = -5, .max = 5 },
		{ .name = "share", .kind = BODY_DECIMAL, .min = 0, .max = 1 },
		{ .name = "text", .kind = BODY_TEXT, .min = 1, .max = 9 },
		{ .name = "flag", .kind = BODY_FLAG, .nullable = true },
		{ .name = "word", .kind = BODY_CHOICE, .choices = words },
		{ .name = "words",
		    .kind = BODY_CHOICES,
		    .max = 2,
		    .choices = words },
		{ .name = "object", .kind = BODY_OBJECT, .max = 3 },
		{ .name = "ids", .kind = BODY_UUIDS, .min = 1, .max = 3 },
		{ .name = NULL },
	};
	struct json_value values[BODY_RULES], inner[BODY_RULES];
	char *text, *list;

	buf_add(&r->body, bytes, len);
	if (!body_read(r, rules, values)) {
		hold(r->response != NULL);
		return;
	}
	text = body_text(values[2]);
	list = body_list(values[5]);
	hold(text == NULL || utf8_valid(text, strlen(text)) == strlen(text));
	hold(list == NULL || strlen(list) <= 7);
	if (values[6].type == JSON_OBJECT)
		body_read_value(r, "/object", values[6], rules, inner);
	free(text);
	free(list);
}

static void
try_programs(const char *bytes, size_t len)
{
	for (int p = 0; p < PROGRAMS; p++) {
		struct program_argv line;
		bool operands = false;

		if (program_line((enum program)p, bytes, len, false, &line) ==
		    NULL) {
			hold(strcmp(line.argv[0],
			         program_file((enum program)p)) == 0);
			for (size_t i = 1; line.argv[i] != NULL; i++) {
				hold(i < PROGRAM_ARGS);
				operands =
				    operands || strcmp(line.argv[i], "--") == 0;
				/* Before "--" only words of ours and options.
				 */
				hold(operands ||
				     strncmp(line.argv[i], "--", 2) == 0 ||
				     strspn(line.argv[i],
				         "abcdefghijklmnopqrstuvwxyz") ==
				         strlen(line.argv[i]));
			}
		}
		buf_free(&line.text);
	}
}

static void
drop_answer(struct request *r)
{
	if (r->response != NULL)
		MHD_destroy_response(r->response);
	r->response = NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data, *end = text + size, *at;
	char *copies[2 * GATE_HEADERS + 2] = { NULL };
	struct request r = { .method = METHOD_POST };
	size_t count = 0;

	if (size == 0)
		return 0;
	r.method = (enum method)(data[0] % METHOD_OTHER);
	at = memchr(text + 1, '\n', size - 1);
	at = at != NULL ? at : end;
	try_target(&r, text + 1, (size_t)(at - text - 1));
	drop_answer(&r);
	at = try_head(&r, at < end ? at + 1 : end, end, copies, &count);
	try_body(&r, at, (size_t)(end - at));
	drop_answer(&r);
	try_programs(at, (size_t)(end - at));
	target_free(&r.target);
	buf_free(&r.body);
	while (count > 0)
		free(copies[--count]);
	return 0;
}
