/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * In builds with AddressSanitizer, a use of a frame's data after its mbuf was freed is reported at
 * that load, once the NIC owns the buffer. An application that follows the rules gets no report.
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

/* Receive frames and free them, until each buffer of the pool was posted again. */
static void
lap(struct h_port *p, unsigned int frames)
{
	struct rte_mbuf *m;
	uint8_t f[64];
	unsigned int i;

	for (i = 0; i < frames; i++) {
		frame_ether(f, sizeof(f), &p->mac, i);
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

	frame_ether(f, sizeof(f), &p->mac, 1);
	h_give(p, f, sizeof(f));
	m = h_recv_one(p, 0);
	data = rte_pktmbuf_mtod(m, const uint8_t *);
	rte_pktmbuf_free(m);
	lap(p, 200);
	looks_at_what_it_gave_back(data);
}

/* The child is a new process of this program, because shared memory is not kept over a fork. */
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
	h_skip("the program is built without AddressSanitizer");
#endif
	/* The ring holds all buffers: the NIC owns each one that the application does not. */
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

/* Frames are received, read, changed, sent, read while they are sent, sent twice, freed. */
static void
by_the_rules(void **state)
{
	uint64_t r = h_rng(0xa5a);
	uint8_t f[H_FRAME_CAP], got[H_FRAME_CAP];
	struct h_port *p = *state;
	unsigned int i, sum = 0;
	struct rte_mbuf *m;
	uint32_t len;

	h_start(p, NULL);
	for (i = 0; i < FRAMES; i++) {
		len = rng_range(&r, 60, 1500);
		frame_ether(f, len, &p->mac, i);
		h_give(p, f, len);
		m = h_recv_one(p, 0);
		h_same(m, f, len);
		f[len - 1] ^= 0xff;
		*rte_pktmbuf_mtod_offset(m, uint8_t *, len - 1) ^= 0xff;
		/* Keep a reference: the driver releases one for each frame sent. */
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
