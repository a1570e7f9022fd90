/*
 * The NTP packet (RFC 5905 7.3, extension fields RFC 7822): bytes to values
 * and back.  No I/O, no state.
 */
#ifndef COMMON_NTP_H
#define COMMON_NTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/leap.h"
#include "common/ntptime.h"

#define NTP_HEADER_LEN		48
#define NTP_MAX_LEN		1024	/* more than any packet we accept */
#define NTP_VERSION		4
#define NTP_MAX_STRATUM		16	/* this and above: unsynchronized */

enum ntp_mode {
	NTP_MODE_RESERVED = 0,
	NTP_MODE_ACTIVE = 1,
	NTP_MODE_PASSIVE = 2,
	NTP_MODE_CLIENT = 3,
	NTP_MODE_SERVER = 4,
	NTP_MODE_BROADCAST = 5,
	NTP_MODE_CONTROL = 6,
	NTP_MODE_PRIVATE = 7
};

struct ntp_packet {
	uint8_t		 leap;		/* enum ntp_leap */
	uint8_t		 version;	/* 1 to 4 */
	uint8_t		 mode;		/* enum ntp_mode */
	uint8_t		 stratum;	/* 0: kiss-o'-death or unspecified */
	int8_t		 poll;		/* log2 s */
	int8_t		 precision;	/* log2 s */
	uint32_t	 root_delay;	/* short format */
	uint32_t	 root_dispersion; /* short format */
	uint8_t		 refid[4];
	struct ntptime	 reference;
	struct ntptime	 origin;
	struct ntptime	 receive;
	struct ntptime	 transmit;
	const uint8_t	*fields;	/* what follows the header, or NULL */
	size_t		 fields_len;	/* its length; extension fields + MAC */
};

enum ntp_error {
	NTP_OK = 0,
	NTP_TOO_SHORT,		/* less than a header */
	NTP_TOO_LONG,		/* more than NTP_MAX_LEN */
	NTP_BAD_VERSION,	/* not 1 to 4 */
	NTP_BAD_FIELDS		/* extension fields or MAC are malformed */
};

/*
 * Decode the LEN bytes at BUF.  On success fills *PKT and returns NTP_OK;
 * otherwise says why not and leaves *PKT alone.  The bytes after the header
 * are checked to be well-formed extension fields and at most one MAC (RFC
 * 7822; NTPv1 to v3: a MAC only), and not copied: PKT->fields points into BUF.
 */
enum ntp_error	 ntp_decode(struct ntp_packet *pkt, const uint8_t *buf,
		    size_t len);

/*
 * Write the header of PKT (not its fields) to BUF, NTP_HEADER_LEN bytes.
 * Encoding what was decoded gives the same bytes.
 */
void		 ntp_encode(const struct ntp_packet *pkt,
		    uint8_t buf[NTP_HEADER_LEN]);

struct ntp_field {
	uint16_t	 type;
	size_t		 len;		/* of the value */
	const uint8_t	*value;
};

/*
 * Step through the extension fields at PKT->fields.  *POS is 0 at first and
 * belongs to the walk.  True with *FIELD filled while there is one; false at
 * the end (what is left, if anything, is the MAC).
 */
bool		 ntp_next_field(const struct ntp_packet *pkt, size_t *pos,
		    struct ntp_field *field);

#define NTP_KEY_ID_LEN	4

/* The MAC of a packet. */
struct ntp_mac {
	uint32_t	 key_id;
	size_t		 len;		/* of the digest; 0: a crypto-NAK */
	const uint8_t	*digest;
	const uint8_t	*covered;	/* header and fields, ... */
	size_t		 covered_len;	/* ... which the digest is of */
};

/*
 * Find the MAC of PKT, as long as the bytes are there that it was decoded
 * from.  False if it has none, *MAC undefined then.
 */
bool		 ntp_find_mac(const struct ntp_packet *pkt,
		    struct ntp_mac *mac);

#define NTP_FIELD_HEADER_LEN	4
#define NTP_FIELD_MIN_LEN	16	/* bytes, with its header: RFC 7822 */
#define NTP_FIELD_ALIGN		4

/*
 * Take the field that the LEN bytes at P begin with, at least LEAST bytes long
 * with its header.  Returns that length; 0, with *FIELD undefined, if there is
 * none: too short, not a multiple of 4, or longer than LEN.
 */
size_t		 ntp_take_field(struct ntp_field *field, size_t least,
		    const uint8_t *p, size_t len);

/* A packet being written. */
struct ntp_output {
	uint8_t		*bytes;
	size_t		 size;		/* room at BYTES */
	size_t		 len;		/* written, a multiple of 4; 0: SIZE was
					   not enough */
};

/*
 * Append a field of TYPE to OUT: the LEN bytes at VALUE, or zeros if that is
 * NULL, and zeros up to a length that a field may have.  After one that did not
 * fit the others do not, either.
 */
void		 ntp_put_field(struct ntp_output *out, uint16_t type,
		    const void *value, size_t len);

/*
 * REFID as people read it, into TEXT (16 bytes): four printable characters of
 * a reference clock or kiss code (stratum 0 and 1; "?" for what is not), else
 * a dotted quad.
 */
const char	*ntp_format_refid(const uint8_t refid[4], uint8_t stratum,
		    char text[16]);

#endif
