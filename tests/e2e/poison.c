/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * In builds with AddressSanitizer: an application that keeps a frame's data after
 * it gave the mbuf away is told so, at the very load, once the NIC owns the
 * buffer. One that keeps to the rules is not, whatever it does to its frames.
 */
#include <unistd.h>

#include "harness.h"

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif

#define FRAMES 2000u

/* Frames come and are given back, so that every buffer of the pool is posted once more. */
static void
lap(struct h_port *p, unsigned int frames)
{
	struct rte_mbuf *m;
	uint8_t f[64];
	unsigned int i;

	for (i = 0; i < frames; i++) {
		h_ether(f, sizeof(f), &p->mac, i);
		h_give(p, f, sizeof(f));
		m = h_recv_one(p, 0);
		rte_pktmbuf_free(m);
	}
}

__attribute__((noinline)) static void
looks_at_what_it_gave_back(const volatile uint8_t *data)
{
	(void)*data;
}

static void
child(struct h_port *p)
{
	const uint8_t *data;
	struct rte_mbuf *m;
	uint8_t f[64];

	h_ether(f, sizeof(f), &p->mac, 1);
	h_give(p, f, sizeof(f));
	m = h_recv_one(p, 0);
	data = rte_pktmbuf_mtod(m, const uint8_t *);
	rte_pktmbuf_free(m);
	lap(p, 200);
	looks_at_what_it_gave_back(data);
}

/* The child is this program once more: shared memory does not outlive a fork. */
static void
kept_too_long(void **state)
{
	static char said[65536];
	char self[256] = "", command[320];
	struct h_port *p = *state;
	ssize_t len;
	size_t n;
	FILE *out;

#ifndef WITH_ASAN
	skip();
#endif
	/* As many buffers as descriptors: each is the NIC's when it is not the application's. */
	h_start(p, &(struct h_cfg){.pool_size = 127});
	if (getenv("SL_POISON_CHILD") != NULL) {
		child(p);
		return;
	}
	len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	assert_in_range(len, 1, sizeof(self) - 2);
	snprintf(command, sizeof(command), "SL_POISON_CHILD=1 '%s' kept_too_long 2>&1", self);
	out = popen(command, "r");
	assert_non_null(out);
	n = fread(said, 1, sizeof(said) - 1, out);
	said[n] = '\0';
	assert_int_not_equal(pclose(out), 0);
	if (strstr(said, "AddressSanitizer: use-after-poison") == NULL ||
		strstr(said, "in looks_at_what_it_gave_back") == NULL ||
		strstr(said, "poison.c") == NULL)
		fail_msg("the application is not named: %s", said);
}

/* Received, read, changed, sent, read while it is sent, sent twice, freed. */
static void
by_the_rules(void **state)
{
	struct h_rng r = h_rng(0xa5a);
	uint8_t f[H_FRAME_CAP], got[H_FRAME_CAP];
	struct h_port *p = *state;
	unsigned int i, sum = 0;
	struct rte_mbuf *m;
	uint32_t len;

	h_start(p, NULL);
	for (i = 0; i < FRAMES; i++) {
		len = h_range(&r, 60, 1500);
		h_ether(f, len, &p->mac, i);
		h_give(p, f, len);
		m = h_recv_one(p, 0);
		h_same(m, f, len);
		f[len - 1] ^= 0xff;
		*rte_pktmbuf_mtod_offset(m, uint8_t *, len - 1) ^= 0xff;
		/* Ours, too: the driver lets go of one reference for each frame sent. */
		rte_mbuf_refcnt_update(m, 2);
		assert_int_equal(rte_eth_tx_burst(p->id, 0, &m, 1), 1);
		sum += *rte_pktmbuf_mtod(m, uint8_t *);
		h_step(p);
		assert_int_equal(rte_eth_tx_burst(p->id, 0, &m, 1), 1);
		h_step(p);
		h_same(m, f, len);
		rte_pktmbuf_free(m);
		assert_int_equal(h_take(p, got), len);
		assert_memory_equal(got, f, len);
		assert_int_equal(h_take(p, got), len);
	}
	assert_true(sum != 0);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		h_test(kept_too_long),
		h_test(by_the_rules),
	};

	return h_main(argc, argv, tests);
}
