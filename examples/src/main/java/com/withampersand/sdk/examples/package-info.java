/** One program or fragment for each task, compiled with the SDK and shown in its README. */
@NullMarked
package com.withampersand.sdk.examples;

import org.jspecify.annotations.NullMarked;
