/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
/* NVM, its version and modules as ethdev gets them, of a NIC whose family is this test. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <rte_dev_info.h>

#include "scripted_port.h"
#include "sl_ethdev.h"
#include "sl_fields.h"
#include "sl_port.h"

#define WORDS 1024u

struct rig {
	struct scripted_port s;
	struct sl_hw hw;
	struct sl_hw_version version;
	unsigned int words, reads, fails_at; /* fails_at: the number of the read that fails */
	uint8_t module[SL_MODULE_SIZE];
	bool gone;
};

static struct rig *
rig_of(struct sl_port *port)
{
	return port->bus.dev;
}

static bool
answers(struct sl_port *port)
{
	return !rig_of(port)->gone;
}

static uint32_t
nvm_size(struct sl_port *port)
{
	return rig_of(port)->words;
}

/* A byte's content tells its address. */
static uint8_t
content(unsigned int at)
{
	return (uint8_t)(at * 7 + (at >> 8));
}

static int
reads(struct rig *r)
{
	return ++r->reads == r->fails_at ? -ETIMEDOUT : 0;
}

static int
nvm_words(struct sl_port *port, unsigned int word, unsigned int n, uint16_t *val)
{
	unsigned int i;

	assert_true(word + n <= WORDS);
	assert_in_range(n, 1, 64);
	for (i = 0; i < n; i++)
		val[i] = (uint16_t)(content(2 * (word + i)) | content(2 * (word + i) + 1) << 8);
	return reads(rig_of(port));
}

static int
nvm_version(struct sl_port *port, struct sl_hw_version *version)
{
	*version = rig_of(port)->version;
	return reads(rig_of(port));
}

static int
module_read(struct sl_port *port, unsigned int at, unsigned int n, uint8_t *val)
{
	struct rig *r = rig_of(port);

	assert_true(n != 0 && at / 256 == (at + n - 1) / 256 && at + n <= sizeof(r->module));
	memcpy(val, &r->module[at], n);
	return reads(r);
}

static const struct sl_hw_ops ops = {
	.answers = answers,
	.nvm_size = nvm_size,
	.nvm_words = nvm_words,
	.nvm_version = nvm_version,
	.module_read = module_read,
};

static const struct sl_bus_ops no_bus;

static struct rig *
rig_init(void)
{
	static struct rig rig;
	struct rig *r = &rig;
	unsigned int i;

	memset(r, 0, sizeof(*r));
	scripted_port_init(&r->s, &no_bus, r, SL_PCI_DEV_82576);
	r->hw = *r->s.port.hw;
	r->hw.ops = &ops;
	r->s.port.hw = &r->hw;
	r->s.port.device_id = SL_PCI_DEV_82576;
	r->s.port.fibre = true;
	r->words = WORDS;
	for (i = 0; i < sizeof(r->module); i++)
		r->module[i] = content(i);
	return r;
}

/* Any bytes, of both parities, in one read of the NIC or in several. */
static void
bytes(void **state)
{
	static const struct {
		uint32_t at, n;
	} rows[] = {{0, 0}, {0, 1}, {1, 1}, {1, 2}, {0, 127}, {0, 128}, {0, 129}, {1, 127},
		{1, 128}, {7, 500}, {0, 2048}, {1, 2047}, {2047, 1}, {2048, 0}};
	struct rig *r = rig_init();
	uint8_t out[2 * WORDS + 1];
	unsigned int i, k;

	(void)state;
	assert_int_equal(sl_eth_dev_ops.get_eeprom_length(&r->s.eth), 2 * WORDS);
	for (i = 0; i < RTE_DIM(rows); i++) {
		struct rte_dev_eeprom_info info = {
			.data = out, .offset = rows[i].at, .length = rows[i].n};

		memset(out, 0xA5, sizeof(out));
		assert_int_equal(sl_eth_dev_ops.get_eeprom(&r->s.eth, &info), 0);
		for (k = 0; k < rows[i].n; k++)
			assert_int_equal(out[k], content(rows[i].at + k));
		assert_int_equal(out[rows[i].n], 0xA5);
		assert_int_equal(info.magic, 0x8086 | (uint32_t)SL_PCI_DEV_82576 << 16);
	}
}

/* Whichever read fails, the call fails, and there are no further reads. */
static void
failures(void **state)
{
	struct rig *r = rig_init();
	uint8_t out[2 * WORDS];
	struct rte_dev_eeprom_info info = {.data = out, .length = sizeof(out)};
	struct rte_eth_dev_module_info module;
	char text[32];
	unsigned int at;

	(void)state;
	for (at = 1; at <= 16; at++) {
		r = rig_init();
		r->fails_at = at;
		assert_int_equal(sl_eth_dev_ops.get_eeprom(&r->s.eth, &info), -ETIMEDOUT);
		assert_int_equal(r->reads, at);
	}
	r = rig_init();
	r->fails_at = 1;
	assert_int_equal(sl_eth_dev_ops.fw_version_get(&r->s.eth, text, 32), -ETIMEDOUT);
	r = rig_init();
	r->fails_at = 1;
	assert_int_equal(sl_eth_dev_ops.get_module_info(&r->s.eth, &module), -ETIMEDOUT);
	info.length = SL_MODULE_SIZE;
	for (at = 1; at <= 3; at++) {
		r = rig_init();
		r->module[92] = 0x68;
		r->fails_at = at;
		assert_int_equal(sl_eth_dev_ops.get_module_eeprom(&r->s.eth, &info), -ETIMEDOUT);
		assert_int_equal(r->reads, at);
	}
	r = rig_init();
	r->words = 0;
	assert_int_equal(sl_eth_dev_ops.get_eeprom(&r->s.eth, &info), -ENOTSUP);
	assert_int_equal(sl_eth_dev_ops.fw_version_get(&r->s.eth, text, 32), -ENOTSUP);
	r->gone = true;
	assert_int_equal(sl_eth_dev_ops.get_eeprom(&r->s.eth, &info), -EIO);
	assert_int_equal(sl_eth_dev_ops.get_module_eeprom(&r->s.eth, &info), -EIO);
	assert_int_equal(sl_eth_dev_ops.dev_led_on(&r->s.eth), -EIO);
	assert_int_equal(sl_eth_dev_ops.dev_led_off(&r->s.eth), -EIO);
	assert_int_equal(r->reads, 0);
}

static void
versions(void **state)
{
	static const struct {
		struct sl_hw_version version;
		const char *text;
	} rows[] = {
		{{true, 0x1067, {0x0123, 0x8abc}}, "1.67, 0x8abc0123"},
		{{true, 0x2510, {0x0123, 0x8abc}}, "2.51, 0x8abc0123"},
		{{true, 0xF000, {0x1234, 0x0007}}, "15.0, 0x12340007"},
		{{false, 0x1067, {0x02B6, 0x8000}}, "0x800002b6"},
	};
	struct rig *r = rig_init();
	unsigned int i;
	char text[32];

	(void)state;
	for (i = 0; i < RTE_DIM(rows); i++) {
		const int size = (int)strlen(rows[i].text) + 1;

		r->version = rows[i].version;
		assert_int_equal(sl_eth_dev_ops.fw_version_get(&r->s.eth, text, sizeof(text)), 0);
		assert_string_equal(text, rows[i].text);
		assert_int_equal(
			sl_eth_dev_ops.fw_version_get(&r->s.eth, text, (size_t)size - 1), size);
		assert_int_equal(strlen(text), size - 2);
	}
}

/* Diagnostics are a second memory only if they exist, at an address of their own. */
static void
modules(void **state)
{
	static const struct {
		uint8_t kind, revision;
		uint32_t size;
	} rows[] = {{0x68, 6, 512}, {0x40, 1, 512}, {0x44, 6, 256}, {0x28, 6, 256}, {0x68, 0, 256}};
	struct rig *r = rig_init();
	uint8_t out[SL_MODULE_SIZE];
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(rows); i++) {
		struct rte_dev_eeprom_info want = {.data = out, .length = rows[i].size};
		struct rte_eth_dev_module_info info;

		r->module[92] = rows[i].kind;
		r->module[94] = rows[i].revision;
		assert_int_equal(sl_eth_dev_ops.get_module_info(&r->s.eth, &info), 0);
		assert_int_equal(info.eeprom_len, rows[i].size);
		assert_int_equal(info.type,
			rows[i].size == 512 ? RTE_ETH_MODULE_SFF_8472 : RTE_ETH_MODULE_SFF_8079);
		memset(out, 0xA5, sizeof(out));
		assert_int_equal(sl_eth_dev_ops.get_module_eeprom(&r->s.eth, &want), 0);
		assert_memory_equal(out, r->module, rows[i].size);
		want.offset = 1;
		assert_int_equal(sl_eth_dev_ops.get_module_eeprom(&r->s.eth, &want), -EINVAL);
		want.length -= 1;
		assert_int_equal(sl_eth_dev_ops.get_module_eeprom(&r->s.eth, &want), 0);
		assert_memory_equal(out, r->module + 1, rows[i].size - 1);
	}
	r->s.port.fibre = false;
	assert_int_equal(
		sl_eth_dev_ops.get_module_info(&r->s.eth, &(struct rte_eth_dev_module_info){0}),
		-ENOTSUP);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes),
		cmocka_unit_test(failures),
		cmocka_unit_test(versions),
		cmocka_unit_test(modules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
