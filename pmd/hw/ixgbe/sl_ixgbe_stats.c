/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Counters of the NIC, which a read clears, and the dump of its registers. Sections are those of
 * the Intel 82599 10 GbE Controller Datasheet.
 */

#include "sl_ixgbe.h"
#include "sl_stats.h"

/* Elements of a register are added up. */
const struct sl_hw_counter sl_ixgbe_counters[SL_IXGBE_COUNTERS] = {
	{"rx_crc_errors", SL_82599_CRCERRS},
	{"rx_illegal_byte_errors", SL_82599_ILLERRC},
	{"rx_error_bytes", SL_82599_ERRBC},
	{"rx_mac_short_discards", SL_82599_MSPDC},
	{"rx_missed_packets", SL_82599_MPC},
	{"rx_range_errors", SL_82599_RLEC},
	{"rx_undersize_errors", SL_82599_RUC},
	{"rx_fragment_errors", SL_82599_RFC},
	{"rx_oversize_errors", SL_82599_ROC},
	{"rx_jabber_errors", SL_82599_RJC},
	{"rx_checksum_errors", SL_82599_XEC},
	{"rx_local_faults", SL_82599_MLFC},
	{"rx_remote_faults", SL_82599_MRFC},
	{"rx_xon_packets", SL_82599_LXONRXCNT},
	{"rx_xoff_packets", SL_82599_LXOFFRXCNT},
	{"rx_priority_xon_packets", SL_82599_PXONRXCNT},
	{"rx_priority_xoff_packets", SL_82599_PXOFFRXCNT},
	{"rx_mac_good_packets", SL_82599_GPRC},
	{"rx_mac_good_bytes", SL_82599_GORCL},
	{"rx_total_packets", SL_82599_TPR},
	{"rx_total_bytes", SL_82599_TORL},
	{"rx_broadcast_packets", SL_82599_BPRC},
	{"rx_multicast_packets", SL_82599_MPRC},
	{"rx_management_packets", SL_82599_MNGPRC},
	{"rx_management_dropped", SL_82599_MNGPDC},
	{"rx_size_64_packets", SL_82599_PRC64},
	{"rx_size_65_to_127_packets", SL_82599_PRC127},
	{"rx_size_128_to_255_packets", SL_82599_PRC255},
	{"rx_size_256_to_511_packets", SL_82599_PRC511},
	{"rx_size_512_to_1023_packets", SL_82599_PRC1023},
	{"rx_size_1024_to_max_packets", SL_82599_PRC1522},
	{"tx_mac_good_packets", SL_82599_GPTC},
	{"tx_mac_good_bytes", SL_82599_GOTCL},
	{"tx_total_packets", SL_82599_TPT},
	{"tx_broadcast_packets", SL_82599_BPTC},
	{"tx_multicast_packets", SL_82599_MPTC},
	{"tx_management_packets", SL_82599_MNGPTC},
	{"tx_size_64_packets", SL_82599_PTC64},
	{"tx_size_65_to_127_packets", SL_82599_PTC127},
	{"tx_size_128_to_255_packets", SL_82599_PTC255},
	{"tx_size_256_to_511_packets", SL_82599_PTC511},
	{"tx_size_512_to_1023_packets", SL_82599_PTC1023},
	{"tx_size_1024_to_max_packets", SL_82599_PTC1522},
	{"tx_xon_packets", SL_82599_LXONTXC},
	{"tx_xoff_packets", SL_82599_LXOFFTXC},
	{"tx_priority_xon_packets", SL_82599_PXONTXC},
	{"tx_priority_xoff_packets", SL_82599_PXOFFTXC},
	{"tx_priority_xon_to_xoff", SL_82599_PXON2OFFCNT},
	{"tx_switch_security_drops", SL_82599_SSVPC},
	/* From the X540 on. */
	{"rx_bmc_host_packets", SL_82599_B2OGPRC},
	{"tx_host_bmc_packets", SL_82599_O2BSPC},
	{"tx_bmc_host_packets", SL_82599_B2OSPC},
	{"rx_host_bmc_packets", SL_82599_O2BGPTC},
};

/*
 * Counters of 36 bits. The low word is read first; the read of the high word completes the clear.
 */
static const struct {
	enum sl_82599_reg low, high;
} wide_regs[] = {
	{SL_82599_GORCL, SL_82599_GORCH},
	{SL_82599_GOTCL, SL_82599_GOTCH},
	{SL_82599_TORL, SL_82599_TORH},
};

/* High word that belongs to a low word, or SL_82599_REG_COUNT. */
static enum sl_82599_reg
high_word(enum sl_82599_reg low)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(wide_regs); i++) {
		if (wide_regs[i].low == low)
			return wide_regs[i].high;
	}
	return SL_82599_REG_COUNT;
}

/* A device that was removed reads as all ones. These must not be added to a total. */
static bool
add_word(struct sl_port *port, uint32_t off, uint64_t *total, uint32_t bits, unsigned int shift)
{
	const uint32_t v = sl_bus_read(&port->bus, off);

	if (v == SL_REG_GONE && !sl_ixgbe_answers(port))
		return false;
	*total += (uint64_t)(v & bits) << shift;
	return true;
}

static bool
add_reg(struct sl_port *port, enum sl_82599_reg reg, uint64_t *total)
{
	const struct sl_reg_set *set = port->hw->regs;
	const enum sl_82599_reg high = high_word(reg);
	bool ok = true;
	unsigned int i;

	for (i = 0; i < set->rows[reg].count && ok; i++)
		ok = add_word(port, sl_reg_offset(set, reg, i), total, UINT32_MAX, 0);
	if (ok && high != SL_82599_REG_COUNT)
		ok = add_word(port, sl_reg_offset(set, high, 0), total, SL_82599_PAIR_HIGH, 32);
	return ok;
}

/* Queues beyond the sets share them. Their drops are counted for the first queue of the set. */
void
sl_ixgbe_count(struct sl_port *port, uint64_t *value, uint64_t *dropped)
{
	bool ok = true;
	unsigned int i;

	for (i = 0; i < port->hw->nb_counters && ok; i++)
		ok = add_reg(port, sl_ixgbe_counters[i].reg, &value[i]);
	for (i = 0; i < SL_82599_STAT_SETS && ok; i++)
		ok = add_word(port, SL_82599_OFF(QPRDC, i), &dropped[i], UINT32_MAX, 0);
}

/* Index of a register among the counters, or their number. */
static unsigned int
place_of(enum sl_82599_reg reg)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(sl_ixgbe_counters) && sl_ixgbe_counters[i].reg != reg; i++)
		;
	return i;
}

static uint64_t
counted(const uint64_t *value, enum sl_82599_reg reg)
{
	return value[place_of(reg)];
}

/*
 * Count each bad frame once. With a wrong CRC: CRCERRS counts frames of 64 bytes and more (RJC
 * counts the long ones again), RFC the short ones. With a good CRC: RUC counts the short frames,
 * ROC the long ones, and RLEC those with a wrong length field, which are received: 8.2.3.23.
 */
void
sl_ixgbe_sum(const uint64_t *value, struct sl_hw_sums *sums)
{
	static const enum sl_82599_reg bad[] = {
		SL_82599_CRCERRS, SL_82599_RFC, SL_82599_RUC, SL_82599_ROC};
	unsigned int i;

	*sums = (struct sl_hw_sums){.missed = counted(value, SL_82599_MPC)};
	for (i = 0; i < RTE_DIM(bad); i++)
		sums->rx_errors += counted(value, bad[i]);
}

/*
 * Value for the dump. Registers that a read would clear or acquire are not read: counters show
 * their totals, the others zero.
 */
static uint32_t
reg_value(struct sl_port *port, enum sl_82599_reg reg, unsigned int i)
{
	const struct sl_reg_row *row = &port->hw->regs->rows[reg];

	if (reg == SL_82599_QPRDC)
		return (uint32_t)sl_stats_dropped(port, i);
	if (row->access == SL_ACC_RC)
		return i == 0 ? (uint32_t)sl_stats_counted(port, place_of(reg)) : 0;
	if (row->access == SL_ACC_RCW1C || row->access == SL_ACC_WO || reg == SL_82599_SWSM ||
		reg == SL_82599_RXSTMPH || reg == SL_82599_TXSTMPH)
		return 0;
	return sl_bus_read(&port->bus, sl_reg_offset(port->hw->regs, reg, i));
}

uint32_t
sl_ixgbe_dump(struct sl_port *port, uint32_t *out)
{
	uint32_t n = 0;
	unsigned int i;
	int reg;

	for (reg = 0; reg < SL_82599_REG_COUNT; reg++) {
		for (i = 0; i < port->hw->regs->rows[reg].count; i++, n++) {
			if (out != NULL)
				out[n] = reg_value(port, reg, i);
		}
	}
	return n;
}
