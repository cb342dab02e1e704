/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_SOFT_H_
#define _SL_SOFT_H_

/**
 * @file
 * Ports whose device is a software NIC: what the rest of the driver may ask.
 * Control-thread calls.
 */

#include "sl_port.h"
#include "sl_softnic.h"

/** The software NIC of a port, or NULL for a real one. */
struct sl_softnic *
sl_soft_nic(const struct sl_port *port);
/** True when the device works only in sl_pmd_step(). */
bool
sl_soft_stepped(const struct sl_port *port);
/** True when the device has time of its own (time=own). */
bool
sl_soft_timed(const struct sl_port *port);

#endif /* _SL_SOFT_H_ */
