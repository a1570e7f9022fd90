/*
 * Times in words, alike in the log and in ntpctl.
 */
#ifndef COMMON_FORMAT_H
#define COMMON_FORMAT_H

/* Room for each of these texts, and for NUL. */
#define FORMAT_LEN	48

/*
 * The size of S s, whatever its sign, into TEXT, which is returned: "12 ns",
 * "16.6 us", "1.250 ms", "2.000 s"; "unknown" if it is not a number.
 */
const char	*format_size(double s, char text[FORMAT_LEN]);

/*
 * The same with the side on which a clock is: "16.6 us ahead" or "2.000 s
 * behind".  OFFSET is true time minus the clock's, s.
 */
const char	*format_offset(double offset, char text[FORMAT_LEN]);

/* The step that corrects OFFSET: "forward by 2.000 s" or "back by 1.250 ms". */
const char	*format_step(double offset, char text[FORMAT_LEN]);

/* A duration of S s, not negative, rounded down: "10 s", "3 min", "5 h". */
const char	*format_span(double s, char text[FORMAT_LEN]);

/*
 * What the clock has to do with the constraints, whose time is in whole
 * seconds: "agrees with them", "is 1000 s behind by them".  OFFSET: true -
 * clock by them, s.
 */
const char *format_constraint(double offset, char text[FORMAT_LEN]);

#endif
