/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * A checker's statistics and findings as one JSON object. The text form is in
 * sl_check_report.c.
 */

#include <inttypes.h>
#include <stdlib.h>

#include <jansson.h>

#include "sl_check_priv.h"

/* Seeds and hashes are written as text, because many JSON readers keep 53 bits of a number. */
static json_t *
hex(uint64_t v)
{
	return json_sprintf("0x%" PRIx64, v);
}

static json_t *
text(const char *s)
{
	json_t *o = json_string(s);

	return o == NULL ? json_string("(not UTF-8)") : o;
}

static json_t *
place(const char *verb, const char *file, int line, uint64_t ns)
{
	json_t *o = json_pack("{s:s, s:f}", "call", verb, "seconds", (double)ns / 1e9);

	json_object_set_new(o, "file", file == NULL ? json_null() : text(file));
	json_object_set_new(o, "line", file == NULL ? json_null() : json_integer(line));
	return o;
}

static json_t *
finding_json(const struct sl_check_finding *f)
{
	json_t *history = json_array(), *frames = json_array(), *o;
	unsigned int i;

	for (i = 0; i < f->events; i++) {
		const struct sl_check_event *e = &f->history[i];
		json_t *call = place(e->verb, e->file, e->line, e->ns);

		json_object_set_new(call, "repeats", json_integer(e->repeats));
		json_array_append_new(history, call);
	}
	for (i = 0; i < f->frames; i++)
		json_array_append_new(frames, hex((uintptr_t)f->frame[i]));
	o = json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:s, s:o}", "class",
		sl_check_class_name(f->kind), "rule", f->rule, "text", f->text, "count",
		(json_int_t)f->count, "offset", (json_int_t)f->offset, "len", (json_int_t)f->len,
		"owner", f->owner, "found_by", place(f->verb, f->file, f->line, f->ns));
	json_object_set_new(o, "memory", text(f->memory));
	json_object_set_new(
		o, "queue", f->queue == SL_SHM_QUEUE_NONE ? json_null() : json_integer(f->queue));
	json_object_set_new(
		o, "descriptor", f->desc == SL_DESC_NONE ? json_null() : json_integer(f->desc));
	json_object_set_new(o, "history", history);
	json_object_set_new(o, "frames", frames);
	return o;
}

static json_t *
bytes(const uint8_t b[8])
{
	uint64_t v = 0;
	unsigned int i;

	for (i = 0; i < 8; i++)
		v = v << 8 | b[i];
	return json_sprintf("%016" PRIx64, v);
}

/* The search of this run; null: no search. */
static json_t *
difference_json(struct sl_check *c)
{
	struct sl_check_difference d;
	json_t *history = NULL, *o;
	unsigned int i;

	if (sl_check_difference(c, &d) != 0)
		return json_null();
	o = json_pack("{s:s, s:s, s:i, s:s}", "pass", sl_check_pass_name(d.pass), "next",
		sl_check_pass_name(d.next), "runs", (int)d.runs, "verdict",
		sl_check_verdict_name(d.verdict));
	if (d.next != SL_CHECK_PASS_DONE)
		return o;
	history = json_array();
	for (i = 0; i < d.events; i++)
		json_array_append_new(history,
			place(d.history[i].verb, d.history[i].file, d.history[i].line,
				d.history[i].ns));
	json_object_set_new(o, "same_before", json_integer((json_int_t)d.event));
	json_object_set_new(o, "here", text(d.here));
	json_object_set_new(o, "coherent", text(d.coherent));
	json_object_set_new(o, "memory", text(d.memory));
	json_object_set_new(o, "offset", json_integer((json_int_t)d.offset));
	json_object_set_new(o, "line_offset", json_integer((json_int_t)d.line_offset));
	json_object_set_new(o, "line_len", json_integer((json_int_t)d.line_len));
	json_object_set_new(o, "cpu", bytes(d.cpu));
	json_object_set_new(o, "nic", bytes(d.nic));
	json_object_set_new(
		o, "queue", d.queue == SL_SHM_QUEUE_NONE ? json_null() : json_integer(d.queue));
	json_object_set_new(o, "owner", text(d.owner));
	json_object_set_new(o, "suspects", json_integer((json_int_t)d.suspects));
	json_object_set_new(o, "history", history);
	return o;
}

void
sl_check_dump_json(struct sl_check *c, FILE *f)
{
	json_t *classes = json_object(), *findings = json_array(), *o;
	struct sl_check_finding *list = calloc(SL_CHECK_FINDINGS, sizeof(*list));
	struct sl_check_stats s;
	unsigned int i, n;

	sl_check_stats(c, &s);
	for (i = 0; i < SL_CHECK_CLASSES; i++)
		json_object_set_new(classes, sl_check_class_name((enum sl_check_class)i),
			json_integer((json_int_t)s.by_class[i]));
	n = list == NULL ? 0 : sl_check_findings(c, list, SL_CHECK_FINDINGS);
	for (i = 0; i < n && i < SL_CHECK_FINDINGS; i++)
		json_array_append_new(findings, finding_json(&list[i]));
	free(list);
	o = json_pack("{s:o, s:i, s:I, s:I, s:I, s:I, s:o, s:I, s:o, s:o}", "seed", hex(s.seed),
		"line", (int)s.line, "syncs", (json_int_t)s.syncs, "accesses",
		(json_int_t)s.accesses, "evictions", (json_int_t)s.evictions, "refills",
		(json_int_t)s.refills, "trace", hex(s.trace), "found", (json_int_t)s.found,
		"classes", classes, "findings", findings);
	json_object_set_new(o, "difference", difference_json(c));
	json_dumpf(o, f, JSON_INDENT(2));
	fprintf(f, "\n");
	json_decref(o);
}
