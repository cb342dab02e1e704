/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_SYNC_H_
#define _SL_SYNC_H_

/**
 * @file
 * The sync calls: how ownership of shared memory passes between CPU and NIC.
 *
 *   sl_flush    CPU wrote, NIC will read   (rules T1, T2)
 *   sl_prepare  NIC will write             (rule R1)
 *   sl_update   NIC wrote, CPU will read   (rules R2, R3)
 *   sl_update_nofence    one of several updates without a fence
 *   sl_update_fence      one fence that completes them
 *   sl_doorbell_barrier  completes flushes and prepares before the doorbell store (T2)
 *   sl_acquire           DD was read as set; orders later loads after that load (R3)
 *
 *   sl_release  the NIC no longer uses the range, and its content is not needed
 *
 * Each takes the adapter's sync context and the coherency mode as a constant,
 * so that in `coherent` mode only the ordering remains. A sync covers every
 * line that the range touches (rule A1: the range is in one region or mapped
 * buffer). flush and prepare take effect at the next sl_doorbell_barrier; update
 * takes effect before it returns, sl_sync_burst after one fence for all ranges.
 *
 * Datapath-thread calls: no locks, no system calls, no allocation. The caller
 * owns the range.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sl_cache.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Coherency mode of an adapter: how the CPU and the NIC get the same view of memory. */
enum sl_coherency {
	SL_COHERENCY_AUTO,     /**< choose by platform; never the mode of an open adapter */
	SL_COHERENCY_COHERENT, /**< by the platform; the sync calls only order accesses */
	SL_COHERENCY_EXPLICIT, /**< by cache maintenance in the sync calls */
	SL_COHERENCY_CHECKED,  /**< CPU and NIC have separate copies; every hand-over is checked */
};

struct sl_adapter;

/** DMA directions that are allowed for memory in the window. Bit mask. */
enum sl_dma_dir {
	SL_DMA_TO_DEVICE = 1,	/**< the NIC reads */
	SL_DMA_FROM_DEVICE = 2, /**< the NIC writes */
	SL_DMA_BIDIRECTIONAL = 3,
};

/** Use of a region; shown in dumps. Modelled on NDIS_SHARED_MEMORY_USAGE. */
enum sl_usage {
	SL_USAGE_OTHER,
	SL_USAGE_TX_RING,
	SL_USAGE_RX_RING,
	SL_USAGE_TX_DATA,
	SL_USAGE_RX_DATA,
	SL_USAGE_HEAD_WRITEBACK,
};

/** Kind of hand-over that a sync call makes. */
enum sl_sync_verb {
	SL_SYNC_FLUSH,
	SL_SYNC_PREPARE,
	SL_SYNC_UPDATE,
	SL_SYNC_DOORBELL,
};

/** Place of a sync call in the driver's source, for reports. */
struct sl_sync_site {
	const char *file;
	int line;
};

/** Memory that enters the window, described for sl_sync_checker.map. */
struct sl_sync_mapping {
	const char *name; /**< valid only during the call */
	void *va;
	uint64_t iova; /**< IOVA of the first byte */
	size_t len;
	enum sl_dma_dir dir;
	enum sl_usage usage; /**< OTHER for buffers */
	uint16_t queue;	     /**< queue number, or SL_SHM_QUEUE_NONE */
	uint32_t desc_len;   /**< rings: bytes of a descriptor; else 0 */
	bool region;	     /**< false: a buffer, which is handed over for each transfer */
};

/** A device's access to memory, reported just before it is made. */
struct sl_sync_access {
	bool write;
	const void *va; /**< address in the device's view; NULL: a DMA fault */
	uint64_t iova;
	size_t len;
	uint16_t queue; /**< queue number, or SL_SHM_QUEUE_NONE */
	uint32_t desc;	/**< index of the descriptor in its ring, or SL_DESC_NONE */
};

/** sl_sync_access.desc of an access that belongs to no descriptor. */
#define SL_DESC_NONE UINT32_MAX

/** Receives the sync calls in `checked` mode. sync is required; the others may be NULL. */
struct sl_sync_checker {
	void (*sync)(void *ctx, enum sl_sync_verb verb, const void *va, size_t len,
		const struct sl_sync_site *site);
	/**
	 * Called when memory enters and leaves the window. map returns the device's copy,
	 * whose addresses sl_dma_translate() then returns, or NULL if there is no memory for
	 * it. Without map the device accesses the memory itself. Control thread.
	 */
	void *(*map)(void *ctx, const struct sl_sync_mapping *memory);
	void (*unmap)(void *ctx, void *va, size_t len);
	/** Called by sl_update_fence(). */
	void (*fence)(void *ctx, const struct sl_sync_site *site);
	/** Called by sl_release(). */
	void (*release)(void *ctx, const void *va, size_t len, const struct sl_sync_site *site);
	/** Called before a device thread reads or writes; only software devices call it. */
	void (*access)(void *ctx, const struct sl_sync_access *access);
	/** Called by sl_dma_end(): the device thread has made all accesses it reported. */
	void (*done)(void *ctx);
	void *ctx;
	uint32_t line; /**< bytes of a line, a power of two; 0: the CPU's line size */
};

/** One adapter's sync context. Constant while the adapter is open. */
struct sl_sync {
	enum sl_coherency mode;
	enum sl_cache_op op;
	uint32_t step;			       /**< bytes that one maintenance instruction covers */
	uint32_t line;			       /**< unit of ownership, bytes */
	const struct sl_sync_checker *checker; /**< set in `checked` mode only */
	struct sl_adapter *adapter;	       /**< adapter of this context */
};

/**
 * Verify rule A1: [va, va + len) is in one region or mapped buffer. Takes the
 * adapter's lock: for control threads, and for debug builds (SL_SYNC_DEBUG),
 * in which every sync call calls it.
 * @return 0, or -ERANGE: logged with @p site and counted in sync_faults.
 */
int
sl_sync_verify(const struct sl_sync *s, enum sl_sync_verb verb, const void *va, size_t len,
	const struct sl_sync_site *site);

#ifndef SL_SYNC_CALLS
#define SL_SYNC_CALLS 1 /* 0 compiles the calls out: meson_options.txt, sync_calls */
#endif

#ifndef SL_SYNC_DEBUG
#define SL_SYNC_DEBUG 0 /* 1 verifies the range of each call, and refuses wrong ones */
#endif

/** Place of a call in the source. In C, valid to the end of the block; its file name, always. */
#ifdef __cplusplus
#define SL_SYNC_HERE \
	([]() -> const struct sl_sync_site * { \
		static const struct sl_sync_site here = {__FILE__, __LINE__}; \
		return &here; \
	}())
#else
#define SL_SYNC_HERE (&(const struct sl_sync_site){__FILE__, __LINE__})
#endif

/* In `explicit` mode: one maintenance instruction for each step of the range. */
static inline __attribute__((always_inline)) void
sl_sync_lines(const struct sl_sync *s, enum sl_sync_verb verb, const void *va, size_t len)
{
	uintptr_t p = (uintptr_t)va & ~((uintptr_t)s->step - 1);
	uintptr_t end = (uintptr_t)va + len;

	for (; p < end && len > 0; p += s->step) {
		if (verb == SL_SYNC_UPDATE)
			sl_cache_flush_line(s->op, (const void *)p);
		else
			sl_cache_clean_line(s->op, (const void *)p);
	}
}

/* always_inline: mode and verb are constants, and the branches on them must fold away. */
static inline __attribute__((always_inline)) void
sl_sync_range(const struct sl_sync *s, enum sl_coherency mode, enum sl_sync_verb verb,
	const void *va, size_t len, const struct sl_sync_site *site)
{
#if SL_SYNC_CALLS
	if (SL_SYNC_DEBUG && sl_sync_verify(s, verb, va, len, site) != 0)
		return;
	if (mode == SL_COHERENCY_COHERENT)
		return;
	if (mode == SL_COHERENCY_CHECKED) {
		s->checker->sync(s->checker->ctx, verb, va, len, site);
		return;
	}
	(void)site;
	sl_sync_lines(s, verb, va, len);
#else
	(void)s;
	(void)mode;
	(void)verb;
	(void)va;
	(void)len;
	(void)site;
#endif
}

/** The CPU wrote [va, va + len); the NIC will read it. Call before the doorbell (T1, T2). */
#define sl_flush(s, mode, va, len) \
	sl_sync_range((s), (mode), SL_SYNC_FLUSH, (va), (len), SL_SYNC_HERE)

/**
 * The NIC will write [va, va + len): afterwards no line of it is dirty (R1).
 * The CPU must not write to the range until it has taken it back from the NIC.
 */
#define sl_prepare(s, mode, va, len) \
	sl_sync_range((s), (mode), SL_SYNC_PREPARE, (va), (len), SL_SYNC_HERE)

/**
 * The NIC wrote [va, va + len); later loads see it (R2, R3). Write-back and
 * invalidate: a dirty line would overwrite what the NIC wrote.
 */
#define sl_update(s, mode, va, len) \
	do { \
		sl_update_nofence((s), (mode), (va), (len)); \
		sl_update_fence((s), (mode)); \
	} while (0)

/** One of several updates; none takes effect before sl_update_fence(). */
#define sl_update_nofence(s, mode, va, len) \
	sl_sync_range((s), (mode), SL_SYNC_UPDATE, (va), (len), SL_SYNC_HERE)

/** All updates before it are complete before any load after it. */
#define sl_update_fence(s, mode) sl_update_fence_at((s), (mode), SL_SYNC_HERE)

static inline __attribute__((always_inline)) void
sl_update_fence_at(const struct sl_sync *s, enum sl_coherency mode, const struct sl_sync_site *site)
{
	(void)s;
	(void)site;
#if SL_SYNC_CALLS
	if (mode == SL_COHERENCY_EXPLICIT)
		sl_cache_fence_flush();
	if (mode == SL_COHERENCY_CHECKED && s->checker->fence != NULL)
		s->checker->fence(s->checker->ctx, site);
#else
	(void)mode;
#endif
}

/**
 * The NIC no longer uses [va, va + len) and what it wrote is not needed: a queue
 * was stopped, a frame is dropped. Memory taken back by sl_update() needs no
 * release. Has an effect only in `checked` mode: it ends the NIC's ownership.
 * The content of the range is undefined until written.
 */
#define sl_release(s, mode, va, len) sl_release_at((s), (mode), (va), (len), SL_SYNC_HERE)

static inline __attribute__((always_inline)) void
sl_release_at(const struct sl_sync *s, enum sl_coherency mode, const void *va, size_t len,
	const struct sl_sync_site *site)
{
	(void)s;
	(void)mode;
	(void)va;
	(void)len;
	(void)site;
#if SL_SYNC_CALLS
	if (mode == SL_COHERENCY_CHECKED && s->checker->release != NULL)
		s->checker->release(s->checker->ctx, va, len, site);
#endif
}

/** The NIC sees every earlier flush, prepare and store before any later doorbell store (T2). */
#define sl_doorbell_barrier(s, mode) sl_doorbell_barrier_at((s), (mode), SL_SYNC_HERE)

static inline __attribute__((always_inline)) void
sl_doorbell_barrier_at(
	const struct sl_sync *s, enum sl_coherency mode, const struct sl_sync_site *site)
{
	(void)s;
	(void)site;
#if SL_SYNC_CALLS
	if (mode == SL_COHERENCY_EXPLICIT)
		sl_cache_fence_clean();
	if (mode == SL_COHERENCY_CHECKED)
		s->checker->sync(s->checker->ctx, SL_SYNC_DOORBELL, NULL, 0, site);
#else
	(void)mode;
#endif
	sl_cache_fence_doorbell();
}

/** A load of DD (or of the head write-back) is done before any load after it (R3). */
static inline __attribute__((always_inline)) void
sl_acquire(void)
{
	sl_cache_fence_acquire();
}

/** One range of a burst. */
struct sl_range {
	const void *va;
	size_t len;
};

/** Flush, prepare or update @p n ranges; updates end with one fence for all ranges. */
#define sl_sync_burst(s, mode, verb, ranges, n) \
	sl_sync_burst_at((s), (mode), (verb), (ranges), (n), SL_SYNC_HERE)

static inline __attribute__((always_inline)) void
sl_sync_burst_at(const struct sl_sync *s, enum sl_coherency mode, enum sl_sync_verb verb,
	const struct sl_range *ranges, unsigned int n, const struct sl_sync_site *site)
{
	unsigned int i;

	for (i = 0; i < n && (SL_SYNC_DEBUG || mode != SL_COHERENCY_COHERENT); i++)
		sl_sync_range(s, mode, verb, ranges[i].va, ranges[i].len, site);
	if (verb == SL_SYNC_UPDATE)
		sl_update_fence_at(s, mode, site);
}

#ifdef __cplusplus
}
#endif

#endif /* _SL_SYNC_H_ */
