/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* A port for tests that are its device and its clock. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "scripted_port.h"
#include "sl_call.h"

uint64_t
rte_get_tsc_hz(void)
{
	return 1000000000;
}

uint64_t
scripted_time(struct sl_port *port)
{
	return ((struct scripted_port *)port)->now;
}

void
scripted_nap(struct sl_port *port, unsigned int us)
{
	((struct scripted_port *)port)->now += sl_time_ticks(us);
}

static const struct sl_dev_ops dev_ops = {
	.kind = "scripted", .time = scripted_time, .nap = scripted_nap};

void
scripted_port_init(struct scripted_port *s, const struct sl_bus_ops *ops, void *dev, uint16_t id)
{
	s->now = 1;
	s->port.bus = (struct sl_bus){.ops = ops, .dev = dev};
	s->port.dev_ops = &dev_ops;
	s->port.hw = sl_hw_find(id);
	assert_non_null(s->port.hw);
	s->port.eth = &s->eth;
	s->data.dev_private = &s->port;
	s->eth.data = &s->data;
}
