/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_ARGS_H_
#define _SL_ARGS_H_

/**
 * @file
 * Device arguments: the parser, and the keys that ports on PCI and ports on the software NIC
 * share. What only one kind of port has is in sl_pci_args.h and sl_soft_args.h. EAL's parser will
 * not do: it splits a value at its '=', and a wire's text is full of them.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sl_check.h"
#include "sl_shm.h"

#define SL_ARGS_FILE_LEN 48u
#define SL_ARGS_PATH_LEN 256u

/** What the arguments of any port said, or their defaults. First member of each kind's struct. */
struct sl_args {
	enum sl_coherency coherency;
	bool window_strict; /**< the NIC writes no page that holds anything but data */
	/* coherency=checked */
	bool check;	     /**< one of these was given */
	uint32_t check_line; /**< 0: the checker's own */
	uint64_t check_seed; /**< 0: from the clock */
	enum sl_check_policy check_policy;
	enum sl_check_bug check_bug; /**< planted at check_file : check_at */
	char check_file[SL_ARGS_FILE_LEN];
	int check_at;
	char check_json[SL_ARGS_PATH_LEN]; /**< file of the findings at the port's close, or "" */
	char check_diff[SL_ARGS_PATH_LEN]; /**< file of a search for a difference; "": none */
};

/** One key: how its value is read, and what is allowed, for messages. */
struct sl_arg_key {
	const char *key;
	/** @return 0, or -EINVAL: refused, with @p allowed in the message. */
	int (*set)(struct sl_args *a, const char *value);
	const char *allowed;
	bool repeats; /**< may be given more than once */
	/** More that is allowed, by index, NULL behind the last; or no such list. */
	const char *(*name)(unsigned int i);
};

/** One kind of port: the driver's name, and the keys that no other kind has. */
struct sl_args_kind {
	const char *driver;
	const struct sl_arg_key *keys;
	unsigned int nb_keys;
	const char *prefix; /**< keys that begin so go to add(), or NULL */
	/** @return 0, or -EINVAL with a message in @p why. */
	int (*add)(
		struct sl_args *a, const char *key, const char *value, char *why, size_t why_len);
};

/** The shared keys, as tools show them that list a driver's arguments. */
#define SL_ARGS_HELP \
	"coherency=auto|coherent|explicit|checked " \
	"check_line=32|64|128|256 check_seed=<int> check_policy=report|abort|count " \
	"check_bug=drop|late|half|reverse:<file>:<line> check_json=<file> check_diff=<file>"

/**
 * Parse "key=value,key=value". Any thread.
 * @param kind of the port
 * @param text NULL or empty: defaults
 * @param[in,out] a within the kind's own struct, whose defaults are set; the shared part's are set
 *   here. On an error it is left half filled.
 * @param[out] why on an error: the key, the value given and what is allowed
 * @return 0 or -EINVAL.
 */
int
sl_args_parse(const struct sl_args_kind *kind, const char *text, struct sl_args *a, char *why,
	size_t why_len);

/** Take "own" or "strict" for the key window, to which a kind may add values. 0 or -EINVAL. */
int
sl_args_set_window(struct sl_args *a, const char *value);

#endif /* _SL_ARGS_H_ */
