package com.withampersand.sdk.examples.operator;

import java.io.PrintStream;
import java.util.Map;

/**
 * What a command reads and prints to.
 *
 * @param environment {@link System#getenv()}, or what takes its place
 * @param out for results
 * @param err for progress and failures
 * @param isTerminal whether a person watches, so that a line can be drawn over
 */
record Console(
    Map<String, String> environment, PrintStream out, PrintStream err, boolean isTerminal) {}
