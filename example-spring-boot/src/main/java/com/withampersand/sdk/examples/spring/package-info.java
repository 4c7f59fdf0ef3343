/** An application that uses the starter, shown in its guide. */
@NullMarked
package com.withampersand.sdk.examples.spring;

import org.jspecify.annotations.NullMarked;
