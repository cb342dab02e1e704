/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 *
 * Which frames are received (7.1.1, 7.4.5, 8.10), and by which queue (7.1.2).
 */
#include <string.h>

#include "softnic_parse.h"
#include "softnic_engine.h"

#define BROADCAST ((UINT64_C(1) << 48) - 1)
#define HASH_MAX (2 * 16 + 4) /* two IPv6 addresses and two ports */

static uint64_t
mac_of(const uint8_t *p)
{
	uint64_t mac = 0;

	memcpy(&mac, p, 6);
	return mac;
}

/* 8.10.16, 8.10.17 */
void
softnic_addr_update(struct sl_softnic *nic)
{
	const struct softnic_regs *r = &nic->r;
	unsigned int i;

	nic->n_own = 0;
	for (i = 0; i < SOFTNIC_ADDRS; i++) {
		uint32_t low = i < 16 ? r->RAL[i] : r->RAL2[i - 16];
		uint32_t high = i < 16 ? r->RAH[i] : r->RAH2[i - 16];

		if ((high & SL_RAH_AV) != 0)
			nic->own[nic->n_own++] = (uint64_t)SL_GET(SL_RAH_ADDR, high) << 32 | low;
	}
}

static bool
addr_own(const struct sl_softnic *nic, uint64_t dst)
{
	unsigned int i;

	for (i = 0; i < nic->n_own; i++) {
		if (nic->own[i] == dst)
			return true;
	}
	return false;
}

/* 8.10.15: 12 bits of the address's last two bytes, chosen by RCTL.MO. */
static bool
hash_match(const struct softnic_regs *r, uint64_t dst)
{
	static const uint8_t shift[] = {4, 3, 2, 0};
	uint32_t hash = (uint32_t)(dst >> 32) >> shift[SL_GET(SL_RCTL_MO, r->RCTL[0])];

	return (r->MTA[SL_GET(SL_MTA_HASH_WORD, hash)] & SL_BIT(hash % 32)) != 0;
}

enum filter_verdict { FILTER_NO, FILTER_INEXACT, FILTER_EXACT };

/* 7.1.1.1, 7.1.1.2 */
static enum filter_verdict
mac_filter(const struct sl_softnic *nic, uint64_t dst)
{
	uint32_t rctl = nic->r.RCTL[0];

	if (dst == BROADCAST && (rctl & SL_RCTL_BAM) != 0)
		return FILTER_EXACT;
	if (addr_own(nic, dst))
		return FILTER_EXACT;
	if ((dst & 1) == 0)
		return (rctl & SL_RCTL_UPE) != 0 ? FILTER_INEXACT : FILTER_NO;
	if (dst != BROADCAST && (rctl & SL_RCTL_MPE) != 0)
		return FILTER_INEXACT;
	return hash_match(&nic->r, dst) ? FILTER_INEXACT : FILTER_NO;
}

/* 7.4.5: with RCTL.VFE a tagged frame needs its VLAN's bit in VFTA. */
static bool
vlan_filter(const struct softnic_regs *r, const struct softnic_pkt *pkt)
{
	uint32_t vid = SL_GET(SL_VLAN_VID, pkt->tci);

	if (!pkt->vlan || (r->RCTL[0] & SL_RCTL_VFE) == 0)
		return true;
	if ((r->RCTL[0] & SL_RCTL_CFIEN) != 0 &&
		((pkt->tci & SL_VLAN_CFI) != 0) != ((r->RCTL[0] & SL_RCTL_CFI) != 0))
		return false;
	return (r->VFTA[vid / 32] & SL_BIT(vid % 32)) != 0;
}

/* 8.18.14, 8.10.13: longest frame, FCS counted. */
static uint32_t
longest(const struct softnic_regs *r, const struct softnic_pkt *pkt)
{
	uint32_t max = SL_FRAME_STD_MAX + (pkt->vlan ? SOFTNIC_VLAN_TAG : 0);

	if ((r->RCTL[0] & SL_RCTL_LPE) != 0)
		max = SL_GET(SL_RLPML_LEN, r->RLPML[0]);
	return max < SL_FRAME_MAX ? max : SL_FRAME_MAX;
}

/* The enabled kind of hash for a packet: 7.1.2.8. */
static enum sl_rss_type
rss_kind(uint32_t mrqc, const struct softnic_pkt *pkt)
{
	/* By protocol: plain, then by home addresses (those of IPv6 alone). */
	static const struct {
		uint32_t plain, ex;
		enum sl_rss_type plain_type, ex_type;
	} v6[] = {
		[SOFTNIC_L4_NONE] = {SL_MRQC_RSS_IPV6, SL_MRQC_RSS_IPV6_EX, SL_RSS_IPV6,
			SL_RSS_IPV6_EX},
		[SOFTNIC_L4_TCP] = {SL_MRQC_RSS_IPV6_TCP, SL_MRQC_RSS_IPV6_TCP_EX, SL_RSS_IPV6_TCP,
			SL_RSS_IPV6_TCP_EX},
		[SOFTNIC_L4_UDP] = {SL_MRQC_RSS_IPV6_UDP, SL_MRQC_RSS_IPV6_UDP_EX, SL_RSS_IPV6_UDP,
			SL_RSS_IPV6_UDP_EX},
	};
	enum softnic_l4 l4 = pkt->l4_proto == SOFTNIC_L4_SCTP ? SOFTNIC_L4_NONE : pkt->l4_proto;
	bool home = pkt->home_src != NULL || pkt->home_dst != NULL;

	if (pkt->ip == 4) {
		if (l4 == SOFTNIC_L4_TCP && (mrqc & SL_MRQC_RSS_IPV4_TCP) != 0)
			return SL_RSS_IPV4_TCP;
		if (l4 == SOFTNIC_L4_UDP && (mrqc & SL_MRQC_RSS_IPV4_UDP) != 0)
			return SL_RSS_IPV4_UDP;
		return (mrqc & SL_MRQC_RSS_IPV4) != 0 ? SL_RSS_IPV4 : SL_RSS_NONE;
	}
	if (pkt->ip != 6)
		return SL_RSS_NONE;
	for (;; l4 = SOFTNIC_L4_NONE) {
		bool plain = (mrqc & v6[l4].plain) != 0, ex = (mrqc & v6[l4].ex) != 0;

		if (ex && (home || !plain))
			return v6[l4].ex_type;
		if (plain)
			return v6[l4].plain_type;
		if (l4 == SOFTNIC_L4_NONE)
			return SL_RSS_NONE;
	}
}

/* Hash and queue: 7.1.2.8.1. The key's words are little-endian in the registers. */
static uint32_t
rss_hash(const struct softnic_regs *r, const struct softnic_pkt *pkt, enum sl_rss_type type)
{
	const uint32_t ports = SL_BIT(SL_RSS_IPV4_TCP) | SL_BIT(SL_RSS_IPV4_UDP) |
		SL_BIT(SL_RSS_IPV6_TCP) | SL_BIT(SL_RSS_IPV6_UDP) | SL_BIT(SL_RSS_IPV6_TCP_EX) |
		SL_BIT(SL_RSS_IPV6_UDP_EX);
	const uint32_t by_home =
		SL_BIT(SL_RSS_IPV6_EX) | SL_BIT(SL_RSS_IPV6_TCP_EX) | SL_BIT(SL_RSS_IPV6_UDP_EX);
	const uint8_t *ip = pkt->data + pkt->l3;
	bool home = (SL_BIT(type) & by_home) != 0;
	uint8_t in[HASH_MAX];
	size_t n;

	if (pkt->ip == 4) {
		memcpy(in, ip + 12, 8);
		n = 8;
	} else {
		memcpy(in, home && pkt->home_src != NULL ? pkt->home_src : ip + 8, 16);
		memcpy(in + 16, home && pkt->home_dst != NULL ? pkt->home_dst : ip + 24, 16);
		n = 32;
	}
	if ((SL_BIT(type) & ports) != 0) {
		memcpy(in + n, pkt->data + pkt->l4, 4);
		n += 4;
	}
	return softnic_toeplitz((const uint8_t *)r->RSSRK, in, n);
}

static void
rss_judge(const struct softnic_regs *r, const struct softnic_pkt *pkt, struct softnic_rx_meta *m)
{
	enum sl_rss_type type;
	uint32_t hash, entry;

	if (SL_GET(SL_MRQC_ENABLE, r->MRQC[0]) != SL_MRQC_RSS_4Q)
		return;
	type = rss_kind(r->MRQC[0], pkt);
	if (type == SL_RSS_NONE)
		return;
	hash = rss_hash(r, pkt, type);
	entry = hash % SL_RETA_ENTRIES;
	m->queue = (uint16_t)SL_GET(SL_RETA_QUEUE, r->RETA[entry / 4] >> entry % 4 * 8);
	/* 8.10.12 PCSD: the hash and the packet checksum share a field. */
	if ((r->RXCSUM[0] & SL_RXCSUM_PCSD) == 0)
		return;
	m->rss = hash;
	m->info |= SL_PREP(SL_RXD_INFO_RSSTYPE, type);
}

/* 7.1.5.2: without PCSD the identification of an IPv4 fragment takes the hash's place. */
static void
ip_id_judge(const struct softnic_regs *r, const struct softnic_pkt *pkt, struct softnic_rx_meta *m)
{
	if ((r->RXCSUM[0] & SL_RXCSUM_PCSD) != 0 || pkt->ip != 4 || !pkt->fragment)
		return;
	m->rss = SL_PREP(SL_RXD_RSS_IP_ID, softnic_get16(pkt->data + pkt->l3 + SOFTNIC_IPV4_ID));
	m->status |= SL_RXD_STAT_IPIDV;
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
	return SL_PREP(SL_RXD_INFO_PTYPE, type | l4[pkt->l4_proto]);
}

/* 7.1.10: what RXCSUM asks to check. */
static uint32_t
checksum_status(const struct softnic_regs *r, const struct softnic_pkt *pkt)
{
	const uint8_t *ip = pkt->data + pkt->l3, *l4 = pkt->data + pkt->l4;
	uint32_t rxcsum = r->RXCSUM[0], status = 0, len;

	if (pkt->ip == 4 && (rxcsum & SL_RXCSUM_IPOFLD) != 0) {
		len = (ip[0] & 0xfu) * 4;
		status |= SL_RXD_STAT_IPCS;
		if (softnic_sum_fold(softnic_sum(ip, len, 0)) != UINT16_MAX)
			status |= SL_RXD_ERR_IPE;
	}
	if (pkt->l4_proto == SOFTNIC_L4_NONE || (rxcsum & SL_RXCSUM_TUOFLD) == 0)
		return status;
	len = pkt->l3_end - pkt->l4;
	if (pkt->l4_proto == SOFTNIC_L4_SCTP) {
		if ((rxcsum & SL_RXCSUM_CRCOFL) == 0)
			return status;
		/* The CRC stands in the packet with its lowest byte first. */
		if (__builtin_bswap32(softnic_get32(l4 + SOFTNIC_SCTP_CSUM)) !=
			softnic_crc32c_sctp(l4, len))
			status |= SL_RXD_ERR_L4E;
		return status | SL_RXD_STAT_L4CS;
	}
	if (pkt->l4_proto == SOFTNIC_L4_UDP) {
		/* RFC 768: zero is no checksum; a length that the packet has not is no datagram. */
		if (softnic_get16(l4 + SOFTNIC_UDP_CSUM) == 0 || softnic_get16(l4 + 4) != len)
			return status;
		status |= SL_RXD_STAT_UDPCS;
	}
	if (softnic_sum_fold(softnic_sum(l4, len, softnic_sum_pseudo(pkt))) != UINT16_MAX)
		status |= SL_RXD_ERR_L4E;
	return status | SL_RXD_STAT_L4CS;
}

/*
 * Damage that the MAC sees before any filter. True for a frame that ends here. CRCERRS is
 * for frames of 64 bytes and more, jabbers among them; a short one is a fragment and no
 * more: 8.18.1, 8.18.34, 8.18.36.
 */
static bool
mac_damage(struct sl_softnic *nic, const struct sl_frame *f)
{
	const bool runt = f->len < SL_FRAME_MIN;
	struct softnic_pkt pkt;

	if (!f->bad_fcs && !runt)
		return false;
	if (runt) {
		softnic_count(f->bad_fcs ? &nic->r.RFC[0] : &nic->r.RUC[0], 1);
		if (!f->bad_fcs)
			softnic_count(&nic->r.RLEC[0], 1);
		return true;
	}
	softnic_count(&nic->r.CRCERRS[0], 1);
	softnic_parse(&pkt, f->data, f->len, (uint16_t)nic->r.VET[0]);
	if (f->len + SL_FCS_LEN > longest(&nic->r, &pkt))
		softnic_count(&nic->r.RJC[0], 1);
	return true;
}

bool
softnic_rx_judge(struct sl_softnic *nic, const struct sl_frame *f, struct softnic_rx_meta *m)
{
	const struct softnic_regs *r = &nic->r;
	enum filter_verdict verdict;
	struct softnic_pkt pkt;
	uint64_t dst;
	bool keep_fcs;

	if (mac_damage(nic, f))
		return false;
	nic->oct[SOFTNIC_OCT_TOR].value += f->len + SL_FCS_LEN;
	softnic_count(&nic->r.TPR[0], 1);
	dst = mac_of(f->data);
	softnic_parse(&pkt, f->data, f->len, (uint16_t)r->VET[0]);
	verdict = mac_filter(nic, dst);
	if (verdict == FILTER_NO || !vlan_filter(r, &pkt)) {
		nic->stats.rx_filtered++;
		return false;
	}
	if (f->len + SL_FCS_LEN > longest(r, &pkt)) {
		softnic_count(&nic->r.ROC[0], 1);
		softnic_count(&nic->r.RLEC[0], 1);
		return false;
	}
	m->data = f->data;
	m->wire_len = f->len;
	m->queue = 0;
	m->info = packet_type(&pkt);
	m->rss = 0;
	m->status = verdict == FILTER_INEXACT ? SL_RXD_STAT_PIF : 0;
	m->vlan = 0;
	m->cast = dst == BROADCAST ? SOFTNIC_BROADCAST :
		(dst & 1) != 0	   ? SOFTNIC_MULTICAST :
				     SOFTNIC_UNICAST;
	rss_judge(r, &pkt, m);
	ip_id_judge(r, &pkt, m);
	if ((r->RXCSUM[0] & (SL_RXCSUM_IPOFLD | SL_RXCSUM_TUOFLD)) != 0 && pkt.ip != 0)
		m->status |= checksum_status(r, &pkt);
	/* 7.4.2, and DVMOLR for each queue. */
	m->strip = pkt.vlan &&
		((r->CTRL[0] & SL_CTRL_VME) != 0 || (r->DVMOLR[m->queue] & SL_DVMOLR_STRVLAN) != 0);
	if (m->strip) {
		m->vlan = pkt.tci;
		m->status |= SL_RXD_STAT_VP;
	}
	keep_fcs =
		(r->RCTL[0] & SL_RCTL_SECRC) == 0 && (r->DVMOLR[m->queue] & SL_DVMOLR_STRCRC) == 0;
	m->fcs_len = keep_fcs ? SL_FCS_LEN : 0;
	m->len = m->wire_len - (m->strip ? SOFTNIC_VLAN_TAG : 0) + m->fcs_len;
	return true;
}
