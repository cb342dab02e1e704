/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * sl_sync_verify(), which checks rule A1 in debug builds: a sync call's range
 * is in one region or mapped buffer. The sync calls are inline in sl_sync.h.
 */

#include <errno.h>

#include "sl_shm_priv.h"

int
sl_sync_verify(const struct sl_sync *s, enum sl_sync_verb verb, const void *va, size_t len,
	const struct sl_sync_site *site)
{
	static const char *const verbs[] = {"flush", "prepare", "update", "doorbell"};
	struct sl_adapter *a = s->adapter;
	const struct sl_mapping *m, *in;
	int ret = 0;

	/* A doorbell has no range, and an unbound NDIS buffer pool has no adapter. */
	if (verb == SL_SYNC_DOORBELL || a == NULL)
		return 0;
	pthread_mutex_lock(&a->lock);
	in = len == 0 ? NULL : sl_mapping_at(a, va, len, true);
	if (in == NULL || !in->in_table) {
		m = sl_mapping_at(a, va, len == 0 ? 1 : len, false);
		a->stats.sync_faults++;
		ret = -ERANGE;
		sl_log(a, 3,
			"%s:%d: %s of %zu bytes at %p is not inside one region or buffer "
			"(A1); "
			"nearest is %s, %zu bytes at %p",
			site->file, site->line, verbs[verb], len, va, m == NULL ? "none" : m->name,
			m == NULL ? 0 : m->len, m == NULL ? NULL : m->va);
	}
	pthread_mutex_unlock(&a->lock);
	return ret;
}
