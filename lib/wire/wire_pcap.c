/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * pcap: replays a capture to the NIC, and records frames from the NIC
 * (wire_record.c). The whole capture is read at open, so that no file is read
 * during the replay.
 */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wire_clock.h"
#include "wire_pace.h"
#include "wire_priv.h"
#include "wire_record.h"
#include "wire_run.h"

/* Most bytes of frames in a capture, which is held in memory. */
#define PCAP_IN_MAX (UINT64_C(256) << 20)
#define ETHER_HEAD 14u

struct pcap_config {
	struct wire_run run;
	uint64_t loop; /* times the capture is sent; 0: endlessly */
};

/* One frame of the capture; at: its offset in the bytes of all frames. */
struct capture_frame {
	uint64_t at;
	uint32_t len;
};

struct capture {
	struct capture_frame *frames;
	uint8_t *bytes;
	size_t n, n_room;
	uint64_t used, room;
	double mean_len;
};

struct pcap_wire {
	struct sl_wire base;
	struct capture in;
	int in_fd;		 /* has the lock against writers of the capture; -1: none */
	struct wire_record *out; /* NULL: nothing is recorded */
	double hz;
	struct pcap_config now; /* device thread's copy */
	struct wire_pace pace;
	size_t next; /* index of the next frame in the capture */
	uint64_t loops_left;
	_Atomic bool running;
	wire_count_t tx_frames; /* replayed frames */
	wire_count_t tx_skipped;
	wire_count_t rx_frames; /* frames from the NIC */
	wire_count_t recorded;
	wire_count_t out_errors;

	/* Used by control threads. */
	struct wire_box box; /* guards want, and writes to now */
	struct pcap_config want;
};

/* Words given at open. */
struct pcap_args {
	struct pcap_config config; /* first member: setters get the address of either struct */
	char *in;
	char *out;
};

/* --- words --- */

static int
set_loop(void *ctx, const char *value)
{
	return wire_parse_u64(value, 0, UINT64_MAX, &((struct pcap_config *)ctx)->loop);
}

static int
set_path(char **path, const char *value)
{
	if (value[0] == '\0')
		return -EINVAL;
	*path = strdup(value);
	return *path != NULL ? 0 : -ENOMEM;
}

static int
set_in(void *ctx, const char *value)
{
	return set_path(&((struct pcap_args *)ctx)->in, value);
}

static int
set_out(void *ctx, const char *value)
{
	return set_path(&((struct pcap_args *)ctx)->out, value);
}

static const struct wire_opt pcap_opts[] = {
	{"in", WIRE_AT_OPEN, "the path of a capture, without comma", set_in},
	{"out", WIRE_AT_OPEN, "the path of a file to write, without comma", set_out},
	{"loop", WIRE_AT_OPEN | WIRE_AT_CONTROL, "how often to send it, 0 for no end", set_loop},
	{"rate", WIRE_AT_OPEN | WIRE_AT_CONTROL, WIRE_RATE_ALLOWED, wire_run_rate},
	{"autostart", WIRE_AT_OPEN, "0 or 1", wire_run_autostart},
	{"start", WIRE_AT_CONTROL | WIRE_BARE, "", wire_run_start},
	{"stop", WIRE_AT_CONTROL | WIRE_BARE, "", wire_run_stop},
	{"clear", WIRE_AT_CONTROL | WIRE_BARE, "", wire_run_clear},
	{NULL, 0, NULL, NULL},
};

static int
pcap_control(struct sl_wire *w, const char *word)
{
	struct pcap_wire *pw = (struct pcap_wire *)w;
	const struct wire_why silent = {NULL, 0};
	struct pcap_config c;
	int ret;

	if (word == NULL || word[0] == '\0')
		return -EINVAL;
	pthread_mutex_lock(&pw->box.lock);
	c = pw->want;
	ret = wire_opts_parse("pcap", word, WIRE_AT_CONTROL, pcap_opts, &c, &silent);
	if (ret == 0) {
		pw->want = c;
		wire_box_post(&pw->box);
	}
	pthread_mutex_unlock(&pw->box.lock);
	return ret;
}

/* --- device thread --- */

static void
apply(struct pcap_wire *pw, const struct wire_run *old)
{
	const struct wire_run *run = &pw->now.run;
	bool running = atomic_load_explicit(&pw->running, memory_order_relaxed);

	if (run->clear_no != old->clear_no) {
		wire_count_set(&pw->tx_frames, 0);
		wire_count_set(&pw->tx_skipped, 0);
		wire_count_set(&pw->rx_frames, 0);
		wire_count_set(&pw->recorded, 0);
		wire_count_set(&pw->out_errors, 0);
	}
	if (run->start_no != old->start_no) {
		running = pw->in.n > 0;
		pw->next = 0;
		pw->loops_left = pw->now.loop != 0 ? pw->now.loop : UINT64_MAX;
	}
	if (run->start_no != old->start_no || run->rate_no != old->rate_no)
		wire_pace_start(&pw->pace, wire_rate_fps(&run->rate, pw->in.mean_len), pw->hz,
			WIRE_BURST_MAX, wire_clock_now());
	atomic_store_explicit(&pw->running, running && run->run, memory_order_relaxed);
}

static void
pcap_sync(struct pcap_wire *pw)
{
	struct wire_run old;

	if (!wire_box_open(&pw->box))
		return;
	old = pw->now.run;
	pw->now = pw->want;
	apply(pw, &old);
	wire_box_close(&pw->box);
}

/* Return the next frame of the capture, and advance. */
static void
take_frame(struct pcap_wire *pw, struct sl_frame *frame)
{
	const struct capture_frame *f = &pw->in.frames[pw->next];

	frame->data = pw->in.bytes + f->at;
	frame->len = f->len;
	frame->bad_fcs = false;
	if (++pw->next < pw->in.n)
		return;
	pw->next = 0;
	if (pw->loops_left != UINT64_MAX && --pw->loops_left == 0)
		atomic_store_explicit(&pw->running, false, memory_order_relaxed);
}

static unsigned int
pcap_poll(struct sl_wire *w, struct sl_frame *frames, unsigned int max, unsigned int room)
{
	struct pcap_wire *pw = (struct pcap_wire *)w;
	uint64_t due = room, skipped = 0;
	unsigned int n = 0;

	pcap_sync(pw);
	if (!atomic_load_explicit(&pw->running, memory_order_relaxed))
		return 0;
	if (pw->pace.per_tick > 0) {
		due = wire_pace_due(&pw->pace, wire_clock_now(), &skipped);
		wire_count_add(&pw->tx_skipped, skipped);
	}
	while (n < max && n < due && atomic_load_explicit(&pw->running, memory_order_relaxed))
		take_frame(pw, &frames[n++]);
	pw->pace.done += n;
	wire_count_add(&pw->tx_frames, n);
	return n;
}

static void
pcap_send(struct sl_wire *w, const struct sl_frame *frames, unsigned int n)
{
	struct pcap_wire *pw = (struct pcap_wire *)w;
	struct timespec now;
	unsigned int i;

	pcap_sync(pw);
	wire_count_add(&pw->rx_frames, n);
	if (pw->out == NULL)
		return;
	clock_gettime(CLOCK_REALTIME, &now);
	for (i = 0; i < n; i++) {
		if (wire_record_add(pw->out, &frames[i], &now) == 0)
			wire_count_add(&pw->recorded, 1);
		else
			wire_count_add(&pw->out_errors, 1);
	}
}

/* --- counters --- */

static uint64_t
value(const struct pcap_wire *pw, const wire_count_t *c)
{
	return pw->now.run.clear_no == pw->want.run.clear_no ? wire_count_get(c) : 0;
}

static bool
is_running(const struct pcap_wire *pw)
{
	if (!pw->want.run.run)
		return false;
	/* A start counts as done even if the device thread has not applied it yet. */
	if (pw->now.run.start_no != pw->want.run.start_no)
		return pw->in.n > 0;
	return atomic_load_explicit(&pw->running, memory_order_relaxed);
}

static unsigned int
pcap_counters(struct sl_wire *w, struct sl_wire_counter *out, unsigned int max)
{
	struct pcap_wire *pw = (struct pcap_wire *)w;
	unsigned int n;

	pthread_mutex_lock(&pw->box.lock);
	const struct wire_counter_row rows[] = {
		{"pcap_tx_frames", value(pw, &pw->tx_frames)},
		{"pcap_tx_skipped", value(pw, &pw->tx_skipped)},
		{"pcap_rx_frames", value(pw, &pw->rx_frames)},
		{"pcap_recorded", value(pw, &pw->recorded)},
		{"pcap_out_errors", value(pw, &pw->out_errors)},
		{"pcap_running", is_running(pw)},
	};

	n = wire_counters_out(rows, sizeof(rows) / sizeof(rows[0]), out, max);
	pthread_mutex_unlock(&pw->box.lock);
	return n;
}

/* --- result of the record --- */

static int
pcap_flush(struct sl_wire *w, char *why, size_t why_len)
{
	const struct pcap_wire *pw = (const struct pcap_wire *)w;
	const struct wire_why reason = {why, why_len};
	const int ret = pw->out != NULL ? wire_record_flush(pw->out) : 0;

	if (ret == 0)
		return 0;
	return wire_fail(&reason, -ret,
		"pcap:out=%s: cannot be written: %s; the record lacks its last frames; "
		"allowed: a place with room",
		wire_record_path(pw->out), strerror(-ret));
}

static void
pcap_report(struct sl_wire *w, FILE *json)
{
	struct pcap_wire *pw = (struct pcap_wire *)w;
	char why[512] = "";

	pcap_flush(w, why, sizeof(why));
	pthread_mutex_lock(&pw->box.lock);
	fprintf(json,
		"{\"kind\":\"pcap\",\"tx\":{\"frames\":%" PRIu64 ",\"skipped\":%" PRIu64
		",\"running\":%s},\"rx\":{\"frames\":%" PRIu64 ",\"recorded\":%" PRIu64
		"},\"error\":",
		value(pw, &pw->tx_frames), value(pw, &pw->tx_skipped),
		is_running(pw) ? "true" : "false", value(pw, &pw->rx_frames),
		value(pw, &pw->recorded));
	pthread_mutex_unlock(&pw->box.lock);
	if (why[0] != '\0')
		wire_json_text(json, why);
	else
		fputs("null", json);
	fputs("}", json);
}

/* --- the capture --- */

static void
capture_free(struct capture *in)
{
	free(in->frames);
	free(in->bytes);
}

/* Make room for one more frame of @p len bytes. */
static int
capture_grow(struct capture *in, uint32_t len)
{
	if (in->n == in->n_room) {
		const size_t room = in->n_room != 0 ? in->n_room * 2 : 1024;
		void *p = reallocarray(in->frames, room, sizeof(*in->frames));

		if (p == NULL)
			return -ENOMEM;
		in->frames = p;
		in->n_room = room;
	}
	if (in->used + len > in->room) {
		const uint64_t room = in->room != 0 ? in->room * 2 : UINT64_C(1) << 20;
		void *p = realloc(in->bytes, room);

		if (p == NULL)
			return -ENOMEM;
		in->bytes = p;
		in->room = room;
	}
	return 0;
}

static int
capture_add(struct capture *in, const char *path, const struct pcap_pkthdr *head,
	const u_char *data, const struct wire_why *why)
{
	/* Hosts capture frames before padding: pad them to the shortest frame of a wire. */
	const uint32_t len = head->len < WIRE_FRAME_MIN ? WIRE_FRAME_MIN : head->len;

	if (head->caplen < head->len)
		return wire_fail(why, EINVAL,
			"pcap:in=%s: frame %zu was captured short, %u of %u "
			"bytes: capture again with snapshot length 0",
			path, in->n + 1, head->caplen, head->len);
	if (head->len < ETHER_HEAD || head->len > WIRE_FRAME_MAX)
		return wire_fail(why, EINVAL, "pcap:in=%s: frame %zu has %u bytes; allowed: %u..%u",
			path, in->n + 1, head->len, ETHER_HEAD, WIRE_FRAME_MAX);
	if (in->used + len > PCAP_IN_MAX)
		return wire_fail(why, EFBIG,
			"pcap:in=%s: too large to hold in memory; allowed: "
			"%u MiB of frames",
			path, (unsigned int)(PCAP_IN_MAX >> 20));
	if (capture_grow(in, len) != 0)
		return wire_fail(why, ENOMEM, "pcap:in=%s: no memory", path);
	in->frames[in->n++] = (struct capture_frame){.at = in->used, .len = len};
	memcpy(in->bytes + in->used, data, head->len);
	memset(in->bytes + in->used + head->len, 0, len - head->len);
	in->used += len;
	return 0;
}

static int
capture_read(struct capture *in, const char *path, pcap_t *p, const struct wire_why *why)
{
	struct pcap_pkthdr *head;
	const u_char *data;
	int more, ret = 0;

	if (pcap_datalink(p) != DLT_EN10MB)
		return wire_fail(why, EINVAL,
			"pcap:in=%s: link type %s; allowed: EN10MB (Ethernet)", path,
			pcap_datalink_val_to_name(pcap_datalink(p)) != NULL ?
				pcap_datalink_val_to_name(pcap_datalink(p)) :
				"unknown");
	while (ret == 0 && (more = pcap_next_ex(p, &head, &data)) == 1)
		ret = capture_add(in, path, head, data, why);
	if (ret != 0)
		return ret;
	if (more != PCAP_ERROR_BREAK)
		return wire_fail(
			why, EIO, "pcap:in=%s: after frame %zu: %s", path, in->n, pcap_geterr(p));
	if (in->n == 0)
		return wire_fail(why, EINVAL, "pcap:in=%s: has no frame", path);
	in->mean_len = (double)in->used / (double)in->n;
	return 0;
}

/* Open the capture as a stream. The wire keeps a second descriptor, which has the lock. */
static FILE *
capture_stream(struct pcap_wire *pw, const char *path)
{
	int fd;

	pw->in_fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	fd = pw->in_fd >= 0 ? dup(pw->in_fd) : -1;
	return fd >= 0 ? fdopen(fd, "r") : NULL;
}

static int
capture_load(struct pcap_wire *pw, const char *path, const struct wire_why *why)
{
	char err[PCAP_ERRBUF_SIZE] = "";
	FILE *f = capture_stream(pw, path);
	pcap_t *p;
	int ret;

	if (f == NULL)
		return wire_fail(
			why, errno, "pcap:in=%s: cannot be read: %s", path, strerror(errno));
	if (wire_file_hold(pw->in_fd, false) != 0) {
		fclose(f);
		return wire_fail(why, EBUSY,
			"pcap:in=%s: another wire writes it; allowed: a file that is complete",
			path);
	}
	p = pcap_fopen_offline(f, err);
	if (p == NULL) {
		fclose(f);
		return wire_fail(why, EIO, "pcap:in=%s: cannot be read: %s", path, err);
	}
	ret = capture_read(&pw->in, path, p, why);
	pcap_close(p);
	return ret;
}

/* --- open and close --- */

static void
pcap_wire_close(struct sl_wire *w)
{
	struct pcap_wire *pw = (struct pcap_wire *)w;

	wire_record_close(pw->out);
	if (pw->in_fd >= 0)
		close(pw->in_fd);
	capture_free(&pw->in);
	pthread_mutex_destroy(&pw->box.lock);
	free(pw);
}

static const struct sl_wire_ops pcap_ops = {
	.kind = "pcap",
	.send = pcap_send,
	.poll = pcap_poll,
	.counters = pcap_counters,
	.control = pcap_control,
	.report = pcap_report,
	.flush = pcap_flush,
	.close = pcap_wire_close,
};

static int
open_parsed(const struct pcap_args *a, struct sl_wire **out, const struct wire_why *why)
{
	struct pcap_wire *pw;
	int ret = 0;

	if (a->in == NULL && a->out == NULL)
		return wire_fail(why, EINVAL,
			"pcap: names no file; allowed: pcap:in=F, "
			"pcap:out=F, or both");
	pw = calloc(1, sizeof(*pw));
	if (pw == NULL)
		return wire_fail(why, ENOMEM, "pcap: no memory");
	pw->base.ops = &pcap_ops;
	pw->in_fd = -1;
	pthread_mutex_init(&pw->box.lock, NULL);
	if (a->in != NULL)
		ret = capture_load(pw, a->in, why);
	if (ret == 0 && a->out != NULL)
		ret = wire_record_open(a->out, pw->in_fd, &pw->out, why);
	if (ret != 0) {
		pcap_wire_close(&pw->base);
		return ret;
	}
	pw->hz = wire_clock_hz();
	pw->want = a->config;
	pw->want.run.start_no += a->config.run.run;
	wire_box_post(&pw->box);
	pcap_sync(pw);
	*out = &pw->base;
	return 0;
}

int
wire_pcap_open(
	const char *args, struct sl_wire_hub *hub, struct sl_wire **out, const struct wire_why *why)
{
	struct pcap_args a = {.config = {.run = {.run = true}, .loop = 1}};
	int ret;

	(void)hub;
	ret = wire_opts_parse("pcap", args, WIRE_AT_OPEN, pcap_opts, &a, why);
	if (ret == 0)
		ret = open_parsed(&a, out, why);
	free(a.in);
	free(a.out);
	return ret;
}
