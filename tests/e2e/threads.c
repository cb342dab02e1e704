/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
/*
 * Control calls on one thread and telemetry on another, while a third sends and receives. With
 * ThreadSanitizer (./syncline test tsan), a data race fails the program. Without it, lost or wrong
 * frames do.
 */
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <rte_eal.h>

#include "harness.h"
#include "sl_hw.h"

#define ROUNDS 150u
#define ANSWERS 100u
#define RXD 64u
#define MAX_XSTATS 512u

/* Shared by the threads and the main thread, which does the bursts. */
struct side {
	struct h_port *p;
	bool done;
};

static bool
is_done(const struct side *s)
{
	return __atomic_load_n(&s->done, __ATOMIC_ACQUIRE);
}

static void *
end(struct side *s, const char *failed)
{
	__atomic_store_n(&s->done, true, __ATOMIC_RELEASE);
	return (void *)(uintptr_t)failed;
}

/* --- control: all calls on one thread, as ethdev requires --- */

static int
look(uint16_t id)
{
	struct rte_eth_xstat_name names[MAX_XSTATS];
	struct rte_eth_xstat values[MAX_XSTATS];
	struct rte_eth_stats stats;
	struct rte_eth_dev_info info;
	struct rte_eth_rxq_info rxq;
	struct rte_eth_txq_info txq;
	struct rte_eth_link link;
	int ret = rte_eth_stats_get(id, &stats) | rte_eth_link_get_nowait(id, &link) |
		rte_eth_dev_info_get(id, &info) | rte_eth_rx_queue_info_get(id, 0, &rxq) |
		rte_eth_tx_queue_info_get(id, 0, &txq);

	if (rte_eth_xstats_get(id, values, MAX_XSTATS) < 0 ||
		rte_eth_xstats_get_names(id, names, MAX_XSTATS) < 0)
		return -EIO;
	return ret;
}

static int
registers(uint16_t id)
{
	struct rte_dev_reg_info info = {0};
	int ret = rte_eth_dev_get_reg_info(id, &info);

	if (ret != 0)
		return ret;
	info.data = calloc(info.length, info.width);
	ret = info.data == NULL ? -ENOMEM : rte_eth_dev_get_reg_info(id, &info);
	free(info.data);
	return ret;
}

static int
filters(uint16_t id, unsigned int round)
{
	struct rte_ether_addr mac = {{2, 0, 0, 0, 1, (uint8_t)round}};
	struct rte_eth_rss_reta_entry64 reta[SL_RETA_MAX / RTE_ETH_RETA_GROUP_SIZE];
	struct rte_eth_dev_info info;
	unsigned int i;

	for (i = 0; i < RTE_DIM(reta); i++)
		reta[i] = (struct rte_eth_rss_reta_entry64){.mask = UINT64_MAX};
	if (rte_eth_dev_info_get(id, &info) != 0)
		return -EIO;
	return rte_eth_promiscuous_enable(id) | rte_eth_promiscuous_disable(id) |
		rte_eth_allmulticast_enable(id) | rte_eth_allmulticast_disable(id) |
		rte_eth_dev_mac_addr_add(id, &mac, 0) | rte_eth_dev_mac_addr_remove(id, &mac) |
		rte_eth_dev_rss_reta_update(id, reta, info.reta_size) |
		rte_eth_dev_rss_reta_query(id, reta, info.reta_size);
}

/* Restart the other queue pair, which is not polled. */
static int
other_queue(uint16_t id)
{
	return rte_eth_dev_rx_queue_stop(id, 1) | rte_eth_dev_tx_queue_stop(id, 1) |
		rte_eth_dev_tx_queue_start(id, 1) | rte_eth_dev_rx_queue_start(id, 1);
}

static void *
control(void *arg)
{
	struct side *s = arg;
	FILE *null = fopen("/dev/null", "w");
	const uint16_t id = s->p->id;
	const char *failed = null == NULL ? "/dev/null" : NULL;
	unsigned int i;

	for (i = 0; i < ROUNDS && failed == NULL; i++) {
		if (look(id) != 0)
			failed = "a look";
		else if (filters(id, i) != 0)
			failed = "a filter";
		else if (other_queue(id) != 0)
			failed = "a queue's stop or start";
		else if (i % 16 == 0 && registers(id) != 0)
			failed = "the registers";
		else if (sl_pmd_shm_dump(id, null, i % 2 != 0) != 0)
			failed = "the dump";
		else if (rte_eth_dev_is_removed(id) != 0)
			failed = "is_removed";
		else if (i % 8 == 0 && rte_eth_stats_reset(id) != 0)
			failed = "the reset of statistics";
	}
	if (null != NULL)
		fclose(null);
	return end(s, failed);
}

/* --- telemetry: its handlers run on a separate thread --- */

static void *
telemetry(void *arg)
{
	static const char *const asks[] = {
		"/syncline/shm", "/ethdev/xstats", "/ethdev/stats", "/ethdev/link_status"};
	struct side *s = arg;
	const int fd = h_telemetry();
	const char *failed = fd < 0 ? "telemetry's socket" : NULL;
	char text[16384];
	unsigned int i;
	ssize_t n;

	for (i = 0; i < ANSWERS && failed == NULL; i++) {
		snprintf(text, sizeof(text), "%s,%u", asks[i % RTE_DIM(asks)], s->p->id);
		n = write(fd, text, strlen(text)) < 0 ? -1 : read(fd, text, sizeof(text) - 1);
		if (n <= 0 || memchr(text, ':', (size_t)n) == NULL)
			failed = "telemetry's answer";
	}
	if (fd >= 0)
		close(fd);
	return end(s, failed);
}

/* --- the queues --- */

/*
 * Queue pair 0 is for bursts. Pair 1 is stopped and started meanwhile and has a separate mempool.
 */
static struct rte_mempool *
start(struct h_port *p)
{
	const struct h_cfg cfg = {.nb_rxq = 2,
		.nb_txq = 2,
		.nb_rxd = RXD,
		.pool_size = 511,
		.rss_hf = RTE_ETH_RSS_IPV4,
		.no_start = true};
	struct rte_mempool *other = rte_pktmbuf_pool_create(
		"other", 255, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);

	assert_non_null(other);
	h_start(p, &cfg);
	assert_int_equal(
		rte_eth_rx_queue_setup(p->id, 1, p->cfg.nb_rxd, SOCKET_ID_ANY, NULL, other), 0);
	assert_int_equal(rte_eth_dev_start(p->id), 0);
	return other;
}

static void
control_while_bursts_run(void **state)
{
	void *(*const sides[])(void *) = {control, telemetry};
	struct side s[RTE_DIM(sides)];
	pthread_t thread[RTE_DIM(sides)];
	struct rte_mempool *other;
	struct rte_mbuf *m;
	struct h_port p;
	void *failed;
	unsigned int i;

	(void)state;
	h_open(&p, NULL);
	other = start(&p);
	for (i = 0; i < RTE_DIM(sides); i++) {
		s[i] = (struct side){.p = &p};
		assert_int_equal(pthread_create(&thread[i], NULL, sides[i], &s[i]), 0);
	}
	while (!is_done(&s[0]) || !is_done(&s[1]))
		h_forward(&p, 8);
	for (i = 0; i < RTE_DIM(sides); i++) {
		assert_int_equal(pthread_join(thread[i], &failed), 0);
		if (failed != NULL)
			fail_msg("failed while bursts ran: %s", (const char *)failed);
	}
	/* Frames that a filter delayed, or that arrived between two of its steps. */
	while (h_recv(&p, 0, &m, 1) > 0)
		rte_pktmbuf_free(m);
	assert_int_equal(h_forward(&p, 64), 64);
	h_close(&p);
	rte_mempool_free(other);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(control_while_bursts_run),
	};

	setenv("SL_TELEMETRY", "1", 1);
	return h_main(argc, argv, tests);
}
