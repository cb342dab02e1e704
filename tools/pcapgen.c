/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * pcapgen FILE [FRAMES [SEED]]: write a capture of mixed traffic, the same
 * bytes for the same arguments. Sizes 60..1514 (1518 with a VLAN tag),
 * protocols in turn; a running number in each frame makes every one different.
 */

#include <arpa/inet.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sl_number.h"

enum kind {
	KIND_UDP4,
	KIND_TCP4,
	KIND_ICMP4,
	KIND_UDP6,
	KIND_ARP,
	KIND_VLAN,
	KIND_RAW,
	KIND_COUNT
};

enum {
	FRAME_MIN = 60,
	FRAME_MAX = 1514,
	VLAN_TAG = 4,
	ETHERTYPE_EXPERIMENT = 0x88b5, /* IEEE 802 local experimental */
};

static const uint8_t mac_dst[ETHER_ADDR_LEN] = {0x02, 0, 0, 0, 0, 2};
static const uint8_t mac_src[ETHER_ADDR_LEN] = {0x02, 0, 0, 0, 0, 1};

static uint32_t
next_random(uint64_t *state)
{
	/* 64-bit LCG (Knuth's MMIX constants), high half. */
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 32);
}

static uint32_t
sum16(const void *data, size_t len, uint32_t sum)
{
	const uint8_t *p = data;
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)p[i] << 8 | p[i + 1];
	if (i < len)
		sum += (uint32_t)p[i] << 8;
	return sum;
}

static uint16_t
sum_finish(uint32_t sum)
{
	while (sum > UINT16_MAX)
		sum = (sum & UINT16_MAX) + (sum >> 16);
	return htons((uint16_t)~sum);
}

static void
put_ether(uint8_t *frame, uint16_t type)
{
	struct ether_header eth;

	memcpy(eth.ether_dhost, mac_dst, ETHER_ADDR_LEN);
	memcpy(eth.ether_shost, mac_src, ETHER_ADDR_LEN);
	eth.ether_type = htons(type);
	memcpy(frame, &eth, sizeof(eth));
}

/* Sum of the pseudo header of TCP and UDP over IPv4. */
static uint32_t
pseudo4(const struct iphdr *ip, size_t len)
{
	uint32_t sum = sum16(&ip->saddr, sizeof(ip->saddr) + sizeof(ip->daddr), 0);

	return sum + ip->protocol + (uint32_t)len;
}

static void
put_ipv4(uint8_t *p, size_t len, uint8_t protocol, uint32_t number)
{
	uint8_t *l4 = p + sizeof(struct iphdr);
	size_t l4_len = len - sizeof(struct iphdr);
	struct iphdr ip = {
		.version = 4,
		.ihl = sizeof(ip) / sizeof(uint32_t),
		.tot_len = htons((uint16_t)len),
		.id = htons((uint16_t)number),
		.ttl = 64,
		.protocol = protocol,
		.saddr = htonl(INADDR_LOOPBACK + (number << 8)),
		.daddr = htonl(INADDR_LOOPBACK + 1),
	};

	ip.check = sum_finish(sum16(&ip, sizeof(ip), 0));
	memcpy(p, &ip, sizeof(ip));
	if (protocol == IPPROTO_UDP) {
		struct udphdr udp = {
			.source = htons(1024), .dest = htons(9), .len = htons((uint16_t)l4_len)};

		memcpy(l4, &udp, sizeof(udp));
		udp.check = sum_finish(sum16(l4, l4_len, pseudo4(&ip, l4_len)));
		memcpy(l4, &udp, sizeof(udp));
	} else if (protocol == IPPROTO_TCP) {
		struct tcphdr tcp = {.source = htons(1025),
			.dest = htons(9),
			.seq = htonl(number),
			.doff = 5,
			.ack = 1};

		memcpy(l4, &tcp, sizeof(tcp));
		tcp.check = sum_finish(sum16(l4, l4_len, pseudo4(&ip, l4_len)));
		memcpy(l4, &tcp, sizeof(tcp));
	} else {
		struct icmphdr icmp = {.type = ICMP_ECHO};

		icmp.un.echo.sequence = htons((uint16_t)number);
		memcpy(l4, &icmp, sizeof(icmp));
		icmp.checksum = sum_finish(sum16(l4, l4_len, 0));
		memcpy(l4, &icmp, sizeof(icmp));
	}
}

static void
put_udp6(uint8_t *p, size_t len)
{
	size_t l4_len = len - sizeof(struct ip6_hdr);
	struct udphdr udp = {
		.source = htons(1026), .dest = htons(9), .len = htons((uint16_t)l4_len)};
	struct ip6_hdr ip = {.ip6_src = IN6ADDR_LOOPBACK_INIT, .ip6_dst = IN6ADDR_LOOPBACK_INIT};
	uint8_t *l4 = p + sizeof(ip);
	uint32_t sum;

	ip.ip6_flow = htonl(6u << 28);
	ip.ip6_plen = htons((uint16_t)l4_len);
	ip.ip6_nxt = IPPROTO_UDP;
	ip.ip6_hlim = 64;
	memcpy(p, &ip, sizeof(ip));
	memcpy(l4, &udp, sizeof(udp));
	sum = sum16(&ip.ip6_src, sizeof(ip.ip6_src) + sizeof(ip.ip6_dst),
		IPPROTO_UDP + (uint32_t)l4_len);
	udp.check = sum_finish(sum16(l4, l4_len, sum));
	memcpy(l4, &udp, sizeof(udp));
}

/* Build frame @number into @frame; returns its length. */
static size_t
make_frame(uint8_t *frame, uint32_t number, uint64_t *seed)
{
	/* Every third is as short, every third as long as can be: both ends get their share. */
	size_t len = number % 3 == 0 ? FRAME_MIN :
		number % 3 == 1	     ? FRAME_MAX :
				       FRAME_MIN + next_random(seed) % (FRAME_MAX - FRAME_MIN + 1);
	size_t i, at = sizeof(struct ether_header);

	for (i = 0; i < len + VLAN_TAG; i++)
		frame[i] = (uint8_t)next_random(seed);
	switch (number / 3 % KIND_COUNT) {
	case KIND_UDP4:
		put_ether(frame, ETHERTYPE_IP);
		put_ipv4(frame + at, len - at, IPPROTO_UDP, number);
		break;
	case KIND_TCP4:
		put_ether(frame, ETHERTYPE_IP);
		put_ipv4(frame + at, len - at, IPPROTO_TCP, number);
		break;
	case KIND_ICMP4:
		put_ether(frame, ETHERTYPE_IP);
		put_ipv4(frame + at, len - at, IPPROTO_ICMP, number);
		break;
	case KIND_UDP6:
		/* The shortest UDP over IPv6 has 62 bytes. */
		len = len < 64 ? 64 : len;
		put_ether(frame, ETHERTYPE_IPV6);
		put_udp6(frame + at, len - at);
		break;
	case KIND_ARP:
		put_ether(frame, ETHERTYPE_ARP);
		break;
	case KIND_VLAN:
		len += VLAN_TAG;
		put_ether(frame, ETHERTYPE_VLAN);
		frame[at] = 0;
		frame[at + 1] = 42;
		frame[at + 2] = ETHERTYPE_IP >> 8;
		frame[at + 3] = ETHERTYPE_IP & UINT8_MAX;
		put_ipv4(frame + at + VLAN_TAG, len - at - VLAN_TAG, IPPROTO_UDP, number);
		break;
	default:
		put_ether(frame, ETHERTYPE_EXPERIMENT);
		break;
	}
	return len;
}

int
main(int argc, char **argv)
{
	uint8_t frame[FRAME_MAX + VLAN_TAG];
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
