/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Statistics registers (8.2.3.23). The engines' counters are never cleared. A register shows the
 * difference since it was cleared, up to its maximum. RQSMR and TQSM select the set in which a
 * queue is counted. Counts that are added between the two reads of a pair appear in the next reads.
 */

#include "softixgbe.h"

/*
 * Not a counter of the engines: frames that the MAC accepted, including those that were dropped
 * later.
 */
#define MAC_GOOD SOFTNIC_COUNTERS
#define HIGH_BITS SL_MASK(0, 4)

static uint32_t
at_most_32(uint64_t n)
{
	return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

static uint64_t
mac_good(const struct sl_softnic *nic)
{
	uint64_t n = nic->count[SOFTNIC_RX_GOOD] + nic->count[SOFTNIC_RX_MISSED];
	unsigned int q;

	for (q = 0; q < nic->queues; q++)
		n += nic->rxq[q].dropped;
	return n;
}

static uint64_t
total(const struct sl_softnic *nic, uint16_t what)
{
	return what == MAC_GOOD ? mac_good(nic) : nic->count[what];
}

static uint32_t
read_count(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	struct softixgbe_stat *s = &softixgbe_of(nic)->stat[at->reg];
	const uint64_t now = total(nic, softnic_regs_arg(&nic->regs, at));
	const uint64_t n = now - s->base;

	if (!peek)
		s->base = now;
	return at_most_32(n);
}

/* Only packet buffer 0 receives frames. */
static uint32_t
read_MPC(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	return at->index == 0 ? read_count(nic, at, peek) : 0;
}

/* --- pairs: octets, 36 bits --- */

static uint32_t
pair_low(struct softixgbe_stat *s, uint64_t now, bool peek)
{
	const uint64_t n = now - s->base;

	if (!peek) {
		s->latched = n;
		s->latch = true;
	}
	return (uint32_t)n;
}

/* The read of the high half completes the clear. */
static uint32_t
pair_high(struct softixgbe_stat *s, uint64_t now, bool peek)
{
	const uint64_t n = s->latch ? s->latched : now - s->base;

	if (!peek) {
		s->base += n;
		s->latch = false;
	}
	return (uint32_t)(n >> 32) & HIGH_BITS;
}

static uint32_t
read_low(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	return pair_low(&softixgbe_of(nic)->stat[at->reg],
		total(nic, softnic_regs_arg(&nic->regs, at)), peek);
}

static uint32_t
read_high(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	/* The row of the low half is the one before. */
	return pair_high(&softixgbe_of(nic)->stat[at->reg - 1],
		total(nic, softnic_regs_arg(&nic->regs, at)), peek);
}

#define PAIR(name) \
	_Static_assert(SL_82599_##name##H == SL_82599_##name##L + 1, "the halves follow each other")
PAIR(GORC);
PAIR(GOTC);
PAIR(TOR);
#undef PAIR

/* --- sets of queues --- */

/* Add the counts of a queue since the last call to its set. */
static void
put(struct softixgbe_sets *s, const uint32_t *map, unsigned int q, struct softixgbe_moved now)
{
	struct softixgbe_moved *seen = &s->seen[q];
	struct softixgbe_moved *set = &s->set[SL_GET(SL_82599_STAT_SET, map[q / 4] >> q % 4 * 8)];

	set->frames += now.frames - seen->frames;
	set->octets += now.octets - seen->octets;
	set->dropped += now.dropped - seen->dropped;
	*seen = now;
}

/* Add the counts of all queues to their sets. */
static void
fold(struct softixgbe *d)
{
	const struct sl_softnic *nic = &d->nic;
	unsigned int q;

	for (q = 0; q < nic->queues; q++) {
		const struct softnic_rxq *rxq = &nic->rxq[q];
		const struct softnic_txq *txq = &nic->txq[q];

		put(&d->rx_sets, d->r.RQSMR, q,
			(struct softixgbe_moved){rxq->frames, rxq->octets, rxq->dropped});
		put(&d->tx_sets, d->r.TQSM, q,
			(struct softixgbe_moved){txq->frames, txq->octets, 0});
	}
}

/* First add what was counted so far, to the sets that were mapped before the change. */
static void
write_map(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	fold(softixgbe_of(nic));
	*softnic_regs_cell(&nic->regs, at) = val & softnic_regs_mask(&nic->regs, at);
}

static uint32_t
take(uint64_t *count, bool peek)
{
	const uint64_t n = *count;

	if (!peek)
		*count = 0;
	return at_most_32(n);
}

static uint32_t
read_QPRC(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	fold(softixgbe_of(nic));
	return take(&softixgbe_of(nic)->rx_sets.set[at->index].frames, peek);
}

static uint32_t
read_QPRDC(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	fold(softixgbe_of(nic));
	return take(&softixgbe_of(nic)->rx_sets.set[at->index].dropped, peek);
}

static uint32_t
read_QPTC(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	fold(softixgbe_of(nic));
	return take(&softixgbe_of(nic)->tx_sets.set[at->index].frames, peek);
}

static uint32_t
set_low(struct softixgbe *d, struct softixgbe_sets *s, unsigned int i, bool peek)
{
	fold(d);
	return pair_low(&s->octets[i], s->set[i].octets, peek);
}

static uint32_t
set_high(struct softixgbe *d, struct softixgbe_sets *s, unsigned int i, bool peek)
{
	fold(d);
	return pair_high(&s->octets[i], s->set[i].octets, peek);
}

static uint32_t
read_QBRC_L(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	return set_low(softixgbe_of(nic), &softixgbe_of(nic)->rx_sets, at->index, peek);
}

static uint32_t
read_QBRC_H(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	return set_high(softixgbe_of(nic), &softixgbe_of(nic)->rx_sets, at->index, peek);
}

static uint32_t
read_QBTC_L(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	return set_low(softixgbe_of(nic), &softixgbe_of(nic)->tx_sets, at->index, peek);
}

static uint32_t
read_QBTC_H(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	return set_high(softixgbe_of(nic), &softixgbe_of(nic)->tx_sets, at->index, peek);
}

/* Hooks of registers that show a counter. */
#define COUNT(name, what) \
	{ \
		SL_82599_##name, .read = read_count, .arg = what \
	}
#define OCTETS(name, what) \
	{SL_82599_##name##L, .read = read_low, .arg = what}, \
	{ \
		SL_82599_##name##H, .read = read_high, .arg = what \
	}

/* clang-format off */
const struct softnic_hook softixgbe_stats_hooks[] = {
	COUNT(CRCERRS, SOFTNIC_RX_CRC_ERRORS),
	{SL_82599_MPC, .read = read_MPC, .arg = SOFTNIC_RX_MISSED},
	COUNT(RLEC, SOFTNIC_RX_LENGTH_ERRORS),
	COUNT(LXONRXCNT, SOFTNIC_RX_XON),
	COUNT(LXOFFRXCNT, SOFTNIC_RX_XOFF),
	COUNT(LXONTXC, SOFTNIC_TX_XON),
	COUNT(LXOFFTXC, SOFTNIC_TX_XOFF),
	COUNT(PRC64, SOFTNIC_RX_SIZE),
	COUNT(PRC127, SOFTNIC_RX_SIZE + 1),
	COUNT(PRC255, SOFTNIC_RX_SIZE + 2),
	COUNT(PRC511, SOFTNIC_RX_SIZE + 3),
	COUNT(PRC1023, SOFTNIC_RX_SIZE + 4),
	COUNT(PRC1522, SOFTNIC_RX_SIZE_LAST),
	COUNT(GPRC, MAC_GOOD),
	COUNT(BPRC, SOFTNIC_RX_BROADCAST),
	COUNT(MPRC, SOFTNIC_RX_MULTICAST),
	COUNT(GPTC, SOFTNIC_TX_GOOD),
	OCTETS(GORC, SOFTNIC_RX_OCTETS_KEPT),
	OCTETS(GOTC, SOFTNIC_TX_OCTETS),
	COUNT(RUC, SOFTNIC_RX_UNDERSIZE),
	COUNT(RFC, SOFTNIC_RX_FRAGMENTS),
	COUNT(ROC, SOFTNIC_RX_OVERSIZE),
	COUNT(RJC, SOFTNIC_RX_JABBERS),
	OCTETS(TOR, SOFTNIC_RX_ALL_OCTETS),
	COUNT(TPR, SOFTNIC_RX_ALL),
	COUNT(TPT, SOFTNIC_TX_GOOD),
	COUNT(PTC64, SOFTNIC_TX_SIZE),
	COUNT(PTC127, SOFTNIC_TX_SIZE + 1),
	COUNT(PTC255, SOFTNIC_TX_SIZE + 2),
	COUNT(PTC511, SOFTNIC_TX_SIZE + 3),
	COUNT(PTC1023, SOFTNIC_TX_SIZE + 4),
	COUNT(PTC1522, SOFTNIC_TX_SIZE_LAST),
	COUNT(MPTC, SOFTNIC_TX_MULTICAST),
	COUNT(BPTC, SOFTNIC_TX_BROADCAST),
	{SL_82599_RQSMR, .write = write_map, .kept = SL_82599_STAT_SET_BITS},
	{SL_82599_TQSM, .write = write_map, .kept = SL_82599_STAT_SET_BITS},
	{SL_82599_QPRC, .read = read_QPRC},
	{SL_82599_QPRDC, .read = read_QPRDC},
	{SL_82599_QBRC_L, .read = read_QBRC_L},
	{SL_82599_QBRC_H, .read = read_QBRC_H},
	{SL_82599_QPTC, .read = read_QPTC},
	{SL_82599_QBTC_L, .read = read_QBTC_L},
	{SL_82599_QBTC_H, .read = read_QBTC_H},
	{.reg = SOFTNIC_NO_REG},
};
/* clang-format on */

void
softixgbe_stats_reset(struct softixgbe *d)
{
	const struct softnic_hook *hook;
	unsigned int i;

	for (hook = softixgbe_stats_hooks; hook->reg != SOFTNIC_NO_REG; hook++)
		d->stat[hook->reg] = (struct softixgbe_stat){.base = total(&d->nic, hook->arg)};
	fold(d);
	for (i = 0; i < SL_82599_STAT_SETS; i++) {
		d->rx_sets.set[i] = d->tx_sets.set[i] = (struct softixgbe_moved){0};
		d->rx_sets.octets[i] = d->tx_sets.octets[i] = (struct softixgbe_stat){0};
	}
}
