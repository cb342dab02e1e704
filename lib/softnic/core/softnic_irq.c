/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Interrupt vectors, each with an eventfd. The family decides which cause
 * raises which vector; here the vectors of a step are signalled, each once.
 */

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "softnic_engine.h"

int
softnic_irq_open(struct sl_softnic *nic)
{
	unsigned int i;

	for (i = 0; i < nic->model->device.vectors; i++) {
		nic->irq_fd[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
		if (nic->irq_fd[i] < 0)
			return -errno;
	}
	return 0;
}

void
softnic_irq_close(struct sl_softnic *nic)
{
	unsigned int i;

	for (i = 0; i < nic->model->device.vectors; i++) {
		if (nic->irq_fd[i] >= 0)
			close(nic->irq_fd[i]);
	}
}

int
sl_softnic_irq_fd(struct sl_softnic *nic, unsigned int vector)
{
	return vector < nic->model->device.vectors ? nic->irq_fd[vector] : -1;
}

void
softnic_irq_flush(struct sl_softnic *nic)
{
	static const uint64_t one = 1;
	uint64_t pending = nic->irq_pending;

	nic->irq_pending = 0;
	for (; pending != 0; pending &= pending - 1) {
		ssize_t rc = write(nic->irq_fd[__builtin_ctzll(pending)], &one, sizeof(one));

		/*
		 * An error is ignored: when the counter is full, the reader is already signalled.
		 */
		(void)rc;
		nic->count[SOFTNIC_INTERRUPTS]++;
	}
}
