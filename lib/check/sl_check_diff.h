/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_CHECK_DIFF_H_
#define _SL_CHECK_DIFF_H_

/**
 * @file
 * The file that keeps the state of a search between runs, and declarations shared by
 * sl_check_diff.c and sl_check_diff_tell.c.
 */

#include "sl_check_priv.h"

/* Most bytes of an access that are compared; the rest is ignored. */
#define DIFF_VIEW_MAX 32768u
/* Most suspects of a search: the lines that were written last. */
#define DIFF_SUSPECTS 4096u
/* Bytes of text at the start of the file: the first line, and the report. */
#define DIFF_STATE_LEN 64u
#define DIFF_REPORT_LEN 4032u
/* The file grows in steps of this many bytes. */
#define DIFF_TRACE_STEP ((size_t)1 << 20)
#define DIFF_MAGIC "SLDIFF1"
/* check_diff_file.at if no event differs: the search then looks for lines handed over unread. */
#define DIFF_NOWHERE UINT64_MAX

/** A call or access: a hash that identifies it, and a hash of its bytes. */
struct diff_event {
	uint64_t id, content; /* content 0: it has no bytes to compare */
};

struct diff_suspect {
	uint32_t serial, line; /* check_mapping.serial */
};

struct check_diff_file {
	char state[DIFF_STATE_LEN];
	char report[DIFF_REPORT_LEN];
	char magic[8];
	uint32_t size; /* bytes of this struct: files of other versions are refused */
	uint32_t line, evict, refill;
	uint64_t seed;
	uint64_t recorded;	/* events in trace */
	uint64_t at;		/* index of the first event that differs */
	struct diff_event goal; /* the coherent run's event at that index */
	uint32_t goal_len;
	/* The run succeeds with [lo, suspects) kept coherent, and fails with [hi, suspects). */
	uint32_t suspects, lo, hi;
	bool mends; /* a run with coherent suspects succeeded; false: none tried yet, or it failed
		       with all */
	struct sl_check_difference result;
	uint8_t goal_view[DIFF_VIEW_MAX + 8];
	struct diff_suspect suspect[DIFF_SUSPECTS];
	_Alignas(4096) struct diff_event trace[];
};

/** The first suspect that the next run keeps coherent, and all after it. */
static inline uint32_t
diff_trying(const struct check_diff_file *f)
{
	return f->mends ? (f->lo + f->hi) / 2 : 0;
}

/* sl_check_diff_tell.c */

/** Describe the current call or access in words. */
void
diff_describe(const struct sl_check *c, const struct check_mapping *m, size_t off, size_t len,
	char *out, size_t cap);
/**
 * Report the line of byte @p off in the result. @p other: the bytes that it should hold;
 * NULL: the device's copy.
 */
void
diff_name(struct sl_check *c, const struct check_mapping *m, size_t off, const uint8_t *other);
/** First byte of line @p i in which the CPU's and the device's copies differ. */
size_t
diff_first(const struct sl_check *c, const struct check_mapping *m, uint32_t i);
/** End the search: write its result to the log and to the file. */
void
diff_finish(struct sl_check *c, enum sl_check_verdict verdict);
/** Write the first line of the file, which names the next pass. */
void
diff_state(struct sl_check *c);

#endif /* _SL_CHECK_DIFF_H_ */
