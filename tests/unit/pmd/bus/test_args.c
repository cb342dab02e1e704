/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Device arguments: each key with its limits, texts of wires, messages of refusals, and random
 * text, which must not crash the parser.
 */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "rng.h"
#include "sl_pci_args.h"
#include "sl_soft_args.h"

#define WHY_LEN 512

static struct sl_soft_args
parsed(const char *text)
{
	struct sl_soft_args a;
	char why[WHY_LEN] = "";

	if (sl_soft_args_parse(text, &a, why, sizeof(why)) != 0)
		fail_msg("\"%s\" refused: %s", text, why);
	return a;
}

static void
defaults(void **state)
{
	static const char *const texts[] = {NULL, "", ",", ",,"};
	const uint8_t no_mac[6] = {0};
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct sl_soft_args a = parsed(texts[i]);

		assert_string_equal(a.wire, "null");
		assert_int_equal(a.shared.coherency, SL_COHERENCY_AUTO);
		assert_false(a.step);
		assert_int_equal(a.cpu, SL_SOFT_ARGS_CPU_DEFAULT);
		assert_true(a.msix);
		assert_memory_equal(a.mac, no_mac, sizeof(no_mac));
		assert_int_equal(a.quota_noncached, 0);
		assert_int_equal(a.node, SL_NODE_ANY);
		assert_int_equal(a.nb_faults, 0);
	}
}

static void
every_key(void **state)
{
	const uint8_t mac[6] = {0x02, 0, 0, 0xAB, 0xCD, 0xEF};
	struct sl_soft_args a =
		parsed("wire=loop,coherency=explicit,mode=step,cpu=3,"
		       "mac=02:00:00:ab:cd:ef,fault=bad_length:9000:7,fault=link_down,"
		       "quota_noncached=64K,node=1");

	(void)state;
	assert_string_equal(a.wire, "loop");
	assert_string_equal(a.device, "82576");
	assert_int_equal(a.device_id, 0x10C9);
	assert_string_equal(parsed("device=i210").device, "i210");
	assert_int_equal(parsed("device=i350").device_id, 0x1521);
	assert_int_equal(parsed("device=82599").device_id, 0x10F7);
	assert_int_equal(parsed("device=x540").device_id, 0x1528);
	assert_int_equal(parsed("device=x550").device_id, 0x1563);
	assert_false(a.shared.pseudo_header);
	assert_true(parsed("pseudo_header=driver").shared.pseudo_header);
	assert_false(parsed("pseudo_header=application").shared.pseudo_header);
	assert_int_equal(a.shared.coherency, SL_COHERENCY_EXPLICIT);
	assert_true(a.step);
	assert_int_equal(a.cpu, 3);
	assert_memory_equal(a.mac, mac, sizeof(mac));
	assert_int_equal(a.quota_noncached, 64 << 10);
	assert_int_equal(a.node, 1);
	assert_int_equal(a.nb_faults, 2);
	assert_int_equal(a.faults[0].fault, SL_FAULT_BAD_LENGTH);
	assert_int_equal(a.faults[0].arg, 9000);
	assert_int_equal(a.faults[0].count, 7);
	assert_int_equal(a.faults[1].fault, SL_FAULT_LINK_DOWN);
	assert_int_equal(a.faults[1].count, 1);
	assert_int_equal(parsed("quota_noncached=3M").quota_noncached, 3 << 20);
	assert_int_equal(parsed("quota_noncached=4096").quota_noncached, 4096);
	assert_false(parsed("mode=thread").step);
	assert_true(parsed("time=own").own_time);
	assert_false(parsed("time=real").own_time);
	assert_false(parsed("mode=step").own_time);
	assert_false(parsed("intr=msi").msix);
	assert_true(parsed("intr=msix").msix);
	assert_int_equal(parsed("cpu=-1,node=-1").cpu, -1);
}

/* The help text is a constant. It must list exactly the devices that device= accepts. */
static void
help_devices(void **state)
{
	const char *devices = strstr(SL_SOFT_ARGS_HELP, "device=") + strlen("device=");
	const int len = (int)strcspn(devices, " ");
	char why[WHY_LEN], taken[WHY_LEN];
	struct sl_soft_args a;
	size_t n = 0;

	(void)state;
	assert_int_equal(sl_soft_args_parse("device=none", &a, why, sizeof(why)), -EINVAL);
	for (const char *p = strstr(why, "82576"); *p != '\0'; p++) {
		/* The help text separates devices by '|', the message by commas. */
		if (*p != ' ')
			taken[n++] = (char)(*p == ',' ? '|' : *p);
	}
	taken[n] = '\0';
	if ((int)n != len || strncmp(taken, devices, n) != 0)
		fail_msg("help: %.*s; taken are %s", len, devices, taken);
}

static void
wire_texts(void **state)
{
	static const struct {
		const char *args, *wire;
	} cases[] = {
		{"wire=gen:size=64;rate=2M", "gen:size=64,rate=2M"},
		{"wire=gen,wire_size=64,wire_rate=2M", "gen:size=64,rate=2M"},
		{"wire_size=64,wire=gen", "gen:size=64"},
		{"wire=gen:size=64;rate=2M,cpu=0,wire_flows=4", "gen:size=64,rate=2M,flows=4"},
		{"wire=pcap:in=/tmp/a=b.pcap", "pcap:in=/tmp/a=b.pcap"},
		{"wire=pcap,wire_in=/tmp/a=b.pcap", "pcap:in=/tmp/a=b.pcap"},
		{"wire=peer:x", "peer:x"},
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(parsed(cases[i].args).wire, cases[i].wire);
}

static void
check_keys(void **state)
{
	static const char *const bugs[] = {"none", "drop", "late", "half", "reverse"};
	char text[128];
	struct sl_soft_args a = parsed("coherency=checked");
	unsigned int i;

	(void)state;
	assert_int_equal(a.shared.check_line, 0);
	assert_true(a.shared.check_seed == 0);
	assert_int_equal(a.shared.check_policy, SL_CHECK_REPORT);
	assert_int_equal(a.shared.check_bug, SL_CHECK_BUG_NONE);
	assert_string_equal(a.shared.check_json, "");
	assert_string_equal(parsed("check_json=/tmp/a.json,coherency=checked").shared.check_json,
		"/tmp/a.json");
	for (i = 32; i <= 256; i *= 2) {
		snprintf(text, sizeof(text), "check_line=%u,coherency=checked", i);
		assert_int_equal(parsed(text).shared.check_line, i);
	}
	a = parsed("coherency=checked,check_seed=18446744073709551615,check_policy=abort");
	assert_true(a.shared.check_seed == UINT64_MAX);
	assert_int_equal(a.shared.check_policy, SL_CHECK_ABORT);
	assert_true(parsed("coherency=checked,check_seed=0x10").shared.check_seed == 16);
	assert_int_equal(
		parsed("coherency=checked,check_policy=count").shared.check_policy, SL_CHECK_COUNT);
	for (i = 1; i < sizeof(bugs) / sizeof(bugs[0]); i++) {
		snprintf(text, sizeof(text), "coherency=checked,check_bug=%s:pmd/sl_tx.c:%u",
			bugs[i], 100 + i);
		a = parsed(text);
		assert_int_equal(a.shared.check_bug, i);
		assert_string_equal(a.shared.check_file, "pmd/sl_tx.c");
		assert_int_equal(a.shared.check_at, 100 + i);
	}
}

static void
window_key(void **state)
{
	struct sl_soft_args soft;
	struct sl_pci_args pci;
	char why[WHY_LEN];

	(void)state;
	assert_int_equal(sl_pci_args_parse(NULL, &pci, why, sizeof(why)), 0);
	assert_true(!pci.window_all && !pci.shared.window_strict);
	assert_int_equal(sl_pci_args_parse("window=own", &pci, why, sizeof(why)), 0);
	assert_true(!pci.window_all && !pci.shared.window_strict);
	assert_int_equal(sl_pci_args_parse("window=all", &pci, why, sizeof(why)), 0);
	assert_true(pci.window_all && !pci.shared.window_strict);
	assert_int_equal(sl_pci_args_parse("window=strict", &pci, why, sizeof(why)), 0);
	assert_true(!pci.window_all && pci.shared.window_strict);
	/* The software NIC has no window=all. */
	assert_int_equal(sl_soft_args_parse("window=strict", &soft, why, sizeof(why)), 0);
	assert_true(soft.shared.window_strict);
	assert_int_equal(sl_soft_args_parse("window=own", &soft, why, sizeof(why)), 0);
	assert_false(soft.shared.window_strict);
	assert_int_equal(sl_soft_args_parse("window=all", &soft, why, sizeof(why)), -EINVAL);
	assert_non_null(strstr(why, "allowed: own, strict"));
}

/** Parser results of either driver. */
union any_args {
	struct sl_pci_args pci;
	struct sl_soft_args soft;
};

enum kind { PCI, SOFT };

static int
parse(enum kind kind, const char *text, union any_args *out, char *why, size_t len)
{
	return kind == PCI ? sl_pci_args_parse(text, &out->pci, why, len) :
			     sl_soft_args_parse(text, &out->soft, why, len);
}

/* A key of one driver is refused by the other, which names the first. Tools list all keys. */
static void
keys_apart(void **state)
{
	static const struct {
		const struct sl_args_kind *kind;
		const char *help;
	} of[] = {[PCI] = {&sl_pci_args_kind, SL_PCI_ARGS_HELP},
		[SOFT] = {&sl_soft_args_kind, SL_SOFT_ARGS_HELP}};
	unsigned int kind, i, k, refused = 0;

	(void)state;
	for (kind = PCI; kind <= SOFT; kind++) {
		const struct sl_args_kind *mine = of[kind].kind, *others = of[1 - kind].kind;

		for (i = 0; i < mine->nb_keys; i++) {
			char text[64], why[WHY_LEN] = "", whose[96];
			union any_args a;

			snprintf(text, sizeof(text), "%s=", mine->keys[i].key);
			if (strstr(of[kind].help, text) == NULL)
				fail_msg("the list of %s lacks %s", mine->driver, text);
			for (k = 0; k < others->nb_keys; k++) {
				if (strcmp(others->keys[k].key, mine->keys[i].key) == 0)
					break;
			}
			if (k < others->nb_keys)
				continue;
			refused++;
			assert_int_equal(parse(1 - kind, text, &a, why, sizeof(why)), -EINVAL);
			snprintf(whose, sizeof(whose), "\"%s\" is one of %s, and %s does not", text,
				mine->driver, others->driver);
			if (strstr(why, whose) == NULL)
				fail_msg("\"%s\" lacks \"%s\"", why, whose);
		}
	}
	assert_true(refused > 5);
}

/* Texts that are refused, and what the message must contain: the part, and the allowed values. */
static const struct {
	enum kind kind;
	const char *text, *named, *allowed;
} refused_texts[] = {
	{SOFT, "colour=red", "colour=red\" is not known", "wire_KEY"},
	{PCI, "colour=red", "colour=red\" is not known", "coherency"},
	{SOFT, "coherency=maybe", "coherency=maybe", "explicit"},
	{SOFT, "coherency", "coherency", "key=value"},
	{SOFT, "coherency=", "coherency=", "explicit"},
	{SOFT, "pseudo_header=yes", "pseudo_header=yes", "application, driver"},
	{PCI, "pseudo_header=", "pseudo_header=", "application, driver"},
	{SOFT, "mode=fast", "mode=fast", "step"},
	/* Devices with both a model and a driver. The message for others lists them. */
	{SOFT, "device=i217", "device=i217", "82576, 82580, i350, i354, i210, i211"},
	{SOFT, "device=82598", "device=82598", "i211, 82599, 82599-sfp, x540, x550"},
	{SOFT, "device=", "device=", "i211"},
	{PCI, "device=i350", "one of net_syncline_soft", "coherency"},
	{SOFT, "time=fast", "time=fast", "own"},
	{SOFT, "mode=step,mode=step", "mode=step", "once"},
	{SOFT, "intr=intx", "intr=intx", "msix, msi"},
	{PCI, "intr=msi", "one of net_syncline_soft", "coherency"},
	{PCI, "window=some", "window=some", "own, all"},
	{PCI, "window=own,window=all", "window=all", "once"},
	{SOFT, "window=all", "window=all", "own, strict"},
	{SOFT, "cpu=1x", "cpu=1x", "CPU"},
	{SOFT, "cpu=-2", "cpu=-2", "-1"},
	{SOFT, "cpu=99999999999999999999", "cpu=9999", "CPU"},
	{SOFT, "node=-7", "node=-7", "-1"},
	{SOFT, "mac=01:00:00:00:00:01", "mac=01", "unicast"},
	{SOFT, "mac=00:00:00:00:00:00", "mac=00", "unicast"},
	{SOFT, "mac=1:2:3", "mac=1:2:3", "unicast"},
	{SOFT, "fault=none_such", "fault=none_such", "link_down"},
	{SOFT, "quota_noncached=0", "quota_noncached=0", "bytes"},
	{SOFT, "quota_noncached=-1", "quota_noncached=-1", "bytes"},
	{SOFT, "quota_noncached=1G", "quota_noncached=1G", "K or M"},
	{SOFT, "quota_noncached=18446744073709551615K", "quota", "bytes"},
	{SOFT, "wire=", "wire=", "peer:NAME"},
	{SOFT, "wire_=1", "wire_=1", "key"},
	{PCI, "wire=loop", "wire=loop", "coherency"},
	{PCI, "wire_size=64", "one of net_syncline_soft", "coherency"},
	{SOFT, "check_line=0", "check_line=0", "32, 64, 128, 256"},
	{SOFT, "check_line=48", "check_line=48", "32, 64, 128, 256"},
	{SOFT, "check_line=512", "check_line=512", "32, 64, 128, 256"},
	{PCI, "check_line=64k", "check_line=64k", "32, 64, 128, 256"},
	{SOFT, "check_seed=0", "check_seed=0", "a number, not 0"},
	{SOFT, "check_seed=-1", "check_seed=-1", "a number, not 0"},
	{SOFT, "check_seed=x", "check_seed=x", "a number, not 0"},
	{PCI, "check_seed=18446744073709551616", "check_seed=1844", "a number"},
	{SOFT, "check_policy=shout", "check_policy=shout", "report, abort, count"},
	{SOFT, "check_policy=", "check_policy=", "report, abort, count"},
	{SOFT, "check_bug=drop", "check_bug=drop", ":FILE:LINE"},
	{SOFT, "check_bug=drop:sl_tx.c", "check_bug=drop:sl_tx.c", ":FILE:LINE"},
	{SOFT, "check_bug=drop::12", "check_bug=drop::12", ":FILE:LINE"},
	{SOFT, "check_bug=drop:sl_tx.c:0", "sl_tx.c:0", ":FILE:LINE"},
	{SOFT, "check_bug=drop:sl_tx.c:1x", "sl_tx.c:1x", ":FILE:LINE"},
	{SOFT, "check_bug=move:sl_tx.c:12", "move", "drop, late, half or reverse"},
	{SOFT, "check_bug=drop:a:1,check_bug=late:a:1", "check_bug=late", "once"},
	{SOFT, "check_json=", "check_json=", "a file's path"},
	{PCI, "check_json=a,check_json=b", "check_json=b", "once"},
	/* Valid alone, but not together with this mode. */
	{SOFT, "check_line=64", "coherency=auto", "coherency=checked"},
	{SOFT, "coherency=explicit,check_seed=1", "coherency=explicit", "coherency=checked"},
	{PCI, "check_policy=abort,coherency=coherent", "coherency=coherent", "coherency=checked"},
	{PCI, "check_bug=drop:sl_rx.c:9", "check_", "coherency=checked"},
};

/* The message of a refusal names the part and the allowed values. The result does not change. */
static void
refusals(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(refused_texts) / sizeof(refused_texts[0]); i++) {
		union any_args a, before;
		char why[WHY_LEN] = "";

		memset(&a, 0x5A, sizeof(a));
		before = a;
		assert_int_equal(
			parse(refused_texts[i].kind, refused_texts[i].text, &a, why, sizeof(why)),
			-EINVAL);
		if (strstr(why, refused_texts[i].named) == NULL ||
			strstr(why, refused_texts[i].allowed) == NULL)
			fail_msg("\"%s\": \"%s\" lacks \"%s\" or \"%s\"", refused_texts[i].text,
				why, refused_texts[i].named, refused_texts[i].allowed);
		assert_memory_equal(&a, &before, sizeof(a));
	}
}

/* A text that is not a number is refused by each numeric key. */
static void
no_numbers(void **state)
{
	static const char *const numbers[] = {"cpu", "node", "quota_noncached", "check_seed",
		"check_line",
		"check_bug=drop:sl_tx.c:", "fault=bad_length:", "fault=bad_length:64:"};
	static const char *const words[] = {
		"064", "+64", " 64", "64 ", "64x", "6.4e1", "0x", "99999999999999999999999"};
	unsigned int i, k;

	(void)state;
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		for (k = 0; k < sizeof(words) / sizeof(words[0]); k++) {
			char text[128], why[WHY_LEN] = "";
			union any_args a;

			snprintf(text, sizeof(text), "coherency=checked,%s%s%s", numbers[i],
				strchr(numbers[i], '=') == NULL ? "=" : "", words[k]);
			if (parse(SOFT, text, &a, why, sizeof(why)) != -EINVAL ||
				strstr(why, "allowed: ") == NULL)
				fail_msg("\"%s\" was taken, or refused with \"%s\"", text, why);
		}
	}
}

static void
limits(void **state)
{
	char text[4096], why[WHY_LEN] = "";
	union any_args a;
	unsigned int i;
	size_t n;

	(void)state;
	/* The maximum number of faults, and one more. */
	for (i = 0, n = 0; i <= SL_SOFT_ARGS_MAX_FAULTS; i++) {
		n += (size_t)snprintf(text + n, sizeof(text) - n, "fault=drop_dd,");
		assert_int_equal(parse(SOFT, text, &a, why, sizeof(why)),
			i < SL_SOFT_ARGS_MAX_FAULTS ? 0 : -EINVAL);
	}
	/* Texts of each length are accepted completely or refused, never cut. */
	for (n = 1; n < sizeof(text) - 16; n++) {
		int ret;

		memcpy(text, "wire=", 5);
		memset(text + 5, 'w', n);
		text[5 + n] = '\0';
		ret = parse(SOFT, text, &a, why, sizeof(why));
		assert_int_equal(ret, n < SL_SOFT_ARGS_WIRE_LEN ? 0 : -EINVAL);
		if (ret == 0)
			assert_int_equal(strlen(a.soft.wire), n);
	}
	for (n = 1; n < SL_ARGS_PATH_LEN + 8; n++) {
		snprintf(text, sizeof(text), "coherency=checked,check_json=%0*d", (int)n, 7);
		assert_int_equal(parse(SOFT, text, &a, why, sizeof(why)),
			n < SL_ARGS_PATH_LEN ? 0 : -EINVAL);
	}
	/* Also texts joined from several keys. */
	for (n = 1; n < SL_SOFT_ARGS_WIRE_LEN + 8; n++) {
		snprintf(text, sizeof(text), "wire=gen,wire_in=%0*d", (int)n, 7);
		assert_int_equal(parse(SOFT, text, &a, why, sizeof(why)),
			strlen("gen:in=") + n < SL_SOFT_ARGS_WIRE_LEN ? 0 : -EINVAL);
	}
}

/* Random text: 0, or -EINVAL with a reason. */
static void
any_text(void **state)
{
	static const char *const bits[] = {"wire", "wire_", "mode", "fault", "mac", "cpu", "intr",
		"node", "=", "=", ",", ",", ":", ";", "step", "loop", "-1", "7", "K", "[", "]",
		"02:00:00:00:00:01", "bad_length", "coherency", "auto", "quota_noncached", "\xff",
		" ", "check_line", "check_seed", "check_policy", "check_bug", "check_json", "drop",
		"checked"};
	uint64_t seed = rng_seed(0);
	unsigned int round;

	(void)state;
	for (round = 0; round < 20000; round++) {
		char text[512] = "", why[WHY_LEN] = "";
		union any_args a;
		uint32_t n = rng_below(&seed, 24);
		int ret;

		while (n-- > 0)
			strcat(text, bits[rng_below(&seed, sizeof(bits) / sizeof(bits[0]))]);
		ret = parse(rng_below(&seed, 2) == 0 ? SOFT : PCI, text, &a, why, sizeof(why));
		assert_true(ret == 0 || (ret == -EINVAL && why[0] != '\0'));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(every_key),
		cmocka_unit_test(wire_texts),
		cmocka_unit_test(check_keys),
		cmocka_unit_test(window_key),
		cmocka_unit_test(keys_apart),
		cmocka_unit_test(help_devices),
		cmocka_unit_test(refusals),
		cmocka_unit_test(no_numbers),
		cmocka_unit_test(limits),
		cmocka_unit_test(any_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
