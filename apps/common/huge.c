/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Tests whether hugepages can be allocated: a child process maps and touches some, since pages that
 * the kernel counts as free may be reserved or exceed a control group's limit.
 */

#include <errno.h>
#include <mntent.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "huge.h"

#define PAGE_LOG2 21
#define PAGE_SIZE_2M ((size_t)1 << PAGE_LOG2)
#define MAP_2M (PAGE_LOG2 << 26) /* see MAP_HUGE_SHIFT */

/*
 * Map and touch pages. A page beyond a control group's limit can be mapped; touching it raises
 * SIGBUS.
 */
static void
take(size_t pages)
{
	const struct rlimit no_core = {0, 0};
	volatile char *at;

	signal(SIGBUS, SIG_DFL);
	setrlimit(RLIMIT_CORE, &no_core);
	at = mmap(NULL, pages * PAGE_SIZE_2M, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_2M, -1, 0);
	if (at == MAP_FAILED)
		_exit(EXIT_FAILURE);
	for (size_t i = 0; i < pages; i++)
		at[i * PAGE_SIZE_2M] = 1;
	_exit(EXIT_SUCCESS);
}

/*
 * Map and touch hugepages of 2 MiB, rounded up to whole pages, in a child process that then ends.
 */
static bool
can_be_had(unsigned int mib)
{
	int status;
	const pid_t pid = fork();

	if (pid == 0)
		take((mib + 1) / 2);
	while (pid > 0 && waitpid(pid, &status, 0) != pid) {
		if (errno != EINTR)
			return false;
	}
	return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
}

/* True if there is a hugetlbfs that this user may not read. */
static bool
closed_to_us(void)
{
	FILE *f = setmntent("/proc/mounts", "r");
	const struct mntent *m;
	bool closed = false;

	while (f != NULL && !closed && (m = getmntent(f)) != NULL)
		closed = strcmp(m->mnt_type, "hugetlbfs") == 0 &&
			access(m->mnt_dir, R_OK | X_OK) != 0;
	if (f != NULL)
		endmntent(f);
	return closed;
}

bool
huge_choose(unsigned int mib)
{
	const char *no = getenv("SL_NO_HUGE");

	return (no == NULL || no[0] == '\0') && !closed_to_us() && can_be_had(mib);
}
