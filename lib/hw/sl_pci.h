/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_PCI_H_
#define _SL_PCI_H_

/**
 * @file
 * What all families share of PCI: the vendor, and of the configuration space the command register
 * and that of power management, which lies there on all of Intel's NICs. A family's device ids
 * stand with its fields.
 */

#include "sl_bits.h"

#define SL_PCI_VENDOR_INTEL 0x8086u

/* Configuration space: 9.4.3 */
#define SL_PCI_COMMAND 0x04u /* 16 bits */
#define SL_PCI_COMMAND_MASTER SL_BIT(2)
#define SL_PCI_PMCSR 0x44u /* 16 bits: power management control and status */
#define SL_PCI_PMCSR_STATE SL_MASK(0, 2)
enum sl_pci_power { SL_PCI_D0 = 0, SL_PCI_D3 = 3 };

#endif /* _SL_PCI_H_ */
