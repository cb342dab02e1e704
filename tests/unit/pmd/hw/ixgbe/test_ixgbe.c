/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The ixgbe family from the driver's side. The driver's facts about a device match its registers,
 * and it accesses no register that the device lacks. Cases that no model has are tested too: the
 * second reset, a semaphore left behind, modules of all types. The device is an array of registers,
 * with a module on its I2C lines and a PHY on its MDI bus. Common code is tested on each device.
 */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scripted_port.h"
#include "ixgbe/sl_ixgbe.h"

#define LIST_AT 0x100u
#define SEQUENCE_AT 0x180u

struct rig {
	struct scripted_port s;
	uint32_t regs[SL_82599_BAR_SIZE / sizeof(uint32_t)];
	unsigned int resets, cores, nvm_looks;
	bool pending; /* requests of the NIC stay pending until the first reset */
	bool gone;    /* all registers read all ones */
	uint16_t nvm[0x200];
	/* The module: contents, I2C lines, and position within a byte. */
	bool plugged;
	uint8_t id[256], diagnostics[256], byte, at;
	bool other;	   /* the diagnostics are addressed */
	unsigned int busy; /* number of times that it does not answer yet */
	bool scl, sda, pulls, reads, offset_next, active;
	unsigned int bits;
	/* The copper PHY: bus address, registers, and the register addressed in each device. */
	unsigned int phy_at, restarts, nvm_reads;
	uint16_t phy[SL_82599_PHY_COUNT], addressed[32];
	uint32_t reset_kind; /* bits of CTRL at the last reset, and GSSR at that time */
	uint32_t reset_gssr;
	unsigned int slow_us; /* duration of each read of the NVM */
	/* Firmware: its last command, and its errors. */
	unsigned int commands;
	uint32_t told, told_port;
	bool deaf, hangs, no_status;
	struct sl_rx_queue rxq;
	struct sl_tx_queue txq;
};

/* The devices of the family, by their first IDs. */
static const uint16_t devices[] = {
#define SL_FACTS(device, label, first, ...) SL_PCI_DEV_##first,
#include "ixgbe/facts.def"
#undef SL_FACTS
};
#define EACH_DEVICE(r, i) \
	for ((i) = 0; (i) < RTE_DIM(devices) && ((r) = rig_init(devices[i])) != NULL; (i)++)

static uint32_t *
reg(struct rig *r, uint32_t off)
{
	return &r->regs[off / sizeof(uint32_t)];
}

static void
check_has(struct rig *r, uint32_t off)
{
	const struct sl_reg_set *set = r->s.port.hw->regs;
	unsigned int i;

	for (i = 0; i < sl_reg_ranges(set); i++) {
		const struct sl_reg_range range = sl_reg_range(set, i);
		const uint32_t stride = range.stride != 0 ? range.stride : sizeof(uint32_t);

		if ((off - range.offset) / stride < range.count &&
			(off - range.offset) % stride == 0)
			return;
	}
	fail_msg("%s has no register at 0x%05x", r->s.port.hw->name, off);
}

/* --- the module --- */

static void
byte_done(struct rig *r)
{
	if (r->reads)
		return;
	if (!r->offset_next) {
		r->active = (r->byte & 0xFC) == 0xA0;
		r->other = (r->byte & 2) != 0;
		r->reads = r->active && (r->byte & 1) != 0;
		r->offset_next = true;
	} else {
		r->at = r->byte;
	}
}

static void
fall(struct rig *r)
{
	r->pulls = false;
	if (r->bits == 9)
		r->bits = 0;
	if (!r->active)
		return;
	if (r->bits == 8 && !r->reads) {
		byte_done(r);
		r->pulls = r->active;
		/* Its first byte follows the acknowledgement. */
		r->bits = 8;
	} else if (r->reads && r->bits < 8) {
		if (r->bits == 0)
			r->byte = r->other ? r->diagnostics[r->at++] : r->id[r->at++];
		r->pulls = (r->byte >> (7 - r->bits) & 1) == 0;
	}
}

static void
lines(struct rig *r, bool scl, bool sda)
{
	if (r->scl && scl && r->sda && !sda) {
		r->bits = 0;
		r->reads = r->offset_next = r->pulls = false;
		r->active = r->plugged && r->busy == 0;
		r->busy -= r->busy != 0;
	} else if (r->scl && scl && !r->sda && sda) {
		r->active = r->pulls = false;
	} else if (!r->scl && scl) {
		if (r->bits < 8 && !r->reads)
			r->byte = (uint8_t)(r->byte << 1 | sda);
		r->bits++;
	} else if (r->scl && !scl && r->active) {
		fall(r);
	}
	r->scl = scl;
	r->sda = sda;
}

/* --- the PHY --- */

static bool
has(const struct rig *r, enum sl_ixgbe_quirk quirk)
{
	return (r->s.port.hw->quirks & quirk) != 0;
}

static uint32_t
gssr(struct rig *r)
{
	return *reg(r, SL_82599_OFF(GSSR, 0));
}

static unsigned int
phy_find(uint32_t mmd, uint16_t at)
{
	static const struct {
		uint8_t mmd;
		uint16_t reg;
	} rows[] = {
#define SL_PHY(name, mmd, reg, ...) {mmd, reg},
#include "ixgbe/phy.def"
#undef SL_PHY
	};
	unsigned int i;

	for (i = 0; i < RTE_DIM(rows); i++) {
		if (rows[i].reg == at && (rows[i].mmd == mmd || rows[i].mmd == 0))
			return i;
	}
	fail_msg("the PHY has no register %#x in device %u", at, mmd);
	return 0;
}

/* The bus may be used only by the owner of this port's PHY. */
static void
mdi(struct rig *r, uint32_t msca)
{
	const uint32_t mmd = SL_GET(SL_82599_MSCA_MMD, msca);
	const uint32_t lan = SL_GET(SL_82599_STATUS_LAN, *reg(r, SL_82599_OFF(STATUS, 0)));
	uint32_t *data = reg(r, SL_82599_OFF(MSRWD, 0));
	const bool there = SL_GET(SL_82599_MSCA_PHY, msca) == r->phy_at;
	unsigned int i;

	assert_true((gssr(r) & SL_82599_GSSR_PHY << lan) != 0);
	if (SL_GET(SL_82599_MSCA_OP, msca) == SL_82599_MSCA_ADDRESS) {
		r->addressed[mmd] = (uint16_t)SL_GET(SL_82599_MSCA_REG, msca);
		return;
	}
	i = phy_find(mmd, r->addressed[mmd]);
	if (SL_GET(SL_82599_MSCA_OP, msca) == SL_82599_MSCA_READ) {
		*data = SL_SET(SL_82599_MSRWD_READ, *data, there ? r->phy[i] : UINT16_MAX);
		return;
	}
	assert_true(there);
	r->phy[i] = (uint16_t)SL_GET(SL_82599_MSRWD_WRITE, *data);
	r->restarts += i == SL_82599_PHY_AN_CONTROL && (r->phy[i] & SL_82599_PHY_AN_RESTART) != 0;
}

/* --- the firmware --- */

/* Address and length are in bytes. */
static void
read_shadow(struct rig *r, uint32_t *m)
{
	const uint32_t first = rte_bswap32(m[1]) / 2, words = rte_bswap16((uint16_t)m[2]) / 2;
	uint32_t i;

	assert_int_equal(m[0], 0xFF060031);
	assert_true((gssr(r) & SL_82599_GSSR_EEP) != 0);
	assert_in_range(words, 1, 512);
	for (i = 0; i < words; i++) {
		const uint16_t val =
			first + i < RTE_DIM(r->nvm) ? r->nvm[first + i] : (uint16_t)0xABCD;

		m[3 + i / 2] = i % 2 == 0 ? val : m[3 + i / 2] | (uint32_t)val << 16;
	}
	r->nvm_reads += words;
	r->s.now += sl_time_ticks(r->slow_us);
}

/* Execute a firmware command. @return HICR after it. */
static uint32_t
command(struct rig *r, uint32_t hicr)
{
	uint32_t *m = reg(r, SL_82599_OFF(FLEX_MNG, 0));

	assert_true((hicr & SL_82599_HICR_ENABLED) != 0);
	assert_true((gssr(r) & SL_82599_GSSR_SW_MNG) != 0);
	assert_int_equal(*reg(r, SL_82599_OFF(FWSTS, 0)), 0x200);
	r->told = m[0];
	r->told_port = m[1];
	r->commands++;
	if (r->hangs)
		return hicr;
	if ((m[0] & 0xFF) == SL_82599_HIC_READ_SHADOW)
		read_shadow(r, m);
	else if (!r->deaf)
		*reg(r, SL_82599_OFF(RXCTRL, 0)) &= ~SL_82599_RXCTRL_RXEN;
	return (hicr & ~SL_82599_HICR_COMMAND & ~SL_82599_HICR_STATUS_VALID) |
		(r->no_status ? 0 : SL_82599_HICR_STATUS_VALID);
}

/* --- the registers --- */

static uint32_t
reg_read(void *dev, uint32_t off)
{
	struct rig *r = dev;
	const uint32_t val = *reg(r, off);

	check_has(r, off);
	if (r->gone)
		return SL_REG_GONE;
	r->nvm_looks += off == SL_82599_OFF(EEC, 0);
	if (off == SL_82599_OFF(SWSM, 0))
		*reg(r, off) |= SL_82599_SWSM_SMBI;
	if (off == SL_82599_OFF(GSSR, 0) && has(r, SL_IXGBE_QUIRK_REGSMP))
		*reg(r, off) |= SL_82599_GSSR_REGSMP;
	if (off == SL_82599_OFF(I2CCTL, 0))
		return (r->scl ? SL_82599_I2CCTL_CLOCK_IN : 0) |
			(r->sda && !r->pulls ? SL_82599_I2CCTL_DATA_IN : 0);
	return val;
}

static void
reg_write(void *dev, uint32_t off, uint32_t val)
{
	struct rig *r = dev;
	uint32_t *status = reg(r, SL_82599_OFF(STATUS, 0));

	check_has(r, off);
	if (off == SL_82599_OFF(CTRL, 0)) {
		if ((val & SL_82599_CTRL_GIO_DIS) != 0 && !r->pending)
			*status &= ~SL_82599_STATUS_GIO;
		r->resets += (val & SL_82599_CTRL_RESETS) != 0;
		r->reset_kind = val & SL_82599_CTRL_RESETS;
		r->reset_gssr = gssr(r);
		val &= ~SL_82599_CTRL_RESETS;
	}
	if (off == SL_82599_OFF(SWSM, 0) && has(r, SL_IXGBE_QUIRK_REGSMP))
		val &= ~SL_82599_SWSM_SWESMBI;
	if (off == SL_82599_OFF(MSCA, 0) && (val & SL_82599_MSCA_COMMAND) != 0) {
		mdi(r, val);
		val &= ~SL_82599_MSCA_COMMAND;
	}
	if (off == SL_82599_OFF(HICR, 0) && (val & SL_82599_HICR_COMMAND) != 0)
		val = command(r, val);
	if (off == SL_82599_OFF(EERD, 0)) {
		const uint32_t word = SL_GET(SL_82599_EERD_ADDR, val);

		assert_true(word < RTE_DIM(r->nvm));
		assert_false(has(r, SL_IXGBE_QUIRK_FIRMWARE));
		assert_true(!has(r, SL_IXGBE_QUIRK_REGSMP) || (gssr(r) & SL_82599_GSSR_EEP) != 0);
		r->nvm_reads++;
		r->s.now += sl_time_ticks(r->slow_us);
		val = SL_82599_EERD_DONE | SL_PREP(SL_82599_EERD_DATA, r->nvm[word]);
	}
	if (off == SL_82599_OFF(I2CCTL, 0))
		lines(r, (val & SL_82599_I2CCTL_CLOCK_OUT) != 0,
			(val & SL_82599_I2CCTL_DATA_OUT) != 0);
	r->cores += off == SL_82599_OFF(CORECTL, 0);
	*reg(r, off) = val;
}

static const struct sl_bus_ops bus_ops = {.read = reg_read, .write = reg_write};

/* Set the checksum of the NVM's first words, without modules. */
static void
sum_up(struct rig *r)
{
	/* On the X550, two words after the checksum are included. */
	const unsigned int n = has(r, SL_IXGBE_QUIRK_FIRMWARE) ? 0x42 : 0x40;
	uint16_t sum = 0;
	unsigned int i;

	for (i = 0; i < n; i++)
		sum = (uint16_t)(sum + (i != SL_82599_NVM_CHECKSUM ? r->nvm[i] : 0));
	r->nvm[SL_82599_NVM_CHECKSUM] = (uint16_t)(SL_82599_NVM_SUM - sum);
}

static struct rig *
rig_init(uint16_t id)
{
	static struct rig rig;
	struct rig *r = &rig;
	unsigned int i, e;

	memset(r, 0, sizeof(*r));
	scripted_port_init(&r->s, &bus_ops, r, id);
	r->s.port.fibre = sl_hw_has_optics(id);
	r->rxq.port = &r->s.port;
	r->txq.port = &r->s.port;
	for (i = 0; i < r->s.port.hw->regs->n_rows; i++) {
		for (e = 0; e < r->s.port.hw->regs->rows[i].count; e++)
			*reg(r, sl_reg_offset(r->s.port.hw->regs, i, e)) =
				r->s.port.hw->regs->rows[i].reset;
	}
	r->scl = r->sda = true;
	for (i = 0; i < RTE_DIM(r->nvm); i++)
		r->nvm[i] = UINT16_MAX;
	sum_up(r);
	r->phy[SL_82599_PHY_ID1] = SL_82599_PHY_ID_X540 >> 16;
	return r;
}

/* --- facts of the driver, and accessed registers --- */

static void
facts(void **state)
{
	unsigned int d, i;

	(void)state;
	for (d = 0; d < RTE_DIM(devices); d++) {
		const struct sl_hw *hw = sl_hw_find(devices[d]);
		const struct sl_reg_row *rows = hw->regs->rows;

		assert_int_equal(hw->device_id, devices[d]);
		assert_string_equal(hw->name, hw->regs->name);
		assert_int_equal(hw->rx_queues, rows[SL_82599_RDBAL].count);
		assert_int_equal(hw->tx_queues, rows[SL_82599_TDBAL].count / 2);
		assert_int_equal(hw->mac_addrs, rows[SL_82599_RAL].count);
		assert_int_equal(hw->reta_entries,
			4 * (rows[SL_82599_RETA].count + rows[SL_82599_ERETA].count));
		assert_int_equal(hw->rss_queues,
			1 +
				(rows[SL_82599_ERETA].count != 0 ? SL_82599_RETA_QUEUE_X550 :
								   SL_82599_RETA_QUEUE));
		/* All counters that the device has, and no others. */
		assert_int_equal(hw->nb_counters,
			rows[SL_82599_O2BSPC].count != 0 ? SL_IXGBE_COUNTERS :
							   SL_IXGBE_COUNTERS_82599);
		for (i = 0; i < hw->nb_counters; i++)
			assert_int_equal(rows[hw->counters[i].reg].access, SL_ACC_RC);
		/* If there is a PHY, it selects the speed. */
		assert_int_equal(hw->speeds_chosen, (hw->speeds & RTE_ETH_LINK_SPEED_100M) != 0);
		assert_int_equal(hw->speeds_chosen, rows[SL_82599_MACC].count != 0);
		assert_int_equal((hw->quirks & SL_IXGBE_QUIRK_FIRMWARE) != 0,
			rows[SL_82599_FLEX_MNG].count != 0);
	}
}

/* The bus fails the test if a register is accessed that the device lacks. */
static void
tasks(struct rig *r)
{
	const struct sl_hw_rx rx = {.max_frame = 1526};
	const struct rte_ether_addr mac = {{2, 0, 0, 0, 0, 1}};
	uint64_t value[128] = {0}, dropped[SL_QUEUES_MAX] = {0};
	uint8_t reta[SL_RETA_MAX] = {0}, key[SL_RSS_KEY_LEN] = {0};
	uint32_t mta[SL_MTA_WORDS] = {0};
	const uint32_t memory = (has(r, SL_IXGBE_QUIRK_COPPER) ? 384 : 512) * 1024;
	const struct sl_hw_ops *ops = r->s.port.hw->ops;
	struct sl_hw_link link;
	unsigned int q;

	assert_int_equal(ops->quiet(&r->s.port), 0);
	assert_int_equal(ops->reset(&r->s.port), 0);
	assert_int_equal(r->resets, 1);
	ops->rx_set_up(&r->s.port, &rx);
	/* A VLAN tag is allowed in addition. */
	assert_int_equal(*reg(r, SL_82599_OFF(MAXFRS, 0)), 1522u << 16);
	assert_int_equal(*reg(r, SL_82599_OFF(RQSMR, 5)), 0x07060504);
	/* The whole packet buffer, with space after the threshold. */
	assert_int_equal(*reg(r, SL_82599_OFF(RXPBSIZE, 0)), memory);
	assert_int_equal(*reg(r, SL_82599_OFF(RXPBSIZE, 7)), 0);
	assert_int_equal(*reg(r, SL_82599_OFF(FCRTH, 0)), memory - 0x6000);
	ops->vlan_set(&r->s.port, true, true);
	for (q = 0; q < r->s.port.hw->rx_queues; q++) {
		r->rxq.queue_id = (uint16_t)q;
		r->rxq.buf_len = 2048;
		assert_int_equal(ops->rxq_enable(&r->rxq), 0);
		assert_int_equal(*reg(r, SL_82599_OFF(RXDCTL, q)),
			SL_82599_RXDCTL_VME | SL_82599_XDCTL_ENABLE);
		assert_int_equal(*reg(r, SL_82599_OFF(DCA_RXCTRL, q)) & 0xB000, 0);
	}
	for (q = 0; q < r->s.port.hw->tx_queues; q++) {
		r->txq.queue_id = (uint16_t)q;
		assert_int_equal(ops->txq_enable(&r->txq), 0);
		assert_int_equal(
			SL_GET(SL_82599_TXDCTL_WTHRESH, *reg(r, SL_82599_OFF(TXDCTL, q))), 0);
	}
	for (q = 0; q < r->s.port.hw->mac_addrs; q++)
		ops->addr_set(&r->s.port, q, &mac);
	ops->multicast_set(&r->s.port, mta);
	ops->promiscuous_set(&r->s.port, true, true);
	ops->reta_set(&r->s.port, reta);
	ops->rss_set(&r->s.port, key, r->s.port.hw->rss_hf);
	assert_int_equal(*reg(r, SL_82599_OFF(MRQC, 0)), 0x01FF0001);
	ops->intr_set_up(&r->s.port, 63);
	ops->intr_rxq(&r->s.port, 62, true);
	assert_int_equal(*reg(r, SL_82599_OFF(EIMS_EX, 1)), 1u << 31);
	assert_int_equal(ops->link_set(&r->s.port, true), 0);
	assert_true(ops->link_get(&r->s.port, &link));
	assert_int_equal(
		link.media, has(r, SL_IXGBE_QUIRK_COPPER) ? SL_MEDIA_COPPER : SL_MEDIA_SERDES);
	if (has(r, SL_IXGBE_QUIRK_COPPER))
		*reg(r, SL_82599_OFF(B2OGPRC, 0)) = 7;
	ops->count(&r->s.port, value, dropped);
	assert_int_equal(value[SL_IXGBE_COUNTERS_82599], has(r, SL_IXGBE_QUIRK_COPPER) ? 7 : 0);
	assert_true(ops->dump(&r->s.port, NULL) > 6000);
	ops->let_go(&r->s.port);
	assert_int_equal(*reg(r, SL_82599_OFF(CTRL_EXT, 0)) & SL_82599_CTRL_EXT_DRV_LOAD, 0);
}

static void
all_tasks(void **state)
{
	struct rig *r;
	unsigned int i;

	(void)state;
	EACH_DEVICE(r, i)
	tasks(r);
}

/* --- cases that no model has --- */

/* Requests stay pending: a second reset is needed. */
static void
second_reset(void **state)
{
	struct rig *r;
	unsigned int i;

	(void)state;
	EACH_DEVICE(r, i)
	{
		r->pending = true;
		assert_int_equal(r->s.port.hw->ops->quiet(&r->s.port), 0);
		assert_int_equal(r->s.port.hw->ops->reset(&r->s.port), 0);
		assert_int_equal(r->resets, 2);
		assert_int_equal(*reg(r, SL_82599_OFF(GCR_EXT, 0)), 0);
		assert_int_equal(*reg(r, SL_82599_OFF(HLREG0, 0)) & SL_82599_HLREG0_LPBK, 0);
	}
}

/*
 * The reset of a MAC with a PHY does not include the link. The driver owns the PHY during the
 * reset, and accesses nothing for 100 ms. If the firmware keeps the PHY, the reset is done anyway.
 */
static void
resets(void **state)
{
	struct rig *r;
	unsigned int i;

	(void)state;
	EACH_DEVICE(r, i)
	{
		const bool copper = has(r, SL_IXGBE_QUIRK_COPPER);

		assert_int_equal(r->s.port.hw->ops->quiet(&r->s.port), 0);
		r->s.now = 1;
		assert_int_equal(r->s.port.hw->ops->reset(&r->s.port), 0);
		assert_int_equal(r->reset_kind, copper ? SL_82599_CTRL_RST : SL_82599_CTRL_LNK_RST);
		assert_int_equal(
			r->reset_gssr & ~SL_82599_GSSR_REGSMP, copper ? SL_82599_GSSR_PHY : 0);
		assert_int_equal(gssr(r) & ~SL_82599_GSSR_REGSMP, 0);
		assert_in_range(r->s.now / 1000, copper ? 101000 : 11000, copper ? 110000 : 20000);
		if (!copper)
			continue;
		r = rig_init(devices[i]);
		*reg(r, SL_82599_OFF(STATUS, 0)) = SL_PREP(SL_82599_STATUS_LAN, 1);
		assert_int_equal(r->s.port.hw->ops->reset(&r->s.port), 0);
		assert_int_equal(r->reset_gssr & ~SL_82599_GSSR_REGSMP, SL_82599_GSSR_PHY << 1);
		*reg(r, SL_82599_OFF(GSSR, 0)) = SL_82599_GSSR_PHY << 1 << SL_82599_GSSR_FW_SHIFT;
		assert_int_equal(r->s.port.hw->ops->reset(&r->s.port), 0);
		assert_int_equal(r->resets, 2);
	}
}

/* --- checksum of the NVM --- */

static int
sum_of(struct rig *r)
{
	const int ret = r->s.port.hw->ops->reset(&r->s.port);

	assert_int_equal(gssr(r) & ~SL_82599_GSSR_REGSMP, 0);
	return ret;
}

/* A module of three words after the first ones. @p word points to it. */
static struct rig *
with_module(uint16_t id, unsigned int word, uint16_t len)
{
	struct rig *r = rig_init(id);

	r->nvm[word] = LIST_AT;
	r->nvm[LIST_AT] = len;
	r->nvm[LIST_AT + 1] = 0x1111;
	r->nvm[LIST_AT + 2] = 0x2222;
	r->nvm[LIST_AT + 3] = 0x4444;
	sum_up(r);
	return r;
}

/* The module's part of the checksum. On the X550, three modules have no length word. */
static uint16_t
module_sum(const struct rig *r, unsigned int word)
{
	const bool firmware = has(r, SL_IXGBE_QUIRK_FIRMWARE);
	const unsigned int plain = !firmware ? 0 : word == 6 ? 36 : word == 7 || word == 8 ? 8 : 0;
	uint16_t sum = 0;
	unsigned int i;

	if ((word == 2 && !firmware) || (has(r, SL_IXGBE_QUIRK_REGSMP) && (word == 4 || word == 5)))
		return 0;
	for (i = 0; i < plain; i++)
		sum = (uint16_t)(sum + r->nvm[LIST_AT + i]);
	return plain != 0 ? sum : 0x7777;
}

static void
sums(void **state)
{
	struct rig *r;
	unsigned int i, n;

	(void)state;
	EACH_DEVICE(r, i)
	{
		assert_int_equal(sum_of(r), 0);
		/* Read once for all resets. */
		n = r->nvm_reads;
		assert_true(n > SL_82599_NVM_CHECKSUM);
		assert_int_equal(sum_of(r), 0);
		assert_int_equal(r->nvm_reads, n);
		r = rig_init(devices[i]);
		r->nvm[SL_82599_NVM_CHECKSUM]++;
		assert_int_equal(sum_of(r), -EIO);
		/* If it was wrong, it is read again. */
		r->nvm[SL_82599_NVM_CHECKSUM]--;
		assert_int_equal(sum_of(r), 0);
		/* Each module counts, except those that the device excludes. */
		for (n = 2; n <= SL_82599_NVM_LAST_MODULE; n++) {
			uint16_t counts;

			r = with_module(devices[i], n, 3);
			counts = module_sum(r, n);
			assert_int_equal(sum_of(r), counts == 0 ? 0 : -EIO);
			r = with_module(devices[i], n, 3);
			r->nvm[SL_82599_NVM_CHECKSUM] =
				(uint16_t)(r->nvm[SL_82599_NVM_CHECKSUM] - counts);
			assert_int_equal(sum_of(r), 0);
		}
		/* One that would end after the NVM's 1024 words, and one of length 0. */
		r = with_module(devices[i], SL_82599_NVM_CORE_0, 1024 - LIST_AT);
		assert_int_equal(sum_of(r), 0);
		r = with_module(devices[i], SL_82599_NVM_CORE_0, 0);
		assert_int_equal(sum_of(r), 0);
	}
}

/* The driver does not wait forever for an NVM that is slow for each word. */
static void
slow_nvm(void **state)
{
	struct rig *r;
	unsigned int i;

	(void)state;
	EACH_DEVICE(r, i)
	{
		r->slow_us = 100000;
		assert_int_equal(sum_of(r), -ETIMEDOUT);
		assert_true(r->s.now < sl_time_ticks(5000000));
	}
}

/* --- firmware --- */

static struct rig *
with_firmware(void)
{
	struct rig *r = rig_init(SL_PCI_DEV_X550_T);

	*reg(r, SL_82599_OFF(RXCTRL, 0)) = SL_82599_RXCTRL_RXEN;
	*reg(r, SL_82599_OFF(STATUS, 0)) = SL_PREP(SL_82599_STATUS_LAN, 1);
	return r;
}

/* After a stop, receive is disabled and no resource is owned. */
static void
assert_stopped(struct rig *r, unsigned int commands)
{
	assert_int_equal(r->commands, commands);
	assert_int_equal(*reg(r, SL_82599_OFF(RXCTRL, 0)), 0);
	assert_int_equal(gssr(r) & ~SL_82599_GSSR_REGSMP, 0);
}

/* The firmware is asked to stop receive. Whatever it answers, receive is stopped. */
static void
receive_stops(void **state)
{
	struct rig *r = with_firmware();

	(void)state;
	assert_int_equal(r->s.port.hw->ops->quiet(&r->s.port), 0);
	assert_int_equal(r->told, 0xFF0001DE);
	assert_int_equal(r->told_port, 1);
	assert_stopped(r, 1);
	/* If receive is off, it is not stopped again. */
	r->s.port.hw->ops->rx_switch(&r->s.port, false);
	assert_stopped(r, 1);
	r = with_firmware();
	r->deaf = true;
	r->s.port.hw->ops->rx_switch(&r->s.port, false);
	assert_stopped(r, 1);
	r = with_firmware();
	r->deaf = r->no_status = true;
	r->s.port.hw->ops->rx_switch(&r->s.port, false);
	assert_stopped(r, 1);
	r = with_firmware();
	r->hangs = true;
	r->s.port.hw->ops->rx_switch(&r->s.port, false);
	assert_stopped(r, 1);
	assert_in_range(r->s.now / 1000, 500000, 600000);
	/* The other port's driver keeps the resource, which is not taken over. */
	r = with_firmware();
	*reg(r, SL_82599_OFF(GSSR, 0)) = SL_82599_GSSR_SW_MNG;
	r->s.port.hw->ops->rx_switch(&r->s.port, false);
	assert_int_equal(r->commands, 0);
	assert_int_equal(*reg(r, SL_82599_OFF(RXCTRL, 0)), 0);
	assert_int_equal(gssr(r) & ~SL_82599_GSSR_REGSMP, SL_82599_GSSR_SW_MNG);
	/* The firmware's interface is disabled. */
	r = with_firmware();
	*reg(r, SL_82599_OFF(HICR, 0)) = 0;
	r->s.port.hw->ops->rx_switch(&r->s.port, false);
	assert_stopped(r, 0);
}

static void
words_by_firmware(void **state)
{
	struct rig *r = with_firmware();
	uint16_t val[600];
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(r->nvm); i++)
		r->nvm[i] = (uint16_t)(0x1000 + i);
	assert_int_equal(sl_ixgbe_nvm_words(&r->s.port, 7, RTE_DIM(val), val), 0);
	for (i = 0; i < RTE_DIM(val); i++)
		assert_int_equal(val[i], 7 + i < RTE_DIM(r->nvm) ? 0x1007 + i : 0xABCD);
	/* An answer has at most 512 words. */
	assert_int_equal(r->commands, 2);
	assert_int_equal(sl_ixgbe_nvm_read(&r->s.port, 0x3F, val), 0);
	assert_int_equal(val[0], 0x103F);
	r->no_status = true;
	assert_int_equal(sl_ixgbe_nvm_read(&r->s.port, 0x3F, val), -EIO);
	r->hangs = true;
	assert_int_equal(sl_ixgbe_nvm_read(&r->s.port, 0x3F, val), -ETIMEDOUT);
	assert_int_equal(gssr(r) & ~SL_82599_GSSR_REGSMP, 0);
	/* The chip is copying its flash. */
	*reg(r, SL_82599_OFF(GSSR, 0)) = SL_82599_GSSR_FLASH;
	assert_int_equal(sl_ixgbe_nvm_read(&r->s.port, 0x3F, val), -EBUSY);
}

/* Firmware in recovery mode: the port is refused. */
static void
recovery_mode(void **state)
{
	struct rig *r;
	unsigned int i;

	(void)state;
	EACH_DEVICE(r, i)
	{
		*reg(r, SL_82599_OFF(FWSM, 0)) |= SL_82599_FWSM_RECOVERY;
		assert_int_equal(r->s.port.hw->ops->reset(&r->s.port),
			has(r, SL_IXGBE_QUIRK_FIRMWARE) ? -EIO : 0);
	}
}

/* The redirection table, also beyond the part that all devices have. */
static void
reta(void **state)
{
	uint8_t table[SL_RETA_MAX];
	struct rig *r;
	unsigned int i, n;

	(void)state;
	for (n = 0; n < RTE_DIM(table); n++)
		table[n] = (uint8_t)(n * 7);
	EACH_DEVICE(r, i)
	{
		r->s.port.hw->ops->reta_set(&r->s.port, table);
		for (n = 0; n < r->s.port.hw->reta_entries; n++) {
			const uint32_t word = n < 128 ? *reg(r, SL_82599_OFF(RETA, n / 4)) :
							*reg(r, SL_82599_OFF(ERETA, n / 4 - 32));

			assert_int_equal(word >> n % 4 * 8 & UINT8_MAX, table[n]);
		}
	}
}

/* --- copper --- */

/* Speeds that the PHY advertises, as RTE_ETH_LINK_SPEED_*. */
static uint32_t
offered(const struct rig *r)
{
	return ((r->phy[SL_82599_PHY_AN_10G] & 0x1000) != 0 ? RTE_ETH_LINK_SPEED_10G : 0) |
		((r->phy[SL_82599_PHY_AN_1G] & 0x8000) != 0 ? RTE_ETH_LINK_SPEED_1G : 0) |
		((r->phy[SL_82599_PHY_AN_1G] & 0x0800) != 0 ? RTE_ETH_LINK_SPEED_5G : 0) |
		((r->phy[SL_82599_PHY_AN_1G] & 0x0400) != 0 ? RTE_ETH_LINK_SPEED_2_5G : 0) |
		((r->phy[SL_82599_PHY_AN_ADVERTISE] & 0x0100) != 0 ? RTE_ETH_LINK_SPEED_100M : 0);
}

static struct rig *
copper(unsigned int i)
{
	struct rig *r = rig_init(devices[i]);

	return has(r, SL_IXGBE_QUIRK_COPPER) ? r : NULL;
}

/* Each device with a copper PHY, after power-on. */
#define EACH_COPPER(r, i) \
	for ((i) = 0; (i) < RTE_DIM(devices); (i)++) \
		if (((r) = copper(i)) != NULL)

/* Each selection of speeds, with a PHY that advertised all speeds or none before. */
static void
speeds(void **state)
{
	const uint32_t slow = RTE_ETH_LINK_SPEED_2_5G | RTE_ETH_LINK_SPEED_5G;
	unsigned int i, bit;
	struct rig *r;

	(void)state;
	for (i = 0; i < RTE_DIM(devices); i++) {
		for (bit = 0; bit < 32 && copper(i) != NULL; bit++) {
			const uint32_t asked = sl_hw_find(devices[i])->speeds & RTE_BIT32(bit);

			r = copper(i);
			r->s.data.dev_conf.link_speeds = asked;
			assert_int_equal(r->s.port.hw->ops->link_set(&r->s.port, true), 0);
			assert_int_equal(
				offered(r), asked != 0 ? asked : r->s.port.hw->speeds & ~slow);
			assert_int_equal(r->restarts, 1);
			assert_int_equal(gssr(r) & ~SL_82599_GSSR_REGSMP, 0);
			/* Other bits do not change. Pause and half duplex are never advertised. */
			memset(r->phy, 0xFF, sizeof(r->phy));
			r->phy[SL_82599_PHY_ID1] = 1;
			assert_int_equal(r->s.port.hw->ops->link_set(&r->s.port, true), 0);
			assert_int_equal(r->phy[SL_82599_PHY_AN_10G] | 0x1000, 0xFFFF);
			assert_int_equal(r->phy[SL_82599_PHY_AN_1G] | 0x8C00, 0xFFFF);
			assert_int_equal(r->phy[SL_82599_PHY_AN_ADVERTISE] | 0x0100, 0xF37F);
			assert_int_equal(r->phy[SL_82599_PHY_AN_CONTROL], 0x3200);
			assert_int_equal(r->phy[SL_82599_PHY_VS_CONTROL], 0x77FF);
			if (has(r, SL_IXGBE_QUIRK_MULTIGIG))
				assert_int_equal(offered(r) & slow, asked & slow);
			else
				assert_int_equal(offered(r) & slow, slow);
		}
	}
}

/*
 * Link down is low power mode, and link up ends it. The link stays up if it is used for management.
 */
static void
power(void **state)
{
	unsigned int i;
	struct rig *r;

	(void)state;
	EACH_COPPER(r, i)
	{
		r->phy[SL_82599_PHY_VS_CONTROL] = 0x8001;
		assert_int_equal(r->s.port.hw->ops->link_set(&r->s.port, false), 0);
		assert_int_equal(r->phy[SL_82599_PHY_VS_CONTROL], 0x0801);
		assert_int_equal(r->s.port.hw->ops->link_set(&r->s.port, true), 0);
		assert_int_equal(r->phy[SL_82599_PHY_VS_CONTROL], 0x0001);
		*reg(r, SL_82599_OFF(FWSM, 0)) |= SL_82599_FWSM_PASS_THROUGH;
		assert_int_equal(r->s.port.hw->ops->link_set(&r->s.port, false), -EBUSY);
		assert_int_equal(r->phy[SL_82599_PHY_VS_CONTROL], 0x0001);
		/* The link is in use for management: new speeds apply from the next link on. */
		*reg(r, SL_82599_OFF(FWSM, 0)) = 0;
		*reg(r, SL_82599_OFF(MMNGC, 0)) = SL_82599_MMNGC_VETO;
		assert_int_equal(r->s.port.hw->ops->link_set(&r->s.port, false), -EBUSY);
		assert_int_equal(r->restarts, 1);
		r->s.data.dev_conf.link_speeds = RTE_ETH_LINK_SPEED_1G;
		assert_int_equal(r->s.port.hw->ops->link_set(&r->s.port, true), 0);
		assert_int_equal(r->restarts, 1);
		assert_int_equal(offered(r), RTE_ETH_LINK_SPEED_1G);
	}
}

/* The PHY is found at its address. Without a PHY, or if the firmware keeps it, there is no link. */
static void
phy_elsewhere(void **state)
{
	unsigned int i;
	struct rig *r;

	(void)state;
	EACH_COPPER(r, i)
	{
		r->phy_at = 31;
		assert_int_equal(r->s.port.hw->ops->link_set(&r->s.port, true), 0);
		assert_int_equal(r->restarts, 1);
		r->phy_at = 32;
		assert_int_equal(r->s.port.hw->ops->link_set(&r->s.port, true), -ENODEV);
		r->phy_at = 0;
		r->phy[SL_82599_PHY_ID1] = 0;
		assert_int_equal(r->s.port.hw->ops->link_set(&r->s.port, true), -ENODEV);
		assert_int_equal(gssr(r) & ~SL_82599_GSSR_REGSMP, 0);
		*reg(r, SL_82599_OFF(GSSR, 0)) = SL_82599_GSSR_PHY << SL_82599_GSSR_FW_SHIFT;
		assert_int_equal(r->s.port.hw->ops->link_set(&r->s.port, true), -EBUSY);
		assert_int_equal(r->restarts, 1);
	}
}

/* LINKS, as each device encodes it. */
static void
link_speeds(void **state)
{
	static const uint32_t plain[] = {0, 100, 1000, 10000}, other[] = {0, 5000, 1000, 2500};
	struct sl_hw_link link;
	unsigned int i, code;
	struct rig *r;

	(void)state;
	EACH_DEVICE(r, i)
	{
		for (code = 0; code < 8; code++) {
			const bool multi = has(r, SL_IXGBE_QUIRK_MULTIGIG);

			*reg(r, SL_82599_OFF(LINKS, 0)) = SL_82599_LINKS_UP |
				SL_PREP(SL_82599_LINKS_SPEED, code % 4) |
				(code >= 4 ? SL_82599_LINKS_OTHER : 0);
			assert_true(r->s.port.hw->ops->link_get(&r->s.port, &link));
			assert_true(link.up);
			assert_int_equal(
				link.mbps, code >= 4 && multi ? other[code % 4] : plain[code % 4]);
		}
	}
}

static void
semaphores(void **state)
{
	struct rig *r = rig_init(SL_PCI_DEV_82599_KX4);

	(void)state;
	assert_int_equal(sl_ixgbe_own(&r->s.port, SL_82599_GSSR_MAC_CSR), 0);
	assert_int_equal(*reg(r, SL_82599_OFF(GSSR, 0)), SL_82599_GSSR_MAC_CSR);
	assert_int_equal(*reg(r, SL_82599_OFF(SWSM, 0)), 0);
	sl_ixgbe_disown(&r->s.port, SL_82599_GSSR_MAC_CSR);
	assert_int_equal(*reg(r, SL_82599_OFF(GSSR, 0)), 0);
	/* Left behind by a killed driver. */
	*reg(r, SL_82599_OFF(SWSM, 0)) = SL_82599_SWSM_SMBI;
	assert_int_equal(sl_ixgbe_own(&r->s.port, SL_82599_GSSR_MAC_CSR), 0);
	assert_int_equal(*reg(r, SL_82599_OFF(SWSM, 0)), 0);
	/* The firmware keeps it: refused after a timeout, and no bit is left set. */
	*reg(r, SL_82599_OFF(GSSR, 0)) = SL_82599_GSSR_MAC_CSR << SL_82599_GSSR_FW_SHIFT;
	assert_int_equal(sl_ixgbe_own(&r->s.port, SL_82599_GSSR_MAC_CSR), -EBUSY);
	assert_int_equal(
		*reg(r, SL_82599_OFF(GSSR, 0)), SL_82599_GSSR_MAC_CSR << SL_82599_GSSR_FW_SHIFT);
	assert_int_equal(*reg(r, SL_82599_OFF(SWSM, 0)), 0);
}

/* A module with these codes, in a NIC whose NVM lists both types for its port. */
static struct rig *
plug(uint8_t kind, uint8_t ten, uint8_t one, uint8_t cable, uint8_t spec)
{
	struct rig *r = rig_init(SL_PCI_DEV_82599_SFP);
	const uint16_t list[] = {
		4, SL_82599_NVM_SFP_CABLE, SEQUENCE_AT, SL_82599_NVM_SFP_SR_LR, SEQUENCE_AT + 8};
	unsigned int i;

	memcpy(&r->nvm[LIST_AT], list, sizeof(list));
	r->nvm[SL_82599_NVM_SFP_INIT] = LIST_AT;
	/* Two words for a cable, one for fibre. */
	r->nvm[SEQUENCE_AT] = r->nvm[SEQUENCE_AT + 8] = 0;
	r->nvm[SEQUENCE_AT + 1] = 0x1234;
	r->nvm[SEQUENCE_AT + 2] = 0x5678;
	r->nvm[SEQUENCE_AT + 9] = 0x4321;
	r->plugged = true;
	r->id[SL_82599_SFP_KIND] = kind;
	r->id[SL_82599_SFP_10G] = ten;
	r->id[SL_82599_SFP_1G] = one;
	r->id[SL_82599_SFP_CABLE] = cable;
	r->id[SL_82599_SFP_CABLE_SPEC] = spec;
	memcpy(&r->id[SL_82599_SFP_VENDOR], "Acme            ", SL_82599_SFP_TEXT_LEN);
	for (i = 0; i < SL_82599_SFP_SUM; i++)
		r->id[SL_82599_SFP_SUM] = (uint8_t)(r->id[SL_82599_SFP_SUM] + r->id[i]);
	return r;
}

static void
modules(void **state)
{
	static const struct {
		uint8_t kind, ten, one, cable, spec;
		enum sl_ixgbe_module want;
		unsigned int cores;
	} rows[] = {
		{3, 0x10, 0, 0, 0, SL_IXGBE_MODULE_10G, 1}, /* SR */
		{3, 0x20, 0, 0, 0, SL_IXGBE_MODULE_10G, 1}, /* LR */
		{3, 0, 0, 0x04, 0, SL_IXGBE_MODULE_10G, 2}, /* passive cable */
		{3, 0, 0, 0x08, 4, SL_IXGBE_MODULE_10G, 1}, /* active cable */
		{3, 0, 0, 0x08, 0, SL_IXGBE_MODULE_NONE, 0},
		{3, 0, 0x01, 0, 0, SL_IXGBE_MODULE_1G, 1},	/* SX */
		{3, 0x40, 0, 0, 0, SL_IXGBE_MODULE_NONE, 0},	/* LRM */
		{0x0D, 0x10, 0, 0, 0, SL_IXGBE_MODULE_NONE, 0}, /* QSFP+ */
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(rows); i++) {
		struct rig *r =
			plug(rows[i].kind, rows[i].ten, rows[i].one, rows[i].cable, rows[i].spec);

		assert_int_equal(sl_ixgbe_sfp_set_up(&r->s.port), rows[i].want);
		assert_int_equal(r->cores, rows[i].cores);
		assert_int_equal(*reg(r, SL_82599_OFF(GSSR, 0)), 0);
		assert_int_equal(r->s.port.hw->ops->link_set(&r->s.port, true), 0);
		if (rows[i].want == SL_IXGBE_MODULE_10G)
			assert_int_equal(
				SL_GET(SL_82599_AUTOC_LMS, *reg(r, SL_82599_OFF(AUTOC, 0))),
				SL_82599_LMS_10G_SERIAL);
	}
}

/* No link without a module, with an unreadable one, or without its init sequence in the NVM. */
static void
no_module(void **state)
{
	struct rig *r = plug(3, 0x10, 0, 0, 0);

	(void)state;
	r->plugged = false;
	assert_int_equal(sl_ixgbe_sfp_set_up(&r->s.port), SL_IXGBE_MODULE_NONE);
	r = plug(3, 0x10, 0, 0, 0);
	r->id[SL_82599_SFP_SUM]++;
	assert_int_equal(sl_ixgbe_sfp_set_up(&r->s.port), SL_IXGBE_MODULE_NONE);
	r = plug(3, 0x10, 0, 0, 0);
	r->nvm[LIST_AT + 3] = UINT16_MAX;
	assert_int_equal(sl_ixgbe_sfp_set_up(&r->s.port), SL_IXGBE_MODULE_NONE);
	assert_int_equal(r->cores, 0);
}

/* A device that is gone has not stopped, which is reported. */
static void
gone(void **state)
{
	struct rig *r;
	unsigned int i;

	(void)state;
	EACH_DEVICE(r, i)
	{
		r->gone = true;
		assert_false(r->s.port.hw->ops->answers(&r->s.port));
		assert_int_equal(r->s.port.hw->ops->quiet(&r->s.port), -EIO);
		assert_int_equal(r->s.port.hw->ops->link_set(&r->s.port, true), -EIO);
	}
}

/* If the NVM never reports that it was loaded, the driver waits once and not at each reset. */
static void
nvm_never_loaded(void **state)
{
	struct rig *r = rig_init(SL_PCI_DEV_82599_KX4);
	unsigned int looks;

	(void)state;
	*reg(r, SL_82599_OFF(EEC, 0)) &= ~SL_82599_EEC_ARD;
	assert_int_equal(r->s.port.hw->ops->reset(&r->s.port), 0);
	looks = r->nvm_looks;
	assert_int_not_equal(looks, 0);
	assert_int_equal(r->s.port.hw->ops->reset(&r->s.port), 0);
	assert_int_equal(r->nvm_looks, looks);
}

/* --- the board --- */

static void
nvm(void **state)
{
	struct sl_hw_version version = {.has_number = true};
	struct rig *r;
	uint16_t val[3];
	unsigned int i;

	(void)state;
	EACH_DEVICE(r, i)
	{
		const struct sl_hw_ops *ops = r->s.port.hw->ops;

		*reg(r, SL_82599_OFF(EEC, 0)) =
			SL_SET(SL_82599_EEC_SIZE, *reg(r, SL_82599_OFF(EEC, 0)), 3);
		assert_int_equal(ops->nvm_size(&r->s.port), 512);
		r->nvm[0x2D] = 0x1234;
		r->nvm[0x2E] = 0x8765;
		assert_int_equal(ops->nvm_words(&r->s.port, 0x2C, 3, val), 0);
		assert_int_equal(val[1], 0x1234);
		assert_int_equal(ops->nvm_version(&r->s.port, &version), 0);
		assert_false(version.has_number);
		assert_int_equal(version.track[0], 0x1234);
		assert_int_equal(version.track[1], 0x8765);
	}
}

/* The bits that invert an LED stay. */
static void
led(void **state)
{
	struct rig *r;
	unsigned int i;

	(void)state;
	EACH_DEVICE(r, i)
	{
		*reg(r, SL_82599_OFF(LEDCTL, 0)) = 0xC7C683C2;
		r->s.port.hw->ops->led_set(&r->s.port, true);
		assert_int_equal(*reg(r, SL_82599_OFF(LEDCTL, 0)), 0x4E4E0E4E);
		r->s.port.hw->ops->led_set(&r->s.port, false);
		assert_int_equal(*reg(r, SL_82599_OFF(LEDCTL, 0)), 0x4F4F0F4F);
	}
}

/* Both memories of a module, byte by byte, also if it answers only at the third time. */
static void
memories(void **state)
{
	struct rig *r = rig_init(SL_PCI_DEV_82599_SFP);
	const struct sl_hw_ops *ops = r->s.port.hw->ops;
	unsigned int i, busy;
	uint8_t val[8];

	(void)state;
	for (i = 0; i < 256; i++) {
		r->id[i] = (uint8_t)(i * 3);
		r->diagnostics[i] = (uint8_t)(i * 5 + 1);
	}
	assert_int_equal(ops->module_read(&r->s.port, 0, 1, val), -ENODEV);
	r->plugged = true;
	for (busy = 0; busy <= 3; busy++) {
		r->busy = busy;
		memset(val, 0, sizeof(val));
		assert_int_equal(ops->module_read(&r->s.port, 90, 5, val), busy < 3 ? 0 : -ENODEV);
		assert_int_equal(val[4], busy < 3 ? (uint8_t)(94 * 3) : 0);
		assert_int_equal(val[5], 0);
		assert_int_equal(gssr(r), 0);
	}
	assert_int_equal(ops->module_read(&r->s.port, 256 + 7, 3, val), 0);
	assert_int_equal(val[0], 7 * 5 + 1);
	assert_int_equal(val[2], 9 * 5 + 1);
	/* The firmware keeps the bus. */
	*reg(r, SL_82599_OFF(GSSR, 0)) = SL_82599_GSSR_PHY << SL_82599_GSSR_FW_SHIFT;
	assert_int_equal(ops->module_read(&r->s.port, 0, 1, val), -EBUSY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts),
		cmocka_unit_test(all_tasks),
		cmocka_unit_test(second_reset),
		cmocka_unit_test(resets),
		cmocka_unit_test(sums),
		cmocka_unit_test(slow_nvm),
		cmocka_unit_test(receive_stops),
		cmocka_unit_test(words_by_firmware),
		cmocka_unit_test(recovery_mode),
		cmocka_unit_test(reta),
		cmocka_unit_test(speeds),
		cmocka_unit_test(power),
		cmocka_unit_test(phy_elsewhere),
		cmocka_unit_test(link_speeds),
		cmocka_unit_test(semaphores),
		cmocka_unit_test(modules),
		cmocka_unit_test(no_module),
		cmocka_unit_test(gone),
		cmocka_unit_test(nvm_never_loaded),
		cmocka_unit_test(nvm),
		cmocka_unit_test(led),
		cmocka_unit_test(memories),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
