/*
 * The pictures of the history: scales, and that nothing a daemon can say makes
 * them anything else than pictures.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ntpctl/plot.h"
#include "regress/unit/unit.h"

#define POINTS	200
#define NOW	1.8e9

static struct control_point	 points[POINTS];
static struct control_sample	 samples[POINTS];
static struct control_peer	 peers[3] = {
	{ .name = "a<b>&\"c", .address = { .family = ADDR_IPV4,
	    .bytes = { 192, 0, 2, 1 } } },
	{ .name = "two.example", .address = { .family = ADDR_IPV4,
	    .bytes = { 192, 0, 2, 2 } } },
	{ .name = "three.example" }
};
static struct report		 report = {
	.points = points, .samples = samples, .peers = peers
};

/* A day in which the clock is off by 10 us at most, one server by 2 s. */
static void
live(void)
{
	size_t		 i;

	for (i = 0; i < POINTS; i++) {
		points[i] = (struct control_point){
		    .ago = (double)(POINTS - i) * 432,
		    .offset = i % 2 == 0 ? 1e-5 : -1e-5, .synchronized = 1,
		    .likely_bound = 1e-4, .certain_bound = 1e-2,
		    .frequency = -20 + (double)i / POINTS };
		samples[i] = (struct control_sample){ .ago = points[i].ago,
		    .address = peers[i % 2].address, .delay = 0.01,
		    .offset = i % 2 == 0 ? 3e-5 : 2 };
	}
	report.npoints = report.nsamples = POINTS;
	report.npeers = 3;
}

/* What DRAW (SVG or text in UTF-8 or ASCII) makes of the report. */
enum drawing { SVG, UTF8, ASCII };

static char *
draw(enum drawing drawing)
{
	char		*text;
	size_t		 len;
	FILE		*out = open_memstream(&text, &len);

	assert_non_null(out);
	if (drawing == SVG)
		plot_svg(out, &report, NOW);
	else
		plot_text(out, &report, NOW, 80, drawing == UTF8);
	assert_int_equal(fclose(out), 0);
	return text;
}

static size_t
count(const char *text, const char *what)
{
	size_t		 n = 0;

	while ((text = strstr(text, what)) != NULL) {
		text += strlen(what);
		n++;
	}
	return n;
}

static void
scales_are_round(void **state)
{
	static const struct {
		struct plot_range range;
		double		 step;
		const char	*unit;
	} cases[] = {
		{ { 0, 6 },		1,	"s" },
		{ { -1, 1 },		0.5,	"s" },
		{ { -7e-4, 7e-4 },	5e-4,	"us" },
		{ { 0, 13e-3 },		5e-3,	"ms" },
		{ { -1e-9, 1e-9 },	5e-10,	"ns" },
		{ { 0, 0.5 },		0.1,	"ms" },
	};
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		assert_true(fabs(plot_step(cases[i].range, 6) /
		    cases[i].step - 1) < 1e-9);
		assert_string_equal(plot_unit(cases[i].range).name,
		    cases[i].unit);
	}
}

static void
far_ones_do_not_hide_the_others(void **state)
{
	double		 values[1000];
	struct plot_range r;
	size_t		 i;

	(void)state;
	for (i = 0; i < 1000; i++)
		values[i] = i < 5 ? 1e6 : (double)i;
	r = plot_range(values, 1000);
	assert_true(r.low >= 5 && r.low < 20 && r.high > 980 && r.high < 1000);
	r = plot_range(values, 0);
	assert_true(r.low < r.high);
	values[0] = values[1] = 0;
	r = plot_range(values, 2);
	assert_true(r.low < 0 && r.high > 0);
	live();
	r = plot_offsets(&report);
	assert_true(r.low == -1e-4 && r.high == 1e-4);
}

static void
svg_has_all(void **state)
{
	char		*text;

	(void)state;
	live();
	text = draw(SVG);
	assert_ptr_equal(strstr(text, "<svg "), text);
	assert_int_equal(count(text, "\n</svg>\n"), 1);
	assert_int_equal(count(text, "<circle "), POINTS + 3);
	assert_int_equal(count(text, "<path "), 7);
	assert_non_null(strstr(text, ">a?b???c<"));
	assert_non_null(strstr(text, ">two.example<"));
	assert_int_equal(count(text, "nan"), 0);
	free(text);
}

static void
text_has_all(void **state)
{
	char		*text, *c;

	(void)state;
	live();
	text = draw(UTF8);
	assert_true(count(text, "\u2588") > 68);
	assert_true(count(text, "\u2591") > 68);
	assert_non_null(strstr(text, "100.00 us"));
	assert_non_null(strstr(text, "-19.99 ppm"));
	free(text);
	text = draw(ASCII);
	assert_true(count(text, "#") > 68 && count(text, ":") > 68);
	for (c = text; *c != '\0'; c++)
		assert_true(*c == '\n' || (*c >= ' ' && *c <= '~'));
	free(text);
}

/* What is not known, impossible, or not there at all. */
static void
anything_is_drawn(void **state)
{
	static const double values[] = { NAN, 0, -1e10, 1e10, 1e-300 };
	enum drawing	 drawing;
	char		*text;
	size_t		 i, v;

	(void)state;
	for (drawing = SVG; drawing <= ASCII; drawing++)
		for (v = 0; v < COUNT(values); v++) {
			live();
			for (i = 0; i < POINTS; i += v + 1) {
				points[i].offset = points[i].frequency =
				    values[v];
				points[i].likely_bound =
				    points[i].certain_bound = samples[i].ago =
				    points[i].ago = v > 2 || isnan(values[v]) ?
				    values[v] : 0;
				samples[i].offset = values[v];
				points[i + 1 < POINTS ? i + 1 : 0].ago = NAN;
			}
			text = draw(drawing);
			assert_int_equal(count(text, "nan"), 0);
			assert_int_equal(count(text, "inf"), 0);
			assert_true(strlen(text) < 200000);
			free(text);
		}
	report.npoints = report.nsamples = report.npeers = 0;
	text = draw(SVG);
	assert_int_equal(count(text, "<circle "), 0);
	free(text);
	free(draw(ASCII));
}

/* What is almost the same and far from 0 has an end, too. */
static void
nearly_the_same(void **state)
{
	char		*text;
	size_t		 i;

	(void)state;
	live();
	for (i = 0; i < POINTS; i++)
		points[i].frequency = i % 2 == 0 ? 1e10 : nextafter(1e10, 0);
	text = draw(SVG);
	assert_true(strlen(text) < 1000000);
	free(text);
}

/* The labels of what does not change can be told from each other. */
static void
always_the_same(void **state)
{
	char		*text;
	size_t		 i;

	(void)state;
	live();
	for (i = 0; i < POINTS; i++)
		points[i].frequency = 0;
	text = draw(ASCII);
	assert_int_equal(count(text, " 0.05 ppm"), 1);
	assert_int_equal(count(text, " 0.00 ppm"), 1);
	assert_int_equal(count(text, "-0.05 ppm"), 1);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(scales_are_round),
		cmocka_unit_test(far_ones_do_not_hide_the_others),
		cmocka_unit_test(svg_has_all),
		cmocka_unit_test(text_has_all),
		cmocka_unit_test(anything_is_drawn),
		cmocka_unit_test(nearly_the_same),
		cmocka_unit_test(always_the_same)
	};

	return cmocka_run_group_tests_name("plot", tests, NULL, NULL);
}
