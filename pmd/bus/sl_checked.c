/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * coherency=checked for a port: makes the checker from the port's arguments, and writes its
 * findings to a file when the port closes.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sl_checked.h"
#include "sl_log.h"
#include "sl_port.h"

int
sl_checked_open(struct sl_port *port, const struct sl_args *args, struct sl_adapter_params *params)
{
	const struct sl_check_params check = {
		.line = args->check_line,
		.seed = args->check_seed,
		.policy = args->check_policy,
		.log = params->log,
		.log_ctx = params->log_ctx,
		.diff = args->check_diff[0] == '\0' ? NULL : args->check_diff,
	};
	int ret;

	if (args->coherency != SL_COHERENCY_CHECKED)
		return 0;
	ret = sl_check_create(&check, &port->check);
	if (ret != 0)
		return ret;
	params->checker = sl_check_seam(port->check);
	if (args->check_json[0] != '\0') {
		port->check_json = strdup(args->check_json);
		if (port->check_json == NULL)
			return -ENOMEM;
	}
	if (args->check_bug == SL_CHECK_BUG_NONE)
		return 0;
	SL_LOG(NOTICE, "%s: a bug is planted at %s:%d", params->name, args->check_file,
		args->check_at);
	return sl_check_plant(port->check, args->check_bug, args->check_file, args->check_at);
}

static void
json_write(const struct sl_port *port)
{
	FILE *f = fopen(port->check_json, "w");
	bool good = f != NULL;

	if (good) {
		sl_check_dump_json(port->check, f);
		good = ferror(f) == 0;
		good &= fclose(f) == 0;
	}
	if (!good)
		SL_LOG(ERR, "port %u: check_json=%s cannot be written: %s; give a path that can",
			port->eth->data->port_id, port->check_json, strerror(errno));
}

void
sl_checked_close(struct sl_port *port)
{
	struct sl_check_stats s;

	if (port->check == NULL)
		return;
	sl_check_stats(port->check, &s);
	if (s.planted != 0)
		SL_LOG(NOTICE, "port %u: checked: the planted bug was met %" PRIu64 " times",
			port->eth->data->port_id, s.planted);
	if (s.found != 0)
		SL_LOG(ERR,
			"port %u: checked: %" PRIu64 " findings, %u of them distinct, in %" PRIu64
			" sync calls; check_seed=%" PRIu64 ",check_line=%u",
			port->eth->data->port_id, s.found, s.distinct, s.syncs, s.seed, s.line);
	else
		SL_LOG(NOTICE,
			"port %u: checked: nothing found in %" PRIu64
			" sync calls; check_seed=%" PRIu64 ",check_line=%u",
			port->eth->data->port_id, s.syncs, s.seed, s.line);
	if (port->check_json != NULL)
		json_write(port);
	free(port->check_json);
	port->check_json = NULL;
	if (sl_check_destroy(port->check) == 0)
		port->check = NULL;
}

static unsigned int
checked_read(const struct sl_port *port, struct sl_figure *out)
{
	struct sl_check_stats s;
	unsigned int n = 0;

	if (port->check == NULL)
		return 0;
	sl_check_stats(port->check, &s);
	out[n++] = (struct sl_figure){"check_findings", s.found, false};
	out[n++] = (struct sl_figure){"check_syncs", s.syncs, false};
	out[n++] = (struct sl_figure){"check_device_accesses", s.accesses, false};
	out[n++] = (struct sl_figure){"check_evictions", s.evictions, false};
	out[n++] = (struct sl_figure){"check_refills", s.refills, false};
	return n;
}

const struct sl_provider sl_checked_provider = {.read = checked_read};
