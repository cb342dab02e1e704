/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * diagnose.c's calls of the doctor, with scripts in its place. doctor.sh tests the doctor itself.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "diagnose.h"

#define NIC "0000:01:00.0"

static char file[64];
static char why[DIAGNOSE_LEN];

/** Write a doctor script with this body. */
static void
doctor(const char *does)
{
	FILE *f = fopen(file, "w");

	assert_non_null(f);
	fprintf(f, "#!/bin/sh\n%s\n", does);
	fclose(f);
	assert_int_equal(chmod(file, 0755), 0);
}

static int
begin(void **state)
{
	(void)state;
	strcpy(file, "diagnose.XXXXXX");
	if (mkdtemp(file) == NULL)
		return -1;
	strcat(file, "/doctor");
	return setenv("SL_DOCTOR", file, 1);
}

static int
end(void **state)
{
	(void)state;
	unlink(file);
	*strrchr(file, '/') = '\0';
	unsetenv("SL_DOCTOR");
	return rmdir(file);
}

static void
says(const char *text)
{
	if (strstr(why, text) == NULL)
		fail_msg("'%s' does not say '%s'", why, text);
}

/** All facts are passed on, and nothing else: EAL's arguments up to "--", and no open files. */
static void
test_words(void **state)
{
	char program[] = "sl-testpmd", brief[] = "-l 0", quoted[] = "$(id)", dash[] = "--",
	     ours[] = "--json";
	char *const argv[] = {program, brief, quoted, dash, ours};
	const struct diagnose d = {.what = "eal", .err = 12, .argc = 5, .argv = argv};
	const int held = open(".", O_RDONLY);
	char want[128];

	(void)state;
	assert_in_range(held, 3, 9);
	doctor("if [ -e /proc/self/fd/$HELD ]; then echo passed on; fi\n"
	       "printf '<%s>' \"$@\"; exit 1");
	snprintf(want, sizeof(want), "%d", held);
	setenv("HELD", want, 1);
	assert_true(diagnose(&d, why));
	snprintf(want, sizeof(want),
		"<doctor><--for><eal><--pid><%d><--errno><12><--><-l 0><$(id)>. More: ./syncline"
		" doctor",
		getpid());
	assert_string_equal(why, want);
	assert_true(diagnose(&(struct diagnose){.what = "port", .device = NIC}, why));
	says("<--errno><0><" NIC "><-->. More: ./syncline doctor " NIC);
	close(held);
}

static void
test_nothing_found(void **state)
{
	(void)state;
	doctor("echo; exit 0");
	assert_false(diagnose(&(struct diagnose){.what = "eal", .otherwise = "no idea"}, why));
	assert_string_equal(why, "no idea. More: ./syncline doctor");
}

/** Check for a sentence that says what to run, and why the doctor failed. */
static void
fails(const char *reason, unsigned int limit_s)
{
	const struct diagnose d = {
		.what = "port", .device = NIC, .otherwise = "no idea", .limit_s = limit_s};

	assert_false(diagnose(&d, why));
	says("no idea. What may be the cause says ./syncline doctor " NIC " in Syncline's folder;");
	says(reason);
}

static void
test_no_doctor(void **state)
{
	(void)state;
	fails("/doctor (No such file or directory)", 0);
	doctor("echo broken >&2; exit 3");
	fails("/doctor (status 3)", 0);
	doctor("exit 1");
	fails("/doctor (status 1)", 0);
	assert_int_equal(chmod(file, 0644), 0);
	if (geteuid() != 0)
		fails("/doctor (Permission denied)", 0);
	/* Other users could have changed the file, which root would then run. */
	doctor("echo run by mistake; exit 1");
	assert_int_equal(chmod(file, 0757), 0);
	fails("/doctor (Operation not permitted)", 0);
	assert_int_equal(chmod(file, 0755), 0);
	if (geteuid() != 0 || chown(file, 65534, 65534) != 0)
		return;
	fails("/doctor (Operation not permitted)", 0);
}

static void
test_bounds(void **state)
{
	struct timespec from, to;

	(void)state;
	doctor("yes long | head -n 100000 | tr '\\n' ' '; exit 1");
	assert_true(diagnose(&(struct diagnose){.what = "eal"}, why));
	says("long long");
	says(". More: ./syncline doctor");
	/* Its child processes also hold its output open. */
	doctor("trap '' TERM; sleep 600 & sleep 600; wait");
	clock_gettime(CLOCK_MONOTONIC, &from);
	fails("(it took too long)", 1);
	clock_gettime(CLOCK_MONOTONIC, &to);
	assert_in_range(to.tv_sec - from.tv_sec, 1, 60);
}

/** The doctor in the source tree. */
static void
test_the_doctor(void **state)
{
	(void)state;
	unsetenv("SL_DOCTOR");
	assert_true(diagnose(&(struct diagnose){.what = "port", .device = "0000:7f:1f.7"}, why));
	says("no PCI device 0000:7f:1f.7");
	says(". More: ./syncline doctor 0000:7f:1f.7");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_words),
		TEST(test_nothing_found),
		TEST(test_no_doctor),
		TEST(test_bounds),
		TEST(test_the_doctor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
