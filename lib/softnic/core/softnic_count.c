/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Counts frames for the statistics registers (8.18). Octets and sizes include
 * the FCS. The registers belong to the family.
 */

#include <string.h>

#include "softnic_parse.h"
#include "softnic_engine.h"

/* Index of a frame's size counter, 0 to 5: 8.18.20 to 25, 8.18.44 to 49. */
static unsigned int
size_bucket(uint32_t size)
{
	if (size <= 64)
		return 0;
	if (size >= 1024)
		return 5;
	/* 65..127, 128..255, 256..511, 512..1023 */
	return (unsigned int)(32 - __builtin_clz(size)) - 6;
}

/* Sums of a batch of frames. */
struct tally {
	uint64_t octets, stripped;
	uint32_t bucket[6], multicast, broadcast;
};

void
softnic_count_tx(struct sl_softnic *nic, const struct sl_frame *frames, unsigned int n)
{
	static const uint8_t all_ones[6] = {
		UINT8_MAX, UINT8_MAX, UINT8_MAX, UINT8_MAX, UINT8_MAX, UINT8_MAX};
	uint64_t *count = nic->count;
	struct tally t = {0};
	unsigned int i;

	for (i = 0; i < n; i++) {
		const uint8_t *dst = frames[i].data;

		t.octets += frames[i].len + SL_FCS_LEN;
		t.bucket[size_bucket(frames[i].len + SL_FCS_LEN)]++;
		if (__builtin_expect((dst[0] & 1) != 0, 0)) {
			bool broadcast = memcmp(dst, all_ones, sizeof(all_ones)) == 0;

			t.broadcast += broadcast;
			t.multicast += !broadcast;
		}
	}
	for (i = 0; i < 6; i++)
		count[SOFTNIC_TX_SIZE + i] += t.bucket[i];
	count[SOFTNIC_TX_GOOD] += n;
	count[SOFTNIC_TX_OCTETS] += t.octets;
	count[SOFTNIC_TX_MULTICAST] += t.multicast;
	count[SOFTNIC_TX_BROADCAST] += t.broadcast;
	nic->tx_from->frames += n;
	nic->tx_from->octets += t.octets - (uint64_t)n * SL_FCS_LEN;
	nic->stats.tx_frames += n;
	nic->stats.tx_bytes += t.octets - (uint64_t)n * SL_FCS_LEN;
}

void
softnic_count_rx(struct sl_softnic *nic, const struct softnic_rx_meta *meta, unsigned int n)
{
	uint64_t *count = nic->count;
	struct tally t = {0};
	unsigned int i;

	for (i = 0; i < n; i++) {
		uint32_t size = meta[i].wire_len + SL_FCS_LEN;

		t.octets += size;
		t.stripped += SL_FCS_LEN - meta[i].fcs_len;
		t.bucket[size_bucket(size)]++;
		t.multicast += meta[i].cast == SOFTNIC_MULTICAST;
		t.broadcast += meta[i].cast == SOFTNIC_BROADCAST;
		nic->stats.rx_bytes += meta[i].len;
		nic->rxq[meta[i].queue].frames++;
		nic->rxq[meta[i].queue].octets += meta[i].len;
	}
	for (i = 0; i < 6; i++)
		count[SOFTNIC_RX_SIZE + i] += t.bucket[i];
	count[SOFTNIC_RX_GOOD] += n;
	count[SOFTNIC_RX_OCTETS] += t.octets;
	count[SOFTNIC_RX_OCTETS_KEPT] += t.octets - t.stripped;
	count[SOFTNIC_RX_MULTICAST] += t.multicast;
	count[SOFTNIC_RX_BROADCAST] += t.broadcast;
	nic->stats.rx_frames += n;
}
