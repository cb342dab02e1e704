/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Flow control of the link (IEEE 802.3 annexes 31A and 31B): MAC control frames that arrive, and
 * PAUSE frames that the packet buffer sends when it fills up and when it has drained.
 */

#include <string.h>

#include "softnic_engine.h"
#include "softnic_parse.h"

#define OPCODE 14u /* offsets in a MAC control frame */
#define PAUSE_TIME 16u
#define OPCODE_PAUSE 1u
#define QUANTUM_BITS 512u /* unit of a pause */

/* Address of PAUSE frames, which no bridge forwards. */
static const uint8_t group[6] = {0x01, 0x80, 0xC2, 0x00, 0x00, 0x01};

/* Duration of a pause in the device's clock. */
static uint64_t
duration(const struct softnic_pause *p, uint32_t quanta)
{
	return p->mbps != 0 ? (uint64_t)quanta * QUANTUM_BITS * 1000 / p->mbps : 0;
}

bool
softnic_pause_holds(struct sl_softnic *nic)
{
	struct softnic_pause *p = &nic->pause;

	if (p->held && softnic_now(nic) >= p->until)
		p->held = false;
	return p->held;
}

/* True for a PAUSE frame to the group or to the station's first address. */
static bool
is_pause(const struct sl_softnic *nic, const uint8_t *data)
{
	uint64_t dst = 0;

	memcpy(&dst, data, sizeof(group));
	return softnic_get16(data + OPCODE) == OPCODE_PAUSE &&
		(memcmp(data, group, sizeof(group)) == 0 ||
			(nic->filter.n_own != 0 && dst == nic->filter.own[0]));
}

bool
softnic_pause_take(struct sl_softnic *nic, const struct sl_frame *f)
{
	struct softnic_pause *p = &nic->pause;
	uint32_t quanta;

	if (!is_pause(nic, f->data)) {
		nic->count[SOFTNIC_RX_CONTROL]++;
		return !p->pass_control;
	}
	quanta = softnic_get16(f->data + PAUSE_TIME);
	nic->count[quanta != 0 ? SOFTNIC_RX_XOFF : SOFTNIC_RX_XON]++;
	if (p->obey) {
		p->held = quanta != 0;
		p->until = softnic_now(nic) + duration(p, quanta);
	}
	return p->discard;
}

/* Count a sent PAUSE frame as a good one, on devices that do. It belongs to no queue. */
static void
count_good(struct sl_softnic *nic)
{
	nic->count[SOFTNIC_TX_GOOD]++;
	nic->count[SOFTNIC_TX_OCTETS] += SL_FRAME_MIN + SL_FCS_LEN;
	nic->count[SOFTNIC_TX_MULTICAST]++;
	nic->count[SOFTNIC_TX_SIZE]++;
}

static void
send_pause(struct sl_softnic *nic, uint16_t quanta)
{
	uint8_t data[SL_FRAME_MIN] = {0};
	const struct sl_frame f = {.data = data, .len = sizeof(data)};

	memcpy(data, group, sizeof(group));
	memcpy(data + sizeof(group), nic->mac, sizeof(nic->mac));
	softnic_put16(data + SOFTNIC_ETH_ADDRS, SOFTNIC_MAC_CONTROL);
	softnic_put16(data + OPCODE, OPCODE_PAUSE);
	softnic_put16(data + PAUSE_TIME, quanta);
	nic->wire->ops->send(nic->wire, &f, 1);
	nic->count[quanta != 0 ? SOFTNIC_TX_XOFF : SOFTNIC_TX_XON]++;
	if (nic->model->pause_is_good)
		count_good(nic);
}

/* True if the partner's pause must be renewed before it ends. */
static bool
due(const struct sl_softnic *nic)
{
	const struct softnic_pause *p = &nic->pause;

	return !p->stopped || (p->refresh != 0 && softnic_now(nic) >= p->renew);
}

void
softnic_pause_send(struct sl_softnic *nic)
{
	struct softnic_pause *p = &nic->pause;

	if (!nic->link_up || nic->loops || nic->wire == NULL)
		return;
	if (nic->fifo_used > p->high && due(nic)) {
		send_pause(nic, p->time);
		p->stopped = true;
		p->renew = softnic_now(nic) +
			duration(p, p->time > p->refresh ? p->time - p->refresh : 0);
	} else if (p->stopped && nic->fifo_used < p->low) {
		if (p->xon)
			send_pause(nic, 0);
		p->stopped = false;
	}
}

void
softnic_pause_reset(struct sl_softnic *nic)
{
	nic->pause.held = false;
	nic->pause.stopped = false;
}
