/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _TESTS_COMPAT_H_
#define _TESTS_COMPAT_H_

/**
 * @file
 * What differs between releases of DPDK for tests alone; the driver's part is in
 * lib/compat/sl_compat.h.
 */

#include <rte_net_crc.h>

#include "sl_compat.h"

/** @return the CRC of Ethernet of @len bytes. */
static inline uint32_t
compat_crc32(const void *data, uint32_t len)
{
#if SL_DPDK(25, 3)
	struct rte_net_crc *ctx = rte_net_crc_set_alg(RTE_NET_CRC_SCALAR, RTE_NET_CRC32_ETH);
	const uint32_t crc = rte_net_crc_calc(ctx, data, len);

	rte_net_crc_free(ctx);
	return crc;
#else
	return rte_net_crc_calc(data, len, RTE_NET_CRC32_ETH);
#endif
}

/**
 * True when a port that has not started may be asked how full its queues are: ethdev of 25.11 calls
 * what is not there, for any driver, and that of 26.07 says that they are empty.
 */
#define COMPAT_COUNTS_UNSTARTED (!SL_DPDK(25, 11))

/**
 * Whether @link tells that it is what RTE_ETH_LINK_CONNECTOR_ ends in: true where no link tells.
 */
#if SL_DPDK(25, 11)
#define COMPAT_CONNECTOR_IS(link, what) ((link)->link_connector == RTE_ETH_LINK_CONNECTOR_##what)
#else
#define COMPAT_CONNECTOR_IS(link, what) ((void)(link), true)
#endif

/**
 * Whether @info tells of Toeplitz's hash and of the largest buffer, and @conf that it is in use.
 */
#if SL_DPDK(23, 11)
#define COMPAT_TELLS_TOEPLITZ(info, conf) \
	(((info)->rss_algo_capa & RTE_ETH_HASH_ALGO_CAPA_MASK(TOEPLITZ)) != 0 && \
		(conf)->algorithm == RTE_ETH_HASH_FUNCTION_TOEPLITZ)
#define COMPAT_TELLS_BUF_MAX(info, bytes) ((info)->max_rx_bufsize == (bytes))
#else
#define COMPAT_TELLS_TOEPLITZ(info, conf) ((void)(info), (void)(conf), true)
#define COMPAT_TELLS_BUF_MAX(info, bytes) ((void)(info), (void)(bytes), true)
#endif

/**
 * Sent mbufs that net_ixgbe of DPDK 26 may lose when a transmit queue of it stops: when it needs
 * room it takes the next 32 descriptors for clean but frees their mbufs when it uses them again,
 * and what frees the rest begins behind those. It does that with less than 32 left, so it is 63 at
 * most.
 */
#define COMPAT_IXGBE_LOSES (SL_DPDK(26, 3) ? 63 : 0)

/** Descriptors in use of a transmit queue; what is @expected where ethdev does not count them. */
#if SL_DPDK(24, 3)
#define COMPAT_TX_QUEUE_COUNT(port, queue, expected) rte_eth_tx_queue_count(port, queue)
#else
#define COMPAT_TX_QUEUE_COUNT(port, queue, expected) (expected)
#endif

/** True when telemetry tells of single queues. */
#define COMPAT_TELEMETRY_QUEUES SL_DPDK(23, 11)

#endif /* _TESTS_COMPAT_H_ */
