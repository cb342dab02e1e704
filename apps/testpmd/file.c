/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "forward.h"
#include "run.h"

/** How often a FIFO is looked at that nobody reads yet. */
#define PARTNER_MS 50

int
lines_open(struct lines *l, const char *path)
{
	/* So that the open of a FIFO does not wait: its lines are waited for. */
	*l = (struct lines){.fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
	return l->fd < 0 ? -errno : 0;
}

void
lines_close(struct lines *l)
{
	close(l->fd);
}

/** Get more text. @return 1; 0 when a signal came; negative errno. */
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

int
file_check(const char *path)
{
	char folder[PATH_MAX];

	if (access(path, W_OK) == 0)
		return 0;
	if (errno != ENOENT)
		return -errno;
	snprintf(folder, sizeof(folder), "%s", path);
	return access(dirname(folder), W_OK | X_OK) == 0 ? 0 : -errno;
}

/**
 * Wait for a file, or for a signal; one that came before has asked for the file.
 *
 * @param fd  -1: only let time pass
 */
static int
wait_for(struct run *run, int fd)
{
	struct pollfd fds[] = {
		{.fd = signals_came(&run->signals) ? -1 : run->signals.wake, .events = POLLIN},
		{.fd = fd, .events = POLLOUT},
	};

	poll(fds, RTE_DIM(fds), fd < 0 ? PARTNER_MS : -1);
	return fds[0].revents != 0 ? -EINTR : 0;
}

static int
open_out(struct run *run, const char *path)
{
	const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_CLOEXEC;
	int fd = open(path, flags, 0666);

	/* A FIFO that nobody reads yet. */
	while (fd < 0 && errno == ENXIO) {
		if (wait_for(run, -1) != 0)
			return -EINTR;
		fd = open(path, flags, 0666);
	}
	return fd < 0 ? -errno : fd;
}

int
file_write(struct run *run, const char *path, const char *text, size_t len)
{
	const int fd = open_out(run, path);
	int rc = fd < 0 ? fd : 0;

	while (rc == 0 && len > 0) {
		const ssize_t n = write(fd, text, len);

		if (n >= 0) {
			text += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN) {
			rc = wait_for(run, fd);
		} else if (errno != EINTR) {
			rc = -errno;
		}
	}
	if (fd >= 0 && close(fd) != 0 && rc == 0)
		rc = -errno;
	return rc;
}
