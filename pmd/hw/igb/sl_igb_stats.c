/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The NIC's counters, which are cleared on read, and the dump of its registers. Sections are those
 * of the Intel 82576EB datasheet, revision 2.63.
 */

#include "sl_igb.h"
#include "sl_stats.h"

const struct sl_hw_counter sl_igb_counters[SL_IGB_COUNTERS] = {
	{"rx_crc_errors", SL_CRCERRS},
	{"rx_align_errors", SL_ALGNERRC},
	{"rx_symbol_errors", SL_SYMERRS},
	{"rx_phy_errors", SL_RXERRC},
	{"rx_missed_packets", SL_MPC},
	{"rx_no_buffer_packets", SL_RNBC},
	{"rx_range_errors", SL_RLEC},
	{"rx_length_errors", SL_LENERRS},
	{"rx_undersize_errors", SL_RUC},
	{"rx_fragment_errors", SL_RFC},
	{"rx_oversize_errors", SL_ROC},
	{"rx_jabber_errors", SL_RJC},
	{"rx_code_violations", SL_SCVPC},
	{"rx_xon_packets", SL_XONRXC},
	{"rx_xoff_packets", SL_XOFFRXC},
	{"rx_unknown_flow_control_packets", SL_FCRUC},
	{"rx_mac_good_packets", SL_GPRC},
	{"rx_mac_good_bytes", SL_GORCL},
	{"rx_total_packets", SL_TPR},
	{"rx_total_bytes", SL_TORL},
	{"rx_broadcast_packets", SL_BPRC},
	{"rx_multicast_packets", SL_MPRC},
	{"rx_management_packets", SL_MGTPRC},
	{"rx_management_dropped", SL_MGTPDC},
	{"rx_host_packets", SL_RPTHC},
	{"rx_host_bytes", SL_HGORCL},
	{"rx_low_descriptor_events", SL_RXDMTC},
	{"rx_size_64_packets", SL_PRC64},
	{"rx_size_65_to_127_packets", SL_PRC127},
	{"rx_size_128_to_255_packets", SL_PRC255},
	{"rx_size_256_to_511_packets", SL_PRC511},
	{"rx_size_512_to_1023_packets", SL_PRC1023},
	{"rx_size_1024_to_max_packets", SL_PRC1522},
	{"tx_mac_good_packets", SL_GPTC},
	{"tx_mac_good_bytes", SL_GOTCL},
	{"tx_total_packets", SL_TPT},
	{"tx_total_bytes", SL_TOTL},
	{"tx_broadcast_packets", SL_BPTC},
	{"tx_multicast_packets", SL_MPTC},
	{"tx_management_packets", SL_MGTPTC},
	{"tx_host_packets", SL_HGPTC},
	{"tx_host_bytes", SL_HGOTCL},
	{"tx_tso_packets", SL_TSCTC},
	{"tx_size_64_packets", SL_PTC64},
	{"tx_size_65_to_127_packets", SL_PTC127},
	{"tx_size_128_to_255_packets", SL_PTC255},
	{"tx_size_256_to_511_packets", SL_PTC511},
	{"tx_size_512_to_1023_packets", SL_PTC1023},
	{"tx_size_1024_to_max_packets", SL_PTC1522},
	{"tx_single_collisions", SL_SCC},
	{"tx_multiple_collisions", SL_MCC},
	{"tx_excessive_collisions", SL_ECOL},
	{"tx_late_collisions", SL_LATECOL},
	{"tx_total_collisions", SL_COLC},
	{"tx_deferred_packets", SL_DC},
	{"tx_no_carrier_packets", SL_TNCRS},
	{"tx_mac_discards", SL_HTDPMC},
	{"tx_xon_packets", SL_XONTXC},
	{"tx_xoff_packets", SL_XOFFTXC},
	{"interrupts", SL_IAC},
	/* 82580 and later. */
	{"tx_low_power_idles", SL_TLPIC},
	{"rx_low_power_idles", SL_RLPIC},
	/* I350 and later: traffic between host and management controller. */
	{"rx_bmc_host_packets", SL_B2OGPRC},
	{"tx_host_bmc_packets", SL_O2BSPC},
	{"tx_bmc_host_packets", SL_B2OSPC},
	{"rx_host_bmc_packets", SL_O2BGPTC},
};

/* Counters of two words: reading the high word clears both, so the low word is read first. */
static const struct {
	enum sl_reg low, high;
} wide_regs[] = {
	{SL_GORCL, SL_GORCH},
	{SL_GOTCL, SL_GOTCH},
	{SL_TORL, SL_TORH},
	{SL_TOTL, SL_TOTH},
	{SL_HGORCL, SL_HGORCH},
	{SL_HGOTCL, SL_HGOTCH},
};

/* High word that belongs to a low word, or SL_REG_COUNT. */
static enum sl_reg
high_word(enum sl_reg low)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(wide_regs); i++) {
		if (wide_regs[i].low == low)
			return wide_regs[i].high;
	}
	return SL_REG_COUNT;
}

/* A device that is being removed returns all ones, which must not be added. */
static bool
add_reg(struct sl_port *port, uint32_t off, uint64_t *total, unsigned int shift)
{
	const uint32_t v = sl_bus_read(&port->bus, off);

	if (v == SL_REG_GONE && !sl_igb_answers(port))
		return false;
	*total += (uint64_t)v << shift;
	return true;
}

void
sl_igb_count(struct sl_port *port, uint64_t *value, uint64_t *dropped)
{
	const struct sl_reg_row *rows = port->hw->regs->rows;
	bool ok = true;
	unsigned int i;

	for (i = 0; i < port->hw->nb_counters && ok; i++) {
		const enum sl_reg reg = sl_igb_counters[i].reg, high = high_word(reg);

		ok = add_reg(port, rows[reg].offset, &value[i], 0);
		if (ok && high != SL_REG_COUNT)
			ok = add_reg(port, rows[high].offset, &value[i], 32);
	}
	for (i = 0; i < port->hw->rx_queues && ok; i++) {
		ok = add_reg(port, SL_OFF(RQDPC, i), &dropped[i], 0);
		if (ok && sl_igb_has(port, SL_QUIRK_RQDPC_KEPT))
			SL_WR(&port->bus, RQDPC, i, 0);
	}
}

/* Index of a register among the counters; RTE_DIM(sl_igb_counters): none. */
static unsigned int
place_of(enum sl_reg reg)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(sl_igb_counters) && sl_igb_counters[i].reg != reg; i++)
		;
	return i;
}

static uint64_t
counted(const uint64_t *value, enum sl_reg reg)
{
	return value[place_of(reg)];
}

/*
 * Count each bad frame once. With a wrong CRC: CRCERRS has those of 64 bytes and more (RJC counts
 * the long ones again), RFC the short ones. With a correct CRC: RUC has the short ones, ROC the
 * long ones (RLEC counts both again). 8.18.1, 8.18.14, 8.18.33 to 8.18.36. For transmit, ECOL is
 * part of HTDPMC, and frames with late collisions are sent again (TCTL.RTLC): 8.18.7, 8.18.9,
 * 8.18.13.
 */
void
sl_igb_sum(const uint64_t *value, struct sl_hw_sums *sums)
{
	static const enum sl_reg bad[] = {
		SL_CRCERRS, SL_RFC, SL_RUC, SL_ROC, SL_ALGNERRC, SL_RXERRC};
	unsigned int i;

	*sums = (struct sl_hw_sums){
		.missed = counted(value, SL_MPC),
		.tx_errors = counted(value, SL_HTDPMC),
	};
	for (i = 0; i < RTE_DIM(bad); i++)
		sums->rx_errors += counted(value, bad[i]);
}

/* Values of a dump must not change the NIC's state: registers that a read clears are replaced. */
static uint32_t
reg_value(struct sl_port *port, enum sl_reg reg, unsigned int i)
{
	const struct sl_reg_row *row = &port->hw->regs->rows[reg];

	if (reg == SL_RQDPC)
		return (uint32_t)sl_stats_dropped(port, i);
	if (row->access == SL_ACC_RC)
		return (uint32_t)sl_stats_counted(port, place_of(reg));
	if (row->access == SL_ACC_RCW1C || row->access == SL_ACC_WO || reg == SL_SWSM)
		return 0;
	return sl_bus_read(&port->bus, row->offset + i * row->stride);
}

uint32_t
sl_igb_dump(struct sl_port *port, uint32_t *out)
{
	uint32_t n = 0;
	unsigned int i;
	int reg;

	for (reg = 0; reg < SL_REG_COUNT; reg++) {
		for (i = 0; i < port->hw->regs->rows[reg].count; i++, n++) {
			if (out != NULL)
				out[n] = reg_value(port, reg, i);
		}
	}
	return n;
}
