/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Plugin of qemu-user for AArch64 programs. It counts the instructions between the hints of
 * apps/common/counted.h, and writes a line "count N" to qemu's log at each end hint (-d plugin). It
 * counts only the thread that executed the first hint.
 *
 * Debian has no header for plugins, so the used part of version 1 is declared here.
 */

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "counted_hints.h"

#define PLUGIN_EXPORT __attribute__((visibility("default")))
#define PLUGIN_VERSION 1
#define CB_NO_REGS 0

/* HINT #n of the A64 instruction set. */
#define HINT(n) (UINT32_C(0xd503201f) | (uint32_t)(n) << 5)
#define HINT_ON HINT(COUNTED_HINT_ON)
#define HINT_OFF HINT(COUNTED_HINT_OFF)
#define HINT_END HINT(COUNTED_HINT_END)

struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef void (*tb_cb)(uint64_t id, struct qemu_plugin_tb *tb);
typedef void (*vcpu_cb)(unsigned int vcpu, void *arg);

void
qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, tb_cb cb);
void
qemu_plugin_register_vcpu_insn_exec_cb(
	struct qemu_plugin_insn *insn, vcpu_cb cb, int flags, void *arg);
size_t
qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *
qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t i);
const void *
qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t
qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
void
qemu_plugin_outs(const char *text);

PLUGIN_EXPORT extern int qemu_plugin_version;
PLUGIN_EXPORT int
qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv);

int qemu_plugin_version = PLUGIN_VERSION;

static struct {
	bool known; /* the counted thread is known */
	unsigned int vcpu;
	bool on;
	uint64_t n;
} count;

static void
on_insn(unsigned int vcpu, void *arg)
{
	(void)arg;
	if (count.on && vcpu == count.vcpu)
		count.n++;
}

static void
on_begin(unsigned int vcpu, void *arg)
{
	(void)arg;
	if (!count.known)
		count.vcpu = vcpu;
	count.known = true;
	count.on = true;
}

static void
on_pause(unsigned int vcpu, void *arg)
{
	(void)vcpu;
	(void)arg;
	count.on = false;
}

static void
on_end(unsigned int vcpu, void *arg)
{
	char line[48];

	(void)vcpu;
	(void)arg;
	snprintf(line, sizeof(line), "count %" PRIu64 "\n", count.n);
	qemu_plugin_outs(line);
	count.n = 0;
}

static vcpu_cb
callback_of(const struct qemu_plugin_insn *insn)
{
	uint32_t word = 0;

	if (qemu_plugin_insn_size(insn) == sizeof(word))
		memcpy(&word, qemu_plugin_insn_data(insn), sizeof(word));
	switch (word) {
	case HINT_ON:
		return on_begin;
	case HINT_OFF:
		return on_pause;
	case HINT_END:
		return on_end;
	default:
		return on_insn;
	}
}

static void
on_block(uint64_t id, struct qemu_plugin_tb *tb)
{
	(void)id;
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		qemu_plugin_register_vcpu_insn_exec_cb(insn, callback_of(insn), CB_NO_REGS, NULL);
	}
}

int
qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
	(void)info;
	(void)argc;
	(void)argv;
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_block);
	return 0;
}
