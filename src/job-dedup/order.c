/* order.c - which job comes first: the one that survives */
#include "order.h"

#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

static bool
is_number(const struct job *j)
{
	uint32_t i;

	for (i = 0; i < j->id_len; i++)
		if (j->id[i] < '0' || j->id[i] > '9')
			return false;
	return j->id_len > 0;
}

static int
compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int
order_bytes(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int c = memcmp(a, b, a_len < b_len ? a_len : b_len);

	return c != 0 ? c : compare(a_len, b_len);
}

static int
order_numbers(const struct job *a, const struct job *b)
{
	uint32_t i = 0, j = 0;
	int c;

	while (i + 1 < a->id_len && a->id[i] == '0')
		i++;
	while (j + 1 < b->id_len && b->id[j] == '0')
		j++;
	c = compare(a->id_len - i, b->id_len - j);
	if (c == 0)
		c = memcmp(a->id + i, b->id + j, a->id_len - i);
	return c != 0 ? c : compare(i, j);
}

uint64_t
order_hash(const struct job *job)
{
	return job->line != NULL ? XXH3_64bits(job->line, job->len) : job->hash;
}

int
order_jobs(const struct job *a, const struct job *b)
{
	bool a_number = is_number(a), b_number = is_number(b);
	int c;

	if (a_number != b_number)
		return a_number ? -1 : 1;
	c = a_number ? order_numbers(a, b)
	             : order_bytes(a->id, a->id_len, b->id, b->id_len);
	if (c == 0)
		c = (a->feed > b->feed) - (a->feed < b->feed);
	if (c == 0)
		c = compare(a->len, b->len);
	return c != 0 ? c : compare(order_hash(a), order_hash(b));
}

/* Merge two sorted halves of NUMBERS through ROOM; the first wins a tie. */
static void
join(const struct job *jobs, uint32_t *numbers, uint32_t *room, size_t half,
    size_t n)
{
	size_t i = 0, j = half, k = 0;

	memcpy(room, numbers, half * sizeof(*room));
	while (i < half && j < n)
		if (order_jobs(&jobs[numbers[j]], &jobs[room[i]]) < 0)
			numbers[k++] = numbers[j++];
		else
			numbers[k++] = room[i++];
	memcpy(numbers + k, room + i, (half - i) * sizeof(*room));
}

void
order_sort(const struct job *jobs, uint32_t *numbers, uint32_t *room, size_t n)
{
	size_t half = n / 2;

	if (n < 2)
		return;
	order_sort(jobs, numbers, room, half);
	order_sort(jobs, numbers + half, room, n - half);
	if (order_jobs(&jobs[numbers[half]], &jobs[numbers[half - 1]]) < 0)
		join(jobs, numbers, room, half, n);
}
