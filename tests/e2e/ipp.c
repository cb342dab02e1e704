/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Cost per packet. Bursts of 32 64-byte frames circulate through the driver and a software NIC in a
 * loop. The NIC is stepped between the bursts, which is not counted. Prints cycles of the time
 * stamp counter. Under callgrind with collection toggled at forward_burst, it gives instructions
 * (callgrind.sh).
 *
 * usage: ipp [coherency [rounds [fast] [huge]]]
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include "sl_pmd.h"

#define BURST 32u
#define RING 512u
#define POOL 2047u
#define CACHE 256u
#define FRAME 60u /* excluding FCS */
#define WARM_UP 64u

static struct rte_mempool *
start_port(uint64_t tx_offloads)
{
	const struct rte_eth_conf conf = {.txmode.offloads = tx_offloads};
	struct rte_mempool *pool = rte_pktmbuf_pool_create(
		"ipp", POOL, CACHE, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);

	if (pool == NULL || rte_eth_dev_configure(0, 1, 1, &conf) != 0 ||
		rte_eth_dev_set_ptypes(0, RTE_PTYPE_UNKNOWN, NULL, 0) != 0 ||
		rte_eth_rx_queue_setup(0, 0, RING, 0, NULL, pool) != 0 ||
		rte_eth_tx_queue_setup(0, 0, RING, 0, NULL) != 0 ||
		rte_eth_promiscuous_enable(0) != 0 || rte_eth_dev_start(0) != 0)
		rte_exit(EXIT_FAILURE, "ipp: the port does not start\n");
	return pool;
}

static void
first_burst(struct rte_mempool *pool)
{
	struct rte_mbuf *pkts[BURST];
	unsigned int i;

	if (rte_pktmbuf_alloc_bulk(pool, pkts, BURST) != 0)
		rte_exit(EXIT_FAILURE, "ipp: no mbufs\n");
	for (i = 0; i < BURST; i++)
		memset(rte_pktmbuf_append(pkts[i], FRAME), (int)i, FRAME);
	if (rte_eth_tx_burst(0, 0, pkts, BURST) != BURST)
		rte_exit(EXIT_FAILURE, "ipp: the first burst was not taken\n");
}

/* Not inlined, because callgrind toggles collection at this name. */
static __rte_noinline unsigned int
forward_burst(void)
{
	struct rte_mbuf *pkts[BURST];
	const uint16_t n = rte_eth_rx_burst(0, 0, pkts, BURST);

	return rte_eth_tx_burst(0, 0, pkts, n);
}

static void
step(void)
{
	unsigned int moved = 0;

	/* 32 frames are sent, then received. */
	while (moved < 2 * BURST) {
		const int n = sl_pmd_step(0, BURST);

		if (n <= 0)
			rte_exit(EXIT_FAILURE, "ipp: frames were lost on the way\n");
		moved += (unsigned int)n;
	}
}

/* For sorting: the fastest 90 % of the bursts count. The others may include an interrupt. */
static int
by_value(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void
measure(unsigned long rounds)
{
	uint64_t *cycles = calloc(rounds, sizeof(*cycles));
	uint64_t sum = 0;
	unsigned long i;

	if (cycles == NULL)
		rte_exit(EXIT_FAILURE, "ipp: no memory for %lu rounds\n", rounds);
	for (i = 0; i < rounds; i++) {
		step();
		const uint64_t from = rte_rdtsc_precise();

		if (forward_burst() != BURST)
			rte_exit(EXIT_FAILURE, "ipp: a burst was cut short\n");
		cycles[i] = rte_rdtsc_precise() - from;
	}
	qsort(cycles, rounds, sizeof(*cycles), by_value);
	for (i = 0; i < rounds * 9 / 10; i++)
		sum += cycles[i];
	printf("packets %lu\n", rounds * BURST);
	printf("cycles/packet %.1f (median %.1f)\n", (double)sum / (double)(i * BURST),
		(double)cycles[rounds / 2] / BURST);
	free(cycles);
}

int
main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "coherent";
	const unsigned long rounds = argc > 2 ? strtoul(argv[2], NULL, 10) : 20000;
	const bool fast = argc > 3 && strcmp(argv[3], "fast") == 0;
	const bool huge = argc > 3 && strcmp(argv[argc - 1], "huge") == 0;
	char vdev[128];
	char *eal[] = {argv[0], NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL};
	const char *args[] = {"--no-pci", huge ? "--in-memory" : "--no-huge", "--no-shconf",
		"--no-telemetry", "-m256", "-l0", "--log-level=lib.eal:4", vdev};
	struct rte_eth_burst_mode rx, tx;
	struct rte_mempool *pool;
	unsigned int i;

	snprintf(vdev, sizeof(vdev), "--vdev=net_syncline_soft0,wire=loop,mode=step,coherency=%s",
		mode);
	for (i = 0; i < RTE_DIM(args); i++)
		eal[i + 1] = strdup(args[i]);
	if (rounds < WARM_UP || rte_eal_init((int)i + 1, eal) < 0)
		rte_exit(EXIT_FAILURE, "usage: ipp [coherency [rounds >= %u [fast] [huge]]]\n",
			WARM_UP);
	pool = start_port(fast ? RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE : 0);
	rte_eth_rx_burst_mode_get(0, 0, &rx);
	rte_eth_tx_burst_mode_get(0, 0, &tx);
	printf("paths rx '%s' tx '%s'%s\n", rx.info, tx.info, fast ? " fast free" : "");
	first_burst(pool);
	measure(rounds);
	rte_eth_dev_stop(0);
	rte_eth_dev_close(0);
	rte_mempool_free(pool);
	rte_eal_cleanup();
	return 0;
}
