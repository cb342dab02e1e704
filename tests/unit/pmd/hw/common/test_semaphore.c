/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Semaphores that drivers and firmware share. Each form of the guard protects the register of
 * resources. Resources of a dead driver are taken over, those of the firmware are not. The test
 * controls the clock.
 */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scripted_port.h"
#include "sl_call.h"
#include "sl_fields.h"
#include "sl_port.h"
#include "common/sl_semaphore.h"

#define AT_SWSM 0x10u
#define AT_SYNC 0x20u
#define SMBI 0x1u
#define SWESMBI 0x2u
#define REGSMP 0x80000000u
#define OURS 0x2u
#define OTHERS 0x40u
#define PEERS 0x4u

static const struct sl_semaphore forms[] = {
	{.swsm = AT_SWSM, .sync = AT_SYNC, .smbi = SMBI, .swesmbi = SWESMBI},
	{.swsm = AT_SWSM, .sync = AT_SYNC, .smbi = SMBI, .regsmp = REGSMP},
};

struct rig {
	struct scripted_port s;
	const struct sl_semaphore *form;
	uint32_t swsm, sync;
	bool refuses; /* the firmware holds the guard and keeps it */
	bool gone;
	unsigned int stores; /* number of writes that changed resources */
};

static uint32_t
reg_read(void *dev, uint32_t off)
{
	struct rig *r = dev;
	uint32_t val = off == AT_SWSM ? r->swsm : off == AT_SYNC ? r->sync : 0;

	if (r->gone)
		return SL_REG_GONE;
	if (off == AT_SWSM)
		r->swsm |= r->form->smbi;
	if (off == AT_SYNC)
		r->sync |= r->form->regsmp;
	return val;
}

/* Resources may be changed only while both halves of the guard are held. */
static void
reg_write(void *dev, uint32_t off, uint32_t val)
{
	struct rig *r = dev;
	const struct sl_semaphore *f = r->form;

	if (off == AT_SWSM) {
		r->swsm = (r->swsm & val & f->smbi) | (r->refuses ? 0 : val & f->swesmbi);
		return;
	}
	assert_int_equal(off, AT_SYNC);
	if (((r->sync ^ val) & ~f->regsmp) != 0) {
		assert_int_equal(r->swsm & (SMBI | f->swesmbi), SMBI | f->swesmbi);
		assert_int_equal(r->sync & f->regsmp, f->regsmp);
		r->stores++;
	}
	r->sync = (val & ~f->regsmp) | (r->sync & val & f->regsmp);
}

static const struct sl_bus_ops bus_ops = {.read = reg_read, .write = reg_write};

static struct rig *
rig_init(unsigned int form)
{
	static struct rig rig;
	struct rig *r = &rig;

	memset(r, 0, sizeof(*r));
	r->form = &forms[form];
	scripted_port_init(&r->s, &bus_ops, r, SL_PCI_DEV_82576);
	return r;
}

static int
own(struct rig *r)
{
	return sl_semaphore_own(&r->s.port, r->form, OURS, OTHERS);
}

/* Like own(), with a check of the log: it contains @words; NULL: it is empty. */
static int
own_told(struct rig *r, const char *words)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	int ret;

	assert_non_null(f);
	assert_int_equal(rte_openlog_stream(f), 0);
	ret = own(r);
	assert_int_equal(rte_openlog_stream(NULL), 0);
	fclose(f);
	if (words == NULL ? len != 0 : strstr(text, words) == NULL)
		fail_msg("log: \"%s\", wanted: \"%s\"", text, words == NULL ? "" : words);
	free(text);
	return ret;
}

/* No half of the guard is held. */
static void
assert_guard_free(const struct rig *r)
{
	assert_int_equal(r->swsm, 0);
	assert_int_equal(r->sync & r->form->regsmp, 0);
}

#define EACH_FORM(r, i) for ((i) = 0; (i) < RTE_DIM(forms) && ((r) = rig_init(i)) != NULL; (i)++)

static void
owned(void **state)
{
	struct rig *r;
	unsigned int i;

	(void)state;
	EACH_FORM(r, i)
	{
		r->sync = PEERS;
		assert_int_equal(own_told(r, NULL), 0);
		assert_int_equal(r->sync, OURS | PEERS);
		assert_guard_free(r);
		sl_semaphore_disown(&r->s.port, r->form, OURS);
		assert_int_equal(r->sync, PEERS);
		assert_guard_free(r);
		assert_int_equal(r->stores, 2);
		assert_int_equal(r->s.now, 1);
	}
}

/* Each half of the guard of a killed driver. */
static void
guard_left_behind(void **state)
{
	struct rig *r;
	unsigned int i;

	(void)state;
	EACH_FORM(r, i)
	{
		r->swsm = SMBI | r->form->swesmbi;
		r->sync = r->form->regsmp;
		assert_int_equal(own_told(r, "SWSM.SMBI was left behind"), 0);
		assert_int_equal(r->sync, OURS);
		assert_guard_free(r);
		assert_true(r->s.now >= sl_time_ticks(r->form->regsmp != 0 ? 200000 : 100000));
	}
}

/* A resource of a killed driver is taken over after half a second: its owner may be alive. */
static void
resource_left_behind(void **state)
{
	struct rig *r;
	unsigned int i;

	(void)state;
	EACH_FORM(r, i)
	{
		r->sync = OURS | PEERS;
		assert_int_equal(own_told(r, "bits 0x2 of it were left behind"), 0);
		assert_int_equal(r->sync, OURS | PEERS);
		assert_true(r->s.now >= sl_time_ticks(500000));
		assert_guard_free(r);
	}
}

/* A caller that does not need the resource waits for the given time, and takes nothing over. */
static void
asked(void **state)
{
	struct rig *r;
	unsigned int i;

	(void)state;
	EACH_FORM(r, i)
	{
		assert_int_equal(sl_semaphore_ask(&r->s.port, r->form, OURS, OTHERS, 20000), 0);
		assert_int_equal(r->sync & ~r->form->regsmp, OURS);
		assert_int_equal(r->s.now, 1);
		assert_int_equal(
			sl_semaphore_ask(&r->s.port, r->form, OURS, OTHERS, 20000), -EBUSY);
		assert_in_range(r->s.now / 1000, 20000, 22000);
		assert_int_equal(r->stores, 1);
		assert_guard_free(r);
	}
}

/* Resources and guards of the firmware are never taken over. */
static void
firmware_keeps_it(void **state)
{
	struct rig *r;
	unsigned int i;

	(void)state;
	EACH_FORM(r, i)
	{
		r->sync = OTHERS;
		assert_int_equal(own_told(r, "wanted clear: 0x42"), -EBUSY);
		assert_int_equal(r->sync, OTHERS);
		assert_int_equal(r->stores, 0);
		assert_true(r->s.now >= sl_time_ticks(500000));
		assert_guard_free(r);
	}
	r = rig_init(0);
	r->refuses = true;
	assert_int_equal(own_told(r, "SWSM.SWESMBI does not stay set"), -EBUSY);
	assert_int_equal(r->stores, 0);
	assert_guard_free(r);
	/* A resource that cannot be released stays, and no other bit changes. */
	r->sync = OURS;
	sl_semaphore_disown(&r->s.port, r->form, OURS);
	assert_int_equal(r->sync, OURS);
}

static void
gone(void **state)
{
	struct rig *r;
	unsigned int i;

	(void)state;
	EACH_FORM(r, i)
	{
		r->gone = true;
		assert_int_equal(own(r), -EIO);
		assert_true(r->s.port.removed);
		assert_int_equal(r->s.now, 1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(owned),
		cmocka_unit_test(guard_left_behind),
		cmocka_unit_test(resource_left_behind),
		cmocka_unit_test(asked),
		cmocka_unit_test(firmware_keeps_it),
		cmocka_unit_test(gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
