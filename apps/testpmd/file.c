/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Reads files of commands line by line. They may be FIFOs: forward_wait() runs until a line is
 * complete, and a signal ends the wait.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "forward.h"
#include "run.h"

int
lines_open(struct lines *l, const char *path)
{
	/* Non-blocking, so that opening a FIFO does not wait: lines_next() waits for its lines. */
	*l = (struct lines){.fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
	return l->fd < 0 ? -errno : 0;
}

void
lines_close(struct lines *l)
{
	close(l->fd);
}

/** Read more text into the buffer. @return 1; 0: a signal was received; negative errno. */
static int
fill(struct lines *l, struct run *run)
{
	struct pollfd in = {.fd = l->fd, .events = POLLIN};
	ssize_t n;

	while (poll(&in, 1, 0) == 0) {
		if (forward_wait(run, -1, l->fd) == WAKE_SIGNAL)
			return 0;
	}
	n = read(l->fd, l->text + l->n, sizeof(l->text) - l->n);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 1 : -errno;
	l->end = n == 0;
	l->n += (size_t)n;
	return 1;
}

int
lines_next(struct lines *l, struct run *run, char line[FILE_LINE_LEN + 1])
{
	const char *end;
	size_t len;
	int rc = 1;

	while ((end = memchr(l->text, '\n', l->n)) == NULL && !l->end && rc == 1) {
		if (l->n == sizeof(l->text))
			return -EMSGSIZE;
		rc = fill(l, run);
	}
	if (rc != 1 || signals_came(&run->signals))
		return RTE_MIN(rc, 0);
	len = end != NULL ? (size_t)(end - l->text) : l->n;
	if (end == NULL && len == 0)
		return 0;
	snprintf(line, FILE_LINE_LEN + 1, "%.*s\n", (int)len, l->text);
	len += end != NULL;
	l->n -= len;
	memmove(l->text, l->text + len, l->n);
	return 1;
}
