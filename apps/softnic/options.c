/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The command line: each --socket begins a device, and the device options after it belong to it, up
 * to the next one.
 */

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/ether.h>
#include <stdio.h>
#include <string.h>

#include "options.h"
#include "outfile.h"
#include "say.h"

static const char help[] =
	"Usage: sl-softnic --socket PATH [DEVICE OPTION...] [--socket PATH ...]... [OPTION...]\n"
	"Software NICs as PCI devices of virtual machines, by vfio-user.\n"
	"\n"
	"Each --socket begins a device, and the options behind it are that device's:\n"
	"  --socket PATH    the UNIX socket that the virtual machine connects to\n"
	"  --device NAME    which NIC it is: %s (default %s)\n"
	"  --wire WIRE      what its port is plugged into (default null):\n"
	"                     peer:NAME      the other device here with the same NAME\n"
	"                     tap:IFNAME     this machine's kernel\n"
	"                     gen[:KEY=VALUE,...]   a generator of frames, and their sink\n"
	"                     pcap:in=FILE[,out=FILE]   a capture\n"
	"                     loop, null     back to the device; nowhere\n"
	"  --mac MAC        its address (default: made from the socket's name)\n"
	"  --fault NAME[:ARG[:COUNT]]   a fault from the start on: %s\n"
	"\n"
	"For all of them:\n"
	"  --stats FILE     write statistics as JSON at the end and at each SIGUSR1; \"-\": standard\n"
	"                   output\n"
	"  --commands FILE  read commands from a file or FIFO; \"-\": standard input. \"help\" lists\n"
	"                   them.\n"
	"  --once           end when each device's first virtual machine has gone, instead of waiting\n"
	"                   for the next\n"
	"  --help, --version\n"
	"\n"
	"\"sl-softnic: ready\" on standard output tells that all sockets can be connected to. With\n"
	"QEMU 10.1 or later, memory must be shared:\n"
	"  -object memory-backend-memfd,id=m,size=1G,share=on -machine q35,memory-backend=m\n"
	"  -device '{\"driver\":\"vfio-user-pci\",\"socket\":{\"type\":\"unix\",\"path\":\"PATH\"}}'\n"
	"More: docs/howto-vm.md, docs/reference/sl-softnic.md.\n";

enum {
	OPT_SOCKET = 256,
	OPT_DEVICE,
	OPT_WIRE,
	OPT_MAC,
	OPT_FAULT,
	OPT_STATS,
	OPT_COMMANDS,
	OPT_ONCE,
	OPT_HELP,
	OPT_VERSION
};

static const struct option long_options[] = {
	{"socket", required_argument, NULL, OPT_SOCKET},
	{"device", required_argument, NULL, OPT_DEVICE},
	{"wire", required_argument, NULL, OPT_WIRE},
	{"mac", required_argument, NULL, OPT_MAC},
	{"fault", required_argument, NULL, OPT_FAULT},
	{"stats", required_argument, NULL, OPT_STATS},
	{"commands", required_argument, NULL, OPT_COMMANDS},
	{"once", no_argument, NULL, OPT_ONCE},
	{"help", no_argument, NULL, OPT_HELP},
	{"version", no_argument, NULL, OPT_VERSION},
	{NULL, 0, NULL, 0},
};

/* Join the names of a list with ", ". */
static void
join(char *to, size_t len, const char *(*name)(unsigned int i), unsigned int from)
{
	size_t n = 0;
	unsigned int i;

	to[0] = '\0';
	for (i = from; name(i) != NULL && n < len; i++)
		n += (size_t)snprintf(to + n, len - n, "%s%s", i == from ? "" : ", ", name(i));
}

static const char *
device_name(unsigned int i)
{
	const struct sl_softnic_device *d = sl_softnic_device_at(i);

	return d != NULL ? d->name : NULL;
}

static const char *
fault_name(unsigned int i)
{
	return sl_fault_name((enum sl_fault)i);
}

static void
print_help(void)
{
	char devices[256], faults[512];

	join(devices, sizeof(devices), device_name, 0);
	join(faults, sizeof(faults), fault_name, SL_FAULT_NONE + 1);
	printf(help, devices, device_name(0), faults);
}

static int
new_device(struct options *o, const char *path)
{
	unsigned int i;

	if (o->n == OPTIONS_DEVICES)
		return say_error(-EINVAL, "--socket %s: at most %u devices are possible", path,
			OPTIONS_DEVICES);
	for (i = 0; i < o->n; i++) {
		if (strcmp(o->device[i].socket, path) == 0)
			return say_error(-EINVAL, "--socket %s: another device has it", path);
	}
	o->device[o->n++] = (struct option_device){.socket = path, .wire = "null"};
	return 0;
}

static int
set_device(struct option_device *d, const char *name)
{
	char names[256];
	unsigned int i;

	for (i = 0; device_name(i) != NULL; i++) {
		if (strcmp(device_name(i), name) == 0) {
			d->device = name;
			return 0;
		}
	}
	join(names, sizeof(names), device_name, 0);
	return say_error(
		-EINVAL, "--device %s: there is no such device; there are %s", name, names);
}

/* True for six bytes of two digits: ether_aton_r() ignores text after an address. */
static bool
is_six_bytes(const char *text)
{
	unsigned int i;

	if (strlen(text) != strlen("02:00:00:00:00:01"))
		return false;
	for (i = 0; text[i] != '\0'; i++) {
		if (i % 3 == 2 ? text[i] != ':' : !isxdigit((unsigned char)text[i]))
			return false;
	}
	return true;
}

static int
set_mac(struct option_device *d, const char *text)
{
	struct ether_addr mac;

	if (!is_six_bytes(text) || ether_aton_r(text, &mac) == NULL ||
		(mac.ether_addr_octet[0] & 1) != 0 ||
		memcmp(&mac, &(struct ether_addr){{0}}, sizeof(mac)) == 0)
		return say_error(-EINVAL,
			"--mac %s: not the address of one port; such as 02:00:00:00:00:01", text);
	memcpy(d->mac, &mac, sizeof(d->mac));
	return 0;
}

static int
add_fault(struct option_device *d, const char *text)
{
	struct option_fault *f = &d->fault[d->faults];
	char names[512];

	if (d->faults == OPTIONS_FAULTS)
		return say_error(
			-EINVAL, "--fault %s: at most %u for a device", text, OPTIONS_FAULTS);
	if (sl_fault_parse(text, &f->fault, &f->arg, &f->count) != 0) {
		join(names, sizeof(names), fault_name, SL_FAULT_NONE + 1);
		return say_error(-EINVAL,
			"--fault %s: not NAME, NAME:ARG or NAME:ARG:COUNT; names are %s", text,
			names);
	}
	d->faults++;
	return 0;
}

/* Set an option of the last device. */
static int
device_option(struct options *o, int opt, const char *name, const char *value)
{
	struct option_device *d = &o->device[o->n != 0 ? o->n - 1 : 0];

	if (o->n == 0)
		return say_error(-EINVAL, "--%s %s: it belongs behind the --socket of its device",
			name, value);
	switch (opt) {
	case OPT_DEVICE:
		return set_device(d, value);
	case OPT_MAC:
		return set_mac(d, value);
	case OPT_FAULT:
		return add_fault(d, value);
	default:
		d->wire = value;
		return 0;
	}
}

static int
set_stats(struct options *o, const char *path)
{
	int rc = strcmp(path, "-") == 0 ? 0 : outfile_check(path);

	o->stats = path;
	if (rc != 0)
		return say_error(rc, "--stats %s: %s", path, strerror(-rc));
	return 0;
}

static int
one_option(struct options *o, int opt, const char *name)
{
	switch (opt) {
	case OPT_SOCKET:
		return new_device(o, optarg);
	case OPT_STATS:
		return set_stats(o, optarg);
	case OPT_COMMANDS:
		o->commands = optarg;
		return 0;
	case OPT_ONCE:
		o->once = true;
		return 0;
	default:
		return device_option(o, opt, name, optarg);
	}
}

int
options_parse(int argc, char **argv, struct options *o)
{
	int opt, at = -1, rc = 0;

	*o = (struct options){.n = 0};
	while (rc == 0 && (opt = getopt_long(argc, argv, "h", long_options, &at)) != -1) {
		if (opt == '?') {
			fputs("Try 'sl-softnic --help'.\n", stderr);
			return -EINVAL;
		}
		if (opt == OPT_HELP || opt == 'h') {
			print_help();
			return 0;
		}
		if (opt == OPT_VERSION) {
			puts("sl-softnic " SL_VERSION);
			return 0;
		}
		rc = one_option(o, opt, long_options[at].name);
	}
	if (rc == 0 && optind < argc)
		rc = say_error(-EINVAL, "'%s' is no option; see sl-softnic --help", argv[optind]);
	if (rc == 0 && o->n == 0)
		rc = say_error(
			-EINVAL, "no device: --socket PATH is missing; see sl-softnic --help");
	return rc != 0 ? rc : 1;
}
