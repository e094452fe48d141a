/* lcs.c - the longest common subsequence of two sequences of words */
#include "lcs.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

#define BITS 64

/* Where a word stands in one block of the text taken. */
struct where {
	uint32_t block;
	uint64_t mask;
};

/* A distinct word of the text taken: its blocks are where[first..end). */
struct row {
	uint32_t id, first, end;
};

struct lcs {
	const uint32_t *ids; /* the text taken */
	size_t n;
	bool ready;     /* whether rows stand for it */
	uint32_t *row;  /* by id: its row; 0 is none */
	size_t row_cap; /* ids there is room for */
	struct row *rows;
	uint32_t row_count;
	uint32_t *cursor; /* by row: the first place that may still matter */
	struct where *where;
	uint64_t *vector;
	size_t word_cap; /* words there is room for in the last four */
};

struct lcs *
lcs_new(void)
{
	return mem_zero(1, sizeof(struct lcs));
}

void
lcs_free(struct lcs *l)
{
	if (l == NULL)
		return;
	free(l->row);
	free(l->rows);
	free(l->cursor);
	free(l->where);
	free(l->vector);
	free(l);
}

static void
forget_rows(struct lcs *l)
{
	for (; l->row_count > 0; l->row_count--)
		l->row[l->rows[l->row_count].id] = 0;
	l->ready = false;
}

void
lcs_take(struct lcs *l, const uint32_t *ids, size_t n, size_t id_count)
{
	forget_rows(l);
	if (id_count > l->row_cap) {
		size_t cap =
		    2 * l->row_cap > id_count ? 2 * l->row_cap : id_count;

		l->row = mem_resize(l->row, cap, sizeof(*l->row));
		memset(l->row + l->row_cap, 0,
		    (cap - l->row_cap) * sizeof(*l->row));
		l->row_cap = cap;
	}
	if (n > l->word_cap) {
		l->word_cap = 2 * n;
		l->rows =
		    mem_resize(l->rows, l->word_cap + 1, sizeof(*l->rows));
		l->cursor =
		    mem_resize(l->cursor, l->word_cap + 1, sizeof(*l->cursor));
		l->where = mem_resize(l->where, l->word_cap, sizeof(*l->where));
		l->vector = mem_resize(l->vector, l->word_cap / BITS + 1,
		    sizeof(*l->vector));
	}
	l->ids = ids;
	l->n = n;
}

/*
 * Number the distinct words, count the blocks each stands in (.end holds the
 * count, .first the block last seen), then give each its stretch of where[].
 */
static void
make_rows(struct lcs *l)
{
	uint32_t i, r, at = 0, block;

	for (i = 0; i < l->n; i++) {
		block = i / BITS;
		r = l->row[l->ids[i]];
		if (r == 0) {
			r = l->row[l->ids[i]] = ++l->row_count;
			l->rows[r] = (struct row){ l->ids[i], block, 1 };
		} else if (l->rows[r].first != block) {
			l->rows[r].first = block;
			l->rows[r].end++;
		}
	}
	for (r = 1; r <= l->row_count; r++) {
		uint32_t count = l->rows[r].end;

		l->rows[r].first = l->rows[r].end = at;
		at += count;
	}
	for (i = 0; i < l->n; i++) {
		struct row *row = &l->rows[l->row[l->ids[i]]];

		block = i / BITS;
		if (row->end == row->first ||
		    l->where[row->end - 1].block != block)
			l->where[row->end++] = (struct where){ block, 0 };
		l->where[row->end - 1].mask |= UINT64_C(1) << i % BITS;
	}
	l->ready = true;
}

/* The part [from, from + n) of the text taken, compared with another. */
struct part {
	size_t from, n;
	const uint32_t *ids; /* of the other */
	size_t m;
};

/* The mask of block B's bits that lie in the part. */
static inline uint64_t
inside(const struct part *p, size_t b)
{
	size_t end = p->from + p->n;
	uint64_t mask = ~UINT64_C(0);

	if (b == p->from / BITS)
		mask &= ~UINT64_C(0) << p->from % BITS;
	if (b == end / BITS)
		mask &= (UINT64_C(1) << end % BITS) - 1;
	return mask;
}

/*
 * One word of the other text: V' = (V + (V & M)) | (V & ~M) in the blocks
 * FIRST to LAST, of which only those change where the word stands or a carry
 * arrives.  Returns the carry out of the last one: whether the common
 * subsequence grew.  A carry passes a block without the word as an addition of
 * one; bits above the part are ones, and pass it too.
 */
static inline bool
step(struct lcs *l, const struct part *p, uint32_t r, size_t first, size_t last)
{
	uint64_t *v = l->vector;
	uint32_t at = l->cursor[r], end = l->rows[r].end;
	bool carry = false;
	size_t b = first;

	while (at < end && l->where[at].block < first)
		at++;
	l->cursor[r] = at;
	for (; at < end && l->where[at].block <= last; at++) {
		uint64_t mask, match, sum;

		for (; carry && b < l->where[at].block; b++) {
			sum = v[b] + 1;
			carry = sum == 0;
			v[b] |= sum;
		}
		b = l->where[at].block;
		mask = l->where[at].mask & inside(p, b);
		match = v[b] & mask;
		sum = v[b] + match;
		match = sum < match;
		sum += carry;
		carry = match || (carry && sum == 0);
		v[b] = sum | (v[b] & ~mask);
		b++;
	}
	for (; carry && b <= last; b++) {
		uint64_t sum = v[b] + 1;

		carry = sum == 0;
		v[b] |= sum;
	}
	return carry;
}

/*
 * The length if it is at least NEED, which is at most n and m; else 0.  Blocks
 * below the band keep what they had, blocks above it are ones: either way what
 * an alignment outside the band would have given is left out, and nothing else.
 */
static size_t
in_band(struct lcs *l, const struct part *p, size_t need)
{
	size_t skip_other = p->m - need, skip_taken = p->n - need;
	size_t missed = 0, last_word = p->from + p->n - 1, j;

	if (!l->ready)
		make_rows(l);
	for (j = 1; j <= l->row_count; j++)
		l->cursor[j] = l->rows[j].first;
	for (j = p->from / BITS; j <= last_word / BITS; j++)
		l->vector[j] = ~UINT64_C(0);
	for (j = 0; j < p->m; j++) {
		size_t low = p->from + (j > skip_other ? j - skip_other : 0);
		size_t high = p->from + j + skip_taken;
		uint32_t r = l->row[p->ids[j]];

		/* Past the end of the part there is nothing left to match. */
		if (low > last_word || r == 0 ||
		    !step(l, p, r, low / BITS,
		        (high < last_word ? high : last_word) / BITS))
			if (++missed > skip_other)
				return 0;
	}
	return p->m - missed;
}

static inline size_t
common_prefix(const uint32_t *a, const uint32_t *b, size_t most)
{
	uint64_t x[2], y[2];
	size_t i = 0;

	/* Four words at a time, as long as they are the same. */
	for (; most - i >= 4; i += 4) {
		memcpy(x, a + i, sizeof(x));
		memcpy(y, b + i, sizeof(y));
		if (((x[0] ^ y[0]) | (x[1] ^ y[1])) != 0)
			break;
	}
	while (i < most && a[i] == b[i])
		i++;
	return i;
}

/* Of two sequences, given by their ends. */
static size_t
common_suffix(const uint32_t *a, const uint32_t *b, size_t most)
{
	size_t i = 0;

	while (i < most && *(a - i - 1) == *(b - i - 1))
		i++;
	return i;
}

size_t
lcs_length(struct lcs *l, const uint32_t *ids, size_t m, size_t need)
{
	size_t shorter = l->n < m ? l->n : m, head, tail;
	struct part p;

	if (need > shorter)
		return 0;
	head = common_prefix(l->ids, ids, shorter);
	tail = common_suffix(l->ids + l->n, ids + m, shorter - head);
	p = (struct part){ head, l->n - head - tail, ids + head,
		m - head - tail };
	if (p.n == 0 || p.m == 0)
		return head + tail;
	need = need > head + tail ? need - head - tail : 0;
	return head + tail + in_band(l, &p, need);
}

/* How far to look for where two texts meet again. */
#define AHEAD 32

/* Whether two words in a row are the same, or the texts end. */
static inline bool
meet(const uint32_t *a, size_t n, const uint32_t *b, size_t m)
{
	return n > 0 && m > 0 && a[0] == b[0] &&
	       (n == 1 || m == 1 || a[1] == b[1]);
}

/*
 * Skip as few words as are replaced, left out or put in until the texts meet
 * again; one on each side if that is too far.
 */
static void
skip(const uint32_t *a, size_t n, const uint32_t *b, size_t m, size_t *i,
    size_t *j)
{
	size_t k;

	for (k = 1; k <= AHEAD; k++) {
		if (k < n && meet(a + k, n - k, b, m)) {
			*i += k;
			return;
		}
		if (k < m && meet(a, n, b + k, m - k)) {
			*j += k;
			return;
		}
		if (k < n && k < m && meet(a + k, n - k, b + k, m - k)) {
			*i += k;
			*j += k;
			return;
		}
	}
	++*i;
	++*j;
}

/*
 * Walk both texts at once.  What is met on the way is common to them, if not
 * the longest there is: when it is enough, nothing else has to be done.  Gives
 * up when too much was left out.
 */
static bool
walk_reaches(const uint32_t *a, size_t n, const uint32_t *b, size_t m,
    size_t need)
{
	size_t i = 0, j = 0, common = 0, left_out = n + m - 2 * need, run;

	while (i < n && j < m && i + j - 2 * common <= left_out) {
		run =
		    common_prefix(a + i, b + j, n - i < m - j ? n - i : m - j);
		i += run;
		j += run;
		common += run;
		if (common >= need)
			return true;
		if (i < n && j < m)
			skip(a + i, n - i, b + j, m - j, &i, &j);
	}
	return false;
}

bool
lcs_reaches(struct lcs *l, const uint32_t *ids, size_t m, size_t need)
{
	if (need > l->n || need > m)
		return false;
	return need == 0 || walk_reaches(l->ids, l->n, ids, m, need) ||
	       lcs_length(l, ids, m, need) >= need;
}
