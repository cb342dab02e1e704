/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Statistics registers (8.18). The engines' counters are never cleared; a
 * register returns the difference since it was cleared, up to its maximum.
 */

#include "softigb.h"

static uint32_t
since(uint64_t now, uint64_t *base, bool peek)
{
	uint64_t n = now - *base;

	if (!peek)
		*base = now;
	return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

static uint64_t
counter(const struct sl_softnic *nic, const struct softnic_slot *at)
{
	return nic->count[softnic_regs_arg(&nic->regs, at)];
}

static uint32_t
read_count(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	return since(counter(nic, at), &softigb_of(nic)->stat[at->reg].base, peek);
}

/* 8.10.11 */
static uint32_t
read_RQDPC(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	uint64_t *base = &softigb_of(nic)->dropped[at->index];

	peek = peek || softigb_has(softigb_of(nic), SL_QUIRK_RQDPC_KEPT);
	return since(nic->rxq[at->index].dropped, base, peek);
}

/* If reads do not clear it, RQDPC continues from the written value. */
static void
write_RQDPC(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softigb *d = softigb_of(nic);

	if (softigb_has(d, SL_QUIRK_RQDPC_KEPT))
		d->dropped[at->index] = nic->rxq[at->index].dropped - val;
}

/* Octets, in two registers: 8.18.30 and others. */
static uint32_t
read_low(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	struct softigb_stat *s = &softigb_of(nic)->stat[at->reg];
	uint64_t value = counter(nic, at) - s->base;

	/* Events between the reads of both halves are counted in the next read. */
	if (!peek) {
		s->latched = value;
		s->latch = true;
	}
	return (uint32_t)value;
}

static uint32_t
read_high(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	/* The low half is the previous row. */
	struct softigb_stat *s = &softigb_of(nic)->stat[at->reg - 1];
	uint64_t value = s->latch ? s->latched : counter(nic, at) - s->base;

	if (!peek) {
		s->base += value;
		s->latch = false;
	}
	return (uint32_t)(value >> 32);
}

#define PAIR(name) _Static_assert(SL_##name##H == SL_##name##L + 1, "the halves follow each other")
PAIR(GORC);
PAIR(GOTC);
PAIR(TOR);
PAIR(TOT);
PAIR(HGORC);
PAIR(HGOTC);
#undef PAIR

/* Row of a register with the counter that it returns. */
#define COUNT(name, what) \
	{ \
		SL_##name, .read = read_count, .arg = SOFTNIC_##what \
	}
#define OCTETS(name, what) \
	{SL_##name##L, .read = read_low, .arg = SOFTNIC_##what}, \
	{ \
		SL_##name##H, .read = read_high, .arg = SOFTNIC_##what \
	}

/* clang-format off */
const struct softnic_hook softigb_stats_hooks[] = {
	COUNT(CRCERRS, RX_CRC_ERRORS),
	COUNT(MPC, RX_MISSED),
	COUNT(RLEC, RX_LENGTH_ERRORS),
	COUNT(XONRXC, RX_XON),
	COUNT(XONTXC, TX_XON),
	COUNT(XOFFRXC, RX_XOFF),
	COUNT(XOFFTXC, TX_XOFF),
	COUNT(FCRUC, RX_CONTROL),
	COUNT(PRC64, RX_SIZE),
	COUNT(PRC127, RX_SIZE + 1),
	COUNT(PRC255, RX_SIZE + 2),
	COUNT(PRC511, RX_SIZE + 3),
	COUNT(PRC1023, RX_SIZE + 4),
	COUNT(PRC1522, RX_SIZE_LAST),
	COUNT(GPRC, RX_GOOD),
	COUNT(BPRC, RX_BROADCAST),
	COUNT(MPRC, RX_MULTICAST),
	COUNT(GPTC, TX_GOOD),
	OCTETS(GORC, RX_OCTETS),
	OCTETS(GOTC, TX_OCTETS),
	COUNT(RNBC, RX_NO_BUFFER),
	COUNT(RUC, RX_UNDERSIZE),
	COUNT(RFC, RX_FRAGMENTS),
	COUNT(ROC, RX_OVERSIZE),
	COUNT(RJC, RX_JABBERS),
	OCTETS(TOR, RX_ALL_OCTETS),
	OCTETS(TOT, TX_OCTETS),
	COUNT(TPR, RX_ALL),
	COUNT(TPT, TX_GOOD),
	COUNT(PTC64, TX_SIZE),
	COUNT(PTC127, TX_SIZE + 1),
	COUNT(PTC255, TX_SIZE + 2),
	COUNT(PTC511, TX_SIZE + 3),
	COUNT(PTC1023, TX_SIZE + 4),
	COUNT(PTC1522, TX_SIZE_LAST),
	COUNT(MPTC, TX_MULTICAST),
	COUNT(BPTC, TX_BROADCAST),
	COUNT(TSCTC, TX_TSO),
	COUNT(IAC, INTERRUPTS),
	COUNT(RPTHC, RX_GOOD),
	COUNT(HGPTC, TX_GOOD),
	COUNT(RXDMTC, RX_LOW),
	OCTETS(HGORC, RX_OCTETS),
	OCTETS(HGOTC, TX_OCTETS),
	{SL_RQDPC, .read = read_RQDPC, .write = write_RQDPC},
	{.reg = SOFTNIC_NO_REG},
};
/* clang-format on */

void
softigb_stats_reset(struct softigb *d)
{
	const struct softnic_hook *hook;
	unsigned int q;

	for (hook = softigb_stats_hooks; hook->reg != SOFTNIC_NO_REG; hook++)
		d->stat[hook->reg] = (struct softigb_stat){.base = d->nic.count[hook->arg]};
	for (q = 0; q < d->nic.queues; q++)
		d->dropped[q] = d->nic.rxq[q].dropped;
}
