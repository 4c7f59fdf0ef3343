/** Several processes with many grants, and every fault that a provider and a store can have. */
@NullMarked
package com.withampersand.sdk.soak;

import org.jspecify.annotations.NullMarked;
