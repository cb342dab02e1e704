/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Interrupts: link changes, received frames, removal.
 *
 * There are two modes, selected at start:
 * - several vectors (MSI-X with receive interrupts): vector 0 for the link, and one for each
 *   receive queue, on whose eventfd the application waits;
 * - one vector for everything (MSI, INTx, or MSI-X for the link only). Only the NIC's cause
 *   register distinguishes the causes, and a read clears it. So only the handler reads it, and it
 *   signals the queues' eventfds for received frames (a "relay").
 *
 * There is no auto-mask: a queue's interrupt stays enabled until the application disables it. The
 * NIC limits the rate.
 */

#include <errno.h>
#include <linux/vfio.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_dev.h>
#include <rte_interrupts.h>

#include "sl_ethdev.h"
#include "sl_event.h"
#include "sl_intr.h"
#include "sl_log.h"
#include "sl_port.h"
#include "sl_rx.h"

_Static_assert(
	SL_VECTOR_OTHER == RTE_INTR_VEC_ZERO_OFFSET && SL_VECTOR_RX == RTE_INTR_VEC_RXTX_OFFSET,
	"EAL counts vectors as the driver does");

#define EVENT_STEP_US 100u
#define EVENT_WAIT_US 100000u

static bool
is_uio(const struct rte_intr_handle *handle)
{
	enum rte_intr_handle_type type = rte_intr_type_get(handle);

	return type == RTE_INTR_HANDLE_UIO || type == RTE_INTR_HANDLE_UIO_INTX;
}

/* --- eventfds that applications wait on --- */

static void
waker_signal(int fd)
{
	static const uint64_t one = 1;

	/* Errors are ignored: if the counter is full, the reader is already signalled. */
	if (write(fd, &one, sizeof(one)) < 0)
		return;
}

static void
waker_drain(int fd)
{
	uint64_t count;

	/* An empty counter is not an error: another thread may have read it. */
	if (read(fd, &count, sizeof(count)) < 0)
		return;
}

/* Eventfd of a queue: the device's own, or a new one that the kernel or the relay writes to. */
static int
waker_open(struct sl_port *port, uint16_t qid)
{
	int fd;

	if (!port->intr.own_wakers) {
		fd = port->dev_ops->irq_fd(port, SL_VECTOR_RX + qid);
		waker_drain(fd); /* drop signals from before this start */
		return fd;
	}
	fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static void
wakers_destroy(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);
	struct rte_intr_handle *handle = eth->intr_handle;
	int q;

	rte_intr_free_epoll_fd(
		handle); /* remove the eventfds that the application left in its epoll sets */
	for (q = 0; q < rte_intr_nb_efd_get(handle) && port->intr.own_wakers; q++)
		close(rte_intr_efds_index_get(handle, q));
	rte_intr_nb_efd_set(handle, 0);
	rte_intr_max_intr_set(handle, 0);
	rte_intr_vec_list_free(handle);
}

/*
 * Create the eventfds as rte_eth_dev_rx_intr_ctl() expects them: queue q has vector SL_VECTOR_RX +
 * q, so eventfd q.
 */
static int
wakers_create(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);
	struct rte_intr_handle *handle = eth->intr_handle;
	uint16_t q, n = eth->data->nb_rx_queues;
	int fd;

	if (rte_intr_vec_list_alloc(handle, "syncline_vectors", n) != 0)
		return -ENOMEM;
	for (q = 0; q < n; q++) {
		fd = waker_open(port, q);
		if (fd < 0)
			return fd;
		if (rte_intr_efds_index_set(handle, q, fd) != 0 ||
			rte_intr_nb_efd_set(handle, q + 1) != 0 ||
			rte_intr_vec_list_index_set(handle, q, SL_VECTOR_RX + q) != 0)
			return -EINVAL;
	}
	rte_intr_efd_counter_size_set(handle, sizeof(uint64_t));
	/* Number of eventfds that EAL connects: with a relay only that of the one vector. */
	rte_intr_max_intr_set(handle, port->intr.relay ? 1 : SL_VECTOR_RX + n);
	return 0;
}

/* True if the queue's interrupt is enabled. The lock is held. */
static bool
relayed(const struct sl_intr *intr, uint16_t qid)
{
	return (intr->rx_on[qid / 64] & RTE_BIT64(qid % 64)) != 0;
}

static void
wake_enabled(struct rte_eth_dev *eth)
{
	struct sl_intr *intr = &sl_port_of(eth)->intr;
	uint16_t q;

	/*
	 * The lock is held to the end, so that a queue is not woken after its interrupt was
	 * disabled.
	 */
	rte_spinlock_lock(&intr->lock);
	for (q = 0; q < eth->data->nb_rx_queues; q++) {
		if (relayed(intr, q))
			waker_signal(rte_intr_efds_index_get(eth->intr_handle, q));
	}
	rte_spinlock_unlock(&intr->lock);
}

/* --- the handler --- */

/*
 * Called on EAL's interrupt thread. An event's callback may stop or close the port, so it is called
 * last.
 */
static void
intr_handler(void *arg)
{
	struct rte_eth_dev *eth = arg;
	struct sl_port *port = sl_port_of(eth);
	struct rte_eth_link link;
	uint32_t causes;

	/*
	 * EAL has read the eventfd of a real device; that of a virtual one is read here. In both
	 * cases the cause register says what happened.
	 */
	if (rte_intr_type_get(eth->intr_handle) == RTE_INTR_HANDLE_VDEV)
		waker_drain(rte_intr_fd_get(eth->intr_handle));
	if (!sl_port_alive(port))
		return;
	causes = port->hw->ops->intr_causes(port);
	if (port->intr.relay && (causes & SL_CAUSE_RX) != 0)
		wake_enabled(eth);
	/* The kernel has masked an INTx; the read of the causes has deasserted it. */
	if (rte_intr_ack(eth->intr_handle) != 0)
		SL_LOG(ERR, "port %u: the interrupt cannot be enabled again", eth->data->port_id);
	if ((causes & SL_CAUSE_LINK) == 0 || eth->data->dev_conf.intr_conf.lsc == 0)
		return;
	/*
	 * Raise one event per change: an interrupt may occur twice, or after another call read the
	 * link.
	 */
	if (eth->dev_ops->link_update(eth, 0) != 0)
		return;
	rte_eth_linkstatus_get(eth, &link);
	SL_LOG(INFO, "port %u: link is %s", eth->data->port_id,
		link.link_status == RTE_ETH_LINK_UP ? "up" : "down");
	sl_event_link(eth);
}

static void
handler_unregister(struct rte_eth_dev *eth)
{
	/* A handler that runs on this thread cannot be waited for: EAL removes it afterwards. */
	if (rte_thread_is_intr() &&
		rte_intr_callback_unregister_pending(eth->intr_handle, intr_handler, eth, NULL) > 0)
		return;
	rte_intr_callback_unregister_sync(eth->intr_handle, intr_handler, eth);
}

/* --- removal --- */

void
sl_intr_tell_removal(struct sl_port *port)
{
	/* It may have been raised before, or just now by another thread. */
	if (!__atomic_exchange_n(&port->intr.removal_told, true, __ATOMIC_ACQ_REL))
		sl_event_raise(port, SL_EVENT_RMV);
}

/*
 * Called for vfio's request notifier, or an application's device monitor. The port is looked up by
 * name, since it may be gone.
 */
static void
device_event(const char *name, enum rte_dev_event_type type, void *arg)
{
	struct rte_eth_dev *eth = rte_eth_dev_allocated(name);

	RTE_SET_USED(arg);
	if (type != RTE_DEV_EVENT_REMOVE || eth == NULL || eth->dev_ops != &sl_eth_dev_ops)
		return;
	/* vfio repeats its request every few seconds. */
	if (__atomic_load_n(&sl_port_of(eth)->intr.removal_told, __ATOMIC_RELAXED))
		return;
	SL_LOG(NOTICE, "port %u: the system wants the device %s back", eth->data->port_id, name);
	sl_intr_tell_removal(sl_port_of(eth));
}

static void
device_event_unregister(const char *name)
{
	unsigned int waited;

	/*
	 * -EAGAIN: a callback is running. One on another thread ends soon. If the callback has
	 * called this function, it stays registered for the next port of this name, which does no
	 * harm.
	 */
	for (waited = 0; waited < EVENT_WAIT_US; waited += EVENT_STEP_US) {
		if (rte_dev_event_callback_unregister(name, device_event, NULL) != -EAGAIN)
			return;
		rte_delay_us_sleep(EVENT_STEP_US);
	}
}

/* --- setup --- */

/* Number of interrupt vectors; 0: there are no interrupts. */
static unsigned int
count_vectors(struct sl_port *port, const struct rte_intr_handle *handle)
{
	struct vfio_irq_info info = {.argsz = sizeof(info), .index = VFIO_PCI_MSIX_IRQ_INDEX};
	unsigned int n;

	if (handle == NULL || rte_intr_fd_get(handle) < 0)
		return 0;
	if (port->dev_ops->irq_fd != NULL) {
		for (n = 0; port->dev_ops->irq_fd(port, n) >= 0; n++)
			;
		return n;
	}
	if (rte_intr_type_get(handle) == RTE_INTR_HANDLE_VFIO_MSIX &&
		ioctl(rte_intr_dev_fd_get(handle), VFIO_DEVICE_GET_IRQ_INFO, &info) == 0)
		return info.count;
	return 1;
}

int
sl_intr_create(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);
	int ret;

	rte_spinlock_init(&port->intr.lock);
	if (port->dev_ops->irq_fd != NULL) {
		eth->intr_handle = rte_intr_instance_alloc(RTE_INTR_INSTANCE_F_PRIVATE);
		if (eth->intr_handle == NULL)
			return -ENOMEM;
		rte_intr_fd_set(eth->intr_handle, port->dev_ops->irq_fd(port, SL_VECTOR_OTHER));
		rte_intr_type_set(eth->intr_handle, RTE_INTR_HANDLE_VDEV);
	}
	port->intr.vectors = count_vectors(port, eth->intr_handle);
	if (port->intr.vectors != 0)
		eth->data->dev_flags |= RTE_ETH_DEV_INTR_LSC;
	eth->data->dev_flags |= RTE_ETH_DEV_INTR_RMV;
	ret = rte_dev_event_callback_register(eth->device->name, device_event, NULL);
	return ret == -EEXIST ? 0 : ret;
}

void
sl_intr_destroy(struct rte_eth_dev *eth)
{
	device_event_unregister(eth->device->name);
	if (sl_port_of(eth)->dev_ops->irq_fd == NULL)
		return;
	rte_intr_instance_free(eth->intr_handle);
	eth->intr_handle = NULL;
}

int
sl_intr_check(const struct rte_eth_dev *eth)
{
	const struct sl_intr *intr = &sl_port_of(eth)->intr;
	uint16_t id = eth->data->port_id, n = eth->data->nb_rx_queues;

	if (eth->data->dev_conf.intr_conf.rxq == 0)
		return 0;
	if (intr->vectors == 0 || is_uio(eth->intr_handle)) {
		SL_LOG(ERR,
			"port %u: no receive interrupts: its kernel driver has %s; "
			"allowed: intr_conf.rxq = 0, or the device bound to vfio-pci",
			id, intr->vectors == 0 ? "no interrupts" : "one interrupt only (uio)");
		return -ENOTSUP;
	}
	if (intr->vectors > 1 && n > intr->vectors - SL_VECTOR_RX) {
		SL_LOG(ERR,
			"port %u: %u receive queues with interrupts: the device has %u vectors, one of "
			"them for other causes; allowed: up to %u queues, or intr_conf.rxq = 0",
			id, n, intr->vectors, intr->vectors - SL_VECTOR_RX);
		return -EINVAL;
	}
	return 0;
}

/* --- start and stop --- */

int
sl_intr_start(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);
	const struct rte_eth_intr_conf *conf = &eth->data->dev_conf.intr_conf;
	struct sl_intr *intr = &port->intr;
	int ret = 0;

	if (conf->lsc == 0 && conf->rxq == 0)
		return 0;
	intr->started = true;
	intr->relay = conf->rxq != 0 && intr->vectors == 1;
	intr->own_wakers = intr->relay || port->dev_ops->irq_fd == NULL;
	memset(intr->rx_on, 0, sizeof(intr->rx_on));
	if (conf->rxq != 0)
		ret = wakers_create(eth);
	if (ret == 0)
		ret = rte_intr_callback_register(eth->intr_handle, intr_handler, eth);
	if (ret == 0 && rte_intr_enable(eth->intr_handle) != 0)
		ret = -EIO;
	if (ret != 0) {
		SL_LOG(ERR,
			"port %u: no interrupts: %s; allowed without: intr_conf.lsc = 0, rxq = 0",
			eth->data->port_id, rte_strerror(-ret));
		return ret;
	}
	if (conf->rxq != 0 && !intr->relay)
		port->hw->ops->intr_set_up(port, eth->data->nb_rx_queues);
	else
		port->hw->ops->intr_set_up_one(port);
	return 0;
}

void
sl_intr_let_link(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);

	if (eth->data->dev_conf.intr_conf.lsc != 0)
		port->hw->ops->intr_link(port, true);
}

void
sl_intr_stop(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);

	if (!port->intr.started)
		return;
	port->intr.started = false;
	port->hw->ops->intr_off(port);
	rte_intr_disable(eth->intr_handle);
	handler_unregister(eth);
	sl_event_drop(port, SL_EVENT_LSC);
	wakers_destroy(eth);
}

/* --- receive interrupts --- */

static int
check_rx_intr(const struct rte_eth_dev *eth, uint16_t qid)
{
	if (eth->data->dev_conf.intr_conf.rxq != 0 && sl_port_of(eth)->intr.started)
		return 0;
	SL_LOG(ERR,
		"port %u: no receive interrupt of queue %u; allowed: on a started port, "
		"configured with intr_conf.rxq = 1",
		eth->data->port_id, qid);
	return -ENOTSUP;
}

/*
 * Enable or disable a queue's interrupt when there is one vector for all queues: the cause is
 * unmasked while at least one queue's interrupt is enabled.
 */
static void
relay_switch(struct sl_port *port, uint16_t qid, bool on)
{
	const uint64_t bit = RTE_BIT64(qid % 64);
	struct sl_intr *intr = &port->intr;
	uint64_t *word = &intr->rx_on[qid / 64];
	uint64_t any = 0;
	unsigned int i;

	rte_spinlock_lock(&intr->lock);
	*word = on ? *word | bit : *word & ~bit;
	for (i = 0; i < RTE_DIM(intr->rx_on); i++)
		any |= intr->rx_on[i];
	if (on || any == 0)
		port->hw->ops->intr_rx(port, on);
	rte_spinlock_unlock(&intr->lock);
}

int
sl_intr_rxq_enable(struct rte_eth_dev *eth, uint16_t qid)
{
	struct sl_port *port = sl_port_of(eth);
	int fd, ret;

	ret = check_rx_intr(eth, qid);
	if (ret != 0)
		return ret;
	/*
	 * Drop signals of frames that were already polled: the ring shows which frames are there.
	 */
	fd = rte_intr_efds_index_get(eth->intr_handle, qid);
	waker_drain(fd);
	if (port->intr.relay)
		relay_switch(port, qid, true);
	else
		port->hw->ops->intr_rxq(port, qid, true);
	/*
	 * The read makes sure that the interrupt is unmasked before the application checks the
	 * ring: a frame that is not in the ring yet arrives later and raises an interrupt.
	 */
	if (!sl_port_alive(port))
		return -EIO;
	if (sl_rx_descriptor_status(eth->data->rx_queues[qid], 0) == RTE_ETH_RX_DESC_DONE)
		waker_signal(fd);
	return 0;
}

int
sl_intr_rxq_disable(struct rte_eth_dev *eth, uint16_t qid)
{
	struct sl_port *port = sl_port_of(eth);
	int ret;

	ret = check_rx_intr(eth, qid);
	if (ret != 0)
		return ret;
	if (port->intr.relay)
		relay_switch(port, qid, false);
	else
		port->hw->ops->intr_rxq(port, qid, false);
	waker_drain(rte_intr_efds_index_get(
		eth->intr_handle, qid)); /* drop signals that were not waited for */
	return 0;
}
