/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_PCI_ARGS_H_
#define _SL_PCI_ARGS_H_

/**
 * @file
 * Device arguments of net_syncline, the driver of NICs on PCI.
 */

#include <stdbool.h>
#include <stddef.h>

#include "sl_args.h"

/** Values of the arguments, or their defaults. */
struct sl_pci_args {
	struct sl_args shared;
	bool window_all; /**< all of EAL's memory is in the DMA window, as with other drivers */
};

/** For the parser's messages. Ports call sl_pci_args_parse(). */
extern const struct sl_args_kind sl_pci_args_kind;

/** For tools that list a driver's arguments. */
#define SL_PCI_ARGS_HELP "window=own|all|strict " SL_ARGS_HELP

/**
 * Parse the arguments of a NIC on PCI. Any thread.
 * @param text NULL or empty: defaults
 * @param[out] out unchanged after an error
 * @param[out] why after an error: the key, its value and the allowed values
 * @return 0 or -EINVAL.
 */
int
sl_pci_args_parse(const char *text, struct sl_pci_args *out, char *why, size_t why_len);

#endif /* _SL_PCI_ARGS_H_ */
