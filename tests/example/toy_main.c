/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Runs the toy's driver: frames of random length and content go out, come back
 * and are compared.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sl_check.h"
#include "toy.h"

struct options {
	enum sl_coherency mode;
	struct sl_check_params check;
	unsigned long frames;
	const char *json;
};

static const char usage[] =
	"Usage: toy [-m coherent|explicit|checked] [-l LINE] [-s SEED] [-p report|abort|count]\n"
	"           [-n FRAMES] [-j FILE] [-d FILE]\n"
	"Sends frames through the toy's driver and compares what comes back.\n"
	"  -m  coherency mode; checked when not given\n"
	"  -l  bytes of a line in checked memory: 32, 64, 128, 256\n"
	"  -s  seed of frames and adversary\n"
	"  -j  the checker's findings as JSON\n"
	"  -d  search for what made the run go wrong: run again until FILE says done\n"
	"Ends with 0: all frames right and nothing found; 1: not so; 2: could not run.\n";

static int
parse(struct options *o, int argc, char **argv)
{
	int c, bad = 0;

	while ((c = getopt(argc, argv, "m:l:s:p:n:j:d:")) != -1 && !bad) {
		switch (c) {
		case 'm':
			bad = sl_coherency_parse(optarg, &o->mode) != 0;
			break;
		case 'l':
			o->check.line = (uint32_t)strtoul(optarg, NULL, 0);
			break;
		case 's':
			o->check.seed = strtoull(optarg, NULL, 0);
			break;
		case 'p':
			bad = sl_check_policy_parse(optarg, &o->check.policy) != 0;
			break;
		case 'n':
			o->frames = strtoul(optarg, NULL, 0);
			break;
		case 'j':
			o->json = optarg;
			break;
		case 'd':
			o->check.diff = optarg;
			break;
		default:
			bad = 1;
		}
	}
	if (bad || optind != argc)
		fputs(usage, stderr);
	return bad || optind != argc ? -EINVAL : 0;
}

static uint64_t
random_next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Bursts of up to half a ring; the device keeps up with some, lags behind with others. @return
 * frames right. */
static unsigned long
traffic(struct toy *t, struct toy_device *dev, const struct options *o)
{
	static uint8_t sent[TOY_SLOTS][TOY_BUFFER];
	uint32_t len[TOY_SLOTS], burst, i, k;
	uint64_t rnd = o->check.seed * 2 + 1;
	unsigned long done = 0, right = 0;
	uint8_t got[TOY_BUFFER];

	while (done < o->frames) {
		dev->busy = random_next(&rnd) % 2 == 0;
		burst = 1 + (uint32_t)(random_next(&rnd) % (TOY_SLOTS / 2));
		for (i = 0; i < burst && done + i < o->frames; i++) {
			len[i] = 60 + (uint32_t)(random_next(&rnd) % 1459);
			for (k = 0; k < len[i]; k++)
				sent[i][k] = (uint8_t)random_next(&rnd);
			if (toy_send(t, sent[i], len[i]) != 0)
				break;
		}
		toy_device_step(dev);
		for (k = 0; k < i; k++)
			right += toy_receive(t, got, sizeof(got)) == len[k] &&
				memcmp(got, sent[k], len[k]) == 0;
		done += i;
		if (i == 0)
			break;
	}
	return right;
}

static int
write_json(struct sl_check *check, const char *path)
{
	FILE *f = fopen(path, "w");

	if (f == NULL) {
		perror(path);
		return -errno;
	}
	sl_check_dump_json(check, f);
	return fclose(f) == 0 ? 0 : -EIO;
}

static int
run(const struct options *o, struct sl_adapter *adapter, struct sl_check *check)
{
	struct toy_device dev;
	struct toy *t = NULL;
	unsigned long right = 0;
	int ret;

	ret = toy_device_open(&dev, adapter);
	if (ret == 0)
		ret = toy_open(adapter, &dev, &t);
	if (ret == 0) {
		right = traffic(t, &dev, o);
		toy_close(t);
		printf("toy: %s: %lu frames, %lu right", sl_coherency_name(o->mode), o->frames,
			right);
	}
	toy_device_close(&dev);
	if (ret != 0)
		return 2;
	ret = right != o->frames;
	if (check != NULL) {
		struct sl_check_stats s;

		sl_check_stats(check, &s);
		printf("; %" PRIu64 " findings, %u distinct; seed %" PRIu64 ", lines of %u",
			s.found, s.distinct, s.seed, s.line);
		ret = ret != 0 || s.found != 0;
		if (o->json != NULL && write_json(check, o->json) != 0)
			ret = 2;
	}
	printf("\n");
	return ret;
}

int
main(int argc, char **argv)
{
	struct options o = {.mode = SL_COHERENCY_CHECKED, .check.seed = 1, .frames = 1000};
	struct sl_adapter_params params = {
		.name = "toy0", .numa_node = SL_NODE_ANY, .source = sl_mem_source_pages()};
	struct sl_adapter *adapter = NULL;
	struct sl_check *check = NULL;
	int ret = 2;

	if (parse(&o, argc, argv) != 0)
		return 2;
	if (o.mode == SL_COHERENCY_CHECKED && sl_check_create(&o.check, &check) != 0)
		return 2;
	params.coherency = o.mode;
	params.checker = check == NULL ? NULL : sl_check_seam(check);
	if (sl_adapter_open(&params, &adapter) == 0) {
		ret = run(&o, adapter, check);
		if (sl_adapter_close(adapter) != 0)
			ret = 1;
	}
	sl_check_destroy(check);
	return ret;
}
