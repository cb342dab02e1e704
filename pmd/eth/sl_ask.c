/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Requests of secondary processes to the primary, see sl_ask.h: both sides. The primary answers on
 * EAL's thread for messages between processes, which must not allocate EAL memory: that may need
 * an answer from the secondary, which the same thread receives.
 */

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_malloc.h>
#include <rte_memory.h>

#include "sl_ask.h"
#include "sl_data_pool.h"
#include "sl_dmamap.h"
#include "sl_ethdev.h"
#include "sl_log.h"
#include "sl_port.h"
#include "sl_stats.h"

/* Of the requests of a port: EAL lets one of a name wait for its answer at a time. */
#define ASK_NAME "net_syncline_%u_%u"
#define ASK_NAMES 8u
#define ASK_TIMEOUT_S 5

_Static_assert(sizeof(struct sl_ask) <= RTE_MP_MAX_PARAM_LEN, "a request is one message");

/* --- the primary's side --- */

/* True if all of an answer's memory is EAL's, which all processes have at the same address. */
static bool
is_shared(const void *memory, size_t len)
{
	const uint8_t *first = memory;

	return len == 0 ||
		(first != NULL && rte_mem_virt2memseg_list(first) != NULL &&
			rte_mem_virt2memseg_list(first + len - 1) ==
				rte_mem_virt2memseg_list(first));
}

/* Bytes of the memory of a request that the primary reads or writes. */
static size_t
memory_of(const struct sl_ask *ask)
{
	switch (ask->what) {
	case SL_ASK_STATS:
		return sizeof(struct sl_ask_stats);
	case SL_ASK_XSTATS:
		return ask->n * sizeof(struct rte_eth_xstat);
	case SL_ASK_XSTAT_NAMES:
		return ask->n * sizeof(struct rte_eth_xstat_name);
	case SL_ASK_REGS:
		return ask->n * sizeof(uint32_t);
	case SL_ASK_MAP:
		return sizeof(struct rte_mbuf);
	case SL_ASK_STATS_RESET:
	case SL_ASK_LINK:
		break;
	}
	return 0;
}

static int
serve_stats(struct rte_eth_dev *eth, struct sl_ask_stats *out)
{
	int ret;

	memset(out, 0, sizeof(*out));
	sl_call_begin(sl_port_of(eth));
	ret = sl_stats_get(eth, &out->port, &out->queues);
	sl_call_end(sl_port_of(eth));
	return ret;
}

static int
serve_regs(struct rte_eth_dev *eth, const struct sl_ask *ask)
{
	struct rte_dev_reg_info info = {.data = ask->n == 0 ? NULL : ask->memory, .length = ask->n};
	const int ret = sl_eth_dev_ops.get_reg(eth, &info);

	return ret == 0 ? (int)info.length : ret;
}

static int
serve_map(struct sl_port *port, struct sl_ask *ask)
{
	const struct rte_mbuf *m = ask->memory;
	const struct sl_data_pool *apart;
	const int ret = sl_dmamap_tx_mbuf(port, m);

	if (ret == 0 && sl_mbuf_has_data(m)) {
		apart = sl_data_pool_of(m->pool);
		ask->value = apart != NULL ? apart->shared_at : 0;
	}
	return ret;
}

static int
serve(struct sl_port *port, struct sl_ask *ask)
{
	struct rte_eth_dev *eth = port->eth;

	switch (ask->what) {
	case SL_ASK_STATS:
		return serve_stats(eth, ask->memory);
	case SL_ASK_XSTATS:
		return sl_eth_dev_ops.xstats_get(eth, ask->n == 0 ? NULL : ask->memory, ask->n);
	case SL_ASK_XSTAT_NAMES:
		return sl_eth_dev_ops.xstats_get_names(
			eth, ask->n == 0 ? NULL : ask->memory, ask->n);
	case SL_ASK_STATS_RESET:
		return sl_eth_dev_ops.stats_reset(eth);
	case SL_ASK_LINK:
		return sl_eth_dev_ops.link_update(eth, 0);
	case SL_ASK_REGS:
		return serve_regs(eth, ask);
	case SL_ASK_MAP:
		return serve_map(port, ask);
	}
	return -EINVAL;
}

static int
on_request(const struct rte_mp_msg *request, const void *peer)
{
	struct rte_mp_msg answer = {.len_param = sizeof(struct sl_ask)};
	struct sl_port *port;
	struct sl_ask ask;

	if (request->len_param != (int)sizeof(ask))
		return -1;
	memcpy(&ask, request->param, sizeof(ask));
	port = sl_port_get(ask.port_id);
	if (port == NULL)
		ask.ret = -ENODEV;
	else if (!is_shared(ask.memory, memory_of(&ask)))
		ask.ret = -EFAULT;
	else
		ask.ret = serve(port, &ask);
	if (port != NULL)
		sl_port_put(port);
	memcpy(answer.name, request->name, sizeof(answer.name));
	memcpy(answer.param, &ask, sizeof(ask));
	return rte_mp_reply(&answer, peer);
}

void
sl_ask_listen(uint16_t port_id)
{
	char name[RTE_MP_MAX_NAME_LEN];
	unsigned int i;

	for (i = 0; i < ASK_NAMES; i++) {
		snprintf(name, sizeof(name), ASK_NAME, port_id, i);
		/* Without shared files there are no secondary processes. */
		if (rte_mp_action_register(name, on_request) != 0 && rte_errno != EEXIST) {
			if (rte_errno != ENOTSUP)
				SL_LOG(ERR, "secondary processes get no answers: %s",
					rte_strerror(rte_errno));
			return;
		}
	}
}

/* --- the secondary's side --- */

/* Send a request and wait for the next answer to its name. @return 0 or negative errno. */
static int
exchange(const struct sl_ask *ask, unsigned int name, struct sl_ask *answer)
{
	const struct timespec limit = {.tv_sec = ASK_TIMEOUT_S};
	struct rte_mp_msg request = {.len_param = sizeof(*ask)};
	struct rte_mp_reply reply = {0};
	int ret = 0;

	snprintf(request.name, sizeof(request.name), ASK_NAME, ask->port_id, name);
	memcpy(request.param, ask, sizeof(*ask));
	if (rte_mp_request_sync(&request, &reply, &limit) != 0)
		return -rte_errno;
	if (reply.nb_received != 1)
		ret = -ENOTCONN;
	else if (reply.msgs[0].len_param != (int)sizeof(*answer))
		ret = -EBADMSG;
	else
		memcpy(answer, reply.msgs[0].param, sizeof(*answer));
	free(reply.msgs);
	return ret;
}

/*
 * EAL takes an answer that comes after its request timed out for the answer to the next request of
 * that name. So the next one has another name; that name's turn comes again, and the number tells.
 */
static int
send_request(struct sl_guest *g, struct sl_ask *ask)
{
	struct sl_ask answer;
	int ret;

	ask->serial = ++g->serial;
	ret = exchange(ask, g->lost % ASK_NAMES, &answer);
	if (ret == 0 && answer.serial != ask->serial)
		ret = -ETIMEDOUT;
	if (ret == 0) {
		ask->value = answer.value;
		ret = answer.ret;
	} else if (ret == -ETIMEDOUT) {
		g->lost++;
	}
	return ret;
}

/*
 * Ask the primary and wait for its answer. The caller has g->lock. @return sl_ask.ret; -ENOTCONN,
 * -ETIMEDOUT: see sl_ask.h.
 */
static int
ask_primary(struct sl_guest *g, struct sl_ask *ask)
{
	if (!g->ended && rte_eal_primary_proc_alive(NULL) == 0) {
		g->ended = true;
		SL_LOG(ERR,
			"port %u: the primary process has ended: its ports no longer work; end this "
			"process, and start both again",
			g->port_id);
	}
	return g->ended ? -ENOTCONN : send_request(g, ask);
}

/* Shared memory of at least @len bytes for an answer. */
static void *
memory_for(struct sl_guest *g, size_t len)
{
	if (g->memory_len >= len)
		return g->memory;
	rte_free(g->memory);
	g->memory = rte_malloc("sl_ask", len, 0);
	g->memory_len = g->memory == NULL ? 0 : len;
	return g->memory;
}

static int
ask_copy(struct sl_guest *g, struct sl_ask *ask, void *out, size_t len)
{
	int ret;

	ask->memory = len == 0 ? NULL : memory_for(g, len);
	if (len != 0 && ask->memory == NULL)
		return -ENOMEM;
	ret = ask_primary(g, ask);
	if (ret == -ETIMEDOUT) {
		/* The primary may still write to it: never used again. */
		g->memory = NULL;
		g->memory_len = 0;
	} else if (ret >= 0 && len != 0) {
		memcpy(out, ask->memory, len);
	}
	return ret;
}

int
sl_ask_copy(struct sl_guest *g, enum sl_ask_what what, uint32_t n, void *out, size_t len)
{
	struct sl_ask ask = {.what = what, .port_id = g->port_id, .n = n};
	int ret;

	pthread_mutex_lock(&g->lock);
	ret = ask_copy(g, &ask, out, len);
	pthread_mutex_unlock(&g->lock);
	return ret;
}

int
sl_ask_map(uint16_t port_id, const struct rte_mbuf *m, uint64_t *shared_at)
{
	struct sl_ask ask = {
		.what = SL_ASK_MAP, .port_id = port_id, .memory = (void *)(uintptr_t)m};
	struct sl_guest *g = rte_eth_devices[port_id].process_private;
	int ret;

	pthread_mutex_lock(&g->lock);
	ret = ask_primary(g, &ask);
	pthread_mutex_unlock(&g->lock);
	if (ret == 0 && shared_at != NULL)
		*shared_at = ask.value;
	return ret;
}
