/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The engines of the software NIC with a made-up family: three registers, 128 queues per direction,
 * and state that the test writes. The code that moves frames does not depend on registers.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "softnic_drv.h"
#include "softnic_engine.h"

#define LAST (SOFTNIC_QUEUES - 1)
#define DESCS 8u
#define FRAME 100u

/* Registers: a word and the two doorbells. */
enum { TOY_WORD, TOY_RX_TAIL, TOY_TX_TAIL, TOY_REGS };

struct toy {
	struct sl_softnic nic; /* first */
	uint32_t value[1 + 2 * SOFTNIC_QUEUES];
	/* Calls of the engines. */
	struct softnic_set rx_seen, tx_seen;
	unsigned int resets, links, causes[2], after;
};

static struct toy *
toy_of(struct sl_softnic *nic)
{
	return (struct toy *)nic;
}

static void
toy_init(struct sl_softnic *nic)
{
	nic->rss.entries = SOFTNIC_RETA;
}

static void
toy_reset(struct sl_softnic *nic, bool power_up)
{
	(void)power_up;
	toy_of(nic)->resets++;
	softnic_regs_reset(&nic->regs, TOY_WORD);
}

static void
toy_nothing(struct sl_softnic *nic)
{
	(void)nic;
}

static void
toy_link(struct sl_softnic *nic)
{
	toy_of(nic)->links++;
	nic->link_up = nic->wire_up;
}

static void
toy_irq_queues(struct sl_softnic *nic, const struct softnic_set *rx, const struct softnic_set *tx)
{
	struct toy *t = toy_of(nic);
	unsigned int i;

	for (i = 0; i < SOFTNIC_SET_WORDS; i++) {
		t->rx_seen.word[i] |= rx->word[i];
		t->tx_seen.word[i] |= tx->word[i];
	}
}

static void
toy_irq_cause(struct sl_softnic *nic, enum softnic_cause cause)
{
	toy_of(nic)->causes[cause]++;
}

static void
toy_after(struct sl_softnic *nic, const struct softnic_slot *at)
{
	(void)at;
	toy_of(nic)->after++;
}

static const struct sl_reg_row rows[TOY_REGS] = {
	[TOY_WORD] = {"WORD", 0, 0, 1, SL_ACC_RW, 0x55, "-", "a word of eight bits", 0},
	[TOY_RX_TAIL] = {"RXT", 0x1000, 4, SOFTNIC_QUEUES, SL_ACC_RW, 0, "-", "receive tail", 0},
	[TOY_TX_TAIL] = {"TXT", 0x2000, 4, SOFTNIC_QUEUES, SL_ACC_RW, 0, "-", "transmit tail", 0},
};
static const uint16_t room[TOY_REGS] = {1, SOFTNIC_QUEUES, SOFTNIC_QUEUES};
static const struct sl_reg_range aliases[] = {{0x100, TOY_WORD, 0, 1, 0}};
static const struct sl_reg_set set = {"toy", rows, aliases, room, TOY_REGS, 1, 0x4000};
static const struct softnic_hook word_hooks[] = {
	{TOY_WORD, .after = toy_after, .kept = UINT8_MAX},
	{.reg = SOFTNIC_NO_REG},
};
static const struct softnic_hook *const hooks[] = {word_hooks, NULL};
static const struct softnic_ops ops = {
	.init = toy_init,
	.reset = toy_reset,
	.queues = toy_nothing,
	.unhang = toy_nothing,
	.link = toy_link,
	.irq_queues = toy_irq_queues,
	.irq_cause = toy_irq_cause,
};
static const struct softnic_model model = {
	.device = {.name = "toy",
		.queues = SOFTNIC_QUEUES,
		.vectors = SOFTNIC_VECTORS,
		.bar_size = 0x4000,
		.max_frame = 2000},
	.ops = &ops,
	.regs = &set,
	.hooks = hooks,
	.rx_tail = TOY_RX_TAIL,
	.tx_tail = TOY_TX_TAIL,
	.size = sizeof(struct toy),
	.values = offsetof(struct toy, value),
	.fifo = 16 * 1024,
	.rxd_err = SL_BIT(20),
};

/* The rig's adapter and wire, with the toy instead of its device. */
static int
setup(void **state)
{
	struct sl_softnic_params params = {.name = "toy"};
	struct nic_drv *r;

	assert_int_equal(drv_setup(state), 0);
	r = *state;
	sl_softnic_destroy(r->nic);
	r->nic = NULL;
	drv_wire_new(r);
	params.adapter = r->adapter;
	assert_int_equal(softnic_create(&model, &params, &r->nic), 0);
	r->bus = sl_softnic_bus(r->nic);
	assert_int_equal(sl_softnic_attach(r->nic, &r->wire->base), 0);
	return 0;
}

/* Memory of one queue in each direction. */
struct memory {
	struct sl_region ring, data;
	union sl_rx_desc *rx;
	union sl_tx_desc *tx;
};

static void
memory_make(struct nic_drv *r, struct memory *m)
{
	unsigned int i;

	m->ring = drv_alloc(r, "ring", 2 * DESCS * SL_DESC_SIZE);
	m->data = drv_alloc(r, "data", DESCS * DRV_BUF);
	m->rx = m->ring.va;
	m->tx = (union sl_tx_desc *)m->ring.va + DESCS;
	for (i = 0; i < DESCS; i++)
		m->rx[i].read.pkt_addr = m->data.iova + i * DRV_BUF;
}

static void
memory_end(struct nic_drv *r, struct memory *m)
{
	assert_int_equal(sl_region_free(r->adapter, &m->ring), 0);
	assert_int_equal(sl_region_free(r->adapter, &m->data), 0);
}

static void
queues_on(struct nic_drv *r, const struct memory *m, unsigned int q)
{
	struct softnic_rxq_setup rx = {
		.base = m->ring.iova, .count = DESCS, .buf_size = DRV_BUF, .enable = true};
	struct softnic_txq_setup tx = {
		.base = m->ring.iova + DESCS * SL_DESC_SIZE, .count = DESCS, .enable = true};

	softnic_lock(r->nic);
	softnic_rxq_set(r->nic, q, &rx);
	softnic_txq_set(r->nic, q, &tx);
	r->nic->filter.all_unicast = true;
	r->nic->rx = (struct softnic_rx_setup){
		.on = true, .longest = 1518, .longest_tagged = 1522, .fifo = model.fifo};
	r->nic->tx = (struct softnic_tx_setup){.on = true};
	softnic_unlock(r->nic);
}

/* Registers follow the table and the hooks, whatever their names are. */
static void
test_registers(void **state)
{
	struct nic_drv *r = *state;
	struct toy *t = toy_of(r->nic);

	assert_int_equal(t->resets, 1);
	assert_int_equal(t->links, 1);
	assert_int_equal(sl_bus_read(&r->bus, 0), 0x55);
	sl_bus_write(&r->bus, 0x100, 0x1234);
	assert_int_equal(sl_bus_read(&r->bus, 0), 0x34);
	assert_int_equal(t->after, 1);
	assert_int_equal(sl_bus_read(&r->bus, 4), 0);
	assert_int_equal(sl_bus_read(&r->bus, 0x4000), 0);
	assert_ptr_equal(sl_softnic_doorbell(r->nic, 0x1000 + 4 * LAST), &r->nic->rxq[LAST].tail);
	assert_ptr_equal(sl_softnic_doorbell(r->nic, 0x2000 + 4 * LAST), &r->nic->txq[LAST].tail);
	assert_null(sl_softnic_tail(r->nic, true, SOFTNIC_QUEUES));
}

/* The last of 128 queues receives the frames that the redirection table selects for it. */
static void
test_last_receives(void **state)
{
	const struct frame_spec ip = {.version = 4, .proto = FRAME_UDP, .payload = 40};
	struct nic_drv *r = *state;
	struct toy *t = toy_of(r->nic);
	uint8_t frame[DRV_BUF];
	struct memory m;
	uint32_t len = frame_build(frame, &ip).len;
	unsigned int i;

	memory_make(r, &m);
	queues_on(r, &m, LAST);
	r->nic->filter.all_multicast = true;
	r->nic->filter.broadcast = true;
	r->nic->rss.on = true;
	r->nic->rss.types = SL_BIT(SL_RSS_IPV4);
	r->nic->rx.hash = true;
	for (i = 0; i < SOFTNIC_RETA; i++)
		r->nic->rss.table[i] = LAST;
	*sl_softnic_tail(r->nic, false, LAST) = DESCS - 1;
	drv_wire_in(r, frame, len);
	drv_run(r);
	assert_int_equal(m.rx[0].wb.length, len);
	assert_true((m.rx[0].wb.status & SL_RXD_STAT_DD) != 0);
	assert_memory_equal(m.data.va, frame, len);
	assert_true(softnic_set_has(&t->rx_seen, LAST));
	assert_int_equal(softnic_set_take(&t->rx_seen), LAST);
	assert_true(softnic_set_empty(&t->rx_seen));
	/* A disabled queue has no room. The frame is dropped and counted for that queue. */
	for (i = 0; i < SOFTNIC_RETA; i++)
		r->nic->rss.table[i] = 70;
	drv_wire_in(r, frame, len);
	drv_run(r);
	assert_int_equal(r->nic->rxq[70].dropped, 1);
	softnic_lock(r->nic);
	softnic_rxq_set(r->nic, LAST, &(struct softnic_rxq_setup){0});
	softnic_unlock(r->nic);
	memory_end(r, &m);
}

/* The last queue sends, and the completion is reported only for this queue. */
static void
test_last_sends(void **state)
{
	struct nic_drv *r = *state;
	struct toy *t = toy_of(r->nic);
	uint64_t seed = rng_seed(0);
	struct drv_frame sent;
	struct memory m;

	memory_make(r, &m);
	queues_on(r, &m, LAST);
	frame_ether(m.data.va, FRAME, drv_mac, rng_next(&seed));
	m.tx[0].read.addr = m.data.iova;
	m.tx[0].read.cmd = SL_PREP(SL_TXD_DTALEN, FRAME) | SL_PREP(SL_TXD_DTYP, SL_TXD_DTYP_DATA) |
		SL_TXD_DCMD_DEXT | SL_TXD_DCMD_EOP | SL_TXD_DCMD_IFCS | SL_TXD_DCMD_RS;
	m.tx[0].read.olinfo = SL_PREP(SL_TXD_PAYLEN, FRAME);
	*sl_softnic_tail(r->nic, true, LAST) = 1;
	drv_run(r);
	sent = drv_wire_out(r);
	assert_int_equal(sent.len, FRAME);
	assert_memory_equal(sent.data, m.data.va, FRAME);
	assert_int_equal(m.tx[0].wb.status & SL_TXD_STAT_DD, SL_TXD_STAT_DD);
	assert_int_equal(softnic_set_take(&t->tx_seen), LAST);
	assert_true(softnic_set_empty(&t->tx_seen));
	assert_int_equal(r->nic->count[SOFTNIC_TX_GOOD], 1);
	softnic_lock(r->nic);
	softnic_rxq_set(r->nic, LAST, &(struct softnic_rxq_setup){0});
	softnic_unlock(r->nic);
	memory_end(r, &m);
}

/* A set returns each member once and in order, also across its words. */
static void
test_set(void **state)
{
	static const unsigned int in[] = {0, 31, 32, 63, 64, 100, LAST};
	struct softnic_set s = {0};
	unsigned int i;

	(void)state;
	assert_true(softnic_set_empty(&s));
	for (i = 0; i < sizeof(in) / sizeof(in[0]); i++)
		softnic_set_add(&s, in[sizeof(in) / sizeof(in[0]) - 1 - i]);
	softnic_set_add(&s, 65);
	softnic_set_remove(&s, 65);
	assert_false(softnic_set_has(&s, 65));
	for (i = 0; i < sizeof(in) / sizeof(in[0]); i++) {
		assert_true(softnic_set_has(&s, in[i]));
		assert_int_equal(softnic_set_take(&s), in[i]);
	}
	assert_int_equal(softnic_set_take(&s), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),
		cmocka_unit_test_setup_teardown(test_registers, setup, drv_teardown),
		cmocka_unit_test_setup_teardown(test_last_receives, setup, drv_teardown),
		cmocka_unit_test_setup_teardown(test_last_sends, setup, drv_teardown),
	};

	return cmocka_run_group_tests_name("softnic_engine", tests, NULL, NULL);
}
