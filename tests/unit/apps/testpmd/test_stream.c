/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* Topologies of sl-testpmd, as properties for all small numbers of ports, queues and cores. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "stream.h"

#define PORTS 32
#define QUEUES 16

static void
test_names(void **state)
{
	enum topology t, back;

	(void)state;
	for (t = TOPOLOGY_PAIRED; topology_name(t) != NULL; t++) {
		assert_int_equal(topology_parse(topology_name(t), &back), 0);
		assert_int_equal(back, t);
	}
	assert_int_equal(t, TOPOLOGY_LOOP + 1);
	assert_true(topology_parse("", &back) < 0);
	assert_true(topology_parse("pair", &back) < 0);
}

/** Each port sends for exactly one port. */
static void
test_permutation(void **state)
{
	(void)state;
	for (enum topology t = TOPOLOGY_PAIRED; t <= TOPOLOGY_LOOP; t++) {
		for (uint16_t n = 1; n <= PORTS; n++) {
			uint64_t seen = 0;

			for (uint16_t i = 0; i < n; i++) {
				uint16_t peer = topology_peer(t, i, n);

				assert_in_range(peer, 0, n - 1);
				assert_true((seen & (UINT64_C(1) << peer)) == 0);
				seen |= UINT64_C(1) << peer;
			}
		}
	}
}

static void
test_meaning(void **state)
{
	(void)state;
	for (uint16_t n = 1; n <= PORTS; n++) {
		uint16_t hop = 0;

		for (uint16_t i = 0; i < n; i++) {
			uint16_t peer = topology_peer(TOPOLOGY_PAIRED, i, n);

			assert_int_equal(topology_peer(TOPOLOGY_PAIRED, peer, n), i);
			assert_true(peer != i || (i == n - 1 && n % 2 == 1));
			assert_int_equal(topology_peer(TOPOLOGY_LOOP, i, n), i);
		}
		/* A chain visits each port before it returns to the first. */
		for (uint16_t i = 1; i < n; i++) {
			hop = topology_peer(TOPOLOGY_CHAINED, hop, n);
			assert_int_not_equal(hop, 0);
		}
		assert_int_equal(topology_peer(TOPOLOGY_CHAINED, hop, n), 0);
	}
}

/** Each receive queue is polled once, and no transmit queue is used by two cores. */
static void
test_map(void **state)
{
	static struct leg legs[PORTS * QUEUES];

	(void)state;
	for (enum topology t = TOPOLOGY_PAIRED; t <= TOPOLOGY_LOOP; t++) {
		for (uint16_t n = 1; n <= PORTS; n++) {
			for (uint16_t q = 1; q <= QUEUES; q += 5) {
				uint8_t rx[PORTS][QUEUES] = {0}, tx[PORTS][QUEUES] = {0};
				unsigned int nb = stream_map(t, n, q, legs);

				assert_int_equal(nb, n * q);
				for (unsigned int i = 0; i < nb; i++) {
					rx[legs[i].rx_index][legs[i].rx_queue]++;
					tx[legs[i].tx_index][legs[i].tx_queue]++;
				}
				for (uint16_t i = 0; i < n; i++) {
					for (uint16_t k = 0; k < q; k++) {
						assert_int_equal(rx[i][k], 1);
						assert_int_equal(tx[i][k], 1);
					}
				}
			}
		}
	}
}

/**
 * Streams are assigned in order. No core is idle if there are enough streams, and their numbers
 * differ by at most one.
 */
static void
test_cores(void **state)
{
	(void)state;
	for (unsigned int n = 1; n <= 64; n++) {
		for (unsigned int cores = 1; cores <= n; cores++) {
			unsigned int share[64] = {0}, last = 0;

			for (unsigned int i = 0; i < n; i++) {
				unsigned int c = stream_core(i, n, cores);

				assert_in_range(c, last, cores - 1);
				last = c;
				share[c]++;
			}
			for (unsigned int c = 0; c < cores; c++)
				assert_in_range(share[c], n / cores, n / cores + (n % cores != 0));
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_permutation),
		cmocka_unit_test(test_meaning),
		cmocka_unit_test(test_map),
		cmocka_unit_test(test_cores),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
