/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _LCORE_H_
#define _LCORE_H_

/**
 * @file
 * A forwarding lcore: its streams and its stop flag.
 */

#include <stdbool.h>
#include <stdint.h>

#include "engine.h"

/** One forwarding lcore. */
struct lcore {
	unsigned int id;
	struct stream **streams; /**< the streams of this lcore */
	unsigned int nb_streams;
	bool stop; /**< atomic; main lcore writes, this lcore reads */
};

/** Process streams until TSC @p until, on the main lcore. */
void
lcore_turns(struct lcore *lc, uint64_t until);
/** Start the worker. @return 0 or -EBUSY. */
int
lcore_launch(struct lcore *lc);
/** Remove the streams of a port from the lcore, which must not run. */
void
lcore_drop_port(struct lcore *lc, uint16_t port);
/** Stop the worker and wait until it has stopped. */
void
lcore_stop(struct lcore *lc);

#endif /* _LCORE_H_ */
