/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _TESTER_H_
#define _TESTER_H_

/**
 * @file
 * Generator and sink on real ports: an lcore moves frames between one or two ports and a gen wire
 * (lib/wire/sl_wire.h). The wire makes frames with sequence number and time, and counts those that
 * return. Main lcore, except for the loop.
 */

#include <stdint.h>

#include <jansson.h>

#include "plan.h"

struct tester;

/** Parameters of the tester. */
struct tester_params {
	uint16_t from, to; /**< ports: frames are sent on the first and received on the second */
	unsigned int lcore;
	const struct point *point;
};

/** Make a mempool whose mbufs hold a whole frame, also for the ports' receive queues. */
struct rte_mempool *
tester_pool(const struct point *p);
/** Start the lcore. The ports are started. No frames are sent yet. @return 0 or negative errno. */
int
tester_open(const struct tester_params *params, struct rte_mempool *pool, struct tester **out);
/** Stop the lcore and free the tester. NULL: do nothing. */
void
tester_close(struct tester *t);
/**
 * Send a control word to the gen wire: "start", "stop", "clear", "rate=...". @return 0 or negative
 * errno.
 */
int
tester_control(struct tester *t, const char *word);
/** Report of the gen wire. New reference; NULL: out of memory. */
json_t *
tester_report(const struct tester *t);
/** Number of iterations of the lcore's loop. */
uint64_t
tester_turns(const struct tester *t);

#endif /* _TESTER_H_ */
