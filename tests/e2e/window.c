/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The NIC writes at random to all memory that its window allows, while frames flow. With pinned
 * external buffers and window=strict, only buffers and rings change. Mbuf and mempool headers,
 * EAL's list of memzones, and the memory next to rings and buffers stay unchanged. With an ordinary
 * mempool, headers change.
 */
#include <unistd.h>

#include <rte_malloc.h>
#include <rte_memzone.h>

#include "harness.h"
#include "sl_shm_priv.h"

#define ROUNDS 24u
#define FRAMES 64u /* frames per round, received correctly before the NIC writes at random */
#define BURSTS 12u /* bursts per round, while the NIC writes at random */
#define POOL 511u
#define BESIDE 65536u /* bytes before and after each mapping of the window that are compared */
#define PAGE 4096u
#define SPANS_MAX 4096u
#define CHANGED 3 /* exit code of the child if headers changed */

/* Memory of the CPU that the NIC must not change. */
struct span {
	const char *what;
	const uint8_t *at;
	uint8_t *copy;
	size_t len;
};

/* Fields of an mbuf that do not change during its mempool's lifetime. */
struct fixed {
	const struct rte_mbuf *m;
	const struct rte_mempool *pool, *owner;
	const void *data, *shared;
	rte_iova_t iova;
	uint16_t len;
};

struct kept {
	struct span span[SPANS_MAX];
	unsigned int n;
	struct fixed fixed[POOL];
};

static void
span_add(struct kept *k, const char *what, const void *at, size_t len)
{
	struct span *s = &k->span[k->n++];

	assert_true(k->n < SPANS_MAX);
	*s = (struct span){.what = what, .at = at, .copy = malloc(len), .len = len};
	assert_non_null(s->copy);
	memcpy(s->copy, at, len);
}

static void
kept_forget(struct kept *k)
{
	while (k->n > 0)
		free(k->span[--k->n].copy);
}

/* --- compared memory --- */

/* The object's mempool header, its mbuf, private area and shared info. */
static void
object_add(struct rte_mempool *pool, void *arg, void *obj, unsigned int idx)
{
	const size_t len = h_pinned() ? pool->elt_size : sizeof(struct rte_mbuf);

	(void)idx;
	span_add(arg, "mbuf header", (uint8_t *)obj - pool->header_size, pool->header_size + len);
}

static void
zone_add(const struct rte_memzone *mz, void *arg)
{
	span_add(arg, "memzone", mz, sizeof(*mz));
}

/* Add EAL's memory in [from, to), which is next to a mapping of the window. */
static void
beside_add(struct kept *k, uintptr_t from, uintptr_t to)
{
	uintptr_t end;

	for (; from < to; from = end) {
		end = RTE_MIN(RTE_ALIGN_FLOOR(from, PAGE) + PAGE, to);
		if (rte_mem_virt2memseg((void *)from, NULL) != NULL)
			span_add(k, "memory beside", (void *)from, end - from);
	}
}

/* The table is sorted by address. The addresses are those of the CPU. */
static void
neighbours_add(struct kept *k, const struct sl_dma_table *t)
{
	unsigned int i;

	for (i = 0; i < t->n; i++) {
		const uintptr_t at = t->piece[i].iova, end = at + t->piece[i].len;
		const uintptr_t before = i == 0 ? 0 : t->piece[i - 1].iova + t->piece[i - 1].len;
		const uintptr_t next = i + 1 == t->n ? UINTPTR_MAX : t->piece[i + 1].iova;

		beside_add(k, RTE_MAX(before, at - BESIDE), at);
		beside_add(k, end, RTE_MIN(next, end + BESIDE));
	}
}

static void
keep(struct kept *k, const struct h_port *p)
{
	const struct rte_memzone *mz = p->pool->mz;

	kept_forget(k);
	rte_mempool_obj_iter(p->pool, object_add, k);
	span_add(k, "mempool", mz->addr, mz->len);
	rte_memzone_walk(zone_add, k);
	neighbours_add(k, sl_pmd_adapter(p->id)->table);
}

/* @return the name of memory that changed, or NULL. */
static const char *
changed(const struct kept *k)
{
	unsigned int i;

	for (i = 0; i < k->n; i++)
		if (memcmp(k->span[i].at, k->span[i].copy, k->span[i].len) != 0)
			return k->span[i].what;
	return NULL;
}

static struct fixed
fixed_of(struct rte_mbuf *m)
{
	return (struct fixed){.m = m,
		.pool = m->pool,
		.owner = rte_mempool_from_obj(m),
		.data = m->buf_addr,
		.shared = h_pinned() ? m->shinfo : NULL,
		.iova = m->buf_iova,
		.len = m->buf_len};
}

static void
fixed_keep(struct rte_mempool *pool, void *arg, void *obj, unsigned int idx)
{
	(void)pool;
	((struct kept *)arg)->fixed[idx] = fixed_of(obj);
}

static void
fixed_check(struct rte_mempool *pool, void *arg, void *obj, unsigned int idx)
{
	const struct fixed now = fixed_of(obj);
	const struct fixed *then = &((struct kept *)arg)->fixed[idx];

	(void)pool;
	assert_ptr_equal(now.m, then->m);
	assert_ptr_equal(now.pool, then->pool);
	assert_ptr_equal(now.owner, then->owner);
	assert_ptr_equal(now.data, then->data);
	assert_ptr_equal(now.shared, then->shared);
	assert_int_equal(now.iova, then->iova);
	assert_int_equal(now.len, then->len);
}

/* --- the NIC --- */

/*
 * Overwrite one byte in @p one_of, on average, of each mapping that the NIC may write. @return the
 * number of bytes written.
 */
static uint64_t
go_wild(const struct h_port *p, uint64_t *r, uint32_t one_of)
{
	const struct sl_dma_table *t = sl_pmd_adapter(p->id)->table;
	uint64_t written = 0, at;
	unsigned int i;

	for (i = 0; i < t->n; i++) {
		if ((t->piece[i].dir & SL_DMA_FROM_DEVICE) == 0)
			continue;
		for (at = rng_range(r, 0, 2 * one_of - 2); at < t->piece[i].len;
			at += rng_range(r, 1, 2 * one_of - 1)) {
			t->piece[i].va[at] = (uint8_t)rng_next(r);
			written++;
		}
	}
	return written;
}

/* Each received mbuf is valid, whatever the NIC reported. Some of them are sent. */
static unsigned int
bursts(struct h_port *p, uint64_t *r)
{
	struct rte_mbuf *m[32];
	uint16_t i, n, sent;
	const char *why;

	n = rte_eth_rx_burst(p->id, 0, m, RTE_DIM(m));
	for (i = 0; i < n; i++)
		if (rte_mbuf_check(m[i], 1, &why) != 0 || m[i]->pool != p->pool ||
			m[i]->data_off + m[i]->data_len > m[i]->buf_len)
			fail_msg("mbuf %u of %u: not within its buffer, or %s", i, n, why);
	sent = rng_range(r, 0, 3) == 0 ? 0 : rte_eth_tx_burst(p->id, 0, m, n);
	rte_pktmbuf_free_bulk(m + sent, n - sent);
	return n;
}

/* Receive and send frames. The NIC writes between bursts. @return the number of frames received. */
static unsigned int
wild_traffic(struct h_port *p, struct kept *k, uint64_t *r)
{
	unsigned int i, j, got = 0;
	uint8_t f[1024];
	const char *what;

	for (i = 0; i < BURSTS; i++) {
		for (j = 0; j < 8; j++) {
			frame_ether(f, sizeof(f), &p->mac, rng_next(r));
			h_give(p, f, sizeof(f));
		}
		sl_pmd_step(p->id, H_MAX_BURST);
		keep(k, p);
		assert_true(go_wild(p, r, 1u << rng_range(r, 0, 8)) > 0);
		what = changed(k);
		if (what != NULL)
			fail_msg("the NIC has changed a %s", what);
		got += bursts(p, r);
		sl_pmd_step(p->id, H_MAX_BURST);
	}
	return got;
}

static void
wild_nic(void **state)
{
	static struct kept k;
	uint64_t r = h_rng(0x1d1e);
	struct h_port *p = *state;
	unsigned int i, got = 0;
	uint8_t f[H_FRAME_CAP];

	p->faults_free = true;
	p->check_free = true;
	h_start(p, &(struct h_cfg){.pool_size = POOL});
	rte_mempool_obj_iter(p->pool, fixed_keep, &k);
	for (i = 0; i < ROUNDS; i++) {
		assert_int_equal(h_forward(p, FRAMES), FRAMES);
		got += wild_traffic(p, &k, &r);
		rte_mempool_obj_iter(p->pool, fixed_check, &k);
		/* No mbuf is lost, and the port starts again whatever the NIC wrote. */
		h_stop(p);
		while (h_take(p, f) != 0)
			;
		assert_int_equal(rte_eth_dev_start(p->id), 0);
	}
	assert_true(got > 0);
	kept_forget(&k);
}

/* --- with an ordinary mempool, changes are detected --- */

/* Exits at once, because any memory of the process may be overwritten. */
static void
child(struct h_port *p)
{
	static struct kept k;
	uint64_t r = h_rng(0xc1d);

	keep(&k, p);
	(void)go_wild(p, &r, 1);
	_exit(changed(&k) != NULL ? CHANGED : 0);
}

/* The child is a new process of this program, because shared memory is not kept over a fork. */
static void
ordinary_mempool(void **state)
{
	char self[256] = "", command[320];
	struct h_port *p = *state;
	ssize_t len;
	int status;

	if (strcmp(h_coherency(), "checked") == 0)
		h_skip("the checker keeps what the NIC writes from the CPU until a sync call");
	if (getenv("SL_WINDOW_CHILD") != NULL) {
		h_start(p, &(struct h_cfg){.pool_size = POOL});
		child(p);
	}
	len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	assert_in_range(len, 1, sizeof(self) - 2);
	snprintf(command, sizeof(command),
		"SL_WINDOW_CHILD=1 SL_POOL=ordinary '%s' ordinary_mempool", self);
	status = system(command);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), CHANGED);
}

/* Setup with an ordinary mempool is refused if the NIC may write only to buffers. */
static void
ordinary_refused(void **state)
{
	struct h_port *p = *state;

	setenv("SL_POOL", "ordinary", 1);
	h_log_mark();
	assert_int_equal(h_try_setup(p, &(struct h_cfg){.pool_size = POOL}), -EPERM);
	assert_true(h_log_has("window=strict"));
	assert_true(h_log_has("sl_pktmbuf_pool_create()"));
	setenv("SL_POOL", "apart", 1);
}

static int
setup_strict(void **state)
{
	struct h_port *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	*state = p;
	h_open(p, "window=strict");
	return 0;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(wild_nic, setup_strict, h_teardown),
		h_test(ordinary_mempool),
		cmocka_unit_test_setup_teardown(ordinary_refused, setup_strict, h_teardown),
	};

	(void)setenv("SL_POOL", "apart", 0);
	return h_main(argc, argv, tests);
}
