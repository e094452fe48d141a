/*
 * fuzz_kept.c - what programs keep between two runs, damaged: the answers, the
 * ledger, the cassettes and the submitted jobs of ai-enrich, what feed-fetch
 * knows of a feed; the first byte says which
 */
#include <stdio.h>
#include <string.h>

#include "../../src/ai-enrich/bulk.h"
#include "../../src/ai-enrich/exchange.h"
#include "../../src/ai-enrich/journal.h"
#include "../../src/ai-enrich/ledger.h"
#include "../../src/feed-fetch/state.h"
#include "file.h"
#include "fuzz.h"
#include "refuse.h"
#include "scratch.h"

#define PROFILE "industry-m-0123456789abcdef"
#define URL "https://feeds.example/jobs.xml"
#define SUM 16

static const char record[] =
    "{\"title\":\"Baker\",\"id\":9007199254740993,\"pay\":1.10}";

/* A line whose sum is right, of the members that the input has. */
static void
add_line(struct buf *out, const char *id, const char *members, size_t len)
{
	struct buf rest = { 0 };
	char sum[HASH_HEX];

	buf_printf(&rest, "\"id\":\"%s\",\"profile\":\"%s\",", id, PROFILE);
	buf_add(&rest, members, len);
	buf_byte(&rest, '}');
	hash_once(rest.data, rest.len, sum);
	buf_printf(out, "{\"sum\":\"%.*s\",", SUM, sum);
	buf_add(out, rest.data, rest.len);
	buf_byte(out, '\n');
	buf_free(&rest);
}

/* Each line of the input as one that the program might have written. */
static void
sign(struct buf *out, const struct item *item, const char *text, size_t len)
{
	struct hash *hash = hash_new();
	unsigned char id[HASH_BYTES];
	char hex[HASH_HEX];
	const char *end = text + len;

	item_id(hash, item, id);
	hash_hex(id, hex);
	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));

		if (stop == NULL)
			stop = end;
		add_line(out, hex, text, (size_t)(stop - text));
		text = stop + (stop < end);
	}
	hash_free(hash);
}

/* An answer that is found goes into a record that stays one. */
static void
try_journal(const char *path, const struct item *item)
{
	struct journal *j = journal_open(path, STAGE_INDUSTRY, PROFILE);
	struct rec *job = rec_new(), *again = rec_new();
	struct buf line = { 0 };
	size_t at;

	hold(rec_parse(job, record, sizeof record - 1, &at) == NULL);
	if (journal_take(j, item, job)) {
		hold(journal_count(j) > 0);
		rec_write(job, &line);
		hold(rec_parse(again, line.data, line.len, &at) == NULL);
		/* what the feed said stands as it came */
		hold(line.len > sizeof record - 2 &&
		     memcmp(line.data, record, sizeof record - 2) == 0);
		journal_keep(j, item, again);
	}
	journal_close(j);
	buf_free(&line);
	rec_free(job);
	rec_free(again);
}

static void
try_ledger(const char *path)
{
	static const struct ledger_limits limits = { 10, 1000, 100, 1000000 };
	const struct ledger_order order = { .tokens = 5, .cost = 7 };
	uint64_t wait = 0;
	struct ledger *l = ledger_open(path, &limits, 1000);

	if (ledger_take(l, &order, 1000, &wait) == LEDGER_TAKEN)
		ledger_settle(l, &order, 5, 7, 1000);
	ledger_close(l);
}

/* What is known is fit for a header, and what is kept is known again. */
static void
try_state(const char *path)
{
	struct state s, again;

	state_load(&s, path, URL);
	hold(strpbrk(s.etag, "\r\n") == NULL);
	hold(strpbrk(s.last_modified, "\r\n") == NULL);
	if (s.known) {
		state_save(&s, path, URL);
		state_load(&again, path, URL);
		hold(again.known && again.length == s.length);
		hold(strcmp(again.etag, s.etag) == 0);
		hold(strcmp(again.digest, s.digest) == 0);
		state_free(&again);
	}
	state_free(&s);
}

/* What can be read is the same when it is kept and read again. */
static void
try_bulk(const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	char *folder = mem_copy(path, (size_t)(name - path));
	char *shown = mem_copy(name, strlen(name) - strlen(".json"));
	struct bulk *b = bulk_load(path, shown, PROFILE), *again;

	if (b != NULL) {
		refuse_none();
		bulk_keep(b, folder, PROFILE);
		again = bulk_load(path, shown, PROFILE);
		hold(again != NULL && again->count == b->count);
		hold(strcmp(again->name, b->name) == 0);
		hold(again->submitted == b->submitted);
		for (size_t i = 0; i < b->count; i++) {
			const struct bulk_request *r = &b->requests[i];

			hold(again->requests[i].count == r->count);
			hold(strcmp(again->requests[i].fence, r->fence) == 0);
			hold(memcmp(again->requests[i].slots, r->slots,
			         r->count * sizeof *r->slots) == 0);
		}
		bulk_free(again);
		bulk_free(b);
	}
	free(folder);
	free(shown);
}

/* Make FILE, in a folder, an exchange: the path of it in AT, of the seed in
 * SEED.
 */
static void
make_cassette(const char *file, const struct buf *request, struct buf *at,
    struct buf *seed)
{
	static const char digits[] = "0123456789abcdef0123456789abcdef"
	                             "0123456789abcdef0123456789abcdef";
	struct buf text = { 0 };
	char name[HASH_HEX];

	buf_add(&text, URL, sizeof URL);
	buf_add(&text, request->data, request->len);
	hash_once(text.data, text.len, name);
	buf_printf(at, "%s/%s.1.json", scratch_folder(), name);
	buf_printf(seed, "%s/seed", scratch_folder());
	hold(rename(file, buf_string(at)) == 0);
	hold(file_replace(buf_string(seed), digits, sizeof digits - 1) == NULL);
	buf_free(&text);
}

/* An answer comes of it, or the service was away. */
static void
try_cassette(const char *path)
{
	const struct exchange_options options = { .replay = scratch_folder() };
	struct buf request = { 0 }, at = { 0 }, seed = { 0 };
	struct keys keys;
	struct exchange *x;
	struct http_answer *a;

	buf_text(&request, "{}");
	make_cassette(path, &request, &at, &seed);
	keys_init(&keys);
	x = exchange_open(&options, &keys);
	exchange_send(x, URL, NULL, &request, &keys);
	a = exchange_next(x, 0, -1);
	hold(a != NULL && a->user == &keys);
	hold(a->failure <= HTTP_TOO_LARGE);
	hold((a->failure == HTTP_OK) == (a->reason == NULL));
	http_answer_free(a);
	exchange_close(x);
	keys_end(&keys);
	remove(buf_string(&at));
	remove(buf_string(&seed));
	buf_free(&at);
	buf_free(&seed);
	buf_free(&request);
}

static void
try_file(const char *path, void *kind)
{
	struct item *item = item_new(0, record, sizeof record - 1);

	switch (*(const uint8_t *)kind) {
	case 'b':
		try_bulk(path);
		break;
	case 'c':
		try_cassette(path);
		break;
	case 'l':
		try_ledger(path);
		break;
	case 's':
		try_state(path);
		break;
	default:
		try_journal(path, item);
	}
	item_free(item);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct item *item;
	struct buf file = { 0 };
	uint8_t kind;

	if (size == 0 || size > 1 << 16)
		return 0;
	kind = *data;
	if (kind == 'a') {
		item = item_new(0, record, sizeof record - 1);
		sign(&file, item, (const char *)data + 1, size - 1);
		item_free(item);
	} else {
		buf_add(&file, (const char *)data + 1, size - 1);
	}
	refuse_or((const uint8_t *)buf_string(&file), file.len, try_file,
	    &kind);
	buf_free(&file);
	return 0;
}
