/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 *
 * Life of a software NIC: create, attach, step, faults, figures.
 */
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "softnic_engine.h"

/* Spins before the CPU is offered to others: the holder may have been preempted. */
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
			"SRRCTL.DESCTYPE is not 1, advanced one-buffer; queue off:",
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

static int
irq_open(struct sl_softnic *nic)
{
	unsigned int i;

	for (i = 0; i < SOFTNIC_VECTORS; i++) {
		nic->irq_fd[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
		if (nic->irq_fd[i] < 0)
			return -errno;
	}
	return 0;
}

/* A locally administered address that follows from the name alone, so that runs repeat. */
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

int
sl_softnic_create(const struct sl_softnic_params *params, struct sl_softnic **out)
{
	static const uint8_t no_mac[6];
	struct sl_softnic *nic;
	unsigned int i;
	int rc;

	if (params == NULL || out == NULL || params->name == NULL || params->adapter == NULL ||
		(params->mac[0] & 1) != 0)
		return -EINVAL;
	if (posix_memalign((void **)&nic, SOFTNIC_APART, sizeof(*nic)) != 0)
		return -ENOMEM;
	memset(nic, 0, sizeof(*nic));
	for (i = 0; i < SOFTNIC_VECTORS; i++)
		nic->irq_fd[i] = -1;
	snprintf(nic->name, sizeof(nic->name), "%s", params->name);
	nic->adapter = params->adapter;
	nic->command = SL_PCI_COMMAND_MASTER;
	nic->log = params->log != NULL ? params->log : log_stderr;
	nic->log_ctx = params->log_ctx;
	memcpy(nic->mac, params->mac, sizeof(nic->mac));
	if (memcmp(nic->mac, no_mac, sizeof(no_mac)) == 0)
		mac_from_name(nic->name, nic->mac);

	rc = irq_open(nic);
	nic->tx_arena = malloc(SOFTNIC_TX_ARENA);
	nic->tso = malloc(SOFTNIC_TSO);
	nic->fifo = malloc(2 * SOFTNIC_FIFO);
	nic->dma = sl_dma_open(nic->adapter);
	if (rc == 0 &&
		(nic->tx_arena == NULL || nic->tso == NULL || nic->fifo == NULL ||
			nic->dma == NULL))
		rc = -ENOMEM;
	if (rc != 0) {
		sl_softnic_destroy(nic);
		return rc;
	}
	softnic_map_build(nic);
	softnic_nvm_init(nic);
	softnic_power_up(nic);
	*out = nic;
	return 0;
}

void
sl_softnic_destroy(struct sl_softnic *nic)
{
	unsigned int i;

	if (nic == NULL)
		return;
	if (nic->wire != NULL)
		sl_wire_close(nic->wire);
	if (nic->dma != NULL)
		sl_dma_close(nic->dma);
	for (i = 0; i < SOFTNIC_VECTORS; i++) {
		if (nic->irq_fd[i] >= 0)
			close(nic->irq_fd[i]);
	}
	free(nic->tx_arena);
	free(nic->tso);
	free(nic->fifo);
	free(nic);
}

int
sl_softnic_attach(struct sl_softnic *nic, struct sl_wire *wire)
{
	int rc = -EBUSY;

	if (nic == NULL || wire == NULL)
		return -EINVAL;
	softnic_lock(nic);
	if (nic->wire == NULL) {
		/* With all of it, for sl_softnic_wire() on another thread. */
		__atomic_store_n(&nic->wire, wire, __ATOMIC_RELEASE);
		softnic_link_update(nic);
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

int
sl_softnic_irq_fd(struct sl_softnic *nic, unsigned int vector)
{
	return vector < SOFTNIC_VECTORS ? nic->irq_fd[vector] : -1;
}

void
sl_softnic_stats(struct sl_softnic *nic, struct sl_softnic_stats *out)
{
	unsigned int q;
	bool gone;

	softnic_lock(nic);
	*out = nic->stats;
	/* A device that is gone, or has no bus mastering, will not come back to what it fetched. */
	gone = softnic_fault_on(nic, SL_FAULT_REMOVED) ||
		(nic->command & SL_PCI_COMMAND_MASTER) == 0;
	for (q = 0; q < SL_NIC_QUEUES && !gone; q++)
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
		softnic_link_update(nic);
		moved += softnic_tx(nic, budget);
		moved += softnic_rx(nic, budget);
		sl_dma_end(nic->dma);
		if (nic->irq_pending != 0)
			softnic_irq_flush(nic);
	}
	softnic_unlock(nic);
	return moved;
}
