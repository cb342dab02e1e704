/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The generator's frames are valid and match the configuration. The sink's counts match the errors
 * that the test made.
 */

#include <errno.h>
#include <jansson.h>
#include <pthread.h>

#include "wire_bytes.h"
#include "frame.h"
#include "wire_clock.h"
#include "wire_gen.h"
#include "wire_test.h"

/* --- frames, checked by a second, simple parser --- */

static uint64_t
seq_of(const struct sl_frame *f)
{
	return wire_get64(f->data + 44) & ((UINT64_C(1) << 48) - 1);
}

static void
check_valid(const struct sl_frame *f, uint64_t seq, uint32_t flows)
{
	const uint8_t *p = f->data;
	const uint32_t ip_len = wire_get16(p + 16), udp_len = wire_get16(p + 38);
	uint32_t i, flow = (uint32_t)(seq % flows);

	assert_false(f->bad_fcs);
	assert_in_range(f->len, 60, 9724);
	assert_int_equal(wire_get16(p + 12), 0x0800);
	assert_int_equal(p[14], 0x45);
	assert_int_equal(ip_len, f->len - 14);
	assert_int_equal(p[23], 17);
	assert_int_equal(frame_sum(0, p + 14, 20), 0xffff);
	assert_int_equal(wire_get16(p + 28), flow);
	assert_int_equal(wire_get16(p + 34), 49152 + flow % 16384);
	assert_int_equal(udp_len, f->len - 34);
	assert_int_not_equal(wire_get16(p + 40), 0);
	/* Pseudo header: both addresses, protocol, length. */
	assert_int_equal(frame_sum(frame_sum(17 + udp_len, p + 26, 8), p + 34, udp_len), 0xffff);
	assert_int_equal(seq_of(f), seq);
	for (i = 60; i < f->len; i++) {
		const uint32_t k = (i - 60) / 4, word = i % 4 < 2 ? k : ~k;

		assert_int_equal(p[i], (i % 2 == 0 ? word >> 8 : word) & 0xff);
	}
}

static void
valid_run(const char *text, uint32_t flows, uint32_t min, uint32_t max, uint64_t *seed)
{
	struct sl_wire *w = wire_must_open(text, NULL);
	uint64_t seq = 0, bytes = 0;
	uint32_t shortest = UINT32_MAX, longest = 0;

	while (seq < 3000) {
		struct sl_frame f[64];
		uint32_t room = rng_below(seed, 70), most = rng_below(seed, 65);
		uint32_t i, n = w->ops->poll(w, f, most, room);

		/* Without pacing: as many as there is room for, at most a burst of 32. */
		if (room > 32)
			room = 32;
		assert_int_equal(n, room < most ? room : most);
		for (i = 0; i < n; i++) {
			check_valid(&f[i], seq++, flows);
			bytes += f[i].len;
			shortest = f[i].len < shortest ? f[i].len : shortest;
			longest = f[i].len > longest ? f[i].len : longest;
		}
	}
	assert_int_equal(shortest, min);
	assert_int_equal(longest, max);
	assert_int_equal(wire_counter(w, "gen_tx_frames"), seq);
	assert_int_equal(wire_counter(w, "gen_tx_bytes"), bytes);
	sl_wire_close(w);
}

static void
test_valid_frames(void **state)
{
	uint64_t seed = rng_seed(0);
	uint32_t size;
	char text[64];

	(void)state;
	valid_run("gen", 1, 60, 60, &seed);
	valid_run("gen:size=1518,flows=7", 7, 1514, 1514, &seed);
	valid_run("gen:size=9728", 1, 9724, 9724, &seed);
	valid_run("gen:size=imix,flows=300", 300, 60, 1514, &seed);
	valid_run("gen:size=64-80,flows=65536,seed=0", 65536, 60, 76, &seed);
	/* The checksum code treats each remainder of the pattern separately. */
	for (size = 64; size < 72; size++) {
		snprintf(text, sizeof(text), "gen:flows=40000,size=%u", size);
		valid_run(text, 40000, size - 4, size - 4, &seed);
	}
	for (size = 1100; size < 1104; size++) {
		snprintf(text, sizeof(text), "gen:size=%u", size);
		valid_run(text, 1, size - 4, size - 4, &seed);
	}
}

static void
test_addresses(void **state)
{
	static const uint8_t want[12] = {2, 0, 0, 0, 0xbe, 0xef, 6, 5, 4, 3, 2, 1};
	struct sl_wire *w = wire_must_open("gen:dst=02:00:00:00:be:ef,src=06:05:04:03:02:01", NULL);
	struct sl_frame f[64];

	(void)state;
	assert_int_equal(w->ops->poll(w, f, 64, 64), 32);
	assert_memory_equal(f[0].data, want, 12);
	assert_memory_equal(f[31].data, want, 12);
	wire_must_control(w, "src=02:02:02:02:02:02");
	assert_int_equal(w->ops->poll(w, f, 64, 64), 32);
	assert_memory_equal(f[0].data, want, 6);
	assert_memory_equal(f[0].data + 6, "\2\2\2\2\2\2", 6);
	sl_wire_close(w);
}

/* IMIX has its documented shares. The same seed gives the same sizes. */
static void
test_mixes(void **state)
{
	struct sl_wire *a = wire_must_open("gen:size=imix,burst=12", NULL);
	struct sl_wire *b = wire_must_open("gen:size=64-1518,seed=5", NULL);
	struct sl_wire *c = wire_must_open("gen:size=64-1518,seed=5", NULL);
	struct sl_wire *d = wire_must_open("gen:size=64-1518,seed=6", NULL);
	uint32_t seen[9728] = {0}, i, same = 0;
	struct sl_frame f[64], g[64], h[64];

	(void)state;
	assert_int_equal(a->ops->poll(a, f, 64, 64), 12);
	for (i = 0; i < 12; i++)
		seen[f[i].len]++;
	assert_int_equal(seen[60], 7);
	assert_int_equal(seen[590], 4);
	assert_int_equal(seen[1514], 1);
	assert_int_equal(b->ops->poll(b, f, 64, 64), 32);
	assert_int_equal(c->ops->poll(c, g, 64, 64), 32);
	assert_int_equal(d->ops->poll(d, h, 64, 64), 32);
	for (i = 0; i < 32; i++) {
		assert_int_equal(f[i].len, g[i].len);
		same += f[i].len == h[i].len;
	}
	assert_true(same < 32);
	sl_wire_close(a);
	sl_wire_close(b);
	sl_wire_close(c);
	sl_wire_close(d);
}

/* --- start, stop, count, rate --- */

/* Poll until no frame is returned, and send the frames to @p to. */
static uint64_t
drain(struct sl_wire *w, struct sl_wire *to)
{
	struct sl_frame f[64];
	uint64_t total = 0;
	unsigned int n;

	while ((n = w->ops->poll(w, f, 64, 64)) > 0) {
		if (to != NULL)
			to->ops->send(to, f, n);
		total += n;
	}
	return total;
}

static void
test_count(void **state)
{
	struct sl_wire *w = wire_must_open("gen:count=1001,autostart=0", NULL);

	(void)state;
	assert_int_equal(wire_counter(w, "gen_running"), 0);
	assert_int_equal(drain(w, NULL), 0);
	wire_must_control(w, "start");
	/*
	 * "running" is set before the device thread has polled, so that one can wait for the end.
	 */
	assert_int_equal(wire_counter(w, "gen_running"), 1);
	assert_int_equal(drain(w, NULL), 1001);
	assert_int_equal(wire_counter(w, "gen_running"), 0);
	/* Other settings do not start the generator. "start" does, and restarts the count. */
	wire_must_control(w, "count=5,size=128");
	assert_int_equal(wire_counter(w, "gen_running"), 0);
	assert_int_equal(drain(w, NULL), 0);
	assert_int_equal(wire_counter(w, "gen_running"), 0);
	wire_must_control(w, "start");
	assert_int_equal(drain(w, NULL), 5);
	assert_int_equal(wire_counter(w, "gen_tx_frames"), 1006);
	wire_must_control(w, "count=0,start");
	wire_must_control(w, "stop");
	assert_int_equal(wire_counter(w, "gen_running"), 0);
	assert_int_equal(drain(w, NULL), 0);
	sl_wire_close(w);
}

static void
test_control_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"foo",
		"size=1",
		"rate=x",
		"start=1",
		"autostart=1",
		"stop,",
		"size=64,flows=0",
		"flows=010",
		"flows=+1",
		"flows=0x1",
		"count=99999999999999999999",
		"rate=010",
		"rate=0x10",
		"rate=1.5.5",
		"clear=",
		"count",
		"stop,stop",
	};
	struct sl_wire *w = wire_must_open("gen:count=10", NULL);
	struct sl_frame f[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(w->ops->control(w, bad[i]), -EINVAL);
	assert_int_equal(w->ops->control(w, NULL), -EINVAL);
	/* A refused line has no effect: its "stop" was ignored. */
	assert_int_equal(w->ops->poll(w, f, 64, 64), 10);
	assert_int_equal(f[0].len, 60);
	sl_wire_close(w);
}

/*
 * Whatever the scheduler does, the frames offered and skipped together are those that are due after
 * the elapsed time, and no backlog exceeds the slack.
 */
static void
test_rate(void **state)
{
	const double rate = 200e3, hz = wire_clock_hz();
	const uint64_t opened_after = wire_clock_now();
	struct sl_wire *w = wire_must_open("gen:rate=200k", NULL);
	const uint64_t opened = wire_clock_now();
	uint64_t total = 0, polled, now;
	struct sl_frame f[64];

	(void)state;
	do {
		polled = wire_clock_now();
		/* Frames that are due are offered even if the NIC has no room. */
		total += w->ops->poll(w, f, 64, 0);
		now = wire_clock_now();
		assert_true((double)total <= (double)(now - opened_after) / hz * rate * 1.001 + 1);
	} while ((double)(now - opened) / hz < 0.05);
	total += wire_counter(w, "gen_tx_skipped");
	assert_true((double)total >= (double)(polled - opened) / hz * rate * 0.999 - 32 - 1);
	sl_wire_close(w);
}

/* --- the sink --- */

static void
test_echo(void **state)
{
	struct sl_wire *a = wire_must_open("gen:count=200000,size=64-1518,flows=99", NULL);
	struct sl_wire *b = wire_must_open("gen:autostart=0", NULL);

	(void)state;
	assert_int_equal(drain(a, b), 200000);
	assert_int_equal(wire_counter(a, "gen_tx_frames"), 200000);
	assert_int_equal(wire_counter(b, "gen_rx_frames"), 200000);
	assert_int_equal(wire_counter(b, "gen_rx_bytes"), wire_counter(a, "gen_tx_bytes"));
	assert_int_equal(wire_counter(b, "gen_rx_lost"), 0);
	assert_int_equal(wire_counter(b, "gen_rx_reordered"), 0);
	assert_int_equal(wire_counter(b, "gen_rx_duplicate"), 0);
	assert_int_equal(wire_counter(b, "gen_rx_corrupt"), 0);
	assert_int_equal(wire_counter(b, "gen_rx_foreign"), 0);
	assert_int_equal(wire_counter(a, "gen_rx_frames"), 0);
	assert_true(wire_counter(b, "gen_lat_p50_ns") <= wire_counter(b, "gen_lat_p99_ns"));
	assert_true(wire_counter(b, "gen_lat_p99_ns") <= wire_counter(b, "gen_lat_max_ns"));
	sl_wire_close(a);
	sl_wire_close(b);
}

#define INJECTED 20000u

struct injected {
	uint8_t data[INJECTED][128];
	uint32_t len[INJECTED];
	uint32_t order[2 * INJECTED]; /* frame numbers as they are sent to the sink */
	bool damage[2 * INJECTED];
	uint32_t n;
};

static void
generate(struct injected *in)
{
	struct sl_wire *w = wire_must_open("gen:size=64-128", NULL);
	uint32_t i, got, n = 0;
	struct sl_frame f[64];

	while (n < INJECTED) {
		got = w->ops->poll(w, f, 64, INJECTED - n);
		for (i = 0; i < got; i++, n++) {
			memcpy(in->data[n], f[i].data, f[i].len);
			in->len[n] = f[i].len;
		}
	}
	sl_wire_close(w);
}

/* Drop, duplicate, reorder and damage frames at random. */
static void
disturb(struct injected *in, uint64_t *seed)
{
	const uint32_t rate = 2 + rng_below(seed, 200);
	const uint32_t reach = 1 + rng_below(seed, 3000);
	uint32_t i;

	in->n = 0;
	for (i = 0; i < INJECTED; i++) {
		const bool drop = rng_below(seed, rate) == 0;
		const bool twice = rng_below(seed, rate) == 0;

		if (!drop)
			in->order[in->n++] = i;
		if (twice)
			in->order[in->n++] = i;
	}
	for (i = 0; i < in->n; i++) {
		const uint32_t k = i + rng_below(seed, reach), moved = in->order[i];

		in->damage[i] = rng_below(seed, rate) == 0;
		if (rng_below(seed, rate) != 0 || k >= in->n)
			continue;
		in->order[i] = in->order[k];
		in->order[k] = moved;
	}
}

static void
inject(struct sl_wire *sink, const struct injected *in, uint64_t *seed)
{
	uint32_t i;

	for (i = 0; i < in->n; i++) {
		const uint32_t n = in->order[i];
		uint8_t copy[128];
		const struct sl_frame f = {copy, in->len[n], false};

		memcpy(copy, in->data[n], in->len[n]);
		if (in->damage[i])
			copy[42 + 2 + rng_below(seed, f.len - 44)] ^= 0x10;
		sink->ops->send(sink, &f, 1);
	}
}

/* The sink's counts, computed from a table of all sequence numbers. */
static void
check_injected(struct sl_wire *sink, const struct injected *in)
{
	static bool came[INJECTED];
	uint64_t received = 0, duplicate = 0, reordered = 0, corrupt = 0, next = 0;
	uint32_t i;

	memset(came, 0, sizeof(came));
	for (i = 0; i < in->n; i++) {
		const uint32_t n = in->order[i];

		if (in->damage[i]) {
			corrupt++;
			continue;
		}
		duplicate += came[n];
		received += !came[n];
		reordered += !came[n] && n < next;
		came[n] = true;
		next = n >= next ? n + 1 : next;
	}
	assert_int_equal(wire_counter(sink, "gen_rx_frames"), received);
	assert_int_equal(wire_counter(sink, "gen_rx_duplicate"), duplicate);
	assert_int_equal(wire_counter(sink, "gen_rx_reordered"), reordered);
	assert_int_equal(wire_counter(sink, "gen_rx_corrupt"), corrupt);
	assert_int_equal(wire_counter(sink, "gen_rx_lost"), next - received);
	assert_int_equal(wire_counter(sink, "gen_rx_foreign"), 0);
	assert_int_equal(wire_counter(sink, "gen_rx_late"), 0);
}

static void
test_injected(void **state)
{
	static struct injected in;
	uint64_t seed = rng_seed(0);
	unsigned int round;

	(void)state;
	generate(&in);
	for (round = 0; round < 20; round++) {
		struct sl_wire *sink = wire_must_open("gen:autostart=0", NULL);

		disturb(&in, &seed);
		inject(sink, &in, &seed);
		check_injected(sink, &in);
		sl_wire_close(sink);
	}
}

/* Write @p seq to a generated frame and correct its checksum. */
static void
set_seq(uint8_t *p, uint64_t seq)
{
	const uint32_t udp_len = wire_get16(p + 38);
	uint32_t sum;

	wire_put64(p + 44, (wire_get64(p + 44) & ~((UINT64_C(1) << 48) - 1)) | seq);
	wire_put16(p + 40, 0);
	sum = (uint16_t)~frame_sum(frame_sum(17 + udp_len, p + 26, 8), p + 34, udp_len);
	wire_put16(p + 40, sum != 0 ? sum : 0xffff);
}

static void
send_seq(struct sl_wire *sink, uint8_t *p, uint64_t seq)
{
	const struct sl_frame f = {p, 60, false};

	set_seq(p, seq);
	sink->ops->send(sink, &f, 1);
}

static void
one_frame(uint8_t *p)
{
	struct sl_wire *w = wire_must_open("gen:count=1", NULL);
	struct sl_frame f[1];

	assert_int_equal(w->ops->poll(w, f, 1, 1), 1);
	memcpy(p, f[0].data, 60);
	sl_wire_close(w);
}

/* The limits of the window: exact up to 65536 frames back, "late" beyond that; long gaps. */
static void
test_window(void **state)
{
	struct sl_wire *sink = wire_must_open("gen:autostart=0", NULL);
	uint8_t p[60];

	(void)state;
	one_frame(p);
	send_seq(sink, p, 0);
	send_seq(sink, p, 65537);
	assert_int_equal(wire_counter(sink, "gen_rx_lost"), 65536);
	/* The oldest number in the window, and the one before it. */
	send_seq(sink, p, 2);
	assert_int_equal(wire_counter(sink, "gen_rx_reordered"), 1);
	send_seq(sink, p, 2);
	assert_int_equal(wire_counter(sink, "gen_rx_duplicate"), 1);
	send_seq(sink, p, 1);
	assert_int_equal(wire_counter(sink, "gen_rx_late"), 1);
	assert_int_equal(wire_counter(sink, "gen_rx_lost"), 65535);
	assert_int_equal(wire_counter(sink, "gen_rx_frames"), 3);
	/* A gap as long as the window, then one that is much longer: no old number is left. */
	send_seq(sink, p, 65537 + 65536);
	send_seq(sink, p, 65537 + 1);
	assert_int_equal(wire_counter(sink, "gen_rx_reordered"), 2);
	send_seq(sink, p, UINT64_C(1) << 40);
	send_seq(sink, p, (UINT64_C(1) << 40) - 65535);
	send_seq(sink, p, (UINT64_C(1) << 40) - 65535);
	assert_int_equal(wire_counter(sink, "gen_rx_reordered"), 3);
	assert_int_equal(wire_counter(sink, "gen_rx_duplicate"), 2);
	assert_int_equal(wire_counter(sink, "gen_rx_lost"), (UINT64_C(1) << 40) + 1 - 7);
	sl_wire_close(sink);

	/* A sink that joined later does not count the frames before as lost. */
	sink = wire_must_open("gen:autostart=0", NULL);
	send_seq(sink, p, 70000);
	send_seq(sink, p, 70002);
	assert_int_equal(wire_counter(sink, "gen_rx_lost"), 1);
	sl_wire_close(sink);
}

static void
send_bytes(struct sl_wire *sink, const uint8_t *p, uint32_t len)
{
	/* A copy with exact size, so that a read beyond it is detected. */
	uint8_t *copy = malloc(len);
	const struct sl_frame f = {copy, len, false};

	assert_non_null(copy);
	memcpy(copy, p, len);
	sink->ops->send(sink, &f, 1);
	free(copy);
}

/* A frame with one wrong bit after the addresses never counts as received. */
static void
test_every_bit(void **state)
{
	struct sl_wire *w = wire_must_open("gen:size=107,count=1", NULL);
	struct sl_wire *sink = wire_must_open("gen:autostart=0", NULL);
	uint32_t len, bit;
	struct sl_frame f[1];
	uint8_t p[128];

	(void)state;
	assert_int_equal(w->ops->poll(w, f, 1, 1), 1);
	len = f[0].len;
	memcpy(p, f[0].data, len);
	for (bit = 12 * 8; bit < len * 8; bit++) {
		p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		send_bytes(sink, p, len);
		p[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_int_equal(wire_counter(sink, "gen_rx_frames"), 0);
	assert_int_equal(
		wire_counter(sink, "gen_rx_corrupt") + wire_counter(sink, "gen_rx_foreign"),
		(len - 12) * 8);
	/* From the magic number on, frames are recognized as the generator's. */
	assert_true(wire_counter(sink, "gen_rx_corrupt") >= (len - 44) * 8);
	/* A wrong end, and every shorter or longer length. */
	sl_wire_close(sink);
	sink = wire_must_open("gen:autostart=0", NULL);
	for (bit = 0; bit < 128; bit++) {
		if (bit != len)
			send_bytes(sink, p, bit);
	}
	assert_int_equal(wire_counter(sink, "gen_rx_frames"), 0);
	assert_int_equal(wire_counter(sink, "gen_rx_foreign"), 60);
	assert_int_equal(wire_counter(sink, "gen_rx_corrupt"), 128 - 60 - 1);
	send_bytes(sink, p, len);
	assert_int_equal(wire_counter(sink, "gen_rx_frames"), 1);
	sl_wire_close(w);
	sl_wire_close(sink);
}

/* An IPv4 length that does not match the frame, with a right checksum. */
static void
test_ip_length(void **state)
{
	struct sl_wire *sink = wire_must_open("gen:autostart=0", NULL);
	uint8_t p[60];

	(void)state;
	one_frame(p);
	wire_put16(p + 16, 45);
	wire_put16(p + 24, 0);
	wire_put16(p + 24, (uint16_t)~frame_sum(0, p + 14, 20));
	send_bytes(sink, p, 60);
	assert_int_equal(wire_counter(sink, "gen_rx_corrupt"), 1);
	sl_wire_close(sink);
}

/* Changes that a forwarder may make: addresses, a VLAN tag. */
static void
test_on_the_way(void **state)
{
	struct sl_wire *sink = wire_must_open("gen:autostart=0", NULL);
	uint8_t p[60], tagged[64];

	(void)state;
	one_frame(p);
	memcpy(tagged, p, 12);
	wire_put16(tagged + 12, 0x8100);
	wire_put16(tagged + 14, 100);
	memcpy(tagged + 16, p + 12, 48);
	send_bytes(sink, tagged, 64);
	assert_int_equal(wire_counter(sink, "gen_rx_frames"), 1);
	memset(p, 0xaa, 12);
	send_bytes(sink, p, 60);
	assert_int_equal(wire_counter(sink, "gen_rx_duplicate"), 1);
	send_bytes(sink, tagged, 63);
	assert_int_equal(wire_counter(sink, "gen_rx_foreign"), 1);
	sl_wire_close(sink);
}

static void
test_clear(void **state)
{
	struct sl_wire *w = wire_must_open("gen:burst=10", NULL);
	struct sl_wire *sink = wire_must_open("gen:autostart=0", NULL);
	struct sl_frame f[64];
	uint8_t old[10][60];
	uint32_t i;

	(void)state;
	for (i = 0; i < 10; i++) {
		assert_int_equal(w->ops->poll(w, f, 10, 1), 1);
		memcpy(old[i], f[0].data, 60);
		/* 3 and 7 are held back. */
		if (i != 3 && i != 7)
			send_bytes(sink, old[i], 60);
	}
	assert_int_equal(wire_counter(sink, "gen_rx_lost"), 2);
	/* The counters read zero at once, although the device thread has not cleared them yet. */
	wire_must_control(sink, "clear");
	wire_must_control(w, "clear");
	assert_int_equal(wire_counter(sink, "gen_rx_lost"), 0);
	assert_int_equal(wire_counter(sink, "gen_rx_frames"), 0);
	assert_int_equal(wire_counter(sink, "gen_lat_max_ns"), 0);
	assert_int_equal(wire_counter(w, "gen_tx_frames"), 0);
	/* Frames sent before are stale; frames sent afterwards count. */
	send_bytes(sink, old[3], 60);
	assert_int_equal(wire_counter(sink, "gen_rx_stale"), 1);
	assert_int_equal(w->ops->poll(w, f, 10, 10), 10);
	sink->ops->send(sink, f + 1, 9);
	assert_int_equal(wire_counter(w, "gen_tx_frames"), 10);
	assert_int_equal(wire_counter(sink, "gen_rx_frames"), 9);
	assert_int_equal(wire_counter(sink, "gen_rx_lost"), 1);
	sl_wire_close(w);
	sl_wire_close(sink);
}

/* Frames in flight when the sink is cleared do not count afterwards. */
static void
test_clear_under_way(void **state)
{
	struct sl_wire *w = wire_must_open("gen:burst=10", NULL);
	struct sl_wire *sink = wire_must_open("gen:autostart=0", NULL);
	struct sl_frame f[64];
	uint8_t late[10][60];
	uint32_t i;

	(void)state;
	assert_int_equal(w->ops->poll(w, f, 10, 5), 5);
	sink->ops->send(sink, f, 5);
	for (i = 0; i < 10; i++) {
		assert_int_equal(w->ops->poll(w, f, 10, 1), 1);
		memcpy(late[i], f[0].data, 60);
	}
	wire_must_control(sink, "clear");
	wire_must_control(w, "clear");
	/* The third frame is lost, and two are swapped. */
	for (i = 0; i < 10; i++) {
		if (i != 2)
			send_bytes(sink, late[i == 5 ? 6 : i == 6 ? 5 : i], 60);
	}
	send_bytes(sink, late[4], 60);
	assert_int_equal(wire_counter(sink, "gen_rx_stale"), 10);
	assert_int_equal(wire_counter(sink, "gen_rx_frames"), 0);
	assert_int_equal(wire_counter(sink, "gen_rx_lost"), 0);
	assert_int_equal(w->ops->poll(w, f, 10, 10), 10);
	sink->ops->send(sink, f + 1, 9);
	assert_int_equal(wire_counter(sink, "gen_rx_frames"), 9);
	assert_int_equal(wire_counter(sink, "gen_rx_lost"), 1);
	assert_int_equal(wire_counter(sink, "gen_rx_stale"), 10);
	sl_wire_close(w);
	sl_wire_close(sink);
}

/* More generators than the sink has streams: each frame is still counted. */
static void
test_many_streams(void **state)
{
	struct sl_wire *sink = wire_must_open("gen:autostart=0", NULL);
	struct sl_wire *w[GEN_STREAMS + 4];
	unsigned int i;

	(void)state;
	for (i = 0; i < GEN_STREAMS + 4; i++) {
		w[i] = wire_must_open("gen:count=100", NULL);
		assert_int_equal(drain(w[i], sink), 100);
	}
	assert_int_equal(wire_counter(sink, "gen_rx_frames"), 100 * (GEN_STREAMS + 4));
	assert_int_equal(wire_counter(sink, "gen_rx_lost"), 0);
	for (i = 0; i < GEN_STREAMS + 4; i++)
		sl_wire_close(w[i]);
	sl_wire_close(sink);
}

/* --- report --- */

static void
test_report(void **state)
{
	struct sl_wire *w = wire_must_open("gen:count=77,size=imix", NULL);
	json_t *root, *rx, *buckets, *bucket;
	json_error_t err;
	json_int_t in_buckets = 0;
	char *text = NULL;
	size_t len, i;
	FILE *f = open_memstream(&text, &len);

	(void)state;
	assert_int_equal(drain(w, w), 77);
	w->ops->report(w, f);
	fclose(f);
	root = json_loads(text, 0, &err);
	if (root == NULL)
		fail_msg("%s: %s", err.text, text);
	rx = json_object_get(root, "rx");
	assert_string_equal(json_string_value(json_object_get(root, "kind")), "gen");
	assert_int_equal(
		json_integer_value(json_object_get(json_object_get(root, "tx"), "frames")), 77);
	assert_int_equal(json_integer_value(json_object_get(rx, "frames")), 77);
	assert_int_equal(json_integer_value(json_object_get(rx, "lost")), 0);
	assert_int_equal(
		json_integer_value(json_object_get(json_object_get(rx, "latency_ns"), "count")),
		77);
	buckets = json_object_get(json_object_get(rx, "latency_ns"), "buckets");
	json_array_foreach(buckets, i, bucket)
	{
		in_buckets += json_integer_value(json_array_get(bucket, 1));
		/* Buckets are in ascending order. */
		assert_true(i == 0 ||
			json_number_value(json_array_get(bucket, 0)) >
				json_number_value(
					json_array_get(json_array_get(buckets, i - 1), 0)));
	}
	assert_int_equal(in_buckets, 77);
	assert_int_equal(json_array_size(json_object_get(rx, "streams")), 1);
	json_decref(root);
	free(text);
	sl_wire_close(w);
}

/* --- control from another thread, while frames flow --- */

struct controller {
	struct sl_wire *wire;
	_Atomic bool stop;
};

static void *
control_loop(void *arg)
{
	static const char *const lines[] = {
		"size=64,dst=02:00:00:00:00:40,rate=0",
		"size=1000,dst=02:00:00:00:03:e8,flows=3",
		"size=9000,dst=02:00:00:00:23:28,flows=1",
		"clear",
		"start",
	};
	struct controller *c = arg;
	unsigned int i;

	for (i = 0; !c->stop; i++) {
		struct sl_wire_counter counters[32];
		FILE *f = fopen("/dev/null", "w");

		c->wire->ops->control(c->wire, lines[i % 5]);
		c->wire->ops->counters(c->wire, counters, 32);
		c->wire->ops->report(c->wire, f);
		fclose(f);
	}
	return NULL;
}

/* Each frame follows one setting completely, never a mixture of two. */
static void
test_control_thread(void **state)
{
	struct controller c = {
		.wire = wire_must_open("gen:size=64,dst=02:00:00:00:00:40", NULL),
	};
	uint32_t changes = 0, last = 0, i, n, polls;
	struct sl_frame f[64];
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, control_loop, &c), 0);
	for (polls = 0; polls < 20000; polls++) {
		n = c.wire->ops->poll(c.wire, f, 32, 32);
		for (i = 0; i < n; i++) {
			const uint32_t size = f[i].len + 4;

			assert_int_equal(wire_get16(f[i].data + 4), size);
			changes += size != last;
			last = size;
		}
		c.wire->ops->send(c.wire, f, n);
	}
	c.stop = true;
	pthread_join(thread, NULL);
	assert_int_equal(wire_counter(c.wire, "gen_rx_corrupt"), 0);
	assert_int_equal(wire_counter(c.wire, "gen_rx_lost"), 0);
	printf("control_thread: %u changes seen\n", changes);
	sl_wire_close(c.wire);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_valid_frames),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_mixes),
		cmocka_unit_test(test_count),
		cmocka_unit_test(test_control_refused),
		cmocka_unit_test(test_rate),
		cmocka_unit_test(test_echo),
		cmocka_unit_test(test_injected),
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_every_bit),
		cmocka_unit_test(test_ip_length),
		cmocka_unit_test(test_on_the_way),
		cmocka_unit_test(test_clear),
		cmocka_unit_test(test_clear_under_way),
		cmocka_unit_test(test_many_streams),
		cmocka_unit_test(test_report),
		cmocka_unit_test(test_control_thread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
