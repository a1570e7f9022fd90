/*
 * What alloc.c and inject.c agree on.
 */
#ifndef REGRESS_FAULTS_ALLOC_H
#define REGRESS_FAULTS_ALLOC_H

/*
 * Before each allocation the program asks for the time of a clock that does
 * not exist: every sandbox lets it do that.  EINVAL: go on; ENOMEM: fail.
 */
#define ALLOC_CLOCK	0x616c6c6f

#endif
