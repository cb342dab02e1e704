/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SOFTNIC_PTP_H_
#define _SOFTNIC_PTP_H_

/**
 * @file
 * Messages of the precision time protocol (IEEE 1588) in received frames: which ones get a time
 * stamp, and which of their fields the device records. The same in all families.
 */

#include <stdbool.h>
#include <stdint.h>

#include "softnic_parse.h"

#define SOFTNIC_PTP_ETHERTYPE 0x88F7u
#define SOFTNIC_PTP_PORT 319u /* UDP, event messages */

/** Received frames that get a time stamp: values of TSYNCRXCTL's type field in all families. */
enum softnic_ptp_kind {
	SOFTNIC_PTP_L2_V2 = 0,
	SOFTNIC_PTP_L4_V1 = 1,
	SOFTNIC_PTP_V2 = 2,
	SOFTNIC_PTP_ALL = 4, /**< all frames, also those without a message; not on every device */
	SOFTNIC_PTP_EVENT_V2 = 5,
};

/** A message: its first byte; l4: it was received by UDP. */
struct softnic_ptp {
	const uint8_t *data;
	bool l4;
};

/**
 * Find the message in a frame.
 * @param port UDP destination port of messages
 * @param l2 true: an Ethertype filter selects messages without UDP
 * @return false: the frame has no message
 */
bool
softnic_ptp_find(struct softnic_ptp *msg, const struct softnic_pkt *pkt, uint32_t port, bool l2);
/** True if the message is of @p kind; @p v1, @p v2: control field or message type to match. */
bool
softnic_ptp_is(const struct softnic_ptp *msg, enum softnic_ptp_kind kind, uint32_t v1, uint32_t v2);
/** Values of the attribute registers of a received stamp: source id and sequence id. */
uint32_t
softnic_ptp_source_low(const struct softnic_ptp *msg);
uint32_t
softnic_ptp_source_high(const struct softnic_ptp *msg);

#endif /* _SOFTNIC_PTP_H_ */
