/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Checksums and hashes over frames.
 */

#include "softnic_parse.h"
#include "softnic_sum.h"

uint64_t
softnic_sum(const uint8_t *data, size_t len, uint64_t sum)
{
	for (; len >= 4; len -= 4, data += 4)
		sum += softnic_get32(data);
	if (len >= 2) {
		sum += softnic_get16(data);
		data += 2;
		len -= 2;
	}
	if (len != 0)
		sum += (uint64_t)data[0] << 8;
	return sum;
}

uint16_t
softnic_sum_fold(uint64_t sum)
{
	while (sum >> 16 != 0)
		sum = (sum & UINT16_MAX) + (sum >> 16);
	return (uint16_t)sum;
}

/* Reflected CRC, four bits at a time: slow, but the table has only 16 words. */
static uint32_t
crc_update(const uint32_t table[16], uint32_t crc, const uint8_t *data, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		crc ^= data[i];
		crc = crc >> 4 ^ table[crc & 0xf];
		crc = crc >> 4 ^ table[crc & 0xf];
	}
	return crc;
}

uint32_t
softnic_crc32(const uint8_t *data, size_t len)
{
	/* IEEE 802.3 3.2.9, polynomial 0xEDB88320 reflected */
	static const uint32_t table[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
		0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8,
		0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};

	return ~crc_update(table, UINT32_MAX, data, len);
}

uint32_t
softnic_crc32c_sctp(const uint8_t *sctp, size_t len)
{
	/* RFC 9260 appendix A, polynomial 0x82F63B78 reflected */
	static const uint32_t table[16] = {0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1,
		0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d, 0x82f63b78, 0x92a8fc17, 0xa24bb5a6,
		0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75};
	static const uint8_t zero[4];
	uint32_t crc = UINT32_MAX;

	crc = crc_update(table, crc, sctp, SOFTNIC_SCTP_CSUM);
	crc = crc_update(table, crc, zero, sizeof(zero));
	crc = crc_update(table, crc, sctp + SOFTNIC_SCTP_CSUM + 4, len - SOFTNIC_SCTP_CSUM - 4);
	return ~crc;
}

uint32_t
softnic_toeplitz(const uint8_t *key, const uint8_t *data, size_t len)
{
	uint32_t hash = 0, window = softnic_get32(key);
	size_t i;
	int bit;

	for (i = 0; i < len; i++) {
		for (bit = 7; bit >= 0; bit--) {
			if ((data[i] >> bit & 1) != 0)
				hash ^= window;
			/* Shift in the key's next bit from the right. */
			window = window << 1 | (key[i + 4] >> bit & 1);
		}
	}
	return hash;
}
