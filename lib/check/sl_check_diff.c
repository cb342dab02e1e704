/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The search for the line whose two copies made a run fail (`syncline name`).
 * The checker cannot see the CPU's loads, but runs of a stepped device are
 * reproducible. So the run is repeated with one copy of memory for CPU and NIC,
 * up to the first event that differs. Then the lines that differed there are
 * kept coherent, fewer in each run, until one line is left: the run fails
 * unless this line is kept coherent. sl_check_diff_tell.c writes the report.
 */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sl_check_diff.h"

static inline uint64_t
hash_word(uint64_t h, uint64_t word)
{
	return (h ^ word) * CHECK_FNV_PRIME;
}

static uint64_t
hash_text(uint64_t h, const char *s)
{
	while (s != NULL && *s != '\0')
		h = hash_word(h, (uint8_t)*s++);
	return h;
}

/* --- bytes of a call or access --- */

/*
 * Addresses differ between runs: replace an address in the window by its map's serial
 * and the offset.
 */
static uint64_t
comparable(const struct sl_check *c, uint64_t word)
{
	unsigned int i;

	for (i = 0; i < c->nb_maps; i++) {
		const struct check_mapping *m = c->maps[i];

		if (word - m->iova < m->len)
			return UINT64_MAX ^ ((uint64_t)m->serial << 40 | (word - m->iova));
	}
	return word;
}

/* Add bytes [lo, lo + n) of @p copy, one of the map's copies, to the view. */
static void
view_add(
	struct sl_check *c, const struct check_mapping *m, const uint8_t *copy, size_t lo, size_t n)
{
	struct check_diff *d = &c->diff;
	uint8_t *to = d->view + d->view_len;
	uint64_t word;
	size_t i;

	if (n > DIFF_VIEW_MAX - d->view_len)
		n = DIFF_VIEW_MAX - d->view_len;
	check_copy(to, copy + lo, n);
	d->view_len += n;
	/* Descriptors contain addresses, which must be made comparable; frames do not. */
	for (i = -(uintptr_t)(m->va + lo) & 7; !m->transfer && i + 8 <= n; i += 8) {
		memcpy(&word, to + i, 8);
		word = comparable(c, word);
		memcpy(to + i, &word, 8);
	}
}

/*
 * Add the data that the CPU may read after an update: the units of the updated
 * ranges that the NIC wrote. @return the map of byte @p seek of the view, with the
 * offset in it in @p at; NULL: none.
 */
static const struct check_mapping *
view_shown(struct sl_check *c, const struct check_range *r, unsigned int n, size_t seek, size_t *at)
{
	const struct check_mapping *found = NULL;
	size_t lo, end, step, before;

	for (; n > 0; r++, n--) {
		/* The memory left the window between update and fence. */
		if (r->count == 0)
			continue;
		for (lo = r->off, end = r->off + r->len; lo < end; lo += step) {
			uint32_t i = check_line_of(c, r->map, lo);

			step = CHECK_UNIT - ((uintptr_t)r->map->va + lo) % CHECK_UNIT;
			step = step < end - lo ? step : end - lo;
			if ((r->map->line[i].told & check_units(c, r->map, i, lo, step)) == 0)
				continue;
			before = c->diff.view_len;
			view_add(c, r->map, r->map->va, lo, step);
			if (seek < before || seek >= c->diff.view_len)
				continue;
			found = r->map;
			*at = lo + (seek - before);
		}
	}
	return found;
}

static uint64_t
view_hash(const struct check_diff *d)
{
	uint64_t h = CHECK_FNV_BASIS;
	size_t i;

	for (i = 0; i < d->view_len; i++)
		h = hash_word(h, d->view[i]);
	return d->view_len == 0 ? 0 : h;
}

/* First byte of the view that differs from the coherent run. */
static size_t
view_differs(const struct sl_check *c)
{
	const struct check_diff *d = &c->diff;
	size_t i = 0;

	while (i < d->view_len && i < d->file->goal_len && d->view[i] == d->file->goal_view[i])
		i++;
	return i;
}

/*
 * Find the first byte in which the CPU's and the device's copies differ, in the word
 * that contains byte @p seek of an access at @p off. The view holds addresses in their
 * comparable form, so a byte that differs in the view need not differ in the copies.
 */
static bool
word_differs(const struct check_mapping *m, size_t off, size_t seek, size_t len, size_t *at)
{
	const size_t word = ((uintptr_t)m->va + off + seek) & 7;
	size_t i = seek < word ? 0 : seek - word, end = seek - word + 8;

	for (end = end < len ? end : len; i < end; i++) {
		if (check_equal(m->va + off + i, m->dev + off + i, 1))
			continue;
		*at = off + i;
		return true;
	}
	return false;
}

/* --- suspects --- */

struct found_line {
	const struct check_mapping *map;
	uint32_t line, told_at;
};

/* Sort by the time of the NIC's write; lines of one access are sorted by address. */
static int
found_order(const void *a, const void *b)
{
	const struct found_line *x = a, *y = b;

	if (x->told_at != y->told_at)
		return x->told_at < y->told_at ? -1 : 1;
	if (x->map != y->map)
		return x->map->serial < y->map->serial ? -1 : 1;
	return x->line < y->line ? -1 : 1;
}

/*
 * List the lines that the NIC wrote and whose CPU copy is stale; NULL: only count
 * them.
 */
static unsigned int
lines_behind(struct sl_check *c, struct found_line *list)
{
	unsigned int i, n = 0;
	uint32_t k;
	size_t lo, len;

	for (i = 0; i < c->nb_maps; i++) {
		const struct check_mapping *m = c->maps[i];

		for (k = 0; k < m->lines; k++) {
			len = check_span(c, m, k, &lo);
			if (m->line[k].told_at == 0 || (m->line[k].flags & LINE_CONTENT) != 0 ||
				!check_nic_changed(m, lo, len))
				continue;
			if (list != NULL)
				list[n] = (struct found_line){m, k, m->line[k].told_at};
			n++;
		}
	}
	return n;
}

static void
suspects_note(struct sl_check *c)
{
	struct check_diff_file *f = c->diff.file;
	unsigned int i, skip, n = lines_behind(c, NULL);
	struct found_line *list = n == 0 ? NULL : calloc(n, sizeof(*list));

	f->suspects = 0;
	f->result.suspects = n;
	if (list == NULL)
		return;
	lines_behind(c, list);
	qsort(list, n, sizeof(*list), found_order);
	/* If there are too many, use the lines that were written last. */
	skip = n > DIFF_SUSPECTS ? n - DIFF_SUSPECTS : 0;
	for (i = skip; i < n; i++)
		f->suspect[i - skip] = (struct diff_suspect){list[i].map->serial, list[i].line};
	free(list);
	f->suspects = n - skip;
	f->lo = 0;
	f->hi = f->suspects;
	f->mends = false;
}

/* --- the passes --- */

static void
record(struct sl_check *c, const struct diff_event *e)
{
	struct check_diff *d = &c->diff;
	size_t room = (d->file_len - sizeof(*d->file)) / sizeof(*e);
	size_t len = d->file_len + DIFF_TRACE_STEP;
	void *file;

	if (d->file->recorded == room) {
		file = posix_fallocate(d->fd, 0, (off_t)len) != 0 ?
			MAP_FAILED :
			mremap(d->file, d->file_len, len, MREMAP_MAYMOVE);
		if (file == MAP_FAILED) {
			diff_finish(c, SL_CHECK_NO_ROOM);
			return;
		}
		d->file = file;
		d->file_len = len;
	}
	d->file->trace[d->file->recorded++] = *e;
}

/* The coherent run differs from the recorded run here: record its event. */
static void
compared(struct sl_check *c, const struct diff_event *e)
{
	struct check_diff *d = &c->diff;
	struct check_diff_file *f = d->file;

	f->at = d->n - 1;
	f->goal = *e;
	f->goal_len = (uint32_t)d->view_len;
	memcpy(f->goal_view, d->view, d->view_len);
	f->result.event = f->at;
	f->result.next = SL_CHECK_PASS_LOCATE;
	d->over = true;
}

/* True if the runs make different events; false: the same event with different data. */
static bool
is_decision(const struct check_diff_file *f)
{
	return f->at >= f->recorded || f->trace[f->at].id != f->goal.id;
}

/* The run was repeated up to the event that differs: find the lines that may cause it. */
static void
located(struct sl_check *c, const struct check_mapping *m, size_t off,
	const struct check_range *shown, unsigned int nb_shown)
{
	struct check_diff *d = &c->diff;
	struct check_diff_file *f = d->file;
	size_t seek = view_differs(c);

	d->over = true;
	suspects_note(c);
	if (!is_decision(f) && shown != NULL) {
		d->view_len = 0;
		m = view_shown(c, shown, nb_shown, seek, &off);
		if (m != NULL) {
			diff_name(c, m, off, f->goal_view + seek);
			diff_finish(c, SL_CHECK_LOST);
			return;
		}
	} else if (!is_decision(f) && m != NULL && word_differs(m, off, seek, d->view_len, &off)) {
		diff_name(c, m, off, NULL);
		diff_finish(c, SL_CHECK_NIC_BEHIND);
		return;
	}
	if (f->suspects == 0)
		diff_finish(c, SL_CHECK_NO_LINE);
	else
		f->result.next = SL_CHECK_PASS_TRY;
}

/* Record if this run, with some suspects kept coherent, made the coherent run's event. */
static void
tried(struct sl_check *c, bool mended)
{
	struct check_diff_file *f = c->diff.file;
	uint32_t trying = diff_trying(f);

	c->diff.over = true;
	if (mended)
		f->lo = trying;
	else if (f->mends)
		f->hi = trying;
	f->mends |= mended;
	if (!f->mends || f->hi - f->lo <= 1)
		f->result.next = SL_CHECK_PASS_TELL;
}

static void
told(struct sl_check *c)
{
	const struct check_diff_file *f = c->diff.file;
	const struct diff_suspect *s = &f->suspect[f->mends ? f->lo : f->suspects - 1];
	unsigned int i;

	c->diff.over = true;
	for (i = 0; i < c->nb_maps; i++) {
		if (c->maps[i]->serial == s->serial)
			diff_name(c, c->maps[i], diff_first(c, c->maps[i], s->line), NULL);
	}
	diff_finish(c, f->mends ? SL_CHECK_CPU_BEHIND : SL_CHECK_CPU_LIKELY);
}

/* An event of a run that repeats the recorded run: until f->at, check that it is equal. */
static void
replayed(struct sl_check *c, const struct diff_event *e, const struct check_mapping *m, size_t off,
	const struct check_range *shown, unsigned int nb_shown)
{
	struct check_diff *d = &c->diff;
	struct check_diff_file *f = d->file;
	uint64_t i = d->n - 1, stop = f->at < f->recorded ? f->at : f->recorded - 1;
	bool same = i < f->recorded && memcmp(e, &f->trace[i], sizeof(*e)) == 0;

	if (d->pass == SL_CHECK_PASS_TRY) {
		if (i == f->at)
			tried(c, memcmp(e, &f->goal, sizeof(*e)) == 0);
		else if (!same)
			tried(c, false);
	} else if (!same && i < f->recorded) {
		f->result.event = i;
		diff_finish(c, SL_CHECK_NO_REPLAY);
	} else if (i == stop && f->at != DIFF_NOWHERE) {
		if (d->pass == SL_CHECK_PASS_LOCATE)
			located(c, m, off, shown, nb_shown);
		else
			told(c);
	}
}

static void
step(struct sl_check *c, const struct diff_event *e, const struct check_mapping *m, size_t off,
	size_t len, const struct check_range *shown, unsigned int nb_shown)
{
	struct check_diff *d = &c->diff;
	struct check_diff_file *f = d->file;
	uint64_t i = d->n++;

	switch (d->pass) {
	case SL_CHECK_PASS_RECORD:
		record(c, e);
		break;
	case SL_CHECK_PASS_COHERENT:
		if (i < f->recorded && memcmp(e, &f->trace[i], sizeof(*e)) == 0)
			break;
		diff_describe(c, m, off, len, f->result.coherent, sizeof(f->result.coherent));
		compared(c, e);
		break;
	default:
		if (i == f->at && d->pass == SL_CHECK_PASS_LOCATE)
			diff_describe(c, m, off, len, f->result.here, sizeof(f->result.here));
		replayed(c, e, m, off, shown, nb_shown);
		break;
	}
}

/* --- calls and accesses --- */

static bool
quiet(const struct sl_check *c)
{
	return c->diff.pass == SL_CHECK_PASS_NONE || c->diff.over;
}

static uint64_t
id_of(const struct sl_check *c, const struct check_mapping *m, size_t off, size_t len)
{
	uint64_t h = hash_text(CHECK_FNV_BASIS, c->now.verb);

	if (c->now.site != NULL)
		h = hash_word(hash_text(h, c->now.site->file), (uint64_t)c->now.site->line);
	h = hash_word(h, m == NULL ? UINT64_MAX : m->serial);
	h = hash_word(hash_word(h, off), len);
	return hash_word(hash_word(h, c->now.queue), c->now.desc);
}

void
check_diff_call(struct sl_check *c, enum check_verb verb, const struct check_mapping *m, size_t off,
	size_t len, const struct check_range *shown, unsigned int nb_shown)
{
	struct diff_event e;
	uint32_t i, last;

	if (quiet(c))
		return;
	c->diff.view_len = 0;
	view_shown(c, shown, nb_shown, SIZE_MAX, NULL);
	e.id = id_of(c, m, off, len);
	e.content = view_hash(&c->diff);
	step(c, &e, m, off, len, shown, nb_shown);
	if (m == NULL || (verb != VERB_FLUSH && verb != VERB_PREPARE))
		return;
	last = check_line_of(c, m, off + len - 1);
	for (i = check_line_of(c, m, off); i <= last; i++)
		m->line[i].told &= (uint16_t)~check_units(c, m, i, off, len);
}

void
check_diff_access(
	struct sl_check *c, const struct sl_sync_access *a, struct check_mapping *m, size_t off)
{
	const bool heal = c->diff.pass == SL_CHECK_PASS_TRY;
	struct check_range r = {.map = m, .off = off, .len = a->len};
	struct diff_event e;
	uint32_t i;

	if (c->diff.pass == SL_CHECK_PASS_NONE || (c->diff.over && !heal))
		return;
	c->diff.view_len = 0;
	if (m != NULL && !a->write)
		view_add(c, m, m->dev, off, a->len);
	e.id = id_of(c, m, off, a->len);
	e.content = view_hash(&c->diff);
	if (!c->diff.over)
		step(c, &e, m, off, a->len, NULL, 0);
	if (m == NULL || !a->write)
		return;
	r.first = check_line_of(c, m, off);
	r.count = check_line_of(c, m, off + a->len - 1) - r.first + 1;
	for (i = r.first; i < r.first + r.count; i++) {
		m->line[i].told |= check_units(c, m, i, off, a->len);
		m->line[i].told_at = (uint32_t)(c->diff.n + 1);
	}
	if (heal)
		check_list_add(c, &c->diff.written, &r, check_settle);
}

void
check_done(void *ctx)
{
	struct sl_check *c = ctx;
	unsigned int k;
	uint32_t i;

	pthread_mutex_lock(&c->lock);
	for (k = 0; k < c->diff.written.n; k++) {
		const struct check_range *r = &c->diff.written.range[k];

		for (i = r->first; i < r->first + r->count; i++) {
			size_t lo, end = check_span(c, r->map, i, &lo) + lo;

			if ((r->map->line[i].flags & LINE_HEAL) == 0)
				continue;
			lo = lo < r->off ? r->off : lo;
			end = end > r->off + r->len ? r->off + r->len : end;
			check_copy(r->map->va + lo, r->map->dev + lo, end - lo);
			check_copy(r->map->synced + lo, r->map->dev + lo, end - lo);
		}
	}
	c->diff.written.n = 0;
	pthread_mutex_unlock(&c->lock);
}

void
check_diff_unseen(struct sl_check *c, struct check_mapping *m, uint32_t i)
{
	size_t lo, n;

	if (quiet(c) || c->diff.pass != SL_CHECK_PASS_LOCATE || c->diff.file->at != DIFF_NOWHERE)
		return;
	n = check_span(c, m, i, &lo);
	if (!check_nic_changed(m, lo, n))
		return;
	c->diff.file->result.event = c->diff.n - 1;
	diff_describe(c, m, lo, n, c->diff.file->result.here, sizeof(c->diff.file->result.here));
	diff_name(c, m, diff_first(c, m, i), NULL);
	diff_finish(c, SL_CHECK_UNSEEN);
}

void
check_diff_map(struct sl_check *c, struct check_mapping *m, const char *verb)
{
	const struct check_diff_file *f = c->diff.file;
	uint32_t i;

	if (quiet(c))
		return;
	c->now.verb = verb;
	c->now.site = NULL;
	c->now.queue = m->queue;
	c->now.desc = SL_DESC_NONE;
	check_diff_call(c, VERB_RELEASE, m, 0, m->len, NULL, 0);
	if (c->diff.pass != SL_CHECK_PASS_TRY)
		return;
	for (i = diff_trying(f); i < f->suspects; i++) {
		if (f->suspect[i].serial == m->serial && f->suspect[i].line < m->lines)
			m->line[f->suspect[i].line].flags |= LINE_HEAL;
	}
}

/* --- the file of a search --- */

static int
file_new(struct sl_check *c)
{
	struct check_diff *d = &c->diff;
	struct check_diff_file *f;

	d->file_len = sizeof(*f) + DIFF_TRACE_STEP;
	if (posix_fallocate(d->fd, 0, (off_t)d->file_len) != 0)
		return -ENOSPC;
	f = mmap(NULL, d->file_len, PROT_READ | PROT_WRITE, MAP_SHARED, d->fd, 0);
	if (f == MAP_FAILED)
		return -ENOMEM;
	memcpy(f->magic, DIFF_MAGIC, sizeof(f->magic));
	f->size = sizeof(*f);
	f->line = c->line;
	f->evict = c->evict;
	f->refill = c->refill;
	f->seed = c->seed;
	f->result.next = SL_CHECK_PASS_RECORD;
	f->result.queue = SL_SHM_QUEUE_NONE;
	d->file = f;
	return 0;
}

static int
file_old(struct sl_check *c, const struct sl_check_params *p, size_t len)
{
	struct check_diff *d = &c->diff;
	struct check_diff_file *f;

	f = len < sizeof(*f) + DIFF_TRACE_STEP ?
		MAP_FAILED :
		mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, d->fd, 0);
	if (f == MAP_FAILED || memcmp(f->magic, DIFF_MAGIC, sizeof(f->magic)) != 0 ||
		f->size != sizeof(*f)) {
		check_log(c, 3,
			"checker: '%s' is no file of a search of this version: name another",
			p->diff);
		if (f != MAP_FAILED)
			munmap(f, len);
		return -EINVAL;
	}
	d->file = f;
	d->file_len = len;
	if (f->line != c->line || f->evict != c->evict || f->refill != c->refill ||
		(p->seed != 0 && p->seed != f->seed)) {
		check_log(c, 3,
			"checker: the search in '%s' is of seed %" PRIu64 ", lines of %u and its "
			"own rates: all its runs need the same",
			p->diff, f->seed, f->line);
		return -EINVAL;
	}
	c->seed = f->seed;
	/* The recorded run may have crashed. Its record is used in any case. */
	if (f->result.next == SL_CHECK_PASS_RECORD && f->recorded > 0)
		f->result.next = SL_CHECK_PASS_COHERENT;
	return 0;
}

static void
file_close(struct check_diff *d)
{
	if (d->file != NULL)
		munmap(d->file, d->file_len);
	if (d->fd >= 0)
		close(d->fd);
	free(d->view);
	free(d->written.range);
}

int
check_diff_open(struct sl_check *c, const struct sl_check_params *p)
{
	struct check_diff *d = &c->diff;
	struct stat st;
	int ret;

	if (p->diff == NULL)
		return 0;
	d->view = malloc(DIFF_VIEW_MAX);
	d->fd = open(p->diff, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (d->view == NULL || d->fd < 0 || fstat(d->fd, &st) != 0)
		ret = d->view == NULL ? -ENOMEM : -errno;
	else
		ret = st.st_size == 0 ? file_new(c) : file_old(c, p, (size_t)st.st_size);
	if (ret != 0) {
		check_log(c, 3, "checker: no search with '%s': %s", p->diff, strerror(-ret));
		file_close(d);
		return ret;
	}
	d->pass = d->file->result.next;
	d->coherent = d->pass == SL_CHECK_PASS_COHERENT;
	d->over = d->pass == SL_CHECK_PASS_DONE;
	d->file->result.runs += !d->over;
	d->file->result.pass = d->pass;
	diff_state(c);
	check_log(c, 5, "checker: search '%s', run %u: %s", p->diff, d->file->result.runs,
		sl_check_pass_name(d->pass));
	return 0;
}

/* The run ends: choose the next pass of the search. */
void
check_diff_close(struct sl_check *c)
{
	struct check_diff *d = &c->diff;
	struct check_diff_file *f = d->file;

	if (d->pass == SL_CHECK_PASS_NONE)
		return;
	if (d->over) {
	} else if (d->pass == SL_CHECK_PASS_RECORD) {
		f->result.next = SL_CHECK_PASS_COHERENT;
	} else if (d->pass == SL_CHECK_PASS_TRY) {
		tried(c, false);
	} else if (d->pass == SL_CHECK_PASS_COHERENT && d->n < f->recorded) {
		/* The coherent run ended earlier than the recorded one. */
		d->n++;
		d->view_len = 0;
		snprintf(f->result.coherent, sizeof(f->result.coherent), "the end of the run");
		compared(c, &(struct diff_event){0, 0});
	} else if (d->pass == SL_CHECK_PASS_COHERENT) {
		f->at = DIFF_NOWHERE;
		f->result.next = SL_CHECK_PASS_LOCATE;
	} else if (f->at == DIFF_NOWHERE && d->n == f->recorded) {
		diff_finish(c, SL_CHECK_SAME);
	} else {
		f->result.event = d->n;
		diff_finish(c, SL_CHECK_NO_REPLAY);
	}
	diff_state(c);
	file_close(d);
}
