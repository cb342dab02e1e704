/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _WIRE_RECORD_H_
#define _WIRE_RECORD_H_

/**
 * @file
 * A capture file that is written: pcap's form with nanosecond stamps. What cannot be
 * written ends the record, for good: a file with a hole would look like another run.
 */

#include <time.h>

#include "wire_priv.h"

struct wire_record;

/**
 * Open @p path, and empty it when it is a file that no other wire holds.
 * A FIFO is waited for, until somebody reads it. Control.
 * @param in_fd  the capture that the same wire replays; -1: none
 * @return 0 or negative errno with the reason in @p why.
 */
int
wire_record_open(const char *path, int in_fd, struct wire_record **out, const struct wire_why *why);
/** Add a frame. Device thread. @return 0, or the negative errno that ended the record. */
int
wire_record_add(struct wire_record *r, const struct sl_frame *frame, const struct timespec *now);
/**
 * Write out what is held back. Any thread.
 * @return 0, or the negative errno that ended the record.
 */
int
wire_record_flush(struct wire_record *r);
/** The file's path, as given. */
const char *
wire_record_path(const struct wire_record *r);
/** Flush and close. NULL is nothing. Control. */
void
wire_record_close(struct wire_record *r);

/**
 * Hold a file for this wire, against others of this and of other processes.
 * @param alone  false: others may read it too
 * @return 0; -EBUSY. Where the file system knows no locks: 0.
 */
int
wire_file_hold(int fd, bool alone);

#endif /* _WIRE_RECORD_H_ */
