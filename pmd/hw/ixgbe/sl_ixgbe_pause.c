/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* Flow control of the link. Sections are those of the Intel 82599 10 GbE Controller Datasheet. */

#include "sl_ixgbe.h"

/* Without traffic classes, packet buffer 0 has all memory. */
uint32_t
sl_ixgbe_rx_buffer(struct sl_port *port)
{
	return SL_GET(SL_82599_RXPBSIZE_KIB, port->hw->regs->rows[SL_82599_RXPBSIZE].reset) * 1024;
}

/* 8.2.3.3: thresholds of packet buffer 0, and the time of traffic class 0, which the link uses. */
static void
thresholds(struct sl_port *port, const struct sl_hw_pause *pause)
{
	const uint32_t quiet = sl_ixgbe_rx_buffer(port) - SL_82599_FCRTH_ROOM;

	SL_IXGBE_WR(&port->bus, FCRTL, 0,
		pause->send ? pause->low | (pause->xon ? SL_82599_FCRTL_XONE : 0) : 0);
	SL_IXGBE_WR(&port->bus, FCRTH, 0, pause->send ? pause->high | SL_82599_FCRTH_EN : quiet);
	SL_IXGBE_WR(&port->bus, FCTTV, 0, SL_PREP(SL_82599_FCTTV_TIME, pause->time));
	/* A pause is renewed when half of it is over. */
	SL_IXGBE_WR(&port->bus, FCRTV, 0, SL_PREP(SL_82599_FCRTV_TIME, pause->time / 2));
}

/* 3.7.7.3: flow control of the link, not of priorities. */
void
sl_ixgbe_pause_set(struct sl_port *port, const struct sl_hw_pause *pause)
{
	uint32_t mflcn = SL_82599_MFLCN_DPF;

	thresholds(port, pause);
	mflcn |= pause->obey ? SL_82599_MFLCN_RFCE : 0;
	mflcn |= pause->pass_control ? SL_82599_MFLCN_PMCF : 0;
	SL_IXGBE_WR(&port->bus, MFLCN, 0, mflcn);
	SL_IXGBE_WR(&port->bus, FCCFG, 0,
		pause->send ? SL_PREP(SL_82599_FCCFG_TFCE, SL_82599_TFCE_LINK) : 0);
	sl_ixgbe_wait_for_writes(port);
}
