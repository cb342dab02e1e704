/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_CHECKED_H_
#define _SL_CHECKED_H_

/**
 * @file
 * A port in `checked` mode: its checker, from the device arguments to the
 * summary at close. Control path.
 */

#include "sl_args.h"
#include "sl_port.h"

/**
 * Make the port's checker and name it in @p params, when the arguments ask for
 * coherency=checked; else nothing. Before sl_adapter_open().
 * @return 0 or negative errno, logged.
 */
int
sl_checked_open(struct sl_port *port, const struct sl_args *args, struct sl_adapter_params *params);
/** Say what was found and let the checker go; after sl_adapter_close(). */
void
sl_checked_close(struct sl_port *port);

#endif /* _SL_CHECKED_H_ */
