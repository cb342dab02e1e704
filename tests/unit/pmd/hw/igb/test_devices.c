/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The devices of the igb family from the driver's side. The driver's facts about a device match its
 * registers, it accesses no register that a device lacks, and each quirk has its effect. The device
 * is an array of registers that records accesses.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scripted_port.h"
#include "sl_fields.h"
#include "sl_port.h"
#include "sl_quirks.h"
#include "sl_regs.h"

static const uint16_t first_ids[] = {SL_PCI_DEV_82576, SL_PCI_DEV_82580, SL_PCI_DEV_I350,
	SL_PCI_DEV_I354, SL_PCI_DEV_I210, SL_PCI_DEV_I211};

struct rig {
	struct scripted_port s;
	uint32_t regs[SL_BAR_SIZE / sizeof(uint32_t)];
	unsigned int writes[SL_BAR_SIZE / sizeof(uint32_t)];
	unsigned int under_way; /**< writes that no read followed */
	/* The PHY: its page, restarts that it needs until its PLL works, and D3. */
	uint16_t page;
	unsigned int lost, powers, mdics;
	uint32_t autoload; /**< EEARBC at power-on */
	uint16_t phy[32];
	unsigned int deaf; /**< MDIO transactions until the PHY no longer answers; 0: never */
	bool nvm_slow;	   /**< reads of the NVM never end */
	struct sl_rx_queue rxq;
	struct sl_tx_queue txq;
};

static uint32_t *
reg(struct rig *r, uint32_t off)
{
	return &r->regs[off / sizeof(uint32_t)];
}

static void
check_has(struct rig *r, uint32_t off)
{
	unsigned int index;

	if (sl_reg_find(r->s.port.hw->regs, off, &index) < 0)
		fail_msg("%s has no register at 0x%05x", r->s.port.hw->name, off);
}

static uint32_t
reg_read(void *dev, uint32_t off)
{
	struct rig *r = dev;

	check_has(r, off);
	r->under_way = 0;
	return r->regs[off / sizeof(uint32_t)];
}

/* Answer of the PHY. One register on one page is not zero. */
static uint32_t
mdic(struct rig *r, uint32_t val)
{
	const uint32_t reg = SL_GET(SL_MDIC_REGADD, val);

	if (++r->mdics == r->deaf)
		return val | SL_MDIC_READY | SL_MDIC_ERROR;
	if (SL_GET(SL_MDIC_OP, val) == SL_MDIC_OP_WRITE)
		r->phy[reg] = (uint16_t)SL_GET(SL_MDIC_DATA, val);
	if (SL_GET(SL_MDIC_OP, val) == SL_MDIC_OP_WRITE && reg == SL_PHY_PAGE_I210)
		r->page = (uint16_t)SL_GET(SL_MDIC_DATA, val);
	val = SL_SET(SL_MDIC_DATA, val,
		reg == SL_PHY_AUTONEG_ADV || reg == SL_PHY_1000T_CTRL ? r->phy[reg] : 0);
	if (reg == SL_PHY_PLL && r->page == SL_PHY_PLL_PAGE && r->lost != 0)
		val |= SL_PHY_PLL_LOST;
	return val | SL_MDIC_READY;
}

static void
reg_write(void *dev, uint32_t off, uint32_t val)
{
	struct rig *r = dev;

	check_has(r, off);
	r->writes[off / sizeof(uint32_t)]++;
	r->under_way++;
	if (off == SL_OFF_MDIC)
		val = mdic(r, val);
	/* Only the owner of the NVM reads it. A word's content tells its address. */
	if (off == SL_OFF_EERD) {
		assert_int_equal(*reg(r, SL_OFF_SW_FW_SYNC), SL_SW_FW_SW_EEP);
		assert_true((val & SL_EERD_START) != 0);
		val = SL_PREP(SL_EERD_DATA, 0xA000 | SL_GET(SL_EERD_ADDR, val)) |
			(r->nvm_slow ? 0 : SL_EERD_DONE);
	}
	if (off == SL_OFF_CTRL) {
		/* A reset completes at once, and bus mastering stops. */
		val &= ~SL_CTRL_RST;
		r->regs[SL_OFF_STATUS / sizeof(uint32_t)] &= ~SL_STATUS_GIO_MASTER_ENABLE;
	}
	r->regs[off / sizeof(uint32_t)] = val;
}

static int
power(struct sl_port *port, bool on)
{
	struct rig *r = port->bus.dev;

	r->powers++;
	if (on) {
		r->autoload = r->regs[SL_OFF_EEARBC / sizeof(uint32_t)];
		r->lost -= r->lost != 0;
	}
	return 0;
}

static const struct sl_bus_ops bus_ops = {.read = reg_read, .write = reg_write};
static const struct sl_dev_ops dev_ops = {
	.kind = "scripted", .power = power, .time = scripted_time, .nap = scripted_nap};

static unsigned int
writes(const struct rig *r, uint32_t off)
{
	return r->writes[off / sizeof(uint32_t)];
}

static struct rig *
rig_init(uint16_t id)
{
	static struct rig rig;
	struct rig *r = &rig;
	unsigned int i;

	memset(r, 0, sizeof(*r));
	scripted_port_init(&r->s, &bus_ops, r, id);
	r->s.port.dev_ops = &dev_ops;
	r->rxq.port = &r->s.port;
	r->txq.port = &r->s.port;
	for (i = 0; i < SL_REG_COUNT; i++) {
		const struct sl_reg_row *row = &r->s.port.hw->regs->rows[i];

		if (row->count != 0)
			*reg(r, row->offset) = row->reset;
	}
	return r;
}

/* --- facts of the driver --- */

static void
facts(void **state)
{
	unsigned int i, c;

	(void)state;
	for (i = 0; i < RTE_DIM(first_ids); i++) {
		const struct sl_hw *hw = sl_hw_find(first_ids[i]);
		const struct sl_reg_row *rows = hw->regs->rows;

		assert_string_equal(hw->name, hw->regs->name);
		assert_int_equal(hw->device_id, first_ids[i]);
		assert_int_equal(hw->rx_queues, rows[SL_RDBAL].count);
		assert_int_equal(hw->tx_queues, rows[SL_TDBAL].count);
		assert_int_equal(hw->mac_addrs,
			rows[SL_RAL].count + rows[SL_RAL2].count + rows[SL_RAL3].count);
		assert_int_equal(hw->reta_entries, 4 * rows[SL_RETA].count);
		/* A separate vector for each queue, and one more. */
		assert_true(rows[SL_EITR].count > hw->rx_queues);
		assert_true(rows[SL_IVAR].count * 2 >= hw->rx_queues);
		assert_int_equal((hw->quirks & SL_QUIRK_IVAR_PAIRS) != 0, hw->rx_queues <= 8);
		assert_int_equal((hw->quirks & SL_QUIRK_PLL) != 0, rows[SL_INVM].count != 0);
		assert_int_equal((hw->quirks & SL_QUIRK_RQDPC_KEPT) != 0,
			rows[SL_RQDPC].access == SL_ACC_RW);
		assert_int_equal((hw->quirks & SL_QUIRK_DMAC_OFF) != 0, rows[SL_DMACR].count != 0);
		for (c = 0; c < hw->nb_counters; c++)
			assert_true(rows[hw->counters[c].reg].count != 0);
		for (c = 0; c < hw->nb_quirks; c++)
			assert_true(strlen(hw->quirk_names[c]) > 2);
		assert_true(hw->quirks >> hw->nb_quirks == 0);
	}
	assert_int_equal(sl_hw_find(SL_PCI_DEV_I354)->rx_thresh.prefetch, 12);
	assert_int_equal(sl_hw_find(SL_PCI_DEV_I354)->tx_thresh.prefetch, 20);
}

/* --- accessed registers --- */

/* The bus fails the test if a register is accessed that the device lacks. */
static void
all_tasks(void **state)
{
	const struct sl_hw_rx rx = {.max_frame = 1518, .checksums = true};
	const struct rte_ether_addr mac = {{2, 0, 0, 0, 0, 1}};
	uint64_t value[128] = {0}, dropped[SL_QUEUES_MAX] = {0};
	uint8_t reta[SL_RETA_MAX] = {0}, key[SL_RSS_KEY_LEN] = {0};
	struct sl_hw_link link;
	unsigned int i, q;

	(void)state;
	for (i = 0; i < RTE_DIM(first_ids); i++) {
		struct rig *r = rig_init(first_ids[i]);
		const struct sl_hw *hw = r->s.port.hw;

		assert_int_equal(hw->ops->quiet(&r->s.port), 0);
		assert_int_equal(hw->ops->reset(&r->s.port), 0);
		hw->ops->rx_set_up(&r->s.port, &rx);
		for (q = 0; q < hw->rx_queues; q++) {
			r->rxq.queue_id = (uint16_t)q;
			r->txq.queue_id = (uint16_t)q;
			r->rxq.buf_len = 2048;
			assert_int_equal(hw->ops->rxq_enable(&r->rxq), 0);
			assert_int_equal(hw->ops->txq_enable(&r->txq), 0);
			assert_int_equal(SL_GET(SL_XDCTL_PTHRESH, *reg(r, SL_OFF(RXDCTL, q))),
				hw->rx_thresh.prefetch);
			assert_int_equal(SL_GET(SL_XDCTL_PTHRESH, *reg(r, SL_OFF(TXDCTL, q))),
				hw->tx_thresh.prefetch);
		}
		for (q = 0; q < hw->mac_addrs; q++)
			hw->ops->addr_set(&r->s.port, q, &mac);
		assert_int_equal(*reg(r, q > 16 ? SL_OFF(RAH2, q - 17) : SL_OFF(RAH, q - 1)),
			SL_RAH_AV | 1 << 8);
		hw->ops->vlan_set(&r->s.port, true, true);
		hw->ops->reta_set(&r->s.port, reta);
		hw->ops->rss_set(&r->s.port, key, hw->rss_hf);
		hw->ops->intr_set_up(&r->s.port, hw->rx_queues);
		assert_int_equal(hw->ops->link_set(&r->s.port, true), 0);
		assert_true(hw->ops->link_get(&r->s.port, &link));
		hw->ops->count(&r->s.port, value, dropped);
		assert_true(hw->ops->dump(&r->s.port, NULL) > 800);
		hw->ops->let_go(&r->s.port);
	}
}

/* --- quirks --- */

static void
ivar(void **state)
{
	struct rig *r = rig_init(SL_PCI_DEV_I350);

	(void)state;
	r->s.port.hw->ops->intr_set_up(&r->s.port, 6);
	/* Queues 4 and 5; 6 and 7 have no vector. */
	assert_int_equal(*reg(r, SL_OFF(IVAR, 2)), 0x00860085);
	assert_int_equal(*reg(r, SL_OFF(IVAR, 3)), 0);
	r = rig_init(SL_PCI_DEV_82576);
	r->s.port.hw->ops->intr_set_up(&r->s.port, 11);
	assert_int_equal(*reg(r, SL_OFF(IVAR, 2)), 0x008b0083);
	r = rig_init(SL_PCI_DEV_I211);
	r->s.port.hw->ops->intr_set_up(&r->s.port, 2);
	assert_int_equal(*reg(r, SL_OFF(IVAR, 0)), 0x00820081);
}

static void
vfta(void **state)
{
	static const struct {
		uint16_t id;
		unsigned int times;
	} rows[] = {{SL_PCI_DEV_82576, 1}, {SL_PCI_DEV_82580, 1}, {SL_PCI_DEV_I350, 10},
		{SL_PCI_DEV_I354, 10}, {SL_PCI_DEV_I210, 1}, {SL_PCI_DEV_I211, 1}};
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(rows); i++) {
		struct rig *r = rig_init(rows[i].id);

		r->s.port.hw->ops->vfta_set(&r->s.port, 7, 0x80000001);
		assert_int_equal(writes(r, SL_OFF(VFTA, 7)), rows[i].times);
		assert_int_equal(*reg(r, SL_OFF(VFTA, 7)), 0x80000001);
	}
}

/* Both registers agree on FCS stripping. Since the 82580, extension headers are ignored. */
static void
receive(void **state)
{
	static const struct {
		uint16_t id;
		bool strcrc, ipv6_ex_off;
	} rows[] = {{SL_PCI_DEV_82576, false, false}, {SL_PCI_DEV_82580, false, true},
		{SL_PCI_DEV_I350, true, true}, {SL_PCI_DEV_I354, true, true},
		{SL_PCI_DEV_I210, true, true}, {SL_PCI_DEV_I211, true, true}};
	struct sl_hw_rx rx = {.max_frame = 1518};
	unsigned int i, q, keep;

	(void)state;
	for (i = 0; i < RTE_DIM(rows); i++) {
		struct rig *r = rig_init(rows[i].id);
		const struct sl_hw *hw = r->s.port.hw;

		for (keep = 0; keep < 2; keep++) {
			rx.keep_crc = keep != 0;
			hw->ops->rx_set_up(&r->s.port, &rx);
			assert_int_equal((*reg(r, SL_OFF(RCTL, 0)) & SL_RCTL_SECRC) == 0, keep);
			for (q = 0; q < hw->rx_queues; q++)
				assert_int_equal(*reg(r, SL_OFF(DVMOLR, q)),
					rows[i].strcrc && keep == 0 ? SL_DVMOLR_STRCRC : 0);
		}
		assert_int_equal(
			*reg(r, SL_OFF(RFCTL, 0)), rows[i].ipv6_ex_off ? SL_RFCTL_IPV6_EX_DIS : 0);
		assert_int_equal((hw->rss_hf & RTE_ETH_RSS_IPV6_EX) == 0, rows[i].ipv6_ex_off);
	}
}

/* Settings of a previous driver are cleared. */
static void
reset(void **state)
{
	struct rig *r = rig_init(SL_PCI_DEV_I210);

	(void)state;
	*reg(r, SL_OFF(RXPBS, 0)) = 1;
	*reg(r, SL_OFF(TXPBS, 0)) = 1;
	*reg(r, SL_OFF(DMACR, 0)) = SL_DMACR_EN;
	assert_int_equal(r->s.port.hw->ops->reset(&r->s.port), 0);
	assert_int_equal(*reg(r, SL_OFF(RXPBS, 0)), 0xA2);
	assert_int_equal(*reg(r, SL_OFF(TXPBS, 0)), 0x04000014);
	assert_int_equal(*reg(r, SL_OFF(DMACR, 0)), 0);
	r = rig_init(SL_PCI_DEV_I350);
	*reg(r, SL_OFF(DMACR, 0)) = SL_DMACR_EN;
	*reg(r, SL_OFF(PHPM, 0)) = SL_PHPM_GO_LINKD | 1;
	assert_int_equal(r->s.port.hw->ops->reset(&r->s.port), 0);
	assert_int_equal(writes(r, SL_OFF(RXPBS, 0)), 0);
	assert_int_equal(*reg(r, SL_OFF(DMACR, 0)), 0);
	assert_int_equal(r->s.port.hw->ops->link_set(&r->s.port, true), 0);
	assert_int_equal(*reg(r, SL_OFF(PHPM, 0)), 1);
}

static void
rqdpc(void **state)
{
	uint64_t value[128] = {0}, dropped[SL_QUEUES_MAX] = {0};
	struct rig *r = rig_init(SL_PCI_DEV_I210);

	(void)state;
	*reg(r, SL_OFF(RQDPC, 3)) = 5;
	r->s.port.hw->ops->count(&r->s.port, value, dropped);
	r->s.port.hw->ops->count(&r->s.port, value, dropped);
	assert_int_equal(dropped[3], 5);
	r = rig_init(SL_PCI_DEV_I350);
	r->s.port.hw->ops->count(&r->s.port, value, dropped);
	assert_int_equal(writes(r, SL_OFF(RQDPC, 3)), 0);
}

/* --- the PLL --- */

static void
pll(void **state)
{
	const uint32_t word = SL_PREP(SL_INVM_TYPE, SL_INVM_WORD) |
		SL_PREP(SL_INVM_ADDR, SL_NVM_AUTOLOAD) | SL_PREP(SL_INVM_DATA, 0x1203);
	struct rig *r = rig_init(SL_PCI_DEV_I211);
	unsigned int lost;

	(void)state;
	for (lost = 0; lost <= 5; lost++) {
		r = rig_init(SL_PCI_DEV_I211);
		r->lost = lost;
		*reg(r, SL_OFF(WUC, 0)) = 9;
		*reg(r, SL_OFF(MDICNFG, 0)) = SL_MDICNFG_EXT_MDIO;
		/* After a record of another type, whose content looks like the word. */
		*reg(r, SL_OFF(INVM, 0)) = SL_PREP(SL_INVM_TYPE, SL_INVM_CSR);
		*reg(r, SL_OFF(INVM, 1)) = word ^ SL_PREP(SL_INVM_DATA, 1);
		*reg(r, SL_OFF(INVM, 2)) = word;
		assert_int_equal(r->s.port.hw->ops->reset(&r->s.port), 0);
		assert_int_equal(r->powers, 2 * lost);
		assert_int_equal(r->page, 0);
		if (lost != 0) {
			assert_int_equal(SL_GET(SL_EEARBC_DATA, r->autoload), 0x1213);
			assert_int_equal(*reg(r, SL_OFF(EEARBC, 0)), 0x1203u << 16 | 0x0A << 4);
		}
		assert_int_equal(*reg(r, SL_OFF(WUC, 0)), 9);
		assert_int_equal(*reg(r, SL_OFF(MDICNFG, 0)), SL_MDICNFG_EXT_MDIO);
	}
	/* The PLL never works: five attempts, and a message. */
	r = rig_init(SL_PCI_DEV_I211);
	r->lost = 100;
	assert_int_equal(r->s.port.hw->ops->reset(&r->s.port), -EIO);
	assert_int_equal(r->powers, 10);
	assert_int_equal(*reg(r, SL_OFF(SW_FW_SYNC, 0)), 0);
	/* No record has the word: the chip's default is used. */
	r = rig_init(SL_PCI_DEV_I211);
	r->lost = 1;
	assert_int_equal(r->s.port.hw->ops->reset(&r->s.port), 0);
	assert_int_equal(SL_GET(SL_EEARBC_DATA, r->autoload), 0x203F);
}

/* A device with a flash, or without the quirk, is not checked. */
static void
no_pll(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(first_ids); i++) {
		struct rig *r = rig_init(first_ids[i]);

		if (first_ids[i] == SL_PCI_DEV_I211)
			continue;
		r->lost = 100;
		assert_int_equal(r->s.port.hw->ops->reset(&r->s.port), 0);
		assert_int_equal(r->mdics, 0);
		assert_int_equal(r->powers, 0);
	}
}

static void
link_2500(void **state)
{
	static const struct {
		uint32_t straps, mbps;
	} rows[] = {
		{0, 1000}, {SL_STATUS_2500, 2500}, {SL_STATUS_2500 | SL_STATUS_2500_OVER, 1000}};
	struct sl_hw_link link;
	unsigned int i, d;

	(void)state;
	for (d = 0; d < RTE_DIM(first_ids); d++) {
		for (i = 0; i < RTE_DIM(rows); i++) {
			struct rig *r = rig_init(first_ids[d]);

			*reg(r, SL_OFF(CTRL_EXT, 0)) =
				SL_PREP(SL_CTRL_EXT_LINK_MODE, SL_LINK_MODE_SERDES);
			*reg(r, SL_OFF(STATUS, 0)) = SL_STATUS_LU | rows[i].straps |
				SL_PREP(SL_STATUS_SPEED, SL_SPEED_1000);
			assert_true(r->s.port.hw->ops->link_get(&r->s.port, &link));
			assert_int_equal(
				link.mbps, first_ids[d] == SL_PCI_DEV_I354 ? rows[i].mbps : 1000);
		}
	}
}

/* --- the link's speed --- */

#define ADV_REST (SL_PHY_ABILITY_802_3 | SL_PHY_ABILITY_PAUSE | SL_PHY_ABILITY_ASM_PAUSE)
#define NEGOTIATED \
	(SL_PHY_CONTROL_SPEED_1000 | SL_PHY_CONTROL_FD | SL_PHY_CONTROL_AUTONEG_ENABLE | \
		SL_PHY_CONTROL_AUTONEG_RESTART)

/* What the PHY advertises, after one that advertised all or nothing, and whether it negotiates. */
static void
speeds(void **state)
{
	const uint32_t fixed = RTE_ETH_LINK_SPEED_FIXED;
	const struct {
		uint32_t asked, adv, gigabit, control;
	} rows[] = {
		{0, SL_PHY_ABILITY_SPEEDS, SL_PHY_1000T_FD, NEGOTIATED},
		{RTE_ETH_LINK_SPEED_1G, 0, SL_PHY_1000T_FD, NEGOTIATED},
		{RTE_ETH_LINK_SPEED_1G | fixed, 0, SL_PHY_1000T_FD, NEGOTIATED},
		{RTE_ETH_LINK_SPEED_100M | RTE_ETH_LINK_SPEED_10M_HD,
			SL_PHY_ABILITY_100_FD | SL_PHY_ABILITY_10_HD, 0, NEGOTIATED},
		{RTE_ETH_LINK_SPEED_100M_HD, SL_PHY_ABILITY_100_HD, 0, NEGOTIATED},
		{RTE_ETH_LINK_SPEED_10M, SL_PHY_ABILITY_10_FD, 0, NEGOTIATED},
		{RTE_ETH_LINK_SPEED_100M | fixed, SL_PHY_ABILITY_100_FD, 0,
			SL_PHY_CONTROL_SPEED_100 | SL_PHY_CONTROL_FD},
		{RTE_ETH_LINK_SPEED_100M_HD | fixed, SL_PHY_ABILITY_100_HD, 0,
			SL_PHY_CONTROL_SPEED_100},
		{RTE_ETH_LINK_SPEED_10M | fixed, SL_PHY_ABILITY_10_FD, 0, SL_PHY_CONTROL_FD},
		{RTE_ETH_LINK_SPEED_10M_HD | fixed, SL_PHY_ABILITY_10_HD, 0, 0},
	};
	unsigned int i, before;

	(void)state;
	for (i = 0; i < RTE_DIM(rows); i++) {
		for (before = 0; before < 2; before++) {
			struct rig *r = rig_init(SL_PCI_DEV_82576);

			r->phy[SL_PHY_AUTONEG_ADV] =
				(uint16_t)(ADV_REST | (before != 0 ? SL_PHY_ABILITY_SPEEDS : 0));
			r->phy[SL_PHY_1000T_CTRL] =
				before != 0 ? SL_PHY_1000T_FD | SL_PHY_1000T_HD : 0;
			r->s.data.dev_conf.link_speeds = rows[i].asked;
			assert_int_equal(r->s.port.hw->ops->link_set(&r->s.port, true), 0);
			assert_int_equal(r->phy[SL_PHY_AUTONEG_ADV], ADV_REST | rows[i].adv);
			assert_int_equal(r->phy[SL_PHY_1000T_CTRL], rows[i].gigabit);
			assert_int_equal(r->phy[SL_PHY_CONTROL], rows[i].control);
			assert_int_equal(r->s.port.hw->ops->link_set(&r->s.port, false), 0);
			assert_int_equal(r->phy[SL_PHY_CONTROL], SL_PHY_CONTROL_POWER_DOWN);
			assert_int_equal(r->phy[SL_PHY_AUTONEG_ADV], ADV_REST | rows[i].adv);
		}
	}
}

/* Whichever transaction fails, the call reports it, and the PHY is released. */
static void
phy_fails(void **state)
{
	unsigned int at;

	(void)state;
	for (at = 1; at <= 5; at++) {
		struct rig *r = rig_init(SL_PCI_DEV_82576);

		r->deaf = at;
		assert_int_equal(r->s.port.hw->ops->link_set(&r->s.port, true), -EIO);
		assert_int_equal(r->mdics, at);
		assert_int_equal(*reg(r, SL_OFF(SW_FW_SYNC, 0)), 0);
	}
}

/* --- the board --- */

static void
nvm(void **state)
{
	struct sl_hw_version version;
	uint16_t val[3] = {0};
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(first_ids); i++) {
		struct rig *r = rig_init(first_ids[i]);
		const struct sl_hw_ops *ops = r->s.port.hw->ops;

		*reg(r, SL_OFF(EECD, 0)) = SL_SET(SL_EECD_EE_SIZE, *reg(r, SL_OFF(EECD, 0)), 3);
		assert_int_equal(
			ops->nvm_size(&r->s.port), first_ids[i] == SL_PCI_DEV_I211 ? 0 : 512);
		assert_int_equal(ops->nvm_words(&r->s.port, 0x123, 3, val), 0);
		assert_int_equal(val[0], 0xA123);
		assert_int_equal(val[2], 0xA125);
		assert_int_equal(*reg(r, SL_OFF(SW_FW_SYNC, 0)), 0);
		assert_int_equal(ops->nvm_version(&r->s.port, &version), 0);
		assert_true(version.has_number);
		assert_int_equal(version.number, 0xA005);
		assert_int_equal(version.track[0], 0xA042);
		assert_int_equal(version.track[1], 0xA043);
		r->nvm_slow = true;
		assert_int_equal(ops->nvm_words(&r->s.port, 0, 3, val), -ETIMEDOUT);
		assert_int_equal(ops->nvm_version(&r->s.port, &version), -ETIMEDOUT);
		assert_int_equal(*reg(r, SL_OFF(SW_FW_SYNC, 0)), 0);
		/* The firmware keeps the NVM. */
		*reg(r, SL_OFF(SW_FW_SYNC, 0)) = SL_SW_FW_SW_EEP << SL_SW_FW_FW_SHIFT;
		assert_int_equal(ops->nvm_words(&r->s.port, 0, 3, val), -EBUSY);
	}
}

/* The bits that invert an LED stay. */
static void
led(void **state)
{
	struct rig *r = rig_init(SL_PCI_DEV_82576);

	(void)state;
	*reg(r, SL_OFF(LEDCTL, 0)) = 0xC7C683C2;
	r->s.port.hw->ops->led_set(&r->s.port, true);
	assert_int_equal(*reg(r, SL_OFF(LEDCTL, 0)), 0x4E4E0E4E);
	r->s.port.hw->ops->led_set(&r->s.port, false);
	assert_int_equal(*reg(r, SL_OFF(LEDCTL, 0)), 0x4F4F0F4F);
}

/* Settings for frames are in effect when the call returns: a read follows the writes. */
static void
writes_have_arrived(void **state)
{
	static const struct rte_ether_addr mac = {{2, 0, 0, 0, 0, 1}};
	static const uint32_t mta[SL_MTA_WORDS];
	static const uint8_t reta[SL_RETA_MAX], key[SL_RSS_KEY_BYTES];
	struct rig *r = rig_init(first_ids[0]);
	const struct sl_hw_ops *ops = r->s.port.hw->ops;

	(void)state;
	ops->addr_set(&r->s.port, 3, &mac);
	assert_int_equal(r->under_way, 0);
	ops->multicast_set(&r->s.port, mta);
	assert_int_equal(r->under_way, 0);
	ops->promiscuous_set(&r->s.port, true, true);
	assert_int_equal(r->under_way, 0);
	ops->vfta_set(&r->s.port, 1, 5);
	assert_int_equal(r->under_way, 0);
	ops->vlan_set(&r->s.port, true, true);
	assert_int_equal(r->under_way, 0);
	ops->reta_set(&r->s.port, reta);
	assert_int_equal(r->under_way, 0);
	ops->rss_set(&r->s.port, key, RTE_ETH_RSS_IPV4);
	assert_int_equal(r->under_way, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts),
		cmocka_unit_test(all_tasks),
		cmocka_unit_test(ivar),
		cmocka_unit_test(vfta),
		cmocka_unit_test(receive),
		cmocka_unit_test(reset),
		cmocka_unit_test(rqdpc),
		cmocka_unit_test(pll),
		cmocka_unit_test(no_pll),
		cmocka_unit_test(link_2500),
		cmocka_unit_test(speeds),
		cmocka_unit_test(phy_fails),
		cmocka_unit_test(nvm),
		cmocka_unit_test(led),
		cmocka_unit_test(writes_have_arrived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
