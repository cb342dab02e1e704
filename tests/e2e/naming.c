/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * A sync call is missing in the driver, and no finding is reported. Repeating the same run finds
 * the source line of that call.
 */
#include <unistd.h>

#include "harness.h"

H_MISTAKES_ON_PURPOSE

#define SITES 64u
#define FRAMES 400u /* several laps of the ring */
#define MAX_RUNS 40u

static char path[64];
static char report[4096]; /* report of the last search */

static void
search_begin(void)
{
	int fd;

	snprintf(path, sizeof(path), "/tmp/sl-naming-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
}

/* One run. @return the number of right frames. */
static unsigned int
run(const struct sl_check_site *s, enum sl_check_bug bug)
{
	unsigned int right;
	char args[128];
	struct h_port p;

	snprintf(
		args, sizeof(args), "mac=02:00:00:00:00:09,check_policy=count,check_diff=%s", path);
	h_open(&p, args);
	p.check_free = true;
	p.faults_free = true;
	if (s != NULL)
		assert_int_equal(sl_check_plant(sl_pmd_check(p.id), bug, s->file, s->line), 0);
	h_start(&p, &(struct h_cfg){.pool_size = 1023});
	right = h_forward(&p, FRAMES);
	h_close(&p);
	return right;
}

/*
 * Repeat the same run until the search ends. @return the number of right frames in the first run.
 */
static unsigned int
search(const struct sl_check_site *s, enum sl_check_bug bug, struct sl_check_difference *d)
{
	unsigned int right = 0, i;
	FILE *f;

	search_begin();
	memset(d, 0, sizeof(*d));
	for (i = 0; i < MAX_RUNS && d->next != SL_CHECK_PASS_DONE; i++) {
		unsigned int n = run(s, bug);

		right = i == 0 ? n : right;
		assert_int_equal(sl_check_difference_read(path, d), 0);
	}
	assert_int_equal(d->next, SL_CHECK_PASS_DONE);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_int_equal(fread(report, 1, sizeof(report), f), sizeof(report));
	fclose(f);
	unlink(path);
	/*
	 * The file begins with a line of text, padded with zeroes to 64 bytes. The report follows.
	 */
	assert_non_null(strstr(report, "syncline search: done"));
	memmove(report, report + 64, sizeof(report) - 64);
	return right;
}

/* Find the sync calls of the bursts. */
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
		if (strstr(site[i].file, "sl_rx") != NULL || strstr(site[i].file, "sl_tx") != NULL)
			site[kept++] = site[i];
	h_close(&p);
	return kept;
}

static bool
at_same_line(const struct sl_check_site *site, unsigned int n, const struct sl_check_site *s)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (site[i].line == s->line && site[i].verb != s->verb &&
			strcmp(site[i].file, s->file) == 0)
			return true;
	return false;
}

/* Memory that a site's calls are for. The first flush of transmit is for a frame. */
static const char *
memory_of(const struct sl_check_site *site, unsigned int n, const struct sl_check_site *s)
{
	const bool rx = strstr(s->file, "sl_rx") != NULL;
	unsigned int i;

	if (strncmp(s->verb, "update", strlen("update")) == 0) {
		/*
		 * A range with a fence of its own is polled; ranges that share a fence are frames.
		 */
		if (!at_same_line(site, n, s))
			return "pool";
		return rx ? "rx queue 0 ring" : "tx queue 0 head";
	}
	if (strcmp(s->verb, "flush") == 0 && !rx) {
		for (i = 0; i < n &&
			(strcmp(site[i].verb, "flush") != 0 ||
				strstr(site[i].file, "sl_tx") == NULL);
			i++)
			;
		assert_true(i < n);
		return &site[i] == s ? "pool" : "tx queue 0 ring";
	}
	return rx ? "rx queue 0 ring" : "tx queue 0 ring";
}

/*
 * True if the memory fits the site. A doorbell barrier orders frames and ring, and the adversary
 * may have written back either one early.
 */
static bool
memory_fits(const struct sl_check_site *site, unsigned int n, const struct sl_check_site *s,
	const char *memory)
{
	return strstr(memory, memory_of(site, n, s)) != NULL ||
		(strcmp(s->verb, "doorbell barrier") == 0 && strstr(s->file, "sl_tx") != NULL &&
			strstr(memory, "pool") != NULL);
}

/* Inject a bug into each call. The search names the call's line if the run fails, else none. */
static void
spoilt_calls(void **state)
{
	static const enum sl_check_bug bugs[] = {SL_CHECK_BUG_DROP, SL_CHECK_BUG_HALF};
	static const char *const words[] = {"without", "half of"};
	struct sl_check_site site[SITES];
	struct sl_check_difference d;
	unsigned int i, k, right, wrong = 0, n = hot_sites(site);

	(void)state;
	for (i = 0; i < n; i++) {
		for (k = 0; k < RTE_DIM(bugs); k++) {
			right = search(&site[i], bugs[k], &d);
			printf("# %s %s %s:%d: %u right, %s", words[k], site[i].verb, site[i].file,
				site[i].line, right, sl_check_verdict_name(d.verdict));
			if (d.memory[0] != '\0')
				printf(" '%s' + %zu, %u suspects", d.memory, d.offset, d.suspects);
			printf(", %u runs\n", d.runs);
			if (right == FRAMES) {
				assert_int_equal(d.verdict, SL_CHECK_SAME);
				continue;
			}
			wrong++;
			assert_int_equal(d.verdict,
				strncmp(site[i].verb, "update", 6) == 0 ? SL_CHECK_CPU_BEHIND :
									  SL_CHECK_NIC_BEHIND);
			assert_true(memory_fits(site, n, &site[i], d.memory));
		}
	}
	assert_in_range(wrong, 8, 2 * n);
}

/* Check the whole report for a payload of which only half was updated. */
static void
half_a_frame(void **state)
{
	struct sl_check_site site[SITES];
	struct sl_check_difference d;
	unsigned int i, n = hot_sites(site);

	(void)state;
	for (i = 0;
		i < n && (strcmp(site[i].verb, "update") != 0 || at_same_line(site, n, &site[i]));
		i++)
		;
	assert_in_range(i, 0, n - 1);
	assert_true(search(&site[i], SL_CHECK_BUG_HALF, &d) < FRAMES);
	assert_int_equal(d.verdict, SL_CHECK_CPU_BEHIND);
	/* The first frame's first missed line. Its last sync was at the post of the buffer. */
	assert_string_equal(d.history[0].verb, "prepare");
	assert_non_null(strstr(d.history[0].file, "sl_rx"));
	assert_non_null(strstr(d.coherent, "sl_tx"));
	assert_non_null(strstr(report, "difference (cpu_behind): the CPU used a line"));
	assert_non_null(strstr(report, "last sync: "));
}

static void
as_json(void **state)
{
	char *text = NULL, args[128];
	size_t len;
	struct h_port p;
	FILE *f;

	(void)state;
	search_begin();
	snprintf(args, sizeof(args), "check_diff=%s", path);
	h_open(&p, args);
	f = open_memstream(&text, &len);
	assert_non_null(f);
	sl_check_dump_json(sl_pmd_check(p.id), f);
	fclose(f);
	assert_non_null(strstr(text, "\"pass\": \"record\""));
	assert_non_null(strstr(text, "\"verdict\": \"not_yet\""));
	free(text);
	h_close(&p);
	unlink(path);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spoilt_calls),
		cmocka_unit_test(half_a_frame),
		cmocka_unit_test(as_json),
	};

	return h_main(argc, argv, tests);
}
