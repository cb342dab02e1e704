/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _STOP_H_
#define _STOP_H_

/**
 * @file
 * Signals that end a measurement. One is enough: text that nobody takes from a full pipe by then
 * is waited for no more than a second, and goes nowhere.
 */

#include <stdbool.h>

/** Take SIGINT, SIGTERM and SIGHUP: they end the measuring, what is done is kept. */
void stop_take_signals(void);
/** Was one of them taken? */
bool stop_wanted(void);
/** How many were? Made for outfile_write(). @param unused NULL */
unsigned int stop_count(void *unused);

#endif /* _STOP_H_ */
