/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The features table that DPDK's documentation has for each driver (doc/guides/nics/features). It
 * is made from the driver's capabilities and compared with the one in docs/.
 *
 * test_features FILE: compares. test_features --write FILE: writes the file.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_eal.h>
#include <rte_ethdev.h>

#include <ethdev_driver.h>

#define TABLE_BYTES 8192

/* Sources of the rows of the table. */
struct facts {
	const struct rte_eth_dev *eth;
	const struct eth_dev_ops *ops;
	struct rte_eth_dev_info info;
};

struct table {
	char text[TABLE_BYTES];
	size_t used;
};

static void
row(struct table *t, const char *name, bool has, char word)
{
	if (has && t->used < sizeof(t->text))
		t->used += (size_t)snprintf(
			t->text + t->used, sizeof(t->text) - t->used, "%-26s = %c\n", name, word);
}

static void
yes(struct table *t, const char *name, bool has)
{
	row(t, name, has, 'Y');
}

/* Offloads of both directions: Y if all are supported, P if some are. */
static void
both(struct table *t, const char *name, const struct facts *f, uint64_t rx, uint64_t tx)
{
	const uint64_t has_rx = f->info.rx_offload_capa & rx, has_tx = f->info.tx_offload_capa & tx;

	row(t, name, has_rx != 0 || has_tx != 0, has_rx == rx && has_tx == tx ? 'Y' : 'P');
}

static bool
flag(const struct facts *f, uint32_t bit)
{
	return (f->eth->data->dev_flags & bit) != 0;
}

/* A speed can be fixed over copper, as this port has it, and not on backplanes or modules. */
static bool
speed_can_be_fixed(const struct facts *f)
{
	const struct rte_eth_conf conf = {
		.link_speeds = RTE_ETH_LINK_SPEED_FIXED | RTE_ETH_LINK_SPEED_100M,
	};

	return rte_eth_dev_configure(f->eth->data->port_id, 1, 1, &conf) == 0;
}

static void
link_and_queues(struct table *t, const struct facts *f)
{
	yes(t, "Speed capabilities", f->info.speed_capa != 0);
	row(t, "Link speed configuration", speed_can_be_fixed(f), 'P');
	yes(t, "Link status", f->ops->link_update != NULL);
	yes(t, "Link status event", flag(f, RTE_ETH_DEV_INTR_LSC));
	yes(t, "Removal event", flag(f, RTE_ETH_DEV_INTR_RMV));
	yes(t, "Rx interrupt", f->ops->rx_queue_intr_enable != NULL);
	yes(t, "Fast mbuf free",
		(f->info.tx_offload_capa & RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE) != 0);
	yes(t, "Free Tx mbuf on demand", f->ops->tx_done_cleanup != NULL);
	yes(t, "Queue start/stop", f->ops->rx_queue_start != NULL && f->ops->tx_queue_stop != NULL);
	yes(t, "Runtime Rx queue setup",
		(f->info.dev_capa & RTE_ETH_DEV_CAPA_RUNTIME_RX_QUEUE_SETUP) != 0);
	yes(t, "Runtime Tx queue setup",
		(f->info.dev_capa & RTE_ETH_DEV_CAPA_RUNTIME_TX_QUEUE_SETUP) != 0);
	yes(t, "Burst mode info",
		f->ops->rx_burst_mode_get != NULL && f->ops->tx_burst_mode_get != NULL);
	yes(t, "Power mgmt address monitor", f->ops->get_monitor_addr != NULL);
	yes(t, "MTU update", f->ops->mtu_set != NULL);
	yes(t, "Scattered Rx", (f->info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_SCATTER) != 0);
	yes(t, "LRO", (f->info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_TCP_LRO) != 0);
	yes(t, "TSO", (f->info.tx_offload_capa & RTE_ETH_TX_OFFLOAD_TCP_TSO) != 0);
}

static void
filters(struct table *t, const struct facts *f)
{
	yes(t, "Promiscuous mode", f->ops->promiscuous_enable != NULL);
	yes(t, "Allmulticast mode", f->ops->allmulticast_enable != NULL);
	yes(t, "Unicast MAC filter", f->ops->mac_addr_add != NULL);
	yes(t, "Multicast MAC filter", f->ops->set_mc_addr_list != NULL);
	yes(t, "RSS hash", (f->info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_RSS_HASH) != 0);
	yes(t, "RSS key update", f->ops->rss_hash_update != NULL);
	yes(t, "RSS reta update", f->ops->reta_update != NULL);
	yes(t, "VMDq", f->info.max_vmdq_pools != 0);
	yes(t, "SR-IOV", f->info.max_vfs != 0);
	yes(t, "DCB", f->ops->get_dcb_info != NULL);
	yes(t, "VLAN filter", f->ops->vlan_filter_set != NULL);
	yes(t, "Flow control", f->ops->flow_ctrl_get != NULL && f->ops->flow_ctrl_set != NULL);
}

static void
offloads(struct table *t, const struct facts *f)
{
	yes(t, "CRC offload", (f->info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_KEEP_CRC) != 0);
	both(t, "VLAN offload", f, RTE_ETH_RX_OFFLOAD_VLAN_STRIP, RTE_ETH_TX_OFFLOAD_VLAN_INSERT);
	both(t, "QinQ offload", f, RTE_ETH_RX_OFFLOAD_QINQ_STRIP, RTE_ETH_TX_OFFLOAD_QINQ_INSERT);
	both(t, "L3 checksum offload", f, RTE_ETH_RX_OFFLOAD_IPV4_CKSUM,
		RTE_ETH_TX_OFFLOAD_IPV4_CKSUM);
	both(t, "L4 checksum offload", f,
		RTE_ETH_RX_OFFLOAD_UDP_CKSUM | RTE_ETH_RX_OFFLOAD_TCP_CKSUM |
			RTE_ETH_RX_OFFLOAD_SCTP_CKSUM,
		RTE_ETH_TX_OFFLOAD_UDP_CKSUM | RTE_ETH_TX_OFFLOAD_TCP_CKSUM |
			RTE_ETH_TX_OFFLOAD_SCTP_CKSUM);
	yes(t, "Timestamp offload", (f->info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_TIMESTAMP) != 0);
	yes(t, "Packet type parsing", f->ops->dev_supported_ptypes_get != NULL);
	yes(t, "Timesync", f->ops->timesync_enable != NULL);
}

static void
looks(struct table *t, const struct facts *f)
{
	yes(t, "Rx descriptor status", f->eth->rx_descriptor_status != NULL);
	yes(t, "Tx descriptor status", f->eth->tx_descriptor_status != NULL);
	yes(t, "Basic stats", f->ops->stats_get != NULL);
	yes(t, "Extended stats", f->ops->xstats_get != NULL);
	yes(t, "Stats per queue", flag(f, RTE_ETH_DEV_AUTOFILL_QUEUE_XSTATS));
	yes(t, "FW version", f->ops->fw_version_get != NULL);
	yes(t, "EEPROM dump", f->ops->get_eeprom != NULL);
	yes(t, "Module EEPROM dump", f->ops->get_module_eeprom != NULL);
	yes(t, "Registers dump", f->ops->get_reg != NULL);
	yes(t, "LED", f->ops->dev_led_on != NULL);
}

/* Facts that a driver does not report: platforms on which it is built and tested. */
static void
places(struct table *t)
{
	/* Where a secondary process can have the registers: docs/reference/net_syncline.md. */
	row(t, "Multiprocess aware", true, 'P');
	yes(t, "Linux", true);
	row(t, "ARMv8", true, 'P');
	yes(t, "x86-64", true);
	yes(t, "Usage doc", true);
}

static int
make_table(struct table *t)
{
	struct facts f = {0};
	uint16_t port;

	if (rte_eth_dev_get_port_by_name("net_syncline_soft0", &port) != 0 ||
		rte_eth_dev_info_get(port, &f.info) != 0)
		return -ENODEV;
	f.eth = &rte_eth_devices[port];
	f.ops = f.eth->dev_ops;
	t->used = (size_t)snprintf(t->text, sizeof(t->text),
		"; SPDX-License-Identifier: BSD-3-Clause\n"
		"; Copyright (c) 2026 The Syncline authors\n"
		";\n"
		"; Features of 'net_syncline', in the form of DPDK's tables of network drivers.\n"
		"; Made of what the driver says of itself by test_features --write.\n"
		";\n"
		"[Features]\n");
	link_and_queues(t, &f);
	filters(t, &f);
	offloads(t, &f);
	looks(t, &f);
	places(t);
	return t->used < sizeof(t->text) ? 0 : -ENOSPC;
}

static int
write_table(const struct table *t, const char *path)
{
	FILE *file = fopen(path, "w");
	int rc = file == NULL || fputs(t->text, file) == EOF ? 1 : 0;

	if (file != NULL && fclose(file) != 0)
		rc = 1;
	if (rc != 0)
		fprintf(stderr, "%s cannot be written: %s\n", path, strerror(errno));
	return rc;
}

/* Print each line that is in only one of the two. */
static int
compare_table(const struct table *t, const char *path)
{
	static char file_text[TABLE_BYTES];
	FILE *file = fopen(path, "r");
	size_t n;

	if (file == NULL) {
		fprintf(stderr, "%s cannot be read: %s\n", path, strerror(errno));
		return 1;
	}
	n = fread(file_text, 1, sizeof(file_text) - 1, file);
	fclose(file);
	file_text[n] = '\0';
	if (strcmp(file_text, t->text) == 0)
		return 0;
	fprintf(stderr,
		"%s is not what the driver says of itself, which is below. Mend: this program "
		"with --write %s\n%s",
		path, path, t->text);
	return 1;
}

int
main(int argc, char **argv)
{
	const bool write = argc == 3 && strcmp(argv[1], "--write") == 0;
	char *eal[] = {argv[0], (char[]){"--no-huge"}, (char[]){"--no-shconf"},
		(char[]){"--no-pci"}, (char[]){"--no-telemetry"}, (char[]){"-l"}, (char[]){"0"},
		(char[]){"-m"}, (char[]){"64"}, (char[]){"--log-level=lib.eal:4"},
		(char[]){"--vdev=net_syncline_soft0,mode=step"}};
	static struct table table;
	int rc;

	if (argc < 2) {
		fprintf(stderr, "usage: test_features [--write] FILE\n");
		return 1;
	}
	if (rte_eal_init((int)RTE_DIM(eal), eal) < 0)
		return 1;
	rc = make_table(&table);
	if (rc != 0)
		fprintf(stderr, "the driver's port says nothing of itself: %s\n", strerror(-rc));
	else
		rc = write ? write_table(&table, argv[2]) : compare_table(&table, argv[1]);
	rte_eal_cleanup();
	return rc == 0 ? 0 : 1;
}
