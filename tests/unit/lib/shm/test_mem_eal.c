/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Memory from EAL, and the JSON dump. The test "no-huge" needs no permissions. The test "huge" is
 * skipped if there are no hugepages.
 */
#include <dlfcn.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <jansson.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_memory.h>
#include <rte_memzone.h>

#include "shm_util.h"

#define SKIPPED 77
#define HUGE_LIMIT (32u << 20) /* bytes that EAL may use in "huge" */

/* --- functions of EAL and the system, replaced for the library --- */

static bool pretend_hugepages, no_contiguous, no_lock;
static int zones; /* memzones reserved here and not freed */

int
rte_eal_has_hugepages(void)
{
	int (*next)(void);

	*(void **)&next = dlsym(RTLD_NEXT, "rte_eal_has_hugepages");
	return pretend_hugepages ? 1 : next();
}

const struct rte_memzone *
rte_memzone_reserve_aligned(
	const char *name, size_t len, int node, unsigned int flags, unsigned int align)
{
	const struct rte_memzone *(*next)(const char *, size_t, int, unsigned int, unsigned int);
	const struct rte_memzone *mz;

	if (no_contiguous && (flags & RTE_MEMZONE_IOVA_CONTIG) != 0) {
		rte_errno = ENOMEM;
		return NULL;
	}
	*(void **)&next = dlsym(RTLD_NEXT, "rte_memzone_reserve_aligned");
	mz = next(name, len, node, flags, align);
	zones += mz != NULL;
	return mz;
}

int
rte_memzone_free(const struct rte_memzone *mz)
{
	int (*next)(const struct rte_memzone *);

	*(void **)&next = dlsym(RTLD_NEXT, "rte_memzone_free");
	zones--;
	return next(mz);
}

int
mlock(const void *va, size_t len)
{
	if (no_lock) {
		errno = EPERM;
		return -1;
	}
	return (int)syscall(SYS_mlock, va, len);
}

/* Number of pages of the process. AddressSanitizer keeps freed memory, and finds leaks itself. */
static unsigned long
pages(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	unsigned long n = 0;

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%lu", &n), 1);
	fclose(f);
#ifdef __SANITIZE_ADDRESS__
	n = 0;
#endif
	return n;
}

/* An adapter whose memory comes from EAL. */
static int
eal_setup(void **state)
{
	struct shm_fixture *f = calloc(1, sizeof(*f));
	struct sl_adapter_params p;

	assert_non_null(f);
	p = shm_params(f);
	p.source = NULL; /* EAL is the default */
	assert_int_equal(sl_adapter_open(&p, &f->a), 0);
	*state = f;
	return 0;
}

static struct sl_shm_stats
stats(struct shm_fixture *f)
{
	struct sl_shm_stats s;

	sl_shm_stats(f->a, &s);
	return s;
}

/* Check that the device reaches every byte of a region by its IOVAs. */
static void
check_region(struct shm_fixture *f, const struct sl_region *r)
{
	struct sl_dma *d = sl_dma_open(f->a);
	struct sl_sg sg[64];
	int n = sl_region_sg(f->a, r, sg, 64), i;
	uint8_t *va = r->va;

	assert_true(n > 0 && n <= 64);
	sl_dma_begin(d);
	for (i = 0; i < n; i++) {
		assert_ptr_equal(sl_dma_translate(d, sg[i].iova, sg[i].len, SL_DMA_TO_DEVICE), va);
		assert_int_equal(rte_mem_virt2iova(va), sg[i].iova);
		va += sg[i].len;
	}
	sl_dma_end(d);
	assert_ptr_equal(va, (uint8_t *)r->va + r->len);
	sl_dma_close(d);
}

static void
test_hugepages(void **state)
{
	struct shm_fixture *f = *state;
	struct sl_region_params p = shm_region("a ring of a name that is longer than EAL's", 65536);
	struct sl_region r[40];
	unsigned int i;

	p.align = 4096;
	p.contiguous = true;
	p.node = 0;
	p.strict_node = true;
	/* Many regions with one name have memzones with different names. */
	for (i = 0; i < 40; i++) {
		assert_int_equal(sl_region_alloc(f->a, &p, &r[i]), 0);
		check_region(f, &r[i]);
	}
	assert_int_equal(stats(f).fallback_pages, 0);
	for (i = 0; i < 40; i++)
		assert_int_equal(sl_region_free(f->a, &r[i]), 0);
	/* More than EAL can allocate: 4 KiB pages, and the reason is logged. */
	p = shm_region("large", HUGE_LIMIT + 1);
	p.len = HUGE_LIMIT + 1;
	if (sl_region_alloc(f->a, &p, &r[0]) != 0)
		fail_msg("%s", f->log.text);
	assert_int_equal(stats(f).fallback_pages, 1);
	shm_log_has(&f->log, "4 KiB pages in place of hugepages: no hugepage memory");
	assert_int_equal(sl_region_free(f->a, &r[0]), 0);
}

static void
test_no_hugepages(void **state)
{
	struct shm_fixture *f = *state;
	struct sl_region_params p = shm_region("ring", 10000);
	struct sl_region r;

	assert_int_equal(sl_region_alloc(f->a, &p, &r), 0);
	check_region(f, &r);
	assert_int_equal(stats(f).fallback_pages, 1);
	shm_log_has(&f->log, "4 KiB pages in place of hugepages: EAL runs without hugepages");
	assert_int_equal(sl_region_free(f->a, &r), 0);
}

/* Each region has a memzone until it is freed, or several segments if necessary. */
static void
test_memzones(void **state)
{
	struct shm_fixture *f = *state;
	struct sl_region_params p = shm_region("ring", 10000);
	struct sl_region r;
	const int before = zones;
	unsigned int i;

	pretend_hugepages = true;
	for (i = 0; i < 4; i++) {
		no_contiguous = i % 2 == 1;
		assert_int_equal(sl_region_alloc(f->a, &p, &r), 0);
		assert_int_equal(zones, before + 1);
		assert_int_equal(stats(f).fallback_pages, 0);
		check_region(f, &r);
		assert_int_equal(sl_region_free(f->a, &r), 0);
		assert_int_equal(zones, before);
	}
	pretend_hugepages = no_contiguous = false;
}

/* Pages of the system are freed, including those that cannot be locked. */
static void
test_pages(void **state)
{
	struct sl_adapter_params ap;
	struct shm_fixture *f = *state;
	struct sl_region_params p = shm_region("ring", 64 * 4096);
	struct sl_adapter *a;
	struct sl_region r;
	unsigned long before = 0;
	unsigned int i;

	ap = shm_params(f);
	ap.source = NULL;
	assert_int_equal(sl_adapter_open(&ap, &a), 0);
	for (i = 0; i < 20; i++) {
		if (i == 5)
			before = pages();
		no_lock = true;
		assert_int_equal(sl_region_alloc(a, &p, &r), -ENOMEM);
		shm_log_has(&f->log, "mlock of 262144 bytes: Operation not permitted");
		no_lock = false;
		assert_int_equal(sl_region_alloc(a, &p, &r), 0);
		assert_int_equal(sl_region_free(a, &r), 0);
	}
	assert_true(pages() < before + 64);
	assert_int_equal(sl_adapter_close(a), 0);
}

static json_int_t
number(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	if (!json_is_integer(v))
		fail_msg("no number '%s'", key);
	return json_integer_value(v);
}

static const char *
word(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	if (s == NULL)
		fail_msg("no text '%s'", key);
	return s;
}

static void
test_dump_json(void **state)
{
	struct shm_fixture *f = *state;
	struct sl_region_params p = shm_region("a \"ring\" \\ \n", 1000);
	static uint8_t pool[64];
	struct sl_region r, odd;
	json_t *o, *list;
	char *text, hex[32];
	size_t len;
	FILE *mem;

	p.usage = SL_USAGE_RX_RING;
	p.queue = 3;
	assert_int_equal(sl_region_alloc(f->a, &p, &r), 0);
	p.name = "not UTF-8: \xff";
	assert_int_equal(sl_region_alloc(f->a, &p, &odd), 0);
	assert_int_equal(sl_buffer_map(f->a, "pool", pool, 0x1234, 64, SL_DMA_TO_DEVICE), 0);
	mem = open_memstream(&text, &len);
	sl_shm_dump_json(f->a, mem);
	fclose(mem);
	o = json_loads(text, 0, NULL);
	assert_non_null(o);
	assert_string_equal(word(o, "adapter"), "nic0");
	assert_string_equal(word(o, "coherency"), "coherent");
	assert_int_equal(number(json_object_get(o, "stats"), "regions"), 2);
	assert_int_equal(number(json_object_get(o, "stats"), "bytes_buffers"), 64);
	list = json_object_get(o, "regions");
	assert_int_equal(json_array_size(list), 2);
	list = json_array_get(list, 1);
	assert_string_equal(word(list, "name"), "a \"ring\" \\ \n");
	assert_string_equal(word(list, "usage"), "rx ring");
	assert_int_equal(number(list, "len"), 1000);
	assert_int_equal(number(list, "queue"), 3);
	snprintf(hex, sizeof(hex), "0x%" PRIx64, r.iova);
	assert_string_equal(word(json_array_get(json_object_get(list, "pieces"), 0), "iova"), hex);
	list = json_array_get(json_object_get(o, "buffers"), 0);
	assert_string_equal(word(list, "direction"), "to device");
	json_decref(o);
	free(text);
	assert_int_equal(sl_buffer_unmap(f->a, pool, 0x1234, 64), 0);
	assert_int_equal(sl_region_free(f->a, &odd), 0);
	assert_int_equal(sl_region_free(f->a, &r), 0);
}

#define WITH_ADAPTER(t) cmocka_unit_test_setup_teardown(t, eal_setup, shm_teardown)

int
main(int argc, char **argv)
{
	char no_huge[] = "test_mem_eal --no-huge --no-pci --no-shconf -m 32 --no-telemetry "
			 "--log-level=error";
	char huge[] = "test_mem_eal --in-memory --no-pci --socket-limit=32 --no-telemetry "
		      "--log-level=error";
	const struct CMUnitTest with_huge[] = {
		WITH_ADAPTER(test_hugepages),
		WITH_ADAPTER(test_dump_json),
	};
	const struct CMUnitTest without[] = {
		WITH_ADAPTER(test_no_hugepages),
		WITH_ADAPTER(test_memzones),
		WITH_ADAPTER(test_pages),
		WITH_ADAPTER(test_dump_json),
	};
	bool is_huge = argc > 1 && strcmp(argv[1], "huge") == 0;
	char *args[16], *arg, *rest = is_huge ? huge : no_huge;
	int n = 0, ret;

	while ((arg = strtok_r(NULL, " ", &rest)) != NULL)
		args[n++] = arg;
	if (rte_eal_init(n, args) < 0) {
		printf("EAL does not start: %s\n",
			is_huge ? "no hugepages to be had?" : "without any?");
		return is_huge ? SKIPPED : 1;
	}
	ret = is_huge ? cmocka_run_group_tests(with_huge, NULL, NULL) :
			cmocka_run_group_tests(without, NULL, NULL);
	rte_eal_cleanup();
	return ret;
}
