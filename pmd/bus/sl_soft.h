/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_SOFT_H_
#define _SL_SOFT_H_

/**
 * @file
 * Properties of ports whose device is a software NIC, for the rest of the driver. Control-thread
 * calls.
 */

#include "sl_port.h"
#include "sl_softnic.h"

/** Software NIC of a port; NULL for a real NIC. */
struct sl_softnic *
sl_soft_nic(const struct sl_port *port);
/** True if the device works only in sl_pmd_step(). */
bool
sl_soft_stepped(const struct sl_port *port);
/** True if the device has a separate clock (time=own). */
bool
sl_soft_timed(const struct sl_port *port);

#endif /* _SL_SOFT_H_ */
