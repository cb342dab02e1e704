/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 *
 * The receive ring: descriptors four to a line, payload watched in one buffer.
 * The driver is pmd/burst/sl_rx_burst.c's, step by step: what of a line is done is made ready
 * at once, and taken later. Each BUG_ switch takes one rule out.
 */
#define LINE 4
#define RING_LINES 2
#define DESCS (RING_LINES * LINE)
#define LINES (RING_LINES + 1) /* the last: payload of the watched buffer */
#define PAYLOAD (DESCS)        /* its first cell; the others of that line stay unused */
#define FRAMES 10              /* more than a ring */

/* Cells: descriptors are POSTED or DONE; payload is a frame's number, or what an application left. */
#define POSTED 0
#define DONE 1
#define TAKEN 2
#define FRAME(n) ((n) % 4)
#define LITTER 7

byte watched;      /* descriptor whose buffer has its payload modelled: any, chosen at the start */
byte head, tail;   /* the NIC's next descriptor, the doorbell */
byte next;         /* the driver's next descriptor */
byte posted;       /* descriptors from next on that are the NIC's */
byte sent, seen;   /* frames that the NIC wrote, that the driver took */
hidden byte v, pi; /* within one atomic step */
bit buffer_nic;    /* the watched buffer is posted and not yet taken */

#define OWNED_BY_NIC(c) \
	((c) < DESCS && ((c) + DESCS - next) % DESCS < posted || (c) == PAYLOAD && buffer_nic)

/* There it is the driver's own call that does it: no line is evicted. */
#ifdef BUG_WHOLE_RING
#define NO_EVICTION
#endif

#include "cache.pml"

active proctype nic()
{
	do
	:: sent == FRAMES -> break
	:: sent < FRAMES && head != tail ->
		atomic {
			printf("nic: descriptor %d\n", head);
			if
			:: mem[head] != POSTED ->
				printf("T2: the NIC reads descriptor %d, which is not in memory\n", head);
				assert(false)
			:: else
			fi
		};
		/* Payload first, then the descriptor that tells of it. */
		if
		:: head == watched -> mem[PAYLOAD] = FRAME(sent)
		:: else
		fi;
		atomic {
			mem[head] = DONE;
			printf("nic: frame %d is in descriptor %d\n", sent, head);
			sent++;
			head = (head + 1) % DESCS
		}
	od
}

/* One descriptor goes to the NIC: its buffer prepared (R1), its words written. */
inline post(d)
{
	atomic {
		if
		:: d == watched ->
#ifndef BUG_NO_PREPARE
			sync_clean(LINE_OF(PAYLOAD));
#endif
			skip
		:: else
		fi;
		cpu_write(d, POSTED)
	}
}

inline hand_over(n)
{
#ifndef BUG_NO_BARRIER
	atomic { barrier() };
#endif
	atomic {
		for (pi : 0 .. n - 1) {
			if
			:: (tail + pi) % DESCS == watched -> buffer_nic = 1
			:: else
			fi
		}
		posted = posted + n;
		tail = (tail + n) % DESCS;
		printf("driver: doorbell %d\n", tail)
	}
}

/* As some drivers do for each frame: its status cleared, and all of the ring flushed. */
inline whole_ring(d)
{
#ifdef BUG_WHOLE_RING
	cpu_write(d, TAKEN);
	for (pi : 0 .. RING_LINES - 1) {
		sync_clean(pi)
	}
	barrier()
#else
	skip
#endif
}

active proctype driver()
{
	byte d, held, fresh, batch;

	atomic { select(watched : 0 .. DESCS - 1) };
	/* What an earlier use of the memory left: neither posted, nor the NIC's. */
	atomic {
		for (d : 0 .. DESCS - 1) {
			mem[d] = DONE
		}
		mem[PAYLOAD] = LITTER;
		cpu_write(PAYLOAD, LITTER)
	};
	/* The whole ring but one line: sl_rx_queue_fill(). */
	for (d : 0 .. DESCS - LINE - 1) {
		post(d)
	}
	atomic { for (d : 0 .. RING_LINES - 2) { sync_clean(d) } };
	hand_over(DESCS - LINE);
	held = LINE;

	do
	:: seen == FRAMES -> break
	:: else ->
		/* An idle poll changes nothing but the cache, which the adversary does as well. */
		(sent > seen);
#if defined(BUG_UPDATE_ONCE_A_LINE)
		if
		:: next % LINE == 0 -> atomic { sync_update(LINE_OF(next)) }
		:: else
		fi;
#elif !defined(BUG_NO_UPDATE)
		atomic { sync_update(LINE_OF(next)) };  /* R2 */
#endif
#ifdef BUG_PAYLOAD_BEFORE_DD
		atomic {
			if
			:: LINE_OF(watched) == LINE_OF(next) -> sync_update(LINE_OF(PAYLOAD))
			:: else
			fi
		};
#endif
		/* Descriptors of one line, as far as they are done. */
		batch = 0;
		do
		:: batch < LINE && LINE_OF((next + batch) % DESCS) == LINE_OF(next) && batch < posted ->
			atomic {
				cpu_read((next + batch) % DESCS, v);
				if
				:: v != DONE && batch == 0 ->
					printf("R2: descriptor %d was done before the poll, and is read as posted\n", next);
					assert(false)
				:: v != DONE -> break
				:: else -> batch++
				fi
			}
		:: else -> break
		od;
		/* The payload of all of them, before any is taken. */
#if !defined(BUG_NO_PAYLOAD_UPDATE) && !defined(BUG_PAYLOAD_BEFORE_DD)
		atomic {
			if
			:: (watched + DESCS - next) % DESCS < batch -> sync_update(LINE_OF(PAYLOAD))  /* R3 */
			:: else
			fi
		};
#endif
		do
		:: batch > 0 ->
			atomic {
				if
				:: next == watched ->
					cpu_read(PAYLOAD, v);
					if
					:: v != FRAME(seen) ->
						printf("R3/R1: frame %d is read as %d\n", seen, v);
						assert(false)
					:: else
					fi;
					buffer_nic = 0;
					/* Whoever has it now writes to it. */
					cpu_write(PAYLOAD, LITTER)
				:: else
				fi;
				printf("driver: frame %d of descriptor %d\n", seen, next);
				seen++;
				posted--;
				held++;
				batch--;
				next = (next + 1) % DESCS;
				whole_ring((next + DESCS - 1) % DESCS)
			}
		:: else -> break
		od;
		/* Refill: rx_refill(). */
#ifdef BUG_PARTIAL_LINES
		fresh = held - LINE;
#else
		fresh = ((held / LINE) * LINE) - LINE;  /* R4: whole lines, one kept back */
#endif
		if
		:: fresh > 0 && fresh < DESCS ->
			for (d : 0 .. fresh - 1) {
				post((tail + d) % DESCS)
			}
#ifndef BUG_NO_FLUSH
			atomic {
				for (d : 0 .. fresh - 1) {
					sync_clean(LINE_OF((tail + d) % DESCS))
				}
			};
#endif
			hand_over(fresh);
			held = held - fresh
		:: else
		fi;
		atomic { d = 0; fresh = 0 }
	od;
#ifdef CHECK_END
	assert(false);  /* the end is reached */
#endif
	over = 1
}
