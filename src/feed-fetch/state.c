/* state.c - what is remembered of a feed between two fetches */
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "file.h"
#include "json.h"
#include "log.h"
#include "status.h"

#define MAX_FILE ((size_t)64 << 10)

void
state_lock(const char *path)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	struct buf name = { 0 };
	int fd;

	buf_printf(&name, "%s.lock", path);
	fd = open(buf_string(&name), O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY,
	    0600);
	if (fd < 0)
		die(EX_CANTCREAT, "cannot make the lock of the state file",
		    LOG_TEXT("file", buf_string(&name)),
		    LOG_TEXT("error", strerror(errno)));
	if (fcntl(fd, F_SETLK, &whole) < 0) {
		if (errno == EACCES || errno == EAGAIN)
			die(EX_TEMPFAIL,
			    "another fetch of this feed is under way",
			    LOG_TEXT("lock", buf_string(&name)));
		log_warning("nothing keeps two fetches apart: no lock",
		    LOG_TEXT("lock", buf_string(&name)),
		    LOG_TEXT("error", strerror(errno)));
	}
	buf_free(&name);
	/* The descriptor stays open: closing it would unlock. */
}

/* A header field that is to be sent again must be one line of text. */
static char *
field(const cJSON *object, const char *name)
{
	const char *value = json_string(object, name);
	const char *at;

	if (value == NULL)
		return mem_string("");
	for (at = value; *at != '\0'; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7F)
			return mem_string("");
	return mem_string(value);
}

static bool
digest(const cJSON *object, const char *name, char out[HASH_HEX])
{
	const char *value = json_string(object, name);

	if (value == NULL || strlen(value) != HASH_HEX - 1)
		return false;
	memcpy(out, value, HASH_HEX);
	return true;
}

/* Whether the tree is a whole state; that of another URL is none. */
static bool
take(struct state *s, const cJSON *tree, const char *url)
{
	char wanted[HASH_HEX], found[HASH_HEX];
	int64_t length = json_integer(tree, "length", -1);

	if (length < 0 || !digest(tree, "sha256", s->digest) ||
	    !digest(tree, "head_sha256", s->head) ||
	    !digest(tree, "url_sha256", found))
		return false;
	hash_once(url, strlen(url), wanted);
	if (strcmp(wanted, found) != 0) {
		log_info("the state file is of another URL: all is fetched");
		return true;
	}
	s->length = (uint64_t)length;
	free(s->etag);
	free(s->last_modified);
	s->etag = field(tree, "etag");
	s->last_modified = field(tree, "last_modified");
	s->known = true;
	return true;
}

void
state_load(struct state *s, const char *path, const char *url)
{
	struct buf text = { 0 };
	const char *error;
	cJSON *tree;
	size_t at = 0;

	*s = (struct state){ .etag = mem_string(""),
		.last_modified = mem_string("") };
	if (access(path, F_OK) < 0 && errno == ENOENT)
		return;
	error = file_read(path, MAX_FILE, &text);
	if (error == NULL) {
		tree = json_parse(text.data, text.len, &error, &at);
		if (tree != NULL && !take(s, tree, url))
			error = "a member is missing or of another form";
		cJSON_Delete(tree);
	}
	if (error != NULL)
		log_warning("the state file is of no use: all is fetched",
		    LOG_TEXT("file", path), LOG_TEXT("error", error),
		    LOG_UINT("offset", at));
	buf_free(&text);
}

void
state_save(const struct state *s, const char *path, const char *url)
{
	char stamp[CLOCK_STAMP], of_url[HASH_HEX];
	struct buf b = { 0 };
	const char *error;

	hash_once(url, strlen(url), of_url);
	clock_stamp(stamp);
	buf_byte(&b, '{');
	buf_json_member(&b, "url_sha256", of_url, strlen(of_url));
	buf_json_member(&b, "fetched", stamp, strlen(stamp));
	buf_json_member(&b, "etag", s->etag, strlen(s->etag));
	buf_json_member(&b, "last_modified", s->last_modified,
	    strlen(s->last_modified));
	buf_json_key(&b, "length");
	buf_json_uint(&b, s->length);
	buf_json_member(&b, "sha256", s->digest, strlen(s->digest));
	buf_json_member(&b, "head_sha256", s->head, strlen(s->head));
	buf_text(&b, "}\n");
	error = file_replace(path, b.data, b.len);
	if (error != NULL)
		die(EX_IOERR, "cannot write the state file",
		    LOG_TEXT("file", path), LOG_TEXT("error", error));
	buf_free(&b);
}

void
state_free(struct state *s)
{
	free(s->etag);
	free(s->last_modified);
}
