/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Receive and transmit of the whole port: packet buffers, arbiters, frame sizes, enable bits.
 * Sections are those of the Intel 82599 10 GbE Controller Datasheet.
 */

#include "sl_ixgbe.h"

#define SECRX_TIMEOUT_US 40000u

/* Without traffic classes, packet buffer 0 has all memory. For receive, that is the reset value. */
#define TX_BUFFER_KIB 160u
/* Part of it that is kept free for the longest frame: 8.2.3.9.16. */
#define TX_LONGEST_KIB 16u
_Static_assert(TX_LONGEST_KIB * 1024 >= SL_IXGBE_FRAME_MAX, "the longest frame fits");
#define PACKET_BUFFERS 8u

/* 8.2.3.22.13: MAXFRS does not include a VLAN tag. With one, a frame may have the full length. */
void
sl_ixgbe_max_frame_set(struct sl_port *port, uint32_t max_frame)
{
	SL_IXGBE_WR(&port->bus, MAXFRS, 0, SL_PREP(SL_82599_MAXFRS_MFS, max_frame - RTE_VLAN_HLEN));
}

static void
packet_buffers(struct sl_port *port)
{
	const uint32_t rx = port->hw->regs->rows[SL_82599_RXPBSIZE].reset;
	unsigned int i;

	for (i = 0; i < PACKET_BUFFERS; i++) {
		SL_IXGBE_WR(&port->bus, RXPBSIZE, i, i == 0 ? rx : 0);
		SL_IXGBE_WR(&port->bus, TXPBSIZE, i,
			SL_PREP(SL_82599_RXPBSIZE_KIB, i == 0 ? TX_BUFFER_KIB : 0));
		SL_IXGBE_WR(&port->bus, TXPBTHRESH, i, i == 0 ? TX_BUFFER_KIB - TX_LONGEST_KIB : 0);
	}
	/* 8.2.3.3.4: the internal switch needs it even without flow control. */
	SL_IXGBE_WR(&port->bus, FCRTH, 0, sl_ixgbe_rx_buffer(port) - SL_82599_FCRTH_ROOM);
}

/* 4.6.7.1: the arbiter is disabled while its settings are written. */
static void
transmit_units(struct sl_port *port)
{
	const uint32_t rttdcs = SL_IXGBE_RD(&port->bus, RTTDCS, 0) & ~SL_82599_RTTDCS_ARBDIS;

	SL_IXGBE_WR(&port->bus, RTTDCS, 0, rttdcs | SL_82599_RTTDCS_ARBDIS);
	SL_IXGBE_WR(&port->bus, DTXMXSZRQ, 0, SL_82599_DTXMXSZRQ_MOST);
	SL_IXGBE_WR(&port->bus, MTQC, 0, 0);
	sl_ixgbe_wait_for_writes(port);
	SL_IXGBE_WR(&port->bus, RTTDCS, 0, rttdcs);
}

/* Disable filters whose tables were not cleared since power-up. */
static void
other_filters(struct sl_port *port)
{
	unsigned int i;

	for (i = 0; i < port->hw->regs->rows[SL_82599_FTQF].count; i++)
		SL_IXGBE_WR(&port->bus, FTQF, i, 0);
	for (i = 0; i < port->hw->regs->rows[SL_82599_UTA].count; i++)
		SL_IXGBE_WR(&port->bus, UTA, i, 0);
	for (i = 0; i < port->hw->regs->rows[SL_82599_VLVF].count; i++)
		SL_IXGBE_WR(&port->bus, VLVF, i, 0);
}

/* 8.2.3.23.71: queue n is counted in statistics set n modulo 16. */
static void
statistics_sets(struct sl_port *port)
{
	unsigned int i, q;

	for (i = 0; i < port->hw->regs->rows[SL_82599_RQSMR].count; i++) {
		uint32_t sets = 0;

		for (q = 0; q < sizeof(sets); q++)
			sets |= (i * (uint32_t)sizeof(sets) + q) % SL_82599_STAT_SETS << 8 * q;
		SL_IXGBE_WR(&port->bus, RQSMR, i, sets);
		SL_IXGBE_WR(&port->bus, TQSM, i, sets);
	}
}

/* Both registers must agree on whether the FCS is stripped: 8.2.3.8.8, 8.2.3.22.8. */
static void
frames(struct sl_port *port, const struct sl_hw_rx *rx)
{
	uint32_t hlreg0 = SL_IXGBE_RD(&port->bus, HLREG0, 0) &
		~(SL_82599_HLREG0_RXCRCSTRP | SL_82599_HLREG0_LPBK);
	uint32_t rdrxctl = SL_IXGBE_RD(&port->bus, RDRXCTL, 0) &
		~(SL_82599_RDRXCTL_CRCSTRIP | SL_82599_RDRXCTL_RSC_FIRST);

	/* Jumbo frames are always enabled. MAXFRS is then the only limit. */
	hlreg0 |= SL_82599_HLREG0_JUMBOEN | SL_82599_HLREG0_TXPADEN;
	rdrxctl |= SL_82599_RDRXCTL_ONES;
	if (!rx->keep_crc) {
		hlreg0 |= SL_82599_HLREG0_RXCRCSTRP;
		rdrxctl |= SL_82599_RDRXCTL_CRCSTRIP;
	}
	if (rx->loopback)
		hlreg0 |= SL_82599_HLREG0_LPBK;
	SL_IXGBE_WR(&port->bus, RDRXCTL, 0, rdrxctl);
	SL_IXGBE_WR(&port->bus, HLREG0, 0, hlreg0);
	sl_ixgbe_max_frame_set(port, rx->max_frame);
}

/*
 * 4.6.7. The NIC always checks checksums, whatever @p rx->checksums is. The receive path decides
 * whether to use the result.
 */
void
sl_ixgbe_rx_set_up(struct sl_port *port, const struct sl_hw_rx *rx)
{
	packet_buffers(port);
	transmit_units(port);
	other_filters(port);
	statistics_sets(port);
	frames(port, rx);
	SL_IXGBE_WR(&port->bus, MFLCN, 0, SL_82599_MFLCN_DPF);
	/* PCSD: the write-back has the RSS hash in the place of the packet checksum. */
	SL_IXGBE_WR(&port->bus, RXCSUM, 0, SL_82599_RXCSUM_IPPCSE | SL_82599_RXCSUM_PCSD);
	/* Receive side coalescing is off. */
	SL_IXGBE_WR(
		&port->bus, RFCTL, 0, SL_IXGBE_RD(&port->bus, RFCTL, 0) | SL_82599_RFCTL_RSC_DIS);
	SL_IXGBE_WR(&port->bus, FCTRL, 0, SL_82599_FCTRL_BAM);
}

/* Disable the receive unit. Firmware that uses it too gets a stop command first. */
void
sl_ixgbe_rx_off(struct sl_port *port)
{
	const uint32_t rxctrl = SL_IXGBE_RD(&port->bus, RXCTRL, 0);

	if ((rxctrl & SL_82599_RXCTRL_RXEN) != 0 && sl_ixgbe_has(port, SL_IXGBE_QUIRK_FIRMWARE))
		sl_ixgbe_firmware_stop(port);
	SL_IXGBE_WR(
		&port->bus, RXCTRL, 0, SL_IXGBE_RD(&port->bus, RXCTRL, 0) & ~SL_82599_RXCTRL_RXEN);
}

/*
 * 4.6.7: the path from the MAC must be stopped and empty while receive is switched, or it may hang.
 */
void
sl_ixgbe_rx_switch(struct sl_port *port, bool on)
{
	const uint32_t secrx = SL_IXGBE_RD(&port->bus, SECRXCTRL, 0) & ~SL_82599_SEC_DIS;

	SL_IXGBE_WR(&port->bus, SECRXCTRL, 0, secrx | SL_82599_SEC_DIS);
	if (sl_port_wait(port, SL_82599_OFF(SECRXSTAT, 0), SL_82599_SEC_READY, SL_82599_SEC_READY,
		    SECRX_TIMEOUT_US) == -ETIMEDOUT)
		SL_LOG(WARNING,
			"port %u: SECRXSTAT says that frames are still under way after %u ms",
			port->eth->data->port_id, SECRX_TIMEOUT_US / 1000);
	if (on)
		SL_IXGBE_WR(&port->bus, RXCTRL, 0,
			SL_IXGBE_RD(&port->bus, RXCTRL, 0) | SL_82599_RXCTRL_RXEN);
	else
		sl_ixgbe_rx_off(port);
	sl_ixgbe_wait_for_writes(port);
	SL_IXGBE_WR(&port->bus, SECRXCTRL, 0, secrx);
}

/* 4.6.8: queues read as enabled only while this is on. */
void
sl_ixgbe_tx_switch(struct sl_port *port, bool on)
{
	const uint32_t dmatxctl = SL_IXGBE_RD(&port->bus, DMATXCTL, 0) & ~SL_82599_DMATXCTL_TE;

	SL_IXGBE_WR(&port->bus, DMATXCTL, 0, on ? dmatxctl | SL_82599_DMATXCTL_TE : dmatxctl);
}
