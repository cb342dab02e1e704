/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* Options of sl-testpmd: accepted values, refused values, and messages. */

#include <setjmp.h>
#include <stdarg.h>
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include <rte_common.h>
#include <rte_ethdev.h>

#include "config.h"
#include "rng.h"

static int
parse(struct config *cfg, char *why, int argc, const char *const *argv)
{
	why[0] = '\0';
	return config_parse(argc, (char *const *)(uintptr_t)argv, cfg, why);
}

#define PARSE(cfg, why, ...) \
	parse(cfg, why, RTE_DIM(((const char *const[]){__VA_ARGS__})), \
		(const char *const[]){__VA_ARGS__})

static const struct bounds {
	const char *name;
	uint64_t min, max;
	size_t offset, size;
} numbers[] = {
#define ROW(opt, lo, hi, f) \
	{ \
		opt, lo, hi, offsetof(struct config, f), sizeof(((struct config *)0)->f) \
	}
	ROW("burst", 1, BURST_MAX, burst),
	ROW("rxd", 1, 32768, rxd),
	ROW("txd", 1, 32768, txd),
	ROW("txq", 1, 128, txq),
	ROW("tx-retry", 0, 65535, tx_retries),
	ROW("nb-cores", 1, RTE_MAX_LCORE, nb_cores),
	ROW("mbufs", 400, 1u << 24, mbufs),
	ROW("mbcache", 0, 512, mbcache),
	ROW("mtu", 68, 16000, mtu),
	ROW("max-pkt-len", 64, 16000, max_pkt_len),
	ROW("packets", 1, UINT64_MAX - 1, packets),
	ROW("portmask", 1, (UINT64_C(1) << RTE_MAX_ETHPORTS) - 1, portmask),
};

static uint64_t
field(const struct config *cfg, const struct bounds *b)
{
	uint64_t v = 0;

	/* Little-endian, like all machines that DPDK supports on x86 and Arm. */
	memcpy(&v, (const char *)cfg + b->offset, b->size);
	return v;
}

static void
test_numbers(void **state)
{
	char why[CONFIG_WHY_LEN], opt[64], text[32];
	struct config cfg;

	(void)state;
	for (size_t i = 0; i < RTE_DIM(numbers); i++) {
		const struct bounds *b = &numbers[i];
		const uint64_t good[] = {b->min, b->max, b->min + (b->max - b->min) / 2};

		for (size_t k = 0; k < RTE_DIM(good); k++) {
			snprintf(opt, sizeof(opt), "--%s", b->name);
			snprintf(text, sizeof(text), "%" PRIu64, good[k]);
			assert_int_equal(PARSE(&cfg, why, opt, text), CONFIG_RUN);
			assert_true(field(&cfg, b) == good[k]);
			snprintf(opt, sizeof(opt), "--%s=0x%" PRIx64, b->name, good[k]);
			assert_int_equal(PARSE(&cfg, why, opt), CONFIG_RUN);
			assert_true(field(&cfg, b) == good[k]);
		}
	}
}

static void
test_numbers_refused(void **state)
{
	char why[CONFIG_WHY_LEN], opt[64], above[32];
	struct config cfg;

	(void)state;
	for (size_t i = 0; i < RTE_DIM(numbers); i++) {
		const struct bounds *b = &numbers[i];

		snprintf(above, sizeof(above), "%" PRIu64, b->max + 1);
		const char *const bad[] = {
			"x", "1x", "+1", " 1", "1.5", "99999999999999999999999", above};

		for (size_t k = 0; k < RTE_DIM(bad); k++) {
			snprintf(opt, sizeof(opt), "--%s", b->name);
			assert_int_equal(PARSE(&cfg, why, opt, bad[k]), -EINVAL);
			/* The message names the option, the value, and the allowed values. */
			assert_non_null(strstr(why, opt));
			assert_non_null(strstr(why, bad[k]));
			assert_non_null(strstr(why, "allowed: "));
		}
		snprintf(opt, sizeof(opt), "--%s=", b->name);
		assert_int_equal(PARSE(&cfg, why, opt), -EINVAL);
		snprintf(opt, sizeof(opt), "--%s", b->name);
		assert_int_equal(PARSE(&cfg, why, opt), -EINVAL);
		assert_non_null(strstr(why, "no value"));
		assert_int_equal(PARSE(&cfg, why, opt, "-1"), -EINVAL);
	}
}

static void
test_words(void **state)
{
	char why[CONFIG_WHY_LEN];
	struct config cfg;

	(void)state;
	assert_int_equal(PARSE(&cfg, why, "--forward-mode=macswap", "--port-topology", "loop", "-i",
				 "--ports", "0,3-5", "--tx-offloads", "multi_segs,VLAN_INSERT",
				 "--rx-offloads", "scatter", "--txpkts", "64,1000", "--eth-peer",
				 "3,02:00:00:00:00:07", "--duration", "1.5", "--rss", "ip,udp",
				 "--tx-first", "--json", "out"),
		CONFIG_RUN);
	assert_string_equal(cfg.engine->name, "macswap");
	assert_int_equal(cfg.topology, TOPOLOGY_LOOP);
	assert_true(cfg.interactive);
	assert_int_equal(cfg.portmask, 0x39);
	assert_true(cfg.tx_offloads ==
		(RTE_ETH_TX_OFFLOAD_MULTI_SEGS | RTE_ETH_TX_OFFLOAD_VLAN_INSERT));
	assert_true(cfg.rx_offloads == RTE_ETH_RX_OFFLOAD_SCATTER);
	assert_int_equal(cfg.nb_tx_segs, 2);
	assert_int_equal(cfg.tx_segs[1], 1000);
	assert_true(cfg.peer_set[3] && !cfg.peer_set[0]);
	assert_int_equal(cfg.peer[3].addr_bytes[5], 7);
	assert_true(cfg.duration > 1.49 && cfg.duration < 1.51);
	assert_true(cfg.rss == (RTE_ETH_RSS_IP | RTE_ETH_RSS_UDP));
	assert_int_equal(cfg.tx_first, 1);
	assert_string_equal(cfg.json, "out");
	assert_int_equal(PARSE(&cfg, why, "--burst", "1", "--help"), CONFIG_HELP);
	assert_int_equal(PARSE(&cfg, why, "--version"), CONFIG_VERSION);
}

static void
test_words_refused(void **state)
{
	static const char *const bad[][2] = {
		{"--fwd", "csum"},
		{"--fwd", ""},
		{"--topology", "ring"},
		{"--ports", "32"},
		{"--ports", "3-1"},
		{"--ports", "1,,2"},
		{"--ports", ""},
		{"--rx-offloads", "nonsense"},
		{"--rx-offloads", "unknown"},
		{"--tx-offloads", "scatter,x"},
		{"--rss", "ip,"},
		{"--txpkts", "41"},
		{"--txpkts", "64,0"},
		{"--txpkts", "1,1,1,1,1,1,1,1,1"},
		{"--txpkts", "64,9000,9000"},
		{"--eth-peer", "0"},
		{"--eth-peer", "0,02:00"},
		{"--eth-peer", "32,02:00:00:00:00:01"},
		{"--duration", "nan"},
		{"--duration", "inf"},
		{"--duration", "1e9"},
		{"--duration", "0x1"},
		{"--tx-first", "0"},
		{"--warmup", "1s"},
		{"--txpkts", "3000"},
		{"--rxq", "2"},
		{"--fail-on-loss=1", "--help"},
	};
	static const char *const numeric[] = {"--burst", "--rxq", "--mbufs", "--packets",
		"--portmask", "--ports", "--txpkts", "--tx-first", "--duration", "--stats-period"};
	static const char *const no_numbers[] = {"0100", "+100", " 100", "100 ", "100x", "0x",
		"99999999999999999999999", "1.2.3", "one"};
	char why[CONFIG_WHY_LEN];
	struct config cfg;

	(void)state;
	for (size_t i = 0; i < RTE_DIM(bad); i++) {
		if (PARSE(&cfg, why, bad[i][0], bad[i][1]) != -EINVAL)
			fail_msg("%s '%s' was taken", bad[i][0], bad[i][1]);
		assert_non_null(strstr(why, "--"));
		assert_non_null(strstr(why, "allowed"));
	}
	for (size_t i = 0; i < RTE_DIM(numeric); i++) {
		for (size_t j = 0; j < RTE_DIM(no_numbers); j++) {
			if (PARSE(&cfg, why, numeric[i], no_numbers[j]) != -EINVAL)
				fail_msg("%s '%s' was taken", numeric[i], no_numbers[j]);
		}
	}
	assert_int_equal(PARSE(&cfg, why, "--nonsense"), -EINVAL);
	assert_non_null(strstr(why, "--nonsense"));
	assert_int_equal(PARSE(&cfg, why, "-ii"), -EINVAL);
	assert_int_equal(PARSE(&cfg, why, "--i"), -EINVAL);
	assert_int_equal(PARSE(&cfg, why, "word"), -EINVAL);
	assert_int_equal(PARSE(&cfg, why, "--auto-start"), -EINVAL);
	assert_int_equal(PARSE(&cfg, why, "--mtu", "1500", "--max-pkt-len", "1518"), -EINVAL);
	assert_int_equal(PARSE(&cfg, why, "--mbufs", "64"), -EINVAL);
	assert_int_equal(PARSE(&cfg, why, "--pool", "own"), -EINVAL);
	assert_non_null(strstr(why, "apart, ordinary"));
	assert_int_equal(PARSE(&cfg, why, "--pool", "ordinary"), CONFIG_RUN);
	assert_true(cfg.pool_ordinary);
	assert_int_equal(PARSE(&cfg, why, "--pool", "apart"), CONFIG_RUN);
	assert_false(cfg.pool_ordinary);
	/* Two receive queues and one transmit queue: only valid if nothing is forwarded. */
	assert_int_equal(PARSE(&cfg, why, "--rxq", "2", "--fwd", "rxonly"), CONFIG_RUN);
}

/** Random input is accepted, or refused with a reason that fits its buffer. */
static void
test_random(void **state)
{
	static const char *const parts[] = {"--burst", "--fwd", "--ports", "--txpkts", "--eth-peer",
		"--rss", "--rx-offloads", "=", "=0", "1", ",", "-", "io", "0,02:00:00:00:00:01",
		"18446744073709551616", "--", "-i", "\xff", "ip", "%s%n", "64,64", "e", "."};
	uint64_t seed = rng_seed(0);
	char text[6][128], why[CONFIG_WHY_LEN];
	const char *argv[6];
	struct config cfg;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		int argc = (int)rng_below(&seed, 6);

		for (int i = 0; i < argc; i++) {
			text[i][0] = '\0';
			for (int n = (int)rng_below(&seed, 4); n >= 0; n--)
				strcat(text[i], parts[rng_below(&seed, RTE_DIM(parts))]);
			argv[i] = text[i];
		}
		int rc = parse(&cfg, why, argc, argv);

		assert_true(rc == -EINVAL || rc >= CONFIG_RUN);
		assert_true((rc == -EINVAL) == (why[0] != '\0'));
		assert_true(strlen(why) < CONFIG_WHY_LEN);
		if (rc == CONFIG_RUN)
			assert_true(cfg.burst >= 1 && cfg.burst <= BURST_MAX &&
				cfg.engine != NULL && cfg.nb_tx_segs >= 1 &&
				cfg.nb_tx_segs <= TX_SEGS_MAX && cfg.tx_segs[0] >= TX_HEADERS);
	}
}

static void
test_usage(void **state)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	(void)state;
	config_usage(f);
	fclose(f);
	for (size_t i = 0; i < RTE_DIM(numbers); i++)
		assert_non_null(strstr(text, numbers[i].name));
	assert_non_null(strstr(text, "exit codes"));
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_numbers_refused),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_words_refused),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_usage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
