/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Messages on a stream socket: their bytes may be received in parts, and their
 * files are received with the first byte. A stream that cannot be parsed any
 * further ends the connection.
 */

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "vfu.h"

int64_t
vfu_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
vfu_msg_free(struct vfu_msg *m)
{
	unsigned int i;

	if (m == NULL)
		return;
	for (i = 0; i < m->fds; i++) {
		if (m->fd[i] >= 0)
			close(m->fd[i]);
	}
	free(m->body);
	free(m);
}

void
vfu_stream_reset(struct sl_vfu *v)
{
	struct vfu_msg *m;

	vfu_msg_free(v->in.msg);
	v->in = (struct vfu_input){NULL, 0};
	while ((m = v->waiting) != NULL) {
		v->waiting = m->next;
		vfu_msg_free(m);
	}
	v->waiting_end = &v->waiting;
	v->waiting_bytes = 0;
}

/* Keep the files of a control message; close files for which there is no room. */
static void
take_fds(struct sl_vfu *v, struct msghdr *mh, struct vfu_msg *m)
{
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(mh); c != NULL; c = CMSG_NXTHDR(mh, c)) {
		size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int), i;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
			if (m->fds < VFU_FDS) {
				m->fd[m->fds++] = fd;
				continue;
			}
			close(fd);
			vfu_end(v, "a message came with more than %u files", VFU_FDS);
		}
	}
}

/* Read at most @p len bytes; 0: there are none, or the connection must end. */
static uint32_t
read_some(struct sl_vfu *v, struct vfu_msg *m, void *to, uint32_t len)
{
	_Alignas(struct cmsghdr) uint8_t control[CMSG_SPACE(VFU_FDS * sizeof(int))];
	struct iovec iov = {.iov_base = to, .iov_len = len};
	struct msghdr mh = {.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control)};
	ssize_t n = recvmsg(v->fd, &mh, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (n < 0) {
		if (errno != EAGAIN && errno != EINTR)
			vfu_end(v, "cannot read from the socket: %s", strerror(errno));
		return 0;
	}
	take_fds(v, &mh, m);
	if ((mh.msg_flags & MSG_CTRUNC) != 0)
		vfu_end(v, "files of a message are lost: more than %u, or no descriptor is free",
			VFU_FDS);
	if (n == 0)
		vfu_end(v,
			v->in.have == 0 ? "it closed the socket" :
					  "it closed the socket within a message");
	return (uint32_t)n;
}

/* The header is complete: allocate the body. */
static void
expect_body(struct sl_vfu *v, struct vfu_msg *m)
{
	const uint32_t most = sizeof(m->h) + VFU_BODY_MAX;

	if (m->h.size < sizeof(m->h) || m->h.size > most) {
		vfu_end(v, "a message claims %u bytes: %zu to %u are possible", m->h.size,
			sizeof(m->h), most);
		return;
	}
	m->len = m->h.size - (uint32_t)sizeof(m->h);
	/* One byte more, for the NUL of text. */
	m->body = malloc(m->len + 1u);
	if (m->body == NULL)
		vfu_end(v, "no memory for a message of %u bytes", m->h.size);
}

/* Continue to receive the current message; NULL: it is not complete. */
static struct vfu_msg *
stream_next(struct sl_vfu *v)
{
	struct vfu_input *in = &v->in;
	struct vfu_msg *m = in->msg;
	uint32_t n;

	if (m == NULL)
		m = in->msg = calloc(1, sizeof(*m));
	if (m == NULL) {
		vfu_end(v, "no memory for a message");
		return NULL;
	}
	while (v->gone[0] == '\0') {
		if (in->have >= sizeof(m->h) && in->have == m->h.size) {
			*in = (struct vfu_input){NULL, 0};
			vfu_count(&v->stats.messages, 1);
			return m;
		}
		if (in->have < sizeof(m->h))
			n = read_some(v, m, (uint8_t *)&m->h + in->have,
				(uint32_t)sizeof(m->h) - in->have);
		else
			n = read_some(
				v, m, m->body + (in->have - sizeof(m->h)), m->h.size - in->have);
		if (n == 0)
			return NULL;
		in->have += n;
		if (in->have == sizeof(m->h))
			expect_body(v, m);
	}
	return NULL;
}

struct vfu_msg *
vfu_receive(struct sl_vfu *v)
{
	struct vfu_msg *m = v->waiting;

	if (m == NULL)
		return stream_next(v);
	v->waiting = m->next;
	if (v->waiting == NULL)
		v->waiting_end = &v->waiting;
	v->waiting_bytes -= m->len + sizeof(*m);
	return m;
}

/* Wait until the socket is ready; false: @p until has passed. */
static bool
wait_socket(struct sl_vfu *v, short events, int64_t until)
{
	struct pollfd p = {.fd = v->fd, .events = events};
	int64_t left = until - vfu_now_ms();

	return left > 0 && (poll(&p, 1, (int)left) >= 0 || errno == EINTR);
}

/* Send header and body with one call, as QEMU requires, and then the rest that did not fit. */
static void
send_all(struct sl_vfu *v, const struct iovec *parts, unsigned int n)
{
	const int64_t until = vfu_now_ms() + VFU_PATIENCE_MS;
	struct iovec iov[3];
	struct msghdr mh = {.msg_iov = iov, .msg_iovlen = n};

	memcpy(iov, parts, n * sizeof(iov[0]));
	while (v->gone[0] == '\0' && mh.msg_iovlen != 0) {
		ssize_t sent = sendmsg(v->fd, &mh, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent < 0 && errno != EAGAIN && errno != EINTR) {
			vfu_end(v, "cannot write to the socket: %s", strerror(errno));
		} else if (sent < 0 && !wait_socket(v, POLLOUT, until)) {
			vfu_end(v, "it has read nothing for %d s", VFU_PATIENCE_MS / 1000);
		}
		while (sent > 0 && mh.msg_iovlen != 0) {
			size_t part = mh.msg_iov->iov_len;

			part = part < (size_t)sent ? part : (size_t)sent;
			mh.msg_iov->iov_base = (uint8_t *)mh.msg_iov->iov_base + part;
			mh.msg_iov->iov_len -= part;
			sent -= (ssize_t)part;
			if (mh.msg_iov->iov_len == 0) {
				mh.msg_iov++;
				mh.msg_iovlen--;
			}
		}
	}
}

void
vfu_reply(struct sl_vfu *v, const struct vfu_msg *m, int error, const void *body, size_t len)
{
	struct vfu_header h = {.id = m->h.id,
		.command = m->h.command,
		.size = (uint32_t)(sizeof(h) + (error != 0 ? 0 : len)),
		.flags = VFU_FLAG_REPLY | (error != 0 ? VFU_FLAG_ERROR : 0),
		.error = (uint32_t)error};
	struct iovec iov[2] = {{&h, sizeof(h)}, {(void *)(uintptr_t)body, len}};

	if (error != 0)
		vfu_count(&v->stats.refused, 1);
	if ((m->h.flags & VFU_FLAG_NO_REPLY) == 0)
		send_all(v, iov, error != 0 || len == 0 ? 1 : 2);
}

static void
let_wait(struct sl_vfu *v, struct vfu_msg *m)
{
	if (v->waiting_bytes + m->len + sizeof(*m) > VFU_WAITING_MAX) {
		vfu_msg_free(m);
		vfu_end(v, "it sent more than %u MiB of messages and did not answer ours",
			VFU_WAITING_MAX >> 20);
		return;
	}
	v->waiting_bytes += m->len + sizeof(*m);
	m->next = NULL;
	*v->waiting_end = m;
	v->waiting_end = &m->next;
}

/* Receive the answer to the server's message @p id; NULL: the connection must end. */
static struct vfu_msg *
await_answer(struct sl_vfu *v, uint16_t id)
{
	const int64_t until = vfu_now_ms() + v->patience_ms;

	for (;;) {
		struct vfu_msg *m = stream_next(v);

		if (v->gone[0] != '\0') {
			vfu_msg_free(m);
			return NULL;
		}
		if (m == NULL) {
			if (!wait_socket(v, POLLIN, until))
				vfu_end(v, "it has not answered for %d s", VFU_PATIENCE_MS / 1000);
		} else if ((m->h.flags & VFU_FLAG_TYPE) != VFU_FLAG_REPLY) {
			let_wait(v, m);
		} else if (m->h.id == id) {
			return m;
		} else {
			vfu_end(v, "it answered message %u, which was not sent", m->h.id);
			vfu_msg_free(m);
		}
	}
}

int
vfu_call(struct sl_vfu *v, uint16_t command, const void *head, size_t head_len, const void *data,
	size_t data_len, void *answer, size_t answer_len)
{
	struct vfu_header h = {.id = v->next_id++,
		.command = command,
		.size = (uint32_t)(sizeof(h) + head_len + data_len)};
	struct iovec iov[3] = {{&h, sizeof(h)}, {(void *)(uintptr_t)head, head_len},
		{(void *)(uintptr_t)data, data_len}};
	const int64_t begin = vfu_now_ms();
	struct vfu_msg *m;
	int rc = 0;

	send_all(v, iov, data_len != 0 ? 3 : 2);
	m = await_answer(v, h.id);
	v->patience_ms -= vfu_now_ms() - begin;
	if (m == NULL)
		return -ENODEV;
	if ((m->h.flags & VFU_FLAG_ERROR) != 0) {
		rc = -EFAULT;
	} else if (m->h.command != command || m->len != answer_len) {
		vfu_end(v, "its answer to message %u has %u bytes: %zu are due", command, m->len,
			answer_len);
		rc = -EPROTO;
	} else {
		memcpy(answer, m->body, answer_len);
	}
	vfu_msg_free(m);
	return rc;
}
