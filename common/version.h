#ifndef COMMON_VERSION_H
#define COMMON_VERSION_H

#define NTPD_VERSION	"0.1"

#endif
