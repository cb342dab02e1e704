/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_UNBOUNDED_H_
#define _SL_UNBOUNDED_H_

/**
 * @file
 * A hook for measurements: the burst functions without what bounds the values that a NIC writes.
 * They are no part of the driver, and of no use but to tell what the bounds cost: sl-peers puts
 * them in place of those of a port that it has started.
 */

#include <stdint.h>

struct rte_mbuf;

/* pmd/meson.build compiles them for this one width of vectors. */
#if defined(__x86_64__)
#define SL_UNBOUNDED_BITS 256u

/** The form of rx_pkt_burst and tx_pkt_burst: @p queue is of net_syncline's in coherent mode. */
uint16_t
sl_rx_unbounded_coherent(void *queue, struct rte_mbuf **pkts, uint16_t n);
uint16_t
sl_tx_unbounded_coherent(void *queue, struct rte_mbuf **pkts, uint16_t n);
#endif

#endif /* _SL_UNBOUNDED_H_ */
