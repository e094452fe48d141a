/* plans.c - the folders that plan-sync keeps */
/* For memmem(). */
#define _GNU_SOURCE
#include "plans.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "file.h"
#include "json.h"
#include "mem.h"
#include "route.h"

#define HEAD_BYTES ((size_t)1 << 20)
#define MOST_BYTES ((size_t)256 << 20) /* of the operations of a plan */
#define MOST_PLANS 200

static const char interrupted[] = "interrupted: its process is gone";

/* Replace the first OLD by NEW; whether it was there. */
static bool
replace(struct buf *b, const char *old, const char *new)
{
	size_t old_len = strlen(old), new_len = strlen(new), behind;
	char *at = b->len > 0 ? memmem(b->data, b->len, old, old_len) : NULL;
	size_t start;

	if (at == NULL)
		return false;
	start = (size_t)(at - b->data);
	behind = b->len - start - old_len;
	if (new_len > old_len)
		buf_room(b, new_len - old_len);
	memmove(b->data + start + new_len, b->data + start + old_len, behind);
	memcpy(b->data + start, new, new_len);
	b->len = start + new_len + behind;
	return true;
}

/* An error told where none was. */
static void
set_error(struct buf *head, const char *error)
{
	struct buf member = { 0 };

	buf_text(&member, "\"error\":");
	buf_json_string(&member, error, strlen(error));
	replace(head, "\"error\":null", buf_string(&member));
	buf_free(&member);
}

/* What plan-sync tells of a plan; false when there is no such. */
static bool
read_head(const struct plans *p, const char *name, struct buf *head)
{
	struct buf path = { 0 };
	bool active = strcmp(name, p->active) == 0, there;

	buf_printf(&path, "%s/%s/sync.json", p->folder.data, name);
	there = file_read(buf_string(&path), HEAD_BYTES, head) == NULL &&
	        head->len > 2 && head->data[0] == '{';
	buf_free(&path);
	while (there && head->data[head->len - 1] != '}')
		head->len--;
	if (active && p->told.len > 0 &&
	    (!there || memmem(head->data, head->len, "\"planned\"", 9))) {
		buf_clear(head);
		buf_add(head, p->told.data, p->told.len);
		return true;
	}
	if (!there && strcmp(name, p->failed) == 0) {
		buf_clear(head);
		buf_add(head, p->failure.data, p->failure.len);
		return true;
	}
	/* Nobody is at work on it any more. */
	if (there && !active &&
	    (replace(head, "\"state\":\"planning\"", "\"state\":\"failed\"") ||
	        replace(head, "\"state\":\"applying\"",
	            "\"state\":\"failed\"")))
		set_error(head, interrupted);
	return there;
}

void
plans_begin(struct plans *p, const char *name, int64_t feed)
{
	char now[CLOCK_STAMP];

	clock_stamp(now);
	buf_clear(&p->told);
	buf_printf(&p->told, "{\"sync_id\":\"%s\",\"state\":\"planning\"",
	    name);
	if (feed > 0)
		buf_printf(&p->told, ",\"feed_id\":%" PRId64, feed);
	else
		buf_text(&p->told, ",\"feed_id\":null");
	buf_printf(&p->told,
	    ",\"started_at\":\"%s\",\"finished_at\":null,"
	    "\"rows_wanted\":null,\"counts\":null,\"guards\":[],"
	    "\"applied\":null,\"error\":null}",
	    now);
}

void
plans_apply(struct plans *p, const char *name)
{
	buf_clear(&p->told);
	if (read_head(p, name, &p->told))
		replace(&p->told, "\"state\":\"planned\"",
		    "\"state\":\"applying\"");
}

void
plans_ended(struct plans *p, const char *error)
{
	if (error != NULL) {
		buf_clear(&p->failure);
		buf_add(&p->failure, p->told.data, p->told.len);
		replace(&p->failure, "\"state\":\"planning\"",
		    "\"state\":\"failed\"");
		replace(&p->failure, "\"state\":\"applying\"",
		    "\"state\":\"failed\"");
		set_error(&p->failure, error);
		memcpy(p->failed, p->active, sizeof p->failed);
	}
	p->active[0] = '\0';
	buf_clear(&p->told);
}

/* The time a plan was started, for their order. */
static const char *
started(const struct buf *head)
{
	static const char name[] = "\"started_at\":\"";
	const char *at = memmem(head->data, head->len, name, strlen(name));

	return at != NULL ? at + strlen(name) : "";
}

static int
newest_first(const void *a, const void *b)
{
	return strncmp(started(b), started(a), CLOCK_STAMP - 1);
}

static void
end_without_operations(struct buf *body)
{
	body->len--; /* the brace */
	buf_text(body, ",\"operations\":[],\"next\":null}");
}

void
plans_list(const struct plans *p, struct buf *body)
{
	struct buf heads[MOST_PLANS] = { { 0 } };
	DIR *dir = opendir(p->folder.data);
	struct dirent *entry;
	size_t n = 0, i;

	while (dir != NULL && n < MOST_PLANS && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' &&
		    strcmp(entry->d_name, p->active) != 0 &&
		    read_head(p, entry->d_name, &heads[n]))
			n++;
	if (dir != NULL)
		closedir(dir);
	if (p->active[0] != '\0' && n < MOST_PLANS &&
	    read_head(p, p->active, &heads[n]))
		n++;
	qsort(heads, n, sizeof *heads, newest_first);
	buf_text(body, "{\"syncs\":[");
	for (i = 0; i < n; i++) {
		if (i > 0)
			buf_byte(body, ',');
		buf_add(body, heads[i].data, heads[i].len);
		end_without_operations(body);
		buf_free(&heads[i]);
	}
	buf_text(body, "]}");
}

static bool
names(const char *list, const char *word)
{
	size_t len = strlen(word);

	while (list != NULL && *list != '\0') {
		size_t n = strcspn(list, ",");

		if (n == len && strncmp(list, word, n) == 0)
			return true;
		list += n + (list[n] == ',');
	}
	return false;
}

enum plans_may
plans_may_apply(const struct plans *p, const char *name, const char *allow,
    struct buf *detail)
{
	enum plans_may may = PLANS_MAY;
	struct buf head = { 0 };
	const char *error, *state;
	const cJSON *guard;
	cJSON *tree = NULL;
	size_t at;

	if (read_head(p, name, &head))
		tree = json_parse(head.data, head.len, &error, &at);
	buf_free(&head);
	if (tree == NULL)
		return PLANS_UNKNOWN;
	state = json_string(tree, "state");
	if (state == NULL || strcmp(state, "planned") != 0)
		may = PLANS_OTHER;
	cJSON_ArrayForEach(guard, json_member(tree, "guards"))
	{
		const char *word = json_string(guard, "guard"),
		           *message = json_string(guard, "message");

		if (may == PLANS_OTHER || word == NULL || names(allow, word))
			continue;
		may = PLANS_GUARDED;
		if (detail->len > 0)
			buf_text(detail, "; ");
		buf_printf(detail, "%s: %s", word,
		    message != NULL ? message : "");
	}
	cJSON_Delete(tree);
	return may;
}

/* One operation, if it is of the page; false when the page is full. */
static bool
take_operation(struct plans_page *page, size_t *taken, const char *line,
    size_t len)
{
	static const char start[] = "{\"n\":", key[] = "\"key\":\"",
	                  status[] = "\"status\":";
	int64_t n = len > 6 ? strtoll(line + strlen(start), NULL, 10) : 0;
	char op[32];
	const char *at;

	if (n <= page->after || line[len - 1] != '}')
		return true;
	snprintf(op, sizeof op, "\"op\":\"%s\"",
	    page->op != NULL ? page->op : "");
	if (page->op != NULL && memmem(line, len, op, strlen(op)) == NULL)
		return true;
	if (*taken == page->limit)
		return false;
	++*taken;
	page->next = n;
	buf_add(&page->rows, line, len - 1);
	if (memmem(line, len, status, strlen(status)) == NULL)
		buf_text(&page->rows, ",\"status\":null,\"message\":null");
	buf_byte(&page->rows, '\n');
	at = memmem(line, len, key, strlen(key));
	if (at != NULL && (size_t)(line + len - at) > strlen(key) + 36 &&
	    route_is_uuid(at + strlen(key), 36)) {
		buf_text(&page->keys, page->keys.len > 0 ? ",\"" : "\"");
		buf_add(&page->keys, at + strlen(key), 36);
		buf_byte(&page->keys, '"');
	}
	return true;
}

bool
plans_read_page(const struct plans *p, const char *name,
    struct plans_page *page)
{
	struct buf path = { 0 }, text = { 0 }, head = { 0 };
	bool there = read_head(p, name, &head), more = false;
	const char *at, *end;
	size_t taken = 0;

	buf_free(&head);
	buf_printf(&path, "%s/%s/operations.ndjson", p->folder.data, name);
	if (there && file_read(buf_string(&path), MOST_BYTES, &text) == NULL) {
		at = buf_string(&text);
		for (end = at + text.len; at < end && !more;) {
			size_t len = strcspn(at, "\n");

			more = !take_operation(page, &taken, at, len);
			at += len + 1;
		}
	}
	if (!more)
		page->next = 0;
	buf_free(&path);
	buf_free(&text);
	return there;
}

void
plans_free_page(void *of)
{
	struct plans_page *page = of;

	buf_free(&page->rows);
	buf_free(&page->keys);
	free(page);
}

bool
plans_show(const struct plans *p, const char *name,
    const struct plans_page *page, struct buf *body)
{
	if (!read_head(p, name, body))
		return false;
	if (page == NULL)
		end_without_operations(body);
	return true;
}

/* Title and company of a key, from what the store told; null without. */
static void
add_title(struct buf *body, const cJSON *titles, const char *row, size_t len)
{
	static const char *const members[] = { "title", "company_name" };
	const cJSON *title, *found = NULL;
	size_t i;

	cJSON_ArrayForEach(title, titles)
	{
		const char *id = json_string(title, "job_id");

		if (id != NULL && memmem(row, len, id, strlen(id)) != NULL)
			found = title;
	}
	for (i = 0; i < 2; i++) {
		const char *text =
		    found != NULL ? json_string(found, members[i]) : NULL;

		buf_json_key(body, members[i]);
		if (text != NULL)
			buf_json_string(body, text, strlen(text));
		else
			buf_text(body, "null");
	}
}

void
plans_add_titles(struct buf *body, const struct plans_page *page,
    const char *titles, size_t len)
{
	const char *at = page->rows.len > 0 ? page->rows.data : "", *error;
	const char *end = at + page->rows.len;
	struct buf list = { 0 };
	cJSON *tree;
	size_t where;

	buf_byte(&list, '[');
	buf_add(&list, titles, len);
	buf_byte(&list, ']');
	tree = json_parse(list.data, list.len, &error, &where);
	body->len--; /* the brace */
	buf_text(body, ",\"operations\":[");
	while (at != NULL && at < end) {
		size_t n = (size_t)((const char *)memchr(at, '\n',
		                        (size_t)(end - at)) -
		                    at);

		if (body->data[body->len - 1] != '[')
			buf_byte(body, ',');
		buf_add(body, at, n);
		add_title(body, tree, at, n);
		buf_byte(body, '}');
		at += n + 1;
	}
	if (page->next > 0)
		buf_printf(body, "],\"next\":\"%" PRId64 "\"}", page->next);
	else
		buf_text(body, "],\"next\":null}");
	cJSON_Delete(tree);
	buf_free(&list);
}
