/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _VFU_H_
#define _VFU_H_

/** @file Declarations shared by the parts of the vfio-user server. One thread uses all of it. */

#include <sys/stat.h>

#include "sl_vfu.h"
#include "vfu_wire.h"

/** Most vectors of a device. */
#define VFU_VECTORS 64u
/** Most files of one message: one per vector of a device. */
#define VFU_FDS 64u
/** Most bytes that one message reads or writes. */
#define VFU_DATA_MAX (1u << 20)
/** Most bytes of a message's body. */
#define VFU_BODY_MAX (VFU_DATA_MAX + 64u)
/** Most mapped segments: 4 GiB in pages. QEMU does not observe the limit that it is given. */
#define VFU_PIECES_MAX (1u << 20)
/** Time for which files without a segment stay mapped, and most such files. */
#define VFU_FILE_KEPT_MS 1000
#define VFU_FILES_UNUSED 8u
/** Most bytes of received messages that may wait while the server waits for an answer. */
#define VFU_WAITING_MAX (8u << 20)

/** Longest wait for a client. QEMU does not wait longer for the server either. */
#define VFU_PATIENCE_MS 5000

#define VFU_CONFIG_SIZE 4096u
/** Size of the BAR with the MSI-X table and its pending bits. */
#define VFU_MSIX_SIZE 16384u
#define VFU_MSIX_PBA 0x2000u

/** A received message. */
struct vfu_msg {
	struct vfu_header h;
	uint8_t *body;
	uint32_t len; /**< bytes of the body */
	unsigned int fds;
	int fd[VFU_FDS]; /**< file descriptors; -1: ownership was taken */
	struct vfu_msg *next;
};

/** A message that is being received: the stream delivers it in parts. */
struct vfu_input {
	struct vfu_msg *msg;
	uint32_t have; /**< received bytes of header and body */
};

/** A file of guest memory, mapped once for all segments in it. */
struct vfu_file {
	uint64_t dev, ino;
	uint8_t *va;
	uint64_t size;
	bool writable;
	unsigned int pieces;  /**< number of segments in it */
	int64_t unused_since; /**< time in ms since when it has no segment */
	struct vfu_file *next;
};

/** A segment of memory that the device can access. */
struct vfu_piece {
	uint64_t iova, len;
	struct vfu_file *file; /**< NULL: accessed only by messages */
	uint64_t off;	       /**< offset in the file */
	uint32_t dir;
};

struct vfu_dma {
	struct sl_dma_host host;
	uint64_t gen;
	struct vfu_piece *piece; /**< sorted by IOVA: see piece_at() */
	unsigned int n, room, gap;
	uint64_t bytes;
	unsigned int unused; /**< number of files without a segment */
	struct vfu_file *
		files; /**< also read by a signal handler: a file is complete before it is listed */
};

struct vfu_config {
	uint8_t value[VFU_CONFIG_SIZE];
	uint8_t writable[VFU_CONFIG_SIZE];
	uint8_t clears[VFU_CONFIG_SIZE]; /**< bits that are cleared by writing 1 */
	unsigned int msix_bar;
	bool asleep;   /**< in D3hot: no BAR, no DMA, no interrupt */
	bool intx_off; /**< the guest has disabled INTx */
};

struct vfu_irqs {
	int fd[VFU_IRQS][VFU_VECTORS];
	int unmask_fd; /**< eventfd that unmasks INTx; -1: none */
	bool masked;   /**< INTx is masked */
};

struct sl_vfu {
	struct sl_softnic *nic;
	const struct sl_softnic_device *device;
	char *path;
	struct stat socket; /**< stat of the socket at path, when it was created */
	int listen_fd;
	int fd; /**< connection to the client; -1: none */
	sl_log_fn log;
	void *log_ctx;
	char name[64];

	bool greeted;	    /**< the client has agreed on the version */
	uint64_t served;    /**< clients that agreed on the version */
	bool told_messages; /**< the message that client memory has no file was logged */
	uint32_t client_data_max;
	uint16_t next_id;    /**< id of the server's next message */
	int64_t patience_ms; /**< remaining time for answers in this round */
	char gone[160];	     /**< reason to end the connection; empty: none */
	struct vfu_input in;
	struct vfu_msg *waiting, **waiting_end;
	size_t waiting_bytes;

	struct vfu_config config;
	struct vfu_dma dma;
	struct vfu_irqs irqs;
	uint8_t msix[VFU_MSIX_SIZE];
	uint32_t bus_error; /**< set by a signal handler */
	struct sl_vfu_stats stats;
};

static inline void
vfu_count(uint64_t *counter, uint64_t n)
{
	__atomic_store_n(counter, *counter + n, __ATOMIC_RELAXED);
}

/* vfu_log.c */
void
vfu_log(const struct sl_vfu *v, int level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/** Request the end of the connection. The first reason is reported. */
void
vfu_end(struct sl_vfu *v, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* vfu_stream.c: messages as bytes and files on a socket */
int64_t
vfu_now_ms(void);
/** The next complete message. NULL: there is none, or the connection must end. */
struct vfu_msg *
vfu_receive(struct sl_vfu *v);
void
vfu_msg_free(struct vfu_msg *m);
/** Answer @p m with @p len bytes or, if @p error is not 0, with this errno and no body. */
void
vfu_reply(struct sl_vfu *v, const struct vfu_msg *m, int error, const void *body, size_t len);
/**
 * Send a message of the server and wait for its answer. All waits in a round together take at
 * most VFU_PATIENCE_MS, so that a slow client does not block the device. Other messages that
 * are received meanwhile are queued for vfu_receive().
 * @param answer_len bytes of the answer after its header, at most VFU_BODY_MAX
 * @return 0 or negative errno
 */
int
vfu_call(struct sl_vfu *v, uint16_t command, const void *head, size_t head_len, const void *data,
	size_t data_len, void *answer, size_t answer_len);
/** Discard received messages that are not processed yet. */
void
vfu_stream_reset(struct sl_vfu *v);

/* vfu_command.c: processing of messages */
void
vfu_command(struct sl_vfu *v, struct vfu_msg *m);

/* vfu_config.c: PCI configuration space */
void
vfu_config_init(struct sl_vfu *v);
/** Reset the function, for the VMM, the guest, or a client that disconnected. */
void
vfu_function_reset(struct sl_vfu *v);
void
vfu_config_read(struct sl_vfu *v, uint32_t off, uint8_t *to, uint32_t len);
void
vfu_config_write(struct sl_vfu *v, uint32_t off, const uint8_t *from, uint32_t len);

/* vfu_dma.c: the guest's memory */
void
vfu_dma_init(struct sl_vfu *v);
/** Map guest memory. @param fd its file; -1: access by messages. @return 0 or negative errno. */
int
vfu_dma_map(struct sl_vfu *v, const struct vfu_dma_map *req, int fd);
/** Unmap [iova, iova + size), also parts of mappings. */
int
vfu_dma_unmap(struct sl_vfu *v, uint64_t iova, uint64_t size);
void
vfu_dma_unmap_all(struct sl_vfu *v);
/** Unmap files that have had no segment for VFU_FILE_KEPT_MS. */
void
vfu_dma_tidy(struct sl_vfu *v);
/** Unmap everything, including unused files. */
void
vfu_dma_close(struct sl_vfu *v);

/* vfu_irq.c: interrupts */
void
vfu_irq_init(struct sl_vfu *v);
void
vfu_irq_close(struct sl_vfu *v);
/** Number of vectors of interrupt type @p index. */
unsigned int
vfu_irq_vectors(const struct sl_vfu *v, uint32_t index);
/** Process the request. Takes files that it keeps out of @p m. @return 0 or negative errno. */
int
vfu_irq_set(struct sl_vfu *v, struct vfu_msg *m);
/** True if INTx is asserted and visible to the guest. */
bool
vfu_irq_line(const struct sl_vfu *v);
/** Process the client's signal on the eventfd that unmasks INTx. */
void
vfu_irq_unmask_event(struct sl_vfu *v);

#endif /* _VFU_H_ */
