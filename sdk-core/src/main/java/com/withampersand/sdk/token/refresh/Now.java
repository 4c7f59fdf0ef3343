package com.withampersand.sdk.token.refresh;

import java.time.Instant;

/**
 * What a step of the protocol may use beside what it is given.
 *
 * @param node the process's monotonic time
 * @param wall the process's wall clock; used only to judge when an access token ends
 * @param id a fresh random id: for the one revision, call or attempt that a step may need
 * @param jitter a random number from 0 to 1
 */
record Now(NodeTime node, Instant wall, String id, double jitter) {}
