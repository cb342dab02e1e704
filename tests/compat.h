/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _TESTS_COMPAT_H_
#define _TESTS_COMPAT_H_

/**
 * @file
 * What differs between releases of DPDK for tests alone; the driver's part is in lib/compat/sl_compat.h.
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
 * True when a port that has not started may be asked how full its queues are: ethdev of 25.11 calls what
 * is not there, for any driver, and that of 26.07 says that they are empty.
 */
#define COMPAT_COUNTS_UNSTARTED (!SL_DPDK(25, 11))

/** Note @drv, a struct rte_pci_driver, in @pci, as the bus does before it probes the device. */
#if SL_DPDK(26, 7)
#define COMPAT_SET_DRIVER(pci, drv) ((pci)->device.driver = &(drv)->driver)
#else
#define COMPAT_SET_DRIVER(pci, drv) \
	((pci)->device.driver = &(drv)->driver, (pci)->driver = (drv))
#endif

#endif /* _TESTS_COMPAT_H_ */
