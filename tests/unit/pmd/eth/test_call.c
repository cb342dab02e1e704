/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
/* Deadlines of calls: waits may nest, deadlines do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>

#include <rte_eal.h>

#include "sl_port.h"

/** A port whose clock the test controls. */
struct timed_port {
	struct sl_port port;
	uint64_t now; /* ticks */
};

static uint64_t
now(struct sl_port *port)
{
	return ((struct timed_port *)port)->now;
}

static void
nap(struct sl_port *port, unsigned int us)
{
	((struct timed_port *)port)->now += sl_time_ticks(us);
}

static const struct sl_dev_ops timed_ops = {.kind = "timed", .time = now, .nap = nap};

static struct timed_port
timed_port(void)
{
	return (struct timed_port){.port = {.dev_ops = &timed_ops}, .now = 1};
}

/* Total time of a wait of @p us, in steps. */
static uint64_t
wait_all(struct timed_port *t, unsigned int us, unsigned int step)
{
	const uint64_t limit = sl_time_limit(&t->port, us), begin = t->now;

	while (sl_time_wait(&t->port, step, limit))
		;
	return t->now - begin;
}

/*
 * The wait is as long as requested. Waits are in microseconds, so one may use part of the next
 * one's first microsecond.
 */
static void
assert_us(uint64_t ticks, unsigned int us)
{
	assert_in_range(ticks, sl_time_ticks(us - 1), sl_time_ticks(us + 2));
}

static void
one_deadline_for_all_waits(void **state)
{
	struct timed_port t = timed_port();

	(void)state;
	sl_call_begin(&t.port);
	assert_us(wait_all(&t, 500000, 1000), 500000);
	sl_call_begin(&t.port);
	assert_us(wait_all(&t, 1000000, 300000), 1000000);
	sl_call_end(&t.port);
	/* Only the remaining time, whatever is requested; then no time. */
	assert_us(wait_all(&t, 1000000, 999), 500000);
	assert_int_equal(wait_all(&t, 1000000, 1000), 0);
	sl_call_begin(&t.port);
	assert_int_equal(wait_all(&t, 1000000, 1000), 0);
	sl_call_end(&t.port);
	sl_call_end(&t.port);
	/* The next call has a new deadline. */
	sl_call_begin(&t.port);
	assert_us(wait_all(&t, 3000000, 1000), SL_CALL_US);
	sl_call_end(&t.port);
	/* Outside of calls, a wait lasts until its own limit. */
	assert_us(wait_all(&t, 3000000, 1000), 3000000);
}

static void *
other_call(void *arg)
{
	struct timed_port *t = arg;

	sl_call_begin(&t->port);
	assert_us(wait_all(t, 3000000, 1000), SL_CALL_US);
	assert_true(sl_call_running(&t->port));
	sl_call_end(&t->port);
	return NULL;
}

static void
a_deadline_for_each_thread(void **state)
{
	struct timed_port t = timed_port();
	pthread_t other;

	(void)state;
	assert_false(sl_call_running(&t.port));
	sl_call_begin(&t.port);
	assert_us(wait_all(&t, 1500000, 1000), 1500000);
	assert_int_equal(pthread_create(&other, NULL, other_call, &t), 0);
	assert_int_equal(pthread_join(other, NULL), 0);
	/* The other call's two seconds count for this one too. */
	assert_int_equal(wait_all(&t, 1000000, 1000), 0);
	assert_true(sl_call_running(&t.port));
	sl_call_end(&t.port);
	assert_false(sl_call_running(&t.port));
}

/* More threads than slots: no crash, no thread loses its slot, and all are free at the end. */
static void
more_threads_than_places(void **state)
{
	struct timed_port t = timed_port();
	unsigned int i;

	(void)state;
	sl_call_begin(&t.port);
	for (i = 0; i < SL_CALL_THREADS; i++) {
		if (t.port.calls.by[i].tid == 0)
			t.port.calls.by[i].tid = -1;
	}
	assert_us(wait_all(&t, 3000000, 1000), SL_CALL_US);
	sl_call_end(&t.port);
	t.port.calls.by[0].tid = -1;
	sl_call_begin(&t.port);
	assert_us(wait_all(&t, 3000000, 1000), 3000000);
	sl_call_end(&t.port);
	assert_false(sl_call_running(&t.port));
}

int
main(int argc, char **argv)
{
	/* EAL measures the frequency of the TSC. */
	char *args[] = {argv[0], (char[]){"--no-huge"}, (char[]){"--no-pci"},
		(char[]){"--no-shconf"}, (char[]){"--no-telemetry"}, (char[]){"-m"},
		(char[]){"16"}};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_deadline_for_all_waits),
		cmocka_unit_test(a_deadline_for_each_thread),
		cmocka_unit_test(more_threads_than_places),
	};

	(void)argc;
	if (rte_eal_init((int)RTE_DIM(args), args) < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
