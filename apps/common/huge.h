/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _HUGE_H_
#define _HUGE_H_

/**
 * @file
 * Test whether hugepages can be allocated. Pages that the kernel counts as free may be reserved by
 * other processes, or exceed the limit of this process's control group. So a child process
 * allocates some for a moment.
 */

#include <stdbool.h>

/**
 * Decide whether EAL is started with hugepages (--in-memory), or with 4 KiB pages (--no-huge, which
 * EAL does not accept together with --in-memory). Call it before EAL starts.
 * @param mib memory for EAL
 * @return false: that much cannot be allocated; or there is a hugetlbfs that this user may not
 * read, with which EAL fails; or the environment has a nonempty SL_NO_HUGE.
 */
bool
huge_choose(unsigned int mib);

#endif /* _HUGE_H_ */
