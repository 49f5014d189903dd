/* The platform of both hosts: memory within a budget, no debugger, a clock that can be set. */
#include "xsAll.h"
#include "xshost.h"

double hostUnix = NAN;

static int take(txMachine* the, size_t bytes)
{
	if (the->limit && the->used + bytes > the->limit)
		return 0;
	the->used += bytes;
	return 1;
}

void fxCreateMachinePlatform(txMachine* the) { the->used = 0; }
void fxDeleteMachinePlatform(txMachine* the) {}
void* fxAllocateChunks(txMachine* the, txSize size) { return take(the, size) ? malloc(size) : NULL; }
void fxFreeChunks(txMachine* the, void* chunks) { free(chunks); }
txSlot* fxAllocateSlots(txMachine* the, txSize count)
{
	return take(the, count * sizeof(txSlot)) ? malloc(count * sizeof(txSlot)) : NULL;
}
void fxFreeSlots(txMachine* the, void* slots) { free(slots); }
txBoolean fxIsConnected(txMachine* the) { return 0; }

void (*hostQueuesJobs)(txMachine* the) = NULL;

void fxQueuePromiseJobs(txMachine* the)
{
	the->promiseJobs = 1;
	if (hostQueuesJobs)
		hostQueuesJobs(the);
}

int hostTimeOfDay(c_timeval* time, void* zone)
{
	if (isnan(hostUnix)) {
		struct timeval now;
		gettimeofday(&now, NULL);
		time->tv_sec = now.tv_sec;
		time->tv_usec = now.tv_usec;
		return 0;
	}
	time->tv_sec = floor(hostUnix / 1000);
	time->tv_usec = (hostUnix - 1000.0 * time->tv_sec) * 1000;
	return 0;
}

char* hostReadFile(const char* path, size_t* length)
{
	FILE* file = fopen(path, "rb");
	if (!file)
		return NULL;
	fseek(file, 0, SEEK_END);
	*length = ftell(file);
	rewind(file);
	char* text = malloc(*length + 1);
	*length = fread(text, 1, *length, file);
	text[*length] = 0;
	fclose(file);
	return text;
}
