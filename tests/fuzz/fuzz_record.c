/* fuzz_record.c - a line of NDJSON: scanned, looked at, spliced, scanned */
#include <string.h>

#include "fuzz.h"
#include "json.h"
#include "rec.h"
#include "utf8.h"

/* Walk a value to its leaves; COUNT what is there. */
static void
walk(struct json_value v, struct buf *room, size_t *count)
{
	struct json_walk w = json_walk(v);
	struct json_member m;
	long long number;
	size_t len;
	const char *text;

	++*count;
	if (v.type == JSON_STRING) {
		text = json_text(v, room, &len);
		hold(utf8_valid(text, len) == len);
		hold(memchr(text, '\0', len) == NULL);
	}
	json_int64(v, &number);
	if (v.type == JSON_NUMBER)
		hold(json_compare(v.text, v.len, v.text, v.len) == 0);
	while (json_next(&w, &m))
		walk(m.value, room, count);
}

/* cJSON takes more than we do, and must take all that we do. */
static void
agree(const char *text, size_t size, size_t count)
{
	cJSON *tree = cJSON_ParseWithLength(text, size);

	hold(tree != NULL);
	hold((size_t)cJSON_GetArraySize(tree) == count);
	cJSON_Delete(tree);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct rec *job = rec_new(), *again = rec_new();
	struct buf out = { 0 }, room = { 0 };
	struct json_member m;
	size_t at = 0, i = 0, fields = 0, leaves = 0;

	if (rec_parse(job, text, size, &at) != NULL) {
		hold(at <= size);
		goto out;
	}
	while (rec_field(job, &i, &m)) {
		walk(m.value, &room, &leaves);
		fields++;
	}
	agree(text, size, fields);
	rec_write(job, &out);
	hold(out.len == size && memcmp(out.data, text, size) == 0);
	rec_set_string(job, "title", "\"\xC3\xA9\n", 4);
	rec_set(job, "locations", "[{}]", 4);
	rec_unset(job, "a");
	buf_clear(&out);
	rec_write(job, &out);
	hold(rec_parse(again, out.data, out.len, &at) == NULL);
	hold(rec_get(again, "a").type == JSON_NONE);
	text = rec_text(again, "title", &room, &at);
	hold(text != NULL && at == 4 && memcmp(text, "\"\xC3\xA9\n", 4) == 0);
out:
	buf_free(&out);
	buf_free(&room);
	rec_free(job);
	rec_free(again);
	return 0;
}
