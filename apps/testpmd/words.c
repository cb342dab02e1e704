/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Stores the errors of DPDK's log, so that a message about a refused device can repeat the driver's
 * reason.
 */

#include <string.h>
#include <syslog.h>

#include <rte_common.h>
#include <rte_log.h>

#include "sl_compat.h"

#include "words.h"

static void
keep(struct words *w, const char *text, size_t len)
{
	pthread_mutex_lock(&w->lock);
	if (w->n < WORDS_LINES) {
		snprintf(w->line[w->n], WORDS_LEN, "%.*s", (int)len, text);
		w->line[w->n][strcspn(w->line[w->n], "\n")] = '\0';
		w->n++;
	}
	pthread_mutex_unlock(&w->lock);
}

/** Write a message of DPDK's log to its original destination, and keep it if it is an error. */
static ssize_t
on_message(void *cookie, const char *text, size_t len)
{
	const int level = rte_log_cur_msg_loglevel();

	if (level > 0 && level <= (int)RTE_LOG_ERR)
		keep(cookie, text, len);
	fwrite(text, 1, len, stderr);
	if (SL_EAL_LOGS_TO_SYSLOG)
		syslog(level - 1, "%.*s", (int)len, text);
	return (ssize_t)len;
}

void
words_listen(struct words *w)
{
	const cookie_io_functions_t io = {.write = on_message};

	pthread_mutex_init(&w->lock, NULL);
	w->stream = fopencookie(w, "w", io);
	if (w->stream != NULL)
		rte_openlog_stream(w->stream);
}

void
words_end(struct words *w)
{
	if (w->stream != NULL) {
		rte_openlog_stream(NULL);
		fclose(w->stream);
	}
	pthread_mutex_destroy(&w->lock);
}

void
words_forget(struct words *w)
{
	pthread_mutex_lock(&w->lock);
	w->n = 0;
	pthread_mutex_unlock(&w->lock);
}

/**
 * Find the name of a device in a text, but not as the beginning of a longer name; NULL: not found.
 */
static const char *
names(const char *text, const char *device)
{
	const size_t len = strlen(device);
	const char *at = strstr(text, device);

	while (at != NULL && strspn(at + len, "0123456789") != 0)
		at = strstr(at + len, device);
	return at;
}

const char *
words_about(struct words *w, const char *device, char *out, size_t len)
{
	const char *at = NULL;

	snprintf(out, len, "%s",
		rte_log_get_global_level() < RTE_LOG_ERR ?
			"--log-level silenced the reason; start without it" :
			"no driver takes it, or the driver's words are above");
	pthread_mutex_lock(&w->lock);
	for (unsigned int i = 0; i < w->n && at == NULL; i++) {
		at = names(w->line[i], device);
		if (at == NULL)
			continue;
		/* "net_driver: DEVICE: reason" */
		at += strlen(device);
		snprintf(out, len, "%s", strncmp(at, ": ", 2) == 0 ? at + 2 : w->line[i]);
	}
	pthread_mutex_unlock(&w->lock);
	return out;
}
