/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Runs gnuplot on a script in a temporary file, and reads the picture: as SVG to be placed in a
 * page, or as a PNG file.
 */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gnuplot.h"
#include "scratch.h"
#include "spawn.h"

#define SVG_TERM "svg size 440,340 dynamic font 'sans-serif,13'"
#define PNG_TERM "pngcairo size 960,600 font 'sans,12' background '#ffffff'"

static int __attribute__((format(printf, 2, 3))) fail(char *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, GNUPLOT_WHY_LEN, fmt, ap);
	va_end(ap);
	return -EIO;
}

/** Files of one drawing: the script, the picture and gnuplot's messages. */
struct desk {
	char script[SCRATCH_NAME_LEN], picture[SCRATCH_NAME_LEN], log[SCRATCH_NAME_LEN];
};

static int
desk_open(struct desk *d, char *why)
{
	int rc = scratch_name("script", d->script);

	if (rc == 0)
		rc = scratch_name("picture", d->picture);
	if (rc == 0)
		rc = scratch_name("log", d->log);
	return rc == 0 ? 0 : fail(why, "%s cannot be made (%s)", d->script, strerror(-rc));
}

static void
desk_close(const struct desk *d)
{
	unlink(d->script);
	unlink(d->picture);
	unlink(d->log);
}

static char *
read_all(const char *file)
{
	FILE *f = fopen(file, "r");
	char *text = NULL;
	long len = -1;

	if (f != NULL && fseek(f, 0, SEEK_END) == 0)
		len = ftell(f);
	if (len >= 0 && fseek(f, 0, SEEK_SET) == 0)
		text = calloc(1, (size_t)len + 1);
	if (text != NULL && fread(text, 1, (size_t)len, f) != (size_t)len) {
		free(text);
		text = NULL;
	}
	if (f != NULL)
		fclose(f);
	return text;
}

static int
draw(const struct desk *d, const char *terminal, const char *script, const char *to, char *why)
{
	FILE *f = fopen(d->script, "w");
	struct spawn_args args = {0};
	char *said;
	int rc;

	if (f == NULL)
		return fail(why, "%s cannot be written (%s)", d->script, strerror(errno));
	fprintf(f, "set terminal %s\nset output '", terminal);
	/* A quote in a quoted string is doubled. */
	for (const char *c = to; *c != '\0'; c++)
		fputs(*c == '\'' ? "\'\'" : (char[]){*c, '\0'}, f);
	fprintf(f, "'\n%s", script);
	if (fclose(f) != 0)
		return fail(why, "%s cannot be written (%s)", d->script, strerror(errno));
	spawn_add(&args, "gnuplot");
	/* -d: ignore the user's settings. */
	spawn_add(&args, "-d");
	spawn_add(&args, d->script);
	rc = spawn_run("gnuplot", &args, d->log);
	if (rc == 0)
		return 0;
	if (rc == SPAWN_NO_PROGRAM)
		return fail(why, "gnuplot is not there; Debian: apt-get install gnuplot-nox");
	said = read_all(d->log);
	fail(why, "gnuplot ended with %d: %.300s", rc, said != NULL ? said : "");
	free(said);
	return -EIO;
}

/* Copy @p text and replace every @p what; frees @p text. */
static char *
replace(char *text, const char *what, const char *with)
{
	size_t n = 0, len = strlen(what);
	char *out, *to;
	const char *from = text, *at;

	if (text == NULL)
		return NULL;
	for (at = strstr(text, what); at != NULL; at = strstr(at + len, what))
		n++;
	to = out = malloc(strlen(text) + n * strlen(with) + 1);
	while (out != NULL && (at = strstr(from, what)) != NULL) {
		to = mempcpy(to, from, (size_t)(at - from));
		to = stpcpy(to, with);
		from = at + len;
	}
	if (out != NULL)
		strcpy(to, from);
	free(text);
	return out;
}

/* Add a unique prefix to the names in an SVG, and replace black by the page's text colour. */
static char *
for_page(char *svg, const char *id)
{
	char name[64];
	const char *start = svg != NULL ? strstr(svg, "<svg") : NULL;

	if (start == NULL)
		return svg;
	memmove(svg, start, strlen(start) + 1);
	snprintf(name, sizeof(name), "'%s-gp", id);
	svg = replace(svg, "'gp", name);
	snprintf(name, sizeof(name), "#%s-gp", id);
	svg = replace(svg, "#gp", name);
	snprintf(name, sizeof(name), "'%s-textbox'", id);
	svg = replace(svg, "'textbox'", name);
	snprintf(name, sizeof(name), "'%s-greybox'", id);
	svg = replace(svg, "'greybox'", name);
	snprintf(name, sizeof(name), "\"%s-", id);
	svg = replace(svg, "\"gnuplot_", name);
	svg = replace(svg, "\"black\"", "\"currentColor\"");
	return replace(svg, "'black'", "'currentColor'");
}

char *
gnuplot_svg(const char *script, const char *id, char why[GNUPLOT_WHY_LEN])
{
	struct desk d;
	char *svg = NULL;

	if (desk_open(&d, why) != 0)
		return NULL;
	if (draw(&d, SVG_TERM, script, d.picture, why) == 0) {
		svg = for_page(read_all(d.picture), id);
		if (svg == NULL)
			fail(why, "gnuplot drew nothing");
	}
	desk_close(&d);
	return svg;
}

int
gnuplot_png(const char *script, const char *file, char why[GNUPLOT_WHY_LEN])
{
	struct desk d;
	int rc;

	if (strchr(file, '\n') != NULL)
		return fail(why, "%s: gnuplot takes no line end in a name", file);
	rc = desk_open(&d, why);
	if (rc == 0)
		rc = draw(&d, PNG_TERM, script, file, why);
	desk_close(&d);
	return rc;
}
