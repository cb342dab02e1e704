/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_ARGS_H_
#define _SL_ARGS_H_

/**
 * @file
 * Device arguments: the parser, and the keys that ports on PCI and on the software NIC share. Keys
 * of one kind of port are in sl_pci_args.h and sl_soft_args.h. EAL's parser cannot be used: it
 * splits a value at its '=', and a wire's text contains '='.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sl_check.h"
#include "sl_shm.h"

#define SL_ARGS_FILE_LEN 48u
#define SL_ARGS_PATH_LEN 256u

/** Values of the shared keys, or their defaults. First member of each kind's struct. */
struct sl_args {
	enum sl_coherency coherency;
	bool pseudo_header; /**< the driver sums pseudo-headers, not the application */
	bool window_strict; /**< the NIC can write only to pages that contain nothing but data */
	/* coherency=checked */
	bool check;	     /**< at least one of these keys was given */
	uint32_t check_line; /**< 0: the checker's default */
	uint64_t check_seed; /**< 0: from the clock */
	enum sl_check_policy check_policy;
	enum sl_check_bug check_bug; /**< injected at check_file : check_at */
	char check_file[SL_ARGS_FILE_LEN];
	int check_at;
	char check_json[SL_ARGS_PATH_LEN]; /**< file to which the findings are written at the port's
					      close, or "" */
	char check_diff[SL_ARGS_PATH_LEN]; /**< file of a search for a difference; "": none */
};

/** One key: the function that reads its value, and the allowed values for messages. */
struct sl_arg_key {
	const char *key;
	/** @return 0, or -EINVAL: invalid; the message then shows @p allowed. */
	int (*set)(struct sl_args *a, const char *value);
	const char *allowed;
	bool repeats; /**< can be given more than once */
	/** Further allowed values by index, NULL past the last; or NULL: no such list. */
	const char *(*name)(unsigned int i);
};

/** One kind of port: the driver's name, and the keys that only this kind has. */
struct sl_args_kind {
	const char *driver;
	const struct sl_arg_key *keys;
	unsigned int nb_keys;
	const char *prefix; /**< keys with this prefix are passed to add(); NULL: none */
	/** @return 0, or -EINVAL with a message in @p why. */
	int (*add)(
		struct sl_args *a, const char *key, const char *value, char *why, size_t why_len);
};

/** The shared keys, for tools that list a driver's arguments. */
#define SL_ARGS_HELP \
	"coherency=auto|coherent|explicit|checked pseudo_header=application|driver " \
	"check_line=32|64|128|256 check_seed=<int> check_policy=report|abort|count " \
	"check_bug=drop|late|half|reverse:<file>:<line> check_json=<file> check_diff=<file>"

/**
 * Parse "key=value,key=value". Any thread.
 * @param kind of the port
 * @param text NULL or empty: defaults
 * @param[in,out] a in the kind's own struct. The caller has set the defaults of that struct; the
 *   defaults of the shared part are set here. After an error it may be partly filled.
 * @param[out] why after an error: the key, its value and the allowed values
 * @return 0 or -EINVAL.
 */
int
sl_args_parse(const struct sl_args_kind *kind, const char *text, struct sl_args *a, char *why,
	size_t why_len);

/**
 * Set the value "own" or "strict" of the key window. A kind may accept more values. 0 or -EINVAL.
 */
int
sl_args_set_window(struct sl_args *a, const char *value);

#endif /* _SL_ARGS_H_ */
