/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Judges a received frame: whether filters accept it (7.1.1, 7.4.5, 8.10), and
 * the fields of its write-back. softnic_rss.c chooses the queue.
 */

#include <string.h>

#include "softnic_engine.h"
#include "softnic_parse.h"
#include "softnic_sum.h"

#define BROADCAST ((UINT64_C(1) << 48) - 1)
#define HASH_BITS SL_MASK(0, 12)
#define TCI_VID SL_MASK(0, 12)
#define TCI_CFI SL_BIT(12)

static uint64_t
mac_of(const uint8_t *p)
{
	uint64_t mac = 0;

	memcpy(&mac, p, 6);
	return mac;
}

void
softnic_filter_none(struct sl_softnic *nic)
{
	nic->filter.n_own = 0;
}

void
softnic_filter_own(struct sl_softnic *nic, uint32_t low, uint32_t high)
{
	struct softnic_filter *f = &nic->filter;

	f->own[f->n_own++] = (uint64_t)(high & UINT16_MAX) << 32 | low;
}

uint8_t
softnic_filter_shift(unsigned int mo)
{
	static const uint8_t shift[] = {4, 3, 2, 0};

	return shift[mo % sizeof(shift)];
}

static bool
addr_own(const struct softnic_filter *f, uint64_t dst)
{
	unsigned int i;

	for (i = 0; i < f->n_own; i++) {
		if (f->own[i] == dst)
			return true;
	}
	return false;
}

/* 8.10.15: the hash is 12 bits of the address's last two bytes. */
static bool
hash_match(const struct softnic_filter *f, uint64_t dst)
{
	uint32_t hash = (uint32_t)(dst >> 32) >> f->hash_shift & HASH_BITS;

	return f->hashed && (f->multicast[hash / 32] & SL_BIT(hash % 32)) != 0;
}

enum filter_verdict { FILTER_NO, FILTER_INEXACT, FILTER_EXACT };

/* 7.1.1.1, 7.1.1.2 */
static enum filter_verdict
mac_filter(const struct softnic_filter *f, uint64_t dst)
{
	if (dst == BROADCAST && f->broadcast)
		return FILTER_EXACT;
	if (addr_own(f, dst))
		return FILTER_EXACT;
	if ((dst & 1) == 0)
		return f->all_unicast ? FILTER_INEXACT : FILTER_NO;
	if (dst != BROADCAST && f->all_multicast)
		return FILTER_INEXACT;
	return hash_match(f, dst) ? FILTER_INEXACT : FILTER_NO;
}

/* 7.4.5: a tagged frame is accepted only if its VLAN's bit is set. */
static bool
vlan_filter(const struct softnic_filter *f, const struct softnic_pkt *pkt)
{
	uint32_t vid = pkt->tci & TCI_VID;

	if (!pkt->vlan || !f->vlan)
		return true;
	if (f->cfi_on && ((pkt->tci & TCI_CFI) != 0) != f->cfi)
		return false;
	return (f->vlans[vid / 32] & SL_BIT(vid % 32)) != 0;
}

/* True for a frame longer than allowed, including FCS: 8.18.14, 8.10.13. */
static bool
too_long(const struct sl_softnic *nic, uint32_t len, const struct softnic_pkt *pkt)
{
	return len + SL_FCS_LEN > (pkt->vlan ? nic->rx.longest_tagged : nic->rx.longest);
}

static uint32_t
packet_type(const struct softnic_pkt *pkt)
{
	static const uint32_t l4[] = {
		[SOFTNIC_L4_TCP] = SL_RXD_PTYPE_TCP,
		[SOFTNIC_L4_UDP] = SL_RXD_PTYPE_UDP,
		[SOFTNIC_L4_SCTP] = SL_RXD_PTYPE_SCTP,
	};
	uint32_t type;

	if (pkt->ip == 0)
		return 0;
	if (pkt->ip == 4)
		type = SL_RXD_PTYPE_IPV4 | (pkt->ip_ext ? SL_RXD_PTYPE_IPV4E : 0);
	else
		type = SL_RXD_PTYPE_IPV6 | (pkt->ip_ext ? SL_RXD_PTYPE_IPV6E : 0);
	if (pkt->inner_ipv6)
		type |= SL_RXD_PTYPE_IPV6 | (pkt->inner_ext ? SL_RXD_PTYPE_IPV6E : 0) |
			l4[pkt->inner_l4];
	return SL_PREP(SL_RXD_INFO_PTYPE, type | l4[pkt->l4_proto]);
}

/* 7.1.10 */
static uint32_t
ip_status(const struct sl_softnic *nic, const struct softnic_pkt *pkt)
{
	const uint8_t *ip = pkt->data + pkt->l3;
	uint32_t len = (ip[0] & 0xfu) * 4;

	if (softnic_sum_fold(softnic_sum(ip, len, 0)) != UINT16_MAX)
		return SL_RXD_STAT_IPCS | nic->model->rxd_ip;
	return SL_RXD_STAT_IPCS;
}

/* Status bits of the checksums that the device checks: 7.1.10. */
static uint32_t
checksum_status(const struct sl_softnic *nic, const struct softnic_pkt *pkt)
{
	const uint8_t *l4 = pkt->data + pkt->l4;
	uint32_t status = 0, len;

	if (pkt->ip == 4 && nic->rx.check_ip)
		status = ip_status(nic, pkt);
	if (pkt->l4_proto == SOFTNIC_L4_NONE || !nic->rx.check_l4)
		return status;
	len = pkt->l3_end - pkt->l4;
	if (pkt->l4_proto == SOFTNIC_L4_SCTP) {
		if (!nic->rx.check_sctp)
			return status;
		/* The CRC in the packet is little-endian. */
		if (__builtin_bswap32(softnic_get32(l4 + SOFTNIC_SCTP_CSUM)) !=
			softnic_crc32c_sctp(l4, len))
			status |= nic->model->rxd_l4;
		return status | SL_RXD_STAT_L4CS;
	}
	if (pkt->l4_proto == SOFTNIC_L4_UDP) {
		/*
		 * RFC 768: zero means "no checksum". A datagram with a wrong length is not
		 * checked.
		 */
		if (softnic_get16(l4 + SOFTNIC_UDP_CSUM) == 0 || softnic_get16(l4 + 4) != len)
			return status;
		status |= SL_RXD_STAT_UDPCS;
	}
	if (softnic_sum_fold(softnic_sum(l4, len, softnic_sum_pseudo(pkt))) != UINT16_MAX)
		status |= nic->model->rxd_l4;
	return status | SL_RXD_STAT_L4CS;
}

/*
 * Damage that the MAC detects before any filter. True: the frame is dropped. Damaged frames of 64
 * bytes or more, also jabbers, count as CRC errors; shorter ones only as fragments: 8.18.1,
 * 8.18.34, 8.18.36.
 */
static bool
mac_damage(struct sl_softnic *nic, const struct sl_frame *f)
{
	const bool runt = f->len < SL_FRAME_MIN;
	struct softnic_pkt pkt;

	if (!f->bad_fcs && !runt)
		return false;
	if (runt) {
		nic->count[f->bad_fcs ? SOFTNIC_RX_FRAGMENTS : SOFTNIC_RX_UNDERSIZE]++;
		nic->count[SOFTNIC_RX_LENGTH_ERRORS] += !f->bad_fcs;
		return true;
	}
	nic->count[SOFTNIC_RX_CRC_ERRORS]++;
	softnic_parse(&pkt, f->data, f->len, nic->rx.vlan_type);
	nic->count[SOFTNIC_RX_JABBERS] += too_long(nic, f->len, &pkt);
	return true;
}

/* Apply filters and length limits. */
static enum filter_verdict
wanted(struct sl_softnic *nic, const struct sl_frame *f, const struct softnic_pkt *pkt,
	uint64_t dst)
{
	enum filter_verdict verdict = mac_filter(&nic->filter, dst);

	if (verdict == FILTER_NO || !vlan_filter(&nic->filter, pkt)) {
		nic->stats.rx_filtered++;
		return FILTER_NO;
	}
	if (too_long(nic, f->len, pkt)) {
		nic->count[SOFTNIC_RX_OVERSIZE]++;
		nic->count[SOFTNIC_RX_LENGTH_ERRORS]++;
		return FILTER_NO;
	}
	return verdict;
}

/* Apply the queue's settings to the frame: stripping of tag (7.4.2) and FCS. */
static void
queue_edits(const struct sl_softnic *nic, const struct softnic_pkt *pkt, struct softnic_rx_meta *m)
{
	const struct softnic_rxq_setup *s = &nic->rxq[m->queue].s;

	m->strip = pkt->vlan && s->strip;
	m->vlan = m->strip ? pkt->tci : 0;
	m->status |= m->strip ? SL_RXD_STAT_VP : 0;
	m->fcs_len = s->keep_fcs ? SL_FCS_LEN : 0;
	m->stamp_len = 0;
	m->edited = m->strip || s->keep_fcs;
	m->len = m->wire_len - (m->strip ? SOFTNIC_VLAN_TAG : 0) + m->fcs_len;
}

bool
softnic_rx_judge(struct sl_softnic *nic, const struct sl_frame *f, struct softnic_rx_meta *m)
{
	enum filter_verdict verdict;
	struct softnic_pkt pkt;
	uint64_t dst;

	if (mac_damage(nic, f))
		return false;
	nic->count[SOFTNIC_RX_ALL_OCTETS] += f->len + SL_FCS_LEN;
	nic->count[SOFTNIC_RX_ALL]++;
	if (__builtin_expect(
		    softnic_get16(f->data + SOFTNIC_ETH_ADDRS) == SOFTNIC_MAC_CONTROL, 0) &&
		softnic_pause_take(nic, f)) {
		nic->stats.rx_filtered++;
		return false;
	}
	dst = mac_of(f->data);
	softnic_parse(&pkt, f->data, f->len, nic->rx.vlan_type);
	verdict = wanted(nic, f, &pkt, dst);
	if (verdict == FILTER_NO)
		return false;
	m->data = f->data;
	m->wire_len = f->len;
	m->queue = 0;
	m->info = packet_type(&pkt);
	m->rss = 0;
	m->status = verdict == FILTER_INEXACT ? SL_RXD_STAT_PIF : 0;
	m->cast = dst == BROADCAST ? SOFTNIC_BROADCAST :
		(dst & 1) != 0	   ? SOFTNIC_MULTICAST :
				     SOFTNIC_UNICAST;
	softnic_rss_judge(nic, &pkt, m);
	if (__builtin_expect(nic->rx.steer, 0))
		nic->model->ops->rx_steer(nic, &pkt, m);
	if ((nic->rx.check_ip || nic->rx.check_l4) && pkt.ip != 0)
		m->status |= checksum_status(nic, &pkt);
	queue_edits(nic, &pkt, m);
	if (__builtin_expect(nic->rx.stamp, 0)) {
		nic->model->ops->rx_stamp(nic, &pkt, m);
		m->len += m->stamp_len;
		m->edited |= m->stamp_len != 0;
	}
	return true;
}

void
softnic_rx_switch(struct sl_softnic *nic, bool on)
{
	nic->rx.on = on;
	if (!on)
		softnic_fifo_flush(nic);
}
