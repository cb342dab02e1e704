/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Filters of the software NIC as an 82599 that select queues: Ethertypes, SYN, 5-tuples, flow
 * director. Hashes are compared with those that the drivers of DPDK and Linux compute for the same
 * flows.
 */

#include <string.h>

#include "ixgbe_rig.h"

#define QUEUES 8u
/* Hash keys that the drivers use. */
#define HASH_KEY 0x3DAD14E2u
#define SIGNATURE_KEY 0x174D3614u

static const uint8_t source4[4] = {192, 0, 2, 1}, dest4[4] = {198, 51, 100, 7};

/* Queues 0 to 7, with receive enabled. */
struct bench {
	struct nic_drv *r;
	struct queue q[QUEUES];
	union sl_rx_desc wb; /**< write-back of the last frame */
};

static void
bench_start(struct bench *b, void **state)
{
	unsigned int i;

	b->r = *state;
	for (i = 0; i < QUEUES; i++)
		rx_start(b->r, &b->q[i], i, 2);
	wr(b->r, SL_82599_RXCSUM, 0, SL_82599_RXCSUM_PCSD);
	rx_on(b->r);
}

static void
bench_end(struct bench *b)
{
	unsigned int i;

	wr(b->r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	for (i = 0; i < QUEUES; i++)
		queue_end(b->r, &b->q[i]);
}

/* Queue that received a frame; QUEUES: none. */
static unsigned int
goes_to(struct bench *b, const uint8_t *frame, uint32_t len)
{
	unsigned int i;

	drv_wire_in(b->r, frame, len);
	drv_run(b->r);
	for (i = 0; i < QUEUES; i++) {
		struct queue *q = &b->q[i];
		const union sl_rx_desc *d = &q->rx[q->next % DESCS];

		if ((d->wb.status & SL_RXD_STAT_DD) == 0)
			continue;
		b->wb = *d;
		q->next++;
		rx_again(b->r, q);
		return i;
	}
	return QUEUES;
}

static unsigned int
packet(struct bench *b, const struct frame_spec *ip)
{
	uint8_t frame[DRV_BUF];

	return goes_to(b, frame, frame_build(frame, ip).len);
}

static uint32_t
bytes4(const uint8_t a[4])
{
	return a[0] | a[1] << 8 | a[2] << 16 | (uint32_t)a[3] << 24;
}

/* --- Ethertypes and SYN --- */

static void
test_ethertypes(void **state)
{
	static struct bench b;
	uint64_t seed = rng_seed(0);
	uint8_t frame[60];

	bench_start(&b, state);
	frame_ether(frame, sizeof(frame), drv_mac, rng_next(&seed));
	frame_put16(frame + 12, 0x88cc);
	assert_int_equal(goes_to(&b, frame, sizeof(frame)), 0);
	assert_int_equal(b.wb.wb.info, 0);
	wr(b.r, SL_82599_ETQF, 5, SL_82599_ETQF_EN | 0x88cc);
	assert_int_equal(goes_to(&b, frame, sizeof(frame)), 0);
	assert_int_equal(
		b.wb.wb.info, SL_IXGBE_RXD_INFO_ETQF | SL_PREP(SL_IXGBE_RXD_INFO_ETQF_INDEX, 5));
	wr(b.r, SL_82599_ETQS, 5, SL_82599_ETQS_EN | SL_PREP(SL_82599_ETQS_QUEUE, 3));
	assert_int_equal(goes_to(&b, frame, sizeof(frame)), 3);
	/* Also after a VLAN tag. */
	frame_put16(frame + 12, 0x8100);
	assert_int_equal(goes_to(&b, frame, sizeof(frame)), 0);
	frame_put16(frame + 16, 0x88cc);
	assert_int_equal(goes_to(&b, frame, sizeof(frame)), 3);
	wr(b.r, SL_82599_ETQF, 5, 0x88cc);
	assert_int_equal(goes_to(&b, frame, sizeof(frame)), 0);
	bench_end(&b);
}

static void
test_syn(void **state)
{
	const struct frame_spec ip = {
		.version = 4, .proto = FRAME_TCP, .src = source4, .dst = dest4, .payload = 20};
	static struct bench b;
	uint8_t frame[DRV_BUF];
	struct frame_layout l;

	bench_start(&b, state);
	l = frame_build(frame, &ip);
	wr(b.r, SL_82599_SYNQF, 0, SL_82599_SYNQF_EN | SL_PREP(SL_82599_SYNQF_QUEUE, 5));
	frame[l.l4 + 13] = 0x10;
	assert_int_equal(goes_to(&b, frame, l.len), 0);
	frame[l.l4 + 13] = 0x02;
	assert_int_equal(goes_to(&b, frame, l.len), 5);
	/* A 5-tuple filter has priority, unless the SYN filter is set to be first. */
	wr(b.r, SL_82599_L34TIMIR, 0, SL_PREP(SL_82599_L34TIMIR_QUEUE, 6));
	wr(b.r, SL_82599_FTQF, 0,
		SL_82599_FTQF_EN | SL_82599_FTQF_ANY_SOURCE | SL_82599_FTQF_ANY_DEST |
			SL_82599_FTQF_ANY_SPORT | SL_82599_FTQF_ANY_DPORT |
			SL_PREP(SL_82599_FTQF_PRIORITY, 1));
	assert_int_equal(goes_to(&b, frame, l.len), 6);
	wr(b.r, SL_82599_SYNQF, 0,
		SL_82599_SYNQF_EN | SL_82599_SYNQF_FIRST | SL_PREP(SL_82599_SYNQF_QUEUE, 5));
	assert_int_equal(goes_to(&b, frame, l.len), 5);
	wr(b.r, SL_82599_SYNQF, 0, SL_82599_SYNQF_FIRST);
	assert_int_equal(goes_to(&b, frame, l.len), 6);
	bench_end(&b);
}

/* --- 5-tuples --- */

static void
tuple(struct bench *b, unsigned int i, uint32_t queue, uint32_t priority, uint32_t ftqf)
{
	wr(b->r, SL_82599_SAQF, i, bytes4(source4));
	wr(b->r, SL_82599_DAQF, i, bytes4(dest4));
	/* The ports in the byte order of the frame, source first: 1234, 80. */
	wr(b->r, SL_82599_SDPQF, i, 0x5000D204);
	wr(b->r, SL_82599_L34TIMIR, i, SL_PREP(SL_82599_L34TIMIR_QUEUE, queue));
	wr(b->r, SL_82599_FTQF, i,
		SL_82599_FTQF_EN | SL_PREP(SL_82599_FTQF_PRIORITY, priority) | ftqf);
}

/* Each field is compared, unless its mask bit excludes it. */
static void
test_tuples(void **state)
{
	static const uint8_t other[4] = {192, 0, 2, 2};
	const struct frame_spec right = {.version = 4,
		.proto = FRAME_UDP,
		.src = source4,
		.dst = dest4,
		.sport = 1234,
		.dport = 80,
		.payload = 20};
	static const uint32_t any[] = {SL_82599_FTQF_ANY_SOURCE, SL_82599_FTQF_ANY_DEST,
		SL_82599_FTQF_ANY_SPORT, SL_82599_FTQF_ANY_DPORT, SL_82599_FTQF_ANY_PROTOCOL};
	struct frame_spec wrong[5] = {right, right, right, right, right};
	static struct bench b;
	unsigned int i;

	wrong[0].src = other;
	wrong[1].dst = other;
	wrong[2].sport = 1235;
	wrong[3].dport = 81;
	wrong[4].proto = FRAME_TCP;
	bench_start(&b, state);
	tuple(&b, 127, 4, 1, SL_82599_PROTOCOL_UDP);
	assert_int_equal(packet(&b, &right), 4);
	for (i = 0; i < 5; i++) {
		tuple(&b, 127, 4, 1, SL_82599_PROTOCOL_UDP);
		assert_int_equal(packet(&b, &wrong[i]), 0);
		tuple(&b, 127, 4, 1, SL_82599_PROTOCOL_UDP | any[i]);
		assert_int_equal(packet(&b, &wrong[i]), 4);
	}
	/* The highest priority wins, then the lowest index. */
	tuple(&b, 127, 4, 1, SL_82599_PROTOCOL_UDP);
	tuple(&b, 64, 5, 7, SL_82599_PROTOCOL_UDP);
	tuple(&b, 65, 6, 7, SL_82599_PROTOCOL_UDP);
	assert_int_equal(packet(&b, &right), 5);
	wr(b.r, SL_82599_FTQF, 64, 0);
	assert_int_equal(packet(&b, &right), 6);
	bench_end(&b);
}

/* Packets without ports, and packets that are not IPv4. */
static void
test_tuples_without(void **state)
{
	const struct frame_spec icmp = {
		.version = 4, .proto = 1, .src = source4, .dst = dest4, .payload = 20};
	const struct frame_spec v6 = {.version = 6, .proto = FRAME_UDP, .payload = 20};
	const uint32_t ports = SL_82599_FTQF_ANY_SPORT | SL_82599_FTQF_ANY_DPORT;
	static struct bench b;

	bench_start(&b, state);
	tuple(&b, 0, 4, 1, SL_82599_PROTOCOL_OTHER);
	assert_int_equal(packet(&b, &icmp), 0);
	tuple(&b, 0, 4, 1, SL_82599_PROTOCOL_OTHER | ports);
	assert_int_equal(packet(&b, &icmp), 4);
	tuple(&b, 0, 4, 1,
		ports | SL_82599_FTQF_ANY_PROTOCOL | SL_82599_FTQF_ANY_SOURCE |
			SL_82599_FTQF_ANY_DEST);
	assert_int_equal(packet(&b, &icmp), 4);
	assert_int_equal(packet(&b, &v6), 0);
	bench_end(&b);
}

/* --- flow director --- */

static void
fdir_start(struct bench *b, uint32_t ctrl)
{
	wr(b->r, SL_82599_FDIRHKEY, 0, HASH_KEY);
	wr(b->r, SL_82599_FDIRSKEY, 0, SIGNATURE_KEY);
	/* The flexible bytes are word 6, the Ethertype. */
	wr(b->r, SL_82599_FDIRCTRL, 0, 1 | SL_PREP(SL_82599_FDIRCTRL_FLEX, 6) | ctrl);
	assert_true((rd(b->r, SL_82599_FDIRCTRL) & SL_82599_FDIRCTRL_INIT_DONE) != 0);
}

static uint32_t
command(struct bench *b, uint32_t bucket, uint32_t id, uint32_t cmd)
{
	wr(b->r, SL_82599_FDIRHASH, 0, SL_PREP(SL_82599_FDIRHASH_ID, id) | bucket);
	wr(b->r, SL_82599_FDIRCMD, 0, cmd);
	assert_int_equal(rd(b->r, SL_82599_FDIRCMD) & SL_82599_FDIRCMD_CMD, 0);
	return rd(b->r, SL_82599_FDIRCMD);
}

static uint32_t
to_queue(uint32_t queue)
{
	return SL_82599_FDIRCMD_ADD | SL_82599_FDIRCMD_UPDATE | SL_82599_FDIRCMD_QUEUE_EN |
		SL_PREP(SL_82599_FDIRCMD_QUEUE, queue);
}

static const struct frame_spec tcp4 = {.version = 4,
	.proto = FRAME_TCP,
	.src = source4,
	.dst = dest4,
	.sport = 1234,
	.dport = 80,
	.payload = 20};

/*
 * Signature filters: hashes equal those of the drivers, for IPv4 and IPv6, with and without a tag.
 */
static void
test_signatures(void **state)
{
	uint8_t source6[16], dest6[16];
	struct frame_spec ip[3] = {tcp4, tcp4, tcp4};
	static const uint32_t hash[3][2] = {{0x5d50, 0x7059}, {0x130a, 0x1f3a}, {0x02ea, 0x7015}};
	static struct bench b;
	unsigned int i;

	for (i = 0; i < 16; i++) {
		source6[i] = (uint8_t)(i + 1);
		dest6[i] = (uint8_t)(0xf0 - i * 3);
	}
	ip[1].vlan = true;
	ip[1].tci = 0x2123;
	ip[2].version = 6;
	ip[2].src = source6;
	ip[2].dst = dest6;
	bench_start(&b, state);
	fdir_start(&b, 0);
	assert_int_equal(rd(b.r, SL_82599_FDIRFREE), 8 * 1024 - 2);
	for (i = 0; i < 3; i++) {
		assert_int_equal(packet(&b, &ip[i]), 0);
		(void)command(&b, hash[i][0], hash[i][1], to_queue(2 + i));
		assert_int_equal(packet(&b, &ip[i]), 2 + i);
		assert_true((b.wb.wb.status & SL_IXGBE_RXD_STAT_FLM) != 0);
		assert_int_equal(SL_GET(SL_RXD_INFO_RSSTYPE, b.wb.wb.info), SL_RSS_NONE);
	}
	assert_int_equal(rd(b.r, SL_82599_FDIRMATCH), 3);
	assert_int_equal(rd(b.r, SL_82599_FDIRMISS), 3);
	assert_int_equal(rd(b.r, SL_82599_FDIRMATCH), 0);
	assert_int_equal(rd(b.r, SL_82599_FDIRFREE), 8 * 1024 - 2 - 3);
	assert_int_equal(rd(b.r, SL_82599_FDIRUSTAT), 3);
	/* Adding the same filter again updates it. */
	(void)command(&b, hash[0][0], hash[0][1], to_queue(7));
	assert_int_equal(packet(&b, &tcp4), 7);
	assert_int_equal(rd(b.r, SL_82599_FDIRFREE), 8 * 1024 - 2 - 3);
	/* A 5-tuple filter has priority. The SYN filter does not match this packet. */
	wr(b.r, SL_82599_SYNQF, 0, SL_82599_SYNQF_EN);
	assert_int_equal(packet(&b, &tcp4), 7);
	tuple(&b, 0, 1, 1, SL_82599_PROTOCOL_TCP);
	assert_int_equal(packet(&b, &tcp4), 1);
	bench_end(&b);
	assert_int_equal(rd(*state, SL_82599_FDIRFREE), 0);
}

/* Perfect filters: the bits that the masks keep are compared and hashed. */
static void
test_perfect(void **state)
{
	struct frame_spec ip = tcp4;
	static struct bench b;
	static const uint8_t near[4] = {192, 0, 2, 200}, far[4] = {192, 0, 3, 1};

	ip.proto = FRAME_UDP;
	ip.dport = 53;
	bench_start(&b, state);
	fdir_start(&b,
		SL_82599_FDIRCTRL_PERFECT | SL_82599_FDIRCTRL_REPORT |
			SL_PREP(SL_82599_FDIRCTRL_DROP_QUEUE, 127));
	assert_int_equal(rd(b.r, SL_82599_FDIRFREE), 2 * 1024 - 2);
	wr(b.r, SL_82599_FDIRM, 0,
		SL_82599_FDIRM_VLAN_ID | SL_82599_FDIRM_VLAN_PRIORITY | SL_82599_FDIRM_FLEX |
			SL_82599_FDIRM_DEST_IPV6);
	wr(b.r, SL_82599_FDIRSIP4M, 0, 0xFF000000); /* the last byte is ignored */
	wr(b.r, SL_82599_FDIRUDPM, 0, 0x0000FFFF);  /* the source port is ignored */
	wr(b.r, SL_82599_FDIRIPSA, 0, bytes4(source4));
	wr(b.r, SL_82599_FDIRIPDA, 0, bytes4(dest4));
	wr(b.r, SL_82599_FDIRPORT, 0, 53 << 16);
	wr(b.r, SL_82599_FDIRVLAN, 0, 0);
	(void)command(
		&b, 0x104f, 77, to_queue(6) | SL_PREP(SL_82599_FDIRCMD_TYPE, SL_82599_FLOW_UDP));
	assert_int_equal(packet(&b, &ip), 6);
	assert_int_equal(SL_GET(SL_RXD_INFO_RSSTYPE, b.wb.wb.info), SL_IXGBE_RXD_RSSTYPE_FDIR);
	/* The hash has the bits that 2048 buckets need. Software may write more. */
	assert_int_equal(b.wb.wb.rss, 77 << 16 | 0x04f);
	ip.src = near;
	ip.sport = 999;
	ip.vlan = true;
	ip.tci = 5;
	assert_int_equal(packet(&b, &ip), 6);
	ip.src = far;
	assert_int_equal(packet(&b, &ip), 0);
	ip.src = near;
	ip.dport = 54;
	assert_int_equal(packet(&b, &ip), 0);
	ip.dport = 53;
	ip.proto = FRAME_TCP;
	assert_int_equal(packet(&b, &ip), 0);
	ip.proto = FRAME_UDP;
	/* Dropped, because the drop queue is disabled. */
	(void)command(&b, 0x104f, 77,
		to_queue(6) | SL_82599_FDIRCMD_DROP |
			SL_PREP(SL_82599_FDIRCMD_TYPE, SL_82599_FLOW_UDP));
	assert_int_equal(packet(&b, &ip), QUEUES);
	/* Found by hash and identifier, and removed. */
	assert_int_equal(
		command(&b, 0x104f, 78, SL_82599_FDIRCMD_QUERY) & SL_82599_FDIRCMD_VALID, 0);
	assert_int_not_equal(
		command(&b, 0x104f, 77, SL_82599_FDIRCMD_QUERY) & SL_82599_FDIRCMD_VALID, 0);
	assert_int_not_equal(
		command(&b, 0x04f, 77, SL_82599_FDIRCMD_QUERY) & SL_82599_FDIRCMD_VALID, 0);
	(void)command(&b, 0x104f, 78, SL_82599_FDIRCMD_REMOVE);
	assert_int_equal(rd(b.r, SL_82599_FDIRFSTAT), SL_PREP(SL_82599_FDIRFSTAT_REMOVED, 1));
	(void)command(&b, 0x104f, 77, SL_82599_FDIRCMD_REMOVE);
	assert_int_equal(packet(&b, &ip), 0);
	assert_int_equal(rd(b.r, SL_82599_FDIRFREE), 2 * 1024 - 2);
	assert_int_equal(rd(b.r, SL_82599_FDIRUSTAT),
		SL_PREP(SL_82599_FDIRUSTAT_ADDED, 2) | SL_PREP(SL_82599_FDIRUSTAT_REMOVED, 1));
	bench_end(&b);
}

/* Other masks: flow type, both addresses, both ports. The bits of a port mask are reversed. */
static void
test_masks(void **state)
{
	struct frame_spec ip = tcp4;
	static struct bench b;

	bench_start(&b, state);
	fdir_start(&b, SL_82599_FDIRCTRL_PERFECT);
	wr(b.r, SL_82599_FDIRM, 0,
		SL_82599_FDIRM_VLAN_ID | SL_82599_FDIRM_VLAN_PRIORITY | SL_82599_FDIRM_FLEX |
			SL_82599_FDIRM_L4_TYPE);
	wr(b.r, SL_82599_FDIRSIP4M, 0, UINT32_MAX);
	wr(b.r, SL_82599_FDIRTCPM, 0, UINT32_MAX);
	wr(b.r, SL_82599_FDIRUDPM, 0, UINT32_MAX);
	wr(b.r, SL_82599_FDIRIPDA, 0, bytes4(dest4));
	(void)command(&b, 0x0b23, 1, to_queue(3));
	assert_int_equal(packet(&b, &ip), 3);
	ip.proto = 47;
	assert_int_equal(packet(&b, &ip), 3);
	/* The lowest bit of the destination port is ignored: 80 and 81. */
	wr(b.r, SL_82599_FDIRM, 0,
		SL_82599_FDIRM_VLAN_ID | SL_82599_FDIRM_VLAN_PRIORITY | SL_82599_FDIRM_FLEX);
	wr(b.r, SL_82599_FDIRTCPM, 0, 0x8000FFFF);
	ip.proto = FRAME_TCP;
	wr(b.r, SL_82599_FDIRPORT, 0, 80 << 16 | 4321);
	assert_int_equal(packet(&b, &ip), 0);
	(void)command(
		&b, 0x103d, 2, to_queue(4) | SL_PREP(SL_82599_FDIRCMD_TYPE, SL_82599_FLOW_TCP));
	assert_int_equal(packet(&b, &ip), 4);
	ip.dport = 81;
	assert_int_equal(packet(&b, &ip), 4);
	ip.dport = 82;
	assert_int_equal(packet(&b, &ip), 0);
	bench_end(&b);
}

/* Many filters in a bucket, the interrupt when few entries are left, and a full table. */
static void
test_full(void **state)
{
	static struct bench b;
	unsigned int i;

	bench_start(&b, state);
	/* A read clears it; then filters set it again. */
	(void)rd(b.r, SL_82599_EICR);
	fdir_start(&b, SL_82599_FDIRCTRL_PERFECT | SL_PREP(SL_82599_FDIRCTRL_FULL_AT, 2));
	for (i = 0; i < 2 * 1024 - 2; i++) {
		if (i == 2 * 1024 - 2 - 33)
			assert_int_equal(rd(b.r, SL_82599_EICR), 0);
		if (i == 2 * 1024 - 2 - 32)
			assert_int_equal(rd(b.r, SL_82599_EICR), SL_82599_EICR_FLOW_DIR);
		wr(b.r, SL_82599_FDIRIPSA, 0, i);
		(void)command(&b, i % 64, i, to_queue(1));
	}
	assert_int_equal(rd(b.r, SL_82599_FDIRFREE), 0);
	assert_int_equal(SL_GET(SL_82599_FDIRLEN_LENGTH, rd(b.r, SL_82599_FDIRLEN)), 32);
	assert_int_equal(rd(b.r, SL_82599_FDIRFSTAT), 0);
	wr(b.r, SL_82599_FDIRIPSA, 0, i);
	(void)command(&b, 0, i, to_queue(1));
	assert_int_equal(rd(b.r, SL_82599_FDIRFSTAT), SL_PREP(SL_82599_FDIRFSTAT_ADDED, 1));
	/* An existing filter without the update bit. */
	wr(b.r, SL_82599_FDIRIPSA, 0, 0);
	(void)command(&b, 0, 0, to_queue(1) & ~SL_82599_FDIRCMD_UPDATE);
	assert_int_equal(rd(b.r, SL_82599_FDIRFSTAT), SL_PREP(SL_82599_FDIRFSTAT_ADDED, 1));
	/* An update in the middle of a bucket keeps the filters after it. */
	wr(b.r, SL_82599_FDIRIPSA, 0, 64);
	(void)command(&b, 0, 64, to_queue(2));
	assert_int_not_equal(
		command(&b, 0, 128, SL_82599_FDIRCMD_QUERY) & SL_82599_FDIRCMD_VALID, 0);
	/* Each removed filter makes room for one. */
	(void)command(&b, 0, 64, SL_82599_FDIRCMD_REMOVE);
	(void)command(&b, 1, 65, SL_82599_FDIRCMD_REMOVE);
	assert_int_equal(rd(b.r, SL_82599_FDIRFREE), 2);
	for (i = 0; i < 3; i++) {
		assert_int_equal(rd(b.r, SL_82599_FDIRFSTAT), 0);
		wr(b.r, SL_82599_FDIRIPSA, 0, 5000 + i);
		(void)command(&b, 2, 5000 + i, to_queue(2));
	}
	assert_int_equal(rd(b.r, SL_82599_FDIRFSTAT), SL_PREP(SL_82599_FDIRFSTAT_ADDED, 1));
	/* FDIRCTRL alone does not reinitialize the table. */
	wr(b.r, SL_82599_FDIRCTRL, 0, 3);
	assert_int_equal(rd(b.r, SL_82599_FDIRCTRL), 3);
	wr(b.r, SL_82599_FDIRCMD, 0, SL_82599_FDIRCMD_CLEAR);
	wr(b.r, SL_82599_FDIRCMD, 0, 0);
	wr(b.r, SL_82599_FDIRCTRL, 0, 3);
	assert_int_equal(rd(b.r, SL_82599_FDIRCTRL), SL_82599_FDIRCTRL_INIT_DONE | 3);
	assert_int_equal(rd(b.r, SL_82599_FDIRFREE), 32 * 1024 - 2);
	bench_end(&b);
}

int
main(void)
{
#define DEVICE_TEST(f) cmocka_unit_test_setup_teardown(f, ixgbe_setup, ixgbe_teardown)
	const struct CMUnitTest tests[] = {
		DEVICE_TEST(test_ethertypes),
		DEVICE_TEST(test_syn),
		DEVICE_TEST(test_tuples),
		DEVICE_TEST(test_tuples_without),
		DEVICE_TEST(test_signatures),
		DEVICE_TEST(test_perfect),
		DEVICE_TEST(test_masks),
		DEVICE_TEST(test_full),
	};

	return cmocka_run_group_tests_name("softixgbe_steer", tests, NULL, NULL);
}
