/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _GNUPLOT_H_
#define _GNUPLOT_H_

/** @file Run gnuplot on a script. */

#define GNUPLOT_WHY_LEN 512

/**
 * Draw as SVG for a page: without a background, with texts and axes in the page's colour.
 * @return the element's text, to be freed; NULL with the reason
 */
char *
gnuplot_svg(const char *script, const char *id, char why[GNUPLOT_WHY_LEN]);
/** Draw as PNG to @p file. @return 0 or negative errno with the reason. */
int
gnuplot_png(const char *script, const char *file, char why[GNUPLOT_WHY_LEN]);

#endif /* _GNUPLOT_H_ */
