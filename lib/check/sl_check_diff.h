/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_CHECK_DIFF_H_
#define _SL_CHECK_DIFF_H_

/**
 * @file
 * The file of a search: what sl_check_diff.c and sl_check_diff_tell.c share.
 */

#include "sl_check_priv.h"

/* Bytes of an access that are compared; more are not looked at. */
#define DIFF_VIEW_MAX 32768u
/* Lines that may be what makes the difference: those written last. */
#define DIFF_SUSPECTS 4096u
/* What people read at the file's start: its first line, and the report. */
#define DIFF_STATE_LEN 64u
#define DIFF_REPORT_LEN 4032u
/* Room for calls and accesses is added in such steps. */
#define DIFF_TRACE_STEP ((size_t)1 << 20)
#define DIFF_MAGIC "SLDIFF1"
/* check_diff_file.at of a search in which no access differs: what went on unseen is looked for. */
#define DIFF_NOWHERE UINT64_MAX

/** A call or access: which one, and what it shows. */
struct diff_event {
	uint64_t id, content; /* hashes; content 0: it shows nothing */
};

struct diff_suspect {
	uint32_t serial, line; /* check_map.serial */
};

struct check_diff_file {
	char state[DIFF_STATE_LEN];
	char report[DIFF_REPORT_LEN];
	char magic[8];
	uint32_t size; /* of this struct: files of other versions are refused */
	uint32_t line, evict, refill;
	uint64_t seed;
	uint64_t recorded; /* in trace */
	uint64_t at;	   /* first one that differs */
	struct diff_event goal; /* what a coherent machine does there */
	uint32_t goal_len;
	/* Suspects [lo, suspects) kept coherent mend it, from hi on they do not. */
	uint32_t suspects, lo, hi;
	bool mends; /* all of them do; false: not tried yet, or in vain */
	struct sl_check_difference result;
	uint8_t goal_view[DIFF_VIEW_MAX + 8];
	struct diff_suspect suspect[DIFF_SUSPECTS];
	_Alignas(4096) struct diff_event trace[];
};

/** The first suspect that the run that comes next keeps coherent. */
static inline uint32_t
diff_trying(const struct check_diff_file *f)
{
	return f->mends ? (f->lo + f->hi) / 2 : 0;
}

/* sl_check_diff_tell.c */

/** The call or access at work, in words. */
void diff_describe(const struct sl_check *c, const struct check_map *m, size_t off, size_t len,
	char *out, size_t cap);
/** Name the line that has byte @p off; @p other: what it should be, NULL: what the device's copy holds. */
void diff_name(struct sl_check *c, const struct check_map *m, size_t off, const uint8_t *other);
/** The first byte of line @p i in which the copies of CPU and device differ. */
size_t diff_first(const struct sl_check *c, const struct check_map *m, uint32_t i);
/** The search is over: its result goes to the log and to the file. */
void diff_finish(struct sl_check *c, enum sl_check_verdict verdict);
/** The file's first line. */
void diff_state(struct sl_check *c);

#endif /* _SL_CHECK_DIFF_H_ */
