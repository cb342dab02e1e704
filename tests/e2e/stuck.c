/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
/*
 * A NIC with wrong register values. Each register that the driver reads is stuck at each of several
 * values from a port's start to its close. Each ethdev call ends within its deadline, on the port's
 * clock. A call that reports success has changed the device. No mbuf is lost.
 */
#include <rte_cycles.h>

#include "harness.h"
#include "sl_bus.h"
#include "sl_fields.h"
#include "sl_regs.h"
#include "sl_regs_82599.h"

#define CALL_US 2000000u
#define MAX_REGS 512u
#define EVENT_WAIT_MS 10000u /* longer than a handler takes, also on a busy machine */

static const struct h_cfg small = {.nb_rxd = 64, .nb_txd = 64, .pool_size = 255};
/* With link interrupts, ethdev reports the link state that the driver stored. */
static const struct h_cfg small_lsc = {.nb_rxd = 64, .nb_txd = 64, .pool_size = 255, .lsc = true};

/* --- the lie --- */

/* The registers that the driver reads, or a register that is stuck and its value. */
struct lie {
	uint32_t off[MAX_REGS];
	unsigned int nb;
	bool noted; /* the list is complete: later reads are from the register dump */
	bool stuck;
	uint32_t at, value;
	bool vanishes; /* after @left more reads, all registers read all ones */
	unsigned int left;
	bool gone;
	bool started; /* ethdev refuses most calls for a port that is not started */
};

static uint32_t
lie_read(void *ctx, uint32_t off, uint32_t val)
{
	struct lie *l = ctx;
	unsigned int i;

	if (l->stuck)
		return off == l->at ? l->value : val;
	if (l->vanishes) {
		l->gone = l->gone || l->left-- == 0;
		return l->gone ? SL_REG_GONE : val;
	}
	for (i = 0; i < l->nb; i++) {
		if (l->off[i] == off)
			return val;
	}
	if (!l->noted && l->nb < MAX_REGS)
		l->off[l->nb++] = off;
	return val;
}

/* Value of the register in the device. */
static uint32_t
truth(struct h_port *p, struct lie *l, uint32_t off)
{
	uint32_t val;

	sl_softnic_on_read(p->nic, NULL, NULL);
	val = sl_softnic_reg_read(p->nic, off);
	sl_softnic_on_read(p->nic, lie_read, l);
	return val;
}

/* --- calls, each with a check of its success --- */

/* Check that a register has the expected value, unless it is the stuck one. */
static void
holds(struct h_port *p, struct lie *l, uint32_t off, uint32_t mask, uint32_t want)
{
	const uint32_t is = truth(p, l, off);

	if ((l->stuck && l->at == off) || (is & mask) == want)
		return;
	fail_msg("success told, but 0x%05x is 0x%08x, with 0x%05x stuck at 0x%08x", off, is, l->at,
		l->value);
}

static int
do_start(struct h_port *p, struct lie *l)
{
	int ret = rte_eth_dev_start(p->id);

	l->started = ret == 0;
	if (ret == 0) {
		holds(p, l, h_off(p, "RXDCTL", 0), SL_XDCTL_ENABLE, SL_XDCTL_ENABLE);
		holds(p, l, h_off(p, "TXDCTL", 0), SL_XDCTL_ENABLE, SL_XDCTL_ENABLE);
		if (h_has_reg(p, "TCTL"))
			holds(p, l, h_off(p, "TCTL", 0), SL_TCTL_EN, SL_TCTL_EN);
		else
			holds(p, l, h_off(p, "DMATXCTL", 0), SL_82599_DMATXCTL_TE,
				SL_82599_DMATXCTL_TE);
	}
	return ret;
}

static int
do_link_get(struct h_port *p, struct lie *l)
{
	struct rte_eth_link link;
	int ret = rte_eth_link_get(p->id, &link);

	/* Also if the NIC was removed during this call. */
	if (ret == 0 && l->gone)
		assert_int_equal(link.link_status, RTE_ETH_LINK_DOWN);
	return ret;
}

static int
do_link_down(struct h_port *p, struct lie *l)
{
	int ret = rte_eth_dev_set_link_down(p->id);

	if (ret == 0 && h_has_reg(p, "LINKS"))
		holds(p, l, h_off(p, "LINKS", 0), SL_82599_LINKS_UP, 0);
	else if (ret == 0)
		holds(p, l, h_off(p, "STATUS", 0), SL_STATUS_LU, 0);
	return ret;
}

static int
do_link_up(struct h_port *p, struct lie *l)
{
	(void)l;
	return rte_eth_dev_set_link_up(p->id);
}

static int
do_stats(struct h_port *p, struct lie *l)
{
	struct rte_eth_stats stats;

	(void)l;
	return rte_eth_stats_get(p->id, &stats);
}

static int
do_xstats(struct h_port *p, struct lie *l)
{
	struct rte_eth_xstat values[512];

	(void)l;
	return rte_eth_xstats_get(p->id, values, RTE_DIM(values)) < 0 ? -EIO :
									rte_eth_stats_reset(p->id);
}

static int
do_filters(struct h_port *p, struct lie *l)
{
	struct rte_ether_addr mac = {{2, 0, 0, 0, 0, 9}};
	int ret = rte_eth_promiscuous_enable(p->id) | rte_eth_allmulticast_enable(p->id) |
		rte_eth_dev_mac_addr_add(p->id, &mac, 0) | rte_eth_dev_set_mtu(p->id, 1400);

	(void)l;
	return ret | rte_eth_dev_mac_addr_remove(p->id, &mac) | rte_eth_promiscuous_disable(p->id);
}

static int
do_registers(struct h_port *p, struct lie *l)
{
	struct rte_dev_reg_info info = {0};
	int ret;

	/* A dump of all ones changes no state, so its reads need no test. */
	if (l->vanishes)
		return 0;
	l->noted = true;
	ret = rte_eth_dev_get_reg_info(p->id, &info);
	if (ret != 0)
		return ret;
	info.data = calloc(info.length, info.width);
	assert_non_null(info.data);
	ret = rte_eth_dev_get_reg_info(p->id, &info);
	free(info.data);
	return ret;
}

/* Frames are in progress in both directions, so that a stop must free mbufs. */
static int
do_traffic(struct h_port *p, struct lie *l)
{
	struct rte_mbuf *m, *got[8];
	uint8_t f[100];
	unsigned int i;
	uint16_t n;

	if (!l->started)
		return 0;
	frame_ether(f, sizeof(f), &p->mac, 1);
	for (i = 0; i < 4; i++) {
		h_give(p, f, sizeof(f));
		m = h_mbuf(p, f, sizeof(f), 1);
		if (rte_eth_tx_burst(p->id, 0, &m, 1) == 0)
			rte_pktmbuf_free(m);
		if (i == 1)
			h_step(p);
	}
	n = rte_eth_rx_burst(p->id, 0, got, 1);
	rte_pktmbuf_free_bulk(got, n);
	return 0;
}

static int
do_rx_stop(struct h_port *p, struct lie *l)
{
	int ret = rte_eth_dev_rx_queue_stop(p->id, 0);

	if (ret == 0 && l->started)
		holds(p, l, h_off(p, "RXDCTL", 0), SL_XDCTL_ENABLE, 0);
	return ret;
}

static int
do_rx_start(struct h_port *p, struct lie *l)
{
	(void)l;
	return rte_eth_dev_rx_queue_start(p->id, 0);
}

static int
do_tx_stop(struct h_port *p, struct lie *l)
{
	int ret = rte_eth_dev_tx_queue_stop(p->id, 0);

	if (ret == 0 && l->started)
		holds(p, l, h_off(p, "TXDCTL", 0), SL_XDCTL_ENABLE, 0);
	return ret;
}

static int
do_tx_start(struct h_port *p, struct lie *l)
{
	(void)l;
	return rte_eth_dev_tx_queue_start(p->id, 0);
}

static int
do_stop(struct h_port *p, struct lie *l)
{
	l->started = false;
	return rte_eth_dev_stop(p->id);
}

static int
do_reset(struct h_port *p, struct lie *l)
{
	l->started = false;
	return rte_eth_dev_reset(p->id);
}

static const struct {
	const char *name;
	int (*call)(struct h_port *p, struct lie *l);
} life[] = {
	{"start", do_start},
	{"link_get", do_link_get},
	{"stats", do_stats},
	{"traffic", do_traffic},
	{"rx_queue_stop", do_rx_stop},
	{"rx_queue_start", do_rx_start},
	{"tx_queue_stop", do_tx_stop},
	{"tx_queue_start", do_tx_start},
	{"filters", do_filters},
	{"set_link_down", do_link_down},
	{"set_link_up", do_link_up},
	{"xstats", do_xstats},
	{"registers", do_registers},
	{"traffic", do_traffic},
	{"stop", do_stop},
	{"start again", do_start},
	{"traffic", do_traffic},
	{"reset", do_reset},
	{"start after reset", do_start},
	{"traffic", do_traffic},
};

static uint64_t
now_us(struct h_port *p)
{
	uint64_t us = 0;

	assert_int_equal(sl_pmd_time_us(p->id, &us), 0);
	return us;
}

/*
 * After the driver knows that the NIC is gone, it must report no link. This may take a while,
 * because an interrupt handler may be running.
 */
static void
assert_link_down(struct h_port *p, const char *after)
{
	struct rte_eth_link link;
	unsigned int ms;

	assert_int_equal(rte_eth_dev_is_removed(p->id), 1);
	for (ms = 0; ms < EVENT_WAIT_MS; ms++) {
		assert_int_equal(rte_eth_link_get_nowait(p->id, &link), 0);
		if (link.link_status == RTE_ETH_LINK_DOWN && link.link_speed == 0)
			return;
		rte_delay_us_sleep(1000);
	}
	fail_msg("the NIC went during %s, and its link is up at %u", after, link.link_speed);
}

/* Use a port from its first start to its close, with the register stuck all the time. */
static void
live(struct lie *l, bool faithful)
{
	struct h_port p;
	uint64_t begin, took;
	unsigned int i;
	int ret;

	h_open(&p, "time=own");
	p.check_free = true;
	p.faults_free = true;
	assert_int_equal(h_try_setup(&p, l->vanishes && l->left % 2 != 0 ? &small_lsc : &small), 0);
	sl_softnic_on_read(p.nic, lie_read, l);
	for (i = 0; i < RTE_DIM(life); i++) {
		begin = now_us(&p);
		ret = life[i].call(&p, l);
		took = now_us(&p) - begin;
		if (took > CALL_US)
			fail_msg("%s takes %" PRIu64 " us with 0x%05x stuck at 0x%08x",
				life[i].name, took, l->at, l->value);
		if (faithful)
			assert_int_equal(ret, 0);
		if (l->gone)
			assert_link_down(&p, life[i].name);
	}
	h_close(&p);
}

/* --- tests --- */

/* Registers that the driver polls or modifies. They are also stuck at each single bit. */
static bool
bit_by_bit(const struct h_port *p, uint32_t off)
{
	static const char *const names[] = {"CTRL", "STATUS", "CTRL_EXT", "SWSM", "SW_FW_SYNC",
		"GSSR", "MDIC", "EECD", "EEC", "EERD", "EEMNGCTL", "RCTL", "RXCTRL", "RDRXCTL",
		"SECRXCTRL", "SECRXSTAT", "AUTOC", "MSCA", "MSRWD", "HICR", "ANLP1", "RXDCTL",
		"TXDCTL", "TDH"};
	unsigned int i;

	for (i = 0; i < RTE_DIM(names); i++) {
		if (h_has_reg(p, names[i]) && h_off(p, names[i], 0) == off)
			return true;
	}
	return false;
}

static void
every_register(void **state)
{
	struct h_port *p = *state; /* only used to find the registers of its NIC */
	static struct lie seen;
	unsigned int i, bit;

	live(&seen, true);
	assert_in_range(seen.nb, 50, MAX_REGS - 1);
	for (i = 0; i < seen.nb; i++) {
		struct lie l = {.stuck = true, .at = seen.off[i]};

		live(&l, false);
		l.value = UINT32_MAX;
		live(&l, false);
		for (bit = 0; bit < 32 && bit_by_bit(p, l.at); bit++) {
			l.value = RTE_BIT32(bit);
			live(&l, false);
		}
	}
}

/*
 * Remove the NIC before each single register read; in checked memory, where each life of a port
 * takes long, before every fifth.
 */
static void
every_moment(void **state)
{
	const unsigned int step = strcmp(h_coherency(), "checked") == 0 ? 5 : 1;
	unsigned int n;

	(void)state;
	for (n = (unsigned int)(h_seed() % step);; n += step) {
		struct lie l = {.vanishes = true, .left = n};

		live(&l, false);
		/* The port was closed first, so the reads of close were covered too. */
		if (!l.gone)
			break;
	}
	assert_true(n > 100);
}

/* Reads of the PHY: bits in @mask are replaced by @bits. */
struct lie_of_phy {
	uint16_t mask, bits;
};

static uint32_t
lie_of_phy(void *ctx, uint32_t off, uint32_t val)
{
	const struct lie_of_phy *l = ctx;

	return off == SL_OFF_MDIC ? (val & ~(uint32_t)l->mask) | l->bits : val;
}

/* Control register of the NIC's PHY. */
static uint16_t
phy_control(struct h_port *p)
{
	sl_softnic_reg_write(p->nic, SL_OFF_MDIC,
		SL_PREP(SL_MDIC_REGADD, SL_PHY_CONTROL) | SL_PREP(SL_MDIC_PHYADD, SL_PHY_ADDRESS) |
			SL_PREP(SL_MDIC_OP, SL_MDIC_OP_READ));
	return (uint16_t)SL_GET(SL_MDIC_DATA, sl_softnic_reg_read(p->nic, SL_OFF_MDIC));
}

/*
 * A reset of the NIC does not reset its PHY, so a value that the driver wrote because of a wrong
 * read would stay: loopback, isolation, a forced speed.
 */
static void
phy_believes_no_lie(void **state)
{
	struct h_port *p = *state;
	uint16_t sound;
	unsigned int bit;

	if (!h_has_reg(p, "MDIC"))
		h_skip("the driver writes to no PHY of this NIC: it has a backplane or a module");
	h_start(p, NULL);
	sound = phy_control(p);
	for (bit = 0; bit < 16; bit++) {
		struct lie_of_phy l = {.mask = (uint16_t)RTE_BIT32(bit)};

		l.bits = (uint16_t)(~sound & l.mask);
		sl_softnic_on_read(p->nic, lie_of_phy, &l);
		assert_int_equal(rte_eth_dev_set_link_down(p->id), 0);
		assert_int_equal(rte_eth_dev_set_link_up(p->id), 0);
		sl_softnic_on_read(p->nic, NULL, NULL);
		assert_int_equal(phy_control(p), sound);
	}
	h_alive(p);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		h_test(every_register),
		cmocka_unit_test(every_moment),
		h_test(phy_believes_no_lie),
	};

	return h_main(argc, argv, tests);
}
