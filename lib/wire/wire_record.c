/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The capture file that a pcap wire writes. It is written through stdio with a
 * custom write function, which stores the errno of the first failure. Replay is in
 * wire_pcap.c.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wire_record.h"

/* Constants of the pcap file format, for nanosecond time stamps and Ethernet. */
#define RECORD_MAGIC UINT32_C(0xa1b23c4d)
#define RECORD_MAJOR 2
#define RECORD_MINOR 4
#define RECORD_SNAPLEN 65535
#define RECORD_ETHERNET 1
/* Buffer sizes for a file and for a FIFO; smaller for a FIFO, so that its reader sees frames soon.
 */
#define RECORD_BUFFER (64u << 10)
#define RECORD_BUFFER_LIVE (4u << 10)
/* The record ends if the reader of a pipe reads nothing for this long: the device must not stop. */
#define RECORD_WAIT_MS 1000

struct record_file_head {
	uint32_t magic;
	uint16_t major, minor;
	uint32_t zone, accuracy;
	uint32_t snaplen;
	uint32_t link;
};

struct record_head {
	uint32_t sec, nsec;
	uint32_t caplen, len;
};

struct wire_record {
	FILE *file;
	int fd;
	bool live;	   /* a FIFO or a device, not a regular file */
	_Atomic int error; /* errno that ended the record; 0: none */
	char *path;
	char buffer[RECORD_BUFFER];
};

int
wire_file_hold(int fd, bool alone)
{
	struct stat st;

	/* A character device such as /dev/null has no content to protect. */
	if (fstat(fd, &st) != 0 || S_ISCHR(st.st_mode))
		return 0;
	return flock(fd, (alone ? LOCK_EX : LOCK_SH) | LOCK_NB) != 0 && errno == EWOULDBLOCK ?
		-EBUSY :
		0;
}

/*
 * Write with SIGPIPE and SIGXFSZ blocked: a pipe without a reader and a file at its size limit
 * are errors of the record, and must not end the process.
 */
static ssize_t
write_quietly(int fd, const char *data, size_t len)
{
	const struct timespec at_once = {0};
	sigset_t set, before;
	ssize_t n;
	int err;

	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	sigaddset(&set, SIGXFSZ);
	pthread_sigmask(SIG_BLOCK, &set, &before);
	n = write(fd, data, len);
	err = errno;
	if (n < 0 && (err == EPIPE || err == EFBIG) &&
		sigismember(&before, err == EPIPE ? SIGPIPE : SIGXFSZ) == 0)
		sigtimedwait(&set, NULL, &at_once);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = err;
	return n;
}

/* Write function for stdio: writes all bytes, or stores the errno of the failure. */
static ssize_t
record_write(void *cookie, const char *data, size_t len)
{
	struct wire_record *r = cookie;
	size_t done = 0;

	while (done < len && r->error == 0) {
		const ssize_t n = write_quietly(r->fd, data + done, len - done);
		struct pollfd out = {.fd = r->fd, .events = POLLOUT};

		if (n > 0)
			done += (size_t)n;
		else if (n < 0 && errno == EAGAIN && poll(&out, 1, RECORD_WAIT_MS) == 0)
			r->error = ETIMEDOUT;
		else if (n < 0 && errno != EAGAIN && errno != EINTR)
			r->error = errno;
	}
	return done == len ? (ssize_t)len : 0;
}

static bool
is_same(const struct stat *a, int fd)
{
	struct stat b;

	return fd >= 0 && fstat(fd, &b) == 0 && a->st_dev == b.st_dev && a->st_ino == b.st_ino;
}

/* Refuse a file whose content the record would destroy, or that would destroy the record. */
static int
check_file(const char *path, const struct stat *st, int in_fd, const struct wire_why *why)
{
	if (is_same(st, in_fd))
		return wire_fail(why, EINVAL,
			"pcap:out=%s: the same file as in=, which it would destroy; "
			"allowed: another",
			path);
	if (!S_ISCHR(st->st_mode) && (is_same(st, STDOUT_FILENO) || is_same(st, STDERR_FILENO)))
		return wire_fail(why, EINVAL,
			"pcap:out=%s: that is where the program's text goes; allowed: "
			"a file or FIFO of its own",
			path);
	if (S_ISDIR(st->st_mode))
		return wire_fail(why, EISDIR, "pcap:out=%s: is a folder; allowed: a file", path);
	return 0;
}

static int
open_file(struct wire_record *r, int in_fd, const struct wire_why *why)
{
	struct stat st;
	int ret;

	if (strcmp(r->path, "-") == 0)
		return wire_fail(why, EINVAL,
			"pcap:out=-: text goes to standard output; allowed: the path of "
			"a file or FIFO");
	/* Check before the open: opening a FIFO waits for its reader. */
	if (stat(r->path, &st) == 0) {
		ret = check_file(r->path, &st, in_fd, why);
		if (ret != 0)
			return ret;
	}
	r->fd = open(r->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (r->fd < 0)
		return wire_fail(
			why, errno, "pcap:out=%s: cannot be written: %s", r->path, strerror(errno));
	if (isatty(r->fd) != 0)
		return wire_fail(why, EINVAL, "pcap:out=%s: is a terminal; allowed: a file or FIFO",
			r->path);
	if (wire_file_hold(r->fd, true) != 0)
		return wire_fail(why, EBUSY,
			"pcap:out=%s: another wire reads or writes it; allowed: a file "
			"for each port",
			r->path);
	if (fstat(r->fd, &st) != 0 || (S_ISREG(st.st_mode) && ftruncate(r->fd, 0) != 0))
		return wire_fail(
			why, errno, "pcap:out=%s: cannot be emptied: %s", r->path, strerror(errno));
	/* Non-blocking: a reader that sleeps must not block the device thread forever. */
	r->live = !S_ISREG(st.st_mode);
	if (r->live)
		fcntl(r->fd, F_SETFL, fcntl(r->fd, F_GETFL) | O_NONBLOCK);
	return 0;
}

static int
open_stream(struct wire_record *r, const struct wire_why *why)
{
	const cookie_io_functions_t io = {.write = record_write};
	const struct record_file_head head = {
		.magic = RECORD_MAGIC,
		.major = RECORD_MAJOR,
		.minor = RECORD_MINOR,
		.snaplen = RECORD_SNAPLEN,
		.link = RECORD_ETHERNET,
	};

	r->file = fopencookie(r, "w", io);
	if (r->file == NULL)
		return wire_fail(why, ENOMEM, "pcap:out=%s: no memory", r->path);
	setvbuf(r->file, r->buffer, _IOFBF, r->live ? RECORD_BUFFER_LIVE : RECORD_BUFFER);
	fwrite(&head, sizeof(head), 1, r->file);
	/* Write the file header now, so that open fails if the disk is full. */
	if (wire_record_flush(r) != 0)
		return wire_fail(why, r->error, "pcap:out=%s: cannot be written: %s", r->path,
			strerror(r->error));
	return 0;
}

int
wire_record_open(const char *path, int in_fd, struct wire_record **out, const struct wire_why *why)
{
	struct wire_record *r = calloc(1, sizeof(*r));
	int ret;

	if (r == NULL)
		return wire_fail(why, ENOMEM, "pcap:out=%s: no memory", path);
	r->fd = -1;
	r->path = strdup(path);
	if (r->path == NULL)
		ret = wire_fail(why, ENOMEM, "pcap:out=%s: no memory", path);
	else
		ret = open_file(r, in_fd, why);
	if (ret == 0)
		ret = open_stream(r, why);
	if (ret != 0) {
		wire_record_close(r);
		return ret;
	}
	*out = r;
	return 0;
}

int
wire_record_add(struct wire_record *r, const struct sl_frame *frame, const struct timespec *now)
{
	const struct record_head head = {
		.sec = (uint32_t)now->tv_sec,
		.nsec = (uint32_t)now->tv_nsec,
		.caplen = frame->len,
		.len = frame->len,
	};

	if (r->error != 0)
		return -r->error;
	fwrite(&head, sizeof(head), 1, r->file);
	fwrite(frame->data, 1, frame->len, r->file);
	return -r->error;
}

int
wire_record_flush(struct wire_record *r)
{
	int fd;

	fflush(r->file);
	/*
	 * Some file systems report write errors only at close: close a duplicate to get them
	 * now.
	 */
	fd = r->error == 0 ? dup(r->fd) : -1;
	if (fd >= 0 && close(fd) != 0 && errno != EINTR)
		r->error = errno;
	return -r->error;
}

const char *
wire_record_path(const struct wire_record *r)
{
	return r->path;
}

void
wire_record_close(struct wire_record *r)
{
	if (r == NULL)
		return;
	if (r->file != NULL)
		fclose(r->file);
	if (r->fd >= 0)
		close(r->fd);
	free(r->path);
	free(r);
}
