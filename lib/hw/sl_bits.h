/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_BITS_H_
#define _SL_BITS_H_

/**
 * @file
 * Bit and field helpers for registers and descriptors. A field is one mask;
 * its shift follows from the mask's lowest bit, so each field has one name.
 */

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The 32-bit word with only bit @p n set, n = 0..31. */
#define SL_BIT(n) (UINT32_C(1) << (n))

/** A field of @p width bits (1..31) whose lowest bit is @p shift. */
#define SL_MASK(shift, width) (((UINT32_C(1) << (width)) - 1) << (shift))

/** Value of field @p mask in the 32-bit word @p v. */
#define SL_GET(mask, v) (((uint32_t)(v) & (mask)) >> __builtin_ctz(mask))

/** Value @p x placed in field @p mask; bits of x that do not fit are dropped. */
#define SL_PREP(mask, x) (((uint32_t)(x) << __builtin_ctz(mask)) & (mask))

/** Word @p v with field @p mask replaced by @p x. */
#define SL_SET(mask, v, x) (((uint32_t)(v) & ~(mask)) | SL_PREP(mask, x))

#ifdef __cplusplus
}
#endif

#endif /* _SL_BITS_H_ */
