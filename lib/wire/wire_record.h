/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _WIRE_RECORD_H_
#define _WIRE_RECORD_H_

/**
 * @file
 * Writer of a capture file in pcap format with nanosecond time stamps. The first
 * failed write ends the record, because a gap in the file would not be visible.
 */

#include <time.h>

#include "wire_priv.h"

struct wire_record;

/**
 * Open @p path, and truncate the file if no other wire uses it. Opening a FIFO
 * waits for a reader. Control.
 * @param in_fd  capture that the same wire replays; -1: none
 * @return 0 or negative errno with the reason in @p why.
 */
int
wire_record_open(const char *path, int in_fd, struct wire_record **out, const struct wire_why *why);
/** Add a frame. Device thread. @return 0, or the negative errno that ended the record. */
int
wire_record_add(struct wire_record *r, const struct sl_frame *frame, const struct timespec *now);
/**
 * Write out buffered frames. Any thread.
 * @return 0, or the negative errno that ended the record.
 */
int
wire_record_flush(struct wire_record *r);
/** The file's path, as given. */
const char *
wire_record_path(const struct wire_record *r);
/** Flush and close. NULL is allowed. Control. */
void
wire_record_close(struct wire_record *r);

/**
 * Lock a file for this wire against other wires of this and of other processes.
 * @param alone  false: other wires may read it too
 * @return 0, also if the file system has no locks; -EBUSY.
 */
int
wire_file_hold(int fd, bool alone);

#endif /* _WIRE_RECORD_H_ */
