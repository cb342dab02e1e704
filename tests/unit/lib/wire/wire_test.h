/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _WIRE_TEST_H_
#define _WIRE_TEST_H_

/** @file Shared by the tests of wires. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "rng.h"
#include "sl_wire.h"

/** Open a wire. Fails the test on error. */
static inline struct sl_wire *
wire_must_open(const char *text, struct sl_wire_hub *hub)
{
	struct sl_wire *w = NULL;
	char why[256];

	if (sl_wire_open(text, hub, &w, why, sizeof(why)) != 0)
		fail_msg("%s: %s", text, why);
	assert_non_null(w);
	return w;
}

/** Value of a counter, which must exist. */
static inline uint64_t
wire_counter(struct sl_wire *w, const char *name)
{
	struct sl_wire_counter c[32];
	unsigned int i, n = w->ops->counters(w, c, 32);

	assert_in_range(n, 1, 32);
	for (i = 0; i < n; i++) {
		if (strcmp(c[i].name, name) == 0)
			return c[i].value;
	}
	fail_msg("no counter %s", name);
	return 0;
}

static inline void
wire_must_control(struct sl_wire *w, const char *word)
{
	assert_int_equal(w->ops->control(w, word), 0);
}

#endif /* _WIRE_TEST_H_ */
