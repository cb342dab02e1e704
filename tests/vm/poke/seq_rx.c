/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Groups "filter", "rx" and "rss": received frames, the information about them, and their queues.
 * Port 0 sends, port 1 receives.
 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "poke.h"

#define RX_ON (SL_RCTL_RXEN | SL_RCTL_SECRC)
#define PROMISC (RX_ON | SL_RCTL_BAM | SL_RCTL_UPE | SL_RCTL_MPE)

/* --- group "filter" --- */

/* Destination addresses. */
static const uint8_t dsts[][6] = {
	{0x02, 0x00, 0x00, 0x00, 0x01, 0x01}, /* the port's own */
	{0x02, 0x00, 0x00, 0x00, 0x01, 0x11}, /* of another station */
	{0x02, 0x00, 0x00, 0x00, 0x01, 0x22}, /* entry 3, if set */
	{0x02, 0x00, 0x00, 0x00, 0x01, 0x33}, /* entry 15 */
	{0x02, 0x00, 0x00, 0x00, 0x01, 0x44}, /* entry 16 */
	{0x02, 0x00, 0x00, 0x00, 0x01, 0x55}, /* entry 23 */
	{0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
	{0x01, 0x00, 0x5e, 0x00, 0x12, 0x34},
	{0x01, 0x00, 0x5e, 0x7f, 0xab, 0xcd},
	{0x33, 0x33, 0x00, 0x00, 0x00, 0x01},
};
#define DSTS (sizeof(dsts) / sizeof(dsts[0]))

/* Print which frames arrived, by the number in their last byte. */
static void
ids_show(struct poke *p)
{
	struct poke_queue *q = &p->rxq[1][0];
	char text[256] = "none";
	size_t n = 0;
	uint32_t i = q->next, seen;

	for (seen = 0; seen < q->descs && n + 8 < sizeof(text); seen++) {
		const uint8_t *buf = q->buf + (size_t)i * q->buf_size;

		if ((q->rx[i].wb.status & SL_RXD_STAT_DD) == 0)
			break;
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%u", n != 0 ? "," : "",
			buf[q->rx[i].wb.length - 1u]);
		i = (i + 1) % q->descs;
	}
	poke_fact(p, "arrived", "%s", text);
	poke_rx_drop(p, 1, 0);
}

/* Send a frame to each address, with its number in the last byte, and print which arrive. */
static void
to_all(struct poke *p, bool vlan, uint16_t tci)
{
	uint8_t frame[POKE_FRAME];
	unsigned int i;

	for (i = 0; i < DSTS; i++) {
		struct frame_spec pkt = {.to = dsts[i], .payload = 60, .vlan = vlan, .tci = tci};
		struct frame_layout l = poke_build(frame, &pkt);

		frame[l.len - 1] = (uint8_t)i;
		poke_tx_frame(p, 0, 0, frame, l.len, 0, 0);
	}
	poke_tx_ring(p, 0, 0);
	poke_settle(p);
	ids_show(p);
}

static void
mode(struct poke *p, const char *step, uint32_t rctl)
{
	poke_step(p, "%s", step);
	POKE_WR(p, 1, RCTL, 0, RX_ON | rctl);
	to_all(p, false, 0);
}

static void
address_set(struct poke *p, unsigned int entry, const uint8_t mac[6], bool valid)
{
	uint32_t low =
		(uint32_t)mac[3] << 24 | (uint32_t)mac[2] << 16 | (uint32_t)mac[1] << 8 | mac[0];
	uint32_t high = (uint32_t)mac[5] << 8 | mac[4] | (valid ? SL_RAH_AV : 0);

	if (entry < 16) {
		POKE_WR(p, 1, RAL, entry, low);
		POKE_WR(p, 1, RAH, entry, high);
	} else {
		POKE_WR(p, 1, RAL2, entry - 16, low);
		POKE_WR(p, 1, RAH2, entry - 16, high);
	}
}

static void
filter_addresses(struct poke *p)
{
	mode(p, "none", 0);
	mode(p, "broadcast", SL_RCTL_BAM);
	mode(p, "unicast-all", SL_RCTL_UPE);
	mode(p, "multicast-all", SL_RCTL_MPE);
	mode(p, "promiscuous", SL_RCTL_UPE | SL_RCTL_MPE);
	address_set(p, 3, dsts[2], true);
	address_set(p, 15, dsts[3], true);
	address_set(p, 16, dsts[4], true);
	address_set(p, 23, dsts[5], true);
	mode(p, "entries", 0);
	address_set(p, 3, dsts[2], false);
	address_set(p, 16, dsts[4], false);
	mode(p, "entries-invalid", 0);
	address_set(p, 0, dsts[0], false);
	mode(p, "own-invalid", 0);
	address_set(p, 0, dsts[0], true);
}

static void
filter_hash(struct poke *p)
{
	static const uint8_t shift[] = {4, 3, 2, 0};
	const uint8_t *mac = dsts[7];
	char step[32];
	uint32_t mo, i;

	for (mo = 0; mo < 4; mo++) {
		uint32_t hash = ((uint32_t)mac[5] << 8 | mac[4]) >> shift[mo] & 0xfff;

		for (i = 0; i < 128; i++)
			POKE_WR(p, 1, MTA, i, 0);
		POKE_WR(p, 1, MTA, hash / 32, SL_BIT(hash % 32));
		snprintf(step, sizeof(step), "hash-%" PRIu32, mo);
		mode(p, step, SL_PREP(SL_RCTL_MO, mo));
	}
	for (i = 0; i < 128; i++)
		POKE_WR(p, 1, MTA, i, UINT32_MAX);
	mode(p, "hash-all", 0);
	for (i = 0; i < 128; i++)
		POKE_WR(p, 1, MTA, i, 0);
}

static void
filter_vlan(struct poke *p)
{
	POKE_WR(p, 1, RCTL, 0, PROMISC);
	poke_step(p, "vlan-off");
	to_all(p, true, 7);
	POKE_WR(p, 1, RCTL, 0, PROMISC | SL_RCTL_VFE);
	poke_step(p, "vlan-none");
	to_all(p, true, 7);
	poke_step(p, "vlan-untagged");
	to_all(p, false, 0);
	POKE_WR(p, 1, VFTA, 7 / 32, SL_BIT(7));
	POKE_WR(p, 1, VFTA, 127, SL_BIT(31));
	poke_step(p, "vlan-member");
	to_all(p, true, 7);
	poke_step(p, "vlan-priority");
	to_all(p, true, 0xe007);
	poke_step(p, "vlan-cfi");
	to_all(p, true, 0x1007);
	poke_step(p, "vlan-last");
	to_all(p, true, 4095);
	poke_step(p, "vlan-stranger");
	to_all(p, true, 8);
	POKE_WR(p, 1, RCTL, 0, PROMISC | SL_RCTL_VFE | SL_RCTL_CFIEN);
	poke_step(p, "vlan-cfien");
	to_all(p, true, 0x1007);
	/* Another Ethertype for VLAN tags: 0x8100 is then not a tag. */
	POKE_WR(p, 1, VET, 0, 0x88a8);
	POKE_WR(p, 1, RCTL, 0, PROMISC | SL_RCTL_VFE);
	poke_step(p, "vlan-ethertype");
	to_all(p, true, 8);
	POKE_WR(p, 1, VET, 0, 0x81008100);
}

void
poke_seq_filter(struct poke *p)
{
	poke_traffic(p);
	filter_addresses(p);
	filter_hash(p);
	filter_vlan(p);
	poke_step(p, "end");
	poke_stats(p);
}

/* --- group "rx" --- */

static void
one(struct poke *p, const struct frame_spec *pkt)
{
	uint8_t frame[POKE_FRAME];
	struct frame_layout l = poke_build(frame, pkt);

	poke_send_quick(p, 0, frame, l.len);
	poke_rx_show(p, 1, 0);
}

static void
rx_sizes(struct poke *p)
{
	static const uint32_t sizes[] = {
		60, 61, 64, 123, 124, 251, 252, 507, 508, 1019, 1020, 1514};
	unsigned int i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		poke_step(p, "size-%" PRIu32, sizes[i]);
		one(p, &(struct frame_spec){.payload = sizes[i] - 14});
	}
	poke_step(p, "sizes");
	poke_stats(p);
}

static void
rx_long(struct poke *p)
{
	static const uint32_t sizes[] = {1515, 1518, 1519, 2048, 2049, 4096, 9000, 9018, 9714};
	unsigned int i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		poke_step(p, "oversize-%" PRIu32, sizes[i]);
		one(p, &(struct frame_spec){.payload = sizes[i] - 14});
	}
	poke_step(p, "oversize-tag");
	one(p, &(struct frame_spec){.payload = 1500, .vlan = true, .tci = 5});
	poke_step(p, "oversize");
	poke_stats(p);
	POKE_WR(p, 1, RCTL, 0, PROMISC | SL_RCTL_LPE);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		poke_step(p, "long-%" PRIu32, sizes[i]);
		one(p, &(struct frame_spec){.payload = sizes[i] - 14});
	}
	POKE_WR(p, 1, RLPML, 0, 2000);
	poke_step(p, "limit-1996");
	one(p, &(struct frame_spec){.payload = 1996 - 14});
	poke_step(p, "limit-1997");
	one(p, &(struct frame_spec){.payload = 1997 - 14});
	poke_step(p, "long");
	poke_stats(p);
	POKE_WR(p, 1, RLPML, 0, 9728);
	POKE_WR(p, 1, RCTL, 0, PROMISC);
}

static void
rx_tags(struct poke *p)
{
	poke_step(p, "tag-kept");
	one(p,
		&(struct frame_spec){.version = 4,
			.proto = FRAME_UDP,
			.payload = 80,
			.vlan = true,
			.tci = 0x3005});
	POKE_WR(p, 1, CTRL, 0, POKE_RD(p, 1, CTRL, 0) | SL_CTRL_VME);
	poke_step(p, "tag-stripped");
	one(p,
		&(struct frame_spec){.version = 4,
			.proto = FRAME_UDP,
			.payload = 80,
			.vlan = true,
			.tci = 0x3005});
	poke_step(p, "tag-stripped-short");
	one(p, &(struct frame_spec){.payload = 42, .vlan = true, .tci = 9});
	poke_step(p, "tag-none");
	one(p, &(struct frame_spec){.payload = 60});
	POKE_WR(p, 1, CTRL, 0, POKE_RD(p, 1, CTRL, 0) & ~SL_CTRL_VME);
	poke_step(p, "fcs-kept");
	POKE_WR(p, 1, RCTL, 0, PROMISC & ~SL_RCTL_SECRC);
	one(p, &(struct frame_spec){.payload = 60});
	poke_step(p, "fcs-crosses");
	one(p, &(struct frame_spec){.payload = 60});
	POKE_WR(p, 1, RCTL, 0, PROMISC);
	poke_step(p, "tags");
	poke_stats(p);
}

static void
rx_sums(struct poke *p, const char *name)
{
	static const uint8_t protos[] = {0, FRAME_TCP, FRAME_UDP, FRAME_SCTP};
	unsigned int v, i, odd;

	for (v = 4; v <= 6; v += 2) {
		for (i = 0; i < sizeof(protos); i++) {
			for (odd = 0; odd < 6; odd++) {
				struct frame_spec pkt = {.version = (int)v,
					.proto = protos[i],
					.payload = 81,
					.bad_l3 = odd == 1,
					.bad_l4 = odd == 2,
					.options = odd == 3,
					.fragment = odd == 4 ? FRAME_MORE : 0,
					.vlan = odd == 5,
					.tci = 3,
					.tcp_flags = 2};

				if ((v == 6 && (odd == 1 || odd == 4)) || (i == 0 && odd == 2))
					continue;
				poke_step(p, "%s-v%u-%u-%u", name, v, protos[i], odd);
				one(p, &pkt);
			}
		}
	}
	poke_step(p, "%s-ack", name);
	one(p, &(struct frame_spec){.version = 4, .proto = FRAME_TCP, .payload = 20});
	poke_step(p, "%s-raw", name);
	one(p, &(struct frame_spec){.payload = 60});
}

static void
rx_loops(struct poke *p)
{
	uint8_t frame[POKE_FRAME];
	struct frame_layout l =
		poke_build(frame, &(struct frame_spec){.payload = 60, .to = poke_mac[0]});

	poke_step(p, "loop-mac");
	POKE_WR(p, 0, RCTL, 0, PROMISC | SL_PREP(SL_RCTL_LBM, SL_LBM_MAC));
	poke_send(p, 0, frame, l.len);
	poke_rx_show(p, 0, 0);
	poke_rx_show(p, 1, 0);
	POKE_WR(p, 0, RCTL, 0, PROMISC);
	poke_step(p, "loop-off");
	poke_send(p, 0, frame, l.len);
	poke_rx_show(p, 0, 0);
	poke_rx_show(p, 1, 0);
	poke_step(p, "loops");
	poke_stats(p);
}

void
poke_seq_rx(struct poke *p)
{
	poke_traffic(p);
	poke_step(p, "begin");
	poke_stats(p);
	rx_sizes(p);
	rx_long(p);
	rx_tags(p);
	POKE_WR(p, 1, RXCSUM, 0, SL_RXCSUM_PCSD | SL_RXCSUM_IPOFLD | SL_RXCSUM_TUOFLD);
	rx_sums(p, "sum");
	POKE_WR(p, 1, RXCSUM, 0,
		SL_RXCSUM_PCSD | SL_RXCSUM_IPOFLD | SL_RXCSUM_TUOFLD | SL_RXCSUM_CRCOFL);
	poke_step(p, "crc-sctp");
	one(p, &(struct frame_spec){.version = 4, .proto = FRAME_SCTP, .payload = 40});
	poke_step(p, "crc-sctp-bad");
	one(p,
		&(struct frame_spec){
			.version = 4, .proto = FRAME_SCTP, .payload = 40, .bad_l4 = true});
	POKE_WR(p, 1, RXCSUM, 0, SL_RXCSUM_IPOFLD | SL_RXCSUM_TUOFLD);
	rx_sums(p, "id");
	rx_loops(p);
}

/* --- group "rss" --- */

static void
rss_one(struct poke *p, const char *name, const struct frame_spec *pkt)
{
	uint8_t frame[POKE_FRAME];
	struct frame_layout l = poke_build(frame, pkt);
	unsigned int q;

	poke_step(p, "%s-v%d-%u-%u", name, pkt->version, pkt->proto, pkt->host);
	poke_send_quick(p, 0, frame, l.len);
	for (q = 0; q < 4; q++)
		poke_rx_show(p, 1, q);
}

static void
rss_types(struct poke *p, const char *name, uint32_t mrqc)
{
	static const uint8_t protos[] = {0, FRAME_TCP, FRAME_UDP, FRAME_SCTP};
	unsigned int v, i, host;

	POKE_WR(p, 1, MRQC, 0, mrqc);
	for (v = 0; v <= 6; v += v == 0 ? 4 : 2) {
		for (i = 0; i < (v == 0 ? 1 : sizeof(protos)); i++) {
			for (host = 1; host <= 3; host++)
				rss_one(p, name,
					&(struct frame_spec){.version = (int)v,
						.proto = protos[i],
						.payload = 50,
						.host = (uint8_t)host});
		}
	}
}

void
poke_seq_rss(struct poke *p)
{
	static const uint32_t bits[] = {SL_MRQC_RSS_IPV4_TCP, SL_MRQC_RSS_IPV4, SL_MRQC_RSS_IPV6,
		SL_MRQC_RSS_IPV6_TCP_EX, SL_MRQC_RSS_IPV6_EX, SL_MRQC_RSS_IPV4_UDP,
		SL_MRQC_RSS_IPV6_UDP};
	uint32_t all = 0;
	unsigned int i;
	char name[32];

	poke_traffic(p);
	for (i = 1; i < 4; i++)
		poke_rx_start(p, 1, i, 16, 2, 0);
	for (i = 0; i < 32; i++)
		POKE_WR(p, 1, RETA, i, 0x03020100u);
	for (i = 0; i < SL_RSS_KEY_BYTES / 4; i++)
		POKE_WR(p, 1, RSSRK, i, 0x9e3779b9u * (i + 1));
	rss_types(p, "off", 0);
	for (i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		snprintf(name, sizeof(name), "bit%d", __builtin_ctz(bits[i]));
		rss_types(p, name, SL_MRQC_RSS_4Q | bits[i]);
		all |= bits[i];
	}
	rss_types(p, "all", SL_MRQC_RSS_4Q | all);
	/* With the packet checksum in the field of the hash. */
	POKE_WR(p, 1, RXCSUM, 0, 0);
	rss_types(p, "no-pcsd", SL_MRQC_RSS_4Q | all);
	POKE_WR(p, 1, RXCSUM, 0, SL_RXCSUM_PCSD);
	for (i = 0; i < 32; i++)
		POKE_WR(p, 1, RETA, i, 0x02020202u);
	rss_types(p, "queue2", SL_MRQC_RSS_4Q | all);
}
