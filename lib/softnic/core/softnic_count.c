/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 *
 * Statistics registers: 8.18. Octets and sizes count the FCS.
 */
#include <string.h>

#include "softnic_parse.h"
#include "softnic_engine.h"

/* Which of the six size counters a frame belongs to: 8.18.20 to 25, 8.18.44 to 49. */
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

/* What a batch adds up to. */
struct tally {
	uint64_t octets;
	uint32_t bucket[6], multicast, broadcast;
};

void
softnic_count_tx(struct sl_softnic *nic, const struct sl_frame *frames, unsigned int n)
{
	static const uint8_t all_ones[6] = {
		UINT8_MAX, UINT8_MAX, UINT8_MAX, UINT8_MAX, UINT8_MAX, UINT8_MAX};
	struct softnic_regs *r = &nic->r;
	uint32_t *const bucket[6] = {
		r->PTC64, r->PTC127, r->PTC255, r->PTC511, r->PTC1023, r->PTC1522};
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
		softnic_count(bucket[i], t.bucket[i]);
	softnic_count(r->GPTC, n);
	softnic_count(r->TPT, n);
	softnic_count(r->HGPTC, n);
	softnic_count(r->MPTC, t.multicast);
	softnic_count(r->BPTC, t.broadcast);
	nic->oct[SOFTNIC_OCT_GOTC].value += t.octets;
	nic->oct[SOFTNIC_OCT_TOT].value += t.octets;
	nic->oct[SOFTNIC_OCT_HGOTC].value += t.octets;
	nic->stats.tx_frames += n;
	nic->stats.tx_bytes += t.octets - (uint64_t)n * SL_FCS_LEN;
}

void
softnic_count_rx(struct sl_softnic *nic, const struct softnic_rx_meta *meta, unsigned int n)
{
	struct softnic_regs *r = &nic->r;
	uint32_t *const bucket[6] = {
		r->PRC64, r->PRC127, r->PRC255, r->PRC511, r->PRC1023, r->PRC1522};
	struct tally t = {0};
	unsigned int i;

	for (i = 0; i < n; i++) {
		uint32_t size = meta[i].wire_len + SL_FCS_LEN;

		t.octets += size;
		t.bucket[size_bucket(size)]++;
		t.multicast += meta[i].cast == SOFTNIC_MULTICAST;
		t.broadcast += meta[i].cast == SOFTNIC_BROADCAST;
		nic->stats.rx_bytes += meta[i].len;
	}
	for (i = 0; i < 6; i++)
		softnic_count(bucket[i], t.bucket[i]);
	softnic_count(r->GPRC, n);
	softnic_count(r->RPTHC, n);
	softnic_count(r->MPRC, t.multicast);
	softnic_count(r->BPRC, t.broadcast);
	nic->oct[SOFTNIC_OCT_GORC].value += t.octets;
	nic->oct[SOFTNIC_OCT_HGORC].value += t.octets;
	nic->stats.rx_frames += n;
}

uint32_t
softnic_octets_low(struct sl_softnic *nic, enum softnic_oct which, bool peek)
{
	struct softnic_octets *o = &nic->oct[which];

	/* What comes between the two reads of a pair is kept for the next. */
	if (!peek) {
		o->latched = o->value;
		o->latch = true;
	}
	return (uint32_t)o->value;
}

uint32_t
softnic_octets_high(struct sl_softnic *nic, enum softnic_oct which, bool peek)
{
	struct softnic_octets *o = &nic->oct[which];
	uint64_t value = o->latch ? o->latched : o->value;

	if (!peek) {
		o->value -= value;
		o->latch = false;
	}
	return (uint32_t)(value >> 32);
}
