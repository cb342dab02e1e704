/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_UNBOUNDED_H_
#define _SL_UNBOUNDED_H_

/**
 * @file
 * Burst functions that do not check the values that a NIC writes, for measurements. They are not
 * part of the driver and only show the cost of these checks: sl-peers installs them in a port that
 * it has started.
 */

#include <stdint.h>

struct rte_mbuf;

/* pmd/meson.build compiles them for this vector width only. */
#if defined(__x86_64__)
#define SL_UNBOUNDED_BITS 256u

/**
 * Same types as rx_pkt_burst and tx_pkt_burst. @p queue is a net_syncline queue in coherent mode.
 */
uint16_t
sl_rx_unbounded_coherent(void *queue, struct rte_mbuf **pkts, uint16_t n);
uint16_t
sl_tx_unbounded_coherent(void *queue, struct rte_mbuf **pkts, uint16_t n);
#endif

#endif /* _SL_UNBOUNDED_H_ */
