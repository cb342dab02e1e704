/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _HOLDS_H_
#define _HOLDS_H_

/**
 * @file
 * Open files and threads of this process, so that a test can check that none is left over. Both
 * functions use the heap for a short time.
 */

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static inline DIR *
holds_list(const char *folder)
{
	DIR *d = opendir(folder);

	if (d == NULL) {
		perror(folder);
		abort();
	}
	return d;
}

/**
 * Number of open files, except those whose name in /proc contains @p but ("[eventpoll]",
 * "[eventfd]"); NULL: all.
 */
static inline unsigned int
holds_files(const char *but)
{
	DIR *d = holds_list("/proc/self/fd");
	const struct dirent *e;
	unsigned int n = 0;
	char to[PATH_MAX];
	ssize_t len;

	while ((e = readdir(d)) != NULL) {
		len = readlinkat(dirfd(d), e->d_name, to, sizeof(to) - 1);
		to[len > 0 ? len : 0] = '\0';
		/* "." and ".." are not links. */
		n += len > 0 && (but == NULL || strstr(to, but) == NULL);
	}
	closedir(d);
	return n;
}

/** Number of threads whose name begins with @p name; "": all. */
static inline unsigned int
holds_threads(const char *name)
{
	DIR *d = holds_list("/proc/self/task");
	const struct dirent *e;
	char path[PATH_MAX], comm[32];
	unsigned int n = 0;
	FILE *f;

	while ((e = readdir(d)) != NULL) {
		snprintf(path, sizeof(path), "/proc/self/task/%s/comm", e->d_name);
		f = fopen(path, "r");
		if (f == NULL)
			continue;
		n += fgets(comm, sizeof(comm), f) != NULL && strncmp(comm, name, strlen(name)) == 0;
		fclose(f);
	}
	closedir(d);
	return n;
}

#endif /* _HOLDS_H_ */
