/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _WIRE_BYTES_H_
#define _WIRE_BYTES_H_

/** @file Numbers in frames: big-endian, at any address. */

#include <endian.h>
#include <stdint.h>
#include <string.h>

static inline uint16_t
wire_get16(const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return be16toh(v);
}

static inline uint64_t
wire_get64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return be64toh(v);
}

static inline void
wire_put16(uint8_t *p, uint32_t v)
{
	const uint16_t be = htobe16((uint16_t)v);

	memcpy(p, &be, sizeof(be));
}

static inline void
wire_put64(uint8_t *p, uint64_t v)
{
	const uint64_t be = htobe64(v);

	memcpy(p, &be, sizeof(be));
}

#endif /* _WIRE_BYTES_H_ */
