/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * PCI configuration space, from a table: vfu_config.def. The VMM handles base
 * addresses, and addresses and data of MSI and MSI-X. Here the guest's writes to
 * them are only stored.
 */

#include <string.h>

#include "sl_bits.h"
#include "sl_pci.h"
#include "vfu.h"

/* Differences between devices. Every device of the software NIC has a row. */
static const struct {
	const char *device;
	uint8_t link_speed; /* 1: 2.5, 2: 5, 3: 8 GT/s */
	uint8_t lanes;
	uint8_t msix_bar;
	bool wide; /* 64-bit base addresses */
} devices[] = {
	{"82576", 1, 4, 3, false},
	{"82580", 2, 4, 3, false},
	{"i350", 2, 4, 3, false},
	{"i354", 2, 4, 3, false},
	{"i210", 1, 1, 3, false},
	{"i211", 1, 1, 3, false},
	{"82599", 2, 8, 4, true},
	{"82599-sfp", 2, 8, 4, true},
	{"x540", 2, 8, 4, true},
	{"x550", 3, 4, 4, true},
};

static void
put(uint8_t *to, uint32_t off, unsigned int bytes, uint64_t val)
{
	for (; bytes != 0; bytes--, val >>= 8)
		to[off++] = (uint8_t)val;
}

static uint32_t
get(const uint8_t *from, uint32_t off, unsigned int bytes)
{
	uint32_t val = 0;

	while (bytes-- != 0)
		val = val << 8 | from[off + bytes];
	return val;
}

static void
bar(struct vfu_config *c, unsigned int i, uint32_t size, bool wide)
{
	const uint32_t at = SL_PCI_BAR + 4 * i;

	put(c->value, at, 4, wide ? SL_PCI_BAR_64 : 0);
	put(c->writable, at, wide ? 8 : 4, ~(uint64_t)(size - 1));
}

#define LINK_SPEED SL_MASK(0, 4)

/* @param link speed and lanes, as in the link capabilities */
static void
fill(struct vfu_config *c, const struct sl_softnic_device *dev, uint32_t link)
{
	/* One bit per speed, from bit 1 on. Drivers use this vector only for speeds above 5 GT/s.
	 */
	const uint32_t speed = SL_GET(LINK_SPEED, link);
	const uint32_t speeds = speed > 2 ? ((UINT32_C(1) << speed) - 1) << 1 : 0;

#define VFU_CONFIG(off, bytes, val, writes, ones) \
	put(c->value, off, bytes, val); \
	put(c->writable, off, bytes, writes); \
	put(c->clears, off, bytes, ones);
/* clang-format off */
#include "vfu_config.def"
/* clang-format on */
#undef VFU_CONFIG
}

/* 9.6.2: the MAC address with FFFFh in the middle, last byte first. */
static void
serial_number(struct vfu_config *c, const struct sl_softnic *nic)
{
	uint8_t mac[6], *to = c->value + SL_PCI_SERIAL;
	unsigned int i;

	sl_softnic_mac(nic, mac);
	for (i = 0; i < 3; i++) {
		to[i] = mac[5 - i];
		to[5 + i] = mac[2 - i];
	}
	to[3] = UINT8_MAX;
	to[4] = UINT8_MAX;
}

static unsigned int
device_row(const char *name)
{
	unsigned int i;

	for (i = 0; i < sizeof(devices) / sizeof(devices[0]) - 1; i++) {
		if (strcmp(devices[i].device, name) == 0)
			break;
	}
	return i;
}

/* Set the state after a reset of the function. */
static void
config_reset(struct sl_vfu *v)
{
	struct vfu_config *c = &v->config;
	uint8_t bars[6 * 4], line = c->value[SL_PCI_IRQ_LINE];

	/* Base addresses set by the guest's firmware stay, because the VMM keeps them too. */
	memcpy(bars, &c->value[SL_PCI_BAR], sizeof(bars));
	vfu_config_init(v);
	memcpy(&c->value[SL_PCI_BAR], bars, sizeof(bars));
	c->value[SL_PCI_IRQ_LINE] = line;
}

void
vfu_config_init(struct sl_vfu *v)
{
	const unsigned int i = device_row(v->device->name);
	struct vfu_config *c = &v->config;

	memset(c, 0, sizeof(*c));
	c->msix_bar = devices[i].msix_bar;
	/* Link capabilities: speed, and lanes from bit 4 on. */
	fill(c, v->device, devices[i].link_speed | (uint32_t)devices[i].lanes << 4);
	bar(c, 0, v->device->bar_size, devices[i].wide);
	bar(c, c->msix_bar, VFU_MSIX_SIZE, devices[i].wide);
	serial_number(c, v->nic);
}

void
vfu_config_read(struct sl_vfu *v, uint32_t off, uint8_t *to, uint32_t len)
{
	struct vfu_config *c = &v->config;
	uint32_t status = get(c->value, SL_PCI_STATUS, 2) & ~SL_PCI_STATUS_INTX;

	if (vfu_irq_line(v))
		status |= SL_PCI_STATUS_INTX;
	put(c->value, SL_PCI_STATUS, 2, status);
	if (sl_softnic_command(v->nic) == UINT16_MAX)
		memset(to, UINT8_MAX, len); /* the device is removed */
	else
		memcpy(to, &c->value[off], len);
}

void
vfu_function_reset(struct sl_vfu *v)
{
	vfu_count(&v->stats.resets, 1);
	sl_softnic_function_reset(v->nic);
	config_reset(v);
	memset(v->msix, 0, sizeof(v->msix));
}

/*
 * Enter a new power state. A state that the function does not support is ignored: PCI Power
 * Management 1.2, section 3.2.4. A return to D0 resets the function: 9.5.1.4.
 */
static void
power(struct sl_vfu *v)
{
	struct vfu_config *c = &v->config;
	const uint32_t pmcsr = get(c->value, SL_PCI_PMCSR, 2);
	const uint32_t state = SL_GET(SL_PCI_PMCSR_STATE, pmcsr);
	const bool asleep = state == SL_PCI_D3 || (state != SL_PCI_D0 && c->asleep);

	put(c->value, SL_PCI_PMCSR, 2,
		SL_SET(SL_PCI_PMCSR_STATE, pmcsr, asleep ? SL_PCI_D3 : SL_PCI_D0));
	if (c->asleep && !asleep)
		vfu_function_reset(v);
	c->asleep = asleep;
}

void
vfu_config_write(struct sl_vfu *v, uint32_t off, const uint8_t *from, uint32_t len)
{
	struct vfu_config *c = &v->config;
	const uint32_t flr_at = SL_PCI_DEVCTL_HIGH - off;
	const bool flr = flr_at < len && (from[flr_at] & SL_PCI_DEVCTL_HIGH_FLR) != 0;
	uint32_t i;

	for (i = 0; i < len; i++) {
		uint8_t *to = &c->value[off + i];

		*to = (uint8_t)((*to & ~c->writable[off + i]) | (from[i] & c->writable[off + i]));
		*to &= (uint8_t) ~(from[i] & c->clears[off + i]);
	}
	if (flr) {
		vfu_function_reset(v);
		return;
	}
	power(v);
	c->intx_off = (get(c->value, SL_PCI_COMMAND, 2) & SL_PCI_COMMAND_INTX_OFF) != 0;
	/* In D3hot the function is not a bus master: PCI Power Management 1.2, section 5.4.1. */
	sl_softnic_command_write(
		v->nic, c->asleep ? 0 : (uint16_t)get(c->value, SL_PCI_COMMAND, 2));
}
