/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Findings: they are compared with earlier ones, counted, logged and printed as
 * text. The JSON form is in sl_check_json.c.
 */

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#if defined(SL_CHECK_BACKTRACE)
#include <execinfo.h>
#endif

#include "sl_check_priv.h"

/* Most stack frames of the checker's own functions, which a report leaves out. */
#define FRAMES_OWN 12

static const char *const class_names[SL_CHECK_CLASSES] = {
	[SL_CHECK_MISSING_SYNC] = "missing_sync",
	[SL_CHECK_LATE_SYNC] = "late_sync",
	[SL_CHECK_NO_BARRIER] = "no_barrier",
	[SL_CHECK_NO_FENCE] = "no_fence",
	[SL_CHECK_DIRECTION] = "wrong_direction",
	[SL_CHECK_PARTIAL_LINE] = "partial_line",
	[SL_CHECK_SHARED_LINE] = "shared_line",
	[SL_CHECK_CPU_WRITE] = "cpu_write",
	[SL_CHECK_NOT_HANDED] = "not_handed_over",
	[SL_CHECK_STALE_READ] = "stale_read",
	[SL_CHECK_USE_AFTER_FREE] = "use_after_free",
	[SL_CHECK_OUTSIDE] = "outside",
};

static const char *const policy_names[] = {
	[SL_CHECK_REPORT] = "report",
	[SL_CHECK_ABORT] = "abort",
	[SL_CHECK_COUNT] = "count",
};

#define POLICIES (sizeof(policy_names) / sizeof(policy_names[0]))

const char *
sl_check_class_name(enum sl_check_class kind)
{
	return (unsigned int)kind < SL_CHECK_CLASSES ? class_names[kind] : NULL;
}

const char *
sl_check_policy_name(enum sl_check_policy policy)
{
	return (unsigned int)policy < POLICIES ? policy_names[policy] : NULL;
}

int
sl_check_policy_parse(const char *word, enum sl_check_policy *out)
{
	unsigned int i;

	for (i = 0; word != NULL && i < POLICIES; i++) {
		if (strcmp(word, policy_names[i]) == 0) {
			*out = (enum sl_check_policy)i;
			return 0;
		}
	}
	return -EINVAL;
}

const char *
check_verb_name(enum check_verb verb)
{
	static const char *const names[] = {
		[VERB_FLUSH] = "flush",
		[VERB_PREPARE] = "prepare",
		[VERB_UPDATE] = "update",
		[VERB_DOORBELL] = "doorbell barrier",
		[VERB_FENCE] = "update fence",
		[VERB_RELEASE] = "release",
	};

	return names[verb];
}

void
check_log(struct sl_check *c, int level, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	c->log(c->log_ctx, level, text);
}

/* --- places and histories --- */

uint16_t
check_site(struct sl_check *c, const char *verb, const struct sl_sync_site *site)
{
	unsigned int i;

	for (i = 1; i < c->nb_sites; i++) {
		struct sl_check_site *s = &c->site[i];

		if (s->file == site->file && s->line == site->line && s->verb == verb) {
			s->calls++;
			return (uint16_t)i;
		}
	}
	if (c->nb_sites == CHECK_SITES)
		return 0;
	c->site[c->nb_sites] = (struct sl_check_site){verb, site->file, site->line, 1, 0};
	return (uint16_t)c->nb_sites++;
}

unsigned int
sl_check_sites(struct sl_check *c, struct sl_check_site *list, unsigned int max)
{
	unsigned int n;

	pthread_mutex_lock(&c->lock);
	n = c->nb_sites - 1;
	if (max > 0)
		memcpy(list, &c->site[1], (max < n ? max : n) * sizeof(*list));
	pthread_mutex_unlock(&c->lock);
	return n;
}

void
check_note(struct sl_check *c, struct check_line *l, enum check_verb verb, uint16_t site)
{
	struct check_event *e = &l->history[l->events == 0 ? 0 : l->events - 1];

	if (l->events > 0 && e->site == site && e->verb == verb) {
		e->ns = c->now.ns;
		e->repeats += e->repeats < UINT8_MAX;
		return;
	}
	if (l->events == SL_CHECK_HISTORY)
		memmove(l->history, &l->history[1], (SL_CHECK_HISTORY - 1) * sizeof(l->history[0]));
	else
		l->events++;
	l->history[l->events - 1] =
		(struct check_event){.ns = c->now.ns, .site = site, .verb = (uint8_t)verb};
}

/* --- content of a finding --- */

const char *
check_owner_name(const struct check_line *l)
{
	static const char *const names[] = {
		"CPU", "NIC reads", "NIC writes", "NIC reads and writes"};
	static const char *const coming[] = {"", "CPU; NIC reads after the barrier",
		"CPU; NIC writes after the barrier", "CPU; NIC reads and writes after the barrier"};

	if (l->owner == 0 && l->pending != 0)
		return coming[l->pending & 3];
	if (l->owner == 0 && (l->flags & LINE_FREE) != 0)
		return "free";
	return names[l->owner & 3];
}

static const char *
rule_of(const struct sl_check *c, enum sl_check_class kind, const struct check_mapping *m)
{
	static const char *const rules[SL_CHECK_CLASSES] = {
		[SL_CHECK_NO_BARRIER] = "T2",
		[SL_CHECK_NO_FENCE] = "R3",
		[SL_CHECK_PARTIAL_LINE] = "R5",
		[SL_CHECK_SHARED_LINE] = "R4",
		[SL_CHECK_CPU_WRITE] = "F2",
		[SL_CHECK_STALE_READ] = "R3",
		[SL_CHECK_USE_AFTER_FREE] = "F1",
		[SL_CHECK_OUTSIDE] = "A1",
	};

	if (rules[kind] != NULL)
		return rules[kind];
	/* Memory that the NIC writes needed a prepare (R1), memory that it reads a flush (T1). */
	if (strcmp(c->now.verb, "device write") == 0 || strcmp(c->now.verb, "prepare") == 0 ||
		strcmp(c->now.verb, "update") == 0)
		return "R1";
	return m == NULL || m->transfer ? "T1" : "T2";
}

static void
finding_history(const struct sl_check *c, struct sl_check_finding *f, const struct check_line *l)
{
	unsigned int i;

	f->events = l->events;
	for (i = 0; i < l->events; i++) {
		const struct check_event *e = &l->history[i];
		const struct sl_check_site *s = &c->site[e->site];

		f->history[i] = (struct sl_check_event){check_verb_name(e->verb),
			s->file == NULL ? "elsewhere" : s->file, s->line, e->ns, e->repeats};
	}
}

/* Record the stack from the checker's caller on: a driver's sync call or a device's access. */
static void
finding_frames(const struct sl_check *c, struct sl_check_finding *f)
{
#if defined(SL_CHECK_BACKTRACE)
	void *all[SL_CHECK_FRAMES + FRAMES_OWN];
	int n = backtrace(all, (int)(sizeof(all) / sizeof(all[0]))), from = 0;

	while (from < n && all[from] != c->now.caller)
		from++;
	for (; from < n && f->frames < SL_CHECK_FRAMES; from++)
		f->frame[f->frames++] = all[from];
#else
	(void)c;
	f->frames = 0;
#endif
}

/* True for the same mistake: equal class, memory, finding call, and last hand-over of the line. */
static bool
same(const struct sl_check_finding *a, const struct sl_check_finding *b)
{
	const struct sl_check_event *ea = &a->history[a->events == 0 ? 0 : a->events - 1];
	const struct sl_check_event *eb = &b->history[b->events == 0 ? 0 : b->events - 1];

	return a->kind == b->kind && a->verb == b->verb && a->file == b->file &&
		a->line == b->line && (a->events == 0) == (b->events == 0) &&
		strcmp(a->memory, b->memory) == 0 &&
		(a->events == 0 || (ea->file == eb->file && ea->line == eb->line));
}

/* --- printing --- */

static void
log_finding(struct sl_check *c, const struct sl_check_finding *f)
{
	char where[300] = "", queue[48] = "";
	unsigned int i;

	if (f->file != NULL)
		snprintf(where, sizeof(where), " at %s:%d", f->file, f->line);
	if (f->queue != SL_SHM_QUEUE_NONE && f->desc != SL_DESC_NONE)
		snprintf(queue, sizeof(queue), ", queue %u descriptor %u", f->queue, f->desc);
	else if (f->queue != SL_SHM_QUEUE_NONE)
		snprintf(queue, sizeof(queue), ", queue %u", f->queue);
	check_log(c, 3, "checker: %s (%s): %s", class_names[f->kind], f->rule, f->text);
	if (f->memory[0] == '\0')
		check_log(c, 3, "  in no region or buffer, %zu bytes%s", f->len, queue);
	else
		check_log(c, 3, "  '%s' + %zu, %zu bytes%s; owner %s", f->memory, f->offset, f->len,
			queue, f->owner);
	check_log(c, 3, "  found by %s%s, %.6f s after the start", f->verb, where,
		(double)f->ns / 1e9);
	for (i = f->events; i > 0; i--) {
		const struct sl_check_event *e = &f->history[i - 1];

		check_log(c, 3, "  before: %.6f s %s %s:%d%s", (double)e->ns / 1e9, e->verb,
			e->file, e->line, e->repeats == 0 ? "" : ", and earlier");
	}
#if defined(SL_CHECK_BACKTRACE)
	{
		char **names = backtrace_symbols(f->frame, (int)f->frames);

		for (i = 0; names != NULL && i < f->frames; i++)
			check_log(c, 3, "  #%u %s", i, names[i]);
		free(names);
	}
#endif
	check_log(c, 3, "  seed %" PRIu64 ", lines of %u", c->seed, c->line);
}

static void
dump_finding(const struct sl_check_finding *f, FILE *out)
{
	unsigned int i;

	fprintf(out, "  %" PRIu64 " x %s (%s): %s\n", f->count, class_names[f->kind], f->rule,
		f->text);
	if (f->memory[0] == '\0')
		fprintf(out, "    in no region or buffer, %zu bytes", f->len);
	else
		fprintf(out, "    '%s' + %zu, %zu bytes", f->memory, f->offset, f->len);
	if (f->queue != SL_SHM_QUEUE_NONE)
		fprintf(out, ", queue %u", f->queue);
	if (f->desc != SL_DESC_NONE)
		fprintf(out, ", descriptor %u", f->desc);
	fprintf(out, "; owner %s\n    found by %s", f->owner, f->verb);
	if (f->file != NULL)
		fprintf(out, " at %s:%d", f->file, f->line);
	fprintf(out, ", %.6f s after the start\n", (double)f->ns / 1e9);
	for (i = f->events; i > 0; i--)
		fprintf(out, "    before: %.6f s %s %s:%d%s\n", (double)f->history[i - 1].ns / 1e9,
			f->history[i - 1].verb, f->history[i - 1].file, f->history[i - 1].line,
			f->history[i - 1].repeats == 0 ? "" : ", and earlier");
}

void
sl_check_dump(struct sl_check *c, FILE *f)
{
	struct sl_check_stats s;
	unsigned int i;

	sl_check_stats(c, &s);
	fprintf(f, "checker: seed %" PRIu64 ", lines of %u\n", s.seed, s.line);
	fprintf(f,
		"  syncs %" PRIu64 ", device accesses %" PRIu64 ", evictions %" PRIu64
		", refills %" PRIu64 ", trace %016" PRIx64 "\n",
		s.syncs, s.accesses, s.evictions, s.refills, s.trace);
	fprintf(f, "  found %" PRIu64 ", distinct %u\n", s.found, s.distinct);
	pthread_mutex_lock(&c->lock);
	for (i = 0; i < c->stats.distinct; i++)
		dump_finding(&c->finding[i], f);
	pthread_mutex_unlock(&c->lock);
}

/* --- findings --- */

void
check_report(struct sl_check *c, enum sl_check_class kind, struct check_mapping *m, size_t off,
	size_t len, const char *fmt, ...)
{
	struct sl_check_finding f = {.kind = kind, .offset = off, .len = len, .count = 1};
	unsigned int i;
	va_list ap;

	/* In the coherent run of a search, which has one copy, no mistake has an effect. */
	if (c->diff.coherent)
		return;
	c->stats.found++;
	c->stats.by_class[kind]++;
	va_start(ap, fmt);
	vsnprintf(f.text, sizeof(f.text), fmt, ap);
	va_end(ap);
	f.rule = rule_of(c, kind, m);
	f.ns = c->now.ns;
	f.queue = c->now.queue;
	f.desc = c->now.desc;
	f.verb = c->now.verb;
	f.file = c->now.site == NULL ? NULL : c->now.site->file;
	f.line = c->now.site == NULL ? 0 : c->now.site->line;
	f.owner = "nobody";
	if (c->now.tomb != NULL)
		memcpy(f.memory, c->now.tomb->name, sizeof(f.memory));
	if (m != NULL) {
		const struct check_line *l = &m->line[check_line_of(c, m, off)];

		/*
		 * The device did not report the descriptor: compute it from the offset in the
		 * ring.
		 */
		if (f.desc == SL_DESC_NONE && m->desc_len != 0)
			f.desc = (uint32_t)(off / m->desc_len);
		memcpy(f.memory, m->name, sizeof(f.memory));
		f.owner = check_owner_name(l);
		finding_history(c, &f, l);
	}
	for (i = 0; i < c->stats.distinct; i++) {
		if (same(&c->finding[i], &f)) {
			c->finding[i].count++;
			return;
		}
	}
	/* The list of findings is full: this one is only counted. Policy abort still logs it. */
	if (c->stats.distinct == SL_CHECK_FINDINGS && c->policy != SL_CHECK_ABORT)
		return;
	finding_frames(c, &f);
	if (c->stats.distinct < SL_CHECK_FINDINGS)
		c->finding[c->stats.distinct++] = f;
	if (c->policy != SL_CHECK_COUNT)
		log_finding(c, &f);
	if (c->stats.distinct == SL_CHECK_FINDINGS && c->policy == SL_CHECK_REPORT)
		check_log(c, 3,
			"checker: %u findings told apart: what is new from here on is only counted",
			SL_CHECK_FINDINGS);
	if (c->policy == SL_CHECK_ABORT)
		raise(SIGABRT);
}

void
sl_check_stats(struct sl_check *c, struct sl_check_stats *out)
{
	pthread_mutex_lock(&c->lock);
	*out = c->stats;
	out->seed = c->seed;
	out->line = c->line;
	pthread_mutex_unlock(&c->lock);
}

unsigned int
sl_check_findings(struct sl_check *c, struct sl_check_finding *list, unsigned int max)
{
	unsigned int n;

	pthread_mutex_lock(&c->lock);
	n = c->stats.distinct;
	if (max > 0)
		memcpy(list, c->finding, (max < n ? max : n) * sizeof(*list));
	pthread_mutex_unlock(&c->lock);
	return n;
}

void
sl_check_forget(struct sl_check *c)
{
	pthread_mutex_lock(&c->lock);
	c->stats.found = 0;
	c->stats.distinct = 0;
	memset(c->stats.by_class, 0, sizeof(c->stats.by_class));
	pthread_mutex_unlock(&c->lock);
}
