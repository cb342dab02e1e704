/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Receive and transmit units, filters and RSS (8.2.3.7 to 8.2.3.9): derives the state that the
 * engines use from their registers.
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
	if ((r->HLREG0[0] & SL_82599_HLREG0_JUMBOEN) != 0) {
		uint32_t max = SL_GET(SL_82599_MAXFRS_MFS, r->MAXFRS[0]);
		uint32_t most = d->nic.model->device.max_frame;

		rx->longest = max < most ? max : most;
	}
	/* A VLAN tag is allowed in addition, also for jumbo frames. */
	rx->longest_tagged = rx->longest + SOFTNIC_VLAN_TAG;
	/* With PCSD, the write-back has the hash in the place of the packet checksum. */
	rx->hash = (r->RXCSUM[0] & SL_82599_RXCSUM_PCSD) != 0;
	/* 7.1.11: checksums are always checked. */
	rx->check_ip = true;
	rx->check_l4 = true;
	rx->check_sctp = true;
	rx->vlan_type = (uint16_t)SL_GET(SL_82599_VLNCTRL_VET, r->VLNCTRL[0]);
	rx->shut = (r->SECRXCTRL[0] & SL_82599_SEC_DIS) != 0;
	rx->fifo = fifo < d->nic.model->fifo ? fifo : d->nic.model->fifo;
	softnic_rx_switch(&d->nic, (r->RXCTRL[0] & SL_82599_RXCTRL_RXEN) != 0);
}

static void
tx_update(struct softixgbe *d)
{
	const struct softixgbe_regs *r = &d->r;
	struct softnic_tx_setup *tx = &d->nic.tx;

	tx->on = (r->DMATXCTL[0] & SL_82599_DMATXCTL_TE) != 0 &&
		(r->SECTXCTRL[0] & SL_82599_SEC_DIS) == 0 && !softixgbe_sfp_dark(d);
	tx->pad = (r->HLREG0[0] & SL_82599_HLREG0_TXPADEN) != 0;
	tx->vlan_type = (uint16_t)SL_GET(SL_82599_DMATXCTL_VT, r->DMATXCTL[0]);
	tx->tcp_first = (uint16_t)SL_GET(SL_82599_DTXTCPFLG_FIRST, r->DTXTCPFLGL[0]);
	tx->tcp_middle = (uint16_t)SL_GET(SL_82599_DTXTCPFLG_MIDDLE, r->DTXTCPFLGL[0]);
	tx->tcp_last = (uint16_t)SL_GET(SL_82599_DTXTCPFLG_LAST, r->DTXTCPFLGH[0]);
}

static void
filter_update(struct softixgbe *d)
{
	struct softnic_filter *f = &d->nic.filter;
	uint32_t fctrl = d->r.FCTRL[0], mcst = d->r.MCSTCTRL[0], vlnctrl = d->r.VLNCTRL[0];

	f->all_unicast = (fctrl & SL_82599_FCTRL_UPE) != 0;
	f->all_multicast = (fctrl & SL_82599_FCTRL_MPE) != 0;
	f->broadcast = (fctrl & SL_82599_FCTRL_BAM) != 0;
	f->hashed = (mcst & SL_82599_MCSTCTRL_MFE) != 0;
	f->hash_shift = softnic_filter_shift(SL_GET(SL_82599_MCSTCTRL_MO, mcst));
	f->vlan = (vlnctrl & SL_82599_VLNCTRL_VFE) != 0;
	f->cfi_on = (vlnctrl & SL_82599_VLNCTRL_CFIEN) != 0;
	f->cfi = (vlnctrl & SL_82599_VLNCTRL_CFI) != 0;
}

/* 7.1.1.1.1: there are 128 receive addresses. */
static void
addr_update(struct softixgbe *d)
{
	unsigned int i;

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
	const struct softixgbe_device *dev = softixgbe_device(d);
	struct softnic_rss *rss = &d->nic.rss;
	uint32_t mrqc = d->r.MRQC[0];
	unsigned int i;

	rss->on = SL_GET(SL_82599_MRQC_MODE, mrqc) == SL_82599_MRQC_RSS;
	rss->types = softnic_rss_types(SL_GET(SL_82599_MRQC_FIELDS, mrqc));
	memcpy(rss->key, d->r.RSSRK, SOFTNIC_RSS_KEY);
	for (i = 0; i < dev->reta; i++) {
		const uint32_t word = i < SL_82599_RETA_ENTRIES ?
			d->r.RETA[i / 4] :
			d->r.ERETA[(i - SL_82599_RETA_ENTRIES) / 4];

		rss->table[i] = (uint16_t)SL_GET(dev->reta_queue, word >> i % 4 * 8);
	}
}

/* Flow control of the link, by packet buffer 0: 8.2.3.3. */
void
softixgbe_pause_update(struct softixgbe *d)
{
	static const uint32_t mbps[] = {[SL_82599_SPEED_100M] = 100,
		[SL_82599_SPEED_1G] = 1000,
		[SL_82599_SPEED_10G] = 10000,
		[SL_82599_SPEED_5G] = 5000,
		[SL_82599_SPEED_2_5G] = 2500};
	const struct softixgbe_regs *r = &d->r;
	const uint32_t mflcn = r->MFLCN[0];
	struct softnic_pause *p = &d->nic.pause;

	p->obey = (mflcn & SL_82599_MFLCN_RFCE) != 0;
	p->send = SL_GET(SL_82599_FCCFG_TFCE, r->FCCFG[0]) == SL_82599_TFCE_LINK &&
		(r->FCRTH[0] & SL_82599_FCRTH_EN) != 0;
	p->xon = (r->FCRTL[0] & SL_82599_FCRTL_XONE) != 0;
	p->pass_control = (mflcn & SL_82599_MFLCN_PMCF) != 0;
	/* 8.2.3.22.34: DPF has no effect on a MAC that does not obey PAUSE frames. */
	p->discard = p->obey && (mflcn & SL_82599_MFLCN_DPF) != 0;
	p->high = r->FCRTH[0] & SL_82599_FCRT_LEVEL;
	p->low = r->FCRTL[0] & SL_82599_FCRT_LEVEL;
	p->time = (uint16_t)SL_GET(SL_82599_FCTTV_TIME, r->FCTTV[0]);
	p->refresh = (uint16_t)SL_GET(SL_82599_FCRTV_TIME, r->FCRTV[0]);
	p->mbps = mbps[d->speed];
	p->held = p->held && p->obey;
	p->stopped = p->stopped && p->send;
}

void
softixgbe_mac_update(struct softixgbe *d)
{
	rx_update(d);
	tx_update(d);
	filter_update(d);
	addr_update(d);
	memcpy(d->nic.filter.multicast, d->r.MTA, sizeof(d->nic.filter.multicast));
	memcpy(d->nic.filter.vlans, d->r.VFTA, sizeof(d->nic.filter.vlans));
	softixgbe_pause_update(d);
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
after_addr(struct sl_softnic *nic, const struct softnic_slot *at)
{
	(void)at;
	addr_update(softixgbe_of(nic));
}

static void
after_MTA(struct sl_softnic *nic, const struct softnic_slot *at)
{
	nic->filter.multicast[at->index] = softixgbe_of(nic)->r.MTA[at->index];
}

static void
after_VFTA(struct sl_softnic *nic, const struct softnic_slot *at)
{
	nic->filter.vlans[at->index] = softixgbe_of(nic)->r.VFTA[at->index];
}

static void
after_pause(struct sl_softnic *nic, const struct softnic_slot *at)
{
	(void)at;
	softixgbe_pause_update(softixgbe_of(nic));
}

static uint32_t
read_TFCS(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	(void)at;
	(void)peek;
	return softnic_pause_holds(nic) ? SL_82599_TFCS_XOFF : 0;
}

/* Ethertype of the VLAN tag, and VLAN filter. */
static void
after_VLNCTRL(struct sl_softnic *nic, const struct softnic_slot *at)
{
	(void)at;
	rx_update(softixgbe_of(nic));
	filter_update(softixgbe_of(nic));
}

static void
after_rss(struct sl_softnic *nic, const struct softnic_slot *at)
{
	(void)at;
	rss_update(softixgbe_of(nic));
}

/* Frame sizes, padding, FCS stripping of each queue, loopback. */
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
	{SL_82599_MAXFRS, .after = after_rx, .kept = SL_82599_MAXFRS_MFS},
	{SL_82599_RXCTRL, .after = after_rx},
	{SL_82599_RXCSUM, .after = after_rx},
	{SL_82599_RXPBSIZE, .after = after_rx},
	{SL_82599_VLNCTRL, .after = after_VLNCTRL},
	{SL_82599_DMATXCTL, .after = after_tx},
	{SL_82599_DTXTCPFLGL, .after = after_tx},
	{SL_82599_DTXTCPFLGH, .after = after_tx},
	{SL_82599_FCTRL, .after = after_filter},
	{SL_82599_MCSTCTRL, .after = after_filter},
	{SL_82599_MTA, .after = after_MTA},
	{SL_82599_VFTA, .after = after_VFTA},
	{SL_82599_RAL, .after = after_addr},
	{SL_82599_RAH, .after = after_addr, .kept = SL_82599_RAH_AV | SL_82599_RAH_ADDR},
	{SL_82599_MRQC, .after = after_rss},
	{SL_82599_RETA, .after = after_rss},
	{SL_82599_ERETA, .after = after_rss},
	{SL_82599_RSSRK, .after = after_rss},
	{SL_82599_MFLCN, .after = after_pause},
	{SL_82599_FCCFG, .after = after_pause},
	{SL_82599_FCTTV, .after = after_pause},
	{SL_82599_FCRTV, .after = after_pause},
	{SL_82599_FCRTL, .after = after_pause, .kept = SL_82599_FCRT_BITS},
	{SL_82599_FCRTH, .after = after_pause, .kept = SL_82599_FCRT_BITS},
	{SL_82599_TFCS, .read = read_TFCS},
	{.reg = SOFTNIC_NO_REG},
};
