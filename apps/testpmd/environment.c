/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_lcore.h>
#include <rte_version.h>

#include "result.h"
#include "run.h"

/** The text behind "KEY   :" of the first such line; "" when there is none. */
static void
line_of(const char *path, const char *key, char *out, size_t len)
{
	char line[512];
	FILE *f = fopen(path, "r");

	out[0] = '\0';
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		char *value = strchr(line, ':');

		if (strncmp(line, key, strlen(key)) != 0 || value == NULL)
			continue;
		value++;
		value += strspn(value, " \t");
		value[strcspn(value, "\n")] = '\0';
		snprintf(out, len, "%s", value);
		break;
	}
	if (f != NULL)
		fclose(f);
}

static json_int_t
meminfo(const char *key)
{
	char text[128];

	line_of("/proc/meminfo", key, text, sizeof(text));
	return strtoll(text, NULL, 10);
}

static json_t *
lcores_json(void)
{
	json_t *list = json_array();
	unsigned int id;

	RTE_LCORE_FOREACH (id)
		json_array_append_new(list, json_integer(id));
	return list;
}

json_t *
environment_json(const struct run *run)
{
	json_t *args = json_array();
	struct utsname uts;
	char cpu[256], when[32];
	time_t now = time(NULL);
	struct tm tm;

	/* AArch64 names no model; the machine must do there. */
	line_of("/proc/cpuinfo", "model name", cpu, sizeof(cpu));
	uname(&uts);
	gmtime_r(&now, &tm);
	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm);
	for (int i = 1; i < run->argc; i++)
		json_array_append_new(args, json_string(run->argv[i]));
	return json_pack("{s:s, s:s, s:i, s:s, s:s, s:{s:I, s:I, s:I}, s:s, s:I, s:i, s:o, s:o}",
		"time", when, "cpu", cpu[0] != '\0' ? cpu : uts.machine, "cpus",
		(int)sysconf(_SC_NPROCESSORS_ONLN), "kernel", uts.release, "machine", uts.machine,
		"hugepages", "total", meminfo("HugePages_Total"), "free", meminfo("HugePages_Free"),
		"size_kb", meminfo("Hugepagesize"), "dpdk", rte_version(), "tsc_hz",
		(json_int_t)rte_get_tsc_hz(), "main_lcore", (int)rte_get_main_lcore(), "lcores",
		lcores_json(), "args", args);
}
