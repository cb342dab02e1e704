/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* net_syncline_soft: the driver for a software NIC, as a virtual device. */

#include <unistd.h>

#include <rte_lcore.h>
#include <rte_malloc.h>
#include <rte_memzone.h>
#include <rte_thread.h>

#include <bus_vdev_driver.h>
#include <ethdev_vdev.h>

#include "sl_call.h"
#include "sl_checked.h"
#include "sl_compat.h"
#include "sl_cpus.h"
#include "sl_log.h"
#include "sl_pci.h"
#include "sl_port.h"
#include "sl_second.h"
#include "sl_soft.h"
#include "sl_soft_args.h"

#define SHARED_NAME "syncline_soft"
#define SHARED_RUNNERS 32u
#define POLL_BUDGET 32u
#define WHY_LEN 512u

/** A device thread and the number of NICs that it steps. */
struct soft_runner {
	struct sl_runner *runner;
	int cpu;
	unsigned int refs;
};

/**
 * State that all software NICs of the process share. It is in a memzone, which exists while there
 * is a software NIC.
 */
struct soft_shared {
	const struct rte_memzone *mz;
	unsigned int refs;
	struct sl_wire_hub *hub;
	struct soft_runner runners[SHARED_RUNNERS];
};

/** dev_priv of a port on a software NIC. */
struct soft_dev {
	struct soft_shared *shared;
	struct sl_softnic *nic;
	struct soft_runner *runner; /**< NULL if stepped */
	bool msix;		    /**< false: one interrupt vector for everything */
	uint64_t now;		    /**< time=own: elapsed ticks; atomic */
};

/* Probe and close are serialised by the bus and by the application, so there is no lock. */
static struct soft_shared *
shared_get(void)
{
	const struct rte_memzone *mz = rte_memzone_lookup(SHARED_NAME);
	struct soft_shared *s;

	if (mz != NULL) {
		s = mz->addr;
		s->refs++;
		return s;
	}
	mz = rte_memzone_reserve(SHARED_NAME, sizeof(*s), SOCKET_ID_ANY, 0);
	if (mz == NULL)
		return NULL;
	s = memset(mz->addr, 0, sizeof(*s));
	s->mz = mz;
	s->hub = sl_wire_hub_create();
	if (s->hub == NULL) {
		rte_memzone_free(mz);
		return NULL;
	}
	s->refs = 1;
	return s;
}

static void
shared_put(struct soft_shared *s)
{
	if (--s->refs != 0)
		return;
	if (sl_wire_hub_destroy(s->hub) != 0)
		SL_LOG(ERR, "the wire hub is still in use after the last close");
	rte_memzone_free(s->mz);
}

static sl_control_result_t
first_cpu_of_thread(void *arg)
{
	struct sl_cpus cpus;
	int *out = arg;

	if (sl_cpus_of_thread(&cpus) == 0) {
		*out = sl_cpus_next(&cpus, -1);
		sl_cpus_free(&cpus);
	}
	return 0;
}

/*
 * A CPU without a polling lcore: the main lcore's CPU if other lcores forward, otherwise one that
 * this process may use and that has no lcore. EAL's control threads run on such CPUs or, if there
 * is none, on the main lcore's CPU, which is then shared.
 */
static int
default_cpu(void)
{
	int cpu = -1;

	if (rte_lcore_count() > 1)
		return rte_lcore_to_cpu_id((int)rte_get_main_lcore());
	(void)SL_CONTROL_RUN("sl-cpu", first_cpu_of_thread, &cpu);
	return cpu;
}

static int
runner_get(struct soft_shared *s, int cpu, struct soft_runner **out)
{
	struct soft_runner *r, *free_slot = NULL;
	int ret;

	for (r = s->runners; r < s->runners + SHARED_RUNNERS; r++) {
		if (r->refs != 0 && r->cpu == cpu) {
			r->refs++;
			*out = r;
			return 0;
		}
		if (r->refs == 0 && free_slot == NULL)
			free_slot = r;
	}
	if (free_slot == NULL)
		return -ENOSPC;
	ret = sl_runner_start(cpu, &free_slot->runner);
	if (ret != 0)
		return ret;
	free_slot->cpu = cpu;
	free_slot->refs = 1;
	*out = free_slot;
	return 0;
}

static void
runner_put(struct soft_runner *r)
{
	if (--r->refs != 0)
		return;
	if (sl_runner_stop(r->runner) != 0)
		SL_LOG(ERR, "the device thread on CPU %d does not stop", r->cpu);
}

static int
start_thread(struct soft_dev *dev, const char *name, int cpu)
{
	int ret;

	if (cpu == SL_SOFT_ARGS_CPU_DEFAULT)
		cpu = default_cpu();
	ret = runner_get(dev->shared, cpu, &dev->runner);
	if (ret != 0) {
		SL_LOG(ERR,
			"%s: no device thread on CPU %d (%s); allowed for cpu=: CPUs of this process"
			" (taskset -cp $$ in its shell lists them), -1",
			name, cpu, rte_strerror(-ret));
		return ret;
	}
	ret = sl_runner_add(dev->runner->runner, dev->nic);
	if (ret != 0) {
		SL_LOG(ERR, "%s: the device thread takes no more NICs: %s", name,
			rte_strerror(-ret));
		runner_put(dev->runner);
		dev->runner = NULL;
	}
	return ret;
}

/* Flush the wire, so that a write error is reported at the latest when the wire is closed. */
static void
flush_wire(const struct sl_port *port)
{
	const struct soft_dev *dev = port->dev_priv;
	struct sl_wire *wire = dev->nic != NULL ? sl_softnic_wire(dev->nic) : NULL;
	char why[WHY_LEN] = "";

	if (wire != NULL && wire->ops->flush != NULL &&
		wire->ops->flush(wire, why, sizeof(why)) != 0)
		SL_LOG(ERR, "port %u: wire: %s", port->eth->data->port_id, why);
}

static void
soft_release(struct sl_port *port)
{
	struct soft_dev *dev = port->dev_priv;

	if (dev->runner != NULL) {
		if (sl_runner_remove(dev->runner->runner, dev->nic) != 0)
			SL_LOG(ERR, "port %u: not on its device thread", port->eth->data->port_id);
		runner_put(dev->runner);
	}
	flush_wire(port);
	sl_softnic_destroy(dev->nic);
	if (dev->shared != NULL)
		shared_put(dev->shared);
	rte_free(dev);
	port->dev_priv = NULL;
}

static int
soft_master(struct sl_port *port, bool on)
{
	struct soft_dev *dev = port->dev_priv;
	uint16_t command;

	if (dev->nic == NULL)
		return 0;
	sl_softnic_command_write(dev->nic, on ? SL_PCI_COMMAND_MASTER : 0);
	command = sl_softnic_command(dev->nic);
	if (command == UINT16_MAX)
		return on ? -EIO : 0;
	return ((command & SL_PCI_COMMAND_MASTER) != 0) == on ? 0 : -EIO;
}

static void
soft_poll(struct sl_port *port)
{
	struct soft_dev *dev = port->dev_priv;

	if (dev->runner == NULL)
		sl_softnic_step(dev->nic, POLL_BUDGET);
}

static uint64_t
soft_time(struct sl_port *port)
{
	const struct soft_dev *dev = port->dev_priv;

	return __atomic_load_n(&dev->now, __ATOMIC_RELAXED);
}

static void
soft_nap(struct sl_port *port, unsigned int us)
{
	struct soft_dev *dev = port->dev_priv;

	__atomic_fetch_add(&dev->now, sl_time_ticks(us), __ATOMIC_RELAXED);
}

static int
soft_irq_fd(struct sl_port *port, unsigned int vector)
{
	const struct soft_dev *dev = port->dev_priv;

	return vector == 0 || dev->msix ? sl_softnic_irq_fd(dev->nic, vector) : -1;
}

static const struct sl_dev_ops soft_dev_ops = {
	.kind = "soft",
	.release = soft_release,
	.master = soft_master,
	.poll = soft_poll,
	.irq_fd = soft_irq_fd,
};

/*
 * Operations of a port with a separate clock, which advances while the driver waits, and by
 * sl_pmd_time_pass().
 */
static const struct sl_dev_ops soft_timed_ops = {
	.kind = "soft",
	.release = soft_release,
	.master = soft_master,
	.poll = soft_poll,
	.time = soft_time,
	.nap = soft_nap,
	.irq_fd = soft_irq_fd,
};

static bool
is_soft(const struct sl_port *port)
{
	return port->dev_ops == &soft_dev_ops || port->dev_ops == &soft_timed_ops;
}

struct sl_softnic *
sl_soft_nic(const struct sl_port *port)
{
	const struct soft_dev *dev = port->dev_priv;

	return is_soft(port) && dev != NULL ? dev->nic : NULL;
}

bool
sl_soft_stepped(const struct sl_port *port)
{
	const struct soft_dev *dev = port->dev_priv;

	return is_soft(port) && dev != NULL && dev->runner == NULL;
}

bool
sl_soft_timed(const struct sl_port *port)
{
	return port->dev_ops == &soft_timed_ops;
}

static int
open_wire(struct soft_dev *dev, const char *name, const char *text)
{
	struct sl_wire *wire = NULL;
	char why[WHY_LEN] = "";
	int ret;

	if (strcmp(text, "none") == 0) /* a test attaches its own wire */
		return 0;
	ret = sl_wire_open(text, dev->shared->hub, &wire, why, sizeof(why));
	if (ret != 0) {
		SL_LOG(ERR, "%s: wire=%s refused: %s", name, text, why);
		return ret;
	}
	/* The NIC has no wire yet, so this does not fail for that reason. */
	return sl_softnic_attach(dev->nic, wire);
}

/* Queues with their doorbells are in shared memory, so that secondary processes reach them. */
static void *
queues_alloc(void *ctx, size_t size, size_t align)
{
	RTE_SET_USED(ctx);
	return rte_malloc("softnic_queues", size, (unsigned int)align);
}

static void
queues_free(void *ctx, void *p)
{
	RTE_SET_USED(ctx);
	rte_free(p);
}

static const struct sl_softnic_memory queues_memory = {
	.alloc = queues_alloc,
	.free = queues_free,
};

/* Create device, wire, faults and thread, in the order of their dependencies. */
static int
soft_device_create(struct sl_port *port, const char *name, const struct sl_soft_args *args)
{
	struct soft_dev *dev = port->dev_priv;
	struct sl_softnic_params params = {
		.name = name,
		.adapter = port->adapter,
		.device = args->device,
		.memory = &queues_memory,
		.log = sl_pmd_log_cb,
	};
	unsigned int i;
	int ret;

	dev->shared = shared_get();
	if (dev->shared == NULL)
		return -ENOMEM;
	dev->msix = args->msix;
	dev->now = 1; /* 0 means no time */
	memcpy(params.mac, args->mac, sizeof(params.mac));
	ret = sl_softnic_create(&params, &dev->nic);
	if (ret != 0)
		return ret;
	ret = open_wire(dev, name, args->wire);
	for (i = 0; i < args->nb_faults && ret == 0; i++)
		ret = sl_softnic_fault(dev->nic, args->faults[i].fault, args->faults[i].arg,
			args->faults[i].count);
	if (ret == 0 && !args->step)
		ret = start_thread(dev, name, args->cpu);
	return ret;
}

static int
soft_adapter_open(struct sl_port *port, const char *name, const struct sl_soft_args *args)
{
	struct sl_adapter_params params = {
		.name = name,
		.numa_node = args->node,
		.coherency = args->shared.coherency,
		.quota_noncached = args->quota_noncached,
		.source = sl_mem_source_eal(),
		.log = sl_pmd_log_cb,
		.platform_coherent = 1, /* the device is a thread on a CPU of this machine */
	};

	int ret;

	ret = sl_checked_open(port, &args->shared, &params);
	return ret == 0 ? sl_adapter_open(&params, &port->adapter) : ret;
}

static int
soft_port_create(struct rte_eth_dev *eth, const char *name, const struct sl_soft_args *args)
{
	struct sl_port *port = sl_port_of(eth);
	int ret;

	port->eth = eth;
	port->window.strict = args->shared.window_strict;
	port->pseudo_header = args->shared.pseudo_header;
	port->hw = sl_hw_find(args->device_id);
	port->device_id = args->device_id;
	port->fibre = sl_hw_has_optics(args->device_id);
	port->dev_ops = args->own_time ? &soft_timed_ops : &soft_dev_ops;
	port->dev_priv = rte_zmalloc(name, sizeof(struct soft_dev), 0);
	if (port->dev_priv == NULL)
		return -ENOMEM;
	ret = soft_adapter_open(port, name, args);
	if (ret == 0)
		ret = soft_device_create(port, name, args);
	if (ret == 0) {
		port->bus = sl_softnic_bus(sl_soft_nic(port));
		ret = sl_port_init(eth);
	}
	if (ret != 0)
		sl_port_release(port);
	return ret;
}

static bool
node_is_known(int node)
{
	unsigned int i;

	for (i = 0; i < rte_socket_count(); i++) {
		if (rte_socket_id_by_idx(i) == node)
			return true;
	}
	return false;
}

/*
 * In a secondary process: the device is in the primary, whose thread, or whose sl_pmd_step(), steps
 * it. Rings, descriptors and doorbells are in shared memory.
 */
static int
soft_attach(struct rte_vdev_device *vdev)
{
	struct rte_eth_dev *eth = rte_eth_dev_attach_secondary(rte_vdev_device_name(vdev));
	int ret;

	if (eth == NULL) {
		SL_LOG(ERR, "%s: the primary process has no such port: give it --vdev there",
			rte_vdev_device_name(vdev));
		return -ENODEV;
	}
	eth->device = &vdev->device;
	ret = sl_second_attach(eth, NULL);
	if (ret != 0) {
		rte_eth_dev_release_port(eth);
		return ret;
	}
	rte_eth_dev_probing_finish(eth);
	sl_second_publish(eth);
	return 0;
}

static int
soft_probe(struct rte_vdev_device *vdev)
{
	const char *name = rte_vdev_device_name(vdev);
	struct rte_eth_dev *eth;
	struct sl_soft_args args;
	char why[WHY_LEN];
	int ret;

	if (rte_eal_process_type() != RTE_PROC_PRIMARY)
		return soft_attach(vdev);
	ret = sl_soft_args_parse(rte_vdev_device_args(vdev), &args, why, sizeof(why));
	if (ret != 0) {
		SL_LOG(ERR, "%s: %s", name, why);
		return ret;
	}
	/* ethdev allocates its own memory on this node: use only a node on which EAL has memory. */
	if (vdev->device.numa_node == SOCKET_ID_ANY && node_is_known(args.node))
		vdev->device.numa_node = args.node;
	eth = rte_eth_vdev_allocate(vdev, sizeof(struct sl_port));
	if (eth == NULL)
		return -ENOMEM;
	ret = soft_port_create(eth, name, &args);
	if (ret != 0) {
		SL_LOG(ERR, "%s: not usable: %s", name, rte_strerror(-ret));
		rte_eth_dev_release_port(eth);
		return ret;
	}
	rte_eth_dev_probing_finish(eth);
	return 0;
}

static int
soft_remove(struct rte_vdev_device *vdev)
{
	struct rte_eth_dev *eth = rte_eth_dev_allocated(rte_vdev_device_name(vdev));

	if (eth == NULL || eth->state == RTE_ETH_DEV_UNUSED)
		return 0; /* already closed, by this process or by the primary */
	/*
	 * Removed while it runs: by hot-plug, or by rte_eal_cleanup(). ethdev does not close a
	 * running port.
	 */
	if (eth->data->dev_started != 0 && rte_eal_process_type() == RTE_PROC_PRIMARY)
		rte_eth_dev_stop(eth->data->port_id);
	return rte_eth_dev_close(eth->data->port_id);
}

static struct rte_vdev_driver soft_driver = {
	.probe = soft_probe,
	.remove = soft_remove,
};

RTE_PMD_REGISTER_VDEV(net_syncline_soft, soft_driver);
RTE_PMD_REGISTER_PARAM_STRING(net_syncline_soft, SL_SOFT_ARGS_HELP);
