/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _VFU_CLIENT_H_
#define _VFU_CLIENT_H_

/**
 * @file
 * A vfio-user client for tests: messages of a VMM, and invalid messages. It waits at most 20
 * seconds for an answer. Calls do not fail the test; they return a negative errno.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "vfu_wire.h"

/** How the client answers DMA messages. */
enum vfu_answers {
	VFU_ANSWERS,	   /**< copies from and to vfu_client.mem */
	VFU_ANSWERS_SHORT, /**< one byte less than requested */
	VFU_ANSWERS_ERROR, /**< with an error code */
	VFU_ANSWERS_OTHER, /**< with the number of another message */
	VFU_ANSWERS_NOT,
};

struct vfu_client {
	int fd;
	uint16_t id;
	/** Memory that the server reaches by messages. */
	uint8_t *mem;
	uint64_t mem_iova, mem_len;
	enum vfu_answers answers;
	unsigned int dma_messages; /**< number of DMA messages received */
	uint64_t *dma_iova;	   /**< addresses of writes, in order; NULL: not recorded */
	unsigned int dma_iovas, dma_iova_max;
};

/** Send bytes unchanged, with file descriptors. 0 or negative errno. */
int
vfu_client_send(struct vfu_client *c, const void *data, size_t len, const int *fds, unsigned int n);
/** Send a whole message. @p flags 0, or VFU_FLAG_NO_REPLY. */
int
vfu_client_post(struct vfu_client *c, uint16_t command, uint32_t flags, const void *body,
	size_t len, const int *fds, unsigned int n);
/**
 * Wait for the answer to the last message. Answers DMA messages meanwhile.
 * @return length of its body, of which at most @p room bytes are copied to @p body; the server's
 * error as -errno; -EPIPE: the server closed the connection; -ETIME
 */
ssize_t
vfu_client_wait(struct vfu_client *c, void *body, size_t room);
/** Post and wait. */
ssize_t
vfu_client_ask(struct vfu_client *c, uint16_t command, const void *body, size_t len, const int *fds,
	unsigned int n, void *answer, size_t room);
/**
 * Answer DMA messages until none is received for @p ms. -EPIPE: the server closed the connection.
 */
int
vfu_client_idle(struct vfu_client *c, int ms);

/** Negotiate the version, with the JSON text @p caps; NULL: none. */
ssize_t
vfu_client_version(struct vfu_client *c, const char *caps);
/** @param fd -1: access by messages */
ssize_t
vfu_client_map(
	struct vfu_client *c, uint64_t iova, uint64_t size, uint64_t off, uint32_t flags, int fd);
ssize_t
vfu_client_unmap(struct vfu_client *c, uint64_t iova, uint64_t size, uint32_t flags);
/** At most 64 bytes. */
ssize_t
vfu_client_read(struct vfu_client *c, uint32_t region, uint64_t off, void *to, uint32_t len);
ssize_t
vfu_client_write(
	struct vfu_client *c, uint32_t region, uint64_t off, const void *from, uint32_t len);
uint32_t
vfu_client_reg(struct vfu_client *c, uint32_t off);
ssize_t
vfu_client_set_reg(struct vfu_client *c, uint32_t off, uint32_t val);
ssize_t
vfu_client_irqs(struct vfu_client *c, uint32_t flags, uint32_t index, uint32_t start,
	uint32_t count, const int *fds, unsigned int n);

#endif /* _VFU_CLIENT_H_ */
