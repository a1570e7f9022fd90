/*
 * NTS key establishment (RFC 8915 section 4): the records that client and
 * server exchange over TLS.  Bytes to values and back; no I/O.
 */
#ifndef COMMON_KE_H
#define COMMON_KE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/aead.h"

#define KE_COOKIES	8		/* that a client keeps */
#define KE_COOKIE_MOST	256		/* bytes, of one that we take */
#define KE_ALPN		"\x07ntske/1"	/* as TLS has it: length, name */
#define KE_EXPORTER	"EXPORTER-network-time-security"
#define KE_CONTEXT_LEN	5

/* Tuned: 8 cookies of 256 bytes and a name take 2.5 KB. */
#define KE_MESSAGE_MOST	8192	/* bytes of one side's records */
#define KE_NAME_LEN	256	/* of a server, with its NUL */

enum ke_type {
	KE_END = 0,
	KE_NEXT_PROTOCOL = 1,
	KE_ERROR = 2,
	KE_WARNING = 3,
	KE_AEAD = 4,
	KE_COOKIE = 5,
	KE_SERVER = 6,
	KE_PORT_NUMBER = 7,
	KE_COMPLIANT_EXPORT = 1024	/* AEAD 30 makes keys by the RFC */
};

/* Codes of KE_ERROR; KE_FINE is ours. */
enum ke_error {
	KE_UNRECOGNIZED = 0,	/* a critical record nobody knows */
	KE_BAD_REQUEST = 1,
	KE_INTERNAL = 2,
	KE_FINE = 0x10000
};

/* What has been received of a message. */
struct ke_input {
	uint8_t		 bytes[KE_MESSAGE_MOST];
	size_t		 len;		/* received */
	size_t		 next;		/* the record that is incomplete */
};

enum ke_progress {
	KE_MORE,		/* is to come */
	KE_COMPLETE,		/* the end record is there */
	KE_TOO_LONG		/* or cannot be complete within the limit */
};

/*
 * Is the message complete, now that IN->len has grown (in steps of any size)?
 * Called again after each growth; costs what has come since.
 */
enum ke_progress ke_progress(struct ke_input *in);

struct ke_record {
	uint16_t	 type;		/* without the critical bit */
	bool		 critical;
	const uint8_t	*body;
	size_t		 len;		/* of the body */
};

/* A client's message, as far as it matters to a server. */
struct ke_request {
	enum aead_id	 aead;		/* to be used; AEAD_NONE: none fits */
	bool		 ntpv4;		/* offered; else nothing fits */
	bool		 compliant;	/* the keys of AEAD 30 are RFC 8915's */
};

/*
 * Read the complete message IN as a server.  KE_FINE with *R filled, or the
 * error that the client is to be told.
 */
enum ke_error	 ke_read_request(struct ke_request *r,
		    const struct ke_input *in);

/* A cookie, nothing but bytes to a client. */
struct ke_cookie {
	uint16_t	 len;		/* 0: none */
	uint8_t		 bytes[KE_COOKIE_MOST];
};

/* A server's message. */
struct ke_answer {
	enum aead_id	 aead;
	bool		 compliant;	/* as in the request */
	uint32_t	 ncookies;	/* 1 to KE_COOKIES */
	struct ke_cookie cookies[KE_COOKIES];
	uint16_t	 port;		/* of NTP; 0: not said */
	char		 server[KE_NAME_LEN]; /* "": the same as of NTS-KE */
};

enum ke_result {
	KE_OK,
	KE_REFUSED,		/* the server said an error, in *CODE */
	KE_WARNED,		/* or a warning: none is defined */
	KE_NO_PROTOCOL,		/* it has not NTPv4 */
	KE_NO_AEAD,		/* it has none that we offered */
	KE_NO_COOKIES,
	KE_MALFORMED
};

/*
 * Read the complete message IN as a client.  KE_OK with *A filled, or why not;
 * *CODE is what KE_REFUSED and KE_WARNED came with, 0 otherwise.
 */
enum ke_result	 ke_read_answer(struct ke_answer *a,
		    const struct ke_input *in, uint16_t *code);

/* A sentence fragment for RESULT: "the server refuses". */
const char	*ke_strresult(enum ke_result result);

/* A message being written; what does not fit in SIZE sets OVERFLOW. */
struct ke_output {
	uint8_t		*bytes;
	size_t		 size, len;
	bool		 overflow;
};

/* May who does not know a record ignore it? */
enum ke_bit { KE_IGNORABLE, KE_CRITICAL };

/* Append a record with LEN bytes of BODY. */
void		 ke_put(struct ke_output *out, uint16_t type, enum ke_bit bit,
		    const void *body, size_t len);

/* The same, with one number of 16 bits as the body. */
void		 ke_put_number(struct ke_output *out, uint16_t type,
		    enum ke_bit bit, uint16_t number);

/* All of a client's message: NTPv4, and the ciphers that we have. */
void		 ke_put_request(struct ke_output *out);

/*
 * A server's message up to the cookies, which the caller adds with KE_COOKIE
 * and ends with KE_END.  If nothing fits, it is to be ended at once.
 */
void		 ke_put_answer(struct ke_output *out,
		    const struct ke_request *r);

/* All of a server's message that only says ERROR. */
void		 ke_put_error(struct ke_output *out, enum ke_error error);

enum ke_direction {
	KE_C2S = 0,		/* what the client sends */
	KE_S2C = 1
};

/*
 * The context from which TLS exports the key of AEAD for DIRECTION.  If AEAD 30
 * is used and not COMPLIANT, the number in it is 15: so do chronyd up to 4.6,
 * and servers that do not say KE_COMPLIANT_EXPORT.
 */
void		 ke_context(uint8_t context[KE_CONTEXT_LEN],
		    enum aead_id aead, bool compliant,
		    enum ke_direction direction);

#endif
