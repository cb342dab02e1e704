/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Parser of the device arguments of both drivers. The keys of all ports are here; each kind of port
 * adds its own table of keys.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_bitops.h>
#include <rte_common.h>
#include <rte_string_fns.h>

#include "sl_args.h"
#include "sl_number.h"
#include "sl_pci_args.h"
#include "sl_soft_args.h"

#define ARGS_LEN 1024u

/* To distinguish a key of the other driver from an unknown key. */
static const struct sl_args_kind *const kinds[] = {&sl_pci_args_kind, &sl_soft_args_kind};

static int
set_coherency(struct sl_args *a, const char *value)
{
	return sl_coherency_parse(value, &a->coherency);
}

int
sl_args_set_window(struct sl_args *a, const char *value)
{
	a->window_strict = strcmp(value, "strict") == 0;
	return a->window_strict || strcmp(value, "own") == 0 ? 0 : -EINVAL;
}

static int
set_pseudo_header(struct sl_args *a, const char *value)
{
	a->pseudo_header = strcmp(value, "driver") == 0;
	return a->pseudo_header || strcmp(value, "application") == 0 ? 0 : -EINVAL;
}

static int
set_check_line(struct sl_args *a, const char *value)
{
	int v;

	if (sl_number_int(value, 32, 256, &v) != 0 || (v & (v - 1)) != 0)
		return -EINVAL;
	a->check_line = (uint32_t)v;
	a->check = true;
	return 0;
}

static int
set_check_seed(struct sl_args *a, const char *value)
{
	a->check = true;
	return sl_number_hex(value, 1, UINT64_MAX, &a->check_seed);
}

static int
set_check_policy(struct sl_args *a, const char *value)
{
	a->check = true;
	return sl_check_policy_parse(value, &a->check_policy);
}

/* kind:file:line */
static int
set_check_bug(struct sl_args *a, const char *value)
{
	char word[16];
	const char *file = strchr(value, ':'), *line = strrchr(value, ':');

	/* An empty file name would match every file. */
	if (file == NULL || line <= file + 1 || (size_t)(file - value) >= sizeof(word) ||
		(size_t)(line - file) > sizeof(a->check_file))
		return -EINVAL;
	memcpy(word, value, (size_t)(file - value));
	word[file - value] = '\0';
	file++;
	memcpy(a->check_file, file, (size_t)(line - file));
	a->check_file[line - file] = '\0';
	a->check = true;
	if (sl_check_bug_parse(word, &a->check_bug) != 0)
		return -EINVAL;
	return sl_number_int(line + 1, 1, INT32_MAX, &a->check_at);
}

static int
set_path(char path[SL_ARGS_PATH_LEN], const char *value)
{
	return *value == '\0' || strlcpy(path, value, SL_ARGS_PATH_LEN) >= SL_ARGS_PATH_LEN ?
		-EINVAL :
		0;
}

static int
set_check_json(struct sl_args *a, const char *value)
{
	a->check = true;
	return set_path(a->check_json, value);
}

static int
set_check_diff(struct sl_args *a, const char *value)
{
	a->check = true;
	return set_path(a->check_diff, value);
}

static const struct sl_arg_key shared_keys[] = {
	{"coherency", set_coherency, "auto, coherent, explicit, checked", false, NULL},
	{"pseudo_header", set_pseudo_header, "application, driver", false, NULL},
	{"check_line", set_check_line, "32, 64, 128, 256", false, NULL},
	{"check_seed", set_check_seed, "a number, not 0; decimal, or hexadecimal behind 0x", false,
		NULL},
	{"check_policy", set_check_policy, "report, abort, count", false, NULL},
	{"check_bug", set_check_bug, "drop, late, half or reverse, then :FILE:LINE of a sync call",
		false, NULL},
	{"check_json", set_check_json, "a file's path of 1 to 255 characters", false, NULL},
	{"check_diff", set_check_diff, "the path of a search's file, 1 to 255 characters", false,
		NULL},
};

static bool
has_prefix(const struct sl_args_kind *kind, const char *key)
{
	return kind->prefix != NULL && strncmp(key, kind->prefix, strlen(kind->prefix)) == 0;
}

/* Key @p i of a kind, the kind's own keys first; NULL past the last. */
static const struct sl_arg_key *
key_at(const struct sl_args_kind *kind, unsigned int i)
{
	if (i < kind->nb_keys)
		return &kind->keys[i];
	i -= kind->nb_keys;
	return i < RTE_DIM(shared_keys) ? &shared_keys[i] : NULL;
}

/* Index of a key for key_at(); -1: the kind has no such key. */
static int
key_find(const struct sl_args_kind *kind, const char *key)
{
	const struct sl_arg_key *k;
	unsigned int i;

	for (i = 0; (k = key_at(kind, i)) != NULL; i++) {
		if (strcmp(k->key, key) == 0)
			return (int)i;
	}
	return -1;
}

static int
refuse_key(const struct sl_args_kind *kind, const char *key, const char *value, char *why,
	size_t why_len)
{
	const struct sl_args_kind *of = NULL;
	const struct sl_arg_key *k;
	unsigned int i;
	size_t n;

	for (i = 0; i < RTE_DIM(kinds); i++) {
		if (key_find(kinds[i], key) >= 0 || has_prefix(kinds[i], key))
			of = kinds[i];
	}
	if (of == NULL)
		n = (size_t)snprintf(why, why_len, "argument \"%s=%s\" is not known", key, value);
	else
		n = (size_t)snprintf(why, why_len,
			"argument \"%s=%s\" is one of %s, and %s does not have it", key, value,
			of->driver, kind->driver);
	if (n < why_len)
		n += (size_t)snprintf(why + n, why_len - n, "; allowed keys:");
	for (i = 0; (k = key_at(kind, i)) != NULL && n < why_len; i++)
		n += (size_t)snprintf(why + n, why_len - n, " %s", k->key);
	if (kind->prefix != NULL && n < why_len)
		snprintf(why + n, why_len - n, " %sKEY", kind->prefix);
	return -EINVAL;
}

static int
refuse_value(const struct sl_arg_key *k, const char *value, char *why, size_t why_len)
{
	unsigned int i;
	size_t n;

	n = (size_t)snprintf(why, why_len, "argument \"%s=%s\" is not valid; allowed: %s", k->key,
		value, k->allowed);
	for (i = 0; k->name != NULL && k->name(i) != NULL && n < why_len; i++)
		n += (size_t)snprintf(
			why + n, why_len - n, "%s%s", i == 0 ? " " : ", ", k->name(i));
	return -EINVAL;
}

static int
set_one(const struct sl_args_kind *kind, struct sl_args *a, uint32_t *seen, const char *key,
	const char *value, char *why, size_t why_len)
{
	const int at = key_find(kind, key);
	const struct sl_arg_key *k;

	if (at < 0)
		return refuse_key(kind, key, value, why, why_len);
	k = key_at(kind, (unsigned int)at);
	if ((*seen & RTE_BIT32(at)) != 0 && !k->repeats) {
		snprintf(why, why_len, "argument \"%s=%s\": %s was given before; allowed once", key,
			value, key);
		return -EINVAL;
	}
	*seen |= RTE_BIT32(at);
	return k->set(a, value) == 0 ? 0 : refuse_value(k, value, why, why_len);
}

/* Set one "key=value". @p pair is split in place. */
static int
set_pair(const struct sl_args_kind *kind, struct sl_args *a, uint32_t *seen, char *pair, char *why,
	size_t why_len)
{
	char *value = strchr(pair, '=');

	if (value == NULL) {
		snprintf(why, why_len, "argument \"%s\" has no value; allowed: key=value", pair);
		return -EINVAL;
	}
	*value++ = '\0';
	return has_prefix(kind, pair) ? kind->add(a, pair, value, why, why_len) :
					set_one(kind, a, seen, pair, value, why, why_len);
}

int
sl_args_parse(const struct sl_args_kind *kind, const char *text, struct sl_args *a, char *why,
	size_t why_len)
{
	char copy[ARGS_LEN], *save = NULL, *pair;
	uint32_t seen = 0;
	int ret = 0;

	*a = (struct sl_args){.coherency = SL_COHERENCY_AUTO};
	if (text == NULL)
		text = "";
	if (strlcpy(copy, text, sizeof(copy)) >= sizeof(copy)) {
		snprintf(why, why_len, "arguments have %zu characters; allowed: %u", strlen(text),
			ARGS_LEN - 1);
		return -EINVAL;
	}
	for (pair = strtok_r(copy, ",", &save); pair != NULL && ret == 0;
		pair = strtok_r(NULL, ",", &save))
		ret = set_pair(kind, a, &seen, pair, why, why_len);
	if (ret == 0 && a->check && a->coherency != SL_COHERENCY_CHECKED) {
		snprintf(why, why_len,
			"arguments check_* with coherency=%s; allowed with coherency=checked alone",
			sl_coherency_name(a->coherency));
		ret = -EINVAL;
	}
	return ret;
}
