/** What reads text from outside, given strange text. */
@NullMarked
package com.withampersand.sdk.fuzz;

import org.jspecify.annotations.NullMarked;
