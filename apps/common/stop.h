/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _STOP_H_
#define _STOP_H_

/**
 * @file
 * Signals that end a measurement. One is enough: after it, the process waits at most a second to
 * write to a full pipe without a reader, and then drops the text.
 */

#include <stdbool.h>

/** Handle SIGINT, SIGTERM and SIGHUP: they end the measurement, and finished results are kept. */
void
stop_take_signals(void);
/** True if one of these signals was received. */
bool
stop_wanted(void);
/** Number of these signals that were received; for outfile_write(). @param unused NULL */
unsigned int
stop_count(void *unused);

#endif /* _STOP_H_ */
