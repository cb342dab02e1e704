/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* Snapshots of sl-testpmd: differences, sums, and lost frames. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "run.h"

static void
test_diff(void **state)
{
	struct snapshot a = {0}, b = {0}, d = {0};
	struct run run = {.nb_streams = 2, .nb_ports = 0};
	struct totals t;

	(void)state;
	run.streams = aligned_alloc(RTE_CACHE_LINE_SIZE, 2 * sizeof(*run.streams));
	assert_non_null(run.streams);
	memset(run.streams, 0, 2 * sizeof(*run.streams));
	run.streams[0].n.rx = 100;
	run.streams[1].n.burst[BURST_MAX] = 7;
	assert_int_equal(snapshot_take(&run, &a), 0);
	run.streams[0].n.rx = 160;
	run.streams[0].n.tx = 50;
	run.streams[0].n.dropped = 4;
	run.streams[0].n.consumed = 6;
	run.streams[0].n.cycles_busy = 600;
	run.streams[1].n.burst[BURST_MAX] = 9;
	assert_int_equal(snapshot_take(&run, &b), 0);
	a.tsc = 1000;
	b.tsc = 3000;
	assert_int_equal(snapshot_diff(&a, &b, &d), 0);
	assert_int_equal(d.stream[0].rx, 60);
	assert_int_equal(d.stream[1].burst[BURST_MAX], 2);
	snapshot_total(&d, 0, 1000, &t);
	assert_true(t.seconds == 2 && t.rx_pps == 30 && t.tx_pps == 25);
	assert_true(t.cycles_per_packet == 10);
	assert_int_equal(totals_unaccounted(&t), 0);
	assert_int_equal(totals_lost(&t), 4);
	t.tx--;
	assert_int_equal(totals_unaccounted(&t), 1);
	assert_int_equal(totals_lost(&t), 5);
	snapshot_free(&a);
	snapshot_free(&b);
	snapshot_free(&d);
	free(run.streams);
}

/** If a counter decreased, it was cleared: its value is the count since then. */
static void
test_cleared(void **state)
{
	struct snapshot a = {.tsc = 1}, b = {.tsc = 2}, d = {0};
	struct totals t;

	(void)state;
	a.port[1].rx = 1000;
	a.port[1].missed = 5;
	b.port[1].rx = 10;
	b.port[1].missed = 6;
	b.port[0].tx_bytes = 125;
	assert_int_equal(snapshot_diff(&a, &b, &d), 0);
	assert_int_equal(d.port[1].rx, 10);
	assert_int_equal(d.port[1].missed, 1);
	snapshot_total(&d, 2, 1, &t);
	assert_int_equal(t.missed, 1);
	assert_true(t.tx_bps == 1000);
	snapshot_free(&d);
}

/** No traffic and no elapsed time: zero, not infinity. */
static void
test_nothing(void **state)
{
	struct snapshot none = {0}, d = {0};
	struct totals t;

	(void)state;
	assert_int_equal(snapshot_diff(&none, &none, &d), 0);
	snapshot_total(&d, RTE_MAX_ETHPORTS, 1e9, &t);
	assert_true(t.rx_pps == 0 && t.tx_pps == 0 && t.cycles_per_packet == 0);
	assert_int_equal(totals_lost(&t), 0);
	snapshot_free(&d);
}

/** Streams that were added later count from zero. */
static void
test_more_streams(void **state)
{
	struct stream_counters *n = calloc(2, sizeof(*n));
	struct snapshot a = {0}, b = {.stream = n, .nb_streams = 2}, copy = {0}, d = {0};

	(void)state;
	assert_non_null(n);
	n[1].tx = 3;
	assert_int_equal(snapshot_diff(&a, &b, &d), 0);
	assert_int_equal(d.stream[1].tx, 3);
	assert_int_equal(snapshot_copy(&b, &copy), 0);
	assert_int_equal(copy.stream[1].tx, 3);
	snapshot_free(&b);
	snapshot_free(&copy);
	snapshot_free(&d);
}

static void
test_rows(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < nb_port_counter_rows; i++)
		assert_int_equal(port_counter_rows[i].offset, i * sizeof(uint64_t));
	assert_string_equal(port_counter_rows[nb_port_counter_rows - 1].name, "no_mbuf");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_diff),
		cmocka_unit_test(test_cleared),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_more_streams),
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
