/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Counts the cache lines per packet that explicit mode maintains. A port in checked mode counts the
 * driver's sync calls; the minimum that the memory contract requires is calculated.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "contender.h"
#include "lines.h"
#include "sl_check.h"
#include "sl_desc.h"
#include "sl_pmd.h"
#include "sl_shm.h"

#define LAPS 4u
#define SITES 64u
/*
 * Maximum number of bytes of a frame that a NIC writes, with an MTU of 1500, two VLAN tags and FCS.
 */
#define FRAME_ROOM (RTE_ETHER_MAX_LEN + 2u * RTE_VLAN_HLEN)
#define FEED 64u /* frames made ready at once; bursts are not longer */

const char *const line_kind_names[LINES_KINDS] = {
	"rx prepare", "rx update", "rx flush", "tx flush", "tx update"};

static const struct contender_row row = {
	.name = "lines",
	.what = "",
	.kind = KIND_OURS,
	.args = "coherency=checked,check_policy=count",
	.min_burst = 1,
};

static double
lines_of(double bytes, unsigned int line)
{
	return (double)(unsigned int)((bytes + line - 1) / line);
}

/* Each line of descriptors counts once. A line in which a burst ends counts again. */
static void
need(struct lines *l, unsigned int line)
{
	const double per = line / SL_DESC_SIZE, frame = lines_of(l->size - RTE_ETHER_CRC_LEN, line);

	l->need[LINES_RX_PREPARE] = lines_of(FRAME_ROOM, line);
	l->need[LINES_RX_UPDATE] = frame + 1 / per;
	l->need[LINES_RX_FLUSH] = 1 / per;
	l->need[LINES_TX_FLUSH] = frame + lines_of(l->burst, (unsigned int)per) / l->burst;
	l->need[LINES_TX_UPDATE] = 0;
}

static enum line_kind
kind_of(const struct sl_check_site *s)
{
	const bool rx = strstr(s->file, "sl_rx") != NULL;

	if (strncmp(s->verb, "update", strlen("update")) == 0)
		return rx ? LINES_RX_UPDATE : LINES_TX_UPDATE;
	if (strcmp(s->verb, "prepare") == 0)
		return rx ? LINES_RX_PREPARE : LINES_KINDS;
	if (strcmp(s->verb, "flush") == 0)
		return rx ? LINES_RX_FLUSH : LINES_TX_FLUSH;
	return LINES_KINDS;
}

/* Add the lines counted so far to @p sum, with @p sign. */
static void
take(struct sl_check *check, double sign, double *sum)
{
	struct sl_check_site *site = calloc(SITES, sizeof(*site));
	unsigned int i, n = site == NULL ? 0 : sl_check_sites(check, site, SITES);

	for (i = 0; i < n && i < SITES; i++) {
		if (kind_of(&site[i]) != LINES_KINDS)
			sum[kind_of(&site[i])] += sign * (double)site[i].lines;
	}
	free(site);
}

/* Receive and send as many frames as a ring has descriptors. */
static int
lap(struct contender *c, unsigned int burst)
{
	struct rte_mbuf *m[FEED];
	unsigned int done = 0, empty = 0;
	uint16_t n;
	int ret;

	while (done < RING) {
		ret = contender_feed(c, FEED);
		if (ret != 0)
			return ret;
		contender_settle(c);
		for (n = 1; n != 0; done += n) {
			n = rte_eth_rx_burst(c->port, 0, m, (uint16_t)burst);
			if (rte_eth_tx_burst(c->port, 0, m, n) != n)
				return -EIO;
			empty = n == 0 ? empty + 1 : 0;
			if (empty > RING)
				return -EIO;
		}
	}
	contender_settle(c);
	return 0;
}

int
lines_open(struct contender **out)
{
	struct contender *c = calloc(1, sizeof(*c));
	int ret;

	*out = c;
	if (c == NULL)
		return -ENOMEM;
	ret = contender_open(c, &row, RTE_MBUF_DEFAULT_BUF_SIZE, contender_mbufs(1));
	return ret == 0 ? contender_start(c, 1, false) : ret;
}

int
lines_close(struct contender *c)
{
	int ret, rc;

	if (c == NULL)
		return 0;
	ret = contender_stop(c);
	rc = contender_close(c);
	free(c);
	return ret != 0 ? ret : rc;
}

int
lines_count(struct contender *c, unsigned int size, unsigned int burst, struct lines *out)
{
	struct sl_check *check = sl_pmd_check(c->port);
	struct sl_check_stats stats;
	unsigned int i;
	int ret;

	*out = (struct lines){.size = size, .burst = burst};
	contender_frames(c, size - RTE_ETHER_CRC_LEN);
	sl_check_stats(check, &stats);
	need(out, stats.line);
	ret = lap(c, burst);
	take(check, -1, out->got);
	for (i = 0; i < LAPS && ret == 0; i++)
		ret = lap(c, burst);
	take(check, 1, out->got);
	for (i = 0; i < LINES_KINDS; i++)
		out->got[i] /= LAPS * RING;
	return ret;
}
