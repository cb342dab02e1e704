/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Texts of wires: the words after a wire's colon and the words given to its
 * control, which each kind lists in a table of struct wire_opt; reasons, names of
 * counters, and text of reports.
 */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sl_number.h"
#include "wire_priv.h"

#define GIGABIT 1e9
/* Highest rate, frames/s: more than any host can generate, and sums do not overflow. */
#define RATE_MAX 1e9

int
wire_fail(const struct wire_why *why, int err, const char *fmt, ...)
{
	va_list ap;

	if (why->text != NULL && why->len > 0) {
		va_start(ap, fmt);
		vsnprintf(why->text, why->len, fmt, ap);
		va_end(ap);
	}
	return -err;
}

unsigned int
wire_counters_out(const struct wire_counter_row *rows, unsigned int n, struct sl_wire_counter *out,
	unsigned int max)
{
	unsigned int i;

	for (i = 0; i < n && i < max; i++) {
		snprintf(out[i].name, sizeof(out[i].name), "%s", rows[i].name);
		out[i].value = rows[i].value;
	}
	return n;
}

void
wire_json_text(FILE *json, const char *text)
{
	fputc('"', json);
	for (; *text != '\0'; text++) {
		const unsigned char c = (unsigned char)*text;

		if (c < ' ' || c > '~')
			fprintf(json, "\\u%04x", c);
		else
			fprintf(json, c == '"' || c == '\\' ? "\\%c" : "%c", c);
	}
	fputc('"', json);
}

/* List the words of a table that are allowed now, for a message. */
static void
list_words(const struct wire_opt *opts, enum wire_opt_when when, char *buf, size_t len)
{
	const struct wire_opt *o;
	size_t used = 0;

	buf[0] = '\0';
	for (o = opts; o->key != NULL && used < len; o++) {
		if ((o->when & when) == 0)
			continue;
		used += (size_t)snprintf(buf + used, len - used, "%s%s%s", used > 0 ? ", " : "",
			o->key, (o->when & WIRE_BARE) != 0 ? "" : "=");
	}
}

static int
parse_word(const char *kind, char *word, enum wire_opt_when when, const struct wire_opt *opts,
	uint64_t *seen, void *ctx, const struct wire_why *why)
{
	char list[512];
	char *value = strchr(word, '=');
	const struct wire_opt *o;

	if (value != NULL)
		*value++ = '\0';
	for (o = opts; o->key != NULL; o++) {
		if ((o->when & when) != 0 && strcmp(o->key, word) == 0)
			break;
	}
	if (o->key == NULL) {
		list_words(opts, when, list, sizeof(list));
		return wire_fail(
			why, EINVAL, "%s: unknown word \"%s\"; allowed: %s", kind, word, list);
	}
	if ((*seen & (UINT64_C(1) << (o - opts))) != 0)
		return wire_fail(
			why, EINVAL, "%s: \"%s\" is given twice; allowed: once", kind, word);
	*seen |= UINT64_C(1) << (o - opts);

	if ((o->when & WIRE_BARE) != 0 && value != NULL)
		return wire_fail(
			why, EINVAL, "%s: %s=%s: \"%s\" takes no value", kind, word, value, word);
	if ((o->when & WIRE_BARE) == 0 && value == NULL)
		return wire_fail(why, EINVAL, "%s: \"%s\" needs a value; allowed: %s=%s", kind,
			word, word, o->allowed);
	if (o->set(ctx, value) != 0)
		return wire_fail(why, EINVAL, "%s: %s=%s is not allowed; allowed: %s", kind, word,
			value != NULL ? value : "", o->allowed);
	return 0;
}

int
wire_opts_parse(const char *kind, const char *text, enum wire_opt_when when,
	const struct wire_opt *opts, void *ctx, const struct wire_why *why)
{
	uint64_t seen = 0;
	char *copy, *next, *word;
	int ret = 0;

	if (text == NULL || text[0] == '\0')
		return 0;
	copy = strdup(text);
	if (copy == NULL)
		return wire_fail(why, ENOMEM, "%s: no memory", kind);
	next = copy;
	while (ret == 0 && (word = strsep(&next, ",")) != NULL)
		ret = parse_word(kind, word, when, opts, &seen, ctx, why);
	free(copy);
	return ret;
}

int
wire_parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
	return sl_number(text, min, max, out) == 0 ? 0 : -EINVAL;
}

int
wire_parse_bool(const char *text, bool *out)
{
	uint64_t v;

	if (wire_parse_u64(text, 0, 1, &v) != 0)
		return -EINVAL;
	*out = v != 0;
	return 0;
}

int
wire_parse_mac(const char *text, uint8_t mac[6])
{
	unsigned int i;

	for (i = 0; i < 6; i++) {
		const unsigned int high = sl_number_digit(text[0]);
		const unsigned int low = high < 16 ? sl_number_digit(text[1]) : high;

		if (low >= 16 || text[2] != (i < 5 ? ':' : '\0'))
			return -EINVAL;
		mac[i] = (uint8_t)(high << 4 | low);
		text += 3;
	}
	return 0;
}

/* Parse the line speed after the percent sign. */
static int
parse_line(const char *text, double *bits)
{
	if (text[0] == '\0' || strcasecmp(text, "1g") == 0)
		*bits = GIGABIT;
	else if (strcasecmp(text, "10g") == 0)
		*bits = 10 * GIGABIT;
	else
		return -EINVAL;
	return 0;
}

int
wire_parse_rate(const char *text, struct wire_rate *out)
{
	struct wire_rate r = {0, 0};
	const char *end = text;
	double v, line;

	if (sl_number_fraction(&end, &v) != 0)
		return -EINVAL;
	if (*end == '%') {
		if (v <= 0 || v > 100 || parse_line(end + 1, &line) != 0)
			return -EINVAL;
		r.bits = line * v / 100;
		*out = r;
		return 0;
	}
	switch (*end) {
	case 'k':
	case 'K':
		v *= 1e3;
		end++;
		break;
	case 'm':
	case 'M':
		v *= 1e6;
		end++;
		break;
	default:
		break;
	}
	/* Rates between 0 and 1 are refused; 0 means no pacing. */
	if (*end != '\0' || v > RATE_MAX || (v < 1 && v != 0))
		return -EINVAL;
	r.fps = v;
	*out = r;
	return 0;
}
