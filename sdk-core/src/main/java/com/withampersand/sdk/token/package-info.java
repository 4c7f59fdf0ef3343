/** Keeping grants: where tokens live between one call and the next. */
@NullMarked
package com.withampersand.sdk.token;

import org.jspecify.annotations.NullMarked;
