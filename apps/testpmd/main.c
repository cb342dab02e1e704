/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * sl-testpmd's entry: checks the options, starts EAL, and leaves the rest to
 * run.c.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_log.h>
#include <rte_version.h>

#include "diagnose.h"
#include "outfile.h"
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
	/* Without "--" all arguments are EAL's, except for a call for help. */
	if (argc == 2 &&
		(strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
			strcmp(argv[1], "--version") == 0))
		return 1;
	return argc;
}

/** Run the program after its arguments were checked. */
static enum exit_code
start(struct run *run, int eal_argc, char **argv)
{
	const struct diagnose d = {.root = "", .argc = run->argc, .argv = run->argv};
	char why[DIAGNOSE_LEN];
	enum exit_code rc;
	int unwritable = 0;

	if (run->cfg->json != NULL)
		unwritable = -outfile_check(run->cfg->json);
	if (unwritable != 0)
		return say_error(EXIT_CODE_SETUP, "--json: '%s' cannot be written (%s)",
			run->cfg->json, strerror(unwritable));
	if (signals_open(&run->signals) != 0)
		return say_error(EXIT_CODE_SETUP, "signals cannot be taken (%s)", strerror(errno));
	words_listen(&run->words);
	if (rte_eal_init(eal_argc, argv) < 0) {
		diagnose_start(&d, rte_errno, why, sizeof(why));
		words_end(&run->words);
		return say_error(
			EXIT_CODE_SETUP, "EAL did not start: %s. More: ./syncline doctor", why);
	}
	rc = run_serve(run);
	/*
	 * The error shall be the last line: silence EAL's notices at its end, unless the user
	 * wants more.
	 */
	if (rc == EXIT_CODE_SETUP && rte_log_get_level(RTE_LOGTYPE_EAL) == RTE_LOG_INFO)
		rte_log_set_level(RTE_LOGTYPE_EAL, RTE_LOG_WARNING);
	rte_eal_cleanup();
	words_end(&run->words);
	return rc;
}

int
main(int argc, char **argv)
{
	char why[CONFIG_WHY_LEN];
	int first = app_args(argc, argv);
	struct config cfg;
	/* EAL's parser reorders the arguments: keep a copy for the result. */
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
		signals_close(&run->signals);
	}
	if (fflush(stdout) != 0 || ferror(stdout) != 0)
		rc = say_error(
			EXIT_CODE_SETUP, "standard output cannot be written (%s)", strerror(errno));
	free(run);
	free(args);
	return rc;
}
