/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _PEERS_TWIN_H_
#define _PEERS_TWIN_H_

/**
 * @file
 * A second copy of one of DPDK's drivers, to which the processor appears without MOVDIRI. Drivers
 * store doorbells with that instruction if the processor has it. It is made for device memory and
 * is slow on the software NIC's memory. A driver checks for it once and keeps the result, so each
 * variant needs a separate copy.
 */

#include <stdbool.h>

/**
 * True if drivers on this processor store doorbells with an instruction other than a plain store.
 */
bool
twin_matters(void);
/**
 * Load the library of @p driver ("net_ixgbe") again. Call it on the main thread.
 * @param name name of the copy, for stock_open(); must live as long as the program
 * @return 0, also if it is already loaded; -ENODEV: there is no such driver; -errno. The reason is
 *   printed.
 */
int
twin_load(const char *driver, const char *name);

#endif /* _PEERS_TWIN_H_ */
