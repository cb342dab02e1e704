/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_NUMBER_H_
#define _SL_NUMBER_H_

/**
 * @file
 * The parser of all numbers that users write: on command lines, in device arguments, in texts
 * of wires. It refuses everything that is not exactly a number: signs, blanks and fractions
 * where they are not allowed, text after the number, overflow. "010" is refused, because C
 * reads it as 8 and people as 10.
 * Header only: programs, driver and tools share no library. Any thread.
 */

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/** Value of a digit, or a large number. Not isdigit(): that depends on the locale. */
static inline unsigned int
sl_number_digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned int)(c - 'a') + 10;
	return c >= 'A' && c <= 'F' ? (unsigned int)(c - 'A') + 10 : UINT32_MAX;
}

/**
 * Parse the number at the start of a text: all leading digits.
 * @param text      advanced past the number
 * @param base      10 or 16
 * @return 0; -EINVAL: no number, or leading zeros; -ERANGE: above UINT64_MAX.
 */
static inline int
sl_number_digits(const char **text, unsigned int base, uint64_t *out)
{
	const char *p = *text;
	uint64_t v = 0;

	if (sl_number_digit(*p) >= base)
		return -EINVAL;
	if (base == 10 && p[0] == '0' && sl_number_digit(p[1]) < 10)
		return -EINVAL;
	for (; sl_number_digit(*p) < base; p++) {
		if (__builtin_mul_overflow(v, (uint64_t)base, &v) ||
			__builtin_add_overflow(v, (uint64_t)sl_number_digit(*p), &v))
			return -ERANGE;
	}
	*text = p;
	*out = v;
	return 0;
}

/** Parse the whole text as a decimal number @p min..@p max. @return 0, -EINVAL or -ERANGE. */
static inline int
sl_number(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;
	int rc = sl_number_digits(&text, 10, &v);

	if (rc == 0 && *text != '\0')
		rc = -EINVAL;
	if (rc == 0 && (v < min || v > max))
		rc = -ERANGE;
	if (rc == 0)
		*out = v;
	return rc;
}

/** Like sl_number(), but also allows hexadecimal with "0x", for masks and seeds. */
static inline int
sl_number_hex(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;
	int rc;

	if (text[0] != '0' || (text[1] != 'x' && text[1] != 'X'))
		return sl_number(text, min, max, out);
	text += 2;
	rc = sl_number_digits(&text, 16, &v);
	if (rc == 0 && *text != '\0')
		rc = -EINVAL;
	if (rc == 0 && (v < min || v > max))
		rc = -ERANGE;
	if (rc == 0)
		*out = v;
	return rc;
}

/** Like sl_number(), for numbers that may be negative. "-0" is refused. */
static inline int
sl_number_int(const char *text, int min, int max, int *out)
{
	const int sign = *text == '-' ? -1 : 1;
	uint64_t v = 0;
	int64_t n;
	int rc = sl_number(text + (sign < 0), sign < 0, UINT32_MAX, &v);

	if (rc != 0)
		return rc;
	n = sign * (int64_t)v;
	if (n < min || n > max)
		return -ERANGE;
	*out = (int)n;
	return 0;
}

/**
 * Parse the decimal number, with or without a fraction, at the start of a text: "2", "0.5",
 * "1.5e3". Leading zeros are refused as in sl_number().
 * @param text  advanced past the number
 * @return 0; -EINVAL; -ERANGE: beyond a double's range.
 */
static inline int
sl_number_fraction(const char **text, double *out)
{
	const char *p = *text;
	double v;

	if (sl_number_digit(*p) >= 10 || (p[0] == '0' && sl_number_digit(p[1]) < 10))
		return -EINVAL;
	p += strspn(p, "0123456789");
	if (*p == '.') {
		if (sl_number_digit(p[1]) >= 10)
			return -EINVAL;
		p += 1 + strspn(p + 1, "0123456789");
	}
	if (*p == 'e' || *p == 'E') {
		p += 1 + (p[1] == '+' || p[1] == '-');
		if (sl_number_digit(*p) >= 10)
			return -EINVAL;
		p += strspn(p, "0123456789");
	}
	/*
	 * The conversion may read past p, as for "0x1": the caller then finds "x1" at *text and
	 * refuses it.
	 */
	errno = 0;
	v = strtod(*text, NULL);
	if (errno != 0)
		return -ERANGE;
	*text = p;
	*out = v;
	return 0;
}

/** Parse the whole text as a number @p min..@p max that may have a fraction. */
static inline int
sl_number_real(const char *text, double min, double max, double *out)
{
	double v = 0;
	int rc = sl_number_fraction(&text, &v);

	if (rc == 0 && *text != '\0')
		rc = -EINVAL;
	if (rc == 0 && !(v >= min && v <= max))
		rc = -ERANGE;
	if (rc == 0)
		*out = v;
	return rc;
}

#endif /* _SL_NUMBER_H_ */
