/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _ENVIRONMENT_H_
#define _ENVIRONMENT_H_

#include <jansson.h>

/** What a result depends on besides the code: machine, system, versions, arguments. */
struct environment {
	int argc;
	char *const *argv;
	int device_cpu;          /**< of the software NIC's thread */
	const int *cpus;         /**< of the forwarding lcores */
	unsigned int nb_cpus;
	unsigned long long tsc_hz;
	const char *dpdk;        /**< version */
	int hugepages_used;
};

/** As JSON. New reference; NULL without memory. */
json_t *environment_json(const struct environment *e);

#endif /* _ENVIRONMENT_H_ */
