/*
 * fuzz_files.c - bytes as a file of a person: rules, a taxonomy, pins, words
 * that make another role; loaded, or refused with one line.  The first byte
 * says which.
 *
 * A file that is wrong ends the program; here log_exit() comes back instead,
 * and what was allocated until then is lost.
 */
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../src/ai-enrich/taxonomy.h"
#include "../../src/job-dedup/pins.h"
#include "../../src/job-dedup/veto.h"
#include "../../src/job-route/rules.h"
#include "file.h"
#include "log.h"
#include "rec.h"
#include "status.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__asan_default_options(void);

/* The sanitizer asks for it by this name. */
const char *
__asan_default_options(void)
{
	return "detect_leaks=0";
}

static jmp_buf refused;
static int refused_with;

void
log_init(const char *program)
{
	(void)program;
}

const char *
log_program(void)
{
	return "fuzz_files";
}

bool
log_on(enum log_level level)
{
	(void)level;
	return false;
}

void
log_write(enum log_level level, const char *message, ...)
{
	(void)level;
	(void)message;
}

void
log_exit(int status, const char *message, ...)
{
	(void)message;
	refused_with = status;
	longjmp(refused, 1);
}

/* Rules that hold decide about any record without harm. */
static void
try_rules(const char *path)
{
	static const char line[] =
	    "{\"feed_id\":1,\"source_id\":\"a\",\"title\":\"Nurse\","
	    "\"locations\":[{\"city\":\"Austin\"}],\"salary_min\":1.50}";
	struct rules *rules = rules_load(path);
	struct rec *job = rec_new();
	struct rule_verdict verdict;
	const char *gave_up;
	size_t at;

	rec_parse(job, line, sizeof line - 1, &at);
	rules_apply(rules, job, false, &verdict, &gave_up);
	if (rules_apply(rules, job, true, &verdict, &gave_up) &&
	    verdict.route == NULL)
		abort();
	rec_free(job);
	rules_free(rules);
}

static void
try_file(char kind, const char *path)
{
	const struct taxonomy *t;
	struct pins *pins;

	switch (kind) {
	case 't':
		t = taxonomy_load(path);
		if (t->count < 2 || t->industries[0].function_count < 1)
			abort();
		taxonomy_free(t);
		break;
	case 'p':
		pins = pins_load(path);
		pins_set(pins, "A", 1);
		pins_free(pins);
		break;
	case 'v':
		veto_free(veto_load(path));
		break;
	default:
		try_rules(path);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *folder = getenv("TMPDIR");
	char path[512];

	if (size == 0 || size > 1 << 16)
		return 0;
	snprintf(path, sizeof path, "%s/fuzz_files.%ld.json",
	    folder == NULL ? "/tmp" : folder, (long)getpid());
	if (file_replace(path, data + 1, size - 1) != NULL)
		return 0;
	if (setjmp(refused) == 0)
		try_file((char)data[0], path);
	else if (refused_with != EX_CONFIG && refused_with != EX_NOINPUT)
		abort();
	remove(path);
	return 0;
}
