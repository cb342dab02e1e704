/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Receive-side scaling: the hash of a frame (7.1.2.8), and the queue selected by
 * the hash (7.1.2).
 */

#include <string.h>

#include "softnic_engine.h"
#include "softnic_parse.h"
#include "softnic_sum.h"

#define HASH_MAX (2 * 16 + 4) /* two IPv6 addresses and two ports */

uint32_t
softnic_rss_types(uint32_t enables)
{
	static const uint8_t type[] = {SL_RSS_IPV4_TCP, SL_RSS_IPV4, SL_RSS_IPV6_TCP_EX,
		SL_RSS_IPV6_EX, SL_RSS_IPV6, SL_RSS_IPV6_TCP, SL_RSS_IPV4_UDP, SL_RSS_IPV6_UDP,
		SL_RSS_IPV6_UDP_EX};
	uint32_t types = 0;
	unsigned int i;

	for (i = 0; i < sizeof(type); i++)
		types |= (enables & SL_BIT(i)) != 0 ? SL_BIT(type[i]) : 0;
	return types;
}

/* Type of hash for a packet, of the enabled types: 7.1.2.8. */
static enum sl_rss_type
rss_kind(uint32_t types, const struct softnic_pkt *pkt)
{
	/* Per protocol: the plain type, and the type with IPv6 home addresses. */
	static const struct {
		enum sl_rss_type plain, ex;
	} v6[] = {
		[SOFTNIC_L4_NONE] = {SL_RSS_IPV6, SL_RSS_IPV6_EX},
		[SOFTNIC_L4_TCP] = {SL_RSS_IPV6_TCP, SL_RSS_IPV6_TCP_EX},
		[SOFTNIC_L4_UDP] = {SL_RSS_IPV6_UDP, SL_RSS_IPV6_UDP_EX},
	};
	enum softnic_l4 l4 = pkt->l4_proto == SOFTNIC_L4_SCTP ? SOFTNIC_L4_NONE : pkt->l4_proto;
	bool home = pkt->home_src != NULL || pkt->home_dst != NULL;

	if (pkt->ip == 4) {
		if (l4 == SOFTNIC_L4_TCP && (types & SL_BIT(SL_RSS_IPV4_TCP)) != 0)
			return SL_RSS_IPV4_TCP;
		if (l4 == SOFTNIC_L4_UDP && (types & SL_BIT(SL_RSS_IPV4_UDP)) != 0)
			return SL_RSS_IPV4_UDP;
		return (types & SL_BIT(SL_RSS_IPV4)) != 0 ? SL_RSS_IPV4 : SL_RSS_NONE;
	}
	if (pkt->ip != 6)
		return SL_RSS_NONE;
	for (;; l4 = SOFTNIC_L4_NONE) {
		bool plain = (types & SL_BIT(v6[l4].plain)) != 0;
		bool ex = (types & SL_BIT(v6[l4].ex)) != 0;

		if (ex && (home || !plain))
			return v6[l4].ex;
		if (plain)
			return v6[l4].plain;
		if (l4 == SOFTNIC_L4_NONE)
			return SL_RSS_NONE;
	}
}

/* 7.1.2.8.1 */
static uint32_t
rss_hash(const uint8_t *key, const struct softnic_pkt *pkt, enum sl_rss_type type)
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
	return softnic_toeplitz(key, in, n);
}

/* 7.1.5.2: without the hash the field has an IPv4 fragment's identification. */
static void
ip_id_judge(const struct softnic_pkt *pkt, struct softnic_rx_meta *m)
{
	if (pkt->ip != 4 || !pkt->fragment)
		return;
	m->rss = SL_PREP(SL_RXD_RSS_IP_ID, softnic_get16(pkt->data + pkt->l3 + SOFTNIC_IPV4_ID));
	m->status |= SL_RXD_STAT_IPIDV;
}

void
softnic_rss_judge(
	const struct sl_softnic *nic, const struct softnic_pkt *pkt, struct softnic_rx_meta *m)
{
	const struct softnic_rss *rss = &nic->rss;
	enum sl_rss_type type = rss->on ? rss_kind(rss->types, pkt) : SL_RSS_NONE;
	uint32_t hash;

	if (type != SL_RSS_NONE) {
		hash = rss_hash(rss->key, pkt, type);
		m->queue = rss->table[hash & (rss->entries - 1)];
		if (nic->rx.hash) {
			m->rss = hash;
			m->info |= SL_PREP(SL_RXD_INFO_RSSTYPE, type);
		}
	}
	if (!nic->rx.hash)
		ip_id_judge(pkt, m);
}
