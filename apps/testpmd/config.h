/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _CONFIG_H_
#define _CONFIG_H_

/**
 * @file
 * The user's options in one struct, parsed and checked before EAL starts.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <rte_config.h>
#include <rte_ether.h>

#include "engine.h"
#include "stream.h"

/** Exit codes of the program. */
enum exit_code {
	EXIT_CODE_OK = 0,
	EXIT_CODE_USAGE = 1, /**< invalid option or command */
	EXIT_CODE_SETUP = 2, /**< failure of EAL, ports or memory */
	EXIT_CODE_LOSS = 3,  /**< --fail-on-loss: frames or mbufs lost, or a port failed */
};

/** Results of config_parse() without an error. */
enum config_action {
	CONFIG_RUN = 0,
	CONFIG_HELP = 1,
	CONFIG_VERSION = 2,
};

/** Size of the longest message of config_parse() in bytes. */
#define CONFIG_WHY_LEN 512

/** The configuration. Strings point into argv. */
struct config {
	uint64_t portmask; /**< one bit per port; 0: all */
	uint16_t rxq, txq; /**< number of queues per port */
	uint16_t rxd, txd; /**< descriptors per queue; 0: 512, or the nearest number that the device
			      allows */
	uint16_t burst;	   /**< frames per burst, 1..BURST_MAX */
	uint16_t tx_retries;
	const struct engine *engine;
	enum topology topology;
	uint32_t nb_cores;    /**< forwarding lcores; 0: all workers that have a stream */
	double duration;      /**< seconds; 0: unlimited */
	double warmup;	      /**< seconds of forwarding before rates are measured */
	double stats_period;  /**< seconds between rate lines; 0: none */
	uint64_t packets;     /**< stop after this number of packets; 0: unlimited */
	uint32_t mbufs;	      /**< mbufs in the pool; 0: as many as the queues need */
	uint32_t mbuf_size;   /**< data room in bytes, including headroom */
	uint32_t mbcache;     /**< mbufs in each lcore's cache */
	bool pool_ordinary;   /**< an ordinary mempool; false: one with pinned external buffers */
	uint32_t mtu;	      /**< 0: the device's MTU */
	uint32_t max_pkt_len; /**< longest frame, including header and FCS; 0: determined by mtu */
	uint64_t rx_offloads, tx_offloads; /**< RTE_ETH_RX_OFFLOAD_*, RTE_ETH_TX_OFFLOAD_* */
	uint64_t rss;			   /**< RTE_ETH_RSS_* */
	uint16_t tx_segs[TX_SEGS_MAX]; /**< bytes of each segment of a frame that txonly makes */
	uint8_t nb_tx_segs;
	bool peer_set[RTE_MAX_ETHPORTS];
	struct rte_ether_addr peer[RTE_MAX_ETHPORTS];
	bool promisc;
	bool interactive;
	bool auto_start;
	bool echo; /**< print the commands of the file as they run */
	bool fail_on_loss;
	uint32_t tx_first; /**< bursts to send before forwarding */
	const char *cmdline_file;
	const char *json;
};

/**
 * Set defaults, parse the options, check them.
 * @param argc,argv the application's arguments, without the program's name
 * @param[out] why after an error: the option, its value and the allowed values
 * @return enum config_action, or -EINVAL
 */
int
config_parse(int argc, char *const *argv, struct config *cfg, char why[CONFIG_WHY_LEN]);

/** Print all options with meaning, default and range. */
void
config_usage(FILE *f);

/**
 * Parse a whole string as a number, decimal or, with 0x, hexadecimal, and check its range. @return
 * 0 or -EINVAL.
 */
int
parse_number(const char *text, uint64_t min, uint64_t max, uint64_t *out);

/** Name of the type of pool, for --pool. */
const char *
config_pool_name(const struct config *cfg);

/** Print the configuration, one option per line. */
void
config_print(const struct config *cfg, FILE *f);

#endif /* _CONFIG_H_ */
