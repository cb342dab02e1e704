/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The algorithm with which a driver acquires resources that it shares with the firmware and with
 * the drivers of a chip's other ports. Only the guard differs between devices.
 */

#include <errno.h>
#include <stdbool.h>

#include "sl_call.h"
#include "sl_log.h"
#include "sl_port.h"
#include "sl_semaphore.h"

#define GUARD_STEP_US 50u
#define GUARD_US 100000u
#define RESOURCE_STEP_US 1000u
#define RESOURCE_US 500000u

/* Acquire a bit that a read sets: if the read returns 0, this driver now owns it. */
static int
take(struct sl_port *port, uint32_t off, uint32_t bit, const char *name)
{
	const uint64_t limit = sl_time_limit(port, GUARD_US);
	uint32_t v;

	while (((v = sl_bus_read(&port->bus, off)) & bit) != 0) {
		if (v == SL_REG_GONE && !sl_port_alive(port))
			return -EIO;
		if (sl_time_wait(port, GUARD_STEP_US, limit))
			continue;
		/*
		 * Running software holds it for microseconds only, so its owner was killed: take it
		 * over.
		 */
		SL_LOG(NOTICE, "port %u: %s was left behind by a driver that is gone: taken",
			port->eth->data->port_id, name);
		break;
	}
	return 0;
}

/* Set the bit that excludes the firmware. It reads as set only for its owner. */
static int
keep_firmware_out(struct sl_port *port, const struct sl_semaphore *s)
{
	const uint64_t limit = sl_time_limit(port, GUARD_US);
	uint32_t v;

	do {
		v = sl_bus_read(&port->bus, s->swsm);
		sl_bus_write(&port->bus, s->swsm, v | s->smbi | s->swesmbi);
		v = sl_bus_read(&port->bus, s->swsm);
		if ((v & s->swesmbi) != 0)
			return sl_port_alive(port) ? 0 : -EIO;
	} while (sl_time_wait(port, GUARD_STEP_US, limit));
	sl_bus_write(&port->bus, s->swsm, v & ~s->smbi);
	return -EBUSY;
}

static int
guard_get(struct sl_port *port, const struct sl_semaphore *s)
{
	int ret = take(port, s->swsm, s->smbi, "SWSM.SMBI");

	if (ret == 0 && s->swesmbi != 0)
		ret = keep_firmware_out(port, s);
	if (ret == 0 && s->regsmp != 0)
		ret = take(port, s->sync, s->regsmp, "SW_FW_SYNC.REGSMP");
	return ret;
}

static void
guard_put(struct sl_port *port, const struct sl_semaphore *s)
{
	uint32_t v;

	if (s->regsmp != 0) {
		v = sl_bus_read(&port->bus, s->sync);
		sl_bus_write(&port->bus, s->sync, v & ~s->regsmp);
	}
	v = sl_bus_read(&port->bus, s->swsm);
	sl_bus_write(&port->bus, s->swsm, v & ~(s->smbi | s->swesmbi));
}

/* Acquire @p bits if no bit of @p taken is set. @p seen is set to the register of resources. */
static int
try_own(struct sl_port *port, const struct sl_semaphore *s, uint32_t bits, uint32_t taken,
	uint32_t *seen)
{
	int ret = guard_get(port, s);

	if (ret != 0)
		return ret;
	*seen = sl_bus_read(&port->bus, s->sync);
	if ((*seen & taken) == 0)
		sl_bus_write(&port->bus, s->sync, *seen | bits);
	else
		ret = -EBUSY;
	guard_put(port, s);
	return ret;
}

/* Log why the resources were not acquired. @param seen 0: not even the guard was acquired. */
static void
tell_refused(struct sl_port *port, uint32_t seen, uint32_t wanted)
{
	const uint16_t id = port->eth->data->port_id;

	if ((seen & wanted) == 0)
		SL_LOG(ERR,
			"port %u: SWSM.SWESMBI does not stay set: the firmware keeps what it shares "
			"with drivers; power the machine off and on",
			id);
	else
		SL_LOG(ERR,
			"port %u: SW_FW_SYNC is %#x and stays so: the firmware keeps what is wanted; "
			"wanted clear: %#x; power the machine off and on",
			id, seen, wanted);
}

int
sl_semaphore_ask(struct sl_port *port, const struct sl_semaphore *s, uint32_t bits, uint32_t others,
	unsigned int us)
{
	const uint64_t limit = sl_time_limit(port, us);
	uint32_t seen;
	int ret;

	do {
		ret = try_own(port, s, bits, bits | others, &seen);
		if (ret != -EBUSY)
			break;
	} while (sl_time_wait(port, RESOURCE_STEP_US, limit));
	return ret;
}

int
sl_semaphore_own(struct sl_port *port, const struct sl_semaphore *s, uint32_t bits, uint32_t others)
{
	const uint16_t id = port->eth->data->port_id;
	uint32_t seen = 0;
	int ret = sl_semaphore_ask(port, s, bits, others, RESOURCE_US);

	if (ret != -EBUSY)
		return ret;
	/* Only a driver that was killed holds a resource for so long. */
	ret = try_own(port, s, bits, others, &seen);
	if (ret == 0)
		SL_LOG(NOTICE,
			"port %u: SW_FW_SYNC was %#x: bits %#x of it were left behind by a driver "
			"that is gone: taken",
			id, seen, seen & bits);
	else if (ret == -EBUSY)
		tell_refused(port, seen, bits | others);
	return ret;
}

void
sl_semaphore_disown(struct sl_port *port, const struct sl_semaphore *s, uint32_t bits)
{
	if (guard_get(port, s) != 0)
		return;
	sl_bus_write(&port->bus, s->sync, sl_bus_read(&port->bus, s->sync) & ~bits);
	guard_put(port, s);
}
