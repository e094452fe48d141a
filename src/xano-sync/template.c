/* template.c - paths and bodies of requests, with {placeholders} */
#include "template.h"

#include <stdbool.h>
#include <string.h>

#include "scan.h"

static const struct var *
find(const struct vars *vars, const char *name, size_t len)
{
	size_t i;

	for (; vars != NULL; vars = vars->more)
		for (i = 0; i < vars->count; i++)
			if (strlen(vars->items[i].name) == len &&
			    memcmp(vars->items[i].name, name, len) == 0)
				return &vars->items[i];
	return NULL;
}

/* Whether TEXT starts with a placeholder: its name's length, else 0. */
static size_t
placeholder(const char *text)
{
	size_t len =
	    *text == '{'
	        ? strspn(text + 1, "abcdefghijklmnopqrstuvwxyz"
	                           "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.")
	        : 0;

	return len > 0 && text[1 + len] == '}' ? len : 0;
}

/* The characters of a value. */
static const char *
characters(const struct var *v, struct buf *room, size_t *len)
{
	struct json_value s = { JSON_STRING, true, v->json + 1, v->len - 2 };

	*len = v->len;
	if (v->len < 2 || *v->json != '"')
		return v->json;
	return json_text(s, room, len);
}

static void
percent(struct buf *out, const char *text, size_t len)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	                            "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
	size_t i;

	for (i = 0; i < len; i++) {
		if (text[i] != '\0' && strchr(plain, text[i]) != NULL)
			buf_byte(out, text[i]);
		else
			buf_printf(out, "%%%02X", (unsigned char)text[i]);
	}
}

static const char *
unknown(struct buf *out, const char *name, size_t len)
{
	buf_clear(out);
	buf_add(out, name, len);
	return buf_string(out);
}

/* Add TEXT with its placeholders filled in. */
static const char *
fill(const char *text, const struct vars *vars, bool path, struct buf *out)
{
	struct buf room = { 0 };

	while (*text != '\0') {
		size_t len = placeholder(text), n;
		const struct var *v;
		const char *value;

		if (len == 0) {
			buf_byte(out, *text++);
			continue;
		}
		v = find(vars, text + 1, len);
		if (v == NULL) {
			buf_free(&room);
			return unknown(out, text + 1, len);
		}
		value = characters(v, &room, &n);
		if (path)
			percent(out, value, n);
		else
			buf_add(out, value, n);
		text += len + 2;
	}
	buf_free(&room);
	return NULL;
}

const char *
template_path(const char *path, const struct vars *vars, struct buf *out)
{
	return fill(path, vars, true, out);
}

static const char *
add_string(const char *text, const struct vars *vars, bool value,
    struct buf *out)
{
	size_t len = placeholder(text);
	struct buf filled = { 0 };
	const char *missing;

	if (value && len > 0 && text[len + 2] == '\0') {
		const struct var *v = find(vars, text + 1, len);

		if (v == NULL)
			return unknown(out, text + 1, len);
		buf_add(out, v->json, v->len);
		return NULL;
	}
	missing = fill(text, vars, false, &filled);
	if (missing != NULL)
		missing = unknown(out, missing, strlen(missing));
	else
		buf_json_string(out, filled.data, filled.len);
	buf_free(&filled);
	return missing;
}

static const char *
add_tree(const cJSON *tree, const struct vars *vars, struct buf *out)
{
	const char *missing;
	const cJSON *item;
	bool first = true;

	buf_byte(out, cJSON_IsArray(tree) ? '[' : '{');
	cJSON_ArrayForEach(item, tree)
	{
		if (!first)
			buf_byte(out, ',');
		first = false;
		if (cJSON_IsObject(tree)) {
			missing = add_string(item->string, vars, false, out);
			if (missing != NULL)
				return missing;
			buf_byte(out, ':');
		}
		missing = template_body(item, vars, out);
		if (missing != NULL)
			return missing;
	}
	buf_byte(out, cJSON_IsArray(tree) ? ']' : '}');
	return NULL;
}

const char *
template_body(const cJSON *body, const struct vars *vars, struct buf *out)
{
	char *text;

	if (cJSON_IsString(body))
		return add_string(body->valuestring, vars, true, out);
	if (cJSON_IsArray(body) || cJSON_IsObject(body))
		return add_tree(body, vars, out);
	text = cJSON_PrintUnformatted(body);
	if (text != NULL)
		buf_text(out, text);
	cJSON_free(text);
	return NULL;
}
