/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* Entry of sl-testpmd: checks the options, initialises EAL, and calls run.c. */

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

/** Index of the application's first argument: the one after "--", or argc. */
static int
app_args(int argc, char *const *argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--") == 0)
			return i + 1;
	}
	/* Without "--" all arguments are EAL's, except a request for help or the version. */
	if (argc == 2 &&
		(strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
			strcmp(argv[1], "--version") == 0))
		return 1;
	return argc;
}

static void
say_no_start(const struct run *run, int err)
{
	char otherwise[128], why[DIAGNOSE_LEN];

	snprintf(otherwise, sizeof(otherwise), "%s; EAL's own words are above", rte_strerror(err));
	diagnose(&(struct diagnose){.what = "eal",
			 .err = err,
			 .argc = run->argc,
			 .argv = run->argv,
			 .otherwise = otherwise},
		why);
	say_error(0, "EAL did not start: %s", why);
}

/** Run the program after its arguments were checked. */
static enum exit_code
start(struct run *run, int eal_argc, char **argv)
{
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
		say_no_start(run, rte_errno);
		words_end(&run->words);
		return EXIT_CODE_SETUP;
	}
	rc = run_serve(run);
	/*
	 * Make the error the last line: suppress EAL's notices at its end, unless the user has set
	 * a higher log level.
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
			config_usage(stdout);
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
