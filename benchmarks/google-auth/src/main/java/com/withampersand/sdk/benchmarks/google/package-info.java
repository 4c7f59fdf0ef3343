/** Google's libraries as a contestant. */
@NullMarked
package com.withampersand.sdk.benchmarks.google;

import org.jspecify.annotations.NullMarked;
