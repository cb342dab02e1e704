/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_PCI_H_
#define _SL_PCI_H_

/**
 * @file
 * PCI constants of all families: the vendor id, and configuration space. The offsets of the
 * capabilities are the same on all of these NICs. Device ids are with a family's fields.
 */

#include "sl_bits.h"

#define SL_PCI_VENDOR_INTEL 0x8086u

/* Configuration space: 9.4.3 */
#define SL_PCI_COMMAND 0x04u /* 16 bits */
#define SL_PCI_COMMAND_MASTER SL_BIT(2)
#define SL_PCI_PMCSR 0x44u /* 16 bits: power management control and status */
#define SL_PCI_PMCSR_STATE SL_MASK(0, 2)
#define SL_PCI_COMMAND_INTX_OFF SL_BIT(10)
#define SL_PCI_STATUS 0x06u /* 16 bits */
#define SL_PCI_STATUS_INTX SL_BIT(3)
#define SL_PCI_BAR 0x10u /* six registers of 32 bits */
#define SL_PCI_BAR_64 SL_BIT(2)
#define SL_PCI_IRQ_LINE 0x3Cu /* 8 bits */
/* PCI Express: second byte of device control, which has function-level reset: 9.5.6.5 */
#define SL_PCI_DEVCTL_HIGH 0xA9u
#define SL_PCI_DEVCTL_HIGH_FLR SL_BIT(7)
#define SL_PCI_SERIAL 0x144u /* 64 bits: device serial number */
enum sl_pci_power { SL_PCI_D0 = 0, SL_PCI_D3 = 3 };

#endif /* _SL_PCI_H_ */
