/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_PMD_H_
#define _SL_PMD_H_

/**
 * @file
 * Functions of net_syncline and net_syncline_soft beyond ethdev. @p port is an ethdev port id. A
 * call returns -ENODEV for a port of another driver, and -ENOTSUP if the port does not have the
 * feature. Calls may be made on any thread, also while ports are added and removed: each holds its
 * port until it returns, and a close waits for that. Returned pointers are valid until the port's
 * close, so only the thread that closes ports may use them.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

struct rte_mempool;
struct sl_adapter;
struct sl_check;
struct sl_softnic;

/** True if the port is driven by Syncline. */
bool
sl_pmd_is_ours(uint16_t port);
/**
 * Name of a port's NIC: "Intel I350 (8086:1521)"; for a software NIC, the NIC that it models.
 * @return 0; -ENODEV; -ENOSPC: @p text is too short; 40 bytes are enough.
 */
int
sl_pmd_nic_name(uint16_t port, char *text, size_t len);
/**
 * The @p i -th name that net_syncline_soft's device= accepts, the default first; NULL past the end.
 */
const char *
sl_pmd_soft_device(unsigned int i);
/** Adapter (memory domain) of a port, or NULL. */
struct sl_adapter *
sl_pmd_adapter(uint16_t port);
/** Software NIC of a port, or NULL. */
struct sl_softnic *
sl_pmd_softnic(uint16_t port);
/** Checker of a port in `checked` mode, or NULL. It exists until the port's close. */
struct sl_check *
sl_pmd_check(uint16_t port);
/** Send a control word to the wire of a port's software NIC: "start", "rate=2M"... */
int
sl_pmd_wire_control(uint16_t port, const char *word);
/** Print the wire's report (loss, latency) as one JSON object; "null" if it has none. */
int
sl_pmd_wire_report(uint16_t port, FILE *f);
/** Print the port's regions and buffers, as text or as JSON. */
int
sl_pmd_shm_dump(uint16_t port, FILE *f, bool json);
/**
 * True if this CPU supports burst functions with vectors of @p bits (0: scalar, 128, 256, 512) and
 * EAL allows them: --force-max-simd-bitwidth, 256 by default on x86.
 */
bool
sl_pmd_simd_runs(unsigned int bits);
/**
 * Like rte_pktmbuf_pool_create(), but with the data in whole pages that contain nothing else, so
 * that a NIC can be given access to the data only. Headers, private areas and the shared info of
 * the mbufs are in the mempool's own memory. The mbufs have pinned external buffers, so no other
 * buffer can be attached to them; their clones are of other mempools. Data starts on cache lines of
 * this CPU and of each port that is open (check_line=): create the mempool after the ports.
 * rte_mempool_free() frees the data too. Any control thread.
 * @param name,n,cache_size,priv_size,socket_id as in rte_pktmbuf_pool_create()
 * @param data_room_size bytes, including headroom, at least 1
 * @return NULL with rte_errno as from rte_pktmbuf_pool_create(); also EINVAL if no device can reach
 * the memory. Reasons that are not EAL's are logged.
 */
struct rte_mempool *
sl_pktmbuf_pool_create(const char *name, unsigned int n, unsigned int cache_size,
	uint16_t priv_size, uint16_t data_room_size, int socket_id);
/**
 * Let a stepped software NIC (vdev argument mode=step) work. One thread at a time.
 * @return number of frames moved, or -errno.
 */
int
sl_pmd_step(uint16_t port, unsigned int budget);
/**
 * Clock of a software NIC with a separate clock (vdev argument time=own), in microseconds since it
 * was made. It advances only during the driver's waits and in sl_pmd_time_pass(), so that tests of
 * timeouts take no real time. Any thread.
 * @return 0; -ENODEV; -ENOTSUP: it uses real time.
 */
int
sl_pmd_time_us(uint16_t port, uint64_t *us);
int
sl_pmd_time_pass(uint16_t port, unsigned int us);

#ifdef __cplusplus
}
#endif

#endif /* _SL_PMD_H_ */
