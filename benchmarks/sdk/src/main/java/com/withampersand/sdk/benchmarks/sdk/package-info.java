/** The SDK as a contestant. */
@NullMarked
package com.withampersand.sdk.benchmarks.sdk;

import org.jspecify.annotations.NullMarked;
