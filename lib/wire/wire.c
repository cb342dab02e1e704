/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Opens a wire by the name of its kind, closes it, and has functions that all
 * kinds use. Each kind is in a separate file; wire_text.c parses the words.
 */

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "wire_priv.h"

static const struct wire_kind wire_kinds[] = {
	{"peer", "peer:NAME", wire_peer_open},
	{"loop", "loop", wire_loop_open},
	{"gen", "gen[:size=,rate=,flows=,burst=,count=,...]", wire_gen_open},
	{"pcap", "pcap:in=F[,out=F][,loop=,rate=,autostart=]", wire_pcap_open},
	{"tap", "tap:IFNAME[,mac=,mtu=]", wire_tap_open},
	{"null", "null", wire_null_open},
};

#define WIRE_N_KINDS (sizeof(wire_kinds) / sizeof(wire_kinds[0]))

/* Report an unknown kind, and list all kinds. */
static int
fail_unknown(const char *text, const struct wire_why *why)
{
	char list[512] = "";
	size_t used = 0;
	size_t i;

	for (i = 0; i < WIRE_N_KINDS && used < sizeof(list); i++)
		used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s",
			i == 0 ? "" : ", ", wire_kinds[i].usage);
	return wire_fail(why, EINVAL, "wire \"%s\": unknown kind; allowed: %s", text, list);
}

int
sl_wire_open(
	const char *text, struct sl_wire_hub *hub, struct sl_wire **out, char *why, size_t why_len)
{
	const struct wire_why reason = {why, why_len};
	const char *colon;
	size_t len, i;

	if (why != NULL && why_len > 0)
		why[0] = '\0';
	if (out == NULL)
		return wire_fail(&reason, EINVAL, "wire: no place to put it");
	*out = NULL;
	if (text == NULL)
		return wire_fail(&reason, EINVAL, "wire: no text given");

	colon = strchr(text, ':');
	len = colon != NULL ? (size_t)(colon - text) : strlen(text);
	for (i = 0; i < WIRE_N_KINDS; i++) {
		const struct wire_kind *k = &wire_kinds[i];

		if (strlen(k->name) == len && memcmp(k->name, text, len) == 0)
			return k->open(colon != NULL ? colon + 1 : NULL, hub, out, &reason);
	}
	return fail_unknown(text, &reason);
}

void
sl_wire_close(struct sl_wire *w)
{
	if (w != NULL)
		w->ops->close(w);
}
