/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The SFP+ module of a fibre port: its memories (SFF-8472) on an I2C bus, whose two lines the
 * driver sets with I2CCTL, and the pins between module and MAC in ESDP. A module is always present:
 * 10GBASE-SR.
 */

#include <string.h>

#include "softixgbe.h"

/* SFF-8472, tables 4-1 and 4-2: serial ID, at bus address A0h. */
enum {
	SFP_ENCODING = 11,
	SFP_BIT_RATE = 12, /* units of 100 Mbit/s */
	SFP_LENGTHS = 16,  /* for four kinds of fibre and cable, units of 10 m */
	SFP_VENDOR = 20,
	SFP_OUI = 37,
	SFP_PART = 40,
	SFP_REVISION = 56,
	SFP_WAVELENGTH = 60, /* nm */
	SFP_SUM = 63,	     /* checksum of all bytes before */
	SFP_SERIAL = 68,
	SFP_DATE = 84,
	SFP_DIAGNOSTICS = 92,
	SFP_COMPLIANCE = 94,
	SFP_SUM_EXT = 95, /* checksum of the bytes between the two checksums */
};
/* Encoding; diagnostics: present, internally calibrated, average power; revision of SFF-8472. */
enum { SFP_64B_66B = 0x06, SFP_MONITORED = 0x68, SFP_REVISION_11 = 0x06 };
/* Diagnostics, at bus address A2h: thresholds of five values, then the values. */
enum { SFP_THRESHOLDS = 0, SFP_VALUES = 96, SFP_VALUE_COUNT = 5 };

static uint8_t
sum(const uint8_t *from, unsigned int first, unsigned int end)
{
	uint8_t n = 0;

	for (; first < end; first++)
		n = (uint8_t)(n + from[first]);
	return n;
}

/* Text fields are padded with blanks. */
static void
text(uint8_t *to, size_t room, const char *what)
{
	memset(to, ' ', room);
	memcpy(to, what, strlen(what));
}

static void
serial_id(uint8_t *id)
{
	static const uint8_t begin[] = {0x03, 0x04, 0x07, 0x10}; /* SFP, LC connector, 10GBASE-SR */
	static const uint8_t reach[] = {8, 3, 0, 30};
	/* Drivers of this NIC refuse modules of other vendors by default. */
	static const uint8_t oui[] = {0x00, 0x1B, 0x21};

	memset(id, 0, SOFTIXGBE_SFP_SIZE);
	memcpy(id, begin, sizeof(begin));
	id[SFP_ENCODING] = SFP_64B_66B;
	id[SFP_BIT_RATE] = 103;
	memcpy(id + SFP_LENGTHS, reach, sizeof(reach));
	text(id + SFP_VENDOR, 16, "Syncline model");
	memcpy(id + SFP_OUI, oui, sizeof(oui));
	text(id + SFP_PART, 16, "SOFT-10G-SR");
	text(id + SFP_REVISION, 4, "A");
	id[SFP_WAVELENGTH] = 850 >> 8;
	id[SFP_WAVELENGTH + 1] = 850 & UINT8_MAX;
	text(id + SFP_SERIAL, 16, "SL0002");
	text(id + SFP_DATE, 8, "260101");
	id[SFP_DIAGNOSTICS] = SFP_MONITORED;
	id[SFP_COMPLIANCE] = SFP_REVISION_11;
	id[SFP_SUM] = sum(id, 0, SFP_SUM);
	id[SFP_SUM_EXT] = sum(id, SFP_SUM + 1, SFP_SUM_EXT);
}

/*
 * 35 degrees C, 3.3 V, 6 mA, 0.5 mW in each direction. Alarms and warnings are at half and at 1.5
 * times the value.
 */
static void
diagnostics(uint8_t *d)
{
	static const uint16_t value[SFP_VALUE_COUNT] = {35 << 8, 33000, 3000, 5000, 5000};
	unsigned int i, limit;

	memset(d, 0, SOFTIXGBE_SFP_SIZE);
	for (i = 0; i < SFP_VALUE_COUNT; i++) {
		d[SFP_VALUES + 2 * i] = (uint8_t)(value[i] >> 8);
		d[SFP_VALUES + 2 * i + 1] = (uint8_t)value[i];
		/* High alarm, low alarm, high warning, low warning. */
		for (limit = 0; limit < 4; limit++) {
			const uint16_t at =
				(uint16_t)(limit % 2 == 0 ? value[i] * 3 / 2 : value[i] / 2);

			d[SFP_THRESHOLDS + 8 * i + 2 * limit] = (uint8_t)(at >> 8);
			d[SFP_THRESHOLDS + 8 * i + 2 * limit + 1] = (uint8_t)at;
		}
	}
}

void
softixgbe_sfp_init(struct softixgbe *d)
{
	serial_id(d->sfp.memory[0]);
	diagnostics(d->sfp.memory[1]);
}

void
softixgbe_sfp_reset(struct softixgbe *d)
{
	d->sfp.phase = SOFTIXGBE_I2C_IDLE;
	d->sfp.pulls = false;
	d->sfp.scl = true;
	d->sfp.sda = true;
}

bool
softixgbe_sfp_dark(const struct softixgbe *d)
{
	return softixgbe_device(d)->sfp && (d->r.ESDP[0] & SL_82599_ESDP_LASER_OFF) != 0;
}

/* --- the bus --- */

/*
 * Handle a byte received on the I2C bus: an address, an offset, or data, which is ignored because
 * the memory is read-only.
 */
static void
byte_in(struct softixgbe_sfp *s)
{
	const uint8_t byte = s->byte;

	switch (s->phase) {
	case SOFTIXGBE_I2C_ADDRESS:
		s->bank = (byte & SL_82599_SFP_DIAGNOSTICS) != 0;
		s->known = (byte & ~(SL_82599_SFP_DIAGNOSTICS | SL_82599_SFP_READ)) ==
			SL_82599_SFP_ADDRESS;
		s->next =
			(byte & SL_82599_SFP_READ) != 0 ? SOFTIXGBE_I2C_READ : SOFTIXGBE_I2C_OFFSET;
		break;
	case SOFTIXGBE_I2C_OFFSET:
		s->at = byte;
		s->next = SOFTIXGBE_I2C_WRITE;
		break;
	default:
		break;
	}
}

static void
begin_byte(struct softixgbe_sfp *s, enum softixgbe_i2c phase)
{
	s->phase = phase;
	s->bits = 0;
	s->byte = phase == SOFTIXGBE_I2C_READ ? s->memory[s->bank][s->at++] : 0;
}

/* The clock has risen: sample the data line. */
static void
clock_rises(struct softixgbe_sfp *s, bool sda)
{
	if (s->phase == SOFTIXGBE_I2C_IDLE)
		return;
	if (s->bits == 8) {
		/* Acknowledgement. A reader that does not acknowledge ends the transfer. */
		s->more = s->phase != SOFTIXGBE_I2C_READ || !sda;
	} else if (s->phase != SOFTIXGBE_I2C_READ) {
		s->byte = (uint8_t)(s->byte << 1 | sda);
	}
	s->bits++;
}

/* The clock has fallen: the module may change its output. */
static void
clock_falls(struct softixgbe_sfp *s)
{
	s->pulls = false;
	if (s->phase == SOFTIXGBE_I2C_IDLE)
		return;
	if (s->bits == 8 && s->phase != SOFTIXGBE_I2C_READ) {
		byte_in(s);
		s->pulls = s->known;
	}
	if (s->bits == 9)
		begin_byte(s, s->known && s->more ? s->next : SOFTIXGBE_I2C_IDLE);
	if (s->phase == SOFTIXGBE_I2C_READ && s->bits < 8)
		s->pulls = (s->byte >> (7 - s->bits) & 1) == 0;
}

/* Handle a change of the lines by the driver. */
static void
lines(struct softixgbe_sfp *s, bool scl, bool sda)
{
	const bool stays_high = s->scl && scl;

	if (stays_high && s->sda && !sda) { /* start */
		begin_byte(s, SOFTIXGBE_I2C_ADDRESS);
		s->known = true;
		s->more = true;
		s->pulls = false;
	} else if (stays_high && !s->sda && sda) { /* stop */
		s->phase = SOFTIXGBE_I2C_IDLE;
		s->pulls = false;
	} else if (!s->scl && scl) {
		clock_rises(s, sda && !s->pulls);
	} else if (s->scl && !scl) {
		clock_falls(s);
	}
	s->scl = scl;
	s->sda = sda;
}

static void
write_I2CCTL(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softixgbe *d = softixgbe_of(nic);

	(void)at;
	d->r.I2CCTL[0] = val & (SL_82599_I2CCTL_CLOCK_OUT | SL_82599_I2CCTL_DATA_OUT);
	lines(&d->sfp, (val & SL_82599_I2CCTL_CLOCK_OUT) != 0,
		(val & SL_82599_I2CCTL_DATA_OUT) != 0);
}

/* A line is low if either end pulls it low. Without a module only the driver does. */
static uint32_t
read_I2CCTL(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	const struct softixgbe *d = softixgbe_of(nic);
	const uint32_t out = d->r.I2CCTL[0];
	const bool pulls = softixgbe_device(d)->sfp && d->sfp.pulls;

	(void)at;
	(void)peek;
	return out | ((out & SL_82599_I2CCTL_CLOCK_OUT) != 0 ? SL_82599_I2CCTL_CLOCK_IN : 0) |
		((out & SL_82599_I2CCTL_DATA_OUT) != 0 && !pulls ? SL_82599_I2CCTL_DATA_IN : 0);
}

/* --- pins --- */

/* The module drives the pin that shows its presence. */
static uint32_t
read_ESDP(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	const struct softixgbe *d = softixgbe_of(nic);

	(void)at;
	(void)peek;
	return d->r.ESDP[0] | (softixgbe_device(d)->sfp ? SL_82599_ESDP_MODULE : 0);
}

/* The laser: while it is off, the MAC sends nothing. */
static void
after_ESDP(struct sl_softnic *nic, const struct softnic_slot *at)
{
	(void)at;
	softixgbe_mac_update(softixgbe_of(nic));
}

const struct softnic_hook softixgbe_sfp_hooks[] = {
	{SL_82599_ESDP, .read = read_ESDP, .after = after_ESDP},
	{SL_82599_I2CCTL, .read = read_I2CCTL, .write = write_I2CCTL},
	{.reg = SOFTNIC_NO_REG},
};
