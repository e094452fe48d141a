/* sandbox.c - rights given up, by seccomp and Landlock */
/* For syscall() and O_PATH. */
#define _GNU_SOURCE
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "buf.h"
#include "log.h"
#include "status.h"

/* A sanitizer's run-time starts processes and looks into its own. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* What no program of the suite needs once it reads. */
static const char *const never[] = { "acct", "add_key", "bpf", "chroot",
	"clock_adjtime", "clock_settime", "delete_module", "fanotify_init",
	"finit_module", "init_module", "io_uring_enter", "io_uring_register",
	"io_uring_setup", "ioperm", "iopl", "kcmp", "kexec_file_load",
	"kexec_load", "keyctl", "mount", "mount_setattr", "move_mount",
	"name_to_handle_at", "open_by_handle_at", "open_tree",
	"perf_event_open", "personality", "pidfd_getfd", "pivot_root",
	"process_madvise", "process_vm_readv", "process_vm_writev", "quotactl",
	"reboot", "request_key", "setdomainname", "sethostname", "setns",
	"settimeofday", "swapoff", "swapon", "syslog", "umount2", "unshare",
	"userfaultfd", "vhangup" };

static const char *const processes[] = { "execve", "execveat", "fork", "ptrace",
	"vfork" };

static const char *const sockets[] = { "accept", "accept4", "bind", "connect",
	"listen", "socket", "socketpair" };

/*
 * One name more that fails with EPERM.  Names that this machine's kind does
 * not know, or that libseccomp is too old for, are none.
 */
static int
refuse(scmp_filter_ctx filter, const char *name)
{
	int call = seccomp_syscall_resolve_name(name);

	if (call == __NR_SCMP_ERROR)
		return 0;
	return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 0);
}

static int
refuse_all(scmp_filter_ctx filter, const char *const names[], size_t count)
{
	int failed = 0;

	for (size_t i = 0; i < count && failed == 0; i++)
		failed = refuse(filter, names[i]);
	return failed;
}

/* A process that is no thread of ours; clone3 hides what it wants. */
static int
refuse_processes(scmp_filter_ctx filter)
{
	int failed =
	    refuse_all(filter, processes, sizeof processes / sizeof *processes);

	if (failed == 0)
		failed = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM),
		    SCMP_SYS(clone), 1,
		    SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
	if (failed == 0)
		failed = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS),
		    SCMP_SYS(clone3), 0);
	return failed;
}

static int
load_filter(bool network)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int failed;

	if (filter == NULL)
		return -ENOMEM;
	failed = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
	if (failed == 0)
		failed =
		    refuse_all(filter, never, sizeof never / sizeof *never);
	if (failed == 0 && !SANITIZED)
		failed = refuse_processes(filter);
	if (failed == 0 && !network)
		failed = refuse_all(filter, sockets,
		    sizeof sockets / sizeof *sockets);
	if (failed == 0)
		failed = seccomp_load(filter);
	seccomp_release(filter);
	return failed;
}

static void
enter_seccomp(bool network)
{
	int failed;

	/* Asked for a filter that is none, a kernel that has it says so. */
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL) < 0 &&
	    errno == EINVAL) {
		log_info("this kernel has no seccomp: calls are not refused");
		return;
	}
	failed = load_filter(network);
	if (failed != 0)
		die(EX_OSERR, "cannot give up rights to system calls",
		    LOG_TEXT("error", strerror(-failed)),
		    LOG_TEXT("see", "--no-sandbox"));
}

/* All rights to change files that kernels of ABI know; later ones have more. */
static uint64_t
rights_of(long abi)
{
	uint64_t rights =
	    LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
	    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
	    LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
	    LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
	    LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;

	/* Without REFER, a file can't be moved between folders. */
	if (abi >= 3)
		rights |= (uint64_t)1 << 14; /* LANDLOCK_ACCESS_FS_TRUNCATE */
	return rights;
}

/* What may be done to a file itself; the rest is about folders. */
static uint64_t
rights_of_file(uint64_t rights)
{
	return rights & (LANDLOCK_ACCESS_FS_WRITE_FILE | (uint64_t)1 << 14);
}

/* A path that is not there gives no right, and takes none. */
static void
allow(int ruleset, const char *path, uint64_t rights)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = rights };
	struct stat st;

	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return;
	if (fstat(rule.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		rule.allowed_access = rights_of_file(rights);
	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH,
	        &rule, 0) != 0)
		log_warning("cannot keep the right to write",
		    LOG_TEXT("path", path), LOG_TEXT("error", strerror(errno)));
	close(rule.parent_fd);
}

static void
allow_place(int ruleset, const struct sandbox_place *place, uint64_t rights)
{
	struct buf folder = { 0 };
	size_t len = strlen(place->path);

	while (len > 1 && place->path[len - 1] == '/')
		len--;
	while (place->is_file && len > 0 && place->path[len - 1] != '/')
		len--;
	buf_add(&folder, place->path, len);
	if (len == 0)
		buf_byte(&folder, '.');
	allow(ruleset, buf_string(&folder), rights);
	buf_free(&folder);
}

static void
allow_variable(int ruleset, const char *name, const char *otherwise,
    uint64_t rights)
{
	const char *path = getenv(name);

	if (path == NULL || *path == '\0')
		path = otherwise;
	if (path != NULL)
		allow(ruleset, path, rights);
}

static void
enter_landlock(const struct sandbox *box)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	struct landlock_ruleset_attr attr = { 0 };
	int ruleset;

	if (abi < 1) {
		log_info("this kernel has no Landlock: files are not guarded");
		return;
	}
	attr.handled_access_fs = rights_of(abi);
	ruleset =
	    (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
	if (ruleset < 0)
		die(EX_OSERR, "cannot give up rights to files",
		    LOG_TEXT("error", strerror(errno)),
		    LOG_TEXT("see", "--no-sandbox"));
	for (unsigned int i = 0; i < box->count; i++)
		allow_place(ruleset, &box->places[i], attr.handled_access_fs);
	allow_variable(ruleset, "JOBMILL_RUN_DIR", NULL,
	    attr.handled_access_fs);
	allow_variable(ruleset, "TMPDIR", "/tmp", attr.handled_access_fs);
	allow(ruleset, "/dev/null", attr.handled_access_fs);
	allow(ruleset, "/dev/tty", attr.handled_access_fs);
	if (syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
		die(EX_OSERR, "cannot give up rights to files",
		    LOG_TEXT("error", strerror(errno)),
		    LOG_TEXT("see", "--no-sandbox"));
	close(ruleset);
}

static void
add_place(struct sandbox *box, const char *path, bool is_file)
{
	if (path == NULL || *path == '\0')
		return;
	if (box->count == SANDBOX_PLACES)
		die(EX_SOFTWARE, "more places to write to than a sandbox has");
	box->places[box->count++] = (struct sandbox_place){ path, is_file };
}

void
sandbox_file(struct sandbox *box, const char *path)
{
	add_place(box, path, true);
}

void
sandbox_folder(struct sandbox *box, const char *path)
{
	add_place(box, path, false);
}

void
sandbox_enter(const struct sandbox *box)
{
	if (box->off)
		return;
	/* Both ask for it: what is started has no more rights than this. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		die(EX_OSERR, "cannot give up rights",
		    LOG_TEXT("error", strerror(errno)),
		    LOG_TEXT("see", "--no-sandbox"));
	if (box->guarded)
		enter_landlock(box);
	enter_seccomp(box->network);
}
