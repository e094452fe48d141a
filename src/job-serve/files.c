/* files.c - the pages: share/www, read once */
/* For O_DIRECTORY and fdopendir(). */
#define _GNU_SOURCE
#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "answer.h"
#include "hash.h"
#include "log.h"
#include "mem.h"
#include "status.h"

#define MOST_FILES 2000
#define MOST_BYTES ((off_t)16 << 20) /* of a file */
#define MOST_DEPTH 6
#define WORTH_PACKING 600 /* bytes; less fits a packet anyhow */

/* What a page of ours may do, and who may show it. */
#define CSP                                                                    \
	"default-src 'none'; script-src 'self'; style-src 'self'; "            \
	"img-src 'self' data:; connect-src 'self'; font-src 'self'; "          \
	"manifest-src 'self'; form-action 'self'; base-uri 'none'; "           \
	"frame-ancestors 'none'; require-trusted-types-for 'script'; "         \
	"trusted-types 'none'"

/* Swagger UI writes style attributes, and inline SVG. */
#define CSP_DOCS                                                               \
	"default-src 'none'; script-src 'self'; "                              \
	"style-src 'self' 'unsafe-inline'; img-src 'self' data:; "             \
	"connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"

struct file {
	char *path; /* "/app.js" */
	char tag[HASH_HEX];
	struct MHD_Response *plain, *packed, *unchanged; /* packed: or NULL */
	char *bytes, *gzip;
};

struct files {
	struct file *items;
	size_t count;
};

static const struct {
	const char *ending, *type;
	bool packs;
} types[] = {
	{ ".html", "text/html; charset=utf-8", true },
	{ ".css", "text/css; charset=utf-8", true },
	{ ".js", "text/javascript; charset=utf-8", true },
	{ ".mjs", "text/javascript; charset=utf-8", true },
	{ ".json", "application/json", true },
	{ ".map", "application/json", true },
	{ ".webmanifest", "application/manifest+json", true },
	{ ".svg", "image/svg+xml", true },
	{ ".txt", "text/plain; charset=utf-8", true },
	{ ".md", "text/plain; charset=utf-8", true },
	{ ".png", "image/png", false },
	{ ".ico", "image/x-icon", false },
	{ ".woff2", "font/woff2", false },
	{ "", "application/octet-stream", false },
};

/* Which row of the table a name belongs to. */
static size_t
type_of(const char *name)
{
	size_t i = 0, len = strlen(name), n;

	for (;; i++) {
		n = strlen(types[i].ending);
		if (n <= len && strcmp(name + len - n, types[i].ending) == 0)
			return i;
	}
}

/* The bytes packed by gzip, or NULL if that is not worth it. */
static char *
pack(const char *bytes, size_t len, size_t *packed_len)
{
	z_stream z = { .next_in = (Bytef *)bytes, .avail_in = (uInt)len };
	char *out = mem_alloc(len);
	int ended;

	if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) !=
	    Z_OK)
		die(EX_OSERR, "no memory to pack a page");
	z.next_out = (Bytef *)out;
	z.avail_out = (uInt)(len - len / 10);
	ended = deflate(&z, Z_FINISH);
	*packed_len = z.total_out;
	deflateEnd(&z);
	if (ended == Z_STREAM_END)
		return out;
	free(out);
	return NULL;
}

static struct MHD_Response *
respond(const struct file *f, char *bytes, size_t len, bool packed,
    const char *type)
{
	bool docs = strcmp(f->path, "/docs.html") == 0;
	struct MHD_Response *response =
	    MHD_create_response_from_buffer(len, bytes, MHD_RESPMEM_PERSISTENT);
	char tag[HASH_HEX + 8];

	if (response == NULL)
		die(EX_OSERR, "no memory for a page");
	/* Another tag for another representation: RFC 9110 8.8.3. */
	snprintf(tag, sizeof tag, "\"%.32s%s\"", f->tag, packed ? "-gz" : "");
	MHD_add_response_header(response, "ETag", tag);
	MHD_add_response_header(response, "Cache-Control", "no-cache");
	MHD_add_response_header(response, "Vary", "Accept-Encoding");
	if (packed)
		MHD_add_response_header(response, "Content-Encoding", "gzip");
	if (type != NULL)
		MHD_add_response_header(response, "Content-Type", type);
	MHD_add_response_header(response, "Content-Security-Policy",
	    docs ? CSP_DOCS : CSP);
	answer_usual_headers(response);
	return response;
}

/* One more path; BYTES are its own. */
static void
add(struct files *files, const char *path, char *bytes, size_t len)
{
	size_t type = type_of(path), packed_len = 0;
	struct file *f;

	if (files->count % 64 == 0)
		files->items = mem_resize(files->items, files->count + 64,
		    sizeof *files->items);
	f = &files->items[files->count++];
	*f = (struct file){ .path = mem_string(path), .bytes = bytes };
	hash_once(bytes, len, f->tag);
	f->plain = respond(f, bytes, len, false, types[type].type);
	f->unchanged = respond(f, NULL, 0, false, NULL);
	if (types[type].packs && len > WORTH_PACKING)
		f->gzip = pack(bytes, len, &packed_len);
	if (f->gzip != NULL)
		f->packed =
		    respond(f, f->gzip, packed_len, true, types[type].type);
}

/* A page that is there and can't be read is no page that is not there. */
static _Noreturn void
cannot_read(const char *path)
{
	die(errno == EMFILE || errno == ENFILE || errno == ENOMEM ? EX_OSERR
	                                                          : EX_IOERR,
	    "cannot read a page", LOG_TEXT("file", path),
	    LOG_TEXT("error", strerror(errno)));
}

/* Open what is no link, and is no secret; -1 for those. */
static int
open_in(int folder, const char *name, int flags, const char *path)
{
	int fd = openat(folder, name,
	    O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | flags);

	if (fd < 0 && errno != ENOTDIR && errno != ELOOP && errno != EACCES &&
	    errno != ENOENT && errno != ENXIO)
		cannot_read(path);
	return fd;
}

/* Read a file that is one; NULL when it is to be left out. */
static char *
read_file(int folder, const char *name, const char *path, size_t *len)
{
	int fd = open_in(folder, name, 0, path);
	struct stat st;
	char *bytes = NULL;
	size_t at = 0;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) != 0)
		cannot_read(path);
	if (S_ISREG(st.st_mode) && st.st_size <= MOST_BYTES) {
		*len = (size_t)st.st_size;
		bytes = mem_alloc(*len);
	}
	while (bytes != NULL && at < *len) {
		ssize_t n = read(fd, bytes + at, *len - at);

		if (n < 0 && errno != EINTR)
			cannot_read(path);
		if (n == 0) /* it has become shorter */
			*len = at;
		at += n > 0 ? (size_t)n : 0;
	}
	close(fd);
	return bytes;
}

static void add_folder(struct files *files, int folder, const char *prefix,
    int depth);

static void
add_entry(struct files *files, int folder, const char *name, const char *path,
    int depth)
{
	size_t len = 0;
	char *bytes;
	int below =
	    depth < MOST_DEPTH ? open_in(folder, name, O_DIRECTORY, path) : -1;

	if (below >= 0) {
		add_folder(files, below, path, depth + 1);
		return;
	}
	bytes = read_file(folder, name, path, &len);
	if (bytes != NULL)
		add(files, path, bytes, len);
	else
		log_warning("a page is left out", LOG_TEXT("file", path));
}

static void
add_folder(struct files *files, int folder, const char *prefix, int depth)
{
	DIR *dir = fdopendir(folder);
	struct buf path = { 0 };
	struct dirent *entry;

	if (dir == NULL)
		cannot_read(prefix);
	while ((entry = readdir(dir)) != NULL && files->count < MOST_FILES) {
		if (entry->d_name[0] == '.')
			continue;
		buf_clear(&path);
		buf_printf(&path, "%s/%s", prefix, entry->d_name);
		add_entry(files, folder, entry->d_name, buf_string(&path),
		    depth);
	}
	closedir(dir);
	buf_free(&path);
}

static int
by_path(const void *a, const void *b)
{
	return strcmp(((const struct file *)a)->path,
	    ((const struct file *)b)->path);
}

struct files *
files_load(const char *folder)
{
	struct files *files = mem_zero(1, sizeof *files);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		die(EX_NOINPUT, "cannot read the pages",
		    LOG_TEXT("folder", folder),
		    LOG_TEXT("error", strerror(errno)));
	add_folder(files, fd, "", 0);
	if (files->count > 0)
		qsort(files->items, files->count, sizeof *files->items,
		    by_path);
	return files;
}

static const struct file *
find(const struct files *files, const char *path)
{
	const struct file key = { .path = (char *)path };

	if (files->count == 0)
		return NULL;
	return bsearch(&key, files->items, files->count, sizeof key, by_path);
}

/* The file of a path: "/" is index.html, "/docs" is docs.html. */
static const struct file *
find_page(const struct files *files, const char *path)
{
	const struct file *f = find(files, path);
	struct buf page = { 0 };

	if (f != NULL)
		return f;
	if (strcmp(path, "/") == 0)
		buf_text(&page, "/index.html");
	else
		buf_printf(&page, "%s.html", path);
	f = find(files, buf_string(&page));
	buf_free(&page);
	return f;
}

/* Whether a browser takes gzip: named, and not with q=0. */
static bool
takes_gzip(const char *accept)
{
	const char *at = accept;

	while (at != NULL && (at = strstr(at, "gzip")) != NULL) {
		at += strlen("gzip");
		while (*at == ' ')
			at++;
		if (strncmp(at, ";q=0", 4) == 0)
			at += 4;
		else if (strncmp(at, "; q=0", 5) == 0)
			at += 5;
		else
			return true;
		/* q=0.5 is more than nothing. */
		if (*at == '.' &&
		    strspn(at + 1, "0") < strspn(at + 1, "0123456789"))
			return true;
	}
	return false;
}

/* Whether the browser has it, packed or not: If-None-Match, RFC 9110 13.1.2. */
static bool
is_known(const struct file *f, const char *tags)
{
	char tag[40];

	snprintf(tag, sizeof tag, "\"%.32s", f->tag);
	return tags != NULL &&
	       (strcmp(tags, "*") == 0 || strstr(tags, tag) != NULL);
}

bool
files_answer(struct request *r, unsigned int *allowed)
{
	const struct file *f = find_page(r->server->files, r->target.path);

	if (f == NULL)
		return false;
	if (r->method != METHOD_GET) {
		*allowed |= 1U << METHOD_GET;
		return false;
	}
	r->shared = true;
	r->status = 200;
	if (is_known(f, r->head.if_none_match)) {
		r->status = 304;
		r->response = f->unchanged;
	} else if (f->packed != NULL && takes_gzip(r->head.accept_encoding)) {
		r->response = f->packed;
	} else {
		r->response = f->plain;
	}
	return true;
}
