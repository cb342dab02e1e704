/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 *
 * Statistics: the NIC's read-clear counters summed up, what the queues
 * counted, and the software NIC's own figures.
 */
#include <stdarg.h>

#include "sl_check.h"
#include "sl_port.h"
#include "sl_soft.h"

#define MAX_WIRE_COUNTERS 64u

/** A hardware counter that users see. */
struct hw_stat {
	const char *name;
	enum sl_reg reg;
};

static const struct hw_stat hw_stats[] = {
	{"rx_crc_errors", SL_CRCERRS},
	{"rx_align_errors", SL_ALGNERRC},
	{"rx_symbol_errors", SL_SYMERRS},
	{"rx_phy_errors", SL_RXERRC},
	{"rx_missed_packets", SL_MPC},
	{"rx_no_buffer_packets", SL_RNBC},
	{"rx_range_errors", SL_RLEC},
	{"rx_length_errors", SL_LENERRS},
	{"rx_undersize_errors", SL_RUC},
	{"rx_fragment_errors", SL_RFC},
	{"rx_oversize_errors", SL_ROC},
	{"rx_jabber_errors", SL_RJC},
	{"rx_code_violations", SL_SCVPC},
	{"rx_xon_packets", SL_XONRXC},
	{"rx_xoff_packets", SL_XOFFRXC},
	{"rx_unknown_flow_control_packets", SL_FCRUC},
	{"rx_mac_good_packets", SL_GPRC},
	{"rx_mac_good_bytes", SL_GORCL},
	{"rx_total_packets", SL_TPR},
	{"rx_total_bytes", SL_TORL},
	{"rx_broadcast_packets", SL_BPRC},
	{"rx_multicast_packets", SL_MPRC},
	{"rx_management_packets", SL_MGTPRC},
	{"rx_management_dropped", SL_MGTPDC},
	{"rx_host_packets", SL_RPTHC},
	{"rx_host_bytes", SL_HGORCL},
	{"rx_low_descriptor_events", SL_RXDMTC},
	{"rx_size_64_packets", SL_PRC64},
	{"rx_size_65_to_127_packets", SL_PRC127},
	{"rx_size_128_to_255_packets", SL_PRC255},
	{"rx_size_256_to_511_packets", SL_PRC511},
	{"rx_size_512_to_1023_packets", SL_PRC1023},
	{"rx_size_1024_to_max_packets", SL_PRC1522},
	{"tx_mac_good_packets", SL_GPTC},
	{"tx_mac_good_bytes", SL_GOTCL},
	{"tx_total_packets", SL_TPT},
	{"tx_total_bytes", SL_TOTL},
	{"tx_broadcast_packets", SL_BPTC},
	{"tx_multicast_packets", SL_MPTC},
	{"tx_management_packets", SL_MGTPTC},
	{"tx_host_packets", SL_HGPTC},
	{"tx_host_bytes", SL_HGOTCL},
	{"tx_tso_packets", SL_TSCTC},
	{"tx_size_64_packets", SL_PTC64},
	{"tx_size_65_to_127_packets", SL_PTC127},
	{"tx_size_128_to_255_packets", SL_PTC255},
	{"tx_size_256_to_511_packets", SL_PTC511},
	{"tx_size_512_to_1023_packets", SL_PTC1023},
	{"tx_size_1024_to_max_packets", SL_PTC1522},
	{"tx_single_collisions", SL_SCC},
	{"tx_multiple_collisions", SL_MCC},
	{"tx_excessive_collisions", SL_ECOL},
	{"tx_late_collisions", SL_LATECOL},
	{"tx_total_collisions", SL_COLC},
	{"tx_deferred_packets", SL_DC},
	{"tx_no_carrier_packets", SL_TNCRS},
	{"tx_mac_discards", SL_HTDPMC},
	{"tx_xon_packets", SL_XONTXC},
	{"tx_xoff_packets", SL_XOFFTXC},
	{"interrupts", SL_IAC},
};

/* Counters of two words: reading the high one clears both, so the low one is read first. */
static const struct {
	enum sl_reg low, high;
} wide_regs[] = {
	{SL_GORCL, SL_GORCH},
	{SL_GOTCL, SL_GOTCH},
	{SL_TORL, SL_TORH},
	{SL_TOTL, SL_TOTH},
	{SL_HGORCL, SL_HGORCH},
	{SL_HGOTCL, SL_HGOTCH},
};

/* High word that goes with a low one, or SL_REG_COUNT. */
static enum sl_reg
high_word(enum sl_reg low)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(wide_regs); i++) {
		if (wide_regs[i].low == low)
			return wide_regs[i].high;
	}
	return SL_REG_COUNT;
}

/* A device that goes away gives all ones: nothing of that may reach a total. */
static bool
add_reg(struct sl_port *port, uint32_t off, uint64_t *total, unsigned int shift)
{
	uint32_t v = sl_bus_read(&port->bus, off);

	if (v == SL_REG_GONE && SL_RD(&port->bus, STATUS, 0) == SL_REG_GONE)
		return false;
	*total += (uint64_t)v << shift;
	return true;
}

void
sl_stats_collect(struct sl_port *port)
{
	bool ok = !port->removed;
	unsigned int i;

	rte_spinlock_lock(&port->stats_lock);
	for (i = 0; i < RTE_DIM(hw_stats) && ok; i++) {
		enum sl_reg reg = hw_stats[i].reg, high = high_word(reg);

		ok = add_reg(port, sl_reg_table[reg].offset, &port->hw.value[reg], 0);
		if (ok && high != SL_REG_COUNT)
			ok = add_reg(port, sl_reg_table[high].offset, &port->hw.value[reg], 32);
	}
	for (i = 0; i < SL_NIC_QUEUES && ok; i++)
		ok = add_reg(port, SL_OFF(RQDPC, i), &port->rx_dropped[i], 0);
	rte_spinlock_unlock(&port->stats_lock);
}

uint64_t
sl_stats_total(struct sl_port *port, enum sl_reg reg, unsigned int i)
{
	uint64_t total;

	rte_spinlock_lock(&port->stats_lock);
	total = reg == SL_RQDPC ? port->rx_dropped[i] : port->hw.value[reg];
	rte_spinlock_unlock(&port->stats_lock);
	return total;
}

/* Counters of one kind are all uint64_t: sums and differences go field by field. */
_Static_assert(sizeof(struct sl_rx_counters) % sizeof(uint64_t) == 0, "a struct of uint64_t");
_Static_assert(sizeof(struct sl_tx_counters) % sizeof(uint64_t) == 0, "a struct of uint64_t");

/*
 * sum += now - base, for structs of uint64_t. The datapath thread may be counting: whole words.
 * With the port's stats_lock held, which guards the others.
 */
static void
add_counters(void *sum, const void *now, const void *base, size_t len)
{
	const uint64_t *n = now, *b = base;
	uint64_t *s = sum;
	size_t i;

	for (i = 0; i < len / sizeof(uint64_t); i++)
		s[i] += __atomic_load_n(&n[i], __ATOMIC_RELAXED) - b[i];
}

void
sl_stats_keep_rx(const struct sl_rx_queue *q)
{
	struct sl_port *port = q->port;

	rte_spinlock_lock(&port->stats_lock);
	add_counters(&port->rx_gone, &q->n, &port->rx_base[q->queue_id], sizeof(q->n));
	memset(&port->rx_base[q->queue_id], 0, sizeof(q->n));
	rte_spinlock_unlock(&port->stats_lock);
}

void
sl_stats_keep_tx(const struct sl_tx_queue *q)
{
	struct sl_port *port = q->port;

	rte_spinlock_lock(&port->stats_lock);
	add_counters(&port->tx_gone, &q->n, &port->tx_base[q->queue_id], sizeof(q->n));
	memset(&port->tx_base[q->queue_id], 0, sizeof(q->n));
	rte_spinlock_unlock(&port->stats_lock);
}

/* What queue @p i counted since the last reset; zero for a queue that is not set up. */
static struct sl_rx_counters
rx_counters(const struct rte_eth_dev *eth, unsigned int i)
{
	const struct sl_rx_queue *q = eth->data->rx_queues[i];
	struct sl_rx_counters c = {0};

	if (q != NULL)
		add_counters(&c, &q->n, &sl_port_of(eth)->rx_base[i], sizeof(c));
	return c;
}

static struct sl_tx_counters
tx_counters(const struct rte_eth_dev *eth, unsigned int i)
{
	const struct sl_tx_queue *q = eth->data->tx_queues[i];
	struct sl_tx_counters c = {0};

	if (q != NULL)
		add_counters(&c, &q->n, &sl_port_of(eth)->tx_base[i], sizeof(c));
	return c;
}

static uint64_t
rx_errors(const struct sl_rx_counters *c)
{
	return c->errors + c->bad_length + c->bad_chain + c->unexpected_seg;
}

static uint64_t
tx_errors(const struct sl_tx_counters *c)
{
	return c->errors + c->unmapped + c->given_up;
}

static void
add_rx(struct rte_eth_stats *stats, const struct sl_rx_counters *c)
{
	stats->ipackets += c->packets;
	stats->ibytes += c->bytes;
	stats->ierrors += rx_errors(c);
	stats->rx_nombuf += c->no_mbuf;
	stats->imissed += c->given_up;
}

static void
add_tx(struct rte_eth_stats *stats, const struct sl_tx_counters *c)
{
	stats->opackets += c->packets - c->given_up;
	stats->obytes += c->bytes - c->given_up_bytes;
	stats->oerrors += tx_errors(c);
}

/*
 * Each bad frame once. A wrong CRC: CRCERRS has those of 64 bytes and more, of which RJC
 * has the long ones again; RFC the short ones. A good CRC: RUC the short ones, ROC the
 * long ones, and RLEC both again. 8.18.1, 8.18.14, 8.18.33 to 8.18.36.
 */
static uint64_t
hw_rx_errors(const uint64_t *hw)
{
	return hw[SL_CRCERRS] + hw[SL_RFC] + hw[SL_RUC] + hw[SL_ROC] + hw[SL_ALGNERRC] +
		hw[SL_RXERRC];
}

int
sl_stats_get(struct rte_eth_dev *eth, struct rte_eth_stats *stats, struct sl_queue_stats *queues)
{
	struct sl_port *port = sl_port_of(eth);
	const uint64_t *hw = port->hw.value;
	unsigned int i;

	if (!sl_nic_alive(port))
		return -EIO;
	sl_stats_collect(port);
	/* Telemetry asks too, on a thread of its own, and a reset changes bases. */
	rte_spinlock_lock(&port->stats_lock);
	stats->imissed = hw[SL_MPC];
	stats->ierrors = hw_rx_errors(hw);
	/* ECOL is part of it; late collisions are sent again (TCTL.RTLC): 8.18.7, 8.18.9, 8.18.13.
	 */
	stats->oerrors = hw[SL_HTDPMC];
	stats->rx_nombuf = 0;
	for (i = 0; i < SL_NIC_QUEUES; i++)
		stats->imissed += port->rx_dropped[i];
	add_rx(stats, &port->rx_gone);
	add_tx(stats, &port->tx_gone);
	for (i = 0; i < eth->data->nb_rx_queues; i++) {
		struct sl_rx_counters c = rx_counters(eth, i);

		add_rx(stats, &c);
		if (queues == NULL)
			continue;
		queues->q_ipackets[i] = c.packets;
		queues->q_ibytes[i] = c.bytes;
		queues->q_errors[i] = rx_errors(&c) + c.given_up + port->rx_dropped[i];
	}
	for (i = 0; i < eth->data->nb_tx_queues; i++) {
		struct sl_tx_counters c = tx_counters(eth, i);

		add_tx(stats, &c);
		if (queues == NULL)
			continue;
		queues->q_opackets[i] = c.packets - c.given_up;
		queues->q_obytes[i] = c.bytes - c.given_up_bytes;
	}
	rte_spinlock_unlock(&port->stats_lock);
	return 0;
}
_Static_assert(
	SL_NIC_QUEUES <= RTE_ETHDEV_QUEUE_STAT_CNTRS, "q_ipackets has a place for each queue");

/* The software NIC's figures that only grow; in this order in soft_base too. */
static const struct {
	const char *name;
	size_t offset;
} soft_stats[] = {
	{"soft_rx_frames", offsetof(struct sl_softnic_stats, rx_frames)},
	{"soft_rx_bytes", offsetof(struct sl_softnic_stats, rx_bytes)},
	{"soft_tx_frames", offsetof(struct sl_softnic_stats, tx_frames)},
	{"soft_tx_bytes", offsetof(struct sl_softnic_stats, tx_bytes)},
	{"soft_rx_no_desc", offsetof(struct sl_softnic_stats, rx_no_desc)},
	{"soft_rx_filtered", offsetof(struct sl_softnic_stats, rx_filtered)},
	{"soft_dma_faults", offsetof(struct sl_softnic_stats, dma_faults)},
	{"soft_bad_descriptors", offsetof(struct sl_softnic_stats, bad_desc)},
	{"soft_steps", offsetof(struct sl_softnic_stats, steps)},
};
_Static_assert(RTE_DIM(soft_stats) <= SL_SOFT_STATS, "sl_port has a base for each");

static uint64_t
soft_stat(const struct sl_softnic_stats *s, unsigned int i)
{
	return *(const uint64_t *)((const uint8_t *)s + soft_stats[i].offset);
}

static const char *const check_names[] = {
	"check_findings",
	"check_syncs",
	"check_device_accesses",
	"check_evictions",
	"check_refills",
};
_Static_assert(RTE_DIM(check_names) == SL_CHECK_STATS, "sl_port has a base for each");

static void
check_figures(const struct sl_port *port, uint64_t now[SL_CHECK_STATS])
{
	struct sl_check_stats c;

	sl_check_stats(port->check, &c);
	now[0] = c.found;
	now[1] = c.syncs;
	now[2] = c.accesses;
	now[3] = c.evictions;
	now[4] = c.refills;
}

int
sl_stats_reset(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);
	struct sl_softnic *nic = sl_soft_nic(port);
	unsigned int i;

	if (!sl_nic_alive(port))
		return -EIO;
	sl_stats_collect(port); /* empties the NIC's own */
	rte_spinlock_lock(&port->stats_lock);
	memset(&port->hw, 0, sizeof(port->hw));
	memset(port->rx_dropped, 0, sizeof(port->rx_dropped));
	__atomic_store_n(&port->bad.resets, 0, __ATOMIC_RELAXED);
	memset(&port->rx_gone, 0, sizeof(port->rx_gone));
	memset(&port->tx_gone, 0, sizeof(port->tx_gone));
	for (i = 0; i < eth->data->nb_rx_queues; i++) {
		struct sl_rx_counters c = rx_counters(eth, i), zero = {0};

		add_counters(&port->rx_base[i], &c, &zero, sizeof(c));
	}
	for (i = 0; i < eth->data->nb_tx_queues; i++) {
		struct sl_tx_counters c = tx_counters(eth, i), zero = {0};

		add_counters(&port->tx_base[i], &c, &zero, sizeof(c));
	}
	if (nic != NULL) {
		struct sl_softnic_stats s;

		sl_softnic_stats(nic, &s);
		for (i = 0; i < RTE_DIM(soft_stats); i++)
			port->soft_base[i] = soft_stat(&s, i);
	}
	if (port->check != NULL)
		check_figures(port, port->check_base);
	rte_spinlock_unlock(&port->stats_lock);
	return 0;
}

int
sl_xstats_reset(struct rte_eth_dev *eth)
{
	return sl_stats_reset(eth);
}

/** Where one walk over all xstats leaves names or values: both come from the same walk. */
struct sink {
	struct rte_eth_xstat *values;	  /**< NULL: not wanted */
	struct rte_eth_xstat_name *names; /**< NULL: not wanted */
	unsigned int max, count;
};

static void __rte_format_printf(3, 4) emit(struct sink *s, uint64_t value, const char *fmt, ...)
{
	unsigned int i = s->count++;
	va_list ap;

	if (i >= s->max)
		return;
	if (s->values != NULL) {
		s->values[i].id = i;
		s->values[i].value = value;
	}
	if (s->names != NULL) {
		va_start(ap, fmt);
		vsnprintf(s->names[i].name, sizeof(s->names[i].name), fmt, ap);
		va_end(ap);
	}
}

static void
emit_queues(const struct rte_eth_dev *eth, struct sink *s)
{
	const struct sl_port *port = sl_port_of(eth);
	unsigned int i;

	for (i = 0; i < eth->data->nb_rx_queues; i++) {
		struct sl_rx_counters c = rx_counters(eth, i);

		emit(s, c.bad_length, "rx_q%u_bad_length", i);
		emit(s, c.bad_chain, "rx_q%u_bad_chain", i);
		emit(s, c.unexpected_seg, "rx_q%u_unexpected_seg", i);
		emit(s, c.errors, "rx_q%u_frame_errors", i);
		emit(s, c.no_mbuf, "rx_q%u_no_mbuf", i);
		emit(s, c.stalls, "rx_q%u_stalls", i);
		emit(s, c.given_up, "rx_q%u_given_up", i);
		emit(s, port->rx_dropped[i], "rx_q%u_dropped", i);
	}
	for (i = 0; i < eth->data->nb_tx_queues; i++) {
		struct sl_tx_counters c = tx_counters(eth, i);

		emit(s, c.errors, "tx_q%u_refused", i);
		emit(s, c.unmapped, "tx_q%u_unmapped", i);
		emit(s, c.bad_head, "tx_q%u_bad_head", i);
		emit(s, c.ring_full, "tx_q%u_ring_full", i);
		emit(s, c.stalls, "tx_q%u_stalls", i);
		emit(s, c.given_up, "tx_q%u_given_up", i);
	}
}

static void
emit_soft(const struct sl_port *port, struct sink *s)
{
	struct sl_wire_counter counters[MAX_WIRE_COUNTERS];
	struct sl_softnic *nic = sl_soft_nic(port);
	struct sl_softnic_stats stats;
	struct sl_wire *wire;
	unsigned int i, n;

	if (nic == NULL)
		return;
	sl_softnic_stats(nic, &stats);
	for (i = 0; i < RTE_DIM(soft_stats); i++)
		emit(s, soft_stat(&stats, i) - port->soft_base[i], "%s", soft_stats[i].name);
	emit(s, stats.dma_outstanding, "soft_dma_outstanding");
	wire = sl_softnic_wire(nic);
	if (wire == NULL || wire->ops->counters == NULL)
		return;
	n = wire->ops->counters(wire, counters, RTE_DIM(counters));
	for (i = 0; i < RTE_MIN(n, RTE_DIM(counters)); i++)
		emit(s, counters[i].value, "wire_%s", counters[i].name);
}

/* What the checker found and how much it looked at; in this order in check_base too. */
static void
emit_check(const struct sl_port *port, struct sink *s)
{
	uint64_t now[SL_CHECK_STATS];
	unsigned int i;

	if (port->check == NULL)
		return;
	check_figures(port, now);
	for (i = 0; i < SL_CHECK_STATS; i++)
		emit(s, now[i] - port->check_base[i], "%s", check_names[i]);
}

static int
walk(struct rte_eth_dev *eth, struct sink *s)
{
	struct sl_port *port = sl_port_of(eth);
	struct sl_shm_stats shm;
	struct sl_kept kept;
	unsigned int i;

	sl_shm_stats(port->adapter, &shm);
	emit(s, shm.window_bytes, "dma_window_bytes");
	emit(s, shm.window_maps, "dma_window_maps");
	emit(s, __atomic_load_n(&port->bad.resets, __ATOMIC_RELAXED), "bad_value_resets");
	kept = sl_kept_count(port);
	emit(s, kept.rx_mbufs, "rx_mbufs_kept");
	emit(s, kept.tx_mbufs, "tx_mbufs_kept");
	emit(s, __atomic_load_n(&port->window.bytes_kept, __ATOMIC_RELAXED), "pool_bytes_kept");
	/* As in sl_stats_get(). */
	rte_spinlock_lock(&port->stats_lock);
	for (i = 0; i < RTE_DIM(hw_stats); i++)
		emit(s, port->hw.value[hw_stats[i].reg], "%s", hw_stats[i].name);
	emit_queues(eth, s);
	emit_soft(port, s);
	emit_check(port, s);
	rte_spinlock_unlock(&port->stats_lock);
	return (int)s->count;
}

int
sl_xstats_get(struct rte_eth_dev *eth, struct rte_eth_xstat *xstats, unsigned int n)
{
	struct sink s = {.values = xstats, .max = xstats == NULL ? 0 : n};

	if (!sl_nic_alive(sl_port_of(eth)))
		return -EIO;
	sl_stats_collect(sl_port_of(eth));
	return walk(eth, &s);
}

int
sl_xstats_get_names(struct rte_eth_dev *eth, struct rte_eth_xstat_name *names, unsigned int n)
{
	struct sink s = {.names = names, .max = names == NULL ? 0 : n};

	return walk(eth, &s);
}
