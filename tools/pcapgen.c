/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * pcapgen FILE [FRAMES [SEED]]: write a capture of mixed traffic, the same
 * bytes for the same arguments. Sizes 60..1514 (1518 with a VLAN tag),
 * protocols in turn; a running number in each frame makes every one different.
 */

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

#include "frame.h"
#include "rng.h"
#include "sl_number.h"

#define FRAME_MAX 1514u
#define TYPE_ARP 0x0806u

/* Make frame @number; returns its length. */
static size_t
make_frame(uint8_t *frame, uint32_t number, uint64_t *seed)
{
	static const uint8_t to[6] = {0x02, 0, 0, 0, 0, 2}, from[6] = {0x02, 0, 0, 0, 0, 1};
	static const struct frame_spec kinds[] = {
		{.version = 4, .proto = FRAME_UDP, .sport = 1024},
		{.version = 4, .proto = FRAME_TCP, .sport = 1025},
		{.version = 4, .proto = FRAME_ICMP},
		{.version = 6, .proto = FRAME_UDP, .sport = 1026},
		{.version = 0}, /* ARP, for who does not look closely */
		{.version = 4, .proto = FRAME_UDP, .sport = 1024, .vlan = true, .tci = 42},
		{.version = 0},
	};
	const unsigned int kind = number / 3 % (sizeof(kinds) / sizeof(kinds[0]));
	const uint8_t src[16] = {127, (uint8_t)(number >> 8), (uint8_t)number, 1};
	struct frame_spec s = kinds[kind];

	/* Every third is as short, every third as long as can be: both ends get their share. */
	s.len = number % 3 == 0 ? FRAME_MIN :
		number % 3 == 1 ? FRAME_MAX :
				  rng_range(seed, FRAME_MIN, FRAME_MAX);
	/* The shortest UDP over IPv6 has 62 bytes. */
	if (s.version == 6 && s.len < 64)
		s.len = 64;
	if (s.vlan)
		s.len += FRAME_VLAN_TAG;
	s.to = to;
	s.from = from;
	if (s.version == 4)
		s.src = src;
	s.dport = s.proto == FRAME_ICMP ? (uint16_t)number : 9;
	s.seed = rng_next(seed);
	frame_build(frame, &s);
	if (kind == 4)
		frame_put16(frame + 12, TYPE_ARP);
	return s.len;
}

int
main(int argc, char **argv)
{
	uint8_t frame[FRAME_MAX + FRAME_VLAN_TAG];
	uint64_t number, count = 1000, seed = 1;
	pcap_t *pcap;
	pcap_dumper_t *out;

	if (argc < 2 || argc > 4 || (argc > 2 && sl_number(argv[2], 0, UINT32_MAX, &count) != 0) ||
		(argc > 3 && sl_number(argv[3], 0, UINT64_MAX, &seed) != 0)) {
		fprintf(stderr,
			"usage: pcapgen FILE [FRAMES [SEED]]; FRAMES 0 to 4294967295, SEED 0 to"
			" 18446744073709551615\n");
		return 1;
	}
	pcap = pcap_open_dead(DLT_EN10MB, UINT16_MAX);
	out = pcap == NULL ? NULL : pcap_dump_open(pcap, argv[1]);
	if (out == NULL) {
		fprintf(stderr, "pcapgen: %s: %s\n", argv[1],
			pcap == NULL ? "no memory" : pcap_geterr(pcap));
		return 1;
	}
	for (number = 0; number < count; number++) {
		struct pcap_pkthdr h = {.ts = {.tv_sec = (time_t)number}};

		h.caplen = h.len = (bpf_u_int32)make_frame(frame, (uint32_t)number, &seed);
		pcap_dump((u_char *)out, &h, frame);
	}
	if (pcap_dump_flush(out) != 0) {
		fprintf(stderr, "pcapgen: %s: cannot be written\n", argv[1]);
		return 1;
	}
	pcap_dump_close(out);
	pcap_close(pcap);
	return 0;
}
