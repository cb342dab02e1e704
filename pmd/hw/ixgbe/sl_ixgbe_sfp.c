/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The module in a cage. It is read over I2C, whose two lines the driver sets bit by bit. Its
 * capabilities (SFF-8472) select the link mode and the init sequence of the NVM for its kind.
 */

#include <string.h>

#include <rte_string_fns.h>

#include "sl_call.h"
#include "sl_ixgbe.h"

#define LINE_US 5u	   /* I2C at 100 kHz: time of half a bit */
#define STRETCH_STEPS 100u /* a module may stretch the clock for 500 us */
#define BYTE_BITS 8u
#define TRIES 3u
/* Maximum number of words of the NVM's lists: pairs of kind and sequence address; a sequence. */
#define LIST_MAX 64u
#define SEQUENCE_MAX 1024u

/* Serial ID of a module (SFF-8472): the fields that are used. */
struct module {
	uint8_t id[SL_82599_SFP_ID_LEN];
};

/* --- I2C --- */

static void
lines(struct sl_port *port, bool clock, bool data)
{
	SL_IXGBE_WR(&port->bus, I2CCTL, 0,
		(clock ? SL_82599_I2CCTL_CLOCK_OUT : 0) | (data ? SL_82599_I2CCTL_DATA_OUT : 0));
	sl_ixgbe_wait_for_writes(port);
	sl_time_spin(port, LINE_US);
}

/* Raise the clock; a slow module may stretch it. @return the data line. */
static bool
clock_up(struct sl_port *port, bool data)
{
	unsigned int i;

	lines(port, true, data);
	for (i = 0; i < STRETCH_STEPS; i++) {
		if ((SL_IXGBE_RD(&port->bus, I2CCTL, 0) & SL_82599_I2CCTL_CLOCK_IN) != 0)
			break;
		sl_time_spin(port, LINE_US);
	}
	return (SL_IXGBE_RD(&port->bus, I2CCTL, 0) & SL_82599_I2CCTL_DATA_IN) != 0;
}

/* Transfer one bit. If it is sent as 1, the result is the module's bit. */
static bool
bit(struct sl_port *port, bool data)
{
	bool seen;

	lines(port, false, data);
	seen = clock_up(port, data);
	lines(port, false, data);
	return seen;
}

static void
begin(struct sl_port *port)
{
	lines(port, false, true);
	clock_up(port, true);
	lines(port, true, false);
	lines(port, false, false);
}

static void
end(struct sl_port *port)
{
	lines(port, false, false);
	clock_up(port, false);
	lines(port, true, true);
}

/* Send a byte. @return true if the module acknowledged it. */
static bool
put_byte(struct sl_port *port, uint8_t byte)
{
	unsigned int i;

	for (i = 0; i < BYTE_BITS; i++)
		bit(port, (byte >> (BYTE_BITS - 1 - i) & 1) != 0);
	return !bit(port, true);
}

static uint8_t
take_byte(struct sl_port *port, bool more)
{
	uint8_t byte = 0;
	unsigned int i;

	for (i = 0; i < BYTE_BITS; i++)
		byte = (uint8_t)(byte << 1 | bit(port, true));
	bit(port, !more);
	return byte;
}

/* Read bytes of the memory at a bus address. */
static bool
read_once(struct sl_port *port, uint8_t address, unsigned int at, unsigned int n, uint8_t *val)
{
	unsigned int i;
	bool ok;

	begin(port);
	ok = put_byte(port, address) && put_byte(port, (uint8_t)at);
	if (ok) {
		begin(port);
		ok = put_byte(port, address | SL_82599_SFP_READ);
	}
	for (i = 0; i < n && ok; i++)
		val[i] = take_byte(port, i + 1 < n);
	end(port);
	return ok;
}

static bool
sums_up(const struct module *m)
{
	uint8_t sum = 0;
	unsigned int i;

	for (i = 0; i < SL_82599_SFP_SUM; i++)
		sum = (uint8_t)(sum + m->id[i]);
	return sum == m->id[SL_82599_SFP_SUM];
}

/* Read the module's serial ID. The firmware shares the bus. */
static bool
module_read(struct sl_port *port, struct module *m)
{
	const uint32_t phy = sl_ixgbe_phy_resource(port);
	bool ok = false;
	unsigned int i;

	if (sl_ixgbe_own(port, phy) != 0)
		return false;
	for (i = 0; i < TRIES && !ok; i++)
		ok = read_once(port, SL_82599_SFP_ADDRESS, 0, sizeof(m->id), m->id) && sums_up(m);
	sl_ixgbe_disown(port, phy);
	return ok;
}

int
sl_ixgbe_sfp_read(struct sl_port *port, unsigned int at, unsigned int n, uint8_t *val)
{
	const uint8_t address =
		SL_82599_SFP_ADDRESS | (at >= SL_MODULE_DIAGNOSTICS ? SL_82599_SFP_DIAGNOSTICS : 0);
	const uint32_t phy = sl_ixgbe_phy_resource(port);
	bool ok = false;
	unsigned int i;
	int ret = sl_ixgbe_own(port, phy);

	if (ret != 0)
		return ret;
	for (i = 0; i < TRIES && !ok; i++)
		ok = read_once(port, address, at % SL_MODULE_DIAGNOSTICS, n, val);
	sl_ixgbe_disown(port, phy);
	return ok ? 0 : -ENODEV;
}

/* --- identification --- */

/* A text field without its padding. Characters that cannot be printed are replaced by '?'. */
static const char *
text(const struct module *m, unsigned int at, char *out)
{
	unsigned int i;

	memcpy(out, &m->id[at], SL_82599_SFP_TEXT_LEN);
	for (i = SL_82599_SFP_TEXT_LEN; i > 0 && out[i - 1] == ' '; i--)
		;
	out[i] = '\0';
	for (; i > 0; i--) {
		if (out[i - 1] < ' ' || out[i - 1] > '~')
			out[i - 1] = '?';
	}
	return out;
}

static bool
is_10g(const struct module *m)
{
	return (m->id[SL_82599_SFP_10G] & (SL_82599_SFP_10G_SR | SL_82599_SFP_10G_LR)) != 0;
}

/* Direct attach cables: passive, or active with a limiting amplifier. */
static bool
is_passive(const struct module *m)
{
	return (m->id[SL_82599_SFP_CABLE] & SL_82599_SFP_CABLE_PASSIVE) != 0;
}

static bool
is_active(const struct module *m)
{
	return (m->id[SL_82599_SFP_CABLE] & SL_82599_SFP_CABLE_ACTIVE) != 0 &&
		(m->id[SL_82599_SFP_CABLE_SPEC] & SL_82599_SFP_SPEC_LIMITING) != 0;
}

static bool
is_1g(const struct module *m)
{
	return (m->id[SL_82599_SFP_1G] &
		       (SL_82599_SFP_1G_SX | SL_82599_SFP_1G_LX | SL_82599_SFP_1G_T)) != 0;
}

static enum sl_ixgbe_module
module_of(const struct module *m)
{
	if (m->id[SL_82599_SFP_KIND] != SL_82599_SFP_KIND_SFP)
		return SL_IXGBE_MODULE_NONE;
	if (is_10g(m) || is_passive(m) || is_active(m))
		return SL_IXGBE_MODULE_10G;
	return is_1g(m) ? SL_IXGBE_MODULE_1G : SL_IXGBE_MODULE_NONE;
}

static const char *
words_for(const struct module *m)
{
	if (is_passive(m))
		return "passive copper cable";
	if (is_active(m))
		return "active copper cable";
	if ((m->id[SL_82599_SFP_10G] & SL_82599_SFP_10G_SR) != 0)
		return "10GBASE-SR";
	if (is_10g(m))
		return "10GBASE-LR";
	return "1 Gbit/s";
}

/* --- init sequences of the NVM --- */

/* The NVM's list has each kind twice, once for each port of the chip. */
static uint16_t
listed_kind(struct sl_port *port, const struct module *m)
{
	const uint32_t lan = SL_GET(SL_82599_STATUS_LAN, SL_IXGBE_RD(&port->bus, STATUS, 0));

	return (uint16_t)((is_passive(m) ? SL_82599_NVM_SFP_CABLE : SL_82599_NVM_SFP_SR_LR) + lan);
}

/* Address of the sequence for a kind; 0: there is none. */
static unsigned int
sequence_of(struct sl_port *port, uint16_t kind)
{
	unsigned int list = sl_ixgbe_nvm_pointer(port, SL_82599_NVM_SFP_INIT), i;
	uint16_t at = UINT16_MAX;

	if (list == 0)
		return 0;
	/* The first word is the length. */
	for (i = list + 1; i < list + LIST_MAX; i += 2) {
		if (sl_ixgbe_nvm_read(port, i, &at) != 0 || at == UINT16_MAX)
			return 0;
		if (at == kind)
			return sl_ixgbe_nvm_pointer(port, i + 1);
	}
	return 0;
}

/* Write the sequence to the analog core. The MAC must not be accessed otherwise meanwhile. */
static void
core_set_up(struct sl_port *port, unsigned int sequence)
{
	uint16_t val = UINT16_MAX;
	unsigned int i;

	if (sl_ixgbe_own(port, SL_82599_GSSR_MAC_CSR) != 0)
		return;
	for (i = 1; i < SEQUENCE_MAX; i++) {
		if (sl_ixgbe_nvm_read(port, sequence + i, &val) != 0 || val == UINT16_MAX)
			break;
		SL_IXGBE_WR(&port->bus, CORECTL, 0, val);
		sl_ixgbe_wait_for_writes(port);
	}
	sl_ixgbe_disown(port, SL_82599_GSSR_MAC_CSR);
}

enum sl_ixgbe_module
sl_ixgbe_sfp_set_up(struct sl_port *port)
{
	char vendor[SL_82599_SFP_TEXT_LEN + 1], part[SL_82599_SFP_TEXT_LEN + 1];
	const uint16_t id = port->eth->data->port_id;
	struct module m = {{0}};
	enum sl_ixgbe_module kind;
	unsigned int sequence;

	if (!module_read(port, &m)) {
		SL_LOG(WARNING,
			"port %u: no module answers in its cage: the link stays down; plug one and "
			"set the link up, or start the port again",
			id);
		return SL_IXGBE_MODULE_NONE;
	}
	kind = module_of(&m);
	text(&m, SL_82599_SFP_VENDOR, vendor);
	text(&m, SL_82599_SFP_PART, part);
	if (kind == SL_IXGBE_MODULE_NONE) {
		SL_LOG(ERR,
			"port %u: module \"%s\" \"%s\" (kind %#x, 10G codes %#x, 1G codes %#x, cable "
			"%#x) is none that this NIC can use; allowed: SFP+ 10GBASE-SR or -LR, copper "
			"cables, SFP of 1 Gbit/s",
			id, vendor, part, m.id[SL_82599_SFP_KIND], m.id[SL_82599_SFP_10G],
			m.id[SL_82599_SFP_1G], m.id[SL_82599_SFP_CABLE]);
		return kind;
	}
	sequence = sequence_of(port, listed_kind(port, &m));
	if (sequence == 0) {
		SL_LOG(ERR,
			"port %u: module \"%s\" \"%s\" (%s): the NVM of this NIC has no set-up for its "
			"kind: the link stays down; allowed: a kind that the NIC's maker lists for it",
			id, vendor, part, words_for(&m));
		return SL_IXGBE_MODULE_NONE;
	}
	core_set_up(port, sequence);
	SL_LOG(INFO, "port %u: module \"%s\" \"%s\", %s", id, vendor, part, words_for(&m));
	return kind;
}
