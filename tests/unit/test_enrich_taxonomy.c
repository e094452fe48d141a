/* test_enrich_taxonomy.c - taxonomies and lexicons are checked strictly */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "file.h"
#include "log.h"
#include "status.h"

#include "../../src/ai-enrich/local.h"
#include "../../src/ai-enrich/taxonomy.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

#define FUNCTIONS "[{\"code\":\"f\",\"name\":\"F\"}]"
#define INDUSTRY(code, name)                                                   \
	"{\"code\":\"" code "\",\"name\":\"" name "\",\"path\":[\"" name       \
	"\"],\"functions\":" FUNCTIONS "}"
#define TAXONOMY(industries)                                                   \
	"{\"version\":\"1\",\"industries\":[" industries "]}"

/* A file of this text; the caller removes it. */
static void
write_file(char path[32], const char *text)
{
	int fd;

	(void)snprintf(path, 32, "/tmp/test_taxonomy.XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(close(fd), 0);
}

/* How a load of PATH in a process of its own ends, without its words. */
static int
status_of(const char *taxonomy, const char *lexicon)
{
	int status, fd;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		const struct taxonomy *t;

		fd = open("/dev/null", O_WRONLY);
		(void)dup2(fd, STDERR_FILENO);
		t = taxonomy_load(taxonomy);
		if (lexicon != NULL)
			local_close(local_open(t, lexicon));
		taxonomy_free(t);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
a_wrong_taxonomy_exits_78(void **state)
{
	static const char *const wrong[] = { "", "[]", "{}", "{\"version\":1}",
		"{\"version\":\"1\",\"industries\":{}}", TAXONOMY(""),
		/* one industry is no choice */
		TAXONOMY(INDUSTRY("a", "A")),
		/* a code twice */
		TAXONOMY(INDUSTRY("a", "A") "," INDUSTRY("a", "B")),
		/* not a code, empty, too long */
		TAXONOMY(INDUSTRY("a b", "A") "," INDUSTRY("b", "B")),
		TAXONOMY(INDUSTRY("", "A") "," INDUSTRY("b", "B")),
		TAXONOMY(
		    INDUSTRY("a2345678901234567", "A") "," INDUSTRY("b", "B")),
		/* no name, a control character */
		TAXONOMY(INDUSTRY("a", "") "," INDUSTRY("b", "B")),
		TAXONOMY(INDUSTRY("a", "A\\n") "," INDUSTRY("b", "B")),
		/* unknown and missing keys */
		"{\"version\":\"1\",\"extra\":1,\"industries\":[" INDUSTRY("a",
		    "A") "," INDUSTRY("b", "B") "]}",
		TAXONOMY(INDUSTRY("a", "A") ",{\"code\":\"b\",\"name\":\"B\","
		                            "\"path\":[\"B\"]}"),
		TAXONOMY(INDUSTRY("a",
		    "A") ",{\"code\":\"b\",\"name\":\"B\",\"path\":[\"B\"],"
		         "\"naics\":1,\"functions\":" FUNCTIONS "}"),
		/* a path that leads elsewhere, or nowhere */
		TAXONOMY(INDUSTRY("a",
		    "A") ",{\"code\":\"b\",\"name\":\"B\",\"path\":[\"C\"],"
		         "\"functions\":" FUNCTIONS "}"),
		TAXONOMY(INDUSTRY("a",
		    "A") ",{\"code\":\"b\",\"name\":\"B\",\"path\":[],"
		         "\"functions\":" FUNCTIONS "}"),
		/* no functions, one twice, one code with two names */
		TAXONOMY(INDUSTRY("a",
		    "A") ",{\"code\":\"b\",\"name\":\"B\",\"path\":[\"B\"],"
		         "\"functions\":[]}"),
		TAXONOMY(INDUSTRY("a",
		    "A") ",{\"code\":\"b\",\"name\":\"B\",\"path\":[\"B\"],"
		         "\"functions\":[{\"code\":\"f\",\"name\":\"F\"},"
		         "{\"code\":\"f\",\"name\":\"F\"}]}"),
		TAXONOMY(INDUSTRY("a",
		    "A") ",{\"code\":\"b\",\"name\":\"B\",\"path\":[\"B\"],"
		         "\"functions\":[{\"code\":\"f\",\"name\":\"G\"}]}") };
	char path[32];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(wrong); i++) {
		write_file(path, wrong[i]);
		assert_int_equal(status_of(path, NULL), EX_CONFIG);
		assert_int_equal(unlink(path), 0);
	}
	assert_int_equal(status_of("/no/such/file", NULL), EX_NOINPUT);
}

static void
a_small_taxonomy_loads_and_is_found_by_code(void **state)
{
	static const char text[] =
	    TAXONOMY(INDUSTRY("a", "A") "," INDUSTRY("b.2", "\u00c9lan"));
	const struct taxonomy *t;
	char path[32];

	(void)state;
	write_file(path, text);
	t = taxonomy_load(path);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(t->count, 2);
	assert_int_equal(t->kinds, 1); /* one function, in both */
	assert_string_equal(t->version, "1");
	assert_ptr_equal(taxonomy_industry(t, "b.2", 3), &t->industries[1]);
	assert_string_equal(t->industries[1].path[0], "\u00c9lan");
	assert_null(taxonomy_industry(t, "b.2", 2));
	assert_null(taxonomy_industry(t, "B.2", 3));
	assert_ptr_equal(taxonomy_function(&t->industries[0], "f", 1),
	    taxonomy_function(&t->industries[1], "f", 1));
	assert_null(taxonomy_function(&t->industries[0], "ff", 2));
	taxonomy_free(t);
	taxonomy_free(NULL);
}

static void
the_shipped_taxonomy_has_20_industries_with_8_to_20_functions(void **state)
{
	struct buf path = { 0 };
	const struct taxonomy *t;
	size_t i;

	(void)state;
	t = taxonomy_load(file_share(&path, "taxonomy/taxonomy.json"));
	assert_int_equal(t->count, 20);
	for (i = 0; i < t->count; i++)
		assert_in_range(t->industries[i].function_count, 8, 20);
	taxonomy_free(t);
	buf_free(&path);
}

/* The shipped lexicon with its first FROM replaced by TO. */
static void
write_changed(char path[32], const char *from, const char *to)
{
	struct buf room = { 0 }, text = { 0 }, out = { 0 };
	const char *whole, *at;

	assert_null(file_read(file_share(&room, "taxonomy/lexicon.json"),
	    (size_t)8 << 20, &text));
	whole = buf_string(&text);
	at = strstr(whole, from);
	assert_non_null(at);
	buf_add(&out, whole, (size_t)(at - whole));
	buf_text(&out, to);
	buf_text(&out, at + strlen(from));
	write_file(path, buf_string(&out));
	buf_free(&room);
	buf_free(&text);
	buf_free(&out);
}

static void
a_wrong_lexicon_exits_78(void **state)
{
	static const char *const changes[][2] = { { "\"version\"",
		                                      "\"Version\"" },
		{ "\"evidence\": ", "\"evidence\": \"x\", \"e\": " },
		{ "\"evidence\": ", "\"evidence\": 0, \"unknown\": " },
		{ "\"repeat\": [", "\"repeat\": [1, " },
		{ "\"curve\": [[", "\"curve\": [[2, 0.1], [" },
		{ "\"curve\": [[", "\"curve\": [[0.9, 0.99], [" },
		{ "\"title\": 200", "\"title\": 20000" },
		{ "\"neutral\": [", "\"neutral\": [7, " },
		{ "\"neutral\": [", "\"neutral\": [\"--\", " },
		{ "\"neutral\": [", "\"neutral\": [\"a, b\", " },
		{ "\"neutral\": [", "\"neutral\": [\"ab*\", " },
		{ "\"any\": {", "\"somewhere\": {" },
		{ "\"5\": [", "\"10\": [" }, { "\"5\": [", "\"0\": [" },
		{ "\"5\": [", "\"5\": [\"hotels\", \"hotel\", " },
		{ "\"terms\": {", "\"terms\": [], \"t\": {" },
		{ "\"duties\": [", "\"chores\": [" },
		{ "\"skills\": {", "\"skills\": { \"X\": \"x\"," },
		{ "\"skills\": {", "\"skills\": { \"X\": [\"python\"]," },
		{ "\"function_share\": ", "\"function_share\": 1." } };
	struct buf room = { 0 };
	const char *taxonomy = file_share(&room, "taxonomy/taxonomy.json");
	char path[32];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(changes); i++) {
		write_changed(path, changes[i][0], changes[i][1]);
		assert_int_equal(status_of(taxonomy, path), EX_CONFIG);
		assert_int_equal(unlink(path), 0);
	}
	assert_int_equal(status_of(taxonomy, "/no/such/file"), EX_NOINPUT);
	buf_free(&room);
}

/* The answer about a title alone. */
static const char *
industry_of(struct local *l, const char *title)
{
	struct industry_answer a = { 0 };
	struct ad ad = { .title = { title, strlen(title) } };
	const char *code;

	local_industry(l, &ad, &a);
	code = a.industry->code;
	answer_free(&a);
	return code;
}

static void
a_taxonomy_replaced_alone_goes_by_its_names(void **state)
{
	static const char text[] = TAXONOMY(INDUSTRY("x",
	    "Circus and Juggling") "," INDUSTRY("y", "Volcano Watching"));
	struct buf room = { 0 };
	const struct taxonomy *t;
	struct local *l;
	char path[32];

	(void)state;
	write_file(path, text);
	t = taxonomy_load(path);
	assert_int_equal(unlink(path), 0);
	l = local_open(t, file_share(&room, "taxonomy/lexicon.json"));
	assert_string_equal(industry_of(l, "Helper at a circus"), "x");
	assert_string_equal(industry_of(l, "Guard of a volcano"), "y");
	local_close(l);
	local_close(NULL);
	taxonomy_free(t);
	buf_free(&room);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wrong_taxonomy_exits_78),
		cmocka_unit_test(a_small_taxonomy_loads_and_is_found_by_code),
		cmocka_unit_test(
		    the_shipped_taxonomy_has_20_industries_with_8_to_20_functions),
		cmocka_unit_test(a_wrong_lexicon_exits_78),
		cmocka_unit_test(a_taxonomy_replaced_alone_goes_by_its_names),
	};

	log_init("test_enrich_taxonomy");
	setenv("JOBMILL_SHARE", "share", 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
