/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
/*
 * Flow control: PAUSE frames that the port obeys, and those that it sends, on a device whose clock
 * the test sets.
 */
#include "harness.h"
#include "sl_hw.h"

#define CONTROL 0x8808u
#define QUANTA 1000u
#define HIGH 8192u
#define LOW 4096u
#define LEN 500u
#define RING 128u
#define WAITING 24u		  /* frames that do not fit into the ring; more than HIGH bytes */
#define LONG UINT64_C(1000000000) /* ns; longer than any pause */

static uint64_t now;

static uint64_t
clock_read(void *ctx)
{
	return *(const uint64_t *)ctx;
}

static int
setup(void **state)
{
	int ret = h_setup(state);

	if (ret == 0)
		sl_softnic_clock(((struct h_port *)*state)->nic, clock_read, &now);
	return ret;
}

static struct rte_eth_fc_conf
conf_of(enum rte_eth_fc_mode mode)
{
	return (struct rte_eth_fc_conf){.mode = mode,
		.high_water = HIGH,
		.low_water = LOW,
		.pause_time = QUANTA,
		.send_xon = 1};
}

static void
set(struct h_port *p, struct rte_eth_fc_conf conf)
{
	assert_int_equal(rte_eth_dev_flow_ctrl_set(p->id, &conf), 0);
}

/* A MAC control frame to the group, or to the port. */
static void
give_control(struct h_port *p, bool own, uint16_t opcode, uint16_t quanta)
{
	uint8_t f[60] = {0x01, 0x80, 0xC2, 0, 0, 1, 2, 0, 0, 0, 0, 9, CONTROL >> 8, CONTROL & 0xff};

	if (own)
		memcpy(f, &p->mac, sizeof(p->mac));
	f[14] = (uint8_t)(opcode >> 8);
	f[15] = (uint8_t)opcode;
	f[16] = (uint8_t)(quanta >> 8);
	f[17] = (uint8_t)quanta;
	h_give(p, f, sizeof(f));
	(void)h_step(p);
}

static void
give_pause(struct h_port *p, uint16_t quanta)
{
	give_control(p, false, 1, quanta);
}

/* Send a frame. @return true if it leaves at once; otherwise it stays posted. */
static bool
leaves(struct h_port *p)
{
	uint8_t f[60];

	frame_ether(f, sizeof(f), &p->mac, 1);
	h_send(p, 0, h_mbuf(p, f, sizeof(f), 1));
	return h_take(p, f) != 0;
}

static void
take_late(struct h_port *p)
{
	uint8_t f[H_FRAME_CAP];

	(void)h_step(p);
	assert_int_equal(h_take(p, f), 60);
	assert_int_equal(h_take(p, f), 0);
}

/* --- what is refused --- */

static void
refuse(struct h_port *p, struct rte_eth_fc_conf conf, int ret, const char *text)
{
	h_log_mark();
	assert_int_equal(rte_eth_dev_flow_ctrl_set(p->id, &conf), ret);
	if (!h_log_has(text))
		fail_msg("no \"%s\" in the log", text);
}

static void
refused(void **state)
{
	struct h_port *p = *state;
	const struct rte_eth_fc_conf good = conf_of(RTE_ETH_FC_FULL);
	struct rte_eth_fc_conf conf = good;

	h_start(p, &(struct h_cfg){0});
	conf.mode = 4;
	refuse(p, conf, -EINVAL, "flow control mode 4; allowed: 0 none, 1 rx, 2 tx, 3 full");
	conf = good;
	conf.autoneg = 1;
	refuse(p, conf, -ENOTSUP, "flow control autoneg 1 not supported");
	conf = good;
	conf.high_water = 0;
	refuse(p, conf, -EINVAL, "high water 0 bytes; allowed: ");
	conf.high_water = UINT32_MAX;
	refuse(p, conf, -EINVAL, "high water 4294967295 bytes; allowed: ");
	conf = good;
	conf.low_water = HIGH + 1;
	refuse(p, conf, -EINVAL, "low water 8193 bytes; allowed: ");
	conf.low_water = 1;
	refuse(p, conf, -EINVAL, "low water 1 bytes; allowed: ");
	conf = good;
	conf.pause_time = 0;
	refuse(p, conf, -EINVAL, "pause time 0; allowed: 1..65535");
	/* None of these was stored. */
	assert_int_equal(rte_eth_dev_flow_ctrl_get(p->id, &conf), 0);
	assert_int_equal(conf.mode, RTE_ETH_FC_NONE);
	h_alive(p);
}

/* Bytes of each device's receive buffer. */
static uint32_t
buffer_of(struct h_port *p)
{
	static const struct {
		const char *name;
		uint32_t kib;
	} buffer[] = {{"82576", 64}, {"I350", 36}, {"I210", 34}, {"82599", 512}, {"X550", 384}};
	unsigned int i;

	for (i = 0; i < RTE_DIM(buffer); i++) {
		if (strcmp(h_hw(p)->name, buffer[i].name) == 0)
			return buffer[i].kib * 1024;
	}
	fail_msg("no buffer is known for %s", h_hw(p)->name);
	return 0;
}

/* What the first get returns: no flow control, and values that a set accepts. */
static void
first_get(void **state)
{
	struct h_port *p = *state;
	const uint32_t unit = h_hw(p)->pause_unit;
	const uint32_t most = RTE_ALIGN_FLOOR(buffer_of(p) - RTE_ETHER_MAX_LEN, unit);
	struct rte_eth_fc_conf conf;

	h_start(p, &(struct h_cfg){0});
	memset(&conf, UINT8_MAX, sizeof(conf));
	assert_int_equal(rte_eth_dev_flow_ctrl_get(p->id, &conf), 0);
	assert_int_equal(conf.mode, RTE_ETH_FC_NONE);
	assert_int_equal(conf.high_water, RTE_ALIGN_FLOOR(most / 4 * 3, unit));
	assert_int_equal(conf.low_water, RTE_ALIGN_FLOOR(most / 2, unit));
	assert_int_equal(conf.pause_time, 0x680);
	assert_int_equal(conf.send_xon, 1);
	assert_int_equal(conf.autoneg, 0);
	assert_int_equal(conf.mac_ctrl_frame_fwd, 0);
	conf.mode = RTE_ETH_FC_FULL;
	set(p, conf);
	h_alive(p);
}

static void
removed(void **state)
{
	struct rte_eth_fc_conf conf = conf_of(RTE_ETH_FC_FULL);
	struct h_port *p = *state;

	h_start(p, &(struct h_cfg){0});
	h_fault(p, SL_FAULT_REMOVED, 0, 1);
	assert_int_equal(rte_eth_dev_flow_ctrl_set(p->id, &conf), -EIO);
	assert_int_equal(rte_eth_dev_flow_ctrl_get(p->id, &conf), -EIO);
	h_fault(p, SL_FAULT_REMOVED, 0, 0);
}

/* The lowest and the highest marks, and marks between two units, which get rounds down. */
static void
marks(void **state)
{
	struct h_port *p = *state;
	const uint32_t unit = h_hw(p)->pause_unit;
	struct rte_eth_fc_conf conf = conf_of(RTE_ETH_FC_TX_PAUSE), got;
	uint32_t most;

	h_start(p, &(struct h_cfg){0});
	most = RTE_ALIGN_FLOOR(buffer_of(p) - RTE_ETHER_MAX_LEN, unit);
	conf.high_water = conf.low_water = unit;
	set(p, conf);
	conf.high_water = most;
	set(p, conf);
	conf.high_water = most + unit;
	refuse(p, conf, -EINVAL, "high water ");
	conf.high_water = HIGH + unit - 1;
	conf.low_water = LOW + unit - 1;
	set(p, conf);
	assert_int_equal(rte_eth_dev_flow_ctrl_get(p->id, &got), 0);
	assert_int_equal(got.mode, RTE_ETH_FC_TX_PAUSE);
	assert_int_equal(got.high_water, HIGH);
	assert_int_equal(got.low_water, LOW);
	assert_int_equal(got.pause_time, QUANTA);
	assert_int_equal(got.send_xon, 1);
	h_alive(p);
}

/* --- received PAUSE frames --- */

/* A pause ends by itself, by an XON, and never begins if the mode does not obey it. */
static void
check_obeys(struct h_port *p, bool obeys)
{
	const uint64_t pause = (uint64_t)QUANTA * 512 * 1000 / h_mbps(p);

	give_pause(p, QUANTA);
	assert_int_equal(leaves(p), !obeys);
	if (!obeys)
		return;
	now += pause - 1;
	(void)h_step(p);
	assert_int_equal(h_sent(p), 0);
	now += 1;
	take_late(p);
	give_control(p, true, 1, QUANTA); /* also to the station's own address */
	assert_false(leaves(p));
	h_recv_none(p);
	give_pause(p, 0);
	take_late(p);
}

static void
obey(void **state)
{
	struct h_port *p = *state;
	uint64_t xoff, xon;

	h_start(p, &(struct h_cfg){0});
	check_obeys(p, false);
	set(p, conf_of(RTE_ETH_FC_TX_PAUSE));
	check_obeys(p, false);
	set(p, conf_of(RTE_ETH_FC_RX_PAUSE));
	xoff = h_xstat(p, "rx_xoff_packets");
	xon = h_xstat(p, "rx_xon_packets");
	check_obeys(p, true);
	assert_int_equal(h_xstat(p, "rx_xoff_packets"), xoff + 2);
	assert_int_equal(h_xstat(p, "rx_xon_packets"), xon + 1);
	set(p, conf_of(RTE_ETH_FC_FULL));
	check_obeys(p, true);
	/* It outlives a new negotiation of the link, a restart and a reset. */
	assert_int_equal(rte_eth_dev_set_link_down(p->id), 0);
	assert_int_equal(rte_eth_dev_set_link_up(p->id), 0);
	(void)h_step(p);
	check_obeys(p, true);
	assert_int_equal(rte_eth_dev_stop(p->id), 0);
	assert_int_equal(rte_eth_dev_reset(p->id), 0);
	assert_int_equal(rte_eth_dev_start(p->id), 0);
	(void)h_step(p);
	check_obeys(p, true);
	set(p, conf_of(RTE_ETH_FC_NONE));
	check_obeys(p, false);
	h_alive(p);
}

/* Frames of other control opcodes are received only if the application asks for them. */
static void
forward(void **state)
{
	struct h_port *p = *state;
	struct rte_eth_fc_conf conf = conf_of(RTE_ETH_FC_NONE);

	h_start(p, &(struct h_cfg){0});
	set(p, conf);
	give_control(p, true, 0x101, 0);
	h_recv_none(p);
	conf.mac_ctrl_frame_fwd = 1;
	set(p, conf);
	give_control(p, true, 0x101, 0);
	rte_pktmbuf_free(h_recv_one(p, 0));
	conf.mac_ctrl_frame_fwd = 0;
	set(p, conf);
	give_control(p, true, 0x101, 0);
	h_recv_none(p);
	h_alive(p);
}

/* --- sent PAUSE frames --- */

static void
fill(struct h_port *p, unsigned int n)
{
	uint8_t f[LEN];

	frame_ether(f, sizeof(f), &p->mac, 3);
	while (n-- > 0)
		h_give(p, f, sizeof(f));
	(void)h_step(p);
}

static void
expect_pause(struct h_port *p, uint16_t quanta)
{
	const uint8_t head[] = {0x01, 0x80, 0xC2, 0, 0, 1};
	uint8_t f[H_FRAME_CAP];

	assert_int_equal(h_take(p, f), 60);
	assert_memory_equal(f, head, sizeof(head));
	assert_memory_equal(f + 6, &p->mac, sizeof(p->mac));
	assert_int_equal(f[12] << 8 | f[13], CONTROL);
	assert_int_equal(f[14] << 8 | f[15], 1);
	assert_int_equal(f[16] << 8 | f[17], quanta);
}

static void
drain(struct h_port *p, unsigned int n)
{
	struct rte_mbuf *m[RING + WAITING];

	assert_int_equal(h_recv(p, 0, m, (uint16_t)n), n);
	rte_pktmbuf_free_bulk(m, n);
	(void)h_step(p);
}

/* Fill the packet buffer, wait longer than half of the pause, and drain it. */
static void
check_sends(struct h_port *p, bool sends, bool xon)
{
	const uint64_t half = (uint64_t)QUANTA / 2 * 512 * 1000 / h_mbps(p);

	fill(p, RING - 1 + WAITING);
	if (sends)
		expect_pause(p, QUANTA);
	assert_int_equal(h_sent(p), 0);
	now += half + 1;
	(void)h_step(p);
	if (sends)
		expect_pause(p, QUANTA);
	assert_int_equal(h_sent(p), 0);
	drain(p, RING - 1 + WAITING);
	if (sends && xon)
		expect_pause(p, 0);
	assert_int_equal(h_sent(p), 0);
	now += LONG;
}

static void
stop_partner(void **state)
{
	struct h_port *p = *state;
	struct rte_eth_fc_conf conf = conf_of(RTE_ETH_FC_TX_PAUSE);

	h_start(p, &(struct h_cfg){.nb_rxd = RING});
	check_sends(p, false, false);
	set(p, conf);
	check_sends(p, true, true);
	assert_int_equal(h_xstat(p, "tx_xoff_packets"), 2);
	assert_int_equal(h_xstat(p, "tx_xon_packets"), 1);
	/* They are not the application's frames. */
	assert_int_equal(h_stats(p).opackets, 0);
	conf.send_xon = 0;
	conf.mode = RTE_ETH_FC_FULL;
	set(p, conf);
	check_sends(p, true, false);
	assert_int_equal(rte_eth_dev_stop(p->id), 0);
	assert_int_equal(rte_eth_dev_start(p->id), 0);
	(void)h_step(p);
	check_sends(p, true, false);
	set(p, conf_of(RTE_ETH_FC_RX_PAUSE));
	check_sends(p, false, false);
	set(p, conf_of(RTE_ETH_FC_NONE));
	check_sends(p, false, false);
	h_alive(p);
}

/* A paused queue is not taken for a stalled one: its frames wait and leave later. */
static void
not_stalled(void **state)
{
	struct h_port *p = *state;
	unsigned int i;

	h_start(p, &(struct h_cfg){0});
	set(p, conf_of(RTE_ETH_FC_RX_PAUSE));
	give_pause(p, UINT16_MAX);
	for (i = 0; i < 8; i++)
		assert_false(leaves(p));
	now += LONG;
	(void)h_step(p);
	assert_int_equal(h_sent(p), 8);
	for (i = 0; i < 8; i++) {
		uint8_t f[H_FRAME_CAP];

		assert_int_equal(h_take(p, f), 60);
	}
	h_alive(p);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(refused, setup, h_teardown),
		cmocka_unit_test_setup_teardown(first_get, setup, h_teardown),
		cmocka_unit_test_setup_teardown(removed, setup, h_teardown),
		cmocka_unit_test_setup_teardown(marks, setup, h_teardown),
		cmocka_unit_test_setup_teardown(obey, setup, h_teardown),
		cmocka_unit_test_setup_teardown(forward, setup, h_teardown),
		cmocka_unit_test_setup_teardown(stop_partner, setup, h_teardown),
		cmocka_unit_test_setup_teardown(not_stalled, setup, h_teardown),
	};

	return h_main(argc, argv, tests);
}
