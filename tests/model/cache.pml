/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 *
 * A non-coherent cache over memory that a NIC shares, for rx.pml and tx.pml.
 * Memory is in lines of LINE cells. The CPU sees a line's copy while it is
 * valid; the NIC sees memory alone. A cache may at any moment write a dirty line
 * back, drop a clean one, or fetch one that nobody asked for: process
 * "adversary". Clean and prepare take effect at the next barrier at the latest,
 * and perhaps before (rule T2).
 */
#define CELLS (LINES * LINE)

byte mem[CELLS];   /* what the NIC sees */
byte copy[CELLS];  /* what the CPU sees while the line is valid */
bit valid[LINES], dirty[LINES], pending[LINES];
bit over;          /* the run is at its end */
byte line;         /* the adversary's */

#define LINE_OF(cell) ((cell) / LINE)

hidden byte ci;    /* index of the loops below: within one atomic step, so no part of a state */

/* Line l comes into the cache. */
inline fetch(l)
{
	for (ci : 0 .. LINE - 1) {
		copy[(l) * LINE + ci] = mem[(l) * LINE + ci]
	}
	valid[l] = 1;
	dirty[l] = 0
}

/* Line l goes to memory, whole: that is what makes a line the unit of ownership (R4). */
inline write_back(l)
{
	for (ci : 0 .. LINE - 1) {
		if
		:: OWNED_BY_NIC((l) * LINE + ci) && copy[(l) * LINE + ci] != mem[(l) * LINE + ci] ->
			printf("R4/R1: write-back of line %d puts %d over the NIC's %d in cell %d\n",
				l, copy[(l) * LINE + ci], mem[(l) * LINE + ci], (l) * LINE + ci);
			assert(false)
		:: else
		fi;
		mem[(l) * LINE + ci] = copy[(l) * LINE + ci]
	}
	dirty[l] = 0
}

inline cpu_write(cell, value)
{
	if
	:: !valid[LINE_OF(cell)] -> fetch(LINE_OF(cell))
	:: else
	fi;
	copy[cell] = value;
	dirty[LINE_OF(cell)] = 1
}

inline cpu_read(cell, into)
{
	if
	:: !valid[LINE_OF(cell)] -> fetch(LINE_OF(cell))
	:: else
	fi;
	into = copy[cell]
}

/* sl_flush and sl_prepare: clean, done by the next barrier. */
inline sync_clean(l)
{
	pending[l] = 1
}

/* sl_update: what the cache has is written back, should it be dirty, and dropped. */
inline sync_update(l)
{
	if
	:: dirty[l] -> write_back(l)
	:: else
	fi;
	valid[l] = 0
}

hidden byte bi;    /* index of the barrier's loop */

/* sl_doorbell_barrier: what was to be cleaned is in memory. */
inline barrier()
{
	for (bi : 0 .. LINES - 1) {
		if
		:: pending[bi] && dirty[bi] -> write_back(bi)
		:: else
		fi;
		pending[bi] = 0
	}
}

/*
 * Works on one line, any, chosen at the start: what a cache does to a line changes
 * nothing in another, so one is enough to break a rule.
 */
active proctype adversary()
{
	atomic { select(line : 0 .. LINES - 1) };
	do
	:: over -> break
#ifndef NO_EVICTION
	:: atomic { !over && dirty[line] ->
		printf("cache: line %d is evicted\n", line);
		write_back(line);
		valid[line] = 0 }
#endif
	:: atomic { !over && valid[line] && !dirty[line] -> valid[line] = 0 }
	:: atomic { !over && !valid[line] ->
		printf("cache: line %d is fetched\n", line);
		fetch(line) }
	od
}
