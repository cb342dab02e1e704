/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* The families of NICs, and the look-up of a device by PCI id. */

#include <rte_common.h>

#include "sl_hw.h"

#define SL_FAMILY(name) extern const struct sl_hw_family sl_##name##_family;
#include "families.def"
#undef SL_FAMILY

static const struct sl_hw_family *const families[] = {
#define SL_FAMILY(name) &sl_##name##_family,
#include "families.def"
#undef SL_FAMILY
};

static const struct sl_hw_id *
find(uint16_t device_id)
{
	unsigned int i, j;

	for (i = 0; i < RTE_DIM(families); i++) {
		for (j = 0; j < families[i]->nb_ids; j++) {
			if (families[i]->ids[j].id == device_id)
				return &families[i]->ids[j];
		}
	}
	return NULL;
}

const struct sl_hw *
sl_hw_find(uint16_t device_id)
{
	const struct sl_hw_id *id = find(device_id);

	return id == NULL ? NULL : id->hw;
}

bool
sl_hw_has_optics(uint16_t device_id)
{
	const struct sl_hw_id *id = find(device_id);

	return id != NULL && id->optics;
}
