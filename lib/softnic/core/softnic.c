/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Life cycle of a software NIC: create, attach a wire, step, statistics. Access
 * by drivers is in softnic_access.c; the engines are in softnic_rx.c and
 * softnic_tx.c.
 */

#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "softnic_engine.h"
#include "softnic_parse.h"

/* Spins before the CPU is yielded, because the holder of the lock may be preempted. */
#define LOCK_SPINS 2000u
#define LOG_WARNING 4

void
softnic_lock(struct sl_softnic *nic)
{
	uint32_t ticket = __atomic_fetch_add(&nic->lock.next, 1, __ATOMIC_RELAXED);
	uint32_t spins = 0;

	while (__atomic_load_n(&nic->lock.owner, __ATOMIC_ACQUIRE) != ticket) {
		if (++spins % LOCK_SPINS == 0)
			sched_yield();
	}
}

void
softnic_unlock(struct sl_softnic *nic)
{
	__atomic_store_n(&nic->lock.owner, nic->lock.owner + 1, __ATOMIC_RELEASE);
}

static void
log_stderr(void *ctx, int level, const char *msg)
{
	(void)ctx;
	(void)level;
	fprintf(stderr, "softnic: %s\n", msg);
}

void
softnic_complain(struct sl_softnic *nic, enum softnic_complaint what, uint64_t detail)
{
	static const char *const text[SOFTNIC_COMPLAINTS] = {
		[SOFTNIC_DMA_RX_DESC] = "DMA outside the window: receive descriptor at IOVA",
		[SOFTNIC_DMA_RX_DATA] = "DMA outside the window: receive buffer at IOVA",
		[SOFTNIC_DMA_TX_DESC] = "DMA outside the window: transmit descriptor at IOVA",
		[SOFTNIC_DMA_TX_DATA] = "DMA outside the window: data to send at IOVA",
		[SOFTNIC_DMA_TX_HEAD] = "DMA outside the window: head write-back at IOVA",
		[SOFTNIC_BAD_TAIL] = "tail beyond the ring; the queue waits for a valid "
				     "one: tail",
		[SOFTNIC_BAD_RING] = "ring base or length not a multiple of 128, low bits "
				     "dropped: value",
		[SOFTNIC_BAD_DESCTYPE] =
			"descriptor type is not 1, advanced one-buffer; queue off: control",
		[SOFTNIC_BAD_TXD] = "transmit descriptor makes no sense, skipped: command word",
	};
	char msg[192];

	if ((nic->complained & SL_BIT(what)) != 0)
		return;
	nic->complained |= SL_BIT(what);
	snprintf(msg, sizeof(msg), "%s: %s 0x%" PRIx64 " (said once)", nic->name, text[what],
		detail);
	nic->log(nic->log_ctx, LOG_WARNING, msg);
}

void *
softnic_dma_slow(struct sl_softnic *nic, uint64_t iova, size_t len, enum sl_dma_dir dir,
	enum softnic_complaint kind)
{
	bool data = kind == SOFTNIC_DMA_RX_DATA || kind == SOFTNIC_DMA_TX_DATA;
	void *p = NULL;

	if (softnic_fault_on(nic, SL_FAULT_DMA_ERROR) &&
		!(data && softnic_fault_hit(nic, SL_FAULT_DMA_ERROR)))
		p = sl_dma_translate(nic->dma, iova, len, dir);
	if (p == NULL) {
		nic->stats.dma_faults++;
		softnic_complain(nic, kind, iova);
	}
	return p;
}

/* A locally administered address that depends only on the name, for reproducible runs. */
static void
mac_from_name(const char *name, uint8_t mac[6])
{
	uint32_t hash = 5381;

	for (; *name != '\0'; name++)
		hash = hash * 33 + (uint8_t)*name;
	mac[0] = 2;
	mac[1] = 0;
	mac[2] = 0;
	mac[3] = (uint8_t)(hash >> 16);
	mac[4] = (uint8_t)(hash >> 8);
	mac[5] = (uint8_t)hash;
}

static void *
own_alloc(void *ctx, size_t size, size_t align)
{
	(void)ctx;
	return aligned_alloc(align, size);
}

static void
own_free(void *ctx, void *p)
{
	(void)ctx;
	free(p);
}

static uint32_t *
values_of(struct sl_softnic *nic)
{
	return (uint32_t *)((uint8_t *)nic + nic->model->values);
}

/* Allocate the device's other memory. On failure sl_softnic_destroy() frees what was allocated. */
static int
parts_open(struct sl_softnic *nic, const struct sl_softnic_params *params)
{
	const struct softnic_model *m = nic->model;
	const size_t rxqs = nic->queues * sizeof(*nic->rxq), txqs = nic->queues * sizeof(*nic->txq);
	int rc = softnic_irq_open(nic);

	if (rc == 0)
		rc = softnic_regs_open(&nic->regs, m->regs, m->hooks, values_of(nic));
	if (rc != 0)
		return rc;
	nic->tx_arena_size = SOFTNIC_BATCH * (m->device.max_frame + SOFTNIC_VLAN_TAG);
	nic->tx_arena = malloc(nic->tx_arena_size);
	nic->tso = malloc(SOFTNIC_TSO);
	nic->fifo = malloc(2 * (size_t)m->fifo);
	nic->dma = params->host != NULL ? sl_dma_open_host(params->host) :
					  sl_dma_open(params->adapter);
	nic->rxq = nic->memory.alloc(nic->memory.ctx, rxqs, SOFTNIC_APART);
	nic->txq = nic->memory.alloc(nic->memory.ctx, txqs, SOFTNIC_APART);
	if (nic->tx_arena == NULL || nic->tso == NULL || nic->fifo == NULL || nic->dma == NULL ||
		nic->rxq == NULL || nic->txq == NULL)
		return -ENOMEM;
	memset(nic->rxq, 0, rxqs);
	memset(nic->txq, 0, txqs);
	return 0;
}

int
softnic_create(const struct softnic_model *model, const struct sl_softnic_params *params,
	struct sl_softnic **out)
{
	static const struct sl_softnic_memory own = {.alloc = own_alloc, .free = own_free};
	static const uint8_t no_mac[6];
	struct sl_softnic *nic;
	int rc;

	if (params->name == NULL || (params->adapter == NULL) == (params->host == NULL) ||
		(params->mac[0] & 1) != 0)
		return -EINVAL;
	if (posix_memalign((void **)&nic, SOFTNIC_APART, model->size) != 0)
		return -ENOMEM;
	memset(nic, 0, model->size);
	memset(nic->irq_fd, -1, sizeof(nic->irq_fd));
	nic->model = model;
	nic->queues = model->device.queues;
	nic->memory = params->memory != NULL ? *params->memory : own;
	snprintf(nic->name, sizeof(nic->name), "%s", params->name);
	nic->command = SL_PCI_COMMAND_MASTER;
	nic->log = params->log != NULL ? params->log : log_stderr;
	nic->log_ctx = params->log_ctx;
	memcpy(nic->mac, params->mac, sizeof(nic->mac));
	if (memcmp(nic->mac, no_mac, sizeof(no_mac)) == 0)
		mac_from_name(nic->name, nic->mac);
	rc = parts_open(nic, params);
	if (rc != 0) {
		sl_softnic_destroy(nic);
		return rc;
	}
	model->ops->init(nic);
	softnic_reset(nic, true);
	*out = nic;
	return 0;
}

void
sl_softnic_destroy(struct sl_softnic *nic)
{
	if (nic == NULL)
		return;
	if (nic->wire != NULL)
		sl_wire_close(nic->wire);
	if (nic->dma != NULL)
		sl_dma_close(nic->dma);
	softnic_irq_close(nic);
	softnic_regs_close(&nic->regs);
	free(nic->tx_arena);
	free(nic->tso);
	free(nic->fifo);
	nic->memory.free(nic->memory.ctx, nic->rxq);
	nic->memory.free(nic->memory.ctx, nic->txq);
	free(nic);
}

void
softnic_reset(struct sl_softnic *nic, bool power_up)
{
	softnic_fifo_flush(nic);
	softnic_queues_reset(nic);
	softnic_pause_reset(nic);
	nic->irq_pending = 0;
	nic->model->ops->reset(nic, power_up);
}

void
softnic_wire_update(struct sl_softnic *nic)
{
	struct sl_wire *wire = nic->wire;
	bool up = wire != NULL && (wire->ops->link == NULL || wire->ops->link(wire)) &&
		!softnic_fault_on(nic, SL_FAULT_LINK_DOWN);

	if (__builtin_expect(up == nic->wire_up, 1))
		return;
	nic->wire_up = up;
	softnic_pause_reset(nic);
	nic->model->ops->link(nic);
}

uint64_t
softnic_now(const struct sl_softnic *nic)
{
	struct timespec ts;

	if (nic->clock != NULL)
		return nic->clock(nic->clock_ctx);
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * UINT64_C(1000000000) + (uint64_t)ts.tv_nsec;
}

void
sl_softnic_clock(struct sl_softnic *nic, sl_softnic_clock_fn fn, void *ctx)
{
	softnic_lock(nic);
	nic->clock = fn;
	nic->clock_ctx = ctx;
	/* Times of the previous clock are meaningless: reset as after power-up. */
	softnic_reset(nic, true);
	softnic_unlock(nic);
}

int
sl_softnic_attach(struct sl_softnic *nic, struct sl_wire *wire)
{
	int rc = -EBUSY;

	if (nic == NULL || wire == NULL)
		return -EINVAL;
	softnic_lock(nic);
	if (nic->wire == NULL) {
		/* Release: a thread in sl_softnic_wire() sees the complete wire. */
		__atomic_store_n(&nic->wire, wire, __ATOMIC_RELEASE);
		softnic_wire_update(nic);
		rc = 0;
	}
	softnic_unlock(nic);
	return rc;
}

struct sl_wire *
sl_softnic_wire(struct sl_softnic *nic)
{
	return __atomic_load_n(&nic->wire, __ATOMIC_ACQUIRE);
}

const struct sl_softnic_device *
sl_softnic_device(const struct sl_softnic *nic)
{
	return &nic->model->device;
}

void
sl_softnic_mac(const struct sl_softnic *nic, uint8_t mac[6])
{
	memcpy(mac, nic->mac, sizeof(nic->mac));
}

void
sl_softnic_stats(struct sl_softnic *nic, struct sl_softnic_stats *out)
{
	unsigned int q;
	bool gone;

	softnic_lock(nic);
	*out = nic->stats;
	/*
	 * A device that is removed or may not do DMA does not complete its fetched
	 * descriptors.
	 */
	gone = softnic_fault_on(nic, SL_FAULT_REMOVED) ||
		(nic->command & SL_PCI_COMMAND_MASTER) == 0;
	for (q = 0; q < nic->queues && !gone; q++)
		out->dma_outstanding += nic->rxq[q].fetched;
	softnic_unlock(nic);
}

unsigned int
sl_softnic_step(struct sl_softnic *nic, unsigned int budget)
{
	unsigned int moved = 0;

	softnic_lock(nic);
	nic->stats.steps++;
	if (__builtin_expect(!softnic_fault_on(nic, SL_FAULT_REMOVED), 1)) {
		sl_dma_begin(nic->dma);
		softnic_wire_update(nic);
		if (__builtin_expect(nic->watches, 0))
			nic->model->ops->watch(nic);
		moved += softnic_tx(nic, budget);
		moved += softnic_rx(nic, budget);
		if (__builtin_expect(nic->pause.send, 0))
			softnic_pause_send(nic);
		sl_dma_end(nic->dma);
		if (nic->irq_pending != 0)
			softnic_irq_flush(nic);
	}
	softnic_unlock(nic);
	return moved;
}
