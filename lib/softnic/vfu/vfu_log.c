/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Log lines of a connection, and the reason to end it.
 */

#include <stdarg.h>
#include <stdio.h>

#include "vfu.h"

void
vfu_log(const struct sl_vfu *v, int level, const char *fmt, ...)
{
	char msg[320];
	va_list ap;
	int n = snprintf(msg, sizeof(msg), "%s: ", v->name);

	va_start(ap, fmt);
	vsnprintf(msg + n, sizeof(msg) - (size_t)n, fmt, ap);
	va_end(ap);
	if (v->log != NULL)
		v->log(v->log_ctx, level, msg);
	else
		fprintf(stderr, "softnic: %s\n", msg);
}

void
vfu_end(struct sl_vfu *v, const char *fmt, ...)
{
	va_list ap;

	if (v->gone[0] != '\0')
		return;
	va_start(ap, fmt);
	vsnprintf(v->gone, sizeof(v->gone), fmt, ap);
	va_end(ap);
}
