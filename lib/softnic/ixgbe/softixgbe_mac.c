/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Receive and transmit units, filters and RSS: derives from their registers
 * the state that the engines read. The model does not check checksums, filter
 * VLANs or strip tags.
 */

#include <string.h>

#include "softixgbe.h"
#include "softnic_parse.h"

static void
rx_update(struct softixgbe *d)
{
	const struct softixgbe_regs *r = &d->r;
	struct softnic_rx_setup *rx = &d->nic.rx;
	uint32_t fifo = SL_GET(SL_82599_RXPBSIZE_KIB, r->RXPBSIZE[0]) * 1024;

	rx->longest = SL_FRAME_STD_MAX;
	rx->longest_tagged = SL_FRAME_STD_MAX + SOFTNIC_VLAN_TAG;
	if ((r->HLREG0[0] & SL_82599_HLREG0_JUMBOEN) != 0) {
		uint32_t max = SL_GET(SL_82599_MAXFRS_MFS, r->MAXFRS[0]);
		uint32_t most = d->nic.model->device.max_frame;

		rx->longest = max < most ? max : most;
		rx->longest_tagged = rx->longest;
	}
	/* With PCSD the write-back has the hash in the place of the packet checksum. */
	rx->hash = (r->RXCSUM[0] & SL_82599_RXCSUM_PCSD) != 0;
	rx->vlan_type = (uint16_t)r->VLNCTRL[0];
	rx->fifo = fifo < d->nic.model->fifo ? fifo : d->nic.model->fifo;
	softnic_rx_switch(&d->nic, (r->RXCTRL[0] & SL_82599_RXCTRL_RXEN) != 0);
}

static void
tx_update(struct softixgbe *d)
{
	struct softnic_tx_setup *tx = &d->nic.tx;

	tx->on = (d->r.DMATXCTL[0] & SL_82599_DMATXCTL_TE) != 0;
	tx->pad = (d->r.HLREG0[0] & SL_82599_HLREG0_TXPADEN) != 0;
	tx->vlan_type = (uint16_t)SL_GET(SL_82599_DMATXCTL_VT, d->r.DMATXCTL[0]);
	tx->tcp_first = SL_82599_TCP_FLAGS_FIRST;
	tx->tcp_middle = SL_82599_TCP_FLAGS_FIRST;
	tx->tcp_last = SL_82599_TCP_FLAGS_LAST;
}

static void
filter_update(struct softixgbe *d)
{
	struct softnic_filter *f = &d->nic.filter;
	uint32_t fctrl = d->r.FCTRL[0], mcst = d->r.MCSTCTRL[0];
	unsigned int i;

	f->all_unicast = (fctrl & SL_82599_FCTRL_UPE) != 0;
	f->all_multicast = (fctrl & SL_82599_FCTRL_MPE) != 0;
	f->broadcast = (fctrl & SL_82599_FCTRL_BAM) != 0;
	f->hashed = (mcst & SL_82599_MCSTCTRL_MFE) != 0;
	f->hash_shift = softnic_filter_shift(SL_GET(SL_82599_MCSTCTRL_MO, mcst));
	memcpy(f->multicast, d->r.MTA, sizeof(f->multicast));
	softnic_filter_none(&d->nic);
	for (i = 0; i < sizeof(d->r.RAL) / sizeof(d->r.RAL[0]); i++) {
		if ((d->r.RAH[i] & SL_82599_RAH_AV) != 0)
			softnic_filter_own(
				&d->nic, d->r.RAL[i], SL_GET(SL_82599_RAH_ADDR, d->r.RAH[i]));
	}
}

static void
rss_update(struct softixgbe *d)
{
	struct softnic_rss *rss = &d->nic.rss;
	uint32_t mrqc = d->r.MRQC[0];
	unsigned int i;

	rss->on = SL_GET(SL_82599_MRQC_MODE, mrqc) == SL_82599_MRQC_RSS;
	rss->types = softnic_rss_types(SL_GET(SL_82599_MRQC_FIELDS, mrqc));
	memcpy(rss->key, d->r.RSSRK, SOFTNIC_RSS_KEY);
	for (i = 0; i < SL_82599_RETA_ENTRIES; i++)
		rss->table[i] =
			(uint16_t)SL_GET(SL_82599_RETA_QUEUE, d->r.RETA[i / 4] >> i % 4 * 8);
}

void
softixgbe_mac_update(struct softixgbe *d)
{
	rx_update(d);
	tx_update(d);
	filter_update(d);
	rss_update(d);
}

static void
after_rx(struct sl_softnic *nic, const struct softnic_slot *at)
{
	(void)at;
	rx_update(softixgbe_of(nic));
}

static void
after_tx(struct sl_softnic *nic, const struct softnic_slot *at)
{
	(void)at;
	tx_update(softixgbe_of(nic));
}

static void
after_filter(struct sl_softnic *nic, const struct softnic_slot *at)
{
	(void)at;
	filter_update(softixgbe_of(nic));
}

static void
after_rss(struct sl_softnic *nic, const struct softnic_slot *at)
{
	(void)at;
	rss_update(softixgbe_of(nic));
}

/* Frame sizes and padding, the FCS of each queue, loopback. */
static void
after_HLREG0(struct sl_softnic *nic, const struct softnic_slot *at)
{
	(void)at;
	rx_update(softixgbe_of(nic));
	tx_update(softixgbe_of(nic));
	softixgbe_queues(nic);
	softixgbe_link(nic);
}

const struct softnic_hook softixgbe_mac_hooks[] = {
	{SL_82599_HLREG0, .after = after_HLREG0},
	{SL_82599_MAXFRS, .after = after_rx},
	{SL_82599_RXCTRL, .after = after_rx},
	{SL_82599_RXCSUM, .after = after_rx},
	{SL_82599_RXPBSIZE, .after = after_rx},
	{SL_82599_VLNCTRL, .after = after_rx},
	{SL_82599_DMATXCTL, .after = after_tx},
	{SL_82599_FCTRL, .after = after_filter},
	{SL_82599_MCSTCTRL, .after = after_filter},
	{SL_82599_MTA, .after = after_filter},
	{SL_82599_RAL, .after = after_filter},
	{SL_82599_RAH, .after = after_filter},
	{SL_82599_MRQC, .after = after_rss},
	{SL_82599_RETA, .after = after_rss},
	{SL_82599_RSSRK, .after = after_rss},
	{.reg = SOFTNIC_NO_REG},
};
