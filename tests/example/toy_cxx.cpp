/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 *
 * The toy's driver in C++: it sends with the sl_ names, and receives with NDIS's. What its
 * objects hold they give back when they end.
 */
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "ndis.h"
#include "sl_sync.h"

extern "C" {
#include "toy.h"
}

namespace
{

/* Memory shared for good. */
class Region
{
public:
	Region(sl_adapter *adapter, const char *name, size_t len, sl_usage usage, sl_dma_dir dir) : adapter(adapter)
	{
		sl_region_params params = {};

		params.name = name;
		params.len = len;
		params.cached = true;
		params.node = SL_NODE_ANY;
		params.usage = usage;
		params.desc_len = sizeof(toy_desc);
		params.dir = dir;
		if (sl_region_alloc(adapter, &params, &region) != 0)
			region.va = nullptr;
	}
	~Region()
	{
		const sl_sync *sync = sl_adapter_sync(adapter);

		if (region.va == nullptr)
			return;
		/* F1: the NIC is idle; what it had is ours. */
		sl_release(sync, sync->mode, region.va, region.len);
		sl_region_free(adapter, &region);
	}
	Region(const Region &) = delete;
	Region &operator=(const Region &) = delete;
	template <typename T> T *at(size_t i) const { return static_cast<T *>(region.va) + i; }
	uint64_t iova(size_t off = 0) const { return region.iova + off; }
	size_t len() const { return region.len; }
	bool good() const { return region.va != nullptr; }

private:
	sl_adapter *adapter;
	sl_region region = {};
};

/* The same by NDIS's names. */
class Shared
{
public:
	Shared(NDIS_HANDLE dma, NDIS_SHARED_MEMORY_USAGE usage, ULONG length) : dma(dma)
	{
		alignas(SCATTER_GATHER_LIST) std::array<UCHAR, sizeof(SCATTER_GATHER_LIST) + sizeof(SCATTER_GATHER_ELEMENT)> room;
		auto *list = reinterpret_cast<SCATTER_GATHER_LIST *>(room.data());
		NDIS_SHARED_MEMORY_PARAMETERS p = {};

		p.Header = {NDIS_OBJECT_TYPE_DEFAULT, NDIS_SHARED_MEMORY_PARAMETERS_REVISION_1,
			NDIS_SIZEOF_SHARED_MEMORY_PARAMETERS_REVISION_1};
		p.Flags = NDIS_SHARED_MEM_PARAMETERS_CONTIGUOUS;
		p.PreferredNode = MM_ANY_NODE_OK;
		p.Usage = usage;
		p.Length = length;
		p.SGListBufferLength = room.size();
		p.SGListBuffer = list;
		if (NdisAllocateSharedMemory(dma, &p, &allocation) != NDIS_STATUS_SUCCESS)
			return;
		va = static_cast<UCHAR *>(p.VirtualAddress);
		pa = list->Elements[0].Address;
	}
	~Shared()
	{
		if (va != nullptr)
			NdisFreeSharedMemory(dma, allocation);
	}
	Shared(const Shared &) = delete;
	Shared &operator=(const Shared &) = delete;

	UCHAR *va = nullptr;
	NDIS_PHYSICAL_ADDRESS pa = {};

private:
	NDIS_HANDLE dma, allocation = nullptr;
};

struct FreeMdl {
	void operator()(MDL *mdl) const { NdisFreeMdl(mdl); }
};
using Mdl = std::unique_ptr<MDL, FreeMdl>;

/* A miniport's handles. */
struct Miniport {
	Miniport(sl_adapter *adapter, void *context)
	{
		NDIS_SG_DMA_DESCRIPTION d = {};

		d.Header = {NDIS_OBJECT_TYPE_SG_DMA_DESCRIPTION, NDIS_SG_DMA_DESCRIPTION_REVISION_1,
			NDIS_SIZEOF_SG_DMA_DESCRIPTION_REVISION_1};
		d.Flags = NDIS_SG_DMA_64_BIT_ADDRESS;
		d.MaximumPhysicalMapping = TOY_BUFFER;
		if (sl_ndis_open(adapter, context, &handle) == NDIS_STATUS_SUCCESS)
			NdisMRegisterScatterGatherDma(handle, &d, &dma);
	}
	~Miniport()
	{
		if (dma != nullptr)
			NdisMDeregisterScatterGatherDma(dma);
		if (handle != nullptr)
			sl_ndis_close(handle);
	}
	Miniport(const Miniport &) = delete;
	Miniport &operator=(const Miniport &) = delete;

	NDIS_HANDLE handle = nullptr, dma = nullptr;
};

constexpr size_t RING = TOY_SLOTS * sizeof(toy_desc), DATA = TOY_SLOTS * TOY_BUFFER;

} // namespace

struct toy {
	toy(sl_adapter *adapter, toy_device *dev)
		: sync(sl_adapter_sync(adapter)), dev(dev), miniport(adapter, this),
		  tx_ring(adapter, "toy tx ring", RING, SL_USAGE_TX_RING, SL_DMA_TO_DEVICE),
		  tx_head(adapter, "toy tx head", sizeof(uint32_t), SL_USAGE_HEAD_WRITEBACK, SL_DMA_FROM_DEVICE),
		  tx(adapter, "toy tx buffers", DATA, SL_USAGE_TX_DATA, SL_DMA_TO_DEVICE),
		  rx_ring(miniport.dma, NdisSharedMemoryUsageReceive, RING),
		  rx(miniport.dma, NdisSharedMemoryUsageReceiveData, DATA),
		  per_line(sync->line / sizeof(toy_desc))
	{
	}

	bool start();
	void post_line(uint32_t first);
	int send(const void *frame, uint32_t len);
	uint32_t receive(void *frame, uint32_t room);

	const sl_sync *sync;
	toy_device *dev;
	Miniport miniport;
	Region tx_ring, tx_head, tx;
	Shared rx_ring, rx;
	std::array<Mdl, TOY_SLOTS> rx_mdl, rx_line;
	uint32_t per_line, tx_next = 0, tx_done = 0, rx_next = 0;
};

bool
toy::start()
{
	if (!tx_ring.good() || !tx_head.good() || !tx.good() || rx_ring.va == nullptr || rx.va == nullptr ||
		per_line > TOY_SLOTS)
		return false;
	for (uint32_t i = 0; i < TOY_SLOTS; i++) {
		rx_mdl[i].reset(NdisAllocateMdl(miniport.handle, rx.va + i * TOY_BUFFER, TOY_BUFFER));
		rx_line[i].reset(NdisAllocateMdl(
			miniport.handle, rx_ring.va + i * sizeof(toy_desc), per_line * sizeof(toy_desc)));
		if (!rx_mdl[i] || !rx_line[i])
			return false;
	}
	toy_device_write(dev, TOY_TX_RING, tx_ring.iova());
	toy_device_write(dev, TOY_RX_RING, static_cast<uint64_t>(rx_ring.pa.QuadPart));
	toy_device_write(dev, TOY_TX_HEAD, tx_head.iova());
	/* R1: the NIC's from now on; the next doorbell barrier completes it. */
	sl_prepare(sync, sync->mode, tx_head.at<void *>(0), tx_head.len());
	for (uint32_t first = 0; first < TOY_SLOTS; first += per_line)
		post_line(first);
	return true;
}

/* Give the NIC a whole line of receive descriptors: it will write to each of them (R4). */
void
toy::post_line(uint32_t first)
{
	const uint32_t slot = first % TOY_SLOTS;
	auto *line = reinterpret_cast<toy_desc *>(rx_ring.va) + slot;

	for (uint32_t i = 0; i < per_line; i++) {
		/* R1: no dirty line is left that could hit the frame later. */
		NdisFlushBuffer(rx_mdl[slot + i].get(), FALSE);
		line[i] = {static_cast<uint64_t>(rx.pa.QuadPart) + (slot + i) * TOY_BUFFER, TOY_BUFFER, 0};
	}
	/* T2: descriptors in memory before the doorbell. */
	NdisFlushBuffer(rx_line[slot].get(), TRUE);
	toy_device_write(dev, TOY_RX_TAIL, first + per_line);
}

int
toy::send(const void *frame, uint32_t len)
{
	const uint32_t slot = tx_next % TOY_SLOTS;
	auto *d = tx_ring.at<toy_desc>(slot);
	uint8_t *buf = tx.at<uint8_t>(slot * TOY_BUFFER);
	uint32_t done;

	if (len == 0 || len > TOY_BUFFER)
		return -EINVAL;
	/* R2: what the NIC counted by now, not what a cache kept. */
	sl_update(sync, sync->mode, tx_head.at<void *>(0), sizeof(done));
	done = *tx_head.at<volatile uint32_t>(0);
	/* R3: the count is read before the slots are used anew. */
	sl_acquire();
	/* A count that cannot be is not believed. */
	if (done - tx_done <= tx_next - tx_done)
		tx_done = done;
	if (tx_next - tx_done == TOY_SLOTS)
		return -EAGAIN;
#ifdef TOY_FLUSH_EARLY /* the mistake that the checker is to name */
	sl_flush(sync, sync->mode, buf, len);
#endif
	std::memcpy(buf, frame, len);
	*d = {tx.iova(slot * TOY_BUFFER), len, 0};
#ifndef TOY_FLUSH_EARLY
	/* T1: the frame in memory before the doorbell. */
	sl_flush(sync, sync->mode, buf, len);
#endif
	/* T2: the descriptor in memory... */
	sl_flush(sync, sync->mode, d, sizeof(*d));
	/* T2: ... and both before the doorbell. */
	sl_doorbell_barrier(sync, sync->mode);
	toy_device_write(dev, TOY_TX_TAIL, ++tx_next);
	return 0;
}

uint32_t
toy::receive(void *frame, uint32_t room)
{
	const uint32_t slot = rx_next % TOY_SLOTS;
	volatile toy_desc *d = reinterpret_cast<toy_desc *>(rx_ring.va) + slot;
	UCHAR *buf = rx.va + slot * TOY_BUFFER;
	uint32_t len;

	/* R2: the descriptor as the NIC left it. */
	NdisMUpdateSharedMemory(miniport.handle, sizeof(*d), const_cast<toy_desc *>(d), rx_ring.pa);
	if ((d->flags & TOY_DONE) == 0)
		return 0;
	len = std::min({static_cast<uint32_t>(d->len), static_cast<uint32_t>(TOY_BUFFER), room});
	/* R3: the frame as the NIC wrote it. */
	NdisMUpdateSharedMemory(miniport.handle, len, buf, rx.pa);
	std::memcpy(frame, buf, len);
	/* R4: a line goes back when all of it is consumed. */
	if (++rx_next % per_line == 0)
		post_line(rx_next - per_line + TOY_SLOTS);
	return len;
}

extern "C" {

int
toy_open(sl_adapter *adapter, toy_device *dev, toy **out)
{
	auto t = std::make_unique<toy>(adapter, dev);

	if (!t->start())
		return -ENOMEM;
	*out = t.release();
	return 0;
}

int
toy_send(toy *t, const void *frame, uint32_t len)
{
	return t->send(frame, len);
}

uint32_t
toy_receive(toy *t, void *frame, uint32_t room)
{
	return t->receive(frame, room);
}

void
toy_close(toy *t)
{
	delete t;
}
}
