/*
 * The words of ntp.conf and chrony.conf that ntpd.conf does not have, and what
 * to write instead: for "ntpd -n", which finds them in a file, and for "ntpctl
 * convert".
 */
#ifndef COMMON_FOREIGN_H
#define COMMON_FOREIGN_H

/* What there is in the place of a foreign word. */
struct foreign {
	const char	*words;		/* with blanks between them */
	const char	*instead;	/* what to write; NULL: nothing */
	const char	*why;		/* there is nothing; NULL: no reason */
};

/* What stands for WORD, in whatever case; NULL if it is not known. */
const struct foreign *foreign_find(const char *word);

#endif
