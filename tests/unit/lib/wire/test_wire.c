/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* Texts of wires, and the wires null, loop and peer. */

#include <errno.h>
#include <pthread.h>
#include <sched.h>

#include "wire_priv.h"
#include "wire_ring.h"
#include "wire_test.h"

/* A text that must be refused, and words that the reason must contain. */
struct bad_text {
	const char *text;
	const char *names[3];
};

static const struct bad_text bad_texts[] = {
	{"", {"unknown kind", "gen", "tap:IFNAME"}},
	{"ge", {"\"ge\"", "unknown kind"}},
	{"gen2", {"gen2", "unknown kind"}},
	{"GEN", {"GEN", "unknown kind"}},
	{"null:x", {"null", "\"x\"", "none"}},
	{"loop:depth=3", {"loop", "depth=3", "none"}},
	{"peer", {"peer", "bad name"}},
	{"peer:", {"peer", "bad name"}},
	{"gen:foo=1", {"gen", "\"foo\"", "size="}},
	{"gen:size", {"size", "needs a value", "64..9728"}},
	{"gen:size=", {"size=", "64..9728"}},
	{"gen:size=63", {"size=63", "64..9728"}},
	{"gen:size=9729", {"size=9729", "64..9728"}},
	{"gen:size=128-64", {"size=128-64", "A-B"}},
	{"gen:size=64-", {"size=64-", "A-B"}},
	{"gen:size=-64", {"size=-64"}},
	{"gen:size=64-9729", {"size=64-9729"}},
	{"gen:size=64x", {"size=64x"}},
	{"gen:size= 64", {"size= 64"}},
	{"gen:size=IMIX", {"size=IMIX", "imix"}},
	{"gen:size=00000000064", {"size=00000000064"}},
	{"gen:rate=-1", {"rate=-1", "2M"}},
	{"gen:rate=1G1", {"rate=1G1"}},
	{"gen:rate=0.5", {"rate=0.5"}},
	{"gen:rate=2000M", {"rate=2000M", "1000000000"}},
	{"gen:rate=101%", {"rate=101%"}},
	{"gen:rate=0%", {"rate=0%"}},
	{"gen:rate=50%40g", {"rate=50%40g"}},
	{"gen:rate=nan", {"rate=nan"}},
	{"gen:rate=1e999", {"rate=1e999"}},
	{"gen:flows=0", {"flows=0", "1..65536"}},
	{"gen:flows=65537", {"flows=65537", "1..65536"}},
	{"gen:burst=0", {"burst=0", "1..64"}},
	{"gen:burst=65", {"burst=65", "1..64"}},
	{"gen:count=-1", {"count=-1"}},
	{"gen:count=18446744073709551616", {"count=18446744073709551616"}},
	{"gen:seed=0x10", {"seed=0x10"}},
	{"gen:dst=02:00:00:00:00", {"dst=02:00:00:00:00"}},
	{"gen:dst=02:00:00:00:00:01:", {"dst="}},
	{"gen:dst=02-00-00-00-00-01", {"dst=02-00"}},
	{"gen:dst=0g:00:00:00:00:01", {"dst=0g"}},
	{"gen:src=01:00:00:00:00:01", {"src=01", "group"}},
	{"gen:autostart=2", {"autostart=2", "0 or 1"}},
	{"gen:autostart=yes", {"autostart=yes", "0 or 1"}},
	{"gen:start", {"\"start\"", "unknown word"}},
	{"gen:size=64,size=64", {"size", "twice"}},
	{"gen:size=64,", {"\"\"", "unknown word"}},
	{"gen:,size=64", {"\"\"", "unknown word"}},
	{"pcap", {"pcap", "in=F"}},
	{"pcap:", {"pcap", "in=F"}},
	{"pcap:loop=1", {"pcap", "in=F"}},
	{"pcap:in=", {"in=", "path"}},
	{"pcap:in=/nonexistent/x.pcap", {"in=/nonexistent/x.pcap", "cannot be read"}},
	{"pcap:out=/nonexistent/x.pcap", {"out=/nonexistent/x.pcap", "cannot be written"}},
	{"pcap:in=a,loop=x", {"loop=x"}},
	{"pcap:in=a,in=b", {"in", "twice"}},
	{"tap", {"tap", "bad interface name"}},
	{"tap:", {"tap", "bad interface name"}},
	{"tap:a234567890123456", {"a234567890123456", "15"}},
	{"tap:a/b", {"a/b"}},
	{"tap:a b", {"a b"}},
	{"tap:a%d", {"a%d"}},
	{"tap:sl0,mtu=1", {"mtu=1", "68"}},
	{"tap:sl0,mtu=99999", {"mtu=99999"}},
	{"tap:sl0,mac=1", {"mac=1"}},
	{"tap:sl0,foo=1", {"foo", "mac="}},
};

static void
test_bad_texts(void **state)
{
	struct sl_wire *w;
	char why[512];
	size_t i, k;
	int ret;

	(void)state;
	for (i = 0; i < sizeof(bad_texts) / sizeof(bad_texts[0]); i++) {
		const struct bad_text *b = &bad_texts[i];

		w = (struct sl_wire *)why;
		ret = sl_wire_open(b->text, NULL, &w, why, sizeof(why));
		if (ret >= 0 || w != NULL)
			fail_msg("\"%s\" was taken", b->text);
		for (k = 0; k < 3 && b->names[k] != NULL; k++) {
			if (strstr(why, b->names[k]) == NULL)
				fail_msg("\"%s\": \"%s\" does not name \"%s\"", b->text, why,
					b->names[k]);
		}
		/* The same text without a buffer for the reason, and with one that is too small. */
		assert_int_equal(sl_wire_open(b->text, NULL, &w, NULL, 0), ret);
		why[4] = '#';
		assert_int_equal(sl_wire_open(b->text, NULL, &w, why, 4), ret);
		assert_int_equal(why[3], '\0');
		assert_int_equal(why[4], '#');
	}
	assert_int_equal(sl_wire_open(NULL, NULL, &w, why, sizeof(why)), -EINVAL);
	assert_int_equal(sl_wire_open("null", NULL, NULL, why, sizeof(why)), -EINVAL);
	assert_int_equal(sl_wire_open("peer:x", NULL, &w, why, sizeof(why)), -EINVAL);
	assert_non_null(strstr(why, "hub"));
	sl_wire_close(NULL);
}

static void
test_good_texts(void **state)
{
	static const char *const texts[] = {
		"null",
		"null:",
		"loop",
		"loop:",
		"gen",
		"gen:",
		"gen:size=64",
		"gen:size=9728",
		"gen:size=64-9728",
		"gen:size=imix,rate=90%",
		"gen:rate=90%10g",
		"gen:rate=100%1g",
		"gen:rate=1.5M,flows=65536,burst=64,count=18446744073709551615,seed=0",
		"gen:dst=ff:FF:00:aA:00:01,src=02:00:00:00:00:01,autostart=0",
		"gen:rate=500k",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		sl_wire_close(wire_must_open(texts[i], NULL));
}

static void
test_rates(void **state)
{
	static const struct {
		const char *text;
		double fps, bits;
	} rates[] = {
		{"0", 0, 0},
		{"1", 1, 0},
		{"2M", 2e6, 0},
		{"1.5m", 1.5e6, 0},
		{"500k", 5e5, 0},
		{"1000000000", 1e9, 0},
		{"50%", 0, 5e8},
		{"0.1%10G", 0, 1e7},
		{"100%", 0, 1e9},
	};
	struct wire_rate r;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		assert_int_equal(wire_parse_rate(rates[i].text, &r), 0);
		assert_true(r.fps >= rates[i].fps * 0.999999 && r.fps <= rates[i].fps * 1.000001);
		assert_true(
			r.bits >= rates[i].bits * 0.999999 && r.bits <= rates[i].bits * 1.000001);
	}
}

static void
test_null(void **state)
{
	struct sl_wire *w = wire_must_open("null", NULL);
	const uint8_t data[60] = {0};
	const struct sl_frame in[2] = {{data, 60, false}, {data, 14, false}};
	struct sl_frame out[4];

	(void)state;
	w->ops->send(w, in, 2);
	assert_int_equal(w->ops->poll(w, out, 4, 4), 0);
	assert_int_equal(wire_counter(w, "null_rx_frames"), 2);
	assert_int_equal(wire_counter(w, "null_rx_bytes"), 74);
	sl_wire_close(w);
}

/* Frame number @p n of a test. Its length and bytes are computed from the number. */
static void
make_frame(uint32_t n, uint32_t max_len, uint8_t *data, struct sl_frame *f)
{
	uint64_t random = ((uint64_t)n << 20) + 88172645463325252u;
	uint32_t i;

	f->data = data;
	f->len = 60 + rng_below(&random, max_len - 60 + 1);
	f->bad_fcs = n % 7 == 0;
	memcpy(data, &n, sizeof(n));
	for (i = sizeof(n); i < f->len; i++)
		data[i] = (uint8_t)(n * 31 + i);
}

static void
check_frame(uint32_t n, uint32_t max_len, const struct sl_frame *got)
{
	static uint8_t data[WIRE_FRAME_MAX];
	struct sl_frame want;

	make_frame(n, max_len, data, &want);
	assert_int_equal(got->len, want.len);
	assert_int_equal(got->bad_fcs, want.bad_fcs);
	assert_memory_equal(got->data, data, want.len);
}

/*
 * Frames arrive in order, once, unchanged, and within the limits. Frames returned by a poll stay
 * valid while more are sent.
 */
static void
order_and_bounds(struct sl_wire *to, struct sl_wire *from, uint32_t max_len, uint64_t seed)
{
	static uint8_t data[WIRE_FRAME_MAX];
	uint32_t sent[8192];
	uint32_t head = 0, tail = 0, n = 0, step, i;

	for (step = 0; step < 4000; step++) {
		uint32_t burst = rng_below(&seed, 20), got, room;
		struct sl_frame out[64], f;

		room = rng_below(&seed, 24);
		got = from->ops->poll(from, out, 1 + rng_below(&seed, 64), room);
		assert_in_range(got, 0, room);
		for (i = 0; i < burst; i++) {
			const char *drops =
				strcmp(to->ops->kind, "loop") == 0 ? "loop_drops" : "peer_drops";
			const uint64_t before = wire_counter(to, drops);

			make_frame(n, max_len, data, &f);
			to->ops->send(to, &f, 1);
			if (wire_counter(to, drops) == before)
				sent[head++ % 8192] = n;
			n++;
		}
		assert_in_range(head - tail, 0, WIRE_RING_FRAMES + 64);
		for (i = 0; i < got; i++)
			check_frame(sent[tail++ % 8192], max_len, &out[i]);
	}
	while (tail != head) {
		struct sl_frame out[64];
		uint32_t got = from->ops->poll(from, out, 64, 64);

		assert_int_not_equal(got, 0);
		for (i = 0; i < got; i++)
			check_frame(sent[tail++ % 8192], max_len, &out[i]);
	}
}

static void
test_loop_order(void **state)
{
	static const uint32_t max_lens[] = {60, 200, 1514, WIRE_FRAME_MAX};
	uint64_t seed = rng_seed(0);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(max_lens) / sizeof(max_lens[0]); i++) {
		struct sl_wire *w = wire_must_open("loop", NULL);

		order_and_bounds(w, w, max_lens[i], rng_next(&seed));
		sl_wire_close(w);
	}
}

/* A queue that is not emptied holds a fixed number of frames and counts the others as lost. */
static void
test_loop_full(void **state)
{
	static const uint32_t lens[] = {60, 1514, WIRE_FRAME_MAX, WIRE_FRAME_MAX + 1};
	static uint8_t data[WIRE_FRAME_MAX + 1];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		struct sl_wire *w = wire_must_open("loop", NULL);
		const struct sl_frame f = {data, lens[i], false};
		struct sl_frame out[64];
		uint64_t taken, want = WIRE_RING_BYTES / (lens[i] + 15);
		uint32_t k, got, total = 0;

		for (k = 0; k < 20000; k++)
			w->ops->send(w, &f, 1);
		taken = wire_counter(w, "loop_rx_frames");
		assert_int_equal(taken + wire_counter(w, "loop_drops"), 20000);
		if (lens[i] > WIRE_FRAME_MAX)
			assert_int_equal(taken, 0);
		else
			assert_true(taken >= (want < WIRE_RING_FRAMES ? want : WIRE_RING_FRAMES));
		assert_true(taken <= WIRE_RING_FRAMES);
		while ((got = w->ops->poll(w, out, 64, 64)) > 0)
			total += got;
		assert_int_equal(total, taken);
		assert_int_equal(wire_counter(w, "loop_tx_frames"), taken);
		sl_wire_close(w);
	}
}

static void
test_peer_order(void **state)
{
	struct sl_wire_hub *hub = sl_wire_hub_create();
	struct sl_wire *a = wire_must_open("peer:x", hub), *b = wire_must_open("peer:x", hub);
	uint64_t seed = rng_seed(0);

	(void)state;
	order_and_bounds(a, b, 1514, rng_next(&seed));
	order_and_bounds(b, a, WIRE_FRAME_MAX, rng_next(&seed));
	sl_wire_close(a);
	sl_wire_close(b);
	assert_int_equal(sl_wire_hub_destroy(hub), 0);
}

static void
test_peer_ends(void **state)
{
	struct sl_wire_hub *hub = sl_wire_hub_create();
	struct sl_wire *a = wire_must_open("peer:x", hub), *b, *c, *other;
	const uint8_t data[60] = {1};
	const struct sl_frame f = {data, 60, false};
	struct sl_frame out[4];
	char why[256];

	(void)state;
	/* With one end only there is no link, and sent frames are dropped and counted. */
	assert_false(a->ops->link(a));
	a->ops->send(a, &f, 1);
	assert_int_equal(wire_counter(a, "peer_unplugged"), 1);
	assert_int_equal(sl_wire_hub_destroy(hub), -EBUSY);

	other = wire_must_open("peer:y", hub);
	assert_false(a->ops->link(a));
	b = wire_must_open("peer:x", hub);
	assert_true(a->ops->link(a));
	assert_true(b->ops->link(b));
	assert_false(other->ops->link(other));
	assert_int_equal(b->ops->poll(b, out, 4, 4), 0);

	assert_int_equal(sl_wire_open("peer:x", hub, &c, why, sizeof(why)), -EBUSY);
	assert_non_null(strstr(why, "both ends"));

	/* A frame does not return to its sender. Frames for a closed end are dropped. */
	a->ops->send(a, &f, 1);
	assert_int_equal(a->ops->poll(a, out, 4, 4), 0);
	sl_wire_close(b);
	assert_false(a->ops->link(a));
	b = wire_must_open("peer:x", hub);
	assert_int_equal(b->ops->poll(b, out, 4, 4), 0);
	a->ops->send(a, &f, 1);
	assert_int_equal(b->ops->poll(b, out, 4, 0), 0);
	assert_int_equal(b->ops->poll(b, out, 4, 4), 1);
	sl_wire_close(a);
	sl_wire_close(b);
	sl_wire_close(other);
	assert_int_equal(sl_wire_hub_destroy(hub), 0);
	assert_int_equal(sl_wire_hub_destroy(NULL), 0);
}

/* Two threads on one cable: each accepted frame arrives once, complete and in order. */
#define THREAD_FRAMES 20000u

static void *
sender(void *arg)
{
	static uint8_t data[WIRE_FRAME_MAX];
	struct sl_wire *w = arg;
	struct sl_frame f;
	uint32_t n = 0;

	while (n < THREAD_FRAMES) {
		const uint64_t before = wire_counter(w, "peer_drops");

		make_frame(n, 1514, data, &f);
		w->ops->send(w, &f, 1);
		/* If it was dropped, send the same frame again after the other thread has run. */
		if (wire_counter(w, "peer_drops") == before)
			n++;
		else
			sched_yield();
	}
	return NULL;
}

static void
test_peer_threads(void **state)
{
	struct sl_wire_hub *hub = sl_wire_hub_create();
	struct sl_wire *a = wire_must_open("peer:x", hub), *b = wire_must_open("peer:x", hub);
	uint32_t n = 0, i, got;
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, sender, a), 0);
	while (n < THREAD_FRAMES) {
		struct sl_frame out[32];

		got = b->ops->poll(b, out, 32, 32);
		for (i = 0; i < got; i++)
			check_frame(n++, 1514, &out[i]);
		if (got == 0)
			sched_yield();
	}
	pthread_join(thread, NULL);
	sl_wire_close(a);
	sl_wire_close(b);
	assert_int_equal(sl_wire_hub_destroy(hub), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_texts),
		cmocka_unit_test(test_good_texts),
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_null),
		cmocka_unit_test(test_loop_order),
		cmocka_unit_test(test_loop_full),
		cmocka_unit_test(test_peer_order),
		cmocka_unit_test(test_peer_ends),
		cmocka_unit_test(test_peer_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
