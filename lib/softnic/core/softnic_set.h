/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SOFTNIC_SET_H_
#define _SOFTNIC_SET_H_

/**
 * @file
 * A set of queues: one bit for each queue of the largest family. An array of words, because the
 * 82599 has 128 queues per direction.
 */

#include <stdbool.h>
#include <stdint.h>

/** Most queues per direction of any model. */
#define SOFTNIC_QUEUES 128u
#define SOFTNIC_SET_WORDS (SOFTNIC_QUEUES / 64)

struct softnic_set {
	uint64_t word[SOFTNIC_SET_WORDS];
};

static inline void
softnic_set_add(struct softnic_set *s, unsigned int q)
{
	s->word[q / 64] |= UINT64_C(1) << q % 64;
}

static inline void
softnic_set_remove(struct softnic_set *s, unsigned int q)
{
	s->word[q / 64] &= ~(UINT64_C(1) << q % 64);
}

static inline bool
softnic_set_has(const struct softnic_set *s, unsigned int q)
{
	return (s->word[q / 64] >> q % 64 & 1) != 0;
}

static inline bool
softnic_set_empty(const struct softnic_set *s)
{
	return (s->word[0] | s->word[1]) == 0;
}

/** Remove the lowest queue. @return its number, or -1 if the set is empty. */
static inline int
softnic_set_take(struct softnic_set *s)
{
	unsigned int i;

	for (i = 0; i < SOFTNIC_SET_WORDS; i++) {
		if (s->word[i] != 0) {
			int bit = __builtin_ctzll(s->word[i]);

			s->word[i] &= s->word[i] - 1;
			return (int)(i * 64) + bit;
		}
	}
	return -1;
}

#endif /* _SOFTNIC_SET_H_ */
