/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The sum of the NVM, over its first words and the modules to which they point. Devices differ in
 * the modules that are included.
 */

#include "sl_call.h"
#include "sl_ixgbe.h"

#define SUM_US 1000000u /* for all reads together */
#define CHUNK 32u

/* Words that are in the sum. */
struct sums {
	unsigned int words; /* number of first words */
	unsigned int first; /* first word that points to a module */
	uint32_t skipped;   /* pointers whose modules are not included; one bit each */
	/* Size of a module without a length word, in words; 0: it has one. */
	uint8_t size[SL_82599_NVM_LAST_MODULE + 1];
};

#define SKIPPED (SL_BIT(SL_82599_NVM_PHY) | SL_BIT(SL_82599_NVM_OPTION_ROM))

static const struct sums all = {
	.words = SL_82599_NVM_CHECKSUM + 1,
	.first = SL_82599_NVM_FIRST_MODULE,
};
static const struct sums x540 = {
	.words = SL_82599_NVM_CHECKSUM + 1,
	.first = SL_82599_NVM_FIRST_MODULE,
	.skipped = SKIPPED,
};
static const struct sums x550 = {
	.words = SL_82599_NVM_LAST_X550 + 1,
	.first = SL_82599_NVM_FIRST_X550,
	.skipped = SKIPPED,
	.size = {[SL_82599_NVM_PCIE_GENERAL] = SL_82599_NVM_PCIE_GENERAL_LEN,
		[SL_82599_NVM_PCIE_0] = SL_82599_NVM_PCIE_LEN,
		[SL_82599_NVM_PCIE_1] = SL_82599_NVM_PCIE_LEN},
};

static const struct sums *
sums_of(const struct sl_port *port)
{
	if (sl_ixgbe_has(port, SL_IXGBE_QUIRK_FIRMWARE))
		return &x550;
	return sl_ixgbe_has(port, SL_IXGBE_QUIRK_REGSMP) ? &x540 : &all;
}

static int
get(struct sl_port *port, unsigned int at, unsigned int n, uint64_t limit, uint16_t *val)
{
	int ret = sl_ixgbe_nvm_words(port, at, n, val);

	return ret == 0 && sl_time(port) > limit ? -ETIMEDOUT : ret;
}

static int
add(struct sl_port *port, unsigned int at, unsigned int n, uint64_t limit, uint16_t *sum)
{
	uint16_t val[CHUNK];
	unsigned int i, now;
	int ret;

	for (; n > 0; n -= now, at += now) {
		now = RTE_MIN(n, CHUNK);
		ret = get(port, at, now, limit, val);
		if (ret != 0)
			return ret;
		for (i = 0; i < now; i++)
			*sum = (uint16_t)(*sum + val[i]);
	}
	return 0;
}

/*
 * Add a module. Its first word is its length. A pointer to nowhere, or out of the NVM, does not
 * count.
 */
static int
add_module(
	struct sl_port *port, unsigned int word, unsigned int plain, uint64_t limit, uint16_t *sum)
{
	const unsigned int size = sl_ixgbe_nvm_size(port);
	uint16_t at = 0, len = 0;
	int ret = get(port, word, 1, limit, &at);

	if (ret != 0 || at == 0 || at >= size)
		return ret;
	if (plain != 0)
		return add(port, at, plain, limit, sum);
	ret = get(port, at, 1, limit, &len);
	if (ret != 0 || (unsigned int)at + len >= size)
		return ret;
	return add(port, at + 1u, len, limit, sum);
}

int
sl_ixgbe_sum_check(struct sl_port *port)
{
	const struct sums *s = sums_of(port);
	const uint64_t limit = sl_time_limit(port, SUM_US);
	const uint16_t id = port->eth->data->port_id;
	uint16_t sum = 0;
	unsigned int i;
	int ret = add(port, 0, s->words, limit, &sum);

	for (i = s->first; i <= SL_82599_NVM_LAST_MODULE && ret == 0; i++) {
		if ((s->skipped & SL_BIT(i)) == 0)
			ret = add_module(port, i, s->size[i], limit, &sum);
	}
	if (ret != 0) {
		SL_LOG(ERR, "port %u: the NVM cannot be read: %s", id, rte_strerror(-ret));
		return ret;
	}
	if (sum == SL_82599_NVM_SUM)
		return 0;
	SL_LOG(ERR,
		"port %u: the NVM's words add up to %#x, wanted: %#x: its content is damaged, and so "
		"is what the NIC loaded from it; write the maker's image anew",
		id, sum, SL_82599_NVM_SUM);
	return -EIO;
}
