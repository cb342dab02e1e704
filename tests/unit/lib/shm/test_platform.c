/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * sl_platform_coherent() on device trees made of files.
 */

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shm_util.h"

/* Result for a made-up sysfs tree, on platforms that read it. */
#if defined(__x86_64__)
#define SAYS(what) 1
#else
#define SAYS(what) (what)
#endif

/* Create the directory root/path and its parents. */
static void
make(const char *root, const char *path)
{
	char full[PATH_MAX];
	char *p;

	snprintf(full, sizeof(full), "%s/%s", root, path);
	for (p = full + strlen(root) + 1; (p = strchr(p, '/')) != NULL; *p++ = '/') {
		*p = '\0';
		mkdir(full, 0700);
	}
	assert_int_equal(mkdir(full, 0700), 0);
}

static int
ask(const char *root, const char *device)
{
	char full[PATH_MAX];

	snprintf(full, sizeof(full), "%s/%s", root, device);
	return sl_platform_coherent(full);
}

static void
test_device_tree(void **state)
{
	char root[] = "/tmp/sl_platform_XXXXXX", command[64];

	(void)state;
	assert_non_null(mkdtemp(root));
	make(root, "acpi/0000:01:00.0");
	make(root, "quiet/of_node");
	make(root, "quiet/0000:01:00.0");
	make(root, "yes/of_node/dma-coherent");
	make(root, "yes/0000:00:00.0/0000:01:00.0");
	make(root, "yes/0000:02:00.0/of_node/dma-noncoherent");
	assert_int_equal(ask(root, "acpi/0000:01:00.0"), SAYS(-1));
	assert_int_equal(ask(root, "quiet/0000:01:00.0"), SAYS(0));
	assert_int_equal(ask(root, "yes/0000:00:00.0/0000:01:00.0"), SAYS(1));
	assert_int_equal(ask(root, "yes/0000:02:00.0"), SAYS(0));
	assert_int_equal(ask(root, "not there"), SAYS(-1));
	assert_int_equal(sl_platform_coherent(NULL), SAYS(-1));
	snprintf(command, sizeof(command), "rm -r %s", root);
	assert_int_equal(system(command), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_device_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
