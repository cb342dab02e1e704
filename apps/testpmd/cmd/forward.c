/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Commands start and stop.
 */

#include <errno.h>

#include "cmd.h"
#include "forward.h"
#include "say.h"

static int
start(struct run *run, const struct args *args)
{
	uint64_t n = args->word[1][0] != '\0';

	if (args->word[2][0] != '\0' &&
		cmd_number(args->word[2], "tx_first", 1, UINT32_MAX, &n) != 0)
		return -EINVAL;
	return forward_start(run, (uint32_t)n);
}

static int
stop(struct run *run, const struct args *args)
{
	RTE_SET_USED(args);
	if (!run->forwarding)
		return say_error(-EALREADY, "not forwarding");
	forward_stop(run);
	return 0;
}

const struct command commands_forward[] = {
	{"start", "forward", start},
	{"start tx_first", "send one burst out of every queue, then forward", start},
	{"start tx_first N", "send N bursts out of every queue, then forward", start},
	{"stop", "stop forwarding and show the result", stop},
	{NULL, NULL, NULL},
};
