/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _ENVIRONMENT_H_
#define _ENVIRONMENT_H_

/**
 * @file
 * What the results of all programs depend on besides the code: the machine, the system and the
 * versions. Each program adds what it alone knows. No EAL here.
 */

#include <stdint.h>

#include <jansson.h>

/**
 * Look at this machine now.
 *
 * @param dpdk    its version
 * @param tsc_hz  of the time stamp counter
 * @return        an object; new reference, NULL without memory
 */
json_t *
environment_json(const char *dpdk, uint64_t tsc_hz);

/** A command line as a list of strings. New reference; NULL without memory. */
json_t *
environment_arguments(int argc, char *const *argv);

#endif /* _ENVIRONMENT_H_ */
