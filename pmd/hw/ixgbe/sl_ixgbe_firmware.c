/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The firmware of an X550. The driver writes a command to FLEX_MNG and starts it with HICR. The
 * answer replaces the command. Addresses and lengths are big-endian.
 */

#include <rte_byteorder.h>

#include "sl_call.h"
#include "sl_ixgbe.h"

#define COMMAND_US 500000u

/* First word of a command: command, number of bytes that follow, no checksum. */
static uint32_t
head(enum sl_82599_hic command, uint32_t size)
{
	return SL_PREP(SL_82599_HIC_COMMAND, command) | size | SL_82599_HIC_SUM;
}

/* Run a command. The caller owns SL_82599_GSSR_SW_MNG. */
static int
run(struct sl_port *port, const uint32_t *words, unsigned int n)
{
	uint32_t hicr;
	unsigned int i;
	int ret;

	/* An earlier reset of the firmware does not matter. */
	SL_IXGBE_WR(&port->bus, FWSTS, 0, SL_82599_FWSTS_RESET);
	hicr = SL_IXGBE_RD(&port->bus, HICR, 0);
	if ((hicr & SL_82599_HICR_ENABLED) == 0)
		return -EIO;
	for (i = 0; i < n; i++)
		SL_IXGBE_WR(&port->bus, FLEX_MNG, i, words[i]);
	SL_IXGBE_WR(&port->bus, HICR, 0, hicr | SL_82599_HICR_COMMAND);
	ret = sl_port_wait(port, SL_82599_OFF(HICR, 0), SL_82599_HICR_COMMAND, 0, COMMAND_US);
	if (ret != 0)
		return ret;
	return (SL_IXGBE_RD(&port->bus, HICR, 0) & SL_82599_HICR_STATUS_VALID) != 0 ? 0 : -EIO;
}

/* A word of the answer holds two words of the NVM. */
static int
read_part(struct sl_port *port, unsigned int word, unsigned int n, uint16_t *val)
{
	const uint32_t command[] = {
		head(SL_82599_HIC_READ_SHADOW,
			SL_PREP(SL_82599_HIC_SIZE_SHADOW, SL_82599_HIC_SHADOW_SIZE)),
		[SL_82599_HIC_ADDRESS] = rte_bswap32((uint32_t)(word * sizeof(*val))),
		[SL_82599_HIC_LENGTH] = rte_bswap16((uint16_t)(n * sizeof(*val))),
		[SL_82599_HIC_DATA] = 0,
	};
	uint32_t answer = 0;
	unsigned int i;
	int ret = run(port, command, RTE_DIM(command));

	for (i = 0; i < n && ret == 0; i++) {
		if (i % 2 == 0)
			answer = SL_IXGBE_RD(&port->bus, FLEX_MNG, SL_82599_HIC_DATA + i / 2);
		val[i] = (uint16_t)(answer >> i % 2 * 16);
	}
	return ret;
}

int
sl_ixgbe_firmware_words(struct sl_port *port, unsigned int word, unsigned int n, uint16_t *val)
{
	const uint32_t owned = SL_82599_GSSR_SW_MNG | SL_82599_GSSR_EEP;
	unsigned int i, now;
	int ret = sl_ixgbe_own(port, owned);

	if (ret != 0)
		return ret;
	for (i = 0; i < n && ret == 0; i += now) {
		now = RTE_MIN(n - i, SL_82599_HIC_SHADOW_MOST);
		ret = read_part(port, word + i, now, &val[i]);
	}
	sl_ixgbe_disown(port, owned);
	return ret;
}

void
sl_ixgbe_firmware_stop(struct sl_port *port)
{
	uint32_t command[2];
	int ret = sl_ixgbe_ask(port, SL_82599_GSSR_SW_MNG);

	command[0] =
		head(SL_82599_HIC_STOP_RECEIVE, SL_PREP(SL_82599_HIC_SIZE, SL_82599_HIC_STOP_SIZE));
	command[1] = SL_GET(SL_82599_STATUS_LAN, SL_IXGBE_RD(&port->bus, STATUS, 0));
	if (ret == 0) {
		ret = run(port, command, RTE_DIM(command));
		sl_ixgbe_disown(port, SL_82599_GSSR_SW_MNG);
	}
	if (ret != 0)
		SL_LOG(WARNING,
			"port %u: the firmware does not stop receive when it is told to: done by "
			"register",
			port->eth->data->port_id);
}

int
sl_ixgbe_firmware_check(struct sl_port *port)
{
	const uint32_t fwsm = SL_IXGBE_RD(&port->bus, FWSM, 0);

	if (fwsm == SL_REG_GONE && !sl_port_alive(port))
		return -EIO;
	if ((fwsm & SL_82599_FWSM_RECOVERY) == 0)
		return 0;
	SL_LOG(ERR,
		"port %u: the firmware is in its recovery mode (FWSM %#x): the NVM's image is "
		"damaged; write the maker's image anew",
		port->eth->data->port_id, fwsm);
	return -EIO;
}
