/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _COMMANDS_H_
#define _COMMANDS_H_

/** @file sl-perf's sub-commands. Each takes its own name as argv[0] and gives the exit code. */

enum exit_code {
	EXIT_CODE_OK = 0,
	EXIT_CODE_USAGE = 1,       /**< an option or a file that is not understood */
	EXIT_CODE_SETUP = 2,       /**< EAL, ports, memory, a file that cannot be written, a build */
	EXIT_CODE_REGRESSION = 3,
	EXIT_CODE_TOO_FEW = 4,     /**< no regression found, but samples too few to say "same" */
	EXIT_CODE_CONDITIONS = 5,  /**< something is worse, and was measured under other conditions */
};

int cmd_run(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_report(int argc, char **argv);

#endif /* _COMMANDS_H_ */
