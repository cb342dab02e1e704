/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Time sync of the igb family, with a clock that the test advances: rates and units, setting and
 * adjusting the time, time stamps of sent and received frames, target times.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "softnic_drv.h"

#define ALL(a) (sizeof(a) / sizeof((a)[0]))
#define NS UINT64_C(1000000000)
#define STAMP 16u /* bytes before a frame */

/** A device and its unit of time. */
struct device {
	const char *name;
	bool ns, seconds; /**< since the 82580; I210 and I211 */
};

static const struct device devices[] = {
	{"82576", false, false},
	{"82580", true, false},
	{"i350", true, false},
	{"i354", true, false},
	{"i210", true, true},
	{"i211", true, true},
};

/* Start the device's time at zero with its nominal rate. */
static void
begin(struct nic_drv *r, const struct device *d)
{
	drv_clock(r, 5 * NS + 3);
	if (d->ns)
		SL_WR(&r->bus, TSAUXC, 0, 0);
	else
		SL_WR(&r->bus, TIMINCA, 0,
			SL_PREP(SL_TIMINCA_PERIOD, 1) | SL_PREP(SL_TIMINCA_INCREMENT, 16 << 19));
}

#define EACH(name) DRV_EACH_FROM(begin, name, devices)

/* Time in the device's registers, read in the order that latches it. */
static uint64_t
systim(struct nic_drv *r, const struct device *d)
{
	uint64_t low;

	if (d->ns)
		(void)SL_RD(&r->bus, SYSTIMR, 0);
	low = SL_RD(&r->bus, SYSTIML, 0);
	return (uint64_t)SL_RD(&r->bus, SYSTIMH, 0) << 32 | low;
}

/* @p ns nanoseconds in units of the device. */
static uint64_t
units(const struct device *d, uint64_t ns)
{
	if (!d->ns)
		return ns << 19;
	return d->seconds ? ns / NS << 32 | ns % NS : ns & ((UINT64_C(1) << 40) - 1);
}

/* --- the time --- */

/* 8.16.9, 8.16.10: nominal rate, faster, slower, stopped; and the range of the time. */
static void
rates(struct nic_drv *r, const struct device *d)
{
	uint64_t before;

	assert_int_equal(systim(r, d), 0);
	r->clock_ns += NS;
	assert_int_equal(systim(r, d), units(d, NS));
	r->clock_ns += 1600;
	assert_int_equal(systim(r, d), units(d, NS + 1600));
	if (d->ns) {
		/* 100 ppm faster: added to each 8 ns, in 2^-32 ns. Then slower by as much. */
		SL_WR(&r->bus, TIMINCA, 0, 3435974);
		r->clock_ns += NS;
		assert_int_equal(systim(r, d), units(d, 2 * NS + 1600 + 100000));
		SL_WR(&r->bus, TIMINCA, 0, SL_TIMINCA_MINUS | 3435974);
		r->clock_ns += NS;
		assert_int_equal(systim(r, d), units(d, 3 * NS + 1600));
		SL_WR(&r->bus, TSAUXC, 0, SL_TSAUXC_DISABLE);
	} else {
		SL_WR(&r->bus, TIMINCA, 0,
			SL_PREP(SL_TIMINCA_PERIOD, 2) | SL_PREP(SL_TIMINCA_INCREMENT, 16 << 19));
		r->clock_ns += NS;
		assert_int_equal(systim(r, d), units(d, NS + 1600 + NS / 2));
		SL_WR(&r->bus, TIMINCA, 0, SL_PREP(SL_TIMINCA_PERIOD, 1));
	}
	before = systim(r, d);
	r->clock_ns += 7 * NS;
	assert_int_equal(systim(r, d), before);
	/* 2^40 ns are 18.3 minutes. */
	SL_WR(&r->bus, CTRL, 0, SL_CTRL_RST);
	if (!d->ns)
		return;
	assert_int_equal(systim(r, d), 0);
	assert_int_equal(SL_RD(&r->bus, TSAUXC, 0), SL_TSAUXC_DISABLE);
	SL_WR(&r->bus, TSAUXC, 0, 0);
	r->clock_ns += 1100 * NS;
	assert_int_equal(systim(r, d), units(d, 1100 * NS));
}
EACH(rates)

/* Parts of a nanosecond add up, also if each tick is read. A rate applies from its write on. */
static void
ticks(struct nic_drv *r, const struct device *d)
{
	const uint64_t start = r->clock_ns;
	unsigned int i;

	if (!d->ns)
		return;
	SL_WR(&r->bus, TIMINCA, 0, SL_TIMINCA_RATE);
	for (i = 0; i < 1000; i++) {
		r->clock_ns += 8;
		(void)systim(r, d);
	}
	assert_int_equal(systim(r, d), 8000 + 499);
	SL_WR(&r->bus, TIMINCA, 0, SL_TIMINCA_MINUS | SL_TIMINCA_RATE);
	for (i = 0; i < 1000; i++) {
		r->clock_ns += 8;
		(void)systim(r, d);
	}
	assert_int_equal(systim(r, d), r->clock_ns - start);
	r->clock_ns += NS;
	SL_WR(&r->bus, TIMINCA, 0, 0);
	assert_int_equal(systim(r, d), r->clock_ns - start - NS / 16);
}
EACH(ticks)

/* The first read latches the rest of the time until that is read. A dump has no effect. */
static void
held(struct nic_drv *r, const struct device *d)
{
	uint64_t low;
	FILE *f;

	r->clock_ns += 3 * NS + 2 * NS / 10;
	if (d->ns)
		(void)SL_RD(&r->bus, SYSTIMR, 0);
	low = SL_RD(&r->bus, SYSTIML, 0);
	r->clock_ns += 60 * NS;
	f = fopen("/dev/null", "w");
	assert_non_null(f);
	sl_softnic_dump(r->nic, f);
	fclose(f);
	assert_int_equal(
		(uint64_t)SL_RD(&r->bus, SYSTIMH, 0) << 32 | low, units(d, 3 * NS + 2 * NS / 10));
	assert_int_equal(systim(r, d), units(d, 63 * NS + 2 * NS / 10));
}
EACH(held)

/* The time is set in two halves, and adjusted by a signed offset. */
static void
set(struct nic_drv *r, const struct device *d)
{
	SL_WR(&r->bus, SYSTIML, 0, 999999990);
	SL_WR(&r->bus, SYSTIMH, 0, 0x12);
	assert_int_equal(systim(r, d), UINT64_C(0x12) << 32 | 999999990);
	if (!d->seconds) {
		SL_WR(&r->bus, TIMADJL, 0, 10);
		assert_int_equal(systim(r, d), UINT64_C(0x12) << 32 | 999999990);
		SL_WR(&r->bus, TIMADJH, 0, 1);
		assert_int_equal(systim(r, d), UINT64_C(0x13) << 32 | 1000000000);
		SL_WR(&r->bus, TIMADJH, 0, SL_TIMADJ_MINUS | 2);
		assert_int_equal(systim(r, d), UINT64_C(0x11) << 32 | 999999990);
		return;
	}
	r->clock_ns += 16;
	assert_int_equal(systim(r, d), UINT64_C(0x13) << 32 | 6);
	SL_WR(&r->bus, TSIM, 0, SL_TSICR_TADJ);
	SL_WR(&r->bus, TIMADJL, 0, 100);
	assert_int_equal(systim(r, d), UINT64_C(0x13) << 32 | 106);
	assert_true((SL_RD(&r->bus, ICR, 0) & SL_ICR_TS) != 0);
	SL_WR(&r->bus, TIMADJL, 0, SL_TIMADJ_MINUS | 107);
	assert_int_equal(systim(r, d), UINT64_C(0x12) << 32 | 999999999);
	/* Seconds since 1970, as drivers set them. */
	SL_WR(&r->bus, SYSTIMH, 0, 0xf0000000);
	r->clock_ns += NS;
	assert_int_equal(systim(r, d) >> 32, 0xf0000001);
	SL_WR(&r->bus, SYSTIMTM, 0, UINT32_MAX);
	assert_int_equal(SL_RD(&r->bus, SYSTIMTM, 0), 0xffff);
	assert_int_equal(systim(r, d) >> 32, 0xf0000001);
}
EACH(set)

/* Without a test clock, the time is that of the system. */
static void
test_real(void **state)
{
	struct nic_drv *r = *state;
	uint64_t before;
	unsigned int i;

	SL_WR(&r->bus, TIMINCA, 0,
		SL_PREP(SL_TIMINCA_PERIOD, 1) | SL_PREP(SL_TIMINCA_INCREMENT, 16 << 19));
	before = systim(r, &devices[0]);
	for (i = 0; i < 10000000 && systim(r, &devices[0]) == before; i++)
		;
	assert_true(systim(r, &devices[0]) > before);
}

/* --- interrupts --- */

/* Target times, samples, and the start of a second are interrupt causes. TSICR reports which. */
static void
targets(struct nic_drv *r, const struct device *d)
{
	unsigned int i;

	if (!d->ns)
		return;
	SL_WR(&r->bus, IMS, 0, SL_ICR_TS);
	for (i = 0; i < 2; i++) {
		const uint64_t at = units(d, (i + 1) * NS + 24);

		SL_WR(&r->bus, TRGTTIML, i, (uint32_t)at);
		SL_WR(&r->bus, TRGTTIMH, i, (uint32_t)(at >> 32));
	}
	SL_WR(&r->bus, TSIM, 0, SL_TSICR_TT(0) | SL_TSICR_TT(1) | SL_TSICR_AUTT(1));
	SL_WR(&r->bus, TSAUXC, 0, SL_TSAUXC_EN_TT(0) | SL_TSAUXC_EN_TT(1));
	r->clock_ns += NS;
	sl_softnic_step(r->nic, 1);
	assert_int_equal(SL_RD(&r->bus, ICR, 0) & SL_ICR_TS, 0);
	r->clock_ns += 24;
	sl_softnic_step(r->nic, 1);
	assert_true((SL_RD(&r->bus, ICR, 0) & SL_ICR_TS) != 0);
	assert_int_equal(SL_RD(&r->bus, TSICR, 0) & ~SL_TSICR_SYS_WRAP, SL_TSICR_TT(0));
	/* A read clears it, except on the 82580. */
	assert_int_equal(
		(SL_RD(&r->bus, TSICR, 0) & SL_TSICR_TT(0)) != 0, strcmp(d->name, "82580") == 0);
	SL_WR(&r->bus, TSICR, 0, UINT32_MAX);
	assert_int_equal(SL_RD(&r->bus, TSICR, 0), 0);
	assert_int_equal(SL_RD(&r->bus, TSAUXC, 0), SL_TSAUXC_EN_TT(1));
	r->clock_ns += 3 * NS;
	sl_softnic_step(r->nic, 1);
	assert_true((SL_RD(&r->bus, TSICR, 0) & SL_TSICR_TT(1)) != 0);
	SL_WR(&r->bus, TSICR, 0, UINT32_MAX);
	/* A sample. */
	(void)SL_RD(&r->bus, ICR, 0);
	SL_WR(&r->bus, TSAUXC, 0, SL_TSAUXC_SAMP_AUT(1));
	assert_true((SL_RD(&r->bus, ICR, 0) & SL_ICR_TS) != 0);
	assert_int_equal(SL_RD(&r->bus, TSAUXC, 0), SL_TSAUXC_AUTT(1));
	assert_int_equal(SL_RD(&r->bus, AUXSTMPL, 1), (uint32_t)units(d, 4 * NS + 24));
	assert_int_equal(SL_RD(&r->bus, AUXSTMPH, 1), (uint32_t)(units(d, 4 * NS + 24) >> 32));
	assert_int_equal(SL_RD(&r->bus, TSAUXC, 0), 0);
	SL_WR(&r->bus, TSICR, 0, UINT32_MAX);
	/* Once per second, on devices with seconds. */
	SL_WR(&r->bus, TSIM, 0, SL_TSICR_SYS_WRAP);
	(void)SL_RD(&r->bus, ICR, 0);
	r->clock_ns += NS / 2;
	sl_softnic_step(r->nic, 1);
	assert_int_equal(SL_RD(&r->bus, ICR, 0) & SL_ICR_TS, 0);
	r->clock_ns += NS / 2;
	sl_softnic_step(r->nic, 1);
	assert_int_equal((SL_RD(&r->bus, ICR, 0) & SL_ICR_TS) != 0, d->seconds);
}
EACH(targets)

/* --- stamps of frames sent --- */

static void
sent(struct nic_drv *r, const struct device *d)
{
	uint8_t frame[100];
	uint64_t at;

	drv_start(r);
	frame_ether(frame, sizeof(frame), frame_broadcast, 3);
	/* Disabled: no stamp is taken. */
	drv_tx_one(r, 0, frame, sizeof(frame), SL_TXD_MAC_TSTAMP, 0);
	drv_run(r);
	assert_int_equal(SL_RD(&r->bus, TSYNCTXCTL, 0), 0);
	SL_WR(&r->bus, TSYNCTXCTL, 0, SL_TSYNC_EN | SL_TSYNC_VALID);
	if (d->ns)
		SL_WR(&r->bus, TSIM, 0, SL_TSICR_TXTS);
	(void)SL_RD(&r->bus, ICR, 0);
	drv_tx_one(r, 0, frame, sizeof(frame), 0, 0);
	drv_run(r);
	assert_int_equal(SL_RD(&r->bus, TSYNCTXCTL, 0), SL_TSYNC_EN);
	r->clock_ns += NS + 480;
	drv_tx_one(r, 0, frame, sizeof(frame), SL_TXD_MAC_TSTAMP, 0);
	drv_run(r);
	assert_int_equal(SL_RD(&r->bus, TSYNCTXCTL, 0), SL_TSYNC_EN | SL_TSYNC_VALID);
	assert_int_equal((SL_RD(&r->bus, ICR, 0) & SL_ICR_TS) != 0, d->ns);
	/* The first stamp is kept until it is read. */
	r->clock_ns += NS;
	drv_tx_one(r, 0, frame, sizeof(frame), SL_TXD_MAC_TSTAMP, 0);
	drv_run(r);
	at = SL_RD(&r->bus, TXSTMPL, 0);
	assert_int_equal(SL_RD(&r->bus, TSYNCTXCTL, 0), SL_TSYNC_EN | SL_TSYNC_VALID);
	at |= (uint64_t)SL_RD(&r->bus, TXSTMPH, 0) << 32;
	assert_int_equal(at, units(d, NS + 480));
	assert_int_equal(SL_RD(&r->bus, TSYNCTXCTL, 0), SL_TSYNC_EN);
	assert_int_equal(r->wire->out.n, 4);
}
EACH(sent)

/* --- stamps of frames received --- */

/* Where the stamp of the next frame is. */
enum fate { PLAIN, HELD, FRONT };

static enum fate
arrives(struct nic_drv *r, const uint8_t *frame, uint32_t len)
{
	volatile union sl_rx_desc *d;
	uint32_t status;

	drv_wire_in(r, frame, len);
	drv_run(r);
	d = drv_rx_next(r, 0, NULL);
	assert_non_null((const void *)d);
	status = d->wb.status;
	return (status & SL_RXD_STAT_TSIP) != 0 ? FRONT :
		(status & SL_RXD_STAT_TS) != 0	? HELD :
						  PLAIN;
}

static void
receive_by(struct nic_drv *r, enum sl_tsync_type type, uint32_t cfg)
{
	SL_WR(&r->bus, TSYNCRXCFG, 0, cfg);
	SL_WR(&r->bus, TSYNCRXCTL, 0, SL_TSYNC_EN | SL_PREP(SL_TSYNCRXCTL_TYPE, type));
	(void)SL_RD(&r->bus, RXSTMPH, 0);
}

/* 8.16.1, 8.16.13: only the selected messages are stamped. The stamp is kept until it is read. */
static void
named(struct nic_drv *r, const struct device *d)
{
	uint8_t frame[DRV_BUF];
	uint32_t len;
	uint64_t at;

	drv_start(r);
	SL_WR(&r->bus, ETQF, 3, SL_ETQF_EN | SL_ETQF_1588 | 0x88f7);
	len = frame_ptp(frame, true, 0);
	assert_int_equal(arrives(r, frame, len), PLAIN);
	receive_by(r, SL_TSYNC_EVENT_V2, 0);
	if (d->ns)
		SL_WR(&r->bus, TSIM, 0, SL_TSICR_RXTS);
	(void)SL_RD(&r->bus, ICR, 0);
	r->clock_ns += 2 * NS + 160;
	assert_int_equal(arrives(r, frame, len), HELD);
	assert_true((SL_RD(&r->bus, TSYNCRXCTL, 0) & SL_TSYNC_VALID) != 0);
	assert_int_equal((SL_RD(&r->bus, ICR, 0) & SL_ICR_TS) != 0, d->ns);
	r->clock_ns += NS;
	assert_int_equal(arrives(r, frame, len), PLAIN);
	assert_int_equal(SL_RD(&r->bus, RXSATRL, 0), 0x101112ff);
	assert_int_equal(SL_RD(&r->bus, RXSATRH, 0), 0x0a0bfe13);
	at = SL_RD(&r->bus, RXSTMPL, 0);
	at |= (uint64_t)SL_RD(&r->bus, RXSTMPH, 0) << 32;
	assert_int_equal(at, units(d, 2 * NS + 160));
	assert_int_equal(SL_RD(&r->bus, TSYNCRXCTL, 0) & SL_TSYNC_VALID, 0);
	/* No stamp for general messages, other ports and other types. */
	assert_int_equal(arrives(r, frame, frame_ptp(frame, true, 0xb)), PLAIN);
	assert_int_equal(arrives(r, frame, frame_ptp(frame, false, 3)), HELD);
	(void)SL_RD(&r->bus, RXSTMPH, 0);
	assert_int_equal(arrives(r, frame, frame_ptp(frame, false, 7)), HELD);
	(void)SL_RD(&r->bus, RXSTMPH, 0);
	/* A message without its body is not stamped. */
	assert_int_equal(arrives(r, frame, frame_ptp(frame, true, 0) - 9), PLAIN);
	receive_by(r, SL_TSYNC_V2, SL_PREP(SL_TSYNCRXCFG_V2, 1));
	assert_int_equal(arrives(r, frame, frame_ptp(frame, false, 0)), PLAIN);
	assert_int_equal(arrives(r, frame, frame_ptp(frame, true, 1)), HELD);
	(void)SL_RD(&r->bus, RXSTMPH, 0);
	assert_int_equal(arrives(r, frame, frame_ptp(frame, true, 2)), HELD);
	receive_by(r, SL_TSYNC_L2_V2, SL_PREP(SL_TSYNCRXCFG_V2, 1));
	assert_int_equal(arrives(r, frame, frame_ptp(frame, true, 1)), PLAIN);
	assert_int_equal(arrives(r, frame, frame_ptp(frame, false, 1)), HELD);
	receive_by(r, SL_TSYNC_L4_V1, 0);
	assert_int_equal(arrives(r, frame, frame_ptp(frame, false, 1)), PLAIN);
	assert_int_equal(arrives(r, frame, frame_ptp(frame, true, 1)), HELD);
	receive_by(r, SL_TSYNC_L4_V1, 1);
	assert_int_equal(arrives(r, frame, frame_ptp(frame, true, 1)), PLAIN);
	/* The Ethertype filter must request the stamp. */
	receive_by(r, SL_TSYNC_EVENT_V2, 0);
	SL_WR(&r->bus, ETQF, 3, SL_ETQF_EN | 0x88f7);
	assert_int_equal(arrives(r, frame, frame_ptp(frame, false, 1)), PLAIN);
	/* All frames, since the 82580. */
	receive_by(r, SL_TSYNC_ALL, 0);
	frame_ether(frame, 60, drv_mac, 3);
	assert_int_equal(arrives(r, frame, 60), d->ns ? HELD : PLAIN);
	(void)SL_RD(&r->bus, RXSTMPH, 0);
	if (d->ns) {
		SL_WR(&r->bus, TSAUXC, 0, SL_TSAUXC_DISABLE);
		assert_int_equal(arrives(r, frame, 60), PLAIN);
		SL_WR(&r->bus, TSAUXC, 0, 0);
	}
	/* Disabled again. */
	SL_WR(&r->bus, TSYNCRXCTL, 0, 0);
	assert_int_equal(arrives(r, frame, frame_ptp(frame, true, 1)), PLAIN);
}
EACH(named)

/* Stamps before the data: of whole frames and of chains, with the tag removed and the FCS kept. */
static void
in_front(struct nic_drv *r, const struct device *d)
{
	static const uint8_t none[8];
	uint8_t frame[3000], all[3 * DRV_BUF];
	uint32_t len, round;

	if (!d->ns)
		return;
	drv_start(r);
	SL_WR(&r->bus, RCTL, 0, SL_RD(&r->bus, RCTL, 0) | SL_RCTL_LPE);
	SL_WR(&r->bus, SRRCTL, 0, SL_RD(&r->bus, SRRCTL, 0) | SL_SRRCTL_TIMESTAMP);
	receive_by(r, SL_TSYNC_ALL, 0);
	frame_ether(frame, sizeof(frame), drv_mac, 3);
	if (d->seconds) {
		/* An I210 needs space for the stamp in its packet buffer. */
		assert_int_equal(arrives(r, frame, 60), HELD);
		SL_WR(&r->bus, RXPBS, 0, SL_RD(&r->bus, RXPBS, 0) | SL_RXPBS_TS_EN_I210);
	}
	frame_put16(frame + 12, 0x8100);
	for (round = 0; round < 8; round++) {
		/* The longest frame for one buffer, and the shortest that needs two. */
		static const uint32_t lens[] = {60, DRV_BUF - STAMP, DRV_BUF - STAMP + 1, 3000};
		const bool edits = round >= 4;
		uint32_t done = 0, status = 0;
		uint64_t at;

		len = lens[round % 4];
		SL_WR(&r->bus, CTRL, 0,
			(SL_RD(&r->bus, CTRL, 0) & ~SL_CTRL_VME) | (edits ? SL_CTRL_VME : 0));
		SL_WR(&r->bus, RCTL, 0,
			(SL_RD(&r->bus, RCTL, 0) & ~SL_RCTL_SECRC) | (edits ? 0 : SL_RCTL_SECRC));
		r->clock_ns += NS + 8;
		at = systim(r, d);
		drv_wire_in(r, frame, len);
		drv_run(r);
		while ((status & SL_RXD_STAT_EOP) == 0) {
			const uint8_t *data;
			volatile union sl_rx_desc *wb = drv_rx_next(r, 0, &data);

			assert_non_null((const void *)wb);
			status = wb->wb.status;
			memcpy(all + done, data, wb->wb.length);
			done += wb->wb.length;
		}
		/* The tag is removed and the FCS is added: four bytes each. */
		assert_int_equal(done, STAMP + len);
		assert_true((status & SL_RXD_STAT_TSIP) != 0);
		assert_memory_equal(all, none, sizeof(none));
		assert_memory_equal(all + 8, &at, sizeof(at));
		assert_memory_equal(all + STAMP, frame, 12);
		assert_memory_equal(
			all + STAMP + 12, frame + (edits ? 16 : 12), len - (edits ? 16 : 12));
		if (edits)
			assert_int_equal(status & SL_RXD_STAT_VP, SL_RXD_STAT_VP);
	}
}
EACH(in_front)

/* I2C lines that are not pulled down are high. */
static void
lines(struct nic_drv *r, const struct device *d)
{
	if (!d->ns)
		return;
	SL_WR(&r->bus, I2CPARAMS, 0, SL_I2C_CLK_FREE | SL_I2C_DATA_FREE);
	assert_int_equal(SL_RD(&r->bus, I2CPARAMS, 0),
		SL_I2C_CLK_FREE | SL_I2C_DATA_FREE | SL_I2C_CLK_IN | SL_I2C_DATA_IN);
	SL_WR(&r->bus, I2CPARAMS, 0, SL_I2C_CLK_OUT | SL_I2C_CLK_FREE);
	assert_int_equal(
		SL_RD(&r->bus, I2CPARAMS, 0) & (SL_I2C_CLK_IN | SL_I2C_DATA_IN), SL_I2C_CLK_IN);
	SL_WR(&r->bus, I2CPARAMS, 0, UINT32_MAX & ~(SL_I2C_CLK_OUT | SL_I2C_CLK_FREE));
	assert_int_equal(
		SL_RD(&r->bus, I2CPARAMS, 0) & (SL_I2C_CLK_IN | SL_I2C_DATA_IN), SL_I2C_DATA_IN);
}
EACH(lines)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_ticks),
		cmocka_unit_test(test_held),
		cmocka_unit_test(test_set),
		cmocka_unit_test_setup_teardown(test_real, drv_setup, drv_teardown),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_sent),
		cmocka_unit_test(test_named),
		cmocka_unit_test(test_in_front),
		cmocka_unit_test(test_lines),
	};

	return cmocka_run_group_tests_name("softigb_time", tests, NULL, NULL);
}
