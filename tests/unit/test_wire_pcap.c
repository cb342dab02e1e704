/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* pcap: what is replayed and recorded equals what was captured, frame by frame. */

#include <errno.h>
#include <pcap/pcap.h>
#include <unistd.h>

#include "wire_clock.h"
#include "wire_priv.h"
#include "wire_test.h"

#define FRAMES 500u

struct files {
	char dir[32];
	char in[64];
	char out[64];
};

static int
make_files(void **state)
{
	struct files *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	strcpy(f->dir, "/tmp/sl-pcap-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->in, sizeof(f->in), "%s/in.pcap", f->dir);
	snprintf(f->out, sizeof(f->out), "%s/out.pcap", f->dir);
	*state = f;
	return 0;
}

static int
remove_files(void **state)
{
	struct files *f = *state;

	unlink(f->in);
	unlink(f->out);
	assert_int_equal(rmdir(f->dir), 0);
	free(f);
	return 0;
}

/* Bytes of frame @p n of the test; returns its length. */
static uint32_t
frame_bytes(uint32_t n, uint64_t seed, uint8_t *data)
{
	uint32_t len, i;

	seed += (uint64_t)n << 32;
	wire_test_random(&seed);
	/* The longest and the shortest are among them. */
	len = n == 3 ? WIRE_FRAME_MAX : n == 4 ? 14 : 14 + wire_test_below(&seed, 1501);
	for (i = 0; i < len; i++)
		data[i] = (uint8_t)wire_test_random(&seed);
	return len;
}

/* Write a capture of @p n frames; @p cut bytes of the last are missing, of its caplen. */
static void
write_capture(const char *path, int link, uint32_t n, uint64_t seed, uint32_t cut)
{
	pcap_t *form = pcap_open_dead(link, 65535);
	pcap_dumper_t *out = pcap_dump_open(form, path);
	static uint8_t data[65536];
	uint32_t i;

	assert_non_null(out);
	for (i = 0; i < n; i++) {
		const uint32_t len = frame_bytes(i, seed, data);
		const struct pcap_pkthdr head = {
			.caplen = len - (i == n - 1 ? cut : 0),
			.len = len,
		};

		pcap_dump((u_char *)out, &head, data);
	}
	pcap_dump_close(out);
	pcap_close(form);
}

/* Like the test's frame, padded as on a wire. */
static void
check_frame(uint32_t n, uint64_t seed, const uint8_t *got, uint32_t got_len)
{
	static uint8_t want[WIRE_FRAME_MAX];
	uint32_t len;

	memset(want, 0, WIRE_FRAME_MIN);
	len = frame_bytes(n, seed, want);
	/* Of a short frame the rest is padding. */
	if (len < WIRE_FRAME_MIN) {
		memset(want + len, 0, WIRE_FRAME_MIN - len);
		len = WIRE_FRAME_MIN;
	}
	assert_int_equal(got_len, len);
	assert_memory_equal(got, want, len);
}

/* Read the record back; frames are the capture's, again and again. */
static void
check_record(const char *path, uint64_t seed, uint32_t n)
{
	char err[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, err);
	struct pcap_pkthdr *head;
	const u_char *data;
	time_t last = 0;
	uint32_t i;

	assert_non_null(p);
	assert_int_equal(pcap_datalink(p), DLT_EN10MB);
	for (i = 0; i < n; i++) {
		assert_int_equal(pcap_next_ex(p, &head, &data), 1);
		assert_int_equal(head->caplen, head->len);
		check_frame(i % FRAMES, seed, data, head->len);
		assert_true(head->ts.tv_sec >= last);
		assert_in_range(head->ts.tv_usec, 0, 999999999);
		last = head->ts.tv_sec;
	}
	assert_int_equal(pcap_next_ex(p, &head, &data), PCAP_ERROR_BREAK);
	pcap_close(p);
}

/* In by the wire, back into it, and read from what it recorded: @p rounds times the same. */
static void
round_trip(const struct files *files, const char *options, uint32_t rounds, uint64_t seed)
{
	struct sl_wire *w;
	uint32_t total = 0, n, room;
	struct sl_frame f[64];
	char text[256];

	snprintf(text, sizeof(text), "pcap:in=%s,out=%s%s", files->in, files->out, options);
	w = wire_must_open(text, NULL);
	while (wire_counter(w, "pcap_running") != 0) {
		room = wire_test_below(&seed, 70);
		n = w->ops->poll(w, f, 1 + wire_test_below(&seed, 64), room);
		assert_in_range(n, 0, room);
		w->ops->send(w, f, n);
		total += n;
	}
	assert_int_equal(total, rounds * FRAMES);
	assert_int_equal(w->ops->poll(w, f, 64, 64), 0);
	assert_int_equal(wire_counter(w, "pcap_tx_frames"), total);
	assert_int_equal(wire_counter(w, "pcap_recorded"), total);
	assert_int_equal(wire_counter(w, "pcap_out_errors"), 0);
	sl_wire_close(w);
}

static void
test_round_trip(void **state)
{
	const struct files *files = *state;
	uint64_t seed = wire_test_seed("pcap");

	write_capture(files->in, DLT_EN10MB, FRAMES, seed, 0);
	round_trip(files, "", 1, seed);
	check_record(files->out, seed, FRAMES);
	round_trip(files, ",loop=3", 3, seed);
	check_record(files->out, seed, 3 * FRAMES);
}

static void
test_control(void **state)
{
	const struct files *files = *state;
	struct sl_frame f[64];
	struct sl_wire *w;
	char text[256];
	uint32_t i;

	write_capture(files->in, DLT_EN10MB, 10, 1, 0);
	snprintf(text, sizeof(text), "pcap:in=%s,autostart=0", files->in);
	w = wire_must_open(text, NULL);
	assert_int_equal(w->ops->poll(w, f, 64, 64), 0);
	wire_must_control(w, "start");
	assert_int_equal(wire_counter(w, "pcap_running"), 1);
	assert_int_equal(w->ops->poll(w, f, 4, 64), 4);
	check_frame(3, 1, f[3].data, f[3].len);
	/* From the first frame again. */
	wire_must_control(w, "start,loop=2");
	assert_int_equal(w->ops->poll(w, f, 64, 7), 7);
	check_frame(0, 1, f[0].data, f[0].len);
	assert_int_equal(w->ops->poll(w, f, 64, 64), 13);
	check_frame(9, 1, f[12].data, f[12].len);
	assert_int_equal(wire_counter(w, "pcap_running"), 0);
	assert_int_equal(wire_counter(w, "pcap_tx_frames"), 24);
	wire_must_control(w, "clear");
	assert_int_equal(wire_counter(w, "pcap_tx_frames"), 0);
	wire_must_control(w, "loop=0,start");
	for (i = 0; i < 100; i++)
		assert_int_equal(w->ops->poll(w, f, 64, 64), 64);
	wire_must_control(w, "stop");
	assert_int_equal(w->ops->poll(w, f, 64, 64), 0);
	assert_int_equal(w->ops->control(w, "in=x"), -EINVAL);
	assert_int_equal(w->ops->control(w, "rate=x"), -EINVAL);
	assert_int_equal(w->ops->control(w, ""), -EINVAL);
	sl_wire_close(w);
}

/* At a rate frames come whatever room there is, and no faster. */
static void
test_rate(void **state)
{
	const struct files *files = *state;
	const double rate = 100e3, hz = wire_clock_hz();
	uint64_t before, total = 0, now;
	struct sl_frame f[64];
	struct sl_wire *w;
	char text[256];

	write_capture(files->in, DLT_EN10MB, 10, 1, 0);
	snprintf(text, sizeof(text), "pcap:in=%s,loop=0,rate=100k", files->in);
	before = wire_clock_now();
	w = wire_must_open(text, NULL);
	do {
		total += w->ops->poll(w, f, 64, 0);
		now = wire_clock_now();
		assert_true((double)total <= (double)(now - before) / hz * rate * 1.001 + 1);
	} while (total < 1000);
	sl_wire_close(w);
}

/* Files that must be refused, with the reason. */
static void
refused(const struct files *files, const char *reason)
{
	struct sl_wire *w;
	char text[256], why[512];

	snprintf(text, sizeof(text), "pcap:in=%s", files->in);
	assert_true(sl_wire_open(text, NULL, &w, why, sizeof(why)) < 0);
	assert_null(w);
	if (strstr(why, reason) == NULL || strstr(why, files->in) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", why, reason);
}

static void
write_raw(const char *path, const void *data, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, len, f), len);
	fclose(f);
}

static void
test_bad_captures(void **state)
{
	const struct files *files = *state;

	write_capture(files->in, DLT_EN10MB, 20, 1, 5);
	refused(files, "frame 20 was captured short");
	write_capture(files->in, DLT_RAW, 20, 1, 0);
	refused(files, "link type RAW");
	write_capture(files->in, DLT_EN10MB, 0, 1, 0);
	refused(files, "has no frame");
	write_raw(files->in, "", 0);
	refused(files, "cannot be read");
	write_raw(files->in, "no capture at all, but some text", 32);
	refused(files, "cannot be read");
	/* The file ends within a frame. */
	write_capture(files->in, DLT_EN10MB, 20, 1, 0);
	assert_int_equal(truncate(files->in, 24 + 16 + 3), 0);
	refused(files, "after frame 0");
}

/* Frames that no Ethernet has. */
static void
test_bad_lengths(void **state)
{
	static const uint32_t lens[] = {13, 1, WIRE_FRAME_MAX + 1, 65535};
	const struct files *files = *state;
	static uint8_t data[65536];
	size_t i;

	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		pcap_t *form = pcap_open_dead(DLT_EN10MB, 65535);
		pcap_dumper_t *out = pcap_dump_open(form, files->in);
		const struct pcap_pkthdr head = {.caplen = lens[i], .len = lens[i]};

		assert_non_null(out);
		pcap_dump((u_char *)out, &head, data);
		pcap_dump_close(out);
		pcap_close(form);
		refused(files, "allowed: 14..9724");
	}
}

/* A record that cannot be written is counted, not lost in silence. */
static void
test_full_disk(void **state)
{
	static uint8_t data[WIRE_FRAME_MAX];
	const struct sl_frame f = {data, WIRE_FRAME_MAX, false};
	struct sl_wire *w;
	uint32_t i;

	(void)state;
	if (access("/dev/full", W_OK) != 0)
		skip();
	w = wire_must_open("pcap:out=/dev/full", NULL);
	for (i = 0; i < 10; i++)
		w->ops->send(w, &f, 1);
	assert_true(wire_counter(w, "pcap_out_errors") > 0);
	assert_int_equal(wire_counter(w, "pcap_rx_frames"), 10);
	sl_wire_close(w);
}

#define PCAP_TEST(f) cmocka_unit_test_setup_teardown(f, make_files, remove_files)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PCAP_TEST(test_round_trip),
		PCAP_TEST(test_control),
		PCAP_TEST(test_rate),
		PCAP_TEST(test_bad_captures),
		PCAP_TEST(test_bad_lengths),
		PCAP_TEST(test_full_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
