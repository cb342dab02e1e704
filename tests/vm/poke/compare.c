/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Compares two traces fact by fact. A list has the known differences:
 *   REASON WHAT THEIRS OURS
 * WHAT, THEIRS and OURS are shell patterns, and "-" stands for a fact that one side does not have.
 * The table in docs/reference/softnic.md explains each REASON. A row that matches no difference is
 * out of date and is an error too.
 */

#include <fnmatch.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poke.h"

#define LINE_LEN 512u

struct fact {
	char *what, *value;
	bool seen;
};

struct trace {
	struct fact *fact;
	size_t n;
	void *tree;
};

struct row {
	char *reason, *what, *theirs, *ours;
	unsigned long used;
};

struct known {
	struct row *row;
	size_t n;
};

static int
fact_order(const void *a, const void *b)
{
	return strcmp(((const struct fact *)a)->what, ((const struct fact *)b)->what);
}

/* Split a line at spaces into @p n words. The last one is the rest. @return false: too few. */
static bool
split(char *line, char *word[], unsigned int n)
{
	unsigned int i;

	line[strcspn(line, "\n")] = '\0';
	for (i = 0; i < n; i++) {
		line += strspn(line, " \t");
		if (*line == '\0')
			return false;
		word[i] = line;
		if (i + 1 == n)
			return true;
		line += strcspn(line, " \t");
		if (*line != '\0')
			*line++ = '\0';
	}
	return true;
}

static FILE *
must_open(const char *path)
{
	FILE *f = fopen(path, "r");

	if (f == NULL) {
		perror(path);
		exit(2);
	}
	return f;
}

static void *
must_grow(void *old, size_t n, size_t size)
{
	/* The size is doubled at each power of two. */
	void *p = (n & (n - 1)) == 0 ? realloc(old, (n != 0 ? 2 * n : 1) * size) : old;

	if (p == NULL) {
		perror("poke");
		exit(2);
	}
	return p;
}

static void
trace_read(const char *path, struct trace *t)
{
	char line[LINE_LEN], *word[2];
	FILE *f = must_open(path);
	size_t i;

	*t = (struct trace){0};
	while (fgets(line, sizeof(line), f) != NULL) {
		if (line[0] == '#' || !split(line, word, 2))
			continue;
		t->fact = must_grow(t->fact, t->n, sizeof(*t->fact));
		t->fact[t->n++] = (struct fact){.what = strdup(word[0]), .value = strdup(word[1])};
	}
	fclose(f);
	for (i = 0; i < t->n; i++) {
		struct fact **at = tsearch(&t->fact[i], &t->tree, fact_order);

		if (at == NULL || *at != &t->fact[i]) {
			fprintf(stderr, "poke: %s states %s twice\n", path, t->fact[i].what);
			exit(2);
		}
	}
}

static void
known_read(const char *path, struct known *k)
{
	char line[LINE_LEN], *word[4];
	FILE *f = must_open(path);

	*k = (struct known){0};
	while (fgets(line, sizeof(line), f) != NULL) {
		if (line[0] == '#' || !split(line, word, 4))
			continue;
		k->row = must_grow(k->row, k->n, sizeof(*k->row));
		k->row[k->n++] = (struct row){.reason = strdup(word[0]),
			.what = strdup(word[1]),
			.theirs = strdup(word[2]),
			.ours = strdup(word[3])};
	}
	fclose(f);
}

static void
trace_free(struct trace *t)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		tdelete(&t->fact[i], &t->tree, fact_order);
	for (i = 0; i < t->n; i++) {
		free(t->fact[i].what);
		free(t->fact[i].value);
	}
	free(t->fact);
}

static void
known_free(struct known *k)
{
	size_t i;

	for (i = 0; i < k->n; i++) {
		free(k->row[i].reason);
		free(k->row[i].what);
		free(k->row[i].theirs);
		free(k->row[i].ours);
	}
	free(k->row);
}

static bool
is_known(struct known *k, const char *what, const char *theirs, const char *ours)
{
	size_t i;

	for (i = 0; i < k->n; i++) {
		struct row *r = &k->row[i];

		if (fnmatch(r->what, what, 0) == 0 && fnmatch(r->theirs, theirs, 0) == 0 &&
			fnmatch(r->ours, ours, 0) == 0) {
			r->used++;
			return true;
		}
	}
	return false;
}

/* Report a difference. @return 1 if it is not known. */
static unsigned long
differ(struct known *k, const char *what, const char *theirs, const char *ours, unsigned long *old)
{
	if (is_known(k, what, theirs, ours)) {
		(*old)++;
		return 0;
	}
	printf("DIFF %s theirs %s ours %s\n", what, theirs, ours);
	return 1;
}

/* True if the group was run. Rows of other groups are not out of date. */
static bool
group_ran(const struct trace *t, const char *pattern)
{
	size_t len = strcspn(pattern, "/"), i;

	for (i = 0; i < t->n; i++) {
		if (strcspn(t->fact[i].what, "/") == len &&
			memcmp(t->fact[i].what, pattern, len) == 0)
			return true;
	}
	return false;
}

int
poke_compare(const char *theirs, const char *ours, const char *known)
{
	unsigned long fresh = 0, old = 0, stale = 0;
	struct trace a, b;
	struct known k;
	size_t i;
	int ret;

	trace_read(theirs, &a);
	trace_read(ours, &b);
	known_read(known, &k);
	for (i = 0; i < a.n; i++) {
		struct fact **other = tfind(&a.fact[i], &b.tree, fact_order);

		if (other != NULL)
			(*other)->seen = true;
		if (other == NULL || strcmp((*other)->value, a.fact[i].value) != 0)
			fresh += differ(&k, a.fact[i].what, a.fact[i].value,
				other != NULL ? (*other)->value : "-", &old);
	}
	for (i = 0; i < b.n; i++) {
		if (!b.fact[i].seen)
			fresh += differ(&k, b.fact[i].what, "-", b.fact[i].value, &old);
	}
	for (i = 0; i < k.n; i++) {
		if (k.row[i].used != 0 || !group_ran(&a, k.row[i].what) ||
			strncmp(k.row[i].what, "fuzz", 4) == 0)
			continue;
		printf("STALE %s %s %s %s\n", k.row[i].reason, k.row[i].what, k.row[i].theirs,
			k.row[i].ours);
		stale++;
	}
	printf("%zu facts, %lu known differences, %lu new ones, %lu rows out of date\n", a.n, old,
		fresh, stale);
	ret = fresh != 0 || stale != 0 || a.n == 0 || b.n == 0;
	trace_free(&a);
	trace_free(&b);
	known_free(&k);
	return ret;
}
