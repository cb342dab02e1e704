/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Cost of each row of the driver's path tables in instructions. Frames circulate through the driver
 * and a software NIC in a loop, which is stepped between the bursts. One direction uses the row,
 * and the program that runs this one counts it (apps/common/counted.h). The other direction uses
 * the path that the driver selected. Output: lines of text, words separated by tabs, in the order
 * of the counts:
 *
 *   env   WHAT  VALUE
 *   case  rx|tx  ROW  CASE  PACKETS
 *   skip  rx|tx  ROW  REASON
 *
 * The first case is "nothing": the cost of counting alone, per burst.
 *
 * usage: paths [prices] prices: more sizes and bursts, of plain rows only
 */

#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_bus_vdev.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_ip.h>
#include <rte_udp.h>
#include <rte_version.h>

#include "counted.h"
#include "frame.h"
#include "sl_pmd.h"
#include "sl_port.h"
#include "sl_rx.h"
#include "sl_tx.h"

#define VDEV "net_syncline_soft0"
#define RING 512u
#define POOL 4095u
#define CACHE 256u
#define BURST_MAX 32u
/* Whole laps of the ring, so that each has the same number of refills and clean-ups. */
#define WARM_UP_FRAMES (2 * RING)
#define COUNTED_FRAMES (4 * RING)
#define LONG_MTU 4082u /* a frame of 4100 bytes including header and FCS: 3 segments */
#define LONG_FRAME (LONG_MTU + RTE_ETHER_HDR_LEN)
#define TX_CSUM (RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | RTE_ETH_TX_OFFLOAD_UDP_CKSUM)

/** Features that a case needs of a row, or enables on the port. */
enum need {
	NEED_NOTHING,
	NEED_OFFLOAD,	/* checksums, and reports about a frame in its descriptor */
	NEED_CHAIN,	/* frames of several segments */
	NEED_FAST_FREE, /* for each transmit row: all mbufs are from one pool and not shared */
	NEED_APART,	/* for each transmit row: pinned external buffers */
	NEED_IDLE,	/* for each receive row: polls without frames */
};

struct count_case {
	const char *name;
	bool rx, tx;
	enum need need;
	uint16_t len; /* excluding FCS */
	uint16_t burst;
	bool everywhere; /* counted for each format; else only for the first */
};

/*
 * Formats, with one device each. The code is the same, compiled with other constants. All cases are
 * counted for the first format. For the others, only the common cases and those that depend on the
 * format.
 */
static const struct {
	enum sl_format format;
	const char *device;
} formats[] = {
	{SL_FORMAT_IGB, "82576"},
	{SL_FORMAT_IXGBE, "82599"},
};

static const struct count_case gate_cases[] = {
	{"64 bytes, bursts of 32", true, true, NEED_NOTHING, 60, 32, true},
	{"64 bytes, bursts of 4", true, true, NEED_NOTHING, 60, 4, false},
	{"64 bytes, bursts of 1", true, true, NEED_NOTHING, 60, 1, false},
	{"1518 bytes, bursts of 32", true, true, NEED_NOTHING, 1514, 32, false},
	{"checksums, 64 bytes, bursts of 32", false, true, NEED_OFFLOAD, 60, 32, true},
	{"4100 bytes in segments, bursts of 8", true, true, NEED_CHAIN, LONG_FRAME, 8, false},
	{"fast free, 64 bytes, bursts of 32", false, true, NEED_FAST_FREE, 60, 32, false},
	{"data apart, 64 bytes, bursts of 32", false, true, NEED_APART, 60, 32, false},
	{"polls that find nothing", true, false, NEED_IDLE, 60, 32, false},
};

static const struct count_case price_cases[] = {
	{"64 1", true, true, NEED_NOTHING, 60, 1, false},
	{"64 8", true, true, NEED_NOTHING, 60, 8, false},
	{"64 32", true, true, NEED_NOTHING, 60, 32, false},
	{"256 32", true, true, NEED_NOTHING, 252, 32, false},
	{"512 32", true, true, NEED_NOTHING, 508, 32, false},
	{"1024 32", true, true, NEED_NOTHING, 1020, 32, false},
	{"1518 1", true, true, NEED_NOTHING, 1514, 1, false},
	{"1518 8", true, true, NEED_NOTHING, 1514, 8, false},
	{"1518 32", true, true, NEED_NOTHING, 1514, 32, false},
};

/** A row of either table. */
struct row {
	bool rx;
	const char *name;
	counted_fn burst;
	enum sl_coherency mode;
	bool offload, chain;
	const char *device; /* its descriptors have this format */
};

/** The port for a row. */
struct stand {
	uint16_t port;
	struct rte_mempool *pool;
	void *rxq, *txq;
};

/* Jump target if a row has an instruction that this processor lacks. */
static sigjmp_buf unknown_instruction;

static void
on_sigill(int number)
{
	(void)number;
	siglongjmp(unknown_instruction, 1);
}

static __rte_noreturn void
die(const char *what, const struct row *row)
{
	fprintf(stderr, "paths: %s (%s%s%s)\n", what, row != NULL ? (row->rx ? "rx " : "tx ") : "",
		row != NULL ? row->name : "", rte_errno != 0 ? rte_strerror(rte_errno) : "");
	exit(EXIT_FAILURE);
}

static struct rte_eth_conf
conf_of(const struct row *row, const struct count_case *c)
{
	struct rte_eth_conf conf = {0};

	if (c->need == NEED_CHAIN) {
		conf.rxmode.mtu = LONG_MTU;
		conf.rxmode.offloads |= RTE_ETH_RX_OFFLOAD_SCATTER;
		conf.txmode.offloads |= RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
	}
	if (c->need == NEED_FAST_FREE)
		conf.txmode.offloads |= RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE;
	/* A receive row that can report offloads gets them enabled. */
	if (row->rx && row->offload)
		conf.rxmode.offloads |= RTE_ETH_RX_OFFLOAD_CHECKSUM;
	if (!row->rx && c->need == NEED_OFFLOAD)
		conf.txmode.offloads |= TX_CSUM;
	return conf;
}

static void
stand_open(struct stand *s, const struct row *row, const struct count_case *c)
{
	const struct rte_eth_conf conf = conf_of(row, c);
	char args[96];

	snprintf(args, sizeof(args), "device=%s,wire=loop,mode=step,coherency=%s", row->device,
		sl_coherency_name(row->mode));
	s->pool = (c->need == NEED_APART ? sl_pktmbuf_pool_create : rte_pktmbuf_pool_create)(
		"paths", POOL, CACHE, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	if (s->pool == NULL || rte_vdev_init(VDEV, args) != 0 ||
		rte_eth_dev_get_port_by_name(VDEV, &s->port) != 0 ||
		rte_eth_dev_configure(s->port, 1, 1, &conf) != 0 ||
		/* A receive row without offloads reports no packet types. */
		(!row->offload && rte_eth_dev_set_ptypes(s->port, 0, NULL, 0) != 0) ||
		rte_eth_rx_queue_setup(s->port, 0, RING, 0, NULL, s->pool) != 0 ||
		rte_eth_tx_queue_setup(s->port, 0, RING, 0, NULL) != 0 ||
		rte_eth_promiscuous_enable(s->port) != 0 || rte_eth_dev_start(s->port) != 0)
		die("the port does not start", row);
	s->rxq = rte_eth_devices[s->port].data->rx_queues[0];
	s->txq = rte_eth_devices[s->port].data->tx_queues[0];
}

static void
stand_close(struct stand *s)
{
	rte_eth_dev_stop(s->port);
	rte_eth_dev_close(s->port);
	rte_vdev_uninit(VDEV);
	rte_mempool_free(s->pool);
}

static struct rte_mbuf *
make_frame(struct rte_mempool *pool, uint16_t len)
{
	/* IPv4 and UDP headers, so that the NIC has packet types and checksums to report. */
	const struct frame_spec spec = {.version = 4, .proto = FRAME_UDP, .len = len};
	struct rte_mbuf *head = NULL;
	struct frame_layout l;
	uint8_t *bytes = malloc(len);

	if (bytes == NULL)
		die("no memory", NULL);
	l = frame_build(bytes, &spec);
	/* Without UDP checksum, as in the baseline. */
	frame_put16(bytes + l.l4 + 6, 0);
	for (uint16_t left = len; left != 0;) {
		struct rte_mbuf *m = rte_pktmbuf_alloc(pool);
		const uint16_t part = m != NULL ? RTE_MIN(left, rte_pktmbuf_tailroom(m)) : 0;

		if (m == NULL)
			die("no mbuf", NULL);
		memcpy(rte_pktmbuf_append(m, part), bytes + (len - left), part);
		if (head == NULL)
			head = m;
		else if (rte_pktmbuf_chain(head, m) != 0)
			die("a chain too long", NULL);
		left -= part;
	}
	free(bytes);
	return head;
}

static void
ask_checksums(struct rte_mbuf **pkts, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		pkts[i]->l2_len = sizeof(struct rte_ether_hdr);
		pkts[i]->l3_len = sizeof(struct rte_ipv4_hdr);
		pkts[i]->ol_flags |=
			RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_UDP_CKSUM;
	}
}

/* The frames of a burst are sent, then received. */
static void
step(const struct stand *s, const struct row *row, unsigned int burst)
{
	for (unsigned int moved = 0; moved < 2 * burst;) {
		const int n = sl_pmd_step(s->port, BURST_MAX);

		if (n <= 0)
			die("frames were lost on the way", row);
		moved += (unsigned int)n;
	}
}

/* Pass a burst of frames once through the loop. If @counted, the row's direction is counted. */
static void
turn(const struct stand *s, const struct row *row, const struct count_case *c, bool counted)
{
	struct rte_mbuf *pkts[BURST_MAX];
	uint16_t n;

	step(s, row, c->burst);
	if (!row->rx)
		n = rte_eth_rx_burst(s->port, 0, pkts, c->burst);
	else if (counted)
		n = counted_burst(row->burst, s->rxq, pkts, c->burst);
	else
		n = row->burst(s->rxq, pkts, c->burst);
	if (n != c->burst)
		die("a received burst was cut short", row);
	if (c->need == NEED_OFFLOAD && !row->rx)
		ask_checksums(pkts, n);
	if (row->rx)
		n = rte_eth_tx_burst(s->port, 0, pkts, c->burst);
	else if (counted)
		n = counted_burst(row->burst, s->txq, pkts, c->burst);
	else
		n = row->burst(s->txq, pkts, c->burst);
	if (n != c->burst)
		die("a sent burst was cut short", row);
}

static void
idle_polls(const struct stand *s, const struct row *row, const struct count_case *c)
{
	struct rte_mbuf *pkts[BURST_MAX];

	for (unsigned int i = 0; i < COUNTED_FRAMES; i++) {
		if (counted_burst(row->burst, s->rxq, pkts, c->burst) != 0)
			die("a frame out of nowhere", row);
	}
}

static void
go_round(const struct stand *s, const struct row *row, const struct count_case *c)
{
	struct rte_mbuf *pkts[BURST_MAX];

	for (uint16_t i = 0; i < c->burst; i++)
		pkts[i] = make_frame(s->pool, c->len);
	if (rte_eth_tx_burst(s->port, 0, pkts, c->burst) != c->burst)
		die("the first burst was not taken", row);
	for (unsigned int i = 0; i < WARM_UP_FRAMES / c->burst; i++)
		turn(s, row, c, false);
	for (unsigned int i = 0; i < COUNTED_FRAMES / c->burst; i++)
		turn(s, row, c, true);
}

static bool
case_fits(const struct row *row, const struct count_case *c)
{
	if (!(row->rx ? c->rx : c->tx))
		return false;
	switch (c->need) {
	case NEED_OFFLOAD:
		return row->offload;
	case NEED_CHAIN:
		return row->chain;
	default:
		return true;
	}
}

/* @return false: the row has instructions that this processor lacks. */
static bool
run_case(const struct row *row, const struct count_case *c)
{
	struct stand s;
	volatile bool known = true; /* kept over the jump */

	stand_open(&s, row, c);
	if (sigsetjmp(unknown_instruction, 1) != 0)
		known = false;
	else if (c->need == NEED_IDLE)
		idle_polls(&s, row, c);
	else
		go_round(&s, row, c);
	if (known) {
		counted_end();
		printf("case\t%s\t%s\t%s\t%u\n", row->rx ? "rx" : "tx", row->name, c->name,
			COUNTED_FRAMES);
	}
	stand_close(&s);
	return known;
}

static void
run_row(const struct row *row, const struct count_case *cases, size_t n, bool everywhere)
{
	/* The checker is a debugging tool, so its cost is not measured. */
	if (row->mode == SL_COHERENCY_CHECKED)
		return;
	/* The cost of explicit mode is the same in each format, with or without offloads. */
	if (everywhere && row->mode == SL_COHERENCY_EXPLICIT && row->offload)
		return;
	for (size_t i = 0; i < n; i++) {
		if (!case_fits(row, &cases[i]) || (everywhere && !cases[i].everywhere))
			continue;
		if (!run_case(row, &cases[i])) {
			printf("skip\t%s\t%s\tunknown instruction\n", row->rx ? "rx" : "tx",
				row->name);
			return;
		}
	}
}

/* Run the rows of a table for the i-th format, except those with any capability of @not_can. */
static void
run_table(const struct sl_burst_path *paths, unsigned int n, bool rx, unsigned int i,
	const struct count_case *cases, size_t nb_cases, unsigned int not_can)
{
	for (unsigned int k = 0; k < n; k++) {
		const struct sl_burst_path *p = &paths[k];
		const struct row row = {rx, p->name, p->burst, p->mode,
			sl_burst_can(p, SL_CAN_OFFLOAD), sl_burst_can(p, SL_CAN_SCATTER),
			formats[i].device};

		if (p->format == formats[i].format && (p->can & not_can) == 0)
			run_row(&row, cases, nb_cases, i != 0);
	}
}

/* Prices are measured only for plain rows of the first format. */
static void
run_rows(const struct count_case *cases, size_t n, bool plain)
{
	const unsigned int rx = plain ? SL_CAN_OFFLOAD | SL_CAN_SCATTER : 0;
	const unsigned int tx = plain ? SL_CAN_OFFLOAD : 0;

	for (unsigned int i = 0; i < (plain ? 1 : RTE_DIM(formats)); i++) {
		run_table(sl_rx_paths, sl_rx_path_count, true, i, cases, n, rx);
		run_table(sl_tx_paths, sl_tx_path_count, false, i, cases, n, tx);
	}
}

static void
start_eal(char *program)
{
	static char words[][24] = {"--no-pci", "--no-huge", "--no-shconf", "--no-telemetry",
		"-m128", "-l0", "--log-level=lib.eal:4", "--log-level=pmd.*:4"};
	char *argv[RTE_DIM(words) + 2] = {program};

	for (size_t i = 0; i < RTE_DIM(words); i++)
		argv[i + 1] = words[i];
	if (rte_eal_init((int)RTE_DIM(words) + 1, argv) < 0)
		die("EAL does not start", NULL);
}

int
main(int argc, char **argv)
{
	const struct sigaction sa = {.sa_handler = on_sigill};
	const bool prices = argc > 1 && strcmp(argv[1], "prices") == 0;
	struct rte_mbuf *none = NULL;

	start_eal(argv[0]);
	sigaction(SIGILL, &sa, NULL);
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("env\tcompiler\t%s\nenv\tbuild\t%s\nenv\tdpdk\t%s\n", PATHS_COMPILER, PATHS_BUILD,
		rte_version());
	for (unsigned int i = 0; i < COUNTED_FRAMES; i++)
		counted_burst(counted_nothing, NULL, &none, 0);
	counted_end();
	printf("case\t-\t-\tnothing\t%u\n", COUNTED_FRAMES);
	if (prices)
		run_rows(price_cases, RTE_DIM(price_cases), true);
	else
		run_rows(gate_cases, RTE_DIM(gate_cases), false);
	rte_eal_cleanup();
	return 0;
}
