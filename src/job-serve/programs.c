/* programs.c - what the monitor starts, and with which arguments */
#include "programs.h"

#include <string.h>

#include "utf8.h"

/* What a value may be. */
enum form {
	FORM_FLAG,    /* nothing: "" */
	FORM_NUMBER,  /* digits, at most 18 */
	FORM_DECIMAL, /* digits and a point */
	FORM_WORDS,   /* small letters, digits, '_', '-' and ',' */
	FORM_LABEL,   /* letters, digits, '-' */
	FORM_TEXT,    /* UTF-8 */
	FORM_URL      /* http: or https:; file: where that is allowed */
};

struct argument {
	const char *name; /* NULL: an operand */
	enum form form;
};

struct recipe {
	const char *file;
	const char *words[4];
	bool reads, is_run;
	int operands_min, operands_max;
	struct argument arguments[16]; /* ended by FORM_FLAG without a name */
};

#define OPERAND(f)                                                             \
	{                                                                      \
		NULL, f                                                        \
	}

#define VERDICT(word)                                                          \
	{                                                                      \
		.file = "pg-store", .words = { "review", word },               \
		.reads = true, .operands_min = 1, .operands_max = 1,           \
		.arguments = {                                                 \
			{ "by", FORM_TEXT },                                   \
			OPERAND(FORM_LABEL)                                    \
		}                                                              \
	}

#define INSPECT(option, takes_map)                                             \
	{                                                                      \
		.file = "inspect-feed", .words = { option },                   \
		.reads = (takes_map), .is_run = true, .operands_min = 1,       \
		.operands_max = 1, .arguments = {                              \
			OPERAND(FORM_NUMBER)                                   \
		}                                                              \
	}

/* How a feed is read and guarded, as `pg-store feed set` takes it. */
#define SETTINGS                                                               \
	{ "map", FORM_TEXT }, { "enabled", FORM_WORDS },                       \
	    { "bypass", FORM_WORDS }, { "load", FORM_WORDS },                  \
	    { "misses", FORM_NUMBER }, { "max-close", FORM_DECIMAL },          \
	    { "confirm-after", FORM_NUMBER }, { "accept", FORM_WORDS },        \
	    { "unset", FORM_WORDS }, { "schedule", FORM_TEXT },                \
	{                                                                      \
		"options", FORM_TEXT                                           \
	}

static const struct recipe programs[PROGRAMS] = {
	[PROGRAM_ASK] = { .file = "pg-store",
	    .words = { "ask" },
	    .reads = true },
	[PROGRAM_BEGIN] = { .file = "pg-store",
	    .words = { "begin" },
	    .operands_min = 1,
	    .operands_max = 1,
	    .arguments = { OPERAND(FORM_NUMBER) } },
	[PROGRAM_RUN] = { .file = "process-feed",
	    .is_run = true,
	    .operands_min = 1,
	    .operands_max = 1,
	    .arguments = { { "run", FORM_NUMBER }, { "full", FORM_FLAG },
	        { "no-sync", FORM_FLAG }, OPERAND(FORM_NUMBER) } },
	[PROGRAM_HEARTBEAT] = { .file = "pg-store",
	    .words = { "heartbeat" },
	    .operands_min = 1,
	    .operands_max = PROGRAM_ARGS - 4,
	    .arguments = { OPERAND(FORM_NUMBER) } },
	[PROGRAM_ABORT] = { .file = "pg-store",
	    .words = { "abort" },
	    .operands_min = 1,
	    .operands_max = 1,
	    .arguments = { { "status", FORM_WORDS }, { "reason", FORM_TEXT },
	        OPERAND(FORM_NUMBER) } },
	[PROGRAM_ACCEPT] = { .file = "pg-store",
	    .words = { "commit" },
	    .operands_min = 1,
	    .operands_max = 1,
	    .arguments = { { "accept", FORM_WORDS }, OPERAND(FORM_NUMBER) } },
	[PROGRAM_APPROVE] = VERDICT("approve"),
	[PROGRAM_REJECT] = VERDICT("reject"),
	[PROGRAM_EDIT] = VERDICT("edit"),
	[PROGRAM_WITHDRAW] = VERDICT("withdraw"),
	[PROGRAM_FEED_ADD] = { .file = "pg-store",
	    .words = { "feed", "add" },
	    .operands_min = 2,
	    .operands_max = 2,
	    .arguments = { OPERAND(FORM_TEXT), OPERAND(FORM_URL) } },
	[PROGRAM_FEED_SET] = { .file = "pg-store",
	    .words = { "feed", "set" },
	    .operands_min = 1,
	    .operands_max = 1,
	    .arguments = { { "name", FORM_TEXT }, { "url", FORM_URL }, SETTINGS,
	        OPERAND(FORM_NUMBER) } },
	[PROGRAM_FEED_REMOVE] = { .file = "pg-store",
	    .words = { "feed", "remove" },
	    .operands_min = 1,
	    .operands_max = 1,
	    .arguments = { { "with-jobs", FORM_FLAG }, OPERAND(FORM_NUMBER) } },
	[PROGRAM_DUE] = { .file = "pg-store", .words = { "feed", "due" } },
	[PROGRAM_INSPECT] = INSPECT(NULL, false),
	[PROGRAM_PREVIEW] = INSPECT("--preview", true),
	[PROGRAM_MAP_CHECK] = INSPECT("--check", true),
	[PROGRAM_MAP_SAVE] = { .file = "pg-store",
	    .words = { "feed", "set", "--own-map=-" },
	    .reads = true,
	    .operands_min = 1,
	    .operands_max = 1,
	    .arguments = { OPERAND(FORM_NUMBER) } },
	[PROGRAM_SYNC_PLAN] = { .file = "plan-sync",
	    .is_run = true,
	    .operands_min = 1,
	    .operands_max = 1,
	    .arguments = { { "feed", FORM_NUMBER }, OPERAND(FORM_LABEL) } },
	[PROGRAM_SYNC_APPLY] = { .file = "plan-sync",
	    .words = { "--apply" },
	    .is_run = true,
	    .operands_min = 1,
	    .operands_max = 1,
	    .arguments = { { "allow", FORM_WORDS }, OPERAND(FORM_LABEL) } },
};

#define DIGITS "0123456789"
#define SMALL "abcdefghijklmnopqrstuvwxyz"

const char *
program_file(enum program p)
{
	return programs[p].file;
}

bool
program_reads(enum program p)
{
	return programs[p].reads;
}

bool
program_is_run(enum program p)
{
	return programs[p].is_run;
}

static bool
consists_of(const char *value, size_t len, const char *letters, size_t most)
{
	return len > 0 && len <= most && strspn(value, letters) == len;
}

static bool
has_form(enum form form, const char *value, size_t len, bool files)
{
	switch (form) {
	case FORM_FLAG:
		return len == 0;
	case FORM_NUMBER:
		return consists_of(value, len, DIGITS, 18);
	case FORM_DECIMAL:
		return consists_of(value, len, DIGITS ".", 18);
	case FORM_WORDS:
		return consists_of(value, len, SMALL DIGITS "_-,", 100);
	case FORM_LABEL:
		return consists_of(value, len,
		    SMALL DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZ-", 64);
	case FORM_URL:
		return len <= 4096 && utf8_valid(value, len) == len &&
		       (strncmp(value, "http://", 7) == 0 ||
		           strncmp(value, "https://", 8) == 0 ||
		           (files && strncmp(value, "file:///", 8) == 0));
	case FORM_TEXT:
		return utf8_valid(value, len) == len;
	}
	return false;
}

/* The argument of that name, or the operand in place N; NULL: none. */
static const struct argument *
argument_of(const struct recipe *p, const char *name, int n)
{
	const struct argument *a = p->arguments, *operand = NULL;

	for (; a->name != NULL || a->form != FORM_FLAG; a++) {
		if (*name != '\0' && a->name != NULL &&
		    strcmp(a->name, name) == 0)
			return a;
		if (*name == '\0' && a->name == NULL && n-- >= 0)
			operand = a;
	}
	return operand;
}

/* A word more of the command line; where it starts in the text. */
static void
add_word(struct buf *text, size_t starts[], size_t *count, const char *word)
{
	starts[(*count)++] = text->len;
	buf_add(text, word, strlen(word) + 1);
}

static void
add_option(struct buf *text, size_t starts[], size_t *count,
    const struct argument *a, const char *value)
{
	starts[(*count)++] = text->len;
	buf_printf(text, a->form == FORM_FLAG ? "--%s" : "--%s=", a->name);
	buf_add(text, value, strlen(value) + 1);
}

/* One pass over what was given: the options, or the operands. */
static const char *
add_given(const struct recipe *p, const char *args, size_t len, bool files,
    bool operands, struct buf *text, size_t starts[], size_t *count)
{
	const char *at = args, *end = args + len, *name, *value;
	const struct argument *a;
	int n = 0;

	while (at < end) {
		name = at;
		at += strnlen(at, (size_t)(end - at)) + 1;
		value = at;
		if (at < end)
			at += strnlen(at, (size_t)(end - at)) + 1;
		if (value >= end || at > end)
			return "arguments are cut off";
		if ((*name == '\0') != operands)
			continue;
		a = argument_of(p, name, n++);
		if (a == NULL ||
		    !has_form(a->form, value, strlen(value), files))
			return "an argument is not what it may be";
		if (*count >= PROGRAM_ARGS - 2)
			return "there are too many arguments";
		if (operands)
			add_word(text, starts, count, value);
		else
			add_option(text, starts, count, a, value);
	}
	return operands && (n < p->operands_min || n > p->operands_max)
	           ? "there are too few or too many operands"
	           : NULL;
}

const char *
program_line(enum program number, const char *args, size_t len, bool files,
    struct program_argv *out)
{
	const struct recipe *p = &programs[number];
	size_t starts[PROGRAM_ARGS], count = 0, i;
	const char *wrong;

	*out = (struct program_argv){ .argv = { NULL } };
	add_word(&out->text, starts, &count, p->file);
	for (i = 0; i < sizeof p->words / sizeof *p->words; i++)
		if (p->words[i] != NULL)
			add_word(&out->text, starts, &count, p->words[i]);
	wrong =
	    add_given(p, args, len, files, false, &out->text, starts, &count);
	/* What reads has its list from standard input: its operand is "-". */
	if (wrong == NULL && p->operands_max > 0)
		add_word(&out->text, starts, &count, "--");
	if (wrong == NULL)
		wrong = add_given(p, args, len, files, true, &out->text, starts,
		    &count);
	for (i = 0; i < count; i++)
		out->argv[i] = out->text.data + starts[i];
	return wrong;
}
