/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _DIAGNOSE_H_
#define _DIAGNOSE_H_

#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * Find out why there is no port to forward with. "syncline doctor --for" compares the user's EAL
 * options with the machine, and reports causes and remedies. Control thread. Changes nothing. Does
 * not use EAL.
 */

/** Room for the doctor's output; more is cut off. */
#define DIAGNOSE_LEN 2048

/** The failure, and information that only the program has. */
struct diagnose {
	const char *what;      /**< "eal", "port" or "memlock", as for "doctor --for" */
	const char *device;    /**< PCI address of the NIC that has no port; or NULL */
	int err;	       /**< errno of EAL; or 0 */
	int argc;	       /**< number of the program's arguments; or 0 */
	char *const *argv;     /**< those before "--" are EAL's */
	const char *otherwise; /**< text for the case that the doctor finds nothing */
	unsigned int limit_s;  /**< time limit for the doctor in seconds; 0: DIAGNOSE_LIMIT_S */
};

/** Much more than the doctor needs, also on an emulated machine. */
#define DIAGNOSE_LIMIT_S 20

/**
 * Run the doctor: the file in the environment variable SL_DOCTOR, otherwise ./syncline of the
 * source tree from which this program was built. It is run without a shell, and only if no user but
 * root, this user and the owner of this program can have written it.
 *
 * @param[out] why causes and remedies in one line; if there are none, @p otherwise; if the doctor
 *   could not be run, the command that the user can run. Never empty
 * @return true: the doctor found a problem
 */
bool
diagnose(const struct diagnose *d, char why[DIAGNOSE_LEN]);

#endif /* _DIAGNOSE_H_ */
