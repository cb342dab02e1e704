/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Flow control of the link: what the application requests is checked and stored here. The NIC's
 * family programs it.
 */

#include "sl_log.h"
#include "sl_pause.h"
#include "sl_port.h"

/* Values of flow_ctrl_get() before the first flow_ctrl_set(). */
#define DEFAULT_TIME 0x680u /* quanta: 0.85 ms at 1 Gbit/s */

static bool
obeys(enum rte_eth_fc_mode mode)
{
	return mode == RTE_ETH_FC_RX_PAUSE || mode == RTE_ETH_FC_FULL;
}

static bool
sends(enum rte_eth_fc_mode mode)
{
	return mode == RTE_ETH_FC_TX_PAUSE || mode == RTE_ETH_FC_FULL;
}

/* Above the highest mark there is room for one more frame of the standard length. */
static uint32_t
highest(struct sl_port *port)
{
	const uint32_t mark = port->hw->ops->rx_buffer(port) - RTE_ETHER_MAX_LEN;

	return RTE_ALIGN_FLOOR(mark, port->hw->pause_unit);
}

int
sl_flow_ctrl_get(struct rte_eth_dev *eth, struct rte_eth_fc_conf *conf)
{
	struct sl_port *port = sl_port_of(eth);

	if (!sl_port_alive(port))
		return -EIO;
	if (port->pause_is_set) {
		*conf = port->pause;
		return 0;
	}
	*conf = (struct rte_eth_fc_conf){
		.mode = RTE_ETH_FC_NONE,
		.high_water = RTE_ALIGN_FLOOR(highest(port) / 4 * 3, port->hw->pause_unit),
		.low_water = RTE_ALIGN_FLOOR(highest(port) / 2, port->hw->pause_unit),
		.pause_time = DEFAULT_TIME,
		.send_xon = 1,
	};
	return 0;
}

/* Marks and time only matter to a port that sends PAUSE frames. */
static int
check_sending(struct sl_port *port, const struct rte_eth_fc_conf *conf)
{
	const uint32_t unit = port->hw->pause_unit, most = highest(port);
	const uint16_t id = port->eth->data->port_id;

	if (conf->high_water < unit || conf->high_water >= most + unit) {
		SL_LOG(ERR, "port %u: high water %u bytes; allowed: %u..%u", id, conf->high_water,
			unit, most);
		return -EINVAL;
	}
	if (conf->low_water < unit || conf->low_water > conf->high_water) {
		SL_LOG(ERR, "port %u: low water %u bytes; allowed: %u..%u, the high water", id,
			conf->low_water, unit, conf->high_water);
		return -EINVAL;
	}
	if (conf->pause_time == 0) {
		SL_LOG(ERR, "port %u: pause time 0; allowed: 1..%u times 512 bits", id, UINT16_MAX);
		return -EINVAL;
	}
	return 0;
}

static int
check(struct sl_port *port, const struct rte_eth_fc_conf *conf)
{
	const uint16_t id = port->eth->data->port_id;

	if ((unsigned int)conf->mode > RTE_ETH_FC_FULL) {
		SL_LOG(ERR,
			"port %u: flow control mode %u; allowed: %u none, %u rx, %u tx, %u full",
			id, conf->mode, RTE_ETH_FC_NONE, RTE_ETH_FC_RX_PAUSE, RTE_ETH_FC_TX_PAUSE,
			RTE_ETH_FC_FULL);
		return -EINVAL;
	}
	if (conf->autoneg != 0) {
		SL_LOG(ERR,
			"port %u: flow control autoneg %u not supported: the mode is set, whatever "
			"the link partner advertises; allowed: 0",
			id, conf->autoneg);
		return -ENOTSUP;
	}
	return sends(conf->mode) ? check_sending(port, conf) : 0;
}

static void
program(struct sl_port *port)
{
	const struct rte_eth_fc_conf *conf = &port->pause;
	const struct sl_hw_pause pause = {
		.obey = obeys(conf->mode),
		.send = sends(conf->mode),
		.xon = conf->send_xon != 0,
		.pass_control = conf->mac_ctrl_frame_fwd != 0,
		.high = conf->high_water,
		.low = conf->low_water,
		.time = conf->pause_time,
	};

	port->hw->ops->pause_set(port, &pause);
}

int
sl_flow_ctrl_set(struct rte_eth_dev *eth, struct rte_eth_fc_conf *conf)
{
	struct sl_port *port = sl_port_of(eth);
	int ret;

	if (!sl_port_alive(port))
		return -EIO;
	ret = check(port, conf);
	if (ret != 0)
		return ret;
	port->pause = *conf;
	port->pause.high_water = RTE_ALIGN_FLOOR(conf->high_water, port->hw->pause_unit);
	port->pause.low_water = RTE_ALIGN_FLOOR(conf->low_water, port->hw->pause_unit);
	port->pause_is_set = true;
	program(port);
	return 0;
}

void
sl_pause_restore(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);

	if (port->pause_is_set)
		program(port);
}
