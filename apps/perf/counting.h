/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _COUNTING_H_
#define _COUNTING_H_

/**
 * @file
 * Instructions per packet. callgrind counts them in a second process of this
 * program: the outer process starts it, the inner one runs the bursts and reads
 * what callgrind wrote. Main lcore.
 */

#include <jansson.h>

#include "options.h"

struct rig;
struct stepped;

/**
 * Outer: count one job.
 * @return its result, as the inner one found it; NULL with the reason on stderr
 *   and negative errno in @p rc: -ENOTSUP where there is no callgrind.
 */
json_t *
counting_run(const struct options *o, const struct job *job, int *rc);
/** Inner: count on a stepped rig that is filled. @return 0 or negative errno. */
int
counting_here(struct rig *r, const char *prefix, struct stepped *out);

#endif /* _COUNTING_H_ */
