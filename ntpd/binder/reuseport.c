/*
 * A classic BPF program that the kernel runs for each datagram, for a number
 * of the socket that is to have it (SO_ATTACH_REUSEPORT_CBPF).  It sees the
 * payload at offset 0, and the IP header at SKF_NET_OFF.
 */
#include <sys/socket.h>

#include <linux/filter.h>

#include "ntpd/binder/reuseport.h"

#define PROGRAM_MAX	80	/* instructions */

/* Where the source address is in the IP header: RFC 791, RFC 8200. */
#define IPV4_SOURCE	12
#define IPV6_SOURCE	8

struct program {
	struct sock_filter code[PROGRAM_MAX];
	unsigned short	 len;
};

static void
emit(struct program *p, unsigned code, uint32_t k)
{
	p->code[p->len++] = (struct sock_filter)BPF_STMT((uint16_t)code, k);
}

/* A ^= A >> BITS.  X is lost. */
static void
fold(struct program *p, uint32_t bits)
{
	emit(p, BPF_MISC | BPF_TAX, 0);
	emit(p, BPF_ALU | BPF_RSH | BPF_K, bits);
	emit(p, BPF_ALU | BPF_XOR | BPF_X, 0);
}

/*
 * Every bit of A comes to depend on every other: neighbours, of which clients
 * have many, part.  The numbers are those for which the least bias was found
 * among hashes of this form (C. Wellons, "lowbias32").
 */
static void
mix(struct program *p)
{
	fold(p, 16);
	emit(p, BPF_ALU | BPF_MUL | BPF_K, 0x7feb352d);
	fold(p, 15);
	emit(p, BPF_ALU | BPF_MUL | BPF_K, 0x846ca68b);
	fold(p, 16);
}

/* A = 32 bits of the IP header, but 0 for those after the first BITS. */
static void
load(struct program *p, int offset, unsigned bits)
{
	emit(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_NET_OFF + offset));
	if (bits < 32)
		emit(p, BPF_ALU | BPF_AND | BPF_K, ~(UINT32_MAX >> bits));
}

/* A = the hash of BITS bits of the IP header from OFFSET on. */
static void
hash(struct program *p, int offset, unsigned bits, uint32_t secret)
{
	load(p, offset, bits);
	emit(p, BPF_ALU | BPF_XOR | BPF_K, secret);
	mix(p);
	while (bits > 32) {
		offset += 4;
		bits -= 32;
		emit(p, BPF_ST, 0);
		load(p, offset, bits);
		emit(p, BPF_LDX | BPF_MEM, 0);
		emit(p, BPF_ALU | BPF_XOR | BPF_X, 0);
		mix(p);
	}
}

bool
reuseport_spread(int fd, int family, const struct spread *s)
{
	struct program	 p = { .len = 0 };
	struct sock_fprog prog;

	if (family == AF_INET)
		hash(&p, IPV4_SOURCE, s->bits4, s->secret);
	else
		hash(&p, IPV6_SOURCE, s->bits6, s->secret);
	emit(&p, BPF_ALU | BPF_MOD | BPF_K, s->sockets);
	emit(&p, BPF_RET | BPF_A, 0);
	prog.len = p.len;
	prog.filter = p.code;
	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &prog,
	    sizeof(prog)) == 0;
}
