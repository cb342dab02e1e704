/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Interrupts of a real or an emulated NIC, on two ports cabled to each other:
 *
 *       intr_test EAL... -- QUEUES FRAMES [REFUSED]
 *
 * Receive interrupts of the first port must be refused on REFUSED queues. On QUEUES queues, it
 * sleeps until a frame of the second port wakes it. Then it reports its link events, with the time
 * of day in milliseconds, until standard input ends. If the system requests the port, it releases
 * the port and reports that. Exit status: 0 if all checks passed. The seed is printed; SL_SEED sets
 * it.
 */

#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_dev.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_interrupts.h>

#include "frame.h"
#include "rng.h"

#define WAKE_MS 20000 /* longer than any wake-up takes */
#define QUIET_MS 300  /* a wake-up that has not arrived by then will not arrive */
#define MAX_QUEUES 16u
#define FRAME_LEN 60u
#define BURST 32u
#define POOL 4095u

struct bench {
	uint16_t rx_port, tx_port;
	uint16_t queues;
	unsigned int frames;
	struct rte_mempool *pool;
	uint64_t rng;	    /* used by the thread that sleeps */
	unsigned int taken; /* atomic: frames received by the sleeping side */
	bool give_up;	    /* atomic */
};

static void __attribute__((format(printf, 1, 2), noreturn)) die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	fflush(stdout);
	_Exit(1);
}

static void
must(int ret, const char *what)
{
	if (ret < 0)
		die("%s: %s", what, rte_strerror(-ret));
}

/* --- ports --- */

static int
configure(uint16_t port, uint16_t queues, bool interrupts)
{
	struct rte_eth_conf conf = {0};

	conf.intr_conf.lsc = interrupts;
	conf.intr_conf.rxq = interrupts;
	if (queues > 1) {
		conf.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
		conf.rx_adv_conf.rss_conf.rss_hf = RTE_ETH_RSS_NONFRAG_IPV4_UDP;
	}
	return rte_eth_dev_configure(port, queues, 1, &conf);
}

static void
start(struct bench *b, uint16_t port, uint16_t queues, bool interrupts)
{
	struct rte_eth_link link;
	uint16_t q;

	must(configure(port, queues, interrupts), "configure");
	for (q = 0; q < queues; q++)
		must(rte_eth_rx_queue_setup(port, q, 128, SOCKET_ID_ANY, NULL, b->pool),
			"receive queue");
	must(rte_eth_tx_queue_setup(port, 0, 128, SOCKET_ID_ANY, NULL), "transmit queue");
	must(rte_eth_dev_start(port), "start");
	must(rte_eth_promiscuous_enable(port), "promiscuous mode");
	/* With link interrupts enabled, this is the status that the handler stored. */
	for (q = 0; q < 400; q++) {
		must(rte_eth_link_get_nowait(port, &link), "link");
		if (link.link_status == RTE_ETH_LINK_UP)
			return;
		rte_delay_us_sleep(100000);
	}
	die("port %u: no link in 40 s", port);
}

/* --- the sleeping side --- */

static void
enable_all(struct bench *b)
{
	uint16_t q;

	for (q = 0; q < b->queues; q++)
		must(rte_eth_dev_rx_intr_enable(b->rx_port, q), "enable");
}

static void
disable_all(struct bench *b)
{
	uint16_t q;

	for (q = 0; q < b->queues; q++)
		must(rte_eth_dev_rx_intr_disable(b->rx_port, q), "disable");
}

static int
sleep_on(int ms)
{
	struct rte_epoll_event ev[MAX_QUEUES];
	int n = rte_epoll_wait(RTE_EPOLL_PER_THREAD, ev, MAX_QUEUES, ms);

	must(n, "epoll");
	return n;
}

static unsigned int
take_all(struct bench *b)
{
	struct rte_mbuf *m[BURST];
	unsigned int total = 0;
	uint16_t q, n, i;

	for (q = 0; q < b->queues; q++) {
		while ((n = rte_eth_rx_burst(b->rx_port, q, m, BURST)) != 0) {
			for (i = 0; i < n; i++)
				rte_pktmbuf_free(m[i]);
			total += n;
		}
	}
	return total;
}

/* Wait until wake-ups without frames end: a moderated interrupt may arrive late, once per queue. */
static void
settle(struct bench *b)
{
	unsigned int i;

	for (i = 0; i < 4 && sleep_on(QUIET_MS) != 0; i++)
		take_all(b);
	if (i == 4)
		die("wakes without end, and without frames");
}

/* --- the sending side --- */

static void
send_one(struct bench *b, uint64_t *rng)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(b->pool);
	const uint64_t addresses = rng_next(rng);
	struct rte_ether_addr from;
	uint8_t *frame = m == NULL ? NULL : (uint8_t *)rte_pktmbuf_append(m, FRAME_LEN);

	if (frame == NULL)
		die("the mempool is empty: frames were lost");
	rte_eth_macaddr_get(b->tx_port, &from);
	frame_build(frame,
		&(struct frame_spec){.to = frame_broadcast,
			.from = &from,
			.version = 4,
			.proto = FRAME_UDP,
			.src = &addresses,
			.dst = (const uint8_t *)&addresses + 4,
			.len = FRAME_LEN});
	while (rte_eth_tx_burst(b->tx_port, 0, &m, 1) != 1)
		rte_delay_us_sleep(10);
}

/* Send frames at random times, one after the other. Each must wake the thread or be polled. */
static void *
feed(void *arg)
{
	struct bench *b = arg;
	uint64_t rng = b->rng ^ UINT64_MAX;
	unsigned int i;

	for (i = 0; i < b->frames; i++) {
		while (__atomic_load_n(&b->taken, __ATOMIC_ACQUIRE) < i) {
			if (__atomic_load_n(&b->give_up, __ATOMIC_RELAXED))
				return NULL;
			rte_delay_us_sleep(5);
		}
		rte_delay_us_block(rng_next(&rng) % 200);
		send_one(b, &rng);
	}
	return NULL;
}

static void
frames_wake(struct bench *b)
{
	unsigned int taken = 0, slept = 0, n;
	pthread_t thread;

	if (pthread_create(&thread, NULL, feed, b) != 0)
		die("no thread");
	while (taken < b->frames) {
		enable_all(b);
		if (sleep_on(WAKE_MS) == 0) {
			__atomic_store_n(&b->give_up, true, __ATOMIC_RELAXED);
			pthread_join(thread, NULL);
			n = take_all(b);
			die("asleep for %u ms with %u frames taken, %u in the ring", WAKE_MS, taken,
				n);
		}
		slept++;
		if ((rng_next(&b->rng) & 1) != 0)
			disable_all(b);
		do {
			n = take_all(b);
			taken += n;
			__atomic_store_n(&b->taken, taken, __ATOMIC_RELEASE);
		} while (n != 0 || (rng_next(&b->rng) & 3) == 0);
	}
	pthread_join(thread, NULL);
	printf("%u frames, asleep %u times\n", taken, slept);
}

static void
rx(struct bench *b)
{
	uint16_t q;

	start(b, b->tx_port, 1, false);
	start(b, b->rx_port, b->queues, true);
	for (q = 0; q < b->queues; q++)
		must(rte_eth_dev_rx_intr_ctl_q(
			     b->rx_port, q, RTE_EPOLL_PER_THREAD, RTE_INTR_EVENT_ADD, NULL),
			"epoll set");
	/* Without frames there is no wake-up. */
	enable_all(b);
	settle(b);
	frames_wake(b);
	/* If disabled, frames cause no wake-up. They are received, and cause one after enable. */
	disable_all(b);
	settle(b);
	for (q = 0; q < 64; q++)
		send_one(b, &b->rng);
	if (sleep_on(QUIET_MS) != 0)
		die("disabled, and woken");
	enable_all(b);
	if (sleep_on(WAKE_MS) == 0)
		die("frames from before enable do not wake");
	disable_all(b);
	if (take_all(b) != 64)
		die("not the frames that were sent");
}

/* --- link --- */

static int
on_link(uint16_t port, enum rte_eth_event_type type, void *arg, void *ret)
{
	struct rte_eth_link link;
	struct timespec now;

	(void)type;
	(void)arg;
	(void)ret;
	clock_gettime(CLOCK_REALTIME, &now);
	must(rte_eth_link_get_nowait(port, &link), "link");
	printf("link %s %" PRId64 "\n", link.link_status == RTE_ETH_LINK_UP ? "up" : "down",
		(int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000);
	fflush(stdout);
	return 0;
}

static int
on_removal(uint16_t port, enum rte_eth_event_type type, void *arg, void *ret)
{
	(void)type;
	(void)ret;
	printf("removal of port %u\n", port);
	fflush(stdout);
	__atomic_store_n((bool *)arg, true, __ATOMIC_RELEASE);
	return 0;
}

/* As in an application: not on the thread that reports the event. */
static void
give_back(uint16_t port)
{
	struct rte_eth_dev_info info;

	must(rte_eth_dev_info_get(port, &info), "info");
	must(rte_eth_dev_stop(port), "stop");
	must(rte_eth_dev_close(port), "close");
	must(rte_dev_remove(info.device), "remove");
	printf("gone\n");
	fflush(stdout);
}

static void
report_events(struct bench *b)
{
	struct pollfd in = {.fd = STDIN_FILENO};
	bool removal = false, gone = false;

	must(rte_eth_dev_callback_register(
		     b->rx_port, RTE_ETH_EVENT_INTR_RMV, on_removal, &removal),
		"callback");
	must(rte_eth_dev_callback_register(b->rx_port, RTE_ETH_EVENT_INTR_LSC, on_link, NULL),
		"callback");
	printf("ready\n");
	fflush(stdout);
	/* Standard input has no data. poll() returns when the other end is closed. */
	while (poll(&in, 1, 20) == 0) {
		if (!gone && __atomic_load_n(&removal, __ATOMIC_ACQUIRE)) {
			give_back(b->rx_port);
			gone = true;
		}
	}
}

/* --- */

static unsigned int
number(const char *text)
{
	if (atoi(text) <= 0)
		die("'%s' is not allowed; after -- come QUEUES FRAMES [REFUSED]", text);
	return (unsigned int)atoi(text);
}

int
main(int argc, char **argv)
{
	struct bench b = {.tx_port = 1};
	uint16_t port;
	int used;

	b.rng = rng_seed(0);
	used = rte_eal_init(argc, argv);
	must(used, "EAL");
	argc -= used;
	argv += used;
	b.pool = rte_pktmbuf_pool_create(
		"pool", POOL, 64, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	if (b.pool == NULL || rte_eth_dev_count_avail() != 2 || argc < 3)
		die("no mempool, not two ports, or no QUEUES and FRAMES");
	b.queues = (uint16_t)number(argv[1]);
	b.frames = number(argv[2]);
	if (argc > 3 && configure(b.rx_port, (uint16_t)number(argv[3]), true) == 0)
		die("%s queues are not refused", argv[3]);
	rx(&b);
	report_events(&b);
	RTE_ETH_FOREACH_DEV (port) {
		must(rte_eth_dev_stop(port), "stop");
		must(rte_eth_dev_close(port), "close");
	}
	if (rte_mempool_avail_count(b.pool) != POOL)
		die("%u mbufs are missing", POOL - rte_mempool_avail_count(b.pool));
	rte_eal_cleanup();
	return 0;
}
