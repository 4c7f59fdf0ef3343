/** Fresh tokens: one refresh for each grant, and nothing lost when it ends badly. */
@NullMarked
package com.withampersand.sdk.token.refresh;

import org.jspecify.annotations.NullMarked;
