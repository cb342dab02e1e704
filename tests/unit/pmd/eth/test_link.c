/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
/* Link state that ethdev gets, with registers that the test sets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <strings.h>

#include <cmocka.h>

#include "compat.h"
#include "scripted_port.h"
#include "sl_ethdev.h"
#include "sl_fields.h"
#include "sl_port.h"
#include "sl_regs.h"

/* A port whose device has two registers. */
struct rig {
	struct scripted_port s;
	uint32_t status;
	enum sl_link_mode mode;
};

static uint32_t
reg_read(void *dev, uint32_t off)
{
	const struct rig *r = dev;

	return off == SL_OFF_STATUS    ? r->status :
		off == SL_OFF_CTRL_EXT ? SL_PREP(SL_CTRL_EXT_LINK_MODE, r->mode) :
					 0;
}

static const struct sl_bus_ops bus_ops = {.read = reg_read};

static void
rig_init(struct rig *r, uint32_t status)
{
	*r = (struct rig){.status = status};
	scripted_port_init(&r->s, &bus_ops, r, SL_PCI_DEV_82576);
}

static struct rte_eth_link
link_of(struct rig *r, int want)
{
	struct rte_eth_link link;

	assert_int_equal(sl_eth_dev_ops.link_update(&r->s.eth, 0), want);
	rte_eth_linkstatus_get(&r->s.eth, &link);
	return link;
}

/* ethdev's return value: the status equals that of the last update. */
#define SAME (-1)

static void
status(void **state)
{
	static const struct {
		uint32_t status, speed;
		uint16_t duplex;
	} rows[] = {
		{0, RTE_ETH_SPEED_NUM_10M, RTE_ETH_LINK_HALF_DUPLEX},
		{SL_PREP(SL_STATUS_SPEED, SL_SPEED_100) | SL_STATUS_FD, RTE_ETH_SPEED_NUM_100M,
			RTE_ETH_LINK_FULL_DUPLEX},
		{SL_PREP(SL_STATUS_SPEED, SL_SPEED_1000) | SL_STATUS_FD, RTE_ETH_SPEED_NUM_1G,
			RTE_ETH_LINK_FULL_DUPLEX},
	};
	static struct rig r;
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(rows); i++) {
		rig_init(&r, rows[i].status | SL_STATUS_LU);
		const struct rte_eth_link link = link_of(&r, 0);

		assert_int_equal(link.link_status, RTE_ETH_LINK_UP);
		assert_int_equal(link.link_speed, rows[i].speed);
		assert_int_equal(link.link_duplex, rows[i].duplex);
		assert_int_equal(link.link_autoneg, RTE_ETH_LINK_AUTONEG);
	}
}

/* CTRL_EXT gives the connector. With SerDes it depends on the device ID. */
static void
connector(void **state)
{
	static struct rig r;
	struct rte_eth_link link;

	(void)state;
	rig_init(&r, SL_STATUS_LU);
	link = link_of(&r, 0);
	assert_true(COMPAT_CONNECTOR_IS(&link, TP));
	r.mode = SL_LINK_MODE_SGMII;
	link = link_of(&r, SAME);
	assert_true(COMPAT_CONNECTOR_IS(&link, SGMII));
	r.mode = SL_LINK_MODE_SERDES;
	link = link_of(&r, SAME);
	assert_true(COMPAT_CONNECTOR_IS(&link, OTHER));
	r.s.port.fibre = true;
	link = link_of(&r, SAME);
	assert_true(COMPAT_CONNECTOR_IS(&link, FIBER));
}

/* A link that is down keeps its connector, also if the device is gone. */
static void
down(void **state)
{
	static struct rig r;
	struct rte_eth_link link;

	(void)state;
	rig_init(&r, SL_PREP(SL_STATUS_SPEED, SL_SPEED_1000) | SL_STATUS_FD | SL_STATUS_LU);
	(void)link_of(&r, 0);
	r.status &= ~SL_STATUS_LU;
	link = link_of(&r, 0);
	assert_int_equal(link.link_status, RTE_ETH_LINK_DOWN);
	assert_true(COMPAT_CONNECTOR_IS(&link, TP));
	r.status |= SL_STATUS_LU;
	(void)link_of(&r, 0);
	r.s.port.removed = true;
	link = link_of(&r, -EIO);
	assert_int_equal(link.link_status, RTE_ETH_LINK_DOWN);
	assert_int_equal(link.link_speed, RTE_ETH_SPEED_NUM_NONE);
	assert_int_equal(link.link_duplex, RTE_ETH_LINK_HALF_DUPLEX);
	assert_int_equal(link.link_autoneg, RTE_ETH_LINK_AUTONEG);
	assert_true(COMPAT_CONNECTOR_IS(&link, TP));
}

/* For each ID that the driver supports, its device and whether it has optics are known. */
static void
ids(void **state)
{
	static const struct {
		uint16_t id;
		const char *device;
		bool optics;
	} ids[] = {
#define SL_DEVICE(id, device, optics, number) {number, #device, optics},
#include "families.def"
#undef SL_DEVICE
	};
	unsigned int i, j;

	(void)state;
	for (i = 0; i < RTE_DIM(ids); i++) {
		const struct sl_hw *hw = sl_hw_find(ids[i].id);

		assert_non_null(hw);
		assert_int_equal(strcasecmp(hw->name, ids[i].device), 0);
		assert_int_equal(sl_hw_has_optics(ids[i].id), ids[i].optics);
		/* Each ID is listed once. A device is found by its first ID. */
		for (j = 0; j < i; j++)
			assert_int_not_equal(ids[j].id, ids[i].id);
		assert_ptr_equal(sl_hw_find(hw->device_id), hw);
	}
	assert_null(sl_hw_find(0));
	assert_false(sl_hw_has_optics(0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids),
		cmocka_unit_test(status),
		cmocka_unit_test(connector),
		cmocka_unit_test(down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
