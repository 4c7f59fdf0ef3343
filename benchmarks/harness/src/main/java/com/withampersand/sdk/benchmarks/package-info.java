/** What is measured, and the programs that measure it. */
@NullMarked
package com.withampersand.sdk.benchmarks;

import org.jspecify.annotations.NullMarked;
