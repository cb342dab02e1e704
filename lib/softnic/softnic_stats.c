/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 *
 * Statistics registers: 8.18.
 */
#include "softnic_priv.h"

void
softnic_count_tx(struct sl_softnic *nic, const struct sl_frame *frames, unsigned int n)
{
	uint64_t octets = 0;
	unsigned int i;

	for (i = 0; i < n; i++)
		octets += frames[i].len;
	nic->stats.tx_frames += n;
	nic->stats.tx_bytes += octets;
	nic->r.GPTC[0] += n;
	nic->r.TPT[0] += n;
}
