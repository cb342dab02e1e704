/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The driver's log types, and the callback by which lib/shm and the software
 * NIC log through DPDK.
 */

#include "sl_log.h"
#include "sl_port.h"

RTE_LOG_REGISTER(sl_pmd_logtype, pmd.net.syncline, NOTICE);

void
sl_pmd_log_cb(void *ctx, int level, const char *msg)
{
	RTE_SET_USED(ctx);
	/* Levels of the sink are syslog's; EAL's are the same, counted from one. */
	rte_log((uint32_t)level + 1, sl_pmd_logtype, "net_syncline: %s\n", msg);
}
