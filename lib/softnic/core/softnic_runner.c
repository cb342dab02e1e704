/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The device thread: it steps one or several devices, sleeps briefly while all
 * are idle, and admits control calls between rounds.
 */

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>

#include "sl_cpus.h"
#include "softnic_engine.h"

#define RUNNER_DEVICES 32u
#define RUNNER_BUDGET 32u
/* Idle rounds, about a millisecond, after which the thread sleeps between rounds. */
#define RUNNER_IDLE_ROUNDS 10000u
#define RUNNER_NAP_NS 50000

struct sl_runner {
	pthread_t thread;
	/* The thread holds it during each round: while another thread holds it, no device is
	 * stepped. */
	pthread_mutex_t mutex;
	uint32_t wanted; /**< number of control calls that wait for the mutex; the thread lets them
			    go first */
	bool stop;
	unsigned int n;
	struct sl_softnic *nic[RUNNER_DEVICES];
};

static inline void
cpu_relax(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

static unsigned int
runner_round(struct sl_runner *r)
{
	unsigned int moved = 0, i;

	for (i = 0; i < r->n; i++)
		moved += sl_softnic_step(r->nic[i], RUNNER_BUDGET);
	return moved;
}

static void *
runner_main(void *arg)
{
	static const struct timespec nap = {.tv_nsec = RUNNER_NAP_NS};
	struct sl_runner *r = arg;
	unsigned int idle = 0;

	pthread_mutex_lock(&r->mutex);
	while (!r->stop) {
		idle = runner_round(r) != 0 ? 0 : idle + 1;
		if (__atomic_load_n(&r->wanted, __ATOMIC_RELAXED) != 0) {
			pthread_mutex_unlock(&r->mutex);
			while (__atomic_load_n(&r->wanted, __ATOMIC_RELAXED) != 0)
				sched_yield();
			pthread_mutex_lock(&r->mutex);
		}
		if (idle == 0)
			continue;
		if (idle < RUNNER_IDLE_ROUNDS && r->n != 0)
			cpu_relax();
		else
			clock_nanosleep(CLOCK_MONOTONIC, 0, &nap, NULL);
	}
	pthread_mutex_unlock(&r->mutex);
	return NULL;
}

static void
runner_enter(struct sl_runner *r)
{
	__atomic_fetch_add(&r->wanted, 1, __ATOMIC_RELAXED);
	pthread_mutex_lock(&r->mutex);
	__atomic_fetch_sub(&r->wanted, 1, __ATOMIC_RELAXED);
}

static int
runner_attr(int cpu, pthread_attr_t *attr)
{
	struct sl_cpus one;
	int rc;

	rc = -pthread_attr_init(attr);
	if (rc != 0 || cpu == -1)
		return rc;
	rc = sl_cpus_one(&one, cpu);
	if (rc == 0) {
		rc = -pthread_attr_setaffinity_np(attr, one.size, one.set);
		sl_cpus_free(&one);
	}
	if (rc != 0)
		pthread_attr_destroy(attr);
	return rc;
}

int
sl_runner_start(int cpu, struct sl_runner **out)
{
	pthread_attr_t attr;
	struct sl_runner *r;
	int rc;

	if (out == NULL)
		return -EINVAL;
	r = calloc(1, sizeof(*r));
	if (r == NULL)
		return -ENOMEM;
	rc = runner_attr(cpu, &attr);
	if (rc == 0) {
		pthread_mutex_init(&r->mutex, NULL);
		/* The kernel refuses a CPU that does not exist or that this process may not use. */
		rc = -pthread_create(&r->thread, &attr, runner_main, r);
		pthread_attr_destroy(&attr);
	}
	if (rc != 0) {
		free(r);
		return rc;
	}
	pthread_setname_np(r->thread, "softnic");
	*out = r;
	return 0;
}

int
sl_runner_add(struct sl_runner *r, struct sl_softnic *nic)
{
	int rc = 0;

	if (r == NULL || nic == NULL)
		return -EINVAL;
	runner_enter(r);
	if (r->n == RUNNER_DEVICES)
		rc = -ENOSPC;
	else
		r->nic[r->n++] = nic;
	pthread_mutex_unlock(&r->mutex);
	return rc;
}

int
sl_runner_remove(struct sl_runner *r, struct sl_softnic *nic)
{
	int rc = -ENOENT;
	unsigned int i;

	if (r == NULL || nic == NULL)
		return -EINVAL;
	runner_enter(r);
	for (i = 0; i < r->n; i++) {
		if (r->nic[i] != nic)
			continue;
		r->nic[i] = r->nic[--r->n];
		rc = 0;
		break;
	}
	pthread_mutex_unlock(&r->mutex);
	return rc;
}

int
sl_runner_stop(struct sl_runner *r)
{
	bool busy;

	if (r == NULL)
		return -EINVAL;
	runner_enter(r);
	busy = r->n != 0;
	r->stop = !busy;
	pthread_mutex_unlock(&r->mutex);
	if (busy)
		return -EBUSY;
	pthread_join(r->thread, NULL);
	pthread_mutex_destroy(&r->mutex);
	free(r);
	return 0;
}
