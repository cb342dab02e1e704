/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SIGNALS_H_
#define _SIGNALS_H_

/**
 * @file
 * SIGINT and SIGTERM end the program, whatever it does. A thread waits for them. The first
 * one is for the main lcore, which stops in order where it looks. Where it does not look,
 * as it waits in a call that may last for ever (a FIFO without a partner, a terminal that
 * takes no text), its system calls end with EINTR until it does. Text for standard output that
 * was lost by that takes what comes after it along: nothing waits to be read any more. One that
 * comes later, SIGNALS_AGAIN_MS or more, ends the program at once.
 */

#include <pthread.h>
#include <stdbool.h>
#include <termios.h>

/** How long the main lcore has before a system call of its is ended, and between two. */
#define SIGNALS_NUDGE_MS 100
/** One that comes sooner is the first again: timeout(1) sends two. */
#define SIGNALS_AGAIN_MS 500

/** What the main lcore and the waiting thread share. Zero-initialise. */
struct signals {
	int wake;		 /**< readable for good once a signal came: for poll() */
	int fd;			 /**< signalfd, of the thread */
	int end;		 /**< readable: the thread is to end */
	bool came, seen;	 /**< atomic: a signal came; the main lcore knows */
	bool open;		 /**< the thread is there */
	bool is_terminal;	 /**< standard input was one at the start... */
	struct termios terminal; /**< ...with these settings, which commands change */
	pthread_t thread, main_thread;
};

/**
 * Take the signals, in every thread to come: before EAL starts. Main lcore.
 * @return 0 or negative errno.
 */
int
signals_open(struct signals *s);
/** Leave the signals to the system again. Main lcore. */
void
signals_close(struct signals *s);
/** Has one come? Main lcore; what lasts looks here now and then. */
bool
signals_came(struct signals *s);

#endif /* _SIGNALS_H_ */
