/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _HUGE_H_
#define _HUGE_H_

/**
 * @file
 * Can hugepages be had? Pages that the kernel counts as free may be reserved by other
 * processes, or be beyond the limit of this process's control group. So a child process
 * takes some for a moment.
 */

#include <stdbool.h>

/**
 * Map and touch hugepages of 2 MiB in a child process, which ends at once.
 * @param mib how much is wanted, rounded up to whole pages
 * @return true: all of it was had.
 */
bool
huge_can_be_had(unsigned int mib);

/**
 * Should EAL be started with hugepages (--in-memory), or with 4 KiB pages (--no-huge,
 * which it does not take together with --in-memory)? To be called before EAL starts.
 * @param mib what EAL is to have
 * @return false: that much cannot be had; or there is a hugetlbfs that this user may not
 * read, at which EAL fails; or the environment has SL_NO_HUGE, not empty.
 */
bool
huge_choose(unsigned int mib);

#endif /* _HUGE_H_ */
