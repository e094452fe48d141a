/* environment.c - what programs that are started get to see */
#include "environment.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "buf.h"
#include "file.h"
#include "log.h"
#include "status.h"

#define MOST_BYTES ((size_t)1 << 20)

extern char **environ;

/* Settings of the suite that a file of NAME=VALUE lines may hold, too. */
static const char *const settings[] = { "JOBMILL_*", "DATABASE_URL",
	"DATABASE_URL_FILE", "GEMINI_*", "XANO_*", "OPENAI_*", "GOOGLE_*",
	"PGHOST", "PGHOSTADDR", "PGPORT", "PGUSER", "PGDATABASE", "PGPASSWORD",
	"PGPASSFILE", "PGSSLMODE", "PGSSLROOTCERT", NULL };

/* What else a program may need to see. */
static const char *const surroundings[] = { "HOME", "LANG", "LOGNAME", "TERM",
	"TMPDIR", "TZ", "USER", "XDG_STATE_HOME", "PGSERVICE", "PGSERVICEFILE",
	"PGSSLCERT", "PGSSLKEY", "PGOPTIONS", "PGAPPNAME", "PGCONNECT_TIMEOUT",
	"PGTARGETSESSIONATTRS", "PGCHANNELBINDING", "SSL_CERT_FILE",
	"SSL_CERT_DIR", "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
	"ALL_PROXY", "no_proxy", "NO_PROXY", "ASAN_OPTIONS", "LSAN_OPTIONS",
	"UBSAN_OPTIONS", NULL };

/* The server's own, and what would put a program into a run it is not in. */
static const char *const ours[] = { "JOBMILL_API_TOKEN*", "JOBMILL_READ_TOKEN*",
	"JOBMILL_RUN_DIR", "JOBMILL_STAGE", "JOBMILL_DEAD", "JOBMILL_SERVE_*",
	NULL };

/* Whether a name of LEN bytes is in a list; '*' at an end is anything. */
static bool
is_in(const char *const *list, const char *name, size_t len)
{
	size_t i, n;

	for (i = 0; list[i] != NULL; i++) {
		n = strlen(list[i]);
		if (list[i][n - 1] == '*' ? len >= n - 1 : len == n)
			if (memcmp(list[i], name,
			        list[i][n - 1] == '*' ? n - 1 : n) == 0)
				return true;
	}
	return false;
}

static bool
is_wanted(const char *variable)
{
	size_t len = strcspn(variable, "=");

	return (is_in(settings, variable, len) ||
	           is_in(surroundings, variable, len)) &&
	       !is_in(ours, variable, len);
}

static void
add(char ***list, size_t *count, const char *variable)
{
	*list = mem_resize(*list, *count + 2, sizeof **list);
	(*list)[(*count)++] = mem_string(variable);
	(*list)[*count] = NULL;
}

/* Whether EXTRA sets what VARIABLE sets. */
static bool
is_set(const char *const *extra, const char *variable)
{
	size_t len = strcspn(variable, "=") + 1;

	for (; *extra != NULL; extra++)
		if (strncmp(*extra, variable, len) == 0)
			return true;
	return false;
}

char **
environment_for(const char *bin, const char *const *extra)
{
	const char *path = getenv("PATH");
	struct buf line = { 0 };
	char **list = NULL;
	size_t count = 0, i;

	buf_printf(&line, "PATH=%s:%s", bin,
	    path != NULL && *path != '\0' ? path : "/usr/bin:/bin");
	add(&list, &count, buf_string(&line));
	buf_free(&line);
	for (i = 0; extra[i] != NULL; i++)
		add(&list, &count, extra[i]);
	for (i = 0; environ != NULL && environ[i] != NULL; i++)
		if (is_wanted(environ[i]) && !is_set(extra, environ[i]))
			add(&list, &count, environ[i]);
	return list;
}

void
environment_wipe(void)
{
	size_t i;

	for (i = 0; environ != NULL && environ[i] != NULL; i++)
		OPENSSL_cleanse(environ[i], strlen(environ[i]));
	environ = NULL;
}

/* Set what a line says, unless the environment has it. */
static bool
take_line(char *line)
{
	const char *set;
	char *equals, *value, *end;
	size_t len;

	if (strncmp(line, "export", 6) == 0 && isspace((unsigned char)line[6]))
		line += 7;
	while (isspace((unsigned char)*line))
		line++;
	equals = strchr(line, '=');
	if (equals == NULL || equals == line)
		return false;
	for (len = 0; line + len < equals; len++)
		if (!isalnum((unsigned char)line[len]) && line[len] != '_')
			return false;
	*equals = '\0';
	value = equals + 1;
	end = value + strlen(value);
	while (end > value && isspace((unsigned char)end[-1]))
		*--end = '\0';
	if (end - value >= 2 && (*value == '"' || *value == '\'') &&
	    end[-1] == *value) {
		*--end = '\0';
		value++;
	}
	set = getenv(line);
	if (is_in(settings, line, len) && *value != '\0' &&
	    (set == NULL || *set == '\0'))
		setenv(line, value, 1);
	return true;
}

static void
take_file(const char *path)
{
	struct buf text = { 0 };
	const char *error = file_read(path, MOST_BYTES, &text);
	char *line, *next;
	uint64_t number = 0;

	if (error != NULL)
		die(EX_NOINPUT, "cannot read the file of settings",
		    LOG_TEXT("file", path), LOG_TEXT("error", error));
	buf_string(&text);
	for (line = text.data; line != NULL; line = next) {
		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		number++;
		while (isspace((unsigned char)*line))
			line++;
		if (*line != '\0' && *line != '#' && !take_line(line))
			die(EX_CONFIG, "a line of settings is not NAME=VALUE",
			    LOG_TEXT("file", path), LOG_UINT("line", number));
	}
	OPENSSL_cleanse(text.data, text.cap);
	buf_free(&text);
}

void
environment_load(const char *share)
{
	const char *file = getenv("JOBMILL_ENV_FILE");
	struct buf beside = { 0 };

	buf_printf(&beside, "%s/../.env", share);
	if (file != NULL && *file != '\0')
		take_file(file);
	else if (access(".env", R_OK) == 0)
		take_file(".env");
	else if (access(buf_string(&beside), R_OK) == 0)
		take_file(buf_string(&beside));
	buf_free(&beside);
}
