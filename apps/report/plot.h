/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _PLOT_H_
#define _PLOT_H_

/**
 * @file
 * Plots of results, as gnuplot scripts that contain their data. gnuplot.h draws them. Pure.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <jansson.h>

/** Results in chronological order. The report is about the last one. */
struct plot_input {
	size_t n;
	json_t *const *results;
	const json_t *peers; /**< output of "perf peers --json"; NULL: none */
};

/** A plot of a report. */
struct plot {
	const char *id; /**< file name, and anchor in the page */
	const char *title;
	const char *caption; /**< explanation for the reader */
	/** Write the script. @return false: there is no data for this plot. */
	bool (*script)(const struct plot_input *in, FILE *f);
};

extern const struct plot plots[];
extern const size_t nb_plots;

/** Write the colours and the grid of all plots. */
void
plot_styles(FILE *f);
/** plot_peers.c: cycles per packet of each contender, and ratios to Syncline's. */
bool
plot_script_peers(const struct plot_input *in, FILE *f);
bool
plot_script_ratios(const struct plot_input *in, FILE *f);
/** Points of a peers file. Borrowed; NULL: no such file. */
json_t *
peers_points(const json_t *peers);
/** Check that this version can read a peers' file. @return 0; -EINVAL with the reason. */
int
peers_check(const json_t *peers, const char *file, char *why, size_t len);

/** Most metrics whose history is drawn. */
#define PLOT_HISTORY_MAX 6
/** Fewest results for which a history is drawn. */
#define PLOT_HISTORY_MIN 3
/**
 * Group the values of a metric over the results by minimum description length (mdl.h).
 * @param[out] mean one value per result: the mean of its group; NAN if it does not have the metric
 * @return number of groups; 0: no data, or out of memory
 */
size_t
plot_groups(const struct plot_input *in, const char *result, const char *metric, double *mean);

#endif /* _PLOT_H_ */
