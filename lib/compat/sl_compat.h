/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_COMPAT_H_
#define _SL_COMPAT_H_

/**
 * @file
 * Differences between the supported releases of DPDK, 22.11 to 26.11. No other file checks the
 * release, except tests/common/compat.h for differences that only tests need. Needs no driver
 * headers.
 */

#include <stddef.h>
#include <stdint.h>

#include <rte_config.h>
#include <rte_version.h>

struct eth_queue_stats;
struct rte_eth_dev;
struct rte_eth_stats;

/** True from that release on, including its release candidates. */
#define SL_DPDK(year, month) (RTE_VERSION >= RTE_VERSION_NUM(year, month, 0, 0))

/** True if mbufs have buf_iova. A test may define it as 0. */
#ifdef SL_IOVA_IN_MBUF
#elif SL_DPDK(23, 3)
#define SL_IOVA_IN_MBUF RTE_IOVA_IN_MBUF
#else
#define SL_IOVA_IN_MBUF RTE_IOVA_AS_PA
#endif

/** Add an unsigned number to a telemetry dictionary. */
#if SL_DPDK(23, 3)
#define sl_tel_add_dict_uint rte_tel_data_add_dict_uint
#else
#define sl_tel_add_dict_uint rte_tel_data_add_dict_u64
#endif

/**
 * Define @name, the operation that returns packet types, by @get(port, &n): a list of n types
 * followed by RTE_PTYPE_UNKNOWN, or NULL.
 */
#if SL_DPDK(24, 3)
#define SL_PTYPES_GET(name, get) \
	static const uint32_t *name(struct rte_eth_dev *eth, size_t *n) \
	{ \
		return get(eth, n); \
	}
#else
#define SL_PTYPES_GET(name, get) \
	static const uint32_t *name(struct rte_eth_dev *eth) \
	{ \
		size_t n; \
\
		return get(eth, &n); \
	}
#endif

/**
 * The struct with statistics per queue, and @name, the operation that fills in this struct and the
 * port's statistics by @get(port, stats, queues); queues may be NULL.
 */
#if SL_DPDK(25, 11)
#define sl_queue_stats eth_queue_stats
#define SL_STATS_GET(name, get) \
	static int name(struct rte_eth_dev *eth, struct rte_eth_stats *stats, \
		struct eth_queue_stats *queues) \
	{ \
		return get(eth, stats, queues); \
	}
#else
#define sl_queue_stats rte_eth_stats
#define SL_STATS_GET(name, get) \
	static int name(struct rte_eth_dev *eth, struct rte_eth_stats *stats) \
	{ \
		return get(eth, stats, stats); \
	}
#endif

/**
 * Return type of a function for a thread with the CPU affinity of EAL's control threads, and a call
 * that runs @run(@arg) on such a thread and waits for its end. It returns 0, or an error if @run
 * did not run. Needs rte_lcore.h and rte_thread.h.
 */
#if SL_DPDK(23, 3)
typedef uint32_t sl_control_result_t;
#define SL_CONTROL_RUN(name, run, arg) \
	({ \
		rte_thread_t thread_; \
		int ret_ = rte_thread_create_control(&thread_, name, run, arg); \
		ret_ == 0 ? rte_thread_join(thread_, NULL) : ret_; \
	})
#else
typedef void *sl_control_result_t;
#define SL_CONTROL_RUN(name, run, arg) \
	({ \
		pthread_t thread_; \
		int ret_ = rte_ctrl_thread_create(&thread_, name, NULL, run, arg); \
		ret_ == 0 ? pthread_join(thread_, NULL) : ret_; \
	})
#endif

/**
 * Set the connector of @link, a struct rte_eth_link; @what is the end of an
 * RTE_ETH_LINK_CONNECTOR_ name.
 */
#if SL_DPDK(25, 11)
#define SL_LINK_CONNECTOR(link, what) ((link)->link_connector = RTE_ETH_LINK_CONNECTOR_##what)
#else
#define SL_LINK_CONNECTOR(link, what) ((void)(link))
#endif

/** Set the most bytes that the NIC writes to one buffer in @info, a struct rte_eth_dev_info. */
#if SL_DPDK(23, 11)
#define SL_INFO_RX_BUF_MAX(info, bytes) ((info)->max_rx_bufsize = (bytes))
#else
#define SL_INFO_RX_BUF_MAX(info, bytes) ((void)(info))
#endif

/**
 * Report in a struct rte_eth_dev_info, and in a struct rte_eth_rss_conf, that Toeplitz is
 * the only hash function.
 */
#if SL_DPDK(23, 11)
#define SL_INFO_TOEPLITZ(info) ((info)->rss_algo_capa |= RTE_ETH_HASH_ALGO_CAPA_MASK(TOEPLITZ))
#define SL_RSS_TOEPLITZ(conf) ((conf)->algorithm = RTE_ETH_HASH_FUNCTION_TOEPLITZ)
#else
#define SL_INFO_TOEPLITZ(info) ((void)(info))
#define SL_RSS_TOEPLITZ(conf) ((void)(conf))
#endif

/** Return type of the operation that counts a queue's descriptors. */
#if SL_DPDK(25, 11)
typedef int sl_queue_count_t;
#else
typedef uint32_t sl_queue_count_t;
#endif

/** Make @count the operation of @eth that counts used descriptors of a transmit queue. */
#if SL_DPDK(24, 3)
#define SL_TX_QUEUE_COUNT(eth, count) ((eth)->tx_queue_count = (count))
#else
#define SL_TX_QUEUE_COUNT(eth, count) ((void)(eth), (void)(count))
#endif

/** True when EAL logs to syslog too, unless the application has set a log stream. */
#define SL_EAL_LOGS_TO_SYSLOG (!SL_DPDK(24, 11))

/** Set @drv, a struct rte_pci_driver, in @pci, as the bus does before it probes the device. */
#if SL_DPDK(26, 7)
#define SL_PCI_SET_DRIVER(pci, drv) ((pci)->device.driver = &(drv)->driver)
#else
#define SL_PCI_SET_DRIVER(pci, drv) ((pci)->device.driver = &(drv)->driver, (pci)->driver = (drv))
#endif

#endif /* _SL_COMPAT_H_ */
