/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Transmit without the bursts: draining a queue, tx_prepare, the table of paths, descriptor status.
 * The bursts are in sl_tx_burst.c.
 */

#include <string.h>

#include <rte_errno.h>
#include <rte_net.h>

#include "sl_paths.h"
#include "sl_port.h"
#include "sl_rare.h"
#include "sl_stall.h"
#include "sl_tx.h"
#include "sl_tx_ring.h"

#define TX_OPTION_PAD1 0
#define TX_OPTION_HOME 0xc9 /* home address option: RFC 6275 */

/* --- end of a queue --- */

/*
 * Number of the oldest descriptors that the NIC has processed, from its head register. A reset or a
 * removal clears that register: then from its last report.
 */
static unsigned int
tx_taken(const struct sl_tx_queue *q)
{
	if (!q->port->hw->ops->txq_is_set_up(q))
		return tx_done(q, q->sync->mode, NULL);
	return sl_rare_done_by_register(q);
}

void
sl_tx_count_given_up(struct sl_tx_queue *q)
{
	const unsigned int outstanding = tx_outstanding(q);
	unsigned int i, idx;

	for (i = tx_taken(q); i < outstanding; i++) {
		idx = q->next_to_clean + i;
		idx -= idx >= q->nb_desc ? q->nb_desc : 0;
		/*
		 * A frame that the NIC has partly read counts when it has read the last descriptor.
		 */
		if (q->sw_ring[idx] == NULL || (q->ring[idx].read.cmd & SL_TXD_DCMD_EOP) == 0)
			continue;
		q->n.given_up++;
		q->n.given_up_bytes += SL_GET(SL_TXD_PAYLEN, q->ring[idx].read.olinfo);
	}
}

/* The queue is off: release frames, ring and head write-back from the NIC. */
static void
tx_release(struct sl_tx_queue *q)
{
	unsigned int left = tx_outstanding(q);
	unsigned int idx = q->next_to_clean;

	for (; left > 0; left--) {
		const struct rte_mbuf *m = q->sw_ring[idx];

		if (m != NULL)
			/*
			 * F2: the NIC gives the data back before the mbuf's next owner writes to
			 * it.
			 */
			sl_release(q->sync, q->sync->mode, rte_pktmbuf_mtod(m, const void *),
				m->data_len);
		idx = idx + 1 == q->nb_desc ? 0 : idx + 1;
	}
	/* F2: the NIC gives the descriptors back before they are filled again. */
	sl_release(q->sync, q->sync->mode, (const void *)(uintptr_t)q->ring,
		q->nb_desc * SL_DESC_SIZE);
	/*
	 * R2: the CPU's copy is updated with the NIC's last report, so that clearing it changes it.
	 */
	sl_update(q->sync, q->sync->mode, (const void *)(uintptr_t)q->head_wb, q->head_mem.len);
	/* F2: the NIC gives the word back before the CPU clears it. */
	sl_release(q->sync, q->sync->mode, (const void *)(uintptr_t)q->head_wb, q->head_mem.len);
}

void
sl_tx_queue_drain(struct sl_tx_queue *q)
{
	tx_release(q);
	sl_rare_free_stopped(q);
	/*
	 * A stopped queue has no free descriptors, so a burst sends no frame. All descriptors count
	 * as outstanding and mixed, so that a burst calls sl_rare_free_each(), which finds that the
	 * queue is off.
	 */
	memset(q->sw_ring, 0, q->nb_desc * sizeof(q->sw_ring[0]));
	q->next_to_clean = 0;
	q->next_to_use = 0;
	q->nb_free = 0;
	q->mixed = q->nb_desc - 1;
	q->nb_done = 0;
	/* After a reset the NIC holds no context of the queue. */
	q->ctx_key[0] = 0;
	q->ctx_key[1] = 0;
	q->ctx_next = 0;
	q->memo = (struct sl_tx_memo){0};
	*q->head_wb = 0;
	/* R1: the line is clean before the NIC writes its head there. */
	sl_prepare(
		q->sync, q->sync->mode, (const void *)(uintptr_t)q->head_wb, sizeof(*q->head_wb));
	/* T2: the word is in memory before the queue is enabled again. */
	sl_doorbell_barrier(q->sync, q->sync->mode);
}

int
sl_tx_done_cleanup(void *txq, uint32_t free_cnt)
{
	struct sl_tx_queue *q = txq;
	unsigned int idx, done, n, packets = 0;
	uint64_t bad = 0;

	/* ethdev also makes this call for queues that are not set up. */
	if (q == NULL)
		return -EINVAL;
	idx = q->next_to_clean;
	done = tx_done(q, q->sync->mode, &bad);
	if (bad != 0) {
		q->n.bad_head++;
		sl_bad_value(q->port, "tx", q->queue_id, "bad_head");
	}
	if (free_cnt == 0)
		free_cnt = UINT32_MAX;
	for (n = 0; n < done && packets < free_cnt; n++) {
		if (q->sw_ring[idx] != NULL && (q->ring[idx].read.cmd & SL_TXD_DCMD_EOP) != 0)
			packets++;
		idx = idx + 1 == q->nb_desc ? 0 : idx + 1;
	}
	if (!sl_rare_free_each(q, n))
		return 0;
	q->nb_done = (uint16_t)(done - n);
	return (int)packets;
}

/* IP protocol number of the L4 checksum that the flags request; 0: none. */
static uint8_t
tx_l4_proto(const struct rte_mbuf *m)
{
	switch (m->ol_flags & RTE_MBUF_F_TX_L4_MASK) {
	case RTE_MBUF_F_TX_TCP_CKSUM:
		return IPPROTO_TCP;
	case RTE_MBUF_F_TX_UDP_CKSUM:
		return IPPROTO_UDP;
	default:
		return 0;
	}
}

/* True if all bytes from @off on are zero. */
static bool
tx_is_zero_from(const struct rte_mbuf *m, uint32_t off)
{
	uint32_t i;

	for (; m != NULL; m = m->next) {
		for (i = off; i < m->data_len; i++) {
			if (*rte_pktmbuf_mtod_offset(m, const uint8_t *, i) != 0)
				return false;
		}
		off = off > m->data_len ? off - m->data_len : 0;
	}
	return true;
}

/*
 * Check the @len bytes of datagram after the IP header, and the bytes after the datagram. The NIC
 * sums up to the frame's end, so these must be zero (as the padding of a forwarded frame is). A
 * receiver sums the number of bytes in UDP's length field.
 */
static int
tx_l4_check(const struct rte_mbuf *m, uint8_t l4, uint32_t len)
{
	const uint32_t off = m->l2_len + m->l3_len;
	const struct rte_udp_hdr *udp = rte_pktmbuf_mtod_offset(m, const struct rte_udp_hdr *, off);

	if (off + len > m->pkt_len || off + len < tx_headers(m))
		return -EINVAL;
	if (l4 == IPPROTO_UDP && rte_be_to_cpu_16(udp->dgram_len) != len)
		return -EINVAL;
	return off + len < m->pkt_len && !tx_is_zero_from(m, off + len) ? -ENOTSUP : 0;
}

/* Check that the bytes are an IPv4 header as the flags and lengths describe it. */
static int
tx_ipv4_check(const struct rte_mbuf *m, uint8_t l4)
{
	const struct rte_ipv4_hdr *ip =
		rte_pktmbuf_mtod_offset(m, const struct rte_ipv4_hdr *, m->l2_len);
	const uint16_t part = RTE_IPV4_HDR_MF_FLAG | RTE_IPV4_HDR_OFFSET_MASK;

	if (m->l3_len < sizeof(*ip) || m->l3_len % RTE_IPV4_IHL_MULTIPLIER != 0 ||
		ip->version_ihl !=
			RTE_IPV4_VHL_DEF - RTE_IPV4_MIN_IHL + m->l3_len / RTE_IPV4_IHL_MULTIPLIER)
		return -EINVAL;
	if (l4 == 0)
		return 0;
	if (rte_be_to_cpu_16(ip->total_length) < m->l3_len)
		return -EINVAL;
	/* A fragment's checksum covers the whole datagram, which is not in this frame. */
	if (ip->next_proto_id != l4 || (ip->fragment_offset & rte_cpu_to_be_16(part)) != 0)
		return -EINVAL;
	return tx_l4_check(m, l4, rte_be_to_cpu_16(ip->total_length) - m->l3_len);
}

/*
 * True if an options header has a home address, which replaces the source address in the checksum.
 */
static bool
tx_has_home(const uint8_t *at, unsigned int len)
{
	unsigned int i = 2;

	while (i + 1 < len) {
		if (at[i] == TX_OPTION_HOME)
			return true;
		i += at[i] == TX_OPTION_PAD1 ? 1u : 2u + at[i + 1];
	}
	return false;
}

/*
 * Check the extension headers after an IPv6 header: they must lead to @l4. Headers that change the
 * pseudo-header are refused, as are fragments. @return their length in bytes, or negative errno.
 */
static int
tx_ipv6_check(const struct rte_mbuf *m, uint8_t l4)
{
	const struct rte_ipv6_hdr *ip =
		rte_pktmbuf_mtod_offset(m, const struct rte_ipv6_hdr *, m->l2_len);
	const uint8_t *at = (const uint8_t *)(ip + 1), *end = (const uint8_t *)ip + m->l3_len;
	const uint32_t payload = rte_be_to_cpu_16(ip->payload_len);
	uint8_t next = ip->proto;
	int ret;

	if (m->l3_len < sizeof(*ip) || (rte_be_to_cpu_32(ip->vtc_flow) >> 28) != 6)
		return -EINVAL;
	while (at + 8 <= end) {
		const unsigned int len = 8u * (at[1] + 1u);

		/* A routing header replaces the destination address in the checksum. */
		if (next != IPPROTO_HOPOPTS && next != IPPROTO_DSTOPTS)
			return -ENOTSUP;
		if (at + len > end)
			return -EINVAL;
		if (tx_has_home(at, len))
			return -ENOTSUP;
		next = at[0];
		at += len;
	}
	if (at != end || next != l4 || payload < m->l3_len - sizeof(*ip))
		return -EINVAL;
	ret = tx_l4_check(m, l4, payload - (m->l3_len - sizeof(*ip)));
	return ret != 0 ? ret : (int)(m->l3_len - sizeof(*ip));
}

/*
 * Prepare headers for the NIC's checksums, which start from the sum of the pseudo-header. DPDK's
 * function trusts the lengths in the mbuf, and uses an IPv6 header's length and next header as
 * those of the upper layer, so they are checked here first.
 */
static int
tx_prepare_sums(struct rte_mbuf *m)
{
	const uint8_t l4 = tx_l4_proto(m);
	struct rte_ipv6_hdr upper;
	char *sum;
	int ret;

	if (!tx_wants_sums(m))
		return 0;
	if (tx_headers(m) > m->data_len)
		return -ENOTSUP;
	if ((m->ol_flags & (RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM)) != 0)
		ret = tx_ipv4_check(m, l4);
	else
		ret = tx_ipv6_check(m, l4);
	if (ret < 0)
		return ret;
	if (ret == 0)
		return rte_net_intel_cksum_prepare(m);
	upper = *rte_pktmbuf_mtod_offset(m, const struct rte_ipv6_hdr *, m->l2_len);
	upper.proto = l4;
	upper.payload_len = rte_cpu_to_be_16(rte_be_to_cpu_16(upper.payload_len) - ret);
	sum = rte_pktmbuf_mtod_offset(m, char *, m->l2_len + m->l3_len);
	sum += l4 == IPPROTO_TCP ? offsetof(struct rte_tcp_hdr, cksum) :
				   offsetof(struct rte_udp_hdr, dgram_cksum);
	*(unaligned_uint16_t *)sum = rte_ipv6_phdr_cksum(&upper, 0);
	return 0;
}

uint16_t
sl_tx_prepare_for(const struct sl_tx_queue *q, const struct sl_burst_path *path,
	const struct sl_hw *hw, struct rte_mbuf **pkts, uint16_t n)
{
	const bool offload = sl_burst_can(path, SL_CAN_OFFLOAD);
	const uint32_t span = hw->format->tx_span;
	uint16_t i;
	int ret;

	for (i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];
		uint64_t strange;

		if (!tx_frame_ok(q, m, &strange, true, span) || m->nb_segs + 1u > q->nb_desc - 1u) {
			rte_errno = EINVAL;
			break;
		}
		/* If the offload is not configured, the burst would send the frame without it. */
		if (!tx_offload_ok(m) || (!offload && (m->ol_flags & TX_CTX_FLAGS) != 0)) {
			rte_errno = ENOTSUP;
			break;
		}
		if (strange != 0 && !tx_in_window(q, m)) {
			rte_errno = EFAULT;
			break;
		}
		ret = tx_prepare_sums(m);
		if (ret != 0) {
			rte_errno = -ret;
			break;
		}
	}
	return i;
}

uint16_t
sl_tx_prepare(void *txq, struct rte_mbuf **pkts, uint16_t n)
{
	const struct sl_tx_queue *q = txq;

	return sl_tx_prepare_for(q, q->port->tx_path, q->port->hw, pkts, n);
}

void
sl_tx_prepare_each(const struct sl_tx_queue *q, const struct sl_burst_path *path,
	const struct sl_hw *hw, struct rte_mbuf **pkts, uint16_t n)
{
	const int error = rte_errno;
	unsigned int i;

	for (i = 0; i < n; i++)
		i += sl_tx_prepare_for(q, path, hw, &pkts[i], (uint16_t)(n - i));
	/* A burst reports errors by counters alone. */
	rte_errno = error;
}

uint16_t
sl_tx_burst_prepared(void *txq, struct rte_mbuf **pkts, uint16_t n)
{
	const struct sl_tx_queue *q = txq;
	const struct sl_burst_path *path = q->port->tx_path;

	sl_tx_prepare_each(q, path, q->port->hw, pkts, n);
	return path->burst(txq, pkts, n);
}

/* --- paths --- */

#define TX_WIDTH_ROWS(isa, label, bits, ...) SL_TX_PATHS(SL_TX_PATH_ROW, isa, label, bits)

/* clang-format off */
const struct sl_burst_path sl_tx_paths[] = {
	SL_WIDTHS(TX_WIDTH_ROWS)
};
/* clang-format on */
const unsigned int sl_tx_path_count = RTE_DIM(sl_tx_paths);

int
sl_tx_queue_count(void *txq)
{
	const struct sl_tx_queue *q = txq;

	/* A stopped queue has no outstanding descriptors, although none is free. */
	return q->started ? (int)(tx_outstanding(q) - tx_done(q, q->sync->mode, NULL)) : 0;
}

int
sl_tx_descriptor_status(void *txq, uint16_t offset)
{
	const struct sl_tx_queue *q = txq;
	const unsigned int outstanding = tx_outstanding(q);
	unsigned int from_clean;

	if (offset >= q->nb_desc)
		return -EINVAL;
	/* @offset counts from next_to_use; the outstanding descriptors end there. */
	if (offset == q->nb_free)
		return RTE_ETH_TX_DESC_UNAVAIL;
	if (offset < q->nb_free)
		return RTE_ETH_TX_DESC_DONE;
	from_clean = offset - (q->nb_desc - outstanding);
	return from_clean < tx_done(q, q->sync->mode, NULL) ? RTE_ETH_TX_DESC_DONE :
							      RTE_ETH_TX_DESC_FULL;
}
