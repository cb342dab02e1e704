/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* Commands while devices run: injection of faults, and control words for wires. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "say.h"
#include "sl_number.h"
#include "statistics.h"

static const char help[] =
	"Commands; DEVICE is the number of a device, the first one's is 0:\n"
	"  fault DEVICE NAME[:ARG[:COUNT]]   a fault; COUNT 0 ends those that last, \"none\" all\n"
	"  wire DEVICE WORD                  a word for its wire, as \"start\" for gen\n"
	"  stats                             write the statistics\n"
	"  help\n";

int
commands_open(struct commands *c, const char *path)
{
	struct stat st;

	c->fd = -1;
	c->have = 0;
	c->skips = false;
	if (path == NULL)
		return 0;
	if (strcmp(path, "-") == 0) {
		c->fd = dup(STDIN_FILENO);
	} else {
		/*
		 * If a FIFO is opened for reading and writing, the open does not wait for a writer,
		 * and there is no end of file when a writer closes.
		 */
		bool fifo = stat(path, &st) == 0 && S_ISFIFO(st.st_mode);

		c->fd = open(path, (fifo ? O_RDWR : O_RDONLY) | O_NONBLOCK | O_CLOEXEC);
	}
	if (c->fd < 0)
		return say_error(-errno, "--commands %s: %s", path, strerror(errno));
	return 0;
}

void
commands_close(struct commands *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

static struct served *
device_of(struct served_all *all, const char *word)
{
	uint64_t i;

	if (word == NULL || sl_number(word, 0, all->n - 1, &i) != 0) {
		say_error(0, "'%s' is no device: 0 to %u are possible", word != NULL ? word : "",
			all->n - 1);
		return NULL;
	}
	return &all->device[i];
}

static void
do_fault(struct served_all *all, const char *device, const char *word)
{
	struct served *s = device_of(all, device);
	enum sl_fault fault;
	uint32_t arg, count;

	if (s == NULL)
		return;
	if (word == NULL || sl_fault_parse(word, &fault, &arg, &count) != 0)
		say_error(0,
			"'%s' is no fault: NAME[:ARG[:COUNT]]; sl-softnic --help has the names",
			word != NULL ? word : "");
	else
		sl_softnic_fault(sl_vfu_nic(s->vfu), fault, arg, count);
}

static void
do_wire(struct served_all *all, const char *device, const char *word)
{
	struct served *s = device_of(all, device);
	struct sl_wire *wire = s != NULL ? sl_softnic_wire(sl_vfu_nic(s->vfu)) : NULL;
	int rc = -EINVAL;

	if (wire == NULL)
		return;
	if (wire->ops->control == NULL) {
		say_error(0, "wire %s: it takes no words", wire->ops->kind);
		return;
	}
	if (word != NULL)
		rc = wire->ops->control(wire, word);
	if (rc != 0)
		say_error(0, "wire %s: '%s' is not allowed: %s", wire->ops->kind,
			word != NULL ? word : "", strerror(-rc));
}

static void
do_line(char *line, struct served_all *all, const char *stats)
{
	char *rest = NULL, *verb = strtok_r(line, " \t\r", &rest);
	const char *first = strtok_r(NULL, " \t\r", &rest);
	const char *second = strtok_r(NULL, " \t\r", &rest);

	if (verb == NULL || verb[0] == '#')
		return;
	if (strtok_r(NULL, " \t\r", &rest) != NULL)
		say_error(0, "'%s': too many words; \"help\" lists the commands", verb);
	else if (strcmp(verb, "fault") == 0)
		do_fault(all, first, second);
	else if (strcmp(verb, "wire") == 0)
		do_wire(all, first, second);
	else if (strcmp(verb, "stats") == 0)
		statistics_write(all, stats != NULL ? stats : "-");
	else if (strcmp(verb, "help") == 0)
		fputs(help, stdout);
	else
		say_error(0, "'%s' is no command; \"help\" lists them", verb);
	fflush(stdout);
}

/* Execute complete lines. A line that is too long is skipped completely. */
static void
do_lines(struct commands *c, struct served_all *all, const char *stats)
{
	char *end;

	while ((end = memchr(c->line, '\n', c->have)) != NULL) {
		size_t len = (size_t)(end - c->line) + 1;

		*end = '\0';
		if (!c->skips)
			do_line(c->line, all, stats);
		c->skips = false;
		c->have -= len;
		memmove(c->line, c->line + len, c->have);
	}
	if (c->have == sizeof(c->line) - 1) {
		if (!c->skips)
			say_error(0, "a command of more than %zu bytes is dropped",
				sizeof(c->line) - 2);
		c->skips = true;
		c->have = 0;
	}
}

void
commands_read(struct commands *c, struct served_all *all, const char *stats)
{
	ssize_t n = read(c->fd, c->line + c->have, sizeof(c->line) - 1 - c->have);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0)
		say_error(0, "commands cannot be read any more: %s", strerror(errno));
	if (n > 0) {
		c->have += (size_t)n;
	} else {
		/* The last line may lack a newline: there is always room to add one. */
		if (n == 0 && c->have != 0)
			c->line[c->have++] = '\n';
		commands_close(c);
	}
	do_lines(c, all, stats);
}
