/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * poke: runs groups of register and traffic sequences on a device and writes a trace. The device is
 * a pair of software NICs or two PCI functions through vfio. poke also compares two traces
 * (compare.c).
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "poke.h"

static const struct poke_seq seqs[] = {
	{"reset", poke_seq_reset},
	{"masks", poke_seq_masks},
	{"phy", poke_seq_phy},
	{"nvm", poke_seq_nvm},
	{"irq", poke_seq_irq},
	{"filter", poke_seq_filter},
	{"rx", poke_seq_rx},
	{"rss", poke_seq_rss},
	{"tx", poke_seq_tx},
	{"ring", poke_seq_ring},
};
#define SEQS (sizeof(seqs) / sizeof(seqs[0]))

static int
usage(void)
{
	unsigned int i;

	fprintf(stderr,
		"Usage: poke [--quiet MS] soft|vfio:BDF,BDF GROUP...|all\n"
		"       poke [--quiet MS] [--seed N] soft|vfio:BDF,BDF fuzz:ROUNDS\n"
		"       poke compare THEIRS OURS KNOWN\n"
		"Groups:");
	for (i = 0; i < SEQS; i++)
		fprintf(stderr, " %s", seqs[i].name);
	fputc('\n', stderr);
	return 2;
}

static int
run_group(struct poke *p, const char *name)
{
	unsigned int i, ran = 0;

	if (strncmp(name, "fuzz:", 5) == 0) {
		p->group = "fuzz";
		printf("# seed %llu\n", (unsigned long long)p->seed);
		poke_fuzz(p, (unsigned int)strtoul(name + 5, NULL, 0));
		return 0;
	}
	for (i = 0; i < SEQS; i++) {
		if (strcmp(name, "all") != 0 && strcmp(name, seqs[i].name) != 0)
			continue;
		p->group = seqs[i].name;
		seqs[i].run(p);
		ran++;
	}
	return ran != 0 ? 0 : usage();
}

static int
open_backend(struct poke *p, const char *name)
{
	unsigned int port;

	if (strncmp(name, "vfio:", 5) == 0) {
		if (poke_vfio_open(p, name + 5) != 0)
			return 2;
	} else if (strcmp(name, "soft") == 0) {
		if (poke_soft_open(p) != 0)
			return 2;
	} else {
		return usage();
	}
	for (port = 0; port < POKE_PORTS; port++)
		p->bus[port] = p->ops->bus(p, port);
	return 0;
}

int
main(int argc, char **argv)
{
	static struct poke p = {.quiet_ms = 30};
	int i, rc;

	p.seed = (uint64_t)time(NULL);
	for (i = 1; i + 1 < argc && strncmp(argv[i], "--", 2) == 0; i += 2) {
		unsigned long long n = strtoull(argv[i + 1], NULL, 0);

		if (strcmp(argv[i], "--quiet") == 0)
			p.quiet_ms = (unsigned int)n;
		else if (strcmp(argv[i], "--seed") == 0)
			p.seed = n;
		else
			return usage();
	}
	if (argc - i == 4 && strcmp(argv[i], "compare") == 0)
		return poke_compare(argv[i + 1], argv[i + 2], argv[i + 3]);
	if (argc - i < 2)
		return usage();
	rc = open_backend(&p, argv[i]);
	for (i++; i < argc && rc == 0; i++)
		rc = run_group(&p, argv[i]);
	if (p.backend != NULL)
		p.ops->close(&p);
	return rc;
}
