/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The driver's log type, and the callback through which lib/shm and the software NIC log to DPDK.
 */

#include "sl_log.h"
#include "sl_port.h"

RTE_LOG_REGISTER(sl_pmd_logtype, pmd.net.syncline, NOTICE);

void
sl_pmd_log_cb(void *ctx, int level, const char *msg)
{
	RTE_SET_USED(ctx);
	/* The callback's levels are syslog's. EAL's have the same order, starting at 1. */
	rte_log((uint32_t)level + 1, sl_pmd_logtype, "net_syncline: %s\n", msg);
}
