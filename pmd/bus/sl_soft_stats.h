/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_SOFT_STATS_H_
#define _SL_SOFT_STATS_H_

/**
 * @file
 * Counters of a software NIC and its wire, as extended statistics of the port.
 */

#include "sl_provider.h"

/** Counters of the software NIC that are not registers, "soft_*". */
extern const struct sl_provider sl_soft_provider;
/** Counters of its wire, "wire_*". */
extern const struct sl_provider sl_soft_wire_provider;

#endif /* _SL_SOFT_STATS_H_ */
