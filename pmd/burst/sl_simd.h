/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_SIMD_H_
#define _SL_SIMD_H_

/**
 * @file
 * Vector widths that the burst functions can use on this machine. Control path.
 */

#include <stdbool.h>

/** See sl_pmd_simd_runs(). */
bool
sl_simd_runs(unsigned int bits);

#endif /* _SL_SIMD_H_ */
