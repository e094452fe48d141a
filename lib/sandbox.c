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

/*
 * The errno of a call that failed, if that says that the kernel does not have
 * it, or that what it runs in does not let it through; exits for all else.
 */
static int
not_offered(const char *guard)
{
	switch (errno) {
	case EACCES:
	case EINVAL:
	case ENOSYS:
	case EOPNOTSUPP:
	case EPERM:
		return errno;
	default:
		die(EX_OSERR, "cannot give up rights", LOG_TEXT("by", guard),
		    LOG_TEXT("error", strerror(errno)),
		    LOG_TEXT("see", "--no-sandbox"));
	}
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

/* 0, or why there is no filter. */
static int
enter_seccomp(bool network)
{
	struct filter filter;
	struct sock_fprog program;
	long failed;

	write_filter(&filter, network);
	program = (struct sock_fprog){ filter.len, filter.code };
	failed = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
	    SECCOMP_FILTER_FLAG_TSYNC, &program);
	if (failed > 0)
		die(EX_OSERR, "a thread keeps its rights to system calls",
		    LOG_SINT("thread", failed),
		    LOG_TEXT("see", "--no-sandbox"));
	return failed == 0 ? 0 : not_offered("seccomp");
}
#else
/* There is no list of system calls for this kind of machine. */
static int
enter_seccomp(bool network)
{
	(void)network;
	return EOPNOTSUPP;
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

struct ruleset {
	int fd;
	uint64_t rights;
	int failed; /* 0, or the errno of a rule that is not to be had */
};

/* A path that is not there gives no right, and takes none. */
static void
allow(struct ruleset *set, const char *path)
{
	struct landlock_path_beneath_attr rule = { .allowed_access =
		                                       set->rights };
	struct stat st;

	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return;
	if (fstat(rule.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		rule.allowed_access = rights_of_file(set->rights);
	if (syscall(SYS_landlock_add_rule, set->fd, LANDLOCK_RULE_PATH_BENEATH,
	        &rule, 0) != 0) {
		/* A file of the kernel's own, which no path leads to. */
		if (errno == EBADFD)
			log_warning("cannot keep the right to write",
			    LOG_TEXT("path", path),
			    LOG_TEXT("error", strerror(errno)));
		else
			set->failed = not_offered("Landlock");
	}
	close(rule.parent_fd);
}

static void
allow_place(struct ruleset *set, const struct sandbox_place *place)
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
	allow(set, buf_string(&folder));
	buf_free(&folder);
}

static void
allow_variable(struct ruleset *set, const char *name, const char *otherwise)
{
	const char *path = getenv(name);

	if (path == NULL || *path == '\0')
		path = otherwise;
	if (path != NULL)
		allow(set, path);
}

static void
allow_all(struct ruleset *set, const struct sandbox *box)
{
	for (unsigned int i = 0; i < box->count; i++)
		allow_place(set, &box->places[i]);
	allow_variable(set, "JOBMILL_RUN_DIR", NULL);
	allow_variable(set, "TMPDIR", "/tmp");
	allow(set, "/dev/null");
	allow(set, "/dev/tty");
}

/* 0, or why files are not guarded. */
static int
enter_landlock(const struct sandbox *box)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	struct ruleset set = { .rights = rights_of(abi) };
	struct landlock_ruleset_attr attr = { .handled_access_fs = set.rights };

	if (abi < 0)
		return not_offered("Landlock");
	set.fd =
	    (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
	if (set.fd < 0)
		return not_offered("Landlock");
	allow_all(&set, box);
	if (set.failed == 0 &&
	    syscall(SYS_landlock_restrict_self, set.fd, 0) != 0)
		set.failed = not_offered("Landlock");
	close(set.fd);
	return set.failed;
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

/* By errno, why a guard is missing; 0 for one that is there. */
struct missing {
	int seccomp, landlock;
};

static struct missing
enter(const struct sandbox *box)
{
	struct missing m = { 0, 0 };

	/* Both ask for it: what is started has no more rights than this. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
		m.seccomp = not_offered("no_new_privs");
		m.landlock = box->guarded ? m.seccomp : 0;
		return m;
	}
	if (box->guarded)
		m.landlock = enter_landlock(box);
	m.seccomp = enter_seccomp(box->network);
	return m;
}

/* A guard that is missing, and what that means. */
static const char *
say_missing(const struct missing *m, bool network)
{
	if (m->seccomp == 0)
		return "no Landlock here: an intruder could change any file";
	if (m->landlock != 0)
		return "no seccomp and no Landlock here: an intruder could "
		       "start programs and change any file";
	return network ? "no seccomp here: an intruder could start programs"
	               : "no seccomp here: an intruder could open sockets "
	                 "and start programs";
}

void
sandbox_enter(const struct sandbox *box)
{
	struct missing m;
	const char *message, *error;

	if (box->off)
		return;
	m = enter(box);
	if (m.seccomp == 0 && m.landlock == 0)
		return;
	message = say_missing(&m, box->network);
	error = strerror(m.seccomp != 0 ? m.seccomp : m.landlock);
	if (box->needed)
		die(EX_OSERR, message, LOG_TEXT("error", error),
		    LOG_TEXT("see", "--need-sandbox"));
	log_warning(message, LOG_TEXT("error", error),
	    LOG_TEXT("see", "--no-sandbox"));
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
