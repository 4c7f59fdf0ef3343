/** An own token store over Redis: an example that passes the contract. */
@NullMarked
package com.withampersand.sdk.token.redis;

import org.jspecify.annotations.NullMarked;
