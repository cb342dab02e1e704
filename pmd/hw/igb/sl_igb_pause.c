/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* Flow control of the link. Sections are those of the Intel 82576EB datasheet, revision 2.63. */

#include "sl_igb.h"

/* 8.3.9: in KiB, or a code. */
uint32_t
sl_igb_rx_buffer(struct sl_port *port)
{
	static const uint8_t kib[SL_RXPBS_CODES] = SL_RXPBS_KIB_OF_CODE;
	const uint32_t rxpbs = SL_RD(&port->bus, RXPBS, 0), code = SL_GET(SL_RXPBS_CODE, rxpbs);

	if (sl_igb_has(port, SL_QUIRK_PBS_CODE))
		return kib[RTE_MIN(code, SL_RXPBS_CODES - 1)] * 1024u;
	if (sl_igb_has(port, SL_QUIRK_PBS_KEPT))
		return SL_GET(SL_RXPBS_SIZE_I210, rxpbs) * 1024;
	return SL_GET(SL_RXPBS_SIZE, rxpbs) * 1024;
}

/*
 * 3.5.4.3: thresholds and time first, then the bits that use them. A pause is renewed when half of
 * it is over.
 */
void
sl_igb_pause_set(struct sl_port *port, const struct sl_hw_pause *pause)
{
	const struct sl_bus *bus = &port->bus;
	uint32_t rctl = SL_RD(bus, RCTL, 0) & ~(SL_RCTL_DPF | SL_RCTL_PMCF);
	uint32_t ctrl = sl_igb_ctrl(bus) & ~(SL_CTRL_RFCE | SL_CTRL_TFCE);

	SL_WR(bus, FCRTL0, 0, pause->send ? pause->low | (pause->xon ? SL_FCRTL_XONE : 0) : 0);
	SL_WR(bus, FCRTH0, 0, pause->send ? pause->high : 0);
	SL_WR(bus, FCTTV, 0, SL_PREP(SL_FCTTV_TTV, pause->time));
	SL_WR(bus, FCRTV, 0, SL_PREP(SL_FCRTV_TH, pause->time / 2));
	/* Frames that the MAC obeys are not for the application. */
	rctl |= pause->obey ? SL_RCTL_DPF : 0;
	rctl |= pause->pass_control ? SL_RCTL_PMCF : 0;
	SL_WR(bus, RCTL, 0, rctl);
	ctrl |= pause->obey ? SL_CTRL_RFCE : 0;
	ctrl |= pause->send ? SL_CTRL_TFCE : 0;
	SL_WR(bus, CTRL, 0, ctrl);
	(void)SL_RD(bus, STATUS, 0);
}
