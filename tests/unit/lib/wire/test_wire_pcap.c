/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* The pcap wire: replayed and recorded frames equal the captured ones. */

#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wire_clock.h"
#include "wire_priv.h"
#include "wire_test.h"

#define FRAMES 500u
/** Bytes before the first frame. */
#define RECORD_FILE_HEAD 24u

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

/* Bytes of frame @p n of the test. @return its length. */
static uint32_t
frame_bytes(uint32_t n, uint64_t seed, uint8_t *data)
{
	uint32_t len, i;

	seed += (uint64_t)n << 32;
	rng_next(&seed);
	/* Includes the longest and the shortest frame. */
	len = n == 3 ? WIRE_FRAME_MAX : n == 4 ? 14 : 14 + rng_below(&seed, 1501);
	for (i = 0; i < len; i++)
		data[i] = (uint8_t)rng_next(&seed);
	return len;
}

/* Write a capture of @p n frames. The last one's caplen is @p cut bytes shorter. */
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

/* Compare with the test's frame, padded as on a wire. */
static void
check_frame(uint32_t n, uint64_t seed, const uint8_t *got, uint32_t got_len)
{
	static uint8_t want[WIRE_FRAME_MAX];
	uint32_t len;

	memset(want, 0, WIRE_FRAME_MIN);
	len = frame_bytes(n, seed, want);
	/* A short frame is padded. */
	if (len < WIRE_FRAME_MIN) {
		memset(want + len, 0, WIRE_FRAME_MIN - len);
		len = WIRE_FRAME_MIN;
	}
	assert_int_equal(got_len, len);
	assert_memory_equal(got, want, len);
}

/* Read the record. Its frames are those of the capture, repeated. */
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

/* Replay, send the frames back to the wire, read the record: equal in each of @p rounds. */
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
		room = rng_below(&seed, 70);
		n = w->ops->poll(w, f, 1 + rng_below(&seed, 64), room);
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
	uint64_t seed = rng_seed(0);

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

/* With a rate, frames are offered at most at that rate, whether or not there is room. */
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

/* Check that the input file is refused with the reason. */
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

/* Frame lengths that Ethernet does not have. */
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

/* Check that the wire is refused with the reason, and that the named file was not changed. */
static void
out_refused(const char *wire, const char *reason)
{
	struct sl_wire *w;
	char why[512] = "";

	assert_true(sl_wire_open(wire, NULL, &w, why, sizeof(why)) < 0);
	assert_null(w);
	if (strstr(why, reason) == NULL)
		fail_msg("\"%s\": \"%s\" does not say \"%s\"", wire, why, reason);
}

static off_t
size_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

/* A record never overwrites a file that is replayed or recorded, whatever its path. */
static void
test_same_file(void **state)
{
	const struct files *files = *state;
	char text[256], other[80];
	struct sl_wire *first, *second;
	off_t size;

	write_capture(files->in, DLT_EN10MB, 10, 1, 0);
	size = size_of(files->in);
	snprintf(text, sizeof(text), "pcap:in=%s,out=%s", files->in, files->in);
	out_refused(text, "the same file as in=");
	snprintf(
		other, sizeof(other), "%s/../%s/in.pcap", files->dir, files->dir + strlen("/tmp/"));
	snprintf(text, sizeof(text), "pcap:in=%s,out=%s", files->in, other);
	out_refused(text, "the same file as in=");
	assert_int_equal(symlink(files->in, files->out), 0);
	snprintf(text, sizeof(text), "pcap:in=%s,out=%s", files->in, files->out);
	out_refused(text, "the same file as in=");
	unlink(files->out);
	assert_int_equal(link(files->in, files->out), 0);
	out_refused(text, "the same file as in=");
	/* One wire replays it, another tries to record to it. */
	snprintf(text, sizeof(text), "pcap:in=%s", files->in);
	first = wire_must_open(text, NULL);
	second = wire_must_open(text, NULL);
	snprintf(text, sizeof(text), "pcap:out=%s", files->out);
	out_refused(text, "another wire reads or writes it");
	sl_wire_close(first);
	out_refused(text, "another wire reads or writes it");
	assert_int_equal(size_of(files->in), size);
	sl_wire_close(second);
	/* Two wires record to one file. One records while another tries to replay. */
	first = wire_must_open(text, NULL);
	out_refused(text, "another wire reads or writes it");
	snprintf(text, sizeof(text), "pcap:in=%s", files->in);
	out_refused(text, "another wire writes it");
	sl_wire_close(first);
	assert_int_equal(size_of(files->in), RECORD_FILE_HEAD);
}

/* Paths that cannot be record files. */
static void
test_bad_places(void **state)
{
	const struct files *files = *state;
	char text[256];

	out_refused("pcap:out=-", "text goes to standard output");
	snprintf(text, sizeof(text), "pcap:out=%s", files->dir);
	out_refused(text, "is a folder");
	snprintf(text, sizeof(text), "pcap:out=%s/none/out", files->dir);
	out_refused(text, "No such file or directory");
	if (access("/dev/full", W_OK) == 0)
		out_refused("pcap:out=/dev/full", "No space left on device");
}

/* Standard output under another name. */
static void
test_standard_output(void **state)
{
	const struct files *files = *state;
	const int before = dup(STDERR_FILENO), fd = open(files->out, O_WRONLY | O_CREAT, 0600);
	char text[256], why[512] = "";
	struct sl_wire *w;
	int ret;

	assert_true(before >= 0 && fd >= 0);
	snprintf(text, sizeof(text), "pcap:out=%s", files->out);
	dup2(fd, STDERR_FILENO);
	ret = sl_wire_open(text, NULL, &w, why, sizeof(why));
	dup2(before, STDERR_FILENO);
	close(before);
	close(fd);
	assert_int_equal(ret, -EINVAL);
	assert_non_null(strstr(why, "where the program's text goes"));
}

/* Check the wire's report about its record: 0, or the errno, as text and as JSON. */
static void
check_flush(struct sl_wire *w, int err, const char *path)
{
	char why[512] = "", report[1024] = "";
	FILE *f = fmemopen(report, sizeof(report), "w");

	assert_int_equal(w->ops->flush(w, why, sizeof(why)), -err);
	w->ops->report(w, f);
	fclose(f);
	assert_non_null(strstr(report, err == 0 ? "\"error\":null" : "\"error\":\"pcap:out="));
	if (err == 0)
		return;
	assert_non_null(strstr(why, path));
	assert_non_null(strstr(why, strerror(err)));
}

static void
send_frames(struct sl_wire *w, unsigned int n)
{
	static uint8_t data[1000];
	const struct sl_frame f = {data, sizeof(data), false};

	while (n-- > 0)
		w->ops->send(w, &f, 1);
}

/*
 * A full disk, simulated by a limit on file sizes. It is reported at the last flush at the latest.
 */
static void
test_full_disk(void **state)
{
	const struct files *files = *state;
	const struct rlimit small = {.rlim_cur = 5000, .rlim_max = RLIM_INFINITY};
	struct rlimit before;
	char text[256];
	unsigned int n;

	snprintf(text, sizeof(text), "pcap:out=%s", files->out);
	getrlimit(RLIMIT_FSIZE, &before);
	/* Fewer frames than are buffered before a write, and more. */
	for (n = 1; n <= 200; n += n < 6 ? 1 : 50) {
		const int err = n * 1016 + RECORD_FILE_HEAD > small.rlim_cur ? EFBIG : 0;
		struct sl_wire *w = wire_must_open(text, NULL);

		setrlimit(RLIMIT_FSIZE, &small);
		send_frames(w, n);
		check_flush(w, err, files->out);
		setrlimit(RLIMIT_FSIZE, &before);
		/* Recording does not continue after a gap when there is space again. */
		send_frames(w, 5);
		check_flush(w, err, files->out);
		assert_int_equal(wire_counter(w, "pcap_rx_frames"), n + 5);
		assert_true(wire_counter(w, "pcap_out_errors") >= (err != 0 ? 5 : 0));
		sl_wire_close(w);
	}
}

/* A FIFO without a reader, and one whose reader does not read. */
static void
test_fifo(void **state)
{
	const struct files *files = *state;
	struct sl_wire *w;
	char text[256];
	int fd;

	assert_int_equal(mkfifo(files->out, 0600), 0);
	snprintf(text, sizeof(text), "pcap:out=%s", files->out);
	fd = open(files->out, O_RDONLY | O_NONBLOCK);
	w = wire_must_open(text, NULL);
	send_frames(w, 20);
	check_flush(w, 0, files->out);
	close(fd);
	send_frames(w, 20);
	check_flush(w, EPIPE, files->out);
	sl_wire_close(w);
	fd = open(files->out, O_RDONLY | O_NONBLOCK);
	w = wire_must_open(text, NULL);
	send_frames(w, 2000);
	check_flush(w, ETIMEDOUT, files->out);
	sl_wire_close(w);
	close(fd);
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
		PCAP_TEST(test_same_file),
		PCAP_TEST(test_bad_places),
		PCAP_TEST(test_standard_output),
		PCAP_TEST(test_full_disk),
		PCAP_TEST(test_fifo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
