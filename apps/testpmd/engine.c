/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The table of forwarding engines, and stream_send_again(), which repeats a transmit call that did
 * not send all frames. The engines are in engines/.
 */

#include <stdio.h>
#include <string.h>

#include "engine.h"

const struct engine *const engines[] = {
	&engine_io,
	&engine_mac,
	&engine_macswap,
	&engine_rxonly,
	&engine_txonly,
	&engine_icmpecho,
	NULL,
};

const struct engine *
engine_find(const char *name)
{
	for (const struct engine *const *e = engines; *e != NULL; e++) {
		if (strcmp((*e)->name, name) == 0)
			return *e;
	}
	return NULL;
}

const char *
engine_names(char *buf, size_t len)
{
	size_t used = 0;

	buf[0] = '\0';
	for (const struct engine *const *e = engines; *e != NULL && used < len; e++)
		used += snprintf(buf + used, len - used, "%s%s", used == 0 ? "" : "|", (*e)->name);
	return buf;
}

uint16_t
stream_send_again(struct stream *s, struct rte_mbuf **pkts, uint16_t n)
{
	uint64_t begin = rte_rdtsc();
	uint16_t sent = 0;

	for (uint16_t i = 0; sent < n && !s->tx_stuck && i < s->tx_retries; i++) {
		rte_delay_us_block(1);
		sent += rte_eth_tx_burst(s->tx_port, s->tx_queue, pkts + sent, n - sent);
		count(&s->n.retries, 1);
	}
	s->tx_stuck = sent < n;
	count(&s->n.cycles_wait, rte_rdtsc() - begin);
	return sent;
}
