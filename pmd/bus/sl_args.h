/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_ARGS_H_
#define _SL_ARGS_H_

/**
 * @file
 * Device arguments of both drivers. They have a parser of their own: that of
 * EAL splits a value at its '=', and a wire's text is full of them.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sl_check.h"
#include "sl_shm.h"
#include "sl_softnic.h"

#define SL_ARGS_WIRE_LEN 512u
#define SL_ARGS_MAX_FAULTS 8u
#define SL_ARGS_FILE_LEN 48u
#define SL_ARGS_PATH_LEN 256u
/** sl_args.cpu when the user named none. */
#define SL_ARGS_CPU_DEFAULT (-2)

/** One fault to request at probe. */
struct sl_args_fault {
	enum sl_fault fault;
	uint32_t arg, count;
};

/** What the arguments said, or their defaults. */
struct sl_args {
	char wire[SL_ARGS_WIRE_LEN]; /**< as sl_wire_open() wants it */
	enum sl_coherency coherency;
	bool msix;                   /**< several interrupt vectors; false: one for everything */
	bool step;                   /**< no device thread: sl_pmd_step() */
	bool own_time;               /**< time passes while the driver waits, and by sl_pmd_time_pass() */
	int cpu;                     /**< CPU of the device thread, -1 not pinned, or SL_ARGS_CPU_DEFAULT */
	uint8_t mac[6];              /**< zero: the device's own */
	size_t quota_noncached;      /**< bytes, 0: the library's default */
	int node;                    /**< NUMA node or SL_NODE_ANY */
	bool window_strict;          /**< the NIC writes no page that holds anything but data */
	bool window_all;             /**< all of EAL's memory in the DMA window, as other drivers do */
	unsigned int nb_faults;
	struct sl_args_fault faults[SL_ARGS_MAX_FAULTS];
	/* coherency=checked */
	bool check;                  /**< one of these was given */
	uint32_t check_line;         /**< 0: the checker's own */
	uint64_t check_seed;         /**< 0: from the clock */
	enum sl_check_policy check_policy;
	enum sl_check_bug check_bug; /**< planted at check_file : check_at */
	char check_file[SL_ARGS_FILE_LEN];
	int check_at;
	char check_json[SL_ARGS_PATH_LEN]; /**< findings go there at the port's close; "": nowhere */
	char check_diff[SL_ARGS_PATH_LEN]; /**< file of a search for a difference; "": none */
};

/** Which driver's arguments: each knows its own keys. */
enum sl_args_kind {
	SL_ARGS_PCI = 1,
	SL_ARGS_SOFT = 2,
};

/** Shown by tools that list a driver's arguments. */
#define SL_ARGS_CHECK_HELP                                                                         \
	"check_line=32|64|128|256 check_seed=<int> check_policy=report|abort|count "               \
	"check_bug=drop|late|half|reverse:<file>:<line> check_json=<file> check_diff=<file>"
#define SL_ARGS_PCI_HELP "coherency=auto|coherent|explicit|checked window=own|all|strict " SL_ARGS_CHECK_HELP
#define SL_ARGS_SOFT_HELP                                                                          \
	"wire=<text, ';' for ','> wire_<key>=<value> coherency=auto|coherent|explicit|checked "            \
	"mode=thread|step time=real|own cpu=<int> intr=msix|msi mac=<xx:xx:xx:xx:xx:xx> "          \
	"fault=<name[:arg[:count]]> "                                                              \
	"quota_noncached=<bytes[K|M]> node=<int> window=own|strict " SL_ARGS_CHECK_HELP

/**
 * Parse "key=value,key=value". Any thread.
 * @param text NULL or empty: defaults
 * @param[out] why on an error: the key, the value given and what is allowed
 * @return 0 or -EINVAL.
 */
int sl_args_parse(enum sl_args_kind kind, const char *text, struct sl_args *out, char *why,
	size_t why_len);

#endif /* _SL_ARGS_H_ */
