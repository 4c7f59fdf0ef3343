/** The cost of one more grant. */
@NullMarked
package com.withampersand.sdk.benchmarks.scale;

import org.jspecify.annotations.NullMarked;
