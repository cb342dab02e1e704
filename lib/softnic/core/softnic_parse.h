/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SOFTNIC_PARSE_H_
#define _SOFTNIC_PARSE_H_

/**
 * @file
 * The device's frame parser. Pure functions over bytes from the wire, which are not trusted.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define SOFTNIC_ETH_HDR 14u
#define SOFTNIC_ETH_ADDRS 12u /* both addresses, which precede the Ethertype */
#define SOFTNIC_VLAN_TAG 4u
#define SOFTNIC_MAC_CONTROL 0x8808u /* Ethertype */
#define SOFTNIC_IPV4_ID 4u	    /* offset of the identification */
#define SOFTNIC_IPV4_CSUM 10u	    /* offset of the header checksum */
#define SOFTNIC_TCP_CSUM 16u
#define SOFTNIC_UDP_CSUM 6u
#define SOFTNIC_SCTP_CSUM 8u

enum softnic_l4 { SOFTNIC_L4_NONE, SOFTNIC_L4_TCP, SOFTNIC_L4_UDP, SOFTNIC_L4_SCTP };

/** A parsed frame. Offsets are from its first byte. */
struct softnic_pkt {
	const uint8_t *data;
	uint32_t len;
	bool vlan; /**< has a tag with the Ethertype in VET */
	uint16_t tci;
	uint8_t ip;  /**< 4 or 6; 0: neither, or malformed */
	bool ip_ext; /**< IPv4 options or IPv6 extension headers */
	bool fragment;
	/** IPv6 in IPv4 (RFC 4213): the inner packet's, which only the packet type reports */
	bool inner_ipv6, inner_ext;
	enum softnic_l4 inner_l4;
	uint32_t l3, l4; /**< offsets of the headers; l4 is valid only with l4_proto */
	uint32_t l3_end; /**< end of the IP packet; the rest of the frame is padding */
	enum softnic_l4 l4_proto;
	const uint8_t *home_src,
		*home_dst; /**< home addresses in IPv6 extension headers, or NULL */
};

/** Read and write big-endian numbers at any address. */
static inline uint16_t
softnic_get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t
softnic_get32(const uint8_t *p)
{
	return (uint32_t)softnic_get16(p) << 16 | softnic_get16(p + 2);
}

static inline void
softnic_put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline void
softnic_put32(uint8_t *p, uint32_t v)
{
	softnic_put16(p, v >> 16);
	softnic_put16(p + 2, v);
}

/** Parse a frame of at least SOFTNIC_ETH_HDR bytes: 7.1.6. @p vet: VLAN Ethertype. */
void
softnic_parse(struct softnic_pkt *pkt, const uint8_t *data, uint32_t len, uint16_t vet);

/** Sum of the TCP/UDP pseudo header of a parsed packet. */
uint64_t
softnic_sum_pseudo(const struct softnic_pkt *pkt);

#endif /* _SOFTNIC_PARSE_H_ */
