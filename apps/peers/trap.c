/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Traps a driver's accesses to a register BAR by page faults. For a load, the SIGSEGV handler first
 * gets the value from the device model. It then opens the page for one instruction. The SIGTRAP
 * handler closes the page again and passes a stored value to the model. x86-64 only.
 */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "sl_bits.h"
#include "trap.h"

#if defined(__x86_64__)

#define BARS 16u
#define BELLS 128u	    /* maximum; 16 queues each way with two addresses need 64 */
#define PF_WRITE SL_BIT(1)  /* bit of a page fault's error code: the access was a store */
#define EFLAGS_TF SL_BIT(8) /* trap after the next instruction */

/** A doorbell that does not trap. */
struct bell {
	const volatile uint32_t *from; /**< our mapping of the word to which the driver stores */
	volatile uint32_t *to;	       /**< the device's word */
	uint32_t last;		       /**< value last passed to the device */
};

struct trap_bar {
	uint8_t *driver; /**< the driver's mapping; accesses fault */
	uint8_t *ours;	 /**< the same memory, writable */
	size_t len;
	struct sl_bus bus;
	uint64_t count;
	unsigned int nb_bells;
	struct bell bells[BELLS];
};

/** The access that this thread is performing. */
struct access {
	struct trap_bar *bar;
	uint32_t off;
	bool write;
};

/* Signal handlers belong to the process, so their data is global. */
static struct trap_bar *bars[BARS];
static struct sigaction before_segv, before_trap;
static _Thread_local struct access pending;

static uint8_t *
page_of(const struct trap_bar *bar, uint32_t off)
{
	return bar->driver + (off & ~((uint32_t)sysconf(_SC_PAGESIZE) - 1));
}

static int
protect(const struct trap_bar *bar, uint32_t off, int prot)
{
	return mprotect(page_of(bar, off), (size_t)sysconf(_SC_PAGESIZE), prot) == 0 ? 0 : -errno;
}

static volatile uint32_t *
word(const struct trap_bar *bar, uint32_t off)
{
	return (volatile uint32_t *)(void *)(bar->ours + off);
}

static struct trap_bar *
bar_at(const void *addr)
{
	unsigned int i;

	for (i = 0; i < BARS; i++) {
		if (bars[i] != NULL && (uintptr_t)addr - (uintptr_t)bars[i]->driver < bars[i]->len)
			return bars[i];
	}
	return NULL;
}

static void
on_segv(int sig, siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
	struct trap_bar *bar = bar_at(info->si_addr);

	if (bar == NULL || pending.bar != NULL) {
		/*
		 * Not our fault: restore the old handler. It is called when the instruction runs
		 * again.
		 */
		sigaction(sig, &before_segv, NULL);
		return;
	}
	pending.bar = bar;
	pending.off = (uint32_t)((uintptr_t)info->si_addr - (uintptr_t)bar->driver) &
		~(uint32_t)(sizeof(uint32_t) - 1);
	pending.write = (regs[REG_ERR] & PF_WRITE) != 0;
	bar->count++;
	if (!pending.write)
		*word(bar, pending.off) = sl_bus_read(&bar->bus, pending.off);
	if (protect(bar, pending.off, PROT_READ | PROT_WRITE) != 0)
		abort();
	regs[REG_EFL] |= EFLAGS_TF;
}

static void
on_trap(int sig, siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
	struct trap_bar *bar = pending.bar;

	(void)info;
	if (bar == NULL) {
		sigaction(sig, &before_trap, NULL);
		raise(sig);
		return;
	}
	regs[REG_EFL] &= ~(greg_t)EFLAGS_TF;
	if (protect(bar, pending.off, PROT_NONE) != 0)
		abort();
	pending.bar = NULL;
	if (pending.write)
		sl_bus_write(&bar->bus, pending.off, *word(bar, pending.off));
}

/* Install a handler. Store the previous one, unless it is our own. */
static int
install(int sig, void (*handler)(int, siginfo_t *, void *), struct sigaction *before)
{
	struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO}, old;

	if (sigaction(sig, &action, &old) != 0)
		return -errno;
	if (old.sa_sigaction != handler)
		*before = old;
	return 0;
}

int
trap_arm(void)
{
	int ret = install(SIGSEGV, on_segv, &before_segv);

	return ret == 0 ? install(SIGTRAP, on_trap, &before_trap) : ret;
}

const char *
trap_obstacle(void)
{
	return NULL;
}

static int
map_twice(struct trap_bar *bar)
{
	int fd = memfd_create("bar", MFD_CLOEXEC), ret = 0;

	if (fd < 0)
		return -errno;
	if (ftruncate(fd, (off_t)bar->len) != 0) {
		ret = -errno;
	} else {
		bar->ours = mmap(NULL, bar->len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		bar->driver = mmap(NULL, bar->len, PROT_NONE, MAP_SHARED, fd, 0);
		if (bar->ours == MAP_FAILED || bar->driver == MAP_FAILED)
			ret = -errno;
	}
	close(fd);
	return ret;
}

int
trap_open(const struct sl_bus *bus, size_t len, struct trap_bar **out)
{
	struct trap_bar *bar, **slot = NULL;
	unsigned int i;
	int ret;

	for (i = 0; i < BARS && slot == NULL; i++)
		slot = bars[i] == NULL ? &bars[i] : NULL;
	if (slot == NULL)
		return -ENOSPC;
	bar = calloc(1, sizeof(*bar));
	if (bar == NULL)
		return -ENOMEM;
	bar->bus = *bus;
	bar->len = len;
	bar->driver = MAP_FAILED;
	bar->ours = MAP_FAILED;
	ret = map_twice(bar);
	if (ret == 0)
		ret = trap_arm();
	if (ret != 0) {
		trap_close(bar);
		return ret;
	}
	*slot = bar;
	*out = bar;
	return 0;
}

void
trap_close(struct trap_bar *bar)
{
	unsigned int i;

	if (bar == NULL)
		return;
	for (i = 0; i < BARS; i++) {
		if (bars[i] == bar)
			bars[i] = NULL;
	}
	if (bar->driver != MAP_FAILED)
		munmap(bar->driver, bar->len);
	if (bar->ours != MAP_FAILED)
		munmap(bar->ours, bar->len);
	free(bar);
}

void *
trap_address(const struct trap_bar *bar)
{
	return bar->driver;
}

uint64_t
trap_count(const struct trap_bar *bar)
{
	return bar->count;
}

int
trap_let(struct trap_bar *bar, const uint32_t *off, unsigned int n)
{
	unsigned int i;
	int ret = 0;

	if (n > BELLS)
		return -ENOSPC;
	for (i = 0; i < n; i++) {
		struct bell *b = &bar->bells[i];

		b->to = off[i] < bar->len ? bar->bus.ops->doorbell(bar->bus.dev, off[i]) : NULL;
		if (b->to == NULL)
			return -EINVAL;
		b->from = word(bar, off[i]);
		b->last = *b->to;
		*word(bar, off[i]) = b->last;
	}
	for (i = 0; i < n && ret == 0; i++)
		ret = protect(bar, off[i], PROT_READ | PROT_WRITE);
	bar->nb_bells = ret == 0 ? n : 0;
	return ret;
}

void
trap_ring(struct trap_bar *bar)
{
	unsigned int i;

	for (i = 0; i < bar->nb_bells; i++) {
		struct bell *b = &bar->bells[i];
		uint32_t now = __atomic_load_n(b->from, __ATOMIC_ACQUIRE);

		if (now == b->last)
			continue;
		/*
		 * Release: a thread that sees this doorbell also sees what the driver stored before
		 * it.
		 */
		__atomic_store_n(b->to, now, __ATOMIC_RELEASE);
		b->last = now;
	}
}

int
trap_stop(struct trap_bar *bar)
{
	trap_ring(bar);
	bar->nb_bells = 0;
	return mprotect(bar->driver, bar->len, PROT_NONE) == 0 ? 0 : -errno;
}

#else /* other architectures: calls that can fail do so */

const char *
trap_obstacle(void)
{
	return "register accesses are trapped on x86-64 alone";
}

int
trap_arm(void)
{
	return -ENOTSUP;
}

int
trap_open(const struct sl_bus *bus, size_t len, struct trap_bar **out)
{
	(void)bus;
	(void)len;
	(void)out;
	return -ENOTSUP;
}

void
trap_close(struct trap_bar *bar)
{
	(void)bar;
}

void *
trap_address(const struct trap_bar *bar)
{
	(void)bar;
	return NULL;
}

uint64_t
trap_count(const struct trap_bar *bar)
{
	(void)bar;
	return 0;
}

int
trap_let(struct trap_bar *bar, const uint32_t *off, unsigned int n)
{
	(void)bar;
	(void)off;
	(void)n;
	return -ENOTSUP;
}

void
trap_ring(struct trap_bar *bar)
{
	(void)bar;
}

int
trap_stop(struct trap_bar *bar)
{
	(void)bar;
	return -ENOTSUP;
}

#endif
