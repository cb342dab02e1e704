/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Processing of the client's messages. Each is checked completely before it
 * changes anything.
 */

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "sl_bus.h"
#include "vfu.h"

/* The only major version. A client with a newer minor version gets this one as the answer. */
#define MAJOR 0

/* QEMU accepts at most 16 files and 65535 mappings here. */
static const char capabilities[] =
	"{\"capabilities\":{\"max_msg_fds\":16,\"max_data_xfer_size\":1048576,"
	"\"max_dma_maps\":65535,\"pgsizes\":4096}}";

/* An integer of the client's capabilities, limited to the possible range. */
static uint32_t
capability(const json_t *caps, const char *name, uint32_t otherwise, uint32_t most)
{
	const json_t *j = json_object_get(caps, name);
	json_int_t n = json_is_integer(j) ? json_integer_value(j) : otherwise;

	if (n < 1)
		return 1;
	return n < (json_int_t)most ? (uint32_t)n : most;
}

static int
do_version(struct sl_vfu *v, struct vfu_msg *m)
{
	uint8_t answer[sizeof(struct vfu_version) + sizeof(capabilities)];
	const struct vfu_version *want = (const void *)m->body;
	const char *text = (const char *)m->body + sizeof(*want);
	json_t *root = NULL, *caps;

	if (m->len < sizeof(*want) || want->major != MAJOR)
		return m->len < sizeof(*want) ? -EINVAL : -EPROTONOSUPPORT;
	if (m->len > sizeof(*want)) {
		if (m->body[m->len - 1] != '\0')
			return -EINVAL;
		root = json_loads(text, 0, NULL);
		if (root == NULL)
			return -EINVAL;
	}
	caps = json_object_get(root, "capabilities");
	v->client_data_max = capability(caps, "max_data_xfer_size", VFU_DATA_MAX, VFU_DATA_MAX);
	json_decref(root);
	v->greeted = true;
	v->served++;
	memcpy(answer, &(struct vfu_version){.major = MAJOR}, sizeof(*want));
	memcpy(answer + sizeof(*want), capabilities, sizeof(capabilities));
	vfu_reply(v, m, 0, answer, sizeof(answer));
	return 0;
}

static int
do_dma_map(struct sl_vfu *v, struct vfu_msg *m)
{
	int rc;

	if (m->len != sizeof(struct vfu_dma_map) || m->fds > 1)
		return -EINVAL;
	/* The file stays mapped when its descriptor is closed with the message. */
	rc = vfu_dma_map(v, (const void *)m->body, m->fds != 0 ? m->fd[0] : -1);
	if (rc == 0)
		vfu_reply(v, m, 0, NULL, 0);
	return rc;
}

static int
do_dma_unmap(struct sl_vfu *v, struct vfu_msg *m)
{
	const struct vfu_dma_unmap *req = (const void *)m->body;
	int rc = 0;

	if (m->len < sizeof(*req))
		return -EINVAL;
	if ((req->flags & VFU_UNMAP_BITMAP) != 0)
		return -ENOTSUP;
	if ((req->flags & VFU_UNMAP_ALL) != 0)
		vfu_dma_unmap_all(v);
	else
		rc = vfu_dma_unmap(v, req->iova, req->size);
	if (rc == 0)
		vfu_reply(v, m, 0, req, sizeof(*req));
	return rc;
}

static int
do_device_info(struct sl_vfu *v, struct vfu_msg *m)
{
	struct vfu_device_info info = {.argsz = sizeof(info),
		.flags = VFU_DEVICE_RESETS | VFU_DEVICE_PCI,
		.regions = VFU_REGIONS,
		.irqs = VFU_IRQS};

	if (m->len < sizeof(info))
		return -EINVAL;
	vfu_reply(v, m, 0, &info, sizeof(info));
	return 0;
}

static uint64_t
region_size(const struct sl_vfu *v, uint32_t index)
{
	if (index == VFU_REGION_BAR0)
		return v->device->bar_size;
	if (index == v->config.msix_bar)
		return VFU_MSIX_SIZE;
	return index == VFU_REGION_CONFIG ? VFU_CONFIG_SIZE : 0;
}

static int
do_region_info(struct sl_vfu *v, struct vfu_msg *m)
{
	struct vfu_region_info info;

	if (m->len < sizeof(info))
		return -EINVAL;
	memcpy(&info, m->body, sizeof(info));
	if (info.argsz < sizeof(info) || info.index >= VFU_REGIONS)
		return -EINVAL;
	info.argsz = sizeof(info);
	info.cap_offset = 0;
	info.offset = 0;
	info.size = region_size(v, info.index);
	info.flags = info.size != 0 ? VFU_REGION_READABLE | VFU_REGION_WRITABLE : 0;
	vfu_reply(v, m, 0, &info, sizeof(info));
	return 0;
}

static int
do_irq_info(struct sl_vfu *v, struct vfu_msg *m)
{
	struct vfu_irq_info info;

	if (m->len < sizeof(info))
		return -EINVAL;
	memcpy(&info, m->body, sizeof(info));
	if (info.argsz < sizeof(info) || info.index >= VFU_IRQS)
		return -EINVAL;
	info.argsz = sizeof(info);
	info.count = vfu_irq_vectors(v, info.index);
	/* Vectors can be added while others are in use: no "noresize". */
	info.flags = info.count != 0 ? VFU_IRQ_EVENTFD : 0;
	if (info.index == VFU_IRQ_INTX)
		info.flags |= VFU_IRQ_MASKABLE | VFU_IRQ_AUTOMASKED;
	vfu_reply(v, m, 0, &info, sizeof(info));
	return 0;
}

static int
do_set_irqs(struct sl_vfu *v, struct vfu_msg *m)
{
	int rc = vfu_irq_set(v, m);

	if (rc == 0)
		vfu_reply(v, m, 0, NULL, 0);
	return rc;
}

/* --- regions --- */

/* Registers have 32 bits; a narrower read returns part of one. */
static void
registers_read(struct sl_vfu *v, uint32_t off, uint8_t *to, uint32_t len)
{
	while (len != 0) {
		uint32_t at = off & 3, part = 4 - at < len ? 4 - at : len;
		uint32_t val =
			v->config.asleep ? SL_REG_GONE : sl_softnic_reg_read(v->nic, off - at);

		memcpy(to, (const uint8_t *)&val + at, part);
		off += part;
		to += part;
		len -= part;
		vfu_count(&v->stats.reads, 1);
	}
}

static void
registers_write(struct sl_vfu *v, uint32_t off, const uint8_t *from, uint32_t len)
{
	for (; len != 0; off += 4, from += 4, len -= 4) {
		volatile uint32_t *bell;
		uint32_t val;

		/* 8.1.1: a write must cover a whole register. */
		if ((off & 3) != 0 || len < 4) {
			vfu_count(&v->stats.bad_access, 1);
			return;
		}
		memcpy(&val, from, sizeof(val));
		vfu_count(&v->stats.writes, 1);
		if (v->config.asleep)
			continue;
		bell = sl_softnic_doorbell(v->nic, off);
		/* T2: the guest stored its descriptors before it sent this message. */
		if (bell != NULL)
			__atomic_store_n(bell, val, __ATOMIC_RELEASE);
		else
			sl_softnic_reg_write(v->nic, off, val);
	}
}

static void
region_read(struct sl_vfu *v, uint32_t region, uint32_t off, uint8_t *to, uint32_t len)
{
	if (region == VFU_REGION_CONFIG)
		vfu_config_read(v, off, to, len);
	else if (region == VFU_REGION_BAR0)
		registers_read(v, off, to, len);
	else
		memcpy(to, v->msix + off, len);
}

static void
region_write(struct sl_vfu *v, uint32_t region, uint32_t off, const uint8_t *from, uint32_t len)
{
	if (region == VFU_REGION_CONFIG)
		vfu_config_write(v, off, from, len);
	else if (region == VFU_REGION_BAR0)
		registers_write(v, off, from, len);
	else if (off + len <= VFU_MSIX_PBA)
		memcpy(v->msix + off, from, len); /* stored only: the VMM uses its own table */
}

/* Check an access: 0, or an error if it is outside the region or too long. */
static int
access_check(const struct sl_vfu *v, const struct vfu_region_access *a)
{
	uint64_t size = a->region < VFU_REGIONS ? region_size(v, a->region) : 0;

	if (a->count == 0 || a->count > VFU_DATA_MAX || a->offset > size ||
		a->count > size - a->offset)
		return -EINVAL;
	return 0;
}

static int
do_region_read(struct sl_vfu *v, struct vfu_msg *m)
{
	struct vfu_region_access a;
	uint8_t *answer;
	int rc;

	if (m->len != sizeof(a))
		return -EINVAL;
	memcpy(&a, m->body, sizeof(a));
	rc = access_check(v, &a);
	if (rc != 0)
		return rc;
	answer = malloc(sizeof(a) + a.count);
	if (answer == NULL)
		return -ENOMEM;
	memcpy(answer, &a, sizeof(a));
	region_read(v, a.region, (uint32_t)a.offset, answer + sizeof(a), a.count);
	vfu_reply(v, m, 0, answer, sizeof(a) + a.count);
	free(answer);
	return 0;
}

static int
do_region_write(struct sl_vfu *v, struct vfu_msg *m)
{
	struct vfu_region_access a;
	int rc;

	if (m->len < sizeof(a))
		return -EINVAL;
	memcpy(&a, m->body, sizeof(a));
	rc = access_check(v, &a);
	if (rc == 0 && m->len - sizeof(a) != a.count)
		rc = -EINVAL;
	if (rc != 0)
		return rc;
	region_write(v, a.region, (uint32_t)a.offset, m->body + sizeof(a), a.count);
	vfu_reply(v, m, 0, &a, sizeof(a));
	return 0;
}

static int
do_reset(struct sl_vfu *v, struct vfu_msg *m)
{
	vfu_function_reset(v);
	vfu_reply(v, m, 0, NULL, 0);
	return 0;
}

void
vfu_command(struct sl_vfu *v, struct vfu_msg *m)
{
	/* Each handler sends the answer, or returns a negative errno. */
	static int (*const handler[])(struct sl_vfu *, struct vfu_msg *) = {
		[VFU_VERSION] = do_version,
		[VFU_DMA_MAP] = do_dma_map,
		[VFU_DMA_UNMAP] = do_dma_unmap,
		[VFU_DEVICE_GET_INFO] = do_device_info,
		[VFU_DEVICE_GET_REGION_INFO] = do_region_info,
		[VFU_DEVICE_GET_IRQ_INFO] = do_irq_info,
		[VFU_DEVICE_SET_IRQS] = do_set_irqs,
		[VFU_REGION_READ] = do_region_read,
		[VFU_REGION_WRITE] = do_region_write,
		[VFU_DEVICE_RESET] = do_reset,
	};
	const unsigned int n = sizeof(handler) / sizeof(handler[0]);
	int rc = -ENOTSUP;

	if ((m->h.flags & VFU_FLAG_TYPE) != 0) {
		vfu_end(v, "it answered message %u, which was not sent", m->h.id);
		return;
	}
	if (m->h.command < n && handler[m->h.command] != NULL) {
		/* The first message, and only this one, agrees on the version. */
		if ((m->h.command == VFU_VERSION) == v->greeted)
			rc = -EINVAL;
		else
			rc = handler[m->h.command](v, m);
	}
	if (rc != 0)
		vfu_reply(v, m, -rc, NULL, 0);
}
