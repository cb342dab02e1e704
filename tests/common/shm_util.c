/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Fixture of lib/shm's tests: an adapter on 4 KiB pages, its log, and the check that a refused call
 * changed no figures.
 */

#include <stdio.h>
#include <stdlib.h>

#include "shm_util.h"

void
shm_log_cb(void *ctx, int level, const char *msg)
{
	struct shm_log *log = ctx;
	size_t n = strlen(log->text);

	(void)level;
	if (n + strlen(msg) + 2 > sizeof(log->text))
		n = 0;
	snprintf(log->text + n, sizeof(log->text) - n, "%s\n", msg);
}

static ssize_t
log_write(void *cookie, const char *text, size_t len)
{
	char line[1024];

	snprintf(line, sizeof(line), "%.*s", (int)len, text);
	shm_log_cb(cookie, 0, line);
	return (ssize_t)len;
}

FILE *
shm_log_open(struct shm_log *log)
{
	return fopencookie(log, "w", (cookie_io_functions_t){.write = log_write});
}

void
shm_log_has(struct shm_log *log, const char *word)
{
	if (strstr(log->text, word) == NULL)
		fail_msg("'%s' is not in the log:\n%s", word, log->text);
	log->text[0] = '\0';
}

struct sl_adapter_params
shm_params(struct shm_fixture *f)
{
	return (struct sl_adapter_params){
		.name = "nic0",
		.numa_node = SL_NODE_ANY,
		.coherency = SL_COHERENCY_COHERENT,
		.source = sl_mem_source_pages(),
		.log = shm_log_cb,
		.log_ctx = &f->log,
	};
}

int
shm_setup(void **state)
{
	struct shm_fixture *f = calloc(1, sizeof(*f));
	struct sl_adapter_params p;

	assert_non_null(f);
	p = shm_params(f);
	assert_int_equal(sl_adapter_open(&p, &f->a), 0);
	*state = f;
	return 0;
}

int
shm_teardown(void **state)
{
	struct shm_fixture *f = *state;
	int ret = sl_adapter_close(f->a);

	if (ret != 0)
		fprintf(stderr, "close gave %d:\n%s", ret, f->log.text);
	free(f);
	return ret;
}

struct sl_region_params
shm_region(const char *name, size_t len)
{
	return (struct sl_region_params){
		.name = name,
		.len = len,
		.cached = true,
		.node = SL_NODE_ANY,
		.queue = SL_SHM_QUEUE_NONE,
	};
}

void
shm_before(struct shm_fixture *f)
{
	sl_shm_stats(f->a, &f->before);
}

void
shm_unchanged(struct shm_fixture *f)
{
	struct sl_shm_stats now;

	sl_shm_stats(f->a, &now);
	assert_int_equal(now.refused, f->before.refused + 1);
	now.refused = f->before.refused;
	assert_memory_equal(&now, &f->before, sizeof(now));
}

void
shm_no_sync(void *ctx, enum sl_sync_verb verb, const void *va, size_t len,
	const struct sl_sync_site *site)
{
	(void)ctx;
	(void)verb;
	(void)va;
	(void)len;
	(void)site;
}
