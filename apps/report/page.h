/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _PAGE_H_
#define _PAGE_H_

/** @file A report as one HTML page that needs no other file. */

#include <stdio.h>

#include "plot.h"

/** A plot and its SVG. */
struct page_plot {
	const struct plot *plot;
	const char *svg;
};

void
page_write(const struct plot_input *in, const struct page_plot *drawn, size_t nb_drawn, FILE *f);

#endif /* _PAGE_H_ */
