/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 *
 * Transmitted frames that are not sent in place: several descriptors, short
 * ones, and those with offloads (7.2.4, 7.2.5).
 */
#include <string.h>

#include "softnic_priv.h"

/* The frame's length by its data descriptors, 0 for a chain that makes no sense. */
static uint32_t
chain_length(const union sl_tx_desc *d, uint32_t n)
{
	uint32_t len = 0, i;

	for (i = 0; i < n; i++) {
		uint32_t part = SL_GET(SL_TXD_DTALEN, d[i].read.cmd);

		if ((d[i].read.cmd & SL_TXD_DCMD_DEXT) == 0 || part == 0 ||
			SL_GET(SL_TXD_DTYP, d[i].read.cmd) != SL_TXD_DTYP_DATA)
			return 0;
		len += part;
	}
	return len == SL_GET(SL_TXD_PAYLEN, d->read.olinfo) ? len : 0;
}

static bool
gather(struct sl_softnic *nic, const union sl_tx_desc *d, uint32_t n, uint8_t *to)
{
	uint32_t i;

	for (i = 0; i < n; i++) {
		uint32_t part = SL_GET(SL_TXD_DTALEN, d[i].read.cmd);
		const uint8_t *from = softnic_dma(nic, d[i].read.addr, part, SL_DMA_TO_DEVICE,
			SOFTNIC_DMA_TX_DATA);

		if (from == NULL)
			return false;
		memcpy(to, from, part);
		to += part;
	}
	return true;
}

bool
softnic_tx_frame(struct sl_softnic *nic, struct softnic_txq *txq, const union sl_tx_desc *d,
	uint32_t n)
{
	uint32_t len = chain_length(d, n);
	uint8_t *frame;

	(void)txq;
	if (len == 0 || len > SL_FRAME_MAX - SL_FCS_LEN)
		return false;
	frame = softnic_tx_alloc(nic, len < SL_FRAME_MIN ? SL_FRAME_MIN : len);
	if (!gather(nic, d, n, frame))
		return true;
	if (len < SL_FRAME_MIN) {
		/* 8.12.1 PSP; without it the frame would leave as a runt that nobody takes. */
		if ((nic->r.TCTL[0] & SL_TCTL_PSP) == 0)
			return true;
		memset(frame + len, 0, SL_FRAME_MIN - len);
		len = SL_FRAME_MIN;
	}
	softnic_tx_push(nic, frame, len, false);
	return true;
}
