/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * sl_region_alloc_async(): requests of datapath threads go through a lock-free
 * queue to a thread of the library, which calls sl_region_alloc(). The queue is
 * drained before the adapter closes.
 */

#include <errno.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sl_shm_priv.h"

/* A slot of the queue. seq decides whether a producer or the library's thread may use it. */
struct request {
	unsigned int seq;
	struct sl_region_params params;
	char name[SL_SHM_NAME_LEN];
	sl_region_done_fn done;
	void *ctx;
};

/*
 * A bounded queue with many producers, which never wait, and one consumer, the
 * library's thread. A slot is free for position p if its seq == p, and has the
 * request of position p if its seq == p + 1.
 */
struct sl_async {
	struct sl_adapter *adapter;
	pthread_t thread;
	sem_t work;
	unsigned int mask;
	unsigned int head;    /* producers' next position */
	unsigned int tail;    /* the thread's next position */
	unsigned int pending; /* accepted and not completed */
	bool closing;
	bool stop;
	struct request *slots;
};

static bool
push(struct sl_async *q, const struct sl_region_params *p, const char *name, sl_region_done_fn done,
	void *ctx)
{
	unsigned int pos = __atomic_load_n(&q->head, __ATOMIC_RELAXED);
	struct request *r;

	for (;;) {
		int lag;

		r = &q->slots[pos & q->mask];
		/* Acquire: the thread has copied the slot's last request before we fill it. */
		lag = (int)(__atomic_load_n(&r->seq, __ATOMIC_ACQUIRE) - pos);
		if (lag < 0)
			return false;
		if (lag > 0)
			pos = __atomic_load_n(&q->head, __ATOMIC_RELAXED);
		else if (__atomic_compare_exchange_n(
				 &q->head, &pos, pos + 1, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
			break;
	}
	r->params = *p;
	memcpy(r->name, name, sizeof(r->name));
	r->done = done;
	r->ctx = ctx;
	/* Release: the request is complete before the thread sees the new seq. */
	__atomic_store_n(&r->seq, pos + 1, __ATOMIC_RELEASE);
	return true;
}

static bool
pop(struct sl_async *q, struct request *out)
{
	struct request *r = &q->slots[q->tail & q->mask];

	if (__atomic_load_n(&r->seq, __ATOMIC_ACQUIRE) != q->tail + 1)
		return false;
	*out = *r;
	out->params.name = out->name;
	__atomic_store_n(&r->seq, q->tail + q->mask + 1, __ATOMIC_RELEASE);
	q->tail++;
	return true;
}

static void *
async_main(void *arg)
{
	struct sl_async *q = arg;
	struct request r;

	while (!__atomic_load_n(&q->stop, __ATOMIC_ACQUIRE)) {
		while (pop(q, &r)) {
			struct sl_region region;
			int ret = sl_region_alloc(q->adapter, &r.params, &region);

			r.done(r.ctx, ret, &region);
			__atomic_sub_fetch(&q->pending, 1, __ATOMIC_SEQ_CST);
		}
		while (sem_wait(&q->work) != 0 && errno == EINTR)
			;
	}
	return NULL;
}

int
sl_async_start(struct sl_adapter *a, unsigned int depth)
{
	struct sl_async *q = calloc(1, sizeof(*q));
	unsigned int n, i;
	int ret;

	if (q == NULL)
		return -ENOMEM;
	for (n = 2; n < depth; n *= 2)
		;
	q->adapter = a;
	q->mask = n - 1;
	q->slots = calloc(n, sizeof(*q->slots));
	if (q->slots == NULL) {
		free(q);
		return -ENOMEM;
	}
	for (i = 0; i < n; i++)
		q->slots[i].seq = i;
	sem_init(&q->work, 0, 0);
	ret = -pthread_create(&q->thread, NULL, async_main, q);
	if (ret != 0) {
		sl_log(a, 3, "no thread for asynchronous allocation: %s", strerror(-ret));
		sem_destroy(&q->work);
		free(q->slots);
		free(q);
		return ret;
	}
	a->async = q;
	return 0;
}

int
sl_async_drain(struct sl_adapter *a)
{
	const struct timespec nap = {.tv_nsec = 1000000};
	struct sl_async *q = a->async;

	if (q == NULL)
		return 0;
	if (pthread_equal(q->thread, pthread_self()) != 0) {
		sl_log(a, 3, "close: called from a completion, which close must wait for");
		return -EDEADLK;
	}
	/* A caller that raises pending after this store sees closing, and lowers pending again. */
	__atomic_store_n(&q->closing, true, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&q->pending, __ATOMIC_SEQ_CST) != 0)
		nanosleep(&nap, NULL);
	return 0;
}

void
sl_async_resume(struct sl_adapter *a)
{
	if (a->async != NULL)
		__atomic_store_n(&a->async->closing, false, __ATOMIC_SEQ_CST);
}

void
sl_async_stop(struct sl_adapter *a)
{
	struct sl_async *q = a->async;

	if (q == NULL)
		return;
	__atomic_store_n(&q->stop, true, __ATOMIC_RELEASE);
	sem_post(&q->work);
	pthread_join(q->thread, NULL);
	sem_destroy(&q->work);
	free(q->slots);
	free(q);
	a->async = NULL;
}

int
sl_region_alloc_async(struct sl_adapter *a, const struct sl_region_params *params,
	sl_region_done_fn done, void *ctx)
{
	char name[SL_SHM_NAME_LEN] = "";
	struct sl_async *q;

	/* The caller may be a datapath thread: no log, no lock, no check that needs the kernel. */
	if (a == NULL || params == NULL || done == NULL || !sl_name_copy(name, params->name))
		return -EINVAL;
	q = a->async;
	if (q == NULL)
		return -ENOTSUP;
	__atomic_add_fetch(&q->pending, 1, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&q->closing, __ATOMIC_SEQ_CST) || !push(q, params, name, done, ctx)) {
		__atomic_sub_fetch(&q->pending, 1, __ATOMIC_SEQ_CST);
		return -EAGAIN;
	}
	sem_post(&q->work);
	return 0;
}
