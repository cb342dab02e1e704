/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _PEERS_LINES_H_
#define _PEERS_LINES_H_

/**
 * @file
 * Cache lines per packet that explicit mode maintains: those of the driver's sync calls, and the
 * minimum that the memory contract requires. The calls are counted in checked mode, which makes the
 * same calls.
 */

enum line_kind {
	LINES_RX_PREPARE,
	LINES_RX_UPDATE,
	LINES_RX_FLUSH,
	LINES_TX_FLUSH,
	LINES_TX_UPDATE,
	LINES_KINDS
};
extern const char *const line_kind_names[LINES_KINDS];

/** Lines per packet. */
struct lines {
	unsigned int size, burst; /**< size in bytes, including FCS */
	double got[LINES_KINDS], need[LINES_KINDS];
};

struct contender;

/** Open a port in checked mode for counting. @p out is set even on failure. 0 or negative errno. */
int
lines_open(struct contender **out);
int
lines_close(struct contender *c);
/** Count for frames of @p size bytes, including FCS, in bursts of @p burst. 0 or negative errno. */
int
lines_count(struct contender *c, unsigned int size, unsigned int burst, struct lines *out);

#endif /* _PEERS_LINES_H_ */
