/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _TESTS_COMPAT_H_
#define _TESTS_COMPAT_H_

/**
 * @file
 * Differences between releases of DPDK that only tests need to know. Those of the driver are in
 * lib/compat/sl_compat.h.
 */

#include <rte_net_crc.h>

#include "sl_compat.h"

/** @return the Ethernet CRC of @len bytes. */
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
 * True if the fill level of the queues can be read before the port starts. ethdev of 25.11 calls a
 * function pointer that is not set, for any driver; ethdev of 26.07 reports the queues as empty.
 */
#define COMPAT_COUNTS_UNSTARTED (!SL_DPDK(25, 11))

/**
 * True if @link reports the connector RTE_ETH_LINK_CONNECTOR_@what. Always true in releases whose
 * link has no connector.
 */
#if SL_DPDK(25, 11)
#define COMPAT_CONNECTOR_IS(link, what) ((link)->link_connector == RTE_ETH_LINK_CONNECTOR_##what)
#else
#define COMPAT_CONNECTOR_IS(link, what) ((void)(link), true)
#endif

/**
 * True if @info reports the Toeplitz hash or the largest buffer, and @conf reports that Toeplitz is
 * in use. Always true in releases without these fields.
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
 * Sent mbufs that net_ixgbe of DPDK 26 may lose when one of its transmit queues stops. When the
 * queue needs room, it counts the next 32 descriptors as clean, but frees their mbufs only when it
 * uses them again. The function that frees the rest starts after these 32. This happens with fewer
 * than 32 descriptors left, so at most 63 are lost.
 */
#define COMPAT_IXGBE_LOSES (SL_DPDK(26, 3) ? 63 : 0)

/** False in releases whose net_ixgbe logs the names of its burst functions in other words. */
#define COMPAT_IXGBE_PATH_WORDS (!SL_DPDK(25, 7))

/**
 * Descriptors in use of a transmit queue; @expected in releases whose ethdev does not count them.
 */
#if SL_DPDK(24, 3)
#define COMPAT_TX_QUEUE_COUNT(port, queue, expected) rte_eth_tx_queue_count(port, queue)
#else
#define COMPAT_TX_QUEUE_COUNT(port, queue, expected) (expected)
#endif

/** True if telemetry has statistics of single queues. */
#define COMPAT_TELEMETRY_QUEUES SL_DPDK(23, 11)

#endif /* _TESTS_COMPAT_H_ */
