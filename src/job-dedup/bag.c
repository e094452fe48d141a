/* bag.c - how often which words: a bound on the similarity of two texts */
#include "bag.h"

#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(PLAIN_C)
#include <immintrin.h>
#define HAVE_X86 1
#else
#define HAVE_X86 0
#endif

void
bag_fill(struct bag *b, const uint32_t *ids, size_t n, const uint16_t *buckets)
{
	size_t i;

	memset(b, 0, sizeof(*b));
	for (i = 0; i < n; i++) {
		uint8_t *count = &b->count[buckets[ids[i]]];

		*count = (uint8_t)(*count + (*count < UINT8_MAX));
	}
}

static uint32_t
distance_plain(const struct bag *a, const struct bag *b)
{
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i < BAG_BUCKETS; i++)
		sum += (uint32_t)(a->count[i] > b->count[i]
		                      ? a->count[i] - b->count[i]
		                      : b->count[i] - a->count[i]);
	return sum;
}

#if HAVE_X86
/* SSE2 is part of every x86-64: sums of absolute differences, 16 at a time. */
static uint32_t
distance_sse2(const struct bag *a, const struct bag *b)
{
	__m128i sum = _mm_setzero_si128();
	size_t i;

	for (i = 0; i < BAG_BUCKETS; i += sizeof(sum)) {
		__m128i x = _mm_loadu_si128((const void *)&a->count[i]);
		__m128i y = _mm_loadu_si128((const void *)&b->count[i]);

		sum = _mm_add_epi64(sum, _mm_sad_epu8(x, y));
	}
	sum = _mm_add_epi64(sum, _mm_unpackhi_epi64(sum, sum));
	return (uint32_t)_mm_cvtsi128_si32(sum);
}

__attribute__((target("avx2"))) static uint32_t
distance_avx2(const struct bag *a, const struct bag *b)
{
	__m256i sum = _mm256_setzero_si256();
	__m128i half;
	size_t i;

	for (i = 0; i < BAG_BUCKETS; i += sizeof(sum)) {
		__m256i x = _mm256_loadu_si256((const void *)&a->count[i]);
		__m256i y = _mm256_loadu_si256((const void *)&b->count[i]);

		sum = _mm256_add_epi64(sum, _mm256_sad_epu8(x, y));
	}
	half = _mm_add_epi64(_mm256_castsi256_si128(sum),
	    _mm256_extracti128_si256(sum, 1));
	half = _mm_add_epi64(half, _mm_unpackhi_epi64(half, half));
	return (uint32_t)_mm_cvtsi128_si32(half);
}

uint32_t
bag_distance(const struct bag *a, const struct bag *b)
{
	return __builtin_cpu_supports("avx2") ? distance_avx2(a, b)
	                                      : distance_sse2(a, b);
}

size_t
bag_ways(bag_way *ways[BAG_WAYS])
{
	size_t n = 0;

	if (__builtin_cpu_supports("avx2"))
		ways[n++] = distance_avx2;
	ways[n++] = distance_sse2;
	ways[n++] = distance_plain;
	return n;
}
#else
uint32_t
bag_distance(const struct bag *a, const struct bag *b)
{
	return distance_plain(a, b);
}

size_t
bag_ways(bag_way *ways[BAG_WAYS])
{
	ways[0] = distance_plain;
	return 1;
}
#endif

void
bag_halve(struct halves *h, const uint32_t *ids, size_t n,
    const uint16_t *buckets)
{
	bag_fill(&h->first, ids, n / 2, buckets);
	bag_fill(&h->last, ids + n / 2, n - n / 2, buckets);
}

static size_t
apart(size_t a, size_t b)
{
	return a > b ? a - b : b - a;
}

bool
bag_halves_near(const struct halves *a, size_t n, const struct halves *b,
    size_t m, size_t most)
{
	size_t lengths = apart(n / 2, m / 2) + apart(n - n / 2, m - m / 2);

	return bag_distance(&a->first, &b->first) +
	           bag_distance(&a->last, &b->last) <=
	       2 * most + lengths;
}
