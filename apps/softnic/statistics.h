/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _STATISTICS_H_
#define _STATISTICS_H_

/** @file Statistics of the devices of sl-softnic, as JSON. */

#include "served.h"

/**
 * Write the statistics of all devices. Control; devices may run.
 * @param path "-": standard output. Writing to a FIFO waits until it has a reader, or until one
 *   more signal requests the end.
 * @return 0 or negative errno, with the reason printed
 */
int
statistics_write(struct served_all *all, const char *path);

/**
 * Print, for each wire that had no room for frames, how many it dropped. TCP sends them again,
 * which reduces throughput.
 */
void
statistics_tell_drops(const struct served_all *all);

#endif /* _STATISTICS_H_ */
