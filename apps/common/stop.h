/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _STOP_H_
#define _STOP_H_

/**
 * @file
 * Signals that end a measurement. One is enough: after it, text for a full pipe that nobody reads
 * is waited for at most a second, and then dropped.
 */

#include <stdbool.h>

/** Handle SIGINT, SIGTERM and SIGHUP: they end the measurement, and finished results are kept. */
void
stop_take_signals(void);
/** True when one of these signals came. */
bool
stop_wanted(void);
/** How many of these signals came; for outfile_write(). @param unused NULL */
unsigned int
stop_count(void *unused);

#endif /* _STOP_H_ */
