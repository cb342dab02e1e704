/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_CHECK_H_
#define _SL_CHECK_H_

/**
 * @file
 * The checker of `checked` mode. CPU and NIC get separate copies of all memory in
 * an adapter's window, so that a missing, early or wrong sync call fails on any
 * machine, and the report names the line of the driver.
 *
 * Each line has the CPU's copy (the memory itself), the device's copy (reached
 * through sl_dma_translate() or through the window's hook) and the content last
 * synced. A sync call copies whole lines, like caches with lines of that size.
 * Apart from sync calls only the adversary copies: a seeded generator that writes
 * dirty lines back early (eviction) and fetches clean lines early (speculation).
 * A line counts as dirty if the CPU's copy differs from the content last synced,
 * because user space cannot read the state of the cache.
 *
 * Use: sl_check_create(), then sl_check_seam() as sl_adapter_params.checker with
 * coherency SL_COHERENCY_CHECKED; sl_check_destroy() after the adapter's close.
 * One checker serves one adapter. All calls, including the sync calls of `checked`
 * mode, take the checker's lock; any thread may make them.
 *
 * Regions of usage OTHER (all of NdisMAllocateSharedMemory()) are checked for
 * data and rights. The owner of each part of a line (R4, F2) is known, and checked,
 * only for rings, heads, data regions and buffers.
 *
 * The checker does not see the CPU's loads: a missing update shows as wrong data,
 * unless the line is handed over again unread. It does not see stores that leave
 * the line's content unchanged. It does not see a real device's accesses: the
 * checks of the device's side are then made when the driver takes the line back.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "sl_shm.h"

#ifdef __cplusplus
extern "C" {
#endif

struct sl_check;

/** Classes of findings; sl_check_class_name() gives their names. */
enum sl_check_class {
	SL_CHECK_MISSING_SYNC, /**< the NIC reads data that the CPU wrote and did not flush (T1, T2)
				*/
	SL_CHECK_LATE_SYNC,    /**< flush or prepare of a line that the NIC has used (T1, T2) */
	SL_CHECK_NO_BARRIER,   /**< the NIC uses a line before the doorbell barrier (T2) */
	SL_CHECK_NO_FENCE,     /**< an updated line is handed over again before the fence (R3) */
	SL_CHECK_DIRECTION,    /**< a hand-over for the wrong direction */
	SL_CHECK_PARTIAL_LINE, /**< a hand-over does not begin and end at line boundaries (R5) */
	SL_CHECK_SHARED_LINE,  /**< a line with two owners (R4) */
	SL_CHECK_CPU_WRITE,    /**< the CPU wrote to memory that the NIC owns (F2) */
	SL_CHECK_NOT_HANDED,   /**< the NIC uses memory that was not handed over (R1, T1, T2) */
	SL_CHECK_STALE_READ,   /**< a line that the NIC wrote is handed over again without an update
				  (R3) */
	SL_CHECK_USE_AFTER_FREE, /**< memory is used after it left the window, or leaves it while in
				    use (F1) */
	SL_CHECK_OUTSIDE,	 /**< a sync call outside regions and buffers (A1) */
	SL_CHECK_CLASSES,
};

/** Action on a finding. */
enum sl_check_policy {
	SL_CHECK_REPORT, /**< log it, once; count repetitions */
	SL_CHECK_ABORT,	 /**< log it and raise SIGABRT */
	SL_CHECK_COUNT,	 /**< count it, for sl_check_findings() and the dumps */
};

/** Parameters of a checker. Zero-initialise, then set what differs from the default. */
struct sl_check_params {
	uint32_t line; /**< 32, 64, 128 or 256 bytes; 0: 64 */
	uint64_t seed; /**< seed of the adversary, logged; 0: from the clock */
	/** Probability of each kind of step of the adversary per sync call and access, in 1/1024.
	 */
	uint16_t evict, refill; /**< 0: SL_CHECK_RATE; SL_CHECK_NEVER: none */
	enum sl_check_policy policy;
	sl_log_fn log; /**< NULL: standard error */
	void *log_ctx;
	const char *diff; /**< file of a search: see sl_check_difference(); NULL: no search */
};

#define SL_CHECK_RATE 96u
#define SL_CHECK_NEVER UINT16_MAX

/** Hand-overs that are recorded for each line. */
#define SL_CHECK_HISTORY 4u
/** Most distinct findings that are recorded; further ones are only counted. */
#define SL_CHECK_FINDINGS 128u
/** Return addresses kept for a finding, in debug builds. */
#define SL_CHECK_FRAMES 12u

/** One hand-over of a line. */
struct sl_check_event {
	const char *verb; /**< "flush", "prepare", "update", "release" */
	const char *file;
	int line;
	uint64_t ns;	      /**< time of the last repetition, since the checker was created */
	unsigned int repeats; /**< equal hand-overs in a row after the first; at most 255 */
};

/** One finding; its repetitions only raise the count. */
struct sl_check_finding {
	enum sl_check_class kind;
	const char *rule;	      /**< "T1" */
	char text[160];		      /**< description of the finding, one sentence */
	char memory[SL_SHM_NAME_LEN]; /**< name of the region or buffer; "": in none */
	size_t offset;		      /**< first byte, counted from the memory's start */
	size_t len;
	uint64_t ns; /**< time of the first occurrence, since the checker was created */
	uint64_t count;
	uint16_t queue;	   /**< queue number, or SL_SHM_QUEUE_NONE */
	uint32_t desc;	   /**< descriptor index, or SL_DESC_NONE */
	const char *owner; /**< owner of the line at that time: "CPU", "NIC reads", ... */
	const char *verb;  /**< call that detected it, or "device read", "eviction" */
	const char *file;  /**< file of that call; NULL: not detected by a call */
	int line;
	unsigned int events; /**< entries in @c history, oldest first */
	struct sl_check_event history[SL_CHECK_HISTORY];
	unsigned int frames; /**< entries in @c frame; 0 unless a debug build */
	void *frame[SL_CHECK_FRAMES];
};

/** Statistics of a checker. */
struct sl_check_stats {
	uint64_t seed;
	uint32_t line;
	uint64_t syncs, accesses;    /**< sync calls, and reported device accesses */
	uint64_t evictions, refills; /**< steps of the adversary that changed something */
	uint64_t trace;		     /**< hash of the adversary's steps: equal in identical runs */
	uint64_t found;		     /**< findings, including repetitions */
	uint64_t by_class[SL_CHECK_CLASSES];
	unsigned int distinct; /**< distinct findings */
	uint64_t planted;      /**< calls that sl_check_plant() altered */
};

/**
 * Create a checker.
 * @return 0; -EINVAL (invalid line size or policy, logged), -ENOMEM.
 */
int
sl_check_create(const struct sl_check_params *params, struct sl_check **out) SL_MUST_CHECK;
/** Destroy a checker. -EBUSY while memory is mapped: close the adapter first. NULL is allowed. */
int
sl_check_destroy(struct sl_check *c);
/** The value for sl_adapter_params.checker; valid until destroy. */
const struct sl_sync_checker *
sl_check_seam(struct sl_check *c);

void
sl_check_stats(struct sl_check *c, struct sl_check_stats *out);
/** Copy at most @p max findings, oldest first. @return the number of all findings. */
unsigned int
sl_check_findings(struct sl_check *c, struct sl_check_finding *list, unsigned int max);
/** Delete all findings and their counts. */
void
sl_check_forget(struct sl_check *c);
/** Print statistics and findings as text. */
void
sl_check_dump(struct sl_check *c, FILE *f);
/** Print what sl_check_dump() prints as one JSON object. Native builds only. */
void
sl_check_dump_json(struct sl_check *c, FILE *f);

/** "missing_sync" and so on; NULL for an unknown class. */
const char *
sl_check_class_name(enum sl_check_class kind);
/** "report", "abort", "count"; NULL for an unknown policy. */
const char *
sl_check_policy_name(enum sl_check_policy policy);
/** Parse a name of sl_check_policy_name(); -EINVAL for any other word. */
int
sl_check_policy_parse(const char *word, enum sl_check_policy *out);

/* --- injected bugs: do a driver's tests find such a mistake? --- */

/** How an injected bug alters the sync calls of one place. */
enum sl_check_bug {
	SL_CHECK_BUG_NONE,
	SL_CHECK_BUG_DROP,    /**< leave the call out */
	SL_CHECK_BUG_LATE,    /**< make a sync after the next doorbell barrier, a barrier after the
				 doorbell */
	SL_CHECK_BUG_HALF,    /**< sync half the length */
	SL_CHECK_BUG_REVERSE, /**< flush instead of prepare or update, prepare instead of flush */
};

/**
 * Inject a bug: alter the sync calls at @p file : @p line, as if the driver's source
 * were wrong there. SL_CHECK_BUG_NONE removes the bug.
 * @param file end of the path as the compiler saw it, "sl_tx.c"; copied
 * @return 0; -EINVAL if the name is too long.
 */
int
sl_check_plant(struct sl_check *c, enum sl_check_bug bug, const char *file, int line);
/** Parse "drop", "late", "half", "reverse"; -EINVAL. */
int
sl_check_bug_parse(const char *word, enum sl_check_bug *out);

/** A place in the source that made sync calls. */
struct sl_check_site {
	const char *verb, *file;
	int line;
	uint64_t calls;
	uint64_t lines; /**< cache lines that its calls covered */
};

/** Copy at most @p max places that made calls so far. @return the number of all places. */
unsigned int
sl_check_sites(struct sl_check *c, struct sl_check_site *list, unsigned int max);

/* --- search for a difference: for a run that fails without a finding that explains it --- */

/**
 * The pass of a search that one run makes. The same program is run repeatedly with
 * the same sl_check_params.diff; that file keeps the state of the search between
 * runs, and its first line names the next pass.
 */
enum sl_check_pass {
	SL_CHECK_PASS_NONE,	/**< no search */
	SL_CHECK_PASS_RECORD,	/**< an unchanged run: each call and access is recorded */
	SL_CHECK_PASS_COHERENT, /**< CPU and NIC share one copy: find the first event that differs
				 */
	SL_CHECK_PASS_LOCATE, /**< like the first run, up to that event: find the lines that differ
			       */
	SL_CHECK_PASS_TRY, /**< some of these lines are kept coherent: does the run then succeed? */
	SL_CHECK_PASS_TELL, /**< a last run: report the line that makes the run succeed */
	SL_CHECK_PASS_DONE, /**< the search is over */
};

/** Result of a search. */
enum sl_check_verdict {
	SL_CHECK_NOT_YET,
	SL_CHECK_SAME,	     /**< the recorded and the coherent run have equal events and data */
	SL_CHECK_CPU_BEHIND, /**< proven: the CPU used an old copy of a line that the NIC had
				written */
	SL_CHECK_CPU_LIKELY, /**< there were such lines, but the run fails also if they are coherent
			      */
	SL_CHECK_NIC_BEHIND, /**< the NIC read an old copy of a line that the CPU had written */
	SL_CHECK_LOST,	     /**< the NIC's data is missing after an update: it was overwritten */
	SL_CHECK_UNSEEN,     /**< equal runs, but a line was handed over again without an update */
	SL_CHECK_NO_LINE,    /**< the runs differ, but no line does */
	SL_CHECK_NO_REPLAY,  /**< runs do not repeat: step the device and fix the seeds */
	SL_CHECK_NO_ROOM,    /**< the file system has no room for the record */
	SL_CHECK_VERDICTS,
};

/** One hand-over of the line that a search reports. */
struct sl_check_past {
	char verb[16];
	char file[112];
	int line;
	uint64_t ns;
};

/** State of a search. Strings are copies, because another process may have written them. */
struct sl_check_difference {
	enum sl_check_pass pass; /**< pass of this run */
	enum sl_check_pass next; /**< pass of the next run; DONE: all fields are valid */
	unsigned int runs;	 /**< runs so far, including this one */
	enum sl_check_verdict verdict;
	uint64_t event;	    /**< number of calls and accesses before the one that differs */
	char here[192];	    /**< this run's event: "update at sl_rx.c:190 of ..." */
	char coherent[192]; /**< the coherent run's event */
	char memory[SL_SHM_NAME_LEN]; /**< region or buffer of the line; "": no line was found */
	size_t offset;		      /**< offset of the first byte that differs */
	size_t line_offset, line_len; /**< line that contains this byte */
	uint8_t cpu[8], nic[8];	      /**< the CPU's and the NIC's bytes from that offset on */
	uint16_t queue;		      /**< queue number, or SL_SHM_QUEUE_NONE */
	char owner[40];
	unsigned int suspects; /**< lines that differed at that event */
	unsigned int events;
	struct sl_check_past history[SL_CHECK_HISTORY]; /**< newest first */
};

/**
 * Get the state of this checker's search. A search needs reproducible runs: a
 * stepped device, one thread, the same seeds (the file has the checker's seed). It
 * takes about a dozen runs, at most about twenty, and continues after runs that
 * crash. The run that ends the search logs the result, and writes it as text to
 * the start of the file.
 * @return 0; -ENOENT without a search.
 */
int
sl_check_difference(struct sl_check *c, struct sl_check_difference *out);
/**
 * Read the state of a search from its file, between runs. The last run may have
 * crashed; pass is the pass of that run. @return 0; -EINVAL if it is not the file of
 * a search; the error of reading it.
 */
int
sl_check_difference_read(const char *path, struct sl_check_difference *out);
/** "record" and so on; NULL for an unknown pass. */
const char *
sl_check_pass_name(enum sl_check_pass pass);
/** "cpu_behind" and so on; NULL for an unknown verdict. */
const char *
sl_check_verdict_name(enum sl_check_verdict verdict);

#ifdef __cplusplus
}
#endif

#endif /* _SL_CHECK_H_ */
