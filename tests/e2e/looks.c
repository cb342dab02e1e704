/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
/* Other threads, including telemetry's, read from ports while ports are opened and closed. */
#include <pthread.h>
#include <unistd.h>

#include <rte_bus_vdev.h>
#include <rte_eal.h>

#include "harness.h"

#define ROUNDS 60u
#define PORTS 4u /* port ids that are read; some of their ports are opened and closed */

/* Shared by the reading threads and the one that opens ports. */
struct looks {
	bool end;
	unsigned int seen, gone; /* number of answers of each kind; both must occur */
};

static void
count(struct looks *l, bool seen)
{
	__atomic_fetch_add(seen ? &l->seen : &l->gone, 1, __ATOMIC_RELAXED);
}

/* Each call that reads from a port. None may see a port that is partly opened or closed. */
static void *
call_all(void *arg)
{
	struct looks *l = arg;
	FILE *null = fopen("/dev/null", "w");
	uint64_t us;
	uint16_t id;

	while (null != NULL && !__atomic_load_n(&l->end, __ATOMIC_RELAXED)) {
		for (id = 0; id < PORTS; id++) {
			count(l, sl_pmd_shm_dump(id, null, false) == 0);
			count(l, sl_pmd_shm_dump(id, null, true) == 0);
			sl_pmd_wire_report(id, null);
			sl_pmd_wire_control(id, "clear");
			sl_pmd_time_us(id, &us);
			sl_pmd_is_ours(id);
			sl_pmd_adapter(id);
			sl_pmd_check(id);
			sl_pmd_softnic(id);
		}
	}
	if (null != NULL)
		fclose(null);
	return NULL;
}

/* Read through telemetry's socket. Its handlers run on a separate thread. */
static void *
ask_telemetry(void *arg)
{
	struct looks *l = arg;
	int fd = h_telemetry();
	char text[16384];
	unsigned int id;
	ssize_t n;

	for (id = 0; fd >= 0 && !__atomic_load_n(&l->end, __ATOMIC_RELAXED);
		id = (id + 1) % PORTS) {
		snprintf(text, sizeof(text), "/syncline/shm,%u", id);
		if (write(fd, text, strlen(text)) < 0)
			break;
		n = read(fd, text, sizeof(text) - 1);
		if (n <= 0)
			break;
		text[n] = '\0';
		count(l, strstr(text, "\"adapter\"") != NULL);
	}
	if (fd < 0)
		return arg;
	close(fd);
	return NULL;
}

/* True if each thread has received answers of both kinds. */
static bool
both_given(const struct looks *l, unsigned int n)
{
	while (n > 0 && __atomic_load_n(&l[n - 1].seen, __ATOMIC_RELAXED) > 0 &&
		__atomic_load_n(&l[n - 1].gone, __ATOMIC_RELAXED) > 0)
		n--;
	return n == 0;
}

/* Open, start and remove ports in turn. */
static void
come_and_go(const struct looks *l, unsigned int n)
{
	struct h_port p[2];
	unsigned int i, k;

	for (i = 0; i < ROUNDS || !both_given(l, n); i++) {
		assert_true(i < 100 * ROUNDS);
		for (k = 0; k < 2; k++)
			h_open(&p[k], k == 0 ? "wire=gen,wire_size=64" : NULL);
		h_start(&p[i % 2], NULL);
		for (k = 0; k < 2; k++)
			h_close(&p[(i / 2 + k) % 2]);
	}
}

static void
looks_while_ports_come_and_go(void **state)
{
	void *(*const look[])(void *) = {call_all, call_all, ask_telemetry};
	struct looks l[RTE_DIM(look)] = {{0}};
	pthread_t thread[RTE_DIM(look)];
	void *failed;
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(look); i++)
		assert_int_equal(pthread_create(&thread[i], NULL, look[i], &l[i]), 0);
	come_and_go(l, RTE_DIM(look));
	for (i = 0; i < RTE_DIM(look); i++) {
		__atomic_store_n(&l[i].end, true, __ATOMIC_RELAXED);
		assert_int_equal(pthread_join(thread[i], &failed), 0);
		assert_null(failed);
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(looks_while_ports_come_and_go),
	};

	setenv("SL_TELEMETRY", "1", 1);
	return h_main(argc, argv, tests);
}
