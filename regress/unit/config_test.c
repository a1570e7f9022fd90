/*
 * ntpd.conf: every statement, good and bad, and what is said about it.
 */
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "ntpd/config.h"
#include "regress/unit/unit.h"

/* The lines reported, without the file's name; warnings begin with "w ". */
struct reports {
	char	 lines[16][1024];
	size_t	 n;
};

static void
collect(void *arg, int priority, const char *line)
{
	struct reports	*r = arg;

	assert_int_equal(strncmp(line, "f:", 2), 0);
	assert_null(strchr(line, '\n'));
	if (r->n < COUNT(r->lines))
		snprintf(r->lines[r->n], sizeof(r->lines[0]), "%s%.1000s",
		    priority == LOG_ERR ? "" : "w ", line + 2);
	r->n++;
}

/* All a case needs is which config gives which reports, by their beginning. */
struct parse_case {
	const char	*name;
	const char	*config;
	const char	*reports[6];	/* none: it is fine */
};

#define S	"server a\n"	/* or the lack of a server is reported, too */
#define X16	"xxxxxxxxxxxxxxxx"
#define X64	X16 X16 X16 X16
#define X256	X64 X64 X64 X64

#define C(n)	"constraint from a" #n "\n"
#define C16	C(0) C(1) C(2) C(3) C(4) C(5) C(6) C(7) C(8) C(9) C(a) C(b) \
		C(c) C(d) C(e) C(f)

static const struct parse_case good[] = {
	{ "constraint", "constraint from \"https://a/\" ::1 192.0.2.1\n" S,
	    { 0 } },
	{ "nts and both ports", "server a nts port 4461 ntsport 4460\n"
	    "server b nts ntsport 4461\nserver c nts port 123\n", { 0 } },
	{ "constraint, all else", S "constraint from \"9.9.9.9\"\n"
	    "constraint from \"2620:fe::fe\"\n"
	    "constraint from \"https://[2620:fe::9]/a?b=%20\"\n"
	    "constraint from HTTPS://b/ ::2 ::3 ::4 ::5 ::6 ::7 ::8 ::9\n",
	    { 0 } },
	{ "constraints", "constraints from www.example.com\n" S, { 0 } },
	{ "constraints, as many as may be", C16 S, { 0 } },
	{ "constraint twice", C(0) "constraints from https://A0/b\n" S,
	    { "w 2: \"A0\" is a constraint already" } },
	{ "ca", "ca \"/etc/a.pem\"\n" S, { 0 } },
	{ "sensors", "sensor shm0 refid NMEA correction -150000 stratum 2\n"
	    "sensor pps0 lock shm0 falling weight 3 trusted refid \"PPS\"\n"
	    "sensor sock \"/run/ntpd/gps.sock\"\nsensor ptp0 tai\n"
	    "sensor ptp eth0 correction 0\nsensor shm255\n", { 0 } },
	{ "sensor *", "sensor * weight 2\nsensor \"shm0\"\n" S, { 0 } },
	{ "server",		"server ntp.example.com\n",	{ 0 } },
	{ "server, IPv4",	"server 192.0.2.1\n",		{ 0 } },
	{ "server, IPv6",	"server 2001:db8::1\n",		{ 0 } },
	{ "server, link-local",	"server fe80::1%lo\n",		{ 0 } },
	{ "server, an interface to come", "server fe80::1%nosuch0\n", { 0 } },
	{ "server, an interface's number", "server fe80::1%7\n",	{ 0 } },
	{ "the same on two interfaces",
	    "server fe80::1%eth0\nserver fe80::1%eth1\n"
	    "listen on fe80::1%eth0\nlisten on fe80::1%eth1\n", { 0 } },
	{ "query from an interface to come",
	    "query from fe80::1%nosuch0\n" S,			{ 0 } },
	{ "this machine",	"server 127.0.0.1\n",
	    { "w 1: \"127.0.0.1\" is this machine itself" } },
	{ "this machine's name, Debian's", "server 127.0.1.1\n",
	    { "w 1: \"127.0.1.1\" is this machine itself" } },
	{ "this machine, IPv6",	"server ::1\n",
	    { "w 1: \"::1\" is this machine itself" } },
	{ "not this machine",	"server 128.0.0.1\n",		{ 0 } },
	{ "server, underscore",	"server _ntp.example\n",	{ 0 } },
	{ "server, final dot",	"server ntp.example.\n",	{ 0 } },
	{ "server, every option",
	    "server a weight 10 trusted poll 4-17 port 65535 xleave\n", { 0 } },
	{ "server, options in another order",
	    "server a port 1 poll 6 trusted weight 1\n",	{ 0 } },
	{ "servers",		"servers pool.ntp.org\n",	{ 0 } },
	{ "servers, every option",
	    "servers a xleave max 16 weight 2 trusted poll 5-6 port 9\n",
	    { 0 } },
	{ "query from",
	    "query from 192.0.2.1\nquery from 2001:db8::1\n" S,	{ 0 } },
	{ "hwtimestamp",	"hwtimestamp on eth0\nhwtimestamp on *\n" S,
	    { 0 } },
	{ "hwtimestamp twice",
	    "hwtimestamp on eth0\nhwtimestamp on eth0\n" S,
	    { "2: hwtimestamp on eth0 is said twice, remove one" } },
	{ "hwtimestamp, an address", "hwtimestamp on 192.0.2.1\n" S,
	    { "1: \"192.0.2.1\" is no interface: it is an address" } },
	{ "hwtimestamp, too many", "hwtimestamp on a\nhwtimestamp on b\n"
	    "hwtimestamp on c\nhwtimestamp on d\nhwtimestamp on e\n" S,
	    { "5: too many hwtimestamp statements, at most 4" } },
	{ "listen on address",	"listen on 192.0.2.1\n" S,	{ 0 } },
	{ "listen on ::",	"listen on ::\n" S,		{ 0 } },
	{ "listen on *",	"listen on *\n" S,		{ 0 } },
	{ "listen on interface", "listen on eth0\n" S,		{ 0 } },
	{ "listen on a VLAN",	"listen on eth0.100\n" S,	{ 0 } },
	{ "listen on the longest interface",
	    "listen on abcdefghijklmno\n" S,			{ 0 } },
	{ "listen, options",	"listen on eth0 rtable 0 port 1\n" S, { 0 } },
	{ "listen twice, two ports",
	    "listen on eth0\nlisten on eth0 port 124\n" S,	{ 0 } },
	{ "as in ntp.conf",
	    "interface ignore wildcard\ninterface listen eth0\n"
	    "interface listen 192.0.2.1\n" S,			{ 0 } },
	{ "driftfile",		"driftfile \"/a b\"\n" S,	{ 0 } },
	{ "driftfile, bare",	"driftfile /var/lib/drift\n" S,	{ 0 } },
	{ "socket",		"socket \"/run/s\"\n" S,	{ 0 } },
	{ "user",		"user \"_ntpd\"\n" S,		{ 0 } },
	{ "workers",		"listen on *\nworkers 64\n" S,	{ 0 } },
	{ "workers auto",	"listen on *\nworkers auto\n" S, { 0 } },
	{ "xleave",		"listen on *\nxleave\n" S,	{ 0 } },
	{ "step boot",		"step boot\n" S,		{ 0 } },
	{ "step always",	"step always 1000000 ms\n" S,	{ 0 } },
	{ "step never",		"step never\n" S,		{ 0 } },
	{ "step limit",		"step limit 1000000 d\n" S,	{ 0 } },
	{ "step limit beside it", "step boot\nstep limit 90 s\n" S, { 0 } },
	{ "step limit none",	"step limit none\nstep always 5 ms\n" S,
	    { 0 } },
	{ "keywords only where they are expected",
	    "server s\nservers weight weight 2\nlisten on port port 5\n"
	    "interface listen on\nuser step\n",		{ 0 } },
	{ "local",		"listen on *\nlocal stratum 15\n" S, { 0 } },
	{ "local, no server",	"listen on *\nlocal stratum 1\n", { 0 } },
	{ "local, orphan",
	    "local stratum 14 orphan\nlisten on *\n" S,	{ 0 } },
	{ "comments",		"# a (\n" S " # b \"\nstep never# c\n",
	    { 0 } },
	{ "a comment in UTF-8",	"# \xc3\xa9t\xc3\xa9\n" S,	{ 0 } },
	{ "a continued line",	"server \\\n a \\\n\tport \\\n 5\n", { 0 } },
	{ "a continued comment", S "# a \\\n pool x\n",		{ 0 } },
	{ "no newline at the end", "server a",			{ 0 } },
	{ "blank lines and tabs", "\n\n \t\nserver\ta \n\n",	{ 0 } },
	{ "a quoted keyword",	"server \"step\"\n",		{ 0 } },
	{ "single quotes",	"server 'a'\n",			{ 0 } },
	{ "quotes in quotes",	"driftfile \"/a\\\"b\\\\c'd\"\n" S, { 0 } },
	{ "a byte order mark",	"\xef\xbb\xbf" S,		{ 0 } },
	{ "allow and deny", S "listen on *\nallow from 192.0.2.0/24\n"
	    "deny from 192.0.2.1\nallow from 2001:db8::/32\n"
	    "deny from ::1\nallow from 0.0.0.0/0\ndeny from any\n", { 0 } },
	{ "ratelimit",		S "listen on *\nratelimit\n",		{ 0 } },
	{ "ratelimit, every option", S "listen on *\nratelimit interval 4096 "
	    "burst 1000 leak 0 prefix4 1 prefix6 128\n", { 0 } },
	{ "ratelimit, ms",
	    S "listen on *\nratelimit interval 1 ms burst 1\n", { 0 } }
};

static const struct parse_case warned[] = {
	{ "nts and a port", "server a nts port 4461\n",
	    { "w 1: port is that of NTP, and the server itself says where "
	    "that is; keys are agreed on at port 4460: write \"ntsport 4461\" "
	    "for another one, or \"ntsport 4460\" too if it is meant so" } },
	{ "nts, and NTP's port for keys", "servers a nts ntsport 123\n",
	    { "w 1: ntsport is the TCP port at which keys are agreed on, 123 "
	    "is that of NTP" } },
	{ "clients, and nowhere to ask", S "allow from 10.0.0.0/8\n",
	    { "w  allow, deny, ratelimit, workers and xleave are about" } },
	{ "workers, and nowhere to ask", S "workers 2\n",
	    { "w  allow, deny, ratelimit, workers and xleave are about" } },
	{ "nothing",	"",	{ "w  no server or servers" } },
	{ "the same server twice", "server a\nserver b\nservers A\n",
	    { "w 3: \"A\" is already in line 1" } },
	{ "the same address twice",
	    "server 2001:db8::1\nserver 2001:0db8:0::1\n",
	    { "w 2: \"2001:0db8:0::1\" is already in line 1" } },
	{ "query from too late", S "query from 192.0.2.1\n",
	    { "w 2: query from has no effect" } },
	{ "local that nobody can ask", "local stratum 10\n" S,
	    { "w 1: local has no effect, nothing is listened on" } },
	{ "orphan without others", "listen on *\nlocal stratum 10 orphan\n",
	    { "w 2: orphan has no effect, write a server" } },
	{ "listen on what looks like a host", "listen on ntp.example\n" S,
	    { "w 1: \"ntp.example\" is taken for the name of an interface" } }
};

static const struct parse_case bad_words[] = {
	{ "unknown", "foo\n" S, { "1: unknown statement \"foo\", there are" } },
	{ "an option alone", "port 1\n", { "1: unknown statement \"port\"" } },
	{ "nearly a statement", "sevrer a\nlisten.on eth0\nworker 2\n",
	    { "1: unknown statement \"sevrer\", did you mean \"server\"?",
	      "2: unknown statement \"listen.on\", there are",
	      "3: unknown statement \"worker\", did you mean \"workers\"?" } },
	{ "pool", "pool a iburst\n",
	    { "1: unknown statement \"pool\", write \"servers HOST\"",
	      "1: and \"iburst\": remove it, the first requests are" } },
	{ "every word of another's",
	    "server a iburst minpoll 4 maxpoll 6 prefer\n",
	    { "1: server: unexpected \"iburst\", remove it",
	      "1: and \"minpoll\": write \"poll MIN-MAX\"",
	      "1: and \"maxpoll\": write", "1: and \"prefer\": write" } },
	{ "typographic quotes", "user \xe2\x80\x9cntp\xe2\x80\x9d\n",
	    { "1: a quotation mark or dash of typography, write \"" } },
	{ "a no-break space", "server\xc2\xa0" "a\n",
	    { "1: a no-break space, write a plain one" } },
	{ "another letter", "server \xc3\xa4\n",
	    { "1: byte 0xc3 is not allowed here" } },
	{ "restrict", "restrict default\n",
	    { "1: unknown statement \"restrict\", write \"deny from" } },
	{ "makestep", "makestep 1 3\n",
	    { "1: unknown statement \"makestep\", write \"step boot\"" } },
	{ "quoted", "\"server\" a\n",
	    { "1: \"server\" in quotes begins no statement" } },
	{ "iburst", "server a iburst\n",
	    { "1: server: unexpected \"iburst\", remove it" } },
	{ "minpoll", "server a minpoll 4\n",
	    { "1: server: unexpected \"minpoll\", write \"poll MIN-MAX\"" } },
	{ "end of line", "listen on\n",
	    { "1: listen: unexpected end of line, write: listen on ADDRESS" } },
	{ "end of file", "query",
	    { "1: query: unexpected end of line, write: query from" } },
	{ "too many words", "step boot now\n",
	    { "1: step boot: unexpected \"now\", write: step boot" } },
	{ "no such second word", "interface now\n",
	    { "1: interface: unexpected \"now\", write: interface listen NAME, "
	      "or interface ignore wildcard" } },
	{ "a second word in quotes", "step 'boot'\n",
	    { "1: step: unexpected \"boot\", write: step boot" } },
	{ "more words than any statement has", "step boot a b c d e f g\n",
	    { "1: step boot: unexpected \"a\"" } },
	{ "keyword for a name, and no name", "server a max\n",
	    { "1: server: unexpected end of line" } },
	{ "after a line that ends in a keyword",
	    "server a weight\nport 1\nserver \"\nserver b\n",
	    { "1: server: unexpected end of line", "2: unknown statement",
	      "3: quote is not closed" } },
	{ "local, not complete", "local\n",
	    { "1: local: unexpected end of line, write: local stratum N [" } },
	{ "local, as in chrony.conf", "local stratum 10 distance 1\n",
	    { "1: local stratum: unexpected \"distance\", write: local "
	      "stratum N [orphan]" } },
	{ "tos", "tos orphan 5\n",
	    { "1: unknown statement \"tos\", write \"local stratum N orph" } },
	{ "fudge", "fudge 127.127.1.0 stratum 10\n",
	    { "1: unknown statement \"fudge\", write \"local stratum N\"" } },
	{ "a bad line in good ones", "server a\nsrv b\nserver c\n",
	    { "2: unknown" } },
	{ "every error, not the first",
	    "foo\nserver a weight 0 poll 1\nbar\n\nserver ()\nserver \"\n",
	    { "1: unknown", "2: weight must", "2: poll must", "3: unknown",
	      "5: '(' is not allowed", "6: quote is not closed" } },
	{ "bad lines in a row", "foo\nbar\nserver a b\nbaz\n",
	    { "1: unknown", "2: unknown", "3: server: unexpected \"b\"",
	      "4: unknown" } },
	{ "line of a continued word", "server a \\\n\\\n port 0\n",
	    { "3: port must" } },
	{ "unclosed quote", "server \"a\nserver b\n",
	    { "1: quote is not closed" } },
	{ "unclosed at the end", "server 'a", { "1: quote is not closed" } },
	{ "glued words", "server \"a\"b\n", { "1: 'b' is not allowed in a" } },
	{ "not in a bare word", "server a;\n",
	    { "1: ';' is not allowed in a word" } },
	{ "backslash", "server a\\b\n", { "1: '\\' is not allowed in a" } },
	{ "not first in a word", "server -a\n", { "1: '-' is not allowed" } },
	{ "DOS line ends", "server a\r\n", { "1: carriage return" } },
	{ "control in quotes", "driftfile \"/a\033[2J\"\n",
	    { "1: byte 0x1b is not allowed in quotes" } },
	{ "not ASCII in a bare word", "server \xc3\xa9\n",
	    { "1: byte 0xc3 is not allowed" } },
	{ "a long statement", "server " X256 X256 " " X256 X256 "\n" S,
	    { "1: host name \"", "1: statement is too long" } },
	{ "a long statement in quotes", "server '" X256 X256 X256 X256 "'\n" S,
	    { "1: statement is too long" } }
};

static const struct parse_case bad_values[] = {
	{ "weight 0", "server a weight 0\n",
	    { "1: weight must be a number from 1 to 10, not \"0\"" } },
	{ "weight 11", "server a weight 11\n", { "1: weight must" } },
	{ "weight -1", "server a weight -1\n", { "1: weight must" } },
	{ "weight x", "server a weight 1x\n", { "1: weight must" } },
	{ "weight ' 1'", "server a weight ' 1'\n", { "1: weight must" } },
	{ "weight, huge", "server a weight 18446744073709551617\n",
	    { "1: weight must" } },
	{ "weight, none", "server a weight ''\n", { "1: weight must" } },
	{ "weight twice", "server a weight 1 weight 1\n",
	    { "1: weight is said twice" } },
	{ "xleave twice for a server", "server a xleave xleave\n",
	    { "1: xleave is said twice" } },
	{ "trusted twice", "server a trusted trusted\n",
	    { "1: trusted is said twice" } },
	{ "poll 3", "server a poll 3-6\n", { "1: poll must be MIN-MAX" } },
	{ "poll 18", "server a poll 6-18\n", { "1: poll must" } },
	{ "poll, reversed", "server a poll 7-6\n", { "1: poll must" } },
	{ "poll, half", "server a poll 6-\n", { "1: poll must" } },
	{ "poll, three", "server a poll 6-7-8\n", { "1: poll must" } },
	{ "port 0", "server a port 0\n", { "1: port must" } },
	{ "port 65536", "server a port 65536\n", { "1: port must" } },
	{ "port twice", "listen on * port 1 port 2\n", { "1: port is said" } },
	{ "max of one server", "server a max 2\n", { "1: max has no" } },
	{ "max 0", "servers a max 0\n", { "1: max must" } },
	{ "max 17", "servers a max 17\n", { "1: max must" } },
	{ "a broken address", "server 192.0.2.256\n",
	    { "1: cannot ask \"192.0.2.256\": it is neither" } },
	{ "a short address", "server 192.0.2\n", { "1: cannot ask" } },
	{ "brackets", "server [::1]\n", { "1: cannot ask" } },
	{ "multicast", "server 224.0.1.1\n",
	    { "1: cannot ask \"224.0.1.1\": it is not a unicast" } },
	{ "link-local, no interface", "server fe80::1\n",
	    { "1: cannot ask \"fe80::1\": it is link-local" } },
	{ "link-local, a number with a sign", "server fe80::1%+1\n",
	    { "1: cannot ask \"fe80::1%+1\": no interface can be" } },
	{ "link-local, interface 0", "query from fe80::1%0\n" S,
	    { "1: cannot query from \"fe80::1%0\"" } },
	{ "listen, a number with a sign", "listen on fe80::1%+1\n",
	    { "1: cannot listen on \"fe80::1%+1\": no interface can" } },
	{ "listen twice, with an interface",
	    "listen on fe80::1%eth0\nlisten on fe80::0:1%eth0\n",
	    { "2: line 1 already listens there" } },
	{ "the local clock of ntp.conf", "server 127.127.1.0\n",
	    { "1: cannot ask \"127.127.1.0\": it is this machine's own clock "
	    "in ntp.conf, here write \"local stratum N\"" } },
	{ "a reference clock of ntp.conf", "servers 127.127.28.2\n",
	    { "1: cannot ask \"127.127.28.2\": it is a reference clock of "
	    "this machine in ntp.conf, here that is \"sensor NAME\"" } },
	{ "this machine, IPv4 as IPv6", "server ::ffff:127.0.0.1\n",
	    { "1: cannot ask \"::ffff:127.0.0.1\": it is not a unicast" } },
	{ "an empty name", "server \"\"\n", { "1: cannot ask" } },
	{ "an empty label", "server a..b\n", { "1: cannot ask" } },
	{ "a hyphen at the end", "server a-.b\n", { "1: cannot ask" } },
	{ "a long label", "server " X64 ".b\n", { "1: cannot ask" } },
	{ "a long name", "server " X256 "\n", { "1: host name \"" } },
	{ "query from a name", "query from a\n" S,
	    { "1: cannot query from \"a\": it is not an address" } },
	{ "query from any", "query from 0.0.0.0\n" S, { "1: cannot query" } },
	{ "listen on a long name", "listen on abcdefghijklmnop\n",
	    { "1: cannot listen on \"abcdefghijklmnop\": it is too long" } },
	{ "listen on a path", "listen on a/b\n", { "1: cannot listen" } },
	{ "listen on ..", "listen on ..\n", { "1: cannot listen" } },
	{ "listen on blanks", "listen on 'a b'\n", { "1: cannot listen" } },
	{ "listen on nothing", "listen on ''\n", { "1: cannot listen" } },
	{ "listen on an alias", "listen on eth0:1\n", { "1: cannot listen" } },
	{ "listen on a bad address", "listen on 10.0.0.300\n",
	    { "1: cannot listen on \"10.0.0.300\": it is not a complete" } },
	{ "listen on multicast", "listen on ff02::101\n",
	    { "1: cannot listen on \"ff02::101\": it is not a unicast" } },
	{ "listen twice", "listen on eth0\ninterface listen eth0\n",
	    { "2: line 1 already listens there" } },
	{ "listen twice, an address", "listen on ::1\nlisten on 0::1\n",
	    { "2: line 1 already listens there" } },
	{ "rtable", "listen on * rtable 1\n",
	    { "1: rtable \"1\" does not exist on Linux" } },
	{ "interface listen all", "interface listen all\n",
	    { "1: interface listen all is not supported" } },
	{ "interface ignore eth0", "interface ignore eth0\n",
	    { "1: interface ignore \"eth0\" is not supported" } },
	{ "ignored wildcard", "listen on *\ninterface ignore wildcard\n" S,
	    { "1: listens on the wildcard address, which line 2 ignores" } },
	{ "ignored wildcard, ::", "interface ignore wildcard\nlisten on ::\n",
	    { "2: listens on the wildcard address, which line 1 ignores" } },
	{ "sensor, none", "sensor nmea0\n",
	    { "1: there is no sensor \"nmea0\", write shm0, pps0, ptp0" } },
	{ "sensor, number", "sensor shm256\n", { "1: there is no sensor" } },
	{ "sensor, zeros", "sensor pps00\n", { "1: there is no sensor" } },
	{ "sensor, no name", "sensor\n",
	    { "1: sensor: unexpected end of line" } },
	{ "sensor, path", "sensor sock gps.sock\n",
	    { "1: sock \"gps.sock\" is not the absolute path" } },
	{ "sensor, interface", "sensor ptp a/b\n",
	    { "1: \"a/b\" is no interface" } },
	{ "sensor, correction", "sensor shm0 correction 127000001\n",
	    { "1: correction must be a number of microseconds from "
	    "-127000000 to 127000000, not \"127000001\"" } },
	{ "sensor, no correction", "sensor shm0 correction \"--1\"\n",
	    { "1: correction must be" } },
	{ "sensor, refid", "sensor shm0 refid GALIL\n",
	    { "1: refid must have 1 to 4 letters" } },
	{ "sensor, no refid", "sensor shm0 refid \"\"\n",
	    { "1: refid must have" } },
	{ "sensor, stratum", "sensor shm0 stratum 16\n",
	    { "1: stratum must be a number from 1 to 15, not \"16\"" } },
	{ "sensor, twice", "sensor pps0\nsensor pps0\n",
	    { "2: sensor pps0 is there already" } },
	{ "sensor *, twice", "sensor *\nsensor *\n",
	    { "2: sensor * is there already" } },
	{ "sensor *, quoted", "sensor \"*\"\n", { "1: there is no sensor" } },
	{ "sensor *, not its option", "sensor * tai\n",
	    { "1: tai is only for ptp sensors" } },
	{ "sensor, option twice", "sensor pps0 falling falling\n",
	    { "1: falling is said twice" } },
	{ "sensor, lock", "sensor pps0 lock shm0\nsensor shm0\n",
	    { "1: lock \"shm0\" is no sensor that says which second" } },
	{ "sensor, lock to pulses", "sensor pps1\nsensor pps0 lock pps1\n",
	    { "2: lock \"pps1\" is no sensor" } },
	{ "sensor, not its option", "sensor shm0 tai\nsensor ptp0 falling\n",
	    { "1: tai is only for ptp sensors",
	    "2: falling is only for pps sensors" } },
	{ "sensor, a server's option", "sensor shm0 nts\n",
	    { "1: sensor: unexpected \"nts\"" } },
	{ "sensor, too many", "sensor shm0\nsensor shm1\nsensor shm2\n"
	    "sensor shm3\nsensor shm4\nsensor shm5\nsensor shm6\n"
	    "sensor shm7\nsensor shm8\n",
	    { "9: too many sensors, at most 8" } },
	{ "constraint, nothing", "constraint from\n",
	    { "1: constraint from: unexpected end of line, write: constraint "
	    "from URL [ADDRESS ...]" } },
	{ "constraint, an empty URL", "constraint from \"\"\n",
	    { "1: \"\" cannot be a constraint: it has no host name" } },
	{ "constraint, http", "constraint from \"http://a/\"\n",
	    { "1: \"http://a/\" cannot be a constraint: it does not begin" } },
	{ "constraint, no host", "constraint from \"https:///a\"\n",
	    { "1: \"https:///a\" cannot be a constraint: it has no host" } },
	{ "constraint, a port", "constraint from \"https://a:444/\"\n",
	    { "1: \"https://a:444/\" cannot be a constraint: the port is" } },
	{ "constraint, a blank", "constraint from \"https://a/b c\"\n",
	    { "1: \"https://a/b c\" cannot be a constraint: its path has" } },
	{ "constraint, a long host", "constraint from " X256 "\n",
	    { "1: \"xxxxxxxx" } },
	{ "constraint, a long path", "constraint from a/" X256 "\n",
	    { "1: \"a/xxxxxx" } },
	{ "constraint, a group's address", "constraint from \"224.0.0.1\"\n",
	    { "1: \"224.0.0.1\" cannot be a constraint: it is not a" } },
	{ "constraint, another name", "constraint from a b\n",
	    { "1: \"b\" is not an address of the host: it is none" } },
	{ "constraint, a group's, too", "constraint from a ff02::1\n",
	    { "1: \"ff02::1\" is not an address of the host: it is" } },
	{ "constraint, nine addresses", "constraint from a ::2 ::3 ::4 ::5 ::6 "
	    "::7 ::8 ::9 ::a\n", { "1: too many addresses, at most 8" } },
	{ "constraint, many addresses", "constraint from a ::2 ::3 ::4 ::5 ::6 "
	    "::7 ::8 ::9 ::a ::b ::c ::d ::e\n",
	    { "1: too many addresses, at most 8" } },
	{ "constraints, an address", "constraints from a ::1\n",
	    { "1: constraints from: unexpected \"::1\"" } },
	{ "constraints, too many", C16 "constraint from z\n",
	    { "17: too many constraints, at most 16" } },
	{ "ca, relative", "ca a.pem\n", { "1: ca \"a.pem\" is not" } },
	{ "driftfile, relative", "driftfile drift\n", { "1: driftfile \"d" } },
	{ "driftfile, folder", "driftfile /var/\n", { "1: driftfile \"/v" } },
	{ "driftfile, long", "driftfile /" X64 X64 X64 X64 "\n",
	    { "1: driftfile \"/xxx" } },
	{ "driftfile, empty", "driftfile ''\n", { "1: driftfile \"\" is" } },
	{ "driftfile twice", "driftfile /a\ndriftfile /a\n",
	    { "2: driftfile is already set in line 1" } },
	{ "socket, long", "socket /" X64 X16 X16 X16 "\n", { "1: socket" } },
	{ "user root", "user root\n", { "1: user must not be root" } },
	{ "user, blanks", "user 'a b'\n", { "1: \"a b\" is not a user" } },
	{ "user, an option", "user '-a'\n", { "1: \"-a\" is not a user" } },
	{ "user, a number", "user 0\n", { "1: \"0\" is not a user" } },
	{ "user, long", "user " X16 X16 "\n", { "1: \"xxx" } },
	{ "xleave twice", "xleave\nxleave\n",
	    { "2: xleave is already set in line 1" } },
	{ "xleave of something", "xleave 1\n",
	    { "1: xleave: unexpected \"1\", write: xleave" } },
	{ "workers 0", "workers 0\n", { "1: workers must" } },
	{ "workers 65", "workers 65\n", { "1: workers must" } },
	{ "workers, no number", "workers automatic\n", { "1: workers must" } },
	{ "workers, one too many", "workers auto 2\n",
	    { "1: workers: unexpected \"2\", write: workers N, or" } },
	{ "workers twice", "workers auto\nworkers 2\n",
	    { "2: workers is already set in line 1" } },
	{ "allow a name", "allow from a.example\n",
	    { "1: \"a.example\" is not a network: it is not a complete" } },
	{ "allow nothing", "allow from\n",
	    { "1: allow from: unexpected end of line, write: allow from " } },
	{ "allow without from", "allow 10.0.0.0/8\n",
	    { "1: allow: unexpected \"10.0.0.0/8\", write: allow from" } },
	{ "allow bits beyond", "allow from 192.0.2.1/24\n",
	    { "1: \"192.0.2.1/24\" has bits set beyond its prefix, write "
	      "192.0.2.0/24 or" } },
	{ "deny bits beyond", "deny from 2001:db8:0:1::/63\n",
	    { "1: \"2001:db8:0:1::/63\" has bits set beyond its prefix, "
	      "write 2001:db8::/63 or" } },
	{ "deny a long prefix", "deny from 10.0.0.0/33\n",
	    { "1: \"10.0.0.0/33\" is not a network: the length of the "
	      "prefix is not 0 to 32" } },
	{ "deny a long IPv6 prefix", "deny from ::/129\n",
	    { "1: \"::/129\" is not a network: the length" } },
	{ "deny no length", "deny from 10.0.0.0/\n",
	    { "1: \"10.0.0.0/\" is not a network: the length" } },
	{ "deny two lengths", "deny from 10.0.0.0/8/8\n",
	    { "1: \"10.0.0.0/8/8\" is not a network: the length" } },
	{ "deny a short address", "deny from 10/8\n",
	    { "1: \"10/8\" is not a network: it is not a complete" } },
	{ "deny an interface", "deny from fe80::1%lo\n",
	    { "1: \"fe80::1%lo\" is not a network: it cannot be" } },
	{ "deny IPv4 as IPv6", "deny from ::ffff:10.0.0.0/104\n",
	    { "1: \"::ffff:10.0.0.0/104\" is not a network: it is IPv4" } },
	{ "deny 'any'", "deny from 'any'\n",
	    { "1: \"any\" is not a network" } },
	{ "interval 0", "ratelimit interval 0\n",
	    { "1: interval must be a number from 1 to 4096, not" } },
	{ "interval 4097", "ratelimit interval 4097\n", { "1: interval" } },
	{ "interval, ms", "ratelimit interval 4096001 ms\n",
	    { "1: interval must be a number from 1 to 4096000, not" } },
	{ "burst 0", "ratelimit burst 0\n", { "1: burst must" } },
	{ "burst 1001", "ratelimit burst 1001\n", { "1: burst must" } },
	{ "leak 1001", "ratelimit leak 1001\n", { "1: leak must" } },
	{ "prefix4 0", "ratelimit prefix4 0\n", { "1: prefix4 must" } },
	{ "prefix4 33", "ratelimit prefix4 33\n", { "1: prefix4 must" } },
	{ "prefix6 129", "ratelimit prefix6 129\n", { "1: prefix6 must" } },
	{ "burst twice", "ratelimit burst 1 leak 1 burst 1\n",
	    { "1: burst is said twice" } },
	{ "ratelimit twice", "ratelimit\nratelimit\n",
	    { "2: ratelimit is already set in line 1" } },
	{ "step 0 ms", "step always 0 ms\n", { "1: step always must" } },
	{ "step, too far", "step always 1000001 ms\n", { "1: step always" } },
	{ "step without a unit", "step always 5\n",
	    { "1: step always: unexpected end of line, write: step always N "
	      "ms" } },
	{ "step, the unit not separate", "step always 500ms\n",
	    { "1: step always: unexpected \"500ms\", separate the unit, "
	      "write: step always 500 ms" } },
	{ "step limit 0", "step limit 0 s\n", { "1: step limit must" } },
	{ "step limit, too far", "step limit 1000001 h\n",
	    { "1: step limit must be a number from 1 to 1000000" } },
	{ "step limit, no number", "step limit all s\n",
	    { "1: step limit must" } },
	{ "step limit, no unit", "step limit 5\n",
	    { "1: step limit: unexpected end of line, write: step limit none, "
	      "or step limit N s|m|h|d" } },
	{ "step limit, no such unit", "step limit 5 w\n",
	    { "1: step limit: unexpected \"w\", write: step limit none, or" } },
	{ "step limit, a unit in words", "step limit 2 hours\n",
	    { "1: step limit: unexpected \"hours\", write: step limit none" } },
	{ "step limit, another's unit", "step limit 5 ms\n",
	    { "1: step limit: unexpected \"ms\", write: step limit none" } },
	{ "step limit, the unit not separate", "step limit 2h\n",
	    { "1: step limit: unexpected \"2h\", separate the unit, write: "
	      "step limit 2 h" } },
	{ "step limit, nor is it a unit", "step limit 2hours\n",
	    { "1: step limit: unexpected \"2hours\", "
	    "write: step limit none" } },
	{ "step limit none, and more", "step limit none d\n",
	    { "1: step limit: unexpected \"d\", write: step limit none, or" } },
	{ "step limit of nothing", "step limit\n",
	    { "1: step limit: unexpected end of line, "
	    "write: step limit none" } },
	{ "step limit twice", "step limit 1 d\nstep boot\nstep limit none\n",
	    { "3: step limit is already set in line 1" } },
	{ "step twice", "step never\nstep boot\n",
	    { "2: step never is already set in line 1" } },
	{ "leap at all", "leap\n",
	    { "1: leap: unexpected end of line, write: leap ignore, or leap "
	    "kernel, or leap slew, or leap smear" } },
	{ "leap twice", "leap slew\nleap kernel\n",
	    { "2: leap slew is already set in line 1" } },
	{ "leapfile, relative", "leapfile leap\n", { "1: leapfile \"l" } },
	{ "leap smear for nobody", S "leapfile /a\nleap smear\n",
	    { "w 3: leap smear is for clients, nothing is listened on" } },
	{ "leap smear without a list", S "listen on *\nleap smear\n",
	    { "w 3: leap smear has no effect without \"leapfile\"" } },
	{ "leap smear", S "leapfile /a\nleap smear\nlisten on *\n", { 0 } },
	{ "local stratum 0", "local stratum 0\n",
	    { "1: local stratum must be a number from 1 to 15, not \"0\"" } },
	{ "local stratum 16", "local stratum 16\n", { "1: local stratum m" } },
	{ "local stratum 15 orphan", "local stratum 15 orphan\n",
	    { "1: local stratum 15 leaves no stratum to the orphans" } },
	{ "local twice", "local stratum 1\nlocal stratum 1\n",
	    { "2: local stratum is already set in line 1" } }
};

static void
expect_reports(const struct parse_case *c, const struct reports *r)
{
	size_t	 i;

	for (i = 0; i < COUNT(c->reports) && c->reports[i] != NULL; i++)
		if (i >= r->n || strncmp(r->lines[i], c->reports[i],
		    strlen(c->reports[i])) != 0)
			fail_msg("%s: not \"%s\" but \"%s\"", c->name,
			    c->reports[i], i < r->n ? r->lines[i] : "nothing");
	if (r->n != i)
		fail_msg("%s: also \"%s\"", c->name, r->lines[i]);
}

static void
run_case(void **state)
{
	const struct parse_case	*c = *state;
	struct config		 conf;
	struct reports		 r = { .n = 0 };
	bool			 is_good;

	is_good = config_parse(&conf, "f", c->config, strlen(c->config),
	    &(struct config_reports){ collect, &r });
	if (is_good)
		config_free(&conf);
	expect_reports(c, &r);
	assert_int_equal(is_good, c->reports[0] == NULL ||
	    c->reports[0][0] == 'w');
}

static bool
parse(struct config *conf, const char *text, size_t len, struct reports *r)
{
	memset(r, 0, sizeof(*r));
	return config_parse(conf, "f", text, len,
	    &(struct config_reports){ collect, r });
}

static void
nul_bytes_are_errors(void **state)
{
	static const char *const texts[] = {
		"\0server a\n", "server a\0b", "server \"a\0b\"",
		"server a #\0", "server a\n\0\0"
	};
	static const size_t	 lens[] = { 10, 10, 12, 11, 11 };
	struct config		 conf;
	struct reports		 r;
	size_t			 i;

	(void)state;
	for (i = 0; i < COUNT(texts); i++) {
		assert_false(parse(&conf, texts[i], lens[i], &r));
		assert_int_equal(r.n, 1);
		assert_non_null(strstr(r.lines[0], ": NUL byte"));
	}
}

/* One more than there is room for, of STATEMENT with a number in it. */
static void
expect_limit(const char *statement, unsigned limit, const char *report)
{
	static char	 text[1 << 18];
	struct config	 conf;
	struct reports	 r;
	size_t		 len = 0;
	unsigned	 i;

	for (i = 0; i <= limit; i++) {
		if (i == limit) {
			assert_true(parse(&conf, text, len, &r));
			config_free(&conf);
		}
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "%s%u\n", statement, i);
	}
	assert_false(parse(&conf, text, len, &r));
	assert_int_equal(r.n, 1);
	assert_non_null(strstr(r.lines[0], report));
}

/* A sensor has a place among the servers: if they have all, it says so. */
static void
sensors_count_as_servers(void **state)
{
	char		 text[CONFIG_MAX_SERVERS * sizeof("server a99\n") +
			    sizeof("sensor pps0\n")];
	struct config	 conf;
	struct reports	 r;
	size_t		 len = 0;
	unsigned	 i;

	(void)state;
	for (i = 0; i < CONFIG_MAX_SERVERS; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "server a%u\n", i);
	len += (size_t)snprintf(text + len, sizeof(text) - len,
	    "sensor pps0\n");
	assert_false(parse(&conf, text, len, &r));
	assert_int_equal(r.n, 1);
	assert_non_null(strstr(r.lines[0], "33: too many server, servers and "
	    "sensor statements, at most 32"));
}

static void
tables_are_bounded(void **state)
{
	(void)state;
	expect_limit("server a", CONFIG_MAX_SERVERS, "33: too many server");
	expect_limit("listen on e", CONFIG_MAX_LISTENERS,
	    "33: too many places");
	expect_limit("deny from any #", CONFIG_MAX_RULES,
	    "10001: too many allow and deny");
}

#define FILL(cases) do {						\
	for (i = 0; i < COUNT(cases); i++) {				\
		tests[n].name = cases[i].name;				\
		tests[n].test_func = run_case;				\
		tests[n++].initial_state =				\
		    (void *)(uintptr_t)&cases[i];			\
	}								\
} while (0)

static const struct CMUnitTest others[] = {
	cmocka_unit_test(nul_bytes_are_errors),
	cmocka_unit_test(tables_are_bounded),
	cmocka_unit_test(sensors_count_as_servers)
};

int
main(void)
{
	struct CMUnitTest	 tests[COUNT(good) + COUNT(warned) +
	    COUNT(bad_words) + COUNT(bad_values) + COUNT(others)];
	size_t			 i, n = 0;

	memset(tests, 0, sizeof(tests));
	FILL(good);
	FILL(warned);
	FILL(bad_words);
	FILL(bad_values);
	memcpy(&tests[n], others, sizeof(others));
	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
