/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Secondary processes. The test starts itself twice more, as the primary and as the secondary
 * process of one EAL, and gives them commands over pipes: to send, to forward and to receive on a
 * queue of their own, to read statistics, to make calls that are refused. Either is killed.
 *
 * Needs hugepages and a hugetlbfs, which only root can mount: without them the test is skipped.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <rte_debug.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_ip.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>
#include <rte_udp.h>

#include "sl_pmd.h"

#define SKIP 77
#define PAGES 64u
#define LINE 65536u
#define BURST 32u
#define POOL 4095u
#define FLOWS 64u
#define FRAME 60u
#define FRAMES 512u
#define PATIENCE_MS 60000
/* What a process that is killed can have at most: a burst, a refill, and what is then given up. */
#define LOST_MAX (BURST + 64u + 64u)

static const char *
from_env(const char *name, const char *otherwise)
{
	const char *value = getenv(name);

	return value != NULL ? value : otherwise;
}

static bool
is_checked(void)
{
	return strcmp(from_env("SL_COHERENCY", "coherent"), "checked") == 0;
}

/* SL_TIME=own: the primary steps the device, and waits of the driver take no time. */
static bool
is_stepped(void)
{
	return strcmp(from_env("SL_TIME", "real"), "own") == 0;
}

/* --- a process of EAL: carries out commands --- */

enum mode { IDLE, FORWARD, SINK };

struct role {
	bool primary;
	uint16_t queue;
	enum mode mode;
	struct rte_mempool *pool; /* of this process */
	uint64_t rx, tx, freed;
};

/* @return true if the device had work. Only the primary process can step it. */
static bool
step(const struct role *r)
{
	return r->primary && is_stepped() && sl_pmd_step(0, BURST) > 0;
}

static void
make_frame(struct rte_mbuf *m, unsigned int flow)
{
	static const struct rte_ether_addr to = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
	struct rte_ether_hdr *eth = rte_pktmbuf_mtod(m, struct rte_ether_hdr *);
	struct rte_ipv4_hdr *ip = (struct rte_ipv4_hdr *)(eth + 1);
	struct rte_udp_hdr *udp = (struct rte_udp_hdr *)(ip + 1);

	m->data_len = FRAME;
	m->pkt_len = FRAME;
	memset(eth, 0, FRAME);
	eth->dst_addr = to;
	eth->ether_type = rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4);
	ip->version_ihl = RTE_IPV4_VHL_DEF;
	ip->total_length = rte_cpu_to_be_16(FRAME - sizeof(*eth));
	ip->time_to_live = 64;
	ip->next_proto_id = IPPROTO_UDP;
	ip->src_addr = rte_cpu_to_be_32(RTE_IPV4(10, 0, 0, 1 + flow));
	ip->dst_addr = rte_cpu_to_be_32(RTE_IPV4(10, 1, 0, 1));
	ip->hdr_checksum = rte_ipv4_cksum(ip);
	udp->src_port = rte_cpu_to_be_16((uint16_t)(1000 + flow));
	udp->dst_port = rte_cpu_to_be_16(7);
	udp->dgram_len = rte_cpu_to_be_16(FRAME - sizeof(*eth) - sizeof(*ip));
}

/* Send @n frames of all flows from this process's own mempool. */
static void
send_frames(struct role *r, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		struct rte_mbuf *m = rte_pktmbuf_alloc(r->pool);

		if (m == NULL)
			break;
		make_frame(m, i % FLOWS);
		while (rte_eth_tx_burst(0, r->queue, &m, 1) == 0) {
			step(r);
			sched_yield();
		}
		r->tx++;
	}
}

/* Receive a burst on the own queue, and send or free it. @return false: there was none. */
static bool
turn(struct role *r)
{
	const bool works = step(r);
	struct rte_mbuf *m[BURST];
	uint16_t n, sent;

	n = r->mode == IDLE ? 0 : rte_eth_rx_burst(0, r->queue, m, BURST);
	if (n == 0)
		return works;
	r->rx += n;
	for (sent = 0; sent < n && r->mode == FORWARD;) {
		sent += rte_eth_tx_burst(0, r->queue, &m[sent], n - sent);
		step(r);
	}
	r->tx += sent;
	r->freed += n - sent;
	rte_pktmbuf_free_bulk(&m[sent], n - sent);
	return true;
}

static struct rte_mempool *
role_pool(const char *name)
{
	if (strcmp(from_env("SL_POOL", "plain"), "apart") == 0)
		return sl_pktmbuf_pool_create(
			name, POOL, 64, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	return rte_pktmbuf_pool_create(name, POOL, 64, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
}

static int
port_start(struct role *r)
{
	const struct rte_eth_conf conf = {
		.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS,
		.rx_adv_conf.rss_conf.rss_hf = RTE_ETH_RSS_NONFRAG_IPV4_UDP | RTE_ETH_RSS_IPV4,
	};
	uint16_t q;
	int ret = rte_eth_dev_configure(0, 2, 2, &conf);

	for (q = 0; q < 2 && ret == 0; q++) {
		ret = rte_eth_rx_queue_setup(0, q, 512, 0, NULL, r->pool);
		if (ret == 0)
			ret = rte_eth_tx_queue_setup(0, q, 512, 0, NULL);
	}
	if (ret == 0)
		ret = rte_eth_dev_start(0);
	return ret != 0 ? ret : rte_eth_promiscuous_enable(0);
}

/* Statistics that do not change while no frame moves: "name=value ". */
static void
tell_stats(FILE *out)
{
	const int n = rte_eth_xstats_get(0, NULL, 0);
	struct rte_eth_xstat_name *names = calloc((size_t)RTE_MAX(n, 1), sizeof(*names));
	struct rte_eth_xstat *values = calloc((size_t)RTE_MAX(n, 1), sizeof(*values));
	struct rte_eth_stats stats;
	int i, ret;

	ret = rte_eth_stats_get(0, &stats);
	fprintf(out, "ret=%d,%d ", ret, n < 0 ? n : 0);
	if (ret == 0 && n > 0 && rte_eth_xstats_get_names(0, names, (unsigned int)n) == n &&
		rte_eth_xstats_get(0, values, (unsigned int)n) == n) {
		fprintf(out, "ipackets=%" PRIu64 " opackets=%" PRIu64 " ibytes=%" PRIu64 " ",
			stats.ipackets, stats.opackets, stats.ibytes);
		/* The device thread counts its steps also without a frame. */
		for (i = 0; i < n; i++)
			if (strcmp(names[i].name, "soft_steps") != 0)
				fprintf(out, "%s=%" PRIu64 " ", names[i].name, values[i].value);
	}
	free(names);
	free(values);
}

/* Results of calls that a secondary process may not make. */
static void
tell_refused(FILE *out)
{
	const struct rte_eth_conf conf = {0};
	struct rte_ether_addr mac = {{2, 0, 0, 0, 0, 9}};

	fprintf(out, "%d", rte_eth_dev_stop(0));
	fprintf(out, " %d", rte_eth_dev_set_mtu(0, 1400));
	fprintf(out, " %d", rte_eth_promiscuous_disable(0));
	fprintf(out, " %d", rte_eth_dev_mac_addr_add(0, &mac, 0));
	fprintf(out, " %d", rte_eth_dev_set_link_down(0));
	fprintf(out, " %d", rte_eth_dev_rx_queue_stop(0, 1));
	fprintf(out, " %d", rte_eth_dev_reset(0));
	fprintf(out, " %d", rte_eth_dev_configure(0, 2, 2, &conf));
	fprintf(out, " %d", rte_eth_rx_queue_setup(0, 0, 512, 0, NULL, NULL));
	fprintf(out, " %d", rte_eth_tx_queue_setup(0, 0, 512, 0, NULL));
}

static void
tell_info(FILE *out)
{
	struct rte_eth_burst_mode rx = {0}, tx = {0};
	struct rte_eth_dev_info info;
	struct rte_eth_rxq_info rxq;
	struct rte_eth_link link;
	struct rte_dev_reg_info regs = {0};
	int ret = rte_eth_dev_info_get(0, &info);

	if (ret == 0)
		ret = rte_eth_link_get(0, &link);
	if (ret == 0)
		ret = rte_eth_rx_queue_info_get(0, 1, &rxq);
	if (ret == 0)
		ret = rte_eth_rx_burst_mode_get(0, 1, &rx);
	if (ret == 0)
		ret = rte_eth_tx_burst_mode_get(0, 1, &tx);
	if (ret == 0)
		ret = rte_eth_dev_get_reg_info(0, &regs);
	fprintf(out, "ret %d", ret);
	if (ret != 0)
		return;
	fprintf(out, " queues %u+%u reta %u frame %u", info.max_rx_queues, info.max_tx_queues,
		info.reta_size, info.max_rx_pktlen);
	fprintf(out, " link %u %u ring %u threshold %u", link.link_status, link.link_speed,
		rxq.nb_desc, rxq.conf.rx_thresh.pthresh);
	fprintf(out, " burst '%s' '%s' registers %u", rx.info, tx.info, regs.length);
}

/* Results of calls that read a port without the primary process. */
static void
tell_reads(FILE *out)
{
	struct rte_eth_rss_reta_entry64 reta[2] = {{.mask = UINT64_MAX}, {.mask = UINT64_MAX}};
	struct rte_eth_rss_conf rss = {0};
	struct rte_eth_dev_info info;
	uint32_t ptypes[32];

	fprintf(out, "%d", rte_eth_dev_info_get(0, &info));
	fprintf(out, " %d", rte_eth_dev_rss_hash_conf_get(0, &rss));
	fprintf(out, " %d", rte_eth_dev_rss_reta_query(0, reta, 128));
	fprintf(out, " %d",
		rte_eth_dev_get_supported_ptypes(0, RTE_PTYPE_ALL_MASK, ptypes, 32) > 0);
	fprintf(out, " %d", rte_eth_dev_is_removed(0));
}

/* Carry out a command and write its answer, one line. @return false: quit. */
static bool
obey(struct role *r, const char *command, FILE *out)
{
	struct rte_eth_stats stats;
	unsigned int n;

	if (strcmp(command, "quit") == 0)
		return false;
	if (sscanf(command, "send %u", &n) == 1)
		send_frames(r, n);
	else if (strcmp(command, "idle") == 0)
		r->mode = IDLE;
	else if (strcmp(command, "forward") == 0)
		r->mode = FORWARD;
	else if (strcmp(command, "sink") == 0)
		r->mode = SINK;
	else if (strcmp(command, "start") == 0)
		fprintf(out, "%d", port_start(r));
	else if (strcmp(command, "stop") == 0)
		fprintf(out, "%d", rte_eth_dev_stop(0));
	else if (strcmp(command, "close") == 0)
		fprintf(out, "%d", rte_eth_dev_stop(0) != 0 ? -1 : rte_eth_dev_close(0));
	else if (strcmp(command, "ask") == 0)
		fprintf(out, "%d", rte_eth_stats_get(0, &stats));
	else if (strcmp(command, "count") == 0)
		fprintf(out, "%" PRIu64 " %" PRIu64 " %" PRIu64, r->rx, r->tx, r->freed);
	else if (strcmp(command, "in use") == 0)
		fprintf(out, "%u", rte_mempool_in_use_count(r->pool));
	else if (strcmp(command, "stats") == 0)
		tell_stats(out);
	else if (strcmp(command, "info") == 0)
		tell_info(out);
	else if (strcmp(command, "reads") == 0)
		tell_reads(out);
	else if (strcmp(command, "refused") == 0)
		tell_refused(out);
	else
		fprintf(out, "what is '%s'?", command);
	fputc('\n', out);
	fflush(out);
	return true;
}

/* Work on the queue, and carry out commands from standard input. Answers go to @fd. */
static int
run_role(struct role *r, int fd)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
	FILE *out = fdopen(fd, "w");
	char command[64];
	bool on = true;

	setvbuf(stdin, NULL, _IONBF, 0);
	while (on) {
		/* Tests run on few CPUs: without a frame, sleep for a moment. */
		if (poll(&in, 1, turn(r) ? 0 : 1) <= 0)
			continue;
		if (fgets(command, sizeof(command), stdin) == NULL)
			break;
		command[strcspn(command, "\n")] = '\0';
		on = obey(r, command, out);
	}
	if (r->primary) {
		rte_eth_dev_stop(0);
		rte_eth_dev_close(0);
	}
	/* The secondary's mempool stays: mbufs of it may still be in the queues. */
	return rte_eal_cleanup() == 0 ? 0 : 1;
}

/* This process's CPUs, for --lcores. */
static void
list_cpus(char *out, size_t len)
{
	cpu_set_t cpus;
	size_t at = 0;
	int cpu;

	CPU_ZERO(&cpus);
	sched_getaffinity(0, sizeof(cpus), &cpus);
	for (cpu = 0; cpu < CPU_SETSIZE && at < len; cpu++)
		if (CPU_ISSET(cpu, &cpus))
			at += (size_t)snprintf(out + at, len - at, "%s%d", at == 0 ? "" : ",", cpu);
}

static void
on_where(int sig)
{
	(void)sig;
	rte_dump_stack();
}

/* argv: program, role, prefix, directory of hugepages, file of answers. */
static int
role_main(char **argv)
{
	struct role r = {.primary = strcmp(argv[1], "primary") == 0};
	char vdev[128], cpus[4096], lcore[4200], pool[32];
	const char *eal[] = {argv[0], "--no-pci", "--no-telemetry", "--proc-type", argv[1],
		"--file-prefix", argv[2], "--huge-dir", argv[3], "--base-virtaddr=0x200000000000",
		"--lcores", lcore, "-m", "64", "--vdev", vdev, NULL};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGUSR1, on_where);
	r.queue = r.primary ? 0 : 1;
	list_cpus(cpus, sizeof(cpus));
	snprintf(lcore, sizeof(lcore), "%u@(%s)", r.queue, cpus);
	snprintf(vdev, sizeof(vdev), "net_syncline_soft0,device=%s,coherency=%s,wire=loop%s%s",
		from_env("SL_DEVICE", "82576"), from_env("SL_COHERENCY", "coherent"),
		is_checked() ? ",check_policy=report" : "",
		is_stepped() ? ",mode=step,time=own" : "");
	/* A secondary process takes memory and ports from the primary. */
	if (!r.primary)
		eal[12] = NULL;
	if (rte_eal_init(r.primary ? 16 : 12, (char **)(uintptr_t)eal) < 0 ||
		rte_eth_dev_count_avail() != 1)
		return 1;
	snprintf(pool, sizeof(pool), "of_%d", (int)getpid());
	r.pool = role_pool(pool);
	return r.pool == NULL ? 1 : run_role(&r, atoi(argv[4]));
}

/* --- the test: two processes --- */

struct child {
	pid_t pid;
	FILE *to, *from;
};

struct pair {
	char prefix[32];
	struct child primary, secondary;
};

static char huge_dir[] = "/tmp/sl_secondary_XXXXXX";

static void
spawn(struct pair *p, struct child *c, const char *role)
{
	int in[2], out[2];
	char fd[16];

	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(out), 0);
	snprintf(fd, sizeof(fd), "%d", out[1]);
	c->pid = fork();
	assert_true(c->pid >= 0);
	if (c->pid == 0) {
		dup2(in[0], STDIN_FILENO);
		close(in[1]);
		close(out[0]);
		execl("/proc/self/exe", "secondary", role, p->prefix, huge_dir, fd, NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	c->to = fdopen(in[1], "w");
	c->from = fdopen(out[0], "r");
}

static void
give(struct child *c, const char *command)
{
	fprintf(c->to, "%s\n", command);
	fflush(c->to);
}

/* @return NULL: the process has ended, or does not answer. */
static const char *
listen_to(struct child *c)
{
	static char line[LINE];
	struct pollfd answer = {.fd = fileno(c->from), .events = POLLIN};

	if (poll(&answer, 1, PATIENCE_MS) != 1 || fgets(line, sizeof(line), c->from) == NULL)
		return NULL;
	line[strcspn(line, "\n")] = '\0';
	return line;
}

static const char *
answer_to(struct child *c, const char *command)
{
	const char *line = listen_to(c);

	if (line == NULL)
		fail_msg("process %d does not answer '%s'", c->pid, command);
	return line;
}

/* Give a command and read the answer. */
static const char *
ask(struct child *c, const char *command)
{
	give(c, command);
	return answer_to(c, command);
}

static void
expect(struct child *c, const char *command, const char *answer)
{
	assert_string_equal(ask(c, command), answer);
}

static uint64_t
freed(struct child *c)
{
	uint64_t rx, tx, n;

	assert_int_equal(
		sscanf(ask(c, "count"), "%" SCNu64 " %" SCNu64 " %" SCNu64, &rx, &tx, &n), 3);
	return n;
}

static uint64_t
forwarded(struct child *c)
{
	uint64_t rx = 0;

	assert_int_equal(sscanf(ask(c, "count"), "%" SCNu64, &rx), 1);
	return rx;
}

/* Where a process that does not end stands: its threads' wait channels, and its own stack. */
static void
tell_where(const struct child *c)
{
	char command[160];

	snprintf(command, sizeof(command),
		"cd /proc/%d/task && for t in *; do echo \"$t $(cat $t/comm) $(cat $t/wchan)\"; done >&2",
		(int)c->pid);
	print_error("process %d does not end: its threads, and the calls of the main one:\n",
		(int)c->pid);
	if (system(command) != 0)
		print_error("they cannot be read\n");
	kill(c->pid, SIGUSR1);
	sleep(1);
}

/* Wait for the end of a process. @return its status; one that does not end is killed. */
static int
wait_for(struct child *c)
{
	int status = 0, waited = 0;

	while (waitpid(c->pid, &status, WNOHANG) == 0) {
		usleep(1000);
		if (++waited < PATIENCE_MS)
			continue;
		tell_where(c);
		kill(c->pid, SIGKILL);
		waitpid(c->pid, &status, 0);
		break;
	}
	return status;
}

/* @return the process's status; 0: it was killed as was wanted, or there is none. */
static int
end(struct child *c, bool kill_it)
{
	int status;

	if (c->pid == 0)
		return 0;
	if (kill_it)
		kill(c->pid, SIGKILL);
	else
		give(c, "quit");
	/* A test that failed may have left it stopped. */
	kill(c->pid, SIGCONT);
	fclose(c->to);
	status = wait_for(c);
	fclose(c->from);
	c->pid = 0;
	return kill_it ? 0 : status;
}

/* Start a process and give it its first command. @return true if it answers as expected. */
static bool
begins(struct pair *p, struct child *c, const char *role, const char *command, const char *expected)
{
	const char *answer;

	spawn(p, c, role);
	give(c, command);
	answer = listen_to(c);
	return answer != NULL && strcmp(answer, expected) == 0;
}

/* Both processes run, or the test fails. Then none is left that the next test would meet. */
static int
setup(void **state)
{
	struct pair *p = calloc(1, sizeof(*p));

	snprintf(p->prefix, sizeof(p->prefix), "sl_second_%d", (int)getpid());
	*state = p;
	if (begins(p, &p->primary, "primary", "start", "0") &&
		begins(p, &p->secondary, "secondary", "idle", ""))
		return 0;
	print_error("the processes did not start\n");
	end(&p->secondary, true);
	end(&p->primary, true);
	free(p);
	return -1;
}

static int
teardown(void **state)
{
	struct pair *p = *state;
	char path[96];
	const int second = end(&p->secondary, false), first = end(&p->primary, false);

	snprintf(path, sizeof(path), "exec rm -rf /var/run/dpdk/%s", p->prefix);
	assert_int_equal(system(path), 0);
	free(p);
	if (second != 0 || first != 0)
		print_error("status of the processes: primary %#x, secondary %#x\n", first, second);
	return second != 0 || first != 0 ? -1 : 0;
}

/* Let both take frames out of the loop: @n, or as many at least. */
static void
take_out(struct pair *p, uint64_t n, bool exact)
{
	const uint64_t before = freed(&p->primary) + freed(&p->secondary);

	expect(&p->primary, "sink", "");
	expect(&p->secondary, "sink", "");
	while (freed(&p->primary) + freed(&p->secondary) < before + n)
		usleep(1000);
	if (exact)
		assert_int_equal(freed(&p->primary) + freed(&p->secondary), before + n);
	expect(&p->primary, "idle", "");
	expect(&p->secondary, "idle", "");
}

static void
both_forward(struct pair *p)
{
	const uint64_t first = forwarded(&p->primary), second = forwarded(&p->secondary);

	expect(&p->primary, "forward", "");
	expect(&p->secondary, "forward", "");
	while (forwarded(&p->primary) < first + 4 * FRAMES ||
		forwarded(&p->secondary) < second + 4 * FRAMES)
		usleep(1000);
}

/* Both processes read the same statistics. */
static void
same_stats(struct pair *p)
{
	char *first = strdup(ask(&p->primary, "stats")), *second, *a, *b, *in_a, *in_b;

	assert_non_null(strstr(first, "ret=0,0 ipackets="));
	second = strdup(ask(&p->secondary, "stats"));
	a = strtok_r(first, " ", &in_a);
	b = strtok_r(second, " ", &in_b);
	while (a != NULL && b != NULL) {
		assert_string_equal(b, a);
		a = strtok_r(NULL, " ", &in_a);
		b = strtok_r(NULL, " ", &in_b);
	}
	assert_true(a == NULL && b == NULL);
	free(first);
	free(second);
}

/* --- tests --- */

/* Each process sends, forwards and receives on its queue; then both read the same statistics. */
static void
test_forward(void **state)
{
	struct pair *p = *state;

	if (is_checked())
		skip();
	expect(&p->secondary, "send 256", "");
	expect(&p->primary, "send 256", "");
	both_forward(p);
	expect(&p->primary, "idle", "");
	expect(&p->secondary, "idle", "");
	take_out(p, FRAMES, true);
	same_stats(p);
	expect(&p->primary, "stop", "0");
	expect(&p->primary, "in use", "0");
	/* The port runs again, and the secondary finds its queue again. */
	expect(&p->primary, "start", "0");
	expect(&p->secondary, "send 512", "");
	take_out(p, FRAMES, true);
}

static void
test_reads(void **state)
{
	struct pair *p = *state;
	char *first = strdup(ask(&p->primary, "info"));

	assert_non_null(strstr(first, "ret 0 "));
	assert_non_null(strstr(first, " link 1 "));
	expect(&p->secondary, "info", first);
	free(first);
	same_stats(p);
}

static void
test_refused(void **state)
{
	struct pair *p = *state;
	char *first = strdup(ask(&p->primary, "info"));

	/* -EPERM from the driver, and -ENOTSUP from ethdev, before it changes anything. */
	expect(&p->secondary, "refused", "-1 -1 -1 -1 -1 -1 -1 -95 -95 -95");
	expect(&p->primary, "info", first);
	free(first);
	/* A stopped port: what is stopped already is no error, and no queue of the primary is lost.
	 */
	expect(&p->primary, "stop", "0");
	expect(&p->secondary, "refused", "0 -1 -1 -1 -1 0 -1 -95 -95 -95");
	expect(&p->primary, "start", "0");
	if (is_checked())
		return;
	expect(&p->secondary, "send 512", "");
	take_out(p, FRAMES, true);
}

/* In checked mode a secondary receives nothing, and the port works on. */
static void
test_refused_to_poll(void **state)
{
	struct pair *p = *state;

	if (!is_checked())
		skip();
	expect(&p->secondary, "sink", "");
	expect(&p->primary, "send 256", "");
	expect(&p->primary, "sink", "");
	while (freed(&p->primary) == 0)
		usleep(1000);
	assert_int_equal(freed(&p->secondary), 0);
}

static void
test_primary_dies(void **state)
{
	struct pair *p = *state;

	if (!is_checked()) {
		expect(&p->secondary, "send 512", "");
		both_forward(p);
	}
	end(&p->primary, true);
	/* It polls on, and is told that nobody answers. */
	assert_true(strncmp(ask(&p->secondary, "stats"), "ret=-107,-107 ", 14) == 0);
	expect(&p->secondary, "sink", "");
	ask(&p->secondary, "count");
	expect(&p->secondary, "info", "ret -107");
	expect(&p->secondary, "idle", "");
}

/* A primary that does not answer in time, and then does. */
static void
test_primary_stands_still(void **state)
{
	struct pair *p = *state;
	char answer[16], *late, *now;

	expect(&p->secondary, "ask", "0");
	assert_int_equal(kill(p->primary.pid, SIGSTOP), 0);
	assert_int_equal(waitpid(p->primary.pid, NULL, WUNTRACED), p->primary.pid);
	snprintf(answer, sizeof(answer), "%s", ask(&p->secondary, "ask"));
	/* Its late answer comes while the next question waits for another one. */
	give(&p->secondary, "stats");
	usleep(200 * 1000);
	/* First: a process that stands still does not end either. */
	assert_int_equal(kill(p->primary.pid, SIGCONT), 0);
	assert_string_equal(answer, "-110");
	late = strdup(answer_to(&p->secondary, "stats"));
	now = strdup(ask(&p->primary, "stats"));
	assert_string_equal(late, now);
	free(late);
	free(now);
	expect(&p->secondary, "ask", "0");
	same_stats(p);
}

static void
test_primary_closes(void **state)
{
	struct pair *p = *state;

	expect(&p->secondary, "reads", "0 0 0 1 0");
	expect(&p->primary, "close", "0");
	expect(&p->secondary, "ask", "-19");
	expect(&p->secondary, "reads", "-19 -19 -19 0 0");
}

/* Killed between two bursts: the primary gets every mbuf of its mempool back. */
static void
test_secondary_dies_idle(void **state)
{
	struct pair *p = *state;

	if (is_checked())
		skip();
	expect(&p->secondary, "send 512", "");
	both_forward(p);
	expect(&p->primary, "idle", "");
	expect(&p->secondary, "idle", "");
	end(&p->secondary, true);
	expect(&p->primary, "stop", "0");
	expect(&p->primary, "in use", "0");
}

/* Killed anywhere: a few mbufs are lost, and the port works with its queues as before. */
static void
test_secondary_dies(void **state)
{
	struct pair *p = *state;
	unsigned int in_use = 0;

	if (is_checked())
		skip();
	expect(&p->secondary, "send 512", "");
	both_forward(p);
	end(&p->secondary, true);
	expect(&p->primary, "stop", "0");
	assert_int_equal(sscanf(ask(&p->primary, "in use"), "%u", &in_use), 1);
	assert_in_range(in_use, 0, LOST_MAX);
	expect(&p->primary, "start", "0");
	spawn(p, &p->secondary, "secondary");
	expect(&p->secondary, "send 512", "");
	/* With these come frames that were on the wire at the stop. */
	take_out(p, FRAMES, false);
}

/* A hugetlbfs of our own, which ends with this process. */
static bool
have_hugepages(void)
{
	FILE *f = fopen("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "r");
	unsigned int free_pages = 0;

	if (f != NULL && fscanf(f, "%u", &free_pages) != 1)
		free_pages = 0;
	if (f != NULL)
		fclose(f);
	if (free_pages < PAGES) {
		printf("skipped: %u free hugepages of 2 MiB; %u are needed\n", free_pages, PAGES);
		return false;
	}
	if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
		mount("none", huge_dir, "hugetlbfs", 0, "pagesize=2M") != 0) {
		printf("skipped: no hugetlbfs can be mounted: %s\n", strerror(errno));
		return false;
	}
	return true;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_forward, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reads, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused_to_poll, setup, teardown),
		cmocka_unit_test_setup_teardown(test_primary_dies, setup, teardown),
		cmocka_unit_test_setup_teardown(test_primary_stands_still, setup, teardown),
		cmocka_unit_test_setup_teardown(test_primary_closes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_secondary_dies_idle, setup, teardown),
		cmocka_unit_test_setup_teardown(test_secondary_dies, setup, teardown),
	};
	int ret = SKIP;

	if (argc == 5)
		return role_main(argv);
	signal(SIGPIPE, SIG_IGN);
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	if (mkdtemp(huge_dir) == NULL)
		return 1;
	if (have_hugepages()) {
		ret = cmocka_run_group_tests(tests, NULL, NULL);
		umount(huge_dir);
	}
	rmdir(huge_dir);
	return ret;
}
