/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * A port on a PCI device, from probe to removal. The kernel, EAL's PCI functions and the NIC are
 * simulated. The driver's library finds this program's functions before the real ones. BAR 0 is
 * memory that the NIC reads whenever the driver sleeps.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_alarm.h>
#include <rte_devargs.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_interrupts.h>
#include <rte_log.h>
#include <rte_mbuf.h>
#include <rte_vfio.h>

#include <bus_pci_driver.h>

#include "sl_compat.h"
#include "sl_fields.h"
#include "sl_pmd.h"
#include "sl_port.h"
#include "sl_regs.h"
#include "holds.h"
#include "shm_util.h"

#define NAME "0000:01:00.0"
#define MAC_LOW 0x33221102u /* 02:11:22:33:44:55 */
#define MAC_HIGH 0x5544u
#define RX_DESC 64u

static struct machine {
	uint32_t bar[SL_BAR_SIZE / sizeof(uint32_t)];
	uint16_t command; /* command register in PCI configuration space */
	bool no_mac, no_nvm, no_firmware, hung, master_stuck;
	unsigned int vanish_in, back_in; /* sleeps of the driver until then; 0: never */
	uint64_t bar_len;
	unsigned int mapped_devices;
	unsigned int pool_ears, intr_handlers; /* number registered */
	struct {
		uint64_t va, iova, len;
	} map[4]; /* mappings in EAL's container */
	unsigned int nb_maps;
	bool no_intr, intr_enabled;
	struct machine_alarm {
		rte_eal_alarm_callback f;
		void *arg;
	} alarm[8];
	unsigned int nb_alarms;
	/* During stop and removal: state of the port whenever it cancels its events. */
	bool watched, found_last, call_last;
	unsigned int nb_cancels;
	int wakers_first;
} machine;

static char sysfs[64];
static struct shm_log told; /* log of the driver */
static struct rte_pci_driver *driver;
static struct rte_pci_device pci;
static struct rte_devargs devargs;

/* --- the NIC --- */

static uint32_t
reg(unsigned int off)
{
	return machine.bar[off / sizeof(uint32_t)];
}

static void
reg_set(unsigned int off, uint32_t val)
{
	machine.bar[off / sizeof(uint32_t)] = val;
}

/* State after a reset. */
static void
power_on(void)
{
	memset(machine.bar, 0, sizeof(machine.bar));
	reg_set(SL_OFF(EECD, 0), machine.no_nvm ? 0 : SL_EECD_AUTO_RD);
	reg_set(SL_OFF(EEMNGCTL, 0), machine.no_firmware ? 0 : SL_EEMNGCTL_CFG_DONE0);
	reg_set(SL_OFF(CTRL_EXT, 0), SL_PREP(SL_CTRL_EXT_LINK_MODE, SL_LINK_MODE_SERDES));
	if (machine.no_mac)
		return;
	reg_set(SL_OFF(RAL, 0), MAC_LOW);
	reg_set(SL_OFF(RAH, 0), MAC_HIGH);
}

/* The driver sleeps: the NIC completes its requests. */
void
rte_delay_us_sleep(unsigned int us)
{
	(void)us;
	if (machine.vanish_in > 0 && --machine.vanish_in == 0) {
		memset(machine.bar, 0xff, sizeof(machine.bar));
		return;
	}
	if (reg(SL_OFF(CTRL, 0)) == SL_REG_GONE) {
		if (machine.back_in > 0 && --machine.back_in == 0)
			power_on();
		return;
	}
	if ((reg(SL_OFF(CTRL, 0)) & SL_CTRL_RST) != 0 && !machine.hung)
		power_on();
}

/* --- functions of EAL and the kernel that the driver calls --- */

/* Called for each driver that is loaded. Keep Syncline's. */
void
rte_pci_register(struct rte_pci_driver *d)
{
	void (*next)(struct rte_pci_driver *);

	*(void **)&next = dlsym(RTLD_NEXT, "rte_pci_register");
	next(d);
	if (strcmp(d->driver.name, "net_syncline") == 0)
		driver = d;
}

const char *
rte_pci_get_sysfs_path(void)
{
	return sysfs;
}

int
rte_pci_map_device(struct rte_pci_device *dev)
{
	dev->mem_resource[0].addr = machine.bar;
	dev->mem_resource[0].len = machine.bar_len;
	/* As EAL, which enables bus mastering when it maps a device. */
	machine.command |= SL_PCI_COMMAND_MASTER;
	machine.mapped_devices++;
	return 0;
}

void
rte_pci_unmap_device(struct rte_pci_device *dev)
{
	(void)dev;
	assert_true(machine.mapped_devices > 0);
	/* The device must be quiet when it is unmapped. */
	assert_int_equal(machine.command & SL_PCI_COMMAND_MASTER, 0);
	machine.mapped_devices--;
}

/* In later releases of DPDK, the device is const. */
int
set_bus_master(const void *dev, bool on) __asm__("rte_pci_set_bus_master");

int
set_bus_master(const void *dev, bool on)
{
	assert_ptr_equal(dev, &pci);
	if (machine.master_stuck)
		return 0;
	machine.command = (uint16_t)(on ? machine.command | SL_PCI_COMMAND_MASTER :
					  machine.command & ~SL_PCI_COMMAND_MASTER);
	return 0;
}

int
rte_pci_read_config(const struct rte_pci_device *dev, void *buf, size_t len, off_t off)
{
	assert_ptr_equal(dev, &pci);
	assert_int_equal(off, SL_PCI_COMMAND);
	assert_int_equal(len, sizeof(machine.command));
	memcpy(buf, &machine.command, len);
	return (int)len;
}

int
rte_vfio_get_group_num(const char *base, const char *dev, int *group)
{
	assert_string_equal(base, sysfs);
	assert_string_equal(dev, NAME);
	*group = 7;
	return 1;
}

int
rte_vfio_container_dma_map(int fd, uint64_t va, uint64_t iova, uint64_t len)
{
	assert_int_equal(fd, RTE_VFIO_DEFAULT_CONTAINER_FD);
	if (machine.nb_maps == RTE_DIM(machine.map))
		return -1;
	machine.map[machine.nb_maps].va = va;
	machine.map[machine.nb_maps].iova = iova;
	machine.map[machine.nb_maps++].len = len;
	return 0;
}

int
rte_vfio_container_dma_unmap(int fd, uint64_t va, uint64_t iova, uint64_t len)
{
	unsigned int i;

	assert_int_equal(fd, RTE_VFIO_DEFAULT_CONTAINER_FD);
	for (i = 0; i < machine.nb_maps; i++) {
		if (machine.map[i].va != va || machine.map[i].iova != iova ||
			machine.map[i].len != len)
			continue;
		machine.map[i] = machine.map[--machine.nb_maps];
		return 0;
	}
	return -1;
}

int
rte_mempool_event_callback_register(rte_mempool_event_callback *tell, void *arg)
{
	int (*next)(rte_mempool_event_callback *, void *);
	int ret;

	*(void **)&next = dlsym(RTLD_NEXT, "rte_mempool_event_callback_register");
	ret = next(tell, arg);
	machine.pool_ears += ret == 0;
	return ret;
}

int
rte_mempool_event_callback_unregister(rte_mempool_event_callback *tell, void *arg)
{
	int (*next)(rte_mempool_event_callback *, void *);

	*(void **)&next = dlsym(RTLD_NEXT, "rte_mempool_event_callback_unregister");
	assert_int_equal(next(tell, arg), 0);
	machine.pool_ears--;
	return 0;
}

int
rte_intr_enable(const struct rte_intr_handle *handle)
{
	assert_ptr_equal(handle, pci.intr_handle);
	machine.intr_enabled = !machine.no_intr;
	return machine.no_intr ? -1 : 0;
}

/* Interrupts are disabled while the device may still be bus master. */
int
rte_intr_disable(const struct rte_intr_handle *handle)
{
	assert_ptr_equal(handle, pci.intr_handle);
	assert_true(machine.no_intr || machine.command & SL_PCI_COMMAND_MASTER);
	machine.intr_enabled = false;
	return 0;
}

int
rte_intr_callback_register(const struct rte_intr_handle *handle, rte_intr_callback_fn f, void *arg)
{
	int (*next)(const struct rte_intr_handle *, rte_intr_callback_fn, void *);
	int ret;

	*(void **)&next = dlsym(RTLD_NEXT, "rte_intr_callback_register");
	ret = next(handle, f, arg);
	machine.intr_handlers += handle == pci.intr_handle && ret == 0;
	return ret;
}

static struct sl_port *
the_port(void)
{
	struct rte_eth_dev *eth = rte_eth_dev_allocated(NAME);

	return eth == NULL ? NULL : sl_port_of(eth);
}

/* The handler may run until here, so raise one more event. */
int
rte_intr_callback_unregister_sync(
	const struct rte_intr_handle *handle, rte_intr_callback_fn f, void *arg)
{
	int (*next)(const struct rte_intr_handle *, rte_intr_callback_fn, void *);
	int ret;

	*(void **)&next = dlsym(RTLD_NEXT, "rte_intr_callback_unregister_sync");
	if (handle == pci.intr_handle) {
		assert_false(machine.intr_enabled);
		sl_event_raise(the_port(), SL_EVENT_LSC);
	}
	ret = next(handle, f, arg);
	machine.intr_handlers -= handle == pci.intr_handle && ret == 1;
	return ret;
}

int
rte_eal_alarm_set(uint64_t us, rte_eal_alarm_callback f, void *arg)
{
	assert_in_range(us, 1, 1000);
	assert_true(machine.nb_alarms < RTE_DIM(machine.alarm));
	machine.alarm[machine.nb_alarms].f = f;
	machine.alarm[machine.nb_alarms++].arg = arg;
	return 0;
}

/*
 * The driver cancels its events at the begin of a stop and of a release. Record the port as another
 * thread sees it at that time. That thread also finds that the device is gone and raises an event.
 */
int
rte_eal_alarm_cancel(rte_eal_alarm_callback f, void *arg)
{
	struct sl_port *port = the_port();
	unsigned int i, n = 0;

	for (i = 0; i < machine.nb_alarms; i++) {
		if (machine.alarm[i].f != f || machine.alarm[i].arg != arg)
			machine.alarm[n++] = machine.alarm[i];
	}
	machine.nb_alarms = n;
	if (!machine.watched || port == NULL)
		return (int)(i - n);
	if (machine.nb_cancels++ == 0)
		machine.wakers_first = rte_intr_nb_efd_get(pci.intr_handle);
	machine.found_last = sl_pmd_is_ours(port->eth->data->port_id);
	machine.call_last = sl_call_running(port);
	sl_event_raise(port, SL_EVENT_RMV);
	return (int)(i - n);
}

/* Run the alarms that are due. New alarms run in the next call. */
static void
alarms(void)
{
	struct machine_alarm due[RTE_DIM(machine.alarm)];
	unsigned int i, n = machine.nb_alarms;

	memcpy(due, machine.alarm, sizeof(due));
	machine.nb_alarms = 0;
	for (i = 0; i < n; i++)
		due[i].f(due[i].arg);
}

/* --- the rig --- */

static void
path_of(char *path, const char *file)
{
	snprintf(path, 128, "%s/%s/%s", sysfs, NAME, file);
}

/* Write @val to a file of the device at offset @at. */
static void
file_set(const char *file, off_t at, uint32_t val, size_t len)
{
	char path[128];
	int fd;

	path_of(path, file);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, &val, len, at), len);
	close(fd);
}

static uint32_t
file_get(const char *file, off_t at, size_t len)
{
	uint32_t val = 0;
	char path[128];
	int fd;

	path_of(path, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &val, len, at), len);
	close(fd);
	return val;
}

/* Not counting epoll sets, because EAL's interrupt thread may reopen its own at any time. */
static unsigned int
open_files(void)
{
	return holds_files("[eventpoll]");
}

static unsigned int files_before;

static int
setup(void **state)
{
	(void)state;
	machine = (struct machine){.bar_len = SL_BAR_SIZE};
	devargs = (struct rte_devargs){.args = NULL};
	pci = (struct rte_pci_device){.kdrv = RTE_PCI_KDRV_VFIO,
		.name = NAME,
		.id = {.vendor_id = SL_PCI_VENDOR_INTEL, .device_id = SL_PCI_DEV_82576},
		.device.devargs = &devargs};
	assert_non_null(driver);
	pci.device.name = pci.name;
	SL_PCI_SET_DRIVER(&pci, driver);
	pci.intr_handle = rte_intr_instance_alloc(RTE_INTR_INSTANCE_F_PRIVATE);
	assert_non_null(pci.intr_handle);
	rte_intr_fd_set(pci.intr_handle, eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
	rte_intr_type_set(pci.intr_handle, RTE_INTR_HANDLE_VDEV);
	devargs.args = (char *)(uintptr_t) "window=all";
	files_before = open_files();
	return 0;
}

/* Whatever the test did, no resource is left. */
static int
teardown(void **state)
{
	char path[128];

	(void)state;
	assert_int_equal(rte_eth_dev_count_avail(), 0);
	assert_int_equal(machine.mapped_devices, 0);
	assert_int_equal(machine.command & SL_PCI_COMMAND_MASTER, 0);
	assert_int_equal(machine.pool_ears, 0);
	assert_int_equal(machine.intr_handlers, 0);
	assert_int_equal(machine.nb_alarms, 0);
	assert_int_equal(open_files(), files_before);
	close(rte_intr_fd_get(pci.intr_handle));
	rte_intr_instance_free(pci.intr_handle);
	path_of(path, "config");
	unlink(path);
	path_of(path, "resource0");
	unlink(path);
	return 0;
}

/* Probe the device. @return the port's id. */
static uint16_t
probed(void)
{
	uint16_t id = UINT16_MAX;

	assert_int_equal(driver->probe(driver, &pci), 0);
	assert_int_equal(rte_eth_dev_get_port_by_name(NAME, &id), 0);
	assert_int_equal(machine.mapped_devices, 1);
	assert_int_equal(machine.command & SL_PCI_COMMAND_MASTER, 0);
	assert_true(sl_pmd_is_ours(id));
	return id;
}

/* With all interrupts that exist, on one vector. */
static void
set_up(uint16_t id, struct rte_mempool *pool)
{
	const struct rte_eth_conf conf = {.intr_conf = {.lsc = 1, .rxq = 1}};

	assert_int_equal(rte_eth_dev_configure(id, 1, 1, &conf), 0);
	assert_int_equal(
		rte_eth_rx_queue_setup(id, 0, RX_DESC, (unsigned int)SOCKET_ID_ANY, NULL, pool), 0);
	assert_int_equal(rte_eth_tx_queue_setup(id, 0, 64, (unsigned int)SOCKET_ID_ANY, NULL), 0);
}

static void
start(uint16_t id, struct rte_mempool *pool)
{
	set_up(id, pool);
	assert_int_equal(rte_eth_dev_start(id), 0);
	assert_int_equal(machine.intr_handlers, 1);
	assert_int_not_equal(machine.command & SL_PCI_COMMAND_MASTER, 0);
	assert_true(rte_mempool_avail_count(pool) < pool->size);
}

/* The port is stopped: no mbufs, interrupts, event files or pending events are left. */
static void
assert_stopped(const struct rte_mempool *pool)
{
	assert_int_equal(rte_mempool_avail_count(pool), pool->size);
	assert_int_equal(machine.command & SL_PCI_COMMAND_MASTER, 0);
	assert_int_equal(machine.intr_handlers, 0);
	assert_false(machine.intr_enabled);
	assert_int_equal(rte_intr_nb_efd_get(pci.intr_handle), 0);
	assert_int_equal(rte_intr_max_intr_get(pci.intr_handle), 0);
	assert_true(rte_intr_vec_list_index_get(pci.intr_handle, 0) < 0);
	assert_int_equal(rte_intr_elist_index_get(pci.intr_handle, 0)->status, 0);
	assert_int_equal(machine.nb_alarms, 0);
	assert_int_equal(open_files(), files_before);
}

static struct rte_mempool *
pool_create(const char *name, unsigned int n)
{
	struct rte_mempool *pool =
		rte_pktmbuf_pool_create(name, n, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);

	assert_non_null(pool);
	return pool;
}

/* --- tests --- */

static void
test_comes_and_goes(void **state)
{
	static const enum rte_pci_kernel_driver kdrv[] = {
		RTE_PCI_KDRV_VFIO, RTE_PCI_KDRV_IGB_UIO, RTE_PCI_KDRV_UIO_GENERIC};
	struct rte_ether_addr mac;
	unsigned int i;
	uint16_t id;

	(void)state;
	for (i = 0; i < 3 * RTE_DIM(kdrv); i++) {
		pci.kdrv = kdrv[i % RTE_DIM(kdrv)];
		id = probed();
		assert_int_equal(rte_eth_macaddr_get(id, &mac), 0);
		assert_memory_equal(mac.addr_bytes, "\x02\x11\x22\x33\x44\x55", 6);
		assert_int_not_equal(reg(SL_OFF(CTRL_EXT, 0)) & SL_CTRL_EXT_DRV_LOAD, 0);
		assert_int_equal(driver->remove(&pci), 0);
		assert_int_equal(machine.mapped_devices, 0);
		assert_int_equal(machine.pool_ears, 0);
		assert_int_equal(reg(SL_OFF(CTRL_EXT, 0)) & SL_CTRL_EXT_DRV_LOAD, 0);
	}
}

/* If a late step of the probe fails, all earlier steps are undone. */
static void
test_refused(void **state)
{
	(void)state;
	machine.no_mac = true;
	assert_int_equal(driver->probe(driver, &pci), -EIO);
	assert_int_equal(machine.mapped_devices, 0);
	assert_int_equal(machine.pool_ears, 0);
	machine.no_mac = false;
	machine.bar_len = SL_BAR_SIZE - 1;
	assert_int_equal(driver->probe(driver, &pci), -ENODEV);
	shm_log_has(&told, "131072 are needed");
	assert_int_equal(machine.mapped_devices, 0);
	machine.bar_len = SL_BAR_SIZE;
	devargs.args = (char *)(uintptr_t) "window=most";
	assert_int_equal(driver->probe(driver, &pci), -EINVAL);
	assert_int_equal(machine.mapped_devices, 0);
	devargs.args = NULL;
	pci.kdrv = RTE_PCI_KDRV_UNKNOWN;
	assert_int_equal(driver->probe(driver, &pci), 1);
}

/* The bus removes a device whose port runs: the removal stops the port. */
static void
test_removed_while_it_runs(void **state)
{
	struct rte_mempool *pool = pool_create("pci", 255);

	(void)state;
	start(probed(), pool);
	machine.watched = true;
	assert_int_equal(driver->remove(&pci), 0);
	/*
	 * First the stop, while interrupts may still be reported. Then the release, when other
	 * threads no longer find the port.
	 */
	assert_int_equal(machine.nb_cancels, 2);
	assert_int_equal(machine.wakers_first, 1);
	assert_false(machine.found_last);
	assert_true(machine.call_last);
	assert_int_equal(machine.nb_alarms, 0);
	assert_stopped(pool);
	rte_mempool_free(pool);
}

static void
test_interrupts(void **state)
{
	struct rte_mempool *pool = pool_create("pci", 255);
	uint16_t id = probed();
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	unsigned int i;

	(void)state;
	assert_true(epoll >= 0);
	for (i = 0; i < 3; i++) {
		start(id, pool);
		assert_int_equal(
			rte_eth_dev_rx_intr_ctl_q(id, 0, epoll, RTE_INTR_EVENT_ADD, NULL), 0);
		assert_int_not_equal(rte_intr_elist_index_get(pci.intr_handle, 0)->status, 0);
		assert_int_equal(rte_eth_dev_stop(id), 0);
		assert_stopped(pool);
	}
	close(epoll);
	assert_int_equal(driver->remove(&pci), 0);
	rte_mempool_free(pool);
}

/* If any step of a start fails, the port is stopped. */
static void
test_refused_start(void **state)
{
	struct rte_mempool *pool = pool_create("pci", 255), *small = pool_create("small", 31);
	uint16_t id = probed();

	(void)state;
	set_up(id, pool);
	/* The system has no interrupts available. */
	machine.no_intr = true;
	assert_int_equal(rte_eth_dev_start(id), -EIO);
	assert_stopped(pool);
	machine.no_intr = false;
	machine.master_stuck = true;
	told.text[0] = '\0';
	assert_int_equal(rte_eth_dev_start(id), -EIO);
	shm_log_has(&told, "bus mastering cannot be turned on");
	assert_stopped(pool);
	machine.master_stuck = false;
	assert_int_equal(rte_eth_dev_start(id), 0);
	assert_int_equal(rte_eth_dev_stop(id), 0);
	assert_stopped(pool);
	/* Fewer mbufs than the ring needs. */
	set_up(id, small);
	assert_int_equal(rte_eth_dev_start(id), -ENOMEM);
	assert_stopped(small);
	assert_int_equal(driver->remove(&pci), 0);
	rte_mempool_free(pool);
	rte_mempool_free(small);
}

/* If the reset at close does not complete, DRV_LOAD stays set, because firmware relies on it. */
static void
test_hung_at_close(void **state)
{
	(void)state;
	probed();
	machine.hung = true;
	assert_int_equal(driver->remove(&pci), 0);
	assert_int_not_equal(reg(SL_OFF(CTRL, 0)) & SL_CTRL_RST, 0);
	assert_int_not_equal(reg(SL_OFF(CTRL_EXT, 0)) & SL_CTRL_EXT_DRV_LOAD, 0);
}

/* If the NIC disappears during a reset, the reset has failed, even if the NIC comes back. */
static void
test_gone_in_reset(void **state)
{
	uint16_t id;

	(void)state;
	/* While the driver waits for its DMA to end. */
	id = probed();
	reg_set(SL_OFF(STATUS, 0), SL_STATUS_GIO_MASTER_ENABLE);
	machine.vanish_in = 1;
	machine.back_in = 1;
	assert_int_equal(rte_eth_dev_reset(id), -EIO);
	assert_int_equal(driver->remove(&pci), 0);
	/* While the driver waits for the firmware, after one sleep for the reset itself. */
	machine.back_in = 0;
	power_on();
	id = probed();
	machine.no_firmware = true;
	machine.vanish_in = 2;
	assert_int_equal(rte_eth_dev_reset(id), -EIO);
	assert_int_equal(driver->remove(&pci), 0);
	/* While the driver waits for the NVM of a board that has no firmware. */
	power_on();
	id = probed();
	machine.no_nvm = true;
	machine.vanish_in = 2;
	assert_int_equal(rte_eth_dev_reset(id), -EIO);
	assert_int_equal(driver->remove(&pci), 0);
}

/* Requests that time out, without which a reset can succeed. */
static void
test_slow_reset(void **state)
{
	uint16_t id;

	(void)state;
	machine.no_nvm = true;
	machine.no_firmware = true;
	id = probed();
	reg_set(SL_OFF(STATUS, 0), SL_STATUS_GIO_MASTER_ENABLE);
	assert_int_equal(rte_eth_dev_reset(id), 0);
	shm_log_has(&told, "DMA requests still pending");
	assert_int_equal(driver->remove(&pci), 0);
}

static int
count_event(uint16_t id, enum rte_eth_event_type type, void *arg, void *ret)
{
	(void)id;
	(void)type;
	(void)ret;
	++*(unsigned int *)arg;
	return 0;
}

/* One type of event is dropped. Other pending events are reported. */
static void
test_events(void **state)
{
	struct rte_mempool *pool = pool_create("pci", 255);
	unsigned int lsc = 0, reset = 0;
	struct sl_port *port;
	uint16_t id = probed();

	(void)state;
	start(id, pool);
	port = the_port();
	assert_int_equal(
		rte_eth_dev_callback_register(id, RTE_ETH_EVENT_INTR_LSC, count_event, &lsc), 0);
	assert_int_equal(
		rte_eth_dev_callback_register(id, RTE_ETH_EVENT_INTR_RESET, count_event, &reset),
		0);
	sl_event_raise(port, SL_EVENT_LSC);
	sl_event_raise(port, SL_EVENT_RESET);
	sl_event_drop(port, SL_EVENT_LSC);
	alarms();
	assert_int_equal(reset, 1);
	alarms();
	assert_int_equal(lsc, 0);
	assert_int_equal(machine.nb_alarms, 0);
	/* No event is pending. */
	sl_event_raise(port, SL_EVENT_LSC);
	sl_event_drop(port, SL_EVENT_LSC);
	assert_int_equal(machine.nb_alarms, 0);
	/* Events are not reported during a call. */
	sl_call_begin(port);
	sl_event_raise(port, SL_EVENT_RESET);
	sl_event_raise(port, SL_EVENT_LSC);
	alarms();
	assert_int_equal(lsc + reset, 1);
	sl_call_end(port);
	while (machine.nb_alarms > 0)
		alarms();
	assert_int_equal(reset, 2);
	assert_int_equal(lsc, 1);
	assert_int_equal(rte_eth_dev_stop(id), 0);
	assert_int_equal(driver->remove(&pci), 0);
	rte_mempool_free(pool);
}

/* With uio, a NIC is as a killed process left it. */
static void
test_left_running(void **state)
{
	const uint32_t bits = SL_PCI_COMMAND_MASTER | 3;
	unsigned int runs;

	(void)state;
	pci.kdrv = RTE_PCI_KDRV_UIO_GENERIC;
	for (runs = 0; runs < 4; runs++) {
		file_set("config", SL_PCI_COMMAND, bits, 2);
		file_set("resource0", SL_BAR_SIZE - 4, 0, 4);
		file_set("resource0", SL_OFF(CTRL, 0), 0, 4);
		file_set("resource0", SL_OFF(RCTL, 0), (runs & 1) != 0 ? SL_RCTL_RXEN : 0, 4);
		file_set("resource0", SL_OFF(TCTL, 0), (runs & 2) != 0 ? SL_TCTL_EN : 0, 4);
		probed();
		assert_int_equal(
			file_get("config", SL_PCI_COMMAND, 2), bits & ~SL_PCI_COMMAND_MASTER);
		assert_int_equal(
			file_get("resource0", SL_OFF(CTRL, 0), 4), runs == 0 ? 0 : SL_CTRL_RST);
		assert_int_equal(driver->remove(&pci), 0);
		assert_int_equal(open_files(), files_before);
	}
}

/* With EAL's container, memory is mapped in both EAL's and the port's records, or in neither. */
static void
test_dma_map(void **state)
{
	static uint8_t memory[3][4096] __rte_aligned(4096);
	const uint64_t at = (uintptr_t)memory[0];

	(void)state;
	assert_int_equal(driver->dma_map(&pci, memory[0], at, 4096), -1);
	assert_int_equal(rte_errno, ENODEV);
	assert_int_equal(driver->dma_unmap(&pci, memory[0], at, 4096), -1);
	assert_int_equal(rte_errno, ENODEV);
	probed();
	assert_int_equal(driver->dma_map(&pci, memory[0], at, 4096), 0);
	assert_int_equal(machine.nb_maps, 1);
	/* The port has the memory at another address. */
	assert_int_equal(driver->dma_map(&pci, memory[0], at + 8192, 4096), -1);
	assert_int_equal(rte_errno, EINVAL);
	assert_int_equal(machine.nb_maps, 1);
	assert_int_equal(driver->dma_unmap(&pci, memory[1], at + 4096, 4096), -1);
	assert_int_equal(rte_errno, ENOENT);
	assert_int_equal(driver->dma_unmap(&pci, memory[0], at, 4096), 0);
	assert_int_equal(machine.nb_maps, 0);
	/* EAL refuses the mapping, so the port is not called. */
	machine.nb_maps = RTE_DIM(machine.map);
	assert_int_equal(driver->dma_map(&pci, memory[2], (uintptr_t)memory[2], 4096), -1);
	machine.nb_maps = 0;
	assert_int_equal(driver->dma_unmap(&pci, memory[2], (uintptr_t)memory[2], 4096), -1);
	assert_int_equal(rte_errno, ENOENT);
	assert_int_equal(driver->remove(&pci), 0);
}

static int
make_sysfs(void **state)
{
	char path[128];

	(void)state;
	snprintf(sysfs, sizeof(sysfs), "/tmp/sl-test-pci.XXXXXX");
	assert_non_null(mkdtemp(sysfs));
	snprintf(path, sizeof(path), "%s/%s", sysfs, NAME);
	return mkdir(path, 0755);
}

static int
remove_sysfs(void **state)
{
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/%s", sysfs, NAME);
	rmdir(path);
	return rmdir(sysfs);
}

#define ON_MACHINE(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int
main(void)
{
	static char line[] = "pci --no-huge --no-pci --no-shconf --no-telemetry -m 64 -l 0 "
			     "--iova-mode=va --log-level=lib.eal:4";
	const struct CMUnitTest tests[] = {
		ON_MACHINE(test_comes_and_goes),
		ON_MACHINE(test_refused),
		ON_MACHINE(test_removed_while_it_runs),
		ON_MACHINE(test_interrupts),
		ON_MACHINE(test_refused_start),
		ON_MACHINE(test_hung_at_close),
		ON_MACHINE(test_gone_in_reset),
		ON_MACHINE(test_slow_reset),
		ON_MACHINE(test_events),
		ON_MACHINE(test_left_running),
		ON_MACHINE(test_dma_map),
	};
	char *argv[16], *word, *rest = line;
	int argc = 0, failed;
	FILE *log;

	while ((word = strtok_r(rest, " ", &rest)) != NULL)
		argv[argc++] = word;
	assert_true(rte_eal_init(argc, argv) >= 0);
	log = shm_log_open(&told);
	assert_non_null(log);
	setvbuf(log, NULL, _IOLBF, 1024);
	rte_openlog_stream(log);
	failed = cmocka_run_group_tests(tests, make_sysfs, remove_sysfs);
	rte_openlog_stream(NULL);
	fclose(log);
	return failed;
}
