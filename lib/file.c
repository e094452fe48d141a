/* file.c - whole files, their replacement, and where share/ is */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"
#include "status.h"

#define SECRET_MAX ((size_t)64 << 10)

static const char *
read_all(int fd, size_t max, struct buf *out)
{
	ssize_t n;

	for (;;) {
		n = read(fd, buf_room(out, 64 << 10), 64 << 10);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return strerror(errno);
		if (n == 0)
			return NULL;
		out->len += (size_t)n;
		if (out->len > max)
			return "file too large";
	}
}

const char *
file_read(const char *path, size_t max, struct buf *out)
{
	const char *error;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	buf_clear(out);
	if (fd < 0)
		return strerror(errno);
	error = read_all(fd, max, out);
	close(fd);
	return error;
}

static bool
write_all(int fd, const char *bytes, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = write(fd, bytes, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

/* Make a rename in the folder of PATH last. */
static bool
sync_folder(const char *path)
{
	char *copy = mem_string(path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* Some file systems cannot sync a folder; EINVAL says so. */
	bool ok = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);

	if (fd >= 0)
		close(fd);
	free(copy);
	return ok;
}

const char *
file_replace(const char *path, const void *bytes, size_t len)
{
	struct buf beside = { 0 };
	const char *error = NULL;
	char *temporary;
	int fd;

	buf_printf(&beside, "%s.XXXXXX", path);
	buf_string(&beside);
	temporary = beside.data;
	fd = mkstemp(temporary);
	if (fd < 0) {
		error = strerror(errno);
		goto out;
	}
	if (!write_all(fd, bytes, len) || fsync(fd) < 0) {
		error = strerror(errno);
		close(fd);
		unlink(temporary);
		goto out;
	}
	if (close(fd) < 0 || rename(temporary, path) < 0 ||
	    !sync_folder(path)) {
		error = strerror(errno);
		unlink(temporary);
	}
out:
	buf_free(&beside);
	return error;
}

/*
 * share/ beside the folder this program runs from: of a checkout, of an
 * installed tree wherever it was moved to, of a build folder in a checkout.
 */
static bool
share_nearby(struct buf *out)
{
	static const char *const places[] = { "/../share", "/../share/jobmill",
		"/../../../share" };
	static const char sign[] = "/rules.json";
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	char *slash;
	size_t i;

	if (n <= 0)
		return false;
	self[n] = '\0';
	slash = strrchr(self, '/');
	if (slash == NULL)
		return false;
	*slash = '\0';
	for (i = 0; i < sizeof places / sizeof *places; i++) {
		buf_clear(out);
		buf_printf(out, "%s%s%s", self, places[i], sign);
		if (access(buf_string(out), R_OK) == 0) {
			out->len -= strlen(sign);
			return true;
		}
	}
	return false;
}

const char *
file_share(struct buf *out, const char *name)
{
	const char *set = getenv("JOBMILL_SHARE");

	buf_clear(out);
	if (set != NULL && *set != '\0') {
		buf_text(out, set);
	} else if (!share_nearby(out)) {
		buf_clear(out);
		buf_text(out, SHARE_DIR);
	}
	buf_byte(out, '/');
	buf_text(out, name);
	return buf_string(out);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static char *
trimmed(const char *text, size_t len)
{
	while (len > 0 && is_blank(text[len - 1]))
		len--;
	while (len > 0 && is_blank(*text)) {
		text++;
		len--;
	}
	return len > 0 ? mem_copy(text, len) : NULL;
}

char *
file_secret(const char *name)
{
	struct buf variable = { 0 }, text = { 0 };
	const char *path, *error, *set;
	char *secret;

	buf_printf(&variable, "%s_FILE", name);
	path = getenv(buf_string(&variable));
	if (path == NULL || *path == '\0') {
		buf_free(&variable);
		set = getenv(name);
		return set != NULL ? trimmed(set, strlen(set)) : NULL;
	}
	error = file_read(path, SECRET_MAX, &text);
	if (error != NULL)
		die(EX_CONFIG, "cannot read the file of a secret",
		    LOG_TEXT("variable", buf_string(&variable)),
		    LOG_TEXT("file", path), LOG_TEXT("error", error));
	secret = trimmed(text.data, text.len);
	if (secret == NULL)
		die(EX_CONFIG, "the file of a secret is empty",
		    LOG_TEXT("variable", buf_string(&variable)),
		    LOG_TEXT("file", path));
	memset(text.data, 0, text.len);
	buf_free(&text);
	buf_free(&variable);
	return secret;
}
