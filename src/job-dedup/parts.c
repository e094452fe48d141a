/* parts.c - more records than memory holds: on disk, parted by key */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "order.h"
#include "pins.h"
#include "sig.h"
#include "spill.h"

#define PARTS 64 /* the top bits of a hash choose one */
#define PART_SHIFT 58
#define STREAMS (PARTS + 1)
#define ASIDE PARTS /* the stream of those kept aside */

#define BLOCK_MIN ((size_t)4 << 10)
#define BLOCK_MAX ((size_t)256 << 10)

/* What a record has beside its bytes: key, id and line. */
struct head {
	struct job job;
	uint64_t key_len;
};

/* What became of a record, beside staying as it was. */
enum { GONE = 1, NOTED = 2 };

/* In front of a line that takes its place (or none) and what is explained. */
struct note {
	uint64_t line_len, explain_len;
};

struct part {
	struct spill_stream *records, *notes;
	uint32_t count;
	unsigned char *verdicts; /* by place in the stream */
	uint64_t *where;         /* of the note: for those kept aside */
};

struct parts {
	struct spill *spill;
	struct hold hold;
	size_t memory;
	bool used, valid;
	struct part parts[STREAMS];
	struct explain explain;
	struct buf body, line;
};

/* A record's line, for a hold whose lines are left on disk. */
static const char *
read_line(void *argument, const struct job *job, struct buf *room)
{
	struct parts *p = argument;
	struct head head;

	spill_get(p->spill, p->parts[job->stream].records, job->where, room);
	memcpy(&head, room->data, sizeof(head));
	return room->data + sizeof(head) + head.key_len + head.job.id_len;
}

struct parts *
parts_open(size_t memory, uint64_t seed)
{
	struct parts *p = mem_zero(1, sizeof(*p));
	size_t block = memory / 1024;

	if (block < BLOCK_MIN)
		block = BLOCK_MIN;
	if (block > BLOCK_MAX)
		block = BLOCK_MAX;
	p->spill = spill_open(block);
	p->memory = memory;
	hold_open(&p->hold, seed);
	p->hold.reader = read_line;
	p->hold.reader_argument = p;
	return p;
}

void
parts_close(struct parts *p)
{
	size_t i;

	if (p == NULL)
		return;
	for (i = 0; i < STREAMS; i++) {
		spill_drop(p->spill, p->parts[i].records);
		spill_drop(p->spill, p->parts[i].notes);
		free(p->parts[i].verdicts);
		free(p->parts[i].where);
	}
	hold_close(&p->hold);
	explain_free(&p->explain);
	buf_free(&p->body);
	buf_free(&p->line);
	spill_close(p->spill);
	free(p);
}

bool
parts_used(const struct parts *p)
{
	return p->used;
}

uint64_t
parts_bytes(const struct parts *p)
{
	return spill_bytes(p->spill);
}

static void
add_to(struct parts *p, size_t stream, const struct job *job, const char *key,
    size_t len)
{
	struct part *part = &p->parts[stream];
	struct head head;
	struct spill_piece pieces[4];

	if (part->records == NULL)
		part->records = spill_stream(p->spill);
	/* Bytes between the fields are written too. */
	memset(&head, 0, sizeof(head));
	head.job = *job;
	head.job.hash = order_hash(job);
	head.job.stream = (uint32_t)stream;
	head.job.ordinal = part->count++;
	head.key_len = len;
	pieces[0] = (struct spill_piece){ &head, sizeof(head) };
	pieces[1] = (struct spill_piece){ key, len };
	pieces[2] = (struct spill_piece){ job->id, job->id_len };
	pieces[3] = (struct spill_piece){ job->line, job->len };
	spill_add(p->spill, part->records, pieces, 4);
	p->used = true;
}

void
parts_add(struct parts *p, const struct job *job, const char *key, size_t len,
    uint64_t hash)
{
	add_to(p, (size_t)(hash >> PART_SHIFT), job, key, len);
}

void
parts_add_aside(struct parts *p, const struct job *job)
{
	add_to(p, ASIDE, job, "", 0);
}

/* A frame's job; its views are of BODY. */
static struct job
job_of(const struct buf *body, const char **key, size_t *key_len)
{
	struct head head;

	memcpy(&head, body->data, sizeof(head));
	*key = body->data + sizeof(head);
	*key_len = (size_t)head.key_len;
	head.job.id = *key + head.key_len;
	head.job.line = head.job.id + head.job.id_len;
	return head.job;
}

struct finder {
	parts_find_key *find;
	void *argument;
};

/* Take the records of a stream that belong to a part into the hold. */
static void
load_stream(struct parts *p, size_t stream, size_t part, bool in_memory,
    const struct finder *f)
{
	struct spill_stream *t = p->parts[stream].records;
	struct spill_reader *r;
	struct job job;
	const char *key;
	size_t len;
	uint64_t where, hash;

	if (t == NULL)
		return;
	r = spill_reader(p->spill, t);
	while (spill_next(r, &p->body, &where) && !sig_stop()) {
		job = job_of(&p->body, &key, &len);
		if (stream == ASIDE) {
			struct parts_key k = f->find(f->argument, job.pin);

			key = k.text;
			len = k.len;
		}
		hash = hold_hash(&p->hold, key, len);
		if (hash >> PART_SHIFT != part)
			continue;
		job.where = where;
		if (!in_memory)
			job.line = NULL;
		hold_join(&p->hold, hold_add(&p->hold, &job), key, len, hash);
	}
	spill_reader_free(r);
}

/* Note the line that a record becomes, if any, and what is explained of it. */
static void
add_note(struct parts *p, const struct job *job, size_t part)
{
	size_t to = job->stream == ASIDE ? ASIDE : part;
	struct note note = { p->line.len, 0 };
	struct spill_piece pieces[3];
	uint64_t where;

	buf_clear(&p->body);
	explain_of(&p->explain, job->seq, &p->body);
	note.explain_len = p->body.len;
	if (note.line_len == 0 && note.explain_len == 0)
		return;
	if (p->parts[to].notes == NULL)
		p->parts[to].notes = spill_stream(p->spill);
	pieces[0] = (struct spill_piece){ &note, sizeof(note) };
	pieces[1] = (struct spill_piece){ p->line.data, p->line.len };
	pieces[2] = (struct spill_piece){ p->body.data, p->body.len };
	where = spill_add(p->spill, p->parts[to].notes, pieces, 3);
	p->parts[job->stream].verdicts[job->ordinal] |= NOTED;
	if (to == ASIDE)
		p->parts[ASIDE].where[job->ordinal] = where;
}

/* Note what became of the records in the hold. */
static void
note_all(struct parts *p, size_t part, struct merge *merge)
{
	uint32_t i;

	for (i = 0; i < p->hold.count; i++) {
		const struct job *job = &p->hold.jobs[i];

		buf_clear(&p->line);
		if (job->into != i)
			p->parts[job->stream].verdicts[job->ordinal] |= GONE;
		else if (job->next != HOLD_NONE)
			merge_job(merge, &p->hold, job, &p->line);
		add_note(p, job, part);
	}
}

static bool
judge_part(struct parts *p, size_t part, struct team *team, struct merge *merge,
    const struct finder *f)
{
	struct spill_stream *records = p->parts[part].records;
	bool in_memory =
	    records == NULL || spill_size(records) <= p->memory - p->memory / 4;

	hold_clear(&p->hold);
	load_stream(p, part, part, in_memory, f);
	load_stream(p, ASIDE, part, in_memory, f);
	if (sig_stop() || !team_judge(team, &p->hold, &p->explain))
		return false;
	note_all(p, part, merge);
	if (p->parts[part].notes != NULL)
		spill_seal(p->spill, p->parts[part].notes);
	return true;
}

bool
parts_judge(struct parts *p, struct team *team, struct merge *merge,
    parts_find_key *find, void *argument)
{
	struct finder f = { find, argument };
	size_t i;

	for (i = 0; i < STREAMS; i++) {
		struct part *part = &p->parts[i];

		if (part->records != NULL)
			spill_seal(p->spill, part->records);
		part->verdicts = mem_zero(part->count, 1);
	}
	p->parts[ASIDE].where =
	    mem_zero(p->parts[ASIDE].count, sizeof(*p->parts[ASIDE].where));
	p->valid = true;
	for (i = 0; i < PARTS && p->valid; i++)
		p->valid = judge_part(p, i, team, merge, &f);
	hold_clear(&p->hold);
	if (p->parts[ASIDE].notes != NULL)
		spill_seal(p->spill, p->parts[ASIDE].notes);
	return p->valid;
}

/* A stream on its way out. */
struct lane {
	struct part *part;
	struct spill_reader *records, *notes;
	struct buf body; /* the record at hand */
	struct job job;
	bool left; /* whether there is one */
};

static void
advance(struct lane *l)
{
	uint64_t where;
	const char *key;
	size_t len;

	l->left = spill_next(l->records, &l->body, &where);
	if (l->left)
		l->job = job_of(&l->body, &key, &len);
}

/* The note of the record at hand, into p->body. */
static void
fetch_note(struct parts *p, struct lane *l)
{
	uint64_t where;

	if (l->notes == NULL)
		spill_get(p->spill, l->part->notes,
		    l->part->where[l->job.ordinal], &p->body);
	else
		spill_next(l->notes, &p->body, &where);
}

static void
hand_on(struct parts *p, struct lane *l, struct stage *s, struct out *explain)
{
	int verdict = p->valid ? l->part->verdicts[l->job.ordinal] : 0;
	struct note note = { 0, 0 };

	if ((verdict & NOTED) != 0) {
		fetch_note(p, l);
		memcpy(&note, p->body.data, sizeof(note));
		if (explain != NULL && note.explain_len > 0)
			out_add(explain,
			    p->body.data + sizeof(note) + note.line_len,
			    (size_t)note.explain_len);
	}
	if ((verdict & GONE) != 0)
		stage_merged(s);
	else if (note.line_len > 0)
		stage_emit(s, p->body.data + sizeof(note),
		    (size_t)note.line_len, true);
	else
		stage_emit(s, l->job.line, l->job.len, false);
}

static void
open_lane(struct parts *p, size_t stream, struct lane *l)
{
	l->part = &p->parts[stream];
	if (l->part->records == NULL)
		return;
	l->records = spill_reader(p->spill, l->part->records);
	if (stream != ASIDE && l->part->notes != NULL && p->valid)
		l->notes = spill_reader(p->spill, l->part->notes);
	advance(l);
}

void
parts_hand_on(struct parts *p, struct stage *s, struct out *explain)
{
	struct lane *lanes = mem_zero(STREAMS, sizeof(*lanes)), *first;
	size_t i;

	for (i = 0; i < STREAMS; i++)
		open_lane(p, i, &lanes[i]);
	for (;;) {
		first = NULL;
		for (i = 0; i < STREAMS; i++)
			if (lanes[i].left &&
			    (first == NULL ||
			        lanes[i].job.seq < first->job.seq))
				first = &lanes[i];
		if (first == NULL)
			break;
		hand_on(p, first, s, explain);
		advance(first);
	}
	for (i = 0; i < STREAMS; i++) {
		spill_reader_free(lanes[i].records);
		spill_reader_free(lanes[i].notes);
		buf_free(&lanes[i].body);
	}
	free(lanes);
}
