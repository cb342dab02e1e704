/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_CHECKED_H_
#define _SL_CHECKED_H_

/**
 * @file
 * The checker of a port in `checked` mode, from the device arguments to the summary at close.
 * Control path.
 */

#include "sl_args.h"
#include "sl_port.h"
#include "sl_provider.h"

/**
 * If the arguments have coherency=checked, make the port's checker and set it in @p params.
 * Otherwise do nothing. Call it before sl_adapter_open().
 * @return 0 or negative errno, logged.
 */
int
sl_checked_open(struct sl_port *port, const struct sl_args *args, struct sl_adapter_params *params);
/** Log the findings and free the checker. Call it after sl_adapter_close(). */
void
sl_checked_close(struct sl_port *port);
/** Counters of the checker, "check_*". */
extern const struct sl_provider sl_checked_provider;

#endif /* _SL_CHECKED_H_ */
