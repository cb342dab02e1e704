/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_LOG_H_
#define _SL_LOG_H_

/**
 * @file
 * The driver's log.
 */

#include <rte_log.h>

extern int sl_pmd_logtype;
#define SL_LOG(level, fmt, ...) \
	rte_log(RTE_LOG_##level, sl_pmd_logtype, "net_syncline: " fmt "\n", ##__VA_ARGS__)
/** A sl_log_fn that writes to the driver's log. */
void
sl_pmd_log_cb(void *ctx, int level, const char *msg);

#endif /* _SL_LOG_H_ */
