/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The vfio-user server, tested with a client that follows the protocol or violates it. The server
 * has a separate thread, as in sl-softnic. At the end of each test, no file descriptor of this
 * process is left open.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "holds.h"
#include "rng.h"
#include "sl_bits.h"
#include "sl_desc.h"
#include "sl_fields.h"
#include "sl_pci.h"
#include "sl_regs.h"
#include "sl_vfu.h"
#include "vfu_client.h"

#define PAGE 4096u
#define GUEST 0x40000000u /* device address of the guest's memory */
#define PAGES 128u
#define MSIX_BAR 3u
#define GOOD_CAPS "{\"capabilities\":{\"max_data_xfer_size\":1048576,\"max_msg_fds\":16}}"
#define WAIT_MS 20000

struct bed {
	struct sl_vfu *v;
	struct vfu_client c;
	pthread_t thread;
	int stop;
	bool runs;
	unsigned int fds;
	char path[64];
	pthread_mutex_t lock;
	char log[4096];
	/* Guest memory, if it has a file. */
	int memfd;
	uint8_t *mem;
};

static struct bed *bus_error_bed; /* for the SIGBUS handler */

static void
keep_log(void *ctx, int level, const char *msg)
{
	struct bed *b = ctx;
	size_t n;

	(void)level;
	pthread_mutex_lock(&b->lock);
	n = strlen(b->log);
	snprintf(b->log + n, sizeof(b->log) - n, "%s\n", msg);
	pthread_mutex_unlock(&b->lock);
}

static bool
logged(struct bed *b, const char *text)
{
	bool found;

	pthread_mutex_lock(&b->lock);
	found = strstr(b->log, text) != NULL;
	pthread_mutex_unlock(&b->lock);
	return found;
}

#define wait_until(cond) \
	do { \
		unsigned int left_ = WAIT_MS; \
		while (!(cond) && left_-- != 0) \
			poll(NULL, 0, 1); \
		assert_true(cond); \
	} while (0)

static struct sl_vfu_stats
stats(struct bed *b)
{
	struct sl_vfu_stats s;

	sl_vfu_stats(b->v, &s);
	return s;
}

static void *
serve(void *arg)
{
	struct bed *b = arg;

	sl_vfu_serve(b->v, b->stop, false);
	return NULL;
}

static void
connect_to(struct bed *b)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};

	strcpy(a.sun_path, b->path);
	b->c.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(b->c.fd >= 0);
	assert_int_equal(connect(b->c.fd, (struct sockaddr *)&a, sizeof(a)), 0);
}

static void
hang_up(struct bed *b)
{
	close(b->c.fd);
	b->c.fd = -1;
}

/* After an invalid client, the server serves a correct one. */
static void
serves_next(struct bed *b)
{
	if (b->c.fd >= 0)
		hang_up(b);
	connect_to(b);
	assert_true(vfu_client_version(&b->c, GOOD_CAPS) > 0);
	assert_int_equal(vfu_client_map(&b->c, 0, PAGE, 0, 3, -1), 0);
	assert_int_equal(vfu_client_unmap(&b->c, 0, PAGE, 0), 24);
}

static struct bed *
bed_open(const char *device)
{
	struct bed *b = calloc(1, sizeof(*b));
	struct sl_softnic_params nic = {
		.name = "bed", .device = device, .log = keep_log, .log_ctx = b};
	struct sl_wire *wire;
	char why[256] = "";

	assert_non_null(b);
	pthread_mutex_init(&b->lock, NULL);
	b->fds = holds_files(NULL);
	b->c.fd = -1;
	b->memfd = -1;
	snprintf(b->path, sizeof(b->path), "/tmp/test_vfu.%d", (int)getpid());
	if (sl_vfu_open(b->path, &nic, &b->v, why, sizeof(why)) != 0)
		fail_msg("%s", why);
	assert_int_equal(sl_wire_open("loop", NULL, &wire, why, sizeof(why)), 0);
	assert_int_equal(sl_softnic_attach(sl_vfu_nic(b->v), wire), 0);
	b->stop = eventfd(0, EFD_CLOEXEC);
	assert_int_equal(pthread_create(&b->thread, NULL, serve, b), 0);
	b->runs = true;
	return b;
}

static void
bed_stop(struct bed *b)
{
	static const uint64_t one = 1;

	if (!b->runs)
		return;
	assert_int_equal(write(b->stop, &one, sizeof(one)), sizeof(one));
	pthread_join(b->thread, NULL);
	b->runs = false;
}

static int
setup(void **state)
{
	struct bed *b = bed_open(NULL);

	connect_to(b);
	assert_true(vfu_client_version(&b->c, GOOD_CAPS) > 0);
	*state = b;
	return 0;
}

/* No client is connected. */
static int
setup_alone(void **state)
{
	*state = bed_open(NULL);
	return 0;
}

/* Number of mappings of this process whose line in /proc/self/maps contains @p text. */
static unsigned int
mappings_named(const char *text)
{
	FILE *f = fopen("/proc/self/maps", "re");
	unsigned int n = 0;
	char line[512];

	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL)
		n += strstr(line, text) != NULL;
	fclose(f);
	return n;
}

static int
teardown(void **state)
{
	struct bed *b = *state;

	if (b->c.fd >= 0)
		close(b->c.fd);
	bed_stop(b);
	sl_vfu_close(b->v);
	close(b->stop);
	if (b->mem != NULL)
		munmap(b->mem, PAGES * PAGE);
	assert_int_equal(mappings_named("/memfd:"), 0);
	if (b->memfd >= 0)
		close(b->memfd);
	free(b->c.mem);
	assert_int_equal(holds_files(NULL), b->fds);
	assert_int_equal(access(b->path, F_OK), -1);
	free(b);
	return 0;
}

static void
make_memory(struct bed *b)
{
	b->memfd = memfd_create("guest", MFD_CLOEXEC);
	assert_true(b->memfd >= 0);
	assert_int_equal(ftruncate(b->memfd, PAGES * PAGE), 0);
	b->mem = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, b->memfd, 0);
	assert_true(b->mem != MAP_FAILED);
}

/* --- version --- */

static void
test_version(void **state)
{
	static const char *const good[] = {NULL, "{}", GOOD_CAPS, "{\"capabilities\":7}",
		"{\"capabilities\":{\"max_data_xfer_size\":-1,\"x\":[]}}"};
	static const char *const bad[] = {"", "{", "[1,2", "capabilities", "{\"a\":1}}"};
	struct bed *b = *state;
	const uint16_t one[2] = {1, 0};
	unsigned int i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		connect_to(b);
		assert_true(vfu_client_version(&b->c, good[i]) > 4);
		/* A second version message is refused. */
		assert_int_equal(vfu_client_version(&b->c, good[i]), -EINVAL);
		hang_up(b);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		connect_to(b);
		assert_int_equal(vfu_client_version(&b->c, bad[i]), -EINVAL);
		/* No version is negotiated. */
		assert_int_equal(vfu_client_map(&b->c, 0, PAGE, 0, 3, -1), -EINVAL);
		hang_up(b);
	}
	connect_to(b);
	assert_int_equal(
		vfu_client_ask(&b->c, VFU_VERSION, one, 4, NULL, 0, NULL, 0), -EPROTONOSUPPORT);
	assert_int_equal(vfu_client_ask(&b->c, VFU_VERSION, one, 3, NULL, 0, NULL, 0), -EINVAL);
	/* Truncated JSON. */
	assert_int_equal(
		vfu_client_ask(&b->c, VFU_VERSION, "\0\0\0\0{}", 6, NULL, 0, NULL, 0), -EINVAL);
	assert_true(vfu_client_version(&b->c, GOOD_CAPS) > 4);
}

/* --- memory --- */

static void
test_maps(void **state)
{
	struct bed *b = *state;
	int pipes[2], folder, fds[2];

	make_memory(b);
	assert_int_equal(vfu_client_map(&b->c, GUEST, 4 * PAGE, 0, 3, b->memfd), 0);
	assert_int_equal(vfu_client_map(&b->c, GUEST + PAGE, PAGE, 0, 3, b->memfd), -EEXIST);
	assert_int_equal(vfu_client_map(&b->c, GUEST - PAGE, 2 * PAGE, 0, 3, -1), -EEXIST);
	assert_int_equal(vfu_client_map(&b->c, GUEST + 3 * PAGE, 9 * PAGE, 0, 1, -1), -EEXIST);
	/* Invalid arguments. */
	assert_int_equal(vfu_client_map(&b->c, 0, 0, 0, 3, -1), -EINVAL);
	assert_int_equal(vfu_client_map(&b->c, 0, PAGE, 0, 0, -1), -EINVAL);
	assert_int_equal(vfu_client_map(&b->c, 0, PAGE, 0, 4, -1), -EINVAL);
	assert_int_equal(vfu_client_map(&b->c, UINT64_MAX, 2, 0, 3, -1), -EINVAL);
	assert_int_equal(vfu_client_map(&b->c, 0, PAGE, UINT64_MAX, 3, b->memfd), -EINVAL);
	/* A file that is too short, a pipe and a directory. */
	assert_int_equal(
		vfu_client_map(&b->c, 0, PAGE + 1, (PAGES - 1) * PAGE, 3, b->memfd), -EINVAL);
	assert_int_equal(pipe(pipes), 0);
	folder = open("/", O_RDONLY | O_CLOEXEC);
	assert_int_equal(vfu_client_map(&b->c, 0, PAGE, 0, 3, pipes[0]), -EINVAL);
	assert_int_equal(vfu_client_map(&b->c, 0, PAGE, 0, 1, folder), -EINVAL);
	fds[0] = fds[1] = b->memfd;
	{
		struct vfu_dma_map m = {sizeof(m), 3, 0, 0, PAGE};

		assert_int_equal(vfu_client_ask(&b->c, VFU_DMA_MAP, &m, sizeof(m), fds, 2, NULL, 0),
			-EINVAL);
		assert_int_equal(
			vfu_client_ask(&b->c, VFU_DMA_MAP, &m, 31, NULL, 0, NULL, 0), -EINVAL);
	}
	close(pipes[0]);
	close(pipes[1]);
	close(folder);
	assert_int_equal(stats(b).dma_maps, 1);
	assert_int_equal(stats(b).dma_bytes, 4 * PAGE);
	/* The last address. */
	assert_int_equal(vfu_client_map(&b->c, UINT64_MAX - PAGE + 1, PAGE, 0, 3, -1), 0);
	assert_int_equal(vfu_client_map(&b->c, UINT64_MAX, 1, 0, 3, -1), -EEXIST);
}

/* A file opened read-only can be mapped for reading, but not for writing. */
static void
test_read_only_file(void **state)
{
	struct bed *b = *state;
	char path[64];
	int fd;

	make_memory(b);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", b->memfd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(vfu_client_map(&b->c, GUEST, PAGE, 0, 3, fd), -EACCES);
	assert_int_equal(vfu_client_map(&b->c, GUEST, PAGE, 0, 1, fd), 0);
	close(fd);
}

static void
test_unmaps(void **state)
{
	struct bed *b = *state;
	unsigned int i;

	make_memory(b);
	/* Ranges without mappings. */
	assert_int_equal(vfu_client_unmap(&b->c, 0x100000000, 0xfffffffe00000000, 0), 24);
	assert_int_equal(vfu_client_unmap(&b->c, 0, 0, 0), -EINVAL);
	assert_int_equal(vfu_client_unmap(&b->c, 2, UINT64_MAX, 0), -EINVAL);
	assert_int_equal(vfu_client_unmap(&b->c, 0, PAGE, 1), -ENOTSUP);
	/* From the middle, and from both ends. */
	assert_int_equal(vfu_client_map(&b->c, GUEST, 9 * PAGE, 0, 3, b->memfd), 0);
	assert_int_equal(vfu_client_unmap(&b->c, GUEST + 4 * PAGE, PAGE, 0), 24);
	assert_int_equal(stats(b).dma_maps, 2);
	assert_int_equal(vfu_client_unmap(&b->c, GUEST - PAGE, 2 * PAGE, 0), 24);
	assert_int_equal(vfu_client_unmap(&b->c, GUEST + 8 * PAGE, 7 * PAGE, 0), 24);
	assert_int_equal(stats(b).dma_maps, 2);
	assert_int_equal(stats(b).dma_bytes, 6 * PAGE);
	/* The part that was unmapped can be mapped again, but no larger range. */
	assert_int_equal(vfu_client_map(&b->c, GUEST + 4 * PAGE, PAGE, 0, 3, b->memfd), 0);
	assert_int_equal(vfu_client_map(&b->c, GUEST + 3 * PAGE, PAGE, 0, 3, b->memfd), -EEXIST);
	/* Across all three mappings. */
	assert_int_equal(vfu_client_unmap(&b->c, GUEST + 2 * PAGE, 5 * PAGE, 0), 24);
	assert_int_equal(stats(b).dma_bytes, 2 * PAGE);
	assert_int_equal(vfu_client_unmap(&b->c, 0, 0, VFU_UNMAP_ALL), 24);
	assert_int_equal(stats(b).dma_maps, 0);
	assert_int_equal(stats(b).dma_bytes, 0);
	/* Every second page, then all with one unmap. */
	for (i = 0; i < PAGES; i += 2)
		assert_int_equal(vfu_client_map(&b->c, GUEST + (PAGES - i) * PAGE, PAGE, i * PAGE,
					 3, b->memfd),
			0);
	assert_int_equal(stats(b).dma_maps, PAGES / 2);
	assert_int_equal(vfu_client_unmap(&b->c, 0, UINT64_MAX, 0), 24);
	assert_int_equal(stats(b).dma_maps, 0);
}

/* More mappings than the limit that QEMU is told, which it may exceed. One unmap removes all. */
static void
test_many_pieces(void **state)
{
	const unsigned int many = 70000, whole = 9;
	struct bed *b = *state;
	unsigned int i;

	make_memory(b);
	/* Pages that are not adjacent in the file. */
	for (i = 0; i < many; i++)
		assert_int_equal(vfu_client_map(&b->c, GUEST + (uint64_t)i * PAGE, PAGE,
					 (i * 7 % PAGES) * PAGE, 3, b->memfd),
			0);
	assert_int_equal(stats(b).dma_maps, many);
	/* Unmap page by page upwards, map again downwards. */
	for (i = 0; i < many / 4; i++)
		assert_int_equal(vfu_client_unmap(&b->c, GUEST + (uint64_t)i * PAGE, PAGE, 0), 24);
	while (i-- != 0)
		assert_int_equal(
			vfu_client_map(&b->c, GUEST + (uint64_t)i * PAGE, PAGE, 0, 3, b->memfd), 0);
	/* Half pages remain at both ends, with whole pages between. */
	assert_int_equal(
		vfu_client_unmap(&b->c, GUEST + PAGE / 2, (uint64_t)(many - 1 - whole) * PAGE, 0),
		24);
	assert_int_equal(stats(b).dma_maps, whole + 2);
	assert_int_equal(stats(b).dma_bytes, (whole + 1) * PAGE);
	assert_int_equal(vfu_client_map(&b->c, GUEST + PAGE, PAGE, 0, 3, b->memfd), 0);
	assert_int_equal(vfu_client_unmap(&b->c, 0, UINT64_MAX, 0), 24);
	assert_int_equal(stats(b).dma_maps, 0);
	assert_int_equal(stats(b).dma_bytes, 0);
}

#define AREA 400u /* pages that are mapped and unmapped at random */

static bool
any(const bool *mapped, unsigned int first, unsigned int n)
{
	return memchr(mapped + first, true, n * sizeof(*mapped)) != NULL;
}

/* Ranges in random order: one that overlaps a mapping is refused, and an unmapped one is gone. */
static void
test_pieces_at_random(void **state)
{
	struct bed *b = *state;
	uint64_t seed = rng_seed(0), bytes = 0;
	bool mapped[AREA] = {false};
	unsigned int i, round;

	make_memory(b);
	for (round = 0; round < 20000; round++) {
		unsigned int first = (unsigned int)(rng_next(&seed) % AREA), n = AREA - first;
		uint64_t iova = GUEST + (uint64_t)first * PAGE;
		bool map = rng_next(&seed) % 4 != 0;

		n = 1 + (unsigned int)(rng_next(&seed) % (n < (map ? 4 : 40) ? n : (map ? 4 : 40)));
		if (!map) {
			assert_int_equal(vfu_client_unmap(&b->c, iova, n * PAGE, 0), 24);
		} else {
			const int rc = any(mapped, first, n) ? -EEXIST : 0;

			assert_int_equal(vfu_client_map(&b->c, iova, n * PAGE, 0, 3, b->memfd), rc);
			if (rc != 0)
				continue;
		}
		for (i = first; i < first + n; i++) {
			bytes += map ? PAGE : mapped[i] ? -(uint64_t)PAGE : 0;
			mapped[i] = map;
		}
		assert_int_equal(stats(b).dma_bytes, bytes);
	}
}

/* Number of mappings of a file in this process, including the test's own. */
static unsigned int
mappings(int fd)
{
	struct stat st;
	char inode[32];

	assert_int_equal(fstat(fd, &st), 0);
	snprintf(inode, sizeof(inode), " %lu ", (unsigned long)st.st_ino);
	return mappings_named(inode);
}

/*
 * Read-only and writable ranges share one mapping of the file. It is kept for a while after the
 * last unmap, because a virtual IOMMU soon maps again, and then removed.
 */
static void
test_kept_files(void **state)
{
	struct bed *b = *state;
	unsigned int i;
	int fd;

	make_memory(b);
	assert_int_equal(vfu_client_map(&b->c, GUEST, PAGE, 0, 3, b->memfd), 0);
	assert_int_equal(vfu_client_map(&b->c, GUEST + PAGE, PAGE, PAGE, 1, b->memfd), 0);
	assert_int_equal(mappings(b->memfd), 2);
	assert_int_equal(vfu_client_unmap(&b->c, 0, 0, VFU_UNMAP_ALL), 24);
	assert_int_equal(mappings(b->memfd), 2);
	assert_int_equal(vfu_client_map(&b->c, GUEST, PAGE, 0, 1, b->memfd), 0);
	assert_int_equal(mappings(b->memfd), 2);
	assert_int_equal(vfu_client_unmap(&b->c, GUEST, PAGE, 0), 24);
	wait_until(mappings(b->memfd) == 1);
	/* The number of kept files is limited, however fast they change. */
	for (i = 0; i < 100; i++) {
		fd = memfd_create("other", MFD_CLOEXEC);
		assert_int_equal(ftruncate(fd, PAGE), 0);
		assert_int_equal(vfu_client_map(&b->c, GUEST, PAGE, 0, 3, fd), 0);
		assert_int_equal(vfu_client_unmap(&b->c, GUEST, PAGE, 0), 24);
		close(fd);
	}
	assert_true(mappings_named("memfd:other") <= 8);
	/* The server frees all of them when it ends. teardown() checks that. */
	assert_int_equal(vfu_client_map(&b->c, GUEST, PAGE, 0, 3, b->memfd), 0);
	assert_int_equal(vfu_client_unmap(&b->c, GUEST, PAGE, 0), 24);
	bed_stop(b);
}

/* --- a driver --- */

#define DESCS 64u
#define BUF 2048u
#define TX_RING GUEST
#define RX_RING (GUEST + PAGE)
#define TX_BUF (GUEST + 2 * PAGE)
#define RX_BUF (TX_BUF + DESCS * BUF)

/* The guest's view of its memory. */
struct view {
	uint8_t *page[PAGES];
};

static uint8_t *
at(const struct view *v, uint64_t iova)
{
	return v->page[(iova - GUEST) / PAGE] + (iova - GUEST) % PAGE;
}

static void
start_nic(struct bed *b, const struct view *v)
{
	struct vfu_client *c = &b->c;
	const uint16_t master = SL_PCI_COMMAND_MASTER | 2;
	union sl_rx_desc d = {0};
	unsigned int i;

	for (i = 0; i < DESCS; i++) {
		d.read.pkt_addr = RX_BUF + i * BUF;
		memcpy(at(v, RX_RING + i * SL_DESC_SIZE), &d, sizeof(d));
		memset(at(v, RX_BUF + i * BUF), 0xa5, BUF);
	}
	assert_int_equal(vfu_client_write(c, VFU_REGION_CONFIG, SL_PCI_COMMAND, &master, 2), 16);
	vfu_client_set_reg(c, SL_OFF(CTRL, 0), vfu_client_reg(c, SL_OFF(CTRL, 0)) | SL_CTRL_SLU);
	vfu_client_set_reg(c, SL_OFF(RDBAL, 0), (uint32_t)RX_RING);
	vfu_client_set_reg(c, SL_OFF(RDLEN, 0), DESCS * SL_DESC_SIZE);
	vfu_client_set_reg(c, SL_OFF(SRRCTL, 0),
		SL_PREP(SL_SRRCTL_BSIZEPACKET, BUF / 1024) |
			SL_PREP(SL_SRRCTL_DESCTYPE, SL_DESCTYPE_ADV_ONEBUF));
	vfu_client_set_reg(c, SL_OFF(RXDCTL, 0), SL_XDCTL_ENABLE);
	vfu_client_set_reg(c, SL_OFF(TDBAL, 0), (uint32_t)TX_RING);
	vfu_client_set_reg(c, SL_OFF(TDLEN, 0), DESCS * SL_DESC_SIZE);
	vfu_client_set_reg(c, SL_OFF(TXDCTL, 0), SL_XDCTL_ENABLE);
	vfu_client_set_reg(
		c, SL_OFF(RCTL, 0), SL_RCTL_RXEN | SL_RCTL_BAM | SL_RCTL_UPE | SL_RCTL_SECRC);
	vfu_client_set_reg(c, SL_OFF(TCTL, 0), SL_TCTL_EN | SL_TCTL_PSP);
	assert_int_equal(vfu_client_set_reg(c, SL_OFF(RDT, 0), DESCS - 1), 16);
}

static void
put_frame(const struct view *v, unsigned int i, const uint8_t *frame, uint32_t len)
{
	union sl_tx_desc d = {0};

	memcpy(at(v, TX_BUF + i * BUF), frame, len);
	d.read.addr = TX_BUF + i * BUF;
	d.read.cmd = SL_PREP(SL_TXD_DTALEN, len) | SL_PREP(SL_TXD_DTYP, SL_TXD_DTYP_DATA) |
		SL_TXD_DCMD_DEXT | SL_TXD_DCMD_EOP | SL_TXD_DCMD_IFCS | SL_TXD_DCMD_RS;
	d.read.olinfo = SL_PREP(SL_TXD_PAYLEN, len);
	memcpy(at(v, TX_RING + i * SL_DESC_SIZE), &d, sizeof(d));
}

static bool
is_done(struct bed *b, const struct view *v, uint64_t iova)
{
	union sl_rx_desc d;

	/* Answer DMA messages meanwhile. */
	if (b->c.mem != NULL)
		assert_int_equal(vfu_client_idle(&b->c, 1), 0);
	memcpy(&d, at(v, iova), sizeof(d));
	return (__atomic_load_n((uint32_t *)(void *)(at(v, iova) + 8), __ATOMIC_ACQUIRE) &
		       SL_RXD_STAT_DD) != 0;
}

/* Frames of all lengths are looped back unchanged and in order. No other memory changes. */
static void
frames_come_back(struct bed *b, const struct view *v)
{
	static uint8_t frame[DESCS][1500];
	uint32_t len[DESCS];
	uint64_t seed = rng_seed(0);
	unsigned int i, j, n = DESCS - 1;

	start_nic(b, v);
	for (i = 0; i < n; i++) {
		len[i] = 60 + (uint32_t)(rng_next(&seed) % (sizeof(frame[0]) - 60));
		for (j = 0; j < len[i]; j++)
			frame[i][j] = (uint8_t)rng_next(&seed);
		memset(frame[i], 0xff, 6);
		memcpy(frame[i] + 12, "\x88\xb5", 2);
		put_frame(v, i, frame[i], len[i]);
	}
	assert_int_equal(vfu_client_set_reg(&b->c, SL_OFF(TDT, 0), n), 16);
	for (i = 0; i < n; i++) {
		union sl_rx_desc d;
		const uint8_t *got = at(v, RX_BUF + i * BUF);

		wait_until(is_done(b, v, RX_RING + i * SL_DESC_SIZE));
		memcpy(&d, at(v, RX_RING + i * SL_DESC_SIZE), sizeof(d));
		assert_int_equal(d.wb.length, len[i]);
		assert_memory_equal(got, frame[i], len[i]);
		for (j = len[i]; j < BUF; j++)
			assert_int_equal(got[j], 0xa5);
	}
	wait_until(is_done(b, v, TX_RING + (n - 1) * SL_DESC_SIZE + 4));
}

static void
test_traffic_file(void **state)
{
	struct bed *b = *state;
	struct view v;
	unsigned int i;

	make_memory(b);
	assert_int_equal(vfu_client_map(&b->c, GUEST, PAGES * PAGE, 0, 3, b->memfd), 0);
	for (i = 0; i < PAGES; i++)
		v.page[i] = b->mem + i * PAGE;
	frames_come_back(b, &v);
	assert_int_equal(stats(b).dma_messages, 0);
}

/* Like a virtual IOMMU: each page is mapped separately, in random order. */
static void
test_traffic_pages(void **state)
{
	struct bed *b = *state;
	uint64_t seed = rng_seed(0);
	unsigned int place[PAGES], i;
	struct view v;

	make_memory(b);
	for (i = 0; i < PAGES; i++)
		place[i] = i;
	for (i = PAGES - 1; i > 0; i--) {
		unsigned int j = (unsigned int)(rng_next(&seed) % (i + 1)), k = place[i];

		place[i] = place[j];
		place[j] = k;
	}
	for (i = 0; i < PAGES; i++) {
		v.page[i] = b->mem + place[i] * PAGE;
		assert_int_equal(
			vfu_client_map(&b->c, GUEST + i * PAGE, PAGE, place[i] * PAGE, 3, b->memfd),
			0);
	}
	frames_come_back(b, &v);
	assert_int_equal(stats(b).dma_messages, 0);
}

static void
map_by_messages(struct bed *b, struct view *v)
{
	unsigned int i;

	b->c.mem = calloc(PAGES, PAGE);
	assert_non_null(b->c.mem);
	b->c.mem_iova = GUEST;
	b->c.mem_len = PAGES * PAGE;
	assert_int_equal(vfu_client_map(&b->c, GUEST, PAGES * PAGE, 0, 3, -1), 0);
	for (i = 0; i < PAGES; i++)
		v->page[i] = b->c.mem + i * PAGE;
}

/* The data of each frame is written before its descriptor. */
static void
test_traffic_messages(void **state)
{
	static uint64_t iova[4096];
	struct bed *b = *state;
	unsigned int i, frames = 0;
	uint64_t descs = 0;
	struct view v;

	b->c.dma_iova = iova;
	b->c.dma_iova_max = sizeof(iova) / sizeof(iova[0]);
	map_by_messages(b, &v);
	frames_come_back(b, &v);
	assert_true(stats(b).dma_messages > 0);
	for (i = 0; i < b->c.dma_iovas; i++) {
		if (iova[i] >= RX_BUF)
			frames++;
		else if (iova[i] >= RX_RING && iova[i] < RX_RING + PAGE)
			descs = (iova[i] - RX_RING) / SL_DESC_SIZE + 1;
		assert_true(descs <= frames);
	}
	assert_true(descs > 0);
}

/* The device does not write read-only memory, and does not read write-only memory. */
static void
test_directions(void **state)
{
	struct bed *b = *state;
	struct sl_softnic_stats nic;
	static const uint8_t frame[60] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	struct view v;
	unsigned int i;

	make_memory(b);
	for (i = 0; i < PAGES; i++)
		v.page[i] = b->mem + i * PAGE;
	/* Rings in both directions; buffers of receive are read-only. */
	assert_int_equal(vfu_client_map(&b->c, GUEST, 2 * PAGE, 0, 3, b->memfd), 0);
	assert_int_equal(vfu_client_map(&b->c, TX_BUF, DESCS * BUF, 2 * PAGE, 3, b->memfd), 0);
	assert_int_equal(
		vfu_client_map(&b->c, RX_BUF, DESCS * BUF, 2 * PAGE + DESCS * BUF, 1, b->memfd), 0);
	start_nic(b, &v);
	put_frame(&v, 0, frame, sizeof(frame));
	vfu_client_set_reg(&b->c, SL_OFF(TDT, 0), 1);
	wait_until(is_done(b, &v, RX_RING));
	assert_int_equal(*at(&v, RX_BUF), 0xa5);
	sl_softnic_stats(sl_vfu_nic(b->v), &nic);
	assert_true(nic.dma_faults > 0);
	/* The reverse: frames are not sent from memory that cannot be read. */
	assert_int_equal(vfu_client_unmap(&b->c, TX_BUF, DESCS * BUF, 0), 24);
	assert_int_equal(vfu_client_map(&b->c, TX_BUF, DESCS * BUF, 2 * PAGE, 2, b->memfd), 0);
	put_frame(&v, 1, frame, sizeof(frame));
	vfu_client_set_reg(&b->c, SL_OFF(TDT, 0), 2);
	wait_until(is_done(b, &v, TX_RING + SL_DESC_SIZE + 4));
	sl_softnic_stats(sl_vfu_nic(b->v), &nic);
	assert_int_equal(nic.tx_frames, 1);
}

/* --- clients that answer DMA badly --- */

static void
bad_answers(struct bed *b, enum vfu_answers how)
{
	struct view v;

	map_by_messages(b, &v);
	start_nic(b, &v);
	b->c.answers = how;
	vfu_client_post(&b->c, VFU_REGION_WRITE, VFU_FLAG_NO_REPLY, &(struct {
		struct vfu_region_access a;
		uint32_t val;
	}){{SL_OFF(TDT, 0), 0, 4}, 9},
		20, NULL, 0);
}

static void
test_answer_error(void **state)
{
	struct bed *b = *state;
	struct sl_softnic_stats nic;

	bad_answers(b, VFU_ANSWERS_ERROR);
	do {
		assert_int_equal(vfu_client_idle(&b->c, 1), 0);
		sl_softnic_stats(sl_vfu_nic(b->v), &nic);
	} while (nic.dma_faults == 0);
	/* It is a DMA fault, and the connection continues. */
	assert_int_equal(vfu_client_unmap(&b->c, 0, 0, VFU_UNMAP_ALL), 24);
	assert_int_equal(stats(b).clients, 1);
}

static void
test_answer_short(void **state)
{
	struct bed *b = *state;

	bad_answers(b, VFU_ANSWERS_SHORT);
	assert_int_equal(vfu_client_idle(&b->c, WAIT_MS), -EPIPE);
	wait_until(logged(b, "bytes"));
	serves_next(b);
}

static void
test_answer_other(void **state)
{
	struct bed *b = *state;

	bad_answers(b, VFU_ANSWERS_OTHER);
	assert_int_equal(vfu_client_idle(&b->c, WAIT_MS), -EPIPE);
	wait_until(logged(b, "was not sent"));
	serves_next(b);
}

static void
test_answer_never(void **state)
{
	struct bed *b = *state;

	bad_answers(b, VFU_ANSWERS_NOT);
	assert_int_equal(vfu_client_idle(&b->c, WAIT_MS), -EPIPE);
	wait_until(logged(b, "has not answered"));
	serves_next(b);
}

/* Commands received while the server waits for an answer are answered in order. */
static void
test_commands_meanwhile(void **state)
{
	static const uint32_t info[4] = {16, 0, 0, 0};
	struct bed *b = *state;
	struct vfu_header h;
	uint32_t body[64];
	unsigned int i, answers = 0;
	uint16_t first;

	bad_answers(b, VFU_ANSWERS_NOT);
	/* The server has sent its request and waits. */
	assert_int_equal(recv(b->c.fd, &h, sizeof(h), MSG_WAITALL), sizeof(h));
	assert_int_equal(h.command, VFU_DMA_READ);
	assert_int_equal(recv(b->c.fd, body, 16, MSG_WAITALL), 16);
	first = b->c.id;
	for (i = 0; i < 100; i++)
		assert_int_equal(
			vfu_client_post(&b->c, VFU_DEVICE_GET_INFO, 0, info, 16, NULL, 0), 0);
	h.flags = VFU_FLAG_REPLY | VFU_FLAG_ERROR;
	h.size = sizeof(h);
	assert_int_equal(vfu_client_send(&b->c, &h, sizeof(h), NULL, 0), 0);
	while (answers < 100) {
		assert_int_equal(recv(b->c.fd, &h, sizeof(h), MSG_WAITALL), sizeof(h));
		if (h.size > sizeof(h))
			assert_int_equal(recv(b->c.fd, body, h.size - sizeof(h), MSG_WAITALL),
				h.size - sizeof(h));
		if ((h.flags & VFU_FLAG_TYPE) == VFU_FLAG_REPLY) {
			answers++;
			assert_int_equal(h.id, first + answers);
			continue;
		}
		h.flags = VFU_FLAG_REPLY | VFU_FLAG_ERROR;
		h.size = sizeof(h);
		assert_int_equal(vfu_client_send(&b->c, &h, sizeof(h), NULL, 0), 0);
	}
}

/* --- a file that is truncated --- */

static void
on_bus_error(int number, siginfo_t *info, void *context)
{
	(void)context;
	if (bus_error_bed == NULL || !sl_vfu_bus_error(bus_error_bed->v, info->si_addr))
		signal(number, SIG_DFL);
}

static void
test_cut_short(void **state)
{
	struct sigaction on = {.sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO}, old;
	struct bed *b = *state;
	struct view v;
	unsigned int i;

	make_memory(b);
	bus_error_bed = b;
	sigaction(SIGBUS, &on, &old);
	assert_int_equal(vfu_client_map(&b->c, GUEST, PAGES * PAGE, 0, 3, b->memfd), 0);
	for (i = 0; i < PAGES; i++)
		v.page[i] = b->mem + i * PAGE;
	start_nic(b, &v);
	assert_int_equal(ftruncate(b->memfd, 0), 0);
	vfu_client_set_reg(&b->c, SL_OFF(TDT, 0), 1);
	assert_int_equal(vfu_client_idle(&b->c, WAIT_MS), -EPIPE);
	wait_until(logged(b, "cut short"));
	serves_next(b);
	sigaction(SIGBUS, &old, NULL);
	bus_error_bed = NULL;
}

/* --- regions --- */

static void
test_registers(void **state)
{
	struct bed *b = *state;
	uint8_t all[8], part[8];
	unsigned int off, len;
	uint32_t bar = sl_softnic_device_at(0)->bar_size;

	/* Partial reads of RAL0 and RAH0. */
	assert_int_equal(vfu_client_set_reg(&b->c, SL_OFF(RAL, 0), 0x33221102), 16);
	assert_int_equal(vfu_client_read(&b->c, 0, SL_OFF(RAL, 0), all, 8), 16 + 8);
	assert_int_equal(all[0], 2);
	for (off = 0; off < 8; off++) {
		for (len = 1; len <= 8 - off; len++) {
			assert_int_equal(vfu_client_read(&b->c, 0, SL_OFF(RAL, 0) + off, part, len),
				16 + len);
			assert_memory_equal(part, all + off, len);
		}
	}
	/* A register is written only as a whole. */
	for (off = 0; off < 4; off++) {
		for (len = 1; len < 4; len++) {
			memset(part, 0x77, sizeof(part));
			assert_int_equal(
				vfu_client_write(&b->c, 0, SL_OFF(RAL, 0) + off, part, len), 16);
		}
	}
	assert_int_equal(vfu_client_reg(&b->c, SL_OFF(RAL, 0)), 0x33221102);
	assert_int_equal(stats(b).bad_access, 12);
	assert_int_equal(vfu_client_write(&b->c, 0, SL_OFF(RAL, 0), all, 8), 16);
	/* Out of range. */
	assert_int_equal(vfu_client_read(&b->c, 0, bar, part, 1), -EINVAL);
	assert_int_equal(vfu_client_read(&b->c, 0, bar - 4, part, 8), -EINVAL);
	assert_int_equal(vfu_client_read(&b->c, 0, UINT64_MAX, part, 4), -EINVAL);
	assert_int_equal(vfu_client_read(&b->c, 0, 0, part, 0), -EINVAL);
	assert_int_equal(vfu_client_write(&b->c, 0, bar - 4, part, 8), -EINVAL);
	for (off = 0; off < 12; off++) {
		if (off != 0 && off != MSIX_BAR && off != VFU_REGION_CONFIG)
			assert_int_equal(vfu_client_read(&b->c, off, 0, part, 4), -EINVAL);
	}
	{
		struct vfu_region_access a = {0, 0, UINT32_MAX};

		assert_int_equal(
			vfu_client_ask(&b->c, VFU_REGION_READ, &a, 16, NULL, 0, NULL, 0), -EINVAL);
		a.count = 8; /* without data */
		assert_int_equal(
			vfu_client_ask(&b->c, VFU_REGION_WRITE, &a, 16, NULL, 0, NULL, 0), -EINVAL);
		assert_int_equal(
			vfu_client_ask(&b->c, VFU_REGION_READ, &a, 15, NULL, 0, NULL, 0), -EINVAL);
	}
}

static void
test_msix_bar(void **state)
{
	static const uint8_t entry[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
	struct bed *b = *state;
	uint8_t got[16];

	assert_int_equal(vfu_client_write(&b->c, MSIX_BAR, 16, entry, 16), 16);
	assert_int_equal(vfu_client_read(&b->c, MSIX_BAR, 16, got, 16), 32);
	assert_memory_equal(got, entry, 16);
	/* The guest cannot write pending bits. */
	assert_int_equal(vfu_client_write(&b->c, MSIX_BAR, 0x1ff8, entry, 16), 16);
	assert_int_equal(vfu_client_read(&b->c, MSIX_BAR, 0x2000, got, 8), 24);
	assert_int_equal(got[0], 0);
	assert_int_equal(vfu_client_read(&b->c, MSIX_BAR, 16383, got, 1), 17);
	assert_int_equal(vfu_client_read(&b->c, MSIX_BAR, 16383, got, 2), -EINVAL);
}

static void
test_config(void **state)
{
	static const uint8_t ones[4] = {0xff, 0xff, 0xff, 0xff};
	struct bed *b = *state;
	uint32_t val;

	vfu_client_read(&b->c, VFU_REGION_CONFIG, 0, &val, 4);
	assert_int_equal(val, 0x8086 | (uint32_t)sl_softnic_device_at(0)->pci_id << 16);
	/* IDs are read-only, and base addresses show their size. */
	vfu_client_write(&b->c, VFU_REGION_CONFIG, 0, ones, 4);
	vfu_client_read(&b->c, VFU_REGION_CONFIG, 0, &val, 2);
	assert_int_equal(val & 0xffff, 0x8086);
	vfu_client_write(&b->c, VFU_REGION_CONFIG, SL_PCI_BAR, ones, 4);
	vfu_client_read(&b->c, VFU_REGION_CONFIG, SL_PCI_BAR, &val, 4);
	assert_int_equal(val & ~0xfu, ~(sl_softnic_device_at(0)->bar_size - 1));
	/* Without a ROM, its base address register is zero. */
	vfu_client_write(&b->c, VFU_REGION_CONFIG, 0x30, ones, 4);
	vfu_client_read(&b->c, VFU_REGION_CONFIG, 0x30, &val, 4);
	assert_int_equal(val, 0);
	assert_int_equal(vfu_client_read(&b->c, VFU_REGION_CONFIG, 4095, &val, 1), 17);
	assert_int_equal(vfu_client_read(&b->c, VFU_REGION_CONFIG, 4095, &val, 2), -EINVAL);
}

static void
test_resets(void **state)
{
	struct bed *b = *state;
	uint8_t flr[2], pm[2] = {3, 0};
	uint32_t how, val;

	for (how = 0; how < 3; how++) {
		assert_int_equal(vfu_client_set_reg(&b->c, SL_OFF(RAL, 3), 0x12345678), 16);
		if (how == 0) {
			assert_int_equal(
				vfu_client_ask(&b->c, VFU_DEVICE_RESET, NULL, 0, NULL, 0, NULL, 0),
				0);
		} else if (how == 1) {
			vfu_client_read(&b->c, VFU_REGION_CONFIG, 0xa8, flr, 2);
			flr[1] |= 0x80;
			assert_int_equal(
				vfu_client_write(&b->c, VFU_REGION_CONFIG, 0xa8, flr, 2), 16);
		} else {
			assert_int_equal(
				vfu_client_write(&b->c, VFU_REGION_CONFIG, 0x44, pm, 2), 16);
			/* In D3 registers cannot be accessed. */
			assert_int_equal(vfu_client_reg(&b->c, SL_OFF(STATUS, 0)), UINT32_MAX);
			vfu_client_set_reg(&b->c, SL_OFF(RAL, 3), 1);
			/* The states D1 and D2 do not exist, so the device stays in D3. */
			for (pm[0] = 1; pm[0] < 3; pm[0]++) {
				assert_int_equal(
					vfu_client_write(&b->c, VFU_REGION_CONFIG, 0x44, pm, 2),
					16);
				vfu_client_read(&b->c, VFU_REGION_CONFIG, 0x44, &val, 2);
				assert_int_equal(val & 3, 3);
			}
			assert_int_equal(vfu_client_reg(&b->c, SL_OFF(STATUS, 0)), UINT32_MAX);
			pm[0] = 0;
			assert_int_equal(
				vfu_client_write(&b->c, VFU_REGION_CONFIG, 0x44, pm, 2), 16);
		}
		assert_int_equal(vfu_client_reg(&b->c, SL_OFF(RAL, 3)), 0);
		assert_int_not_equal(vfu_client_reg(&b->c, SL_OFF(STATUS, 0)), UINT32_MAX);
		assert_int_equal(stats(b).resets, how + 1);
		vfu_client_read(&b->c, VFU_REGION_CONFIG, 0x44, &val, 2);
		assert_int_equal(val & 3, 0);
	}
}

/* In D0, a power state that does not exist is ignored. */
static void
test_no_such_power(void **state)
{
	struct bed *b = *state;
	uint8_t pm[2] = {1, 0};
	uint16_t val = 0;

	assert_int_equal(vfu_client_set_reg(&b->c, SL_OFF(RAL, 3), 0x12345678), 16);
	for (; pm[0] < 3; pm[0]++) {
		assert_int_equal(vfu_client_write(&b->c, VFU_REGION_CONFIG, 0x44, pm, 2), 16);
		vfu_client_read(&b->c, VFU_REGION_CONFIG, 0x44, &val, 2);
		assert_int_equal(val & 3, 0);
	}
	assert_int_equal(vfu_client_reg(&b->c, SL_OFF(RAL, 3)), 0x12345678);
	assert_int_equal(stats(b).resets, 0);
}

/* A posted write has no answer, even if invalid. The next answer is for the next command. */
static void
test_posted(void **state)
{
	struct {
		struct vfu_region_access a;
		uint32_t val;
	} w = {{SL_OFF(RAL, 3), 0, 4}, 5};
	struct bed *b = *state;

	assert_int_equal(
		vfu_client_post(&b->c, VFU_REGION_WRITE, VFU_FLAG_NO_REPLY, &w, 20, NULL, 0), 0);
	w.a.region = 77;
	assert_int_equal(
		vfu_client_post(&b->c, VFU_REGION_WRITE, VFU_FLAG_NO_REPLY, &w, 20, NULL, 0), 0);
	assert_int_equal(vfu_client_reg(&b->c, SL_OFF(RAL, 3)), 5);
	assert_int_equal(stats(b).refused, 1);
}

/* --- interrupts --- */

static uint64_t
count_of(int fd)
{
	uint64_t n = 0;

	return read(fd, &n, sizeof(n)) == sizeof(n) ? n : 0;
}

static int
event(void)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	assert_true(fd >= 0);
	return fd;
}

static void
raise_line(struct bed *b)
{
	vfu_client_set_reg(&b->c, SL_OFF(IMS, 0), 1);
	vfu_client_set_reg(&b->c, SL_OFF(ICS, 0), 1);
}

static bool
line_is_up(struct bed *b)
{
	uint16_t status = 0;

	vfu_client_read(&b->c, VFU_REGION_CONFIG, SL_PCI_STATUS, &status, 2);
	return (status & 8) != 0;
}

static void
test_line(void **state)
{
	struct bed *b = *state;
	int fd = event(), unmask = event();
	static const uint64_t one = 1;

	assert_int_equal(vfu_client_irqs(&b->c, 0x24, VFU_IRQ_INTX, 0, 1, &fd, 1), 0);
	assert_int_equal(vfu_client_irqs(&b->c, 0x14, VFU_IRQ_INTX, 0, 1, &unmask, 1), 0);
	assert_false(line_is_up(b));
	raise_line(b);
	assert_true(line_is_up(b));
	assert_int_equal(count_of(fd), 1);
	/*
	 * Unmasked while the line is high: signalled again, by message and by the unmask eventfd.
	 */
	assert_int_equal(vfu_client_irqs(&b->c, 0x11, VFU_IRQ_INTX, 0, 1, NULL, 0), 0);
	assert_int_equal(count_of(fd), 1);
	assert_int_equal(write(unmask, &one, sizeof(one)), sizeof(one));
	assert_int_equal(poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, WAIT_MS), 1);
	assert_int_equal(count_of(fd), 1);
	/* While the line is low or masked, nothing is signalled. */
	vfu_client_reg(&b->c, SL_OFF(ICR, 0));
	assert_false(line_is_up(b));
	assert_int_equal(vfu_client_irqs(&b->c, 0x9, VFU_IRQ_INTX, 0, 1, NULL, 0), 0);
	vfu_client_set_reg(&b->c, SL_OFF(ICS, 0), 1);
	assert_true(line_is_up(b));
	assert_int_equal(count_of(fd), 0);
	assert_int_equal(vfu_client_irqs(&b->c, 0x11, VFU_IRQ_INTX, 0, 1, NULL, 0), 0);
	assert_int_equal(count_of(fd), 1);
	/* An eventfd that is set while the line is high is signalled. */
	assert_int_equal(vfu_client_irqs(&b->c, 0x21, VFU_IRQ_INTX, 0, 0, NULL, 0), 0);
	assert_int_equal(vfu_client_irqs(&b->c, 0x24, VFU_IRQ_INTX, 0, 1, &fd, 1), 0);
	assert_int_equal(count_of(fd), 1);
	close(fd);
	close(unmask);
}

/* A file that is always ready but cannot be read is closed, and the server continues. */
static void
test_unmask_by_no_eventfd(void **state)
{
	struct bed *b = *state;
	int set = epoll_create1(EPOLL_CLOEXEC), ready = event();
	unsigned int before = holds_files(NULL);

	assert_int_equal(write(ready, &(uint64_t){1}, sizeof(uint64_t)), sizeof(uint64_t));
	assert_int_equal(
		epoll_ctl(set, EPOLL_CTL_ADD, ready, &(struct epoll_event){.events = EPOLLIN}), 0);
	assert_int_equal(vfu_client_irqs(&b->c, 0x14, VFU_IRQ_INTX, 0, 1, &set, 1), 0);
	while (holds_files(NULL) != before)
		sched_yield();
	assert_false(line_is_up(b));
	close(set);
	close(ready);
}

static void
test_vectors(void **state)
{
	struct bed *b = *state;
	int fds[3] = {event(), event(), event()};
	unsigned int vectors = sl_softnic_device_at(0)->vectors;

	/* MSI. */
	assert_int_equal(vfu_client_irqs(&b->c, 0x24, VFU_IRQ_MSI, 0, 1, fds, 1), 0);
	raise_line(b);
	assert_int_equal(count_of(fds[0]), 1);
	assert_false(line_is_up(b));
	assert_int_equal(vfu_client_irqs(&b->c, 0x21, VFU_IRQ_MSI, 0, 0, NULL, 0), 0);
	/* MSI-X: three vectors. With fewer files than vectors, the other vectors lose theirs. */
	assert_int_equal(vfu_client_irqs(&b->c, 0x24, VFU_IRQ_MSIX, 1, 3, fds, 3), 0);
	assert_int_equal(vfu_client_irqs(&b->c, 0x21, VFU_IRQ_MSIX, 0, 5, NULL, 0), 0);
	assert_int_equal(count_of(fds[0]) + count_of(fds[1]) + count_of(fds[2]), 3);
	assert_int_equal(vfu_client_irqs(&b->c, 0x24, VFU_IRQ_MSIX, 1, 3, fds, 1), 0);
	assert_int_equal(vfu_client_irqs(&b->c, 0x21, VFU_IRQ_MSIX, 0, 5, NULL, 0), 0);
	assert_int_equal(count_of(fds[0]), 1);
	assert_int_equal(count_of(fds[1]) + count_of(fds[2]), 0);
	/* Bools select vectors. */
	{
		struct {
			struct vfu_irq_set s;
			uint8_t bools[2];
		} m = {{22, 0x22, VFU_IRQ_MSIX, 0, 2}, {0, 1}};

		assert_int_equal(
			vfu_client_ask(&b->c, VFU_DEVICE_SET_IRQS, &m, 22, NULL, 0, NULL, 0), 0);
		assert_int_equal(count_of(fds[0]), 1);
		assert_int_equal(
			vfu_client_ask(&b->c, VFU_DEVICE_SET_IRQS, &m, 21, NULL, 0, NULL, 0),
			-EINVAL);
	}
	/* Invalid arguments. */
	assert_int_equal(vfu_client_irqs(&b->c, 0x24, VFU_IRQ_MSIX, vectors, 1, fds, 1), -EINVAL);
	assert_int_equal(
		vfu_client_irqs(&b->c, 0x24, VFU_IRQ_MSIX, 1, UINT32_MAX, fds, 1), -EINVAL);
	assert_int_equal(vfu_client_irqs(&b->c, 0x24, VFU_IRQ_MSIX, 0, 1, fds, 2), -EINVAL);
	assert_int_equal(vfu_client_irqs(&b->c, 0x21, VFU_IRQ_MSIX, 0, 1, fds, 1), -EINVAL);
	assert_int_equal(vfu_client_irqs(&b->c, 0x27, VFU_IRQ_MSIX, 0, 1, NULL, 0), -EINVAL);
	assert_int_equal(vfu_client_irqs(&b->c, 0x04, VFU_IRQ_MSIX, 0, 1, NULL, 0), -EINVAL);
	assert_int_equal(vfu_client_irqs(&b->c, 0x9, VFU_IRQ_MSIX, 0, 1, NULL, 0), -ENOTSUP);
	assert_int_equal(vfu_client_irqs(&b->c, 0x21, 5, 0, 0, NULL, 0), -EINVAL);
	close(fds[0]);
	close(fds[1]);
	close(fds[2]);
}

/*
 * A file for a vector can neither block nor end the server: only eventfds are accepted, and writes
 * to them never block.
 */
static void
test_vector_files(void **state)
{
	struct bed *b = *state;
	int pipes[2], full = eventfd(0, EFD_CLOEXEC);
	const uint64_t most = UINT64_MAX - 1;

	make_memory(b);
	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(vfu_client_irqs(&b->c, 0x24, VFU_IRQ_MSIX, 0, 1, &pipes[1], 1), -EINVAL);
	assert_int_equal(vfu_client_irqs(&b->c, 0x14, VFU_IRQ_INTX, 0, 1, &pipes[0], 1), -EINVAL);
	assert_int_equal(vfu_client_irqs(&b->c, 0x24, VFU_IRQ_MSIX, 0, 1, &b->memfd, 1), -EINVAL);
	assert_int_equal(vfu_client_irqs(&b->c, 0x24, VFU_IRQ_MSIX, 0, 1, &b->c.fd, 1), -EINVAL);
	assert_int_equal(write(full, &most, sizeof(most)), sizeof(most));
	assert_int_equal(vfu_client_irqs(&b->c, 0x24, VFU_IRQ_MSIX, 0, 1, &full, 1), 0);
	assert_int_equal(vfu_client_irqs(&b->c, 0x21, VFU_IRQ_MSIX, 0, 1, NULL, 0), 0);
	assert_int_equal(vfu_client_irqs(&b->c, 0x21, VFU_IRQ_MSIX, 0, 1, NULL, 0), 0);
	close(pipes[0]);
	close(pipes[1]);
	close(full);
}

/* --- streams --- */

static void
test_sizes(void **state)
{
	static const uint32_t sizes[] = {0, 15, 1u << 22, UINT32_MAX};
	struct bed *b = *state;
	unsigned int i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct vfu_header h = {1, VFU_DEVICE_RESET, sizes[i], 0, 0};

		assert_int_equal(vfu_client_send(&b->c, &h, sizeof(h), NULL, 0), 0);
		assert_int_equal(vfu_client_idle(&b->c, WAIT_MS), -EPIPE);
		serves_next(b);
	}
	wait_until(logged(b, "claims 4294967295 bytes"));
}

static void
test_halves(void **state)
{
	struct vfu_header h = {1, VFU_DEVICE_GET_INFO, 32, 0, 0};
	uint8_t m[32] = {0};
	struct bed *b = *state;
	unsigned int i;

	memcpy(m, &h, sizeof(h));
	/* A message that arrives in single bytes is valid. */
	b->c.id = 1;
	for (i = 0; i < sizeof(m); i++)
		assert_int_equal(vfu_client_send(&b->c, m + i, 1, NULL, 0), 0);
	assert_int_equal(vfu_client_wait(&b->c, NULL, 0), 16);
	/* Each part of a message, followed by the end of the connection. */
	for (i = 1; i < sizeof(m); i++) {
		assert_int_equal(vfu_client_send(&b->c, m, i, NULL, 0), 0);
		serves_next(b);
	}
	wait_until(logged(b, "within a message"));
}

static void
test_many_files(void **state)
{
	struct bed *b = *state;
	int fds[65];
	unsigned int i;

	for (i = 0; i < 65; i++)
		fds[i] = b->stop;
	/* If a command expects no files, received files are closed. */
	assert_int_equal(vfu_client_ask(&b->c, VFU_DEVICE_RESET, NULL, 0, fds, 64, NULL, 0), 0);
	assert_int_equal(vfu_client_post(&b->c, VFU_DEVICE_RESET, 0, NULL, 0, fds, 65), 0);
	assert_int_equal(vfu_client_idle(&b->c, WAIT_MS), -EPIPE);
	wait_until(logged(b, "files"));
	serves_next(b);
}

static void
test_unknown(void **state)
{
	struct bed *b = *state;
	struct vfu_header h = {9, VFU_DMA_READ, 16, VFU_FLAG_REPLY, 0};
	uint16_t i;

	for (i = 0; i < 40; i++) {
		if (i == 0 || i == 6 || i == VFU_DMA_READ || i == VFU_DMA_WRITE || i > 13)
			assert_int_equal(
				vfu_client_ask(&b->c, i, NULL, 0, NULL, 0, NULL, 0), -ENOTSUP);
		else if (i != VFU_DEVICE_RESET)
			assert_int_equal(
				vfu_client_ask(&b->c, i, NULL, 0, NULL, 0, NULL, 0), -EINVAL);
	}
	/* An answer that the server does not wait for. */
	assert_int_equal(vfu_client_send(&b->c, &h, sizeof(h), NULL, 0), 0);
	assert_int_equal(vfu_client_idle(&b->c, WAIT_MS), -EPIPE);
	serves_next(b);
}

static void
test_never_reads(void **state)
{
	struct vfu_region_access a = {0, VFU_REGION_CONFIG, 4096};
	struct bed *b = *state;

	/* Until neither side reads. The server then closes the connection. */
	while (vfu_client_post(&b->c, VFU_REGION_READ, 0, &a, sizeof(a), NULL, 0) == 0)
		;
	wait_until(logged(b, "has read nothing"));
	serves_next(b);
}

/* --- sockets --- */

static int
open_second(struct bed *b, char *why)
{
	struct sl_softnic_params nic = {.name = "second", .log = keep_log, .log_ctx = b};
	struct sl_vfu *v = NULL;
	int rc = sl_vfu_open(b->path, &nic, &v, why, 256);

	sl_vfu_close(v);
	return rc;
}

/* A connection that only checks for a listening server is not a client. */
static void
test_socket_in_use(void **state)
{
	struct bed *b = *state;
	char why[256] = "";

	assert_int_equal(open_second(b, why), -EADDRINUSE);
	assert_non_null(strstr(why, "another process listens"));
	assert_int_equal(access(b->path, F_OK), 0);
	serves_next(b);
	assert_int_equal(stats(b).clients, 1);
	assert_int_equal(open_second(b, why), -EADDRINUSE);
	serves_next(b);
	assert_int_equal(stats(b).clients, 2);
}

/* Servers that start at the same time at a path with a stale socket. */
#define RACERS 2u
#define RACES 200u

/* One of these servers. */
struct racer {
	pthread_t thread;
	pthread_barrier_t *start;
	char path[64];
	struct sl_vfu *v;
	int rc;
};

static void *
race(void *arg)
{
	const struct sl_softnic_params nic = {.name = "racer"};
	struct racer *r = arg;
	char why[256];

	pthread_barrier_wait(r->start);
	r->rc = sl_vfu_open(r->path, &nic, &r->v, why, sizeof(why));
	return NULL;
}

/*
 * If several servers find a stale socket at the same time, exactly one replaces it, and clients
 * connect to that one.
 */
static void
test_stale_socket_for_two(void **state)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	struct racer r[RACERS];
	pthread_barrier_t start;
	unsigned int n, i, won;
	int fd;

	(void)state;
	snprintf(a.sun_path, sizeof(a.sun_path), "/tmp/test_vfu.race.%d", (int)getpid());
	pthread_barrier_init(&start, NULL, RACERS);
	for (n = 0; n < RACES; n++) {
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
		close(fd);
		for (i = 0; i < RACERS; i++) {
			r[i] = (struct racer){.start = &start};
			strcpy(r[i].path, a.sun_path);
			assert_int_equal(pthread_create(&r[i].thread, NULL, race, &r[i]), 0);
		}
		for (i = won = 0; i < RACERS; i++) {
			pthread_join(r[i].thread, NULL);
			won += r[i].rc == 0;
			assert_true(r[i].rc == 0 || r[i].rc == -EADDRINUSE);
		}
		assert_int_equal(won, 1);
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
		close(fd);
		for (i = 0; i < RACERS; i++)
			sl_vfu_close(r[i].v);
		assert_int_equal(access(a.sun_path, F_OK), -1);
	}
	pthread_barrier_destroy(&start);
}

/* A server removes only its own socket, not another file that is now at the path. */
static void
test_socket_replaced(void **state)
{
	struct bed *b = *state;
	FILE *f;

	bed_stop(b);
	assert_int_equal(unlink(b->path), 0);
	f = fopen(b->path, "w");
	assert_non_null(f);
	fclose(f);
	sl_vfu_close(b->v);
	b->v = NULL;
	assert_int_equal(unlink(b->path), 0);
}

/* --- devices --- */

static void
test_devices(void **state)
{
	static const struct {
		const char *name;
		unsigned int msix_bar, lanes;
	} want[] = {{"82576", 3, 4}, {"82580", 3, 4}, {"i350", 3, 4}, {"i354", 3, 4},
		{"i210", 3, 1}, {"i211", 3, 1}, {"82599", 4, 8}, {"82599-sfp", 4, 8},
		{"x540", 4, 8}, {"x550", 4, 4}};
	const struct sl_softnic_device *d;
	unsigned int i;

	(void)state;
	for (i = 0; (d = sl_softnic_device_at(i)) != NULL; i++) {
		struct bed *b = bed_open(d->name);
		void *s = b;
		unsigned int j;
		uint32_t val;

		for (j = 0;
			j < sizeof(want) / sizeof(want[0]) && strcmp(want[j].name, d->name) != 0;
			j++)
			;
		if (j == sizeof(want) / sizeof(want[0]))
			fail_msg("%s is not known here", d->name);
		connect_to(b);
		assert_true(vfu_client_version(&b->c, NULL) > 4);
		vfu_client_read(&b->c, VFU_REGION_CONFIG, 2, &val, 2);
		assert_int_equal(val & 0xffff, d->pci_id);
		vfu_client_read(&b->c, VFU_REGION_CONFIG, 0x70, &val, 4);
		assert_int_equal((val >> 16 & 0x7ff) + 1, d->vectors);
		vfu_client_read(&b->c, VFU_REGION_CONFIG, 0x74, &val, 4);
		assert_int_equal(val, want[j].msix_bar);
		vfu_client_read(&b->c, VFU_REGION_CONFIG, 0xac, &val, 4);
		assert_int_equal(val >> 4 & 0x3f, want[j].lanes);
		assert_int_equal(vfu_client_read(&b->c, want[j].msix_bar, 16383, &val, 1), 17);
		assert_int_equal(vfu_client_read(&b->c, 0, d->bar_size - 4, &val, 4), 20);
		teardown(&s);
	}
	assert_int_equal(i, sizeof(want) / sizeof(want[0]));
}

#define vfu_test(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
#define vfu_test_alone(fn) cmocka_unit_test_setup_teardown(fn, setup_alone, teardown)

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		vfu_test_alone(test_version),
		vfu_test(test_maps),
		vfu_test(test_read_only_file),
		vfu_test(test_unmaps),
		vfu_test(test_many_pieces),
		vfu_test(test_pieces_at_random),
		vfu_test(test_kept_files),
		vfu_test(test_traffic_file),
		vfu_test(test_traffic_pages),
		vfu_test(test_traffic_messages),
		vfu_test(test_directions),
		vfu_test(test_answer_error),
		vfu_test(test_answer_short),
		vfu_test(test_answer_other),
		vfu_test(test_answer_never),
		vfu_test(test_commands_meanwhile),
		vfu_test(test_cut_short),
		vfu_test(test_registers),
		vfu_test(test_msix_bar),
		vfu_test(test_config),
		vfu_test(test_resets),
		vfu_test(test_posted),
		vfu_test(test_line),
		vfu_test(test_unmask_by_no_eventfd),
		vfu_test(test_no_such_power),
		vfu_test(test_vectors),
		vfu_test(test_vector_files),
		vfu_test(test_sizes),
		vfu_test(test_halves),
		vfu_test(test_many_files),
		vfu_test(test_unknown),
		vfu_test(test_never_reads),
		vfu_test_alone(test_socket_in_use),
		vfu_test_alone(test_socket_replaced),
		cmocka_unit_test(test_stale_socket_for_two),
		cmocka_unit_test(test_devices),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
