/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * libFuzzer target for the vfio-user server. The input is a client's data: whole, mutated or
 * truncated messages with files of all types, while a device runs on the memory that they map.
 * Properties: the server ends each connection, keeps none of its files and mappings, and the device
 * writes to no part of a file that was not mapped for it.
 */

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"
#include "holds.h"
#include "sl_vfu.h"
#include "vfu_wire.h"

#define HELD_SIZE 65536u
/* The first half of the held file may be mapped for the device, the second half never. */
#define HELD_SHOWN (HELD_SIZE / 2)
#define PATTERN 0xA5
#define OPS_MAX 96u
/* Rounds in which the server must end the connection of a client that has disconnected. */
#define ROUNDS_MAX 100000u
#define DEVICES 3u

static struct {
	struct sl_vfu *server[DEVICES];
	uint64_t inputs, messages;
	struct timespec begin;
} fuzz;

static void
be_quiet(void *ctx, int level, const char *msg)
{
	(void)ctx;
	(void)level;
	(void)msg;
}

static void
on_bus_error(int number, siginfo_t *info, void *context)
{
	unsigned int i;

	(void)context;
	for (i = 0; i < DEVICES; i++) {
		if (sl_vfu_bus_error(fuzz.server[i], info->si_addr))
			return;
	}
	signal(number, SIG_DFL);
}

static void
tell(void)
{
	struct timespec now;
	unsigned int i;
	double s;

	clock_gettime(CLOCK_MONOTONIC, &now);
	s = (double)(now.tv_sec - fuzz.begin.tv_sec) +
		(double)(now.tv_nsec - fuzz.begin.tv_nsec) / 1e9;
	printf("told: %" PRIu64 " clients, %" PRIu64 " messages, %.0f s: %.0f clients/s\n",
		fuzz.inputs, fuzz.messages, s, (double)fuzz.inputs / s);
	for (i = 0; i < DEVICES; i++)
		sl_vfu_close(fuzz.server[i]);
}

static void
set_up(void)
{
	static const char *const devices[DEVICES] = {"82576", "i210", "82599"};
	struct sigaction on_bus = {.sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO};
	char path[64], why[128];
	struct sl_wire *wire;
	unsigned int i;

	for (i = 0; i < DEVICES; i++) {
		struct sl_softnic_params p = {
			.name = "fuzz", .device = devices[i], .log = be_quiet};

		snprintf(path, sizeof(path), "/tmp/sl-fuzz-%d-%u", (int)getpid(), i);
		FUZZ_CHECK(sl_vfu_open(path, &p, &fuzz.server[i], why, sizeof(why)) == 0);
		FUZZ_CHECK(sl_wire_open("loop", NULL, &wire, why, sizeof(why)) == 0);
		FUZZ_CHECK(sl_softnic_attach(sl_vfu_nic(fuzz.server[i]), wire) == 0);
	}
	sigaction(SIGBUS, &on_bus, NULL);
	signal(SIGPIPE, SIG_IGN);
	clock_gettime(CLOCK_MONOTONIC, &fuzz.begin);
	atexit(tell);
}

/* A file to send. The held file is not changed. */
static int
some_file(struct fuzz_in *in, int held)
{
	int fds[2], fd;

	switch (fuzz_8(in) % 7) {
	case 0:
		return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	case 1:
		FUZZ_CHECK(pipe2(fds, O_CLOEXEC) == 0);
		close(fds[0]);
		return fds[1];
	case 2:
		return open("/dev/null", O_RDWR | O_CLOEXEC);
	case 3:
		return open("/", O_RDONLY | O_CLOEXEC);
	case 4:
		fd = memfd_create("fuzz", MFD_CLOEXEC);
		FUZZ_CHECK(ftruncate(fd, fuzz_16(in)) == 0);
		return fd;
	default:
		return dup(held);
	}
}

static void
send_message(struct fuzz_in *in, int sock, uint16_t command, const void *body, uint32_t len, int fd)
{
	_Alignas(struct cmsghdr) uint8_t control[CMSG_SPACE(sizeof(int))] = {0};
	uint8_t bytes[sizeof(struct vfu_header) + 256];
	struct vfu_header h = {.command = command, .size = (uint32_t)sizeof(h) + len};
	struct iovec iov = {bytes, sizeof(h) + len};
	struct msghdr mh = {.msg_iov = &iov, .msg_iovlen = 1};
	uint32_t how = fuzz_8(in);

	h.flags = (how & 1) != 0 ? VFU_FLAG_NO_REPLY : 0;
	if (how >= 0xF0) {
		h.flags = fuzz_8(in);
		h.id = (uint16_t)fuzz_8(in);
	}
	if (how >= 0xF8)
		h.size = (how & 4) != 0 ? fuzz_32(in) : fuzz_8(in);
	memcpy(bytes, &h, sizeof(h));
	memcpy(bytes + sizeof(h), body, len);
	if (how == 0xF7)
		iov.iov_len = fuzz_8(in) % iov.iov_len;
	if (fd >= 0) {
		struct cmsghdr *c = (struct cmsghdr *)(void *)control;

		c->cmsg_len = CMSG_LEN(sizeof(int));
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		memcpy(CMSG_DATA(c), &fd, sizeof(fd));
		mh.msg_control = control;
		mh.msg_controllen = sizeof(control);
	}
	/* The client sends no more if the buffer is full or the server has disconnected. */
	if (sendmsg(sock, &mh, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
		fuzz.messages++;
	if (fd >= 0)
		close(fd);
}

static void
say_version(struct fuzz_in *in, int sock)
{
	static const char text[] = "\0\0\0\0{\"capabilities\":{\"max_data_xfer_size\":4096}}";

	send_message(in, sock, VFU_VERSION, text, sizeof(text), -1);
}

/* Map the first half of the held file at one of several addresses, or send random values. */
static void
say_map(struct fuzz_in *in, int sock, int held)
{
	struct vfu_dma_map m = {.argsz = sizeof(m), .flags = fuzz_8(in) % 4};
	uint32_t page = fuzz_8(in);

	m.iova = (uint64_t)(page % 32) << 12;
	m.size = ((uint64_t)(fuzz_8(in) % 8) + 1) << 12;
	if (page >= 0xE0) {
		m.iova = (uint64_t)fuzz_32(in) << 32 | fuzz_32(in);
		m.size = (uint64_t)fuzz_32(in) << 32 | fuzz_32(in);
		m.offset = fuzz_32(in);
		send_message(in, sock, VFU_DMA_MAP, &m, sizeof(m), -1);
		return;
	}
	m.offset = (uint64_t)(fuzz_8(in) % 8) << 12;
	if (m.offset + m.size > HELD_SHOWN)
		m.size = HELD_SHOWN - m.offset;
	send_message(in, sock, VFU_DMA_MAP, &m, sizeof(m), page >= 0xC0 ? -1 : dup(held));
}

static void
say_unmap(struct fuzz_in *in, int sock)
{
	struct vfu_dma_unmap u = {.argsz = sizeof(u), .flags = fuzz_8(in) % 4};

	u.iova = (uint64_t)(fuzz_8(in) % 32) << 12;
	u.size = (uint64_t)fuzz_16(in) << (fuzz_8(in) % 49);
	send_message(in, sock, VFU_DMA_UNMAP, &u, sizeof(u), -1);
}

/* Write a register, mostly one of the rings, mostly with an address or a length. */
static void
say_write(struct fuzz_in *in, int sock)
{
	static const uint32_t often[] = {0x0000, 0x0018, 0x0100, 0x0400, 0x1514, 0x1524, 0x2800,
		0x2808, 0x2818, 0x2828, 0xC000, 0xC008, 0xC00C, 0xC018, 0xC028, 0xE000, 0xE008,
		0xE018, 0xE028, 0xE038, 0x5480, 0x5818};
	struct {
		struct vfu_region_access a;
		uint64_t value[2];
	} m = {.a = {.count = 4}};
	uint32_t how = fuzz_8(in);

	m.a.offset = often[fuzz_8(in) % (sizeof(often) / sizeof(often[0]))];
	m.value[0] = (how & 1) != 0 ? fuzz_32(in) : fuzz_8(in) << (how >> 4);
	if ((how & 2) != 0)
		m.a.offset = fuzz_16(in) << 1;
	if ((how & 0xC) == 0xC) {
		m.a.region = fuzz_8(in) % (VFU_REGIONS + 1);
		m.a.count = fuzz_8(in) % 17;
	}
	send_message(in, sock, VFU_REGION_WRITE, &m, (uint32_t)sizeof(m.a) + m.a.count, -1);
}

static void
write_4(struct fuzz_in *none, int sock, uint32_t region, uint64_t off, uint32_t value)
{
	struct {
		struct vfu_region_access a;
		uint32_t value;
	} m = {.a = {.offset = off, .region = region, .count = 4}, .value = value};

	send_message(none, sock, VFU_REGION_WRITE, &m, sizeof(m.a) + 4, -1);
}

/*
 * Send a frame from mapped memory and receive it: rings in the first page of the held file, and
 * buffers at offsets from the input. igb's registers: 82576EB datasheet, section 8.
 */
static void
say_traffic(struct fuzz_in *in, int sock, int held)
{
	struct fuzz_in none = {NULL, 0};
	struct vfu_dma_map m = {.argsz = sizeof(m), .flags = 3, .size = HELD_SHOWN};
	const uint32_t len = 60 + fuzz_8(in) * 16, cmd = 0x2B300000;
	uint64_t rx[2] = {fuzz_16(in) << 1, 0};
	uint64_t tx[2] = {fuzz_16(in) << 1, (uint64_t)len << 46 | cmd | len};

	FUZZ_CHECK(pwrite(held, rx, sizeof(rx), 0) == (ssize_t)sizeof(rx));
	FUZZ_CHECK(pwrite(held, tx, sizeof(tx), 2048) == (ssize_t)sizeof(tx));
	send_message(&none, sock, VFU_DMA_MAP, &m, sizeof(m), dup(held));
	write_4(&none, sock, VFU_REGION_CONFIG, 0x04, 0x6);
	write_4(&none, sock, 0, 0x0000, 0x40);	    /* CTRL: link up */
	write_4(&none, sock, 0, 0x0100, 0x801A);    /* RCTL: enabled, accepts all frames */
	write_4(&none, sock, 0, 0x0400, 0x2);	    /* TCTL: enabled */
	write_4(&none, sock, 0, 0xC008, 0x80);	    /* RDLEN */
	write_4(&none, sock, 0, 0xC00C, 0x2000002); /* SRRCTL: advanced descriptors, 2 KiB */
	write_4(&none, sock, 0, 0xC028, 0x2000000); /* RXDCTL: enabled */
	write_4(&none, sock, 0, 0xC018, 0x1);	    /* RDT */
	write_4(&none, sock, 0, 0xE000, 0x800);	    /* TDBAL */
	write_4(&none, sock, 0, 0xE008, 0x80);	    /* TDLEN */
	write_4(&none, sock, 0, 0xE028, 0x2000000); /* TXDCTL: enabled */
	write_4(&none, sock, 0, 0xE018, 0x1);	    /* TDT */
}

static void
say_irqs(struct fuzz_in *in, int sock, int held)
{
	struct {
		struct vfu_irq_set s;
		uint8_t bools[8];
	} m = {.s = {.argsz = sizeof(m)}};
	bool file = (fuzz_8(in) & 1) != 0;

	m.s.flags = fuzz_8(in);
	m.s.index = fuzz_8(in) % (VFU_IRQS + 1);
	m.s.start = fuzz_8(in) % 80;
	m.s.count = fuzz_8(in) % 80;
	send_message(in, sock, VFU_DEVICE_SET_IRQS, &m, sizeof(m), file ? some_file(in, held) : -1);
}

/* Send any command, with a random body. */
static void
say_anything(struct fuzz_in *in, int sock, int held)
{
	uint32_t command = fuzz_8(in), len = fuzz_8(in), i;
	uint8_t body[255];

	for (i = 0; i < len; i++)
		body[i] = (uint8_t)fuzz_8(in);
	/* A file goes with any command except DMA_MAP, which could map its second half. */
	send_message(in, sock, (uint16_t)command, body, len,
		command != VFU_DMA_MAP && (len & 1) != 0 ? some_file(in, held) : -1);
}

static void
one_op(struct fuzz_in *in, int sock, int held)
{
	switch (fuzz_8(in) % 10) {
	case 8:
	case 9:
		say_traffic(in, sock, held);
		break;
	case 0:
		say_anything(in, sock, held);
		break;
	case 1:
	case 2:
		say_map(in, sock, held);
		break;
	case 3:
		say_unmap(in, sock);
		break;
	case 4:
		say_irqs(in, sock, held);
		break;
	default:
		say_write(in, sock);
	}
}

static void
not_shown_is_untouched(int held)
{
	uint8_t half[HELD_SIZE - HELD_SHOWN], want[HELD_SIZE - HELD_SHOWN];

	memset(want, PATTERN, sizeof(want));
	FUZZ_CHECK(pread(held, half, sizeof(half), HELD_SHOWN) == (ssize_t)sizeof(half));
	FUZZ_CHECK(memcmp(half, want, sizeof(half)) == 0);
}

static void
one_client(struct sl_vfu *v, struct fuzz_in *in, int held)
{
	int pair[2];
	unsigned int i;

	FUZZ_CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) == 0);
	FUZZ_CHECK(sl_vfu_adopt(v, pair[0]) == 0);
	if (fuzz_8(in) != 0)
		say_version(in, pair[1]);
	for (i = 0; i < OPS_MAX && in->left != 0; i++) {
		one_op(in, pair[1], held);
		/* Requests of the device get no answer. The server must not wait for one. */
		if (in->left % 16 == 0)
			(void)recv(pair[1], &(uint8_t){0}, 1, MSG_DONTWAIT);
	}
	/* The client has finished. The server reads the rest, and then the end. */
	shutdown(pair[1], SHUT_WR);
	for (i = 0; i < ROUNDS_MAX && sl_vfu_connected(v); i++)
		sl_vfu_round(v);
	FUZZ_CHECK(!sl_vfu_connected(v));
	close(pair[1]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = {data, size};
	struct sl_vfu_stats stats;
	uint8_t page[4096];
	unsigned int before, i;
	struct sl_vfu *v;
	int held;

	if (fuzz.server[0] == NULL)
		set_up();
	/* Includes files of the process and of libFuzzer. */
	before = holds_files(NULL);
	held = memfd_create("held", MFD_CLOEXEC);
	memset(page, PATTERN, sizeof(page));
	for (i = 0; i < HELD_SIZE / sizeof(page); i++)
		FUZZ_CHECK(write(held, page, sizeof(page)) == (ssize_t)sizeof(page));
	v = fuzz.server[fuzz_8(&in) % DEVICES];
	one_client(v, &in, held);
	not_shown_is_untouched(held);
	close(held);
	sl_vfu_stats(v, &stats);
	FUZZ_CHECK(stats.dma_maps == 0 && stats.dma_bytes == 0);
	fuzz.inputs++;
	FUZZ_CHECK(holds_files(NULL) == before);
	return 0;
}
