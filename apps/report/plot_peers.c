/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The gnuplot scripts of the comparison with other drivers, from the JSON file of "perf peers":
 * cycles of each contender, and ratios over the burst size.
 */

#include <errno.h>
#include <math.h>
#include <string.h>

#include "plot.h"

#define PEERS_KIND "syncline-peers"
#define PEERS_FORMAT 1
#define USUAL_BURST 32
#define RATIO_SIZE 64

static const char *
text_of(const json_t *in, const char *key)
{
	const char *s = json_string_value(json_object_get(in, key));

	return s != NULL ? s : "";
}

static int
number_of(const json_t *in, const char *key)
{
	return (int)json_integer_value(json_object_get(in, key));
}

json_t *
peers_points(const json_t *peers)
{
	return json_object_get(peers, "points");
}

int
peers_check(const json_t *peers, const char *file, char *why, size_t len)
{
	size_t i;
	json_t *p;

	if (strcmp(text_of(peers, "kind"), PEERS_KIND) != 0 ||
		number_of(peers, "format") != PEERS_FORMAT || !json_is_array(peers_points(peers))) {
		snprintf(why, len,
			"%s is no result of peers, format %d: make one with \"./syncline perf peers"
			" --json FILE\"",
			file, PEERS_FORMAT);
		return -EINVAL;
	}
	json_array_foreach(peers_points(peers), i, p)
	{
		if (json_is_object(json_object_get(p, "cycles_per_packet")) &&
			json_is_object(json_object_get(p, "ratios")))
			continue;
		snprintf(
			why, len, "%s: points[%zu] has no cycles_per_packet or no ratios", file, i);
		return -EINVAL;
	}
	return 0;
}

/* True for a point of both directions, one queue, without offloads; 0: any. */
static bool
fits(const json_t *p, const char *device, int size, int burst)
{
	return strcmp(text_of(p, "op"), "rx+tx") == 0 &&
		strcmp(text_of(p, "device"), device) == 0 && number_of(p, "queues") == 1 &&
		!json_is_true(json_object_get(p, "offloads")) &&
		(size == 0 || number_of(p, "size") == size) &&
		(burst == 0 || number_of(p, "burst") == burst);
}

static void
value(const json_t *j, FILE *f)
{
	if (json_is_number(j))
		fprintf(f, " %.6g", json_number_value(j));
	else
		fputs(" NaN", f);
}

static const json_t *
median_of(const json_t *point, const char *name)
{
	const json_t *c = json_object_get(json_object_get(point, "cycles_per_packet"), name);

	return json_object_get(c, "median");
}

/* The contenders' medians, one line per size. @param[out] has contenders with any value */
static void
peers_data(const json_t *peers, const char *const *names, size_t nb_names, bool *has, FILE *f)
{
	size_t i;
	json_t *p;

	fprintf(f, "$d << E\n");
	json_array_foreach(peers_points(peers), i, p)
	{
		if (!fits(p, "same core", 0, USUAL_BURST))
			continue;
		fprintf(f, "\"%d\"", number_of(p, "size"));
		for (size_t k = 0; k < nb_names; k++) {
			value(median_of(p, names[k]), f);
			has[k] |= json_is_number(median_of(p, names[k]));
		}
		fputc('\n', f);
	}
	fprintf(f, "E\n");
}

bool
plot_script_peers(const struct plot_input *in, FILE *f)
{
	/* explicit would dwarf the others; it has a separate plot. */
	static const char *const names[] = {
		"igb", "ixgbe", "coherent", "coherent82599", "null", "floor"};
	const size_t nb_names = sizeof(names) / sizeof(names[0]);
	const char *comma = "";
	bool has[sizeof(names) / sizeof(names[0])] = {false};

	plot_styles(f);
	peers_data(in->peers, names, nb_names, has, f);
	fprintf(f,
		"set style data histograms\nset style histogram clustered gap 1\n"
		"set style fill solid 0.85 noborder\nset yrange [0:*]\nset ylabel 'cycles a packet'\n"
		"set xlabel 'frame size, bytes with FCS'\nplot ");
	for (size_t k = 0; k < nb_names; k++) {
		if (!has[k])
			continue;
		fprintf(f, "%s$d using %zu:xtic(1) title '%s' lt %zu", comma, k + 2, names[k],
			k + 1);
		comma = ", ";
	}
	fputc('\n', f);
	return comma[0] != '\0';
}

/* One ratio over the burst size. @return number of points. */
static size_t
ratio_data(const json_t *peers, const char *device, const char *ratio, size_t series, FILE *f)
{
	size_t i, n = 0;
	json_t *p;

	fprintf(f, "$d%zu << E\n", series);
	json_array_foreach(peers_points(peers), i, p)
	{
		const json_t *v = json_object_get(json_object_get(p, "ratios"), ratio);

		if (!fits(p, device, RATIO_SIZE, 0) || !json_is_number(v))
			continue;
		fprintf(f, "%d %.6g\n", number_of(p, "burst"), json_number_value(v));
		n++;
	}
	fprintf(f, "E\n");
	return n;
}

static const char *
ixgbe_ratio(const json_t *peers)
{
	static const char name[] = "coherent82599/ixgbe";
	size_t i;
	json_t *p;

	json_array_foreach(peers_points(peers), i, p)
	{
		if (json_object_get(json_object_get(p, "ratios"), name) != NULL)
			return name;
	}
	return "coherent/ixgbe";
}

bool
plot_script_ratios(const struct plot_input *in, FILE *f)
{
	static const char *const devices[] = {"same core", "other core"};
	/* Older files without Syncline on an 82599 have a different ratio to net_ixgbe. */
	const char *const ratios[] = {"coherent/igb", ixgbe_ratio(in->peers), "coherent/floor"};
	const size_t nb = sizeof(ratios) / sizeof(ratios[0]);
	bool has[6] = {false}, any = false;

	plot_styles(f);
	for (size_t s = 0; s < 2 * nb; s++) {
		has[s] = ratio_data(in->peers, devices[s / nb], ratios[s % nb], s, f) != 0;
		any |= has[s];
	}
	fprintf(f,
		"set logscale x 2\nset xlabel 'frames a burst'\nset yrange [0:*]\n"
		"set ylabel 'ratio of cycles'\nset key maxrows 3\nplot 1 notitle lc rgb '#888888' lw 1");
	for (size_t s = 0; s < 2 * nb; s++) {
		if (has[s])
			fprintf(f,
				", $d%zu using 1:2 smooth unique with linespoints title '%s, %s' lt %zu"
				" dt %d",
				s, strchr(ratios[s % nb], '/') + 1, devices[s / nb], s % nb + 1,
				s < nb ? 1 : 2);
	}
	fputc('\n', f);
	return any;
}
