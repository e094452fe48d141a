/* Rights are given up, and only those. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log.h"
#include "sandbox.h"

/* Folders of a test: one that is named to the sandbox, one that is not. */
static char inside[] = "/var/tmp/jobmill-inside.XXXXXX";
static char outside[] = "/var/tmp/jobmill-outside.XXXXXX";

/* What ATTEMPT in a sandbox ends with: 0, or its errno. */
static int
in_sandbox(const struct sandbox *box, int (*attempt)(void))
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		sandbox_enter(box);
		_exit(attempt());
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int
open_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) < 0 ? errno : 0;
}

static int
pair_sockets(void)
{
	int fds[2];

	return socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0 ? errno : 0;
}

static int
start_program(void)
{
	char *arguments[] = { (char[]){ "true" }, NULL };

	execv("/bin/true", arguments);
	return errno;
}

static int
start_process(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	return child < 0 ? errno : 0;
}

static void *
nothing(void *argument)
{
	return argument;
}

static int
start_thread(void)
{
	pthread_t thread;
	int failed = pthread_create(&thread, NULL, nothing, NULL);

	return failed != 0 ? failed : pthread_join(thread, NULL);
}

static int
try_open(const char *folder, const char *name, int flags)
{
	char path[200];
	int fd;

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	fd = open(path, flags | O_CLOEXEC, 0600);
	return fd < 0 ? errno : close(fd);
}

static int
make_inside(void)
{
	return try_open(inside, "new", O_CREAT | O_WRONLY | O_EXCL);
}

static int
make_more_inside(void)
{
	return try_open(inside, "more", O_CREAT | O_WRONLY | O_EXCL);
}

static int
make_outside(void)
{
	return try_open(outside, "new", O_CREAT | O_WRONLY | O_EXCL);
}

static int
change_outside(void)
{
	return try_open(outside, "old", O_WRONLY);
}

static int
read_outside(void)
{
	return try_open(outside, "old", O_RDONLY);
}

static int
remove_outside(void)
{
	char path[200];

	(void)snprintf(path, sizeof path, "%s/old", outside);
	return unlink(path) < 0 ? errno : 0;
}

static int
rename_inside(void)
{
	char from[200], to[200];

	(void)snprintf(from, sizeof from, "%s/old", inside);
	(void)snprintf(to, sizeof to, "%s/renamed", inside);
	return rename(from, to) < 0 ? errno : 0;
}

static void
put(const char *folder, const char *name)
{
	assert_int_equal(try_open(folder, name, O_CREAT | O_WRONLY), 0);
}

static int
make_folders(void **state)
{
	(void)state;
	if (mkdtemp(inside) == NULL || mkdtemp(outside) == NULL)
		return -1;
	put(inside, "old");
	put(outside, "old");
	return 0;
}

static void
clear(const char *folder)
{
	static const char *const names[] = { "old", "new", "renamed" };
	char path[200];

	for (size_t i = 0; i < 3; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
		(void)unlink(path);
	}
	(void)rmdir(folder);
}

static int
remove_folders(void **state)
{
	(void)state;
	clear(inside);
	clear(outside);
	return 0;
}

static void
filter_opens_no_socket(void **state)
{
	const struct sandbox box = { 0 };

	(void)state;
	assert_int_equal(in_sandbox(&box, open_socket), EPERM);
	assert_int_equal(in_sandbox(&box, pair_sockets), EPERM);
}

static void
filter_may_change_files_and_have_threads(void **state)
{
	const struct sandbox box = { 0 };

	(void)state;
	assert_int_equal(in_sandbox(&box, change_outside), 0);
	assert_int_equal(in_sandbox(&box, start_thread), 0);
}

static void
nobody_starts_a_process(void **state)
{
	const struct sandbox box = { .network = true };

#ifdef __SANITIZE_ADDRESS__
	skip(); /* its run-time has to */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
	skip();
#endif
#endif
	(void)state;
	assert_int_equal(in_sandbox(&box, start_program), EPERM);
	assert_int_equal(in_sandbox(&box, start_process), EPERM);
}

static void
client_has_sockets_and_threads(void **state)
{
	const struct sandbox box = { .network = true, .guarded = true };

	(void)state;
	assert_int_equal(in_sandbox(&box, open_socket), 0);
	assert_int_equal(in_sandbox(&box, start_thread), 0);
}

static void
client_changes_files_in_its_places_only(void **state)
{
	struct sandbox box = { .network = true, .guarded = true };

	(void)state;
	sandbox_folder(&box, inside);
	sandbox_folder(&box, NULL);
	assert_int_equal(in_sandbox(&box, make_inside), 0);
	assert_int_equal(in_sandbox(&box, rename_inside), 0);
	assert_int_equal(in_sandbox(&box, make_outside), EACCES);
	assert_int_equal(in_sandbox(&box, change_outside), EACCES);
	assert_int_equal(in_sandbox(&box, remove_outside), EACCES);
	assert_int_equal(in_sandbox(&box, read_outside), 0);
}

static void
file_is_a_right_to_its_folder(void **state)
{
	struct sandbox box = { .guarded = true };
	char path[200];

	(void)state;
	(void)snprintf(path, sizeof path, "%s/state.json", outside);
	sandbox_file(&box, path);
	assert_int_equal(in_sandbox(&box, change_outside), 0);
	assert_int_equal(in_sandbox(&box, make_more_inside), EACCES);
}

static void
off_keeps_all_rights(void **state)
{
	const struct sandbox box = { .off = true, .guarded = true };

	(void)state;
	assert_int_equal(in_sandbox(&box, open_socket), 0);
	assert_int_equal(in_sandbox(&box, change_outside), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(filter_opens_no_socket),
		cmocka_unit_test(filter_may_change_files_and_have_threads),
		cmocka_unit_test(nobody_starts_a_process),
		cmocka_unit_test(client_has_sockets_and_threads),
		cmocka_unit_test(client_changes_files_in_its_places_only),
		cmocka_unit_test(file_is_a_right_to_its_folder),
		cmocka_unit_test(off_keeps_all_rights),
	};

	log_init("test_sandbox");
	(void)unsetenv("JOBMILL_RUN_DIR");
	(void)setenv("TMPDIR", "/nonexistent", 1);
	return cmocka_run_group_tests(tests, make_folders, remove_folders);
}
