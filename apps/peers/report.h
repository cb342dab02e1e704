/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _PEERS_REPORT_H_
#define _PEERS_REPORT_H_

/** @file The table for people and the file for machines. */

#include "lines.h"
#include "measure.h"

#define LINES_MAX 64u

/** All results, or those until the run was ended. */
struct report {
	const struct measure *measure;
	const struct result *results;
	unsigned int n;
	struct lines lines[LINES_MAX]; /**< of explicit mode */
	unsigned int nb_lines;
	bool hugepages;
	double seconds;
	const char *why_no_other_core; /**< NULL when it was measured */
};

/** Print the table's head, and a line as soon as its point is measured. */
void
report_head(const struct measure *m);
void
report_line(const struct measure *m, const struct result *r);
#define LINES_MAX 64u

/** Print what belongs below the table. */
void
report_foot(const struct report *rep);
/**
 * Write the file for machines.
 * @param signals as for outfile_write()
 * @return 0 or negative errno, said.
 */
int
report_json(const struct report *rep, const char *path, unsigned int (*signals)(void *arg));

#endif /* _PEERS_REPORT_H_ */
