/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_version.h>

#include "cmd/cmd.h"
#include "forward.h"
#include "run.h"
#include "say.h"

/** Index of the application's first argument: behind "--", or argc. */
static int
app_args(int argc, char *const *argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--") == 0)
			return i + 1;
	}
	/* Without "--" all is EAL's, but for a call for help. */
	if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
			strcmp(argv[1], "--version") == 0))
		return 1;
	return argc;
}

/** Signals become readable events, in every thread to come. */
static int
take_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

/** Commands where there are any; without, one run to its end. */
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

/** Ports up, the session, ports down. */
static enum exit_code
serve(struct run *run)
{
	enum exit_code rc = EXIT_CODE_SETUP;

	if (ports_find(run) == 0 && ports_make_pool(run) == 0 && ports_start(run) == 0)
		rc = session(run);
	ports_close(run);
	forward_free(run);
	return rc;
}

/** The program after its arguments were found good. */
static enum exit_code
start(struct run *run, int eal_argc, char **argv)
{
	enum exit_code rc;

	run->signal_fd = take_signals();
	if (rte_eal_init(eal_argc, argv) < 0)
		return say_error(EXIT_CODE_SETUP, "EAL: %s", rte_strerror(rte_errno));
	rc = serve(run);
	rte_eal_cleanup();
	return rc;
}

int
main(int argc, char **argv)
{
	char why[CONFIG_WHY_LEN];
	int first = app_args(argc, argv);
	struct config cfg;
	/* EAL's parser moves arguments about: the result tells them in their first order. */
	char **args = calloc(argc + 1, sizeof(*args));
	struct run *run = calloc(1, sizeof(*run));
	int rc = config_parse(argc - first, argv + first, &cfg, why);

	if (rc == CONFIG_HELP || rc == CONFIG_VERSION) {
		printf("sl-testpmd %s, %s\n", SL_VERSION, rte_version());
		if (rc == CONFIG_HELP)
			config_usage(stdout, argv[0]);
		rc = EXIT_CODE_OK;
	} else if (rc < 0) {
		rc = say_error(EXIT_CODE_USAGE, "%s", why);
	} else if (args == NULL || run == NULL) {
		rc = say_error(EXIT_CODE_SETUP, "no memory");
	} else {
		run->cfg = &cfg;
		run->argc = argc;
		run->argv = memcpy(args, argv, argc * sizeof(*args));
		rc = start(run, first, argv);
	}
	free(run);
	free(args);
	return rc;
}
