/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _PEERS_REPORT_H_
#define _PEERS_REPORT_H_

/** @file Output of the comparison: a table on stdout, and a JSON file. */

#include "lines.h"
#include "measure.h"

#define LINES_MAX 64u

/** All results, or those up to an interrupt. */
struct report {
	const struct measure *measure;
	const struct result *results;
	unsigned int n;
	struct lines lines[LINES_MAX]; /**< lines of explicit mode */
	unsigned int nb_lines;
	bool hugepages;
	double seconds;
	const char *why_no_other_core; /**< NULL: it was measured */
};

/** Print the head of the table. Print a line when its point is measured. */
void
report_head(const struct measure *m);
void
report_line(const struct measure *m, const struct result *r);

/** Print the text below the table. */
void
report_foot(const struct report *rep);
/**
 * Write the JSON file.
 * @param signals as for outfile_write()
 * @return 0 or negative errno, message printed
 */
int
report_json(const struct report *rep, const char *path, unsigned int (*signals)(void *arg));

#endif /* _PEERS_REPORT_H_ */
