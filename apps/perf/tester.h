/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _TESTER_H_
#define _TESTER_H_

/**
 * @file
 * Generator and sink on real ports: an lcore carries frames between one or two
 * ports and a gen wire (lib/wire/sl_wire.h), which makes them with sequence
 * number and time, and counts what comes back. Main lcore, except for the loop.
 */

#include <stdint.h>

#include <jansson.h>

#include "options.h"

struct tester;

/** What the tester works with. */
struct tester_params {
	uint16_t from, to; /**< ports: frames leave by the one and come back to the other */
	unsigned int lcore;
	const struct point *point;
};

/** Mbufs for it, as long as a frame; for the ports' receive queues too. */
struct rte_mempool *
tester_pool(const struct point *p);
/** Set the lcore going; the ports are started. Nothing is sent yet. @return 0 or negative errno. */
int
tester_open(const struct tester_params *params, struct rte_mempool *pool, struct tester **out);
/** NULL is nothing. */
void
tester_close(struct tester *t);
/** "start", "stop", "clear", "rate=..." as a gen wire takes them. @return 0 or negative errno. */
int
tester_control(struct tester *t, const char *word);
/** What a gen wire reports. New reference; NULL: no memory. */
json_t *
tester_report(const struct tester *t);
/** Times that the lcore has gone round. */
uint64_t
tester_turns(const struct tester *t);

#endif /* _TESTER_H_ */
