/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The driver with the checker. Each missing sync call is found, the same seed gives the same run,
 * findings appear in the statistics, and the rate is printed.
 */
#include <time.h>
#include <unistd.h>

#include "harness.h"

H_MISTAKES_ON_PURPOSE

#define SITES 64u
#define FRAMES 1000u /* several laps of the ring */

/*
 * Sync calls of the bursts. Calls at the start of a queue are excluded. The barrier there is only
 * needed when another thread does the bursts; here the next barrier replaces it.
 */
static bool
in_hot_path(const struct sl_check_site *s)
{
	return (strstr(s->file, "sl_rx") != NULL || strstr(s->file, "sl_tx") != NULL) &&
		strcmp(s->verb, "release") != 0 &&
		(strcmp(s->verb, "doorbell barrier") != 0 || s->calls > 2) &&
		(strncmp(s->verb, "update", strlen("update")) != 0 || s->calls > 2);
}

/* Run a new port with a bug injected at a sync call. @return how it was found; NULL: not found. */
static const char *
spoilt(const struct sl_check_site *s, enum sl_check_bug bug)
{
	struct sl_check_stats stats;
	uint64_t bad_heads;
	unsigned int right;
	struct h_port p;

	h_open(&p, "check_policy=count");
	p.check_free = true;
	p.faults_free = true;
	assert_int_equal(sl_check_plant(sl_pmd_check(p.id), bug, s->file, s->line), 0);
	h_start(&p, &(struct h_cfg){.pool_size = 1023});
	right = h_forward(&p, FRAMES);
	sl_check_stats(sl_pmd_check(p.id), &stats);
	/* A stale head may be out of range. The driver then reads the NIC's register instead. */
	bad_heads = h_xstat(&p, "tx_q0_bad_head");
	/* The port stops and closes with the bug present. No mbuf may be lost. */
	h_close(&p);
	if (stats.found != 0)
		return "found";
	if (bad_heads != 0)
		return "wild heads";
	return right == FRAMES ? NULL : "wrong data";
}

static unsigned int
hot_sites(struct sl_check_site *site)
{
	struct h_port p;
	unsigned int i, n, kept = 0;

	h_open(&p, NULL);
	h_start(&p, &(struct h_cfg){.pool_size = 1023});
	assert_int_equal(h_forward(&p, FRAMES), FRAMES);
	n = sl_check_sites(sl_pmd_check(p.id), site, SITES);
	assert_in_range(n, 8, SITES);
	for (i = 0; i < n; i++)
		if (in_hot_path(&site[i]))
			site[kept++] = site[i];
	h_close(&p);
	return kept;
}

static void
every_call_is_needed(void **state)
{
	struct sl_check_site site[SITES];
	unsigned int i, n = hot_sites(site), survived = 0;

	(void)state;
	for (i = 0; i < n; i++) {
		const char *how = spoilt(&site[i], SL_CHECK_BUG_DROP);

		printf("# without %-16s %s:%d: %s\n", site[i].verb, site[i].file, site[i].line,
			how == NULL ? "NOT FOUND" : how);
		survived += how == NULL;
	}
	assert_int_equal(survived, 0);
}

static void
reversed_calls(void **state)
{
	struct sl_check_site site[SITES];
	unsigned int i, n = hot_sites(site);

	(void)state;
	for (i = 0; i < n; i++) {
		if (strcmp(site[i].verb, "flush") == 0 || strcmp(site[i].verb, "prepare") == 0)
			assert_non_null(spoilt(&site[i], SL_CHECK_BUG_REVERSE));
	}
}

static uint64_t
trace_of_a_run(void)
{
	struct sl_check_stats s;
	struct h_port p;

	h_open(&p, NULL);
	h_start(&p, &(struct h_cfg){.pool_size = 1023});
	assert_int_equal(h_forward(&p, FRAMES), FRAMES);
	sl_check_stats(sl_pmd_check(p.id), &s);
	assert_true(s.evictions > 0);
	h_close(&p);
	return s.trace;
}

static void
same_seed_same_run(void **state)
{
	(void)state;
	assert_true(trace_of_a_run() == trace_of_a_run());
}

static void
findings_are_counted(void **state)
{
	struct h_port *p = *state;
	char own[64] = "";

	h_start(p, NULL);
	h_alive(p);
	assert_int_equal(h_xstat(p, "check_findings"), 0);
	assert_true(h_xstat(p, "check_syncs") > 0);
	assert_true(h_xstat(p, "check_device_accesses") > 0);
	h_log_mark();
	sl_flush(sl_adapter_sync(sl_pmd_adapter(p->id)), SL_COHERENCY_CHECKED, own, sizeof(own));
	assert_int_equal(h_xstat(p, "check_findings"), 1);
	assert_true(h_log_has("outside (A1)"));
	assert_true(h_log_has("checked.c"));
	p->check_free = true;
	h_close(p);
	assert_true(h_log_has("1 findings, 1 of them distinct"));
	assert_true(h_log_has("check_seed="));
}

static void
give_back_nothing(void *addr, void *opaque)
{
	(void)addr;
	(void)opaque;
}

/* Send a frame from mempool memory, or from @p own, a buffer that is not in a mempool. */
static void
send_one(struct h_port *p, uint8_t *own)
{
	struct rte_mbuf_ext_shared_info *shared;
	const uint16_t len = 200;
	uint16_t room = 1024;
	struct rte_mbuf *m;
	uint8_t f[200];

	frame_ether(f, len, &p->mac, 3);
	if (own == NULL) {
		h_send(p, 0, h_mbuf(p, f, len, 1));
		return;
	}
	m = rte_pktmbuf_alloc(p->pool);
	assert_non_null(m);
	memcpy(own, f, len);
	shared = rte_pktmbuf_ext_shinfo_init_helper(own, &room, give_back_nothing, NULL);
	rte_pktmbuf_attach_extbuf(m, own, (rte_iova_t)(uintptr_t)own, room, shared);
	m->data_len = len;
	m->pkt_len = len;
	h_send(p, 0, m);
}

/* A missing flush is found in each kind of memory, and the finding names the memory. */
static void
every_kind_of_memory(void **state)
{
	static const char *const memory[] = {"pool", "external buffer", "tx queue 0 ring"};
	struct sl_check_site site[SITES];
	struct sl_check_finding f[SL_CHECK_FINDINGS];
	unsigned int i, k, first, n = hot_sites(site);
	struct h_port p;
	uint8_t *own;

	(void)state;
	own = aligned_alloc(4096, 4096);
	assert_non_null(own);
	/* The first flush of transmit is for a frame, the second one for the ring. */
	for (first = 0; first < n &&
		(strcmp(site[first].verb, "flush") != 0 ||
			strstr(site[first].file, "sl_tx") == NULL);
		first++)
		;
	assert_true(first < n);
	for (i = 0; i < RTE_DIM(memory); i++) {
		const struct sl_check_site *s = &site[first];

		/* Mbufs with pinned external buffers cannot be attached to other buffers. */
		if (i == 1 && h_pinned())
			continue;
		for (k = first + 1; i == 2 && k < n && s == &site[first]; k++)
			if (strcmp(site[k].verb, "flush") == 0 &&
				strstr(site[k].file, "sl_tx") != NULL)
				s = &site[k];
		h_open(&p, "check_policy=count");
		p.check_free = true;
		p.faults_free = true;
		h_start(&p, NULL);
		assert_int_equal(
			sl_check_plant(sl_pmd_check(p.id), SL_CHECK_BUG_DROP, s->file, s->line), 0);
		send_one(&p, i == 1 ? own : NULL);
		assert_true(sl_check_findings(sl_pmd_check(p.id), f, SL_CHECK_FINDINGS) > 0);
		assert_string_equal(sl_check_class_name(f[0].kind), "missing_sync");
		assert_non_null(strstr(f[0].memory, memory[i]));
		h_stop(&p);
		h_close(&p);
	}
	free(own);
}

static void
findings_as_json(void **state)
{
	char path[] = "/tmp/sl-checked-XXXXXX", args[64], text[65536];
	char own[64] = "";
	struct h_port p;
	int fd = mkstemp(path);
	size_t n;
	FILE *f;

	(void)state;
	assert_true(fd >= 0);
	snprintf(args, sizeof(args), "check_json=%s", path);
	h_open(&p, args);
	h_start(&p, NULL);
	sl_flush(sl_adapter_sync(sl_pmd_adapter(p.id)), SL_COHERENCY_CHECKED, own, sizeof(own));
	p.check_free = true;
	h_close(&p);
	f = fdopen(fd, "r");
	assert_non_null(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	unlink(path);
	assert_non_null(strstr(text, "\"outside\": 1"));
	assert_non_null(strstr(text, "checked.c"));
	/* A report that cannot be written is logged, and the close continues. */
	h_log_mark();
	h_open(&p, "check_json=/proc/none/x");
	h_close(&p);
	assert_true(h_log_has("check_json=/proc/none/x cannot be written: No such file"));
}

/* Prints the rate. It is not checked. */
static void
rate(void **state)
{
	struct h_port *p = *state;
	uint64_t i, frames = h_frames(200000), done = 0;
	struct rte_mbuf *m[32];
	struct timespec from, to;
	uint8_t f[64], got[H_FRAME_CAP];
	double seconds;
	uint16_t n;

	h_start(p, &(struct h_cfg){.pool_size = 1023});
	frame_ether(f, sizeof(f), &p->mac, 1);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
	while (done < frames) {
		for (i = 0; i < RTE_DIM(m); i++)
			h_give(p, f, sizeof(f));
		h_step(p);
		n = rte_eth_rx_burst(p->id, 0, m, RTE_DIM(m));
		assert_int_equal(n, RTE_DIM(m));
		assert_int_equal(rte_eth_tx_burst(p->id, 0, m, n), n);
		h_step(p);
		for (i = 0; i < RTE_DIM(m); i++)
			assert_int_equal(h_take(p, got), sizeof(f));
		done += n;
	}
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
	seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
	printf("# %" PRIu64 " frames of 64 bytes forwarded: %.0f kpps\n", done,
		(double)done / seconds / 1e3);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_call_is_needed),
		cmocka_unit_test(reversed_calls),
		cmocka_unit_test(same_seed_same_run),
		h_test(findings_are_counted),
		cmocka_unit_test(every_kind_of_memory),
		cmocka_unit_test(findings_as_json),
		h_test(rate),
	};

	return h_main(argc, argv, tests);
}
