/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_VEC_H_
#define _SL_VEC_H_

/**
 * @file
 * Vectors of 16-byte lanes. A lane is a descriptor, or 16 bytes of an mbuf. The burst functions are
 * written in lanes and compiled for each vector width: only the number of lanes differs. Arithmetic
 * uses the compiler's operators (vector_size); this file has the operations that have no operator.
 *
 * SL_SIMD, set by the build, is the vector width in bits: 0 (no vectors), 128, 256, 512.
 */

#include <stdbool.h>
#include <stdint.h>

/* 0 removes the checks of values that a NIC writes. Only to measure their cost. */
#ifndef SL_BOUNDS
#define SL_BOUNDS 1
#endif

#ifndef SL_SIMD
#define SL_SIMD 0
#endif

/** Descriptors that are processed together: a line of 64 bytes. */
#define SL_QUAD 4u

#if SL_SIMD > 0

/* 1: plain C without intrinsics, for the proofs in tests/proof. */
#ifndef SL_VEC_PLAIN
#define SL_VEC_PLAIN 0
#endif

#if SL_VEC_PLAIN
/* The plain C versions are below. */
#elif defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#else
#error "SL_SIMD: x86-64 and AArch64 alone have vector paths"
#endif

#define SL_VEC_BYTES (SL_SIMD / 8)
/** Lanes per vector. */
#define SL_VEC_LANES (SL_VEC_BYTES / 16u)
/** Vectors per quad. */
#define SL_QUAD_VECS (SL_QUAD / SL_VEC_LANES)

/**
 * A vector, by the width of its elements. may_alias, because vectors are loaded from mbufs and
 * stored to descriptors, and the reverse.
 */
typedef uint8_t sl_vec8 __attribute__((vector_size(SL_VEC_BYTES), may_alias));
typedef uint16_t sl_vec16 __attribute__((vector_size(SL_VEC_BYTES), may_alias));
typedef uint32_t sl_vec32 __attribute__((vector_size(SL_VEC_BYTES), may_alias));
typedef uint64_t sl_vec64 __attribute__((vector_size(SL_VEC_BYTES), may_alias));
/** One lane. */
typedef uint64_t sl_lane __attribute__((vector_size(16), may_alias));
typedef uint8_t sl_lane8 __attribute__((vector_size(16), may_alias));

/** Index of a shuffle whose result byte is zero. */
#define SL_VEC_ZERO 0xff

/*
 * A lane is loaded in one access. On x86, the 16 bytes of a descriptor whose DD is set are then of
 * one write-back, since processors with AVX load aligned 16 bytes atomically. AArch64 guarantees
 * this for 8 bytes only. A build may set 0 to test the AArch64 code on x86.
 */
#ifndef SL_LANE_IS_ATOMIC
#if defined(__x86_64__)
#define SL_LANE_IS_ATOMIC 1
#else
#define SL_LANE_IS_ATOMIC 0
#endif
#endif
#if !SL_LANE_IS_ATOMIC && SL_SIMD != 128
#error "SL_LANE_IS_ATOMIC 0: a vector must be one lane (SL_SIMD 128)"
#endif

/** Load 16 aligned bytes exactly once. */
static inline __attribute__((always_inline)) sl_lane
sl_lane_load(const volatile void *p)
{
	return *(const volatile sl_lane *)p;
}

static inline __attribute__((always_inline)) void
sl_lane_store(void *p, sl_lane v)
{
	*(sl_lane *)p = v;
}

/** Store to an address that is aligned to a lane. The compiler may split the store. */
static inline __attribute__((always_inline)) void
sl_vec_store(volatile void *p, sl_vec64 v)
{
	typedef sl_vec64 at_lane __attribute__((aligned(16)));

	*(at_lane *)(uintptr_t)p = v;
}

#if SL_VEC_PLAIN

/* The operations, element by element. They are described at the versions with intrinsics. */

static inline sl_vec64
sl_vec_join(const sl_lane *lane)
{
	sl_vec64 v;
	unsigned int i;

	for (i = 0; i < 2 * SL_VEC_LANES; i++)
		v[i] = lane[i / 2][i % 2];
	return v;
}

static inline sl_lane
sl_vec_lane(sl_vec64 v, unsigned int i)
{
	return (sl_lane){v[2 * i], v[2 * i + 1]};
}

static inline sl_vec64
sl_vec_each(sl_lane lane)
{
	sl_vec64 v;
	unsigned int i;

	for (i = 0; i < 2 * SL_VEC_LANES; i++)
		v[i] = lane[i % 2];
	return v;
}

static inline sl_vec64
sl_vec_shuffle(sl_vec64 v, sl_vec64 which)
{
	const sl_vec8 from = (sl_vec8)v, at = (sl_vec8)which;
	sl_vec8 to;
	unsigned int i;

	for (i = 0; i < SL_VEC_BYTES; i++)
		to[i] = (at[i] & 0x80) != 0 ? 0 : from[(i & ~15u) + (at[i] & 15u)];
	return (sl_vec64)to;
}

static inline sl_vec64
sl_vec_above16(sl_vec64 v, sl_vec64 most)
{
	const sl_vec16 a = (sl_vec16)v, b = (sl_vec16)most;
	sl_vec16 above;
	unsigned int i;

	for (i = 0; i < SL_VEC_BYTES / 2; i++)
		above[i] = a[i] > b[i] ? (uint16_t)(a[i] - b[i]) : 0;
	return (sl_vec64)above;
}

static inline bool
sl_vec_any(sl_vec64 v)
{
	uint64_t any = 0;
	unsigned int i;

	for (i = 0; i < 2 * SL_VEC_LANES; i++)
		any |= v[i];
	return any != 0;
}

#else

/** Join SL_VEC_LANES lanes to a vector. */
static inline __attribute__((always_inline)) sl_vec64
sl_vec_join(const sl_lane *lane)
{
#if SL_SIMD == 128
	return lane[0];
#elif SL_SIMD == 256
	return (sl_vec64)_mm256_inserti128_si256(
		_mm256_castsi128_si256((__m128i)lane[0]), (__m128i)lane[1], 1);
#else
	const __m256i low = _mm256_inserti128_si256(
			      _mm256_castsi128_si256((__m128i)lane[0]), (__m128i)lane[1], 1),
		      high = _mm256_inserti128_si256(
			      _mm256_castsi128_si256((__m128i)lane[2]), (__m128i)lane[3], 1);

	return (sl_vec64)_mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
#endif
}

/** Lane @p i of a vector. @p i is a constant. */
static inline __attribute__((always_inline)) sl_lane
sl_vec_lane(sl_vec64 v, unsigned int i)
{
#if SL_SIMD == 128
	(void)i;
	return v;
#elif SL_SIMD == 256
	return (sl_lane)(i == 0 ? _mm256_castsi256_si128((__m256i)v) :
				  _mm256_extracti128_si256((__m256i)v, 1));
#else
	switch (i) {
	case 0:
		return (sl_lane)_mm512_castsi512_si128((__m512i)v);
	case 1:
		return (sl_lane)_mm512_extracti32x4_epi32((__m512i)v, 1);
	case 2:
		return (sl_lane)_mm512_extracti32x4_epi32((__m512i)v, 2);
	default:
		return (sl_lane)_mm512_extracti32x4_epi32((__m512i)v, 3);
	}
#endif
}

/** A vector whose lanes are all @p lane. */
static inline __attribute__((always_inline)) sl_vec64
sl_vec_each(sl_lane lane)
{
#if SL_SIMD == 128
	return lane;
#elif SL_SIMD == 256
	return (sl_vec64){lane[0], lane[1], lane[0], lane[1]};
#else
	return (sl_vec64){lane[0], lane[1], lane[0], lane[1], lane[0], lane[1], lane[0], lane[1]};
#endif
}

/**
 * Move bytes within each lane: byte i of the result is byte @p which[i] of @p v, or 0 for
 * SL_VEC_ZERO.
 */
static inline __attribute__((always_inline)) sl_vec64
sl_vec_shuffle(sl_vec64 v, sl_vec64 which)
{
#if defined(__aarch64__)
	return (sl_vec64)vqtbl1q_u8((uint8x16_t)v, (uint8x16_t)which);
#elif SL_SIMD == 128
	return (sl_vec64)_mm_shuffle_epi8((__m128i)v, (__m128i)which);
#elif SL_SIMD == 256
	return (sl_vec64)_mm256_shuffle_epi8((__m256i)v, (__m256i)which);
#else
	return (sl_vec64)_mm512_shuffle_epi8((__m512i)v, (__m512i)which);
#endif
}

/** Each 16-bit element is nonzero if @p v is above @p most there, unsigned. */
static inline __attribute__((always_inline)) sl_vec64
sl_vec_above16(sl_vec64 v, sl_vec64 most)
{
#if defined(__aarch64__)
	return (sl_vec64)vqsubq_u16((uint16x8_t)v, (uint16x8_t)most);
#elif SL_SIMD == 128
	return (sl_vec64)_mm_subs_epu16((__m128i)v, (__m128i)most);
#elif SL_SIMD == 256
	return (sl_vec64)_mm256_subs_epu16((__m256i)v, (__m256i)most);
#else
	return (sl_vec64)_mm512_subs_epu16((__m512i)v, (__m512i)most);
#endif
}

/** True if any bit is set. */
static inline __attribute__((always_inline)) bool
sl_vec_any(sl_vec64 v)
{
#if defined(__aarch64__)
	return vmaxvq_u32((uint32x4_t)v) != 0;
#elif SL_SIMD == 128
	return _mm_testz_si128((__m128i)v, (__m128i)v) == 0;
#elif SL_SIMD == 256
	return _mm256_testz_si256((__m256i)v, (__m256i)v) == 0;
#else
	return _mm512_test_epi64_mask((__m512i)v, (__m512i)v) != 0;
#endif
}

#endif /* SL_VEC_PLAIN */

/** Sum over all lanes of their first (@p which 0) or second (1) 8-byte word. */
static inline __attribute__((always_inline)) uint64_t
sl_vec_sum(sl_vec64 v, unsigned int which)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < SL_VEC_LANES; i++)
		sum += sl_vec_lane(v, i)[which];
	return sum;
}

#endif /* SL_SIMD > 0 */

#endif /* _SL_VEC_H_ */
