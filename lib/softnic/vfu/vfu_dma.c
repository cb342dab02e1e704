/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The guest's memory: the segments that the client has mapped, sorted by IOVA,
 * and their files. A file is mapped once and completely, because a virtual IOMMU
 * maps many pages of the same file. The device can still access only the
 * segments.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vfu.h"

#define LOG_WARNING 4
#define PIECES_MIN 64u
/* Most adjacent segments that are merged on each side of a segment. */
#define NEIGHBOURS 32u

/* Last address of a segment, which may be UINT64_MAX. */
static uint64_t
last_of(const struct vfu_piece *p)
{
	return p->iova + (p->len - 1);
}

/*
 * Segment i of n. The array has a gap at the last change, so that mapping or unmapping consecutive
 * pages moves only the gap, for any number of segments.
 */
static struct vfu_piece *
piece_at(const struct vfu_dma *d, unsigned int i)
{
	return &d->piece[i < d->gap ? i : i + (d->room - d->n)];
}

/* Move the gap to segment i. */
static void
gap_move(struct vfu_dma *d, unsigned int i)
{
	struct vfu_piece *behind = d->piece + d->gap + (d->room - d->n);

	if (i < d->gap)
		memmove(behind - (d->gap - i), d->piece + i, (d->gap - i) * sizeof(*behind));
	else if (i > d->gap)
		memmove(d->piece + d->gap, behind, (i - d->gap) * sizeof(*behind));
	d->gap = i;
}

/* Index of the first segment whose last address is not below iova. */
static unsigned int
piece_find(const struct vfu_dma *d, uint64_t iova)
{
	unsigned int lo = 0, hi = d->n;

	while (lo < hi) {
		unsigned int mid = lo + (hi - lo) / 2;

		if (last_of(piece_at(d, mid)) < iova)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* True if b directly follows a, both in IOVA and in the file. */
static bool
goes_on(const struct vfu_piece *a, const struct vfu_piece *b)
{
	return a->iova + a->len == b->iova && a->file == b->file && a->dir == b->dir &&
		(a->file == NULL || a->off + a->len == b->off);
}

/* Find the segment at an IOVA, merged with contiguous neighbours. */
static bool
host_find(void *ctx, uint64_t iova, struct sl_dma_piece *out)
{
	const struct vfu_dma *d = &((const struct sl_vfu *)ctx)->dma;
	unsigned int i = piece_find(d, iova), first, end;
	const struct vfu_piece *p;

	if (i == d->n || iova < piece_at(d, i)->iova)
		return false;
	for (first = i; first > 0 && i - first < NEIGHBOURS; first--) {
		if (!goes_on(piece_at(d, first - 1), piece_at(d, first)))
			break;
	}
	for (end = i + 1; end < d->n && end - i < NEIGHBOURS; end++) {
		if (!goes_on(piece_at(d, end - 1), piece_at(d, end)))
			break;
	}
	p = piece_at(d, first);
	*out = (struct sl_dma_piece){.iova = p->iova,
		.len = last_of(piece_at(d, end - 1)) - p->iova + 1,
		.va = p->file != NULL ? p->file->va + p->off : NULL,
		.dir = p->dir};
	return true;
}

/* Copy by messages, in parts of a size that the client accepts. */
static int
by_messages(struct sl_vfu *v, uint64_t iova, uint8_t *to, const uint8_t *from, size_t len)
{
	uint8_t answer[sizeof(struct vfu_dma_access)];
	uint8_t *read = NULL;
	int rc = 0;

	if (!v->told_messages)
		vfu_log(v, LOG_WARNING,
			"memory at 0x%" PRIx64 " is no file: each DMA there is a message, which is "
			"slow; QEMU shares memory with memory-backend-memfd,share=on",
			iova);
	v->told_messages = true;
	while (len != 0 && rc == 0) {
		size_t part = len < v->client_data_max ? len : v->client_data_max;
		struct vfu_dma_access a = {iova, part};

		vfu_count(&v->stats.dma_messages, 1);
		if (to == NULL) {
			rc = vfu_call(v, VFU_DMA_WRITE, &a, sizeof(a), from, part, answer,
				sizeof(answer));
			from += part;
		} else {
			read = malloc(sizeof(a) + part);
			rc = read == NULL ? -ENOMEM :
					    vfu_call(v, VFU_DMA_READ, &a, sizeof(a), NULL, 0, read,
						    sizeof(a) + part);
			if (rc == 0)
				memcpy(to, read + sizeof(a), part);
			free(read);
			to += part;
		}
		iova += part;
		len -= part;
	}
	return rc;
}

static int
host_read(void *ctx, uint64_t iova, void *to, size_t len)
{
	return by_messages(ctx, iova, to, NULL, len);
}

static int
host_write(void *ctx, uint64_t iova, const void *from, size_t len)
{
	return by_messages(ctx, iova, NULL, from, len);
}

void
vfu_dma_init(struct sl_vfu *v)
{
	v->dma.gen = 1;
	v->dma.host = (struct sl_dma_host){
		.ctx = v,
		.gen = &v->dma.gen,
		.find = host_find,
		.read = host_read,
		.write = host_write,
	};
}

/* --- files --- */

/*
 * Find the mapping of a file that covers @p end bytes. A writable mapping is also used for segments
 * that are only read, because each segment has its own directions.
 */
static struct vfu_file *
file_find(const struct vfu_dma *d, const struct stat *st, bool writable, uint64_t end)
{
	struct vfu_file *f;

	for (f = d->files; f != NULL; f = f->next) {
		if (f->dev == st->st_dev && f->ino == st->st_ino && f->size >= end &&
			(f->writable || !writable))
			break;
	}
	return f;
}

/* Find or create the mapping of a file that covers @p end bytes. */
static int
file_get(struct vfu_dma *d, int fd, bool writable, uint64_t end, struct vfu_file **out)
{
	struct vfu_file *f;
	struct stat st;
	void *va;

	if (fstat(fd, &st) != 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_size < 0 || end > (uint64_t)st.st_size)
		return -EINVAL;
	f = file_find(d, &st, writable, end);
	if (f != NULL) {
		*out = f;
		return 0;
	}
	f = calloc(1, sizeof(*f));
	if (f == NULL)
		return -ENOMEM;
	va = mmap(NULL, (size_t)st.st_size, PROT_READ | (writable ? PROT_WRITE : 0),
		MAP_SHARED | MAP_NORESERVE, fd, 0);
	if (va == MAP_FAILED) {
		free(f);
		return -errno;
	}
	*f = (struct vfu_file){.dev = st.st_dev,
		.ino = st.st_ino,
		.va = va,
		.size = (uint64_t)st.st_size,
		.writable = writable,
		.unused_since = vfu_now_ms(),
		.next = d->files};
	/* Release: a signal handler that sees the file sees its fields. */
	__atomic_store_n(&d->files, f, __ATOMIC_RELEASE);
	d->unused++;
	*out = f;
	return 0;
}

/* Unmap the files that have had no segment since @p before, in ms. */
static void
files_drop(struct vfu_dma *d, int64_t before)
{
	struct vfu_file **link = &d->files;

	while (*link != NULL) {
		struct vfu_file *f = *link;

		if (f->pieces != 0 || f->unused_since > before) {
			link = &f->next;
			continue;
		}
		__atomic_store_n(link, f->next, __ATOMIC_RELEASE);
		munmap(f->va, (size_t)f->size);
		free(f);
		d->unused--;
	}
}

static void
files_bound(struct vfu_dma *d)
{
	if (d->unused > VFU_FILES_UNUSED)
		files_drop(d, INT64_MAX);
}

static void
file_take(struct vfu_dma *d, struct vfu_file *f)
{
	if (f != NULL && f->pieces++ == 0)
		d->unused--;
}

/*
 * Remove a reference from a segment to its file. A file without segments stays mapped for a while:
 * with a virtual IOMMU Linux maps each frame when it sends it and unmaps it afterwards, so the next
 * segment is in the same file.
 */
static void
file_give(struct vfu_dma *d, struct vfu_file *f)
{
	if (f == NULL || --f->pieces != 0)
		return;
	f->unused_since = vfu_now_ms();
	d->unused++;
	files_bound(d);
}

void
vfu_dma_tidy(struct sl_vfu *v)
{
	if (v->dma.unused != 0)
		files_drop(&v->dma, vfu_now_ms() - VFU_FILE_KEPT_MS);
}

bool
sl_vfu_bus_error(struct sl_vfu *v, const void *addr)
{
	const struct vfu_file *f = __atomic_load_n(&v->dma.files, __ATOMIC_ACQUIRE);

	for (; f != NULL; f = f->next) {
		uint64_t off = (uint64_t)((uintptr_t)addr - (uintptr_t)f->va);

		if (off >= f->size)
			continue;
		/* Replace all of it, because single pages of hugetlb files cannot be replaced. */
		if (mmap(f->va, (size_t)f->size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1,
			    0) == MAP_FAILED)
			return false;
		__atomic_store_n(&v->bus_error, 1, __ATOMIC_RELEASE);
		return true;
	}
	return false;
}

/* --- segments --- */

static int
piece_insert(struct vfu_dma *d, unsigned int i, const struct vfu_piece *p)
{
	if (d->n >= VFU_PIECES_MAX)
		return -ENOSPC;
	if (d->n == d->room) {
		unsigned int room = d->room != 0 ? 2 * d->room : PIECES_MIN;
		struct vfu_piece *more = realloc(d->piece, room * sizeof(*more));

		if (more == NULL)
			return -ENOMEM;
		d->piece = more;
		d->room = room;
		/* The new entries are at the end. */
		d->gap = d->n;
	}
	gap_move(d, i);
	d->piece[i] = *p;
	d->gap++;
	d->n++;
	file_take(d, p->file);
	return 0;
}

static void
changed(struct sl_vfu *v)
{
	struct vfu_dma *d = &v->dma;

	d->gen++;
	__atomic_store_n(&v->stats.dma_maps, d->n, __ATOMIC_RELAXED);
	__atomic_store_n(&v->stats.dma_bytes, d->bytes, __ATOMIC_RELAXED);
}

int
vfu_dma_map(struct sl_vfu *v, const struct vfu_dma_map *req, int fd)
{
	struct vfu_dma *d = &v->dma;
	struct vfu_piece p = {.iova = req->iova, .len = req->size, .off = req->offset};
	unsigned int i;
	int rc = 0;

	if (req->size == 0 || req->iova + (req->size - 1) < req->iova ||
		req->offset + req->size < req->offset ||
		(req->flags & ~(VFU_DMA_READABLE | VFU_DMA_WRITABLE)) != 0 || req->flags == 0)
		return -EINVAL;
	p.dir = ((req->flags & VFU_DMA_READABLE) != 0 ? SL_DMA_TO_DEVICE : 0) |
		((req->flags & VFU_DMA_WRITABLE) != 0 ? SL_DMA_FROM_DEVICE : 0);
	i = piece_find(d, p.iova);
	if (i < d->n && piece_at(d, i)->iova <= last_of(&p))
		return -EEXIST;
	if (fd >= 0)
		rc = file_get(d, fd, (req->flags & VFU_DMA_WRITABLE) != 0, p.off + p.len, &p.file);
	if (rc == 0)
		rc = piece_insert(d, i, &p);
	if (rc != 0) {
		files_bound(d);
		return rc;
	}
	d->bytes += p.len;
	changed(v);
	return 0;
}

/* Remove [iova, last] from segment i, part of which remains. @return the index after its head. */
static unsigned int
piece_cut(struct vfu_dma *d, unsigned int i, uint64_t iova, uint64_t last)
{
	struct vfu_piece *p = piece_at(d, i), head = *p, tail = *p;
	bool has_head = head.iova<iova, has_tail = last_of(&tail)> last;

	d->bytes -= p->len;
	head.len = iova - head.iova;
	tail.off += last - tail.iova + 1;
	tail.len = last_of(&tail) - last;
	tail.iova = last + 1;
	if (has_head) {
		*p = head;
		d->bytes += head.len;
	}
	if (has_tail) {
		d->bytes += tail.len;
		if (!has_head)
			*p = tail;
		else if (piece_insert(d, i + 1, &tail) != 0)
			d->bytes -= tail.len; /* no memory: the tail is unmapped too */
	}
	return has_head ? i + 1 : i;
}

/* Remove the segments from i on that end at last or before; there may be very many. */
static void
pieces_remove(struct vfu_dma *d, unsigned int i, uint64_t last)
{
	unsigned int end;

	gap_move(d, i);
	for (end = i; end < d->n && last_of(piece_at(d, end)) <= last; end++) {
		d->bytes -= piece_at(d, end)->len;
		file_give(d, piece_at(d, end)->file);
	}
	/* The gap now includes their entries. */
	d->n -= end - i;
}

int
vfu_dma_unmap(struct sl_vfu *v, uint64_t iova, uint64_t size)
{
	struct vfu_dma *d = &v->dma;
	uint64_t last = iova + (size - 1);
	unsigned int i;

	if (size == 0 || last < iova)
		return -EINVAL;
	i = piece_find(d, iova);
	if (i < d->n && piece_at(d, i)->iova < iova)
		i = piece_cut(d, i, iova, last);
	if (i < d->n)
		pieces_remove(d, i, last);
	if (i < d->n && piece_at(d, i)->iova <= last)
		piece_cut(d, i, iova, last);
	changed(v);
	return 0;
}

void
vfu_dma_unmap_all(struct sl_vfu *v)
{
	struct vfu_dma *d = &v->dma;
	unsigned int i;

	for (i = 0; i < d->n; i++)
		file_give(d, piece_at(d, i)->file);
	free(d->piece);
	d->piece = NULL;
	d->n = 0;
	d->room = 0;
	d->gap = 0;
	d->bytes = 0;
	changed(v);
}

void
vfu_dma_close(struct sl_vfu *v)
{
	vfu_dma_unmap_all(v);
	files_drop(&v->dma, INT64_MAX);
}
