/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Interrupts: the client passes an eventfd for each vector that the guest has set
 * up, for INTx, MSI or MSI-X.
 */

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vfu.h"

unsigned int
vfu_irq_vectors(const struct sl_vfu *v, uint32_t index)
{
	switch (index) {
	case VFU_IRQ_INTX:
	case VFU_IRQ_MSI:
	case VFU_IRQ_ERR: /* accepted so that QEMU does not complain; the device has no such errors
			   */
		return 1;
	case VFU_IRQ_MSIX:
		return v->device->vectors;
	default:
		return 0;
	}
}

static void
signal_vector(struct sl_vfu *v, enum vfu_irq index, unsigned int vector)
{
	static const uint64_t one = 1;

	/* A full counter is not an error: the reader is already signalled. */
	if (write(v->irqs.fd[index][vector], &one, sizeof(one)) == sizeof(one))
		vfu_count(&v->stats.interrupts, 1);
}

/* Called when the device raises a vector, with its lock held. */
static void
raised(void *ctx, unsigned int vector)
{
	struct sl_vfu *v = ctx;
	struct vfu_irqs *irqs = &v->irqs;

	if (v->config.asleep)
		return;
	if (irqs->fd[VFU_IRQ_MSIX][vector] >= 0)
		signal_vector(v, VFU_IRQ_MSIX, vector);
	else if (irqs->fd[VFU_IRQ_MSI][0] >= 0)
		signal_vector(v, VFU_IRQ_MSI, 0);
	else if (irqs->fd[VFU_IRQ_INTX][0] >= 0 && !irqs->masked && !v->config.intx_off)
		signal_vector(v, VFU_IRQ_INTX, 0);
	else
		vfu_count(&v->stats.unsignalled, 1);
}

bool
vfu_irq_line(const struct sl_vfu *v)
{
	unsigned int i;

	for (i = 0; i < v->device->vectors; i++) {
		if (v->irqs.fd[VFU_IRQ_MSIX][i] >= 0)
			return false;
	}
	return v->irqs.fd[VFU_IRQ_MSI][0] < 0 && !v->config.asleep && sl_softnic_intx(v->nic);
}

/* INTx is level-triggered: unmasking it signals it again while it is asserted. */
static void
line_again(struct sl_vfu *v)
{
	v->irqs.masked = false;
	if (v->irqs.fd[VFU_IRQ_INTX][0] >= 0 && !v->config.intx_off && vfu_irq_line(v))
		signal_vector(v, VFU_IRQ_INTX, 0);
}

static void
fd_set_to(int *place, int fd)
{
	if (*place >= 0)
		close(*place);
	*place = fd;
}

void
vfu_irq_unmask_event(struct sl_vfu *v)
{
	uint64_t n;

	if (read(v->irqs.unmask_fd, &n, sizeof(n)) == sizeof(n))
		line_again(v);
	else if (errno != EAGAIN && errno != EINTR)
		fd_set_to(&v->irqs.unmask_fd,
			-1); /* it is not an eventfd, and would be ready forever */
}

void
vfu_irq_init(struct sl_vfu *v)
{
	unsigned int index, i;

	for (index = 0; index < VFU_IRQS; index++) {
		for (i = 0; i < VFU_VECTORS; i++)
			v->irqs.fd[index][i] = -1;
	}
	v->irqs.unmask_fd = -1;
	sl_softnic_on_irq(v->nic, raised, v);
}

void
vfu_irq_close(struct sl_vfu *v)
{
	unsigned int index, i;

	for (index = 0; index < VFU_IRQS; index++) {
		for (i = 0; i < VFU_VECTORS; i++)
			fd_set_to(&v->irqs.fd[index][i], -1);
	}
	fd_set_to(&v->irqs.unmask_fd, -1);
	v->irqs.masked = false;
}

/* Set the eventfds of vectors; vectors without a new one lose theirs. */
static void
set_files(struct sl_vfu *v, struct vfu_msg *m, const struct vfu_irq_set *s)
{
	uint32_t i;

	for (i = 0; i < s->count; i++) {
		int fd = i < m->fds ? m->fd[i] : -1;

		if (i < m->fds)
			m->fd[i] = -1;
		fd_set_to(&v->irqs.fd[s->index][s->start + i], fd);
	}
	/* Signal INTx if it is asserted already; otherwise it would never be signalled. */
	if (s->index == VFU_IRQ_INTX)
		line_again(v);
}

static int
set_trigger(struct sl_vfu *v, struct vfu_msg *m, const struct vfu_irq_set *s, const uint8_t *bools)
{
	uint32_t i;

	if ((s->flags & VFU_SET_EVENTFD) != 0) {
		set_files(v, m, s);
		return 0;
	}
	if (s->count == 0 && (s->flags & VFU_SET_NONE) != 0) {
		for (i = 0; i < VFU_VECTORS; i++)
			fd_set_to(&v->irqs.fd[s->index][i], -1);
		if (s->index == VFU_IRQ_INTX)
			fd_set_to(&v->irqs.unmask_fd, -1);
		return 0;
	}
	for (i = 0; i < s->count; i++) {
		if (((s->flags & VFU_SET_NONE) != 0 || bools[i] != 0) &&
			v->irqs.fd[s->index][s->start + i] >= 0)
			signal_vector(v, s->index, s->start + i);
	}
	return 0;
}

/* Mask or unmask, which is possible only for INTx. */
static int
set_mask(struct sl_vfu *v, struct vfu_msg *m, const struct vfu_irq_set *s, const uint8_t *bools)
{
	const bool unmask = (s->flags & VFU_SET_UNMASK) != 0;

	if (s->index != VFU_IRQ_INTX)
		return -ENOTSUP;
	if ((s->flags & VFU_SET_EVENTFD) != 0) {
		if (!unmask)
			return -ENOTSUP;
		fd_set_to(&v->irqs.unmask_fd, m->fds != 0 ? m->fd[0] : -1);
		if (m->fds != 0)
			m->fd[0] = -1;
		return 0;
	}
	if (s->count == 0 || ((s->flags & VFU_SET_BOOL) != 0 && bools[0] == 0))
		return 0;
	if (unmask)
		line_again(v);
	else
		v->irqs.masked = true;
	return 0;
}

/*
 * A file must neither block this thread nor send it a signal. The kernel reports no file type for
 * eventfds and a few other files, and with O_NONBLOCK none of these blocks or signals.
 */
static bool
are_eventfds(const struct vfu_msg *m)
{
	unsigned int i;

	for (i = 0; i < m->fds; i++) {
		struct stat st;

		if (fstat(m->fd[i], &st) != 0 || (st.st_mode & S_IFMT) != 0)
			return false;
		/* The flag is shared with the client; VMMs create their eventfds with it. */
		if (fcntl(m->fd[i], F_SETFL, O_NONBLOCK) != 0)
			return false;
	}
	return true;
}

static bool
one_bit(uint32_t x)
{
	return x != 0 && (x & (x - 1)) == 0;
}

int
vfu_irq_set(struct sl_vfu *v, struct vfu_msg *m)
{
	const struct vfu_irq_set *s = (const void *)m->body;
	const uint8_t *bools = m->body + sizeof(*s);
	unsigned int vectors;

	if (m->len < sizeof(*s) || (s->flags & ~(VFU_SET_DATA | VFU_SET_ACTION)) != 0 ||
		!one_bit(s->flags & VFU_SET_DATA) || !one_bit(s->flags & VFU_SET_ACTION) ||
		s->index >= VFU_IRQS)
		return -EINVAL;
	vectors = vfu_irq_vectors(v, s->index);
	if (s->start > vectors || s->count > vectors - s->start)
		return -EINVAL;
	if ((s->flags & VFU_SET_BOOL) != 0 && m->len - sizeof(*s) < s->count)
		return -EINVAL;
	if (m->fds > ((s->flags & VFU_SET_EVENTFD) != 0 ? s->count : 0) || !are_eventfds(m))
		return -EINVAL;
	if ((s->flags & VFU_SET_TRIGGER) != 0)
		return set_trigger(v, m, s, bools);
	return set_mask(v, m, s, bools);
}
