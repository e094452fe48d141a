/* state.c - one sync of a table at a time, and what the last one left */
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "hash.h"
#include "json.h"
#include "log.h"
#include "status.h"

#define MAX_STATE ((size_t)16 << 20)

struct state {
	int fd; /* of the lock */
	char *folder, *path;
	cJSON *known; /* {"rows":N,"scopes":{"feed_id=21":N}} */
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

/* What is not there, or is damaged, is not known. */
static cJSON *
load(const char *path)
{
	struct buf text = { 0 };
	const char *wrong = file_read(path, MAX_STATE, &text);
	cJSON *known = NULL;
	size_t at;

	if (wrong == NULL)
		known = json_parse(text.data, text.len, &wrong, &at);
	else if (access(path, F_OK) != 0)
		wrong = NULL;
	buf_free(&text);
	if (known != NULL && cJSON_IsObject(known))
		return known;
	if (wrong != NULL)
		log_warning("what the last sync noted can't be read",
		    LOG_TEXT("file", path), LOG_TEXT("error", wrong));
	cJSON_Delete(known);
	return cJSON_CreateObject();
}

/* The path of a table's file, in PATH. */
static const char *
path_of(const char *folder, const char *target, const char *kind,
    struct buf *path)
{
	char name[HASH_HEX];

	hash_once(target, strlen(target), name);
	buf_clear(path);
	buf_printf(path, "%s/xano-sync-%.16s.%s", folder, name, kind);
	return buf_string(path);
}

struct state *
state_look(const char *target)
{
	struct state *s = mem_zero(1, sizeof *s);
	struct buf path = { 0 };

	s->fd = -1;
	add_folder(&path);
	s->folder = mem_string(buf_string(&path));
	s->path = mem_string(path_of(s->folder, target, "state", &path));
	s->known = load(s->path);
	buf_free(&path);
	return s;
}

struct state *
state_open(const char *target)
{
	struct buf path = { 0 };
	struct state *s;
	char *folder;
	int fd;

	add_folder(&path);
	make_folder(&path);
	folder = mem_string(buf_string(&path));
	path_of(folder, target, "lock", &path);
	fd = open(path.data, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		die(EX_CANTCREAT, "cannot open the table's lock",
		    LOG_TEXT("file", path.data),
		    LOG_TEXT("error", strerror(errno)));
	lock(fd, path.data);
	s = state_look(target);
	s->fd = fd;
	buf_free(&path);
	free(folder);
	return s;
}

const char *
state_folder(const struct state *s)
{
	return s->folder;
}

bool
state_rows(const struct state *s, const char *scope, uint64_t *rows)
{
	int64_t n =
	    scope == NULL
	        ? json_integer(s->known, "rows", -1)
	        : json_integer(json_member(s->known, "scopes"), scope, -1);

	*rows = n >= 0 ? (uint64_t)n : 0;
	return n >= 0;
}

static void
put(cJSON *object, const char *name, uint64_t n)
{
	cJSON_DeleteItemFromObjectCaseSensitive(object, name);
	if (cJSON_AddNumberToObject(object, name, (double)n) == NULL)
		die(EX_OSERR, "out of memory");
}

void
state_keep(struct state *s, const char *scope, uint64_t rows)
{
	cJSON *scopes = cJSON_GetObjectItemCaseSensitive(s->known, "scopes");
	const char *wrong;
	char *text;

	if (scope == NULL) {
		/* What it did to single feeds nobody counted. */
		cJSON_DeleteItemFromObjectCaseSensitive(s->known, "scopes");
		put(s->known, "rows", rows);
	} else {
		if (!cJSON_IsObject(scopes)) {
			cJSON_DeleteItemFromObjectCaseSensitive(s->known,
			    "scopes");
			scopes = cJSON_AddObjectToObject(s->known, "scopes");
		}
		put(scopes, scope, rows);
	}
	text = cJSON_PrintUnformatted(s->known);
	if (text == NULL)
		die(EX_OSERR, "out of memory");
	wrong = file_replace(s->path, text, strlen(text));
	if (wrong != NULL)
		log_warning("cannot note how many rows the table has",
		    LOG_TEXT("file", s->path), LOG_TEXT("error", wrong));
	cJSON_free(text);
}

void
state_close(struct state *s)
{
	if (s == NULL)
		return;
	if (s->fd >= 0)
		close(s->fd);
	cJSON_Delete(s->known);
	free(s->folder);
	free(s->path);
	free(s);
}
