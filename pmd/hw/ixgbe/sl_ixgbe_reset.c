/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Reset, start-up and stop of the NIC. Sections are those of the Intel 82599 10 GbE Controller
 * Datasheet.
 */

#include "sl_call.h"
#include "sl_ixgbe.h"

#define QUEUES_US 2000u		 /* until queues have finished */
#define MASTER_TIMEOUT_US 80000u /* 5.2.5.3.2 */
#define LOOPBACK_US 3000u	 /* until frames in progress have passed */
#define BUFFERS_US 20u		 /* until packet buffers are cleared */
#define RESET_QUIET_US 1000u	 /* 4.2.1.7: no access within 1 ms */
#define RESET_TIMEOUT_US 100000u /* CTRL.RST takes microseconds */
#define RESET_SETTLE_US 10000u	 /* 4.6.3.2: before anything is set up */
#define COPPER_SETTLE_US 100000u /* the same with a PHY in the chip */
#define NVM_TIMEOUT_US 100000u
#define DMA_TIMEOUT_US 100000u

static void
mask_interrupts(struct sl_port *port)
{
	sl_ixgbe_intr_off(port);
	(void)SL_IXGBE_RD(&port->bus, EICR, 0);
}

/* 5.2.5.3.2: no DMA request of the NIC may be pending when it is reset. */
static int
stop_dma(struct sl_port *port)
{
	unsigned int q;
	int ret;

	sl_ixgbe_rx_off(port);
	for (q = 0; q < SL_82599_QUEUES; q++)
		SL_IXGBE_WR(&port->bus, TXDCTL, q, SL_82599_XDCTL_SWFLSH);
	for (q = 0; q < SL_82599_QUEUES; q++)
		SL_IXGBE_WR(&port->bus, RXDCTL, q, SL_82599_XDCTL_SWFLSH);
	sl_ixgbe_wait_for_writes(port);
	sl_time_nap(port, QUEUES_US);
	SL_IXGBE_WR(&port->bus, CTRL, 0, sl_ixgbe_ctrl(&port->bus) | SL_82599_CTRL_GIO_DIS);
	ret = sl_port_wait(
		port, SL_82599_OFF(STATUS, 0), SL_82599_STATUS_GIO, 0, MASTER_TIMEOUT_US);
	if (ret == -ETIMEDOUT) {
		SL_LOG(WARNING, "port %u: DMA requests still pending before reset",
			port->eth->data->port_id);
		ret = 0;
	}
	return ret;
}

/*
 * 5.2.5.3.2: flush requests that stay pending. With loopback no frame arrives while buffers are
 * cleared.
 */
static void
flush(struct sl_port *port)
{
	const uint32_t hlreg0 = SL_IXGBE_RD(&port->bus, HLREG0, 0);
	const uint32_t gcr_ext = SL_IXGBE_RD(&port->bus, GCR_EXT, 0);

	SL_IXGBE_WR(&port->bus, HLREG0, 0, hlreg0 | SL_82599_HLREG0_LPBK);
	sl_ixgbe_wait_for_writes(port);
	sl_time_nap(port, LOOPBACK_US);
	SL_IXGBE_WR(&port->bus, GCR_EXT, 0, gcr_ext | SL_82599_GCR_EXT_BUFFERS_CLEAR);
	sl_ixgbe_wait_for_writes(port);
	sl_time_nap(port, BUFFERS_US);
	SL_IXGBE_WR(&port->bus, GCR_EXT, 0, gcr_ext);
	SL_IXGBE_WR(&port->bus, HLREG0, 0, hlreg0);
}

int
sl_ixgbe_quiet(struct sl_port *port)
{
	mask_interrupts(port);
	return stop_dma(port);
}

static bool
requests_pending(struct sl_port *port)
{
	return (SL_IXGBE_RD(&port->bus, STATUS, 0) & SL_82599_STATUS_GIO) != 0;
}

/* A reset of the link would also take down a link that the firmware may be using. */
static uint32_t
kind_of_reset(struct sl_port *port)
{
	const uint32_t links = SL_IXGBE_RD(&port->bus, LINKS, 0);

	/* With copper, the PHY makes the link, not the MAC. */
	if (sl_ixgbe_has(port, SL_IXGBE_QUIRK_COPPER))
		return SL_82599_CTRL_RST;
	return (links & SL_82599_LINKS_UP) != 0 ? SL_82599_CTRL_RST : SL_82599_CTRL_LNK_RST;
}

/*
 * Acquire the PHY first, so that no access of the firmware to it is interrupted. If the firmware
 * keeps it, reset nevertheless: nothing else stops the NIC's DMA.
 */
static void
reset_write(struct sl_port *port)
{
	const bool copper = sl_ixgbe_has(port, SL_IXGBE_QUIRK_COPPER);
	const uint32_t phy = copper ? sl_ixgbe_phy_resource(port) : 0;
	const bool owned = copper && sl_ixgbe_ask(port, phy) == 0;

	SL_IXGBE_WR(&port->bus, CTRL, 0, sl_ixgbe_ctrl(&port->bus) | kind_of_reset(port));
	sl_time_nap(port, RESET_QUIET_US);
	if (owned)
		sl_ixgbe_disown(port, phy);
}

static int
reset_once(struct sl_port *port)
{
	int ret;

	reset_write(port);
	ret = sl_port_wait(port, SL_82599_OFF(CTRL, 0), SL_82599_CTRL_RESETS, 0, RESET_TIMEOUT_US);
	if (ret == -ETIMEDOUT) {
		SL_LOG(ERR, "port %u: reset hangs: CTRL.RST still set after %u ms",
			port->eth->data->port_id, RESET_TIMEOUT_US / 1000);
		return -EIO;
	}
	sl_time_nap(port,
		sl_ixgbe_has(port, SL_IXGBE_QUIRK_COPPER) ? COPPER_SETTLE_US : RESET_SETTLE_US);
	return ret;
}

/* 4.6.3: wait until the NVM is loaded and the DMA's memories are initialized. */
static int
wait_ready(struct sl_port *port)
{
	int ret = 0;

	/*
	 * Boards with an NVM that was never written do not set ARD. The MAC address is checked when
	 * it is read.
	 */
	if (!port->no_auto_rd)
		ret = sl_port_wait(port, SL_82599_OFF(EEC, 0), SL_82599_EEC_ARD, SL_82599_EEC_ARD,
			NVM_TIMEOUT_US);
	if (ret == -ETIMEDOUT) {
		port->no_auto_rd = true;
		ret = 0;
	}
	if (ret == 0)
		ret = sl_port_wait(port, SL_82599_OFF(RDRXCTL, 0), SL_82599_RDRXCTL_DMAIDONE,
			SL_82599_RDRXCTL_DMAIDONE, DMA_TIMEOUT_US);
	if (ret == -ETIMEDOUT) {
		SL_LOG(ERR, "port %u: RDRXCTL.DMAIDONE is not set %u ms after the reset",
			port->eth->data->port_id, DMA_TIMEOUT_US / 1000);
		return -EIO;
	}
	return ret;
}

/* Check the NVM once, since it takes many reads. An NVM that was never loaded is not checked. */
static int
check_nvm(struct sl_port *port)
{
	int ret = sl_ixgbe_has(port, SL_IXGBE_QUIRK_FIRMWARE) ? sl_ixgbe_firmware_check(port) : 0;

	if (ret == 0 && !port->no_auto_rd && (port->noted & SL_IXGBE_NVM_GOOD) == 0)
		ret = sl_ixgbe_sum_check(port);
	if (ret == 0)
		port->noted |= SL_IXGBE_NVM_GOOD;
	return ret;
}

/*
 * Note whether the module pin is valid, as the NVM says. If it is, a link without a module is not
 * reported.
 */
static void
note_pins(struct sl_port *port)
{
	uint16_t caps;

	port->noted &= ~(uint32_t)SL_IXGBE_PINS_TELL;
	if (port->fibre && sl_ixgbe_nvm_read(port, SL_82599_NVM_DEVICE_CAPS, &caps) == 0 &&
		(caps & SL_82599_NVM_CAPS_NO_CROSSTALK) == 0)
		port->noted |= SL_IXGBE_PINS_TELL;
}

/* Reset, and wait until the NIC is ready. The caller has stopped its DMA as far as possible. */
int
sl_ixgbe_reset(struct sl_port *port)
{
	const bool twice = requests_pending(port);
	int ret;

	if (twice)
		flush(port);
	ret = reset_once(port);
	/*
	 * 5.2.5.3.2: the first reset ends the pending requests. The second one starts without any.
	 */
	if (ret == 0 && twice)
		ret = reset_once(port);
	if (ret == 0)
		ret = wait_ready(port);
	if (ret == 0)
		ret = check_nvm(port);
	if (ret != 0)
		return ret;
	mask_interrupts(port); /* the reset may have set causes */
	note_pins(port);
	SL_IXGBE_WR(&port->bus, CTRL_EXT, 0,
		SL_IXGBE_RD(&port->bus, CTRL_EXT, 0) | SL_82599_CTRL_EXT_NS_DIS |
			SL_82599_CTRL_EXT_DRV_LOAD);
	return 0;
}

void
sl_ixgbe_let_go(struct sl_port *port)
{
	SL_IXGBE_WR(&port->bus, CTRL_EXT, 0,
		SL_IXGBE_RD(&port->bus, CTRL_EXT, 0) & ~SL_82599_CTRL_EXT_DRV_LOAD);
}

bool
sl_ixgbe_answers(struct sl_port *port)
{
	return SL_IXGBE_RD(&port->bus, STATUS, 0) != SL_REG_GONE;
}

void
sl_ixgbe_mac_get(struct sl_port *port, struct rte_ether_addr *mac)
{
	const uint32_t lo = SL_IXGBE_RD(&port->bus, RAL, 0), hi = SL_IXGBE_RD(&port->bus, RAH, 0);

	*mac = (struct rte_ether_addr){
		.addr_bytes = {(uint8_t)lo, (uint8_t)(lo >> 8), (uint8_t)(lo >> 16),
			(uint8_t)(lo >> 24), (uint8_t)hi, (uint8_t)(hi >> 8)}};
}

bool
sl_ixgbe_moves_frames(const struct sl_bus *bus)
{
	return SL_IXGBE_RD(bus, STATUS, 0) != SL_REG_GONE &&
		((SL_IXGBE_RD(bus, RXCTRL, 0) & SL_82599_RXCTRL_RXEN) != 0 ||
			(SL_IXGBE_RD(bus, DMATXCTL, 0) & SL_82599_DMATXCTL_TE) != 0);
}

void
sl_ixgbe_forget(const struct sl_bus *bus)
{
	SL_IXGBE_WR(bus, CTRL, 0, sl_ixgbe_ctrl(bus) | SL_82599_CTRL_RST);
}
