/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SIGNALS_H_
#define _SIGNALS_H_

/**
 * @file
 * SIGINT and SIGTERM end the program at any time. A thread waits for them. After the first one the
 * main lcore stops in order, as soon as it calls signals_came(). If it waits in a system call that
 * may never return (a FIFO without a partner, a terminal that accepts no text), the thread
 * interrupts this call with EINTR. If text for standard output is lost by that, later text is
 * dropped too, so that the program does not wait for a reader. A second signal, SIGNALS_AGAIN_MS or
 * more after the first, ends the program at once.
 */

#include <pthread.h>
#include <stdbool.h>
#include <termios.h>

/**
 * Time in ms until a system call of the main lcore is interrupted, and between two interruptions.
 */
#define SIGNALS_NUDGE_MS 100
/** A signal that is received sooner than this after the first is ignored: timeout(1) sends two. */
#define SIGNALS_AGAIN_MS 500

/** State shared by the main lcore and the waiting thread. Zero-initialise. */
struct signals {
	int wake;		 /**< stays readable after a signal was received: for poll() */
	int fd;			 /**< signalfd of the thread */
	int end;		 /**< readable: the thread must end */
	bool came, seen;	 /**< atomic: a signal was received; the main lcore has seen it */
	bool open;		 /**< the thread runs */
	bool is_terminal;	 /**< standard input was a terminal at the start */
	struct termios terminal; /**< its settings at the start, which commands change */
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
/** True if a signal was received. Main lcore; long loops must call it regularly. */
bool
signals_came(struct signals *s);

#endif /* _SIGNALS_H_ */
