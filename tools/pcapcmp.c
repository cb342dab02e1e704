/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * pcapcmp SENT RECEIVED: compare two captures frame by frame, order, length
 * and every byte; time stamps may differ. Prints "N frames, N bytes equal" and
 * exits 0, or says which frame differs first and exits 1; 2 when a file cannot be read.
 */

#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pcap_t *
open_or_exit(const char *path)
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_open_offline(path, why);

	if (p == NULL) {
		fprintf(stderr, "pcapcmp: %s\n", why);
		exit(2);
	}
	return p;
}

/* NULL at the end of the file. */
static const uint8_t *
next_or_exit(pcap_t *p, const char *path, struct pcap_pkthdr **h)
{
	const u_char *data;
	int rc = pcap_next_ex(p, h, &data);

	if (rc == 1)
		return data;
	if (rc == PCAP_ERROR_BREAK)
		return NULL;
	fprintf(stderr, "pcapcmp: %s: %s\n", path, pcap_geterr(p));
	exit(2);
}

/* Why two frames differ, or NULL. */
static const char *
differ(const struct pcap_pkthdr *ha, const uint8_t *a, const struct pcap_pkthdr *hb,
	const uint8_t *b, char why[80])
{
	bpf_u_int32 i;

	if (ha->caplen != hb->caplen) {
		snprintf(why, 80, "%u bytes sent, %u received", ha->caplen, hb->caplen);
		return why;
	}
	for (i = 0; i < ha->caplen; i++) {
		if (a[i] != b[i]) {
			snprintf(why, 80, "byte %u of %u: %02x sent, %02x received", i, ha->caplen,
				a[i], b[i]);
			return why;
		}
	}
	return NULL;
}

int
main(int argc, char **argv)
{
	uint64_t frames = 0, bytes = 0;
	pcap_t *a, *b;
	char why[80];

	if (argc != 3) {
		fprintf(stderr, "usage: pcapcmp SENT RECEIVED\n");
		return 2;
	}
	a = open_or_exit(argv[1]);
	b = open_or_exit(argv[2]);
	for (;;) {
		struct pcap_pkthdr *ha, *hb;
		const uint8_t *fa = next_or_exit(a, argv[1], &ha);
		const uint8_t *fb = next_or_exit(b, argv[2], &hb);

		if (fa == NULL && fb == NULL)
			break;
		if (fa == NULL || fb == NULL) {
			printf("%s ends after %" PRIu64 " frames, the other goes on\n",
				fa == NULL ? "sent" : "received", frames);
			return 1;
		}
		if (differ(ha, fa, hb, fb, why) != NULL) {
			printf("frame %" PRIu64 " differs: %s\n", frames, why);
			return 1;
		}
		frames++;
		bytes += ha->caplen;
	}
	pcap_close(a);
	pcap_close(b);
	printf("%" PRIu64 " frames, %" PRIu64 " bytes equal\n", frames, bytes);
	return 0;
}
