/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The tap wire: frames to and from the host's kernel, checked by a packet socket on the interface.
 * Skipped (77) if the process may not create a tap interface.
 */

#include <errno.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire_priv.h"
#include "wire_test.h"

#define TYPE 0x88b5u /* for experiments (IEEE 802) */
#define SKIPPED 77
#define WAIT_MS 2000

/* A packet socket on the interface, for frames of TYPE. */
static int
open_socket(const char *name)
{
	const int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(TYPE));
	const struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(TYPE),
		.sll_ifindex = (int)if_nametoindex(name),
	};

	assert_true(fd >= 0);
	assert_int_not_equal(addr.sll_ifindex, 0);
	assert_int_equal(bind(fd, (const struct sockaddr *)&addr, sizeof(addr)), 0);
	return fd;
}

static uint32_t
make_frame(uint32_t n, uint32_t len, uint8_t *p)
{
	uint32_t i;

	memset(p, 0xff, 6);
	memcpy(p + 6, "\x02\x00\x00\x00\x00\x07", 6);
	p[12] = TYPE >> 8;
	p[13] = TYPE & 0xff;
	for (i = 14; i < len; i++)
		p[i] = (uint8_t)(n * 13 + i);
	return len;
}

/* The next frame of TYPE from the wire. The host also sends other frames. */
static bool
poll_frame(struct sl_wire *w, struct sl_frame *f)
{
	int tries;

	for (tries = 0; tries < WAIT_MS; tries++) {
		while (w->ops->poll(w, f, 1, 1) == 1) {
			if (f->data[12] == TYPE >> 8 && f->data[13] == (TYPE & 0xff))
				return true;
		}
		usleep(1000);
	}
	return false;
}

static void
test_to_host(void **state)
{
	struct sl_wire *w = wire_must_open("tap:sltest0,mtu=9710", NULL);
	const int fd = open_socket("sltest0");
	static uint8_t sent[WIRE_FRAME_MAX], got[WIRE_FRAME_MAX];
	uint64_t seed = rng_seed(0);
	uint32_t n;

	(void)state;
	for (n = 0; n < 200; n++) {
		const uint32_t len =
			n == 0 ? WIRE_FRAME_MAX : 60 + rng_below(&seed, WIRE_FRAME_MAX - 60 + 1);
		const struct sl_frame f = {sent, make_frame(n, len, sent), false};
		struct pollfd p = {.fd = fd, .events = POLLIN};

		w->ops->send(w, &f, 1);
		assert_int_equal(poll(&p, 1, WAIT_MS), 1);
		assert_int_equal(recv(fd, got, sizeof(got), 0), len);
		assert_memory_equal(got, sent, len);
	}
	assert_int_equal(wire_counter(w, "tap_rx_frames"), 200);
	assert_int_equal(wire_counter(w, "tap_drops") + wire_counter(w, "tap_refused"), 0);
	close(fd);
	sl_wire_close(w);
}

static void
test_from_host(void **state)
{
	struct sl_wire *w = wire_must_open("tap:sltest0,mtu=9710", NULL);
	const int fd = open_socket("sltest0");
	static uint8_t sent[WIRE_FRAME_MAX];
	uint64_t seed = rng_seed(0);
	struct sl_frame f;
	uint32_t n, i;

	(void)state;
	for (n = 0; n < 200; n++) {
		const uint32_t len = n == 0 ? WIRE_FRAME_MAX :
			n < 20		    ? 14 + n :
					      14 + rng_below(&seed, WIRE_FRAME_MAX - 14 + 1);

		make_frame(n, len, sent);
		assert_int_equal(send(fd, sent, len, 0), len);
		assert_true(poll_frame(w, &f));
		/* Short frames are padded. */
		assert_int_equal(f.len, len < 60 ? 60 : len);
		assert_memory_equal(f.data, sent, len);
		for (i = len; i < f.len; i++)
			assert_int_equal(f.data[i], 0);
	}
	/* Without room no frame is taken: it waits in the kernel. */
	assert_int_equal(send(fd, sent, 64, 0), 64);
	assert_int_equal(w->ops->poll(w, &f, 1, 0), 0);
	assert_true(poll_frame(w, &f));
	close(fd);
	sl_wire_close(w);
}

static void
test_interface(void **state)
{
	struct sl_wire *w = wire_must_open("tap:sltest0,mac=02:00:00:00:12:34,mtu=1400", NULL);
	const int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct ifreq req = {.ifr_name = "sltest0"};
	struct sl_wire *other;
	char why[256];

	(void)state;
	assert_int_equal(ioctl(fd, SIOCGIFHWADDR, &req), 0);
	assert_memory_equal(req.ifr_hwaddr.sa_data, "\x02\x00\x00\x00\x12\x34", 6);
	assert_int_equal(ioctl(fd, SIOCGIFMTU, &req), 0);
	assert_int_equal(req.ifr_mtu, 1400);
	assert_int_equal(ioctl(fd, SIOCGIFFLAGS, &req), 0);
	assert_true((req.ifr_flags & IFF_UP) != 0);
	assert_true(w->ops->link(w));

	assert_int_equal(sl_wire_open("tap:sltest0", NULL, &other, why, sizeof(why)), -EBUSY);
	assert_non_null(strstr(why, "another program holds it"));
	assert_int_equal(sl_wire_open("tap:lo", NULL, &other, why, sizeof(why)), -EINVAL);
	assert_non_null(strstr(why, "no tap"));
	sl_wire_close(w);
	/* After close, the interface is gone. */
	assert_int_equal(if_nametoindex("sltest0"), 0);
	close(fd);
}

/* An interface that the host sets down refuses frames. They are counted. */
static void
test_down(void **state)
{
	struct sl_wire *w = wire_must_open("tap:sltest0", NULL);
	const int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct ifreq req = {.ifr_name = "sltest0"};
	uint8_t data[60];
	const struct sl_frame f = {data, make_frame(1, 60, data), false};
	const struct sl_frame runt = {data, 10, false};

	(void)state;
	w->ops->send(w, &runt, 1);
	assert_int_equal(wire_counter(w, "tap_refused"), 1);
	assert_int_equal(ioctl(fd, SIOCGIFFLAGS, &req), 0);
	req.ifr_flags &= ~IFF_UP;
	assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &req), 0);
	w->ops->send(w, &f, 1);
	assert_int_equal(wire_counter(w, "tap_refused"), 2);
	req.ifr_flags |= IFF_UP;
	assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &req), 0);
	w->ops->send(w, &f, 1);
	assert_int_equal(wire_counter(w, "tap_refused"), 2);
	assert_int_equal(wire_counter(w, "tap_rx_frames"), 1);
	close(fd);
	sl_wire_close(w);
}

/* Delete the interface, as "ip link del" does. */
static void
delete_interface(const char *name)
{
	const int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	struct {
		struct nlmsghdr head;
		struct ifinfomsg info;
	} msg = {
		.head =
			{
				.nlmsg_len = sizeof(msg),
				.nlmsg_type = RTM_DELLINK,
				.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
			},
		.info = {.ifi_index = (int)if_nametoindex(name)},
	};
	struct {
		struct nlmsghdr head;
		struct nlmsgerr err;
	} ack;

	assert_int_equal(send(fd, &msg, sizeof(msg), 0), sizeof(msg));
	assert_true(recv(fd, &ack, sizeof(ack), 0) > 0);
	assert_int_equal(ack.err.error, 0);
	close(fd);
}

/* If the interface or its namespace is deleted, the link is down. */
static void
test_gone(void **state)
{
	struct sl_wire *w = wire_must_open("tap:sltest0", NULL);
	const uint8_t data[60] = {0};
	const struct sl_frame in = {data, 60, false};
	struct sl_frame f;

	(void)state;
	assert_true(w->ops->link(w));
	delete_interface("sltest0");
	while (w->ops->poll(w, &f, 1, 1) == 1)
		;
	usleep(1000);
	assert_int_equal(w->ops->poll(w, &f, 1, 1), 0);
	assert_false(w->ops->link(w));
	w->ops->send(w, &in, 1);
	assert_int_equal(wire_counter(w, "tap_refused"), 1);
	sl_wire_close(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_to_host),
		cmocka_unit_test(test_from_host),
		cmocka_unit_test(test_interface),
		cmocka_unit_test(test_down),
		cmocka_unit_test(test_gone),
	};
	struct sl_wire *w;
	char why[256];

	/* In a separate network namespace, so that other programs do not see or disturb it. */
	if (unshare(CLONE_NEWNET) != 0 ||
		sl_wire_open("tap:sltest0", NULL, &w, why, sizeof(why)) != 0) {
		printf("skipped: no tap may be made here (needs CAP_NET_ADMIN and /dev/net/tun)\n");
		return SKIPPED;
	}
	sl_wire_close(w);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
