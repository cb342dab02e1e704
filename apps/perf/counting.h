/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _COUNTING_H_
#define _COUNTING_H_

/**
 * @file
 * Instructions per packet. callgrind counts them in a second process of this program: the outer
 * process starts the inner one, which runs the bursts and reads callgrind's output. Main lcore.
 */

#include <jansson.h>

#include "plan.h"

struct rig;
struct stepped;

/**
 * Outer process: count one job.
 * @return the result of the inner process; NULL with the reason on stderr and negative errno in @p
 * rc: -ENOTSUP if there is no callgrind.
 */
json_t *
counting_run(const struct options *o, const struct job *job, int *rc);
/** Inner process: count on a stepped rig that is filled. @return 0 or negative errno. */
int
counting_here(struct rig *r, const char *prefix, struct stepped *out);

#endif /* _COUNTING_H_ */
