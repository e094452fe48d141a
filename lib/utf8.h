/*
 * utf8.h - UTF-8 as RFC 3629 has it: no overlong forms, no surrogates
 */
#ifndef UTF8_H
#define UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of LEN that are valid from the start; LEN when all are. */
size_t utf8_valid(const char *bytes, size_t len);

/*
 * The character at BYTES, of which LEN > 0 are there: its length in bytes, and
 * its code point in *CODE; 0 when it is not valid.
 */
size_t utf8_decode(const char *bytes, size_t len, uint32_t *code);

/* Write a code point (a scalar value) to OUT[4]; its length in bytes. */
size_t utf8_encode(uint32_t code, char out[4]);

#endif
