/** sax makes a stream of its parser where there is this class. Nobody here reads one. */
export class Stream {}
