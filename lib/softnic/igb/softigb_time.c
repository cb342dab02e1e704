/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Time sync (7.10, 8.16): the system time, which follows the device's clock, time stamps of
 * frames, target times and their interrupts. Registers of pins have no effect.
 */

#include "softigb.h"
#include "softnic_ptp.h"

#define NS_PER_S UINT64_C(1000000000)
#define TICK_NS 8u /* since the 82580; on the 82576 twice that, times TIMINCA's period */

/* Since the 82580 devices count nanoseconds, in ticks that TIMINCA lengthens or shortens. */
static bool
counts_ns(const struct softigb *d)
{
	return softigb_has_reg(d, SL_SYSTIMR);
}

/* False on devices since the 82580 while TSAUXC.DISABLE stops the time and all stamps. */
static bool
runs(const struct softigb *d)
{
	return !counts_ns(d) || (d->r.TSAUXC[0] & SL_TSAUXC_DISABLE) == 0;
}

/* Value of the time registers: SYSTIMH in the high word, SYSTIML in the low word. */
static uint64_t
shown(const struct softigb *d)
{
	if (softigb_has(d, SL_QUIRK_SYSTIM_SECONDS))
		return d->time.ns / NS_PER_S << 32 | d->time.ns % NS_PER_S;
	/* 8.16.9; 40 bits since the 82580. */
	return counts_ns(d) ? d->time.ns & ((UINT64_C(1) << 40) - 1) : d->time.ns;
}

/* Advance by ticks of 8 ns, each lengthened or shortened by TIMINCA, in 2^-32 ns. */
static void
advance_ns(struct softigb_time *t, uint64_t ticks, uint32_t timinca)
{
	const uint64_t rate = SL_GET(SL_TIMINCA_RATE, timinca);
	const uint64_t low = (ticks & UINT32_MAX) * rate, high = (ticks >> 32) * rate;
	const uint64_t whole = high + (low >> 32);
	const uint32_t part = (uint32_t)low, before = t->part;

	if ((timinca & SL_TIMINCA_MINUS) != 0) {
		t->part = before - part;
		t->ns += ticks * TICK_NS - whole - (before < part);
	} else {
		t->part = before + part;
		t->ns += ticks * TICK_NS + whole + (t->part < part);
	}
}

static void
cause(struct softigb *d, uint32_t tsicr)
{
	if (!softigb_has_reg(d, SL_TSICR))
		return;
	d->r.TSICR[0] |= tsicr;
	if ((tsicr & d->r.TSIM[0]) != 0)
		softigb_irq_cause(d, SL_ICR_TS);
}

/* Advance the time to the device's clock. */
static void
advance(struct softigb *d)
{
	const uint32_t timinca = d->r.TIMINCA[0];
	const uint64_t now = softnic_now(&d->nic);
	const uint64_t tick =
		counts_ns(d) ? TICK_NS : 2 * TICK_NS * SL_GET(SL_TIMINCA_PERIOD, timinca);
	const uint64_t second = d->time.ns / NS_PER_S;
	uint64_t ticks;

	if (tick == 0 || !runs(d)) {
		d->time.at = now;
		return;
	}
	ticks = (now - d->time.at) / tick;
	d->time.at += ticks * tick;
	if (counts_ns(d))
		advance_ns(&d->time, ticks, timinca);
	else
		d->time.ns += ticks * SL_GET(SL_TIMINCA_INCREMENT, timinca);
	if (softigb_has(d, SL_QUIRK_SYSTIM_SECONDS) && d->time.ns / NS_PER_S != second)
		cause(d, SL_TSICR_SYS_WRAP);
}

static uint64_t
now_shown(struct softigb *d)
{
	advance(d);
	return shown(d);
}

/* --- target times --- */

static uint64_t
pair(const uint32_t *low, const uint32_t *high, unsigned int i)
{
	return (uint64_t)high[i] << 32 | low[i];
}

/* Set if steps must check the time: for an enabled target, or for the end of a second. */
static void
watches(struct softigb *d)
{
	const uint32_t targets = SL_TSAUXC_EN_TT(0) | SL_TSAUXC_EN_TT(1);

	d->nic.watches = counts_ns(d) &&
		((d->r.TSAUXC[0] & targets) != 0 ||
			(softigb_has(d, SL_QUIRK_SYSTIM_SECONDS) &&
				(d->r.TSIM[0] & SL_TSICR_SYS_WRAP) != 0));
}

/* A target time that is reached raises its cause once. */
void
softigb_time_watch(struct sl_softnic *nic)
{
	struct softigb *d = softigb_of(nic);
	const uint64_t now = now_shown(d);
	unsigned int i;

	for (i = 0; i < 2; i++) {
		if ((d->r.TSAUXC[0] & SL_TSAUXC_EN_TT(i)) == 0 ||
			now < pair(d->r.TRGTTIML, d->r.TRGTTIMH, i))
			continue;
		d->r.TSAUXC[0] &= ~SL_TSAUXC_EN_TT(i);
		cause(d, SL_TSICR_TT(i));
	}
	watches(d);
}

/* --- registers of the time --- */

void
softigb_time_reset(struct softigb *d)
{
	d->time = (struct softigb_time){.at = softnic_now(&d->nic)};
	d->nic.rx.stamp = false;
	watches(d);
}

/*
 * 8.16.9: a read of the lowest register latches the others. On devices with a residue register
 * that is the lowest one.
 */
static uint32_t
read_SYSTIMR(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	struct softigb *d = softigb_of(nic);

	(void)at;
	if (!peek)
		d->time.held = now_shown(d);
	return d->time.part;
}

static uint32_t
read_SYSTIML(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	struct softigb *d = softigb_of(nic);

	(void)at;
	if (!peek && !counts_ns(d))
		d->time.held = now_shown(d);
	return (uint32_t)d->time.held;
}

static uint32_t
read_SYSTIMH(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	(void)at;
	(void)peek;
	return (uint32_t)(softigb_of(nic)->time.held >> 32);
}

/* Set one half of the time; the other half continues. */
static void
set_half(struct softigb *d, uint32_t val, bool high)
{
	uint64_t time = now_shown(d);

	time = high ? (time & UINT32_MAX) | (uint64_t)val << 32 :
		      (time & ~(uint64_t)UINT32_MAX) | val;
	if (softigb_has(d, SL_QUIRK_SYSTIM_SECONDS))
		time = (time >> 32) * NS_PER_S + (time & UINT32_MAX) % NS_PER_S;
	d->time.ns = time;
	d->time.part = 0;
	d->time.held = shown(d);
}

static void
write_SYSTIML(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	(void)at;
	set_half(softigb_of(nic), val, false);
}

static void
write_SYSTIMH(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	(void)at;
	set_half(softigb_of(nic), val, true);
}

/* The old rate applies up to now. */
static void
write_TIMINCA(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softigb *d = softigb_of(nic);

	(void)at;
	advance(d);
	d->r.TIMINCA[0] = val;
}

static void
adjust(struct softigb *d, uint64_t by, bool minus)
{
	advance(d);
	d->time.ns += minus ? -by : by;
}

/* 8.16.11: an adjustment in the unit of the time takes effect when the high half is written. */
static void
write_TIMADJH(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softigb *d = softigb_of(nic);

	(void)at;
	d->r.TIMADJH[0] = val;
	if (!softigb_has(d, SL_QUIRK_SYSTIM_SECONDS))
		adjust(d, (uint64_t)(val & ~SL_TIMADJ_MINUS) << 32 | d->r.TIMADJL[0],
			(val & SL_TIMADJ_MINUS) != 0);
}

/* Adjustment on the I210: nanoseconds, with a sign. */
static void
write_TIMADJL(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softigb *d = softigb_of(nic);

	(void)at;
	d->r.TIMADJL[0] = val;
	if (!softigb_has(d, SL_QUIRK_SYSTIM_SECONDS))
		return;
	adjust(d, SL_GET(SL_TIMADJ_NS_I210, val), (val & SL_TIMADJ_MINUS) != 0);
	cause(d, SL_TSICR_TADJ);
}

/* A sample of the time is taken at once. Its AUTT bit is set until its high half is read. */
static void
write_TSAUXC(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softigb *d = softigb_of(nic);
	const uint64_t now = now_shown(d);
	unsigned int i;

	(void)at;
	for (i = 0; i < 2; i++) {
		if ((val & SL_TSAUXC_SAMP_AUT(i)) == 0)
			continue;
		d->r.AUXSTMPL[i] = (uint32_t)now;
		d->r.AUXSTMPH[i] = (uint32_t)(now >> 32);
		val = (val & ~SL_TSAUXC_SAMP_AUT(i)) | SL_TSAUXC_AUTT(i);
		cause(d, SL_TSICR_AUTT(i));
	}
	d->r.TSAUXC[0] = val;
	watches(d);
}

static uint32_t
read_AUXSTMPH(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	struct softigb *d = softigb_of(nic);

	if (!peek)
		d->r.TSAUXC[0] &= ~SL_TSAUXC_AUTT(at->index);
	return d->r.AUXSTMPH[at->index];
}

/* A cause that is set when it is unmasked is signalled too. */
static void
after_TSIM(struct sl_softnic *nic, const struct softnic_slot *at)
{
	struct softigb *d = softigb_of(nic);

	(void)at;
	cause(d, d->r.TSICR[0]);
	watches(d);
}

/* --- stamps --- */

/* 8.16.2: one stamp is stored. Later frames get no stamp until its high half is read. */
void
softigb_time_tx(struct sl_softnic *nic)
{
	struct softigb *d = softigb_of(nic);
	const uint32_t ctl = d->r.TSYNCTXCTL[0];
	uint64_t now;

	if ((ctl & SL_TSYNC_EN) == 0 || (ctl & SL_TSYNC_VALID) != 0 || !runs(d))
		return;
	now = now_shown(d);
	d->r.TXSTMPL[0] = (uint32_t)now;
	d->r.TXSTMPH[0] = (uint32_t)(now >> 32);
	d->r.TSYNCTXCTL[0] |= SL_TSYNC_VALID;
	cause(d, SL_TSICR_TXTS);
}

static uint32_t
read_TXSTMPH(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	struct softigb *d = softigb_of(nic);

	(void)at;
	if (!peek)
		d->r.TSYNCTXCTL[0] &= ~SL_TSYNC_VALID;
	return d->r.TXSTMPH[0];
}

static uint32_t
read_RXSTMPH(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	struct softigb *d = softigb_of(nic);

	(void)at;
	if (!peek)
		d->r.TSYNCRXCTL[0] &= ~SL_TSYNC_VALID;
	return d->r.RXSTMPH[0];
}

/* True if an Ethertype filter requests stamps for this type: 8.11.1. */
static bool
stamped_type(const struct softigb *d, uint32_t type)
{
	const uint32_t asks = SL_ETQF_EN | SL_ETQF_1588;
	unsigned int i;

	for (i = 0; i < d->nic.model->regs->rows[SL_ETQF].count; i++) {
		if ((d->r.ETQF[i] & asks) == asks && SL_GET(SL_ETQF_TYPE, d->r.ETQF[i]) == type)
			return true;
	}
	return false;
}

/* 8.16.1, 8.16.13: True if TSYNCRXCTL and TSYNCRXCFG select this message. */
static bool
named(const struct softigb *d, const struct softnic_ptp *msg)
{
	const uint32_t cfg = d->r.TSYNCRXCFG[0];

	return softnic_ptp_is(msg, SL_GET(SL_TSYNCRXCTL_TYPE, d->r.TSYNCRXCTL[0]),
		SL_GET(SL_TSYNCRXCFG_V1, cfg), SL_GET(SL_TSYNCRXCFG_V2, cfg));
}

/* True if the queue's stamps are in front of the frame, and not in the registers. */
static bool
in_front(const struct softigb *d, unsigned int queue)
{
	return counts_ns(d) && (d->r.SRRCTL[queue] & SL_SRRCTL_TIMESTAMP) != 0 &&
		(!softigb_has(d, SL_QUIRK_SYSTIM_SECONDS) ||
			(d->r.RXPBS[0] & SL_RXPBS_TS_EN_I210) != 0);
}

static void
hold_rx(struct softigb *d, uint64_t now, const struct softnic_ptp *msg)
{
	d->r.RXSTMPL[0] = (uint32_t)now;
	d->r.RXSTMPH[0] = (uint32_t)(now >> 32);
	if (msg != NULL) {
		d->r.RXSATRL[0] = softnic_ptp_source_low(msg);
		d->r.RXSATRH[0] = softnic_ptp_source_high(msg);
	}
	d->r.TSYNCRXCTL[0] |= SL_TSYNC_VALID;
	cause(d, SL_TSICR_RXTS);
}

/* 7.10: give a received frame a stamp, if its type is selected. */
void
softigb_time_rx(struct sl_softnic *nic, const struct softnic_pkt *pkt, struct softnic_rx_meta *m)
{
	struct softigb *d = softigb_of(nic);
	const uint32_t ctl = d->r.TSYNCRXCTL[0];
	const bool all = counts_ns(d) && SL_GET(SL_TSYNCRXCTL_TYPE, ctl) == SOFTNIC_PTP_ALL;
	const bool l2 = stamped_type(d, SOFTNIC_PTP_ETHERTYPE);
	struct softnic_ptp msg;
	const bool is_msg = softnic_ptp_find(&msg, pkt, SOFTNIC_PTP_PORT, l2);

	if (!runs(d) || (!all && (!is_msg || !named(d, &msg))))
		return;
	if (in_front(d, m->queue)) {
		m->stamp = now_shown(d);
		m->stamp_len = SOFTNIC_STAMP;
		m->status |= SL_RXD_STAT_TSIP;
	} else if ((ctl & SL_TSYNC_VALID) == 0) {
		hold_rx(d, now_shown(d), is_msg ? &msg : NULL);
		m->status |= SL_RXD_STAT_TS;
	}
}

/* Only the device writes VALID. */
static void
write_TSYNCRXCTL(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	uint32_t *ctl = &softigb_of(nic)->r.TSYNCRXCTL[0];

	(void)at;
	*ctl = (val & ~SL_TSYNC_VALID) | (*ctl & SL_TSYNC_VALID);
	nic->rx.stamp = (val & SL_TSYNC_EN) != 0;
}

static void
write_TSYNCTXCTL(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	uint32_t *ctl = &softigb_of(nic)->r.TSYNCTXCTL[0];

	(void)at;
	*ctl = (val & ~SL_TSYNC_VALID) | (*ctl & SL_TSYNC_VALID);
}

const struct softnic_hook softigb_time_hooks[] = {
	{SL_SYSTIML, .read = read_SYSTIML, .write = write_SYSTIML},
	{SL_SYSTIMH, .read = read_SYSTIMH, .write = write_SYSTIMH},
	{SL_SYSTIMR, .read = read_SYSTIMR},
	{SL_SYSTIMTM, .kept = SL_SYSTIMTM_STM},
	{SL_TIMINCA, .write = write_TIMINCA},
	{SL_TIMADJL, .write = write_TIMADJL},
	{SL_TIMADJH, .write = write_TIMADJH},
	{SL_TSAUXC, .write = write_TSAUXC},
	{SL_AUXSTMPH, .read = read_AUXSTMPH},
	{SL_TSIM, .after = after_TSIM, .kept = SL_TSICR_CAUSES},
	{SL_TXSTMPH, .read = read_TXSTMPH},
	{SL_RXSTMPH, .read = read_RXSTMPH},
	{SL_TSYNCRXCTL, .write = write_TSYNCRXCTL},
	{SL_TSYNCTXCTL, .write = write_TSYNCTXCTL},
	{.reg = SOFTNIC_NO_REG},
};
