/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The program between EAL's start and end: acquires resources, runs commands or one forwarding run,
 * and releases everything in reverse order.
 */

#include "cmd/cmd.h"
#include "forward.h"
#include "run.h"

/** Execute the commands; if there are none, make one run until its end. */
static enum exit_code
session(struct run *run)
{
	const struct config *cfg = run->cfg;
	bool commands = cfg->interactive || cfg->cmdline_file != NULL;
	enum exit_code rc = EXIT_CODE_OK;

	if ((!commands || cfg->auto_start) && forward_start(run, cfg->tx_first) != 0)
		return EXIT_CODE_SETUP;
	if (cfg->cmdline_file != NULL)
		rc = cmd_file(run, cfg->cmdline_file, cfg->echo);
	if (rc == EXIT_CODE_OK && cfg->interactive && !run->quit)
		rc = cmd_interact(run);
	if (!commands)
		forward_wait(run, -1, -1);
	forward_stop(run);
	return rc != EXIT_CODE_OK ? rc : run->worst;
}

enum exit_code
run_serve(struct run *run)
{
	enum exit_code rc = EXIT_CODE_SETUP;

	if (hotplug_open(run) == 0 && ports_find(run) == 0 && ports_make_pool(run) == 0 &&
		ports_start(run) == 0)
		rc = session(run);
	if (ports_close(run) != 0 && run->cfg->fail_on_loss && rc == EXIT_CODE_OK)
		rc = EXIT_CODE_LOSS;
	/* An incomplete capture is found at the end of the run, and changes the exit code. */
	if (rc == EXIT_CODE_OK)
		rc = run->worst;
	hotplug_close(run);
	forward_free(run);
	return rc;
}
