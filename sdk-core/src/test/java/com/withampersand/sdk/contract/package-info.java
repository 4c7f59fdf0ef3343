/** Tests for implementations of this SDK's interfaces, published in the test-jar. */
@NullMarked
package com.withampersand.sdk.contract;

import org.jspecify.annotations.NullMarked;
