/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Messages of the precision time protocol (7.10, 8.16).
 */

#include "softnic_ptp.h"

#define UDP_DPORT 2u /* offsets in a UDP header */
#define UDP_HDR 8u
#define PTP_TYPE 0u	   /* offsets in a message: type, in the lower four bits */
#define PTP_SOURCE 20u	   /* source port identity of version 2, its first eight bytes */
#define PTP_SEQUENCE 30u   /* sequence id of both versions */
#define PTP_V1_CONTROL 32u /* control field of version 1 */
enum { PTP_PATH_REQUEST = 2, PTP_PATH_RESPONSE = 3, PTP_GENERAL = 8 }; /* types of version 2 */
#define PTP_MIN 36u /* header and body: least bytes of a message */

bool
softnic_ptp_find(struct softnic_ptp *msg, const struct softnic_pkt *pkt, uint32_t port, bool l2)
{
	const uint32_t type = SOFTNIC_ETH_ADDRS + (pkt->vlan ? SOFTNIC_VLAN_TAG : 0);
	uint32_t at = type + 2;

	msg->l4 = pkt->l4_proto == SOFTNIC_L4_UDP;
	if (msg->l4) {
		if (softnic_get16(pkt->data + pkt->l4 + UDP_DPORT) != port)
			return false;
		at = pkt->l4 + UDP_HDR;
	} else if (!l2 || softnic_get16(pkt->data + type) != SOFTNIC_PTP_ETHERTYPE) {
		return false;
	}
	msg->data = pkt->data + at;
	return at + PTP_MIN <= pkt->len;
}

/* 8.16.1, 8.16.13 */
bool
softnic_ptp_is(const struct softnic_ptp *msg, enum softnic_ptp_kind kind, uint32_t v1, uint32_t v2)
{
	const uint32_t type = msg->data[PTP_TYPE] & 0xfu;
	/* Path delay requests and responses get a stamp in addition to the selected type. */
	const bool path = type == PTP_PATH_REQUEST || type == PTP_PATH_RESPONSE;

	switch (kind) {
	case SOFTNIC_PTP_L2_V2:
		return !msg->l4 && (type == v2 || path);
	case SOFTNIC_PTP_L4_V1:
		return msg->l4 && msg->data[PTP_V1_CONTROL] == v1;
	case SOFTNIC_PTP_V2:
		return type == v2 || path;
	case SOFTNIC_PTP_EVENT_V2:
		return (type & PTP_GENERAL) == 0;
	default:
		return false;
	}
}

uint32_t
softnic_ptp_source_low(const struct softnic_ptp *msg)
{
	return softnic_get32(msg->data + PTP_SOURCE);
}

/* 8.16.6 */
uint32_t
softnic_ptp_source_high(const struct softnic_ptp *msg)
{
	return (uint32_t)softnic_get16(msg->data + PTP_SEQUENCE) << 16 |
		softnic_get16(msg->data + PTP_SOURCE + 4);
}
