/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The checker with a NIC whose reads and writes are not reported: through vfio, the IOMMU maps the
 * checker's copies. Port 0 sends, port 1 receives, and each byte is compared. First the driver runs
 * unchanged, and nothing may be found. Then the sync calls of the bursts are left out one at a
 * time. Each one must show, either as a finding that names the place, or by wrong or missing
 * frames.
 *
 * usage: checked [EAL options]; two ports joined by a cable, both with
 * coherency=checked,check_policy=count
 * SL_SEED: seed of lengths and contents
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_random.h>

#include "frame.h"
#include "rng.h"
#include "sl_check.h"
#include "sl_pmd.h"

#define SENDER 0
#define RECEIVER 1
#define RING 64u
#define POOL 1023u
#define BURST 8u
#define FRAMES 512u /* several laps of the rings */
#define FRAME_MAX 1500u
#define HEADER 18u	 /* addresses, type, number of the frame */
#define ARRIVE_MS 20000u /* with the unchanged driver: more than any machine needs */
#define MISSING_MS 300u	 /* with a mistake: frames that are missing by then are lost, ... */
#define MISSING_TIMES 4u /* ... or after this many times the longest wait without a mistake */
#define LINK_MS 40000u
#define PAGE 4096u
#define SITES 64u
#define LOST_MAX 3u /* after this many, do not wait for the rest */
/*
 * After the end of the ring, a missing update only delays frames until the next burst. DELAYS_ALONE
 * is the number of such calls, whose absence need not show.
 */
#define STARTS_AND_STOPS 64u /* more than all runs have */
#define DELAYS_ALONE 1u

/*
 * Mistakes are made on purpose. AddressSanitizer would end the program, so this setting leaves them
 * to the checker.
 */
const char *
__asan_default_options(void);

const char *
__asan_default_options(void)
{
	return "allow_user_poisoning=0";
}

struct test {
	struct rte_mempool *pool;
	uint64_t seed;
	uint64_t patience; /* maximum time in cycles in which a burst must arrive */
	uint64_t longest;  /* longest time of a burst that arrived */
	uint32_t sent, right, wrong;
};

static void
must(int rc, const char *what)
{
	if (rc < 0)
		rte_exit(EXIT_FAILURE, "checked: %s: %s\n", what, strerror(-rc));
}

/* Build frame number @id, the same at both ends. @return its length. */
static uint32_t
make_frame(const struct test *t, uint8_t *f, uint32_t id)
{
	uint64_t x = t->seed ^ ((uint64_t)id + 1) * 0x9e3779b97f4a7c15u;
	const uint32_t len = FRAME_MIN + (uint32_t)(x >> 33) % (FRAME_MAX - FRAME_MIN + 1);
	struct rte_ether_addr to;

	rte_eth_macaddr_get(RECEIVER, &to);
	frame_ether(f, len, &to, x);
	memcpy(f + FRAME_ETH_HDR, &id, sizeof(id));
	return len;
}

static void
compare(struct test *t, const struct rte_mbuf *m)
{
	uint8_t want[FRAME_MAX];
	uint32_t id, len;

	memcpy(&id, rte_pktmbuf_mtod_offset(m, const void *, sizeof(struct rte_ether_hdr)),
		sizeof(id));
	len = make_frame(t, want, id);
	if (id < t->sent && m->nb_segs == 1 && m->data_len == len &&
		memcmp(rte_pktmbuf_mtod(m, const void *), want, len) == 0)
		t->right++;
	else
		t->wrong++;
}

static uint64_t
cycles_of_ms(unsigned int ms)
{
	return rte_get_timer_hz() / MS_PER_S * ms;
}

/* Receive frames. @return true if @until frames arrive in time. */
static bool
receive_some(struct test *t, uint32_t until)
{
	const uint64_t begin = rte_get_timer_cycles();
	struct rte_mbuf *in[BURST];
	uint64_t took = 0;
	uint16_t n, i;

	while (t->right + t->wrong < until && took < t->patience) {
		n = rte_eth_rx_burst(RECEIVER, 0, in, BURST);
		for (i = 0; i < n; i++)
			compare(t, in[i]);
		rte_pktmbuf_free_bulk(in, n);
		took = rte_get_timer_cycles() - begin;
	}
	if (t->right + t->wrong < until)
		return false;
	t->longest = RTE_MAX(t->longest, took);
	return true;
}

static bool
in_one_page(const struct rte_mbuf *m)
{
	const uintptr_t from = (uintptr_t)m->buf_addr + m->data_off;

	return from / PAGE == (from + FRAME_MAX - 1) / PAGE;
}

/*
 * Allocate mbufs whose frame is within one page. The checker's copies consist of separate pages
 * like the memory, and QEMU's NIC drops a frame, without counting it, if it cannot map one of its
 * segments contiguously. @return true if there are enough.
 */
static bool
take_burst(struct rte_mempool *pool, struct rte_mbuf **out)
{
	struct rte_mbuf *aside[POOL], *m;
	unsigned int n = 0, k = 0;

	while (n < BURST && (m = rte_pktmbuf_alloc(pool)) != NULL) {
		if (in_one_page(m))
			out[n++] = m;
		else
			aside[k++] = m;
	}
	rte_pktmbuf_free_bulk(aside, k);
	if (n == BURST)
		return true;
	rte_pktmbuf_free_bulk(out, n);
	return false;
}

/*
 * Send @frames, each burst after the previous one has arrived. @return number of unchanged frames.
 */
static uint32_t
run(struct test *t, uint32_t frames)
{
	struct rte_mbuf *out[BURST];
	unsigned int i, lost = 0;
	uint16_t n;

	t->sent = t->right = t->wrong = 0;
	while (t->sent < frames && lost < LOST_MAX) {
		const uint32_t before = t->right + t->wrong;

		/* If rings are stuck, the pool may become empty. */
		if (!take_burst(t->pool, out))
			break;
		for (i = 0; i < BURST; i++) {
			uint8_t *f = rte_pktmbuf_mtod(out[i], uint8_t *);

			out[i]->data_len = (uint16_t)make_frame(t, f, t->sent + i);
			out[i]->pkt_len = out[i]->data_len;
		}
		n = rte_eth_tx_burst(SENDER, 0, out, BURST);
		rte_pktmbuf_free_bulk(&out[n], BURST - n);
		t->sent += BURST;
		lost += !receive_some(t, before + n) || n < BURST;
	}
	return t->right;
}

static void
start_port(struct test *t, uint16_t port)
{
	struct rte_eth_conf conf = {0};

	if (sl_pmd_check(port) == NULL)
		rte_exit(EXIT_FAILURE, "checked: port %u: not opened with coherency=checked\n",
			port);
	must(rte_eth_dev_configure(port, 1, 1, &conf), "configure");
	must(rte_eth_rx_queue_setup(port, 0, RING, 0, NULL, t->pool), "receive queue");
	must(rte_eth_tx_queue_setup(port, 0, RING, 0, NULL), "transmit queue");
	must(rte_eth_dev_start(port), "start");
}

static void
start_both(struct test *t)
{
	struct rte_eth_link link;
	unsigned int waited = 0;
	uint16_t port;

	for (port = 0; port < 2; port++)
		start_port(t, port);
	for (port = 0; port < 2; port++) {
		while (rte_eth_link_get_nowait(port, &link) == 0 && link.link_status == 0) {
			if (waited++ == LINK_MS)
				rte_exit(EXIT_FAILURE, "checked: port %u: no link\n", port);
			rte_delay_us_sleep(US_PER_S / MS_PER_S);
		}
	}
}

static void
stop_both(void)
{
	must(rte_eth_dev_stop(SENDER), "stop");
	must(rte_eth_dev_stop(RECEIVER), "stop");
}

static uint64_t
findings(void)
{
	struct sl_check_stats a, b;

	sl_check_stats(sl_pmd_check(SENDER), &a);
	sl_check_stats(sl_pmd_check(RECEIVER), &b);
	return a.found + b.found;
}

/* Reason why a sync call is not left out; NULL: it is. */
static const char *
why_not(const struct sl_check_site *s, uint16_t port)
{
	const bool update = strcmp(s->verb, "update") == 0;

	if (strstr(s->file, port == SENDER ? "sl_tx" : "sl_rx") == NULL)
		return "of no burst of this port";
	if (!update && strcmp(s->verb, "flush") != 0 && strcmp(s->verb, "prepare") != 0)
		return "an order alone, which the NIC does not tell of";
	if (update && s->calls <= STARTS_AND_STOPS)
		return "made so seldom it is a start's or a stop's, not a burst's";
	return NULL;
}

static void
release_chunk(
	struct rte_mempool *pool, void *sync, struct rte_mempool_memhdr *chunk, unsigned int idx)
{
	(void)pool;
	(void)idx;
	sl_release((const struct sl_sync *)sync, SL_COHERENCY_CHECKED, chunk->addr, chunk->len);
}

/* Clean up, so that old data in freed buffers causes no findings in the next run. */
static void
clean_up(struct test *t)
{
	uint16_t port;

	for (port = 0; port < 2; port++) {
		rte_mempool_mem_iter(t->pool, release_chunk,
			(void *)(uintptr_t)sl_adapter_sync(sl_pmd_adapter(port)));
		sl_check_forget(sl_pmd_check(port));
	}
}

/* @return true if a run without the calls at @s showed the mistake. */
static bool
without(struct test *t, const struct sl_check_site *s, uint16_t port)
{
	struct sl_check *c = sl_pmd_check(port);
	struct sl_check_finding f;
	uint32_t right;
	uint64_t found;

	must(sl_check_plant(c, SL_CHECK_BUG_DROP, s->file, s->line), "plant");
	start_both(t);
	right = run(t, FRAMES);
	stop_both();
	found = findings();
	printf("without %-8s %s:%d: %" PRIu64 " findings, %u right and %u wrong of %u frames",
		s->verb, s->file, s->line, found, right, t->wrong, FRAMES);
	if (sl_check_findings(c, &f, 1) != 0)
		printf("; first: %s (%s) in %s", sl_check_class_name(f.kind), f.rule, f.memory);
	printf("\n");
	must(sl_check_plant(c, SL_CHECK_BUG_NONE, s->file, s->line), "plant");
	clean_up(t);
	return found != 0 || right != FRAMES;
}

/* Leave out each call of a port in turn. @return number of calls whose absence did not show. */
static unsigned int
without_each(struct test *t, uint16_t port, unsigned int *tried)
{
	struct sl_check_site site[SITES];
	unsigned int i, n = sl_check_sites(sl_pmd_check(port), site, SITES), unseen = 0;

	if (n > SITES)
		rte_exit(EXIT_FAILURE, "checked: %u places of sync calls; room for %u\n", n, SITES);

	for (i = 0; i < n; i++) {
		const char *why = why_not(&site[i], port);

		if (why != NULL) {
			printf("with    %-8s %s:%d, port %u, %" PRIu64 " calls: %s\n", site[i].verb,
				site[i].file, site[i].line, port, (uint64_t)site[i].calls, why);
			continue;
		}
		++*tried;
		unseen += !without(t, &site[i], port);
	}
	return unseen;
}

int
main(int argc, char **argv)
{
	struct test t = {.seed = rng_seed(0)};
	unsigned int tried = 0, unseen;
	uint32_t right;
	uint64_t found;
	bool ok;

	if (rte_eal_init(argc, argv) < 0)
		return EXIT_FAILURE;
	if (rte_eth_dev_count_avail() != 2)
		rte_exit(EXIT_FAILURE, "checked: %u ports; two are wanted\n",
			rte_eth_dev_count_avail());
	t.pool = rte_pktmbuf_pool_create(
		"checked", POOL, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	if (t.pool == NULL)
		rte_exit(EXIT_FAILURE, "checked: no memory for mbufs\n");
	t.patience = cycles_of_ms(ARRIVE_MS);
	start_both(&t);
	right = run(&t, FRAMES);
	stop_both();
	found = findings();
	ok = right == FRAMES && found == 0;
	printf("as it is: %" PRIu64
	       " findings, %u right and %u wrong of %u frames; a burst took up to %" PRIu64 " us\n",
		found, right, t.wrong, FRAMES, t.longest * US_PER_S / rte_get_timer_hz());
	t.patience = RTE_MAX(cycles_of_ms(MISSING_MS), MISSING_TIMES * t.longest);
	unseen = without_each(&t, SENDER, &tried) + without_each(&t, RECEIVER, &tried);
	rte_eth_dev_close(SENDER);
	rte_eth_dev_close(RECEIVER);
	if (rte_mempool_in_use_count(t.pool) != 0) {
		printf("%u mbufs were lost\n", rte_mempool_in_use_count(t.pool));
		ok = false;
	}
	ok = ok && unseen <= DELAYS_ALONE && tried > DELAYS_ALONE;
	printf("%s: %u sync calls left out one at a time, %u of them not noticed\n",
		ok ? "passed" : "failed", tried, unseen);
	rte_mempool_free(t.pool);
	rte_eal_cleanup();
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
