/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Bounce buffers for a software device: copies of host memory that is not
 * contiguous in this process. Either its pages are adjacent only for the device,
 * or it is accessed by messages. Data to read is copied at once. Written data is
 * copied to the host when the device flushes, in the order of its translations.
 */

#include <stdlib.h>
#include <string.h>

#include "sl_shm_priv.h"

/* Longest translation: a descriptor's buffer is below 64 KiB, a part of a ring is shorter. */
#define CHUNK ((size_t)1 << 17)
/* 32 MiB: a batch of 64 frames to segment, of at most 256 KiB each, uses half of it. */
#define CHUNKS 256u
/* Copies begin on a line, so that they are aligned like the memory that they replace. */
#define ALIGN ((size_t)64)
#define WRITES_MIN 64u

/* A range that is written at the next flush. */
struct bounce_write {
	uint64_t iova;
	const uint8_t *from;
	size_t len;
};

struct sl_dma_bounce {
	uint8_t *chunk[CHUNKS]; /* kept for the next step */
	unsigned int at;	/* the chunk in use */
	size_t used;		/* used bytes of this chunk */
	struct bounce_write *writes;
	unsigned int room; /* entries of writes */
};

struct sl_dma_bounce *
sl_bounce_new(void)
{
	return calloc(1, sizeof(struct sl_dma_bounce));
}

void
sl_bounce_free(struct sl_dma_bounce *b)
{
	unsigned int i;

	if (b == NULL)
		return;
	for (i = 0; i < CHUNKS; i++)
		free(b->chunk[i]);
	free(b->writes);
	free(b);
}

void
sl_bounce_reset(struct sl_dma_bounce *b)
{
	b->at = 0;
	b->used = 0;
}

static uint8_t *
take(struct sl_dma_bounce *b, size_t len)
{
	uint8_t *p;

	len = (len + ALIGN - 1) & ~(ALIGN - 1);
	if (len > CHUNK)
		return NULL;
	if (b->used + len > CHUNK) {
		b->at++;
		b->used = 0;
	}
	if (b->at >= CHUNKS)
		return NULL;
	if (b->chunk[b->at] == NULL)
		b->chunk[b->at] = aligned_alloc(ALIGN, CHUNK);
	if (b->chunk[b->at] == NULL)
		return NULL;
	p = b->chunk[b->at] + b->used;
	b->used += len;
	return p;
}

/* Store in ascending order, whole words where they are aligned, for a reader on another CPU. */
static void
store_in_order(uint8_t *to, const uint8_t *from, size_t len)
{
	uint64_t word;

	for (; len != 0 && ((uintptr_t)to & 7) != 0; len--)
		__atomic_store_n(to++, *from++, __ATOMIC_RELEASE);
	for (; len >= sizeof(word); len -= sizeof(word)) {
		memcpy(&word, from, sizeof(word));
		/* R3: a descriptor's end announces it, and is stored after its beginning. */
		__atomic_store_n((uint64_t *)(void *)to, word, __ATOMIC_RELEASE);
		to += sizeof(word);
		from += sizeof(word);
	}
	for (; len != 0; len--)
		__atomic_store_n(to++, *from++, __ATOMIC_RELEASE);
}

/*
 * Walk over the segments of a range. @p to not NULL: copy from the segments; else @p from not NULL:
 * copy to the segments; else only check. False if part of the range is in no segment, is not mapped
 * for @p dir, or cannot be copied.
 */
static bool
walk(const struct sl_dma_host *h, uint64_t iova, size_t len, enum sl_dma_dir dir, uint8_t *to,
	const uint8_t *from)
{
	while (len != 0) {
		struct sl_dma_piece p;
		size_t part;
		uint8_t *va;

		if (!h->find(h->ctx, iova, &p) || (p.dir & dir) != dir)
			return false;
		part = p.len - (iova - p.iova);
		part = part < len ? part : len;
		va = p.va != NULL ? p.va + (iova - p.iova) : NULL;
		if (to != NULL) {
			if (va != NULL)
				memcpy(to, va, part);
			else if (h->read(h->ctx, iova, to, part) != 0)
				return false;
			to += part;
		} else if (from != NULL) {
			if (va != NULL)
				store_in_order(va, from, part);
			else if (h->write(h->ctx, iova, from, part) != 0)
				return false;
			from += part;
		}
		iova += part;
		len -= part;
		if (iova == 0 && len != 0)
			return false; /* beyond the last address */
	}
	return true;
}

static bool
remember(struct sl_dma *d, uint64_t iova, const uint8_t *from, size_t len)
{
	struct sl_dma_bounce *b = d->bounce;

	if (d->unwritten == b->room) {
		unsigned int room = b->room != 0 ? 2 * b->room : WRITES_MIN;
		struct bounce_write *more = realloc(b->writes, room * sizeof(*more));

		if (more == NULL)
			return false;
		b->writes = more;
		b->room = room;
	}
	b->writes[d->unwritten++] = (struct bounce_write){iova, from, len};
	return true;
}

void *
sl_bounce_take(struct sl_dma *d, uint64_t iova, size_t len, enum sl_dma_dir dir)
{
	uint8_t *p;

	/* A translation for both directions would need copies in both directions. */
	if (dir == SL_DMA_BIDIRECTIONAL || !walk(d->host, iova, len, dir, NULL, NULL))
		return NULL;
	p = take(d->bounce, len);
	if (p == NULL)
		return NULL;
	if (dir == SL_DMA_TO_DEVICE)
		return walk(d->host, iova, len, dir, p, NULL) ? p : NULL;
	return remember(d, iova, p, len) ? p : NULL;
}

void
sl_dma_release_bounce(struct sl_dma *d)
{
	sl_dma_flush(d);
	sl_bounce_reset(d->bounce);
}

void
sl_dma_flush_bounce(struct sl_dma *d)
{
	const struct bounce_write *w = d->bounce->writes;
	unsigned int i;

	for (i = 0; i < d->unwritten; i++) {
		if (!walk(d->host, w[i].iova, w[i].len, SL_DMA_FROM_DEVICE, NULL, w[i].from))
			__atomic_store_n(&d->faults, d->faults + 1, __ATOMIC_RELAXED);
	}
	d->unwritten = 0;
}
