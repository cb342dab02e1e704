/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_CHECK_H_
#define _SL_CHECK_H_

/**
 * @file
 * The checker: memory of `checked` mode. CPU and NIC get separate copies of
 * everything in an adapter's window, so that a missing, early or misdirected
 * sync call fails on any machine, with the driver line named.
 *
 * For each line there are the CPU's copy (the memory itself), the device's copy
 * (what a device reaches through sl_dma_translate() or through the window's
 * hook) and the content last synced. A sync call copies whole lines, as the
 * caches of a machine with lines of that size would; nothing else does but the
 * adversary: a seeded generator that writes dirty lines back early (eviction)
 * and fetches clean ones early (speculation). A line is dirty when the CPU's
 * copy differs from what was synced last: user space has no other way to know.
 *
 * Use: sl_check_create(), then sl_check_seam() as sl_adapter_params.checker with
 * coherency SL_COHERENCY_CHECKED; sl_check_destroy() after the adapter's close.
 * One checker serves one adapter. All calls take the checker's lock, the sync
 * calls of `checked` mode included; any thread may make them.
 *
 * Regions of usage OTHER (all of NdisMAllocateSharedMemory()) are checked for
 * data and rights; who owns which part of a line (R4, F2) follows from the usage
 * of rings, heads and data, and is checked for those and for buffers.
 *
 * What it cannot see: a load. A missing update shows as wrong data, unless the
 * line is handed on unread. A store of what a line held already. An access of
 * a real device, which tells nobody: there the checks of the device side are
 * made when the driver takes the line back.
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

/** What can be found; sl_check_class_name() gives the words. */
enum sl_check_class {
	SL_CHECK_MISSING_SYNC, /**< the NIC reads what the CPU wrote and did not flush (T1, T2) */
	SL_CHECK_LATE_SYNC,    /**< flush or prepare of a line that the NIC used before it (T1, T2) */
	SL_CHECK_NO_BARRIER,   /**< the NIC uses a line before the doorbell barrier (T2) */
	SL_CHECK_NO_FENCE,     /**< an updated line is handed on before the update's fence (R3) */
	SL_CHECK_DIRECTION,    /**< handed over for the other direction */
	SL_CHECK_PARTIAL_LINE, /**< a hand-over does not begin and end on lines (R5) */
	SL_CHECK_SHARED_LINE,  /**< a line with two owners (R4) */
	SL_CHECK_CPU_WRITE,    /**< the CPU wrote where the NIC owns (F2) */
	SL_CHECK_NOT_HANDED,   /**< the NIC uses memory that was not handed over (R1, T1, T2) */
	SL_CHECK_STALE_READ,   /**< the NIC wrote, nobody updated, and the line goes on (R3) */
	SL_CHECK_USE_AFTER_FREE, /**< use of memory that left the window, or leaves it in use (F1) */
	SL_CHECK_OUTSIDE,      /**< a sync call outside regions and buffers (A1) */
	SL_CHECK_CLASSES,
};

/** What to do when something is found. */
enum sl_check_policy {
	SL_CHECK_REPORT, /**< log it, once; count repetitions */
	SL_CHECK_ABORT,  /**< log it and raise SIGABRT */
	SL_CHECK_COUNT,  /**< count it, for sl_check_findings() and the dumps */
};

/** How to make a checker. Zero-initialise, then set what differs. */
struct sl_check_params {
	uint32_t line;                /**< 32, 64, 128 or 256 bytes; 0: 64 */
	uint64_t seed;                /**< of the adversary; 0: from the clock. Logged */
	/** Chance in 1024 of each step of the adversary, at each sync call and device access. */
	uint16_t evict, refill;       /**< 0: SL_CHECK_RATE; SL_CHECK_NEVER: none */
	enum sl_check_policy policy;
	sl_log_fn log;                /**< NULL: standard error */
	void *log_ctx;
	const char *diff;             /**< file of a search, see sl_check_difference(); NULL: none */
};

#define SL_CHECK_RATE 96u
#define SL_CHECK_NEVER UINT16_MAX

/** Hand-overs of a line that are remembered. */
#define SL_CHECK_HISTORY 4u
/** Findings that are told apart; more are only counted. */
#define SL_CHECK_FINDINGS 128u
/** Return addresses of a finding in debug builds. */
#define SL_CHECK_FRAMES 12u

/** One hand-over of a line. */
struct sl_check_event {
	const char *verb; /**< "flush", "prepare", "update", "release" */
	const char *file;
	int line;
	uint64_t ns;      /**< since the checker was made; of the last repetition */
	unsigned int repeats; /**< how many more in a row; sticks at 255 */
};

/** One finding; repetitions of it are the same one. */
struct sl_check_finding {
	enum sl_check_class kind;
	const char *rule;               /**< "T1" */
	char text[160];                 /**< what happened, in a sentence */
	char memory[SL_SHM_NAME_LEN];   /**< region or buffer; "" when in none */
	size_t offset;                  /**< of the first byte in it */
	size_t len;
	uint64_t ns;                    /**< since the checker was made, of the first one */
	uint64_t count;
	uint16_t queue;                 /**< or SL_SHM_QUEUE_NONE */
	uint32_t desc;                  /**< or SL_DESC_NONE */
	const char *owner;              /**< of the line then: "CPU", "NIC reads", ... */
	const char *verb;               /**< the call that found it; "device read", "eviction" too */
	const char *file;               /**< NULL when no call found it */
	int line;
	unsigned int events;            /**< in @c history, the oldest first */
	struct sl_check_event history[SL_CHECK_HISTORY];
	unsigned int frames;            /**< in @c frame; 0 but in debug builds */
	void *frame[SL_CHECK_FRAMES];
};

/** Figures of a checker. */
struct sl_check_stats {
	uint64_t seed;
	uint32_t line;
	uint64_t syncs, accesses;      /**< sync calls, device accesses told */
	uint64_t evictions, refills;   /**< steps of the adversary that changed something */
	uint64_t trace;                /**< hash of those steps: equal for equal runs */
	uint64_t found;                /**< findings, repetitions counted */
	uint64_t by_class[SL_CHECK_CLASSES];
	unsigned int distinct;         /**< findings told apart */
	uint64_t planted;              /**< calls that sl_check_plant() spoilt */
};

/**
 * Make a checker.
 * @return 0; -EINVAL (a line size or policy that is none, logged), -ENOMEM.
 */
int sl_check_create(const struct sl_check_params *params, struct sl_check **out) SL_MUST_CHECK;
/** Destroy it. -EBUSY while memory is mapped: close the adapter first. NULL is fine. */
int sl_check_destroy(struct sl_check *c);
/** What an adapter is opened with; valid until destroy. */
const struct sl_sync_checker *sl_check_seam(struct sl_check *c);

void sl_check_stats(struct sl_check *c, struct sl_check_stats *out);
/** Copy findings, the first ones first. @return how many there are, also when @p max is smaller. */
unsigned int sl_check_findings(
	struct sl_check *c, struct sl_check_finding *list, unsigned int max);
/** Forget all findings and their counts. */
void sl_check_forget(struct sl_check *c);
/** Print figures and findings, for people. */
void sl_check_dump(struct sl_check *c, FILE *f);
/** The same as one JSON object. Native builds only. */
void sl_check_dump_json(struct sl_check *c, FILE *f);

/** "missing_sync" and so on; NULL for no class. */
const char *sl_check_class_name(enum sl_check_class kind);
/** "report", "abort", "count"; NULL for none. */
const char *sl_check_policy_name(enum sl_check_policy policy);
/** Parse a name of sl_check_policy_name(); -EINVAL for any other word. */
int sl_check_policy_parse(const char *word, enum sl_check_policy *out);

/* --- planted bugs: to see that a driver's tests would find them --- */

/** What to do to the calls of one place. */
enum sl_check_bug {
	SL_CHECK_BUG_NONE,
	SL_CHECK_BUG_DROP,    /**< leave the call out */
	SL_CHECK_BUG_LATE,    /**< a sync: after the next doorbell barrier; a barrier: after the doorbell */
	SL_CHECK_BUG_HALF,    /**< half the length */
	SL_CHECK_BUG_REVERSE, /**< flush for prepare and update, prepare for flush */
};

/**
 * Spoil the sync calls at @p file : @p line, as if the driver's source did so.
 * @param file end of the path as the compiler saw it, "sl_tx.c"; copied
 * @return 0; -EINVAL for a name too long. SL_CHECK_BUG_NONE takes it out again.
 */
int sl_check_plant(struct sl_check *c, enum sl_check_bug bug, const char *file, int line);
/** Parse "drop", "late", "half", "reverse"; -EINVAL. */
int sl_check_bug_parse(const char *word, enum sl_check_bug *out);

/** One place that made sync calls. */
struct sl_check_site {
	const char *verb, *file;
	int line;
	uint64_t calls;
	uint64_t lines; /**< of memory, that these calls reached */
};

/** The places seen so far. @return how many there are, also when @p max is smaller. */
unsigned int sl_check_sites(struct sl_check *c, struct sl_check_site *list, unsigned int max);

/* --- naming a difference: a run went wrong, and no finding says why --- */

/**
 * What a run is to a search. The same program is run again and again with the
 * same sl_check_params.diff; the file carries the search from run to run, and
 * says at its first line what comes next.
 */
enum sl_check_pass {
	SL_CHECK_PASS_NONE,     /**< no search */
	SL_CHECK_PASS_RECORD,   /**< the run as it is; each call and access is recorded */
	SL_CHECK_PASS_COHERENT, /**< CPU and NIC share one copy: where does the run go another way? */
	SL_CHECK_PASS_LOCATE,   /**< the first run again, up to there: which lines differ? */
	SL_CHECK_PASS_TRY,      /**< again, some of these lines kept coherent: does that mend it? */
	SL_CHECK_PASS_TELL,     /**< again: the line that mends it is named */
	SL_CHECK_PASS_DONE,     /**< the search is over */
};

/** How a search ended. */
enum sl_check_verdict {
	SL_CHECK_NOT_YET,
	SL_CHECK_SAME,     /**< both runs did and saw the same */
	SL_CHECK_CPU_BEHIND, /**< the CPU used a line in which the NIC had written more: proven */
	SL_CHECK_CPU_LIKELY, /**< such lines there were, but keeping them coherent mends nothing */
	SL_CHECK_NIC_BEHIND, /**< the NIC read a line in which the CPU had written more */
	SL_CHECK_LOST,     /**< after an update the CPU lacks what the NIC wrote: it was overwritten */
	SL_CHECK_UNSEEN,   /**< both runs the same, but a line went on before the CPU's copy had it */
	SL_CHECK_NO_LINE,  /**< the runs differ, and no line does */
	SL_CHECK_NO_REPLAY, /**< two runs differ by themselves: step the device, fix the seeds */
	SL_CHECK_NO_ROOM,  /**< the file system has no room for the record */
	SL_CHECK_VERDICTS,
};

/** Last hand-over first; of a line that a search named. */
struct sl_check_past {
	char verb[16];
	char file[112];
	int line;
	uint64_t ns;
};

/** What a search knows. Strings are of the file: of other processes, too. */
struct sl_check_difference {
	enum sl_check_pass pass;       /**< what this run is */
	enum sl_check_pass next;       /**< what the next one will be; DONE: the rest is valid */
	unsigned int runs;             /**< so far, with this one */
	enum sl_check_verdict verdict;
	uint64_t event;                /**< how many calls and accesses are the same before it */
	char here[192];                /**< what the run does then: "update at sl_rx.c:190 of ..." */
	char coherent[192];            /**< what it does on a coherent machine */
	char memory[SL_SHM_NAME_LEN];  /**< region or buffer of the line; "" when none is named */
	size_t offset;                 /**< of the first byte that differs */
	size_t line_offset, line_len;  /**< of the line that has it */
	uint8_t cpu[8], nic[8];        /**< what both hold there, and behind it */
	uint16_t queue;                /**< or SL_SHM_QUEUE_NONE */
	char owner[40];
	unsigned int suspects;         /**< lines that differed then */
	unsigned int events;
	struct sl_check_past history[SL_CHECK_HISTORY]; /**< [0]: the last sync of the line */
};

/**
 * What the search that this checker is part of knows by now. It needs runs that
 * repeat: a stepped device, one thread, the same seeds (the checker's own is in
 * the file). At most some twenty runs: a dozen are usual. A search survives
 * runs that crash. The result is logged by the run that ends the search, and
 * stands at the start of the file, for people.
 * @return 0; -ENOENT without a search.
 */
int sl_check_difference(struct sl_check *c, struct sl_check_difference *out);
/**
 * The same from the file, between runs: what a run that ended, or crashed, left.
 * pass is that run's. @return 0; -EINVAL for another file; the error of reading it.
 */
int sl_check_difference_read(const char *path, struct sl_check_difference *out);
/** "record" and so on; NULL for none. */
const char *sl_check_pass_name(enum sl_check_pass pass);
/** "cpu_behind" and so on; NULL for none. */
const char *sl_check_verdict_name(enum sl_check_verdict verdict);

#ifdef __cplusplus
}
#endif

#endif /* _SL_CHECK_H_ */
