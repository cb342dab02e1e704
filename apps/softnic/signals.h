/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SIGNALS_H_
#define _SIGNALS_H_

/** @file Signals to sl-softnic: they are read from a file descriptor, and interrupt no thread. */

#include <stdbool.h>

/**
 * Block them in this thread and the threads that it creates. @return the file descriptor, or -1.
 */
int
signals_take(void);

/**
 * Read the signals that were received.
 * @param all the struct served_all, in which requests to end are counted
 * @return true: SIGUSR1 is one of them
 */
bool
signals_read(void *all);

/**
 * For outfile_write(): number of signals that requested the end. A SIGUSR1 received meanwhile does
 * not cause another write.
 */
unsigned int
signals_ends(void *all);

#endif /* _SIGNALS_H_ */
