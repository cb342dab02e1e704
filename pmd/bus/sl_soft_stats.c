/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Extended statistics of ports on a software NIC: counters of the model that no register has, and
 * counters of the wire.
 */

#include <stddef.h>
#include <stdio.h>

#include "sl_soft_stats.h"
#include "sl_soft.h"

static const struct {
	const char *name;
	size_t offset; /* in struct sl_softnic_stats */
} soft_stats[] = {
	{"soft_rx_frames", offsetof(struct sl_softnic_stats, rx_frames)},
	{"soft_rx_bytes", offsetof(struct sl_softnic_stats, rx_bytes)},
	{"soft_tx_frames", offsetof(struct sl_softnic_stats, tx_frames)},
	{"soft_tx_bytes", offsetof(struct sl_softnic_stats, tx_bytes)},
	{"soft_rx_no_desc", offsetof(struct sl_softnic_stats, rx_no_desc)},
	{"soft_rx_filtered", offsetof(struct sl_softnic_stats, rx_filtered)},
	{"soft_dma_faults", offsetof(struct sl_softnic_stats, dma_faults)},
	{"soft_bad_descriptors", offsetof(struct sl_softnic_stats, bad_desc)},
	{"soft_steps", offsetof(struct sl_softnic_stats, steps)},
};
_Static_assert(RTE_DIM(soft_stats) + 1 <= SL_FIGURES_MAX, "and the descriptors outstanding");

/* Longest name after a prefix: names in sl_wire_counter are shorter. */
#define SL_FIGURE_WORD 48

static void
figure(struct sl_figure *out, const char *prefix, const char *name, uint64_t value, bool stays)
{
	snprintf(out->name, sizeof(out->name), "%s%.*s", prefix, SL_FIGURE_WORD, name);
	out->value = value;
	out->stays = stays;
}

static unsigned int
soft_read(const struct sl_port *port, struct sl_figure *out)
{
	struct sl_softnic *nic = sl_soft_nic(port);
	struct sl_softnic_stats s;
	unsigned int i;

	if (nic == NULL)
		return 0;
	sl_softnic_stats(nic, &s);
	for (i = 0; i < RTE_DIM(soft_stats); i++) {
		const uint8_t *at = (const uint8_t *)&s + soft_stats[i].offset;

		figure(&out[i], "", soft_stats[i].name, *(const uint64_t *)at, false);
	}
	figure(&out[i], "", "soft_dma_outstanding", s.dma_outstanding, true);
	return i + 1;
}

static unsigned int
wire_read(const struct sl_port *port, struct sl_figure *out)
{
	struct sl_softnic *nic = sl_soft_nic(port);
	struct sl_wire *wire = nic == NULL ? NULL : sl_softnic_wire(nic);
	struct sl_wire_counter counters[SL_FIGURES_MAX];
	unsigned int i, n;

	if (wire == NULL || wire->ops->counters == NULL)
		return 0;
	n = RTE_MIN(wire->ops->counters(wire, counters, SL_FIGURES_MAX), SL_FIGURES_MAX);
	for (i = 0; i < n; i++)
		figure(&out[i], "wire_", counters[i].name, counters[i].value, true);
	return n;
}

const struct sl_provider sl_soft_provider = {.read = soft_read};
const struct sl_provider sl_soft_wire_provider = {.read = wire_read};
