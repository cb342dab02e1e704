/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* Two software NICs that are stepped, with a crossover between them. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "poke.h"
#include "sl_shm.h"
#include "sl_softnic.h"
#include "sl_wire.h"

struct soft {
	struct sl_mem_source source;
	struct sl_adapter *adapter;
	struct sl_region mem;
	struct sl_wire_hub *hub;
	struct sl_softnic *nic[POKE_PORTS];
};

/* The only allocation, at the address that traces expect. */
static int
mem_alloc(void *ctx, const char *name, size_t len, size_t align, int node, struct sl_chunk *out,
	char why[128])
{
	void *va;

	(void)ctx;
	(void)name;
	(void)align;
	va = mmap((void *)(uintptr_t)POKE_MEM_BASE, len, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (va == MAP_FAILED) {
		snprintf(why, 128, "the address 0x%llx is in use",
			(unsigned long long)POKE_MEM_BASE);
		return -1;
	}
	*out = (struct sl_chunk){.va = va, .len = len, .node = node, .page_size = POKE_MEM_SIZE};
	return 0;
}

static void
mem_free(void *ctx, const struct sl_chunk *chunk)
{
	(void)ctx;
	munmap(chunk->va, chunk->len);
}

static uint64_t
mem_iova(void *ctx, const void *va)
{
	(void)ctx;
	return (uintptr_t)va;
}

/* Messages of the software NIC are dropped, because the trace has the same information. */
static void
no_log(void *ctx, int level, const char *msg)
{
	(void)ctx;
	(void)level;
	(void)msg;
}

static struct sl_bus
soft_bus(struct poke *p, unsigned int port)
{
	return sl_softnic_bus(((struct soft *)p->backend)->nic[port]);
}

static bool
soft_work(struct poke *p)
{
	struct soft *s = p->backend;

	return sl_softnic_step(s->nic[0], 64) + sl_softnic_step(s->nic[1], 64) != 0;
}

static void
soft_pause(struct poke *p, unsigned int us)
{
	(void)us;
	soft_work(p);
}

static uint64_t
soft_irqs(struct poke *p, unsigned int port, unsigned int vector)
{
	struct soft *s = p->backend;
	uint64_t n = 0;

	if (read(sl_softnic_irq_fd(s->nic[port], vector), &n, sizeof(n)) != sizeof(n))
		return 0;
	return n;
}

static void
soft_close(struct poke *p)
{
	struct soft *s = p->backend;

	if (s == NULL)
		return;
	sl_softnic_destroy(s->nic[0]);
	sl_softnic_destroy(s->nic[1]);
	sl_wire_hub_destroy(s->hub);
	if (s->mem.va != NULL)
		sl_region_free(s->adapter, &s->mem);
	if (s->adapter != NULL)
		sl_adapter_close(s->adapter);
	free(s);
	p->backend = NULL;
}

static int
soft_memory(struct soft *s)
{
	struct sl_adapter_params ap = {
		.name = "poke",
		.numa_node = SL_NODE_ANY,
		.coherency = SL_COHERENCY_COHERENT,
		.source = &s->source,
		.platform_coherent = 1,
	};
	struct sl_region_params rp = {
		.name = "poke",
		.len = POKE_MEM_SIZE,
		.cached = true,
		.contiguous = true,
		.node = SL_NODE_ANY,
		.queue = SL_SHM_QUEUE_NONE,
	};

	s->source = (struct sl_mem_source){
		.name = "fixed", .alloc = mem_alloc, .free = mem_free, .iova = mem_iova};
	if (sl_adapter_open(&ap, &s->adapter) != 0)
		return -1;
	return sl_region_alloc(s->adapter, &rp, &s->mem);
}

static int
soft_port(struct soft *s, unsigned int port)
{
	struct sl_softnic_params np = {.name = "poke", .adapter = s->adapter, .log = no_log};
	struct sl_wire *wire;
	char why[128];

	memcpy(np.mac, poke_mac[port], sizeof(np.mac));
	if (sl_softnic_create(&np, &s->nic[port]) != 0)
		return -1;
	if (sl_wire_open("peer:poke", s->hub, &wire, why, sizeof(why)) != 0)
		return -1;
	return sl_softnic_attach(s->nic[port], wire);
}

int
poke_soft_open(struct poke *p)
{
	static const struct poke_ops ops = {
		.bus = soft_bus,
		.work = soft_work,
		.pause = soft_pause,
		.irqs = soft_irqs,
		.close = soft_close,
	};
	struct soft *s = calloc(1, sizeof(*s));

	p->ops = &ops;
	p->backend = s;
	if (s == NULL)
		return -1;
	s->hub = sl_wire_hub_create();
	if (s->hub == NULL || soft_memory(s) != 0 || soft_port(s, 0) != 0 || soft_port(s, 1) != 0) {
		fprintf(stderr, "poke: the software NICs could not be made\n");
		soft_close(p);
		return -1;
	}
	p->mem = s->mem.va;
	return 0;
}
