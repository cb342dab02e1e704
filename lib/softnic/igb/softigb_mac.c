/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Receive and transmit units, filters and RSS (8.10, 8.12): derives the state
 * that the engines read from their registers.
 */

#include <string.h>

#include "softigb.h"
#include "softnic_parse.h"

static uint32_t
at_most(uint32_t val, uint32_t most)
{
	return val < most ? val : most;
}

/* Bytes of the receive packet buffer; 0 for an invalid code. */
static uint32_t
fifo_size(const struct softigb *d)
{
	static const uint8_t kib[SL_RXPBS_CODES] = SL_RXPBS_KIB_OF_CODE;
	const uint32_t rxpbs = d->r.RXPBS[0], code = SL_GET(SL_RXPBS_CODE, rxpbs);

	if (softigb_has(d, SL_QUIRK_PBS_CODE))
		return code < SL_RXPBS_CODES ? kib[code] * 1024u : 0;
	if (softigb_has(d, SL_QUIRK_PBS_KEPT))
		return SL_GET(SL_RXPBS_SIZE_I210, rxpbs) * 1024;
	return SL_GET(SL_RXPBS_SIZE, rxpbs) * 1024;
}

static void
rx_update(struct softigb *d)
{
	const struct softigb_regs *r = &d->r;
	struct softnic_rx_setup *rx = &d->nic.rx;
	uint32_t rctl = r->RCTL[0], rxcsum = r->RXCSUM[0];

	/* 8.18.14, 8.10.13: longest frame, including FCS. */
	rx->longest = SL_FRAME_STD_MAX;
	rx->longest_tagged = SL_FRAME_STD_MAX + SOFTNIC_VLAN_TAG;
	if ((rctl & SL_RCTL_LPE) != 0) {
		rx->longest = at_most(SL_GET(SL_RLPML_LEN, r->RLPML[0]), SL_IGB_FRAME_MAX);
		rx->longest_tagged = rx->longest;
	}
	/* 8.10.12 PCSD: the hash and the packet checksum share a field. */
	rx->hash = (rxcsum & SL_RXCSUM_PCSD) != 0;
	rx->check_ip = (rxcsum & SL_RXCSUM_IPOFLD) != 0;
	rx->check_l4 = (rxcsum & SL_RXCSUM_TUOFLD) != 0;
	rx->check_sctp = (rxcsum & SL_RXCSUM_CRCOFL) != 0;
	rx->vlan_type = (uint16_t)r->VET[0];
	rx->fifo = at_most(fifo_size(d), d->nic.model->fifo);
	softnic_rx_switch(&d->nic, (rctl & SL_RCTL_RXEN) != 0);
}

static void
tx_update(struct softigb *d)
{
	const struct softigb_regs *r = &d->r;
	struct softnic_tx_setup *tx = &d->nic.tx;

	tx->on = (r->TCTL[0] & SL_TCTL_EN) != 0;
	tx->pad = (r->TCTL[0] & SL_TCTL_PSP) != 0;
	tx->vlan_type = (uint16_t)r->VET[0];
	/* 8.12.6, 8.12.7 */
	tx->tcp_first = (uint16_t)SL_GET(SL_DTXTCPFLG_FIRST, r->DTXTCPFLGL[0]);
	tx->tcp_middle = (uint16_t)SL_GET(SL_DTXTCPFLG_MIDDLE, r->DTXTCPFLGL[0]);
	tx->tcp_last = (uint16_t)SL_GET(SL_DTXTCPFLG_LAST, r->DTXTCPFLGH[0]);
}

static void
filter_update(struct softigb *d)
{
	struct softnic_filter *f = &d->nic.filter;
	uint32_t rctl = d->r.RCTL[0];

	f->all_unicast = (rctl & SL_RCTL_UPE) != 0;
	f->all_multicast = (rctl & SL_RCTL_MPE) != 0;
	f->broadcast = (rctl & SL_RCTL_BAM) != 0;
	f->hashed = true;
	f->hash_shift = softnic_filter_shift(SL_GET(SL_RCTL_MO, rctl));
	f->vlan = (rctl & SL_RCTL_VFE) != 0;
	f->cfi_on = (rctl & SL_RCTL_CFIEN) != 0;
	f->cfi = (rctl & SL_RCTL_CFI) != 0;
}

static void
addr_add(struct softigb *d, uint32_t low, uint32_t high)
{
	if ((high & SL_RAH_AV) != 0)
		softnic_filter_own(&d->nic, low, SL_GET(SL_RAH_ADDR, high));
}

/* 8.10.16, 8.10.17: 16 addresses on all devices, then two groups of eight on some. */
void
softigb_addr_update(struct softigb *d)
{
	const struct softigb_regs *r = &d->r;
	unsigned int i, n = softigb_device(d)->addrs;

	softnic_filter_none(&d->nic);
	for (i = 0; i < 16 && i < n; i++)
		addr_add(d, r->RAL[i], r->RAH[i]);
	for (; i < 24 && i < n; i++)
		addr_add(d, r->RAL2[i - 16], r->RAH2[i - 16]);
	for (; i < n; i++)
		addr_add(d, r->RAL3[i - 24], r->RAH3[i - 24]);
}

static void
rss_update(struct softigb *d)
{
	struct softnic_rss *rss = &d->nic.rss;
	uint32_t mrqc = d->r.MRQC[0];

	rss->on = SL_GET(SL_MRQC_ENABLE, mrqc) == SL_MRQC_RSS_4Q;
	rss->types = softnic_rss_types(SL_GET(SL_MRQC_RSS_FIELDS, mrqc));
}

/* One word of the redirection table: 8.10.22. */
static void
reta_update(struct softigb *d, unsigned int i)
{
	unsigned int e;

	for (e = 0; e < SL_RETA_PER_WORD; e++)
		d->nic.rss.table[i * SL_RETA_PER_WORD + e] =
			(uint16_t)SL_GET(SL_RETA_QUEUE, d->r.RETA[i] >> e * 8) % d->nic.queues;
}

/* In each key register the first byte is in the lowest bits: 8.10.21. */
static void
key_update(struct softigb *d)
{
	_Static_assert(sizeof(d->r.RSSRK) == SOFTNIC_RSS_KEY, "RSSRK is the whole key");

	memcpy(d->nic.rss.key, d->r.RSSRK, SOFTNIC_RSS_KEY);
}

/* 8.3: thresholds are in the place of their bytes. */
void
softigb_pause_update(struct softigb *d)
{
	static const uint32_t mbps[] = {
		[SL_SPEED_10] = 10, [SL_SPEED_100] = 100, [SL_SPEED_1000] = 1000};
	const struct softigb_regs *r = &d->r;
	struct softnic_pause *p = &d->nic.pause;

	p->obey = (r->CTRL[0] & SL_CTRL_RFCE) != 0;
	p->send = (r->CTRL[0] & SL_CTRL_TFCE) != 0;
	p->xon = (r->FCRTL0[0] & SL_FCRTL_XONE) != 0;
	p->pass_control = (r->RCTL[0] & SL_RCTL_PMCF) != 0;
	p->discard = (r->RCTL[0] & SL_RCTL_DPF) != 0;
	p->high = r->FCRTH0[0] & SL_FCRTH_RTH;
	p->low = r->FCRTL0[0] & SL_FCRTL_RTL;
	p->time = (uint16_t)SL_GET(SL_FCTTV_TTV, r->FCTTV[0]);
	p->refresh = (uint16_t)SL_GET(SL_FCRTV_TH, r->FCRTV[0]);
	p->mbps = mbps[d->mode.speed];
	p->held = p->held && p->obey;
	p->stopped = p->stopped && p->send;
}

void
softigb_mac_update(struct softigb *d)
{
	struct softnic_filter *f = &d->nic.filter;
	unsigned int i;

	rx_update(d);
	tx_update(d);
	filter_update(d);
	softigb_addr_update(d);
	memcpy(f->multicast, d->r.MTA, sizeof(f->multicast));
	memcpy(f->vlans, d->r.VFTA, sizeof(f->vlans));
	softigb_pause_update(d);
	rss_update(d);
	key_update(d);
	d->nic.rss.entries = SL_RETA_ENTRIES;
	for (i = 0; i < SL_RETA_ENTRIES / SL_RETA_PER_WORD; i++)
		reta_update(d, i);
}

static void
after_rx(struct sl_softnic *nic, const struct softnic_slot *at)
{
	(void)at;
	rx_update(softigb_of(nic));
}

static void
after_tx(struct sl_softnic *nic, const struct softnic_slot *at)
{
	(void)at;
	tx_update(softigb_of(nic));
}

/* 8.2.7: since the I350 the VLAN Ethertype is fixed. */
static void
write_VET(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softigb *d = softigb_of(nic);

	if (softigb_has(d, SL_QUIRK_STRCRC))
		val = (val & SL_VET_OUTER) | (d->r.VET[0] & SL_VET_VLAN);
	d->r.VET[0] = val;
	after_rx(nic, at);
	after_tx(nic, at);
}

static void
after_RCTL(struct sl_softnic *nic, const struct softnic_slot *at)
{
	struct softigb *d = softigb_of(nic);
	unsigned int q;

	(void)at;
	rx_update(d);
	filter_update(d);
	softigb_pause_update(d);
	/* BSIZE, SECRC and RXEN are part of the queues' state; LBM selects loopback. */
	for (q = 0; q < nic->queues; q++)
		softigb_rxq_update(d, q);
	softigb_link(nic);
}

static void
after_pause(struct sl_softnic *nic, const struct softnic_slot *at)
{
	(void)at;
	softigb_pause_update(softigb_of(nic));
}

static void
after_addr(struct sl_softnic *nic, const struct softnic_slot *at)
{
	(void)at;
	softigb_addr_update(softigb_of(nic));
}

static void
after_MTA(struct sl_softnic *nic, const struct softnic_slot *at)
{
	nic->filter.multicast[at->index] = softigb_of(nic)->r.MTA[at->index];
}

static void
after_VFTA(struct sl_softnic *nic, const struct softnic_slot *at)
{
	nic->filter.vlans[at->index] = softigb_of(nic)->r.VFTA[at->index];
}

static void
after_MRQC(struct sl_softnic *nic, const struct softnic_slot *at)
{
	(void)at;
	rss_update(softigb_of(nic));
}

static void
after_RETA(struct sl_softnic *nic, const struct softnic_slot *at)
{
	reta_update(softigb_of(nic), at->index);
}

static void
after_RSSRK(struct sl_softnic *nic, const struct softnic_slot *at)
{
	(void)at;
	key_update(softigb_of(nic));
}

const struct softnic_hook softigb_mac_hooks[] = {
	{SL_RCTL, .after = after_RCTL},
	{SL_RXCSUM, .after = after_rx},
	{SL_RLPML, .after = after_rx},
	{SL_RXPBS, .after = after_rx},
	{SL_VET, .write = write_VET},
	{SL_TCTL, .after = after_tx},
	{SL_DTXTCPFLGL, .after = after_tx},
	{SL_DTXTCPFLGH, .after = after_tx},
	{SL_RAL, .after = after_addr},
	{SL_RAH, .after = after_addr},
	{SL_RAL2, .after = after_addr},
	{SL_RAH2, .after = after_addr},
	{SL_RAL3, .after = after_addr},
	{SL_RAH3, .after = after_addr},
	{SL_MTA, .after = after_MTA},
	{SL_VFTA, .after = after_VFTA},
	{SL_MRQC, .after = after_MRQC},
	{SL_RETA, .after = after_RETA},
	{SL_RSSRK, .after = after_RSSRK},
	/* Flow control. FCAH and FCT only store the address and type that PAUSE frames have. */
	{SL_FCAH, .kept = SL_FCAH_ADDR},
	{SL_FCT, .kept = SL_FCT_TYPE},
	{SL_FCTTV, .after = after_pause, .kept = SL_FCTTV_TTV},
	{SL_FCRTV, .after = after_pause, .kept = SL_FCRTV_TH},
	{SL_FCRTL0, .after = after_pause, .kept = SL_FCRTL_RTL | SL_FCRTL_XONE},
	{SL_FCRTH0, .after = after_pause, .kept = SL_FCRTH_RTH},
	{.reg = SOFTNIC_NO_REG},
};
