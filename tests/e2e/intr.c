/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
/*
 * Interrupts: receive queues that wake a sleeping application, together with link changes, on a
 * device with several vectors and on one with a single vector for all causes.
 */
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <rte_bus_vdev.h>
#include <rte_cycles.h>
#include <rte_dev.h>
#include <rte_interrupts.h>

#include "harness.h"
#include "holds.h"
#include "sl_fields.h"
#include "sl_regs.h"
#include "sl_regs_82599.h"

#define WAKE_MS 10000 /* longer than any wake-up takes, also on a busy machine */
#define LATE_MAX 20u
#define QUIET_MS 20 /* a wake-up that has not arrived by then will not arrive */
#define MAX_QUEUES 16u

static const char *const kinds[] = {"intr=msix", "intr=msi"};

/* --- waiting --- */

static uint32_t
reg(struct h_port *p, enum sl_reg r, unsigned int i)
{
	return sl_softnic_reg_read(p->nic, sl_reg_table[r].offset + i * sl_reg_table[r].stride);
}

static void
start(struct h_port *p, uint16_t queues, bool lsc)
{
	uint16_t q;

	h_start(p,
		&(struct h_cfg){.nb_rxq = queues,
			.rx_intr = true,
			.lsc = lsc,
			.rss_hf = queues > 1 ? RTE_ETH_RSS_NONFRAG_IPV4_UDP : 0});
	for (q = 0; q < queues; q++)
		assert_int_equal(rte_eth_dev_rx_intr_ctl_q(p->id, q, RTE_EPOLL_PER_THREAD,
					 RTE_INTR_EVENT_ADD, (void *)(uintptr_t)q),
			0);
}

static void
forget(struct h_port *p)
{
	uint16_t q;

	for (q = 0; q < p->cfg.nb_rxq; q++)
		assert_int_equal(rte_eth_dev_rx_intr_ctl_q(
					 p->id, q, RTE_EPOLL_PER_THREAD, RTE_INTR_EVENT_DEL, NULL),
			0);
}

static void
enable_all(struct h_port *p)
{
	uint16_t q;

	for (q = 0; q < p->cfg.nb_rxq; q++)
		assert_int_equal(rte_eth_dev_rx_intr_enable(p->id, q), 0);
}

static void
disable_all(struct h_port *p)
{
	uint16_t q;

	for (q = 0; q < p->cfg.nb_rxq; q++)
		assert_int_equal(rte_eth_dev_rx_intr_disable(p->id, q), 0);
}

/* Sleep until queues wake the thread. @return these queues, one bit each. */
static uint32_t
sleep_on(int ms)
{
	struct rte_epoll_event ev[MAX_QUEUES];
	uint32_t woke = 0;
	int i, n;

	n = rte_epoll_wait(RTE_EPOLL_PER_THREAD, ev, RTE_DIM(ev), ms);
	assert_true(n >= 0);
	for (i = 0; i < n; i++)
		woke |= RTE_BIT32((uintptr_t)ev[i].epdata.data);
	return woke;
}

/* Wait until each queue in the mask has woken the thread. */
static void
await_wake(uint32_t queues)
{
	uint32_t woke = 0;

	while ((woke & queues) != queues) {
		uint32_t more = sleep_on(WAKE_MS);

		if (more == 0)
			fail_msg("queues %#x do not wake us in %u ms, only %#x", queues, WAKE_MS,
				woke);
		woke |= more;
	}
}

/* One vector for all queues, through EAL's thread: a wake-up may be late, and for all queues. */
static bool
one_vector(const char *kind)
{
	return strcmp(kind, "intr=msi") == 0;
}

static void
assert_quiet(const char *kind, int ms)
{
	unsigned int late;

	/*
	 * EAL's thread may forward old interrupts late, so wait for a quiet period first. It
	 * creates none by itself.
	 */
	for (late = 0; one_vector(kind) && late < LATE_MAX; late++)
		if (sleep_on(QUIET_MS) == 0 && sleep_on(ms) == 0)
			return;
	assert_int_equal(sleep_on(ms), 0);
}

/* Give one frame of a random flow. */
static void
give(struct h_port *p, uint64_t *r)
{
	const struct h_flow flow = {.src = (uint32_t)rng_next(r),
		.dst = (uint32_t)rng_next(r),
		.sport = (uint16_t)rng_next(r),
		.dport = (uint16_t)rng_next(r),
		.proto = IPPROTO_UDP};
	uint8_t f[100];

	h_ip(f, sizeof(f), &p->mac, &flow, rng_next(r));
	h_give(p, f, sizeof(f));
}

/* Receive all frames. @return the queues that had some, one bit each. */
static uint32_t
take_all(struct h_port *p, unsigned int *frames)
{
	struct rte_mbuf *m[H_MAX_BURST];
	uint32_t had = 0;
	uint16_t q, n, i;

	*frames = 0;
	for (q = 0; q < p->cfg.nb_rxq; q++) {
		while ((n = rte_eth_rx_burst(p->id, q, m, RTE_DIM(m))) != 0) {
			had |= RTE_BIT32(q);
			*frames += n;
			for (i = 0; i < n; i++)
				rte_pktmbuf_free(m[i]);
		}
	}
	return had;
}

/* --- receive interrupts --- */

static void
wakes_on(const char *kind, uint16_t queues)
{
	uint64_t r = h_rng(queues);
	unsigned int i, frames;
	struct h_port p;
	uint32_t woke, had, seen = 0;

	h_open(&p, kind);
	queues = h_queues(&p, queues);
	start(&p, queues, false);
	for (i = 0; i < 200; i++) {
		enable_all(&p);
		if (i < 3 || !one_vector(kind))
			assert_quiet(kind, i < 3 ? QUIET_MS : 0);
		give(&p, &r);
		h_step(&p);
		woke = sleep_on(WAKE_MS);
		had = take_all(&p, &frames);
		assert_int_equal(frames, 1);
		seen |= had;
		if (!one_vector(kind))
			assert_int_equal(woke, had);
		else if ((woke & had) != had)
			await_wake(had);
		disable_all(&p);
	}
	assert_int_equal(seen, (1u << queues) - 1);
	h_close(&p);
}

static void
wakes(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(kinds); i++) {
		wakes_on(kinds[i], 1);
		wakes_on(kinds[i], 4);
		wakes_on(kinds[i], MAX_QUEUES);
	}
}

/* A frame arrives before enable, with or without an interrupt before. */
static void
frame_before_enable(void **state)
{
	uint64_t r = h_rng(1);
	struct h_port p;
	unsigned int i, frames;

	(void)state;
	for (i = 0; i < RTE_DIM(kinds); i++) {
		h_open(&p, kinds[i]);
		start(&p, 1, false);
		give(&p, &r);
		h_step(&p);
		enable_all(&p);
		await_wake(1);
		disable_all(&p);
		/* The frame was not received. */
		enable_all(&p);
		await_wake(1);
		disable_all(&p);
		take_all(&p, &frames);
		assert_int_equal(frames, 1);
		/* The frame is received, so its interrupt must not wake the thread. */
		enable_all(&p);
		assert_quiet(kinds[i], QUIET_MS);
		/* Without a disable in between, the next frame wakes the thread too. */
		give(&p, &r);
		h_step(&p);
		await_wake(1);
		take_all(&p, &frames);
		give(&p, &r);
		h_step(&p);
		await_wake(1);
		take_all(&p, &frames);
		assert_int_equal(frames, 1);
		h_close(&p);
	}
}

/* Frames that were polled cause no wake-up later, whatever interrupt state they left. */
static void
frame_polled(void **state)
{
	struct h_port *p = *state;
	uint64_t r = h_rng(6);
	unsigned int i, frames;

	start(p, 1, false);
	for (i = 0; i < 8; i++) {
		/* The interrupt arrives while the thread does not sleep, or it is masked. */
		if ((i & 1) != 0)
			enable_all(p);
		give(p, &r);
		h_step(p);
		if ((i & 2) != 0)
			disable_all(p);
		take_all(p, &frames);
		assert_int_equal(frames, 1);
		enable_all(p);
		assert_int_equal(sleep_on(QUIET_MS), 0);
		disable_all(p);
	}
	/* An interrupt from before the stop does not wake the restarted port. */
	enable_all(p);
	give(p, &r);
	h_step(p);
	h_stop(p);
	start(p, 1, false);
	assert_int_equal(sleep_on(QUIET_MS), 0);
}

static void
disable_stops(void **state)
{
	uint64_t r = h_rng(2);
	struct h_port p;
	unsigned int i, k, frames;
	uint16_t q, queues;
	uint32_t woke;

	(void)state;
	for (k = 0; k < RTE_DIM(kinds); k++) {
		h_open(&p, kinds[k]);
		queues = h_queues(&p, 4);
		start(&p, queues, false);
		/* No interrupt is enabled after a start. */
		for (i = 0; i < 64; i++)
			give(&p, &r);
		h_step(&p);
		assert_int_equal(sleep_on(QUIET_MS), 0);
		assert_int_equal(take_all(&p, &frames), RTE_BIT32(queues) - 1);
		for (q = 0; q < queues; q++) {
			enable_all(&p);
			assert_int_equal(rte_eth_dev_rx_intr_disable(p.id, q), 0);
			for (i = 0; i < 64; i++)
				give(&p, &r);
			h_step(&p);
			await_wake((RTE_BIT32(queues) - 1) & ~RTE_BIT32(q));
			assert_int_equal(sleep_on(QUIET_MS) & RTE_BIT32(q), 0);
			disable_all(&p);
			take_all(&p, &frames);
			give(&p, &r);
			h_step(&p);
			assert_int_equal(sleep_on(QUIET_MS), 0);
			take_all(&p, &frames);
		}
		/* Interrupts that were enabled before a stop are disabled afterwards. */
		enable_all(&p);
		h_stop(&p);
		start(&p, queues, false);
		assert_int_equal(rte_eth_dev_rx_intr_enable(p.id, 0), 0);
		for (i = 0; i < 64; i++)
			give(&p, &r);
		h_step(&p);
		woke = sleep_on(WAKE_MS);
		assert_int_equal(woke | sleep_on(QUIET_MS), 1);
		h_close(&p);
	}
}

/* --- no wake-up is lost --- */

struct feeder {
	struct h_port *p;
	uint64_t rng;
	unsigned int frames;
	unsigned int given, taken; /* atomic */
};

/* Give frames at random times, one after the other. Each must wake the thread or be polled. */
static void *
feed(void *arg)
{
	struct feeder *f = arg;
	unsigned int i, spin;

	for (i = 0; i < f->frames; i++) {
		while (__atomic_load_n(&f->taken, __ATOMIC_ACQUIRE) != i)
			sched_yield();
		for (spin = rng_range(&f->rng, 0, 3000); spin > 0; spin--)
			__asm__ volatile("");
		give(f->p, &f->rng);
		sl_pmd_step(f->p->id, H_MAX_BURST);
		__atomic_store_n(&f->given, i + 1, __ATOMIC_RELEASE);
	}
	return NULL;
}

static void
no_wake_up_lost_on(const char *kind, uint16_t queues)
{
	struct feeder f = {.rng = h_rng(queues + 100), .frames = (unsigned int)h_frames(5000)};
	unsigned int frames, taken = 0, slept = 0;
	uint64_t r = h_rng(queues);
	struct h_port p;
	pthread_t thread;

	h_open(&p, kind);
	queues = h_queues(&p, queues);
	start(&p, queues, false);
	f.p = &p;
	assert_int_equal(pthread_create(&thread, NULL, feed, &f), 0);
	while (taken < f.frames) {
		enable_all(&p);
		if (sleep_on(WAKE_MS) == 0)
			fail_msg("%s: asleep with %u frames given, %u taken", kind, f.given, taken);
		slept++;
		if (rng_range(&r, 0, 1) == 0)
			disable_all(&p);
		/* Empty polls. The next frame may arrive between such a poll and enable. */
		do {
			take_all(&p, &frames);
			taken += frames;
			__atomic_store_n(&f.taken, taken, __ATOMIC_RELEASE);
		} while (frames != 0 || rng_range(&r, 0, 3) == 0);
	}
	pthread_join(thread, NULL);
	assert_true(slept > 0);
	h_close(&p);
}

static void
no_wake_up_lost(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(kinds); i++) {
		no_wake_up_lost_on(kinds[i], 1);
		no_wake_up_lost_on(kinds[i], 4);
	}
}

/* --- set-up and tear-down --- */

static void
reconfigured(void **state)
{
	uint64_t r = h_rng(3);
	unsigned int i, k, frames, before;
	struct h_port p;
	uint32_t had;

	(void)state;
	/*
	 * Not counting epoll sets, because EAL's interrupt thread may reopen its own at any time.
	 */
	before = holds_files("[eventpoll]");
	for (k = 0; k < RTE_DIM(kinds); k++) {
		h_open(&p, kinds[k]);
		for (i = 0; i < 12; i++) {
			start(&p, (uint16_t)rng_range(&r, 1, h_queues(&p, MAX_QUEUES)),
				rng_range(&r, 0, 1));
			enable_all(&p);
			assert_int_equal(sleep_on(0), 0);
			give(&p, &r);
			h_step(&p);
			had = take_all(&p, &frames);
			assert_int_equal(frames, 1);
			await_wake(had);
			/* Frames, interrupts and epoll sets are left pending, or not. */
			if (rng_range(&r, 0, 1) == 0)
				give(&p, &r);
			h_step(&p);
			if (rng_range(&r, 0, 1) == 0)
				forget(&p);
			h_stop(&p);
			assert_int_equal(sleep_on(0), 0);
			assert_true(rte_eth_dev_rx_intr_enable(p.id, 0) < 0);
		}
		/* The same port without interrupts. */
		h_start(&p, NULL);
		h_alive(&p);
		assert_int_equal(rte_eth_dev_rx_intr_enable(p.id, 0), -ENOTSUP);
		assert_int_equal(rte_eth_dev_rx_intr_disable(p.id, 0), -ENOTSUP);
		h_close(&p);
	}
	assert_int_equal(holds_files("[eventpoll]"), before);
}

static void
close_with_pending(void **state)
{
	uint64_t r = h_rng(4);
	struct h_port p;
	unsigned int i, k;

	(void)state;
	for (k = 0; k < RTE_DIM(kinds); k++) {
		for (i = 0; i < 20; i++) {
			h_open(&p, kinds[k]);
			start(&p, h_queues(&p, 4), true);
			enable_all(&p);
			give(&p, &r);
			h_fault(&p, SL_FAULT_LINK_DOWN, 0, i & 1);
			h_step(&p);
			if ((i & 2) != 0)
				h_fault(&p, SL_FAULT_REMOVED, 0, 1);
			h_close(&p);
		}
	}
}

/* Bytes of IVAR for a queue. On an 82576 the register also serves queue q + 8, else queue q ^ 1. */
static uint32_t
ivar(struct h_port *p, uint16_t q, uint32_t low, uint32_t high)
{
	const bool pairs = sl_softnic_device(p->nic)->queues <= 8;
	const uint32_t word = reg(p, SL_IVAR, pairs ? q / 2u : q % 8u);

	return SL_GET((pairs ? q % 2 != 0 : q >= 8) ? high : low, word);
}

static void
igb_registers(struct h_port *p)
{
	const uint16_t all = h_queues(p, MAX_QUEUES), queues = all < 10 ? all - 1 : 10;
	const uint32_t interval = SL_PREP(SL_EITR_INTERVAL, 50);
	uint16_t q;
	uint32_t entry, mask = 1;

	start(p, queues, true);
	assert_int_equal(reg(p, SL_GPIE, 0), SL_GPIE_MULTIPLE_MSIX | SL_GPIE_PBA | SL_GPIE_NSICR);
	for (q = 0; q < all; q++) {
		entry = ivar(p, q, SL_IVAR_RX_LOW, SL_IVAR_RX_HIGH);
		assert_int_equal(entry, q < queues ? SL_IVAR_ENTRY_VALID | (q + 1u) : 0);
		assert_int_equal(ivar(p, q, SL_IVAR_TX_LOW, SL_IVAR_TX_HIGH), 0);
		assert_int_equal(
			reg(p, SL_EITR, q + 1u) & SL_EITR_INTERVAL, q < queues ? interval : 0);
		mask |= q < queues ? SL_BIT(q + 1) : 0;
	}
	assert_int_equal(SL_GET(SL_IVAR_MISC_OTHER, reg(p, SL_IVAR_MISC, 0)), SL_IVAR_ENTRY_VALID);
	assert_int_equal(reg(p, SL_EIAC, 0), mask);
	assert_int_equal(reg(p, SL_EIAM, 0), 0);
	assert_int_equal(reg(p, SL_EIMS, 0), 1);
	assert_int_equal(reg(p, SL_IMS, 0), SL_ICR_LSC);
	enable_all(p);
	assert_int_equal(reg(p, SL_EIMS, 0), mask);
	assert_int_equal(rte_eth_dev_rx_intr_disable(p->id, queues - 1), 0);
	assert_int_equal(reg(p, SL_EIMS, 0), mask & ~SL_BIT(queues));
	h_stop(p);
	assert_int_equal(reg(p, SL_EIMS, 0), 0);
	assert_int_equal(reg(p, SL_IMS, 0), 0);
	/* Only link interrupts: one vector, and GPIE as after a reset. */
	h_start(p, &(struct h_cfg){.lsc = true});
	assert_int_equal(reg(p, SL_GPIE, 0), 0);
	assert_int_equal(reg(p, SL_EITR, 0) & SL_EITR_INTERVAL, interval);
	assert_int_equal(reg(p, SL_IMS, 0), SL_ICR_LSC);
	h_stop(p);
	h_start(p, NULL);
	assert_int_equal(reg(p, SL_IMS, 0) | reg(p, SL_EIMS, 0), 0);
}

static uint32_t
ix_reg(struct h_port *p, const char *name, unsigned int i)
{
	return sl_softnic_reg_read(p->nic, h_off(p, name, i));
}

/* Registers of an 82599: four bytes of IVAR per two queues, and more vectors than EIMS has bits. */
static void
ix_registers(struct h_port *p)
{
	const uint16_t queues = 20;
	const uint32_t interval = SL_PREP(SL_82599_EITR_INTERVAL, 25);
	uint16_t q;

	start(p, queues, true);
	assert_int_equal(
		ix_reg(p, "GPIE", 0), SL_82599_GPIE_MSIX | SL_82599_GPIE_PBA | SL_82599_GPIE_OCD);
	for (q = 0; q < SL_82599_QUEUES; q++) {
		assert_int_equal(ix_reg(p, "IVAR", q / 2u) >> q % 2u * 16 & UINT16_MAX,
			q < queues ? SL_82599_IVAR_VALID | (q + 1u) : 0);
		assert_int_equal(ix_reg(p, "EITR", q + 1u), q < queues ? interval : 0);
	}
	assert_int_equal(ix_reg(p, "IVAR_MISC", 0), SL_82599_IVAR_VALID << 8);
	assert_int_equal(ix_reg(p, "EIAC", 0), SL_82599_EICR_RTXQ);
	assert_int_equal(ix_reg(p, "EIAM", 0), 0);
	assert_int_equal(ix_reg(p, "EIMS", 0), SL_82599_EICR_LSC);
	assert_int_equal(ix_reg(p, "EIMS_EX", 0), 0);
	enable_all(p);
	assert_int_equal(ix_reg(p, "EIMS_EX", 0), (SL_BIT(queues) - 1) << 1);
	assert_int_equal(rte_eth_dev_rx_intr_disable(p->id, queues - 1), 0);
	assert_int_equal(ix_reg(p, "EIMS_EX", 0), (SL_BIT(queues - 1) - 1) << 1);
	h_stop(p);
	assert_int_equal(ix_reg(p, "EIMS", 0) | ix_reg(p, "EIMS_EX", 0), 0);
	/* Only link interrupts: one vector, and GPIE as after a reset. */
	h_start(p, &(struct h_cfg){.lsc = true});
	assert_int_equal(ix_reg(p, "GPIE", 0), 0);
	assert_int_equal(ix_reg(p, "EITR", 0), interval);
	assert_int_equal(ix_reg(p, "EIMS", 0), SL_82599_EICR_LSC);
	h_stop(p);
	h_start(p, NULL);
	assert_int_equal(ix_reg(p, "EIMS", 0) | ix_reg(p, "EIMS_EX", 0), 0);
}

/* Interrupt registers are as the datasheet requires: 7.3.3, 8.8. */
static void
registers(void **state)
{
	struct h_port *p = *state;

	if (h_has_reg(p, "EIMS_EX"))
		ix_registers(p);
	else
		igb_registers(p);
}

/* --- link interrupts together with receive interrupts --- */

struct link_seen {
	unsigned int events; /* atomic */
	bool stop;	     /* the callback stops the port */
};

static int
on_link(uint16_t port, enum rte_eth_event_type type, void *arg, void *ret)
{
	struct link_seen *seen = arg;

	(void)type;
	(void)ret;
	if (seen->stop)
		assert_int_equal(rte_eth_dev_stop(port), 0);
	__atomic_fetch_add(&seen->events, 1, __ATOMIC_SEQ_CST);
	return 0;
}

static void
await_events(struct h_port *p, struct link_seen *seen, unsigned int n)
{
	unsigned int ms;

	for (ms = 0; __atomic_load_n(&seen->events, __ATOMIC_SEQ_CST) < n; ms++) {
		if (ms == WAKE_MS)
			fail_msg("event %u does not come", n);
		h_step(p);
		rte_delay_us_sleep(1000);
	}
}

static void
watch(struct h_port *p, struct link_seen *seen)
{
	assert_int_equal(
		rte_eth_dev_callback_register(p->id, RTE_ETH_EVENT_INTR_LSC, on_link, seen), 0);
}

static void
unwatch(struct h_port *p, struct link_seen *seen)
{
	assert_int_equal(
		rte_eth_dev_callback_unregister(p->id, RTE_ETH_EVENT_INTR_LSC, on_link, seen), 0);
}

/* Each link change gives one event, each frame a wake-up, and neither replaces the other. */
static void
link_and_frames(void **state)
{
	uint64_t r = h_rng(5);
	struct pollfd ready = {.events = POLLIN};
	struct rte_eth_link link;
	struct h_port p;
	unsigned int i, k, frames, changes;

	(void)state;
	for (k = 0; k < RTE_DIM(kinds); k++) {
		struct link_seen seen = {0};

		h_open(&p, kinds[k]);
		start(&p, h_queues(&p, 4), true);
		watch(&p, &seen);
		changes = 0;
		for (i = 0; i < 200; i++) {
			enable_all(&p);
			if (rng_range(&r, 0, 1) == 0) {
				give(&p, &r);
				h_step(&p);
				frames = 1;
			} else {
				frames = 0;
			}
			h_fault(&p, SL_FAULT_LINK_DOWN, 0, ++changes & 1);
			h_step(&p);
			await_events(&p, &seen, changes);
			assert_int_equal(rte_eth_link_get_nowait(p.id, &link), 0);
			assert_int_equal(link.link_status, !(changes & 1));
			if ((changes & 1) != 0) {
				h_fault(&p, SL_FAULT_LINK_DOWN, 0, ++changes & 1);
				h_step(&p);
				await_events(&p, &seen, changes);
			}
			if (frames != 0)
				assert_int_not_equal(sleep_on(WAKE_MS), 0);
			take_all(&p, &frames);
		}
		rte_delay_us_sleep(QUIET_MS * 1000);
		assert_int_equal(seen.events, changes);
		/* The driver reads the vector's eventfd. Otherwise EAL's thread would loop. */
		ready.fd = sl_softnic_irq_fd(p.nic, 0);
		assert_int_equal(poll(&ready, 1, 0), 0);
		unwatch(&p, &seen);
		h_close(&p);
	}
}

static void
await_link(struct h_port *p, uint16_t status)
{
	struct rte_eth_link link;
	unsigned int ms;

	for (ms = 0; ms < WAKE_MS; ms++) {
		h_step(p);
		assert_int_equal(rte_eth_link_get_nowait(p->id, &link), 0);
		if (link.link_status == status)
			return;
		rte_delay_us_sleep(1000);
	}
	fail_msg("the link does not become %u", status);
}

/* A start sets ethdev's fast-path queue pointers last. Link changes are reported after that. */
static void
event_waits_for_the_start(void **state)
{
	struct h_port *p = *state;
	struct link_seen seen = {0};
	void **txq;

	h_start(p, &(struct h_cfg){.lsc = true});
	watch(p, &seen);
	txq = rte_eth_fp_ops[p->id].txq.data;
	rte_eth_fp_ops[p->id].txq.data = NULL;
	/* The handler sees the second change after it has processed the first. */
	h_fault(p, SL_FAULT_LINK_DOWN, 0, 1);
	await_link(p, RTE_ETH_LINK_DOWN);
	h_fault(p, SL_FAULT_LINK_DOWN, 0, 0);
	await_link(p, RTE_ETH_LINK_UP);
	assert_int_equal(__atomic_load_n(&seen.events, __ATOMIC_SEQ_CST), 0);
	__atomic_store_n(&rte_eth_fp_ops[p->id].txq.data, txq, __ATOMIC_RELEASE);
	await_events(p, &seen, 1);
	unwatch(p, &seen);
}

/* Stop on EAL's interrupt thread, inside the handler that stop would wait for. */
static void
stopped_in_callback(void **state)
{
	struct h_port *p = *state;
	struct link_seen seen = {.stop = true};
	unsigned int i;

	for (i = 0; i < 5; i++) {
		seen.events = 0;
		start(p, 2, true);
		watch(p, &seen);
		h_fault(p, SL_FAULT_LINK_DOWN, 0, 1);
		await_events(p, &seen, 1);
		unwatch(p, &seen);
		h_fault(p, SL_FAULT_LINK_DOWN, 0, 0);
	}
	h_start(p, NULL);
	h_alive(p);
}

/* A thread that toggles the link until @quit is set. */
struct flapper {
	struct sl_softnic *nic;
	uint16_t port;
	bool quit, over;     /* atomic */
	int stopped, closed; /* results of the calls in the callback */
	unsigned int events; /* atomic */
};

static void *
flap(void *arg)
{
	struct flapper *f = arg;
	uint32_t down = 0;

	while (!__atomic_load_n(&f->quit, __ATOMIC_SEQ_CST))
		assert_int_equal(sl_softnic_fault(f->nic, SL_FAULT_LINK_DOWN, 0, down ^= 1), 0);
	__atomic_store_n(&f->over, true, __ATOMIC_SEQ_CST);
	return NULL;
}

static int
stop_and_close(uint16_t port, enum rte_eth_event_type type, void *arg, void *ret)
{
	struct flapper *f = arg;

	(void)type;
	(void)ret;
	/* Wait for the thread, because closing the port frees the software NIC. */
	__atomic_store_n(&f->quit, true, __ATOMIC_SEQ_CST);
	while (!__atomic_load_n(&f->over, __ATOMIC_SEQ_CST))
		sched_yield();
	f->stopped = rte_eth_dev_stop(port);
	f->closed = rte_eth_dev_close(port);
	__atomic_fetch_add(&f->events, 1, __ATOMIC_SEQ_CST);
	return 0;
}

/*
 * Link changes at any time during start. At the first one that is reported, the port can be closed.
 */
static void
close_a_flapping_port(struct rte_mempool *pool)
{
	static const char name[] = "net_syncline_soft_cb";
	struct rte_eth_conf conf = {.intr_conf.lsc = 1};
	struct flapper f = {0};
	pthread_t thread;
	unsigned int ms;

	assert_int_equal(rte_vdev_init(name, "mode=thread,cpu=-1,wire=loop"), 0);
	assert_int_equal(rte_eth_dev_get_port_by_name(name, &f.port), 0);
	f.nic = sl_pmd_softnic(f.port);
	assert_int_equal(rte_eth_dev_configure(f.port, 1, 1, &conf), 0);
	assert_int_equal(rte_eth_rx_queue_setup(f.port, 0, 128, SOCKET_ID_ANY, NULL, pool), 0);
	assert_int_equal(rte_eth_tx_queue_setup(f.port, 0, 128, SOCKET_ID_ANY, NULL), 0);
	assert_int_equal(
		rte_eth_dev_callback_register(f.port, RTE_ETH_EVENT_INTR_LSC, stop_and_close, &f),
		0);
	assert_int_equal(pthread_create(&thread, NULL, flap, &f), 0);
	assert_int_equal(rte_eth_dev_start(f.port), 0);
	for (ms = 0; __atomic_load_n(&f.events, __ATOMIC_SEQ_CST) == 0; ms++) {
		assert_true(ms < WAKE_MS);
		rte_delay_us_sleep(1000);
	}
	pthread_join(thread, NULL);
	/* ethdev keeps callbacks for the next port of that number. -EAGAIN: it is running. */
	while (rte_eth_dev_callback_unregister(
		       RTE_ETH_ALL, RTE_ETH_EVENT_INTR_LSC, stop_and_close, &f) == -EAGAIN)
		sched_yield();
	assert_int_equal(f.stopped, 0);
	assert_int_equal(f.closed, 0);
	assert_int_equal(f.events, 1);
	assert_false(rte_eth_dev_is_valid_port(f.port));
	assert_int_equal(rte_mempool_avail_count(pool), pool->size);
	assert_int_equal(rte_vdev_uninit(name), 0);
}

static void
closed_in_callback(void **state)
{
	struct rte_mempool *pool;
	unsigned int i;

	(void)state;
	pool = rte_pktmbuf_pool_create(
		"pool_cb", 1023, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	assert_non_null(pool);
	for (i = 0; i < 20; i++)
		close_a_flapping_port(pool);
	rte_mempool_free(pool);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wakes),
		cmocka_unit_test(frame_before_enable),
		h_test(frame_polled),
		cmocka_unit_test(disable_stops),
		cmocka_unit_test(no_wake_up_lost),
		cmocka_unit_test(reconfigured),
		cmocka_unit_test(close_with_pending),
		h_test(registers),
		cmocka_unit_test(link_and_frames),
		h_test(event_waits_for_the_start),
		h_test(stopped_in_callback),
		cmocka_unit_test(closed_in_callback),
	};

	return h_main(argc, argv, tests);
}
