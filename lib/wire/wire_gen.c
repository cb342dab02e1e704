/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Control functions of gen: words, counters and report, open and close. The
 * generator is in wire_gen_tx.c, the sink in wire_gen_rx.c.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "wire_clock.h"
#include "wire_gen.h"

#define NS_PER_S 1e9

/* --- words --- */

static int
set_size(void *ctx, const char *value)
{
	struct gen_config *c = ctx;
	const uint64_t min = WIRE_FRAME_MIN + WIRE_FCS, max = WIRE_FRAME_MAX + WIRE_FCS;
	uint64_t from, to;
	char first[8];
	size_t len = strcspn(value, "-");

	c->shape_no++;
	/* A rate given as a share of the line depends on the frame size. */
	c->run.rate_no++;
	if (strcmp(value, "imix") == 0) {
		c->mix = GEN_MIX_IMIX;
		c->len_min = WIRE_FRAME_MIN;
		c->len_max = 1518 - WIRE_FCS;
		return 0;
	}
	if (len >= sizeof(first))
		return -EINVAL;
	memcpy(first, value, len);
	first[len] = '\0';
	if (wire_parse_u64(first, min, max, &from) != 0)
		return -EINVAL;
	to = from;
	if (value[len] == '-' && wire_parse_u64(value + len + 1, from, max, &to) != 0)
		return -EINVAL;
	c->mix = from == to ? GEN_MIX_FIXED : GEN_MIX_RANGE;
	c->len_min = (uint32_t)(from - WIRE_FCS);
	c->len_max = (uint32_t)(to - WIRE_FCS);
	return 0;
}

static int
set_flows(void *ctx, const char *value)
{
	struct gen_config *c = ctx;
	uint64_t v;

	if (wire_parse_u64(value, 1, GEN_FLOWS_MAX, &v) != 0)
		return -EINVAL;
	c->flows = (uint32_t)v;
	c->shape_no++;
	return 0;
}

static int
set_burst(void *ctx, const char *value)
{
	struct gen_config *c = ctx;
	uint64_t v;

	if (wire_parse_u64(value, 1, WIRE_BURST_MAX, &v) != 0)
		return -EINVAL;
	c->burst = (uint32_t)v;
	c->run.rate_no++;
	return 0;
}

static int
set_count(void *ctx, const char *value)
{
	return wire_parse_u64(value, 0, UINT64_MAX, &((struct gen_config *)ctx)->count);
}

static int
set_seed(void *ctx, const char *value)
{
	struct gen_config *c = ctx;

	c->shape_no++;
	return wire_parse_u64(value, 0, UINT64_MAX, &c->seed);
}

static int
set_dst(void *ctx, const char *value)
{
	struct gen_config *c = ctx;

	c->shape_no++;
	return wire_parse_mac(value, c->dst);
}

static int
set_src(void *ctx, const char *value)
{
	struct gen_config *c = ctx;

	c->shape_no++;
	/* Bit 0 of the first byte marks a group address, which cannot be a source. */
	return wire_parse_mac(value, c->src) != 0 || (c->src[0] & 1) != 0 ? -EINVAL : 0;
}

static const struct wire_opt gen_opts[] = {
	{"size", WIRE_AT_OPEN | WIRE_AT_CONTROL,
		"64..9728 bytes with FCS, a range A-B of them, or imix", set_size},
	{"rate", WIRE_AT_OPEN | WIRE_AT_CONTROL, WIRE_RATE_ALLOWED, wire_run_rate},
	{"flows", WIRE_AT_OPEN | WIRE_AT_CONTROL, "1..65536", set_flows},
	{"burst", WIRE_AT_OPEN | WIRE_AT_CONTROL, "1..64 frames", set_burst},
	{"count", WIRE_AT_OPEN | WIRE_AT_CONTROL, "frames a start, 0 for no end", set_count},
	{"seed", WIRE_AT_OPEN | WIRE_AT_CONTROL, "0..18446744073709551615", set_seed},
	{"dst", WIRE_AT_OPEN | WIRE_AT_CONTROL, "a MAC address, 02:00:00:00:00:01", set_dst},
	{"src", WIRE_AT_OPEN | WIRE_AT_CONTROL, "a MAC address that is not a group's", set_src},
	{"autostart", WIRE_AT_OPEN, "0 or 1", wire_run_autostart},
	{"start", WIRE_AT_CONTROL | WIRE_BARE, "", wire_run_start},
	{"stop", WIRE_AT_CONTROL | WIRE_BARE, "", wire_run_stop},
	{"clear", WIRE_AT_CONTROL | WIRE_BARE, "", wire_run_clear},
	{NULL, 0, NULL, NULL},
};

static const struct gen_config gen_default = {
	.mix = GEN_MIX_FIXED,
	.len_min = WIRE_FRAME_MIN,
	.len_max = WIRE_FRAME_MIN,
	.flows = 1,
	.burst = 32,
	.seed = 1,
	.dst = {0x02, 0x53, 0x4c, 0x00, 0x00, 0x02},
	.src = {0x02, 0x53, 0x4c, 0x00, 0x00, 0x01},
	.run = {.run = true},
};

/* control() can return only an errno; the reason as text is available only at open. */
static int
gen_control(struct sl_wire *w, const char *word)
{
	struct gen_wire *g = (struct gen_wire *)w;
	const struct wire_why silent = {NULL, 0};
	struct gen_config c;
	int ret;

	if (word == NULL || word[0] == '\0')
		return -EINVAL;
	pthread_mutex_lock(&g->box.lock);
	c = g->want;
	ret = wire_opts_parse("gen", word, WIRE_AT_CONTROL, gen_opts, &c, &silent);
	if (ret == 0) {
		g->want = c;
		wire_box_post(&g->box);
	}
	pthread_mutex_unlock(&g->box.lock);
	return ret;
}

/* --- counters and report --- */

static bool
is_running(const struct gen_wire *g)
{
	if (!g->want.run.run)
		return false;
	/* A start counts as done even if the device thread has not applied it yet. */
	if (g->now.run.start_no != g->want.run.start_no)
		return true;
	return atomic_load_explicit(&g->tx.running, memory_order_relaxed);
}

static double
to_ns(const struct gen_wire *g, uint64_t ticks)
{
	return (double)ticks * NS_PER_S / g->hz;
}

/* Value of a counter; 0 after a clear that the device thread has not applied yet. */
static uint64_t
value(const struct gen_wire *g, const wire_count_t *c)
{
	return g->now.run.clear_no == g->want.run.clear_no ? wire_count_get(c) : 0;
}

static uint64_t
value_ns(const struct gen_wire *g, const wire_count_t *c)
{
	return (uint64_t)(to_ns(g, value(g, c)) + 0.5);
}

static uint64_t
quantile_ns(const struct gen_wire *g, double q)
{
	if (value(g, &g->rx.hist.count) == 0)
		return 0;
	return (uint64_t)(to_ns(g, wire_hist_quantile(&g->rx.hist, q)) + 0.5);
}

static unsigned int
gen_counters(struct sl_wire *w, struct sl_wire_counter *out, unsigned int max)
{
	struct gen_wire *g = (struct gen_wire *)w;
	const struct gen_tx *tx = &g->tx;
	const struct gen_rx *rx = &g->rx;
	unsigned int n;

	/* The lock prevents a clear while the counters are read. */
	pthread_mutex_lock(&g->box.lock);
	const struct wire_counter_row rows[] = {
		{"gen_tx_frames", value(g, &tx->frames)},
		{"gen_tx_bytes", value(g, &tx->bytes)},
		{"gen_tx_skipped", value(g, &tx->skipped)},
		{"gen_rx_frames", value(g, &rx->frames)},
		{"gen_rx_bytes", value(g, &rx->bytes)},
		{"gen_rx_lost", value(g, &rx->lost)},
		{"gen_rx_reordered", value(g, &rx->reordered)},
		{"gen_rx_duplicate", value(g, &rx->duplicate)},
		{"gen_rx_late", value(g, &rx->late)},
		{"gen_rx_stale", value(g, &rx->stale)},
		{"gen_rx_corrupt", value(g, &rx->corrupt)},
		{"gen_rx_foreign", value(g, &rx->foreign)},
		{"gen_lat_p50_ns", quantile_ns(g, 0.5)},
		{"gen_lat_p99_ns", quantile_ns(g, 0.99)},
		{"gen_lat_p999_ns", quantile_ns(g, 0.999)},
		{"gen_lat_max_ns", value_ns(g, &rx->hist.max)},
		{"gen_running", is_running(g)},
	};

	n = wire_counters_out(rows, sizeof(rows) / sizeof(rows[0]), out, max);
	pthread_mutex_unlock(&g->box.lock);
	return n;
}

static const char *
mix_name(enum gen_mix mix)
{
	switch (mix) {
	case GEN_MIX_RANGE:
		return "range";
	case GEN_MIX_IMIX:
		return "imix";
	case GEN_MIX_FIXED:
	default:
		return "fixed";
	}
}

static void
report_tx(const struct gen_wire *g, FILE *json)
{
	const struct gen_config *c = &g->want;
	const struct gen_tx *tx = &g->tx;

	fprintf(json,
		"\"tx\":{\"stream\":%u,\"frames\":%" PRIu64 ",\"bytes\":%" PRIu64
		",\"skipped\":%" PRIu64 ","
		"\"next_sequence\":%" PRIu64 ",\"running\":%s,",
		tx->key, value(g, &tx->frames), value(g, &tx->bytes), value(g, &tx->skipped),
		wire_count_get(&tx->seq), is_running(g) ? "true" : "false");
	fprintf(json,
		"\"mix\":\"%s\",\"size_min\":%u,\"size_max\":%u,\"rate_fps\":%.1f,"
		"\"flows\":%u,\"burst\":%u,\"count\":%" PRIu64 ",\"seed\":%" PRIu64 "}",
		mix_name(c->mix), c->len_min + WIRE_FCS, c->len_max + WIRE_FCS,
		wire_rate_fps(&c->run.rate, gen_mean_len(c)), c->flows, c->burst, c->count,
		c->seed);
}

static void
report_streams(const struct gen_rx *rx, FILE *json)
{
	const char *comma = "";
	unsigned int i;

	for (i = 0; i < GEN_STREAMS; i++) {
		const struct gen_stream *s = &rx->stream[i];

		if (!atomic_load_explicit(&s->used, memory_order_relaxed))
			continue;
		fprintf(json,
			"%s{\"stream\":%u,\"base\":%" PRIu64 ",\"next_sequence\":%" PRIu64 ","
			"\"frames\":%" PRIu64 "}",
			comma, atomic_load_explicit(&s->key, memory_order_relaxed),
			wire_count_get(&s->base), wire_count_get(&s->next),
			wire_count_get(&s->received));
		comma = ",";
	}
}

/* Write every bucket that is not empty, as [largest value in ns, frames]. */
static void
report_buckets(const struct gen_wire *g, FILE *json)
{
	const char *comma = "";
	unsigned int i;

	for (i = 0; i < WIRE_HIST_BUCKETS; i++) {
		const uint64_t n = value(g, &g->rx.hist.bucket[i]);

		if (n == 0)
			continue;
		fprintf(json, "%s[%.1f,%" PRIu64 "]", comma, to_ns(g, wire_hist_top(i)), n);
		comma = ",";
	}
}

static void
report_rx(const struct gen_wire *g, FILE *json)
{
	const struct gen_rx *rx = &g->rx;
	const uint64_t count = value(g, &rx->hist.count);
	const struct wire_counter_row rows[] = {
		{"frames", value(g, &rx->frames)},
		{"bytes", value(g, &rx->bytes)},
		{"lost", value(g, &rx->lost)},
		{"reordered", value(g, &rx->reordered)},
		{"duplicate", value(g, &rx->duplicate)},
		{"late", value(g, &rx->late)},
		{"stale", value(g, &rx->stale)},
		{"corrupt", value(g, &rx->corrupt)},
		{"foreign", value(g, &rx->foreign)},
	};
	unsigned int i;

	fprintf(json, "\"rx\":{");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		fprintf(json, "\"%s\":%" PRIu64 ",", rows[i].name, rows[i].value);
	fprintf(json,
		"\"latency_ns\":{\"count\":%" PRIu64 ",\"min\":%" PRIu64 ",\"mean\":%.0f,"
		"\"p50\":%" PRIu64 ",\"p90\":%" PRIu64 ",\"p99\":%" PRIu64 ",\"p999\":%" PRIu64
		",\"max\":%" PRIu64 ",\"buckets\":[",
		count, value_ns(g, &rx->hist.min),
		count != 0 ? to_ns(g, value(g, &rx->hist.sum)) / (double)count : 0,
		quantile_ns(g, 0.5), quantile_ns(g, 0.9), quantile_ns(g, 0.99),
		quantile_ns(g, 0.999), value_ns(g, &rx->hist.max));
	report_buckets(g, json);
	fprintf(json, "]},\"streams\":[");
	report_streams(rx, json);
	fprintf(json, "]}");
}

static void
gen_report(struct sl_wire *w, FILE *json)
{
	struct gen_wire *g = (struct gen_wire *)w;

	pthread_mutex_lock(&g->box.lock);
	fprintf(json, "{\"kind\":\"gen\",");
	report_tx(g, json);
	fprintf(json, ",");
	report_rx(g, json);
	fprintf(json, "}");
	pthread_mutex_unlock(&g->box.lock);
}

/* --- open and close --- */

static void
gen_close(struct sl_wire *w)
{
	struct gen_wire *g = (struct gen_wire *)w;

	pthread_mutex_destroy(&g->box.lock);
	free(g->tx.slots);
	free((void *)(uintptr_t)g->pattern);
	free(g);
}

static const struct sl_wire_ops gen_ops = {
	.kind = "gen",
	.send = gen_send,
	.poll = gen_poll,
	.counters = gen_counters,
	.control = gen_control,
	.report = gen_report,
	.close = gen_close,
};

static struct gen_wire *
gen_alloc(void)
{
	struct gen_wire *g = calloc(1, sizeof(*g));
	uint8_t *pattern = malloc(WIRE_FRAME_MAX);

	if (g == NULL || pattern == NULL) {
		free(g);
		free(pattern);
		return NULL;
	}
	gen_fill_pattern(pattern, WIRE_FRAME_MAX);
	g->pattern = pattern;
	g->base.ops = &gen_ops;
	pthread_mutex_init(&g->box.lock, NULL);
	g->tx.slots = aligned_alloc(64, (size_t)WIRE_BURST_MAX * GEN_SLOT_BYTES);
	if (g->tx.slots == NULL) {
		gen_close(&g->base);
		return NULL;
	}
	return g;
}

int
wire_gen_open(
	const char *args, struct sl_wire_hub *hub, struct sl_wire **out, const struct wire_why *why)
{
	struct gen_config c = gen_default;
	struct gen_wire *g;
	int ret;

	(void)hub;
	ret = wire_opts_parse("gen", args, WIRE_AT_OPEN, gen_opts, &c, why);
	if (ret != 0)
		return ret;
	g = gen_alloc();
	if (g == NULL)
		return wire_fail(why, ENOMEM, "gen: no memory");
	/* 32 random bits distinguish this generator's stream from all others. */
	if (getrandom(&g->tx.key, sizeof(g->tx.key), 0) != sizeof(g->tx.key))
		g->tx.key = (uint32_t)wire_clock_now();
	g->hz = wire_clock_hz();
	g->under_way = (uint64_t)(g->hz * GEN_UNDER_WAY_S);
	c.run.start_no += c.run.run;
	c.shape_no++;
	g->want = c;
	wire_box_post(&g->box);
	gen_sync(g);
	*out = &g->base;
	return 0;
}
