/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Group "fuzz": random operations from a seed, the same on both backends. Each round sets the
 * receiver up again. Values are limited to those that the datasheet defines, so that each
 * difference is one between the devices.
 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "poke.h"

#define QUEUES 4u
#define ACTS 12u

static uint32_t
below(struct poke *p, uint32_t n)
{
	return (uint32_t)(rng_next(&p->seed) % n);
}

static bool
chance(struct poke *p, uint32_t one_in)
{
	return below(p, one_in) == 0;
}

static uint32_t
bit_if(struct poke *p, uint32_t bit)
{
	return chance(p, 2) ? bit : 0;
}

/* --- registers that keep written values --- */

static void
act_registers(struct poke *p)
{
	static const struct {
		uint16_t reg, count;
		uint32_t bits;
	} plain[] = {
		{SL_VFTA, 128, UINT32_MAX},
		{SL_RETA, 32, 0x03030303},
		{SL_RSSRK, 10, UINT32_MAX},
		{SL_EITR, 25, 0x7ffc},
		{SL_IVAR, 8, UINT32_MAX},
		{SL_IVAR_MISC, 1, UINT32_MAX},
		{SL_FCTTV, 1, UINT32_MAX},
		{SL_FCRTV, 1, UINT32_MAX},
		{SL_WUFC, 1, UINT32_MAX},
		{SL_LEDCTL, 1, UINT32_MAX},
		{SL_VLVF, 32, UINT32_MAX},
		{SL_TIPG, 1, UINT32_MAX},
		{SL_RAH2, 8, SL_RAH_ADDR | SL_RAH_AV},
		{SL_RAL2, 8, UINT32_MAX},
		{SL_TDBAH, 16, UINT32_MAX},
	};
	unsigned int n = below(p, sizeof(plain) / sizeof(plain[0]));
	unsigned int i = below(p, plain[n].count);
	const struct sl_reg_row *row = &sl_reg_table[plain[n].reg];

	/* The queues from 0 on are in use. */
	if (plain[n].reg == SL_TDBAH && i < QUEUES)
		i += QUEUES;
	sl_bus_write(&p->bus[1], row->offset + i * row->stride,
		(uint32_t)rng_next(&p->seed) & plain[n].bits);
	(void)poke_show(p, 1, plain[n].reg, i, 0);
}

/* --- causes --- */

static void
act_causes(struct poke *p)
{
	const uint32_t bits = SL_ICR_LSC | SL_ICR_RXDW | SL_ICR_TXDW | SL_ICR_RXO | SL_ICR_MDAC;
	uint32_t val = (uint32_t)rng_next(&p->seed) & bits;

	switch (below(p, 5)) {
	case 0:
		POKE_WR(p, 1, ICS, 0, val);
		break;
	case 1:
		POKE_WR(p, 1, IMS, 0, val);
		break;
	case 2:
		POKE_WR(p, 1, IMC, 0, val);
		break;
	case 3:
		POKE_WR(p, 1, ICR, 0, val);
		break;
	default:
		/* INTA is a known difference. */
		(void)poke_show(p, 1, SL_ICR, 0, SL_ICR_INTA);
		break;
	}
	(void)POKE_SHOW(p, 1, IMS, 0);
}

/* --- the receiver --- */

static void
set_hash(struct poke *p)
{
	const uint32_t types = SL_MRQC_RSS_IPV4_TCP | SL_MRQC_RSS_IPV4 | SL_MRQC_RSS_IPV6_TCP_EX |
		SL_MRQC_RSS_IPV6_EX | SL_MRQC_RSS_IPV6 | SL_MRQC_RSS_IPV4_UDP |
		SL_MRQC_RSS_IPV6_UDP;
	uint32_t mrqc = (uint32_t)rng_next(&p->seed) & types;
	unsigned int i;

	POKE_WR(p, 1, MRQC, 0, chance(p, 3) ? 0 : SL_MRQC_RSS_4Q | mrqc);
	for (i = 0; i < SL_RETA_ENTRIES / 4; i++)
		POKE_WR(p, 1, RETA, i, (uint32_t)rng_next(&p->seed) & 0x03030303);
	for (i = 0; i < SL_RSS_KEY_BYTES / 4; i++)
		POKE_WR(p, 1, RSSRK, i, (uint32_t)rng_next(&p->seed));
}

static void
set_filters(struct poke *p)
{
	static const uint32_t modes[] = {
		SL_RCTL_UPE, SL_RCTL_MPE, SL_RCTL_BAM, SL_RCTL_LPE, SL_RCTL_VFE};
	uint32_t rctl = SL_RCTL_RXEN | SL_RCTL_SECRC, sums = SL_RXCSUM_PCSD;
	uint32_t ctrl = POKE_RD(p, 1, CTRL, 0) & ~SL_CTRL_VME;
	unsigned int i;

	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		rctl |= bit_if(p, modes[i]);
	rctl |= SL_PREP(SL_RCTL_MO, below(p, 4));
	p->hash_clear = chance(p, 2);
	for (i = 0; i < 128; i++) {
		uint32_t hash = (uint32_t)rng_next(&p->seed);

		hash &= (uint32_t)rng_next(&p->seed);
		POKE_WR(p, 1, VFTA, i, (uint32_t)rng_next(&p->seed));
		POKE_WR(p, 1, MTA, i, p->hash_clear ? 0 : hash);
	}
	for (i = 0; i < 8; i++)
		POKE_WR(p, 1, RAH2, i, 0);
	POKE_WR(p, 1, RLPML, 0, 1518 + below(p, 4000));
	POKE_WR(p, 1, CTRL, 0, ctrl | bit_if(p, SL_CTRL_VME));
	sums |= bit_if(p, SL_RXCSUM_IPOFLD);
	sums |= bit_if(p, SL_RXCSUM_TUOFLD);
	POKE_WR(p, 1, RXCSUM, 0, sums);
	POKE_WR(p, 1, RCTL, 0, rctl);
}

static void
set_up(struct poke *p)
{
	unsigned int q;

	POKE_WR(p, 1, RCTL, 0, 0);
	for (q = 0; q < QUEUES; q++) {
		uint32_t descs = 16u << below(p, 3);

		poke_rx_start(p, 1, q, descs, 1 + below(p, 2), 0);
	}
	for (q = 0; q < 2; q++)
		poke_tx_start(p, 0, q, 8u << below(p, 4), q == 1);
	set_hash(p);
	set_filters(p);
	(void)POKE_RD(p, 1, ICR, 0);
}

/* --- traffic --- */

static uint32_t
random_frame(struct poke *p, uint8_t *frame, struct frame_spec *pkt, struct frame_layout *l)
{
	static const uint8_t protos[] = {0, FRAME_TCP, FRAME_UDP};
	static const int ips[] = {0, 4, 6};
	static uint8_t const strangers[][6] = {
		{0x01, 0x00, 0x5e, 1, 2, 3}, {0x33, 0x33, 0, 0, 7, 9}, {0x02, 1, 2, 3, 4, 5}};
	unsigned int to = below(p, 6);

	/* In separate statements, so that a seed gives the same values with each compiler. */
	*pkt = (struct frame_spec){.tcp_flags = 2};
	pkt->to = to < 3 ? poke_mac[1] : frame_broadcast;
	if (to > 3)
		pkt->to = strangers[below(p, p->hash_clear ? 3 : 2)];
	pkt->version = ips[below(p, 3)];
	pkt->proto = protos[below(p, 3)];
	pkt->vlan = chance(p, 4);
	pkt->tci = (uint16_t)below(p, 4096);
	pkt->payload = chance(p, 8) ? 1900 : 1300;
	pkt->payload = 46 + below(p, pkt->payload);
	pkt->sport = (uint16_t)(1 + below(p, 60000));
	pkt->dport = (uint16_t)(1 + below(p, 60000));
	pkt->host = (uint8_t)(1 + below(p, 250));
	pkt->bad_l3 = chance(p, 8);
	pkt->bad_l4 = chance(p, 8);
	pkt->options = chance(p, 6);
	if (pkt->version == 6)
		pkt->bad_l3 = false;
	*l = poke_build(frame, pkt);
	return l->len;
}

/* Send a complete frame, or one whose checksums and tag the device inserts. */
static void
send_random(struct poke *p, unsigned int q)
{
	uint8_t frame[POKE_FRAME];
	struct frame_layout l;
	struct frame_spec pkt;
	uint32_t len = random_frame(p, frame, &pkt, &l), cmd = 0, olinfo = 0, idx = below(p, 2);
	uint16_t tci = (uint16_t)below(p, 4096);

	if (chance(p, 2)) {
		if (!pkt.vlan)
			cmd = bit_if(p, SL_TXD_DCMD_VLE);
		if (pkt.version != 0 && pkt.proto != 0 && !pkt.options) {
			olinfo = SL_TXD_POPTS_TXSM | (pkt.version == 4 ? SL_TXD_POPTS_IXSM : 0);
			frame_seed_sums(frame, &l, pkt.proto, true);
		}
		poke_tx_context(p, q, &l, 0,
			poke_l4t(pkt.proto) | (pkt.version == 4 ? SL_TXC_TUCMD_IPV4 : 0), 0, tci,
			idx);
		olinfo |= SL_PREP(SL_TXD_IDX, idx) | SL_TXD_CC;
	}
	poke_tx_frame(p, 0, q, frame, len, cmd, olinfo);
}

static void
act_traffic(struct poke *p)
{
	unsigned int q = below(p, 2);
	/* A ring of 8 descriptors takes 7: three frames with their contexts. */
	unsigned int n = 1 + below(p, 3), i;

	for (i = 0; i < n; i++)
		send_random(p, q);
	poke_tx_ring(p, 0, q);
	poke_settle(p);
	(void)poke_show(p, 0, SL_TDH, q, 0);
	poke_fact(p, "head-wb", "%" PRIu32, p->head_wb[0][1]);
	for (i = 0; i < QUEUES; i++) {
		poke_rx_show(p, 1, i);
		(void)poke_show(p, 1, SL_RDH, i, 0);
	}
}

static void
act(struct poke *p)
{
	switch (below(p, 8)) {
	case 0:
		act_registers(p);
		break;
	case 1:
		act_causes(p);
		break;
	case 2:
		set_filters(p);
		break;
	case 3:
		set_hash(p);
		break;
	case 4:
		poke_stats(p);
		break;
	default:
		act_traffic(p);
		break;
	}
}

void
poke_fuzz(struct poke *p, unsigned int rounds)
{
	unsigned int round, i;

	poke_traffic(p);
	for (round = 0; round < rounds; round++) {
		poke_step(p, "r%u-up", round);
		set_up(p);
		poke_stats(p);
		for (i = 0; i < ACTS; i++) {
			poke_step(p, "r%u-%u", round, i);
			act(p);
		}
	}
}
