/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The words start, stop, rate, autostart and clear of gen and pcap. wire_run.h
 * passes these settings to the device thread.
 */

#include "wire_clock.h"
#include "wire_run.h"

int
wire_run_rate(void *ctx, const char *value)
{
	struct wire_run *r = ctx;

	r->rate_no++;
	return wire_parse_rate(value, &r->rate);
}

int
wire_run_autostart(void *ctx, const char *value)
{
	return wire_parse_bool(value, &((struct wire_run *)ctx)->run);
}

int
wire_run_start(void *ctx, const char *value)
{
	struct wire_run *r = ctx;

	(void)value;
	r->run = true;
	r->start_no++;
	return 0;
}

int
wire_run_stop(void *ctx, const char *value)
{
	(void)value;
	((struct wire_run *)ctx)->run = false;
	return 0;
}

int
wire_run_clear(void *ctx, const char *value)
{
	struct wire_run *r = ctx;

	(void)value;
	r->clear_no++;
	r->clear_at = wire_clock_now();
	return 0;
}
