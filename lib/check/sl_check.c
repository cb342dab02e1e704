/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Creates and destroys a checker, and keeps the lists of checked memory and of the
 * threads that call it. Sync calls are in sl_check_sync.c, device accesses in
 * sl_check_access.c.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "sl_check_priv.h"

static uint64_t
clock_ns(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t
check_ns(const struct sl_check *c)
{
	return clock_ns(CLOCK_MONOTONIC) - c->start_ns;
}

/* --- memory --- */

/* Index of the first map that ends above @p at, in the list sorted by va or by dev. */
static unsigned int
map_index(const struct sl_check *c, const void *at, bool device)
{
	struct check_mapping *const *maps = device ? c->devs : c->maps;
	unsigned int lo = 0, hi = c->nb_maps;

	while (lo < hi) {
		unsigned int mid = lo + (hi - lo) / 2;
		const uint8_t *from = device ? maps[mid]->dev : maps[mid]->va;

		if ((uintptr_t)from + (maps[mid]->len - 1) < (uintptr_t)at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct check_mapping *
check_find(struct sl_check *c, const void *va)
{
	struct check_mapping *m = c->last;
	unsigned int i;

	if (m != NULL && (uintptr_t)va - (uintptr_t)m->va < m->len)
		return m;
	i = map_index(c, va, false);
	if (i == c->nb_maps || (uintptr_t)c->maps[i]->va > (uintptr_t)va)
		return NULL;
	c->last = c->maps[i];
	return c->last;
}

struct check_mapping *
check_find_device(struct sl_check *c, const void *dev)
{
	struct check_mapping *m = c->last;
	unsigned int i;

	if (m != NULL && (uintptr_t)dev - (uintptr_t)m->dev < m->len)
		return m;
	i = map_index(c, dev, true);
	if (i == c->nb_maps || (uintptr_t)c->devs[i]->dev > (uintptr_t)dev)
		return NULL;
	c->last = c->devs[i];
	return c->last;
}

static size_t
whole_pages(size_t n)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (n + page - 1) & ~(page - 1);
}

static void *
zeroes(size_t len)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static void
map_free(struct check_mapping *m)
{
	if (m->mem != NULL)
		munmap(m->mem, m->mem_len);
	if (m->line != NULL)
		munmap(m->line, m->line_len);
	free(m->given);
	free(m);
}

/*
 * synced and the device's copy are initially zero, not the CPU's content: an earlier
 * user of the memory may have left dirty lines, so every line that is not zero
 * counts as dirty until synced (R1). The device's copy has the same offset in a
 * page as the memory, because an IOMMU maps pages.
 */
static struct check_mapping *
map_new(const struct sl_check *c, const struct sl_sync_mapping *memory)
{
	size_t in_page = (uintptr_t)memory->va & ((size_t)sysconf(_SC_PAGESIZE) - 1);
	size_t part = whole_pages(in_page + memory->len);
	struct check_mapping *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	snprintf(m->name, sizeof(m->name), "%s", memory->name);
	m->va = memory->va;
	m->iova = memory->iova;
	m->len = memory->len;
	m->dir = memory->dir;
	m->usage = memory->usage;
	m->queue = memory->queue;
	if (m->usage == SL_USAGE_TX_RING || m->usage == SL_USAGE_RX_RING)
		m->desc_len = memory->desc_len;
	m->region = memory->region;
	m->transfer =
		!memory->region || m->usage == SL_USAGE_TX_DATA || m->usage == SL_USAGE_RX_DATA;
	m->base = (uintptr_t)m->va & ~((uintptr_t)c->line - 1);
	m->lines = (uint32_t)(((uintptr_t)m->va + m->len - m->base + c->line - 1) >> c->shift);
	m->mem_len = 2 * part;
	m->mem = zeroes(m->mem_len);
	m->line_len = whole_pages(m->lines * sizeof(*m->line));
	m->line = zeroes(m->line_len);
	m->given = calloc(m->lines / CHECK_GROUP + 1, sizeof(*m->given));
	if (m->mem == NULL || m->line == NULL || m->given == NULL) {
		map_free(m);
		return NULL;
	}
	m->synced = (uint8_t *)m->mem + part + in_page;
	m->dev = c->diff.coherent ? m->va : (uint8_t *)m->mem + in_page;
	return m;
}

/* Remove the tombs of memory whose addresses are mapped again. */
static void
tombs_clear(struct sl_check *c, const struct check_mapping *m)
{
	unsigned int i;

	for (i = 0; i < CHECK_TOMBS; i++) {
		struct check_tomb *t = &c->tomb[i];

		if (t->va < (uintptr_t)m->va + m->len && (uintptr_t)m->va < t->va + t->len)
			*t = (struct check_tomb){.len = 0};
	}
}

/* Make room for one more map in both lists. */
static bool
lists_grow(struct sl_check *c)
{
	const size_t size = (c->nb_maps + 1) * sizeof(*c->maps);
	struct check_mapping **maps = realloc(c->maps, size), **devs;

	if (maps == NULL)
		return false;
	c->maps = maps;
	devs = realloc(c->devs, size);
	if (devs == NULL)
		return false;
	c->devs = devs;
	return true;
}

static void
lists_add(struct sl_check *c, struct check_mapping *m)
{
	unsigned int i = map_index(c, m->va, false), k = map_index(c, m->dev, true);

	memmove(&c->maps[i + 1], &c->maps[i], (c->nb_maps - i) * sizeof(*c->maps));
	c->maps[i] = m;
	memmove(&c->devs[k + 1], &c->devs[k], (c->nb_maps - k) * sizeof(*c->devs));
	c->devs[k] = m;
	c->nb_maps++;
}

static void
lists_remove(struct sl_check *c, const struct check_mapping *m)
{
	unsigned int i = map_index(c, m->va, false), k = map_index(c, m->dev, true);

	c->nb_maps--;
	memmove(&c->maps[i], &c->maps[i + 1], (c->nb_maps - i) * sizeof(*c->maps));
	memmove(&c->devs[k], &c->devs[k + 1], (c->nb_maps - k) * sizeof(*c->devs));
}

static void *
check_mapping(void *ctx, const struct sl_sync_mapping *memory)
{
	struct sl_check *c = ctx;
	struct check_mapping *m = map_new(c, memory);

	if (m == NULL)
		return NULL;
	pthread_mutex_lock(&c->lock);
	if (!lists_grow(c)) {
		pthread_mutex_unlock(&c->lock);
		map_free(m);
		return NULL;
	}
	lists_add(c, m);
	m->serial = c->next_serial++;
	tombs_clear(c, m);
	check_diff_map(c, m, "map");
	pthread_mutex_unlock(&c->lock);
	return m->dev;
}

static bool
line_in_use(const struct sl_check *c, const struct check_line *l)
{
	const bool unread = c->device_tells && (l->handed & ~l->read) != 0;

	return l->pending != 0 || (l->owner & NIC_WRITES) != 0 || (l->owner == NIC_READS && unread);
}

/* Find the first line that the NIC still uses or that is being handed to it. */
static bool
map_in_use(const struct sl_check *c, const struct check_mapping *m, uint32_t *at)
{
	uint32_t i, end;

	/* Memory of usage OTHER is returned from the NIC by its free, not by a sync call. */
	if (m->region && m->usage == SL_USAGE_OTHER)
		return false;
	for (i = 0; i < m->lines; i = end) {
		end = i + CHECK_GROUP < m->lines ? i + CHECK_GROUP : m->lines;
		/* Reading states that were never written would make the kernel give them memory. */
		if (m->given[i / CHECK_GROUP] == 0)
			continue;
		for (; i < end; i++) {
			if (line_in_use(c, &m->line[i])) {
				*at = i;
				return true;
			}
		}
	}
	return false;
}

/* Remove the map from every list that points to it. */
static void
map_unlink(struct sl_check *c, const struct check_mapping *m)
{
	struct check_list *lists[2];
	struct check_thread *t;
	unsigned int i, k;

	check_forget_map(c, m);
	if (c->last == m)
		c->last = NULL;
	for (t = c->threads; t != NULL; t = t->next) {
		lists[0] = &t->handed;
		lists[1] = &t->fetched;
		for (k = 0; k < 2; k++) {
			for (i = 0; i < lists[k]->n; i++)
				if (lists[k]->range[i].map == m)
					lists[k]->range[i].count = 0;
		}
	}
}

static void
check_unmap(void *ctx, void *va, size_t len)
{
	struct sl_check *c = ctx;
	struct check_mapping *m;
	uint32_t at = 0;
	size_t lo, n;

	pthread_mutex_lock(&c->lock);
	m = c->maps[map_index(c, va, false)];
	c->now.ns = check_ns(c);
	c->now.verb = m->region ? "free" : "unmap";
	c->now.site = NULL;
	c->now.caller = __builtin_return_address(0);
	c->now.queue = m->queue;
	c->now.desc = SL_DESC_NONE;
	check_diff_map(c, m, c->now.verb);
	if (map_in_use(c, m, &at)) {
		n = check_span(c, m, at, &lo);
		check_report(c, SL_CHECK_USE_AFTER_FREE, m, lo, n,
			"memory leaves the window while the NIC owns lines of it");
	}
	c->tomb[c->next_tomb] = (struct check_tomb){
		.va = (uintptr_t)m->va, .iova = m->iova, .len = len, .ns = c->now.ns};
	memcpy(c->tomb[c->next_tomb].name, m->name, sizeof(m->name));
	c->next_tomb = (c->next_tomb + 1) % CHECK_TOMBS;
	map_unlink(c, m);
	check_unpoison_map(m);
	lists_remove(c, m);
	pthread_mutex_unlock(&c->lock);
	map_free(m);
}

/* --- threads --- */

struct check_thread *
check_self(struct sl_check *c)
{
	pthread_t id = pthread_self();
	struct check_thread *t;

	for (t = c->threads; t != NULL; t = t->next) {
		if (pthread_equal(t->id, id))
			return t;
	}
	t = calloc(1, sizeof(*t));
	if (t == NULL)
		return NULL;
	t->id = id;
	t->next = c->threads;
	c->threads = t;
	return t;
}

static void
threads_free(struct sl_check *c)
{
	struct check_thread *t;

	while ((t = c->threads) != NULL) {
		c->threads = t->next;
		free(t->handed.range);
		free(t->fetched.range);
		free(t->late);
		free(t);
	}
}

/* --- life --- */

static void
log_stderr(void *ctx, int level, const char *msg)
{
	(void)ctx;
	if (level <= 5)
		fprintf(stderr, "syncline: %s\n", msg);
}

static unsigned int
rate(uint16_t given)
{
	if (given == SL_CHECK_NEVER)
		return 0;
	return given == 0 ? SL_CHECK_RATE : given;
}

static int
params_check(struct sl_check *c, const struct sl_check_params *p)
{
	c->log = p->log == NULL ? log_stderr : p->log;
	c->log_ctx = p->log_ctx;
	c->line = p->line == 0 ? 64 : p->line;
	if (c->line < CHECK_LINE_MIN || c->line > CHECK_LINE_MAX ||
		(c->line & (c->line - 1)) != 0) {
		check_log(c, 3, "checker: lines of %u bytes; allowed: 32, 64, 128, 256", p->line);
		return -EINVAL;
	}
	if (sl_check_policy_name(p->policy) == NULL) {
		check_log(c, 3, "checker: policy %u is none: report, abort or count",
			(unsigned int)p->policy);
		return -EINVAL;
	}
	c->shift = (unsigned int)__builtin_ctz(c->line);
	c->policy = p->policy;
	c->evict = rate(p->evict);
	c->refill = rate(p->refill);
	c->seed = p->seed != 0 ? p->seed : clock_ns(CLOCK_REALTIME);
	return 0;
}

int
sl_check_create(const struct sl_check_params *params, struct sl_check **out)
{
	struct sl_check *c;
	int ret;

	if (params == NULL || out == NULL)
		return -EINVAL;
	*out = NULL;
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return -ENOMEM;
	ret = params_check(c, params);
	if (ret == 0)
		ret = -pthread_mutex_init(&c->lock, NULL);
	if (ret == 0)
		ret = check_diff_open(c, params);
	if (ret != 0) {
		free(c);
		return ret;
	}
	c->rng = c->seed;
	c->start_ns = clock_ns(CLOCK_MONOTONIC);
	c->stats.trace = CHECK_FNV_BASIS;
	c->nb_sites = 1; /* site 0: all places beyond CHECK_SITES */
	c->seam = (struct sl_sync_checker){
		.sync = check_sync,
		.map = check_mapping,
		.unmap = check_unmap,
		.fence = check_fence,
		.release = check_release,
		.access = check_access,
		.done = c->diff.pass == SL_CHECK_PASS_TRY ? check_done : NULL,
		.ctx = c,
		.line = c->line,
	};
	check_log(c, 5, "checker: seed %" PRIu64 ", lines of %u, policy %s", c->seed, c->line,
		sl_check_policy_name(c->policy));
	*out = c;
	return 0;
}

int
sl_check_destroy(struct sl_check *c)
{
	if (c == NULL)
		return 0;
	if (c->nb_maps > 0) {
		check_log(c, 3,
			"checker: %u regions and buffers are live, '%s' first: close the "
			"adapter first",
			c->nb_maps, c->maps[0]->name);
		return -EBUSY;
	}
	check_diff_close(c);
	threads_free(c);
	free(c->maps);
	free(c->devs);
	pthread_mutex_destroy(&c->lock);
	free(c);
	return 0;
}

const struct sl_sync_checker *
sl_check_seam(struct sl_check *c)
{
	return &c->seam;
}

/* --- injected bugs --- */

int
sl_check_plant(struct sl_check *c, enum sl_check_bug bug, const char *file, int line)
{
	if (file == NULL || strlen(file) >= sizeof(c->plant.file))
		return -EINVAL;
	pthread_mutex_lock(&c->lock);
	c->plant.bug = bug;
	c->plant.line = line;
	memcpy(c->plant.file, file, strlen(file) + 1);
	pthread_mutex_unlock(&c->lock);
	return 0;
}

int
sl_check_bug_parse(const char *word, enum sl_check_bug *out)
{
	static const char *const names[] = {
		[SL_CHECK_BUG_NONE] = "none",
		[SL_CHECK_BUG_DROP] = "drop",
		[SL_CHECK_BUG_LATE] = "late",
		[SL_CHECK_BUG_HALF] = "half",
		[SL_CHECK_BUG_REVERSE] = "reverse",
	};
	unsigned int i;

	for (i = 0; word != NULL && i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(word, names[i]) == 0) {
			*out = (enum sl_check_bug)i;
			return 0;
		}
	}
	return -EINVAL;
}
