/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Filters that select a frame's queue before RSS does (7.1.2): Ethertype, TCP SYN, 5-tuple, and
 * then the flow director. The first filter that matches decides.
 */

#include <string.h>

#include "softixgbe.h"
#include "softnic_parse.h"

#define TUPLES 128u
#define TCP_FLAGS 13u /* offset in a TCP header */
#define TCP_SYN SL_BIT(1)
#define IPV4_SOURCE 12u /* offsets in an IPv4 header */
#define IPV4_DEST 16u

/* Four bytes as registers hold them: the first byte in the lowest bits. */
static uint32_t
bytes(const uint8_t *p)
{
	return __builtin_bswap32(softnic_get32(p));
}

/* 7.1.2.3: the write-back reports the filter whether or not it selects a queue. */
static bool
by_type(const struct softixgbe *d, const struct softnic_pkt *pkt, struct softnic_rx_meta *m)
{
	const uint32_t type = softnic_get16(pkt->data + pkt->l3 - 2);
	const struct softixgbe_regs *r = &d->r;
	unsigned int i;

	for (i = 0; i < sizeof(r->ETQF) / sizeof(r->ETQF[0]); i++) {
		if ((r->ETQF[i] & SL_82599_ETQF_EN) == 0 ||
			SL_GET(SL_82599_ETQF_TYPE, r->ETQF[i]) != type)
			continue;
		m->info = (m->info & SL_RXD_INFO_RSSTYPE) | SL_IXGBE_RXD_INFO_ETQF |
			SL_PREP(SL_IXGBE_RXD_INFO_ETQF_INDEX, i);
		if ((r->ETQS[i] & SL_82599_ETQS_EN) == 0)
			return false;
		m->queue = (uint16_t)SL_GET(SL_82599_ETQS_QUEUE, r->ETQS[i]);
		return true;
	}
	return false;
}

static bool
by_syn(const struct softixgbe *d, const struct softnic_pkt *pkt, struct softnic_rx_meta *m)
{
	const uint32_t synqf = d->r.SYNQF[0];

	if ((synqf & SL_82599_SYNQF_EN) == 0 || pkt->l4_proto != SOFTNIC_L4_TCP ||
		(pkt->data[pkt->l4 + TCP_FLAGS] & TCP_SYN) == 0)
		return false;
	m->queue = (uint16_t)SL_GET(SL_82599_SYNQF_QUEUE, synqf);
	return true;
}

static enum sl_82599_protocol
protocol(const struct softnic_pkt *pkt)
{
	static const enum sl_82599_protocol of[] = {
		[SOFTNIC_L4_NONE] = SL_82599_PROTOCOL_OTHER,
		[SOFTNIC_L4_TCP] = SL_82599_PROTOCOL_TCP,
		[SOFTNIC_L4_UDP] = SL_82599_PROTOCOL_UDP,
		[SOFTNIC_L4_SCTP] = SL_82599_PROTOCOL_SCTP,
	};

	return of[pkt->l4_proto];
}

/*
 * True if filter @p i matches this IPv4 packet. 8.2.3.7.19: a set mask bit means that its field is
 * not compared.
 */
static bool
tuple_matches(const struct softixgbe_regs *r, unsigned int i, const struct softnic_pkt *pkt)
{
	const uint32_t any_port = SL_82599_FTQF_ANY_SPORT | SL_82599_FTQF_ANY_DPORT;
	const uint8_t *ip = pkt->data + pkt->l3;
	uint32_t ftqf = r->FTQF[i], ports, differ = 0;

	if (bytes(ip + IPV4_SOURCE) != r->SAQF[i])
		differ |= SL_82599_FTQF_ANY_SOURCE;
	if (bytes(ip + IPV4_DEST) != r->DAQF[i])
		differ |= SL_82599_FTQF_ANY_DEST;
	if (SL_GET(SL_82599_FTQF_PROTOCOL, ftqf) != protocol(pkt))
		differ |= SL_82599_FTQF_ANY_PROTOCOL;
	if (pkt->l4_proto == SOFTNIC_L4_NONE) {
		differ |= any_port;
	} else {
		ports = bytes(pkt->data + pkt->l4) ^ r->SDPQF[i];
		differ |= (ports & UINT16_MAX) != 0 ? SL_82599_FTQF_ANY_SPORT : 0;
		differ |= ports >> 16 != 0 ? SL_82599_FTQF_ANY_DPORT : 0;
	}
	return (differ & ~ftqf) == 0;
}

/*
 * 7.1.2.5: of the filters that match, the one with the highest priority decides; among equal ones
 * the first.
 */
static bool
by_tuple(const struct softixgbe *d, const struct softnic_pkt *pkt, struct softnic_rx_meta *m)
{
	struct softnic_set on = {.word = {d->tuples[0], d->tuples[1]}};
	uint32_t best = 0, priority;
	bool found = false;
	int i;

	if (pkt->ip != 4)
		return false;
	while ((i = softnic_set_take(&on)) >= 0) {
		priority = SL_GET(SL_82599_FTQF_PRIORITY, d->r.FTQF[i]);
		if ((found && priority <= best) || !tuple_matches(&d->r, (unsigned int)i, pkt))
			continue;
		found = true;
		best = priority;
		m->queue = (uint16_t)SL_GET(SL_82599_L34TIMIR_QUEUE, d->r.L34TIMIR[i]);
	}
	return found;
}

void
softixgbe_steer(struct sl_softnic *nic, const struct softnic_pkt *pkt, struct softnic_rx_meta *m)
{
	struct softixgbe *d = softixgbe_of(nic);
	const bool syn_first = (d->r.SYNQF[0] & SL_82599_SYNQF_FIRST) != 0;

	if (by_type(d, pkt, m) || (syn_first && by_syn(d, pkt, m)) || by_tuple(d, pkt, m) ||
		(!syn_first && by_syn(d, pkt, m)))
		return;
	if (d->fdir.ready)
		(void)softixgbe_fdir_match(d, pkt, m);
}

void
softixgbe_steer_update(struct softixgbe *d)
{
	const struct softixgbe_regs *r = &d->r;
	bool on = d->fdir.ready || (r->SYNQF[0] & SL_82599_SYNQF_EN) != 0;
	unsigned int i;

	for (i = 0; i < sizeof(r->ETQF) / sizeof(r->ETQF[0]); i++)
		on = on || (r->ETQF[i] & SL_82599_ETQF_EN) != 0;
	memset(d->tuples, 0, sizeof(d->tuples));
	for (i = 0; i < TUPLES; i++) {
		if ((r->FTQF[i] & SL_82599_FTQF_EN) != 0)
			d->tuples[i / 64] |= UINT64_C(1) << i % 64;
	}
	d->nic.rx.steer = on || (d->tuples[0] | d->tuples[1]) != 0;
}

static void
after_filter(struct sl_softnic *nic, const struct softnic_slot *at)
{
	(void)at;
	softixgbe_steer_update(softixgbe_of(nic));
}

const struct softnic_hook softixgbe_steer_hooks[] = {
	{SL_82599_ETQF, .after = after_filter},
	{SL_82599_SYNQF, .after = after_filter},
	{SL_82599_FTQF, .after = after_filter},
	{.reg = SOFTNIC_NO_REG},
};
