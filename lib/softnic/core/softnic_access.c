/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Access by drivers: registers, doorbells, the command register of PCI
 * configuration space. The faults SL_FAULT_DEAF and SL_FAULT_REMOVED take effect
 * here.
 */

#include "softnic_engine.h"

static bool
unreachable(const struct sl_softnic *nic)
{
	return softnic_fault_on(nic, SL_FAULT_REMOVED) || softnic_fault_on(nic, SL_FAULT_DEAF);
}

uint32_t
sl_softnic_reg_read(struct sl_softnic *nic, uint32_t off)
{
	const struct softnic_slot *slot = softnic_regs_slot(&nic->regs, off);
	uint32_t val = 0;

	softnic_lock(nic);
	if (unreachable(nic))
		val = SL_REG_GONE;
	else if (slot != NULL)
		val = softnic_regs_read(nic, slot, false);
	if (__builtin_expect(nic->on_read != NULL, 0))
		val = nic->on_read(nic->on_read_ctx, off, val);
	softnic_unlock(nic);
	return val;
}

void
sl_softnic_on_read(struct sl_softnic *nic, sl_softnic_read_fn fn, void *ctx)
{
	softnic_lock(nic);
	nic->on_read = fn;
	nic->on_read_ctx = ctx;
	softnic_unlock(nic);
}

void
sl_softnic_reg_write(struct sl_softnic *nic, uint32_t off, uint32_t val)
{
	const struct softnic_slot *slot = softnic_regs_slot(&nic->regs, off);

	softnic_lock(nic);
	if (!unreachable(nic) && slot != NULL)
		softnic_regs_write(nic, slot, val);
	if (nic->irq_pending != 0)
		softnic_irq_flush(nic);
	softnic_unlock(nic);
}

uint16_t
sl_softnic_command(struct sl_softnic *nic)
{
	uint16_t val;

	softnic_lock(nic);
	val = softnic_fault_on(nic, SL_FAULT_REMOVED) ? UINT16_MAX : nic->command;
	softnic_unlock(nic);
	return val;
}

void
sl_softnic_command_write(struct sl_softnic *nic, uint16_t val)
{
	softnic_lock(nic);
	if (!softnic_fault_on(nic, SL_FAULT_MASTER_STUCK) &&
		!softnic_fault_on(nic, SL_FAULT_REMOVED))
		nic->command = val & SL_PCI_COMMAND_MASTER;
	softnic_unlock(nic);
}

void
sl_softnic_function_reset(struct sl_softnic *nic)
{
	softnic_lock(nic);
	if (!softnic_fault_on(nic, SL_FAULT_REMOVED)) {
		softnic_reset(nic, true);
		nic->command = 0;
	}
	softnic_unlock(nic);
}

volatile uint32_t *
sl_softnic_tail(struct sl_softnic *nic, bool tx, unsigned int queue)
{
	if (queue >= nic->queues)
		return NULL;
	return tx ? &nic->txq[queue].tail : &nic->rxq[queue].tail;
}

volatile uint32_t *
sl_softnic_doorbell(struct sl_softnic *nic, uint32_t off)
{
	const struct softnic_slot *slot = softnic_regs_slot(&nic->regs, off);

	if (slot == NULL)
		return NULL;
	if (slot->reg == nic->model->rx_tail)
		return sl_softnic_tail(nic, false, slot->index);
	if (slot->reg == nic->model->tx_tail)
		return sl_softnic_tail(nic, true, slot->index);
	return NULL;
}

void
sl_softnic_dump(struct sl_softnic *nic, FILE *f)
{
	softnic_lock(nic);
	softnic_regs_dump(nic, f);
	softnic_unlock(nic);
}

static uint32_t
bus_read(void *dev, uint32_t off)
{
	return sl_softnic_reg_read(dev, off);
}

static void
bus_write(void *dev, uint32_t off, uint32_t val)
{
	sl_softnic_reg_write(dev, off, val);
}

static volatile uint32_t *
bus_doorbell(void *dev, uint32_t off)
{
	return sl_softnic_doorbell(dev, off);
}

struct sl_bus
sl_softnic_bus(struct sl_softnic *nic)
{
	static const struct sl_bus_ops ops = {
		.read = bus_read,
		.write = bus_write,
		.doorbell = bus_doorbell,
	};

	return (struct sl_bus){.ops = &ops, .dev = nic};
}
