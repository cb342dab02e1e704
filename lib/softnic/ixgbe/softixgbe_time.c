/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Time sync (7.9, 8.2.3.26): the system time, which counts ticks of the link's clock, and time
 * stamps of frames. Registers of target times and pins hold their values and have no effect.
 */

#include "softixgbe.h"
#include "softnic_ptp.h"

/*
 * Ticks in fifths of a nanosecond: 6.4 ns at 10 Gbit/s and without a link, 64 ns at 1 Gbit/s, 640
 * ns at 100 Mbit/s.
 */
#define FIFTHS 5u
#define NS UINT64_C(1000000000)
static const uint16_t ticks_of[SL_82599_SPEED_COUNT] = {
	[SL_82599_SPEED_NONE] = 32,
	[SL_82599_SPEED_100M] = 3200,
	[SL_82599_SPEED_1G] = 320,
	[SL_82599_SPEED_10G] = 32,
};

/*
 * A time in seconds and nanoseconds has a fixed clock period of 12.5 ns, to which TIMINCA adds or
 * from which it subtracts.
 */
#define PERIODS 2u /* periods per step */
#define PERIODS_NS 25u
#define AT_ONCE (UINT64_C(1) << 30) /* maximum steps at once, so that sums fit into 64 bits */

static void
advance_ns(struct softixgbe *d)
{
	const uint64_t now = softnic_now(&d->nic) * FIFTHS;
	const uint32_t timinca = d->r.TIMINCA[0];
	const uint64_t more = PERIODS * (uint64_t)SL_GET(SL_82599_TIMINCA_WHOLE, timinca);
	uint64_t left = (now - d->time.at) / (PERIODS_NS * FIFTHS);

	if ((d->r.TSAUXC[0] & SL_82599_TSAUXC_DISABLE) != 0) {
		d->time.at = now;
		return;
	}
	d->time.at += left * PERIODS_NS * FIFTHS;
	while (left != 0) {
		const uint64_t n = left < AT_ONCE ? left : AT_ONCE, part = n * more;

		d->time.value += n * PERIODS_NS;
		if ((timinca & SL_82599_TIMINCA_MINUS) == 0) {
			d->time.value += (part + d->time.part) >> 32;
			d->time.part += (uint32_t)part;
		} else {
			d->time.value -= (part >> 32) + ((uint32_t)part > d->time.part);
			d->time.part -= (uint32_t)part;
		}
		left -= n;
	}
}

static void
advance_ticks(struct softixgbe *d)
{
	const bool whole = softixgbe_device(d)->whole_increment;
	const uint32_t timinca = d->r.TIMINCA[0];
	const uint32_t increment =
		SL_GET(whole ? SL_82599_TIMINCA_WHOLE : SL_82599_TIMINCA_INCREMENT, timinca);
	const uint32_t period = whole ? 1 : SL_GET(SL_82599_TIMINCA_PERIOD, timinca);
	const uint64_t now = softnic_now(&d->nic) * FIFTHS;
	const uint64_t tick = ticks_of[d->speed] * (uint64_t)period;
	uint64_t ticks;

	if (tick == 0) {
		d->time.at = now;
		return;
	}
	ticks = (now - d->time.at) / tick;
	d->time.at += ticks * tick;
	d->time.value += ticks * increment;
}

/* Advance the time to the device's clock. */
static void
advance(struct softixgbe *d)
{
	if (softixgbe_device(d)->seconds)
		advance_ns(d);
	else
		advance_ticks(d);
}

static uint32_t
low(const struct softixgbe *d, uint64_t t)
{
	return (uint32_t)(softixgbe_device(d)->seconds ? t % NS : t);
}

static uint32_t
high(const struct softixgbe *d, uint64_t t)
{
	return (uint32_t)(softixgbe_device(d)->seconds ? t / NS : t >> 32);
}

static uint64_t
joined(const struct softixgbe *d, uint32_t up, uint32_t down)
{
	return softixgbe_device(d)->seconds ? up * NS + down : (uint64_t)up << 32 | down;
}

static uint64_t
time_now(struct softixgbe *d)
{
	advance(d);
	return d->time.value;
}

void
softixgbe_time_reset(struct softixgbe *d)
{
	d->time = (struct softixgbe_time){.at = softnic_now(&d->nic) * FIFTHS};
	d->nic.rx.stamp = false;
}

void
softixgbe_time_speed(struct softixgbe *d, enum sl_82599_speed speed)
{
	advance(d);
	d->speed = speed;
}

/* A read of the low half latches the high half. */
static uint32_t
read_SYSTIML(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	struct softixgbe *d = softixgbe_of(nic);

	(void)at;
	if (!peek)
		d->time.held = time_now(d);
	return low(d, d->time.held);
}

static uint32_t
read_SYSTIMH(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	const struct softixgbe *d = softixgbe_of(nic);

	(void)at;
	(void)peek;
	return high(d, d->time.held);
}

/* A write sets one half. The other half keeps counting. */
static void
write_SYSTIML(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softixgbe *d = softixgbe_of(nic);

	(void)at;
	d->time.value = joined(d, high(d, time_now(d)), val);
	d->time.held = d->time.value;
}

static void
write_SYSTIMH(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softixgbe *d = softixgbe_of(nic);

	(void)at;
	d->time.value = joined(d, val, low(d, time_now(d)));
	d->time.held = d->time.value;
}

/* Advance the time at the old rate first. */
static void
write_TIMINCA(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softixgbe *d = softixgbe_of(nic);

	(void)at;
	advance(d);
	d->r.TIMINCA[0] = val;
}

/* Advance the time before the clock stops or starts. */
static void
write_TSAUXC(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softixgbe *d = softixgbe_of(nic);

	(void)at;
	advance(d);
	d->r.TSAUXC[0] = val;
}

/* Fraction of a nanosecond. */
static uint32_t
read_SYSTIMR(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	struct softixgbe *d = softixgbe_of(nic);

	(void)at;
	if (!peek)
		advance(d);
	return d->time.part;
}

/* A write of the high half applies the adjustment at once, in units of the time. */
static void
write_TIMADJH(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softixgbe *d = softixgbe_of(nic);
	const uint64_t by = (uint64_t)(val & ~SL_82599_TIMADJ_MINUS) << 32 | d->r.TIMADJL[0];

	(void)at;
	d->r.TIMADJH[0] = val;
	advance(d);
	d->time.value += (val & SL_82599_TIMADJ_MINUS) != 0 ? -by : by;
}

/* --- stamps --- */

/* One time stamp is held. Later frames get none until its high half is read. */
void
softixgbe_time_tx(struct sl_softnic *nic)
{
	struct softixgbe *d = softixgbe_of(nic);
	const uint32_t ctl = d->r.TSYNCTXCTL[0];
	uint64_t now;

	if ((ctl & SL_82599_TSYNC_EN) == 0 || (ctl & SL_82599_TSYNC_VALID) != 0)
		return;
	now = time_now(d);
	d->r.TXSTMPL[0] = low(d, now);
	d->r.TXSTMPH[0] = high(d, now);
	d->r.TSYNCTXCTL[0] |= SL_82599_TSYNC_VALID;
}

static uint32_t
read_TXSTMPH(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	struct softixgbe *d = softixgbe_of(nic);

	(void)at;
	if (!peek)
		d->r.TSYNCTXCTL[0] &= ~SL_82599_TSYNC_VALID;
	return d->r.TXSTMPH[0];
}

static uint32_t
read_RXSTMPH(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	struct softixgbe *d = softixgbe_of(nic);

	(void)at;
	if (!peek)
		d->r.TSYNCRXCTL[0] &= ~SL_82599_TSYNC_VALID;
	return d->r.RXSTMPH[0];
}

/* True if an Ethertype filter requests time stamps of PTP messages without UDP. */
static bool
stamped_type(const struct softixgbe *d)
{
	const uint32_t asks = SL_82599_ETQF_EN | SL_82599_ETQF_1588;
	unsigned int i;

	for (i = 0; i < sizeof(d->r.ETQF) / sizeof(d->r.ETQF[0]); i++) {
		if ((d->r.ETQF[i] & asks) == asks &&
			SL_GET(SL_82599_ETQF_TYPE, d->r.ETQF[i]) == SOFTNIC_PTP_ETHERTYPE)
			return true;
	}
	return false;
}

/* 7.9.5: stamp a received frame, if it is a message that TSYNCRXCTL and RXMTRL select. */
void
softixgbe_time_rx(struct sl_softnic *nic, const struct softnic_pkt *pkt, struct softnic_rx_meta *m)
{
	struct softixgbe *d = softixgbe_of(nic);
	const uint32_t ctl = d->r.TSYNCRXCTL[0], mtrl = d->r.RXMTRL[0];
	struct softnic_ptp msg;
	uint64_t now;

	if (!softnic_ptp_find(&msg, pkt, SL_GET(SL_82599_RXMTRL_PORT, mtrl), stamped_type(d)) ||
		!softnic_ptp_is(&msg, SL_GET(SL_82599_TSYNCRXCTL_TYPE, ctl),
			SL_GET(SL_82599_RXMTRL_V1, mtrl), SL_GET(SL_82599_RXMTRL_V2, mtrl)) ||
		(ctl & SL_82599_TSYNC_VALID) != 0)
		return;
	now = time_now(d);
	d->r.RXSTMPL[0] = low(d, now);
	d->r.RXSTMPH[0] = high(d, now);
	d->r.RXSATRL[0] = softnic_ptp_source_low(&msg);
	d->r.RXSATRH[0] = softnic_ptp_source_high(&msg);
	d->r.TSYNCRXCTL[0] |= SL_82599_TSYNC_VALID;
	m->status |= SL_RXD_STAT_TS;
}

/* Only the device sets VALID; a read of RXSTMPH clears it. */
static void
write_TSYNCRXCTL(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	uint32_t *ctl = &softixgbe_of(nic)->r.TSYNCRXCTL[0];

	(void)at;
	*ctl = (val & ~SL_82599_TSYNC_VALID) | (*ctl & SL_82599_TSYNC_VALID);
	nic->rx.stamp = (val & SL_82599_TSYNC_EN) != 0;
}

static void
write_TSYNCTXCTL(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	uint32_t *ctl = &softixgbe_of(nic)->r.TSYNCTXCTL[0];

	(void)at;
	*ctl = (val & ~SL_82599_TSYNC_VALID) | (*ctl & SL_82599_TSYNC_VALID);
}

const struct softnic_hook softixgbe_time_hooks[] = {
	{SL_82599_SYSTIML, .read = read_SYSTIML, .write = write_SYSTIML},
	{SL_82599_SYSTIMH, .read = read_SYSTIMH, .write = write_SYSTIMH},
	{SL_82599_SYSTIMR, .read = read_SYSTIMR},
	{SL_82599_TSAUXC, .write = write_TSAUXC},
	{SL_82599_TIMINCA, .write = write_TIMINCA},
	{SL_82599_TIMADJH, .write = write_TIMADJH},
	{SL_82599_TXSTMPH, .read = read_TXSTMPH},
	{SL_82599_RXSTMPH, .read = read_RXSTMPH},
	{SL_82599_TSYNCRXCTL, .write = write_TSYNCRXCTL},
	{SL_82599_TSYNCTXCTL, .write = write_TSYNCTXCTL},
	{.reg = SOFTNIC_NO_REG},
};
