/*
 * What of an HTTP response is read: its first line, and its Date.  Pure.
 */
#ifndef NTPD_TLS_HTTP_H
#define NTPD_TLS_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Of a header so many bytes are looked at.  Tuned: servers send some hundred
 * bytes, those with many cookies a few thousand.
 */
#define HTTP_HEAD_MOST	16384

/*
 *  state	    what is true			 ends with
 *  HTTP_BEGINS	    nothing has come, or half a line	 the first line
 *  HTTP_FIELDS	    that was one of HTTP		 one of these:
 *  HTTP_DATED	    the Date is there			 -
 *  HTTP_UNDATED    the header has ended without one	 -
 *  HTTP_BAD_DATE   it has one that is no date		 -
 *  HTTP_TOO_LONG   HTTP_HEAD_MOST and no end		 -
 *  HTTP_NOT_HTTP   what has come is something else	 -
 */
enum http_state {
	HTTP_BEGINS,
	HTTP_FIELDS,
	HTTP_DATED,
	HTTP_UNDATED,
	HTTP_BAD_DATE,
	HTTP_TOO_LONG,
	HTTP_NOT_HTTP
};

/* A longer line is cut: the lines that are of interest are shorter. */
#define HTTP_LINE	64

struct http {
	enum http_state	 state;
	char		 line[HTTP_LINE];
	size_t		 len;		/* of line */
	size_t		 taken;		/* bytes of the header */
	unsigned	 status;	/* 100 to 599; from HTTP_FIELDS on */
	int64_t		 date;		/* s since 1970, if HTTP_DATED */
};

/* Before the first byte. */
void	 http_begin(struct http *h);

/* LEN bytes more have come.  False if no more are wanted: see h->state. */
bool	 http_take(struct http *h, const char *bytes, size_t len);

/*
 * TEXT, "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 5.6.7, IMF-fixdate), as
 * seconds since 1970 into *DATE.  False, *DATE untouched, if it is no such
 * date, or before 1970.
 */
bool	 http_date(const char *text, int64_t *date);

#endif
