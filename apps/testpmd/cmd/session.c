/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Commands about the session itself: help, quit, sleep, wait.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <sl_number.h>

#include "cmd.h"
#include "forward.h"
#include "say.h"

static int
help(struct run *run, const struct args *args)
{
	const char *word = args->word[1];
	unsigned int shown = 0;

	RTE_SET_USED(run);
	for (const struct command *const *t = command_tables; *t != NULL; t++) {
		for (const struct command *c = *t; c->syntax != NULL; c++) {
			if (strstr(c->syntax, word) == NULL)
				continue;
			printf("  %-46s %s\n", c->syntax, c->help);
			shown++;
		}
	}
	return shown != 0 ? 0 : say_error(-EINVAL, "no command has '%s' in it", word);
}

static int
quit(struct run *run, const struct args *args)
{
	RTE_SET_USED(args);
	run->quit = true;
	return 0;
}

static int
sleep_command(struct run *run, const struct args *args)
{
	double seconds, gone = 0;
	uint64_t since = rte_rdtsc();
	enum wake why;

	if (sl_number_real(args->word[1], 0, 1e6, &seconds) != 0)
		return say_error(-EINVAL,
			"sleep: '%s' is not allowed; allowed: seconds from 0 to"
			" 1000000",
			args->word[1]);
	/* The end of a run does not end the sleep. */
	do {
		why = forward_wait(run, RTE_MAX(seconds - gone, 0.0), -1);
		gone = (double)(rte_rdtsc() - since) / (double)rte_get_tsc_hz();
	} while (why == WAKE_DONE);
	run->quit |= why == WAKE_SIGNAL;
	return 0;
}

static int
wait_command(struct run *run, const struct args *args)
{
	RTE_SET_USED(args);
	if (!run->forwarding)
		return 0;
	if (run->cfg->duration <= 0 && run->cfg->packets == 0)
		return say_error(-EINVAL,
			"wait: forwarding has no end; give --duration or"
			" --packets");
	run->quit |= forward_wait(run, -1, -1) == WAKE_SIGNAL;
	return 0;
}

const struct command commands_session[] = {
	{"sleep SEC", "let time pass", sleep_command},
	{"wait", "let time pass until --duration or --packets ends the run", wait_command},
	{"help", "show the commands", help},
	{"help WORD", "show the commands with WORD in them", help},
	{"quit", "stop and leave", quit},
	{NULL, NULL, NULL},
};
