/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _PROOF_RTE_ETHDEV_H_
#define _PROOF_RTE_ETHDEV_H_

/** @file Replaces DPDK's header: the types are beside those that drivers alone use. */

#include <ethdev_driver.h>

#endif /* _PROOF_RTE_ETHDEV_H_ */
