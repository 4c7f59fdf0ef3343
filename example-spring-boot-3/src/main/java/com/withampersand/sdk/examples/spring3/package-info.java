/** The SDK in an application of Spring Boot 3, shown in the guide. */
@NullMarked
package com.withampersand.sdk.examples.spring3;

import org.jspecify.annotations.NullMarked;
