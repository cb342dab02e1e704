/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Runs "syncline doctor" to find out why EAL did not start or has no port, and the remedy: the
 * doctor knows the machine, this program knows EAL's arguments.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diagnose.h"
#include "spawn.h"

#define NUMBER_LEN 24
/** The rest of DIAGNOSE_LEN is for the command that prints more. */
#define SAID_MAX (DIAGNOSE_LEN - 96)

/**
 * 0 if all users that can have written the file can also have written this program; otherwise
 * errno.
 */
static int
distrust(const char *file)
{
	struct stat st, self = {.st_uid = 0};

	if (stat(file, &st) != 0)
		return errno;
	(void)stat("/proc/self/exe", &self);
	if ((st.st_mode & S_IWOTH) != 0 ||
		(st.st_uid != 0 && st.st_uid != geteuid() && st.st_uid != self.st_uid))
		return EPERM;
	return access(file, X_OK) == 0 ? 0 : errno;
}

/** Add EAL's arguments: those between the program's name and "--". */
static void
add_eal(struct spawn_args *args, const struct diagnose *d)
{
	spawn_add(args, "--");
	for (int i = 1; i < d->argc && strcmp(d->argv[i], "--") != 0; i++)
		spawn_add(args, d->argv[i]);
}

/** Run the doctor. @return its exit code, negative errno. */
static int
ask(const struct diagnose *d, const char *doctor, char *said)
{
	struct spawn_args args = {0};
	char limit[NUMBER_LEN], pid[NUMBER_LEN], err[NUMBER_LEN], ignored[DIAGNOSE_LEN];
	const char *const words[] = {"timeout", "-k", "1", limit, doctor, "doctor", "--for",
		d->what, "--pid", pid, "--errno", err};

	snprintf(limit, sizeof(limit), "%u", d->limit_s != 0 ? d->limit_s : DIAGNOSE_LIMIT_S);
	snprintf(pid, sizeof(pid), "%d", getpid());
	snprintf(err, sizeof(err), "%d", d->err);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		spawn_add(&args, words[i]);
	if (d->device != NULL)
		spawn_add(&args, d->device);
	add_eal(&args, d);
	return spawn_first_lines("timeout", &args, said, ignored, DIAGNOSE_LEN);
}

/** The doctor's exit code or a negative errno as text. */
static const char *
reason(int rc, char text[NUMBER_LEN])
{
	if (rc < 0)
		return strerror(-rc);
	snprintf(text, NUMBER_LEN, "status %d", rc);
	return rc == 124 || rc == 137 ? "it took too long" : text;
}

bool
diagnose(const struct diagnose *d, char why[DIAGNOSE_LEN])
{
	const char *named = secure_getenv("SL_DOCTOR");
	const char *doctor = named != NULL ? named : SL_DOCTOR;
	char said[DIAGNOSE_LEN], text[NUMBER_LEN], command[64];
	int rc = -distrust(doctor);

	snprintf(command, sizeof(command), "./syncline doctor%s%s", d->device != NULL ? " " : "",
		d->device != NULL ? d->device : "");
	if (rc == 0)
		rc = ask(d, doctor, said);
	if (rc == 1 && said[0] != '\0') {
		snprintf(why, DIAGNOSE_LEN, "%.*s. More: %s", SAID_MAX, said, command);
		return true;
	}
	if (rc == 0)
		snprintf(why, DIAGNOSE_LEN, "%s. More: %s", d->otherwise, command);
	else
		snprintf(why, DIAGNOSE_LEN,
			"%s. What may be the cause says %s in Syncline's folder; this program could"
			" not run %s (%s)",
			d->otherwise, command, doctor, reason(rc, text));
	return false;
}
