/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _COUNTED_HINTS_H_
#define _COUNTED_HINTS_H_

/**
 * @file AArch64 hints that are not assigned in any version of the architecture: marks in counted.h.
 */

#define COUNTED_HINT_ON 120
#define COUNTED_HINT_OFF 121
#define COUNTED_HINT_END 122

#endif /* _COUNTED_HINTS_H_ */
