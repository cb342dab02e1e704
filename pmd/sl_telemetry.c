/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 *
 * What runs inside, for rte_telemetry's clients.
 */
#include <errno.h>
#include <stdlib.h>

#include <rte_common.h>
#include <rte_telemetry.h>

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
	/* On telemetry's own thread, while the port's may be closing it. */
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
	rte_tel_data_add_dict_u64(d, "regions", s.regions);
	rte_tel_data_add_dict_u64(d, "buffers", s.buffers);
	rte_tel_data_add_dict_u64(d, "bytes_cached", s.bytes_cached);
	rte_tel_data_add_dict_u64(d, "bytes_noncached", s.bytes_noncached);
	rte_tel_data_add_dict_u64(d, "bytes_buffers", s.bytes_buffers);
	rte_tel_data_add_dict_u64(d, "quota", s.quota);
	rte_tel_data_add_dict_u64(d, "quota_noncached", s.quota_noncached);
	rte_tel_data_add_dict_u64(d, "allocs", s.allocs);
	rte_tel_data_add_dict_u64(d, "frees", s.frees);
	rte_tel_data_add_dict_u64(d, "refused", s.refused);
	rte_tel_data_add_dict_u64(d, "fallback_pages", s.fallback_pages);
	rte_tel_data_add_dict_u64(d, "fallback_node", s.fallback_node);
	rte_tel_data_add_dict_u64(d, "dma_faults", s.dma_faults);
	rte_tel_data_add_dict_u64(d, "dma_window_bytes", s.window_bytes);
	rte_tel_data_add_dict_u64(d, "dma_window_maps", s.window_maps);
	return 0;
}

RTE_INIT(sl_telemetry_register)
{
	rte_telemetry_register_cmd("/syncline/shm", telemetry_shm,
		"Shared memory of a port: figures. Parameter: port id");
}
