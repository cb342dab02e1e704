/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* Code that all groups use: trace, reset, link, rings. */

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poke.h"

/* Layout of a port's half of the memory. */
#define PORT_MEM (POKE_MEM_SIZE / POKE_PORTS)
#define RING_MEM 4096u
#define BUF_MEM (POKE_DESCS * 2048u)
#define TX_RINGS (SL_NIC_QUEUES * RING_MEM)
#define HEADS (2 * SL_NIC_QUEUES * RING_MEM)
#define RX_BUFS (HEADS + RING_MEM)
#define TX_BUFS (RX_BUFS + SL_NIC_QUEUES * BUF_MEM)
#define TX_BUF 16384u
_Static_assert(TX_BUFS + SL_NIC_QUEUES * BUF_MEM + POKE_DESCS * TX_BUF <= PORT_MEM,
	"a port's rings and buffers fit its half of the memory");

const uint8_t poke_mac[POKE_PORTS][6] = {
	{0x02, 0x00, 0x00, 0x00, 0x01, 0x00}, {0x02, 0x00, 0x00, 0x00, 0x01, 0x01}};

/* --- trace --- */

void
poke_step(struct poke *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p->step, sizeof(p->step), fmt, ap);
	va_end(ap);
}

void
poke_fact(struct poke *p, const char *what, const char *fmt, ...)
{
	va_list ap;

	printf("%s/%s.%s ", p->group, p->step, what);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

static void
reg_name(char *text, size_t len, unsigned int port, unsigned int reg, unsigned int i)
{
	const struct sl_reg_row *row = &sl_reg_table[reg];
	int n = snprintf(text, len, "%s%s", port != 0 ? "peer:" : "", row->name);

	if (row->count > 1)
		snprintf(text + n, len - (size_t)n, ":%u", i);
}

uint32_t
poke_show(struct poke *p, unsigned int port, unsigned int reg, unsigned int i, uint32_t ignore)
{
	const struct sl_reg_row *row = &sl_reg_table[reg];
	uint32_t val = sl_bus_read(&p->bus[port], row->offset + i * row->stride);
	char name[48];

	reg_name(name, sizeof(name), port, reg, i);
	poke_fact(p, name, "0x%08" PRIx32, val & ~ignore);
	return val;
}

/* --- devices --- */

void
poke_settle(struct poke *p)
{
	while (p->ops->work(p))
		;
}

static void
queues_forget(struct poke *p)
{
	memset(p->rxq, 0, sizeof(p->rxq));
	memset(p->txq, 0, sizeof(p->txq));
}

void
poke_reset(struct poke *p)
{
	unsigned int port;

	queues_forget(p);
	for (port = 0; port < POKE_PORTS; port++) {
		POKE_WR(p, port, CTRL, 0, SL_CTRL_RST);
		/* 4.2.1.6: no access for one millisecond. */
		p->ops->pause(p, 2000);
	}
}

static void
phy_write(struct poke *p, unsigned int port, uint32_t reg, uint32_t val)
{
	POKE_WR(p, port, MDIC, 0,
		SL_PREP(SL_MDIC_OP, SL_MDIC_OP_WRITE) | SL_PREP(SL_MDIC_PHYADD, SL_PHY_ADDRESS) |
			SL_PREP(SL_MDIC_REGADD, reg) | SL_PREP(SL_MDIC_DATA, val));
	p->ops->pause(p, 100);
}

static bool
is_up(struct poke *p)
{
	return (POKE_RD(p, 0, STATUS, 0) & POKE_RD(p, 1, STATUS, 0) & SL_STATUS_LU) != 0;
}

void
poke_link_up(struct poke *p)
{
	unsigned int port, tries;

	for (port = 0; port < POKE_PORTS; port++) {
		POKE_WR(p, port, CTRL, 0, POKE_RD(p, port, CTRL, 0) | SL_CTRL_SLU);
		phy_write(p, port, SL_PHY_CONTROL,
			SL_PHY_CONTROL_SPEED_1000 | SL_PHY_CONTROL_FD |
				SL_PHY_CONTROL_AUTONEG_ENABLE | SL_PHY_CONTROL_AUTONEG_RESTART);
	}
	for (tries = 0; tries < 500 && !is_up(p); tries++)
		p->ops->pause(p, 10000);
	if (!is_up(p)) {
		fprintf(stderr, "poke: no link after 5 s; are the two ports cabled?\n");
		exit(2);
	}
	for (port = 0; port < POKE_PORTS; port++)
		(void)POKE_RD(p, port, ICR, 0);
}

/* --- rings --- */

static uint8_t *
port_mem(struct poke *p, unsigned int port)
{
	return p->mem + port * PORT_MEM;
}

static uint64_t
iova_of(const volatile void *va)
{
	return (uintptr_t)va;
}

static void
rx_post(struct poke_queue *q, uint32_t i)
{
	q->rx[i].read.pkt_addr = iova_of(q->buf + (size_t)i * q->buf_size);
	q->rx[i].read.hdr_addr = 0;
}

void
poke_rx_start(struct poke *p, unsigned int port, unsigned int qi, uint32_t descs, uint32_t buf_kib,
	uint32_t srrctl)
{
	struct poke_queue *q = &p->rxq[port][qi];
	uint64_t ring;
	uint32_t i;

	q->rx = (volatile union sl_rx_desc *)(port_mem(p, port) + qi * RING_MEM);
	q->buf = port_mem(p, port) + RX_BUFS + qi * BUF_MEM;
	q->descs = descs;
	q->buf_size = buf_kib * 1024;
	q->next = 0;
	for (i = 0; i < descs; i++)
		rx_post(q, i);
	ring = iova_of(q->rx);
	POKE_WR(p, port, RXDCTL, qi, 0);
	POKE_WR(p, port, RDBAL, qi, (uint32_t)ring);
	POKE_WR(p, port, RDBAH, qi, (uint32_t)(ring >> 32));
	POKE_WR(p, port, RDLEN, qi, descs * SL_DESC_SIZE);
	POKE_WR(p, port, SRRCTL, qi,
		srrctl | SL_PREP(SL_SRRCTL_BSIZEPACKET, buf_kib) |
			SL_PREP(SL_SRRCTL_DESCTYPE, SL_DESCTYPE_ADV_ONEBUF));
	POKE_WR(p, port, RDH, qi, 0);
	POKE_WR(p, port, RDT, qi, 0);
	POKE_WR(p, port, RXDCTL, qi, SL_XDCTL_ENABLE);
	POKE_WR(p, port, RDT, qi, descs - 1);
}

void
poke_tx_start(struct poke *p, unsigned int port, unsigned int qi, uint32_t descs, bool head_wb)
{
	struct poke_queue *q = &p->txq[port][qi];
	uint64_t ring, head;

	q->tx = (volatile union sl_tx_desc *)(port_mem(p, port) + TX_RINGS + qi * RING_MEM);
	q->buf = port_mem(p, port) + TX_BUFS + qi * BUF_MEM;
	q->descs = descs;
	q->buf_size = qi == SL_NIC_QUEUES - 1 ? TX_BUF : BUF_MEM / POKE_DESCS;
	q->next = 0;
	p->head_wb[port] = (volatile uint32_t *)(port_mem(p, port) + HEADS);
	p->head_wb[port][qi] = 0;
	memset((void *)(uintptr_t)q->tx, 0, descs * SL_DESC_SIZE);
	ring = iova_of(q->tx);
	head = iova_of(&p->head_wb[port][qi]);
	POKE_WR(p, port, TXDCTL, qi, 0);
	POKE_WR(p, port, TDBAL, qi, (uint32_t)ring);
	POKE_WR(p, port, TDBAH, qi, (uint32_t)(ring >> 32));
	POKE_WR(p, port, TDLEN, qi, descs * SL_DESC_SIZE);
	POKE_WR(p, port, TDWBAH, qi, (uint32_t)(head >> 32));
	POKE_WR(p, port, TDWBAL, qi, head_wb ? (uint32_t)head | SL_TDWBAL_HEAD_WB_EN : 0);
	POKE_WR(p, port, TDH, qi, 0);
	POKE_WR(p, port, TDT, qi, 0);
	POKE_WR(p, port, TXDCTL, qi, SL_XDCTL_ENABLE);
}

void
poke_traffic(struct poke *p)
{
	unsigned int port;

	poke_reset(p);
	poke_link_up(p);
	for (port = 0; port < POKE_PORTS; port++) {
		POKE_WR(p, port, RXCSUM, 0, SL_RXCSUM_PCSD);
		poke_rx_start(p, port, 0, POKE_DESCS, 2, 0);
		poke_tx_start(p, port, 0, POKE_DESCS, false);
		poke_tx_start(p, port, SL_NIC_QUEUES - 1, POKE_DESCS, false);
		POKE_WR(p, port, RCTL, 0,
			SL_RCTL_RXEN | SL_RCTL_BAM | SL_RCTL_UPE | SL_RCTL_MPE | SL_RCTL_SECRC);
		POKE_WR(p, port, TCTL, 0, SL_TCTL_EN | SL_TCTL_PSP);
	}
	p->step[0] = '\0';
}

void
poke_tx_raw(struct poke *p, unsigned int port, unsigned int qi, union sl_tx_desc d)
{
	struct poke_queue *q = &p->txq[port][qi];

	q->tx[q->next].qw[0] = d.qw[0];
	q->tx[q->next].qw[1] = d.qw[1];
	q->next = (q->next + 1) % q->descs;
}

void
poke_tx_frame(struct poke *p, unsigned int port, unsigned int qi, const void *data, uint32_t len,
	uint32_t cmd, uint32_t olinfo)
{
	struct poke_queue *q = &p->txq[port][qi];
	uint8_t *buf = q->buf + (size_t)q->next * q->buf_size;
	union sl_tx_desc d;

	memcpy(buf, data, len);
	d.read.addr = iova_of(buf);
	d.read.cmd = cmd | SL_PREP(SL_TXD_DTALEN, len) | SL_PREP(SL_TXD_DTYP, SL_TXD_DTYP_DATA) |
		SL_TXD_DCMD_DEXT | SL_TXD_DCMD_EOP | SL_TXD_DCMD_IFCS | SL_TXD_DCMD_RS;
	/* With segmentation, PAYLEN is the length after the headers. */
	if ((olinfo & SL_TXD_PAYLEN) == 0)
		olinfo |= SL_PREP(SL_TXD_PAYLEN, len);
	d.read.olinfo = olinfo;
	poke_tx_raw(p, port, qi, d);
}

struct frame_layout
poke_build(uint8_t *frame, const struct frame_spec *spec)
{
	struct frame_spec s = *spec;

	s.to = s.to != NULL ? s.to : poke_mac[1];
	s.from = poke_mac[0];
	s.sport = s.sport != 0 ? s.sport : 1000;
	s.dport = s.dport != 0 ? s.dport : 2000;
	s.bare = true;
	return frame_build(frame, &s);
}

uint32_t
poke_l4t(uint8_t proto)
{
	uint32_t l4t = proto == FRAME_TCP ? SL_L4T_TCP :
		proto == FRAME_SCTP	  ? SL_L4T_SCTP :
					    SL_L4T_UDP;

	return SL_PREP(SL_TXC_TUCMD_L4T, l4t);
}

void
poke_tx_context(struct poke *p, unsigned int q, const struct frame_layout *l, uint32_t l4_len,
	uint32_t tucmd, uint32_t mss, uint16_t tci, uint32_t idx)
{
	union sl_tx_desc d;

	d.ctx.vlan_macip = SL_PREP(SL_TXC_VLAN, tci) | SL_PREP(SL_TXC_MACLEN, l->l3) |
		SL_PREP(SL_TXC_IPLEN, l->l4 - l->l3);
	d.ctx.seqnum = 0;
	d.ctx.tucmd = tucmd | SL_TXD_DCMD_DEXT | SL_PREP(SL_TXD_DTYP, SL_TXD_DTYP_CTX);
	d.ctx.mss_l4 =
		SL_PREP(SL_TXC_MSS, mss) | SL_PREP(SL_TXC_L4LEN, l4_len) | SL_PREP(SL_TXC_IDX, idx);
	poke_tx_raw(p, 0, q, d);
}

void
poke_tx_ring(struct poke *p, unsigned int port, unsigned int qi)
{
	POKE_WR(p, port, TDT, qi, p->txq[port][qi].next);
}

static void
send_only(struct poke *p, unsigned int port, const void *data, uint32_t len)
{
	unsigned int qi = len > BUF_MEM / POKE_DESCS ? SL_NIC_QUEUES - 1 : 0;

	poke_tx_frame(p, port, qi, data, len, 0, 0);
	poke_tx_ring(p, port, qi);
}

void
poke_send(struct poke *p, unsigned int port, const void *data, uint32_t len)
{
	send_only(p, port, data, len);
	poke_settle(p);
}

/* True if a queue has received a whole frame. */
static bool
has_frame(const struct poke_queue *q)
{
	uint32_t i = q->next, n;

	for (n = 0; n < q->descs && (q->rx[i].wb.status & SL_RXD_STAT_DD) != 0; n++) {
		if ((q->rx[i].wb.status & SL_RXD_STAT_EOP) != 0)
			return true;
		i = (i + 1) % q->descs;
	}
	return false;
}

void
poke_send_quick(struct poke *p, unsigned int port, const void *data, uint32_t len)
{
	unsigned int us, i, q;

	send_only(p, port, data, len);
	for (us = 0; us < 10000; us += 500) {
		p->ops->pause(p, 500);
		for (i = 0; i < POKE_PORTS; i++) {
			for (q = 0; q < SL_NIC_QUEUES; q++) {
				if (has_frame(&p->rxq[i][q]))
					return;
			}
		}
	}
	poke_settle(p);
}

static uint32_t
hash_of(const uint8_t *data, uint32_t len)
{
	uint32_t hash = 5381;

	for (; len != 0; len--)
		hash = hash * 33 + *data++;
	return hash;
}

/* Print one descriptor that the NIC wrote back. */
static void
rx_state(struct poke *p, unsigned int port, unsigned int qi, uint32_t i, unsigned int n)
{
	struct poke_queue *q = &p->rxq[port][qi];
	union sl_rx_desc d = {.qw = {q->rx[i].qw[0], q->rx[i].qw[1]}};
	uint32_t flags = d.wb.status &
		(SL_RXD_STAT_DD | SL_RXD_STAT_EOP | SL_RXD_STAT_VP | SL_RXD_STAT_UDPCS |
			SL_RXD_STAT_L4CS | SL_RXD_STAT_IPCS | SL_RXD_ERR_L4E | SL_RXD_ERR_IPE |
			SL_RXD_ERR_RXE);
	char what[64];

#define SAY(name, ...) \
	do { \
		snprintf(what, sizeof(what), "%srx%u:%u." name, port != 0 ? "peer:" : "", qi, n); \
		poke_fact(p, what, __VA_ARGS__); \
	} while (0)
	SAY("len", "%u", d.wb.length);
	SAY("status", "0x%08" PRIx32, flags);
	SAY("status-rest", "0x%08" PRIx32, d.wb.status & ~flags);
	SAY("type", "0x%04" PRIx32, SL_GET(SL_RXD_INFO_PTYPE, d.wb.info));
	SAY("rsstype", "%" PRIu32, SL_GET(SL_RXD_INFO_RSSTYPE, d.wb.info));
	SAY("hdr", "0x%04" PRIx32, d.wb.info >> 16);
	SAY("rss", "0x%08" PRIx32, d.wb.rss);
	SAY("vlan", "0x%04x", d.wb.vlan);
	SAY("data", "0x%08" PRIx32,
		hash_of(q->buf + (size_t)i * q->buf_size,
			d.wb.length < q->buf_size ? d.wb.length : q->buf_size));
#undef SAY
}

static unsigned int
rx_take(struct poke *p, unsigned int port, unsigned int qi, bool say)
{
	struct poke_queue *q = &p->rxq[port][qi];
	unsigned int n = 0;
	char what[32];

	while (n < q->descs && (q->rx[q->next].wb.status & SL_RXD_STAT_DD) != 0) {
		/* R3: DD is read before the other fields. */
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if (say)
			rx_state(p, port, qi, q->next, n);
		memset(q->buf + (size_t)q->next * q->buf_size, 0, q->buf_size);
		rx_post(q, q->next);
		q->next = (q->next + 1) % q->descs;
		n++;
	}
	if (say) {
		snprintf(what, sizeof(what), "%srx%u.count", port != 0 ? "peer:" : "", qi);
		poke_fact(p, what, "%u", n);
	}
	if (n != 0)
		POKE_WR(p, port, RDT, qi, (q->next + q->descs - 1) % q->descs);
	return n;
}

unsigned int
poke_rx_show(struct poke *p, unsigned int port, unsigned int qi)
{
	return rx_take(p, port, qi, true);
}

unsigned int
poke_rx_drop(struct poke *p, unsigned int port, unsigned int qi)
{
	return rx_take(p, port, qi, false);
}

void
poke_stats(struct poke *p)
{
	unsigned int port, reg;
	char name[48];

	poke_settle(p);
	for (port = 0; port < POKE_PORTS; port++) {
		for (reg = SL_CRCERRS; reg < SL_82576_REG_COUNT; reg++) {
			uint32_t val = sl_bus_read(&p->bus[port], sl_reg_table[reg].offset);

			reg_name(name, sizeof(name), port, reg, 0);
			if (val != 0)
				poke_fact(p, name, "%" PRIu32, val);
		}
	}
}
