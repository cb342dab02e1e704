/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _FRAME_H_
#define _FRAME_H_

/**
 * @file
 * Builds all frames of the tests: Ethernet, VLAN, IPv4 and IPv6 with options and fragments, ICMP,
 * TCP, UDP and SCTP. Checksums are right, or wrong on purpose, and are computed by definition,
 * independent of the NIC models and of DPDK. The payload can be regenerated from a seed. Any
 * thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_ETH_HDR 14u
#define FRAME_VLAN_TAG 4u
#define FRAME_MIN 60u /**< minimum length of a frame in bytes, excluding FCS */

/** Ethertypes. */
#define FRAME_TYPE_IPV4 0x0800u
#define FRAME_TYPE_IPV6 0x86ddu
#define FRAME_TYPE_VLAN 0x8100u
#define FRAME_TYPE_PTP 0x88f7u
#define FRAME_TYPE_LOCAL 0x88b5u /* IEEE 802: for experiments; no parser knows it */

#define FRAME_PTP_PORT 319u /**< UDP port of PTP event messages */

/** IP protocol numbers. */
enum frame_proto {
	FRAME_ICMP = 1,
	FRAME_TCP = 6,
	FRAME_UDP = 17,
	FRAME_SCTP = 132,
	FRAME_OTHER = 253, /* for experiments: RFC 3692 */
};

/** Flag in frame_spec.fragment: more fragments follow. */
#define FRAME_MORE 0x8000u

/** Destination address of frames that do not set one. */
#define FRAME_TO_BYTES \
	{ \
		0x02, 0x11, 0x22, 0x33, 0x44, 0x55 \
	}
extern const uint8_t frame_broadcast[6];

/** A frame to make. Zero-initialise, then set what differs. */
struct frame_spec {
	const void *to, *from; /**< six bytes each; NULL: FRAME_TO_BYTES, and 02:ee:ee:00:00:01 */
	bool vlan;
	uint16_t tci;
	int version;	       /**< of IP: 4 or 6; 0: no IP, FRAME_TYPE_LOCAL */
	uint8_t proto;	       /**< 0: FRAME_OTHER */
	const void *src, *dst; /**< 4 or 16 bytes; NULL: benchmark and documentation networks */
	uint8_t host;	       /**< last byte of the address if src is NULL; 0: 1 */
	uint8_t ttl;	       /**< 0: 64 */
	uint16_t sport, dport; /**< ICMP: identifier and sequence number */
	uint8_t tcp_flags;     /**< 0: ACK */
	const void *ext;       /**< IPv4 options or IPv6 extension headers, or NULL */
	uint32_t ext_len;      /**< multiple of 4 (IPv4) or 8 (IPv6) */
	uint8_t ext_first;     /**< IPv6 with ext: protocol number of the first extension */
	bool options;	       /**< IPv4: no-operations; IPv6: a hop-by-hop header of padding */
	/**
	 * 0: not a fragment; else FRAME_MORE and the offset in units of 8 bytes. IPv6 then has a
	 * fragment header and no other extension.
	 */
	uint16_t fragment;
	bool bad_l3, bad_l4; /**< the checksum is wrong */
	uint32_t len;	     /**< length of the frame in bytes; 0: given by payload */
	uint32_t payload;    /**< bytes after the last header, if len is 0 */
	bool bare;	     /**< not padded to FRAME_MIN if len is 0 */
	const void *data;    /**< bytes of the payload; NULL: made from seed */
	uint64_t seed;
};

/** Offsets in a frame that was built. */
struct frame_layout {
	uint32_t l3, l4, payload;
	uint32_t len; /**< length of the frame in bytes, including padding */
	uint32_t end; /**< end of the payload */
};

/** Build a frame in @p frame, which must have room for it. Ends the program if len is too small. */
struct frame_layout
frame_build(uint8_t *frame, const struct frame_spec *spec);
/** Build a frame of @p len bytes without IP to MAC address @p to. @p seed makes the payload. */
void
frame_ether(uint8_t *frame, uint32_t len, const void *to, uint64_t seed);
/**
 * Build a PTP version 2 message of type @p type, to FRAME_TO_BYTES, over UDP or directly over
 * Ethernet. @return its length.
 */
uint32_t
frame_ptp(uint8_t *frame, bool udp, uint8_t type);
/** True if [p, p + len) is the payload that @p seed makes. */
bool
frame_payload_is(const void *p, uint32_t len, uint64_t seed);

/** One's complement sum of @p len bytes from an even offset, added to @p sum: 0 to FFFFh. */
uint32_t
frame_sum(uint32_t sum, const uint8_t *p, uint32_t len);
/** Sum of the IPv4 header: FFFFh if its checksum is right. */
uint16_t
frame_l3_sum(const uint8_t *frame, const struct frame_layout *l);
/** Sum of the pseudo header and @p l4_len bytes of transport: FFFFh if the checksum is right. */
uint16_t
frame_l4_sum(const uint8_t *frame, const struct frame_layout *l, uint32_t l4_len);
/**
 * Write the sum of the pseudo header to the checksum field of the transport, where the NIC starts
 * from it. Checksum offload needs the length included, segmentation needs it excluded.
 */
void
frame_seed_l4(uint8_t *frame, const struct frame_layout *l, uint8_t proto, bool with_len);
/** frame_seed_l4(), and zero for the IPv4 checksum. */
void
frame_seed_sums(uint8_t *frame, const struct frame_layout *l, uint8_t proto, bool with_len);
/** CRC32c of SCTP, and the FCS of Ethernet, computed bit by bit. */
uint32_t
frame_crc32c(const uint8_t *p, uint32_t len);
uint32_t
frame_fcs(const uint8_t *p, uint32_t len);

/** Big-endian numbers. */
uint16_t
frame_get16(const uint8_t *p);
void
frame_put16(uint8_t *p, uint32_t v);

#endif /* _FRAME_H_ */
