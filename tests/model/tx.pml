/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 *
 * The transmit ring: descriptors four to a line that the NIC only reads, a head
 * that the NIC writes to a line of its own, and one buffer whose payload, over
 * two lines, is watched. The driver is pmd/burst/sl_tx_burst.c's; each BUG_ switch takes one
 * rule out.
 */
#define LINE 4
#define RING_LINES 2
#define DESCS (RING_LINES * LINE)
#define LINES (RING_LINES + 3)
#define HEAD_CELL (DESCS)              /* line of its own */
#define PAYLOAD (DESCS + LINE)         /* first line of the watched buffer */
#define PAYLOAD_TAIL (DESCS + 2 * LINE) /* a frame ends within the second: an unaligned tail */
#define FRAMES 11                      /* more than a ring */

/* A descriptor tells which frame it is of, so that an old one is known for what it is. */
#define DESC(n) (1 + (n) % 3)
#define FRAME(n) ((n) % 3)
#define LITTER 7
#define DONE 9

byte watched;      /* descriptor whose buffer has its payload modelled */
byte head, tail;   /* the NIC's next descriptor, the doorbell */
byte next, clean;  /* the driver's next descriptor, its oldest not reclaimed */
byte sent, given;  /* frames that the NIC read, that the driver gave it */
bit running;
hidden byte v;     /* within one atomic step */

#ifdef BUG_DD_IN_RING
#define OWNED_BY_NIC(c) ((c) < DESCS && ((c) + DESCS - clean) % DESCS < (tail + DESCS - clean) % DESCS)
#else
#define OWNED_BY_NIC(c) ((c) == HEAD_CELL && running)
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
			:: mem[head] != DESC(sent) ->
				printf("T2: the NIC reads descriptor %d, which is not in memory\n", head);
				assert(false)
			:: else
			fi;
			if
			:: head == watched && (mem[PAYLOAD] != FRAME(sent) || mem[PAYLOAD_TAIL] != FRAME(sent)) ->
				printf("T1: the NIC sends frame %d with %d and %d in its two lines\n", sent,
					mem[PAYLOAD], mem[PAYLOAD_TAIL]);
				assert(false)
			:: else
			fi
		};
		atomic {
#ifdef BUG_DD_IN_RING
			mem[head] = DONE;
#endif
			sent++;
			head = (head + 1) % DESCS;
#ifndef BUG_DD_IN_RING
			mem[HEAD_CELL] = head;
#endif
			printf("nic: head %d\n", head)
		}
	od
}

inline flush_payload()
{
#ifndef BUG_NO_PAYLOAD_FLUSH
	sync_clean(LINE_OF(PAYLOAD));
#ifndef BUG_NO_TAIL_FLUSH
	sync_clean(LINE_OF(PAYLOAD_TAIL));
#endif
#endif
	skip
}

/* One frame into the ring. */
inline put_frame()
{
	atomic {
		if
		:: next == watched ->
			cpu_write(PAYLOAD, FRAME(given));
			cpu_write(PAYLOAD_TAIL, FRAME(given));
			flush_payload()
		:: else
		fi;
		cpu_write(next, DESC(given));
		printf("driver: frame %d into descriptor %d\n", given, next);
		given++;
		n++;
		next = (next + 1) % DESCS
	}
}

inline flush_descriptors()
{
#ifndef BUG_NO_DESC_FLUSH
	atomic {
		for (v : 1 .. n) {
			sync_clean(LINE_OF((next + DESCS - v) % DESCS))
		}
	}
#else
	skip
#endif
}

/* What the NIC is done with: its buffers go back to whoever had them. */
inline give_back()
{
	printf("driver: descriptor %d is given back\n", clean);
	if
	:: clean == watched ->
		cpu_write(PAYLOAD, LITTER);
		cpu_write(PAYLOAD_TAIL, LITTER)
	:: else
	fi;
	clean = (clean + 1) % DESCS
}

inline reclaim()
{
#ifdef BUG_DD_IN_RING
	atomic {
		sync_update(LINE_OF(clean));
		cpu_read(clean, v);
		if
		:: v == DONE -> give_back()
		:: else
		fi
	}
#else
	atomic {
#ifndef BUG_NO_HEAD_UPDATE
		sync_update(LINE_OF(HEAD_CELL));  /* R2 */
#endif
		cpu_read(HEAD_CELL, v);
		if
		:: v == clean ->
			printf("R2: the NIC's head is at %d, and is read as %d\n", head, v);
			assert(false)
		:: else
		fi;
		do
		:: clean != v -> give_back()
		:: else -> break
		od
	}
#endif
}

active proctype driver()
{
	byte n;

	atomic {
		select(watched : 0 .. DESCS - 1);
		cpu_write(PAYLOAD, LITTER);
		/* sl_tx_queue_drain(): the head's word is clean before the NIC writes there (R1). */
		cpu_write(HEAD_CELL, 0);
#ifndef BUG_NO_PREPARE
		sync_clean(LINE_OF(HEAD_CELL));
#endif
		barrier();
		running = 1
	};
	do
	:: given == FRAMES && clean == next -> break
	:: given < FRAMES && (next + 1) % DESCS != clean ->
		/* A burst of one to three frames. */
		n = 0;
		put_frame();
		do
		:: n < 3 && given < FRAMES && (next + 1) % DESCS != clean -> put_frame()
		:: break
		od;
#ifdef BUG_LATE_FLUSH
		tail = next;
		flush_descriptors();
		atomic { barrier() }
#else
		flush_descriptors();
#ifndef BUG_NO_BARRIER
		atomic { barrier() };  /* T2 */
#endif
		tail = next;
		printf("driver: doorbell %d\n", tail)
#endif
	/* A look at an unchanged head changes nothing but the cache. */
	:: clean != next && head != clean -> reclaim()
	od;
#ifdef CHECK_END
	assert(false);  /* the end is reached */
#endif
	over = 1
}
