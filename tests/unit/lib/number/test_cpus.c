/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * sl_cpus.h: CPUs with any number, on kernels with CPU sets of any size, and the device thread that
 * runs on one CPU.
 */

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sl_softnic.h"

/** A kernel with sets of @c size CPUs, of which every @c step-th may be used. */
static struct {
	int size, step, error;
} kernel;

static int
kernel_affinity(pid_t pid, size_t size, cpu_set_t *set)
{
	assert_int_equal(pid, 0);
	errno = kernel.error != 0 ? kernel.error : EINVAL;
	if (kernel.error != 0 || size * CHAR_BIT < (size_t)kernel.size)
		return -1;
	memset(set, 0, size);
	for (int c = kernel.step - 1; c < kernel.size; c += kernel.step)
		CPU_SET_S((size_t)c, size, set);
	return 0;
}

#define sched_getaffinity kernel_affinity
#include "sl_cpus.h"
#undef sched_getaffinity

/** The CPU that was requested for a thread. With @c takes_all, the kernel accepts every CPU. */
static struct {
	int asked;
	bool takes_all;
} threads;

int
__real_pthread_attr_setaffinity_np(pthread_attr_t *attr, size_t size, const cpu_set_t *set);
int
__wrap_pthread_attr_setaffinity_np(pthread_attr_t *attr, size_t size, const cpu_set_t *set);

int
__wrap_pthread_attr_setaffinity_np(pthread_attr_t *attr, size_t size, const cpu_set_t *set)
{
	assert_int_equal(CPU_COUNT_S(size, set), 1);
	for (threads.asked = 0; !CPU_ISSET_S((size_t)threads.asked, size, set);)
		threads.asked++;
	return threads.takes_all ? 0 : __real_pthread_attr_setaffinity_np(attr, size, set);
}

static void
test_sizes(void **state)
{
	static const int sizes[] = {64, 128, 1024, 1088, 2048, 8192, SL_CPUS_MAX};
	static const int steps[] = {1, 7, 64};
	struct sl_cpus c;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]) * 3; i++) {
		kernel.size = sizes[i / 3];
		kernel.step = steps[i % 3];
		assert_int_equal(sl_cpus_of_thread(&c), 0);
		for (int cpu = -1, next; cpu < kernel.size; cpu = next) {
			next = cpu < 0 ? kernel.step - 1 : cpu + kernel.step;
			next = next < kernel.size ? next : -1;
			assert_int_equal(sl_cpus_next(&c, cpu), next);
			if (next < 0)
				break;
			assert_true(sl_cpus_has(&c, next));
			assert_true(kernel.step == 1 || !sl_cpus_has(&c, next - 1));
		}
		assert_false(sl_cpus_has(&c, -1));
		assert_false(sl_cpus_has(&c, kernel.size));
		assert_false(sl_cpus_has(&c, INT_MAX));
		sl_cpus_free(&c);
	}
}

static void
test_refused(void **state)
{
	struct sl_cpus c;

	(void)state;
	kernel.size = 2 * SL_CPUS_MAX;
	assert_int_equal(sl_cpus_of_thread(&c), -EINVAL);
	kernel.error = EPERM;
	assert_int_equal(sl_cpus_of_thread(&c), -EPERM);
	kernel.error = 0;
}

static void
test_one(void **state)
{
	static const int good[] = {0, 63, 64, 1023, 1024, 5000, SL_CPUS_MAX - 1};
	static const int bad[] = {-1, SL_CPUS_MAX, INT_MAX, INT_MIN};
	struct sl_cpus c;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(sl_cpus_one(&c, good[i]), 0);
		assert_int_equal(sl_cpus_next(&c, -1), good[i]);
		assert_int_equal(sl_cpus_next(&c, good[i]), -1);
		sl_cpus_free(&c);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(sl_cpus_one(&c, bad[i]), -EINVAL);
}

/* The kernel decides, independent of the number of CPUs and the size of cpu_set_t. */
static void
test_device_thread(void **state)
{
	static const int far[] = {64, 1023, 1024, 5000, SL_CPUS_MAX - 1};
	static const int bad[] = {-2, SL_CPUS_MAX, INT_MAX, INT_MIN};
	struct sl_runner *run;

	(void)state;
	threads.takes_all = true;
	for (size_t i = 0; i < sizeof(far) / sizeof(far[0]); i++) {
		assert_int_equal(sl_runner_start(far[i], &run), 0);
		assert_int_equal(threads.asked, far[i]);
		assert_int_equal(sl_runner_stop(run), 0);
	}
	threads.takes_all = false;
	/* More than any kernel supports: Linux has at most 8192. */
	assert_int_equal(sl_runner_start(SL_CPUS_MAX - 1, &run), -EINVAL);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(sl_runner_start(bad[i], &run), -EINVAL);
	assert_int_equal(sl_runner_start(sched_getcpu(), &run), 0);
	assert_int_equal(sl_runner_stop(run), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_one),
		cmocka_unit_test(test_device_thread),
	};

	return cmocka_run_group_tests_name("cpus", tests, NULL, NULL);
}
