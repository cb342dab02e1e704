/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _ENVIRONMENT_H_
#define _ENVIRONMENT_H_

/**
 * @file
 * Facts other than the code that affect the results of all programs: the machine, the system and
 * the versions. Each program adds the facts that only it knows. Does not use EAL.
 */

#include <stdint.h>

#include <jansson.h>

/**
 * Describe this machine in its current state.
 *
 * @param dpdk DPDK's version
 * @param tsc_hz frequency of the time stamp counter
 * @return an object; new reference, NULL: out of memory
 */
json_t *
environment_json(const char *dpdk, uint64_t tsc_hz);

/** A command line as a list of strings. New reference; NULL: out of memory. */
json_t *
environment_arguments(int argc, char *const *argv);

#endif /* _ENVIRONMENT_H_ */
