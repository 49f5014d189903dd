/*
 * xsboard IMAGE WORLD [OPTION...]: runs a whole firmware image as an ESP32 does, inside a world that is a script.
 *
 * Two machines: the world (hosttest/board/world) and the board. The modules of the image are evaluated, their objects
 * become read-only as the SDK's linker makes them (xs/tools/xslSlot.c, fxPrepareHeap), the machine is shared, and each
 * boot of the board is a clone of it, in which `main` is imported and called (xs/platforms/mc/xsHosts.c, setStepDone).
 *
 * IMAGE is a sequence of records: `M NAME LENGTH\n` and the source of a module, `P NAME\n` for one that is preloaded.
 * Globals of the world beyond the language: print(text), link(config), boot(), call(handle, ...values), jobs(), off(),
 * alive(), stat(index), collect(), setUnix(ms). Globals of the board: trace(text...), world(operation, ...values),
 * fromBytes(buffer), rawText(buffer), toBytes(text). The board calls `operate` and `queueJobs` of the world's global `hardware`.
 * What crosses between the machines: undefined, null, booleans, numbers, strings, and bytes as ArrayBuffer.
 * Exit codes: 0 done, 1 the world threw, 2 usage or an image that cannot be loaded, 10 + n the world was aborted.
 */
#include "xsAll.h"
#include "xsScript.h"
#include "xs.h"
#include "xshost.h"

enum { METER_STEP = 1000, MOST_VALUES = 12 };
enum { LINKER_CHUNKS = 16 << 20, LINKER_SLOTS = 600000 };

static int chunkBytes = 32768, chunkStep = 1024, slotCount = 2048, slotStep = 64, stackSlots = 640, boardLimit = 0;

/* Called when a machine has promise jobs and had none before. */
extern void (*hostQueuesJobs)(txMachine*);
extern xsIntegerValue _xsmcGetBuffer(xsMachine*, xsSlot*, void**, xsUnsignedValue*, xsBooleanValue);

/* The image. */

typedef struct Module { const char* name; const char* source; size_t length; int preload; struct Module* next; } Module;
static Module* modules;

static Module* findModule(const char* name)
{
	Module* module = modules;
	while (module && strcmp(module->name, name))
		module = module->next;
	return module;
}

static int loadImage(char* text, size_t size)
{
	char* end = text + size;
	Module** last = &modules;
	while (text < end) {
		char* line = text;
		char* stop = memchr(line, '\n', end - line);
		if (!stop)
			return 0;
		*stop = 0;
		text = stop + 1;
		if (line[0] == 'M') {
			char* space = strrchr(line, ' ');
			Module* module = calloc(1, sizeof(Module));
			*space = 0;
			module->name = line + 2;
			module->length = atol(space + 1);
			module->source = text;
			*last = module;
			last = &module->next;
			text += module->length;
		}
		else if (line[0] == 'P') {
			Module* module = findModule(line + 2);
			if (!module) {
				fprintf(stderr, "preload '%s': module not found\n", line + 2);
				return 0;
			}
			module->preload = 1;
		}
		else
			return 0;
	}
	return 1;
}

/* Modules are named and resolved as xs/sources/xsPlatforms.c does it for the device. */

txID fxFindModule(txMachine* the, txSlot* realm, txID moduleID, txSlot* slot)
{
	char name[C_PATH_MAX], path[C_PATH_MAX];
	int up = 0;
	char* rest = name;
	fxToStringBuffer(the, slot, name, sizeof(name));
	char* end = strrchr(name, '.');
	if (end && (!strcmp(end, ".js") || !strcmp(end, ".mjs")))
		*end = 0;
	if (!strncmp(rest, "./", 2)) {
		up = 1;
		rest += 2;
	}
	else if (!strncmp(rest, "../", 3))
		for (up = 1; !strncmp(rest, "../", 3); up++)
			rest += 3;
	if (up) {
		if (moduleID == XS_NO_ID)
			return XS_NO_ID;
		snprintf(path, sizeof(path), "/%s", fxGetKeyName(the, moduleID));
		for (int i = 0; i < up; i++) {
			char* slash = strrchr(path, '/');
			if (!slash)
				return XS_NO_ID;
			*slash = 0;
		}
		strncat(path, "/", sizeof(path) - strlen(path) - 1);
		strncat(path, rest, sizeof(path) - strlen(path) - 1);
		memmove(path, path + 1, strlen(path));
	}
	else
		strcpy(path, name);
	if (findModule(path))
		return fxNewNameC(the, path);
	fprintf(stderr, "module '%s' not found, imported by '%s'\n", path, moduleID == XS_NO_ID ? "" : fxGetKeyName(the, moduleID));
	return XS_NO_ID;
}

void fxLoadModule(txMachine* the, txSlot* module, txID moduleID)
{
	Module* found = findModule(fxGetKeyName(the, moduleID));
	txStringCStream stream = { .buffer = (txString)found->source, .offset = 0, .size = found->length };
	txScript* script = fxParseScript(the, &stream, fxStringCGetter, 0);
	fxResolveModule(the, module, moduleID, script, C_NULL, C_NULL);
}

/* What preloading does to the objects of a machine. */

static void freeze(txSlot* instance)
{
	for (txSlot* property = instance->next; property; property = property->next) {
		if (property->kind != XS_ACCESSOR_KIND)
			property->flag |= XS_DONT_SET_FLAG;
		property->flag |= XS_DONT_DELETE_FLAG;
	}
	instance->flag |= XS_DONT_PATCH_FLAG;
}

static int isFunction(txSlot* slot)
{
	return slot->kind == XS_CALLBACK_KIND || slot->kind == XS_CALLBACK_X_KIND || slot->kind == XS_CODE_KIND || slot->kind == XS_CODE_X_KIND;
}

static void prepareInstance(txMachine* the, txSlot* instance)
{
	txSlot* first = instance->next;
	if (!first || !(first->flag & XS_INTERNAL_FLAG))
		return;
	if (first->ID == XS_ENVIRONMENT_BEHAVIOR)
		freeze(instance);
	else if (isFunction(first)) {
		freeze(instance);
		if (instance->flag & XS_CAN_CONSTRUCT_FLAG)
			for (txSlot* property = first->next; property; property = property->next)
				if (property->ID == mxID(_prototype) && property->kind == XS_REFERENCE_KIND) {
					freeze(property->value.reference);
					break;
				}
	}
	else switch (first->kind) {
	case XS_MAP_KIND: case XS_SET_KIND: case XS_WEAK_MAP_KIND: case XS_WEAK_SET_KIND: case XS_WEAK_REF_KIND:
	case XS_ARRAY_BUFFER_KIND: case XS_DATA_VIEW_KIND: case XS_TYPED_ARRAY_KIND: case XS_PROMISE_KIND:
	case XS_PROXY_KIND: case XS_REGEXP_KIND:
		freeze(instance);
		break;
	}
}

static void eachSlot(txMachine* the, void (*visit)(txMachine*, txSlot*))
{
	for (txSlot* heap = the->firstHeap; heap; heap = heap->next)
		for (txSlot* slot = heap + 1; slot < heap->value.reference; slot++)
			visit(the, slot);
}

static void prepareSlot(txMachine* the, txSlot* slot)
{
	if (slot->kind == XS_INSTANCE_KIND)
		prepareInstance(the, slot);
}

static void prepareClosure(txMachine* the, txSlot* slot)
{
	if (slot->kind == XS_CLOSURE_KIND && slot->value.closure) {
		txSlot* closure = slot->value.closure;
		if (closure->kind == XS_REFERENCE_KIND && closure->value.reference->next && isFunction(closure->value.reference->next))
			closure->flag |= XS_DONT_SET_FLAG;
	}
}

/* Chunks of a preloaded machine are in flash: the clone's collector must neither mark nor move them. */
static void toFlash(txMachine* the, txSlot* slot)
{
	switch (slot->kind) {
	case XS_STRING_KIND: slot->kind = XS_STRING_X_KIND; break;
	case XS_BIGINT_KIND: slot->kind = XS_BIGINT_X_KIND; break;
	case XS_KEY_KIND: slot->kind = XS_KEY_X_KIND; break;
	case XS_CODE_KIND: slot->kind = XS_CODE_X_KIND; break;
	case XS_ARRAY_KIND:
		for (txIndex i = 0, n = slot->value.array.address ? fxGetIndexSize(the, slot) : 0; i < n; i++)
			toFlash(the, slot->value.array.address + i);
		break;
	}
}

/* Values on their way from one machine to the other. */

static xsSlot getNamed(xsMachine* the, xsSlot object, const char* name)
{
	fxPush(object);
	fxGetID(the, fxID(the, name));
	return *(the->stack++);
}

typedef struct { int type; double number; char* bytes; size_t length; } Value;
enum { IS_UNDEFINED, IS_NULL, IS_BOOLEAN, IS_NUMBER, IS_STRING, IS_BYTES };

static void take(xsMachine* the, xsSlot* slot, Value* value)
{
	memset(value, 0, sizeof(Value));
	switch (fxTypeOf(the, slot)) {
	case xsUndefinedType: value->type = IS_UNDEFINED; break;
	case xsNullType: value->type = IS_NULL; break;
	case xsBooleanType: value->type = IS_BOOLEAN; value->number = fxToBoolean(the, slot); break;
	case xsIntegerType: case xsNumberType: value->type = IS_NUMBER; value->number = fxToNumber(the, slot); break;
	case xsStringType: case xsStringXType:
		value->type = IS_STRING;
		value->bytes = strdup(fxToString(the, slot));
		break;
	default: {
		void* data;
		xsUnsignedValue count;
		_xsmcGetBuffer(the, slot, &data, &count, 0);
		value->type = IS_BYTES;
		value->bytes = malloc(count + 1);
		value->length = count;
		memcpy(value->bytes, data, count);
	}
	}
}

static void give(xsMachine* the, xsSlot* slot, Value* value)
{
	switch (value->type) {
	case IS_UNDEFINED: fxUndefined(the, slot); break;
	case IS_NULL: fxNull(the, slot); break;
	case IS_BOOLEAN: fxBoolean(the, slot, value->number != 0); break;
	case IS_NUMBER:
		if (value->number == (int32_t)value->number && !(value->number == 0 && signbit(value->number)))
			fxInteger(the, slot, (int32_t)value->number);
		else
			fxNumber(the, slot, value->number);
		break;
	case IS_STRING: fxString(the, slot, value->bytes); break;
	case IS_BYTES: fxArrayBuffer(the, slot, value->bytes, value->length, -1); break;
	}
	free(value->bytes);
	value->bytes = NULL;
}

/* The machines. */

static xsMachine *world, *linker, *board;
static jmp_buf boardJump;
static int boardRuns, boardDead;
static txInteger turnUnits;
static char* boardReason;

/* Of a machine that has no queue of messages: all of them at once. */
static void runJobs(txMachine* the)
{
	while (the->promiseJobs) {
		the->promiseJobs = 0;
		fxRunPromiseJobs(the);
		fxEndJob(the);
	}
	fxCheckUnhandledRejections(the, 1);
}

static const char* reasonOf(int status)
{
	static const char* const reasons[] = { "debugger", "memory full", "JavaScript stack overflow", "fatal", "dead strip",
		"unhandled exception", "not enough keys", "too much computation", "unhandled rejection" };
	return reasons[status < 9 ? status : 3];
}

/* The reason that XS gives up with, and where it has one the exception's text. */
static char* explain(txMachine* the, int status)
{
	char text[2000];
	const char* message = "";
	const char* trace = "";
	if (status == XS_UNHANDLED_EXCEPTION_EXIT || status == XS_UNHANDLED_REJECTION_EXIT) {
		txSlot exception = mxException;
		fxBeginHost(the);
		mxTry(the) {
			mxPush(exception);
			message = fxToString(the, the->stack);
			message = strdup(message);
			if (exception.kind == XS_REFERENCE_KIND) {
				mxPush(exception);
				mxGetID(mxID(_stack));
				if (the->stack->kind == XS_STRING_KIND || the->stack->kind == XS_STRING_X_KIND)
					trace = strdup(the->stack->value.string);
			}
		}
		mxCatch(the) {}
		fxEndHost(the);
	}
	snprintf(text, sizeof(text), "%s%s%s%s%s", reasonOf(status), *message ? ": " : "", message, *trace ? "\n" : "", trace);
	return strdup(text);
}

/* xs/platforms/esp/xsPlatform.c calls the global `abort` first, with the reason and the exception. */
static void callAbortHook(txMachine* the, int status)
{
	txSlot exception = mxException;
	fxBeginHost(the);
	mxTry(the) {
		mxException = mxUndefined;
		mxPush(mxGlobal);
		if (fxHasID(the, fxFindName(the, "abort"))) {
			mxPush(mxGlobal);
			fxCallID(the, fxFindName(the, "abort"));
			mxPushStringC((char*)reasonOf(status));
			mxPush(exception);
			fxRunCount(the, 2);
			mxPop();
		}
	}
	mxCatch(the) {}
	fxEndHost(the);
}

void fxAbort(txMachine* the, int status)
{
	static int aborting = 0;
	if (the != board || !boardRuns) {
		char* text = explain(the, status);
		fprintf(stderr, "%s aborted: %s\n", the == world ? "world" : "linker", text);
		fflush(stdout);
		_exit(10 + status);
	}
	if (!aborting) {
		aborting = 1;
		boardReason = explain(the, status);
		if (status != XS_STACK_OVERFLOW_EXIT)
			callAbortHook(the, status);
		aborting = 0;
	}
	boardDead = 1;
	longjmp(boardJump, 1);
}

/* What the board can call. */

static void boardTrace(xsMachine* the)
{
	int count = xsToInteger(xsArgc);
	for (int i = 0; i < count; i++)
		fputs(xsToString(xsArg(i)), stderr);
}

/* The bytes of an ArrayBuffer. */
static unsigned char* bytesOf(xsMachine* the, xsSlot* slot, xsUnsignedValue* count)
{
	void* data = NULL;
	*count = 0;
	if (!xsIsInstanceOf(*slot, xsArrayBufferPrototype))
		xsTypeError("argument: not an ArrayBuffer instance");
	_xsmcGetBuffer(the, slot, &data, count, 0);
	return data;
}

/* Bytes of a character of UTF-8 at the start of so many; 0 when that is none. */
static int characterLength(const unsigned char* bytes, xsUnsignedValue left)
{
	int length = bytes[0] < 0x80 ? 1 : bytes[0] < 0xc0 ? 0 : bytes[0] < 0xe0 ? 2 : bytes[0] < 0xf0 ? 3 : 4;
	if (length > left)
		return 0;
	for (int i = 1; i < length; i++)
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
	return length;
}

/* fromBytes(buffer), toBytes(text): UTF-8, with the NUL that this XS lets end a text there. They take no more of the heap than
 * String.fromArrayBuffer and ArrayBuffer.fromString do on the device, the result, and are no stricter. */
static void boardFromBytes(xsMachine* the)
{
	xsUnsignedValue count;
	unsigned char* bytes = bytesOf(the, &xsArg(0), &count);
	char* text = malloc(count * 2 + 1);
	char* out = text;
	for (xsUnsignedValue i = 0; i < count;) {
		int length = characterLength(bytes + i, count - i);
		if (length == 0) {
			free(text);
			xsTypeError("invalid UTF-8");
		}
		if (bytes[i] == 0) {
			*out++ = 0xc0;
			*out++ = 0x80;
		}
		else {
			memcpy(out, bytes + i, length);
			out += length;
		}
		i += length;
	}
	*out = 0;
	xsResult = xsString(text);
	free(text);
}

/* rawText(buffer): a string of bytes as they are, up to a NUL, as the SDK's native code makes one (xsmcSetString). */
static void boardRawText(xsMachine* the)
{
	xsUnsignedValue count;
	unsigned char* bytes = bytesOf(the, &xsArg(0), &count);
	char* text = malloc(count + 1);
	memcpy(text, bytes, count);
	text[count] = 0;
	xsResult = xsString(text);
	free(text);
}

static void boardToBytes(xsMachine* the)
{
	const unsigned char* text = (unsigned char*)xsToString(xsArg(0));
	size_t length = strlen((char*)text);
	unsigned char* bytes = malloc(length + 1);
	unsigned char* out = bytes;
	for (size_t i = 0; i < length; i++) {
		if (text[i] == 0xc0 && text[i + 1] == 0x80) {
			*out++ = 0;
			i++;
		}
		else
			*out++ = text[i];
	}
	xsResult = xsArrayBuffer(bytes, out - bytes);
	free(bytes);
}

/* Ends everything with the exception of the world. */
static void failWorld(xsMachine* the)
{
	xsVar(0) = xsException;
	xsVar(1) = xsTypeOf(xsVar(0)) == xsReferenceType ? getNamed(the, xsVar(0), "stack") : xsVar(0);
	fprintf(stderr, "the world failed: %s\n", xsToString(xsVar(1)));
	_exit(1);
}

/* The promise jobs of the board are a message to its main task (xs/platforms/esp/xsHost.c, fxQueuePromiseJobs). */
static void queueJobs(txMachine* the)
{
	if (the != board)
		return;
	the = world;
	xsBeginHost(the);
	{
		xsVars(2);
		xsTry {
			xsVar(0) = getNamed(the, xsGlobal, "hardware");
			fxPush(xsVar(0));
			fxPush(xsVar(0));
			fxCallID(the, xsID("queueJobs"));
			fxRunCount(the, 0);
			the->stack++;
		}
		xsCatch {
			failWorld(the);
		}
	}
	xsEndHost(the);
}

/* world(operation, ...values): asks the world, which answers at once. */
static void boardWorld(xsMachine* the)
{
	Value values[MOST_VALUES];
	Value result = { 0 };
	int count = xsToInteger(xsArgc);
	if (count > MOST_VALUES)
		xsUnknownError("too many values");
	for (int i = 0; i < count; i++)
		take(the, &xsArg(i), &values[i]);
	xsMachine* self = the;
	the = world;
	xsBeginHost(the);
	{
		xsVars(2);
		xsTry {
			xsVar(0) = getNamed(the, xsGlobal, "hardware");
			fxPush(xsVar(0));
			fxPush(xsVar(0));
			fxCallID(the, xsID("operate"));
			for (int i = 0; i < count; i++) {
				give(the, &xsVar(1), &values[i]);
				fxPush(xsVar(1));
			}
			fxRunCount(the, count);
			xsResult = *the->stack;
			the->stack++;
			take(the, &xsResult, &result);
		}
		xsCatch {
			failWorld(the);
		}
	}
	xsEndHost(the);
	if (boardDead)
		longjmp(boardJump, 1);
	the = self;
	give(the, &xsResult, &result);
}

/* What the world can call. */

static void hostPrint(xsMachine* the)
{
	printf("%s\n", xsToString(xsArg(0)));
	fflush(stdout);
}

static xsBooleanValue onMeter(xsMachine* the, xsUnsignedValue units) { return 1; }

static void define(xsMachine* the, const char* name, xsCallback callback, int arity)
{
	xsResult = xsNewHostFunction(callback, arity);
	xsDefine(xsGlobal, xsID(name), xsResult, xsDontEnum);
}

static void dropBoard(void)
{
	if (!board)
		return;
	board->firstJump = NULL;
	fxEndMetering(board);
	xsDeleteMachine(board);
	board = NULL;
	boardDead = 0;
}

/* Runs one turn of the board. Undefined, or why XS gave up. */
static void turn(xsMachine* the, void (*work)(xsMachine*, void*), void* data)
{
	if (boardRuns)
		xsUnknownError("the board is called back from within its own call");
	boardRuns = 1;
	board->meterIndex = 0;
	if (setjmp(boardJump) == 0) {
		work(board, data);
		/* On the chip a rejection that nobody handles ends the machine when the promise is collected (xsPromise.c:233), some time
		 * later or in no test at all. Here it does when there are no jobs left that could handle it. */
		if (!board->promiseJobs)
			fxCheckUnhandledRejections(board, 1);
	}
	boardRuns = 0;
	turnUnits = board->meterIndex;
	if (boardDead) {
		if (boardReason) {
			xsResult = xsString(boardReason);
			free(boardReason);
			boardReason = NULL;
		}
		dropBoard();
	}
}

static void start(xsMachine* the, void* data)
{
	xsBeginHost(the);
	{
		xsVars(1);
		define(the, "trace", boardTrace, 1);
		define(the, "world", boardWorld, 1);
		define(the, "fromBytes", boardFromBytes, 1);
		define(the, "rawText", boardRawText, 1);
		define(the, "toBytes", boardToBytes, 1);
		xsVar(0) = xsString("board/bios");
		xsVar(0) = xsAwaitImport("board/bios", XS_IMPORT_NAMESPACE);
		xsVar(0) = xsAwaitImport("main", XS_IMPORT_DEFAULT);
		if (xsTest(xsVar(0)) && xsIsInstanceOf(xsVar(0), xsFunctionPrototype))
			xsCallFunction0(xsVar(0), xsGlobal);
	}
	xsEndHost(the);
}

static int linkImage(void);

/* link(config): another image, in which this is the source of the module mc/config; before the first boot without it. */
static void worldLink(xsMachine* the)
{
	if (boardRuns)
		xsUnknownError("the board runs");
	dropBoard();
	int count = xsToInteger(xsArgc);
	Module* config = findModule("mc/config");
	/* What is linked is only read: the same image serves again. */
	char* text = count > 0 && config ? xsToString(xsArg(0)) : NULL;
	if (linker && (!text || (strlen(text) == config->length && !memcmp(text, config->source, config->length))))
		return;
	if (linker)
		xsDeleteMachine(linker);
	linker = NULL;
	if (text) {
		config->length = strlen(text);
		config->source = strdup(text);
	}
	if (!linkImage())
		xsUnknownError("the image cannot be linked");
}

/* boot(): power-on; the answer as of call(). */
static void worldBoot(xsMachine* the)
{
	if (boardRuns)
		xsUnknownError("the board runs");
	if (!linker)
		xsUnknownError("no image is linked");
	dropBoard();
	xsCreation creation = { chunkBytes, chunkStep, slotCount, slotStep, stackSlots, 32, 32, 53, 3, 1024 * 1024, 127, 0 };
	board = fxCloneMachine(&creation, linker, "board", NULL);
	if (!board)
		xsUnknownError("no machine for the board");
	board->limit = boardLimit;
	fxBeginMetering(board, onMeter, METER_STEP);
	turn(the, start, NULL);
}

typedef struct { Value* values; int count; Value result; } Call;

static void dispatch(xsMachine* the, void* data)
{
	Call* call = data;
	xsBeginHost(the);
	{
		xsVars(1);
		fxPush(xsGlobal);
		fxPush(xsGlobal);
		fxCallID(the, xsID("dispatch"));
		for (int i = 0; i < call->count; i++) {
			give(the, &xsVar(0), &call->values[i]);
			fxPush(xsVar(0));
		}
		fxRunCount(the, call->count);
		the->stack++;
	}
	xsEndHost(the);
}

/* call(handle, ...values): a callback from the SDK's native side; undefined, or why XS gave up. */
static void worldCall(xsMachine* the)
{
	Value values[MOST_VALUES];
	Call call = { values, xsToInteger(xsArgc) };
	if (!board)
		return;
	if (call.count > MOST_VALUES)
		xsUnknownError("too many values");
	for (int i = 0; i < call.count; i++)
		take(the, &xsArg(i), &values[i]);
	turn(the, dispatch, &call);
}

static void runBatch(xsMachine* the, void* data)
{
	the->promiseJobs = 0;
	fxRunPromiseJobs(the);
}

/* jobs(): the promise jobs that there are, without those that they queue; the answer as of call(). */
static void worldJobs(xsMachine* the)
{
	if (board)
		turn(the, runBatch, NULL);
}

/* off(): power goes; from within a call of the board nothing after it happens. */
static void worldOff(xsMachine* the)
{
	if (boardRuns)
		boardDead = 1;
	else
		dropBoard();
}

static void worldAlive(xsMachine* the) { xsResult = xsBoolean(board != NULL && !boardDead); }

static void worldCollect(xsMachine* the)
{
	if (!board || boardRuns)
		return;
	the = board;
	xsBeginHost(the);
	xsCollectGarbage();
	xsEndHost(the);
	board->peakChunksSize = board->currentChunksSize;
	board->peakHeapCount = board->currentHeapCount;
	board->stackPeak = board->stack;
}

/* 0 live and 1 peak bytes of chunks, 2 live and 3 peak slots, 4 bytes a slot, 5 peak slots of stack, 6 units of the last turn, 7 of the image */
static void worldStat(xsMachine* the)
{
	txInteger value = 0;
	/* Also of a turn that the board did not outlive. */
	if (xsToInteger(xsArg(0)) == 6)
		value = turnUnits;
	else if (board)
		switch (xsToInteger(xsArg(0))) {
		case 0: value = board->currentChunksSize; break;
		case 1: value = board->peakChunksSize; break;
		case 2: value = board->currentHeapCount; break;
		case 3: value = board->peakHeapCount; break;
		case 4: value = sizeof(txSlot); break;
		case 5: value = board->stackTop - board->stackPeak; break;
		case 7: value = linker->currentHeapCount * sizeof(txSlot); break;
		}
	xsResult = xsInteger(value);
}

static void worldSetUnix(xsMachine* the) { hostUnix = xsToNumber(xsArg(0)); }

static void runScript(txMachine* the, char* text, size_t length)
{
	txStringCStream stream = { .buffer = text, .offset = 0, .size = length };
	txSlot* realm = mxProgram.value.reference->next->value.module.realm;
	txScript* script = fxParseScript(the, &stream, fxStringCGetter, mxProgramFlag);
	fxRunScript(the, script, mxRealmGlobal(realm), C_NULL, mxRealmClosures(realm)->value.reference, C_NULL,
		mxProgram.value.reference);
	mxPullSlot(mxResult);
}

static int linkImage(void)
{
	xsCreation creation = { LINKER_CHUNKS, 65536, LINKER_SLOTS, 4096, 4096, 1024, 1024, 53, 3, 1024 * 1024, 127, 0 };
	int failed = 0;
	linker = xsCreateMachine(&creation, "linker", NULL);
	xsMachine* the = linker;
	xsBeginHost(the);
	{
		xsVars(1);
		xsTry {
			for (Module* module = modules; module; module = module->next)
				if (module->preload) {
					xsVar(0) = xsString(module->name);
					xsVar(0) = xsAwaitImport(module->name, XS_IMPORT_NAMESPACE);
				}
		}
		xsCatch {
			failed = 1;
			xsVar(0) = getNamed(the, xsException, "stack");
			fprintf(stderr, "preload: %s\n", xsToString(xsVar(0)));
		}
	}
	xsEndHost(the);
	if (failed)
		return 0;
	runJobs(the);
	eachSlot(the, prepareSlot);
	eachSlot(the, prepareClosure);
	fxShareMachine(the);
	eachSlot(the, toFlash);
	return 1;
}

int main(int argc, char* argv[])
{
	const char* image = NULL;
	const char* script = NULL;
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "-b") && i + 1 < argc) boardLimit = atol(argv[++i]);
		else if (!strcmp(argv[i], "-c") && i + 1 < argc) chunkBytes = atol(argv[++i]);
		else if (!strcmp(argv[i], "-n") && i + 1 < argc) slotCount = atol(argv[++i]);
		else if (!strcmp(argv[i], "-s") && i + 1 < argc) stackSlots = atol(argv[++i]);
		else if (!image) image = argv[i];
		else script = argv[i];
	}
	size_t imageSize = 0, scriptSize = 0;
	char* imageText = image ? hostReadFile(image, &imageSize) : NULL;
	char* scriptText = script ? hostReadFile(script, &scriptSize) : NULL;
	if (!imageText || !scriptText) {
		fprintf(stderr, "usage: xsboard [-b BYTES] [-c CHUNK_BYTES] [-n SLOTS] [-s STACK_SLOTS] IMAGE WORLD\n");
		return 2;
	}
	fxInitializeSharedCluster();
	if (!loadImage(imageText, imageSize))
		return 2;
	xsCreation creation = { 1 << 24, 1 << 20, 1 << 18, 1 << 14, 1 << 15, 1024, 1024, 53, 3, 1024 * 1024, 127, 0 };
	world = xsCreateMachine(&creation, "world", NULL);
	xsMachine* the = world;
	hostQueuesJobs = queueJobs;
	int failed = 0;
	xsBeginHost(the);
	{
		xsVars(1);
		define(the, "print", hostPrint, 1);
		define(the, "link", worldLink, 1);
		define(the, "boot", worldBoot, 0);
		define(the, "call", worldCall, 1);
		define(the, "jobs", worldJobs, 0);
		define(the, "off", worldOff, 0);
		define(the, "alive", worldAlive, 0);
		define(the, "stat", worldStat, 1);
		define(the, "collect", worldCollect, 0);
		define(the, "setUnix", worldSetUnix, 1);
		xsTry {
			runScript(the, scriptText, scriptSize);
		}
		xsCatch {
			failed = 1;
			xsVar(0) = getNamed(the, xsException, "stack");
			fprintf(stderr, "%s\n", xsToString(xsVar(0)));
		}
	}
	xsEndHost(the);
	if (!failed) {
		the->promiseJobs = 1;
		runJobs(the);
	}
	return failed;
}
