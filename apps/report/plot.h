/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _PLOT_H_
#define _PLOT_H_

/**
 * @file
 * Plots of results as gnuplot scripts that contain their data. gnuplot.h draws
 * them. Pure.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <jansson.h>

/** Results in the order of time; the report is about the last one. */
struct plot_input {
	size_t n;
	json_t *const *results;
	const json_t *peers; /**< what "perf peers --json" wrote; NULL: none */
};

/** A plot that a report may have. */
struct plot {
	const char *id; /**< file name, and anchor */
	const char *title;
	const char *caption; /**< what to read from it */
	/** Write the script. @return false: there is no data for it. */
	bool (*script)(const struct plot_input *in, FILE *f);
};

extern const struct plot plots[];
extern const size_t nb_plots;

/**
 * Write text of a result inside quotes of a script. Characters that have a meaning for gnuplot
 * there (quotes, backquotes, line ends, marks of its enhanced text) are written as '?'.
 */
void
plot_text(const char *s, FILE *f);
/** Colours and grid that all plots share. */
void
plot_styles(FILE *f);
/** plot_peers.c: cycles a packet of each contender, and ratios to ours. */
bool
plot_script_peers(const struct plot_input *in, FILE *f);
bool
plot_script_ratios(const struct plot_input *in, FILE *f);
/** Points of a peers' file. Borrowed; NULL: no such file. */
json_t *
peers_points(const json_t *peers);
/** Check that this version can read a peers' file. @return 0; -EINVAL with the reason. */
int
peers_check(const json_t *peers, const char *file, char *why, size_t len);

/** Metrics that have a history: at most this many are drawn. */
#define PLOT_HISTORY_MAX 6
/** Fewest results of which a history is drawn. */
#define PLOT_HISTORY_MIN 3
/**
 * Group the values of a metric over the results by minimum description length (mdl.h).
 * @param[out] mean a value for each result: the mean of its group; NAN where the metric is missing
 * @return number of groups, 0 without data or memory
 */
size_t
plot_groups(const struct plot_input *in, const char *result, const char *metric, double *mean);

#endif /* _PLOT_H_ */
