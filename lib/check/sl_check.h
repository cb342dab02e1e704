/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_CHECK_H_
#define _SL_CHECK_H_

/**
 * @file
 * The checker: memory of `checked` mode. CPU and NIC get separate copies of
 * everything in an adapter's window, so that a missing, early or misdirected
 * sync call fails on any machine, and the report names the driver's line.
 *
 * For each line there are the CPU's copy (the memory itself), the device's copy
 * (what a device reaches through sl_dma_translate() or through the window's
 * hook) and the content last synced. A sync call copies whole lines, as the
 * caches of a machine with lines of that size would. Besides sync calls only the
 * adversary copies: a seeded generator that writes dirty lines back early
 * (eviction) and fetches clean ones early (speculation). A line counts as dirty
 * when the CPU's copy differs from the content synced last: user space cannot
 * ask the cache.
 *
 * Use: sl_check_create(), then sl_check_seam() as sl_adapter_params.checker with
 * coherency SL_COHERENCY_CHECKED; sl_check_destroy() after the adapter's close.
 * One checker serves one adapter. All calls take the checker's lock, the sync
 * calls of `checked` mode included; any thread may make them.
 *
 * Regions of usage OTHER (all of NdisMAllocateSharedMemory()) are checked for
 * data and rights. Who owns which part of a line (R4, F2) is known only for
 * rings, heads, data regions and buffers, and is checked for those.
 *
 * The checker does not see a load of the CPU: a missing update shows as wrong
 * data, unless the line is handed on unread. It does not see a store that leaves
 * the line's content as it was. It does not see accesses of a real device: the
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
	SL_CHECK_MISSING_SYNC, /**< the NIC reads what the CPU wrote without a flush (T1, T2) */
	SL_CHECK_LATE_SYNC,    /**< flush or prepare of a line that the NIC has used (T1, T2) */
	SL_CHECK_NO_BARRIER,   /**< the NIC uses a line before the doorbell barrier (T2) */
	SL_CHECK_NO_FENCE,     /**< an updated line is handed on before the update's fence (R3) */
	SL_CHECK_DIRECTION,    /**< a hand-over for the wrong direction */
	SL_CHECK_PARTIAL_LINE, /**< a hand-over does not begin and end on lines (R5) */
	SL_CHECK_SHARED_LINE,  /**< a line with two owners (R4) */
	SL_CHECK_CPU_WRITE,    /**< the CPU wrote to what the NIC owns (F2) */
	SL_CHECK_NOT_HANDED,   /**< the NIC uses memory that was not handed over (R1, T1, T2) */
	SL_CHECK_STALE_READ,   /**< a line that the NIC wrote is handed on without an update (R3) */
	SL_CHECK_USE_AFTER_FREE, /**< memory is used after it left the window, or leaves it while in
				    use (F1) */
	SL_CHECK_OUTSIDE,	 /**< a sync call outside regions and buffers (A1) */
	SL_CHECK_CLASSES,
};

/** What to do with a finding. */
enum sl_check_policy {
	SL_CHECK_REPORT, /**< log it, once; count repetitions */
	SL_CHECK_ABORT,	 /**< log it and raise SIGABRT */
	SL_CHECK_COUNT,	 /**< count it, for sl_check_findings() and the dumps */
};

/** How to make a checker. Zero-initialise, then set what differs. */
struct sl_check_params {
	uint32_t line; /**< 32, 64, 128 or 256 bytes; 0: 64 */
	uint64_t seed; /**< the adversary's, which is logged; 0: from the clock */
	/** Chance in 1024 of each step of the adversary, at each sync call and device access. */
	uint16_t evict, refill; /**< 0: SL_CHECK_RATE; SL_CHECK_NEVER: none */
	enum sl_check_policy policy;
	sl_log_fn log; /**< NULL: standard error */
	void *log_ctx;
	const char *diff; /**< file of a search, see sl_check_difference(); NULL: none */
};

#define SL_CHECK_RATE 96u
#define SL_CHECK_NEVER UINT16_MAX

/** Hand-overs that are remembered for each line. */
#define SL_CHECK_HISTORY 4u
/** Most findings that are told apart; further ones are only counted. */
#define SL_CHECK_FINDINGS 128u
/** Return addresses kept for a finding, in debug builds. */
#define SL_CHECK_FRAMES 12u

/** One hand-over of a line. */
struct sl_check_event {
	const char *verb; /**< "flush", "prepare", "update", "release" */
	const char *file;
	int line;
	uint64_t ns;	      /**< since the checker was made; of the last repetition */
	unsigned int repeats; /**< equal hand-overs in a row after the first; at most 255 */
};

/** One finding; its repetitions only raise the count. */
struct sl_check_finding {
	enum sl_check_class kind;
	const char *rule;	      /**< "T1" */
	char text[160];		      /**< what happened, in a sentence */
	char memory[SL_SHM_NAME_LEN]; /**< region or buffer; "" when in none */
	size_t offset;		      /**< first byte, counted from the memory's start */
	size_t len;
	uint64_t ns; /**< of the first occurrence, since the checker was made */
	uint64_t count;
	uint16_t queue;	   /**< or SL_SHM_QUEUE_NONE */
	uint32_t desc;	   /**< or SL_DESC_NONE */
	const char *owner; /**< of the line at that time: "CPU", "NIC reads", ... */
	const char *verb;  /**< the call that showed it, or "device read", "eviction" */
	const char *file;  /**< NULL when no call showed it */
	int line;
	unsigned int events; /**< in @c history, the oldest first */
	struct sl_check_event history[SL_CHECK_HISTORY];
	unsigned int frames; /**< in @c frame; 0 but in debug builds */
	void *frame[SL_CHECK_FRAMES];
};

/** Figures of a checker. */
struct sl_check_stats {
	uint64_t seed;
	uint32_t line;
	uint64_t syncs, accesses;    /**< sync calls, device accesses told */
	uint64_t evictions, refills; /**< steps of the adversary that changed something */
	uint64_t trace;		     /**< hash of the adversary's steps: equal for equal runs */
	uint64_t found;		     /**< findings with all repetitions */
	uint64_t by_class[SL_CHECK_CLASSES];
	unsigned int distinct; /**< findings told apart */
	uint64_t planted;      /**< calls that sl_check_plant() spoilt */
};

/**
 * Make a checker.
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
/** Forget all findings and their counts. */
void
sl_check_forget(struct sl_check *c);
/** Print figures and findings, for people. */
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

/* --- planted bugs: they show whether a driver's tests would find such a mistake --- */

/** How a planted bug spoils the calls of one place. */
enum sl_check_bug {
	SL_CHECK_BUG_NONE,
	SL_CHECK_BUG_DROP,    /**< leave the call out */
	SL_CHECK_BUG_LATE,    /**< make a sync after the next doorbell barrier, a barrier after the
				 doorbell */
	SL_CHECK_BUG_HALF,    /**< sync half the length */
	SL_CHECK_BUG_REVERSE, /**< flush instead of prepare or update, prepare instead of flush */
};

/**
 * Spoil the sync calls at @p file : @p line, as if the driver's source were wrong
 * there. SL_CHECK_BUG_NONE removes the planted bug.
 * @param file end of the path as the compiler saw it, "sl_tx.c"; copied
 * @return 0; -EINVAL for a name too long.
 */
int
sl_check_plant(struct sl_check *c, enum sl_check_bug bug, const char *file, int line);
/** Parse "drop", "late", "half", "reverse"; -EINVAL. */
int
sl_check_bug_parse(const char *word, enum sl_check_bug *out);

/** One place that made sync calls. */
struct sl_check_site {
	const char *verb, *file;
	int line;
	uint64_t calls;
	uint64_t lines; /**< cache lines that these calls covered */
};

/** Copy at most @p max of the places seen so far. @return the number of all places. */
unsigned int
sl_check_sites(struct sl_check *c, struct sl_check_site *list, unsigned int max);

/* --- naming a difference: for a run that went wrong without a finding that says why --- */

/**
 * The part that one run has in a search. The same program is run again and again
 * with the same sl_check_params.diff; that file carries the search from run to
 * run, and its first line says what the next run is.
 */
enum sl_check_pass {
	SL_CHECK_PASS_NONE,	/**< no search */
	SL_CHECK_PASS_RECORD,	/**< an unchanged run; each call and access is recorded */
	SL_CHECK_PASS_COHERENT, /**< CPU and NIC share one copy: which event differs first? */
	SL_CHECK_PASS_LOCATE,	/**< like the first run, up to that event: which lines differ? */
	SL_CHECK_PASS_TRY,  /**< some of these lines are kept coherent: does that mend the run? */
	SL_CHECK_PASS_TELL, /**< once more: the line that mends the run is named */
	SL_CHECK_PASS_DONE, /**< the search is over */
};

/** How a search ended. */
enum sl_check_verdict {
	SL_CHECK_NOT_YET,
	SL_CHECK_SAME,	     /**< the recorded and the coherent run did and saw the same */
	SL_CHECK_CPU_BEHIND, /**< the CPU used a line that the NIC had written since: proven */
	SL_CHECK_CPU_LIKELY, /**< there were such lines, but keeping them coherent does not mend the
				run */
	SL_CHECK_NIC_BEHIND, /**< the NIC read a line that the CPU had written since */
	SL_CHECK_LOST, /**< after an update the CPU lacks what the NIC wrote: it was overwritten */
	SL_CHECK_UNSEEN,  /**< both runs are the same, but a line was handed on without an update */
	SL_CHECK_NO_LINE, /**< the runs differ, but no line does */
	SL_CHECK_NO_REPLAY, /**< runs do not repeat: step the device and fix the seeds */
	SL_CHECK_NO_ROOM,   /**< the file system has no room for the record */
	SL_CHECK_VERDICTS,
};

/** One hand-over of a line that a search named. */
struct sl_check_past {
	char verb[16];
	char file[112];
	int line;
	uint64_t ns;
};

/** What a search knows. Strings are copies, since they may come from another process. */
struct sl_check_difference {
	enum sl_check_pass pass; /**< the part of this run */
	enum sl_check_pass next; /**< the part of the next run; DONE: all fields are valid */
	unsigned int runs;	 /**< runs so far, this one included */
	enum sl_check_verdict verdict;
	uint64_t event;	    /**< calls and accesses before the one that differs */
	char here[192];	    /**< what the run does there: "update at sl_rx.c:190 of ..." */
	char coherent[192]; /**< what the coherent run does there */
	char memory[SL_SHM_NAME_LEN]; /**< region or buffer of the line; "" when none is named */
	size_t offset;		      /**< of the first byte that differs */
	size_t line_offset, line_len; /**< the line that contains it */
	uint8_t cpu[8], nic[8];	      /**< CPU's and NIC's bytes from that offset on */
	uint16_t queue;		      /**< or SL_SHM_QUEUE_NONE */
	char owner[40];
	unsigned int suspects; /**< lines that differed at that event */
	unsigned int events;
	struct sl_check_past history[SL_CHECK_HISTORY]; /**< newest first */
};

/**
 * What the search that this checker is part of knows so far. A search needs runs
 * that repeat: a stepped device, one thread, the same seeds (the checker's own
 * is in the file). It takes about a dozen runs, at most about twenty, and
 * survives runs that crash. The run that ends the search logs the result, and
 * writes it to the start of the file for people.
 * @return 0; -ENOENT without a search.
 */
int
sl_check_difference(struct sl_check *c, struct sl_check_difference *out);
/**
 * Read from the file, between runs, what the search knows after its last run, which
 * may have crashed. pass is that run's part. @return 0; -EINVAL when the file is not
 * a search's; the error of reading it.
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
