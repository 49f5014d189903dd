/** The database cannot be reached or cannot write now. Whoever waits may try again. */
export class DatabaseAway extends Error {}

/** The URL names no database, or what is there is not ours to use. Trying again does not help. */
export class DatabaseRefused extends Error {}
