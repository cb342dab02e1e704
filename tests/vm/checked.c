/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The checker on a NIC that tells nobody what it reads and writes: behind vfio
 * the IOMMU maps the checker's copies. Port 0 sends, port 1 receives, every byte
 * is compared. First as the driver is: nothing may be found. Then the sync calls
 * of the bursts are left out one at a time, and each must show: as a finding,
 * which names the place, or as frames that are wrong or do not come.
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

#include "rng.h"
#include "sl_check.h"
#include "sl_pmd.h"

#define SENDER 0
#define RECEIVER 1
#define RING 64u
#define POOL 1023u
#define BURST 8u
#define FRAMES 512u /* many laps of the rings */
#define FRAME_MIN 60u
#define FRAME_MAX 1500u
#define HEADER 18u	 /* addresses, type, number of the frame */
#define ARRIVE_MS 20000u /* as the driver is: more than any machine takes */
#define MISSING_MS 300u	 /* with a mistake: what is not there by then does not come, ... */
#define MISSING_TIMES \
	4u /* ... or by so many times the longest wait for a burst of the driver as it is */
#define LINK_MS 40000u
#define PAGE 4096u
#define SITES 64u
#define LOST_MAX 3u /* after so many the rest need not be waited for */
/* Behind the ring's end an update left out delays frames until the next burst, and no more. */
#define STARTS_AND_STOPS 64u /* more of them than all runs have */
#define DELAYS_ALONE 1u

/* Mistakes are made on purpose: what AddressSanitizer would end is left to the checker. */
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
	uint64_t patience; /* cycles: how long a burst may take to arrive */
	uint64_t longest;  /* that one took which arrived */
	uint32_t sent, right, wrong;
};

static void
must(int rc, const char *what)
{
	if (rc < 0)
		rte_exit(EXIT_FAILURE, "checked: %s: %s\n", what, strerror(-rc));
}

/* Frame number @id, the same at both ends. @return its length. */
static uint32_t
make_frame(const struct test *t, uint8_t *f, uint32_t id)
{
	uint64_t x = t->seed ^ ((uint64_t)id + 1) * 0x9e3779b97f4a7c15u;
	uint32_t len = FRAME_MIN + (uint32_t)(x >> 33) % (FRAME_MAX - FRAME_MIN + 1), i;
	struct rte_ether_hdr *eth = (struct rte_ether_hdr *)f;

	rte_eth_macaddr_get(RECEIVER, &eth->dst_addr);
	rte_eth_macaddr_get(SENDER, &eth->src_addr);
	eth->ether_type = rte_cpu_to_be_16(0x88b5);
	memcpy(f + sizeof(*eth), &id, sizeof(id));
	for (i = HEADER; i < len; i++)
		f[i] = (uint8_t)rng_next(&x);
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

/* Take in what comes. @return whether @until frames are there in time. */
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
 * Mbufs whose frame lies in one page. The checker's copies are in pages as the
 * memory is, anywhere each, and QEMU's NIC drops a frame to be sent of which it
 * cannot map a segment in one piece, uncounted. @return whether there are enough.
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

/* Send @frames, each burst when the one before has come. @return frames that came as they went. */
static uint32_t
run(struct test *t, uint32_t frames)
{
	struct rte_mbuf *out[BURST];
	unsigned int i, lost = 0;
	uint16_t n;

	t->sent = t->right = t->wrong = 0;
	while (t->sent < frames && lost < LOST_MAX) {
		const uint32_t before = t->right + t->wrong;

		/* With rings that stand still even the pool may run out. */
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

/* Why a sync call is not left out here; NULL: it is. */
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

/* What a mistake left behind, in buffers that went back to the pool, is not the next one's. */
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

/* @return whether a run without the calls at @s showed it. */
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

/* Every wanted call of a port. @return how many did not show. */
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
	const char *seed_text = getenv("SL_SEED");
	struct test t = {.seed = seed_text != NULL ? strtoull(seed_text, NULL, 0) : rte_rdtsc()};
	unsigned int tried = 0, unseen;
	uint32_t right;
	uint64_t found;
	bool ok;

	if (rte_eal_init(argc, argv) < 0)
		return EXIT_FAILURE;
	if (rte_eth_dev_count_avail() != 2)
		rte_exit(EXIT_FAILURE, "checked: %u ports; two are wanted\n",
			rte_eth_dev_count_avail());
	printf("SL_SEED=%" PRIu64 "\n", t.seed);
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
