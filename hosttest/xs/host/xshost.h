/* The platform XS is compiled for: plain C on Linux, with a budget for memory and figures to read. */
#ifndef XSHOST_H
#define XSHOST_H

#define mxExport extern
#define mxImport extern
#define mxLinux 1
#define mxLittleEndian 1
#define XS_FUNCTION_NORETURN __attribute__((noreturn))

#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

typedef int txSocket;
#define mxNoSocket -1

/* Date.now() of every machine: Unix milliseconds, or not a number for the computer's own time. */
extern double hostUnix;
/* Seconds have 64 bits, as ESP-IDF's time_t has; 32-bit C on Linux ends in 2038. */
typedef struct { int64_t tv_sec; long tv_usec; } c_timeval;
int hostTimeOfDay(c_timeval* time, void* zone);
#define c_gettimeofday hostTimeOfDay

char* hostReadFile(const char* path, size_t* length);

#define mxUseDefaultBuildKeys 1
#define mxUseDefaultParseScript 1
#define mxUseDefaultSharedChunks 1
#define mxUseGCCAtomics 1
#define mxUsePOSIXThreads 1

#define mxMachinePlatform \
	int promiseJobs; \
	void* waiterCondition; \
	void* waiterData; \
	void* waiterLink; \
	size_t used; \
	size_t limit;

#endif
