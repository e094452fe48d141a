/* parse.c - expat, and what it is to call */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cut.h"
#include "feed_state.h"
#include "log.h"
#include "mem.h"
#include "status.h"

#define HEADER_MAX ((size_t)64 << 10)
#define ENTITY_VALUE 1024

static void
stop(struct feed *f, const char *why)
{
	f->stop = why;
	XML_StopParser(f->alone ? f->mending : f->parser, XML_FALSE);
}

/* Namespaces are not expat's business here: prefixes may be undeclared. */
static void
bind_prefixes(struct feed *f, const char **attributes)
{
	for (; attributes[0] != NULL; attributes += 2) {
		if (strncmp(attributes[0], "xmlns", 5) != 0)
			continue;
		if (attributes[0][5] == '\0')
			paths_bind(f->paths, "", attributes[1]);
		else if (attributes[0][5] == ':')
			paths_bind(f->paths, attributes[0] + 6, attributes[1]);
	}
}

static void
begin_record(struct feed *f, const char **attributes)
{
	f->in_record = true;
	if (!f->alone)
		f->record_at =
		    (uint64_t)(f->base + XML_GetCurrentByteIndex(f->parser));
	tree_begin(&f->tree, f->here, attributes);
}

static void
header_attributes(struct feed *f, const char **attributes)
{
	struct path *path;

	for (; attributes[0] != NULL; attributes += 2) {
		buf_clear(&f->header);
		buf_byte(&f->header, '@');
		buf_text(&f->header, attributes[0]);
		path = path_child(f->paths, f->here, buf_string(&f->header));
		if (path != NULL && path->keeps)
			f->options->header(f->options->user, path,
			    text_trim(attributes[1], strlen(attributes[1])));
	}
	buf_clear(&f->header);
}

static void XMLCALL
on_start(void *user, const XML_Char *name, const XML_Char **attributes)
{
	struct feed *f = user;

	if (f->replaying)
		return;
	if (f->depth >= TREE_DEPTH) {
		stop(f, "elements nested deeper than 64");
		return;
	}
	f->depth++;
	if (attributes[0] != NULL)
		bind_prefixes(f, attributes);
	if (f->in_record) {
		if (f->tree.open == 0 && *name == *f->here->name &&
		    f->tree.deep == 0 && strcmp(name, f->here->name) == 0) {
			stop(f, "a record inside of a record: "
			        "an end tag is missing");
			return;
		}
		tree_start(&f->tree, name, attributes);
		return;
	}
	if (!f->alone) {
		struct path *path = path_child(f->paths, f->here, name);

		if (path == NULL) {
			stop(f, "more different elements than a feed can have");
			return;
		}
		f->here = path;
	}
	if (f->alone || f->here->record)
		begin_record(f, attributes);
	else {
		if (attributes[0] != NULL)
			header_attributes(f, attributes);
		buf_clear(&f->header);
	}
}

static void XMLCALL
on_text(void *user, const XML_Char *bytes, int len)
{
	struct feed *f = user;

	if (f->in_record)
		tree_text(&f->tree, bytes, (size_t)len);
	else if (f->here->keeps && !f->replaying &&
	         f->header.len + (size_t)len <= HEADER_MAX)
		buf_add(&f->header, bytes, (size_t)len);
}

void
parse_deliver(struct feed *f, uint64_t from, uint64_t to)
{
	const char *error = f->tree.refused;

	f->tree.line = feed_line(f, from);
	f->tree.offset = from;
	if (error == NULL)
		error = f->options->record(f->options->user, &f->tree);
	if (error != NULL)
		feed_refuse(f, from, to, error);
	if (f->options->enough != NULL &&
	    f->options->enough(f->options->user)) {
		f->no_more = true;
		if (!f->alone)
			XML_StopParser(f->parser, XML_FALSE);
	}
}

/* The first "<![CDATA[" from P on, or END; '[' is rare in descriptions. */
static const char *
section_mark(const char *p, const char *end)
{
	const char *start = p;

	while ((p = memchr(p, '[', (size_t)(end - p))) != NULL) {
		if (p - start >= 8 && memcmp(p - 8, "<![CDATA[", 9) == 0)
			return p;
		p++;
	}
	return end;
}

/*
 * Whether the text of the record holds its own end tag and then the start of
 * another record or of a CDATA section.
 */
static bool
holds_records(const struct tree *t, const struct path *record)
{
	size_t len = record->name_len;
	const char *p = t->text.data, *end, *mark = NULL;

	if (t->text.len <= 2 * len)
		return false;
	end = p + t->text.len;
	while ((p = memchr(p, '/', (size_t)(end - p))) != NULL) {
		p++;
		if (p - t->text.data < 2 || p[-2] != '<' ||
		    (size_t)(end - p) <= len ||
		    memcmp(p, record->name, len) != 0 || p[len] != '>')
			continue;
		if (mark == NULL)
			mark = section_mark(p, end);
		if (mark < end)
			return true;
		p += len + 1;
		while (p < end && text_is_blank(p, 1))
			p++;
		if ((size_t)(end - p) > len + 1 && *p == '<' &&
		    memcmp(p + 1, record->name, len) == 0)
			return true;
	}
	return false;
}

/*
 * Whether a section in the record that ends at TO was never closed, so that
 * what looks like its text are further records: seen in the text first, which
 * is cheap, and then in the bytes, in which escaped tags are none.
 */
static bool
swallows_records(const struct feed *f, uint64_t to)
{
	struct cut c = { .name = f->here->name,
		.parent = f->here->parent->name,
		.at = 1 };
	size_t len = (size_t)(to - f->record_at);

	if (!holds_records(&f->tree, f->here))
		return false;
	cut_find(&c, f->window.data + (f->record_at - f->start), len, true);
	return c.at < len;
}

static void
end_record(struct feed *f)
{
	uint64_t to;

	if (f->alone) {
		f->in_record = false;
		f->whole = true;
		return;
	}
	to = (uint64_t)(f->base + XML_GetCurrentByteIndex(f->parser) +
	                XML_GetCurrentByteCount(f->parser));
	if (swallows_records(f, to)) {
		stop(f, "a CDATA section that is never closed");
		return;
	}
	f->in_record = false;
	f->here = f->here->parent;
	parse_deliver(f, f->record_at, to);
}

static void XMLCALL
on_end(void *user, const XML_Char *name)
{
	struct feed *f = user;

	if (f->depth > 0)
		f->depth--;
	if (f->in_record) {
		if (tree_end(&f->tree, name))
			end_record(f);
		return;
	}
	if (f->here->keeps)
		f->options->header(f->options->user, f->here,
		    text_trim(f->header.data == NULL ? "" : f->header.data,
		        f->header.len));
	buf_clear(&f->header);
	if (f->here->parent != NULL)
		f->here = f->here->parent;
	f->root_ended = f->depth == 0;
}

static bool
is_predefined(const char *name)
{
	return strcmp(name, "amp") == 0 || strcmp(name, "lt") == 0 ||
	       strcmp(name, "gt") == 0 || strcmp(name, "quot") == 0 ||
	       strcmp(name, "apos") == 0;
}

static void
remember_entity(struct feed *f, const char *name, const char *value, size_t len)
{
	struct entity *e = &f->entities[f->entity_count];

	for (size_t i = 0; i < f->entity_count; i++)
		if (strcmp(f->entities[i].name, name) == 0)
			return;
	if (f->entity_count == ENTITIES) {
		stop(f, "a DOCTYPE that declares more than 256 entities");
		return;
	}
	e->name = mem_string(name);
	e->value = mem_copy(value, len);
	f->entity_count++;
}

/* Only entities of plain characters: nothing of them is expanded further. */
static void XMLCALL
on_entity(void *user, const XML_Char *name, int is_parameter,
    const XML_Char *value, int len, const XML_Char *base,
    const XML_Char *system_id, const XML_Char *public_id,
    const XML_Char *notation)
{
	struct feed *f = user;

	(void)base;
	if (is_parameter || value == NULL || system_id != NULL ||
	    public_id != NULL || notation != NULL)
		stop(f, "a DOCTYPE that declares an entity from outside");
	else if (is_predefined(name))
		return;
	else if (len > ENTITY_VALUE ||
	         memchr(value, '&', (size_t)len) != NULL ||
	         memchr(value, '<', (size_t)len) != NULL)
		stop(f, "a DOCTYPE that declares more than plain characters");
	else
		remember_entity(f, name, value, (size_t)len);
}

static XML_Parser
fresh(struct feed *f, XML_Parser parser)
{
	if (parser == NULL)
		parser = XML_ParserCreate("UTF-8");
	else
		XML_ParserReset(parser, "UTF-8");
	if (parser == NULL)
		die(EX_OSERR, "out of memory");
	XML_SetUserData(parser, f);
	XML_SetElementHandler(parser, on_start, on_end);
	XML_SetCharacterDataHandler(parser, on_text);
	XML_SetEntityDeclHandler(parser, on_entity);
	return parser;
}

/* The start tags of the elements that are open in PATH. */
static void
reopen(const struct path *path, struct buf *out)
{
	if (path->parent == NULL)
		return;
	reopen(path->parent, out);
	buf_byte(out, '<');
	buf_add(out, path->name, path->name_len);
	buf_byte(out, '>');
}

const char *
parse_from(struct feed *f, uint64_t offset)
{
	struct buf prefix = { 0 };
	const struct path *root = f->here;
	const char *error = NULL;
	bool ok;

	f->parser = fresh(f, f->parser);
	f->stop = NULL;
	f->replaying = true;
	while (root->depth > 1)
		root = root->parent;
	if (f->subset != NULL)
		buf_printf(&prefix, "<!DOCTYPE %s [%s]>",
		    root->depth == 1 ? root->name : "feed", f->subset);
	reopen(f->here, &prefix);
	ok = parse_bytes(f, prefix.data == NULL ? "" : prefix.data, prefix.len,
	    false);
	f->replaying = false;
	if (!ok)
		error = parse_error(f);
	f->depth = f->here->depth;
	f->in_record = f->root_ended = false;
	f->base = (int64_t)offset - (int64_t)prefix.len;
	buf_free(&prefix);
	return error;
}

bool
parse_bytes(struct feed *f, const char *bytes, size_t len, bool final)
{
	/* expat counts in int */
	static const size_t most = (size_t)1 << 30;

	while (len > most) {
		if (XML_Parse(f->parser, bytes, (int)most, 0) != XML_STATUS_OK)
			return false;
		bytes += most;
		len -= most;
	}
	return XML_Parse(f->parser, bytes, (int)len, final) == XML_STATUS_OK;
}

const char *
parse_error(const struct feed *f)
{
	return f->stop != NULL ? f->stop
	                       : XML_ErrorString(XML_GetErrorCode(f->parser));
}

uint64_t
parse_offset(const struct feed *f)
{
	int64_t at = f->base + XML_GetCurrentByteIndex(f->parser);

	return at < (int64_t)f->start ? f->start : (uint64_t)at;
}

const char *
parse_alone(struct feed *f, const char *bytes, size_t len, struct path *record)
{
	bool ok;

	if (len > INT_MAX)
		return "a record longer than 2 GiB";
	f->mending = fresh(f, f->mending);
	f->alone = true;
	f->whole = f->in_record = false;
	f->stop = NULL;
	f->here = record;
	f->depth = record->depth - 1;
	ok = XML_Parse(f->mending, bytes, (int)len, 1) == XML_STATUS_OK;
	f->alone = f->in_record = false;
	if (ok && f->whole)
		return NULL;
	if (f->stop != NULL)
		return f->stop;
	return ok ? "not a record"
	          : XML_ErrorString(XML_GetErrorCode(f->mending));
}
