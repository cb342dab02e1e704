/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _NO_IOVA_H_
#define _NO_IOVA_H_

/*
 * In front of the driver's bursts: as in a DPDK whose mbufs have no buf_iova, where an address
 * is one for the NIC, too, and something else lies in that place.
 */

#include <rte_mbuf.h>

#define SL_IOVA_IN_MBUF 0
#define rte_mbuf_iova_get(m) ((rte_iova_t)(uintptr_t)(m)->buf_addr)
#define rte_mbuf_data_iova(m) (rte_mbuf_iova_get(m) + (m)->data_off)

#endif /* _NO_IOVA_H_ */
