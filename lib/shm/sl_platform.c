/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Finds out from the device tree in sysfs if a device's DMA is coherent.
 * sl_adapter.c chooses the mode.
 */

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sl_shm.h"

#if !defined(__x86_64__)

static bool
has(const char *dir, const char *name)
{
	char path[PATH_MAX + 32];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return access(path, F_OK) == 0;
}

#endif

int
sl_platform_coherent(const char *device)
{
#if defined(__x86_64__)
	(void)device;
	return 1;
#else
	char dir[PATH_MAX], *slash;
	bool described = false;

	if (device == NULL || realpath(device, dir) == NULL)
		return -1;
	/* A property of a bridge or bus applies to the devices below it, so check all parents. */
	while ((slash = strrchr(dir, '/')) != NULL && slash != dir) {
		if (has(dir, "of_node/dma-noncoherent"))
			return 0;
		if (has(dir, "of_node/dma-coherent"))
			return 1;
		described = described || has(dir, "of_node");
		*slash = '\0';
	}
	/* A device in the device tree without dma-coherent is not coherent. */
	return described ? 0 : -1;
#endif
}
