/* planfile.c - plans and backups, written and read */
#include "planfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "report.h"
#include "status.h"

static const char *const reasons[] = { [REMOVAL_ORPHAN] = "not wanted",
	[REMOVAL_DOUBLE] = "double",
	[REMOVAL_FOREIGN] = "no key",
	[REMOVAL_REPLACED] = "replaced" };

/* One line of a plan on its way out. */
struct printer {
	const struct plan *plan;
	struct out *out;
	bool pretty;
	struct buf line, old, new, updates, names;
	uint64_t count;
};

static struct json_value
as_object(const struct buf *b)
{
	return (struct json_value){ JSON_OBJECT, false, b->data, b->len };
}

static void
line_end(struct printer *p)
{
	out_add(p->out, p->line.data, p->line.len);
	out_line(p->out);
	buf_clear(&p->line);
	p->count++;
}

static void
start(struct printer *p, enum op op)
{
	static const char
	    marks[] = { [OP_ADD] = '+', [OP_CHANGE] = '~', [OP_DELETE] = '-' };

	if (p->pretty)
		buf_printf(&p->line, "%c %-6s ", marks[op], op_names[op]);
	else
		buf_printf(&p->line, "{\"op\":\"%s\",\"key\":", op_names[op]);
}

static void
print_removal(struct printer *p, const struct removal *r)
{
	start(p, OP_DELETE);
	plan_add_key(p->plan, r->key, &p->line);
	buf_text(&p->line, p->pretty ? "  id " : ",\"id\":");
	plan_add_id(p->plan, r->id, &p->line);
	if (p->pretty)
		buf_printf(&p->line, "  %s", reasons[r->why]);
	else
		buf_printf(&p->line, ",\"why\":\"%s\"}", reasons[r->why]);
	line_end(p);
}

static void
print_key(struct printer *p, size_t want)
{
	const struct wanted *w = p->plan->wanted;

	buf_json_string(&p->line, wanted_key(w, want), w->items[want].key_len);
}

static void
print_row(struct printer *p, size_t want)
{
	const struct wanted *w = p->plan->wanted;

	if (p->pretty)
		return;
	buf_text(&p->line, ",\"row\":");
	spool_get(w->spool, w->items[want].row, &p->line);
	buf_byte(&p->line, '}');
}

static void
print_change(struct printer *p, const struct change *c)
{
	const struct wanted *w = p->plan->wanted;

	buf_clear(&p->old);
	buf_clear(&p->new);
	buf_clear(&p->updates);
	buf_clear(&p->names);
	spool_get(p->plan->old, c->old, &p->old);
	spool_get(w->spool, w->items[c->want].row, &p->new);
	row_diff(p->plan->rows, as_object(&p->old), as_object(&p->new),
	    &p->updates, &p->names);
	start(p, OP_CHANGE);
	print_key(p, c->want);
	buf_text(&p->line, p->pretty ? "  id " : ",\"id\":");
	plan_add_id(p->plan, c->id, &p->line);
	buf_text(&p->line, p->pretty ? "  " : ",\"columns\":");
	buf_add(&p->line, p->names.data, p->names.len);
	print_row(p, c->want);
	line_end(p);
}

static void
print_removals(struct printer *p)
{
	size_t i;

	for (i = 0; i < p->plan->removal_count; i++)
		print_removal(p, &p->plan->removals[i]);
}

static void
print_additions(struct printer *p)
{
	const struct wanted *w = p->plan->wanted;
	size_t i;

	for (i = 0; i < w->count; i++) {
		if (!plan_adds(&w->items[i]))
			continue;
		start(p, OP_ADD);
		print_key(p, i);
		print_row(p, i);
		line_end(p);
	}
}

static void
print_changes(struct printer *p)
{
	size_t i;

	for (i = 0; i < p->plan->change_count; i++)
		print_change(p, &p->plan->changes[i]);
}

static void
print_header(struct printer *p, const struct plan_header *h)
{
	struct buf *b = &p->line;

	if (p->pretty)
		return;
	buf_text(b, "{\"_plan\":{\"version\":2");
	buf_json_member(b, "target", h->target, strlen(h->target));
	buf_json_member(b, "profile", h->profile, strlen(h->profile));
	buf_json_member(b, "table", h->table, strlen(h->table));
	buf_json_member(b, "salt", row_digest(p->plan->rows)->salt,
	    HASH_HEX - 1);
	buf_text(b, "}}");
	line_end(p);
	p->count = 0;
}

static void
print_end(struct printer *p)
{
	const struct plan *plan = p->plan;

	if (p->pretty)
		buf_printf(&p->line,
		    "%zu to delete, %zu to add, %zu to change, %llu as they "
		    "should be",
		    plan->removal_count, plan->missing, plan->change_count,
		    (unsigned long long)plan->same);
	else
		buf_printf(&p->line, "{\"_done\":{\"records\":%llu}}",
		    (unsigned long long)p->count);
	line_end(p);
}

void
planfile_write(const struct plan *plan, const struct plan_header *header,
    enum order order, bool pretty, struct out *out)
{
	struct printer p = { .plan = plan, .out = out, .pretty = pretty };

	print_header(&p, header);
	if (order == ORDER_DELETE_FIRST)
		print_removals(&p);
	print_additions(&p);
	print_changes(&p);
	if (order != ORDER_DELETE_FIRST)
		print_removals(&p);
	print_end(&p);
	buf_free(&p.line);
	buf_free(&p.old);
	buf_free(&p.new);
	buf_free(&p.updates);
	buf_free(&p.names);
}

static bool
keep_text(struct json_value v, char *out, size_t size)
{
	if (v.type != JSON_STRING || v.len != size - 1 || v.escaped)
		return false;
	memcpy(out, v.text, v.len);
	out[v.len] = '\0';
	return true;
}

/* Rows are compared with the plan's own salt from here on. */
static bool
read_header(struct json_value h, struct row_reader *rows,
    struct plan_header *out)
{
	char salt[HASH_HEX];
	long long version;
	bool good = h.type == JSON_OBJECT &&
	            json_int64(json_get(h, "version"), &version) &&
	            version == 2 &&
	            keep_text(json_get(h, "target"), out->target, HASH_HEX) &&
	            keep_text(json_get(h, "profile"), out->profile, HASH_HEX) &&
	            keep_text(json_get(h, "table"), out->table, DIGEST_HEX) &&
	            keep_text(json_get(h, "salt"), salt, HASH_HEX);

	if (good)
		digest_use(row_digest(rows), salt);
	return good;
}

/* Take a row that stands in a plan or backup as wanted. */
static bool
take_row(struct wanted *w, struct row_reader *rows, struct json_value object,
    struct row *room)
{
	if (object.type != JSON_OBJECT)
		return false;
	row_read_object(rows, object, room);
	return room->key.len > 0 && wanted_add(w, room, object) != SIZE_MAX;
}

static bool
read_end(struct wanted *w, const struct rec *job)
{
	struct json_value done = rec_get(job, "_done");
	long long n;

	if (done.type != JSON_OBJECT ||
	    !json_int64(json_get(done, "records"), &n))
		return false;
	w->ended = true;
	w->announced = (uint64_t)n;
	return true;
}

/* A deletion is known by the row's id; by its key where there are no ids. */
static bool
take_deletion(const struct rec *job, bool by_id, struct idset *deletions)
{
	struct json_value name = rec_get(job, by_id ? "id" : "key");
	struct buf room = { 0 };
	const char *text = name.text;
	size_t len = name.len;

	if (name.type != JSON_STRING && name.type != JSON_NUMBER)
		return false;
	if (name.type == JSON_STRING)
		text = json_text(name, &room, &len);
	idset_add(deletions, text, len);
	buf_free(&room);
	return true;
}

static bool
read_op(struct wanted *w, const struct rec *job, struct row_reader *rows,
    struct row *room, struct idset *deletions, bool by_id)
{
	struct json_value op = rec_get(job, "op");

	if (op.type != JSON_STRING)
		return false;
	if (op.len == 6 && memcmp(op.text, "delete", 6) == 0)
		return take_deletion(job, by_id, deletions);
	return take_row(w, rows, rec_get(job, "row"), room);
}

int
planfile_read(struct wanted *w, struct stage *s, const struct profile *p,
    struct row_reader *rows, struct plan_header *header,
    struct idset *deletions)
{
	struct stats *stats = stage_stats(s);
	struct row room = { .in_scope = false };
	bool headed = false;
	const struct rec *job;

	while ((job = stage_read(s)) != NULL) {
		struct json_value head = rec_get(job, "_plan");

		if (head.type != JSON_NONE && w->count == 0) {
			headed = read_header(head, rows, header);
			stats->in--;
		} else if (read_end(w, job)) {
			stats->in--;
		} else if (read_op(w, job, rows, &room, deletions,
		               p->id != NULL)) {
			stats->out++;
		} else {
			stage_refuse(s, "not a line of a plan");
		}
	}
	buf_free(&room.key);
	w->lines = stats->in;
	if (!headed) {
		log_error("this is no plan that --plan or --dry-run wrote");
		return EX_CONFIG;
	}
	if (!w->ended || w->announced != w->lines || stats->dead > 0) {
		log_error("the plan is cut short or damaged",
		    LOG_UINT("announced", w->announced),
		    LOG_UINT("lines", w->lines));
		return EX_DATAERR;
	}
	return EX_OK;
}

static void
backup_row(struct printer *p, enum op op, struct text id, struct span row)
{
	buf_printf(&p->line, "{\"op\":\"%s\",\"id\":", op_names[op]);
	plan_add_id(p->plan, id, &p->line);
	buf_text(&p->line, ",\"row\":");
	spool_get(p->plan->old, row, &p->line);
	buf_byte(&p->line, '}');
	line_end(p);
}

/* Make sure that a file that was written is on the disk. */
static void
sync_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) != 0)
		die(EX_IOERR, "cannot write the backup", LOG_TEXT("file", path),
		    LOG_TEXT("error", strerror(errno)));
	close(fd);
}

void
backup_write(struct backup *b, const struct plan *plan)
{
	struct printer p = { .plan = plan, .count = b->rows };
	size_t i;

	/* One backup a file: an older one would be mixed with this. */
	if (!b->there && access(b->path, F_OK) == 0)
		die(EX_CANTCREAT, "the backup file is there already",
		    LOG_TEXT("file", b->path));
	b->there = true;
	p.out = out_append(b->path);
	for (i = 0; i < plan->removal_count; i++)
		backup_row(&p, OP_DELETE, plan->removals[i].id,
		    plan->removals[i].row);
	for (i = 0; i < plan->change_count; i++)
		backup_row(&p, OP_CHANGE, plan->changes[i].id,
		    plan->changes[i].old);
	b->rows = p.count;
	print_end(&p);
	out_close(p.out);
	sync_file(b->path);
	buf_free(&p.line);
}

/* The row without Xano's own id, which it gets anew. */
static void
without_id(struct json_value row, const char *id, struct buf *out)
{
	struct json_walk w;
	struct json_member m;

	buf_clear(out);
	buf_byte(out, '{');
	for (w = json_walk(row); json_next(&w, &m);) {
		const char *end =
		    m.value.text + m.value.len + (m.value.type == JSON_STRING);

		if (id != NULL && m.name_len == strlen(id) &&
		    memcmp(m.name, id, m.name_len) == 0)
			continue;
		if (out->len > 1)
			buf_byte(out, ',');
		buf_add(out, m.name - 1, (size_t)(end - m.name + 1));
	}
	buf_byte(out, '}');
}

int
backup_read(struct wanted *w, struct stage *s, const struct profile *p,
    struct row_reader *rows)
{
	struct stats *stats = stage_stats(s);
	struct row room = { .in_scope = false };
	struct buf text = { 0 };
	const struct rec *job;

	while ((job = stage_read(s)) != NULL) {
		struct json_value row = rec_get(job, "row");

		if (read_end(w, job)) {
			stats->in--;
			continue;
		}
		if (row.type != JSON_OBJECT) {
			stage_refuse(s, "not a row of a backup");
			continue;
		}
		without_id(row, p->id, &text);
		row_read_object(rows, as_object(&text), &room);
		if (room.key.len == 0) {
			stage_refuse(s, "a row without a key can't be told "
			                "from others");
			continue;
		}
		/* Of one that was written twice, the first is the older. */
		wanted_add(w, &room, as_object(&text));
		stats->out++;
	}
	buf_free(&text);
	buf_free(&room.key);
	w->lines = stats->in;
	if (!w->ended || w->announced != w->lines) {
		log_error("the backup is cut short or damaged",
		    LOG_UINT("announced", w->announced),
		    LOG_UINT("lines", w->lines));
		return EX_DATAERR;
	}
	return EX_OK;
}
