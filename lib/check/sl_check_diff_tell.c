/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Text output of a search (sl_check_diff.c): names of passes and verdicts, the line
 * that was found, and the report in the log and at the start of the file.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "sl_check_diff.h"

static const char *const pass_names[] = {
	[SL_CHECK_PASS_NONE] = "none",
	[SL_CHECK_PASS_RECORD] = "record",
	[SL_CHECK_PASS_COHERENT] = "coherent",
	[SL_CHECK_PASS_LOCATE] = "locate",
	[SL_CHECK_PASS_TRY] = "try",
	[SL_CHECK_PASS_TELL] = "tell",
	[SL_CHECK_PASS_DONE] = "done",
};

static const struct {
	const char *name, *text;
} verdicts[SL_CHECK_VERDICTS] = {
	[SL_CHECK_NOT_YET] = {"not_yet", "not at its end: run the same once more"},
	[SL_CHECK_SAME] = {"same", "CPU and NIC saw and did the same as on a coherent machine"},
	[SL_CHECK_CPU_BEHIND] = {"cpu_behind",
		"the CPU used a line before its copy had what the NIC wrote. Proven: with this line "
		"coherent the run does what a coherent machine does, without it it does not"},
	[SL_CHECK_CPU_LIKELY] = {"cpu_likely",
		"the CPU's copy of this line had not what the NIC wrote. Not proven: with all such "
		"lines coherent the run still goes another way"},
	[SL_CHECK_NIC_BEHIND] = {"nic_behind",
		"the NIC read a line before it had what the CPU wrote"},
	[SL_CHECK_LOST] = {"lost",
		"what the NIC wrote to the line is gone after the update: the CPU's copy, written "
		"too, went over it"},
	[SL_CHECK_UNSEEN] = {"unseen",
		"no call and no access differs, but here the CPU took back a line and left what the "
		"NIC wrote in it: whoever reads it now reads the old"},
	[SL_CHECK_NO_LINE] = {"no_line",
		"the run goes another way, but CPU and NIC see the same: it is not memory"},
	[SL_CHECK_NO_REPLAY] = {"no_replay",
		"the same run twice was not the same: step the device (mode=step), use one thread, "
		"fix every seed"},
	[SL_CHECK_NO_ROOM] = {"no_room", "no room for the record in the file system"},
};

const char *
sl_check_pass_name(enum sl_check_pass pass)
{
	return (unsigned int)pass <= SL_CHECK_PASS_DONE ? pass_names[pass] : NULL;
}

const char *
sl_check_verdict_name(enum sl_check_verdict verdict)
{
	return (unsigned int)verdict < SL_CHECK_VERDICTS ? verdicts[verdict].name : NULL;
}

int
sl_check_difference(struct sl_check *c, struct sl_check_difference *out)
{
	if (c->diff.pass == SL_CHECK_PASS_NONE)
		return -ENOENT;
	pthread_mutex_lock(&c->lock);
	*out = c->diff.file->result;
	out->pass = c->diff.pass;
	pthread_mutex_unlock(&c->lock);
	return 0;
}

int
sl_check_difference_read(const char *path, struct sl_check_difference *out)
{
	struct check_diff_file *f;
	FILE *in = fopen(path, "r");
	size_t n;
	bool ok;

	if (in == NULL)
		return -errno;
	f = aligned_alloc(_Alignof(struct check_diff_file), sizeof(*f));
	n = f == NULL ? 0 : fread(f, 1, sizeof(*f), in);
	fclose(in);
	if (f == NULL)
		return -ENOMEM;
	ok = n == sizeof(*f) && memcmp(f->magic, DIFF_MAGIC, sizeof(f->magic)) == 0 &&
		f->size == sizeof(*f);
	if (ok)
		*out = f->result;
	free(f);
	return ok ? 0 : -EINVAL;
}

void
diff_describe(const struct sl_check *c, const struct check_mapping *m, size_t off, size_t len,
	char *out, size_t cap)
{
	int n = snprintf(out, cap, "%s", c->now.verb);

	if (c->now.site != NULL && (size_t)n < cap)
		n += snprintf(out + n, cap - (size_t)n, " at %s:%d", c->now.site->file,
			c->now.site->line);
	if (m != NULL && (size_t)n < cap)
		n += snprintf(
			out + n, cap - (size_t)n, " of '%s' + %zu, %zu bytes", m->name, off, len);
	if (c->now.desc != SL_DESC_NONE && (size_t)n < cap)
		snprintf(out + n, cap - (size_t)n, ", queue %u descriptor %u", c->now.queue,
			c->now.desc);
}

size_t
diff_first(const struct sl_check *c, const struct check_mapping *m, uint32_t i)
{
	size_t lo, n = check_span(c, m, i, &lo), k = 0;

	while (k < n && check_equal(m->va + lo + k, m->dev + lo + k, 1))
		k++;
	return k == n ? lo : lo + k;
}

void
diff_name(struct sl_check *c, const struct check_mapping *m, size_t off, const uint8_t *other)
{
	struct sl_check_difference *r = &c->diff.file->result;
	uint32_t i = check_line_of(c, m, off);
	const struct check_line *l = &m->line[i];
	size_t left;
	unsigned int k;

	memcpy(r->memory, m->name, sizeof(r->memory));
	r->offset = off;
	r->line_len = check_span(c, m, i, &r->line_offset);
	r->queue = m->queue;
	left = r->line_offset + r->line_len - off;
	left = left < sizeof(r->cpu) ? left : sizeof(r->cpu);
	check_copy(r->cpu, m->va + off, left);
	memcpy(r->nic, other != NULL ? other : m->dev + off, left);
	snprintf(r->owner, sizeof(r->owner), "%s", check_owner_name(l));
	r->events = l->events;
	for (k = 0; k < l->events; k++) {
		const struct check_event *e = &l->history[l->events - 1 - k];
		const struct sl_check_site *s = &c->site[e->site];
		const char *file = s->file == NULL ? "elsewhere" : s->file;
		size_t n = strlen(file), cap = sizeof(r->history[k].file) - 1;

		/* The front of a long path is cut off. */
		file += n > cap ? n - cap : 0;
		snprintf(r->history[k].verb, sizeof(r->history[k].verb), "%s",
			check_verb_name((enum check_verb)e->verb));
		snprintf(r->history[k].file, sizeof(r->history[k].file), "%s", file);
		r->history[k].line = s->line;
		r->history[k].ns = e->ns;
	}
}

/* --- the report --- */

static void
hex8(const uint8_t b[8], char out[24])
{
	unsigned int i;

	for (i = 0; i < 8; i++)
		snprintf(out + 3 * i, 24 - 3 * i, "%02x%s", b[i], i == 7 ? "" : " ");
}

static int
report_line(const struct check_diff_file *f, char *out, size_t cap)
{
	const struct sl_check_difference *r = &f->result;
	const char *second = r->verdict == SL_CHECK_LOST ? "coherent" : "NIC";
	char cpu[24], nic[24], queue[24] = "";
	unsigned int i;
	int n;

	hex8(r->cpu, cpu);
	hex8(r->nic, nic);
	if (r->queue != SL_SHM_QUEUE_NONE)
		snprintf(queue, sizeof(queue), ", queue %u", r->queue);
	n = snprintf(out, cap,
		"  line: '%s' + %zu, %zu bytes%s; owner %s\n"
		"  first byte that differs: + %zu; CPU %s, %s %s\n",
		r->memory, r->line_offset, r->line_len, queue, r->owner, r->offset, cpu, second,
		nic);
	for (i = 0; i < r->events && (size_t)n < cap; i++)
		n += snprintf(out + n, cap - (size_t)n, "  %s: %.6f s %s %s:%d\n",
			i == 0 ? "last sync" : "before", (double)r->history[i].ns / 1e9,
			r->history[i].verb, r->history[i].file, r->history[i].line);
	if (r->events == 0 && (size_t)n < cap)
		n += snprintf(out + n, cap - (size_t)n, "  last sync: none\n");
	return n;
}

static void
report(struct check_diff_file *f)
{
	const struct sl_check_difference *r = &f->result;
	const size_t cap = sizeof(f->report);
	int n = snprintf(f->report, cap, "difference (%s): %s\n", verdicts[r->verdict].name,
		verdicts[r->verdict].text);

	if (r->memory[0] != '\0' && (size_t)n < cap)
		n += report_line(f, f->report + n, cap - (size_t)n);
	if (r->coherent[0] != '\0' && (size_t)n < cap)
		n += snprintf(f->report + n, cap - (size_t)n,
			"  after %" PRIu64 " calls and accesses that are the same:\n"
			"    here:     %s\n    coherent: %s\n",
			r->event, r->here[0] == '\0' ? "the end of the run" : r->here, r->coherent);
	else if (r->here[0] != '\0' && (size_t)n < cap)
		n += snprintf(f->report + n, cap - (size_t)n,
			"  after %" PRIu64 " calls and accesses\n", r->event);
	if ((size_t)n < cap)
		snprintf(f->report + n, cap - (size_t)n,
			"  %u lines differed then; %u runs; seed %" PRIu64 ", lines of %u\n",
			r->suspects, r->runs, f->seed, f->line);
}

void
diff_finish(struct sl_check *c, enum sl_check_verdict verdict)
{
	struct check_diff_file *f = c->diff.file;
	const char *at, *end;

	c->diff.over = true;
	f->result.verdict = verdict;
	f->result.next = SL_CHECK_PASS_DONE;
	report(f);
	for (at = f->report; *at != '\0'; at = end + 1) {
		end = strchr(at, '\n');
		if (end == NULL)
			break;
		check_log(c, verdict == SL_CHECK_SAME ? 5 : 3, "%s%.*s",
			at == f->report ? "checker: " : "", (int)(end - at), at);
	}
	diff_state(c);
}

void
diff_state(struct sl_check *c)
{
	struct check_diff_file *f = c->diff.file;

	memset(f->state, 0, sizeof(f->state));
	snprintf(f->state, sizeof(f->state), "syncline search: %s after %u runs\n",
		pass_names[f->result.next], f->result.runs);
}
