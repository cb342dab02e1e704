/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Generator and sink on real ports: an lcore copies frames of a gen wire into mbufs and sends them,
 * and passes received frames to the wire, which counts them.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_launch.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>

#include <sl_wire.h>

#include "say.h"
#include "tester.h"

#define TESTER_BURST 32u
#define TESTER_CACHE 128u
/** Mbufs for two rings of 512 on each port, and for frames in flight. */
#define TESTER_MBUFS 4095u
#define TESTER_DATA 2048u

struct tester {
	struct tester_params p;
	struct rte_mempool *pool;
	struct sl_wire *wire;
	bool stop;	/* set by the main lcore, atomically */
	uint64_t turns; /* written only by the lcore, atomically */
	uint16_t held;	/* frames that the transmit ring has not accepted yet */
	struct rte_mbuf *pkts[TESTER_BURST];
	uint8_t *long_frame; /* buffer in which a frame of several segments is assembled */
};

struct rte_mempool *
tester_pool(const struct point *p)
{
	const uint16_t data = (uint16_t)RTE_MAX(point_size_max(p), TESTER_DATA);
	struct rte_mempool *pool = rte_pktmbuf_pool_create("tester", TESTER_MBUFS, TESTER_CACHE, 0,
		data + RTE_PKTMBUF_HEADROOM, SOCKET_ID_ANY);

	if (pool == NULL)
		say_error(-rte_errno,
			"no memory for the tester's %u mbufs (%s); give more with"
			" --memory",
			TESTER_MBUFS, rte_strerror(rte_errno));
	return pool;
}

/* Copy the frames that are due into mbufs: a frame is valid only until the wire's next call. */
static void
take_due(struct tester *t)
{
	struct sl_frame frames[TESTER_BURST];
	const unsigned int n = t->wire->ops->poll(t->wire, frames, TESTER_BURST, TESTER_BURST);

	for (unsigned int i = 0; i < n; i++) {
		struct rte_mbuf *m = rte_pktmbuf_alloc(t->pool);
		char *data = m != NULL ? rte_pktmbuf_append(m, (uint16_t)frames[i].len) : NULL;

		/* The frame was offered but cannot be sent: the sink will count it as lost. */
		if (data == NULL) {
			rte_pktmbuf_free(m);
			continue;
		}
		memcpy(data, frames[i].data, frames[i].len);
		t->pkts[t->held++] = m;
	}
}

static void
generate(struct tester *t)
{
	uint16_t sent;

	if (t->held == 0)
		take_due(t);
	if (t->held == 0)
		return;
	sent = rte_eth_tx_burst(t->p.from, 0, t->pkts, t->held);
	t->held -= sent;
	memmove(t->pkts, t->pkts + sent, t->held * sizeof(t->pkts[0]));
}

static void
sink(struct tester *t)
{
	struct rte_mbuf *pkts[TESTER_BURST];
	struct sl_frame frames[TESTER_BURST];
	const uint16_t n = rte_eth_rx_burst(t->p.to, 0, pkts, TESTER_BURST);
	uint16_t n_frames = 0;

	for (uint16_t i = 0; i < n; i++) {
		const uint32_t len = rte_pktmbuf_pkt_len(pkts[i]);
		const void *data = rte_pktmbuf_read(pkts[i], 0, len, t->long_frame);
		const struct sl_frame frame = {.data = data, .len = len};

		/* Pass the assembled frame to the sink before the next one overwrites it. */
		if (data == t->long_frame)
			t->wire->ops->send(t->wire, &frame, 1);
		else
			frames[n_frames++] = frame;
	}
	if (n_frames != 0)
		t->wire->ops->send(t->wire, frames, n_frames);
	rte_pktmbuf_free_bulk(pkts, n);
}

/* Drop frames that arrive at the transmit-only port, so that its ring does not fill. */
static void
discard(const struct tester *t)
{
	struct rte_mbuf *pkts[TESTER_BURST];

	rte_pktmbuf_free_bulk(pkts, rte_eth_rx_burst(t->p.from, 0, pkts, TESTER_BURST));
}

static int
tester_run(void *arg)
{
	struct tester *t = arg;

	while (!__atomic_load_n(&t->stop, __ATOMIC_RELAXED)) {
		sink(t);
		if (t->p.from != t->p.to)
			discard(t);
		generate(t);
		__atomic_store_n(&t->turns, t->turns + 1, __ATOMIC_RELAXED);
	}
	rte_pktmbuf_free_bulk(t->pkts, t->held);
	t->held = 0;
	return 0;
}

int
tester_open(const struct tester_params *params, struct rte_mempool *pool, struct tester **out)
{
	struct tester *t = rte_zmalloc("tester", sizeof(*t), RTE_CACHE_LINE_SIZE);
	char text[96], why[256] = "";
	int rc = t != NULL ? 0 : -ENOMEM;

	snprintf(text, sizeof(text), "gen:autostart=0,size=%s,flows=%u", params->point->size,
		params->point->flows);
	if (rc == 0) {
		t->p = *params;
		t->pool = pool;
		t->long_frame = malloc(UINT16_MAX);
		rc = t->long_frame != NULL ? 0 : -ENOMEM;
	}
	if (rc == 0)
		rc = sl_wire_open(text, NULL, &t->wire, why, sizeof(why));
	if (rc == 0)
		rc = rte_eal_remote_launch(tester_run, t, params->lcore);
	if (rc != 0) {
		say_error(rc, "the tester does not start (%s)",
			why[0] != '\0' ? why : rte_strerror(-rc));
		if (t != NULL && t->wire != NULL)
			sl_wire_close(t->wire);
		if (t != NULL)
			free(t->long_frame);
		rte_free(t);
		return rc;
	}
	*out = t;
	return 0;
}

void
tester_close(struct tester *t)
{
	if (t == NULL)
		return;
	__atomic_store_n(&t->stop, true, __ATOMIC_RELAXED);
	rte_eal_wait_lcore(t->p.lcore);
	sl_wire_close(t->wire);
	free(t->long_frame);
	rte_free(t);
}

int
tester_control(struct tester *t, const char *word)
{
	return t->wire->ops->control(t->wire, word);
}

json_t *
tester_report(const struct tester *t)
{
	char *text = NULL;
	size_t len = 0;
	json_t *report = NULL;
	FILE *f = open_memstream(&text, &len);

	if (f == NULL)
		return NULL;
	t->wire->ops->report(t->wire, f);
	if (fclose(f) == 0)
		report = json_loads(text, 0, NULL);
	free(text);
	return report;
}

uint64_t
tester_turns(const struct tester *t)
{
	return __atomic_load_n(&t->turns, __ATOMIC_RELAXED);
}
