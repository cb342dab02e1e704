/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* Internal state for clients of rte_telemetry. */

#include <errno.h>
#include <stdlib.h>

#include <rte_common.h>
#include <rte_telemetry.h>

#include "sl_compat.h"
#include "sl_number.h"
#include "sl_port.h"

static int
telemetry_shm(const char *cmd, const char *params, struct rte_tel_data *d)
{
	struct sl_shm_stats s;
	const struct sl_adapter *adapter;
	struct sl_port *p;
	uint64_t port;

	RTE_SET_USED(cmd);
	if (params == NULL || sl_number(params, 0, RTE_MAX_ETHPORTS - 1, &port) != 0)
		return -EINVAL;
	/* This runs on telemetry's thread, while another thread may close the port. */
	p = sl_port_get((uint16_t)port);
	if (p == NULL)
		return -ENODEV;
	adapter = p->adapter;
	sl_shm_stats(p->adapter, &s);
	rte_tel_data_start_dict(d);
	rte_tel_data_add_dict_string(d, "adapter", sl_adapter_name(adapter));
	rte_tel_data_add_dict_string(
		d, "coherency", sl_coherency_name(sl_adapter_sync(adapter)->mode));
	sl_port_put(p);
	sl_tel_add_dict_uint(d, "regions", s.regions);
	sl_tel_add_dict_uint(d, "buffers", s.buffers);
	sl_tel_add_dict_uint(d, "bytes_cached", s.bytes_cached);
	sl_tel_add_dict_uint(d, "bytes_noncached", s.bytes_noncached);
	sl_tel_add_dict_uint(d, "bytes_buffers", s.bytes_buffers);
	sl_tel_add_dict_uint(d, "quota", s.quota);
	sl_tel_add_dict_uint(d, "quota_noncached", s.quota_noncached);
	sl_tel_add_dict_uint(d, "allocs", s.allocs);
	sl_tel_add_dict_uint(d, "frees", s.frees);
	sl_tel_add_dict_uint(d, "refused", s.refused);
	sl_tel_add_dict_uint(d, "fallback_pages", s.fallback_pages);
	sl_tel_add_dict_uint(d, "fallback_node", s.fallback_node);
	sl_tel_add_dict_uint(d, "dma_faults", s.dma_faults);
	sl_tel_add_dict_uint(d, "dma_window_bytes", s.window_bytes);
	sl_tel_add_dict_uint(d, "dma_window_maps", s.window_maps);
	return 0;
}

RTE_INIT(sl_telemetry_register)
{
	rte_telemetry_register_cmd("/syncline/shm", telemetry_shm,
		"Shared memory of a port: figures. Parameter: port id");
}
