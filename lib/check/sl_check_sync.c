/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Effects of the driver's sync calls on the CPU's and the NIC's copies, and the
 * mistakes that such a call shows. Injected bugs alter calls here too. Device
 * accesses are in sl_check_access.c, the state of a line in sl_check_line.c.
 */

#include <stdlib.h>

#include "sl_check_priv.h"

/* --- pending ranges --- */

static void
check_complete(struct sl_check *c, struct check_list *list,
	void (*done)(struct sl_check *c, struct check_mapping *m, uint32_t i))
{
	unsigned int i;
	uint32_t k;

	for (i = 0; i < list->n; i++) {
		const struct check_range *r = &list->range[i];

		for (k = 0; k < r->count; k++)
			done(c, r->map, r->first + k);
	}
	list->n = 0;
}

/* If there is no memory for the list, complete the range at once: a less strict check. */
void
check_list_add(struct sl_check *c, struct check_list *list, const struct check_range *add,
	void (*done)(struct sl_check *c, struct check_mapping *m, uint32_t i))
{
	unsigned int room = list->room == 0 ? 64 : 2 * list->room;
	struct check_range *r;
	uint32_t k;

	if (list->n == list->room) {
		r = realloc(list->range, room * sizeof(*r));
		if (r == NULL) {
			check_complete(c, list, done);
			for (k = 0; k < add->count; k++)
				done(c, add->map, add->first + k);
			return;
		}
		list->range = r;
		list->room = room;
	}
	list->range[list->n++] = *add;
}

static void
fetch_done(struct sl_check *c, struct check_mapping *m, uint32_t i)
{
	size_t lo, n = check_span(c, m, i, &lo);

	if ((m->line[i].flags & LINE_FETCH) == 0)
		return;
	if (check_cpu_changed(m, lo, n))
		m->line[i].flags &= (uint8_t)~LINE_FETCH;
	else
		check_fetch(c, m, i);
	check_unpoison(c, m, i);
}

/* --- shared by all verbs --- */

/** The current sync call. */
struct call {
	enum check_verb verb;
	const void *va;
	size_t len;
	struct check_mapping *map;
	size_t off;	       /* offset of va in map */
	uint32_t first, count; /* lines */
	uint16_t site;
	struct check_thread *self;
};

static inline struct check_range
call_range(const struct call *k)
{
	return (struct check_range){k->map, k->first, k->count, k->off, k->len};
}

/** One line of a call, with offsets in the map. */
struct piece {
	size_t lo, n;	/* the whole line */
	size_t at, len; /* the part of it that the call's range covers */
	uint16_t units; /* the units of that part */
};

static inline struct piece
call_piece(const struct sl_check *c, const struct call *k, uint32_t i)
{
	struct piece p;
	size_t end;

	p.n = check_span(c, k->map, i, &p.lo);
	p.at = p.lo < k->off ? k->off : p.lo;
	end = p.lo + p.n < k->off + k->len ? p.lo + p.n : k->off + k->len;
	p.len = end - p.at;
	/* The usual case: the range covers the whole line. */
	p.units = p.len == c->line ? (uint16_t)((1u << c->line / CHECK_UNIT) - 1) :
				     check_units(c, k->map, i, p.at, p.len);
	return p;
}

/* Find the memory of the range (A1). False: it is in none, and this was reported. */
static bool
call_locate(struct sl_check *c, struct call *k)
{
	uintptr_t va = (uintptr_t)k->va;
	unsigned int i;

	k->map = check_find(c, k->va);
	if (k->map != NULL) {
		k->off = va - (uintptr_t)k->map->va;
		if (k->len <= k->map->len - k->off) {
			k->first = check_line_of(c, k->map, k->off);
			k->count = check_line_of(c, k->map, k->off + k->len - 1) - k->first + 1;
			c->now.queue = k->map->queue;
			return true;
		}
		check_report(c, SL_CHECK_OUTSIDE, k->map, k->off, k->len,
			"the range runs past the end of its memory");
		return false;
	}
	for (i = 0; i < CHECK_TOMBS; i++) {
		const struct check_tomb *t = &c->tomb[i];

		if (va - t->va < t->len) {
			c->now.tomb = t;
			check_report(c, SL_CHECK_USE_AFTER_FREE, NULL, va - t->va, k->len,
				"%s of memory that left the window %.6f s after the start",
				check_verb_name(k->verb), (double)t->ns / 1e9);
			c->now.tomb = NULL;
			return false;
		}
	}
	check_report(c, SL_CHECK_OUTSIDE, NULL, 0, k->len,
		"the range is in no region and no mapped buffer");
	return false;
}

/* Report a hand-over for a direction that the memory was not mapped for. */
static void
call_direction(struct sl_check *c, const struct call *k)
{
	enum sl_dma_dir want = k->verb == VERB_FLUSH ? SL_DMA_TO_DEVICE : SL_DMA_FROM_DEVICE;

	if ((k->map->dir & want) == 0)
		check_report(c, SL_CHECK_DIRECTION, k->map, k->off, k->len,
			"%s of memory that the NIC may only %s", check_verb_name(k->verb),
			k->verb == VERB_FLUSH ? "write" : "read");
}

/* True if the NIC wrote to the line and no update fetched the data. */
static bool
line_unseen(const struct sl_check *c, const struct check_mapping *m, uint32_t i)
{
	const struct check_line *l = &m->line[i];
	size_t lo, n = check_span(c, m, i, &lo);

	return (l->owner & NIC_WRITES) != 0 &&
		(l->written != 0 ||
			((l->flags & LINE_CONTENT) == 0 && check_nic_changed(m, lo, n)));
}

/* --- flush and prepare --- */

/* Checks of every hand-over to the NIC, before anything changes. */
static void
hand_check_line(struct sl_check *c, const struct call *k, uint32_t i, const struct piece *p)
{
	struct check_line *l = &k->map->line[i];

	if ((l->flags & LINE_FETCH) != 0) {
		check_report(c, SL_CHECK_NO_FENCE, k->map, p->at, p->len,
			"%s of a line whose update has had no sl_update_fence() yet",
			check_verb_name(k->verb));
		fetch_done(c, k->map, i);
	}
	if ((l->flags & LINE_MISUSED) != 0) {
		l->flags &= (uint8_t)~LINE_MISUSED;
		check_report(c, SL_CHECK_LATE_SYNC, k->map, p->at, p->len,
			"%s of a line that the NIC has used already: it belongs before the "
			"doorbell",
			check_verb_name(k->verb));
	}
	/* Units that the NIC has not read yet must not change, nor be handed over for writing. */
	if (l->owner == NIC_READS && c->device_tells && (l->handed & ~l->read & p->units) != 0) {
		if (k->verb == VERB_PREPARE)
			check_report(c, SL_CHECK_SHARED_LINE, k->map, p->at, p->len,
				"prepare of a line that the NIC has still to read");
		else if ((check_diff(c, k->map, i, k->map->va, k->map->synced) & l->handed &
				 ~l->read) != 0)
			check_report(c, SL_CHECK_CPU_WRITE, k->map, p->at, p->len,
				"the CPU wrote to a line that the NIC has still to read");
	}
}

/* Checks of a transfer that is handed to the NIC while the NIC owns it for writing. */
static void
hand_check_transfer(struct sl_check *c, const struct call *k, uint32_t i, const struct piece *p)
{
	const struct check_line *l = &k->map->line[i];

	if ((l->owner & NIC_WRITES) == 0)
		return;
	if (line_unseen(c, k->map, i))
		check_report(c, SL_CHECK_STALE_READ, k->map, p->at, p->len,
			"%s of a line that the NIC wrote and nobody updated or released",
			check_verb_name(k->verb));
	else if (k->verb == VERB_FLUSH)
		check_report(c, SL_CHECK_SHARED_LINE, k->map, p->at, p->len,
			"flush of a line that the NIC owns for writing");
	else if (l->first != k->first)
		check_report(c, SL_CHECK_SHARED_LINE, k->map, p->at, p->len,
			"prepare of a line that is part of another hand-over for writing");
}

/*
 * Checks of a ring's line that is handed over while the NIC owns other units of it, or
 * wrote them (R4).
 */
static void
hand_check_ring(struct sl_check *c, const struct call *k, uint32_t i, const struct piece *p)
{
	uint16_t out = check_outstanding(c, k->map, i);

	if (out == 0) {
		if (check_lost(c, k->map, i) != 0)
			check_report(c, SL_CHECK_SHARED_LINE, k->map, p->at, p->len,
				"%s of a line in which the NIC wrote what nobody updated: that is "
				"lost",
				check_verb_name(k->verb));
		return;
	}
	if ((check_diff(c, k->map, i, k->map->va, k->map->synced) & out) != 0)
		check_report(c, SL_CHECK_CPU_WRITE, k->map, p->at, p->len,
			"%s of a line in which the CPU wrote where the NIC has still to write",
			check_verb_name(k->verb));
	else
		check_report(c, SL_CHECK_SHARED_LINE, k->map, p->at, p->len,
			"%s of a line of which the NIC has still a part to write",
			check_verb_name(k->verb));
}

/* R5: a transfer that the NIC writes begins and ends at line boundaries, or at a region's end. */
static void
hand_check_ends(struct sl_check *c, const struct call *k)
{
	uintptr_t from = (uintptr_t)k->va, to = from + k->len;
	uintptr_t end = (uintptr_t)k->map->va + k->map->len;

	if (k->verb != VERB_PREPARE || !k->map->transfer)
		return;
	if (((from | to) & (c->line - 1)) == 0 ||
		(k->map->region && to == end && (from & (c->line - 1)) == 0))
		return;
	check_report(c, SL_CHECK_PARTIAL_LINE, k->map, k->off, k->len,
		"prepare of %zu bytes that begin %zu and end %zu bytes into a line", k->len,
		(size_t)(from & (c->line - 1)), (size_t)(to & (c->line - 1)));
}

/* Hand over a line: its content is saved now, and copied to the device at the barrier. */
static void
hand_line(struct sl_check *c, const struct call *k, uint32_t i, const struct piece *p)
{
	const bool both = !k->map->transfer && k->map->dir == SL_DMA_BIDIRECTIONAL;
	struct check_mapping *m = k->map;
	struct check_line *l = &m->line[i];

	/* A clean line is not written back. */
	if (check_cpu_changed(m, p->lo, p->n)) {
		check_copy(m->synced + p->lo, m->va + p->lo, p->n);
		l->flags |= LINE_CONTENT;
	}
	l->evicted = 0;
	l->flags &= (uint8_t)~LINE_REFILLED;
	/* The NIC reads a ring's descriptor, then writes it: one flush gives both rights. */
	l->pending |= k->verb == VERB_PREPARE ? NIC_WRITES : NIC_READS;
	if (both && k->verb == VERB_FLUSH)
		l->pending |= NIC_WRITES;
	l->phanded |= p->units;
	m->given[i / CHECK_GROUP] = 1;
	l->first = k->first;
	check_note(c, l, k->verb, k->site);
}

static void
do_hand_over(struct sl_check *c, const struct call *k)
{
	const struct check_range range = call_range(k);
	uint32_t i;

	hand_check_ends(c, k);
	for (i = k->first; i < k->first + k->count; i++) {
		const struct piece p = call_piece(c, k, i);

		hand_check_line(c, k, i, &p);
		if (k->map->transfer)
			hand_check_transfer(c, k, i, &p);
		else
			hand_check_ring(c, k, i, &p);
		hand_line(c, k, i, &p);
	}
	k->map->line[k->first].count = k->count;
	check_remember(c, k->map, k->first);
	if (k->self != NULL)
		check_list_add(c, &k->self->handed, &range, check_apply);
	else
		for (i = k->first; i < k->first + k->count; i++)
			check_apply(c, k->map, i);
}

/* --- update --- */

/* Without reports of a software device, a write without a right is detected at the update. */
static void
update_check_right(struct sl_check *c, const struct call *k, uint32_t i)
{
	const struct check_line *l = &k->map->line[i];
	size_t lo, n = check_span(c, k->map, i, &lo);

	if (c->device_tells || l->owner >= NIC_WRITES ||
		(l->flags & (LINE_CONTENT | LINE_FREE)) != 0 || l->pending != 0 ||
		!check_nic_changed(k->map, lo, n))
		return;
	if (l->owner == NIC_READS)
		check_report(c, SL_CHECK_DIRECTION, k->map, lo, n,
			"the NIC wrote to a line that was handed over for reading");
	else
		check_report(c, SL_CHECK_NOT_HANDED, k->map, lo, n,
			"the NIC wrote to a line that was not handed over");
}

/*
 * An update of the first line of a hand-over takes all its lines back; an update of another
 * line takes back only that line.
 */
static void
update_take_back(struct sl_check *c, const struct call *k, uint32_t i)
{
	struct check_line *l = &k->map->line[i];
	uint32_t first = l->first, count, at;

	if (first < k->first) {
		check_take_back(l);
		return;
	}
	count = k->map->line[first].count;
	for (at = first; at < first + count && at < k->map->lines; at++) {
		l = &k->map->line[at];
		if (l->first != first || (l->owner & NIC_WRITES) == 0)
			continue;
		if (l->written != 0 && at - k->first >= k->count)
			check_diff_unseen(c, k->map, at);
		/* Lines that are being updated stay poisoned until the fence. */
		if ((l->flags & LINE_FETCH) == 0)
			check_unpoison(c, k->map, at);
		check_take_back(l);
	}
}

static void
update_line(struct sl_check *c, const struct call *k, uint32_t i)
{
	struct check_mapping *m = k->map;
	struct check_line *l = &m->line[i];
	size_t lo, n = check_span(c, m, i, &lo);

	update_check_right(c, k, i);
	/* An update of a line completes an earlier flush of it. */
	check_settle(c, m, i);
	if (check_cpu_changed(m, lo, n)) {
		check_cpu_wrote(c, m, i);
		/* A dirty line is written back over what the NIC wrote. */
		check_copy(m->synced + lo, m->va + lo, n);
		check_copy(m->dev + lo, m->synced + lo, n);
	}
	check_note(c, l, VERB_UPDATE, k->site);
	if (m->transfer && (l->owner & NIC_WRITES) != 0)
		update_take_back(c, k, i);
}

static void
do_update(struct sl_check *c, const struct call *k)
{
	const struct check_range range = call_range(k);
	uint32_t i;

	for (i = k->first; i < k->first + k->count; i++)
		k->map->line[i].flags |= LINE_FETCH;
	for (i = k->first; i < k->first + k->count; i++)
		update_line(c, k, i);
	if (k->self != NULL)
		check_list_add(c, &k->self->fetched, &range, fetch_done);
	else
		for (i = k->first; i < k->first + k->count; i++)
			fetch_done(c, k->map, i);
}

static void
do_release(struct sl_check *c, const struct call *k)
{
	uint32_t i;

	for (i = k->first; i < k->first + k->count; i++) {
		struct check_line *l = &k->map->line[i];

		check_settle(c, k->map, i);
		check_take_back(l);
		check_unpoison(c, k->map, i);
		l->pending = 0;
		l->phanded = 0;
		l->evicted = 0;
		l->flags &= (uint8_t) ~(LINE_FETCH | LINE_MISUSED);
		check_note(c, l, VERB_RELEASE, k->site);
	}
}

/* --- calls --- */

/* In a coherent run: only record which ranges the CPU may read after the next fence. */
static void
run_coherent(struct sl_check *c, const struct call *k)
{
	const struct check_range range = call_range(k);

	if (k->verb == VERB_UPDATE && k->self != NULL)
		check_list_add(c, &k->self->fetched, &range, fetch_done);
}

static void
run_barrier(struct sl_check *c, const struct call *k)
{
	struct check_list none = {0}, *fetched = k->self == NULL ? &none : &k->self->fetched;
	unsigned int n = fetched->n;

	if (k->verb == VERB_DOORBELL) {
		check_diff_call(c, k->verb, NULL, 0, 0, NULL, 0);
		check_moment(c, NULL, 0, 0);
		if (k->self != NULL)
			check_complete(c, &k->self->handed, check_apply);
		return;
	}
	check_moment(c, NULL, 0, 0);
	check_complete(c, fetched, fetch_done);
	check_diff_call(c, k->verb, NULL, 0, 0, fetched->range, n);
}

static void
run(struct sl_check *c, enum check_verb verb, const void *va, size_t len,
	const struct sl_sync_site *site)
{
	struct call k = {.verb = verb, .va = va, .len = len, .self = check_self(c)};

	c->now.verb = check_verb_name(verb);
	c->now.site = site;
	c->now.queue = SL_SHM_QUEUE_NONE;
	c->now.desc = SL_DESC_NONE;
	k.site = check_site(c, c->now.verb, site);
	if (verb == VERB_DOORBELL || verb == VERB_FENCE) {
		run_barrier(c, &k);
		return;
	}
	if (len == 0 || !call_locate(c, &k))
		return;
	if (k.site != 0)
		c->site[k.site].lines += k.count;
	check_diff_call(c, verb, k.map, k.off, len, NULL, 0);
	if (c->diff.coherent) {
		run_coherent(c, &k);
		return;
	}
	check_moment(c, k.map, k.first, k.count);
	if (verb == VERB_RELEASE) {
		do_release(c, &k);
		return;
	}
	call_direction(c, &k);
	if (verb == VERB_UPDATE)
		do_update(c, &k);
	else
		do_hand_over(c, &k);
}

/* Delay a call for an injected bug; if there is no memory for that, make it at once. */
static void
put_off(struct sl_check *c, struct check_thread *self, const struct check_late *late)
{
	unsigned int room = self->late_room == 0 ? 64 : 2 * self->late_room;
	struct check_late *list = self->late;

	if (self->nb_late == self->late_room) {
		list = realloc(list, room * sizeof(*list));
		if (list == NULL) {
			run(c, late->verb, late->va, late->len, &late->site);
			return;
		}
		self->late = list;
		self->late_room = room;
	}
	self->late[self->nb_late++] = *late;
}

static void
run_late(struct sl_check *c, struct check_thread *self)
{
	unsigned int i;

	for (i = 0; i < self->nb_late; i++)
		run(c, self->late[i].verb, self->late[i].va, self->late[i].len,
			&self->late[i].site);
	self->nb_late = 0;
}

static void
run_late_barrier(struct sl_check *c, struct check_thread *self)
{
	if (!self->barrier_waits)
		return;
	self->barrier_waits = false;
	run(c, self->barrier.verb, NULL, 0, &self->barrier.site);
}

/* True if a bug is injected at this place in the driver's source. */
static bool
planted(const struct sl_check *c, const struct sl_sync_site *site)
{
	size_t want = strlen(c->plant.file), n;

	if (c->plant.bug == SL_CHECK_BUG_NONE || site->line != c->plant.line)
		return false;
	n = strlen(site->file);
	return n >= want && strcmp(site->file + n - want, c->plant.file) == 0;
}

/* Make a call as its injected bug alters it. */
static void
run_spoilt(struct sl_check *c, enum check_verb verb, const void *va, size_t len,
	const struct sl_sync_site *site)
{
	bool barrier = verb == VERB_DOORBELL || verb == VERB_FENCE;
	struct check_thread *self = check_self(c);
	const struct check_late late = {verb, va, len, *site};

	switch (c->plant.bug) {
	case SL_CHECK_BUG_LATE:
		if (self == NULL)
			break;
		if (!barrier) {
			put_off(c, self, &late);
			break;
		}
		run_late_barrier(c, self);
		self->barrier = late;
		self->barrier_waits = true;
		break;
	case SL_CHECK_BUG_HALF:
		if (barrier)
			run(c, verb, va, len, site);
		else if (len / 2 > 0)
			run(c, verb, va, len / 2, site);
		break;
	case SL_CHECK_BUG_REVERSE:
		run(c,
			barrier			   ? verb :
				verb == VERB_FLUSH ? VERB_PREPARE :
						     VERB_FLUSH,
			va, len, site);
		break;
	default:
		break;
	}
}

static void
enter(struct sl_check *c, enum check_verb verb, const void *va, size_t len,
	const struct sl_sync_site *site, const void *caller)
{
	struct check_thread *self;

	pthread_mutex_lock(&c->lock);
	c->stats.syncs++;
	c->now.caller = caller;
	c->now.ns = check_ns(c);
	c->cpu = pthread_self();
	self = c->plant.bug == SL_CHECK_BUG_LATE ? check_self(c) : NULL;
	/* The doorbell followed the delayed barrier: make the barrier now. */
	if (self != NULL)
		run_late_barrier(c, self);
	if (planted(c, site)) {
		c->stats.planted++;
		run_spoilt(c, verb, va, len, site);
	} else {
		run(c, verb, va, len, site);
	}
	if (self != NULL && verb == VERB_DOORBELL)
		run_late(c, self);
	pthread_mutex_unlock(&c->lock);
}

void
check_sync(void *ctx, enum sl_sync_verb verb, const void *va, size_t len,
	const struct sl_sync_site *site)
{
	enter(ctx, (enum check_verb)verb, va, len, site, __builtin_return_address(0));
}

void
check_fence(void *ctx, const struct sl_sync_site *site)
{
	enter(ctx, VERB_FENCE, NULL, 0, site, __builtin_return_address(0));
}

void
check_release(void *ctx, const void *va, size_t len, const struct sl_sync_site *site)
{
	enter(ctx, VERB_RELEASE, va, len, site, __builtin_return_address(0));
}
