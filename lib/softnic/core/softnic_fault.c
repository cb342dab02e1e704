/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Faults on request: their names, parsing, requesting and clearing them, and
 * whether a fault occurs now. The effect of a fault is in the code that it affects.
 */

#include <errno.h>
#include <string.h>

#include "sl_number.h"
#include "softnic_engine.h"

static const char *const fault_names[SL_FAULT_COUNT] = {
	[SL_FAULT_NONE] = "none",
	[SL_FAULT_BAD_LENGTH] = "bad_length",
	[SL_FAULT_NO_EOP] = "no_eop",
	[SL_FAULT_WILD_INDEX] = "wild_index",
	[SL_FAULT_HOLD_DD] = "hold_dd",
	[SL_FAULT_DROP_DD] = "drop_dd",
	[SL_FAULT_REPEAT_WB] = "repeat_wb",
	[SL_FAULT_DMA_ERROR] = "dma_error",
	[SL_FAULT_LINK_DOWN] = "link_down",
	[SL_FAULT_HUNG_RESET] = "hung_reset",
	[SL_FAULT_REMOVED] = "removed",
	[SL_FAULT_STUCK_QUEUE] = "stuck_queue",
	[SL_FAULT_LYING_QUEUE] = "lying_queue",
	[SL_FAULT_DEAF] = "deaf",
	[SL_FAULT_MASTER_STUCK] = "master_stuck",
};

const char *
sl_fault_name(enum sl_fault fault)
{
	return (unsigned int)fault < SL_FAULT_COUNT ? fault_names[fault] : NULL;
}

/* The faults that last until they are cleared. */
static bool
fault_lasts(enum sl_fault fault)
{
	return fault == SL_FAULT_HOLD_DD || fault == SL_FAULT_LINK_DOWN ||
		fault >= SL_FAULT_HUNG_RESET;
}

bool
softnic_fault_hit(struct sl_softnic *nic, enum sl_fault fault)
{
	if (!softnic_fault_on(nic, fault))
		return false;
	if (!fault_lasts(fault) && --nic->fault[fault].count == 0)
		nic->faults &= ~SL_BIT(fault);
	return true;
}

bool
softnic_fault_queue(const struct sl_softnic *nic, enum sl_fault fault, bool tx, unsigned int q)
{
	if (q >= SOFTNIC_FAULT_QUEUES || !softnic_fault_on(nic, fault))
		return false;
	return (nic->fault[fault].arg & SL_BIT(q + (tx ? SOFTNIC_FAULT_QUEUES : 0))) != 0;
}

int
sl_softnic_fault(struct sl_softnic *nic, enum sl_fault fault, uint32_t arg, uint32_t count)
{
	uint32_t before;

	if (nic == NULL || (unsigned int)fault >= SL_FAULT_COUNT)
		return -EINVAL;
	softnic_lock(nic);
	before = nic->faults;
	if (fault == SL_FAULT_NONE) {
		nic->faults = 0;
	} else {
		nic->fault[fault].arg = arg;
		nic->fault[fault].count = count;
		nic->faults =
			count != 0 ? nic->faults | SL_BIT(fault) : nic->faults & ~SL_BIT(fault);
	}
	if ((before & ~nic->faults & SL_BIT(SL_FAULT_REMOVED)) != 0)
		softnic_reset(nic, true); /* plugged in again */
	else if ((before & ~nic->faults & SL_BIT(SL_FAULT_HUNG_RESET)) != 0)
		nic->model->ops->unhang(nic);
	nic->model->ops->queues(nic);
	softnic_wire_update(nic);
	softnic_unlock(nic);
	return 0;
}

/*
 * Parse a number, decimal or, with 0x, hexadecimal. @p end is set to the first character after
 * it.
 */
static int
parse_u32(const char *text, const char **end, uint32_t *out)
{
	const unsigned int base = text[0] == '0' && (text[1] == 'x' || text[1] == 'X') ? 16 : 10;
	uint64_t v;

	text += base == 16 ? 2 : 0;
	if (sl_number_digits(&text, base, &v) != 0 || v > UINT32_MAX)
		return -EINVAL;
	*out = (uint32_t)v;
	*end = text;
	return 0;
}

int
sl_fault_parse(const char *text, enum sl_fault *fault, uint32_t *arg, uint32_t *count)
{
	size_t len = strcspn(text, ":");
	const char *p = text + len;
	unsigned int i;

	for (i = 0; i < SL_FAULT_COUNT; i++) {
		if (strlen(fault_names[i]) == len && memcmp(fault_names[i], text, len) == 0)
			break;
	}
	if (i == SL_FAULT_COUNT)
		return -EINVAL;
	*fault = (enum sl_fault)i;
	*arg = 0;
	*count = 1;
	if (*p == ':' && parse_u32(p + 1, &p, arg) != 0)
		return -EINVAL;
	if (*p == ':' && parse_u32(p + 1, &p, count) != 0)
		return -EINVAL;
	return *p == '\0' ? 0 : -EINVAL;
}
