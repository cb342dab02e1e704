/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SOFTNIC_SUM_H_
#define _SOFTNIC_SUM_H_

/**
 * @file
 * Sums over the bytes of a frame: checksums, CRCs and the RSS hash. Pure functions.
 */

#include <stddef.h>
#include <stdint.h>

/** One's complement sum of bytes, not folded, added to @p sum; odd lengths are padded with zero. */
uint64_t
softnic_sum(const uint8_t *data, size_t len, uint64_t sum);
/** Fold a sum to 16 bits, not inverted. */
uint16_t
softnic_sum_fold(uint64_t sum);

/** Ethernet's FCS of @p len bytes. */
uint32_t
softnic_crc32(const uint8_t *data, size_t len);
/** SCTP's CRC32c of @p len bytes, with the checksum field taken as zero. */
uint32_t
softnic_crc32c_sctp(const uint8_t *sctp, size_t len);

/** Toeplitz hash of @p len bytes, at most 36, with a @p key of 40 bytes: 7.1.2.8.1. */
uint32_t
softnic_toeplitz(const uint8_t *key, const uint8_t *data, size_t len);

#endif /* _SOFTNIC_SUM_H_ */
