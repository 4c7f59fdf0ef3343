/** Spring Security as a contestant. */
@NullMarked
package com.withampersand.sdk.benchmarks.spring;

import org.jspecify.annotations.NullMarked;
