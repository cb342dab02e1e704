/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SIGNALS_H_
#define _SIGNALS_H_

/**
 * @file
 * SIGINT and SIGTERM end the program, whatever it does. A thread waits for them. After the first
 * one the main lcore stops in order, as soon as it calls signals_came(). While it waits in a
 * system call that may last for ever (a FIFO without a partner, a terminal that takes no text),
 * the thread interrupts these calls with EINTR. When text for standard output is lost by that,
 * later text is dropped too, so that nothing waits for a reader. A second signal,
 * SIGNALS_AGAIN_MS or more after the first, ends the program at once.
 */

#include <pthread.h>
#include <stdbool.h>
#include <termios.h>

/** Time until a system call of the main lcore is interrupted, and between two interruptions. */
#define SIGNALS_NUDGE_MS 100
/** A signal that comes sooner after the first counts as the first: timeout(1) sends two. */
#define SIGNALS_AGAIN_MS 500

/** What the main lcore and the waiting thread share. Zero-initialise. */
struct signals {
	int wake;		 /**< readable for good once a signal came: for poll() */
	int fd;			 /**< signalfd, of the thread */
	int end;		 /**< readable: the thread shall end */
	bool came, seen;	 /**< atomic: a signal came; the main lcore has seen it */
	bool open;		 /**< the thread runs */
	bool is_terminal;	 /**< standard input was one at the start... */
	struct termios terminal; /**< ...with these settings, which commands change */
	pthread_t thread, main_thread;
};

/**
 * Handle the signals from now on. Call it before EAL starts, so that all threads inherit the
 * signal mask. Main lcore.
 * @return 0 or negative errno.
 */
int
signals_open(struct signals *s);
/** Restore the system's handling of the signals. Main lcore. */
void
signals_close(struct signals *s);
/** True when a signal came. Main lcore; every long loop must call it now and then. */
bool
signals_came(struct signals *s);

#endif /* _SIGNALS_H_ */
