/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_CPUS_H_
#define _SL_CPUS_H_

/**
 * @file
 * Sets of CPUs with any numbers. A cpu_set_t ends at CPU 1023: on a larger machine the kernel
 * refuses to fill one, and CPU_SET() ignores higher numbers. CPU numbers may have gaps, so the
 * existing CPUs follow from affinity, not from the number of CPUs.
 * Header only: programs, driver and tests share no library. Any thread.
 */

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>

/** All CPU numbers, also in "cpu=", are below this. Linux has at most 8192 CPUs. */
#define SL_CPUS_MAX 32768

/** A set of CPUs; its owner frees it with sl_cpus_free(). */
struct sl_cpus {
	cpu_set_t *set;
	size_t size; /**< size of @c set, bytes */
};

/** An empty set with room for CPUs below @p n. @return 0 or -ENOMEM. */
static inline int
sl_cpus_alloc(struct sl_cpus *c, int n)
{
	c->size = CPU_ALLOC_SIZE(n);
	c->set = CPU_ALLOC(n);
	if (c->set == NULL)
		return -ENOMEM;
	CPU_ZERO_S(c->size, c->set);
	return 0;
}

/** Free a set. */
static inline void
sl_cpus_free(struct sl_cpus *c)
{
	CPU_FREE(c->set);
	c->set = NULL;
}

/** A set of one CPU, 0 to SL_CPUS_MAX - 1. @return 0, -EINVAL for another number, -ENOMEM. */
static inline int
sl_cpus_one(struct sl_cpus *c, int cpu)
{
	int rc;

	*c = (struct sl_cpus){.set = NULL};
	if (cpu < 0 || cpu >= SL_CPUS_MAX)
		return -EINVAL;
	rc = sl_cpus_alloc(c, cpu + 1);
	if (rc == 0)
		CPU_SET_S((size_t)cpu, c->size, c->set);
	return rc;
}

/**
 * Get the CPUs that the calling thread may use. @return 0, or negative errno, and then
 * @p c need not be freed.
 */
static inline int
sl_cpus_of_thread(struct sl_cpus *c)
{
	int rc = -EINVAL;

	*c = (struct sl_cpus){.set = NULL};
	/* The kernel refuses a set that is smaller than its own, and does not report its size. */
	for (int n = CPU_SETSIZE; n <= SL_CPUS_MAX && rc == -EINVAL; n *= 2) {
		rc = sl_cpus_alloc(c, n);
		if (rc != 0)
			return rc;
		if (sched_getaffinity(0, c->size, c->set) != 0) {
			rc = -errno;
			sl_cpus_free(c);
		}
	}
	return rc;
}

/** True if a CPU is in the set; its number may be any value. */
static inline bool
sl_cpus_has(const struct sl_cpus *c, int cpu)
{
	return cpu >= 0 && (size_t)cpu < c->size * 8 && CPU_ISSET_S((size_t)cpu, c->size, c->set);
}

/** First CPU in the set above @p cpu, which may be -1. @return -1: there is none. */
static inline int
sl_cpus_next(const struct sl_cpus *c, int cpu)
{
	for (cpu++; (size_t)cpu < c->size * 8; cpu++) {
		if (sl_cpus_has(c, cpu))
			return cpu;
	}
	return -1;
}

#endif /* _SL_CPUS_H_ */
