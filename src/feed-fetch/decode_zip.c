/*
 * decode_zip.c - the first XML file of a zip archive, read from front to back
 *
 * After PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.7 (local header), 4.3.9 (data
 * descriptor) and 4.5.3 (zip64).  The directory at the end is not needed: the
 * checksum behind the file, or in its header, proves it whole.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "buf.h"
#include "decode_kind.h"
#include "inflater.h"
#include "mem.h"
#include "status.h"

#define LOCAL_HEADER 0x04034B50U
#define DESCRIPTOR 0x08074B50U
#define LOCAL_BYTES 30

/* What files before the wanted one may inflate to, when that has to be done. */
#define MAX_SKIPPED ((uint64_t)1 << 30)

enum state {
	AT_SIGNATURE,
	AT_HEADER,
	AT_NAME, /* and extra fields */
	AT_DATA,
	AT_DESCRIPTOR,
	DONE /* what follows is other files and the directory */
};

struct member {
	unsigned int flags, method, name_len, extra_len;
	uint32_t crc;
	uint64_t packed, plain; /* bytes */
	bool zip64;
	bool wanted;   /* this is the XML file */
	bool streamed; /* its sizes and checksum come behind it */
};

struct zip {
	struct decode base;
	enum state state;
	struct buf part;  /* of the archive's own records */
	size_t part_size; /* bytes that it has to have */
	struct member m;
	uint64_t left;    /* bytes of stored or skipped data to come */
	uint64_t skipped; /* bytes inflated for nothing */
	struct inflater inflater;
};

static unsigned int
two(const struct buf *b, size_t at)
{
	const unsigned char *p = (const unsigned char *)b->data + at;

	return (unsigned int)p[0] | (unsigned int)p[1] << 8;
}

static uint32_t
four(const struct buf *b, size_t at)
{
	return two(b, at) | (uint32_t)two(b, at + 2) << 16;
}

static uint64_t
eight(const struct buf *b, size_t at)
{
	return four(b, at) | (uint64_t)four(b, at + 4) << 32;
}

static bool
broken(struct fault *why, const char *what)
{
	return fault_set(why, EX_DATAERR, "the zip archive is broken", "%s",
	    what);
}

/* Gather a record of SIZE bytes. */
static void
expect(struct zip *z, enum state state, size_t size)
{
	z->state = state;
	buf_clear(&z->part);
	z->part_size = size;
}

static bool
ends_with(const char *name, size_t len, const char *ending)
{
	size_t n = strlen(ending);

	return len > n && strncasecmp(name + len - n, ending, n) == 0;
}

/* By its name; not the "._feed.xml" that a Mac adds to each file. */
static bool
is_xml(const char *name, size_t len)
{
	const char *base = name + len;

	while (base > name && base[-1] != '/' && base[-1] != '\\')
		base--;
	if (len - (size_t)(base - name) > 2 && memcmp(base, "._", 2) == 0)
		return false;
	return ends_with(name, len, ".xml") || ends_with(name, len, ".rss") ||
	       ends_with(name, len, ".atom") || ends_with(name, len, ".rdf");
}

/* Sizes of 4 GiB and more stand in extra field 1. */
static void
read_zip64(struct zip *z)
{
	size_t at = z->m.name_len, end = at + z->m.extra_len, size;

	for (; at + 4 <= end; at += 4 + size) {
		size = two(&z->part, at + 2);
		if (two(&z->part, at) != 1 || at + 4 + size > end)
			continue;
		z->m.zip64 = true;
		at += 4;
		if (z->m.plain == UINT32_MAX && size >= 8) {
			z->m.plain = eight(&z->part, at);
			at += 8;
			size -= 8;
		}
		if (z->m.packed == UINT32_MAX && size >= 8)
			z->m.packed = eight(&z->part, at);
		return;
	}
}

static bool
member_is_whole(struct zip *z, uint32_t crc, uint64_t plain, struct fault *why)
{
	if (!z->m.wanted) {
		expect(z, AT_SIGNATURE, 4);
		return true;
	}
	z->state = DONE;
	if (z->inflater.crc != crc)
		return fault_set(why, EX_DATAERR,
		    "the checksum of the compressed feed is wrong", "%s",
		    "in the zip archive");
	if (z->inflater.bytes != plain)
		return broken(why, "a size is wrong");
	return true;
}

static bool
data_ended(struct zip *z, struct fault *why)
{
	if (z->m.streamed) {
		expect(z, AT_DESCRIPTOR, z->m.zip64 ? 20 : 12);
		return true;
	}
	return member_is_whole(z, z->m.crc, z->m.plain, why);
}

static bool
take_header(struct zip *z)
{
	const struct buf *b = &z->part; /* begins behind the signature */

	z->m = (struct member){
		.flags = two(b, 2),
		.method = two(b, 4),
		.crc = four(b, 10),
		.packed = four(b, 14),
		.plain = four(b, 18),
		.name_len = two(b, 22),
		.extra_len = two(b, 24),
	};
	z->m.streamed = (z->m.flags & 8) != 0;
	expect(z, AT_NAME, z->m.name_len + z->m.extra_len);
	return true;
}

static bool
take_name(struct zip *z, struct fault *why)
{
	struct member *m = &z->m;

	read_zip64(z);
	m->wanted = is_xml(buf_string(&z->part), m->name_len);
	if (m->wanted && (m->flags & 1) != 0)
		return fault_set(why, EX_DATAERR,
		    "the XML file in the zip archive is encrypted", "%s", "");
	if (m->wanted && m->method != 0 && m->method != 8)
		return fault_set(why, EX_DATAERR,
		    "the XML file in the zip archive is compressed in a way "
		    "that is not understood",
		    "method %u", m->method);
	/* Only deflate knows its own end. */
	if (m->streamed && (m->method != 8 || (m->flags & 1) != 0))
		return fault_set(why, EX_DATAERR,
		    "the zip archive can't be read from front to back", "%s",
		    "a file in it does not say how long it is");
	z->state = AT_DATA;
	z->left = m->packed;
	if (m->method == 8 && (m->wanted || m->streamed))
		inflater_start(&z->inflater, INFLATER_BARE);
	z->inflater.crc = 0;
	z->inflater.bytes = 0;
	if (z->left == 0 && m->method != 8)
		return data_ended(z, why);
	return true;
}

static bool
take_descriptor(struct zip *z, struct fault *why)
{
	size_t at = 0, whole = z->m.zip64 ? 20 : 12;

	/* Its signature is optional, but always there. */
	if (four(&z->part, 0) == DESCRIPTOR) {
		if (z->part_size == whole) {
			z->part_size += 4;
			return true;
		}
		at = 4;
	}
	return member_is_whole(z, four(&z->part, at),
	    z->m.zip64 ? eight(&z->part, at + 12) : four(&z->part, at + 8),
	    why);
}

/* A record of the archive is complete. */
static bool
take_part(struct zip *z, struct fault *why)
{
	switch (z->state) {
	case AT_SIGNATURE:
		if (four(&z->part, 0) != LOCAL_HEADER)
			return fault_set(why, EX_DATAERR,
			    "no XML file in the zip archive", "%s",
			    "wanted a name that ends in .xml");
		expect(z, AT_HEADER, LOCAL_BYTES - 4);
		return true;
	case AT_HEADER:
		return take_header(z);
	case AT_NAME:
		return take_name(z, why);
	default:
		return take_descriptor(z, why);
	}
}

/* A sink for what is inflated only to find its end. */
static bool
skip_plain(void *self, const char *bytes, size_t len)
{
	struct zip *z = self;

	(void)bytes;
	z->skipped += len;
	return z->skipped <= MAX_SKIPPED;
}

static bool
inflate_data(struct zip *z, const char **bytes, size_t *len, struct fault *why)
{
	struct decode_sink skip = { skip_plain, z };

	switch (inflater_run(&z->inflater, z->m.wanted ? &z->base.sink : &skip,
	    bytes, len, why)) {
	case INFLATER_ENDED:
		return data_ended(z, why);
	case INFLATER_MORE:
		return true;
	default:
		/* Of the sink that skips there is no fault yet. */
		return !z->m.wanted &&
		       fault_set(why, EX_DATAERR,
		           "the zip archive can't be read from front to back",
		           "%s", "what is before its XML file is too large");
	}
}

static bool
pass_data(struct zip *z, const char **bytes, size_t *len, struct fault *why)
{
	size_t n = *len < z->left ? *len : (size_t)z->left;
	const char *from = *bytes;

	*bytes += n;
	*len -= n;
	z->left -= n;
	if (z->m.wanted) {
		z->inflater.crc = (uint32_t)crc32(z->inflater.crc,
		    (const Bytef *)from, (uInt)n);
		z->inflater.bytes += n;
		if (!z->base.sink.take(z->base.sink.self, from, n))
			return false;
	}
	return z->left > 0 || data_ended(z, why);
}

static bool
take_data(struct zip *z, const char **bytes, size_t *len, struct fault *why)
{
	if (z->m.method == 8 && (z->m.wanted || z->m.streamed))
		return inflate_data(z, bytes, len, why);
	return pass_data(z, bytes, len, why);
}

static bool
zip_push(struct decode *base, const char *bytes, size_t len, struct fault *why)
{
	struct zip *z = (struct zip *)base;
	size_t n;

	while (len > 0 && z->state != DONE) {
		if (z->state == AT_DATA) {
			if (!take_data(z, &bytes, &len, why))
				return false;
			continue;
		}
		n = z->part_size - z->part.len;
		if (n > len)
			n = len;
		buf_add(&z->part, bytes, n);
		bytes += n;
		len -= n;
		if (z->part.len == z->part_size && !take_part(z, why))
			return false;
	}
	return true;
}

static bool
zip_end(struct decode *base, struct fault *why)
{
	return ((struct zip *)base)->state == DONE || decode_cut(why);
}

static void
zip_close(struct decode *base)
{
	struct zip *z = (struct zip *)base;

	inflater_end(&z->inflater);
	buf_free(&z->part);
	free(z);
}

struct decode *
decode_zip_open(void)
{
	static const struct decode_kind kind = { zip_push, zip_end, zip_close };
	struct zip *z = mem_zero(1, sizeof *z);

	z->base.kind = &kind;
	z->inflater.checked = true;
	expect(z, AT_SIGNATURE, 4);
	return &z->base;
}
