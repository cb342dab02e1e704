/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _DIAGNOSE_H_
#define _DIAGNOSE_H_

#include <stdbool.h>
#include <stddef.h>

#include <rte_pci.h>

/**
 * @file
 * Why there is no port to forward with: compares what the user asked EAL for with
 * what the machine has, and says the first cause and how to mend it.
 * Control thread; changes nothing.
 */

/** Room for the longest sentence. */
#define DIAGNOSE_LEN 768

/** Room for a PCI address. */
#define DIAGNOSE_BDF_LEN PCI_PRI_STR_SIZE

/** What to look at. */
struct diagnose {
	const char *root;  /**< in front of /sys, /proc and /dev; "" but in tests */
	int argc;	   /**< arguments as the program got them */
	char *const *argv; /**< up to "--" they are EAL's */
};

/**
 * rte_eal_init() failed.
 *
 * @param err  rte_errno as it left it
 * @param why  @p len bytes: cause and cure; never empty
 */
void
diagnose_start(const struct diagnose *d, int err, char *why, size_t len);

/** EAL runs, and there is no port. @p why as in diagnose_start(). */
void
diagnose_no_port(const struct diagnose *d, char *why, size_t len);

/**
 * The PCI device @p bdf was asked for with -a, and is no port.
 *
 * @param bdf  as DPDK writes it, "0000:01:00.0"
 * @param why  as in diagnose_start()
 */
void
diagnose_device(const struct diagnose *d, const char *bdf, char *why, size_t len);

/**
 * Memory could not be mapped for DMA: is it the limit of locked memory?
 *
 * @return  false when it is not, and @p why is left alone
 */
bool
diagnose_memlock(const struct diagnose *d, char *why, size_t len);

/**
 * The PCI devices asked for.
 *
 * @param i    0 for the first
 * @param bdf  its address as DPDK writes it
 * @return     0, or -1 when there are not so many
 */
int
diagnose_allowed(const struct diagnose *d, unsigned int i, char bdf[DIAGNOSE_BDF_LEN]);

#endif /* _DIAGNOSE_H_ */
