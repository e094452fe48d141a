/* state.c - one sync of a table at a time, and what the last one left */
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "hash.h"
#include "log.h"
#include "scan.h"
#include "status.h"

struct state {
	int fd;
	bool known;
	uint64_t rows;
};

static const char *
variable(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : NULL;
}

/* Make a folder, and all above it, unless it is there; it has to be ours. */
static void
make_folder(struct buf *path)
{
	struct stat st;
	size_t i;

	buf_string(path);
	for (i = 1; i <= path->len; i++) {
		char c = path->data[i];

		if (c != '/' && c != '\0')
			continue;
		path->data[i] = '\0';
		if (mkdir(path->data, 0700) != 0 && errno != EEXIST &&
		    access(path->data, F_OK) != 0)
			die(EX_CANTCREAT, "cannot make the folder for state",
			    LOG_TEXT("folder", path->data),
			    LOG_TEXT("error", strerror(errno)));
		path->data[i] = c;
	}
	if (stat(path->data, &st) != 0 || st.st_uid != geteuid())
		die(EX_CANTCREAT, "the folder for state is somebody else's",
		    LOG_TEXT("folder", path->data));
}

static void
add_folder(struct buf *path)
{
	const char *of_jobmill = variable("JOBMILL_STATE_DIR");
	const char *xdg = variable("XDG_STATE_HOME"), *home = variable("HOME");
	const char *tmp = variable("TMPDIR");

	if (of_jobmill != NULL)
		buf_text(path, of_jobmill);
	else if (xdg != NULL)
		buf_printf(path, "%s/jobmill", xdg);
	else if (home != NULL)
		buf_printf(path, "%s/.local/state/jobmill", home);
	else
		buf_printf(path, "%s/jobmill-%lu", tmp != NULL ? tmp : "/tmp",
		    (unsigned long)getuid());
	make_folder(path);
}

static void
lock(int fd, const char *path)
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(fd, F_SETLK, &all) == 0)
		return;
	if (errno != EACCES && errno != EAGAIN)
		die(EX_CANTCREAT, "cannot lock", LOG_TEXT("file", path),
		    LOG_TEXT("error", strerror(errno)));
	if (fcntl(fd, F_GETLK, &all) != 0)
		all.l_pid = 0;
	die(EX_TEMPFAIL, "another sync of this table is running",
	    LOG_SINT("pid", all.l_pid), LOG_TEXT("file", path));
}

static void
load(struct state *s)
{
	char text[200];
	ssize_t len = pread(s->fd, text, sizeof text, 0);
	struct json_value whole = { JSON_OBJECT, false, text,
		len > 0 ? (size_t)len : 0 };
	struct scan *scan;
	long long rows = -1;
	size_t at;

	/* What pads it is no part of the value. */
	while (whole.len > 0 &&
	       (text[whole.len - 1] == ' ' || text[whole.len - 1] == '\n'))
		whole.len--;
	if (whole.len == 0)
		return;
	scan = scan_new();
	if (text[0] == '{' && scan_value(scan, text, whole.len, &at) == NULL)
		json_int64(json_get(whole, "rows"), &rows);
	scan_free(scan);
	s->known = rows >= 0;
	s->rows = s->known ? (uint64_t)rows : 0;
}

struct state *
state_open(const char *target)
{
	struct state *s = mem_zero(1, sizeof *s);
	struct buf path = { 0 };
	char name[HASH_HEX];

	hash_once(target, strlen(target), name);
	add_folder(&path);
	buf_printf(&path, "/xano-sync-%.16s.state", name);
	buf_string(&path);
	s->fd = open(path.data, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (s->fd < 0)
		die(EX_CANTCREAT, "cannot open the table's state",
		    LOG_TEXT("file", path.data),
		    LOG_TEXT("error", strerror(errno)));
	lock(s->fd, path.data);
	load(s);
	buf_free(&path);
	return s;
}

bool
state_rows(const struct state *s, uint64_t *rows)
{
	*rows = s->rows;
	return s->known;
}

void
state_keep(struct state *s, uint64_t rows)
{
	struct buf text = { 0 };

	/* Padded, so that it replaces a longer one in one write. */
	buf_printf(&text, "{\"rows\":%llu}", (unsigned long long)rows);
	while (text.len < 40)
		buf_byte(&text, ' ');
	buf_byte(&text, '\n');
	if (pwrite(s->fd, text.data, text.len, 0) != (ssize_t)text.len)
		log_warning("cannot note how many rows the table has",
		    LOG_TEXT("error", strerror(errno)));
	buf_free(&text);
}

void
state_close(struct state *s)
{
	if (s == NULL)
		return;
	close(s->fd);
	free(s);
}
