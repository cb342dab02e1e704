/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Frames of known number, length and kind, sent through an interface of the
 * kernel: what the statistics of both ends of the cable are measured by.
 *
 * usage: frames INTERFACE MAC KIND:LENGTH:COUNT...
 *   MAC     where unicast frames go
 *   KIND    u, b or m: unicast, broadcast, multicast
 *   LENGTH  bytes, FCS not counted
 */

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/if_packet.h>
#include <net/ethernet.h>

#include <rte_byteorder.h>
#include <rte_ether.h>

/* For experiments on one cable: IEEE 802, no stack takes it. */
#define ETHERTYPE_LOCAL 0x88b5
#define LENGTH_MAX 9216u

static const struct rte_ether_addr broadcast = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
static const struct rte_ether_addr multicast = {{0x01, 0x00, 0x5e, 0x7f, 0x00, 0x07}};

static int
open_interface(unsigned int index)
{
	const struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = (int)index};
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	if (fd >= 0 && bind(fd, (const struct sockaddr *)&to, sizeof(to)) == 0)
		return fd;
	fprintf(stderr, "frames: packet socket: %s\n", strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/* One KIND:LENGTH:COUNT. */
static int
send_spec(int fd, const struct rte_ether_addr *peer, const char *spec)
{
	uint8_t frame[LENGTH_MAX];
	struct rte_ether_hdr *eth = (struct rte_ether_hdr *)frame;
	unsigned int length, count, i;
	char kind, rest;

	if (sscanf(spec, "%c:%u:%u%c", &kind, &length, &count, &rest) != 3 ||
		strchr("ubm", kind) == NULL || length < RTE_ETHER_HDR_LEN || length > LENGTH_MAX) {
		fprintf(stderr,
			"frames: '%s' is not allowed; allowed: u|b|m:LENGTH:COUNT, LENGTH %u..%u\n",
			spec, RTE_ETHER_HDR_LEN, LENGTH_MAX);
		return -EINVAL;
	}
	for (i = 0; i < length; i++)
		frame[i] = (uint8_t)(i * 7 + length);
	eth->dst_addr = kind == 'u' ? *peer : kind == 'b' ? broadcast : multicast;
	eth->src_addr = (struct rte_ether_addr){{0x02, 0, 0, 0, 0, 0xfe}};
	eth->ether_type = rte_cpu_to_be_16(ETHERTYPE_LOCAL);
	for (i = 0; i < count; i++) {
		while (send(fd, frame, length, 0) != (ssize_t)length) {
			if (errno == ENOBUFS || errno == EINTR)
				continue;
			fprintf(stderr, "frames: sending %u bytes: %s\n", length, strerror(errno));
			return -errno;
		}
	}
	return 0;
}

int
main(int argc, char **argv)
{
	struct rte_ether_addr peer;
	unsigned int index;
	int fd, i, rc = 0;

	if (argc < 4 || (index = if_nametoindex(argv[1])) == 0 ||
		rte_ether_unformat_addr(argv[2], &peer) != 0) {
		fprintf(stderr, "usage: frames INTERFACE MAC KIND:LENGTH:COUNT...\n");
		return EXIT_FAILURE;
	}
	fd = open_interface(index);
	for (i = 3; i < argc && fd >= 0 && rc == 0; i++)
		rc = send_spec(fd, &peer, argv[i]);
	if (fd >= 0)
		close(fd);
	return fd >= 0 && rc == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
