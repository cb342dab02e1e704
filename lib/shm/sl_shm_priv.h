/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_SHM_PRIV_H_
#define _SL_SHM_PRIV_H_

/**
 * @file
 * Declarations shared by the files of lib/shm and lib/ndis. Programs and drivers
 * include sl_shm.h instead.
 */

#include <pthread.h>

#include "sl_shm.h"

/** A region or a buffer: memory in the window. */
struct sl_mapping {
	struct sl_mapping *next;
	char name[SL_SHM_NAME_LEN];
	bool is_region;
	bool cached;
	enum sl_usage usage;
	enum sl_dma_dir dir;
	uint16_t queue;
	uint32_t desc_len;
	void *va;
	void *device_va; /* address in the device's view: va, or the checker's copy */
	size_t len;	 /* requested bytes */
	size_t size;	 /* bytes counted against the quota */
	unsigned int nsg;
	struct sl_sg *sg;      /* segments, in order of va */
	unsigned int hooked;   /* the first so many segments are mapped by the window's hook */
	bool in_table;	       /* false: being removed, and the hook could not unmap it yet */
	bool far;	       /* regions only: on another node than requested */
	struct sl_chunk chunk; /* regions only */
};

/** A version of the window: sorted by IOVA, never changed once published. */
struct sl_dma_table {
	uint64_t gen;
	unsigned int n;
	struct sl_dma_piece piece[];
};

struct sl_async;

/**
 * First member of an object whose handle a caller may use after the object was
 * freed. Each object has a separate memory mapping, so that sl_handle_live() can
 * find out that the memory is gone. (It cannot if a later object got the same
 * address: the handle then refers to the later object.)
 */
struct sl_handle {
	uint64_t mark;
};

enum sl_handle_kind {
	SL_HANDLE_ADAPTER = 1,
	SL_HANDLE_MINIPORT,
	SL_HANDLE_POOL,
	SL_HANDLE_MDL,
};

/* sl_handle.c */

/** Zeroed memory for a handle's object, or NULL. */
void *
sl_handle_new(size_t size);
/** Mark the handle as live, when the object is complete. */
void
sl_handle_open(struct sl_handle *h, enum sl_handle_kind kind);
bool
sl_handle_live(const struct sl_handle *h, enum sl_handle_kind kind);
/** True when memory is mapped at @p p, which may be any value. */
bool
sl_handle_there(const void *p);
void
sl_handle_free(struct sl_handle *h, size_t size);

/** An adapter. */
struct sl_adapter {
	struct sl_handle handle;
	char name[SL_SHM_NAME_LEN];
	struct sl_sync sync;
	const struct sl_dma_table *table; /* atomic: device threads load it */
	/*
	 * Guards all members below. Not held while the source allocates or frees
	 * memory: EAL calls the driver's memory event callback with EAL locks held,
	 * and that callback takes this lock.
	 */
	pthread_mutex_t lock;
	struct sl_mapping *mappings;
	struct sl_dma *readers;
	struct sl_shm_stats stats; /* dma_faults here: faults of closed readers */
	int node;
	const struct sl_mem_source *source;
	const struct sl_topology *topology;
	const struct sl_window_ops *window;
	void *window_ctx;
	size_t granule;
	const struct sl_sync_checker *checker;
	sl_log_fn log;
	void *log_ctx;
	struct sl_async *async; /* NULL: no asynchronous allocation */
	/*
	 * Messages that are logged only once, not for each ring. Atomic: accessed without a
	 * lock.
	 */
	bool told_pages;     /* 4 KiB pages were used instead of hugepages */
	uint64_t told_nodes; /* nodes that replaced the requested one: bit node % 64 */
};

/* sl_base.c */

/** Check a handle: 0; -EINVAL for NULL, -EBADF if closed, both logged to standard error. */
int
sl_adapter_check(const struct sl_adapter *a, const char *call);
void
sl_log(const struct sl_adapter *a, int level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/** Copy a name; false when it is NULL, empty or too long. */
bool
sl_name_copy(char dst[SL_SHM_NAME_LEN], const char *src);

/** 0, or -ENODEV, logged with the existing nodes. @p what names the object in the message. */
int
sl_node_check(const struct sl_adapter *a, const char *what, int node);

/* sl_adapter.c */

/** Log every live region and buffer; takes the lock. @return their number. */
unsigned int
sl_log_live(struct sl_adapter *a);

/* sl_region.c */

/**
 * Log why a free of this region is refused, and count it. The reason is the field that differs
 * from the live region, or that another caller allocated it. @p call names the refused call.
 */
void
sl_region_refuse(struct sl_adapter *a, const char *call, const struct sl_region *region);

/* sl_window.c; called with the adapter's lock, except init and fini */

int
sl_window_init(struct sl_adapter *a);
void
sl_window_fini(struct sl_adapter *a);
/** The segment that contains all of [iova, iova + len), or NULL. No lock. */
const struct sl_dma_piece *
sl_window_find(const struct sl_dma_table *t, uint64_t iova, size_t len);

/**
 * Add @p m to the window: checker, hook, table. On an error nothing has changed,
 * except for -ENOTRECOVERABLE: @p m is then listed, but not in the table.
 */
int
sl_window_add(struct sl_adapter *a, struct sl_mapping *m);
/**
 * Remove @p m from the window. When it returns 0, no device thread uses it and it
 * is no longer listed. On the hook's error it stays listed: call again later.
 */
int
sl_window_remove(struct sl_adapter *a, struct sl_mapping *m);
/** Count the bytes and segments of the table. */
void
sl_window_usage(const struct sl_adapter *a, struct sl_window_usage *out);
/** Add @p m to the statistics of live memory (sign 1) or subtract it (-1). */
void
sl_mapping_count(struct sl_adapter *a, const struct sl_mapping *m, int sign);
/**
 * Find the mapping that contains all of [va, va + len) or, with whole = false, any byte of
 * it. NULL: none.
 */
struct sl_mapping *
sl_mapping_at(const struct sl_adapter *a, const void *va, size_t len, bool whole);

/* sl_bounce.c: copies of host memory that is not contiguous in this process */

struct sl_dma_bounce *
sl_bounce_new(void);
void
sl_bounce_free(struct sl_dma_bounce *b);
/** Free all copies that were taken. */
void
sl_bounce_reset(struct sl_dma_bounce *b);
/** Make a copy of [iova, iova + len). NULL: the device may not access all of it, or no memory. */
void *
sl_bounce_take(struct sl_dma *d, uint64_t iova, size_t len, enum sl_dma_dir dir);

/* sl_region.c; takes the lock, and frees memory without it */

/** Try again to unmap what the window's hook failed to unmap. */
void
sl_leaving_retry(struct sl_adapter *a);

/* sl_numa.c */

/** Place a mapping's future pages on @p node, or on the nearest node if that is full. */
void
sl_numa_prefer(void *va, size_t len, int node);
/** Node of the page at @p va, or SL_NODE_ANY if the kernel does not report it. */
int
sl_numa_node_of(const void *va);

/* sl_mem_pages.c */
int
sl_pages_alloc(size_t len, size_t align, int node, struct sl_chunk *out, char why[128]);
void
sl_pages_free(const struct sl_chunk *chunk);

/* sl_async.c */
int
sl_async_start(struct sl_adapter *a, unsigned int depth);
/** Wait until no request is queued or running. -EDEADLK on the library's own thread. */
int
sl_async_drain(struct sl_adapter *a);
/** Accept requests again after a drain. */
void
sl_async_resume(struct sl_adapter *a);
void
sl_async_stop(struct sl_adapter *a);

/* sl_dump.c */
const char *
sl_usage_name(enum sl_usage usage);
const char *
sl_dma_dir_name(enum sl_dma_dir dir);

#endif /* _SL_SHM_PRIV_H_ */
