/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The prompt and files of commands: makes librte_cmdline's tables from this program's rows of
 * commands, and executes lines. The commands are in the other files of this directory.
 */

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <cmdline.h>
#include <cmdline_parse.h>
#include <cmdline_socket.h>

#include "cmd.h"
#include "file.h"
#include "forward.h"
#include "say.h"

#define CHOICE_LEN 128

struct session;

/** A command as librte_cmdline needs it, made from its row. */
struct bound {
	struct cmdline_token_string token[CMD_WORDS_MAX];
	char choice[CMD_WORDS_MAX][CHOICE_LEN];
	const struct command *command;
	struct session *session;
};

/** All commands as librte_cmdline needs them, and the result of the last one. */
struct session {
	struct run *run;
	cmdline_parse_ctx_t *ctx; /**< terminated by NULL */
	int rc;
};

const struct command *const command_tables[] = {
	commands_forward,
	commands_set,
	commands_show,
	commands_port,
	commands_session,
	NULL,
};

static unsigned int
ports_there(const struct run *run)
{
	unsigned int n = 0;

	for (uint16_t i = 0; i < run->nb_ports; i++)
		n += !run->ports[i].gone;
	return n;
}

int
cmd_each_port(struct run *run, const char *word, cmd_port_fn fn, const struct args *args)
{
	bool all = strcmp(word, "all") == 0;
	uint64_t id = 0;
	int rc = 0;

	if (!all &&
		(parse_number(word, 0, RTE_MAX_ETHPORTS - 1, &id) != 0 ||
			port_by_id(run, (uint16_t)id) == NULL ||
			port_by_id(run, (uint16_t)id)->gone))
		return say_error(-EINVAL, "port '%s' is not there; there are %u ports, and 'all'",
			word, ports_there(run));
	for (uint16_t i = 0; i < run->nb_ports; i++) {
		struct port *p = &run->ports[i];
		int one;

		if (p->gone || (!all && p->id != id))
			continue;
		one = p->closed ? say_error(-ENODEV, "port %u is closed", p->id) : fn(run, p, args);
		rc = rc == 0 ? one : rc;
	}
	return rc;
}

int
cmd_number(const char *word, const char *what, uint64_t min, uint64_t max, uint64_t *out)
{
	if (parse_number(word, min, max, out) == 0)
		return 0;
	return say_error(-EINVAL,
		"%s '%s' is not allowed; allowed: a number from %" PRIu64 " to %" PRIu64, what,
		word, min, max);
}

int
cmd_need_idle(const struct run *run)
{
	return run->forwarding ? say_error(-EBUSY, "not while forwarding; stop first") : 0;
}

/**
 * librte_cmdline calls this to run a command. At the prompt the line editor handles the keys that
 * raise signals; while a command runs, they must raise signals.
 */
static void
dispatch(void *parsed, struct cmdline *cl, void *data)
{
	struct bound *b = data;
	struct termios before, keys;
	const bool prompt = tcgetattr(STDIN_FILENO, &before) == 0 && (before.c_lflag & ISIG) == 0;

	if (prompt) {
		keys = before;
		keys.c_lflag |= ISIG;
		tcsetattr(STDIN_FILENO, TCSANOW, &keys);
	}
	b->session->rc = b->command->run(b->session->run, parsed);
	fflush(stdout);
	if (prompt)
		tcsetattr(STDIN_FILENO, TCSANOW, &before);
	if (b->session->run->quit)
		cmdline_quit(cl);
}

/** Token for a word of a command's syntax: a list of choices, or NULL for any word. */
static const char *
choice_of(const char *word, char *buf)
{
	if (strcmp(word, "MODE") == 0)
		engine_names(buf, CHOICE_LEN);
	else if (isupper((unsigned char)word[0]))
		return NULL;
	else
		snprintf(buf, CHOICE_LEN, "%s", word);
	/* librte_cmdline separates choices with '#'. */
	for (char *p = buf; *p != '\0'; p++)
		*p = *p == '|' ? '#' : *p;
	return buf;
}

static void
bind_words(struct bound *b, char *syntax, cmdline_parse_inst_t *inst)
{
	char *save = NULL;
	char *w = strtok_r(syntax, " ", &save);

	for (unsigned int n = 0; w != NULL && n < CMD_WORDS_MAX; n++) {
		b->token[n].hdr.ops = &cmdline_token_string_ops;
		b->token[n].hdr.offset =
			offsetof(struct args, word) + n * sizeof(cmdline_fixed_string_t);
		b->token[n].string_data.str = choice_of(w, b->choice[n]);
		inst->tokens[n] = &b->token[n].hdr;
		w = strtok_r(NULL, " ", &save);
	}
}

static cmdline_parse_inst_t *
bind_command(struct session *session, const struct command *c)
{
	cmdline_parse_inst_t *inst =
		calloc(1, sizeof(*inst) + (CMD_WORDS_MAX + 1) * sizeof(inst->tokens[0]));
	struct bound *b = calloc(1, sizeof(*b));
	char *syntax = strdup(c->syntax);

	if (inst == NULL || b == NULL || syntax == NULL) {
		free(inst);
		free(b);
		free(syntax);
		return NULL;
	}
	bind_words(b, syntax, inst);
	free(syntax);
	b->command = c;
	b->session = session;
	inst->f = dispatch;
	inst->data = b;
	inst->help_str = c->help;
	return inst;
}

static void
session_close(struct session *s)
{
	for (cmdline_parse_ctx_t *i = s->ctx; i != NULL && *i != NULL; i++) {
		free((*i)->data);
		free(*i);
	}
	free(s->ctx);
}

static int
session_open(struct session *s, struct run *run)
{
	size_t n = 0;

	*s = (struct session){.run = run};
	for (const struct command *const *t = command_tables; *t != NULL; t++) {
		for (const struct command *c = *t; c->syntax != NULL; c++)
			n++;
	}
	s->ctx = calloc(n + 1, sizeof(*s->ctx));
	if (s->ctx == NULL)
		return -ENOMEM;
	n = 0;
	for (const struct command *const *t = command_tables; *t != NULL; t++) {
		for (const struct command *c = *t; c->syntax != NULL; c++) {
			s->ctx[n] = bind_command(s, c);
			if (s->ctx[n++] == NULL) {
				session_close(s);
				return -ENOMEM;
			}
		}
	}
	return 0;
}

/** Execute one line of a file. @return 0 or negative errno, reason on stderr. */
static int
run_line(struct session *s, struct cmdline *cl, const char *path, unsigned int no, char *line)
{
	int rc;

	s->rc = 0;
	rc = cmdline_parse(cl, line);
	if (rc < 0) {
		line[strcspn(line, "\r\n")] = '\0';
		return say_error(-EINVAL, "%s:%u: '%s' is %s; 'help' lists the commands", path, no,
			line,
			rc == CMDLINE_PARSE_AMBIGUOUS	     ? "ambiguous" :
				rc == CMDLINE_PARSE_BAD_ARGS ? "no command with these arguments" :
							       "no command");
	}
	if (s->rc != 0)
		say_error(0, "%s:%u: failed", path, no);
	return s->rc;
}

static int
run_lines(struct session *s, struct cmdline *cl, const char *path, struct lines *in, bool echo)
{
	char line[FILE_LINE_LEN + 1];
	int rc = 0;

	for (unsigned int no = 1; rc == 0 && !s->run->quit; no++) {
		int got = lines_next(in, s->run, line);

		if (got == -EMSGSIZE)
			return say_error(-EINVAL, "%s:%u: longer than %u bytes", path, no,
				FILE_LINE_LEN - 1);
		if (got < 0)
			return say_error(
				-EINVAL, "%s:%u: cannot be read (%s)", path, no, strerror(-got));
		s->run->quit |= signals_came(&s->run->signals);
		if (got == 0 || s->run->quit)
			break;
		if (echo) {
			printf("> %s", line);
			fflush(stdout);
		}
		rc = run_line(s, cl, path, no, line);
	}
	return rc;
}

enum exit_code
cmd_file(struct run *run, const char *path, bool echo)
{
	struct lines in;
	struct session s;
	struct cmdline *cl;
	int rc = lines_open(&in, path);

	if (rc != 0)
		return say_error(EXIT_CODE_USAGE, "--cmdline-file: '%s' cannot be read (%s)", path,
			strerror(-rc));
	if (session_open(&s, run) != 0) {
		lines_close(&in);
		return say_error(EXIT_CODE_SETUP, "no memory for the commands");
	}
	rc = -ENOMEM;
	cl = cmdline_new(s.ctx, "", -1, STDOUT_FILENO);
	if (cl != NULL)
		rc = run_lines(&s, cl, path, &in, echo);
	cmdline_free(cl);
	session_close(&s);
	lines_close(&in);
	return rc == 0 ? EXIT_CODE_OK : rc == -EINVAL ? EXIT_CODE_USAGE : EXIT_CODE_SETUP;
}

/** Read typed input and execute its commands. @return false at the end of input, or after quit. */
static bool
take_input(struct cmdline *cl, struct run *run)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};

	do {
		char c;

		if (read(STDIN_FILENO, &c, 1) != 1 || cmdline_in(cl, &c, 1) < 0 || run->quit)
			return false;
	} while (poll(&in, 1, 0) > 0 && !signals_came(&run->signals));
	return true;
}

enum exit_code
cmd_interact(struct run *run)
{
	struct session s;
	struct cmdline *cl;
	enum wake why;

	if (session_open(&s, run) != 0)
		return say_error(EXIT_CODE_SETUP, "no memory for the commands");
	cl = cmdline_stdin_new(s.ctx, "sl-testpmd> ");
	if (cl == NULL) {
		session_close(&s);
		return say_error(EXIT_CODE_SETUP, "standard input cannot be used");
	}
	do {
		why = forward_wait(run, -1, STDIN_FILENO);
	} while (why != WAKE_SIGNAL && (why != WAKE_INPUT || take_input(cl, run)));
	cmdline_stdin_exit(cl);
	session_close(&s);
	printf("\n");
	return EXIT_CODE_OK;
}
