/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Two PCI functions through vfio: BAR 0, memory for DMA, MSI-X as eventfds.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "poke.h"

struct function {
	struct vfio *owner;
	int group, fd;
	volatile uint32_t *bar;
	int irq[POKE_VECTORS];
};

struct vfio {
	int container;
	struct function fn[POKE_PORTS];
	void *mem;
};

static int
complain(const char *bdf, const char *what)
{
	fprintf(stderr, "poke: %s: %s: %s\n", bdf, what, strerror(errno));
	return -1;
}

static uint32_t
fn_read(void *dev, uint32_t off)
{
	return ((struct function *)dev)->bar[off / sizeof(uint32_t)];
}

static void
fn_write(void *dev, uint32_t off, uint32_t val)
{
	/* T2: descriptors are in memory before the doorbell. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	((struct function *)dev)->bar[off / sizeof(uint32_t)] = val;
}

static volatile uint32_t *
fn_doorbell(void *dev, uint32_t off)
{
	return &((struct function *)dev)->bar[off / sizeof(uint32_t)];
}

static struct sl_bus
vfio_bus(struct poke *p, unsigned int port)
{
	static const struct sl_bus_ops ops = {
		.read = fn_read, .write = fn_write, .doorbell = fn_doorbell};
	struct vfio *v = p->backend;

	return (struct sl_bus){.ops = &ops, .dev = &v->fn[port]};
}

/* Sum of the heads of all queues. It changes when a frame moves. */
static uint64_t
heads(struct poke *p)
{
	uint64_t sum = 0;
	unsigned int port, q;

	for (port = 0; port < POKE_PORTS; port++) {
		for (q = 0; q < SL_NIC_QUEUES; q++) {
			if (p->rxq[port][q].descs != 0)
				sum = sum * 31 + POKE_RD(p, port, RDH, q);
			if (p->txq[port][q].descs != 0)
				sum = sum * 31 + POKE_RD(p, port, TDH, q);
		}
	}
	return sum;
}

static bool
vfio_work(struct poke *p)
{
	uint64_t before = heads(p);
	unsigned int ms;

	for (ms = 0; ms < p->quiet_ms; ms++) {
		usleep(1000);
		if (heads(p) != before)
			return true;
	}
	return false;
}

static void
vfio_pause(struct poke *p, unsigned int us)
{
	(void)p;
	usleep(us);
}

static uint64_t
vfio_irqs(struct poke *p, unsigned int port, unsigned int vector)
{
	struct vfio *v = p->backend;
	uint64_t n = 0;

	if (read(v->fn[port].irq[vector], &n, sizeof(n)) != sizeof(n))
		return 0;
	return n;
}

static void
vfio_close(struct poke *p)
{
	struct vfio *v = p->backend;
	unsigned int i, n;

	for (i = 0; i < POKE_PORTS; i++) {
		struct function *f = &v->fn[i];

		if (f->bar != NULL)
			munmap((void *)(uintptr_t)f->bar, SL_BAR_SIZE);
		if (f->fd >= 0)
			close(f->fd);
		if (f->group >= 0)
			close(f->group);
		for (n = 0; n < POKE_VECTORS; n++)
			close(f->irq[n]);
	}
	if (v->container >= 0)
		close(v->container);
	if (v->mem != NULL)
		munmap(v->mem, POKE_MEM_SIZE);
	free(v);
	p->backend = NULL;
}

static int
group_open(struct vfio *v, struct function *f, const char *bdf)
{
	char path[320], link[256], *name;
	ssize_t n;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group", bdf);
	n = readlink(path, link, sizeof(link) - 1);
	if (n < 0)
		return complain(bdf, "has no IOMMU group");
	link[n] = '\0';
	name = strrchr(link, '/');
	snprintf(path, sizeof(path), "/dev/vfio/%s", name != NULL ? name + 1 : link);
	f->group = open(path, O_RDWR | O_CLOEXEC);
	if (f->group < 0)
		return complain(bdf, path);
	if (ioctl(f->group, VFIO_GROUP_SET_CONTAINER, &v->container) != 0)
		return complain(bdf, "VFIO_GROUP_SET_CONTAINER");
	return 0;
}

static int
memory_map(struct vfio *v)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
		.vaddr = POKE_MEM_BASE,
		.iova = POKE_MEM_BASE,
		.size = POKE_MEM_SIZE,
	};

	v->mem = mmap((void *)(uintptr_t)POKE_MEM_BASE, POKE_MEM_SIZE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (v->mem == MAP_FAILED) {
		v->mem = NULL;
		return complain("memory", "mmap");
	}
	if (ioctl(v->container, VFIO_IOMMU_MAP_DMA, &map) != 0)
		return complain("memory", "VFIO_IOMMU_MAP_DMA");
	return 0;
}

/* Enable bus mastering, as a driver does. */
static int
master_on(struct function *f, const char *bdf)
{
	struct vfio_region_info cfg = {.argsz = sizeof(cfg), .index = VFIO_PCI_CONFIG_REGION_INDEX};
	uint16_t command;

	if (ioctl(f->fd, VFIO_DEVICE_GET_REGION_INFO, &cfg) != 0)
		return complain(bdf, "configuration space");
	if (pread(f->fd, &command, sizeof(command), (off_t)cfg.offset + PCI_COMMAND) !=
		sizeof(command))
		return complain(bdf, "configuration space");
	command |= PCI_COMMAND_MASTER | PCI_COMMAND_MEMORY;
	if (pwrite(f->fd, &command, sizeof(command), (off_t)cfg.offset + PCI_COMMAND) !=
		sizeof(command))
		return complain(bdf, "configuration space");
	return 0;
}

static int
irqs_open(struct function *f, const char *bdf)
{
	union {
		struct vfio_irq_set set;
		uint8_t bytes[sizeof(struct vfio_irq_set) + sizeof(f->irq)];
	} irq = {
		.set =
			{
				.argsz = sizeof(irq.bytes),
				.flags = VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER,
				.index = VFIO_PCI_MSIX_IRQ_INDEX,
				.count = POKE_VECTORS,
			},
	};

	memcpy(irq.set.data, f->irq, sizeof(f->irq));
	if (ioctl(f->fd, VFIO_DEVICE_SET_IRQS, &irq) != 0)
		return complain(bdf, "MSI-X");
	return 0;
}

static int
function_open(struct function *f, const char *bdf)
{
	struct vfio_region_info bar = {.argsz = sizeof(bar), .index = VFIO_PCI_BAR0_REGION_INDEX};
	void *map;

	f->fd = ioctl(f->group, VFIO_GROUP_GET_DEVICE_FD, bdf);
	if (f->fd < 0)
		return complain(bdf, "VFIO_GROUP_GET_DEVICE_FD");
	if (ioctl(f->fd, VFIO_DEVICE_RESET) != 0)
		return complain(bdf, "VFIO_DEVICE_RESET");
	if (ioctl(f->fd, VFIO_DEVICE_GET_REGION_INFO, &bar) != 0 || bar.size < SL_BAR_SIZE)
		return complain(bdf, "BAR 0");
	map = mmap(NULL, SL_BAR_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, f->fd, (off_t)bar.offset);
	if (map == MAP_FAILED)
		return complain(bdf, "mmap of BAR 0");
	f->bar = map;
	return master_on(f, bdf) == 0 ? irqs_open(f, bdf) : -1;
}

static int
functions_open(struct vfio *v, char *const bdf[POKE_PORTS])
{
	unsigned int i;

	for (i = 0; i < POKE_PORTS; i++) {
		if (group_open(v, &v->fn[i], bdf[i]) != 0)
			return -1;
		if (i == 0 && ioctl(v->container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU) != 0)
			return complain(bdf[i], "VFIO_SET_IOMMU");
	}
	if (memory_map(v) != 0)
		return -1;
	for (i = 0; i < POKE_PORTS; i++) {
		if (function_open(&v->fn[i], bdf[i]) != 0)
			return -1;
	}
	return 0;
}

static int
numbers_init(struct vfio *v)
{
	unsigned int i, n;

	v->container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	for (i = 0; i < POKE_PORTS; i++) {
		v->fn[i].group = -1;
		v->fn[i].fd = -1;
		for (n = 0; n < POKE_VECTORS; n++)
			v->fn[i].irq[n] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	}
	return v->container < 0 ? complain("/dev/vfio/vfio", "open") : 0;
}

int
poke_vfio_open(struct poke *p, const char *bdfs)
{
	static const struct poke_ops ops = {
		.bus = vfio_bus,
		.work = vfio_work,
		.pause = vfio_pause,
		.irqs = vfio_irqs,
		.close = vfio_close,
	};
	struct vfio *v = calloc(1, sizeof(*v));
	char text[64], *bdf[POKE_PORTS];

	snprintf(text, sizeof(text), "%s", bdfs);
	bdf[0] = text;
	bdf[1] = strchr(text, ',');
	if (v == NULL || bdf[1] == NULL) {
		fprintf(stderr, "poke: two PCI addresses are wanted, not '%s'\n", bdfs);
		free(v);
		return -1;
	}
	*bdf[1]++ = '\0';
	p->ops = &ops;
	p->backend = v;
	if (numbers_init(v) != 0 || functions_open(v, bdf) != 0) {
		vfio_close(p);
		return -1;
	}
	p->mem = v->mem;
	return 0;
}
