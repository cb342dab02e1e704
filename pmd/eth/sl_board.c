/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* What is on the board beside the NIC: its NVM, LEDs, and the module in its cage. */

#include <stdio.h>
#include <string.h>

#include <rte_dev_info.h>

#include "sl_bits.h"
#include "sl_board.h"
#include "sl_log.h"
#include "sl_pci.h"
#include "sl_port.h"

#define CHUNK_WORDS 64u

/* The number of the NVM's image: in its second word; and fields of its version. */
#define TRACK_VALID SL_BIT(15)
#define VERSION_MAJOR SL_MASK(12, 4)
#define VERSION_OLD SL_MASK(8, 4) /* not 0: the older format, in which the minor part is higher */
#define VERSION_MINOR SL_MASK(0, 8)
#define VERSION_OLD_MINOR SL_MASK(4, 8)

/* Bytes of a module's serial ID (SFF-8472): diagnostics, and the revision that it follows. */
#define MODULE_DIAGNOSTICS 92u
#define MODULE_REVISION 94u
#define MODULE_HAS_DIAGNOSTICS 0x40u
#define MODULE_OTHER_ADDRESS 0x04u /* diagnostics are at the same bus address as the serial ID */

/* --- the NVM --- */

int
sl_get_eeprom_length(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);
	uint32_t words;

	if (!sl_port_alive(port))
		return -EIO;
	words = port->hw->ops->nvm_size(port);
	if (words == 0) {
		SL_LOG(ERR,
			"port %u: this %s has no NVM that can be read; allowed: a NIC with an EEPROM "
			"or a flash",
			eth->data->port_id, port->hw->name);
		return -ENOTSUP;
	}
	return (int)(words * sizeof(uint16_t));
}

static int
check_range(const struct rte_eth_dev *eth, const struct rte_dev_eeprom_info *info, const char *what,
	uint32_t size)
{
	if (info->offset <= size && info->length <= size - info->offset &&
		(info->data != NULL || info->length == 0))
		return 0;
	SL_LOG(ERR, "port %u: %u bytes from byte %u of its %s to %p; allowed: within %u bytes",
		eth->data->port_id, info->length, info->offset, what, info->data, size);
	return -EINVAL;
}

/* A word's lower byte comes first. */
static int
read_bytes(struct sl_port *port, uint32_t at, uint32_t end, uint8_t *out)
{
	uint16_t words[CHUNK_WORDS];
	uint32_t n, i;
	int ret = 0;

	for (; at < end && ret == 0; out += n, at += n) {
		n = RTE_MIN(end - at, (uint32_t)sizeof(words) - at % 2);
		ret = port->hw->ops->nvm_words(port, at / 2, (at % 2 + n + 1) / 2, words);
		for (i = 0; i < n && ret == 0; i++)
			out[i] = (uint8_t)(words[(at % 2 + i) / 2] >> 8 * ((at + i) % 2));
	}
	return ret;
}

/* An NVM that cannot be read is reported, also if a part of it was read. */
static int
told(const struct rte_eth_dev *eth, const char *what, int ret)
{
	if (ret != 0)
		SL_LOG(ERR, "port %u: its %s cannot be read: %s", eth->data->port_id, what,
			rte_strerror(-ret));
	return ret;
}

int
sl_get_eeprom(struct rte_eth_dev *eth, struct rte_dev_eeprom_info *info)
{
	struct sl_port *port = sl_port_of(eth);
	const int size = sl_get_eeprom_length(eth);
	int ret = size < 0 ? size : check_range(eth, info, "NVM", (uint32_t)size);

	if (ret != 0)
		return ret;
	info->magic = SL_PCI_VENDOR_INTEL | (uint32_t)port->device_id << 16;
	return told(eth, "NVM",
		read_bytes(port, info->offset, info->offset + info->length, info->data));
}

/* Images have one of two formats; the lower digits of the number are in BCD. */
static int
version_text(const struct sl_hw_version *v, char *text, size_t room)
{
	const bool valid = (v->track[1] & TRACK_VALID) != 0;
	const uint32_t track = (uint32_t)v->track[valid] << 16 | v->track[!valid];
	const uint32_t minor = (v->number & VERSION_OLD) == 0 ?
		SL_GET(VERSION_MINOR, v->number) :
		SL_GET(VERSION_OLD_MINOR, v->number);

	if (!v->has_number)
		return snprintf(text, room, "0x%08x", track);
	return snprintf(
		text, room, "%u.%x, 0x%08x", SL_GET(VERSION_MAJOR, v->number), minor, track);
}

int
sl_fw_version_get(struct rte_eth_dev *eth, char *text, size_t room)
{
	struct sl_port *port = sl_port_of(eth);
	const int size = sl_get_eeprom_length(eth);
	struct sl_hw_version version = {0};
	int ret = size < 0 ? size : told(eth, "NVM", port->hw->ops->nvm_version(port, &version));

	if (ret != 0)
		return ret;
	ret = version_text(&version, text, room) + 1;
	return (size_t)ret > room ? ret : 0;
}

/* --- LEDs --- */

static int
led_set(struct rte_eth_dev *eth, bool on)
{
	struct sl_port *port = sl_port_of(eth);

	if (!sl_port_alive(port))
		return -EIO;
	port->hw->ops->led_set(port, on);
	return 0;
}

int
sl_led_on(struct rte_eth_dev *eth)
{
	return led_set(eth, true);
}

int
sl_led_off(struct rte_eth_dev *eth)
{
	return led_set(eth, false);
}

/* --- the module --- */

static int
check_cage(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);

	if (!sl_port_alive(port))
		return -EIO;
	if (port->fibre && port->hw->ops->module_read != NULL)
		return 0;
	SL_LOG(ERR,
		"port %u: it has no cage with a module that can be read; allowed: an 82599 with one",
		eth->data->port_id);
	return -ENOTSUP;
}

/* Size of the module's memories: with diagnostics or without. */
static int
module_size(struct rte_eth_dev *eth, uint32_t *size)
{
	struct sl_port *port = sl_port_of(eth);
	uint8_t byte[MODULE_REVISION + 1 - MODULE_DIAGNOSTICS];
	int ret = check_cage(eth);

	if (ret == 0)
		ret = told(eth, "module",
			port->hw->ops->module_read(
				port, SL_MODULE_ID + MODULE_DIAGNOSTICS, sizeof(byte), byte));
	if (ret != 0)
		return ret;
	*size = byte[MODULE_REVISION - MODULE_DIAGNOSTICS] != 0 &&
			(byte[0] & (MODULE_HAS_DIAGNOSTICS | MODULE_OTHER_ADDRESS)) ==
				MODULE_HAS_DIAGNOSTICS ?
		SL_MODULE_SIZE :
		SL_MODULE_DIAGNOSTICS;
	return 0;
}

int
sl_get_module_info(struct rte_eth_dev *eth, struct rte_eth_dev_module_info *info)
{
	uint32_t size = 0;
	int ret = module_size(eth, &size);

	if (ret != 0)
		return ret;
	info->type = size == SL_MODULE_SIZE ? RTE_ETH_MODULE_SFF_8472 : RTE_ETH_MODULE_SFF_8079;
	info->eeprom_len = size;
	return 0;
}

int
sl_get_module_eeprom(struct rte_eth_dev *eth, struct rte_dev_eeprom_info *info)
{
	struct sl_port *port = sl_port_of(eth);
	uint8_t *out = info->data;
	uint32_t size = 0, n, at, left;
	int ret = module_size(eth, &size);

	if (ret == 0)
		ret = check_range(eth, info, "module", size);
	for (at = info->offset, left = info->length; left > 0 && ret == 0; left -= n) {
		n = RTE_MIN(left, SL_MODULE_DIAGNOSTICS - at % SL_MODULE_DIAGNOSTICS);
		ret = told(eth, "module", port->hw->ops->module_read(port, at, n, out));
		out += n;
		at += n;
	}
	return ret;
}
