/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * tap:IFNAME: the host's kernel. The NIC receives frames that the host sends to
 * the interface, and the host receives frames that the NIC sends. The interface
 * may be moved to another network namespace; the wire keeps working. It is
 * opened without a virtio header, so the kernel does checksums and segmentation
 * before frames arrive here.
 */

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire_clock.h"
#include "wire_priv.h"

#define TAP_DEVICE "/dev/net/tun"
/* One byte more than the longest frame: a read of this many bytes is a longer frame. */
#define TAP_SLOT_BYTES (WIRE_FRAME_MAX + 1)
/* Delay after an empty read, because each read costs a system call. */
#define TAP_IDLE_S 5e-6
#define TAP_MTU_MIN 68u
#define TAP_MTU_MAX (WIRE_FRAME_MAX - 14u)

struct tap_config {
	char name[IFNAMSIZ];
	bool mac_given;
	uint8_t mac[6];
	uint64_t mtu; /* 0: the kernel's default */
};

struct tap_wire {
	struct sl_wire base;
	int fd;
	uint64_t idle_ticks;
	uint64_t look_at;	/* earliest clock value of the next read */
	_Atomic bool gone;	/* the interface was deleted */
	wire_count_t rx_frames; /* frames from the NIC */
	wire_count_t tx_frames; /* frames to the NIC */
	wire_count_t drops;	/* dropped: the kernel's queue was full */
	wire_count_t refused;	/* refused by the kernel: interface down, malformed */
	wire_count_t oversize;	/* frames from the host that were too long */
	uint8_t slots[WIRE_BURST_MAX][TAP_SLOT_BYTES];
};

static void
tap_send(struct sl_wire *w, const struct sl_frame *frames, unsigned int n)
{
	struct tap_wire *tw = (struct tap_wire *)w;
	unsigned int i, taken = 0;

	for (i = 0; i < n; i++) {
		if (write(tw->fd, frames[i].data, frames[i].len) >= 0)
			taken++;
		else if (errno == EAGAIN || errno == ENOBUFS)
			wire_count_add(&tw->drops, 1);
		else
			wire_count_add(&tw->refused, 1);
	}
	wire_count_add(&tw->rx_frames, taken);
	/* The host may answer at once: read soon. */
	if (taken > 0)
		tw->look_at = 0;
}

/* Read one frame from the host. @return its length excluding padding; 0: none. */
static uint32_t
read_frame(struct tap_wire *tw, uint8_t *slot)
{
	for (;;) {
		const ssize_t len = read(tw->fd, slot, TAP_SLOT_BYTES);

		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0 && errno != EAGAIN)
			atomic_store_explicit(&tw->gone, errno == EBADFD, memory_order_relaxed);
		if (len <= 0)
			return 0;
		if (len <= (ssize_t)WIRE_FRAME_MAX)
			return (uint32_t)len;
		wire_count_add(&tw->oversize, 1);
	}
}

static unsigned int
tap_poll(struct sl_wire *w, struct sl_frame *frames, unsigned int max, unsigned int room)
{
	struct tap_wire *tw = (struct tap_wire *)w;
	const uint64_t clock = wire_clock_now();
	unsigned int n = 0;

	if (max > room)
		max = room;
	if (max > WIRE_BURST_MAX)
		max = WIRE_BURST_MAX;
	if (max == 0 || clock < tw->look_at)
		return 0;
	while (n < max) {
		uint8_t *slot = tw->slots[n];
		uint32_t len = read_frame(tw, slot);

		if (len == 0) {
			tw->look_at = clock + tw->idle_ticks;
			break;
		}
		/* Frames from the host have no padding: add it. */
		if (len < WIRE_FRAME_MIN) {
			memset(slot + len, 0, WIRE_FRAME_MIN - len);
			len = WIRE_FRAME_MIN;
		}
		frames[n].data = slot;
		frames[n].len = len;
		frames[n].bad_fcs = false;
		n++;
	}
	wire_count_add(&tw->tx_frames, n);
	return n;
}

static bool
tap_link(struct sl_wire *w)
{
	const struct tap_wire *tw = (const struct tap_wire *)w;

	return !atomic_load_explicit(&tw->gone, memory_order_relaxed);
}

static unsigned int
tap_counters(struct sl_wire *w, struct sl_wire_counter *out, unsigned int max)
{
	const struct tap_wire *tw = (const struct tap_wire *)w;
	const struct wire_counter_row rows[] = {
		{"tap_rx_frames", wire_count_get(&tw->rx_frames)},
		{"tap_tx_frames", wire_count_get(&tw->tx_frames)},
		{"tap_drops", wire_count_get(&tw->drops)},
		{"tap_refused", wire_count_get(&tw->refused)},
		{"tap_oversize", wire_count_get(&tw->oversize)},
	};

	return wire_counters_out(rows, sizeof(rows) / sizeof(rows[0]), out, max);
}

static void
tap_close(struct sl_wire *w)
{
	struct tap_wire *tw = (struct tap_wire *)w;

	if (tw->fd >= 0)
		close(tw->fd);
	free(tw);
}

static const struct sl_wire_ops tap_ops = {
	.kind = "tap",
	.send = tap_send,
	.poll = tap_poll,
	.link = tap_link,
	.counters = tap_counters,
	.close = tap_close,
};

static int
set_mac(void *ctx, const char *value)
{
	struct tap_config *c = ctx;

	c->mac_given = true;
	return wire_parse_mac(value, c->mac) != 0 || (c->mac[0] & 1) != 0 ? -EINVAL : 0;
}

static int
set_mtu(void *ctx, const char *value)
{
	return wire_parse_u64(value, TAP_MTU_MIN, TAP_MTU_MAX, &((struct tap_config *)ctx)->mtu);
}

static const struct wire_opt tap_opts[] = {
	{"mac", WIRE_AT_OPEN, "a MAC address that is not a group's", set_mac},
	{"mtu", WIRE_AT_OPEN, "68..9710 bytes", set_mtu},
	{NULL, 0, NULL, NULL},
};

/* Parse the interface's name and the options after it. */
static int
parse(const char *args, struct tap_config *c, const struct wire_why *why)
{
	const char *rest = args != NULL ? strchr(args, ',') : NULL;
	size_t len = rest != NULL ? (size_t)(rest - args) : args != NULL ? strlen(args) : 0;
	bool ok = len > 0 && len < IFNAMSIZ;
	size_t i;

	/* The kernel refuses these characters too, except '%', which it replaces by a number. */
	for (i = 0; ok && i < len; i++)
		ok = isgraph((unsigned char)args[i]) && strchr("/:%", args[i]) == NULL;
	if (!ok)
		return wire_fail(why, EINVAL,
			"tap:%s: bad interface name; allowed: 1..%d characters, no blank, "
			"'/', ':' or '%%'",
			args != NULL ? args : "", IFNAMSIZ - 1);
	memcpy(c->name, args, len);
	c->name[len] = '\0';
	return wire_opts_parse(
		"tap", rest != NULL ? rest + 1 : NULL, WIRE_AT_OPEN, tap_opts, c, why);
}

/* Advice to the user about a failure. */
static const char *
remedy(int err)
{
	switch (err) {
	case EPERM:
	case EACCES:
		return "needs CAP_NET_ADMIN: run as root";
	case ENOENT:
	case ENODEV:
	case ENXIO:
		return "the kernel's tun module is missing: modprobe tun";
	case EBUSY:
		return "another program holds it: choose another name";
	case EINVAL:
		return "an interface of that name is there and is no tap: choose another name";
	default:
		return strerror(err);
	}
}

static int
fail_step(const struct tap_config *c, const char *step, const struct wire_why *why)
{
	const int err = errno;

	return wire_fail(why, err, "tap:%s: %s: %s", c->name, step, remedy(err));
}

static int
open_device(struct tap_wire *tw, const struct tap_config *c, const struct wire_why *why)
{
	struct ifreq req = {.ifr_flags = IFF_TAP | IFF_NO_PI};

	tw->fd = open(TAP_DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (tw->fd < 0)
		return fail_step(c, "cannot open " TAP_DEVICE, why);
	memcpy(req.ifr_name, c->name, sizeof(c->name));
	if (ioctl(tw->fd, TUNSETIFF, &req) != 0)
		return fail_step(c, "cannot make the interface", why);
	return 0;
}

/* Set address and MTU, and bring the interface up. @p sock: any socket of the namespace. */
static int
set_up(int sock, const struct tap_config *c, const struct wire_why *why)
{
	struct ifreq req = {0};

	memcpy(req.ifr_name, c->name, sizeof(c->name));
	if (c->mac_given) {
		req.ifr_hwaddr.sa_family = ARPHRD_ETHER;
		memcpy(req.ifr_hwaddr.sa_data, c->mac, sizeof(c->mac));
		if (ioctl(sock, SIOCSIFHWADDR, &req) != 0)
			return fail_step(c, "cannot set its MAC address", why);
	}
	if (c->mtu != 0) {
		req.ifr_mtu = (int)c->mtu;
		if (ioctl(sock, SIOCSIFMTU, &req) != 0)
			return fail_step(c, "cannot set its MTU", why);
	}
	if (ioctl(sock, SIOCGIFFLAGS, &req) != 0)
		return fail_step(c, "cannot read its flags", why);
	req.ifr_flags |= IFF_UP;
	if (ioctl(sock, SIOCSIFFLAGS, &req) != 0)
		return fail_step(c, "cannot bring it up", why);
	return 0;
}

static int
set_up_interface(const struct tap_config *c, const struct wire_why *why)
{
	const int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int ret;

	if (sock < 0)
		return fail_step(c, "cannot open a socket", why);
	ret = set_up(sock, c, why);
	close(sock);
	return ret;
}

int
wire_tap_open(
	const char *args, struct sl_wire_hub *hub, struct sl_wire **out, const struct wire_why *why)
{
	struct tap_config c = {0};
	struct tap_wire *tw;
	int ret;

	(void)hub;
	ret = parse(args, &c, why);
	if (ret != 0)
		return ret;
	tw = calloc(1, sizeof(*tw));
	if (tw == NULL)
		return wire_fail(why, ENOMEM, "tap:%s: no memory", c.name);
	tw->base.ops = &tap_ops;
	tw->idle_ticks = (uint64_t)(wire_clock_hz() * TAP_IDLE_S);
	ret = open_device(tw, &c, why);
	if (ret == 0)
		ret = set_up_interface(&c, why);
	if (ret != 0) {
		tap_close(&tw->base);
		return ret;
	}
	*out = &tw->base;
	return 0;
}
