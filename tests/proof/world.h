/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _PROOF_WORLD_H_
#define _PROOF_WORLD_H_

/**
 * @file
 * What surrounds the burst functions in a proof: a mempool whose every mbuf is
 * in one place at a time, buffers and rings that sync calls may not leave, and
 * values that may be anything. Included once a proof, before the functions' source.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Functions without a body: the prover has them return anything. */
bool
nondet_bool(void);
uint16_t
nondet_u16(void);
uint32_t
nondet_u32(void);
uint64_t
nondet_u64(void);

/** Each makes an object of its own, whose content may be anything. */
void *
malloc(size_t n);

/**
 * Each read of volatile memory comes here first: reads.py.
 * @return true when the device may write there: what is read may be anything
 */
static bool
world_read(const volatile void *p, size_t len);

#include <rte_mbuf.h>

#include "sl_port.h"
#include "sl_vec.h"

/** 1: others may have an mbuf's data, which lies apart. */
#ifndef WORLD_APART
#define WORLD_APART 0
#endif

#define PROOF(what, why) __CPROVER_assert(what, why)
#define ASSUME(what) __CPROVER_assume(what)

/* --- mbufs --- */

/** Bytes of a buffer behind its headroom, more than the driver is told of. */
#ifndef ROOM
#define ROOM 4096u
#endif

/** Where an mbuf is. */
enum place {
	IN_POOL,
	POSTED,	   /* behind a descriptor that the NIC has */
	GIVEN,	   /* to a burst that may take it */
	IN_CHAIN,  /* in a frame being put together */
	WITH_USER, /* handed up, or held by somebody else as well */
	IN_FLIGHT, /* behind a descriptor that was handed over */
};

struct world_mbuf {
	struct rte_mbuf m;
	enum place place;
	void *data;	   /* its buffer */
	uint32_t readable; /* bytes that the CPU may read; explicit and checked: those updated */
	struct rte_mbuf_ext_shared_info shared; /* counts who has its data, where that lies apart */
};

static struct world_mbuf *mbufs[WORLD_MBUFS];
static struct rte_pktmbuf_pool_private pool_priv;
static struct rte_mempool_cache pool_cache;
static struct rte_mempool pool = {.priv = &pool_priv};
/** The next one that the pool gives. */
static unsigned int pool_next;
/** Flags that each mbuf of the pool keeps. */
static uint64_t pool_flags;

static inline struct world_mbuf *
world_of(const struct rte_mbuf *m)
{
	return (struct world_mbuf *)(uintptr_t)m;
}

/** An mbuf as its pool has it; all that is not said here may be anything. */
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

/** Anything between an ordinary pool and one of pinned external buffers, with a cache or without.
 */
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

/* A segment is given up, in few words: DPDK's own asks much of each. @return it when nobody else
 * has it. */
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
	/* The last clone that goes takes the mbuf with it. */
	if (WORLD_APART && world_of(m)->shared.refcnt > 1) {
		world_of(m)->shared.refcnt--;
		world_of(m)->place = WITH_USER;
		return NULL;
	}
	m->next = NULL;
	m->nb_segs = 1;
	/* What was of others is theirs again. */
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

/* What is copied by the driver's words is mbuf pointers, and what one word of an mbuf holds. */
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
