/** Sealing of what stores keep. */
@NullMarked
package com.withampersand.sdk.token.crypto;

import org.jspecify.annotations.NullMarked;
