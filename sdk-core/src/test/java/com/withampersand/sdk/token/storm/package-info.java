/** Many processes, threads and grants, and servers that go away. */
@NullMarked
package com.withampersand.sdk.token.storm;

import org.jspecify.annotations.NullMarked;
