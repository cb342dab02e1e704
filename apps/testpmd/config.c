/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The program's options: one table for the parser and the usage text, and the rules about several
 * options.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <rte_common.h>
#include <rte_ethdev.h>
#include <rte_mempool.h>

#include <sl_number.h>

#include "config.h"

#define FRAME_MAX 16000

/** Kinds of option values. */
enum kind {
	KIND_FLAG,   /**< no value; sets a bool */
	KIND_NOFLAG, /**< no value; clears a bool */
	KIND_U16,
	KIND_U32,
	KIND_U64,
	KIND_SECONDS, /**< may have a fractional part */
	KIND_TEXT,
	KIND_OWN, /**< has its own parser */
};

/**
 * One option: parser, usage text and messages are made from these fields. For KIND_OWN @c allowed
 * describes the values that @c parse accepts.
 */
struct option {
	const char *name;
	const char *alias; /**< NULL: none */
	const char *arg;   /**< name of its value in the usage text; NULL: none */
	const char *help;
	const char *allowed;
	uint64_t min, max;
	size_t offset; /**< offset of the field in struct config */
	enum kind kind;
	bool optional; /**< the value may be left out */
	int (*parse)(struct config *cfg, const char *value);
};

int
parse_number(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
	return sl_number_hex(text, min, max, out) == 0 ? 0 : -EINVAL;
}

/** Call @p fn for each part of a comma-separated list; empty parts are an error. */
static int
each_part(struct config *cfg, const char *value, int (*fn)(struct config *cfg, const char *part))
{
	char part[64];
	const char *p = value;

	for (;;) {
		size_t len = strcspn(p, ",");

		if (len == 0 || len >= sizeof(part))
			return -EINVAL;
		memcpy(part, p, len);
		part[len] = '\0';
		if (fn(cfg, part) != 0)
			return -EINVAL;
		if (p[len] == '\0')
			return 0;
		p += len + 1;
	}
}

static int
add_port_range(struct config *cfg, const char *part)
{
	char first_text[64];
	const char *dash = strchr(part, '-');
	uint64_t first, last;

	if (dash == NULL) {
		if (parse_number(part, 0, RTE_MAX_ETHPORTS - 1, &first) != 0)
			return -EINVAL;
		last = first;
	} else {
		snprintf(first_text, sizeof(first_text), "%.*s", (int)(dash - part), part);
		if (parse_number(first_text, 0, RTE_MAX_ETHPORTS - 1, &first) != 0 ||
			parse_number(dash + 1, first, RTE_MAX_ETHPORTS - 1, &last) != 0)
			return -EINVAL;
	}
	for (uint64_t i = first; i <= last; i++)
		cfg->portmask |= RTE_BIT64(i);
	return 0;
}

static int
parse_ports(struct config *cfg, const char *value)
{
	cfg->portmask = 0;
	return each_part(cfg, value, add_port_range);
}

static int
parse_fwd(struct config *cfg, const char *value)
{
	cfg->engine = engine_find(value);
	return cfg->engine == NULL ? -EINVAL : 0;
}

static int
parse_topology(struct config *cfg, const char *value)
{
	return topology_parse(value, &cfg->topology);
}

static int
parse_pool(struct config *cfg, const char *value)
{
	cfg->pool_ordinary = strcmp(value, "ordinary") == 0;
	return cfg->pool_ordinary || strcmp(value, "apart") == 0 ? 0 : -EINVAL;
}

static int
add_rx_offload(struct config *cfg, const char *part)
{
	for (unsigned int bit = 0; bit < 64; bit++) {
		const char *name = rte_eth_dev_rx_offload_name(RTE_BIT64(bit));

		if (strcasecmp(part, name) == 0 && strcmp(name, "UNKNOWN") != 0) {
			cfg->rx_offloads |= RTE_BIT64(bit);
			return 0;
		}
	}
	return -EINVAL;
}

static int
add_tx_offload(struct config *cfg, const char *part)
{
	for (unsigned int bit = 0; bit < 64; bit++) {
		const char *name = rte_eth_dev_tx_offload_name(RTE_BIT64(bit));

		if (strcasecmp(part, name) == 0 && strcmp(name, "UNKNOWN") != 0) {
			cfg->tx_offloads |= RTE_BIT64(bit);
			return 0;
		}
	}
	return -EINVAL;
}

static int
parse_rx_offloads(struct config *cfg, const char *value)
{
	cfg->rx_offloads = 0;
	if (parse_number(value, 0, UINT64_MAX, &cfg->rx_offloads) == 0)
		return 0;
	return each_part(cfg, value, add_rx_offload);
}

static int
parse_tx_offloads(struct config *cfg, const char *value)
{
	cfg->tx_offloads = 0;
	if (parse_number(value, 0, UINT64_MAX, &cfg->tx_offloads) == 0)
		return 0;
	return each_part(cfg, value, add_tx_offload);
}

static int
add_rss(struct config *cfg, const char *part)
{
	static const struct {
		const char *name;
		uint64_t types;
	} rows[] = {
		{"none", 0},
		{"ip", RTE_ETH_RSS_IP},
		{"tcp", RTE_ETH_RSS_TCP},
		{"udp", RTE_ETH_RSS_UDP},
	};

	for (size_t i = 0; i < RTE_DIM(rows); i++) {
		if (strcmp(part, rows[i].name) == 0) {
			cfg->rss |= rows[i].types;
			return 0;
		}
	}
	return -EINVAL;
}

static int
parse_rss(struct config *cfg, const char *value)
{
	cfg->rss = 0;
	return each_part(cfg, value, add_rss);
}

static int
add_tx_seg(struct config *cfg, const char *part)
{
	uint64_t len;

	if (cfg->nb_tx_segs == TX_SEGS_MAX || parse_number(part, 1, FRAME_MAX, &len) != 0)
		return -EINVAL;
	cfg->tx_segs[cfg->nb_tx_segs++] = (uint16_t)len;
	return 0;
}

static int
parse_txpkts(struct config *cfg, const char *value)
{
	uint32_t total = 0;

	cfg->nb_tx_segs = 0;
	if (each_part(cfg, value, add_tx_seg) != 0)
		return -EINVAL;
	for (unsigned int i = 0; i < cfg->nb_tx_segs; i++)
		total += cfg->tx_segs[i];
	return cfg->tx_segs[0] < TX_HEADERS || total > FRAME_MAX ? -EINVAL : 0;
}

static int
parse_peer(struct config *cfg, const char *value)
{
	const char *comma = strchr(value, ',');
	char port_text[16];
	uint64_t port;

	if (comma == NULL)
		return -EINVAL;
	snprintf(port_text, sizeof(port_text), "%.*s", (int)(comma - value), value);
	if (parse_number(port_text, 0, RTE_MAX_ETHPORTS - 1, &port) != 0 ||
		rte_ether_unformat_addr(comma + 1, &cfg->peer[port]) != 0)
		return -EINVAL;
	cfg->peer_set[port] = true;
	return 0;
}

static int
parse_tx_first(struct config *cfg, const char *value)
{
	uint64_t n = 1;

	if (value != NULL && parse_number(value, 1, UINT32_MAX, &n) != 0)
		return -EINVAL;
	cfg->tx_first = (uint32_t)n;
	return 0;
}

static int
parse_silent_file(struct config *cfg, const char *value)
{
	cfg->cmdline_file = value;
	cfg->echo = false;
	return 0;
}

#define FIELD(f) .offset = offsetof(struct config, f)

static const struct option options[] = {
	{.name = "ports",
		.arg = "LIST",
		.kind = KIND_OWN,
		.parse = parse_ports,
		.allowed = "port ids below " RTE_STR(RTE_MAX_ETHPORTS) " and ranges: 0,2-3",
		.help = "ports to use (all)"},
	{.name = "portmask",
		.arg = "MASK",
		.kind = KIND_U64,
		FIELD(portmask),
		.min = 1,
		.max = UINT64_MAX >> (64 - RTE_MAX_ETHPORTS),
		.help = "ports to use, a bit each"},
	{.name = "rxq",
		.arg = "N",
		.kind = KIND_U16,
		FIELD(rxq),
		.min = 1,
		.max = 128,
		.help = "receive queues of each port (1)"},
	{.name = "txq",
		.arg = "N",
		.kind = KIND_U16,
		FIELD(txq),
		.min = 1,
		.max = 128,
		.help = "transmit queues of each port (1)"},
	{.name = "rxd",
		.arg = "N",
		.kind = KIND_U16,
		FIELD(rxd),
		.min = 1,
		.max = 32768,
		.help = "descriptors of a receive queue (512)"},
	{.name = "txd",
		.arg = "N",
		.kind = KIND_U16,
		FIELD(txd),
		.min = 1,
		.max = 32768,
		.help = "descriptors of a transmit queue (512)"},
	{.name = "burst",
		.arg = "N",
		.kind = KIND_U16,
		FIELD(burst),
		.min = 1,
		.max = BURST_MAX,
		.help = "frames moved at a time (32)"},
	{.name = "tx-retry",
		.arg = "N",
		.kind = KIND_U16,
		FIELD(tx_retries),
		.min = 0,
		.max = 65535,
		.help = "times a full transmit queue is tried again, 1 us apart, before frames are dropped (20000)"},
	{.name = "fwd",
		.alias = "forward-mode",
		.arg = "MODE",
		.kind = KIND_OWN,
		.parse = parse_fwd,
		.help = "what is done to frames (io)"},
	{.name = "topology",
		.alias = "port-topology",
		.arg = "NAME",
		.kind = KIND_OWN,
		.parse = parse_topology,
		.allowed = "paired, chained, loop",
		.help = "which port sends what a port receives (paired)"},
	{.name = "nb-cores",
		.arg = "N",
		.kind = KIND_U32,
		FIELD(nb_cores),
		.min = 1,
		.max = RTE_MAX_LCORE,
		.help = "forwarding lcores (every worker that finds a stream)"},
	{.name = "duration",
		.arg = "SEC",
		.kind = KIND_SECONDS,
		FIELD(duration),
		.max = 1000000,
		.help = "stop after so long; 0: until a signal (0)"},
	{.name = "warmup",
		.arg = "SEC",
		.kind = KIND_SECONDS,
		FIELD(warmup),
		.max = 1000000,
		.help = "forward so long before rates are measured, besides --duration (0)"},
	{.name = "packets",
		.arg = "N",
		.kind = KIND_U64,
		FIELD(packets),
		.min = 1,
		.max = UINT64_MAX - 1,
		.help = "stop when so many frames were received (txonly: made, exactly)"},
	{.name = "mbufs",
		.alias = "total-num-mbufs",
		.arg = "N",
		.kind = KIND_U32,
		FIELD(mbufs),
		.min = 64,
		.max = 1u << 24,
		.help = "mbufs in the pool (as many as the queues need)"},
	{.name = "mbuf-size",
		.arg = "BYTES",
		.kind = KIND_U32,
		FIELD(mbuf_size),
		.min = RTE_PKTMBUF_HEADROOM + 64,
		.max = UINT16_MAX,
		.help = "data room of an mbuf, headroom counted (2176)"},
	{.name = "mbcache",
		.arg = "N",
		.kind = KIND_U32,
		FIELD(mbcache),
		.min = 0,
		.max = RTE_MEMPOOL_CACHE_MAX_SIZE,
		.help = "mbufs each lcore caches (250)"},
	{.name = "pool",
		.arg = "KIND",
		.kind = KIND_OWN,
		.parse = parse_pool,
		.allowed = "apart, ordinary",
		.help = "data in pages apart from mbuf headers, out of a NIC's reach; or beside (apart)"},
	{.name = "mtu",
		.arg = "BYTES",
		.kind = KIND_U32,
		FIELD(mtu),
		.min = RTE_ETHER_MIN_MTU,
		.max = FRAME_MAX,
		.help = "MTU of the ports (as the device has it)"},
	{.name = "max-pkt-len",
		.arg = "BYTES",
		.kind = KIND_U32,
		FIELD(max_pkt_len),
		.min = RTE_ETHER_MIN_LEN,
		.max = FRAME_MAX,
		.help = "longest frame, header and FCS counted; instead of --mtu"},
	{.name = "rx-offloads",
		.arg = "NAMES",
		.kind = KIND_OWN,
		.parse = parse_rx_offloads,
		.allowed = "a mask, or ethdev's names: vlan_strip,ipv4_cksum,...",
		.help = "receive offloads (none; scatter when frames need it)"},
	{.name = "tx-offloads",
		.arg = "NAMES",
		.kind = KIND_OWN,
		.parse = parse_tx_offloads,
		.allowed = "a mask, or ethdev's names: vlan_insert,multi_segs,...",
		.help = "transmit offloads (none; multi_segs when frames need it)"},
	{.name = "rss",
		.arg = "TYPES",
		.kind = KIND_OWN,
		.parse = parse_rss,
		.allowed = "none, ip, tcp, udp, joined by commas",
		.help = "what receive queues are chosen by (ip,tcp,udp)"},
	{.name = "txpkts",
		.alias = "tx-size",
		.arg = "LIST",
		.kind = KIND_OWN,
		.parse = parse_txpkts,
		.allowed = "up to 8 segment lengths: the first at least 42, 16000 together",
		.help = "bytes of each segment that txonly makes, FCS not counted (64)"},
	{.name = "eth-peer",
		.arg = "PORT,MAC",
		.kind = KIND_OWN,
		.parse = parse_peer,
		.allowed = "a port id and an address: 0,02:00:00:00:00:01",
		.help = "destination of frames that mac and txonly send out of PORT; once for each port"},
	{.name = "no-promisc",
		.kind = KIND_NOFLAG,
		FIELD(promisc),
		.help = "leave promiscuous mode off"},
	{.name = "stats-period",
		.arg = "SEC",
		.kind = KIND_SECONDS,
		FIELD(stats_period),
		.max = 3600,
		.help = "print a line of rates so often; 0: never (0)"},
	{.name = "interactive",
		.alias = "i",
		.kind = KIND_FLAG,
		FIELD(interactive),
		.help = "read commands from standard input"},
	{.name = "auto-start",
		.alias = "a",
		.kind = KIND_FLAG,
		FIELD(auto_start),
		.help = "with commands: forward before the first of them"},
	{.name = "cmdline-file",
		.arg = "FILE",
		.kind = KIND_TEXT,
		FIELD(cmdline_file),
		.help = "run the commands in FILE"},
	{.name = "cmdline-file-noecho",
		.arg = "FILE",
		.kind = KIND_OWN,
		.parse = parse_silent_file,
		.help = "the same, without showing them"},
	{.name = "tx-first",
		.arg = "N",
		.kind = KIND_OWN,
		.parse = parse_tx_first,
		.optional = true,
		.allowed = "a number from 1 to 4294967295",
		.help = "send N bursts (1) out of every queue before forwarding"},
	{.name = "json",
		.arg = "FILE",
		.kind = KIND_TEXT,
		FIELD(json),
		.help = "write the result to FILE"},
	{.name = "fail-on-loss",
		.kind = KIND_FLAG,
		FIELD(fail_on_loss),
		.help = "exit with 3 when a frame was lost or a port failed"},
	{.name = "help", .alias = "h", .help = "show this"},
	{.name = "version", .help = "show versions"},
};

/* Set the defaults of all options. */
static void
config_default(struct config *cfg)
{
	*cfg = (struct config){
		.rxq = 1,
		.txq = 1,
		.burst = 32,
		.tx_retries = 20000,
		.engine = engine_find("io"),
		.topology = TOPOLOGY_PAIRED,
		.mbuf_size = RTE_MBUF_DEFAULT_BUF_SIZE,
		.mbcache = 250,
		.rss = RTE_ETH_RSS_IP | RTE_ETH_RSS_TCP | RTE_ETH_RSS_UDP,
		.tx_segs = {64},
		.nb_tx_segs = 1,
		.promisc = true,
		.echo = true,
	};
}

static int
complain(char *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, CONFIG_WHY_LEN, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

static int
complain_value(char *why, const struct option *o, const char *value)
{
	char names[128];

	if (o->parse == parse_fwd)
		return complain(why, "--%s: '%s' is not allowed; allowed: %s", o->name, value,
			engine_names(names, sizeof(names)));
	if (o->allowed != NULL)
		return complain(
			why, "--%s: '%s' is not allowed; allowed: %s", o->name, value, o->allowed);
	return complain(why,
		"--%s: '%s' is not allowed; allowed: a number from %" PRIu64 " to %" PRIu64,
		o->name, value, o->min, o->max);
}

static int
set_option(struct config *cfg, const struct option *o, const char *value)
{
	void *field = (char *)cfg + o->offset;
	uint64_t n;

	switch (o->kind) {
	case KIND_FLAG:
	case KIND_NOFLAG:
		*(bool *)field = o->kind == KIND_FLAG;
		return 0;
	case KIND_SECONDS:
		return sl_number_real(value, 0, (double)o->max, field);
	case KIND_TEXT:
		*(const char **)field = value;
		return 0;
	case KIND_OWN:
		return o->parse(cfg, value);
	case KIND_U16:
	case KIND_U32:
	case KIND_U64:
		break;
	}
	if (parse_number(value, o->min, o->max, &n) != 0)
		return -EINVAL;
	if (o->kind == KIND_U16)
		*(uint16_t *)field = (uint16_t)n;
	else if (o->kind == KIND_U32)
		*(uint32_t *)field = (uint32_t)n;
	else
		*(uint64_t *)field = n;
	return 0;
}

/** Find the option for "--name", "--name=..." or "-x"; NULL: none. */
static const struct option *
find_option(const char *arg)
{
	bool longform = strncmp(arg, "--", 2) == 0;
	const char *name = arg + (longform ? 2 : 1);
	size_t len = strcspn(name, "=");

	for (size_t i = 0; i < RTE_DIM(options); i++) {
		const char *const forms[] = {options[i].name, options[i].alias};

		for (size_t j = 0; j < RTE_DIM(forms); j++) {
			if (forms[j] != NULL && (strlen(forms[j]) > 1) == longform &&
				strlen(forms[j]) == len && strncmp(name, forms[j], len) == 0)
				return &options[i];
		}
	}
	return NULL;
}

/** Check rules about more than one option. */
static int
check(const struct config *cfg, char *why)
{
	if (cfg->engine->receives && cfg->engine->transmits && cfg->rxq > cfg->txq)
		return complain(why,
			"--txq: '%u' is not allowed; allowed: at least --rxq (%u) with"
			" --fwd %s, so that no two receive queues share a transmit queue",
			cfg->txq, cfg->rxq, cfg->engine->name);
	if (cfg->mtu != 0 && cfg->max_pkt_len != 0)
		return complain(why,
			"--max-pkt-len: '%u' is not allowed beside --mtu '%u';"
			" allowed: one of them",
			cfg->max_pkt_len, cfg->mtu);
	for (unsigned int i = 0; i < cfg->nb_tx_segs; i++) {
		if (cfg->tx_segs[i] > cfg->mbuf_size - RTE_PKTMBUF_HEADROOM)
			return complain(why,
				"--txpkts: segment length '%u' is not allowed; allowed:"
				" up to %u with --mbuf-size %u",
				cfg->tx_segs[i], cfg->mbuf_size - RTE_PKTMBUF_HEADROOM,
				cfg->mbuf_size);
	}
	if (cfg->mbufs != 0 && cfg->mbcache * 3 / 2 > cfg->mbufs)
		return complain(why,
			"--mbcache: '%u' is not allowed; allowed: up to %u with"
			" --mbufs %u",
			cfg->mbcache, cfg->mbufs * 2 / 3, cfg->mbufs);
	if (cfg->auto_start && !cfg->interactive && cfg->cmdline_file == NULL)
		return complain(why,
			"--auto-start: not allowed alone; allowed: with --interactive"
			" or --cmdline-file (without them forwarding starts by itself)");
	return 0;
}

int
config_parse(int argc, char *const *argv, struct config *cfg, char why[CONFIG_WHY_LEN])
{
	config_default(cfg);
	for (int i = 0; i < argc; i++) {
		const struct option *o = argv[i][0] == '-' ? find_option(argv[i]) : NULL;
		const char *value = strchr(argv[i], '=');

		if (o == NULL)
			return complain(why, "'%s' is not an option; --help lists them", argv[i]);
		if (strcmp(o->name, "help") == 0)
			return CONFIG_HELP;
		if (strcmp(o->name, "version") == 0)
			return CONFIG_VERSION;
		if (o->arg == NULL && value != NULL)
			return complain(why, "--%s: '%s' is not allowed; allowed: no value",
				o->name, value + 1);
		if (value != NULL)
			value++;
		else if (o->arg != NULL && i + 1 < argc && argv[i + 1][0] != '-')
			value = argv[++i];
		else if (o->arg != NULL && !o->optional)
			return complain(why, "--%s: no value given; needs %s (%s)", o->name, o->arg,
				o->help);
		if (set_option(cfg, o, value) != 0)
			return complain_value(why, o, value);
	}
	return check(cfg, why) == 0 ? CONFIG_RUN : -EINVAL;
}

void
config_usage(FILE *f)
{
	char names[128], form[64];

	fprintf(f, "Usage: sl-testpmd [EAL options] -- [options]\n\n");
	for (size_t i = 0; i < RTE_DIM(options); i++) {
		const struct option *o = &options[i];
		const char *dash = o->alias == NULL || o->alias[1] != '\0' ? "--" : "-";

		snprintf(form, sizeof(form), "--%s%s%s%s%s%s%s%s", o->name,
			o->alias != NULL ? ", " : "", o->alias != NULL ? dash : "",
			o->alias != NULL ? o->alias : "", o->arg != NULL ? " " : "",
			o->optional ? "[" : "", o->arg != NULL ? o->arg : "",
			o->optional ? "]" : "");
		fprintf(f, "  %-34s %s\n", form, o->help);
		if (o->parse == parse_fwd)
			fprintf(f, "  %-34s %s\n", "", engine_names(names, sizeof(names)));
		else if (o->allowed != NULL)
			fprintf(f, "  %-34s %s\n", "", o->allowed);
	}
	fprintf(f,
		"\nexit codes: 0 fine, 1 usage, 2 set-up, 3 loss or error with --fail-on-loss\n");
}

const char *
config_pool_name(const struct config *cfg)
{
	return cfg->pool_ordinary ? "ordinary" : "apart";
}

void
config_print(const struct config *cfg, FILE *f)
{
	fprintf(f, "fwd %s, topology %s, burst %u, tx-retry %u\n", cfg->engine->name,
		topology_name(cfg->topology), cfg->burst, cfg->tx_retries);
	fprintf(f, "queues rx %u tx %u, descriptors rx %u tx %u (0: default)\n", cfg->rxq, cfg->txq,
		cfg->rxd, cfg->txd);
	fprintf(f, "mbuf-size %u, mbcache %u, pool %s, promiscuous %s\n", cfg->mbuf_size,
		cfg->mbcache, config_pool_name(cfg), cfg->promisc ? "on" : "off");
	fprintf(f, "duration %g s, warmup %g s, packets %" PRIu64 " (0: no end)\n", cfg->duration,
		cfg->warmup, cfg->packets);
	fprintf(f, "txpkts");
	for (unsigned int i = 0; i < cfg->nb_tx_segs; i++)
		fprintf(f, "%c%u", i == 0 ? ' ' : ',', cfg->tx_segs[i]);
	fprintf(f, "\n");
}
