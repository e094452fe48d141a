/* opt.c - the command line, from one table a program */
#include "opt.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "log.h"
#include "scan.h"
#include "status.h"

#define MOST 64

static const struct opt common[] = {
	{ .letter = 'h',
	    .name = "help",
	    .kind = OPT_FLAG,
	    .help = "print this summary and exit" },
	{ .letter = 'V',
	    .name = "version",
	    .kind = OPT_FLAG,
	    .help = "print the version and exit" },
	{ .letter = 'v',
	    .name = "verbose",
	    .kind = OPT_FLAG,
	    .help = "say more (twice: even more)" },
	{ .letter = 'q',
	    .name = "quiet",
	    .kind = OPT_FLAG,
	    .help = "say errors only" },
	{ .name = NULL },
};

/* Where a value came from, for the message when it is wrong. */
struct source {
	const struct opt_tool *tool;
	const struct opt *opt;
	bool from_environment;
};

static bool
takes_value(const struct opt *o)
{
	return o->kind != OPT_FLAG && o->kind != OPT_UNFLAG;
}

/* Wrong usage: what, which, and where to read on. */
static _Noreturn void
hint(const struct opt_tool *tool, const char *message, const char *key,
    const char *value)
{
	struct buf help = { 0 };

	buf_printf(&help, "%s --help", tool->name);
	if (value != NULL)
		log_error(message, LOG_TEXT(key, value),
		    LOG_TEXT("see", buf_string(&help)));
	else
		log_error(message, LOG_TEXT("see", buf_string(&help)));
	buf_free(&help);
	exit(EX_USAGE);
}

void
opt_wrong(const struct opt_tool *tool, const char *what, const char *value)
{
	hint(tool, what, "value", value);
}

/* A value that does not fit; WANTED says what would. */
static _Noreturn void
bad_value(const struct source *s, const char *value, const char *wanted)
{
	struct buf name = { 0 };

	if (s->from_environment)
		die(EX_CONFIG, "wrong value in the environment",
		    LOG_TEXT("variable", s->opt->env), LOG_TEXT("value", value),
		    LOG_TEXT("wanted", wanted));
	buf_printf(&name, "--%s", s->opt->name);
	log_error("wrong value of an option",
	    LOG_TEXT("option", buf_string(&name)), LOG_TEXT("value", value),
	    LOG_TEXT("wanted", wanted), LOG_TEXT("see", "--help"));
	exit(EX_USAGE);
}

static void
check_range(const struct source *s, const char *value, uint64_t number)
{
	struct buf wanted = { 0 };
	uint64_t max = s->opt->max > 0 ? s->opt->max : UINT64_MAX;

	if (number >= s->opt->min && number <= max)
		return;
	if (s->opt->max > 0)
		buf_printf(&wanted, "from %" PRIu64 " to %" PRIu64, s->opt->min,
		    s->opt->max);
	else
		buf_printf(&wanted, "at least %" PRIu64, s->opt->min);
	bad_value(s, value, buf_string(&wanted));
}

/* Digits, then at most one suffix of SUFFIXES, whose factors are given. */
static uint64_t
number_with(const struct source *s, const char *value, const char *suffixes,
    const uint64_t *factors, const char *wanted)
{
	const char *at;
	char *end;
	unsigned long long n;
	uint64_t factor = 1;

	errno = 0;
	n = strtoull(value, &end, 10);
	if (*value < '0' || *value > '9' || errno != 0)
		bad_value(s, value, wanted);
	if (*end != '\0') {
		at = strchr(suffixes, *end);
		if (at == NULL || end[1] != '\0')
			bad_value(s, value, wanted);
		factor = factors[at - suffixes];
	}
	if (n > UINT64_MAX / factor)
		bad_value(s, value, wanted);
	check_range(s, value, n * factor);
	return n * factor;
}

static uint64_t
size_of(const struct source *s, const char *value)
{
	static const uint64_t factors[] = { 1024, 1024, 1 << 20, 1 << 20,
		1 << 30, 1 << 30, (uint64_t)1 << 40, (uint64_t)1 << 40 };

	return number_with(s, value, "kKmMgGtT", factors,
	    "a number of bytes, such as 65536, 16M or 2G");
}

static uint64_t
milliseconds_of(const struct source *s, const char *value)
{
	static const char wanted[] =
	    "a time, such as 30, 1.5, 300ms, 2m, 6h or 1d";
	static const struct {
		const char *name;
		double ms;
	} units[] = { { "", 1e3 }, { "s", 1e3 }, { "ms", 1 }, { "m", 6e4 },
		{ "h", 36e5 }, { "d", 864e5 } };
	double n;
	char *end;
	size_t i;

	if (*value < '0' || *value > '9' || strspn(value, "0123456789.") > 15)
		bad_value(s, value, wanted);
	n = strtod(value, &end);
	for (i = 0; i < sizeof units / sizeof *units; i++)
		if (strcmp(end, units[i].name) == 0) {
			n = n * units[i].ms + 0.5;
			if (n > 9e15)
				bad_value(s, value, wanted);
			check_range(s, value, (uint64_t)n);
			return (uint64_t)n;
		}
	bad_value(s, value, wanted);
}

static const char *
decimal_of(const struct source *s, const char *value)
{
	struct scan *scan = scan_new();
	size_t len = strlen(value), at;
	bool ok = strspn(value, "0123456789.-") == len &&
	          scan_value(scan, value, len, &at) == NULL;
	struct buf wanted = { 0 };

	scan_free(scan);
	if (ok && s->opt->low != NULL)
		ok = json_compare(value, len, s->opt->low,
		         strlen(s->opt->low)) >= 0;
	if (ok && s->opt->high != NULL)
		ok = json_compare(value, len, s->opt->high,
		         strlen(s->opt->high)) <= 0;
	if (!ok) {
		buf_printf(&wanted, "a decimal number from %s to %s",
		    s->opt->low != NULL ? s->opt->low : "any",
		    s->opt->high != NULL ? s->opt->high : "any");
		bad_value(s, value, buf_string(&wanted));
	}
	return value;
}

static int
choice_of(const struct source *s, const char *value)
{
	struct buf wanted = { 0 };
	int i;

	for (i = 0; s->opt->choices[i] != NULL; i++)
		if (strcmp(s->opt->choices[i], value) == 0)
			return i;
	for (i = 0; s->opt->choices[i] != NULL; i++)
		buf_printf(&wanted, "%s%s", i > 0 ? ", " : "one of ",
		    s->opt->choices[i]);
	bad_value(s, value, buf_string(&wanted));
}

static void
add_to_list(struct opt_list *list, const char *value)
{
	list->items =
	    mem_resize(list->items, list->count + 1, sizeof *list->items);
	list->items[list->count++] = value;
}

static bool
truth_of(const struct source *s, const char *value)
{
	if (strcmp(value, "1") == 0 || strcmp(value, "true") == 0 ||
	    strcmp(value, "yes") == 0)
		return true;
	if (strcmp(value, "0") == 0 || strcmp(value, "false") == 0 ||
	    strcmp(value, "no") == 0)
		return false;
	bad_value(s, value, "1 or 0");
}

/* VALUE is NULL for a flag given on the command line. */
static void
take(const struct source *s, const char *value)
{
	const struct opt *o = s->opt;
	static const uint64_t one = 1;

	switch (o->kind) {
	case OPT_FLAG:
		*(bool *)o->to = value == NULL || truth_of(s, value);
		break;
	case OPT_UNFLAG:
		*(bool *)o->to = value != NULL && !truth_of(s, value);
		break;
	case OPT_TEXT:
		*(const char **)o->to = value;
		break;
	case OPT_LIST:
		add_to_list(o->to, value);
		break;
	case OPT_COUNT:
		*(uint64_t *)o->to =
		    number_with(s, value, "", &one, "a whole number");
		break;
	case OPT_SIZE:
		*(uint64_t *)o->to = size_of(s, value);
		break;
	case OPT_SECONDS:
		*(uint64_t *)o->to = milliseconds_of(s, value);
		break;
	case OPT_DECIMAL:
		*(const char **)o->to = decimal_of(s, value);
		break;
	case OPT_CHOICE:
		*(int *)o->to = choice_of(s, value);
		break;
	}
}

static void
help_line(const struct opt *o)
{
	struct buf left = { 0 };

	if (o->letter != 0)
		buf_printf(&left, "  -%c, --%s", o->letter, o->name);
	else
		buf_printf(&left, "      --%s", o->name);
	if (takes_value(o))
		buf_printf(&left, "=%s", o->arg != NULL ? o->arg : "VALUE");
	if (left.len > 28)
		printf("%s\n%30s%s\n", buf_string(&left), "", o->help);
	else
		printf("%-30s%s\n", buf_string(&left), o->help);
	buf_free(&left);
}

static _Noreturn void
print_and_exit(const struct opt_tool *tool, bool version)
{
	const struct opt *o;

	if (version) {
		printf("%s (jobmill) %s\n", log_program(), VERSION);
	} else {
		printf("Usage: %s %s\n%s\n\n", tool->name, tool->synopsis,
		    tool->summary);
		for (o = tool->opts; o != NULL && o->name != NULL; o++)
			help_line(o);
		for (o = common; o->name != NULL; o++)
			help_line(o);
		if (tool->notes != NULL)
			printf("\n%s\n", tool->notes);
		printf("\nSee '%s(1)' and 'jobmill(7)' for more.\n",
		    log_program());
	}
	if (fflush(stdout) != 0 || ferror(stdout))
		die(EX_IOERR, "cannot write", LOG_TEXT("file", "stdout"),
		    LOG_TEXT("error", strerror(errno)));
	exit(EX_OK);
}

/* The tables of getopt_long(3), made out of ours. */
struct getopt_tables {
	struct option longs[MOST + 1];
	const struct opt *opts[MOST];
	char shorts[2 * MOST + 3];
	int count;
};

static void
add_options(struct getopt_tables *t, const struct opt *o, char **shorts)
{
	for (; o != NULL && o->name != NULL; o++) {
		if (t->count == MOST)
			die(EX_SOFTWARE, "too many options in a table");
		t->opts[t->count] = o;
		t->longs[t->count++] = (struct option){ o->name,
			takes_value(o) ? required_argument : no_argument, NULL,
			o->letter };
		if (o->letter != 0)
			*(*shorts)++ = o->letter;
		if (o->letter != 0 && takes_value(o))
			*(*shorts)++ = ':';
	}
}

static const struct opt *
by_letter(const struct getopt_tables *t, int letter)
{
	int i;

	for (i = 0; i < t->count; i++)
		if (letter != 0 && t->opts[i]->letter == letter)
			return t->opts[i];
	return NULL;
}

static void
common_option(const struct opt_tool *tool, const struct opt *o)
{
	if (o->letter == 'h' || o->letter == 'V')
		print_and_exit(tool, o->letter == 'V');
	else if (o->letter == 'v')
		log_louder();
	else
		log_quieter();
}

/* getopt_long(3) found something wrong. */
static _Noreturn void
not_understood(const struct opt_tool *tool, const struct getopt_tables *t,
    char *argv[], int c)
{
	char letter[3] = { '-', (char)optopt, '\0' };
	const char *shown = argv[optind - 1];

	/* A letter may stand in the middle of its argument. */
	if (optopt != 0 && (shown == NULL || strncmp(shown, "--", 2) != 0))
		shown = letter;
	if (c == ':' ||
	    (optopt != 0 && by_letter(t, optopt) != NULL &&
	        takes_value(by_letter(t, optopt)) && shown == letter))
		hint(tool, "option needs a value", "option", shown);
	hint(tool, "unknown or ambiguous option", "option", shown);
}

static void
from_environment(const struct opt_tool *tool)
{
	struct source s = { tool, NULL, true };
	const char *value;

	for (s.opt = tool->opts; s.opt != NULL && s.opt->name != NULL;
	     s.opt++) {
		value = s.opt->env != NULL ? getenv(s.opt->env) : NULL;
		if (value != NULL && *value != '\0')
			take(&s, value);
	}
}

int
opt_parse(const struct opt_tool *tool, int argc, char *argv[])
{
	struct getopt_tables t = { .count = 0 };
	struct source s = { tool, NULL, false };
	char *shorts = t.shorts;
	int c, index = -1;

	*shorts++ = ':';
	add_options(&t, tool->opts, &shorts);
	add_options(&t, common, &shorts);
	*shorts = '\0';
	from_environment(tool);
	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, t.shorts, t.longs, &index)) != -1) {
		if (c == '?' || c == ':')
			not_understood(tool, &t, argv, c);
		s.opt = index >= 0 ? t.opts[index] : by_letter(&t, c);
		index = -1;
		if (s.opt->to == NULL)
			common_option(tool, s.opt);
		else
			take(&s, takes_value(s.opt) ? optarg : NULL);
	}
	if (argc - optind < tool->operands_min)
		hint(tool, "operand missing", "usage", tool->synopsis);
	if (tool->operands_max >= 0 && argc - optind > tool->operands_max)
		hint(tool, "operand not expected", "operand",
		    argv[optind + tool->operands_max]);
	return optind;
}
