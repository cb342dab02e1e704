/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _PROOF_WORLD_H_
#define _PROOF_WORLD_H_

/**
 * @file
 * Environment of the burst functions in a proof: a mempool whose mbufs each have one owner at a
 * time, buffers and rings that sync calls must not exceed, and values that may be anything.
 * Included once per proof, before the source of the functions.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Functions without a body: for the prover they return any value. */
bool
nondet_bool(void);
uint16_t
nondet_u16(void);
uint32_t
nondet_u32(void);
uint64_t
nondet_u64(void);

/** Each call makes a separate object with any content. */
void *
malloc(size_t n);

/**
 * Called before each read of volatile memory: reads.py.
 * @return true if the device may write there, so the read may return anything
 */
static bool
world_read(const volatile void *p, size_t len);

#include <rte_mbuf.h>

#include "sl_port.h"
#include "sl_vec.h"

/** 1: the data of an mbuf is in pinned external buffers and may be shared. */
#ifndef WORLD_APART
#define WORLD_APART 0
#endif

/** Descriptor format of the bursts, name of their function, and frame lengths of the NIC. */
#ifdef PROOF_IXGBE
#define PROOF_FORMAT sl_format_of_IXGBE
#define PROOF_PATH(dir, what) SL_PATH_NAME(dir, SL_ISA, what##_ixgbe)
#define PROOF_FRAME_MIN SL_IXGBE_TX_FRAME_MIN
#define PROOF_FRAME_MAX SL_IXGBE_FRAME_MAX
#else
#define PROOF_FORMAT sl_format_of_IGB
#define PROOF_PATH(dir, what) SL_PATH_NAME(dir, SL_ISA, what)
#define PROOF_FRAME_MIN SL_IGB_TX_FRAME_MIN
#define PROOF_FRAME_MAX SL_IGB_FRAME_MAX
#endif

#define PROOF(what, why) __CPROVER_assert(what, why)
#define ASSUME(what) __CPROVER_assume(what)

/* --- mbufs --- */

/** Bytes of a buffer after its headroom, more than the driver is given. */
#ifndef ROOM
#define ROOM 4096u
#endif

/** Owner of an mbuf. */
enum place {
	IN_POOL,
	POSTED,	   /* in a descriptor of the NIC */
	GIVEN,	   /* passed to a burst that may take it */
	IN_CHAIN,  /* in an incomplete frame */
	WITH_USER, /* returned, or also held by another owner */
	IN_FLIGHT, /* in a descriptor that was handed over */
};

struct world_mbuf {
	struct rte_mbuf m;
	enum place place;
	void *data;	   /* its buffer */
	uint32_t readable; /* bytes that the CPU may read; explicit and checked: the updated ones */
	struct rte_mbuf_ext_shared_info shared; /* reference count of a pinned external buffer */
};

static struct world_mbuf *mbufs[WORLD_MBUFS];
static struct rte_pktmbuf_pool_private pool_priv;
static struct rte_mempool_cache pool_cache;
static struct rte_mempool pool = {.priv = &pool_priv};
/** Index of the next mbuf to allocate. */
static unsigned int pool_next;
/** Flags that each mbuf of the pool keeps. */
static uint64_t pool_flags;

static inline struct world_mbuf *
world_of(const struct rte_mbuf *m)
{
	return (struct world_mbuf *)(uintptr_t)m;
}

/** Make an mbuf as its pool has it. All other fields may be anything. */
static inline void
world_mbuf(unsigned int i, enum place place)
{
	struct world_mbuf *w = malloc(sizeof(*w));
	struct rte_mbuf *m = &w->m;

	w->place = place;
	w->data = malloc(RTE_PKTMBUF_HEADROOM + ROOM);
	w->readable = 0;
	w->shared.refcnt = 1;
	m->buf_addr = w->data;
	m->pool = &pool;
	m->next = NULL;
	m->data_off = RTE_PKTMBUF_HEADROOM;
	m->nb_segs = 1;
	m->refcnt = 1;
	m->ol_flags = (m->ol_flags & ~(RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL)) | pool_flags;
	mbufs[i] = w;
}

/** An ordinary pool or one with pinned external buffers, with or without a cache. */
static inline void
world_pool(void)
{
	const bool pinned = nondet_bool();

	pool_flags = pinned ? RTE_MBUF_F_EXTERNAL : 0;
	pool_priv.flags = pinned ? RTE_PKTMBUF_POOL_F_PINNED_EXT_BUF : 0;
	pool.cache = NULL;
}

int
rte_mempool_get_bulk(struct rte_mempool *mp, void **obj, unsigned int n)
{
	unsigned int i;

	PROOF(mp == &pool, "asked of the queue's pool");
	if (nondet_bool() || pool_next + n > WORLD_MBUFS)
		return -ENOENT;
	for (i = 0; i < n; i++) {
		struct world_mbuf *w = mbufs[pool_next + i];

		w->place = POSTED;
		obj[i] = &w->m;
	}
	pool_next += n;
	return 0;
}

void
rte_mempool_put_bulk(struct rte_mempool *mp, void *const *obj, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		struct world_mbuf *w = obj[i];

		PROOF(w->m.pool == mp, "given back to its own pool");
		PROOF(w->place != IN_POOL && w->place != WITH_USER, "the driver has what it frees");
		PROOF(!WORLD_APART || (w->m.refcnt == 1 && w->shared.refcnt == 1),
			"nobody else has what is given back");
		w->place = IN_POOL;
	}
}

/*
 * Release a segment. DPDK's own function has more operations, which cost the prover time. @return
 * the segment if it has no other owner.
 */
static inline struct rte_mbuf *
world_prefree_seg(struct rte_mbuf *m)
{
	PROOF(world_of(m)->place != IN_POOL && world_of(m)->place != WITH_USER,
		"the driver has what it frees");
	if (m->refcnt > 1) {
		m->refcnt--;
		world_of(m)->place = WITH_USER;
		return NULL;
	}
	/* The last clone to be freed also frees the mbuf. */
	if (WORLD_APART && world_of(m)->shared.refcnt > 1) {
		world_of(m)->shared.refcnt--;
		world_of(m)->place = WITH_USER;
		return NULL;
	}
	m->next = NULL;
	m->nb_segs = 1;
	/* Attached data is detached. */
	if (!WORLD_APART)
		m->ol_flags =
			(m->ol_flags & ~(RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL)) | pool_flags;
	else if ((rte_pktmbuf_priv_flags(m->pool) & RTE_PKTMBUF_POOL_F_PINNED_EXT_BUF) == 0)
		m->ol_flags &= ~(RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL);
	return m;
}

static inline void
world_free_seg(struct rte_mbuf *m)
{
	m = world_prefree_seg(m);
	if (m != NULL)
		rte_mbuf_raw_free(m);
}

static inline void
world_free(struct rte_mbuf *m)
{
	struct rte_mbuf *next;

	for (; m != NULL; m = next) {
		next = m->next;
		world_free_seg(m);
	}
}
#define rte_pktmbuf_prefree_seg world_prefree_seg
#define rte_pktmbuf_free_seg world_free_seg
#define rte_pktmbuf_free world_free

/* The driver copies only mbuf pointers and single words of mbufs. */
static inline void
world_copy(void *to, const void *from, size_t n)
{
	size_t i;

	PROOF(__CPROVER_r_ok(from, n) && __CPROVER_w_ok(to, n), "copied within objects");
	if (n == sizeof(uint32_t)) {
		*(uint32_t *)to = *(const uint32_t *)from;
		return;
	}
	PROOF(n % sizeof(uint64_t) == 0, "copied by words");
	for (i = 0; i < n / sizeof(uint64_t); i++)
		((uint64_t *)to)[i] = ((const uint64_t *)from)[i];
}
#define memcpy world_copy

#endif /* _PROOF_WORLD_H_ */
