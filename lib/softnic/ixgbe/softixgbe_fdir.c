/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The flow director (7.1.2.7, 8.2.3.21): filters that software adds, queries and removes by hash,
 * and the match of frames. A signature filter holds a second hash. A perfect filter holds all
 * fields that are compared.
 */

#include <string.h>

#include "softixgbe.h"
#include "softnic_parse.h"

#define NO_FILTER 0u
#define IPV4_SOURCE 12u /* offsets in an IPv4 header */
#define IPV4_DEST 16u
#define IPV6_SOURCE 8u /* offsets in an IPv6 header */
#define IPV6_DEST 24u
#define IPV6_ADDR 16u
#define TCI_VID SL_MASK(0, 12)
#define TCI_CFI SL_BIT(12)
#define TCI_PRIORITY SL_MASK(13, 3)
#define HASH_BITS SL_MASK(0, 15)

static bool
perfect(const struct softixgbe *d)
{
	return (d->r.FDIRCTRL[0] & SL_82599_FDIRCTRL_PERFECT) != 0;
}

/*
 * Number of filters that fit into the memory, and of buckets. A signature filter takes a quarter of
 * the room of a perfect one.
 */
static uint32_t
room(const struct softixgbe *d)
{
	const uint32_t memory = SL_GET(SL_82599_FDIRCTRL_PBALLOC, d->r.FDIRCTRL[0]);
	const uint32_t perfects = memory != 0 ? 1024u << memory : 0;

	return perfect(d) ? perfects : 4 * perfects;
}

/* --- flows --- */

/* Reverse the order of bits in each half. Port masks have it reversed. */
static uint32_t
mirrored(uint32_t mask)
{
	uint32_t out = 0;
	unsigned int i;

	for (i = 0; i < 16; i++) {
		out |= (mask >> i & 1) << (15 - i);
		out |= (mask >> (16 + i) & 1) << (31 - i);
	}
	return out;
}

/* Clear the fields of a flow that are not compared. A set mask bit means: not compared. */
static void
mask_flow(const struct softixgbe *d, struct softixgbe_flow *f)
{
	const struct softixgbe_regs *r = &d->r;
	const uint32_t fdirm = r->FDIRM[0];
	const uint32_t ports = SL_GET(SL_82599_FLOW_L4, f->type) == SL_82599_FLOW_UDP ?
		r->FDIRUDPM[0] :
		r->FDIRTCPM[0];

	f->source &= ~r->FDIRSIP4M[0];
	f->dest &= ~r->FDIRDIP4M[0];
	f->ports &= ~mirrored(ports);
	f->tci &= (uint16_t)~TCI_CFI;
	f->tci &= (uint16_t)((fdirm & SL_82599_FDIRM_VLAN_ID) != 0 ? ~TCI_VID : UINT16_MAX);
	f->tci &= (uint16_t)((fdirm & SL_82599_FDIRM_VLAN_PRIORITY) != 0 ? ~TCI_PRIORITY :
									   UINT16_MAX);
	if ((fdirm & SL_82599_FDIRM_FLEX) != 0)
		f->flex = 0;
	if ((fdirm & SL_82599_FDIRM_L4_TYPE) != 0)
		f->type &= (uint8_t)~SL_82599_FLOW_L4;
}

/*
 * Reduce an IPv6 address to one word by exclusive or. Each set bit of @p hidden leaves out a byte.
 */
static uint32_t
fold_ipv6(const uint8_t *addr, uint32_t hidden)
{
	uint8_t seen[IPV6_ADDR];
	uint32_t word = 0;
	unsigned int i;

	for (i = 0; i < IPV6_ADDR; i++)
		seen[i] = (hidden >> i & 1) != 0 ? 0 : addr[i];
	for (i = 0; i < IPV6_ADDR; i += 4)
		word ^= __builtin_bswap32(softnic_get32(seen + i));
	return word;
}

static void
flow_addresses(const struct softixgbe *d, const struct softnic_pkt *pkt, struct softixgbe_flow *f)
{
	const uint8_t *ip = pkt->data + pkt->l3;
	const uint32_t hidden = d->r.FDIRIP6M[0];
	const bool no_dest = (d->r.FDIRM[0] & SL_82599_FDIRM_DEST_IPV6) != 0;

	if (pkt->ip == 4) {
		f->source = __builtin_bswap32(softnic_get32(ip + IPV4_SOURCE));
		f->dest = __builtin_bswap32(softnic_get32(ip + IPV4_DEST));
		return;
	}
	f->source = fold_ipv6(ip + IPV6_SOURCE, hidden & UINT16_MAX);
	f->dest = fold_ipv6(ip + IPV6_DEST, no_dest ? UINT16_MAX : hidden >> 16);
}

/* Flow of an IP packet, without the fields that are not compared. */
static struct softixgbe_flow
flow_of(const struct softixgbe *d, const struct softnic_pkt *pkt)
{
	static const uint8_t type[] = {
		[SOFTNIC_L4_NONE] = SL_82599_FLOW_NONE,
		[SOFTNIC_L4_UDP] = SL_82599_FLOW_UDP,
		[SOFTNIC_L4_TCP] = SL_82599_FLOW_TCP,
		[SOFTNIC_L4_SCTP] = SL_82599_FLOW_SCTP,
	};
	const uint32_t flex = SL_GET(SL_82599_FDIRCTRL_FLEX, d->r.FDIRCTRL[0]) * 2;
	struct softixgbe_flow f = {.tci = pkt->vlan ? pkt->tci : 0,
		.type = type[pkt->l4_proto] | (pkt->ip == 6 ? SL_82599_FLOW_IPV6 : 0)};

	if (flex + 2 <= pkt->len)
		f.flex = __builtin_bswap16(softnic_get16(pkt->data + flex));
	if (pkt->l4_proto != SOFTNIC_L4_NONE)
		f.ports = softnic_get16(pkt->data + pkt->l4) |
			(uint32_t)softnic_get16(pkt->data + pkt->l4 + 2) << 16;
	flow_addresses(d, pkt, &f);
	mask_flow(d, &f);
	return f;
}

/* --- hashes --- */

/*
 * 15-bit hash. Type and VLAN form one word. Addresses, ports and flexible bytes are combined into
 * another word by exclusive or. Bits 16 to 31 of the key select shifts of this word, bits 0 to 15
 * shifts of it with its halves swapped. Type and VLAN are added to both, except to shift 0 of the
 * swapped word.
 */
static uint32_t
hash_of(const struct softixgbe_flow *f, uint32_t key)
{
	const uint32_t own = (uint32_t)f->type << 16 | f->tci;
	const uint32_t ports = f->ports << 16 | f->ports >> 16;
	const uint32_t word = __builtin_bswap32(f->source ^ f->dest) ^ ports ^
		(uint32_t)__builtin_bswap16(f->flex) << 16;
	const uint32_t upright = word ^ own ^ own >> 16;
	uint32_t turned = word >> 16 | word << 16, hash = 0;
	unsigned int i;

	for (i = 0; i < 16; i++) {
		hash ^= (key >> i & 1) != 0 ? turned >> i : 0;
		hash ^= (key >> (16 + i) & 1) != 0 ? upright >> i : 0;
		if (i == 0)
			turned ^= own ^ own << 16;
	}
	return hash & HASH_BITS;
}

/* A bucket is selected by the low bits of a hash, whether software or the device computed it. */
static uint32_t
bucket_of(const struct softixgbe *d, uint32_t hash)
{
	return hash & (room(d) - 1);
}

/* --- the table --- */

static void
table_clear(struct softixgbe *d, uint32_t filters)
{
	struct softixgbe_fdir *t = &d->fdir;
	uint32_t i;

	memset(t->bucket, NO_FILTER, sizeof(t->bucket));
	for (i = 1; i <= filters; i++)
		t->filter[i].next = (uint16_t)(i < filters ? i + 1 : NO_FILTER);
	t->free = filters != 0 ? 1 : NO_FILTER;
	t->n_free = filters;
}

void
softixgbe_fdir_reset(struct softixgbe *d)
{
	table_clear(d, 0);
	d->fdir.ready = false;
	d->fdir.used = false;
}

/* Increment a register field that stops at its maximum. */
static void
count(uint32_t *reg, uint32_t field)
{
	const uint32_t n = SL_GET(field, *reg);

	if (n < SL_GET(field, UINT32_MAX))
		*reg = SL_SET(field, *reg, n + 1);
}

static bool
same_flow(const struct softixgbe_flow *a, const struct softixgbe_flow *b)
{
	return a->source == b->source && a->dest == b->dest && a->ports == b->ports &&
		a->tci == b->tci && a->flex == b->flex && a->type == b->type;
}

/*
 * Link to the filter of a bucket that has @p flow or, if that is NULL, @p id. If there is none: the
 * last link of the bucket, which is NO_FILTER.
 */
static uint16_t *
find(struct softixgbe *d, uint32_t bucket, uint32_t id, const struct softixgbe_flow *flow)
{
	uint16_t *link = &d->fdir.bucket[bucket];

	for (; *link != NO_FILTER; link = &d->fdir.filter[*link].next) {
		const struct softixgbe_filter *f = &d->fdir.filter[*link];

		if (flow != NULL ? same_flow(&f->flow, flow) : f->id == id)
			break;
	}
	return link;
}

/* Update FDIRLEN, which shows the length of the longest bucket. */
static void
note_length(struct softixgbe *d, uint32_t bucket)
{
	uint32_t n = 0, f;

	for (f = d->fdir.bucket[bucket]; f != NO_FILTER; f = d->fdir.filter[f].next)
		n++;
	if (n > SL_GET(SL_82599_FDIRLEN_LENGTH, d->r.FDIRLEN[0]))
		d->r.FDIRLEN[0] = SL_PREP(SL_82599_FDIRLEN_LENGTH, n) |
			SL_PREP(SL_82599_FDIRLEN_HASH, bucket);
}

static struct softixgbe_flow
flow_asked(const struct softixgbe_regs *r, uint32_t cmd)
{
	return (struct softixgbe_flow){.source = r->FDIRIPSA[0],
		.dest = r->FDIRIPDA[0],
		.ports = r->FDIRPORT[0],
		.tci = (uint16_t)r->FDIRVLAN[0],
		.flex = (uint16_t)(r->FDIRVLAN[0] >> 16),
		.type = (uint8_t)SL_GET(SL_82599_FDIRCMD_TYPE, cmd)};
}

/* Append a new filter to its bucket. @return false if the table is full. */
static bool
append(struct softixgbe *d, uint32_t bucket, uint16_t *link, const struct softixgbe_filter *f)
{
	const uint32_t full_at =
		SL_GET(SL_82599_FDIRCTRL_FULL_AT, d->r.FDIRCTRL[0]) * SL_82599_FDIRCTRL_FULL_UNIT;
	struct softixgbe_fdir *t = &d->fdir;
	const uint16_t i = t->free;

	if (i == NO_FILTER)
		return false;
	t->free = t->filter[i].next;
	t->filter[i] = *f;
	*link = i;
	t->n_free--;
	note_length(d, bucket);
	if (t->n_free == full_at)
		softixgbe_irq_cause(d, SL_82599_EICR_FLOW_DIR);
	return true;
}

static void
add(struct softixgbe *d, uint32_t bucket, uint32_t id, uint32_t cmd)
{
	struct softixgbe_filter f = {.id = (uint16_t)id, .cmd = cmd};
	uint16_t *link;
	bool done;

	if (perfect(d)) {
		f.flow = flow_asked(&d->r, cmd);
		mask_flow(d, &f.flow);
	}
	link = find(d, bucket, id, perfect(d) ? &f.flow : NULL);
	if (*link == NO_FILTER) {
		done = append(d, bucket, link, &f);
	} else {
		done = (cmd & SL_82599_FDIRCMD_UPDATE) != 0;
		f.next = d->fdir.filter[*link].next;
		if (done)
			d->fdir.filter[*link] = f;
	}
	if (done)
		count(&d->r.FDIRUSTAT[0], SL_82599_FDIRUSTAT_ADDED);
	else
		count(&d->r.FDIRFSTAT[0], SL_82599_FDIRFSTAT_ADDED);
}

static void
take_out(struct softixgbe *d, uint16_t *link)
{
	struct softixgbe_fdir *t = &d->fdir;
	const uint16_t i = *link;

	if (i == NO_FILTER) {
		count(&d->r.FDIRFSTAT[0], SL_82599_FDIRFSTAT_REMOVED);
		return;
	}
	*link = t->filter[i].next;
	t->filter[i].next = t->free;
	t->free = i;
	t->n_free++;
	count(&d->r.FDIRUSTAT[0], SL_82599_FDIRUSTAT_REMOVED);
}

/* --- frames --- */

/*
 * Apply a filter's action to a frame. The write-back reports the filter in the place of the RSS
 * hash.
 */
static void
apply(struct softixgbe *d, const struct softixgbe_filter *f, uint32_t bucket,
	struct softnic_rx_meta *m)
{
	const uint32_t ctrl = d->r.FDIRCTRL[0];

	if ((f->cmd & SL_82599_FDIRCMD_DROP) != 0)
		m->queue = (uint16_t)SL_GET(SL_82599_FDIRCTRL_DROP_QUEUE, ctrl);
	else if ((f->cmd & SL_82599_FDIRCMD_QUEUE_EN) != 0)
		m->queue = (uint16_t)SL_GET(SL_82599_FDIRCMD_QUEUE, f->cmd);
	m->status |= SL_IXGBE_RXD_STAT_FLM;
	if ((ctrl & SL_82599_FDIRCTRL_REPORT) == 0 || !d->nic.rx.hash)
		return;
	m->info = SL_SET(SL_RXD_INFO_RSSTYPE, m->info, SL_IXGBE_RXD_RSSTYPE_FDIR);
	m->rss = SL_PREP(SL_82599_FDIRHASH_ID, f->id) | bucket;
}

bool
softixgbe_fdir_match(struct softixgbe *d, const struct softnic_pkt *pkt, struct softnic_rx_meta *m)
{
	struct softixgbe_flow flow;
	uint32_t bucket, id;
	const uint16_t *link;

	if (pkt->ip == 0)
		return false;
	flow = flow_of(d, pkt);
	bucket = bucket_of(d, hash_of(&flow, d->r.FDIRHKEY[0]));
	id = perfect(d) ? 0 : hash_of(&flow, d->r.FDIRSKEY[0]);
	link = find(d, bucket, id, perfect(d) ? &flow : NULL);
	if (*link == NO_FILTER) {
		d->r.FDIRMISS[0]++;
		return false;
	}
	d->r.FDIRMATCH[0]++;
	apply(d, &d->fdir.filter[*link], bucket, m);
	return true;
}

/* --- registers --- */

static uint32_t
read_FDIRFREE(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	(void)at;
	(void)peek;
	return softixgbe_of(nic)->fdir.n_free;
}

/*
 * Initialize the tables. This works once, and again only after FDIRCMD.CLEAR was set and cleared.
 * Otherwise INIT_DONE stays 0.
 */
static void
write_FDIRCTRL(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softixgbe *d = softixgbe_of(nic);

	(void)at;
	d->r.FDIRCTRL[0] = val & ~SL_82599_FDIRCTRL_INIT_DONE;
	d->fdir.ready = room(d) != 0 && !d->fdir.used;
	if (d->fdir.ready) {
		/* The device keeps two entries of the memory. */
		table_clear(d, room(d) - 2);
		d->r.FDIRCTRL[0] |= SL_82599_FDIRCTRL_INIT_DONE;
		d->fdir.used = true;
	}
	softixgbe_steer_update(d);
}

/* A command completes as soon as it is written. */
static void
write_FDIRCMD(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softixgbe *d = softixgbe_of(nic);
	const uint32_t hash = d->r.FDIRHASH[0];
	const uint32_t bucket = bucket_of(d, SL_GET(SL_82599_FDIRHASH_BUCKET, hash));
	const uint32_t id = SL_GET(SL_82599_FDIRHASH_ID, hash);

	(void)at;
	if ((d->r.FDIRCMD[0] & ~val & SL_82599_FDIRCMD_CLEAR) != 0)
		d->fdir.used = false;
	d->r.FDIRCMD[0] = val & ~(SL_82599_FDIRCMD_CMD | SL_82599_FDIRCMD_VALID);
	if (!d->fdir.ready)
		return;
	switch (SL_GET(SL_82599_FDIRCMD_CMD, val)) {
	case SL_82599_FDIRCMD_ADD:
		add(d, bucket, id, val);
		break;
	case SL_82599_FDIRCMD_REMOVE:
		take_out(d, find(d, bucket, id, NULL));
		break;
	case SL_82599_FDIRCMD_QUERY:
		if (*find(d, bucket, id, NULL) != NO_FILTER)
			d->r.FDIRCMD[0] |= SL_82599_FDIRCMD_VALID;
		break;
	default:
		break;
	}
}

const struct softnic_hook softixgbe_fdir_hooks[] = {
	{SL_82599_FDIRCTRL, .write = write_FDIRCTRL},
	{SL_82599_FDIRCMD, .write = write_FDIRCMD},
	{SL_82599_FDIRFREE, .read = read_FDIRFREE},
	{.reg = SOFTNIC_NO_REG},
};
