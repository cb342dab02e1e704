/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 *
 * Which frames are received, and by which queue: 7.1.1, 7.1.2, 8.10.
 */
#include <string.h>

#include "softnic_priv.h"

static uint64_t
mac_of(const uint8_t *p)
{
	uint64_t mac = 0;

	memcpy(&mac, p, 6);
	return mac;
}

static bool
addr_match(const struct sl_softnic *nic, uint64_t dst)
{
	uint32_t low = (uint32_t)dst, high = (uint32_t)(dst >> 32);
	unsigned int i;

	for (i = 0; i < 16; i++) {
		if ((nic->r.RAH[i] & SL_RAH_AV) != 0 && nic->r.RAL[i] == low &&
			SL_GET(SL_RAH_ADDR, nic->r.RAH[i]) == high)
			return true;
	}
	return false;
}

static bool
mac_wanted(const struct sl_softnic *nic, uint64_t dst)
{
	const uint64_t broadcast = (UINT64_C(1) << 48) - 1;

	if (dst == broadcast)
		return (nic->r.RCTL[0] & SL_RCTL_BAM) != 0;
	if ((dst & 1) != 0)
		return (nic->r.RCTL[0] & SL_RCTL_MPE) != 0;
	return (nic->r.RCTL[0] & SL_RCTL_UPE) != 0 || addr_match(nic, dst);
}

bool
softnic_rx_judge(struct sl_softnic *nic, const struct sl_frame *f, struct softnic_rx_meta *m)
{
	if ((nic->r.RCTL[0] & SL_RCTL_RXEN) == 0)
		return false;
	if (f->bad_fcs || f->len < SL_FRAME_MIN || f->len > SL_FRAME_MAX - SL_FCS_LEN)
		return false;
	if (!mac_wanted(nic, mac_of(f->data))) {
		nic->stats.rx_filtered++;
		return false;
	}
	m->data = f->data;
	m->len = f->len;
	m->queue = 0;
	m->info = 0;
	m->rss = 0;
	m->status = 0;
	m->vlan = 0;
	return true;
}

void
softnic_rx_no_desc(struct sl_softnic *nic, const struct softnic_rx_meta *m)
{
	nic->stats.rx_no_desc++;
	nic->r.RNBC[0]++;
	if (nic->rxq[m->queue].drop_en)
		nic->r.RQDPC[m->queue]++;
}
