/** ScribeJava as a contestant. */
@NullMarked
package com.withampersand.sdk.benchmarks.scribejava;

import org.jspecify.annotations.NullMarked;
