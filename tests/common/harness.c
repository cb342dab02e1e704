/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Base of the end-to-end tests: EAL, ports, the test's own wire, frames, and the checks at the end
 * of each test, which harness.h lists.
 */

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <rte_bus_vdev.h>
#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_log.h>
#include <rte_malloc.h>
#include <rte_memzone.h>
#include <rte_vect.h>

#include "harness.h"
#include "holds.h"
#include "rng.h"
#include "sl_cpus.h"
#include "sl_hw.h"
#include "sl_reg_set.h"

#define LOG_CAP 65536u

/* State of the process: it has one EAL, one seed and one log. */
static struct {
	uint64_t seed;
	unsigned int serial; /* so that names of ports and pools are used only once */
	unsigned int nb_ports;
	pthread_mutex_t log_lock;
	char log[LOG_CAP];
	size_t log_len;
} run = {.log_lock = PTHREAD_MUTEX_INITIALIZER};

/* Replaces EAL's function, to fill the memory: EAL does not promise that a memzone is zeroed. */
const struct rte_memzone *
rte_memzone_reserve(const char *name, size_t len, int node, unsigned int flags)
{
	const struct rte_memzone *(*next)(const char *, size_t, int, unsigned int);
	const struct rte_memzone *mz;

	*(void **)&next = dlsym(RTLD_NEXT, "rte_memzone_reserve");
	mz = next(name, len, node, flags);
	if (mz != NULL && strncmp(name, "syncline_", strlen("syncline_")) == 0)
		memset(mz->addr, 0xa5, mz->len);
	return mz;
}

/* --- seeded randomness --- */

static uint64_t
env_u64(const char *name, uint64_t fallback)
{
	const char *text = getenv(name);

	return text == NULL || *text == '\0' ? fallback : strtoull(text, NULL, 0);
}

uint64_t
h_seed(void)
{
	return run.seed;
}

uint64_t
h_rng(uint64_t salt)
{
	return rng_next(&salt) ^ run.seed;
}

uint64_t
h_frames(uint64_t normal)
{
	return env_u64("SL_FRAMES", normal);
}

const char *
h_coherency(void)
{
	const char *mode = getenv("SL_COHERENCY");

	return mode == NULL || *mode == '\0' ? "coherent" : mode;
}

unsigned int
h_check_line(void)
{
	return (unsigned int)env_u64("SL_CHECK_LINE", 64);
}

/* --- the log --- */

static ssize_t
log_write(void *cookie, const char *buf, size_t n)
{
	size_t room;

	(void)cookie;
	pthread_mutex_lock(&run.log_lock);
	room = LOG_CAP - 1 - run.log_len;
	if (n < room)
		room = n;
	memcpy(run.log + run.log_len, buf, room);
	run.log_len += room;
	run.log[run.log_len] = '\0';
	pthread_mutex_unlock(&run.log_lock);
	fwrite(buf, 1, n, stderr);
	return (ssize_t)n;
}

void
h_log_mark(void)
{
	pthread_mutex_lock(&run.log_lock);
	run.log_len = 0;
	run.log[0] = '\0';
	pthread_mutex_unlock(&run.log_lock);
}

bool
h_log_has(const char *text)
{
	bool has;

	pthread_mutex_lock(&run.log_lock);
	has = strstr(run.log, text) != NULL;
	pthread_mutex_unlock(&run.log_lock);
	return has;
}

/* --- EAL --- */

/*
 * One lcore that may run on every CPU of this process, because several tests run at the same time.
 */
static void
lcore_map(char *out, size_t len)
{
	struct sl_cpus cpus;
	int cpu = -1;
	int n = 0;

	n = snprintf(out, len, "0@(");
	if (sl_cpus_of_thread(&cpus) != 0)
		return;
	while ((cpu = sl_cpus_next(&cpus, cpu)) >= 0 && cpu < CPU_SETSIZE && (size_t)n < len - 8)
		n += snprintf(out + n, len - n, "%s%d", out[n - 1] == '(' ? "" : ",", cpu);
	sl_cpus_free(&cpus);
	snprintf(out + n, len - n, ")");
}

int
h_init(int argc, char **argv)
{
	static const cookie_io_functions_t io = {.write = log_write};
	char lcores[512], prefix[64], name[256], simd[64];
	char *args[] = {name, (char[]){"--no-huge"}, (char[]){"--no-pci"}, (char[]){"--no-shconf"},
		getenv("SL_TELEMETRY") == NULL ? (char[]){"--no-telemetry"} :
						 (char[]){"--telemetry"},
		(char[]){"-m"}, (char[]){"1024"}, (char[]){"--iova-mode=va"}, (char[]){"--lcores"},
		lcores, (char[]){"--file-prefix"}, prefix, simd};
	const unsigned int bits = (unsigned int)env_u64("SL_SIMD", 0);
	struct timespec now;
	FILE *log;

	clock_gettime(CLOCK_REALTIME, &now);
	run.seed = env_u64("SL_SEED", (uint64_t)now.tv_sec * 1000000007u + (uint64_t)now.tv_nsec);
	printf("# SL_SEED=%" PRIu64 " SL_COHERENCY=%s SL_SIMD=%u\n", run.seed, h_coherency(), bits);
	fflush(stdout);
	log = fopencookie(NULL, "w", io);
	if (log != NULL) {
		setvbuf(log, NULL, _IOLBF, 0);
		rte_openlog_stream(log);
	}
	snprintf(name, sizeof(name), "%s", argv[0]);
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	snprintf(prefix, sizeof(prefix), "sl_e2e_%d", (int)getpid());
	lcore_map(lcores, sizeof(lcores));
	snprintf(simd, sizeof(simd), "--force-max-simd-bitwidth=%u", bits);
	if (rte_eal_init((int)RTE_DIM(args) - (bits == 0), args) < 0) {
		fprintf(stderr, "EAL does not start here: %s\n", rte_strerror(rte_errno));
		return 1;
	}
	if (bits > RTE_VECT_SIMD_DISABLED && !sl_pmd_simd_runs(bits)) {
		printf("skipped: this CPU has no vectors of %u bits\n", bits);
		return H_SKIP;
	}
	return 0;
}

unsigned int
h_device_threads(void)
{
	return holds_threads("softnic");
}

int
h_fini(int failed)
{
	unsigned int threads;

	rte_eal_cleanup();
	threads = h_device_threads();
	if (threads != 0)
		fprintf(stderr, "%u device threads run on after rte_eal_cleanup()\n", threads);
	return failed + (int)threads;
}

int
h_setup(void **state)
{
	struct h_port *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	*state = p;
	h_open(p, NULL);
	return 0;
}

int
h_teardown(void **state)
{
	struct h_port *p = *state;

	h_close(p);
	free(p);
	return 0;
}

int
h_setup_pair(void **state)
{
	struct h_port *p = calloc(2, sizeof(*p));

	assert_non_null(p);
	*state = p;
	h_open(&p[0], NULL);
	h_open(&p[1], NULL);
	return 0;
}

/* Close both before checking either mempool: one port may hold frames of the other. */
int
h_teardown_pair(void **state)
{
	struct h_port *p = *state;

	if (p[0].open && p[0].pool != NULL)
		(void)rte_eth_dev_stop(p[0].id);
	if (p[1].open && p[1].pool != NULL)
		(void)rte_eth_dev_stop(p[1].id);
	h_close(&p[0]);
	h_close(&p[1]);
	free(p);
	return 0;
}

/* --- the test's own wire --- */

static void
fifo_init(struct h_fifo *q)
{
	q->head = NULL;
	q->tail = &q->head;
	q->count = 0;
}

static void
fifo_put(struct h_fifo *q, const void *data, uint32_t len, bool bad_fcs)
{
	struct h_frame *f = malloc(sizeof(*f) + len);

	assert_non_null(f);
	f->next = NULL;
	f->len = len;
	f->bad_fcs = bad_fcs;
	memcpy(f->data, data, len);
	*q->tail = f;
	q->tail = &f->next;
	q->count++;
}

static struct h_frame *
fifo_get(struct h_fifo *q)
{
	struct h_frame *f = q->head;

	if (f == NULL)
		return NULL;
	q->head = f->next;
	if (q->head == NULL)
		q->tail = &q->head;
	q->count--;
	return f;
}

static void
fifo_free(struct h_fifo *q)
{
	struct h_frame *f;

	while ((f = fifo_get(q)) != NULL)
		free(f);
}

static void
wire_return(struct h_wire *w)
{
	while (w->nb_lent > 0)
		free(w->lent[--w->nb_lent]);
}

static void
wire_send(struct sl_wire *base, const struct sl_frame *frames, unsigned int n)
{
	struct h_wire *w = (struct h_wire *)base;
	struct h_fifo *to = w->other != NULL ? &w->other->in : &w->out;
	unsigned int i;

	for (i = 0; i < n; i++)
		fifo_put(to, frames[i].data, frames[i].len, false);
}

static unsigned int
wire_poll(struct sl_wire *base, struct sl_frame *frames, unsigned int max, unsigned int room)
{
	struct h_wire *w = (struct h_wire *)base;
	unsigned int n = 0;
	struct h_frame *f;

	/*
	 * A wire that cannot wait offers all frames, and the NIC drops those without a
	 * descriptor.
	 */
	if (w->waits)
		max = RTE_MIN(max, room);
	wire_return(w);
	while (n < max && n < RTE_DIM(w->lent) && (f = fifo_get(&w->in)) != NULL) {
		frames[n] =
			(struct sl_frame){.data = f->data, .len = f->len, .bad_fcs = f->bad_fcs};
		w->lent[n++] = f;
	}
	w->nb_lent = n;
	return n;
}

static bool
wire_link(struct sl_wire *base)
{
	return !((struct h_wire *)base)->down;
}

static void
wire_close(struct sl_wire *base)
{
	struct h_wire *w = (struct h_wire *)base;

	if (w->other != NULL)
		w->other->other = NULL;
	wire_return(w);
	fifo_free(&w->in);
	fifo_free(&w->out);
	free(w);
}

static const struct sl_wire_ops wire_ops = {
	.kind = "test",
	.send = wire_send,
	.poll = wire_poll,
	.link = wire_link,
	.close = wire_close,
};

static struct h_wire *
wire_new(void)
{
	struct h_wire *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	w->base.ops = &wire_ops;
	fifo_init(&w->in);
	fifo_init(&w->out);
	return w;
}

/* --- ports --- */

bool
h_pinned(void)
{
	const char *pool = getenv("SL_POOL");

	return (pool != NULL && strcmp(pool, "apart") == 0) ||
		(strcmp(h_coherency(), "checked") == 0 && h_check_line() > RTE_CACHE_LINE_SIZE);
}

static struct rte_mempool *
pool_new(const struct h_cfg *c)
{
	const uint16_t room = (uint16_t)(c->data_room + RTE_PKTMBUF_HEADROOM);
	struct rte_mempool *pool;
	char name[RTE_MEMPOOL_NAMESIZE];

	snprintf(name, sizeof(name), "pool%u", run.serial++);
	/* R5: an ordinary mempool is not aligned to lines longer than this CPU's. */
	pool = (h_pinned() ? sl_pktmbuf_pool_create : rte_pktmbuf_pool_create)(
		name, c->pool_size, c->pool_size < 512 ? 0 : 64, 0, room, SOCKET_ID_ANY);
	assert_non_null(pool);
	return pool;
}

int
h_try_open(struct h_port *p, const char *args)
{
	bool own = args == NULL || strstr(args, "wire=") == NULL;
	const char *bug = getenv("SL_CHECK_BUG"), *diff = getenv("SL_CHECK_DIFF");
	const char *device = getenv("SL_DEVICE"), *time = getenv("SL_TIME");
	char all[1024], check[512] = "";
	int ret;

	memset(p, 0, sizeof(*p));
	snprintf(p->name, sizeof(p->name), "net_syncline_soft%u", run.serial++);
	if (strcmp(h_coherency(), "checked") == 0)
		snprintf(check, sizeof(check), ",check_line=%u,check_seed=%" PRIu64 "%s%s",
			h_check_line(), run.seed | 1,
			bug == NULL ? "" : ",check_bug=", bug == NULL ? "" : bug);
	/* Each port of the program has a separate search, numbered in order. */
	if (diff != NULL && *diff != '\0' && check[0] != '\0' &&
		strstr(args == NULL ? "" : args, "check_diff") == NULL)
		snprintf(check + strlen(check), sizeof(check) - strlen(check), ",check_diff=%s.%u",
			diff, run.nb_ports++);
	if (device != NULL && strstr(args == NULL ? "" : args, "device=") != NULL)
		device = NULL;
	if (time != NULL && strstr(args == NULL ? "" : args, "time=") != NULL)
		time = NULL;
	snprintf(all, sizeof(all), "mode=step,coherency=%s%s%s%s%s%s%s%s%s", h_coherency(), check,
		device == NULL ? "" : ",device=", device == NULL ? "" : device,
		time == NULL ? "" : ",time=", time == NULL ? "" : time, own ? ",wire=none" : "",
		args == NULL || *args == '\0' ? "" : ",", args == NULL ? "" : args);
	ret = rte_vdev_init(p->name, all);
	if (ret != 0)
		return ret;
	assert_int_equal(rte_eth_dev_get_port_by_name(p->name, &p->id), 0);
	p->open = true;
	assert_true(sl_pmd_is_ours(p->id));
	p->nic = sl_pmd_softnic(p->id);
	assert_non_null(p->nic);
	if (own) {
		p->wire = wire_new();
		assert_int_equal(sl_softnic_attach(p->nic, &p->wire->base), 0);
	}
	assert_int_equal(rte_eth_macaddr_get(p->id, &p->mac), 0);
	return 0;
}

uint16_t
h_queues(const struct h_port *p, uint16_t want)
{
	return RTE_MIN(want, sl_softnic_device(p->nic)->queues);
}

uint32_t
h_mbps(const struct h_port *p)
{
	struct rte_eth_dev_info info;

	assert_int_equal(rte_eth_dev_info_get(p->id, &info), 0);
	return (info.speed_capa & RTE_ETH_LINK_SPEED_10G) != 0 ? RTE_ETH_SPEED_NUM_10G :
								 RTE_ETH_SPEED_NUM_1G;
}

const struct sl_hw *
h_hw(const struct h_port *p)
{
	return sl_hw_find(sl_softnic_device(p->nic)->pci_id);
}

static const struct sl_reg_set *
reg_set(const struct h_port *p)
{
	return h_hw(p)->regs;
}

/* Index of the row with that name, or the number of rows if there is none. */
static unsigned int
reg_row(const struct sl_reg_set *set, const char *name)
{
	unsigned int i;

	for (i = 0; i < set->n_rows; i++) {
		if (set->rows[i].count != 0 && strcmp(set->rows[i].name, name) == 0)
			break;
	}
	return i;
}

bool
h_has_reg(const struct h_port *p, const char *name)
{
	return reg_row(reg_set(p), name) < reg_set(p)->n_rows;
}

uint32_t
h_off(const struct h_port *p, const char *name, unsigned int i)
{
	const struct sl_reg_set *set = reg_set(p);
	const unsigned int row = reg_row(set, name);

	if (row == set->n_rows || i >= set->rows[row].count)
		fail_msg("%s has no register %s %u", set->name, name, i);
	return sl_reg_offset(set, row, i);
}

void
h_open(struct h_port *p, const char *args)
{
	assert_int_equal(h_try_open(p, args), 0);
}

static void
cfg_defaults(struct h_cfg *c)
{
	c->nb_rxq = c->nb_rxq == 0 ? 1 : c->nb_rxq;
	c->nb_txq = c->nb_txq == 0 ? 1 : c->nb_txq;
	c->nb_rxd = c->nb_rxd == 0 ? 128 : c->nb_rxd;
	c->nb_txd = c->nb_txd == 0 ? 128 : c->nb_txd;
	c->mtu = c->mtu == 0 ? RTE_ETHER_MTU : c->mtu;
	c->data_room = c->data_room == 0 ? 2048 : c->data_room;
	c->pool_size = c->pool_size == 0 ? 4095 : c->pool_size;
}

static int
setup_queues(struct h_port *p)
{
	struct h_cfg *c = &p->cfg;
	struct rte_eth_dev_info info;
	struct rte_eth_rxconf rx;
	struct rte_eth_txconf tx;
	int ret = rte_eth_dev_info_get(p->id, &info);
	uint16_t q;

	/*
	 * Adjust a ring size that is valid for short lines to the alignment that long lines need.
	 */
	if (c->nb_rxd >= 32 && c->nb_rxd % 8 == 0)
		c->nb_rxd = RTE_MAX(RTE_ALIGN_CEIL(c->nb_rxd, info.rx_desc_lim.nb_align),
			info.rx_desc_lim.nb_min);
	rx = info.default_rxconf;
	rx.offloads = c->rx_offloads;
	rx.rx_deferred_start = c->rx_deferred;
	if (c->rx_free_thresh != 0)
		rx.rx_free_thresh = c->rx_free_thresh;
	tx = info.default_txconf;
	tx.offloads = c->tx_offloads;
	tx.tx_deferred_start = c->tx_deferred;
	if (c->tx_free_thresh != 0)
		tx.tx_free_thresh = c->tx_free_thresh;
	if (c->tx_rs_thresh != 0)
		tx.tx_rs_thresh = c->tx_rs_thresh;
	for (q = 0; ret == 0 && q < c->nb_rxq; q++) {
		rx.rx_drop_en = q < 32 && (c->rx_drop_en >> q & 1) != 0;
		ret = rte_eth_rx_queue_setup(p->id, q, c->nb_rxd, SOCKET_ID_ANY, &rx, p->pool);
	}
	for (q = 0; ret == 0 && q < c->nb_txq; q++)
		ret = rte_eth_tx_queue_setup(p->id, q, c->nb_txd, SOCKET_ID_ANY, &tx);
	return ret;
}

static bool
pool_fits(const struct rte_mempool *pool, const struct h_cfg *c)
{
	return pool->size == c->pool_size &&
		rte_pktmbuf_data_room_size((struct rte_mempool *)(uintptr_t)pool) ==
		c->data_room + RTE_PKTMBUF_HEADROOM;
}

/* Pools stay in the DMA window until the port closes, so reuse one that fits. */
static void
pool_choose(struct h_port *p)
{
	unsigned int i;

	if (p->pool != NULL && pool_fits(p->pool, &p->cfg))
		return;
	if (p->pool != NULL) {
		assert_true(p->nb_old_pools < RTE_DIM(p->old_pools));
		p->old_pools[p->nb_old_pools++] = p->pool;
	}
	p->pool = NULL;
	for (i = 0; i < p->nb_old_pools && p->pool == NULL; i++) {
		if (pool_fits(p->old_pools[i], &p->cfg)) {
			p->pool = p->old_pools[i];
			p->old_pools[i] = p->old_pools[--p->nb_old_pools];
		}
	}
	if (p->pool == NULL)
		p->pool = pool_new(&p->cfg);
}

int
h_configure(struct h_port *p, const struct h_cfg *cfg)
{
	struct rte_eth_conf conf = {0};
	int ret;

	p->cfg = cfg == NULL ? (struct h_cfg){0} : *cfg;
	cfg_defaults(&p->cfg);
	conf.rxmode.mtu = p->cfg.mtu;
	conf.rxmode.offloads = p->cfg.rx_offloads;
	conf.txmode.offloads = p->cfg.tx_offloads;
	conf.intr_conf.lsc = p->cfg.lsc;
	conf.intr_conf.rxq = p->cfg.rx_intr;
	conf.link_speeds = p->cfg.link_speeds;
	if (p->cfg.rss_hf != 0) {
		conf.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
		conf.rx_adv_conf.rss_conf.rss_hf = p->cfg.rss_hf;
		conf.rx_adv_conf.rss_conf.rss_key = p->cfg.rss_key;
		conf.rx_adv_conf.rss_conf.rss_key_len = p->cfg.rss_key == NULL ? 0 : 40;
	}
	ret = rte_eth_dev_configure(p->id, p->cfg.nb_rxq, p->cfg.nb_txq, &conf);
	if (ret == 0)
		ret = rte_eth_dev_set_ptypes(p->id,
			p->cfg.types || p->cfg.rx_offloads != 0 ? RTE_PTYPE_ALL_MASK : 0, NULL, 0);
	return ret;
}

int
h_try_setup(struct h_port *p, const struct h_cfg *cfg)
{
	int ret = h_configure(p, cfg);

	if (ret != 0)
		return ret;
	pool_choose(p);
	return setup_queues(p);
}

void
h_start(struct h_port *p, const struct h_cfg *cfg)
{
	assert_int_equal(h_try_setup(p, cfg), 0);
	if (!p->cfg.no_start)
		assert_int_equal(rte_eth_dev_start(p->id), 0);
}

void
h_stop(struct h_port *p)
{
	assert_int_equal(rte_eth_dev_stop(p->id), 0);
	if (p->pool != NULL)
		assert_int_equal(rte_mempool_avail_count(p->pool), p->pool->size);
}

/* Check what must hold for a port at the end of a test, before its memory is freed. */
static void
check_end(struct h_port *p)
{
	struct sl_shm_stats shm;
	struct sl_softnic_stats nic;

	sl_softnic_stats(p->nic, &nic);
	assert_int_equal(nic.dma_outstanding, 0);
	if (!p->faults_free)
		assert_int_equal(nic.dma_faults, p->dma_faults);
	sl_shm_stats(sl_pmd_adapter(p->id), &shm);
	/* A ring for each queue and a head write-back line for each transmit queue. */
	assert_in_range(shm.regions, 0, p->cfg.nb_rxq + 2u * p->cfg.nb_txq);
}

/* Check that all mbufs of each pool are back, except @lost, and free the pools. */
static void
pools_free(struct h_port *p, unsigned int lost)
{
	unsigned int i;

	for (i = 0; i <= p->nb_old_pools; i++) {
		struct rte_mempool *pool = i < p->nb_old_pools ? p->old_pools[i] : p->pool;

		if (pool == NULL)
			continue;
		assert_in_range(rte_mempool_avail_count(pool), pool->size - lost, pool->size);
		rte_mempool_free(pool);
	}
	p->pool = NULL;
	p->nb_old_pools = 0;
}

void
h_close(struct h_port *p)
{
	struct rte_eth_link link;
	int stopped = 0;
	int asked, closed;

	if (!p->open)
		return;
	p->open = false;
	asked = rte_eth_link_get_nowait(p->id, &link);
	if (p->pool != NULL)
		stopped = rte_eth_dev_stop(p->id);
	h_log_mark();
	check_end(p);
	closed = rte_eth_dev_close(p->id);
	p->nic = NULL;
	p->wire = NULL;
	assert_int_equal(asked, 0);
	assert_int_equal(closed, 0);
	assert_int_equal(stopped, 0);
	/* If the adapter could not be closed, the driver logs what is live at level error. */
	assert_false(h_log_has("live"));
	/* The checker's last message includes findings made when memory is freed. */
	if (!p->check_free)
		assert_false(h_log_has(" findings, "));
	assert_int_equal(rte_vdev_uninit(p->name), 0);
	pools_free(p, 0);
}

void
h_adopt(struct h_port *p, uint16_t id, struct sl_softnic *nic)
{
	*p = (struct h_port){.id = id, .nic = nic, .adopted = true};
	p->wire = wire_new();
	assert_int_equal(sl_softnic_attach(nic, &p->wire->base), 0);
	assert_int_equal(rte_eth_macaddr_get(id, &p->mac), 0);
}

void
h_disown(struct h_port *p, unsigned int lost)
{
	p->nic = NULL;
	p->wire = NULL;
	pools_free(p, lost);
}

void
h_join(struct h_port *a, struct h_port *b)
{
	a->wire->other = b->wire;
	b->wire->other = a->wire;
}

/* --- frames across --- */

unsigned int
h_step(struct h_port *p)
{
	unsigned int n = 0;
	unsigned int total = 0;
	int moved;

	do {
		moved = p->adopted ? (int)sl_softnic_step(p->nic, H_MAX_BURST) :
				     sl_pmd_step(p->id, H_MAX_BURST);
		assert_true(moved >= 0);
		assert_true(++n < H_STEPS);
		total += (unsigned int)moved;
	} while (moved > 0);
	return total;
}

void
h_give(struct h_port *p, const void *data, uint32_t len)
{
	fifo_put(&p->wire->in, data, len, false);
}

void
h_give_bad_fcs(struct h_port *p, const void *data, uint32_t len)
{
	fifo_put(&p->wire->in, data, len, true);
}

uint32_t
h_take(struct h_port *p, void *buf)
{
	struct h_frame *f = fifo_get(&p->wire->out);
	uint32_t len;

	if (f == NULL)
		return 0;
	len = f->len;
	assert_true(len <= H_FRAME_CAP);
	memcpy(buf, f->data, len);
	free(f);
	return len;
}

unsigned int
h_sent(const struct h_port *p)
{
	return p->wire->out.count;
}

uint16_t
h_recv(struct h_port *p, uint16_t q, struct rte_mbuf **m, uint16_t max)
{
	uint16_t got = 0;
	unsigned int idle = 0;
	unsigned int moved;
	uint16_t n;

	/* A burst may return no frame but post descriptors that the NIC waited for. */
	while (got < max && idle < 2) {
		moved = h_step(p);
		n = rte_eth_rx_burst(p->id, q, m + got, RTE_MIN(max - got, (int)H_MAX_BURST));
		got += n;
		/* Do not read descriptor states here: that would update them before the burst. */
		idle = n > 0 || moved > 0 ? 0 : idle + 1;
	}
	return got;
}

struct rte_mbuf *
h_recv_one(struct h_port *p, uint16_t q)
{
	struct rte_mbuf *m[4] = {NULL};

	assert_int_equal(h_recv(p, q, m, RTE_DIM(m)), 1);
	rte_mbuf_sanity_check(m[0], 1);
	return m[0];
}

void
h_recv_none(struct h_port *p)
{
	struct rte_mbuf *m[4];
	uint16_t q;

	for (q = 0; q < p->cfg.nb_rxq; q++)
		assert_int_equal(h_recv(p, q, m, RTE_DIM(m)), 0);
}

void
h_expect(struct h_port *p, uint16_t q, const void *data, uint32_t len)
{
	struct rte_mbuf *m;

	h_give(p, data, len);
	m = h_recv_one(p, q);
	h_same(m, data, len);
	rte_pktmbuf_free(m);
}

void
h_expect_none(struct h_port *p, const void *data, uint32_t len)
{
	h_give(p, data, len);
	h_recv_none(p);
}

void
h_send(struct h_port *p, uint16_t q, struct rte_mbuf *m)
{
	assert_int_equal(rte_eth_tx_burst(p->id, q, &m, 1), 1);
	h_step(p);
}

void
h_alive(struct h_port *p)
{
	uint8_t f[256], got[H_FRAME_CAP];

	frame_ether(f, sizeof(f), &p->mac, h_seed());
	h_expect(p, 0, f, sizeof(f));
	h_send(p, 0, h_mbuf(p, f, sizeof(f), 1));
	assert_int_equal(h_take(p, got), sizeof(f));
	assert_memory_equal(got, f, sizeof(f));
	assert_int_equal(h_sent(p), 0);
}

/* --- mbufs --- */

static void
chain_append(struct rte_mbuf **head, struct rte_mbuf *seg, const void *data, uint16_t len)
{
	char *at = rte_pktmbuf_append(seg, len);

	assert_non_null(at);
	if (len > 0)
		memcpy(at, data, len);
	if (*head == NULL)
		*head = seg;
	else
		assert_int_equal(rte_pktmbuf_chain(*head, seg), 0);
}

struct rte_mbuf *
h_mbuf(struct h_port *p, const void *data, uint32_t len, unsigned int segs)
{
	struct rte_mbuf *head = NULL;
	uint32_t at = 0;
	unsigned int i;

	for (i = 0; i < segs; i++) {
		uint32_t end = (uint32_t)((uint64_t)len * (i + 1) / segs);
		struct rte_mbuf *seg = rte_pktmbuf_alloc(p->pool);

		assert_non_null(seg);
		chain_append(&head, seg, (const uint8_t *)data + at, (uint16_t)(end - at));
		at = end;
	}
	return head;
}

struct rte_mbuf *
h_mbuf_random(struct rte_mempool *pool, uint64_t *r, const void *data, uint32_t len,
	unsigned int max_segs)
{
	uint32_t room = rte_pktmbuf_data_room_size(pool) - RTE_PKTMBUF_HEADROOM;
	struct rte_mbuf *head = NULL;
	uint32_t at = 0;

	for (; at < len; max_segs--) {
		struct rte_mbuf *seg = rte_pktmbuf_alloc(pool);
		uint32_t left = len - at;
		uint32_t least, part;

		if (seg == NULL) {
			rte_pktmbuf_free(head);
			return NULL;
		}
		/* Bytes that the later segments cannot hold must go into this one. */
		least = left > room * (max_segs - 1) ? left - room * (max_segs - 1) : 1;
		part = max_segs == 1 ? left : rng_range(r, least, RTE_MIN(left, room));
		chain_append(&head, seg, (const uint8_t *)data + at, (uint16_t)part);
		at += part;
	}
	return head;
}

void
h_same(const struct rte_mbuf *m, const void *data, uint32_t len)
{
	const struct rte_mbuf *s;
	unsigned int segs = 0;
	uint32_t at = 0;

	assert_int_equal(m->pkt_len, len);
	for (s = m; s != NULL; s = s->next, segs++) {
		const uint8_t *want = (const uint8_t *)data + at;

		at += s->data_len;
		assert_true(at <= len);
		/* memcmp first: cmocka's own comparison is slow. */
		if (memcmp(rte_pktmbuf_mtod(s, const void *), want, s->data_len) != 0)
			assert_memory_equal(rte_pktmbuf_mtod(s, const void *), want, s->data_len);
	}
	assert_int_equal(at, len);
	assert_int_equal(segs, m->nb_segs);
}

/* --- frames --- */

unsigned int
h_ip(uint8_t *f, uint32_t len, const struct rte_ether_addr *dst, const struct h_flow *flow,
	uint64_t seed)
{
	/* IPv6: the same four bytes at the end of a private address. */
	uint8_t src[16] = {0xfd}, dst_ip[16] = {0xfd};
	const unsigned int at = flow->ipv6 ? 12 : 0;
	const struct frame_spec spec = {.to = dst,
		.vlan = flow->vlan != 0,
		.tci = flow->vlan,
		.version = flow->ipv6 ? 6 : 4,
		.proto = flow->proto,
		.src = src,
		.dst = dst_ip,
		.sport = flow->sport,
		.dport = flow->dport,
		.len = len,
		.seed = seed};

	memcpy(src + at, &(rte_be32_t){rte_cpu_to_be_32(flow->src)}, sizeof(rte_be32_t));
	memcpy(dst_ip + at, &(rte_be32_t){rte_cpu_to_be_32(flow->dst)}, sizeof(rte_be32_t));
	return frame_build(f, &spec).l3;
}

/* --- reports of ethdev --- */

struct rte_eth_stats
h_stats(struct h_port *p)
{
	struct rte_eth_stats s;

	assert_int_equal(rte_eth_stats_get(p->id, &s), 0);
	return s;
}

/* Value of an extended statistic, or UINT64_MAX if no statistic has that name. */
static uint64_t
h_xstat_find(struct h_port *p, const char *name)
{
	uint64_t id, value;

	if (rte_eth_xstats_get_id_by_name(p->id, name, &id) != 0)
		return UINT64_MAX;
	assert_int_equal(rte_eth_xstats_get_by_id(p->id, &id, &value, 1), 1);
	return value;
}

uint64_t
h_xstat(struct h_port *p, const char *name)
{
	uint64_t value = h_xstat_find(p, name);

	if (value == UINT64_MAX)
		fail_msg("no extended statistic is called %s", name);
	return value;
}

void
h_fault(struct h_port *p, enum sl_fault fault, uint32_t arg, uint32_t count)
{
	assert_int_equal(sl_softnic_fault(p->nic, fault, arg, count), 0);
}

struct sl_softnic_stats
h_nic_stats(struct h_port *p)
{
	struct sl_softnic_stats s;

	sl_softnic_stats(p->nic, &s);
	return s;
}

unsigned int
h_forward(struct h_port *p, unsigned int frames)
{
	uint64_t r = h_rng(0xc4ec);
	uint8_t f[H_FRAME_CAP], got[H_FRAME_CAP];
	unsigned int i, right = 0;
	struct rte_mbuf *m;
	uint32_t len;

	for (i = 0; i < frames; i++) {
		len = rng_range(&r, 60, 1500);
		frame_ether(f, len, &p->mac, rng_next(&r));
		h_give(p, f, len);
		sl_pmd_step(p->id, H_MAX_BURST);
		if (rte_eth_rx_burst(p->id, 0, &m, 1) != 1)
			continue;
		if (m->pkt_len != len || m->nb_segs != 1 ||
			memcmp(rte_pktmbuf_mtod(m, void *), f, len) != 0) {
			rte_pktmbuf_free(m);
			continue;
		}
		/* Change the frame before it is sent, so that a missing flush is detected. */
		f[len - 1] ^= 0xff;
		*rte_pktmbuf_mtod_offset(m, uint8_t *, len - 1) ^= 0xff;
		if (rte_eth_tx_burst(p->id, 0, &m, 1) != 1) {
			rte_pktmbuf_free(m);
			continue;
		}
		sl_pmd_step(p->id, H_MAX_BURST);
		right += h_take(p, got) == len && memcmp(got, f, len) == 0;
		while (h_take(p, got) != 0)
			;
	}
	return right;
}

int
h_telemetry(void)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	char text[1024];

	snprintf(at.sun_path, sizeof(at.sun_path), "%s/dpdk_telemetry.v2",
		rte_eal_get_runtime_dir());
	/* Telemetry sends its greeting first. */
	if (fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0 &&
		read(fd, text, sizeof(text)) > 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}
