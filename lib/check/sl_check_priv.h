/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_CHECK_PRIV_H_
#define _SL_CHECK_PRIV_H_

/**
 * @file
 * Declarations shared by the checker's files; users include sl_check.h. The functions
 * declared here need the checker's lock unless their comment says otherwise.
 */

#include <pthread.h>
#include <string.h>

#include "sl_check.h"

#if defined(__SANITIZE_ADDRESS__)
#define CHECK_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CHECK_ASAN 1
#endif
#endif
#ifndef CHECK_ASAN
#define CHECK_ASAN 0
#endif

#define CHECK_LINE_MIN 32u
#define CHECK_LINE_MAX 256u
/* Ownership is recorded per unit of 16 bytes, one descriptor. A line has at most 16 units. */
#define CHECK_UNIT 16u
#define CHECK_SITES 256u
#define CHECK_RECENT 256u /* lines that the adversary prefers; a power of two */
/* FNV-1a, 64 bits: its start value and its multiplier. */
#define CHECK_FNV_BASIS UINT64_C(14695981039346656037)
#define CHECK_FNV_PRIME UINT64_C(1099511628211)
/* splitmix64: its step and its two mixers. */
#define CHECK_MIX_STEP UINT64_C(11400714819323198485)
#define CHECK_MIX_1 UINT64_C(13787848793156543929)
#define CHECK_MIX_2 UINT64_C(10723151780598845931)
#define CHECK_TOMBS 32u /* memory that left the window */

/* check_line.owner and .pending: the NIC's rights. 0: no rights, the CPU owns the line. */
#define NIC_READS 1u
#define NIC_WRITES 2u

/* check_line.flags */
#define LINE_CONTENT 1u	  /* a flush is pending: the barrier copies synced to the device's copy */
#define LINE_FETCH 2u	  /* an update is pending until the fence */
#define LINE_FREE 4u	  /* released: its content is undefined */
#define LINE_REFILLED 16u /* fetched early by the adversary, and not updated since */
#define LINE_MISUSED 8u	  /* the NIC used it without having the right to */
#define LINE_HEAL 32u	  /* kept coherent by a search: NIC writes go to the CPU's copy at once */

/** One hand-over in compact form. */
struct check_event {
	uint64_t ns;
	uint16_t site;
	uint8_t verb; /* enum check_verb */
	uint8_t repeats;
};

/* Verbs in a line's history: the sync calls' verbs, fence and release. */
enum check_verb {
	VERB_FLUSH = SL_SYNC_FLUSH,
	VERB_PREPARE = SL_SYNC_PREPARE,
	VERB_UPDATE = SL_SYNC_UPDATE,
	VERB_DOORBELL = SL_SYNC_DOORBELL,
	VERB_FENCE,
	VERB_RELEASE,
};

/** One line. Masks have one bit per unit. */
struct check_line {
	uint8_t owner;	 /* rights in force */
	uint8_t pending; /* rights that take effect at the barrier */
	uint8_t flags;
	uint8_t events;	  /* number of entries in history, the newest at events - 1 */
	uint16_t handed;  /* units that the rights in force cover */
	uint16_t phanded; /* units that the pending rights cover */
	uint16_t read;	  /* units that the NIC read since they were handed over */
	uint16_t written; /* units that the NIC wrote since they were handed over */
	uint16_t evicted; /* units that the CPU changed and the adversary wrote back, without a
			     flush */
	uint32_t first;	  /* first line of its hand-over */
	uint32_t count;	  /* lines of the hand-over that begins here */
	/* For searches: units that a device wrote since the hand-over, and the last such event. */
	uint16_t told;
	uint32_t told_at;
	struct check_event history[SL_CHECK_HISTORY];
};

/* Lines with one mark in check_mapping.given: those whose states fill a page or two. */
#define CHECK_GROUP 64u

/** One region or buffer. */
struct check_mapping {
	char name[SL_SHM_NAME_LEN];
	uint8_t *va;	 /* the CPU's copy */
	uint8_t *dev;	 /* the device's copy of the byte at va */
	uint8_t *synced; /* content last synced of the byte at va */
	uint64_t iova;
	size_t len;
	uintptr_t base; /* va rounded down to a line */
	uint32_t lines;
	uint32_t serial; /* number in the order of mapping: the same in every run */
	enum sl_dma_dir dir;
	enum sl_usage usage;
	uint16_t queue;
	uint32_t desc_len; /* bytes of a ring's descriptor; 0: unknown */
	bool transfer;	   /* buffers and data regions: an update returns them to the CPU */
	bool region;
	bool nic_wrote; /* the NIC has written to some byte of it */
	struct check_line *line;
	uint8_t *given; /* one mark for each CHECK_GROUP lines: the NIC was given one of them */
	void *mem;	/* memory of dev and synced */
	size_t mem_len, line_len;
};

/** A range of a map that waits for its thread's barrier or fence, in lines and in bytes. */
struct check_range {
	struct check_mapping *map;
	uint32_t first, count;
	size_t off, len;
};

struct check_list {
	struct check_range *range;
	unsigned int n, room;
};

/** A call that an injected bug delays. */
struct check_late {
	enum check_verb verb;
	const void *va;
	size_t len;
	struct sl_sync_site site;
};

/** One thread's sync calls that are not complete yet. */
struct check_thread {
	struct check_thread *next;
	pthread_t id;
	struct check_list handed;  /* flushed and prepared ranges, until the doorbell barrier */
	struct check_list fetched; /* updated ranges, until the fence */
	struct check_late *late;   /* delayed syncs that wait for a doorbell, in order */
	unsigned int nb_late, late_room;
	struct check_late barrier; /* a barrier or fence that is delayed until the next call */
	bool barrier_waits;
};

/** Memory that left the window. */
struct check_tomb {
	char name[SL_SHM_NAME_LEN];
	uintptr_t va;
	uint64_t iova, ns;
	size_t len;
};

struct check_recent {
	struct check_mapping *map;
	uint32_t line;
};

struct check_plant {
	enum sl_check_bug bug;
	char file[64];
	int line;
};

struct check_diff_file;

/** A search for a difference: sl_check_diff.c. */
struct check_diff {
	enum sl_check_pass pass; /* pass of this run; NONE: no search */
	bool coherent;		 /* CPU and NIC share one copy */
	bool over;		 /* this run's pass is complete */
	int fd;
	struct check_diff_file *file; /* a shared mapping of the file: survives a crash */
	size_t file_len;
	uint64_t n;    /* calls and accesses so far */
	uint8_t *view; /* bytes of the current event, with addresses made comparable */
	size_t view_len;
	struct check_list
		written; /* written by the device since its last sl_dma_end(); for LINE_HEAL */
};

struct sl_check {
	pthread_mutex_t lock;
	struct sl_sync_checker seam;
	uint32_t line; /* bytes */
	unsigned int shift;
	uint64_t seed, rng, start_ns;
	unsigned int evict, refill;
	enum sl_check_policy policy;
	sl_log_fn log;
	void *log_ctx;
	bool device_tells; /* a device has reported accesses */
	pthread_t cpu;	   /* thread of the last sync call */
	struct sl_check_stats stats;
	struct check_mapping **maps; /* sorted by va */
	struct check_mapping **devs; /* the same maps, sorted by dev */
	struct check_mapping *last;
	unsigned int nb_maps;
	uint32_t next_serial;
	struct check_thread *threads;
	struct check_recent recent[CHECK_RECENT];
	unsigned int next_recent;
	struct check_tomb tomb[CHECK_TOMBS];
	unsigned int next_tomb;
	struct sl_check_site
		site[CHECK_SITES]; /* [0]: all places for which there is no entry left */
	unsigned int nb_sites;
	struct check_plant plant;
	struct check_diff diff;
	struct sl_check_finding finding[SL_CHECK_FINDINGS];
	/* The current call or access, for reports. */
	struct {
		const char *verb;
		const struct sl_sync_site *site;
		const void *caller; /* return address into the checker's caller: a reported stack
				       starts there */
		const struct check_tomb
			*tomb; /* the memory of the call, if it left the window; else NULL */
		uint64_t ns;
		uint16_t queue;
		uint32_t desc;
	} now;
};

/** Bytes of line @p i in the map, as offsets in the map: [*lo, *lo + result). */
static inline size_t
check_span(const struct sl_check *c, const struct check_mapping *m, uint32_t i, size_t *lo)
{
	uintptr_t from = m->base + ((uintptr_t)i << c->shift), to = from + c->line;
	uintptr_t start = (uintptr_t)m->va, end = start + m->len;

	from = from < start ? start : from;
	to = to > end ? end : to;
	*lo = from - start;
	return to - from;
}

static inline uint32_t
check_line_of(const struct sl_check *c, const struct check_mapping *m, size_t off)
{
	return (uint32_t)(((uintptr_t)m->va + off - m->base) >> c->shift);
}

/*
 * The CPU's copy may be poisoned. Access it with these two functions, and not with
 * memcpy() and memcmp(), which AddressSanitizer intercepts.
 */
#if CHECK_ASAN
void
check_copy(uint8_t *to, const uint8_t *from, size_t n);
bool
check_equal(const uint8_t *a, const uint8_t *b, size_t n);
#else
static inline void
check_copy(uint8_t *to, const uint8_t *from, size_t n)
{
	memcpy(to, from, n);
}

static inline bool
check_equal(const uint8_t *a, const uint8_t *b, size_t n)
{
	return memcmp(a, b, n) == 0;
}
#endif

static inline bool
check_cpu_changed(const struct check_mapping *m, size_t lo, size_t n)
{
	return !check_equal(m->va + lo, m->synced + lo, n);
}

static inline bool
check_nic_changed(const struct check_mapping *m, size_t lo, size_t n)
{
	return memcmp(m->dev + lo, m->synced + lo, n) != 0;
}

/* sl_check.c */
struct check_mapping *
check_find(struct sl_check *c, const void *va);
/** The map whose device copy contains the byte at @p dev. */
struct check_mapping *
check_find_device(struct sl_check *c, const void *dev);
/** Record of the current thread. NULL: no memory, and its calls are complete at once. */
struct check_thread *
check_self(struct sl_check *c);
uint64_t
check_ns(const struct sl_check *c);

/* sl_check_line.c: one line */

/** Mask of the units of line @p i that [lo, lo + n) of the map touches. */
uint16_t
check_units(
	const struct sl_check *c, const struct check_mapping *m, uint32_t i, size_t lo, size_t n);
/** Units of line @p i in which two copies @p a and @p b of the map differ. */
uint16_t
check_diff(const struct sl_check *c, const struct check_mapping *m, uint32_t i, const uint8_t *a,
	const uint8_t *b);
/** Units that the NIC may still write. */
uint16_t
check_outstanding(const struct sl_check *c, const struct check_mapping *m, uint32_t i);
/**
 * Units that the NIC wrote and the CPU neither fetched nor wrote. A write-back of the
 * line would overwrite them.
 */
uint16_t
check_lost(const struct sl_check *c, const struct check_mapping *m, uint32_t i);
/** The CPU wrote to the line: report it if the NIC may write there, or its data is lost. */
void
check_cpu_wrote(struct sl_check *c, struct check_mapping *m, uint32_t i);
/** Complete a pending flush: copy the content to the device's copy. */
void
check_settle(struct sl_check *c, struct check_mapping *m, uint32_t i);
/** Copy the device's content to the CPU's copy. The line must be clean. */
void
check_fetch(struct sl_check *c, struct check_mapping *m, uint32_t i);
/** Put the NIC's pending rights into force. */
void
check_apply(struct sl_check *c, struct check_mapping *m, uint32_t i);
/** Give the line back to the CPU. */
void
check_take_back(struct check_line *l);

/* sl_check_poison.c: AddressSanitizer reports accesses to poisoned parts of the CPU's copy */
#if CHECK_ASAN
/** Poison units of line @p i, which the NIC owns for writing; not in regions of usage OTHER. */
void
check_poison(struct sl_check *c, struct check_mapping *m, uint32_t i, uint16_t units);
void
check_unpoison(struct sl_check *c, struct check_mapping *m, uint32_t i);
void
check_unpoison_map(struct check_mapping *m);
#else
static inline void
check_poison(struct sl_check *c, struct check_mapping *m, uint32_t i, uint16_t units)
{
	(void)c;
	(void)m;
	(void)i;
	(void)units;
}

static inline void
check_unpoison(struct sl_check *c, struct check_mapping *m, uint32_t i)
{
	(void)c;
	(void)m;
	(void)i;
}

static inline void
check_unpoison_map(struct check_mapping *m)
{
	(void)m;
}
#endif

/* sl_check_sync.c */
void
check_sync(void *ctx, enum sl_sync_verb verb, const void *va, size_t len,
	const struct sl_sync_site *site);
void
check_fence(void *ctx, const struct sl_sync_site *site);
void
check_release(void *ctx, const void *va, size_t len, const struct sl_sync_site *site);

/** Add a range to the list; if there is no memory for it, complete it at once. */
void
check_list_add(struct sl_check *c, struct check_list *list, const struct check_range *r,
	void (*done)(struct sl_check *c, struct check_mapping *m, uint32_t i));

/* sl_check_diff.c: searches; without a search these functions do nothing */

/**
 * Join the search of @p params, before the checker does anything else. 0 or negative
 * errno, logged.
 */
int
check_diff_open(struct sl_check *c, const struct sl_check_params *params);
void
check_diff_close(struct sl_check *c);
/** Memory enters the window (@p verb "map") or leaves it. */
void
check_diff_map(struct sl_check *c, struct check_mapping *m, const char *verb);
/**
 * A sync call takes effect. @p m NULL: a call without a range. @p shown: ranges that the
 * CPU may read from now on.
 */
void
check_diff_call(struct sl_check *c, enum check_verb verb, const struct check_mapping *m, size_t off,
	size_t len, const struct check_range *shown, unsigned int nb_shown);
/** A device makes an access. */
void
check_diff_access(
	struct sl_check *c, const struct sl_sync_access *a, struct check_mapping *m, size_t off);
/** A line is handed over again, and the NIC's data was never copied to the CPU's copy. */
void
check_diff_unseen(struct sl_check *c, struct check_mapping *m, uint32_t i);
/** Called by sl_dma_end(): a device has made all accesses it reported. Takes the lock. */
void
check_done(void *ctx);

/* sl_check_access.c */
void
check_access(void *ctx, const struct sl_sync_access *a);

/* sl_check_adversary.c */

/**
 * Let the adversary act. The current call covers lines [first, first + count) of @p m; @p m NULL:
 * no lines.
 */
void
check_moment(struct sl_check *c, struct check_mapping *m, uint32_t first, uint32_t count);
/** Note a line that was handed over: the adversary prefers such lines. */
void
check_remember(struct sl_check *c, struct check_mapping *m, uint32_t line);
/** Remove the lines of a map that leaves the window from the adversary's list. */
void
check_forget_map(struct sl_check *c, const struct check_mapping *m);

/* sl_check_report.c */

const char *
check_owner_name(const struct check_line *l);
/** Count a call from this site. @return the site's index, for a line's history. */
uint16_t
check_site(struct sl_check *c, const char *verb, const struct sl_sync_site *site);
const char *
check_verb_name(enum check_verb verb);
/** Add a hand-over to a line's history. */
void
check_note(struct sl_check *c, struct check_line *l, enum check_verb verb, uint16_t site);
/** Report a finding at [off, off + len) of @p m; NULL: in no memory of the window. */
void
check_report(struct sl_check *c, enum sl_check_class kind, struct check_mapping *m, size_t off,
	size_t len, const char *fmt, ...) __attribute__((format(printf, 6, 7)));
/** Log a message with the log function of the parameters. */
void
check_log(struct sl_check *c, int level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* _SL_CHECK_PRIV_H_ */
