/*
 * xshost [-b BYTES] [-l UNITS] [-s SLOTS] [-g FACTOR] SCRIPT: runs one script on a machine with the ESP32's defaults.
 * -b caps chunks, slots and stack together, -l the meter, -s is the size of the stack; with -g the heap grows in larger
 * steps, so that garbage is collected less often. Globals of the script beyond the language:
 * print(text), gc(), collect(), stat(index), see below.
 * Exit codes: 0 done, 1 exception, 2 usage, 10 + n as xsAbort says it.
 */
#include "xsAll.h"
#include "xsScript.h"
#include "xs.h"
#include "xshost.h"

enum { METER_STEP = 1000 };
static const txSize CHUNK_BYTES = 32768, CHUNK_STEP = 1024, SLOTS = 2048, SLOT_STEP = 64;
static txUnsigned meterLimit = 0;

/* No modules: a script is one bundle. */

txID fxFindModule(txMachine* the, txSlot* realm, txID id, txSlot* slot) { return XS_NO_ID; }
void fxLoadModule(txMachine* the, txSlot* module, txID id) {}

void fxAbort(txMachine* the, int status)
{
	static const char* const reasons[] = { "debugger", "memory full", "stack overflow", "fatal", "dead strip",
		"unhandled exception", "no more keys", "too much computation", "unhandled rejection" };
	fprintf(stderr, "abort: %s\n", reasons[status < 9 ? status : 3]);
	if (status == XS_UNHANDLED_EXCEPTION_EXIT || status == XS_UNHANDLED_REJECTION_EXIT)
		fprintf(stderr, "%s\n", fxToString(the, &mxException));
	fflush(stdout);
	_exit(10 + status);
}

/* What the script can call. */

static void hostPrint(xsMachine* the)
{
	printf("%s\n", xsToString(xsArg(0)));
	fflush(stdout);
}

static void hostCollect(xsMachine* the) { xsCollectGarbage(); }

/* Collects garbage, and begins to look for peaks anew. */
static void hostGc(xsMachine* the)
{
	xsCollectGarbage();
	the->peakChunksSize = the->currentChunksSize;
	the->peakHeapCount = the->currentHeapCount;
	the->stackPeak = the->stack;
}

/* 0 live and 1 peak bytes of chunks, 2 live and 3 peak slots, 4 bytes a slot, 5 peak slots of stack, 6 meter units */
static void hostStat(xsMachine* the)
{
	txInteger value = 0;
	switch (xsToInteger(xsArg(0))) {
	case 0: value = the->currentChunksSize; break;
	case 1: value = the->peakChunksSize; break;
	case 2: value = the->currentHeapCount; break;
	case 3: value = the->peakHeapCount; break;
	case 4: value = sizeof(txSlot); break;
	case 5: value = the->stackTop - the->stackPeak; break;
	case 6: value = the->meterIndex; break;
	}
	xsResult = xsInteger(value);
}

static xsBooleanValue onMeter(xsMachine* the, xsUnsignedValue units)
{
	return !meterLimit || units < meterLimit;
}

static void define(xsMachine* the, const char* name, xsCallback callback, int arity)
{
	xsResult = xsNewHostFunction(callback, arity);
	xsDefine(xsGlobal, xsID(name), xsResult, xsDontEnum);
}

static void runScript(txMachine* the, char* text, size_t length)
{
	txStringCStream stream = { .buffer = text, .offset = 0, .size = length };
	txSlot* realm = mxProgram.value.reference->next->value.module.realm;
	txScript* script = fxParseScript(the, &stream, fxStringCGetter, mxProgramFlag);
	fxRunScript(the, script, mxRealmGlobal(realm), C_NULL, mxRealmClosures(realm)->value.reference, C_NULL,
		mxProgram.value.reference);
	mxPullSlot(mxResult);
}

static void runJobs(txMachine* the)
{
	do {
		the->promiseJobs = 0;
		fxRunPromiseJobs(the);
		fxEndJob(the);
	} while (the->promiseJobs);
	fxCheckUnhandledRejections(the, 1);
}

int main(int argc, char* argv[])
{
	const char* path = NULL;
	size_t memoryLimit = 0;
	int stack = 384;
	int growth = 1;
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "-b") && i + 1 < argc) memoryLimit = atol(argv[++i]);
		else if (!strcmp(argv[i], "-l") && i + 1 < argc) meterLimit = atol(argv[++i]);
		else if (!strcmp(argv[i], "-s") && i + 1 < argc) stack = atoi(argv[++i]);
		else if (!strcmp(argv[i], "-g") && i + 1 < argc) growth = atoi(argv[++i]);
		else path = argv[i];
	}
	size_t length = 0;
	char* text = path ? hostReadFile(path, &length) : NULL;
	if (!text) {
		fprintf(stderr, "usage: xshost [-b BYTES] [-l UNITS] [-s SLOTS] [-g FACTOR] SCRIPT\n");
		return 2;
	}
	xsCreation creation = { CHUNK_BYTES, CHUNK_STEP * growth, SLOTS, SLOT_STEP * growth, stack, 32, 32, 53, 3, 1024 * 1024, 127, 0 };
	fxInitializeSharedCluster();
	xsMachine* machine = xsCreateMachine(&creation, "xshost", NULL);
	if (!machine) {
		fprintf(stderr, "abort: memory full\n");
		return 11;
	}
	machine->limit = memoryLimit;
	int failed = 0;
	fxBeginMetering(machine, onMeter, METER_STEP);
	xsBeginHost(machine);
	{
		xsVars(1);
		define(the, "print", hostPrint, 1);
		define(the, "gc", hostGc, 0);
		define(the, "collect", hostCollect, 0);
		define(the, "stat", hostStat, 1);
		xsTry {
			runScript(the, text, length);
		}
		xsCatch {
			failed = 1;
			fprintf(stderr, "%s\n", xsToString(xsException));
		}
	}
	xsEndHost(machine);
	if (!failed)
		runJobs(machine);
	fxEndMetering(machine);
	xsDeleteMachine(machine);
	free(text);
	return failed;
}
