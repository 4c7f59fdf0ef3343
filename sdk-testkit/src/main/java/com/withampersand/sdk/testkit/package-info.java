/** Stateful fakes of the servers that the SDK talks to, for tests and for trying things out. */
@NullMarked
package com.withampersand.sdk.testkit;

import org.jspecify.annotations.NullMarked;
