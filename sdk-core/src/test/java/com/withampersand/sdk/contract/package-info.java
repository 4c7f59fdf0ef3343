/** What implementations of the SDK's interfaces must do, as tests that they inherit. */
@NullMarked
package com.withampersand.sdk.contract;

import org.jspecify.annotations.NullMarked;
