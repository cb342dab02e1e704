/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _NO_IOVA_H_
#define _NO_IOVA_H_

/**
 * @file
 * Included before the driver's bursts, to compile them as for a DPDK whose mbufs have no buf_iova.
 * The NIC then uses virtual addresses, and another field is at that offset.
 */

#include <rte_mbuf.h>

#define SL_IOVA_IN_MBUF 0
#define rte_mbuf_iova_get(m) ((rte_iova_t)(uintptr_t)(m)->buf_addr)
#define rte_mbuf_data_iova(m) (rte_mbuf_iova_get(m) + (m)->data_off)

#endif /* _NO_IOVA_H_ */
