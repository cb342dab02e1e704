/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * A NIC that writes between any two instructions of a burst: descriptors and the head line change
 * while they are read. Whatever it writes, and whenever, each mbuf that is returned is valid and
 * covered by the payload update (D2, R3).
 *
 * The effect of a write by the NIC is visible only to a load. So memory that the NIC may write is
 * not accessible during a burst. Each access traps, the NIC writes, and the instruction is
 * single-stepped. Each access of a burst is attacked in turn, with each value. In addition, whole
 * bursts are single-stepped while the NIC writes at random after any instruction.
 */

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "rxtx_rig.h"
#include "sl_pmd.h"
#include "split_paths.h"

#define RING 32u
#define GIVEN 9u   /* frames before a burst: two quads and one more */
#define WINDOW 12u /* rewritten descriptors: those of the frames, and some not done */
#define BURST 16u
#define FRAME 100u
#define TRAP_FLAG 0x100L
#define MBUFS 255u
#define STEPPED_BURSTS 3u

/* State of the signal handlers. */
static struct {
	struct rig *r;
	uint8_t *page; /* memory that the NIC may write; inaccessible during a burst */
	size_t len;
	bool closed;	       /* the page is inaccessible: a burst runs and was not attacked yet */
	unsigned int accesses; /* number so far */
	unsigned int target;   /* number of the access before which the NIC writes */
	unsigned int value;    /* number of the value that it writes */
	unsigned int one_in; /* single-stepping: write after one in so many instructions; 0: off */
	void (*attack)(unsigned int value);
} trap;

/* End of the updated range of each mbuf's data, recorded from the sync calls. */
static struct {
	const uint8_t *data;
	size_t len;
} updated[MBUFS + 2 * RING]; /* includes the ring's lines */

static void
guard(int prot)
{
	if (mprotect(trap.page, trap.len, prot) != 0)
		abort();
}

static void
on_access(int number, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;
	const uint8_t *at = info->si_addr;

	if (at < trap.page || at >= trap.page + trap.len) {
		signal(number, SIG_DFL); /* a fault of the driver: default action */
		return;
	}
	guard(PROT_READ | PROT_WRITE);
	if (trap.accesses++ == trap.target) {
		/* The rest of the burst is not trapped. */
		trap.attack(trap.value);
		trap.closed = false;
		return;
	}
	uc->uc_mcontext.gregs[REG_EFL] |= TRAP_FLAG;
}

static void
on_step(int number, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	(void)number;
	(void)info;
	if (trap.one_in == 0) {
		guard(PROT_NONE);
		uc->uc_mcontext.gregs[REG_EFL] &= ~TRAP_FLAG;
		return;
	}
	trap.accesses++;
	if (rng_below(&trap.r->rnd, trap.one_in) == 0)
		trap.attack(rng_below(&trap.r->rnd, 64));
}

static void
catch_traps(void)
{
	struct sigaction access = {.sa_sigaction = on_access, .sa_flags = SA_SIGINFO};
	struct sigaction step = {.sa_sigaction = on_step, .sa_flags = SA_SIGINFO};

	assert_int_equal(sigaction(SIGSEGV, &access, NULL), 0);
	assert_int_equal(sigaction(SIGTRAP, &step, NULL), 0);
}

static void
step_from_here(void)
{
	__asm__ volatile(
		"lea -128(%%rsp), %%rsp; pushfq; orq %0, (%%rsp); popfq; lea 128(%%rsp), %%rsp"
		:
		: "i"(TRAP_FLAG)
		: "memory", "cc");
}

static void
step_no_more(void)
{
	__asm__ volatile(
		"lea -128(%%rsp), %%rsp; pushfq; andq %0, (%%rsp); popfq; lea 128(%%rsp), %%rsp"
		:
		: "i"(~TRAP_FLAG)
		: "memory", "cc");
}

/* Run a burst while the NIC attacks it. @return the result of the burst. */
static uint16_t
attacked(eth_rx_burst_t burst, void *q, struct rte_mbuf **pkts, uint16_t n)
{
	uint16_t got;

	trap.accesses = 0;
	if (trap.one_in != 0) {
		step_from_here();
		got = burst(q, pkts, n);
		step_no_more();
		return got;
	}
	trap.closed = true;
	guard(PROT_NONE);
	got = burst(q, pkts, n);
	guard(PROT_READ | PROT_WRITE);
	trap.closed = false;
	return got;
}

static void
set_trap(struct rig *r, volatile void *at, size_t len, void (*attack)(unsigned int value))
{
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	const uintptr_t start = RTE_ALIGN_FLOOR((uintptr_t)at, page);

	memset(&trap, 0, sizeof(trap));
	trap.r = r;
	trap.page = (uint8_t *)start;
	trap.len = RTE_ALIGN_CEIL((uintptr_t)at + len, page) - start;
	trap.attack = attack;
}

/* Write to the NIC's memory and, since the line is clean, also to the CPU's cache. */
static void
device_write(struct rig *r, volatile void *cpu, const void *data, size_t len)
{
	uint8_t *at = (uint8_t *)(uintptr_t)cpu;
	unsigned int i;

	memcpy(at, data, len);
	for (i = 0; i < r->copies; i++) {
		struct rig_copy *c = &r->copy[i];

		if (at < c->cpu || at >= c->cpu + c->len)
			continue;
		memcpy(c->dev + (at - c->cpu), data, len);
		memcpy(c->synced + (at - c->cpu), data, len);
	}
}

/* --- receive --- */

static union sl_rx_desc
written_back(uint16_t length, uint32_t status)
{
	return (union sl_rx_desc){.wb = {.info = 0x21, .status = status, .length = length}};
}

#define DAMAGED 6u /* value of wild_desc() */

static union sl_rx_desc
wild_desc(unsigned int value)
{
	const uint32_t done = SL_RXD_STAT_DD | SL_RXD_STAT_EOP;
	struct rig *r = trap.r;
	union sl_rx_desc d;

	switch (value) {
	case 0:
		return written_back(UINT16_MAX, done);
	case 1:
		return written_back(2048, done); /* fits the buffer, but must be updated */
	case 2:
		return written_back(0, done);
	case 3:
		return written_back(2049, done | SL_RXD_STAT_VP);
	case 4:
		return written_back(2048, SL_RXD_STAT_DD); /* the frame continues */
	case 5:
		return written_back(FRAME, done & ~SL_RXD_STAT_DD);
	case DAMAGED:
		return written_back(FRAME, done | r->hw.format->rx_damaged);
	case 7:
		memset(&d, 0xff, sizeof(d));
		return d;
	default:
		rng_fill(&r->rnd, (uint8_t *)&d, sizeof(d));
		if (rng_below(&r->rnd, 2) == 0)
			d.wb.status |= done;
		if (rng_below(&r->rnd, 4) == 0)
			d.wb.length = (uint16_t)rng_below(&r->rnd, 2100);
		return d;
	}
}
#define WILD_DESCS 10u /* the last one is random */

static void
attack_descs(unsigned int value)
{
	struct sl_rx_queue *q = trap.r->rxq[0];
	unsigned int i;

	for (i = 0; i < WINDOW; i++) {
		const union sl_rx_desc d = wild_desc(value);

		/* If random, only some of the descriptors. */
		if (value < WILD_DESCS - 1 || rng_below(&trap.r->rnd, 3) == 0)
			device_write(
				trap.r, &q->ring[(q->next_to_clean + i) % RING], &d, sizeof(d));
	}
}

static void (*real_sync)(void *ctx, enum sl_sync_verb verb, const void *va, size_t len,
	const struct sl_sync_site *site);

static void
record_sync(void *ctx, enum sl_sync_verb verb, const void *va, size_t len,
	const struct sl_sync_site *site)
{
	unsigned int i;

	for (i = 0; verb == SL_SYNC_UPDATE && i < RTE_DIM(updated); i++) {
		if (updated[i].data == NULL || updated[i].data == va) {
			updated[i].data = va;
			updated[i].len = len;
			break;
		}
	}
	for (i = 0; verb == SL_SYNC_PREPARE && i < RTE_DIM(updated); i++)
		if (updated[i].data == va)
			updated[i].len = 0;
	/* Copies of the checker simulate caches and are not loads of the driver. */
	if (trap.closed)
		guard(PROT_READ | PROT_WRITE);
	real_sync(ctx, verb, va, len, site);
	if (trap.closed)
		guard(PROT_NONE);
}

static size_t
updated_len(const void *data)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(updated) && updated[i].data != NULL; i++)
		if (updated[i].data == data)
			return updated[i].len;
	return 0;
}

/* Check that the frame is valid and that each byte of it was updated. Frees it. */
static void
check_mbuf(struct rig *r, const struct sl_burst_path *path, struct rte_mbuf *m)
{
	const struct sl_rx_queue *q = r->rxq[0];
	struct rte_mbuf *s;
	uint32_t sum = 0;
	unsigned int n = 0;

	for (s = m; s != NULL; s = s->next) {
		assert_ptr_equal(s->pool, r->pool);
		assert_ptr_equal(s->buf_addr, rte_mbuf_buf_addr(s, r->pool));
		assert_int_equal(rte_mbuf_refcnt_read(s), 1);
		assert_int_equal(s->data_off, RTE_PKTMBUF_HEADROOM);
		assert_in_range(s->data_len, 1, q->buf_len);
		if (path->mode == SL_COHERENCY_CHECKED)
			assert_true(updated_len(rte_pktmbuf_mtod(s, void *)) >= s->data_len);
		sum += s->data_len;
		n++;
		assert_true(n <= m->nb_segs);
	}
	assert_int_equal(n, m->nb_segs);
	assert_int_equal(sum, m->pkt_len);
	assert_true(n == 1 || (sl_burst_can(path, SL_CAN_SCATTER) && n <= SL_RX_MAX_SEGS));
	assert_true(m->pkt_len <= r->hw.max_frame);
	assert_int_equal(m->ol_flags & (RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL), 0);
	rte_pktmbuf_free(m);
}

static void
check_queue(struct rig *r, const struct sl_rx_queue *q)
{
	assert_true(q->next_to_clean < RING && q->next_to_use < RING);
	assert_true(q->nb_hold >= q->line_descs && q->nb_hold <= RING);
	assert_int_equal((q->next_to_clean + RING - q->next_to_use) % RING, q->nb_hold % RING);
	assert_true(q->ready <= RING - q->nb_hold);
	assert_true(rte_mempool_avail_count(r->pool) <= MBUFS);
}

/*
 * One burst under attack. Then the NIC writes valid descriptors, and all frames must be received.
 * @return number of frames of the attacked burst.
 */
static unsigned int
rx_attack(struct rig *r, const struct sl_burst_path *path)
{
	const struct rig_wb sound = {
		.status = SL_RXD_STAT_DD | SL_RXD_STAT_EOP, .length = FRAME, .info = 0x11};
	struct sl_rx_queue *q = r->rxq[0];
	struct rte_mbuf *pkts[BURST];
	unsigned int i, n, left, gave;

	for (i = 0; i < GIVEN; i++)
		rig_rx_write(r, &sound);
	gave = attacked(path->burst, q, pkts, BURST);
	assert_true(gave <= BURST);
	for (i = 0; i < gave; i++)
		check_mbuf(r, path, pkts[i]);
	check_queue(r, q);
	for (left = 0; left < WINDOW && left < RING - q->nb_hold; left++) {
		const union sl_rx_desc d = written_back(FRAME, sound.status);

		device_write(r, &q->ring[(q->next_to_clean + left) % RING], &d, sizeof(d));
	}
	/* The NIC is past these descriptors, whatever it wrote before. */
	r->rx_head = (q->next_to_clean + left) % RING;
	while ((n = path->burst(q, pkts, BURST)) > 0 || q->next_to_clean != r->rx_head) {
		for (i = 0; i < n; i++)
			check_mbuf(r, path, pkts[i]);
		check_queue(r, q);
	}
	return gave;
}

static void
rx_run(const struct sl_burst_path *path)
{
	struct rig *r = rig_open(path->mode, MBUFS, 0);
	struct sl_rx_queue *q;
	unsigned int value, access, burst, got;

	rig_format(r, rig_format_of(path));
	memset(updated, 0, sizeof(updated));
	real_sync = r->checker.sync;
	r->checker.sync = record_sync;
	if (sl_burst_can(path, SL_CAN_SCATTER))
		r->data.dev_conf.rxmode.offloads |= RTE_ETH_RX_OFFLOAD_SCATTER;
	q = rig_rx_start(r, RING, NULL);
	set_trap(r, q->ring, RING * SL_DESC_SIZE, attack_descs);
	for (value = 0; value < WILD_DESCS; value++) {
		trap.value = value;
		for (access = 0; access == 0 || trap.accesses > trap.target; access++) {
			trap.target = access;
			got = rx_attack(r, path);
			/* All frames were damaged, by this format's bits, before the first read. */
			assert_true(value != DAMAGED || access > 0 || got == 0);
		}
		/* The descriptor of each frame was read. */
		assert_true(access > GIVEN);
	}
	/* Not in checked mode, because most of the steps would be in the checker's copies. */
	for (burst = 0; burst < STEPPED_BURSTS && path->mode != SL_COHERENCY_CHECKED; burst++) {
		trap.one_in = 1 + rng_below(&r->rnd, 40);
		rx_attack(r, path);
		assert_true(trap.accesses > 2 * GIVEN);
	}
	rig_close(r);
}

static void
test_receive(void **state)
{
	const struct sl_burst_path *p;
	unsigned int i;

	(void)state;
	catch_traps();
	for (i = 0; (p = all_rx_paths(i)) != NULL; i++)
		if (sl_pmd_simd_runs(p->simd))
			rx_run(p);
}

/* --- transmit --- */

static void
attack_head(unsigned int value)
{
	const struct sl_tx_queue *q = trap.r->txq[0];
	const uint32_t some[] = {0, q->nb_desc - 1u, q->nb_desc, UINT32_MAX, q->next_to_use,
		q->next_to_use + 1u, q->next_to_clean, rng_below(&trap.r->rnd, RING),
		UINT32_C(1) << 31};
	const uint32_t head = some[value % RTE_DIM(some)];

	device_write(trap.r, q->head_wb, &head, sizeof(head));
}
#define WILD_HEADS 9u

static void
tx_attack(struct rig *r, const struct sl_burst_path *path)
{
	struct sl_tx_queue *q = r->txq[0];
	struct rte_mbuf *pkts[GIVEN];
	unsigned int i, n;
	bool empty;

	for (i = 0; i < GIVEN; i++) {
		pkts[i] = rte_pktmbuf_alloc(r->pool);
		assert_non_null(pkts[i]);
		assert_non_null(rte_pktmbuf_append(pkts[i], FRAME));
	}
	n = attacked(path->burst, q, pkts, GIVEN);
	assert_true(n <= GIVEN);
	for (i = n; i < GIVEN; i++)
		rte_pktmbuf_free(pkts[i]);
	assert_true(q->nb_free < RING && q->nb_done < RING);
	assert_true(q->nb_done + q->nb_free < RING);
	assert_true(q->next_to_use < RING && q->next_to_clean < RING);
	assert_int_equal((q->next_to_use + RING - q->next_to_clean) % RING, RING - 1u - q->nb_free);
	/* All frames are sent and reported. Frames that were freed are not checked. */
	do {
		if (rig_tx_take(r, &empty))
			r->sent.len = 0;
	} while (!empty);
	rig_tx_head(r, r->tx_head);
}

static void
tx_run(const struct sl_burst_path *path)
{
	struct rig *r = rig_open(path->mode, MBUFS, 0);
	unsigned int value, access, burst;
	struct sl_tx_queue *q;

	rig_format(r, rig_format_of(path));
	real_sync = r->checker.sync;
	r->checker.sync = record_sync;
	q = rig_tx_start(r, RING, NULL);

	set_trap(r, q->head_wb, sizeof(*q->head_wb), attack_head);
	for (value = 0; value < WILD_HEADS; value++) {
		trap.value = value;
		for (access = 0; access == 0 || trap.accesses > trap.target; access++) {
			trap.target = access;
			for (burst = 0; burst < 4; burst++)
				tx_attack(r, path);
		}
	}
	for (burst = 0; burst < STEPPED_BURSTS && path->mode != SL_COHERENCY_CHECKED; burst++) {
		trap.one_in = 1 + rng_below(&r->rnd, 40);
		tx_attack(r, path);
		assert_true(trap.accesses > 2 * GIVEN);
	}
	rig_close(r);
}

static void
test_transmit(void **state)
{
	const struct sl_burst_path *p;
	unsigned int i;

	(void)state;
	catch_traps();
	for (i = 0; (p = all_tx_paths(i)) != NULL; i++)
		if (sl_pmd_simd_runs(p->simd))
			tx_run(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_receive),
		cmocka_unit_test(test_transmit),
	};

	rig_eal();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
