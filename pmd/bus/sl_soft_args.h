/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_SOFT_ARGS_H_
#define _SL_SOFT_ARGS_H_

/**
 * @file
 * Device arguments of net_syncline_soft, the driver of ports on the software NIC.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sl_args.h"
#include "sl_softnic.h"

#define SL_SOFT_ARGS_WIRE_LEN 512u
#define SL_SOFT_ARGS_MAX_FAULTS 8u
/** Value of sl_soft_args.cpu if the user gave none. */
#define SL_SOFT_ARGS_CPU_DEFAULT (-2)

/** A fault that is requested at probe. */
struct sl_soft_args_fault {
	enum sl_fault fault;
	uint32_t arg, count;
};

/** Values of the arguments, or their defaults. */
struct sl_soft_args {
	struct sl_args shared;
	char wire[SL_SOFT_ARGS_WIRE_LEN]; /**< text for sl_wire_open() */
	const char *device;		  /**< modelled device, for sl_softnic_params */
	uint16_t device_id;		  /**< PCI device id of the modelled device */
	bool msix;		/**< several interrupt vectors; false: one vector for everything */
	bool step;		/**< no device thread: sl_pmd_step() runs the device */
	bool own_time;		/**< separate clock: it advances while the driver waits, and in
				   sl_pmd_time_pass() */
	int cpu;		/**< CPU of the device thread; -1: not pinned; or the default */
	uint8_t mac[6];		/**< zero: the device's default */
	size_t quota_noncached; /**< bytes; 0: the library's default */
	int node;		/**< NUMA node or SL_NODE_ANY */
	unsigned int nb_faults;
	struct sl_soft_args_fault faults[SL_SOFT_ARGS_MAX_FAULTS];
};

/** For the parser's messages. Ports call sl_soft_args_parse(). */
extern const struct sl_args_kind sl_soft_args_kind;

/** For tools that list a driver's arguments. */
#define SL_SOFT_ARGS_HELP \
	"device=82576|82580|i350|i354|i210|i211|82599|82599-sfp|x540|x550 " \
	"wire=<text, ';' for ','> wire_<key>=<value> mode=thread|step time=real|own cpu=<int> " \
	"intr=msix|msi mac=<xx:xx:xx:xx:xx:xx> fault=<name[:arg[:count]]> " \
	"quota_noncached=<bytes[K|M]> node=<int> window=own|strict " SL_ARGS_HELP

/** The i-th name that `device=` accepts, the default first; NULL past the end. Any thread. */
const char *
sl_soft_args_device(unsigned int i);

/**
 * Parse the arguments of a software NIC. Any thread.
 * @param text NULL or empty: defaults
 * @param[out] out unchanged after an error
 * @param[out] why after an error: the key, its value and the allowed values
 * @return 0 or -EINVAL.
 */
int
sl_soft_args_parse(const char *text, struct sl_soft_args *out, char *why, size_t why_len);

#endif /* _SL_SOFT_ARGS_H_ */
