/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The environment of a result as JSON: machine, kernel, hugepages, versions and arguments, which
 * affect results in addition to the code.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "environment.h"
#include "sl_git.h"

/* The text after "KEY   :" in the first such line, as JSON; null if there is none. */
static json_t *
line_of(const char *path, const char *key)
{
	char line[512];
	json_t *found = NULL;
	FILE *f = fopen(path, "r");

	while (f != NULL && found == NULL && fgets(line, sizeof(line), f) != NULL) {
		char *value = strchr(line, ':');

		if (strncmp(line, key, strlen(key)) != 0 || value == NULL)
			continue;
		value++;
		value += strspn(value, " \t");
		value[strcspn(value, "\n")] = '\0';
		found = json_string(value);
	}
	if (f != NULL)
		fclose(f);
	return found != NULL ? found : json_null();
}

/* The same line's value as a number; 0 if there is none. */
static json_t *
number_of(const char *path, const char *key)
{
	json_t *text = line_of(path, key);
	const char *s = json_string_value(text);
	double v = s != NULL ? strtod(s, NULL) : 0;

	json_decref(text);
	return json_real(v);
}

/* The first line of a file; null if there is no file. */
static json_t *
content_of(const char *path)
{
	char line[512];
	FILE *f = fopen(path, "r");
	json_t *j = NULL;

	if (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		j = json_string(line);
	}
	if (f != NULL)
		fclose(f);
	return j != NULL ? j : json_null();
}

static json_t *
hugepages_json(void)
{
	return json_pack("{s:o, s:o, s:o}", "total", number_of("/proc/meminfo", "HugePages_Total"),
		"free", number_of("/proc/meminfo", "HugePages_Free"), "size_kb",
		number_of("/proc/meminfo", "Hugepagesize"));
}

static json_t *
now_json(void)
{
	const time_t now = time(NULL);
	char when[32];
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return json_string(when);
}

/*
 * The processor's model, or the machine type if the kernel does not report a model, as on AArch64.
 */
static json_t *
cpu_json(const struct utsname *uts)
{
	json_t *model = line_of("/proc/cpuinfo", "model name");

	if (!json_is_null(model))
		return model;
	json_decref(model);
	return json_string(uts->machine);
}

json_t *
environment_json(const char *dpdk, uint64_t tsc_hz)
{
	double load[3] = {0};
	struct utsname uts = {.release = ""};

	(void)uname(&uts);
	if (getloadavg(load, 3) < 1)
		load[0] = 0;
	return json_pack("{s:o, s:o, s:i, s:o, s:I, s:o, s:o, s:o, s:s, s:s, s:o, s:f, s:o, s:s,"
			 " s:s, s:s, s:i}",
		"time", now_json(), "cpu", cpu_json(&uts), "cpus",
		(int)sysconf(_SC_NPROCESSORS_ONLN), "clock_mhz",
		number_of("/proc/cpuinfo", "cpu MHz"), "tsc_hz", (json_int_t)tsc_hz, "governor",
		content_of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"), "microcode",
		line_of("/proc/cpuinfo", "microcode"), "numa_nodes",
		content_of("/sys/devices/system/node/online"), "kernel", uts.release, "machine",
		uts.machine, "cpus_isolated", content_of("/sys/devices/system/cpu/isolated"),
		"load_average", load[0], "hugepages", hugepages_json(), "dpdk", dpdk, "version",
		SL_VERSION, "git", SL_GIT, "nice", getpriority(PRIO_PROCESS, 0));
}

json_t *
environment_arguments(int argc, char *const *argv)
{
	json_t *list = json_array();

	for (int i = 0; i < argc; i++)
		json_array_append_new(list, json_string(argv[i]));
	return list;
}
