/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Writes a result to the file that the user named. A regular file is replaced atomically, anything
 * else is written in place. A FIFO without a reader is waited for until a signal is received.
 */

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "outfile.h"
#include "say.h"

/** Interval in ms at which a FIFO is retried while it has no reader or is full. */
#define PARTNER_MS 50

int
outfile_check(const char *path)
{
	char folder[PATH_MAX];
	struct stat st;

	if (stat(path, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return -EISDIR;
		return access(path, W_OK) == 0 ? 0 : -errno;
	}
	if (errno != ENOENT)
		return -errno;
	if (strlen(path) >= sizeof(folder))
		return -ENAMETOOLONG;
	/*
	 * A dangling link: the write creates its target, and only the write can check the
	 * permission.
	 */
	if (lstat(path, &st) == 0)
		return 0;
	strcpy(folder, path);
	return access(dirname(folder), W_OK | X_OK) == 0 ? 0 : -errno;
}

bool
outfile_is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? S_ISREG(st.st_mode) : errno == ENOENT;
}

/** Parameters for the waits of a write. */
struct wait {
	const char *path;
	unsigned int (*signals)(void *arg);
	void *arg;
	unsigned int before;
	bool said;
};

static bool
told_to_end(const struct wait *w)
{
	return w->signals != NULL && w->signals(w->arg) != w->before;
}

/* Print once what the program is waiting for. */
static void
say_it_waits(struct wait *w)
{
	if (w->said)
		return;
	w->said = true;
	say_error(0, "'%s': waiting until somebody reads it (a signal ends the wait)", w->path);
}

static int
write_all(int fd, const char *text, size_t len, struct wait *w)
{
	while (len > 0) {
		const ssize_t n = write(fd, text, len);

		if (n >= 0) {
			text += n;
			len -= (size_t)n;
			continue;
		}
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
		if (told_to_end(w))
			return -EINTR;
		if (errno == EAGAIN &&
			poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, PARTNER_MS) == 0)
			say_it_waits(w);
	}
	return 0;
}

static int
write_and_close(int fd, const char *text, size_t len, struct wait *w)
{
	const int rc = write_all(fd, text, len, w);

	/* A network file system may report a full disk only at close. */
	if (close(fd) != 0 && rc == 0)
		return -errno;
	return rc;
}

static int
write_in_place(const char *path, const char *text, size_t len, struct wait *w)
{
	const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_CLOEXEC;
	int fd = open(path, flags, 0666);

	/* A FIFO without a reader. */
	while (fd < 0 && errno == ENXIO) {
		if (told_to_end(w))
			return -EINTR;
		say_it_waits(w);
		poll(NULL, 0, PARTNER_MS);
		fd = open(path, flags, 0666);
	}
	return fd < 0 ? -errno : write_and_close(fd, text, len, w);
}

/* True if the file may be replaced by a new one. @param[out] mode mode of the new file */
static bool
is_replaceable(const char *path, mode_t *mode)
{
	struct stat st;

	if (lstat(path, &st) == 0) {
		*mode = st.st_mode & 0777;
		return S_ISREG(st.st_mode) && st.st_nlink == 1 && st.st_uid == geteuid() &&
			access(path, W_OK) == 0;
	}
	*mode = umask(0);
	umask(*mode);
	*mode = 0666 & ~*mode;
	return errno == ENOENT;
}

/*
 * Replace the file. @return 0; -EBUSY: it cannot be replaced, write it in place; another negative
 * errno.
 */
static int
replace(const char *path, mode_t mode, const char *text, size_t len, struct wait *w)
{
	char beside[PATH_MAX];
	int fd, rc;

	if (snprintf(beside, sizeof(beside), "%s.XXXXXX", path) >= (int)sizeof(beside))
		return -EBUSY;
	fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0)
		return -EBUSY;
	fchmod(fd, mode);
	rc = write_and_close(fd, text, len, w);
	/* rename() fails for a mount point. */
	if (rc == 0 && rename(beside, path) == 0)
		return 0;
	unlink(beside);
	return rc != 0 ? rc : -EBUSY;
}

int
outfile_write(const char *path, const char *text, size_t len, unsigned int (*signals)(void *arg),
	void *arg)
{
	struct wait w = {.path = path,
		.signals = signals,
		.arg = arg,
		.before = signals != NULL ? signals(arg) : 0};
	mode_t mode;
	int rc = -EBUSY;

	if (is_replaceable(path, &mode))
		rc = replace(path, mode, text, len, &w);
	return rc == -EBUSY ? write_in_place(path, text, len, &w) : rc;
}
