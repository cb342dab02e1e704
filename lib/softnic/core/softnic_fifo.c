/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The receive packet buffer (7.1.3.3, 8.3.9): accepted frames that wait for
 * descriptors are consecutive in a linear buffer. Its content is moved to the
 * front when the end is reached.
 */

#include <string.h>

#include "softnic_engine.h"

#define FIFO_ALIGN 8u

uint32_t
softnic_fifo_size(const struct softnic_rx_meta *m)
{
	return (uint32_t)(sizeof(*m) + m->wire_len + FIFO_ALIGN - 1) & ~(FIFO_ALIGN - 1);
}

bool
softnic_fifo_put(struct sl_softnic *nic, const struct softnic_rx_meta *m)
{
	uint32_t size = softnic_fifo_size(m);
	uint8_t *at;

	if (nic->fifo_used + size > nic->rx.fifo)
		return false;
	if (nic->fifo_start + nic->fifo_used + size > 2 * nic->model->fifo) {
		memmove(nic->fifo, nic->fifo + nic->fifo_start, nic->fifo_used);
		nic->fifo_start = 0;
	}
	at = nic->fifo + nic->fifo_start + nic->fifo_used;
	memcpy(at, m, sizeof(*m));
	memcpy(at + sizeof(*m), m->data, m->wire_len);
	nic->fifo_used += size;
	return true;
}

bool
softnic_fifo_peek(const struct sl_softnic *nic, uint32_t at, struct softnic_rx_meta *m)
{
	const uint8_t *p = nic->fifo + nic->fifo_start + at;

	if (at >= nic->fifo_used)
		return false;
	memcpy(m, p, sizeof(*m));
	m->data = p + sizeof(*m);
	return true;
}

void
softnic_fifo_drop(struct sl_softnic *nic, uint32_t bytes)
{
	nic->fifo_start += bytes;
	nic->fifo_used -= bytes;
	if (nic->fifo_used == 0)
		nic->fifo_start = 0;
}

void
softnic_fifo_flush(struct sl_softnic *nic)
{
	struct softnic_rx_meta m;
	uint32_t at = 0;

	for (; softnic_fifo_peek(nic, at, &m); at += softnic_fifo_size(&m))
		nic->stats.rx_no_desc++;
	softnic_fifo_drop(nic, at);
}
