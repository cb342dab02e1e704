/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _STEPPED_H_
#define _STEPPED_H_

/**
 * @file
 * Bursts on a stepped device: cycles of the driver only, without a tester. Main lcore.
 */

struct rig;

/** Most frames per burst. */
#define STEP_BURST_MAX 64u

/** Cycles or instructions per frame on a stepped rig. */
struct stepped {
	double rx, tx;
};

/** Put a burst of frames of the rig's size into the loop. */
int
stepped_fill(struct rig *r);
/**
 * Run the device until it has sent the queued frames and received them again. @return 0 or negative
 * errno.
 */
int
stepped_step(const struct rig *r);
/**
 * Measure for @p seconds. The result is from the fastest tenth of many short intervals, which other
 * work on the machine did not disturb.
 * @return 0 or negative errno.
 */
int
stepped_run(struct rig *r, double seconds, struct stepped *out);

#endif /* _STEPPED_H_ */
