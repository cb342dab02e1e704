/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_SHM_H_
#define _SL_SHM_H_

/**
 * @file
 * Memory that CPU and NIC share: adapters, regions, mapped buffers, the DMA
 * window. Modelled on NDIS's shared-memory calls (ndis.h provides them under
 * their NDIS names). The sync calls are in sl_sync.h.
 *
 * Thread rule: "control thread" calls take a lock, may block, allocate and
 * log; any thread that is not in a burst may make them. "Datapath thread" calls
 * (sl_sync.h, sl_dma_*) take no lock. Errors are negative errno values; on an
 * error nothing has changed, and the reason was logged with the value given
 * and the values allowed.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "sl_dma.h"
#include "sl_sync.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The caller must check the result: memory that was not mapped must not be used. */
#define SL_MUST_CHECK __attribute__((warn_unused_result))

#define SL_NODE_ANY (-1)   /**< no preferred NUMA node */
#define SL_SHM_NAME_LEN 48 /**< bytes of a name, including NUL */
#define SL_SHM_QUEUE_NONE UINT16_MAX

/** One NIC's DMA domain: IOMMU window, NUMA node, coherency mode, quotas. Opaque. */
struct sl_adapter;

/**
 * Memory that stays shared until freed. sl_region_alloc() fills this struct in;
 * sl_region_free() needs it unchanged (rule F1). It may be copied.
 */
struct sl_region {
	void *va;      /**< CPU address */
	uint64_t iova; /**< IOVA of the first byte; see sl_region_sg() */
	size_t len;    /**< requested length, bytes */
	bool cached;   /**< as requested */
};

/** One segment of IOVA-contiguous memory. */
struct sl_sg {
	uint64_t iova;
	size_t len;
};

/** Parameters of an allocation. Zero-initialise, then set at least name and len. */
struct sl_region_params {
	const char *name; /**< for messages and dumps; copied */
	size_t len;	  /**< bytes, > 0 */
	size_t align;	  /**< power of two; 0 or less than a line: one line */
	/**
	 * false: counts against the adapter's non-cached quota. The memory is still
	 * ordinary cached memory, because user space has no other, and needs the
	 * same sync calls.
	 */
	bool cached;
	bool contiguous;  /**< refuse memory that is not IOVA-contiguous */
	bool strict_node; /**< refuse memory on any node but @c node */
	int node;	  /**< NUMA node, or SL_NODE_ANY for the adapter's node */
	enum sl_usage usage;
	uint16_t queue;	     /**< queue that uses it, or SL_SHM_QUEUE_NONE */
	uint32_t desc_len;   /**< rings: bytes of a descriptor, for reports; 0: unknown */
	enum sl_dma_dir dir; /**< 0 counts as SL_DMA_BIDIRECTIONAL */
};

/** Memory that a device can reach at one moment. */
struct sl_window_usage {
	size_t bytes; /**< mapped bytes; with an IOMMU, whole pages */
	size_t maps;  /**< mapped segments */
};

/**
 * Called when memory enters and leaves the window, for example to map and unmap it in VFIO.
 * @c va is the device's view: in `checked` mode the checker's copy. A region's
 * address and length are multiples of the granule, a buffer's need not be. map
 * and unmap are called with the adapter's lock held: they must not allocate or
 * free EAL memory.
 */
struct sl_window_ops {
	const char *name; /**< for dumps: "own" */
	/**
	 * Map the whole range or nothing. -ENOTRECOVERABLE: not mapped, but the
	 * device may still reach a part; unmap() is then called until it returns 0.
	 */
	int (*map)(void *ctx, void *va, uint64_t iova, size_t len, enum sl_dma_dir dir);
	/** On an error the device may still reach the range, and unmap() is called again later. */
	int (*unmap)(void *ctx, void *va, uint64_t iova, size_t len);
	/** Count mapped memory. Called without the adapter's lock. NULL: the table is counted. */
	void (*usage)(void *ctx, struct sl_window_usage *out);
};

/** A chunk of memory that a source allocated. */
struct sl_chunk {
	void *va;
	size_t len;	  /**< usable bytes, at least the requested length */
	int node;	  /**< its NUMA node; SL_NODE_ANY when unknown */
	size_t page_size; /**< bytes: IOVA is contiguous at least within a page */
	bool fallback;	  /**< 4 KiB pages instead of hugepages; @c why has the reason */
	void *priv;	  /**< private to the source */
};

/** Source of memory for regions: EAL memzones, or pages of the system. */
struct sl_mem_source {
	const char *name;
	/** 0 or negative errno. @p why may be set on success too, to report a fallback. */
	int (*alloc)(void *ctx, const char *name, size_t len, size_t align, int node,
		struct sl_chunk *out, char why[128]);
	void (*free)(void *ctx, const struct sl_chunk *chunk);
	/** IOVA of an address; UINT64_MAX when it has none. */
	uint64_t (*iova)(void *ctx, const void *va);
	void *ctx;
};

/** Memory from EAL hugepage memzones; falls back to locked 4 KiB pages and reports why. */
const struct sl_mem_source *
sl_mem_source_eal(void);
/** Memory from locked 4 KiB pages only; the IOVA is the virtual address. Needs no EAL. */
const struct sl_mem_source *
sl_mem_source_pages(void);

/** The machine's NUMA nodes. Tests replace it to simulate other machines. */
struct sl_topology {
	/** Number of nodes. They are numbered 0..count-1, and may have gaps. */
	int (*count)(void *ctx);
	/** True when node @p node has memory that this process may use. */
	bool (*has)(void *ctx, int node);
	/** Distance as firmware reports it, 10 for the node itself; 0 when unknown. */
	int (*distance)(void *ctx, int from, int to);
	void *ctx;
};

/** This machine's nodes, from libnuma; a single node 0 in builds without libnuma. */
const struct sl_topology *
sl_topology_system(void);

/** Log sink: @p level as syslog (3 error, 4 warning, 5 notice, 6 info, 7 debug). */
typedef void (*sl_log_fn)(void *ctx, int level, const char *msg);

/**
 * Find out if a device's DMA is cache-coherent, for sl_adapter_params.platform_coherent.
 * @param device the device's directory in sysfs: "/sys/bus/pci/devices/0000:01:00.0"
 * @return 1 on x86, and when the device tree marks the device or a bus above it
 *   dma-coherent; 0 when it is in the device tree without that mark; -1
 *   otherwise (Linux does not show ACPI's _CCA to user space).
 */
int
sl_platform_coherent(const char *device);

/** Parameters of an adapter. Zero-initialise, then set what differs from the default. */
struct sl_adapter_params {
	const char *name;	     /**< required; unique among messages; copied */
	int numa_node;		     /**< preferred node, or SL_NODE_ANY */
	enum sl_coherency coherency; /**< AUTO: chosen by platform */
	size_t quota;		     /**< bytes of all regions; 0: no limit */
	size_t quota_noncached;	     /**< bytes of non-cached regions; 0: SL_QUOTA_NONCACHED */
	const struct sl_mem_source *source; /**< NULL: sl_mem_source_eal() in EAL builds */
	const struct sl_topology *topology; /**< NULL: sl_topology_system() */
	const struct sl_window_ops *window; /**< NULL: no hook */
	void *window_ctx;
	/**
	 * Smallest size that the hook can map (an IOMMU's page): bytes, a power of two.
	 * Each region then begins on a granule and fills whole granules, so that the
	 * device reaches no other memory through the region's last page. 0: no granule.
	 */
	size_t window_granule;
	const struct sl_sync_checker *checker; /**< required by, and only by, CHECKED */
	sl_log_fn log;			       /**< NULL: standard error */
	void *log_ctx;
	/** Device-tree dma-coherent / ACPI _CCA of the device for AUTO: 1 yes, 0 no, -1 unknown. */
	int platform_coherent;
	/**
	 * Asynchronous allocations that may be queued, at most 4096. 0: asynchronous allocation is
	 * off, and no thread is started.
	 */
	unsigned int async_depth;
};

/** Default non-cached quota of an adapter, bytes. */
#define SL_QUOTA_NONCACHED ((size_t)1 << 20)

/** Statistics of one adapter at one moment. */
struct sl_shm_stats {
	size_t regions, buffers; /**< number of live regions and buffers */
	size_t bytes_cached, bytes_noncached, bytes_buffers;
	size_t quota, quota_noncached;	  /**< limits, bytes; quota 0: no limit */
	uint64_t allocs, frees, refused;  /**< calls since open */
	uint64_t fallback_pages;	  /**< allocs that fell back to 4 KiB pages */
	uint64_t fallback_node;		  /**< allocs on another node than preferred */
	uint64_t dma_faults;		  /**< device accesses outside the window */
	uint64_t sync_faults;		  /**< syncs refused by sl_sync_verify() (A1) */
	size_t window_bytes, window_maps; /**< memory that the device can reach: sl_window_usage */
};

/* --- adapters: control thread --- */

/**
 * Open an adapter.
 * @return 0 and the adapter in @p out; -EINVAL (bad parameter), -ENOTSUP (this
 *   CPU or platform cannot do the mode), -ENOMEM.
 */
int
sl_adapter_open(const struct sl_adapter_params *params, struct sl_adapter **out) SL_MUST_CHECK;

/**
 * Close an adapter. Tries again to unmap memory that the window's hook failed to unmap.
 * @return 0; -EBUSY while regions or buffers are live: the log lists each by
 *   name, and the adapter stays open. -EINVAL for NULL.
 */
int
sl_adapter_close(struct sl_adapter *a);

/** The adapter's sync context, for the sync calls; constant until close. */
const struct sl_sync *
sl_adapter_sync(const struct sl_adapter *a);
/** Name as given at open. */
const char *
sl_adapter_name(const struct sl_adapter *a);
/** "coherent", "explicit", "checked", "auto". */
const char *
sl_coherency_name(enum sl_coherency mode);
/** Parse a name of sl_coherency_name(); -EINVAL for any other word. */
int
sl_coherency_parse(const char *word, enum sl_coherency *out);
/** Alignment and size unit of shared memory, bytes (NdisMGetDmaAlignment). */
uint32_t
sl_adapter_dma_alignment(const struct sl_adapter *a);

/* --- regions: control thread --- */

/**
 * Allocate a region: zeroed, flushed to the device, in the window.
 * @return 0; -EINVAL, -ENOSPC (quota), -ENOMEM, -ENODEV (unknown node, or no
 *   memory on a strict node), -ENOTSUP (no contiguous memory), or the window
 *   hook's error. -ENOTRECOVERABLE: the hook failed half-way and could not unmap
 *   what it had mapped; the adapter keeps the memory, lists and counts it, and
 *   sl_adapter_close() tries again.
 */
int
sl_region_alloc(struct sl_adapter *a, const struct sl_region_params *params,
	struct sl_region *out) SL_MUST_CHECK;

/** Completion of sl_region_alloc_async(), on a control thread. @p status 0 or negative errno. */
typedef void (*sl_region_done_fn)(void *ctx, int status, const struct sl_region *region);

/**
 * Allocate a region on the library's control thread. May be called on a datapath thread.
 * @return 0 when @p done will be called, exactly once, before sl_adapter_close()
 *   returns; -EAGAIN when too many are queued; -EINVAL.
 */
int
sl_region_alloc_async(struct sl_adapter *a, const struct sl_region_params *params,
	sl_region_done_fn done, void *ctx) SL_MUST_CHECK;

/**
 * Free a region. Every field must be as the allocation filled it in (F1).
 * @return 0; -EINVAL when a field differs (the log says which); -ENOENT when the
 *   region is not live (double free); the hook's error when it could not unmap:
 *   a device may still reach the memory, so it is not freed. The region stays
 *   live and listed, and sl_dma_translate() no longer finds it. Call again, or
 *   leave it to sl_adapter_close().
 */
int
sl_region_free(struct sl_adapter *a, const struct sl_region *region);

/**
 * List the IOVA-contiguous segments of a region.
 * @return the number of segments, or -ENOENT. At most @p max entries of @p list
 *   are filled in, even if the number is larger.
 */
int
sl_region_sg(
	struct sl_adapter *a, const struct sl_region *region, struct sl_sg *list, unsigned int max);

/* --- buffers: control thread --- */

/**
 * Map the caller's memory (a mempool chunk, an external buffer) into the window.
 * @param va,iova,len any alignment, len > 0
 * @return 0; -EEXIST when it overlaps mapped memory; -EINVAL; the hook's error.
 *   -ENOTRECOVERABLE: the hook failed and a device may still reach the memory;
 *   it is listed, and the caller must keep it until sl_buffer_unmap() returns 0.
 */
int
sl_buffer_map(struct sl_adapter *a, const char *name, void *va, uint64_t iova, size_t len,
	enum sl_dma_dir dir) SL_MUST_CHECK;
/**
 * Remove a buffer from the window: va, iova and len exactly as mapped. Waits until
 * no device thread uses it.
 * @return 0; -ENOENT, -EINVAL; the hook's error when it could not unmap: a device
 *   may still reach the memory, which stays listed. Keep it, and call again.
 */
int
sl_buffer_unmap(struct sl_adapter *a, void *va, uint64_t iova, size_t len);

/* The device's side (sl_dma_*) is in sl_dma.h. */

/** True if [va, va+len) is in one region or one mapped buffer. Control thread. */
bool
sl_shm_covers(struct sl_adapter *a, const void *va, size_t len);

/* --- statistics and dumps: control thread --- */

void
sl_shm_stats(struct sl_adapter *a, struct sl_shm_stats *out);
/** Print statistics and every region and buffer, as text. */
void
sl_shm_dump(struct sl_adapter *a, FILE *f);
/** Print what sl_shm_dump() prints as one JSON object. */
void
sl_shm_dump_json(struct sl_adapter *a, FILE *f);

#ifdef __cplusplus
}
#endif

#endif /* _SL_SHM_H_ */
