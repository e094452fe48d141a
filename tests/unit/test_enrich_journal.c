/* test_enrich_journal.c - answers that outlive the run that paid for them */
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

#include "../../src/ai-enrich/journal.h"

#define PROFILE "industry-m-0123456789abcdef"

static char folder[] = "/tmp/jobmill-test-XXXXXX";
static char path[64];

static const char answered[] =
    "{\"title\":\"Baker %d\",\"id\":%d,\"ai_title\":\"B \\u00e9 %d\","
    "\"ai_tags\":[],\"ai_industry\":{\"code\":\"food\"},\"ai_confidence\":0.9,"
    "\"ai\":{\"industry\":{\"model\":\"m\",\"cached\":false}}}";

/* An item and its record, answered or not. */
struct job {
	struct item *item;
	struct rec *rec;
	char line[512];
};

static void
job_open(struct job *job, int number, bool with_answer)
{
	size_t at;

	if (with_answer)
		snprintf(job->line, sizeof(job->line), answered, number, number,
		    number);
	else
		snprintf(job->line, sizeof(job->line),
		    "{\"title\":\"Baker %d\",\"id\":%d,\"pay\":1.10}", number,
		    100 + number);
	job->rec = rec_new();
	assert_null(rec_parse(job->rec, job->line, strlen(job->line), &at));
	job->item = item_new(0, job->line, strlen(job->line));
	advert_read(&job->item->ad, job->rec);
}

static void
job_close(struct job *job)
{
	item_free(job->item);
	rec_free(job->rec);
}

static struct journal *
reopen(struct journal *j)
{
	journal_close(j);
	return journal_open(path, STAGE_INDUSTRY, PROFILE);
}

static void
keep(struct journal *j, int number)
{
	struct job job;

	job_open(&job, number, true);
	journal_keep(j, job.item, job.rec);
	job_close(&job);
}

static bool
has(struct journal *j, int number)
{
	struct job job;
	struct buf line = { 0 };
	char wanted[600];
	bool taken;

	job_open(&job, number, false);
	taken = journal_take(j, job.item, job.rec);
	rec_write(job.rec, &line);
	snprintf(wanted, sizeof(wanted),
	    "{\"title\":\"Baker %d\",\"id\":%d,\"pay\":1.10,\"ai_title\":"
	    "\"B \\u00e9 %d\",\"ai_tags\":[],\"ai_industry\":{\"code\":"
	    "\"food\"},\"ai_confidence\":0.9,\"ai\":{\"industry\":{\"model\":"
	    "\"m\",\"cached\":false}}}",
	    number, 100 + number, number);
	assert_string_equal(buf_string(&line), taken ? wanted : job.line);
	buf_free(&line);
	job_close(&job);
	return taken;
}

static int
no_file(void **state)
{
	(void)state;
	unlink(path);
	return 0;
}

static void
an_answer_is_there_for_the_next_run_under_its_words(void **state)
{
	struct journal *j = reopen(NULL);

	(void)state;
	for (int i = 0; i < 3000; i++)
		keep(j, i);
	assert_false(has(j, 1)); /* of an earlier run, not of this one */
	j = reopen(j);
	assert_int_equal(journal_count(j), 3000);
	for (int i = 0; i < 3000; i++)
		assert_true(has(j, i));
	assert_false(has(j, 3000));
	journal_close(j);
}

static void
another_profile_or_industry_is_another_answer(void **state)
{
	struct journal *j = reopen(NULL);
	struct taxonomy_industry industry = { 0 };
	struct job job;

	(void)state;
	keep(j, 1);
	journal_close(j);
	j = journal_open(path, STAGE_INDUSTRY, "industry-other");
	assert_int_equal(journal_count(j), 0);
	assert_false(has(j, 1));
	j = reopen(j);
	job_open(&job, 1, false);
	industry.code = "x";
	job.item->industry = &industry;
	assert_false(journal_take(j, job.item, job.rec));
	job_close(&job);
	journal_close(j);
}

static void
a_line_that_was_cut_off_costs_that_answer_only(void **state)
{
	struct journal *j = reopen(NULL);
	off_t size;
	int fd;

	(void)state;
	keep(j, 1);
	keep(j, 2);
	journal_close(j);
	fd = open(path, O_RDWR);
	size = lseek(fd, 0, SEEK_END);
	for (off_t cut = size - 1; cut > size - 200; cut -= 7) {
		assert_int_equal(ftruncate(fd, cut), 0);
		j = reopen(NULL);
		assert_true(has(j, 1));
		assert_false(has(j, 2));
		keep(j, 3);
		j = reopen(j);
		assert_true(has(j, 1));
		assert_true(has(j, 3));
		journal_close(j);
	}
	close(fd);
}

static void
a_byte_that_changed_costs_that_answer_only(void **state)
{
	struct journal *j = reopen(NULL);
	off_t first, size;
	char byte;
	int fd;

	(void)state;
	keep(j, 1);
	first = lseek(open(path, O_RDONLY), 0, SEEK_END);
	keep(j, 2);
	journal_close(j);
	fd = open(path, O_RDWR);
	size = lseek(fd, 0, SEEK_END);
	for (off_t at = first; at < size - 1; at++) {
		assert_int_equal(pread(fd, &byte, 1, at), 1);
		byte ^= 1;
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
		j = reopen(NULL);
		assert_true(has(j, 1));
		assert_false(has(j, 2));
		journal_close(j);
		byte ^= 1;
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	}
	close(fd);
}

static void
one_run_at_a_time(void **state)
{
	struct journal *j = reopen(NULL);
	pid_t child = fork();
	int status;

	(void)state;
	if (child == 0) {
		dup2(open("/dev/null", O_WRONLY), 2);
		reopen(NULL);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(WEXITSTATUS(status), 75);
	journal_close(j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
		    an_answer_is_there_for_the_next_run_under_its_words,
		    no_file),
		cmocka_unit_test_setup(
		    another_profile_or_industry_is_another_answer, no_file),
		cmocka_unit_test_setup(
		    a_line_that_was_cut_off_costs_that_answer_only, no_file),
		cmocka_unit_test_setup(
		    a_byte_that_changed_costs_that_answer_only, no_file),
		cmocka_unit_test_setup(one_run_at_a_time, no_file),
	};
	int failed;

	if (mkdtemp(folder) == NULL)
		return 1;
	snprintf(path, sizeof(path), "%s/journal", folder);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	rmdir(folder);
	return failed;
}
