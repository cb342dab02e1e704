/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * What each row of the driver's path tables costs in instructions. Frames go
 * round through the driver and a software NIC in a loop, which is stepped
 * between the bursts. One direction goes through the row, and is counted by
 * the program around this one (apps/common/counted.h); the other through
 * what the driver chose. Lines of text, tab between their words, in the order of
 * the counts:
 *
 *   env   WHAT  VALUE
 *   case  rx|tx  ROW  CASE  PACKETS
 *   skip  rx|tx  ROW  REASON
 *
 * The first case is "nothing": what counting costs by itself, a burst.
 *
 * usage: paths [prices]    with it: more sizes and bursts, of plain rows alone
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
#include "sl_pmd.h"
#include "sl_port.h"
#include "sl_rx.h"
#include "sl_tx.h"

#define VDEV "net_syncline_soft0"
#define RING 512u
#define POOL 4095u
#define CACHE 256u
#define BURST_MAX 32u
/* Laps of the ring: refills and clean-ups fall into each alike. */
#define WARM_UP_FRAMES (2 * RING)
#define COUNTED_FRAMES (4 * RING)
#define LONG_MTU 4082u /* a frame of 4096 bytes on the wire, less header and FCS: 3 segments */
#define LONG_FRAME (LONG_MTU + RTE_ETHER_HDR_LEN)
#define TX_CSUM (RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | RTE_ETH_TX_OFFLOAD_UDP_CKSUM)

/** What a case needs of a row, and has the port do. */
enum need {
	NEED_NOTHING,
	NEED_OFFLOAD,	/* checksums, and what the descriptor says of a frame */
	NEED_CHAIN,	/* frames of several segments */
	NEED_FAST_FREE, /* of any transmit row: all mbufs are of one pool and not shared */
	NEED_APART,	/* of any transmit row: data apart from the mbufs' headers */
	NEED_IDLE,	/* of any receive row: polls that find nothing */
};

struct count_case {
	const char *name;
	bool rx, tx;
	enum need need;
	uint16_t len; /* without FCS */
	uint16_t burst;
};

static const struct count_case gate_cases[] = {
	{"64 bytes, bursts of 32", true, true, NEED_NOTHING, 60, 32},
	{"64 bytes, bursts of 4", true, true, NEED_NOTHING, 60, 4},
	{"64 bytes, bursts of 1", true, true, NEED_NOTHING, 60, 1},
	{"1518 bytes, bursts of 32", true, true, NEED_NOTHING, 1514, 32},
	{"checksums, 64 bytes, bursts of 32", false, true, NEED_OFFLOAD, 60, 32},
	{"4100 bytes in segments, bursts of 8", true, true, NEED_CHAIN, LONG_FRAME, 8},
	{"fast free, 64 bytes, bursts of 32", false, true, NEED_FAST_FREE, 60, 32},
	{"data apart, 64 bytes, bursts of 32", false, true, NEED_APART, 60, 32},
	{"polls that find nothing", true, false, NEED_IDLE, 60, 32},
};

static const struct count_case price_cases[] = {
	{"64 1", true, true, NEED_NOTHING, 60, 1},
	{"64 8", true, true, NEED_NOTHING, 60, 8},
	{"64 32", true, true, NEED_NOTHING, 60, 32},
	{"256 32", true, true, NEED_NOTHING, 252, 32},
	{"512 32", true, true, NEED_NOTHING, 508, 32},
	{"1024 32", true, true, NEED_NOTHING, 1020, 32},
	{"1518 1", true, true, NEED_NOTHING, 1514, 1},
	{"1518 8", true, true, NEED_NOTHING, 1514, 8},
	{"1518 32", true, true, NEED_NOTHING, 1514, 32},
};

/** A row of either table. */
struct row {
	bool rx;
	const char *name;
	counted_fn burst;
	enum sl_coherency mode;
	bool offload, chain;
};

/** The port that a row is tried on. */
struct stand {
	uint16_t port;
	struct rte_mempool *pool;
	void *rxq, *txq;
};

/* Jump target when a row has an instruction that this processor lacks. */
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
	/* A row that can tell of a frame is told to. */
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

	snprintf(args, sizeof(args), "wire=loop,mode=step,coherency=%s",
		sl_coherency_name(row->mode));
	s->pool = (c->need == NEED_APART ? sl_pktmbuf_pool_create : rte_pktmbuf_pool_create)(
		"paths", POOL, CACHE, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	if (s->pool == NULL || rte_vdev_init(VDEV, args) != 0 ||
		rte_eth_dev_get_port_by_name(VDEV, &s->port) != 0 ||
		rte_eth_dev_configure(s->port, 1, 1, &conf) != 0 ||
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

/* IPv4 and UDP headers, so that a NIC has something to tell of and to sum. */
static void
write_headers(struct rte_mbuf *m, uint16_t len)
{
	struct rte_ether_hdr *eth = rte_pktmbuf_mtod(m, struct rte_ether_hdr *);
	struct rte_ipv4_hdr *ip = (struct rte_ipv4_hdr *)(eth + 1);
	struct rte_udp_hdr *udp = (struct rte_udp_hdr *)(ip + 1);

	eth->ether_type = rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4);
	*ip = (struct rte_ipv4_hdr){.version_ihl = RTE_IPV4_VHL_DEF,
		.time_to_live = 64,
		.next_proto_id = IPPROTO_UDP,
		.total_length = rte_cpu_to_be_16(len - sizeof(*eth)),
		.src_addr = rte_cpu_to_be_32(RTE_IPV4(198, 18, 0, 1)),
		.dst_addr = rte_cpu_to_be_32(RTE_IPV4(198, 19, 0, 1))};
	ip->hdr_checksum = rte_ipv4_cksum(ip);
	*udp = (struct rte_udp_hdr){
		.dgram_len = rte_cpu_to_be_16(len - sizeof(*eth) - sizeof(*ip))};
}

static struct rte_mbuf *
make_frame(struct rte_mempool *pool, uint16_t len)
{
	struct rte_mbuf *head = NULL;

	for (uint16_t left = len; left != 0;) {
		struct rte_mbuf *m = rte_pktmbuf_alloc(pool);
		const uint16_t part = m != NULL ? RTE_MIN(left, rte_pktmbuf_tailroom(m)) : 0;

		if (m == NULL)
			die("no mbuf", NULL);
		memset(rte_pktmbuf_append(m, part), 0, part);
		if (head == NULL)
			head = m;
		else if (rte_pktmbuf_chain(head, m) != 0)
			die("a chain too long", NULL);
		left -= part;
	}
	write_headers(head, len);
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

/* Sent, then received: the frames of a burst each way. */
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

/* Frames once round. Within @counted the row's direction is counted, else not. */
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

/* @return false: it has instructions that are not known here. */
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
run_row(const struct row *row, const struct count_case *cases, size_t n)
{
	/* The checker is an instrument: what it costs is no one's price. */
	if (row->mode == SL_COHERENCY_CHECKED)
		return;
	for (size_t i = 0; i < n; i++) {
		if (!case_fits(row, &cases[i]))
			continue;
		if (!run_case(row, &cases[i])) {
			printf("skip\t%s\t%s\tunknown instruction\n", row->rx ? "rx" : "tx",
				row->name);
			return;
		}
	}
}

static void
run_rows(const struct count_case *cases, size_t n, bool plain)
{
	for (unsigned int i = 0; i < sl_rx_path_count; i++) {
		const struct sl_burst_path *p = &sl_rx_paths[i];
		const struct row row = {true, p->name, p->burst, p->mode,
			sl_burst_can(p, SL_CAN_OFFLOAD), sl_burst_can(p, SL_CAN_SCATTER)};

		if (!plain ||
			(!sl_burst_can(p, SL_CAN_OFFLOAD) && !sl_burst_can(p, SL_CAN_SCATTER)))
			run_row(&row, cases, n);
	}
	for (unsigned int i = 0; i < sl_tx_path_count; i++) {
		const struct sl_burst_path *p = &sl_tx_paths[i];
		const struct row row = {false, p->name, p->burst, p->mode,
			sl_burst_can(p, SL_CAN_OFFLOAD), sl_burst_can(p, SL_CAN_SCATTER)};

		if (!plain || !sl_burst_can(p, SL_CAN_OFFLOAD))
			run_row(&row, cases, n);
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
