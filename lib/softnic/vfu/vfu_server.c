/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Life cycle of a server: it listens, serves one client at a time, processes
 * messages, and steps the device between them.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "vfu.h"

#define LOG_WARNING 4
#define LOG_NOTICE 5

/* Most messages without an answer between two steps; frames per step. */
#define ROUND_MESSAGES 64u
#define ROUND_FRAMES 64u
/* Busy rounds between two polls of the other descriptors. */
#define ROUNDS_BETWEEN 16u
/* Idle rounds after which it waits for a message, first briefly, then longer. */
#define IDLE_SHORT 10u
#define IDLE_LONG 1000u
#define WAIT_SHORT_NS 100000
#define WAIT_LONG_NS 500000

/* --- open and close --- */

/* True if the path is a socket on which no process listens, left over from another server. */
static bool
is_stale(const struct sockaddr_un *addr)
{
	struct stat st;
	bool stale;
	int fd;

	if (lstat(addr->sun_path, &st) != 0 || !S_ISSOCK(st.st_mode))
		return false;
	/* A datagram socket: if a server listens, the connect fails and it sees no client. */
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	stale = connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) != 0 &&
		errno == ECONNREFUSED;
	close(fd);
	return stale;
}

/*
 * Lock the directory of a socket, so that no other server is between its check for a left-over
 * socket and its listen(): each would regard the other's socket as left over. @return a descriptor
 * to close; -1: the directory cannot be locked, or another process holds the lock too long.
 */
static int
lock_folder(const char *path)
{
	const int64_t until = vfu_now_ms() + VFU_PATIENCE_MS;
	char folder[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	const char *slash = strrchr(path, '/');
	int fd;

	snprintf(folder, sizeof(folder), "%.*s", slash == NULL ? 1 : (int)(slash - path) + 1,
		slash == NULL ? "." : path);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	while (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if ((errno == EWOULDBLOCK || errno == EINTR) && vfu_now_ms() < until) {
			poll(NULL, 0, 1);
			continue;
		}
		close(fd);
		fd = -1;
	}
	return fd;
}

/* Bind and listen; a left-over socket at the path is replaced. 0 or negative errno. */
static int
take_path(struct sl_vfu *v, const struct sockaddr_un *addr)
{
	const struct sockaddr *a = (const struct sockaddr *)addr;
	int lock = lock_folder(addr->sun_path);
	int rc = bind(v->listen_fd, a, sizeof(*addr)) != 0 ? -errno : 0;

	if (rc == -EADDRINUSE && is_stale(addr) && unlink(addr->sun_path) == 0)
		rc = bind(v->listen_fd, a, sizeof(*addr)) != 0 ? -errno : 0;
	if (rc == 0) {
		v->path = strdup(addr->sun_path);
		if (v->path == NULL || lstat(addr->sun_path, &v->socket) != 0 ||
			listen(v->listen_fd, 1) != 0)
			rc = -errno;
	}
	if (lock >= 0)
		close(lock);
	return rc;
}

static int
listen_at(struct sl_vfu *v, const char *path, char *why, size_t why_len)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int rc;

	if (strlen(path) == 0 || strlen(path) >= sizeof(addr.sun_path)) {
		snprintf(why, why_len, "the path of a socket has 1 to %zu bytes, and this one %zu",
			sizeof(addr.sun_path) - 1, strlen(path));
		return -EINVAL;
	}
	memcpy(addr.sun_path, path, strlen(path));
	v->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (v->listen_fd < 0) {
		snprintf(why, why_len, "cannot make a socket: %s", strerror(errno));
		return -errno;
	}
	rc = take_path(v, &addr);
	if (rc != 0)
		snprintf(why, why_len, "cannot make the socket: %s",
			rc == -EADDRINUSE ? "another process listens there, or it is no socket" :
					    strerror(-rc));
	return rc;
}

int
sl_vfu_open(const char *path, const struct sl_softnic_params *nic, struct sl_vfu **out, char *why,
	size_t why_len)
{
	struct sl_softnic_params params;
	struct sl_vfu *v;
	int rc;

	if (path == NULL || nic == NULL || out == NULL || nic->adapter != NULL || nic->host != NULL)
		return -EINVAL;
	v = calloc(1, sizeof(*v));
	if (v == NULL)
		return -ENOMEM;
	v->listen_fd = -1;
	v->fd = -1;
	v->log = nic->log;
	v->log_ctx = nic->log_ctx;
	snprintf(v->name, sizeof(v->name), "%s", nic->name != NULL ? nic->name : "device");
	vfu_stream_reset(v);
	vfu_dma_init(v);
	params = *nic;
	params.host = &v->dma.host;
	rc = sl_softnic_create(&params, &v->nic);
	if (rc != 0) {
		snprintf(why, why_len, "cannot make the device: %s", strerror(-rc));
		free(v);
		return rc;
	}
	v->device = sl_softnic_device(v->nic);
	vfu_irq_init(v);
	vfu_config_init(v);
	rc = listen_at(v, path, why, why_len);
	if (rc != 0) {
		sl_vfu_close(v);
		return rc;
	}
	*out = v;
	return 0;
}

/* The client disconnected: remove its state, and reset the device as at power-up. */
static void
drop_client(struct sl_vfu *v)
{
	close(v->fd);
	v->fd = -1;
	vfu_stream_reset(v);
	vfu_irq_close(v);
	vfu_function_reset(v);
	vfu_dma_close(v);
	v->greeted = false;
	v->told_messages = false;
	v->gone[0] = '\0';
	__atomic_store_n(&v->bus_error, 0, __ATOMIC_RELAXED);
}

/* Remove this server's socket, but not a file that replaced it. */
static void
remove_socket(const struct sl_vfu *v)
{
	struct stat st;

	if (v->path != NULL && lstat(v->path, &st) == 0 && st.st_dev == v->socket.st_dev &&
		st.st_ino == v->socket.st_ino)
		unlink(v->path);
}

void
sl_vfu_close(struct sl_vfu *v)
{
	if (v == NULL)
		return;
	if (v->fd >= 0)
		drop_client(v);
	if (v->listen_fd >= 0)
		close(v->listen_fd);
	remove_socket(v);
	free(v->path);
	sl_softnic_destroy(v->nic);
	free(v);
}

struct sl_softnic *
sl_vfu_nic(struct sl_vfu *v)
{
	return v->nic;
}

bool
sl_vfu_connected(const struct sl_vfu *v)
{
	return v->fd >= 0;
}

int
sl_vfu_adopt(struct sl_vfu *v, int fd)
{
	if (v->fd >= 0)
		return -EBUSY;
	v->fd = fd;
	vfu_count(&v->stats.clients, 1);
	vfu_log(v, LOG_NOTICE, "a client has connected");
	return 0;
}

/* --- work --- */

static unsigned int
take_client(struct sl_vfu *v)
{
	int fd = accept4(v->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return 0;
	sl_vfu_adopt(v, fd);
	return 1;
}

static unsigned int
work_on_messages(struct sl_vfu *v)
{
	bool answered = false;
	unsigned int n = 0;

	/* A client that waited for this answer has sent no further message: stop reading. */
	while (n < ROUND_MESSAGES && !answered && v->gone[0] == '\0') {
		struct vfu_msg *m = vfu_receive(v);

		if (m == NULL)
			break;
		vfu_command(v, m);
		answered = (m->h.flags & VFU_FLAG_NO_REPLY) == 0;
		vfu_msg_free(m);
		n++;
	}
	return n;
}

unsigned int
sl_vfu_round(struct sl_vfu *v)
{
	unsigned int done;

	v->patience_ms = VFU_PATIENCE_MS;
	done = v->fd >= 0 ? work_on_messages(v) : take_client(v);
	done += sl_softnic_step(v->nic, ROUND_FRAMES);
	vfu_dma_tidy(v);
	if (__atomic_load_n(&v->bus_error, __ATOMIC_RELAXED) != 0)
		vfu_end(v, "a file of its memory was cut short");
	if (v->fd >= 0 && v->gone[0] != '\0') {
		vfu_log(v, LOG_NOTICE, "the client has gone: %s", v->gone);
		drop_client(v);
	}
	return done;
}

/* Wait for an event. True: stop serving. */
static bool
wait_for_work(struct sl_vfu *v, int stop_fd, long ns)
{
	const struct timespec t = {.tv_nsec = ns};
	struct pollfd p[] = {
		{.fd = stop_fd, .events = POLLIN},
		{.fd = v->fd >= 0 ? v->fd : v->listen_fd, .events = POLLIN},
		{.fd = v->irqs.unmask_fd, .events = POLLIN},
	};

	if (ppoll(p, 3, &t, NULL) <= 0)
		return false;
	if (p[2].revents != 0)
		vfu_irq_unmask_event(v);
	return p[0].revents != 0;
}

void
sl_vfu_serve(struct sl_vfu *v, int stop_fd, bool once)
{
	const uint64_t before = v->served;
	unsigned int idle = 0, round = 0;
	bool stop = false;

	while (!stop) {
		idle = sl_vfu_round(v) != 0 ? 0 : idle + 1;
		round++;
		if (once && v->served != before && v->fd < 0)
			break;
		/* Poll also while busy, for stop requests and unmasked interrupts. */
		if (idle == 0 ? round % ROUNDS_BETWEEN == 0 : idle >= IDLE_SHORT)
			stop = wait_for_work(v, stop_fd,
				idle == 0		 ? 0 :
					idle > IDLE_LONG ? WAIT_LONG_NS :
							   WAIT_SHORT_NS);
	}
}

void
sl_vfu_stats(const struct sl_vfu *v, struct sl_vfu_stats *out)
{
	const uint64_t *from = (const uint64_t *)&v->stats;
	uint64_t *to = (uint64_t *)out;
	size_t i;

	for (i = 0; i < sizeof(*out) / sizeof(*to); i++)
		to[i] = __atomic_load_n(&from[i], __ATOMIC_RELAXED);
}
