/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * List of all families' models: the devices that a software NIC can model.
 */

#include <errno.h>
#include <string.h>

#include "softigb.h"
#include "softixgbe.h"

static const struct softnic_model *const models[] = {
	&softigb_82576.model,
	&softigb_82580.model,
	&softigb_i350.model,
	&softigb_i354.model,
	&softigb_i210.model,
	&softigb_i211.model,
	&softixgbe_82599.model,
	&softixgbe_82599_sfp.model,
	&softixgbe_x540.model,
	&softixgbe_x550.model,
};

#define MODELS (sizeof(models) / sizeof(models[0]))

const struct sl_softnic_device *
sl_softnic_device_at(unsigned int i)
{
	return i < MODELS ? &models[i]->device : NULL;
}

int
sl_softnic_create(const struct sl_softnic_params *params, struct sl_softnic **out)
{
	const char *name;
	unsigned int i;

	if (params == NULL || out == NULL)
		return -EINVAL;
	name = params->device != NULL ? params->device : models[0]->device.name;
	for (i = 0; i < MODELS; i++) {
		if (strcmp(name, models[i]->device.name) == 0)
			return softnic_create(models[i], params, out);
	}
	return -ENODEV;
}
