/* ledger.c - what may still be asked, in a file that processes share */
#include "ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "file.h"
#include "hash.h"
#include "log.h"
#include "mem.h"
#include "pace.h"
#include "reset.h"
#include "status.h"

#define MINUTE 60000

struct account {
	char boot[40]; /* of the machine that its times are of */
	struct pace requests, tokens;
	int64_t day_ends; /* seconds since 1970; 0: nothing was sent yet */
	uint64_t sent;    /* of that day */
	uint64_t spent, reserved;
};

/* The file: no part of it has padding. */
struct page {
	char magic[8];
	struct account account;
	char sum[HASH_HEX + 7]; /* of what is before it */
};

#define MAGIC "jmledg1"

struct ledger {
	int fd; /* -1: no file */
	const char *path;
	struct ledger_limits limits;
	char boot[40];
	struct page page;
};

static _Noreturn void
fail(const struct ledger *l, int status, const char *what)
{
	die(status, what, LOG_TEXT("ledger", l->path),
	    LOG_TEXT("error", strerror(errno)));
}

/* Limits are those of who asks; what was used is what the file says. */
static void
begin(struct ledger *l, uint64_t now_ms)
{
	struct account *a = &l->page.account;
	struct pace requests = pace_new((double)l->limits.rpm, MINUTE, now_ms);
	struct pace tokens = pace_new((double)l->limits.tpm, MINUTE, now_ms);

	if (a->requests.slot_ms == 0 ||
	    memcmp(a->boot, l->boot, sizeof(l->boot)) != 0) {
		memcpy(a->boot, l->boot, sizeof(l->boot));
		a->requests = requests;
		a->tokens = tokens;
	}
	a->requests.limit = requests.limit;
	a->tokens.limit = tokens.limit;
}

static void
sum_of(const struct page *page, char sum[HASH_HEX])
{
	hash_once(page, offsetof(struct page, sum), sum);
}

/* Have the file to ourselves, and what it says. */
static void
lock(struct ledger *l, uint64_t now_ms)
{
	char sum[HASH_HEX];
	ssize_t n;

	if (l->fd < 0)
		return;
	while (flock(l->fd, LOCK_EX) < 0)
		if (errno != EINTR)
			fail(l, EX_IOERR, "cannot lock the ledger");
	n = pread(l->fd, &l->page, sizeof(l->page), 0);
	if (n < 0)
		fail(l, EX_IOERR, "cannot read the ledger");
	if (n == 0)
		l->page = (struct page){ .magic = MAGIC };
	sum_of(&l->page, sum);
	if (n > 0 && (n != sizeof(l->page) ||
	                 memcmp(l->page.magic, MAGIC, sizeof(MAGIC)) != 0 ||
	                 memcmp(l->page.sum, sum, HASH_HEX) != 0))
		die(EX_CONFIG, "the ledger is damaged, or no ledger",
		    LOG_TEXT("ledger", l->path));
	begin(l, now_ms);
}

static void
unlock(struct ledger *l)
{
	if (l->fd < 0)
		return;
	sum_of(&l->page, l->page.sum);
	if (pwrite(l->fd, &l->page, sizeof(l->page), 0) != sizeof(l->page))
		fail(l, EX_IOERR, "cannot write the ledger");
	flock(l->fd, LOCK_UN);
}

/* The clock starts anew with the machine, which has another id then. */
static void
read_boot(struct ledger *l)
{
	struct buf id = { 0 };

	if (file_read("/proc/sys/kernel/random/boot_id", 256, &id) == NULL)
		memcpy(l->boot, id.data,
		    id.len < sizeof(l->boot) ? id.len : sizeof(l->boot));
	buf_free(&id);
}

struct ledger *
ledger_open(const char *path, const struct ledger_limits *limits,
    uint64_t now_ms)
{
	struct ledger *l = mem_zero(1, sizeof(*l));
	struct stat st;

	l->path = path;
	l->limits = *limits;
	l->fd = -1;
	if (path != NULL) {
		l->fd =
		    open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
		if (l->fd < 0)
			fail(l, EX_CANTCREAT, "cannot open the ledger");
		if (fstat(l->fd, &st) < 0 || !S_ISREG(st.st_mode))
			die(EX_CANTCREAT, "the ledger is no file",
			    LOG_TEXT("ledger", path));
		read_boot(l);
	}
	begin(l, now_ms);
	lock(l, now_ms);
	unlock(l);
	return l;
}

/* Requests are counted by the day of California, as the service does. */
static bool
day_is_used(struct ledger *l)
{
	struct account *a = &l->page.account;
	int64_t now = (int64_t)time(NULL);

	if (now >= a->day_ends) {
		a->day_ends = reset_after(now);
		a->sent = 0;
	}
	return l->limits.rpd > 0 && a->sent >= l->limits.rpd;
}

static uint64_t
wait_of(struct account *a, const struct ledger_order *order, uint64_t now_ms)
{
	uint64_t requests, tokens;

	if (order->unpaced)
		return 0;
	requests = pace_wait(&a->requests, 1, now_ms);
	tokens = pace_wait(&a->tokens, (double)order->tokens, now_ms);
	return requests > tokens ? requests : tokens;
}

static enum ledger_word
take(struct ledger *l, const struct ledger_order *order, uint64_t now_ms,
    uint64_t *wait_ms)
{
	struct account *a = &l->page.account;
	uint64_t wait = wait_of(a, order, now_ms);

	if (wait > 0) {
		*wait_ms = wait;
		return LEDGER_WAIT;
	}
	if (day_is_used(l))
		return LEDGER_DAY;
	if (l->limits.budget > 0 &&
	    a->spent + a->reserved + order->cost > l->limits.budget)
		return LEDGER_BUDGET;
	a->sent++;
	a->reserved += order->cost;
	if (!order->unpaced) {
		pace_take(&a->requests, 1, now_ms);
		pace_take(&a->tokens, (double)order->tokens, now_ms);
	}
	return LEDGER_TAKEN;
}

enum ledger_word
ledger_take(struct ledger *l, const struct ledger_order *order, uint64_t now_ms,
    uint64_t *wait_ms)
{
	enum ledger_word word;

	lock(l, now_ms);
	word = take(l, order, now_ms, wait_ms);
	unlock(l);
	return word;
}

void
ledger_settle(struct ledger *l, const struct ledger_order *order,
    uint64_t tokens, uint64_t cost, uint64_t now_ms)
{
	struct account *a = &l->page.account;

	lock(l, now_ms);
	a->reserved -= order->cost < a->reserved ? order->cost : a->reserved;
	a->spent += cost;
	if (tokens > 0 && !order->unpaced)
		pace_take(&a->tokens, (double)tokens - (double)order->tokens,
		    now_ms);
	unlock(l);
}

void
ledger_pause(struct ledger *l, uint64_t ms, uint64_t now_ms)
{
	lock(l, now_ms);
	pace_pause(&l->page.account.requests, ms, now_ms);
	unlock(l);
}

void
ledger_close(struct ledger *l)
{
	if (l == NULL)
		return;
	if (l->fd >= 0)
		close(l->fd);
	free(l);
}
