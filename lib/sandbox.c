/* sandbox.c - rights given up, by seccomp and Landlock */
/* For syscall() and O_PATH. */
#define _GNU_SOURCE
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
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

/*
 * The filter is a classic BPF program of our own: no more than a list of
 * numbers, and libseccomp 2.5 loops or frees twice when an allocation fails.
 */
#if defined(__x86_64__)
#define MACHINE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define MACHINE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define MACHINE AUDIT_ARCH_RISCV64
#endif

/* What no program of the suite needs once it reads. */
static const unsigned int never[] = {
	SYS_acct,
	SYS_add_key,
	SYS_bpf,
	SYS_chroot,
	SYS_clock_adjtime,
	SYS_clock_settime,
	SYS_delete_module,
	SYS_fanotify_init,
	SYS_finit_module,
	SYS_init_module,
	SYS_io_uring_enter,
	SYS_io_uring_register,
	SYS_io_uring_setup,
	SYS_kcmp,
	SYS_kexec_load,
	SYS_keyctl,
	SYS_mount,
	SYS_move_mount,
	SYS_name_to_handle_at,
	SYS_open_by_handle_at,
	SYS_open_tree,
	SYS_perf_event_open,
	SYS_personality,
	SYS_pivot_root,
	SYS_process_vm_readv,
	SYS_process_vm_writev,
	SYS_quotactl,
	SYS_reboot,
	SYS_request_key,
	SYS_setdomainname,
	SYS_sethostname,
	SYS_setns,
	SYS_settimeofday,
	SYS_swapoff,
	SYS_swapon,
	SYS_syslog,
	SYS_umount2,
	SYS_unshare,
	SYS_userfaultfd,
	SYS_vhangup,
};

/* Not denied to a sanitizer's run-time. */
static const unsigned int processes[] = {
	SYS_execve,
	SYS_execveat,
	SYS_ptrace,
#ifdef SYS_fork
	SYS_fork,
	SYS_vfork,
#endif
};

static const unsigned int sockets[] = {
	SYS_accept,
	SYS_accept4,
	SYS_bind,
	SYS_connect,
	SYS_listen,
	SYS_socket,
	SYS_socketpair,
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

struct filter {
	struct sock_filter
	    code[2 * (COUNT(never) + COUNT(processes) + COUNT(sockets)) + 16];
	unsigned short len;
};

static void
add(struct filter *f, struct sock_filter instruction)
{
	f->code[f->len++] = instruction;
}

static void
load(struct filter *f, size_t offset)
{
	add(f, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
	           (unsigned int)offset));
}

static void
refuse(struct filter *f, unsigned int error)
{
	add(f, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
	           SECCOMP_RET_ERRNO | (error & SECCOMP_RET_DATA)));
}

static void
refuse_all(struct filter *f, const unsigned int calls[], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		add(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
		           calls[i], 0, 1));
		refuse(f, EPERM);
	}
}

/*
 * A process that is no thread of ours.  clone3 hides what it wants behind a
 * pointer; told that it does not exist, the C library falls back on clone,
 * whose first argument has the flags on these machines.
 */
static void
refuse_processes(struct filter *f)
{
	refuse_all(f, processes, COUNT(processes));
	add(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
	           SYS_clone3, 0, 1));
	refuse(f, ENOSYS);
	add(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
	           SYS_clone, 0, 3));
	load(f, offsetof(struct seccomp_data, args[0]));
	add(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K,
	           CLONE_THREAD, 1, 0));
	refuse(f, EPERM);
}

#ifdef MACHINE
/* The filter; it is small, and lives no longer than the call that loads it. */
static void
write_filter(struct filter *f, bool network)
{
	f->len = 0;
	load(f, offsetof(struct seccomp_data, arch));
	add(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MACHINE,
	           1, 0));
	/* Numbers of another kind of machine mean other calls. */
	refuse(f, EPERM);
	load(f, offsetof(struct seccomp_data, nr));
#ifdef __X32_SYSCALL_BIT
	add(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K,
	           __X32_SYSCALL_BIT, 0, 1));
	refuse(f, EPERM);
#endif
	refuse_all(f, never, COUNT(never));
	if (!network)
		refuse_all(f, sockets, COUNT(sockets));
	/* Last, for it looks at more than the number. */
	if (!SANITIZED)
		refuse_processes(f);
	add(f,
	    (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
}

static void
enter_seccomp(bool network)
{
	struct filter filter;
	struct sock_fprog program;

	/* Asked for a filter that is none, a kernel that has it says so. */
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL) < 0 &&
	    errno == EINVAL) {
		log_info("this kernel has no seccomp: calls are not refused");
		return;
	}
	write_filter(&filter, network);
	program = (struct sock_fprog){ filter.len, filter.code };
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
	        SECCOMP_FILTER_FLAG_TSYNC, &program) != 0)
		die(EX_OSERR, "cannot give up rights to system calls",
		    LOG_TEXT("error", strerror(errno)),
		    LOG_TEXT("see", "--no-sandbox"));
}
#else
static void
enter_seccomp(bool network)
{
	(void)network;
	log_info("no list of system calls for this kind of machine");
}
#endif

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

void
sandbox_keep_secrets(void)
{
	const struct rlimit none = { 0, 0 };

	/* The limit alone does not stop a core file that goes to a program. */
	if (setrlimit(RLIMIT_CORE, &none) != 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		log_warning("a core file would hold the keys",
		    LOG_TEXT("error", strerror(errno)));
}
