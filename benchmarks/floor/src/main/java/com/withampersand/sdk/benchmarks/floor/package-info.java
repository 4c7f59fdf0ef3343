/** The same work by hand. */
@NullMarked
package com.withampersand.sdk.benchmarks.floor;

import org.jspecify.annotations.NullMarked;
