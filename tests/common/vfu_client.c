/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* A vfio-user client for tests. */

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vfu_client.h"

#define WAIT_MS 20000
#define FDS_MAX 250u
#define BODY_MAX ((1u << 20) + 4096u)

int
vfu_client_send(struct vfu_client *c, const void *data, size_t len, const int *fds, unsigned int n)
{
	_Alignas(struct cmsghdr) uint8_t control[CMSG_SPACE(FDS_MAX * sizeof(int))] = {0};
	struct iovec iov = {(void *)(uintptr_t)data, len};
	struct msghdr mh = {.msg_iov = &iov, .msg_iovlen = 1};

	if (n != 0) {
		struct cmsghdr *h = (void *)control;

		mh.msg_control = control;
		mh.msg_controllen = CMSG_SPACE(n * sizeof(int));
		h->cmsg_level = SOL_SOCKET;
		h->cmsg_type = SCM_RIGHTS;
		h->cmsg_len = CMSG_LEN(n * sizeof(int));
		memcpy(CMSG_DATA(h), fds, n * sizeof(int));
	}
	while (iov.iov_len != 0) {
		ssize_t sent = sendmsg(c->fd, &mh, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return -errno;
		iov.iov_base = (uint8_t *)iov.iov_base + sent;
		iov.iov_len -= (size_t)sent;
		mh.msg_control = NULL;
		mh.msg_controllen = 0;
	}
	return 0;
}

int
vfu_client_post(struct vfu_client *c, uint16_t command, uint32_t flags, const void *body,
	size_t len, const int *fds, unsigned int n)
{
	struct vfu_header h = {.id = ++c->id,
		.command = command,
		.size = (uint32_t)(sizeof(h) + len),
		.flags = flags};
	uint8_t *m = malloc(sizeof(h) + len);
	int rc = -ENOMEM;

	if (m != NULL) {
		memcpy(m, &h, sizeof(h));
		if (len != 0)
			memcpy(m + sizeof(h), body, len);
		rc = vfu_client_send(c, m, sizeof(h) + len, fds, n);
	}
	free(m);
	return rc;
}

/* Receive all @len bytes: 0, -ETIME or -EPIPE. */
static int
take(struct vfu_client *c, void *to, size_t len, int ms)
{
	while (len != 0) {
		struct pollfd p = {.fd = c->fd, .events = POLLIN};
		ssize_t n;

		if (poll(&p, 1, ms) == 0)
			return -ETIME;
		n = recv(c->fd, to, len, MSG_DONTWAIT);
		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
			return -EPIPE;
		if (n > 0) {
			to = (uint8_t *)to + n;
			len -= (size_t)n;
		}
	}
	return 0;
}

static int
answer_dma(struct vfu_client *c, struct vfu_header *h, uint8_t *body)
{
	struct vfu_dma_access a;
	uint64_t off;
	size_t len = sizeof(a);
	uint8_t *m;
	int rc;

	memcpy(&a, body, sizeof(a));
	off = a.iova - c->mem_iova;
	c->dma_messages++;
	if (h->command == VFU_DMA_WRITE && c->dma_iovas < c->dma_iova_max)
		c->dma_iova[c->dma_iovas++] = a.iova;
	if (c->answers == VFU_ANSWERS_NOT)
		return 0;
	h->flags = VFU_FLAG_REPLY;
	h->id = (uint16_t)(h->id + (c->answers == VFU_ANSWERS_OTHER));
	if (c->answers == VFU_ANSWERS_ERROR || off > c->mem_len || a.count > c->mem_len - off) {
		h->flags |= VFU_FLAG_ERROR;
		h->error = EFAULT;
		h->size = sizeof(*h);
		return vfu_client_send(c, h, sizeof(*h), NULL, 0);
	}
	if (h->command == VFU_DMA_WRITE)
		memcpy(c->mem + off, body + sizeof(a), a.count);
	else
		len += a.count;
	len -= c->answers == VFU_ANSWERS_SHORT;
	m = malloc(sizeof(*h) + sizeof(a) + a.count);
	if (m == NULL)
		return -ENOMEM;
	h->size = (uint32_t)(sizeof(*h) + len);
	memcpy(m, h, sizeof(*h));
	memcpy(m + sizeof(*h), &a, sizeof(a));
	if (h->command == VFU_DMA_READ)
		memcpy(m + sizeof(*h) + sizeof(a), c->mem + off, a.count);
	rc = vfu_client_send(c, m, sizeof(*h) + len, NULL, 0);
	free(m);
	return rc;
}

/* Receive one message. @return 1 if it was a DMA message, which is answered here. */
static int
next(struct vfu_client *c, struct vfu_header *h, uint8_t **body, int ms)
{
	int rc = take(c, h, sizeof(*h), ms);

	*body = NULL;
	if (rc != 0)
		return rc;
	if (h->size < sizeof(*h) || h->size > BODY_MAX)
		return -EPROTO;
	*body = malloc(h->size);
	if (*body == NULL)
		return -ENOMEM;
	rc = take(c, *body, h->size - sizeof(*h), WAIT_MS);
	if (rc != 0 || (h->flags & VFU_FLAG_TYPE) == VFU_FLAG_REPLY)
		return rc;
	rc = answer_dma(c, h, *body);
	return rc != 0 ? rc : 1;
}

ssize_t
vfu_client_wait(struct vfu_client *c, void *body, size_t room)
{
	struct vfu_header h;
	uint8_t *b;
	ssize_t rc;
	size_t len;

	while ((rc = next(c, &h, &b, WAIT_MS)) == 1)
		free(b);
	if (rc == 0) {
		len = h.size - sizeof(h);
		if (h.id != c->id)
			rc = -EBADMSG;
		else if ((h.flags & VFU_FLAG_ERROR) != 0)
			rc = -(ssize_t)h.error;
		else
			rc = (ssize_t)len;
		if (rc > 0 && body != NULL)
			memcpy(body, b, len < room ? len : room);
	}
	free(b);
	return rc;
}

int
vfu_client_idle(struct vfu_client *c, int ms)
{
	struct vfu_header h;
	uint8_t *b;
	int rc;

	while ((rc = next(c, &h, &b, ms)) == 1)
		free(b);
	free(b);
	return rc == -ETIME ? 0 : rc == 0 ? -EBADMSG : rc;
}

ssize_t
vfu_client_ask(struct vfu_client *c, uint16_t command, const void *body, size_t len, const int *fds,
	unsigned int n, void *answer, size_t room)
{
	int rc = vfu_client_post(c, command, 0, body, len, fds, n);

	return rc != 0 ? rc : vfu_client_wait(c, answer, room);
}

ssize_t
vfu_client_version(struct vfu_client *c, const char *caps)
{
	uint8_t m[1024] = {0};
	size_t len = caps != NULL ? strlen(caps) + 1 : 0;

	if (len > sizeof(m) - sizeof(struct vfu_version))
		return -E2BIG;
	if (len != 0)
		memcpy(m + sizeof(struct vfu_version), caps, len);
	return vfu_client_ask(
		c, VFU_VERSION, m, sizeof(struct vfu_version) + len, NULL, 0, NULL, 0);
}

ssize_t
vfu_client_map(
	struct vfu_client *c, uint64_t iova, uint64_t size, uint64_t off, uint32_t flags, int fd)
{
	struct vfu_dma_map m = {sizeof(m), flags, off, iova, size};

	return vfu_client_ask(c, VFU_DMA_MAP, &m, sizeof(m), &fd, fd >= 0, NULL, 0);
}

ssize_t
vfu_client_unmap(struct vfu_client *c, uint64_t iova, uint64_t size, uint32_t flags)
{
	struct vfu_dma_unmap m = {sizeof(m), flags, iova, size};

	return vfu_client_ask(c, VFU_DMA_UNMAP, &m, sizeof(m), NULL, 0, NULL, 0);
}

ssize_t
vfu_client_read(struct vfu_client *c, uint32_t region, uint64_t off, void *to, uint32_t len)
{
	struct vfu_region_access a = {off, region, len};
	uint8_t answer[sizeof(a) + 64];
	ssize_t rc =
		vfu_client_ask(c, VFU_REGION_READ, &a, sizeof(a), NULL, 0, answer, sizeof(answer));

	if (rc >= (ssize_t)sizeof(a) && rc - sizeof(a) == len && len <= 64)
		memcpy(to, answer + sizeof(a), len);
	return rc;
}

ssize_t
vfu_client_write(
	struct vfu_client *c, uint32_t region, uint64_t off, const void *from, uint32_t len)
{
	struct vfu_region_access a = {off, region, len};
	uint8_t m[sizeof(a) + 64];

	if (len > 64)
		return -E2BIG;
	memcpy(m, &a, sizeof(a));
	memcpy(m + sizeof(a), from, len);
	return vfu_client_ask(c, VFU_REGION_WRITE, m, sizeof(a) + len, NULL, 0, NULL, 0);
}

uint32_t
vfu_client_reg(struct vfu_client *c, uint32_t off)
{
	uint32_t val = 0xdeadbeef;

	vfu_client_read(c, VFU_REGION_BAR0, off, &val, sizeof(val));
	return val;
}

ssize_t
vfu_client_set_reg(struct vfu_client *c, uint32_t off, uint32_t val)
{
	return vfu_client_write(c, VFU_REGION_BAR0, off, &val, sizeof(val));
}

ssize_t
vfu_client_irqs(struct vfu_client *c, uint32_t flags, uint32_t index, uint32_t start,
	uint32_t count, const int *fds, unsigned int n)
{
	struct vfu_irq_set s = {sizeof(s), flags, index, start, count};

	return vfu_client_ask(c, VFU_DEVICE_SET_IRQS, &s, sizeof(s), fds, n, NULL, 0);
}
