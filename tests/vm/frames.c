/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Sends frames of known number, length and type through an interface of the kernel, to check the
 * statistics at both ends of the cable.
 *
 * usage: frames INTERFACE MAC KIND:LENGTH:COUNT...
 *   MAC     destination of unicast frames
 *   KIND    u, b or m: unicast, broadcast, multicast
 *   LENGTH  bytes, excluding FCS
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

#include <rte_ether.h>

#include "frame.h"

#define LENGTH_MAX 9216u

static const uint8_t multicast[6] = {0x01, 0x00, 0x5e, 0x7f, 0x00, 0x07};

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

/* Send the frames of one KIND:LENGTH:COUNT. */
static int
send_spec(int fd, const struct rte_ether_addr *peer, const char *spec)
{
	uint8_t frame[LENGTH_MAX];
	unsigned int length, count, i;
	char kind, rest;

	if (sscanf(spec, "%c:%u:%u%c", &kind, &length, &count, &rest) != 3 ||
		strchr("ubm", kind) == NULL || length < RTE_ETHER_HDR_LEN || length > LENGTH_MAX) {
		fprintf(stderr,
			"frames: '%s' is not allowed; allowed: u|b|m:LENGTH:COUNT, LENGTH %u..%u\n",
			spec, RTE_ETHER_HDR_LEN, LENGTH_MAX);
		return -EINVAL;
	}
	frame_ether(frame, length,
		kind == 'u'	    ? peer->addr_bytes :
			kind == 'b' ? frame_broadcast :
				      multicast,
		length);
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
